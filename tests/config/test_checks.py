from pathlib import Path

import pytest

from armsim.config.loader import load_scenario
from armsim.errors import ScenarioError

TINY = (Path(__file__).parents[1] / "tiny.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ("demand.types.call.profile=genral", "demand.types.call.profile", 'unknown profile "genral"'),
        ("units.arv.team=av", "units.arv.team", 'unknown team "av"; did you mean arv?'),
        ("demand.types.call.not_by=[avr]", "demand.types.call.not_by.0", "did you mean arv?"),
        ("units.arv.serves=[G1]", "demand.types.armed.attendance.arv", "nobody can attend"),
        ("demand.types.call.annual=40000000", "demand.types.call", None),
        (
            "demand.types.call.attendance.officers={1: 0.5, 2: 0.4}",
            "demand.types.call.attendance.officers",
            "0.9",
        ),
        (
            "dispatch.diversion=[{to: G1, off: [FIREARMS], when: [EN_ROUTE]}]",
            "dispatch.diversion.0.off.0",
            "lower",
        ),
    ],
)
def test_each_fault_is_found_where_it_is(tmp_path, change, path, message):
    file = tmp_path / "tiny.yaml"
    file.write_text(TINY)
    if message is None:
        loaded = load_scenario(file, sets=[change, "window=7 days"])
        assert loaded.scenario.demand.types["call"].annual == 40_000_000
        with pytest.raises(ScenarioError, match="incidents in a replication, most of them call"):
            load_scenario(file, sets=[change, "window=300 days"])
        return
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file, sets=[change])
    assert any(one.path == path and message in one.message for one in caught.value.problems)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ("bases.avr={p_median: 1}", "bases.avr"),
        ("demand.profiles.genral={hours: [" + ", ".join(["1"] * 24) + "]}", "demand.profiles.genral"),
    ],
)
def test_what_nothing_uses_is_remarked_on(tmp_path, change, path):
    """A misspelt name may define something new beside what it meant: a note, as it may be meant."""
    file = tmp_path / "tiny.yaml"
    file.write_text(TINY)
    assert [note.path for note in load_scenario(file).notes] == []
    notes = load_scenario(file, sets=[change]).notes
    assert [note.path for note in notes if "misspelt" in note.message] == [path]
