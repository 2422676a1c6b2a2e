"""Every file of ``broken/`` is refused, with every fault where it stands.

The first lines of a file say what must come out: ``# expect: line:column path | part of the message`` for
each fault in order (path ``-`` for the whole document; ``file:line:column`` when it lies in another file of
the folder), and ``# args:`` what else is on the command line.
"""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from armsim.cli import main

FOLDER = Path(__file__).parent / "broken"
FILES = sorted(FOLDER.glob("*.yaml"))
EXPECT = re.compile(r"^# expect: (?:(\S+\.yaml):)?(\d+:\d+) (\S+) \| (.+)$", re.MULTILINE)
ARGS = re.compile(r"^# args: (.+)$", re.MULTILINE)


def expected(file):
    """What must stand at the beginning and inside of each line, and the words after the file name."""
    text = file.read_bytes().decode("latin-1")
    faults = []
    for other, place, path, words in EXPECT.findall(text):
        named = FOLDER / other if other else file
        faults.append((f"{named}:{place}  " + ("" if path == "-" else f"{path}  "), words))
    given = ARGS.search(text)
    return faults, shlex.split(given[1]) if given else []


#: One for each place that refuses: parser, schema, checks across settings, data files, geography.
ALSO_RUN = (
    "key_twice",
    "several_faults",
    "several_names",
    "no_zones_file",
    "unknown_force",
    "overrides_disagree",
)
CASES = [
    (verb, file) for file in FILES for verb in ("check", "run") if verb == "check" or file.stem in ALSO_RUN
]


@pytest.mark.parametrize(("verb", "file"), CASES, ids=[f"{verb}-{file.stem}" for verb, file in CASES])
def test_every_fault_is_reported_where_it_stands(verb, file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    faults, words = expected(file)
    assert faults, "the file says nothing of what is expected"
    result = CliRunner().invoke(main, [verb, str(file), *words])
    lines = result.stderr.splitlines()
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 2
    assert result.stdout == ""
    for line, (start, part) in zip(lines, faults, strict=False):
        assert line.startswith(start)
        assert part in line.removeprefix(start)
    problems = "1 problem" if len(faults) == 1 else f"{len(faults)} problems"
    assert lines[len(faults) :] == [f"{problems} in 1 file. Nothing was run."]
    assert list(tmp_path.iterdir()) == []


def test_there_are_forty_kinds():
    kinds = {part for file in FILES for _, part in expected(file)[0]}
    assert len(FILES) >= 40
    assert len(kinds) >= 40


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"# nothing but a comment\n", b"---\n...\n", b"\xef\xbb\xbf"]
)
def test_an_empty_file_is_refused(content, tmp_path):
    file = tmp_path / "empty.yaml"
    file.write_bytes(content)
    result = CliRunner().invoke(main, ["check", str(file)])
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"{file}:1:1  the file is empty; write at least a title",
        "1 problem in 1 file. Nothing was run.",
    ]


def test_what_cannot_be_opened_is_refused(tmp_path):
    result = CliRunner().invoke(main, ["check", str(tmp_path / "none.yaml"), str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"{tmp_path / 'none.yaml'}  no such file",
        f"{tmp_path}  is a folder; name a file",
        "2 problems in 2 files. Nothing was run.",
    ]


@pytest.mark.parametrize(
    ("words", "starts"),
    [
        (
            ["--with", "nothing", "--set", "window"],
            [
                "--with nothing  no override has this name",
                "--set window  write a dotted path, =, and a value",
            ],
        ),
        (
            ["--set", "units.arv.crw=3", "--set", "window=28", "--set", "teams.arv.pattern=six"],
            ["--set units.arv.crw=3  units.arv.crw  unknown key", "--set window=28  window  28 has no unit"],
        ),
        (
            ["--set", "teams.arv.pattern=six"],
            ['--set teams.arv.pattern=six  teams.arv.pattern  unknown pattern "six"'],
        ),
    ],
)
def test_faults_of_the_command_line_are_named_by_what_was_typed(words, starts):
    severe = FOLDER.parents[2] / "scenarios" / "severe.yaml"
    result = CliRunner().invoke(main, ["check", str(severe), *words])
    assert result.exit_code == 2
    *faults, count = result.stderr.splitlines()
    assert len(faults) == len(starts)
    for start in starts:
        assert any(fault.startswith(start) for fault in faults), start
    assert count.endswith("Nothing was run.")
