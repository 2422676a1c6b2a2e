import numpy as np
import pytest

from armsim.domain import ThreatLevel
from armsim.model.threat import Timeline

SEVERE, CRITICAL = ThreatLevel.SEVERE, ThreatLevel.CRITICAL
LINE = Timeline((0.0, 600.0, 900.0), (SEVERE, CRITICAL, SEVERE))


def test_a_level_holds_from_its_very_minute_and_the_first_before_the_window() -> None:
    minutes = [-5000.0, 0.0, 599.9, 600.0, 899.9, 900.0, 1e9]
    expected = [SEVERE, SEVERE, SEVERE, CRITICAL, CRITICAL, SEVERE, SEVERE]
    assert [LINE.level_at(minute) for minute in minutes] == expected
    codes = LINE.levels_at(np.array(minutes))
    assert codes.dtype == np.int8
    assert codes.tolist() == [int(level) for level in expected]


def test_spells_are_cut_at_both_ends() -> None:
    assert LINE.spells(-60.0, 1000.0) == [
        (SEVERE, -60.0, 600.0),
        (CRITICAL, 600.0, 900.0),
        (SEVERE, 900.0, 1000.0),
    ]
    assert LINE.spells(700.0, 800.0) == [(CRITICAL, 700.0, 800.0)]
    assert LINE.spells(600.0, 600.0) == []


@pytest.mark.parametrize(
    ("starts", "levels"),
    [((), ()), ((0.0,), (SEVERE, CRITICAL)), ((0.0, 0.0), (SEVERE, CRITICAL))],
)
def test_a_timeline_that_makes_no_sense_is_refused(starts, levels) -> None:
    with pytest.raises(ValueError, match="starts"):
        Timeline(starts, levels)
