import datetime
import json

import numpy as np
import pytest

from armsim.config.schema.people import PeopleConfig
from armsim.domain import Authorisation, Employment, ThreatLevel
from armsim.model.forces import ForceTeam
from armsim.model.officers import ever_in_post, officers, opening_debt
from armsim.model.threat import Timeline

DAY = 1440.0
WEEK = 7 * DAY
STEADY = Timeline((0.0,), (ThreatLevel.SEVERE,))
SPELL = Timeline((0.0, 10 * DAY, 38 * DAY), (ThreatLevel.SEVERE, ThreatLevel.CRITICAL, ThreatLevel.SEVERE))


@pytest.fixture
def people(make_world):
    """Officers of a team with settings of its own, and parts of the scenario."""

    def make(team=None, timeline=STEADY, begin=0.0, end=60 * DAY, rules=None, **parts):
        one = {"kind": "pattern", "establishment": 50, "pattern": "five"} | (team or {})
        scenario = make_world(teams={"arv": one}, **parts).scenario
        if rules is not None:
            read = PeopleConfig.model_validate_json(json.dumps(rules))
            scenario = scenario.model_copy(update={"people": read})
        mine = ForceTeam("arv", "Shire", 0, one["establishment"])
        found = officers(scenario, mine, timeline, begin, end)
        assert len(found) == ever_in_post(scenario, mine)
        return found

    return make


SPECIALS = {"kind": "volunteers", "headcount": 3, "hours_a_month": 16, "duty": "8 h", "starts": "18:00-19:00"}
SPECIALS |= {"day_weights": {"sat": 1}, "in_patrols": 1}


def carriers(found, minute):
    everybody = np.arange(len(found))
    return np.flatnonzero(found.ced_holds(everybody, np.full(len(found), float(minute))))


def level(**duty):
    return {"timeline": [{"level": "SEVERE"}], "levels": {"CRITICAL": {"duty": duty}}}


def test_without_settings_everybody_is_a_regular_officer_without_authorisations(people):
    found = people()
    assert set(found.employment) == {Employment.REGULAR}
    assert not found.authorisations.any() and not found.rest_days_owed.any()
    assert not carriers(found, 0).size
    assert not found.tutored(np.arange(50), np.zeros(50)).any()


@pytest.mark.parametrize("share", [0.1, 0.28, 0.5])
def test_shares_of_employment_and_authorisations_are_even_and_not_of_the_same_officers(people, share):
    names = ("AFO", "ARVO", "SFO", "CTSFO", "RESPONSE_DRIVER", "ADVANCED_DRIVER")
    found = people({
        "establishment": 1000, "employment": {"STUDENT": share, "PCSO": 0.2}, "ced_share": share,
        "authorisations": dict.fromkeys(names, share),
    })  # fmt: skip
    marks = [found.employment == Employment.STUDENT, found.trained]
    marks += [(found.authorisations & 2 ** int(Authorisation[name])) > 0 for name in names]
    for mark in marks:
        running = np.cumsum(mark) - share * np.arange(1, 1001)
        # CEDs are spread within each of five squads, so that a squad's error counts five times.
        assert np.abs(running).max() < (8 if mark is found.trained else 5)
    assert (found.employment == Employment.PCSO).sum() == pytest.approx(200, abs=3)
    for first in range(len(marks)):
        for second in range(first):
            assert (marks[first] & marks[second]).sum() == pytest.approx(1000 * share**2, abs=16)
    assert not (found.authorisations & 2 ** int(Authorisation.CED)).any()


def test_everybody_or_nobody_holds_it(people):
    found = people({"authorisations": {"AFO": 1, "SFO": 0}})
    assert set(found.authorisations) == {2 ** int(Authorisation.AFO)}


def test_an_added_officer_changes_nobody(people):
    settings = {"employment": {"STUDENT": 0.3}, "ced_share": {"STUDENT": 0.5, "REGULAR": 0.4}}
    settings |= {"authorisations": {"AFO": 0.5}}
    one, two = (people(settings | {"establishment": n}) for n in (50, 51))
    for name in ("employment", "authorisations", "trained", "tenure"):
        assert np.array_equal(getattr(one, name), getattr(two, name)[:50], equal_nan=True)


def test_ced_shares_by_employment(people):
    found = people({
        "establishment": 400, "employment": {"STUDENT": 0.25}, "ced_share": {"STUDENT": 0.2, "REGULAR": 0.6},
    })  # fmt: skip
    student = found.employment == Employment.STUDENT
    assert found.trained[student].mean() == pytest.approx(0.2, abs=0.02)
    assert found.trained[~student].mean() == pytest.approx(0.6, abs=0.01)


STUDENTS = {"employment": {"STUDENT": 0.4}, "ced_share": 1}


