import numpy as np
import pytest

from armsim.analysis.recovery import recovered_at


def spells(*pairs):
    return tuple(np.array(side, dtype=float) for side in zip(*pairs, strict=True))


USUAL = spells((0, 1000), (0, 1000))


@pytest.mark.parametrize(
    ("second_unit", "at"),
    [
        ([(0, 1000)], 100),  # nothing happened
        ([(0, 110), (200, 1000)], 200),
        ([(0, 110), (200, 230), (250, 1000)], 250),  # 30 min are not an hour
        ([(0, 110), (200, 260), (300, 1000)], 200),  # 60 min are
        ([(0, 160), (950, 1000)], 100),  # an hour at the usual number from the attack on
        ([(0, 100), (940, 1000)], 940),  # the last hour of the window
        ([(0, 110), (941, 1000)], None),
        ([(0, 110)], None),
    ],
)
def test_recovery_is_when_free_units_stay_an_hour_at_the_usual_number(second_unit, at):
    assert recovered_at(spells((0, 1000), *second_unit), USUAL, 100, 1000) == at


def test_more_than_usual_is_recovered_and_what_the_usual_run_does_counts():
    more = spells((0, 1000), (0, 1000), (0, 1000))
    assert recovered_at(more, USUAL, 100, 1000) == 100
    busy = spells((0, 1000), (0, 300))
    assert recovered_at(spells((0, 1000), (0, 110)), busy, 100, 1000) == 300


def test_what_happened_before_the_attack_does_not_count():
    assert recovered_at(spells((0, 1000), (0, 20), (90, 1000)), USUAL, 100, 1000) == 100
