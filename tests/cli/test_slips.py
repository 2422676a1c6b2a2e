"""Common slips are answered with what would be right, and every verb explains itself."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from armsim.cli import main

TINY = (Path(__file__).parents[1] / "tiny.yaml").read_text(encoding="utf-8")


def commands(group=main, words=()):
    """Every verb, those of groups included, by the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        verb = group.get_command(context, name)
        if isinstance(verb, click.Group):
            yield from commands(verb, (*words, name))
        else:
            yield (*words, name), verb


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a scenario and what looks like a run."""
    monkeypatch.chdir(tmp_path)
    Path("severe.yaml").write_text("title: t\n")
    Path("severe.md").write_text("t\n")
    Path("results/severe-0fb8c142").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("rnu severe.yaml", "No such command 'rnu'; did you mean run?"),
        ("log chek", "No such command 'chek'; did you mean check?"),
        ("region zone", "No such command 'zone'; did you mean zones?"),
        ("run sever.yaml", "sever.yaml  no such file; did you mean severe.yaml?"),
        ("run severe", "severe  no such file; did you mean severe.yaml?"),
        ("compare results/severe-x", "no such run folder; did you mean results/severe-0fb8c142?"),
        ("report results/severe-x", "no such run folder; did you mean results/severe-0fb8c142?"),
        ("replay results/severe-x severe 1", "no such run folder; did you mean results/severe-0fb8c142?"),
        ("replay results severe 1", "results: not a run folder: it holds no manifest.json"),
        ("run severe.yaml --fail-if foo>1", "--fail-if: unknown metric 'foo'; armsim list metric names them"),
        ("run severe.yaml --precision foo=1", "unknown metric 'foo'; armsim list metric names them all"),
    ],
)
def test_a_slip_is_answered_with_what_would_be_right(place, words, said):
    done = CliRunner().invoke(main, words.split())
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_letter_that_the_terminal_lacks_is_escaped(place):
    title = "Ynys M\u00f4n \u2014 two options"
    more = f'overrides: {{two: {{description: "{title}", set: {{title: t}}}}}}\n'
    Path("t.yaml").write_text(TINY + more, encoding="utf-8")
    command = "import sys; from armsim.cli import main; main(['show', 't.yaml', '--list'])"
    done = subprocess.run(
        [sys.executable, "-c", command],
        env=os.environ | {"PYTHONIOENCODING": "latin-1"}, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.decode("latin-1")) == (0, "two: Ynys M\u00f4n \\u2014 two options\n")


@pytest.mark.parametrize(("words", "verb"), [pytest.param(*one, id=" ".join(one[0])) for one in commands()])
def test_every_verb_has_examples_of_its_own_and_explains_every_option(words, verb):
    epilog = verb.epilog or ""
    if words != ("log", "schema"):
        assert f"armsim {' '.join(words)}" in epilog
    for one in verb.params:
        if isinstance(one, click.Option) and one.name != "form":
            assert one.help, one.name
