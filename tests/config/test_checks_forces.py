"""Remarks on what forces are to each other."""

from pathlib import Path

import pytest

from armsim.config.loader import load_scenario
from armsim.errors import ScenarioError

SEVERE = Path(__file__).parents[2] / "scenarios" / "severe.yaml"


def remarks(*sets):
    return [(note.path, note.message) for note in load_scenario(SEVERE, sets=sets).notes]


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        (
            "aid={mutual: {ask_below: 2}}",
            "aid.mutual",
            "aid.default is ring_fenced; write default: mutual_aid",
        ),
        (
            "aid={blocs: {mid: {forces: [leicestershire], desk: joint}}}",
            "aid.blocs.mid.desk",
            "a joint desk of one force is its own",
        ),
        (
            "forces={leicestershire: {alliance: emsou}, derbyshire: {region: emsou}}",
            "forces.leicestershire.alliance",
            "no other force is in alliance emsou",
        ),
    ],
)
def test_what_is_of_no_use_is_remarked_on(change, path, words):
    assert not {found for found, _ in remarks()} & {"aid.mutual", "aid.blocs.mid.desk"}
    assert any(found == path and words in text for found, text in remarks(change))


def test_what_is_of_use_is_not():
    same = "forces={leicestershire: {alliance: emsou}, derbyshire: {alliance: emsou}}"
    mutual = "aid={default: mutual_aid, mutual: {kinds: [arv], ask_beyond: 30 min, period: 4 h}}"
    assert remarks(same, mutual) == remarks()


def test_a_reserve_is_weighed_against_the_largest_fleet():
    sets = ("units.arv.vehicles={leicestershire: 1, derbyshire: 7}", "dispatch.reserve.arv.G1=6")
    assert not any(path == "dispatch.reserve.arv.G1" for path, _ in remarks(*sets))
    assert any(path == "dispatch.reserve.arv.G1" for path, _ in remarks(sets[0], sets[1].replace("6", "7")))


def test_incidents_by_force_are_added_up():
    with pytest.raises(ScenarioError, match="incidents in a replication, most of them priority"):
        load_scenario(SEVERE, sets=["demand.types.priority.annual={a: 40000000, b: 40000000}"])
