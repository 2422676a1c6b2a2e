"""Parades of a team worked by hand: what each threat level does to each officer's duties."""

import json

import numpy as np
import pytest

from armsim.config.schema.people import PeopleConfig
from armsim.domain import DutyKind, ThreatLevel
from armsim.model.forces import ForceTeam
from armsim.model.parades import parades
from armsim.model.threat import Timeline, timeline
from armsim.streams import Streams

DAY, HOUR = 1440.0, 60.0
E, L, N = 7 * HOUR, 15 * HOUR, 21 * HOUR
ROSTERED, CANCELLED = int(DutyKind.ROSTERED), int(DutyKind.REST_DAY_CANCELLED)
#: Level rises on day 2 at 10:00, when earlies (squad 1) are out, and falls on day 4 at midnight.
CHANGES = [
    {"level": "SEVERE"},
    {"at": "2 days 10 h", "level": "CRITICAL"},
    {"at": "4 days", "level": "SEVERE"},
]
RISE = 2 * DAY + 10 * HOUR


@pytest.fixture
def parade(make_world):
    """Parades of one team: its settings, what CRITICAL does, rules of people, other parts."""

    def make(team=None, level=None, rules=None, changes=CHANGES, days=28, begin=0.0, at=None, **parts):
        one = {"kind": "pattern", "establishment": 50, "pattern": "five"} | (team or {})
        threat = {"timeline": changes, "levels": {"CRITICAL": {"duty": level or {}}}}
        scenario = make_world(teams={"arv": one}, threat=threat, **parts).scenario
        read = PeopleConfig.model_validate_json(json.dumps(rules or {}))
        scenario = scenario.model_copy(update={"people": read})
        mine = ForceTeam("arv", "Shire", 0, one["establishment"])
        return parades(scenario, mine, Streams(3, 0), at or timeline(scenario), begin, days * DAY)

    return make


def of(found, officer, kinds=None):
    """Start, planned end and kind of an officer's rows from the opening on, in order of start."""
    mine = (found.officer == officer) & (found.start >= 0)
    if kinds is not None:
        mine &= np.isin(found.kind, kinds)
    order = np.argsort(found.start[mine])
    columns = [column[mine][order].tolist() for column in (found.start, found.planned_end, found.kind)]
    return list(zip(*columns, strict=True))


def shifts_at(found, start):
    """Key, end and rostered officers of the shifts that start at a minute."""
    at = np.flatnonzero(found.shifts.start == start)
    return [(found.shifts.key[i], found.shifts.end[i], int(found.shifts.rostered[i])) for i in at]


def test_rows_are_in_order_and_agree_with_their_shifts(parade):
    absent = {"planned_absence": {"leave": 0.2}, "sickness": {"share": 0.1, "spell": "3 days"}}
    found = parade(absent | {"rest_days_owed": 2.0}, {"rest_days_cancelled": 0.5, "recall": RECALL})
    order = np.lexsort((found.officer, found.shift))
    assert (order == np.arange(len(order))).all()
    assert (found.start == found.shifts.start[found.shift]).all()
    assert (np.bincount(found.shift) == found.shifts.rostered).all()
    labels = list(zip(found.shifts.start, found.shifts.key, strict=True))
    assert labels == sorted(set(labels))
    assert (found.cause[found.kind == DutyKind.ABSENT_PLANNED] == 0).all()
    assert (found.cause[found.kind != DutyKind.ABSENT_PLANNED] == -1).all()


def test_a_steady_level_is_the_roster(parade):
    found = parade(changes=CHANGES[:1])
    assert len(found.shifts) == 3 * 33  # two days before, 28, the last and two after
    assert set(found.kind) == {ROSTERED} and np.isnan(found.notice).all() and not found.owed.any()
    assert of(found, 0)[:3] == [
        (E, E + 600, ROSTERED),
        (DAY + E, DAY + E + 600, ROSTERED),
        (2 * DAY + L, 2 * DAY + L + 600, ROSTERED),
    ]
    assert shifts_at(found, 3 * DAY + N) == [("N", 3 * DAY + N + 600, 10)]
    assert set(found.shifts.level) == {ThreatLevel.SEVERE}


