"""Every command in an ``sh`` block of the README and the pages in docs/ runs, with few replications.

A ``yaml`` block that begins with a comment of a path is a file that the reader is told to save there.
"""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from armsim.cli import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
#: Set-up of a machine, which CI does word for word.
SET_UP = ("python3 -m venv", ".venv/bin/pip install")


def commands(page):
    """Lines of ``sh`` blocks that call armsim, in order, as words."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    shown = [line for line in lines if line.strip() and not line.startswith(SET_UP)]
    return [shlex.split(line, comments=True) for line in shown]


def saved(page):
    """Path and text of the files that a page has its reader save."""
    return re.findall(
        r"^```yaml\n# (scenarios/\S+)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S
    )


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=lambda page: page.name)
def test_every_command_shown_runs(page, tmp_path, monkeypatch):
    """Beside a copy of the scenarios, in order: what one leaves the next may read."""
    (tmp_path / "scenarios").mkdir()
    for path in (ROOT / "scenarios").iterdir():
        (tmp_path / "scenarios" / path.name).write_bytes(path.read_bytes())
    for name, text in saved(page):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for words in commands(page):
        assert words[0] in (".venv/bin/armsim", "armsim"), words
        result = CliRunner().invoke(main, [*few(words[1:]), *place(words)])
        assert result.exit_code == 0, (words, result.output[-2000:], result.exception)


def few(words):
    """The command with two replications where it names a number of them."""
    if "-n" in words:
        words = list(words)
        words[words.index("-n") + 1] = "2"
    return words


def place(words):
    """One process, no charts, few days: what is tested is that the command is right.

    Twelve days are enough for the spell at CRITICAL, which ends at 22:00 on day 11.
    """
    if words[1] == "sustain":
        return ["-j", "1", "--days", "12"]
    if words[1] != "run":
        return []
    written = any(word.startswith("window=") for word in words)
    return ["-j", "1", "--no-charts", *([] if written else ["--set", "window=12 days"])]
