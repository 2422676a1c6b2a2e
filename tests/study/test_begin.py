"""A new folder is whole or not there, and nothing is ever overwritten."""

from pathlib import Path

import pytest

from armsim.config.loader import load_scenario
from armsim.config.shipped import SCHEMA, examples
from armsim.errors import ArmsimError, RunFolderError
from armsim.study import begin
from armsim.study.begin import for_force, from_example


@pytest.mark.parametrize("name", examples())
def test_an_example_stands_by_itself(name, tmp_path):
    made = from_example(tmp_path / "deep" / "new", name)
    assert made == tmp_path / "deep" / "new" / f"{name}.yaml"
    assert load_scenario(made).folder == made.parent
    assert (made.parent / SCHEMA).is_file()


def test_a_starter_has_its_base_below(tmp_path):
    made = for_force(tmp_path / "new", "Thames Valley Police")
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == [
        "new/base/armsim.schema.json", "new/base/severe.yaml", "new/thames-valley.yaml",
    ]  # fmt: skip
    assert made.name == "thames-valley.yaml"


@pytest.mark.parametrize("make", [lambda at: from_example(at, "severe"), lambda at: for_force(at, "kent")])
def test_nothing_is_overwritten(make, tmp_path):
    full, empty, file, link = (tmp_path / name for name in ("full", "empty", "file", "link"))
    for folder in (full, empty):
        folder.mkdir()
    (full / "mine.txt").write_text("mine")
    file.write_text("mine")
    link.symlink_to(tmp_path / "gone")
    before = sorted(tmp_path.rglob("*"))
    for there in (full, empty, file, link):
        with pytest.raises(RunFolderError, match="is there already"):
            make(there)
    assert sorted(tmp_path.rglob("*")) == before
    assert file.read_text() == (full / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda at: from_example(at, "sever"), "did you mean severe"),
        (lambda at: for_force(at, "west midland"), "did you mean west-midlands"),
        (lambda at: for_force(at, "Police Scotland"), "armsim list forces"),
        (lambda at: for_force(at, ""), "armsim list forces"),
    ],
)
def test_an_unknown_name_is_answered_and_nothing_written(make, says, tmp_path):
    with pytest.raises(ArmsimError, match=says):
        make(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_nothing(tmp_path, monkeypatch):
    written = []
    real = Path.write_bytes

    def fails_at_second(self, content):
        written.append(self)
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        return real(self, content)

    monkeypatch.setattr(begin.Path, "write_bytes", fails_at_second)
    with pytest.raises(RunFolderError, match="no space left"):
        from_example(tmp_path / "new", "critical")
    assert len(written) == 2
    assert list(tmp_path.iterdir()) == []
