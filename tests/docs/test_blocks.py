"""Blocks of the pages that are not commands to run: pieces of files, Python, and commands shown as examples.

Commands in ``sh`` blocks are run by ``test_commands.py``, mappings of logs are read by ``test_logs_page.py``,
the policy of ``dispatch.md`` is played by ``test_dispatch.py``.
"""

import json
import re
import shlex
from pathlib import Path

import click
import jsonschema
import pytest

import armsim
import armsim.testing
from armsim.cli import main
from armsim.config.source import read

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SCHEMA = json.loads((ROOT / "scenarios" / "armsim.schema.json").read_text(encoding="utf-8"))


def blocks(kind):
    """Page and text of every block of a kind."""
    every = []
    for page in PAGES:
        found = re.findall(rf"^```{kind}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
        every += [pytest.param(page, text, id=f"{page.stem}-{n}") for n, text in enumerate(found)]
    return every


@pytest.mark.parametrize(("page", "text"), blocks("yaml"))
def test_pieces_of_files_have_keys_and_values_that_armsim_knows(page, text, tmp_path):
    (tmp_path / "piece.yaml").write_text(text, encoding="utf-8")
    piece = read(str(tmp_path / "piece.yaml")).data
    if "armsim_log" in piece:
        pytest.skip("a log's mapping: read by test_logs_page.py")
    errors = [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(piece)]
    assert errors == []


@pytest.mark.parametrize(
    ("page", "text"), [one for one in blocks("yaml") if "\nextends: severe.yaml\n" in f"\n{one.values[1]}"]
)
def test_whole_scenarios_shown_load(page, text, tmp_path):
    for path in (ROOT / "scenarios").glob("severe.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "shown.yaml").write_text(text, encoding="utf-8")
    runs = armsim.load_runs(tmp_path / "shown.yaml")
    assert len(runs) == len(read(str(tmp_path / "shown.yaml")).data.get("options", [""]))


def test_the_python_page_runs_from_top_to_bottom(tmp_path, monkeypatch):
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in blocks("python"):
        page, text = block.values
        if page.stem == "python":
            text = text.replace(
                '"scenarios/severe.yaml")', '"scenarios/severe.yaml", sets=["window=2 days"])'
            )
            exec(text, names)
    assert len(names["comparison"].table) and len(names["options"]) == 2


def test_the_python_page_has_every_public_name():
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^\.\. auto(?:function|class):: armsim[\w.]*\.(\w+)$", page, re.M))
    assert described == {*armsim.__all__, *armsim.testing.__all__}


@pytest.mark.parametrize(("page", "text"), blocks("console"))
def test_commands_shown_as_examples_have_verbs_and_options_that_exist(page, text):
    lines = [line.removeprefix("$ ") for line in text.replace("\\\n", " ").splitlines()]
    shown = [shlex.split(line, comments=True) for line in lines if line.startswith("armsim ")]
    assert shown
    for words in shown:
        command, rest = main, words[1:]
        while isinstance(command, click.Group):
            command, rest = command.get_command(click.Context(command), rest[0]), rest[1:]
            assert command is not None, words
        known = {flag for one in command.params for flag in (*one.opts, *one.secondary_opts)}
        assert {word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)} <= known, words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_command_stands_in_a_block_that_no_test_reads(page):
    fences = re.findall(r"^```(\S*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
    shown = [(kind, text) for kind, text in fences if re.search(r"^(\$ )?(\S*/)?armsim \w", text, re.M)]
    assert {kind for kind, _ in shown} <= {"sh", "console"}, shown