def test_students_carry_from_the_date_of_approval(people):
    # The window opens on 5 March 2018: 28 February 2019 is 360 days later.
    found = people(STUDENTS)
    student = np.flatnonzero(found.employment == Employment.STUDENT)
    assert (datetime.date(2019, 2, 28) - datetime.date(2018, 3, 5)).days == 360
    assert set(carriers(found, 360 * DAY - 1)) == set(range(50)) - set(student)
    assert carriers(found, 360 * DAY).tolist() == list(range(50))
    early = people(STUDENTS, rules={"ced": {"allowed_early": ["STUDENT"]}})
    assert carriers(early, 0).tolist() == list(range(50))


def test_a_level_may_narrow_who_carries(people):
    early = {"ced": {"allowed_early": ["STUDENT"]}}
    found = people(STUDENTS, SPELL, threat=level(ced=["STUDENT"]), rules=early)
    student = np.flatnonzero(found.employment == Employment.STUDENT)
    assert carriers(found, 12 * DAY).tolist() == student.tolist()
    assert len(carriers(found, 38 * DAY)) == 50
    other = people(STUDENTS, SPELL, threat=level(ced=["STUDENT"], teams=["npt"]), rules=early)
    assert len(carriers(other, 12 * DAY)) == 50


def test_refreshers_lapse_while_training_is_suspended_and_are_made_up_evenly(people):
    # 520 officers, 52 weeks: ten refreshers a week. In four weeks of suspension forty lapse; they are made up
    # in the four weeks after it, ten a week.
    settings = {"establishment": 520, "ced_share": 1}
    found = people(settings, SPELL, threat=level(suspend=["training"]), end=100 * DAY)
    missing = [520 - len(carriers(found, day * DAY)) for day in (9, 17, 24, 31, 37.99, 45, 52, 59, 66.01)]
    assert missing == pytest.approx([0, 10, 20, 30, 40, 30, 20, 10, 0], abs=1)
    never = people(
        settings, SPELL, threat=level(suspend=["training"]), rules={"ced": {"refresher_every": None}}
    )
    assert len(carriers(never, 30 * DAY)) == 520
    other = people(settings, SPELL, threat=level(suspend=["court"]))
    assert len(carriers(other, 30 * DAY)) == 520


def test_a_refresher_to_be_made_up_waits_for_the_end_of_the_next_suspension(people):
    again = Timeline(
        (0.0, 10 * DAY, 38 * DAY, 40 * DAY, 50 * DAY),
        (ThreatLevel.SEVERE, ThreatLevel.CRITICAL) * 2 + (ThreatLevel.SEVERE,),
    )
    found = people(
        {"establishment": 520, "ced_share": 1}, again, threat=level(suspend=["training"]), end=120 * DAY
    )
    # 40 lapsed by day 38, two of 28 days of making up done, ten more days suspended: 14 more fall due.
    assert 520 - len(carriers(found, 49.99 * DAY)) == pytest.approx(40 - 40 * 2 / 28 + 10 * 520 / 364, abs=2)
    assert len(carriers(found, 78.1 * DAY)) == 520
    held = people({"establishment": 520, "ced_share": 1}, Timeline((0.0,), (ThreatLevel.CRITICAL,)),
                  threat=level(suspend=["training"]), end=28 * DAY)  # fmt: skip
    assert 520 - len(carriers(held, 28 * DAY - 1)) == pytest.approx(40, abs=1)


def test_students_serve_their_tenure_and_are_followed_by_recruits(people):
    found = people({"establishment": 1040, "employment": {"STUDENT": 1}})
    officer = np.arange(1040)
    now = found.tutored(officer, np.zeros(1040))
    assert now.sum() == pytest.approx(300, abs=5)  # 30 of 104 weeks
    later = found.tutored(officer, np.full(1040, 30 * WEEK))
    assert not (now & later).any()
    assert later.sum() == pytest.approx(300, abs=5)
    assert (found.tutored(officer, np.full(1040, 104 * WEEK)) == now).mean() > 0.999
    assert not (now & (found.tenure >= 30 * WEEK)).any()


def test_opening_debt_is_exact_in_the_mean_and_whole_but_for_one():
    debt = opening_debt(50, 3.4)
    assert debt.mean() == pytest.approx(3.4)
    assert set(debt) == {3.0, 4.0}
    odd = opening_debt(7, 0.5)
    assert odd.sum() == pytest.approx(3.5) and (odd[:-1] % 1 == 0).all()
    assert opening_debt(0, 2.0).size == 0


def test_a_team_without_a_pattern_is_refused(make_world):
    scenario = make_world(teams={"specials": SPECIALS}).scenario
    mine = ForceTeam("specials", "Shire", 0, 3)
    with pytest.raises(TypeError, match="works no pattern"):
        officers(scenario, mine, STEADY, 0.0, DAY)
    with pytest.raises(TypeError, match="works no pattern"):
        ever_in_post(scenario, mine)


def test_without_probation_nobody_is_tutored(people):
    found = people({"employment": {"STUDENT": 1}}, rules={"students": {"probation": "0 min"}})
    assert not found.tutored(np.arange(50), np.zeros(50)).any()
