"""What is remarked on in attacks and drawn levels: it may be meant, but does nothing."""

from pathlib import Path

import pytest

from armsim.config.loader import load_scenario

TINY = (Path(__file__).parents[1] / "tiny.yaml").read_text(encoding="utf-8")

ATTACK = "attacks.raid={incident: armed}"
RAISING = "attacks.raid={incident: armed, annual: 1, level: {to: CRITICAL, lasts: {exactly: 1 day}}}"
SETTINGS = "threat.levels={SEVERE: {description: usual}}"
ENDLESS = "threat.process={levels: {SEVERE: {dwell: {exactly: 6 h}, next: {CRITICAL: 1}}}}"
ROUND = (
    "threat.process={levels: {SEVERE: {dwell: {exactly: 6 h}, next: {CRITICAL: 1, LOW: 0}}, "
    "CRITICAL: {dwell: {exactly: 6 h}, next: {SEVERE: 1}}}}"
)
NEXT = "threat.process.levels.SEVERE.next.CRITICAL"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([ATTACK], [("attacks.raid", "never happens")]),
        ([ATTACK, "attacks.raid.annual=0.5"], []),
        ([ATTACK, "study.given={attack: raid, at: 6 h}"], []),
        ([RAISING], []),
        ([RAISING, SETTINGS], [("attacks.raid.level.to", "no settings for CRITICAL")]),
        ([ENDLESS], [(NEXT, "holds to the end")]),
        ([ENDLESS, SETTINGS], [(NEXT, "holds to the end"), (NEXT, "no settings for CRITICAL")]),
        ([ROUND], []),
    ],
)
def test_what_does_nothing_is_remarked_on(tmp_path, changes, expected):
    file = tmp_path / "tiny.yaml"
    file.write_text(TINY)
    notes = load_scenario(file, sets=changes).notes
    assert [note.path for note in notes] == [path for path, _ in expected]
    for note, (_, words) in zip(notes, expected, strict=True):
        assert words in note.message