def test_absence_keeps_its_order_of_precedence(parade):
    spell = {"share": 0.3, "spell": "4 days"}
    every = {"planned_absence": {"leave": 0.3, "court": 0.1}, "sickness": spell, "non_deployable": spell}
    found = parade(every)
    planned = parade({"planned_absence": every["planned_absence"]})
    ill = parade({"sickness": spell})
    unfit = parade({"non_deployable": spell})
    expected = np.where(planned.kind == DutyKind.ABSENT_PLANNED, planned.kind, ROSTERED)
    expected = np.where(ill.kind == DutyKind.ABSENT_SICK, ill.kind, expected)
    expected = np.where(unfit.kind == DutyKind.ABSENT_NOT_DEPLOYABLE, unfit.kind, expected)
    assert (found.kind == expected).all()
    assert set(found.kind) == {0, 6, 7, 8}
    assert set(found.cause[found.kind == DutyKind.ABSENT_PLANNED]) == {0, 1}
    assert (found.present == (found.kind == ROSTERED)).all()


def test_a_vacant_post_has_no_rows(parade):
    found = parade({"establishment": 200, "attrition": {"a_year": 0.5, "replaced_after": "26 weeks"}})
    full = parade({"establishment": 200})
    share = 0.5 * 26 * 7 / 365.25
    assert 1 - len(found.officer) / len(full.officer) == pytest.approx(share / (1 + share), abs=0.05)
    assert set(found.kind) == {ROSTERED}
    assert set(zip(found.officer, found.start, strict=True)) < set(zip(full.officer, full.start, strict=True))


def test_longer_shifts_come_with_the_next_parade_and_their_notice(parade):
    found = parade(level={"shift_length": "12 h"})
    row = {
        start: (end, n) for start, end, n in zip(found.start, found.planned_end, found.notice, strict=True)
    }
    assert row[2 * DAY + E][0] == 2 * DAY + E + 600 and np.isnan(row[2 * DAY + E][1])
    assert row[2 * DAY + L] == (2 * DAY + L + 720, 5 * HOUR)
    assert row[3 * DAY + N] == (3 * DAY + N + 720, DAY + 11 * HOUR)
    assert row[4 * DAY + E][0] == 4 * DAY + E + 600 and np.isnan(row[4 * DAY + E][1])


def test_officers_on_duty_are_kept_on_when_the_level_rises_only(parade):
    found = parade({"planned_absence": {"leave": 0.2}}, {"keep_on": "3 h", "shift_length": "12 h"})
    under_way = found.start == 2 * DAY + E
    present = under_way & found.present
    assert present.sum() == 8
    assert set(found.planned_end[present]) == {2 * DAY + E + 600 + 180}
    assert set(found.planned_end[under_way & ~found.present]) == {2 * DAY + E + 600}
    assert shifts_at(found, 2 * DAY + E) == [("E", 2 * DAY + E + 780, 10)]
    assert set(found.planned_end[found.start == 3 * DAY + N]) == {3 * DAY + N + 720}  # under way at the fall


def test_officers_kept_on_leave_for_their_next_duty(parade):
    found = parade(level={"keep_on": "20 h"})
    squad = (found.start == 2 * DAY + E) & (found.officer % 5 == 1)
    assert set(found.planned_end[squad]) == {3 * DAY + E}


TWELVES = {
    "teams": 4, "shifts": {"D": "07:00-19:00", "N": "19:00-07:00"}, "cycle": list("DDNN----"),
    "days_between_teams": 2,
}  # fmt: skip


