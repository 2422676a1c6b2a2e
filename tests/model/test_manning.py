import json

import numpy as np
import pytest

from armsim.config.schema.duty import Pattern
from armsim.model.absence import levelled, phase_of
from armsim.model.manning import officers_needed


@pytest.fixture
def five(five_team):
    return Pattern.model_validate_json(json.dumps(five_team))


def test_levelled_absence_needs_clearly_fewer_officers_than_tossed_absence(five):
    # Three in every squad: 2.46 parade. Levelled never fewer than two; tossed 0.914 of shifts. Four in three
    # squads and three in two, tossed: (3 x 0.980 + 2 x 0.914) / 5 = 0.954.
    assert officers_needed(five, 2, 0.82) == 15
    assert officers_needed(five, 2, 0.82, rule="tossed") == 18
    # The presence of the armed teams of the shipped scenarios.
    assert officers_needed(five, 2, 0.79 * 0.91 * 0.96) == 15
    assert officers_needed(five, 2, 0.79 * 0.91 * 0.96, rule="tossed") == 24


def test_nobody_absent_needs_crew_times_squads(five):
    for rule in ("levelled", "tossed"):
        assert officers_needed(five, 2, 1.0, rule=rule) == 10
        assert officers_needed(five, 3, 1.0, 1.0, rule) == 15
    # A squad fewer of three is a fifth of shifts.
    assert officers_needed(five, 3, 1.0, 0.8) == 14
    assert officers_needed(five, 3, 1.0, 0.0) == 3


def test_levelled_is_what_the_levelled_rule_does(five):
    presence, shifts = 0.7, np.arange(20_000)
    for officers in (12, 13, 14):
        crewed = []
        for squad in range(5):
            index = np.arange((officers - squad + 4) // 5)
            away = levelled(index, 1 - presence, phase_of(shifts, squad / 5)[:, None])
            crewed.append(((~away).sum(axis=1) >= 2).mean())
        found = officers_needed(five, 2, presence, float(np.mean(crewed)) - 0.005)
        assert found <= officers
        assert officers_needed(five, 2, presence, float(np.mean(crewed)) + 0.005) > officers


def test_squads_that_work_a_shift_together_crew_it_together():
    both = {"teams": 2, "shifts": {"D": "08:00-16:00"}, "cycle": ["D"], "days_between_teams": 1}
    pattern = Pattern.model_validate_json(json.dumps(both))
    assert officers_needed(pattern, 4, 1.0) == 4
    # Eight: each squad of four has two for certain. Tossed: P(4 or more of 12) = 0.927, of 13 0.954.
    assert officers_needed(pattern, 4, 0.5) == 8
    assert officers_needed(pattern, 4, 0.5, rule="tossed") == 13


def test_senseless_questions_are_refused(five):
    with pytest.raises(ValueError, match="must be shares"):
        officers_needed(five, 2, 0.0)
    with pytest.raises(ValueError, match="must be shares"):
        officers_needed(five, 2, 0.5, 1.5)
    idle = {"teams": 2, "shifts": {"D": "08:00-16:00"}, "cycle": ["-"], "days_between_teams": 1}
    with pytest.raises(ValueError, match="rest days only"):
        officers_needed(Pattern.model_validate_json(json.dumps(idle)), 2, 0.5)
