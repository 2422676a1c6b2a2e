"""Every notebook: kept without outputs, runs from top to bottom in silence, and ends with a figure."""

import os
import re
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="the extra dev is not installed")
nbclient = pytest.importorskip("nbclient", reason="the extra dev is not installed")

HOME = Path(__file__).parents[2] / "notebooks"
BOOKS = sorted(HOME.glob("*.ipynb"))
#: What a person would wait minutes for, in seconds.
SMALL = {
    "ARMSIM_NOTEBOOK_REPLICATIONS": "2",
    "ARMSIM_NOTEBOOK_WINDOW": "7 days",
    "ARMSIM_NOTEBOOK_DAYS": "7",
}


def read(path):
    return nbformat.read(path, as_version=4)


def test_the_five_notebooks_are_there():
    assert [path.stem[:2] for path in BOOKS] == ["01", "02", "03", "04", "05"]


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_kept_without_outputs_or_paths_of_a_machine(path):
    book = read(path)
    nbformat.validate(book)
    assert book.metadata.kernelspec.name == "python3"
    for cell in book.cells:
        if cell.cell_type == "code":
            assert cell.execution_count is None
            assert cell.outputs == []
            assert len(cell.source.splitlines()) <= 25
            assert not re.search(r"[\"'](/|[A-Za-z]:\\)", cell.source)
    first = book.cells[0]
    assert first.cell_type == "markdown"
    assert re.match(r"# .*\?$", first.source.splitlines()[0]), "a notebook begins with a question"
    assert "illustrative" in first.source or "not a description of any force" in first.source


@pytest.mark.slow
@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_runs_in_silence_and_ends_with_a_figure(path, tmp_path, monkeypatch):
    for name, value in SMALL.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")  # as Jupyter wants it: a warning otherwise
    book = read(path)
    nbclient.NotebookClient(
        book, timeout=240, kernel_name="python3", resources={"metadata": {"path": os.fspath(tmp_path)}}
    ).execute()
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    last = book.cells[-1].outputs[-1]["data"]["text/html"]
    figure = re.search(r'<figure><img src="data:image/png;base64,[^"]{1000,}" alt="([^"]+)"', last)
    assert figure, "the last cell shows a figure"
    assert len(figure[1]) > 40
    assert (tmp_path / "results").is_dir()