def test_a_level_pattern_is_joined_after_daily_rest_and_left_likewise(parade, five_team):
    found = parade(level={"pattern": "twelves"}, patterns={"five": five_team, "twelves": TWELVES})
    # On day 2 squads 0 to 4 of five work L E - - N; on days 2 and 3 squads 0 to 3 of four work N D - -.
    assert of(found, 1)[:2] == [
        (2 * DAY + E, 2 * DAY + E + 600, ROSTERED),  # out at the change: finishes, then rests eleven hours
        (3 * DAY + E, 3 * DAY + E + 720, ROSTERED),  # squad 1 of four: D
    ]  # fmt: skip
    # All of squad 0 of four start nights on day 2: officer 0 was off since 17:00 of day 1, officer 4 since
    # 01:00 of day 2, officer 8 (squad 3 of five) since a night that ended at 07:00.
    for officer in (0, 4, 8):
        assert (2 * DAY + 19 * HOUR, 3 * DAY + E, ROSTERED) in of(found, officer)
    # Step-down on day 4 at 00:00: the night of day 3 is finished on day 4 at 07:00; squad 0 of five works N
    # on day 4 at 21:00.
    assert (3 * DAY + 19 * HOUR, 4 * DAY + E, ROSTERED) in of(found, 0)
    assert (4 * DAY + N, 5 * DAY + E, ROSTERED) in of(found, 0)
    # Squad 3 of five has earlies on days 6 and 7.
    assert (6 * DAY + E, 6 * DAY + E + 600, ROSTERED) in of(found, 8)
    keys = {key for key, start in zip(found.shifts.key, found.shifts.start, strict=True) if start < 2 * DAY}
    assert keys == {"E", "L", "N"}
    level = [
        key for key, at in zip(found.shifts.key, found.shifts.start, strict=True) if RISE <= at < 4 * DAY
    ]
    assert set(level) == {"twelves:D", "twelves:N"}
    changed = np.char.startswith(np.array(found.shifts.key)[found.shift], "twelves")
    assert (found.notice[changed] == found.start[changed] - RISE).all()
    assert np.isnan(found.notice[~changed]).all()


def test_an_early_after_a_night_of_the_level_pattern_is_left_out(parade, five_team):
    found = parade(level={"pattern": "twelves"}, patterns={"five": five_team, "twelves": TWELVES})
    # Officer 12 (squad 2 of five, 0 of four) ends a night on day 4 at 07:00, when squad 2 starts earlies.
    assert (3 * DAY + 19 * HOUR, 4 * DAY + E, ROSTERED) in of(found, 12)
    starts = [start for start, _, _ in of(found, 12)]
    assert 4 * DAY + E not in starts and 5 * DAY + E in starts


RECALL = {"share": 0.5, "after": "2 h", "length": "8 h"}


def test_officers_are_recalled_from_home_in_time_for_their_rest(parade):
    found = parade(level={"recall": RECALL})
    called = found.kind == DutyKind.RECALLED
    start = RISE + 2 * HOUR
    assert set(found.start[called]) == {start} and set(found.notice[called]) == {2 * HOUR}
    ends = dict(zip(found.officer[called].tolist(), found.planned_end[called].tolist(), strict=True))
    # Squad 1 is on earlies. Squad 0 has lates at 15:00 and squad 4 nights at 21:00 that day: no time. Squad 3
    # ended its nights at 07:00 and is off; squad 2 starts earlies on day 4.
    assert {officer % 5 for officer in ends} == {2, 3} and len(ends) == 10
    assert set(ends.values()) == {start + 8 * HOUR}
    assert shifts_at(found, start) == [("recall", start + 8 * HOUR, 10)]
    assert found.shifts.level[found.shift[called]].tolist() == [ThreatLevel.CRITICAL] * 10


def test_a_recall_is_cut_for_the_rest_before_the_next_shift(parade):
    late = [CHANGES[0], {"at": "3 days 10 h", "level": "CRITICAL"}]
    found = parade(level={"recall": RECALL | {"length": "9 h"}}, changes=late)
    called = found.kind == DutyKind.RECALLED
    # Squad 2 starts on day 4 at 07:00: off duty by 20:00 on day 3, eight hours after the start at 12:00.
    squad = found.officer[called] % 5
    assert set(found.planned_end[called][squad == 2]) == {3 * DAY + 20 * HOUR}
    assert set(found.planned_end[called][squad == 3]) == {3 * DAY + 21 * HOUR}
    found = parade(level={"recall": RECALL | {"after": "9 h"}}, changes=late)
    assert 2 not in found.officer[found.kind == DutyKind.RECALLED] % 5  # one hour would be left


