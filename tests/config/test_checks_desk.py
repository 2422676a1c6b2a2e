"""Remarks on desks; what is refused is in ``tests/cli/broken/desk_*.yaml``."""

from pathlib import Path

import pytest

from armsim.config.loader import load_scenario

SEVERE = Path(__file__).parents[2] / "scenarios" / "severe.yaml"
OWN = "forces={leicestershire: {desk: {managers: 2%s}}}"


def remarks(*sets):
    notes = load_scenario(SEVERE, sets=sets).notes
    return {(note.path, note.message) for note in notes if "desk" in note.path or "command" in note.path}


@pytest.mark.parametrize(
    ("sets", "path", "words"),
    [
        (("desk={handover: {exactly: 20 min}}",), "desk.handover", "not used"),
        ((OWN % ", handover: {exactly: 5 min}",), "forces.leicestershire.desk.handover", "not used"),
        (
            ("demand.types.priority.command=20 min",),
            "demand.types.priority.command",
            "the type needs no authorisation",
        ),
        (
            (OWN % "", "threat.levels={SEVERE: {desk: {managers: 3}}}"),
            "forces.leicestershire.desk",
            "stays as it is at SEVERE",
        ),
    ],
)
def test_what_reaches_nothing_is_remarked_on(sets, path, words):
    (found,) = remarks(*sets)
    assert found[0] == path
    assert words in found[1]


def test_what_reaches_something_is_not():
    assert not remarks(
        OWN % ", levels: {SEVERE: {managers: 4}}", "threat.levels={SEVERE: {desk: {managers: 3}}}"
    )
    handover = "desk={handover: {median: 20 min, p90: 40 min}}"
    assert not remarks(handover, "demand.types.firearms_spontaneous.command=null")
    assert not remarks("desk={managers: [{hours: 24 h, managers: 1}], tasks_each: 3}")
