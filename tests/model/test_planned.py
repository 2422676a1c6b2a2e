import numpy as np
import pytest

from armsim.config.schema.people import PeopleConfig
from armsim.domain import ThreatLevel
from armsim.model.absence import phase_of
from armsim.model.planned import planned
from armsim.model.threat import Timeline

DAY = 1440.0
ABSENT = {"leave": 0.16, "training": 0.06, "court": 0.02}
SPELL = Timeline((0.0, 10 * DAY, 14 * DAY), (ThreatLevel.SEVERE, ThreatLevel.CRITICAL, ThreatLevel.SEVERE))


@pytest.fixture
def absence(make_world):
    def make(absent=ABSENT, suspend=("training",), teams=(), make_up=0.5, timeline=SPELL):
        people = {"kind": "pattern", "establishment": 50, "pattern": "five", "planned_absence": absent}
        level = {"duty": {"suspend": list(suspend), "teams": list(teams)}}
        scenario = make_world(
            teams={"arv": people},
            threat={"timeline": [{"level": "SEVERE"}], "levels": {"CRITICAL": level}},
        ).scenario
        rules = PeopleConfig(make_up=make_up)
        return planned(scenario.model_copy(update={"people": rules}), "arv", timeline, 0.0, 60 * DAY)

    return make


def share(found, day):
    return float(found.share(np.array(day * DAY)))


def test_a_suspended_absence_is_made_up_day_for_day_and_no_longer(absence):
    found = absence()
    assert share(found, -3) == pytest.approx(0.24)
    assert share(found, 9.99) == pytest.approx(0.24)
    assert share(found, 10) == share(found, 13.99) == pytest.approx(0.18)
    # Four days without training at half as much again: made up within eight days of the step-down.
    assert share(found, 14) == share(found, 21.99) == pytest.approx(0.27)
    assert share(found, 22.001) == pytest.approx(0.24)
    days = np.arange(0, 60, 1 / 24) * DAY
    assert found.share(days).mean() == pytest.approx(0.24)


def test_what_is_not_made_up_is_lost(absence):
    assert share(absence(make_up=0), 15) == pytest.approx(0.24)


def test_a_level_of_other_teams_suspends_nothing(absence):
    assert share(absence(teams=("response",)), 12) == pytest.approx(0.24)
    assert share(absence(teams=("arv",)), 12) == pytest.approx(0.18)


def test_a_second_suspension_adds_to_what_is_still_owed(absence):
    levels = (ThreatLevel.SEVERE, ThreatLevel.CRITICAL) * 2 + (ThreatLevel.SEVERE,)
    found = absence(timeline=Timeline((0.0, 10 * DAY, 14 * DAY, 16 * DAY, 17 * DAY), levels))
    # 4 owed, 2 days at a half give 1 back, 1 more suspended: 4 owed at day 17, made up by day 25.
    assert [share(found, day) for day in (15, 16.5, 24.99, 25.01)] == pytest.approx([0.27, 0.18, 0.27, 0.24])


def test_making_up_never_empties_the_parade(absence):
    found = absence(absent={"leave": 0.5, "training": 0.4}, make_up=2)
    # 0.05 may be made up on top of 0.9: an eighth of the usual share, so that four days take thirty-two.
    assert [share(found, day) for day in (12, 14, 45.9, 46.1)] == pytest.approx([0.5, 0.95, 0.95, 0.9])


def test_shares_of_more_than_everybody_and_none_at_all(absence):
    assert share(absence(absent={"leave": 0.7, "training": 0.5}, suspend=()), 1) == 1.0
    none = absence(absent={})
    assert share(none, 12) == 0.0
    assert not none.absent(np.arange(9), np.linspace(0, 1, 9), np.zeros(9)).any()


def test_every_officer_has_each_cause_for_its_share_and_no_shift_has_all_of_one(absence):
    found = absence(suspend=())
    index, parade = (grid.ravel() for grid in np.meshgrid(np.arange(10), np.arange(3000), indexing="ij"))
    phase, minute = phase_of(parade), np.zeros(len(parade))
    taken = found.absent(index, phase, minute)
    index, parade, phase = index[taken], parade[taken], phase[taken]
    cause = found.cause(index, phase, parade, minute[taken])
    for code, name in enumerate(sorted(ABSENT)):
        counts = np.bincount(index[cause == code], minlength=10) / 3000
        assert counts == pytest.approx(np.full(10, ABSENT[name]), abs=0.004)
    court = np.bincount(parade[cause == 0], minlength=3000)
    assert court.max() <= 2
    # Two or three are absent; the commonest cause, leave, takes two thirds of them.
    assert np.bincount(parade).max() == 3
    assert np.bincount(parade[cause == 1], minlength=3000).mean() == pytest.approx(1.6, abs=0.02)
