"""``armsim new`` and ``armsim list forces`` as a planner types them."""

import csv
import json

import pytest
from click.testing import CliRunner

from armsim.cli import main
from armsim.config.shipped import examples


def armsim(*words):
    return CliRunner().invoke(main, list(words))


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("words", "file"),
    [
        ((), "mine/severe.yaml"),
        (("--from", "second_incident"), "mine/second_incident.yaml"),
        (("--from", "critical.yaml"), "mine/critical.yaml"),
        (("--force", "Cumbria Constabulary", "--level", "critical"), "mine/cumbria.yaml"),
    ],
)
def test_what_is_made_checks_and_the_next_steps_are_said(words, file, tmp_path):
    result = armsim("new", "mine", *words)
    assert (result.exit_code, result.stdout) == (0, f"{file}\n")
    for verb in ("check", "explain", "run"):
        assert f"armsim {verb} {file}" in result.stderr
    assert ("--with critical_spell" in result.stderr) == ("--force" in words)
    assert armsim("check", file).exit_code == 0


def test_a_folder_with_a_blank_is_quoted_in_the_next_steps():
    result = armsim("new", "my force", "--force", "kent")
    assert "armsim check 'my force/kent.yaml'" in result.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--force", "hampshir"), "did you mean hampshire?"),
        (("--from", "metropolitan"), "did you mean metropolis?"),
        (("--from", "severe", "--force", "kent"), "give one of them"),
        (("--level", "CRITICAL"), "--level goes with --force"),
        (("--force", "kent", "--level", "HIGH"), "'HIGH' is not one of"),
    ],
)
def test_what_cannot_be_made_ends_with_2_and_writes_nothing(words, says, tmp_path):
    result = armsim("new", "mine", *words)
    assert result.exit_code == 2
    assert says in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    result = armsim("new", "mine")
    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert list((tmp_path / "mine").iterdir()) == []


def test_help_lists_the_examples():
    said = armsim("new", "--help").output
    assert all(f"  {name} " in said for name in examples())


def test_forces_are_listed_with_their_figures():
    rows = armsim("list", "forces").stdout.splitlines()
    assert len(rows) == 44
    assert len({len(row) for row in rows}) == 1
    found = {row.split()[0]: row.split()[1:] for row in rows[1:]}
    assert found["leicestershire"] == ["1,017,697", "2,538", "1,765", "262", "285", "P", "2017/18", "3"]
    assert found["lancashire"][5:] == ["P*", "2019/20", "4"]


def test_forces_as_csv_and_json_are_the_same_and_name_their_sources():
    rows = list(csv.DictReader(armsim("list", "forces", "--format", "csv").stdout.splitlines()))
    records = json.loads(armsim("list", "forces", "--format", "json").stdout)
    assert [{key: str(value) for key, value in one.items()} for one in records] == rows
    assert len(rows) == 43
    assert all(row["operations_source"] for row in rows)


def test_format_is_of_forces_only():
    result = armsim("list", "metric", "--format", "csv")
    assert result.exit_code == 2
    assert "--format goes with forces" in result.stderr
