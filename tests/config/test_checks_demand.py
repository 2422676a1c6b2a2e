"""What a scenario says of a log and of surges, checked where it is written."""

from pathlib import Path

import pytest

from armsim.config.loader import load_scenario
from armsim.errors import ScenarioError

TINY = (Path(__file__).parents[1] / "tiny.yaml").read_text(encoding="utf-8")
MAPPING = """armsim_log: 1
name: Testshire
files: log.csv
rows: incident
time_zone: Europe/London
incident: {id: id, received: received, type: type}
"""


@pytest.fixture
def load(tmp_path):
    def make(demand: str, mapping: str = MAPPING, rates: str = ", annual: 7300"):
        (tmp_path / "log.yaml").write_text(mapping)
        (tmp_path / "log.csv").write_text("id,received,type\n1,2018-03-05 10:00,call\n")
        text = TINY.replace(", annual: 7300", rates).replace("patterns:", f"{demand}patterns:")
        (tmp_path / "tiny.yaml").write_text(text)
        return load_scenario(tmp_path / "tiny.yaml")

    return make


def problems(load, *args, **kwargs) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(*args, **kwargs)
    return [
        f"{Path(one.file or '').name}:{one.line} {one.path} {one.message}" for one in caught.value.problems
    ]


def test_log_mapping_and_files_are_part_of_what_the_scenario_depends_on(load, tmp_path) -> None:
    plain = load("")
    traced = load("  trace: {log: log.yaml}\n")
    assert {"log.yaml", "log.csv"} <= set(traced.files()) - set(plain.files())
    (tmp_path / "log.csv").write_text("id,received,type\n1,2018-03-05 10:01,call\n")
    changed = load_scenario(tmp_path / "tiny.yaml")
    assert changed.digest != traced.digest
    assert changed.files()["log.yaml"] == traced.files()["log.yaml"]


def test_a_type_needs_a_rate_unless_the_log_gives_it(load) -> None:
    found = problems(load, "", rates="")
    assert found[0].endswith(
        "demand.types.call write exactly one of annual, annual_per_100k, annual_by_zone; got none"
    )
    load("  trace: {log: log.yaml, types: {call: call}}\n", rates="")
    assert problems(load, "  trace: {log: log.yaml, mode: surge_only, types: {call: call}}\n", rates="")


@pytest.mark.parametrize(
    ("demand", "path", "message"),
    [
        ("  trace: {log: none.yaml}\n", "demand.trace.log", "no such file"),
        ("  trace: {log: log.yaml, types: {a: cal}}\n", "demand.trace.types.a", "did you mean call?"),
        ("  trace: {log: log.yaml, mode: rerun}\n", "demand.trace.mode", "rerun"),
        ("  surge: {s: {from: 1 h, scale: 2}}\n", "demand.surge.s", "scale needs until"),
        (
            "  surge: {s: {from: 2 h, until: 1 h, scale: 2}}\n",
            "demand.surge.s",
            "until must be later than from",
        ),
        ("  surge: {s: {from: 1 h, until: 2 h}}\n", "demand.surge.s", "write exactly one of scale"),
        ("  surge: {s: {from: 1 h, until: 2 h, scale: 0.5}}\n", "demand.surge.s.scale", "1"),
        ("  surge: {s: {from: 1 h, day: 2018-03-05}}\n", "demand.surge.s", "day begins at a midnight"),
        ("  surge: {s: {from: 0, day: 2018-03-05}}\n", "demand.surge.s.day", "no log to take a day from"),
        ("  surge: {s: {from: 0, until: 1 h, scale: 2, types: [cal]}}\n", "demand.surge.s.types.0", "call?"),
        (
            "  trace: {log: log.yaml}\n"
            "  surge: {s: {from: 0, day: 2018-03-05}, t: {from: 0, day: 2018-03-05}}\n",
            "demand.surge.t.from",
            "replays a day on the same date",
        ),
    ],
)
def test_what_cannot_be_meant_is_said_where_it_is_written(load, demand, path, message) -> None:
    (found,) = problems(load, demand)
    assert f" {path} " in found
    assert message in found
    assert found.startswith("tiny.yaml:")
    assert "None" not in found.split()[0]


def test_a_surge_that_no_replication_could_hold_is_refused(load) -> None:
    surge = "  surge: {s: {from: 0, until: 300 days, scale: 50}}\n"
    (found,) = problems(load, surge, rates=", annual: 300000")
    assert "demand.types.call about 12," in found


def test_what_is_wrong_with_the_mapping_is_said_in_its_own_lines(load) -> None:
    mapping = MAPPING.replace("time_zone: Europe/London", "time_zone: London") + "extra: 1\n"
    found = problems(load, "  trace: {log: log.yaml}\n", mapping)
    assert [one.split()[0] for one in found] == ["log.yaml:5", "log.yaml:7"]
    gone = problems(load, "  trace: {log: log.yaml}\n", MAPPING.replace("log.csv", "calls.csv"))
    assert any(one.startswith("log.yaml:3 files no such file 'calls.csv'") for one in gone)


def test_settings_without_effect_are_remarked_on(load) -> None:
    notes = load("  trace: {log: log.yaml, mode: replay, match: [month]}\n").notes
    assert any("only a bootstrap draws days" in note.message for note in notes)
    notes = load("  surge: {s: {from: 2 days, until: 3 days, scale: 2}}\n").notes
    assert any("begins after the window of 1 days" in note.message for note in notes)
