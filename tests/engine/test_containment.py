"""The second wave: asked for at its milestone, on top of the first."""

from __future__ import annotations

import pytest

from armsim.domain import Outcome

from .reading import deployments
from .reading import incident as row

TYPES = {
    "guns": {
        "grade": "G1",
        "containment": {"attendance": {"officers": 2}, "after": "first_officer", "delay": "3 min"},
    }
}


def test_the_second_wave_is_asked_for_after_the_first_is_there(tell, play, car) -> None:
    story = tell(types=TYPES, units={"car": car | {"standing": {"West": 1, "East": 3}}})
    log = play(story.incident("guns", 0.0, 5.0, work=60.0, containment=(2, 0, 0, 0)))
    first, *second = deployments(log, 0)
    assert first["arrived_at"] == pytest.approx(2.0 + 5.0, abs=0.01)
    assert [sent["assigned_at"] for sent in second] == pytest.approx([10.0, 10.0], abs=0.01)
    assert row(log, 0)["full_at"] == pytest.approx(7.0, abs=0.01)
    assert row(log, 0)["contained_at"] == pytest.approx(10.0 + 2.5 + 15.0 - 0.5, abs=0.01)
    assert row(log, 0)["outcome"] == Outcome.ATTENDED


def test_no_second_wave_for_what_has_closed(tell, play, car) -> None:
    story = tell(types=TYPES, units={"car": car | {"standing": {"West": 1, "East": 3}}})
    log = play(story.incident("guns", 0.0, 5.0, work=2.0, containment=(2, 0, 0, 0)))
    assert len(deployments(log, 0)) == 1