def test_a_recall_takes_nobody_who_is_away_and_needs_a_rise(parade):
    spell = {"share": 0.4, "spell": "20 days"}
    found = parade({"sickness": spell, "planned_absence": {"leave": 0.2}}, {"recall": RECALL | {"share": 1}})
    called = found.officer[found.kind == DutyKind.RECALLED]
    ill = parade({"sickness": spell})
    near = (ill.kind == DutyKind.ABSENT_SICK) & (np.abs(ill.start - RISE) < DAY)
    assert called.size and not set(called) & set(ill.officer[near])
    assert not (parade(level={"recall": RECALL | {"length": "0 h"}}).kind == DutyKind.RECALLED).any()
    fall = [{"level": "CRITICAL"}, {"at": "3 days", "level": "SEVERE"}]
    assert not (parade(level={"recall": RECALL}, changes=fall).kind == DutyKind.RECALLED).any()
    other = parade(level={"recall": RECALL, "teams": ["npt"]})
    assert not (other.kind == DutyKind.RECALLED).any()


def test_rest_days_cancelled_have_their_notice_and_are_paid_without(parade):
    held = [CHANGES[0], CHANGES[1]]
    found = parade(level={"rest_days_cancelled": 0.5}, changes=held)
    called = found.kind == CANCELLED
    assert (found.notice[called] == found.start[called] - RISE).all()
    assert (found.owed[called] == (found.notice[called] >= 15 * DAY)).all()
    assert found.owed.any() and not found.owed[~called].any()
    by_day = np.bincount((found.start[called] // DAY).astype(int))
    assert by_day[3:28].tolist() == [10] * 25


def test_a_share_of_officers_takes_the_day_for_the_pay(parade):
    found = parade(level={"rest_days_cancelled": 0.5}, rules={"rest_days": {"owed_at_short_notice": 0.4}})
    called = found.kind == CANCELLED
    takers = {
        officer: set(found.owed[called & (found.officer == officer)]) for officer in found.officer[called]
    }
    assert all(len(owed) == 1 for owed in takers.values())
    everybody = parade(level={"rest_days_cancelled": 0.5}, rules={"rest_days": {"owed_at_short_notice": 1}})
    assert (everybody.owed == (everybody.kind == CANCELLED)).all()
    assert found.owed.sum() / called.sum() == pytest.approx(0.4, abs=0.1)


def test_rest_days_worked_by_agreement_give_way_to_cancelled_ones(parade):
    found = parade({"rest_days_worked": 0.1}, {"rest_days_cancelled": 0.5})
    agreed = found.kind == DutyKind.REST_DAY_WORKED
    level = (found.start >= RISE) & (found.start < 4 * DAY)
    assert not (agreed & level).any() and not ((found.kind == CANCELLED) & ~level).any()
    assert np.isnan(found.notice[agreed]).all() and not found.owed[agreed].any()
    by_day = np.bincount((found.start[agreed & (found.start >= 0)] // DAY).astype(int), minlength=28)
    assert by_day[5:28].tolist() == [2] * 23  # a tenth of the twenty who rest each day


def test_critical_for_four_weeks_by_hand(parade):
    found = parade(
        level={"shift_length": "12 h", "rest_days_cancelled": 0.5}, changes=[{"level": "CRITICAL"}]
    )
    window = (found.start >= 0) & (found.start < 28 * DAY)
    lost = (window & (found.kind == CANCELLED)).sum() / 50
    hours = (found.planned_end - found.start)[window].sum() / 50 / HOUR
    assert lost == pytest.approx(5.6)  # 28 days x 0.4 on a rest day x 0.5
    assert hours == pytest.approx(4 * 67.2)
    assert (13 * 42 + hours) / 17 == pytest.approx(47.93, abs=0.005)


def test_opening_debt_is_given_back_one_a_fortnight_and_parades_are_thinned_evenly(parade):
    found = parade({"rest_days_owed": 20.0}, changes=[{"level": "SEVERE"}], days=140)
    back = found.kind == DutyKind.REST_GIVEN_BACK
    by_officer = np.bincount(found.officer[back], minlength=50)
    assert set(by_officer) <= {9, 10, 11} and by_officer.mean() == pytest.approx(10, abs=0.3)
    by_shift = np.bincount(found.shift[back], minlength=len(found.shifts))
    live = (found.shifts.start >= 0) & (found.shifts.start < 140 * DAY)
    # 14 days are 8.4 duties: of ten officers 1.19 are off on each shift.
    assert by_shift[live].mean() == pytest.approx(10 / 8.4, abs=0.03)
    assert set(by_shift[live]) == {0, 1, 2}
    assert (by_shift[live] == 0).mean() < 0.1  # 0.28 if it were tossed
    assert not found.present[back].any() and (found.start[back] >= 0).all()


def test_no_more_is_given_back_than_is_owed(parade):
    found = parade({"rest_days_owed": 2.5}, changes=[{"level": "SEVERE"}], days=140)
    by_officer = np.bincount(found.officer[found.kind == DutyKind.REST_GIVEN_BACK], minlength=50)
    assert (by_officer == np.floor(found.officers.rest_days_owed)).all()
    never = parade({"rest_days_owed": 2.5}, rules={"rest_days": {"given_back_every": None}})
    assert not (never.kind == DutyKind.REST_GIVEN_BACK).any()


def test_rest_days_come_back_after_the_level_and_not_while_it_cancels(parade):
    rules = {"rest_days": {"owed_at_short_notice": 1}}
    found = parade({"rest_days_owed": 1.0}, {"rest_days_cancelled": 0.5}, rules, days=84)
    back = found.kind == DutyKind.REST_GIVEN_BACK
    assert not (back & (found.start >= RISE) & (found.start < 4 * DAY)).any()
    owes = 1 + np.bincount(found.officer[found.owed], minlength=50)
    assert (np.bincount(found.officer[back], minlength=50) == owes).all()
    assert (found.start[back] < RISE).any()


def test_a_day_given_back_is_one_on_which_the_officer_would_have_paraded(parade):
    absent = {"planned_absence": {"leave": 0.4}}
    plain = parade(absent, changes=[{"level": "SEVERE"}], days=140)
    found = parade(absent | {"rest_days_owed": 5.0}, changes=[{"level": "SEVERE"}], days=140)
    back = found.kind == DutyKind.REST_GIVEN_BACK
    assert set(plain.kind[back]) == {ROSTERED}
    assert (found.kind[~back] == plain.kind[~back]).all()
    assert (np.bincount(found.officer[back], minlength=50) == 5).all()


def test_an_added_officer_changes_nobodys_roster_and_absence(parade):
    absent = {"planned_absence": {"leave": 0.2}, "sickness": {"share": 0.1, "spell": "3 days"}}
    absent |= {"rest_days_owed": 3.0, "attrition": {"a_year": 0.3, "replaced_after": "20 weeks"}}
    one, two = (
        parade(absent | {"establishment": n}, {"pattern": "five", "keep_on": "1 h"}) for n in (50, 51)
    )
    rest = two.officer < 50
    for name in ("officer", "kind", "start", "planned_end", "cause", "owed"):
        assert (getattr(one, name) == getattr(two, name)[rest]).all()


def test_a_level_that_lasts_a_moment_changes_nobodys_roster(parade, five_team):
    short = Timeline((0.0, RISE, RISE + 1.0), (ThreatLevel.SEVERE, ThreatLevel.CRITICAL, ThreatLevel.SEVERE))
    found = parade(level={"pattern": "twelves"}, at=short, patterns={"five": five_team, "twelves": TWELVES})
    plain = parade(changes=CHANGES[:1])
    # Only those out at the change, who rest afterwards, could lose a duty, and their next is a day later.
    assert (found.start == plain.start).all() and (found.officer == plain.officer).all()


def test_a_team_of_nobody_has_no_rows(parade):
    found = parade({"establishment": 0}, {"rest_days_cancelled": 0.5, "recall": RECALL, "keep_on": "1 h"})
    assert len(found.officers) == len(found.shifts) == len(found.shift) == 0
    assert found.shifts.end.shape == found.present.shape == (0,)
