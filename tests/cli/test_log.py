"""``armsim log`` as an analyst uses it."""

import csv
import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from armsim.cli.app import main
from armsim.config.source import read

MAPPING = """armsim_log: 1
name: Testshire
files: log.csv
rows: incident
time_zone: Europe/London
incident: {id: id, received: received, type: type}
units: [{base: base, times: {arrived: {column: attendance_s, unit: s, from: dispatched}}}]
limits: {bad_rows: 40%}
"""
ROWS = """id,received,type,base,attendance_s
1,2017-02-01 10:00:00,fire,Acton,300
2,2017-02-01 12:00:00,fire,Acton,420
3,2017-02-04 12:00:00,flood,Barnes,
4,yesterday,flood,=HYPERLINK(1),60
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("log.yaml").write_text(MAPPING)
    Path("log.csv").write_text(ROWS)
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(main, ["log", *arguments])


def test_check_says_what_is_there_what_is_not_and_which_rows_are_bad(folder) -> None:
    result = run("check", "log.yaml", "--rejects", "bad.csv")
    assert result.exit_code == 0
    for text in (
        "4 rows: 3 incidents, 3 unit responses",
        "2017-02-01 to 2017-02-04, 4 days; median 1.5 incidents a day, most 2 on 2017-02-01",
        "days without an incident: 2017-02-02 to 2017-02-03",
        "types: fire 2, flood 1",
        "dispatched to arrived               2     6.00     6.80",
        "received to dispatched        not in the log",
        "bad rows kept aside: 1 (25.00%)",
        "(first: row 5, 'yesterday')",
        "the log has no dispatch stamp",
    ):
        assert text in result.stdout
    rows = list(csv.DictReader(Path("bad.csv").read_text().splitlines()))
    assert [(one["row"], one["column"], one["value"]) for one in rows] == [("5", "received", "yesterday")]


def test_json_has_the_same_and_the_digests(folder) -> None:
    found = json.loads(run("check", "log.yaml", "--format", "json").stdout)
    assert found["intervals"] == {"attendance": {"count": 2, "median": 6.0, "p90": pytest.approx(6.8)}}
    assert found["gaps"] == [["2017-02-02", "2017-02-03"]]
    assert set(found["files"]) == {"log.yaml", "log.csv"}
    assert found["rejected"][0]["rows"] == 1


def test_a_refused_log_ends_with_code_2_and_its_bad_rows_can_be_had(folder) -> None:
    Path("log.yaml").write_text(MAPPING.replace("40%", "5%"))
    result = run("check", "log.yaml", "--rejects", "bad.csv")
    assert result.exit_code == 2
    assert "1 of 4 rows are bad (25.0%)" in result.stderr
    assert len(Path("bad.csv").read_text().splitlines()) == 2


def test_no_cell_of_the_rejects_is_a_formula(folder) -> None:
    Path("log.csv").write_text(ROWS + "5,=1+1,flood,,\n")
    assert run("check", "log.yaml", "--rejects", "bad.csv").exit_code == 0
    assert "5,received,'=1+1" in Path("bad.csv").read_text().replace("6,", "5,", 1)


def test_files_may_be_in_another_folder(folder) -> None:
    (folder / "data").mkdir()
    Path("log.csv").rename("data/log.csv")
    assert "no such file 'log.csv'" in run("check", "log.yaml").stderr
    assert run("check", "log.yaml", "--folder", "data").exit_code == 0


def test_the_schema_for_editors_accepts_the_mappings_that_are_in_use(folder) -> None:
    schema = json.loads(run("schema").stdout)
    validator = jsonschema.Draft202012Validator(schema)
    for path in (Path("log.yaml"), *(Path(__file__).parents[1] / "validation").glob("*.log.yaml")):
        assert [error.message for error in validator.iter_errors(read(path).data)] == []
    assert list(validator.iter_errors({"armsim_log": 1, "colour": "red"}))
    assert "overrides" not in schema["properties"]
