"""Abstraction and standards on logs written by hand: two areas, one neighbourhood team, months of a day."""

from collections import Counter
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armsim.analysis.neighbourhood import NO_AREA, abstraction_types, is_leave, neighbourhood_totals, pieces
from armsim.config.schema.duty import PatternTeam
from armsim.config.schema.neighbourhood import NeighbourhoodConfig
from armsim.domain import (
    OFFICER_DUTY_COLUMNS,
    DutyKind,
    Grade,
    ThreatLevel,
    UnitStatus,
)

DAY = 1440.0
PATROL, ROUTE, SCENE, POST = (
    UnitStatus.ON_PATROL,
    UnitStatus.EN_ROUTE,
    UnitStatus.ON_SCENE,
    UnitStatus.ON_POST,
)
FOLLOW, BACK = UnitStatus.FOLLOW_ON, UnitStatus.RETURNING
TEAM = PatternTeam(
    kind="pattern",
    role="NPT",
    establishment=6,
    pattern="day",
    planned_absence={"leave": 0.1, "training": 0.05, "court": 0.02},
)
CAUSES = sorted(TEAM.planned_absence)  # court, leave, training


def table(names, rows):
    columns = np.array(rows, dtype=float).reshape(-1, len(names)).T
    return dict(zip(names, columns, strict=True))


def world_of(window=2 * DAY, month=DAY, standards=(), share=1.0):
    return SimpleNamespace(
        kinds=("car", "walk"),
        forces=("A",),
        scenario=SimpleNamespace(
            window=window,
            teams={"npt": TEAM, "arv": SimpleNamespace()},
            units={"car": SimpleNamespace(team="arv"), "walk": SimpleNamespace(team="npt")},
            neighbourhood=NeighbourhoodConfig(
                month=f"{month / 60} h", engagement_share=share, standards=standards
            ),
        ),
    )


def log_of(duties, status=(), crews=(), aid=(), spells=((ThreatLevel.SEVERE, -DAY, 3 * DAY),), officers=6):
    """Units 0 and 1 walk from East and West, unit 2 is a car of the other team. Crews: unit, start."""
    bases = ("East", "West", "Station")
    return SimpleNamespace(
        units=tuple(
            SimpleNamespace(kind=int(at < 2), base=SimpleNamespace(name=name), force=0)
            for at, name in enumerate(bases)
        ),
        tables={
            "officers": table(("officer", "team"), [(at, 1) for at in range(officers)] + [(officers, 0)]),
            "officer_duty": table(OFFICER_DUTY_COLUMNS, duties),
            "duty": table(("unit", "start"), crews),
            "unit_status": table(("unit", "status", "start", "end", "incident"), status),
            "aid": table(("lender", "borrower", "unit", "start", "end"), aid),
            "incidents": table(("incident", "grade"), [(0, Grade.G1), (1, Grade.G3), (2, Grade.FIREARMS)]),
            "threat": table(("level", "start", "end"), list(spells)),
        },
    )


def duty_row(officer, start, end, crew=-1, kind=DutyKind.ROSTERED, cause=-1, overrun=0.0):
    return (officer, kind, start, end, end + overrun, np.nan, cause, crew, 0)


def test_types_are_work_of_units_absences_but_leave_rest_and_posts_moved():
    assert abstraction_types(TEAM) == (
        "posts", "response", "aid", "court", "training", "rest_owed", "moved",
    )  # fmt: skip
    assert [is_leave(name) for name in ("leave", "annual_leave", "Parental leave", "cleaver")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_a_day_of_a_pair_in_officer_minutes():
    # Officers 0 and 1 walk from East 480-960; a G1 takes 30 there and 60 of work, a post 20 and 100.
    status = [
        (0, PATROL, 480, 500, -1), (0, ROUTE, 500, 530, 0), (0, SCENE, 530, 580, 0), (0, FOLLOW, 580, 590, 0),
        (0, BACK, 590, 600, 0), (0, ROUTE, 600, 620, -2), (0, POST, 620, 720, -2), (0, SCENE, 720, 800, 1),
        (0, PATROL, 800, 960, -1),
    ]  # fmt: skip
    totals = neighbourhood_totals(
        log_of([duty_row(0, 480, 960, 0), duty_row(1, 480, 960, 0)], status, [(0, 480)]), world_of()
    )
    assert totals["scheduled_minutes:team=npt:month=0:area=East"] == 2 * 480
    assert totals["abstracted_minutes:team=npt:type=response:month=0:area=East"] == 2 * 90
    assert totals["abstracted_minutes:team=npt:type=posts:month=0:area=East"] == 2 * 120
    assert totals["npt_scheduled_minutes:team=npt:level=SEVERE"] == 960
    assert not [name for name in totals if "type=aid" in name or "month=1" in name]


def test_minutes_lent_are_aid_whatever_is_done():
    status = [(0, PATROL, 480, 500, -1), (0, SCENE, 500, 700, 0), (0, PATROL, 700, 960, -1)]
    log = log_of([duty_row(0, 480, 960, 0)], status, [(0, 480)], aid=[(0, 1, 0, 600, 800)])
    totals = neighbourhood_totals(log, world_of())
    assert totals["abstracted_minutes:team=npt:type=aid:month=0:area=East"] == 200
    assert totals["abstracted_minutes:team=npt:type=response:month=0:area=East"] == 100


def test_absent_officers_by_reason_and_leave_and_sickness_not_scheduled():
    rows = [
        duty_row(0, 480, 960, kind=DutyKind.ABSENT_PLANNED, cause=CAUSES.index("training")),
        duty_row(1, 480, 900, kind=DutyKind.ABSENT_PLANNED, cause=CAUSES.index("court")),
        duty_row(2, 480, 960, kind=DutyKind.ABSENT_PLANNED, cause=CAUSES.index("leave")),
        duty_row(3, 480, 960, kind=DutyKind.ABSENT_SICK),
        duty_row(4, 480, 960, kind=DutyKind.ABSENT_NOT_DEPLOYABLE),
        duty_row(5, 480, 960, kind=DutyKind.ON_COURSE),
        duty_row(0, 1920, 2400, kind=DutyKind.REST_GIVEN_BACK),
        duty_row(6, 480, 960, kind=DutyKind.ROSTERED),  # of the other team
    ]
    totals = neighbourhood_totals(log_of(rows, crews=[(0, 480)]), world_of())
    where = f"month=0:area={NO_AREA}"
    assert totals[f"abstracted_minutes:team=npt:type=training:{where}"] == 480
    assert totals[f"abstracted_minutes:team=npt:type=court:{where}"] == 420
    assert totals[f"abstracted_minutes:team=npt:type=moved:{where}"] == 480
    assert totals[f"abstracted_minutes:team=npt:type=rest_owed:month=1:area={NO_AREA}"] == 480
    assert totals[f"scheduled_minutes:team=npt:{where}"] == 480 + 420 + 480


def test_a_duty_over_midnight_and_a_change_of_level_are_cut_there():
    spells = [(ThreatLevel.SEVERE, -DAY, 1500.0), (ThreatLevel.CRITICAL, 1500.0, 3 * DAY)]
    log = log_of([duty_row(0, 1200, 1680, 0)], [(0, POST, 1400, 1700, -2)], [(0, 1200)], spells=spells)
    totals = neighbourhood_totals(log, world_of())
    assert totals["abstracted_minutes:team=npt:type=posts:month=0:area=East"] == 40
    assert totals["abstracted_minutes:team=npt:type=posts:month=1:area=East"] == 240
    assert totals["npt_abstracted_minutes:team=npt:type=posts:level=SEVERE"] == 100
    assert totals["npt_abstracted_minutes:team=npt:type=posts:level=CRITICAL"] == 180
    assert totals["npt_scheduled_minutes:team=npt:level=CRITICAL"] == 180


def test_overrun_and_what_the_last_crew_still_did_count_to_nobody():
    # The first crew is on a post until 1000, 40 past its planned end; the second takes over at 1010.
    rows = [duty_row(0, 480, 960, 0, overrun=40), duty_row(1, 950, 1400, 1)]
    log = log_of(rows, [(0, POST, 900, 1000, -2), (0, PATROL, 1010, 1400, -1)], [(0, 480), (0, 1010)])
    totals = neighbourhood_totals(log, world_of())
    assert totals["abstracted_minutes:team=npt:type=posts:month=0:area=East"] == 60
    assert totals["scheduled_minutes:team=npt:month=0:area=East"] == 480 + 450


def test_what_lies_outside_the_window_is_cut():
    rows = [duty_row(0, -100, 100, 0), duty_row(1, 2 * DAY - 50, 2 * DAY + 50, 1)]
    log = log_of(rows, [(0, POST, -100, 100, -2)], [(0, -100), (1, 2 * DAY - 50)])
    totals = neighbourhood_totals(log, world_of())
    assert totals["abstracted_minutes:team=npt:type=posts:month=0:area=East"] == 100
    assert totals["scheduled_minutes:team=npt:month=1:area=West"] == 50


def test_pieces_of_two_months_and_two_levels():
    spells = [(ThreatLevel.SEVERE, -DAY, 700.0), (ThreatLevel.CRITICAL, 700.0, 3 * DAY)]
    found = pieces(log_of([], spells=spells), world_of(window=2.5 * DAY))
    assert [(one.month, one.level, one.start, one.end) for one in found] == [
        (0, 3, 0, 700), (0, 4, 700, 1440), (1, 4, 1440, 2880), (2, 4, 2880, 3600),
    ]  # fmt: skip


STANDARDS = (
    {"name": "surgeries", "team": "npt", "events_a_month": 2, "hours_each": 1},
    {"name": "schools", "team": "npt", "hours_a_month": 3},
)


def test_standards_are_filled_in_order_by_area():
    # East has 8 h on duty and West 4; half of it is engagement: 4 h and 2 h, against 2 h and 3 h more.
    rows = [duty_row(0, 480, 960, 0), duty_row(1, 480, 720, 1)]
    log = log_of(rows, crews=[(0, 480), (1, 480)])
    totals = neighbourhood_totals(log, world_of(window=DAY, standards=STANDARDS, share=0.5))
    assert totals["standard_months:standard=surgeries"] == 2
    assert totals["standard_met_months:standard=surgeries"] == 2
    assert totals["standard_met_months:standard=schools"] == 0
    full = neighbourhood_totals(log, world_of(window=DAY, standards=STANDARDS, share=0.625))
    assert full["standard_met_months:standard=schools"] == 1  # 5 h in East, exactly


def test_abstraction_breaks_a_standard_and_an_area_without_duty_meets_none():
    log = log_of([duty_row(0, 480, 600, 0)], [(0, POST, 599, 600, -2)], [(0, 480)])
    totals = neighbourhood_totals(log, world_of(window=DAY, standards=STANDARDS))
    assert totals["standard_met_months:standard=surgeries"] == 0  # 119 min of the 120 asked for
    log.tables["unit_status"] = table(("unit", "status", "start", "end", "incident"), [])
    totals = neighbourhood_totals(log, world_of(window=DAY, standards=STANDARDS))
    assert totals["standard_met_months:standard=surgeries"] == 1
    assert totals["standard_months:standard=surgeries"] == 2


def test_officers_in_no_crew_help_every_area_alike():
    log = log_of([duty_row(0, 480, 720)], crews=[(0, 0)])
    totals = neighbourhood_totals(log, world_of(window=DAY, standards=STANDARDS))
    assert totals["standard_met_months:standard=surgeries"] == 2  # 2 h of the 4 in each


def test_a_rest_of_a_month_asks_for_its_part():
    log = log_of([duty_row(0, 0, 600, 0), duty_row(0, 1440, 1500, 0)], crews=[(0, 0)])
    totals = neighbourhood_totals(log, world_of(window=1.5 * DAY, standards=STANDARDS[:1]))
    assert totals["standard_months:standard=surgeries"] == 2 * 1.5
    assert totals["standard_met_months:standard=surgeries"] == 1.5  # the hour asked of half a month


def test_no_neighbourhood_team_no_figures():
    world = world_of()
    world.scenario.teams = {"arv": SimpleNamespace()}
    assert neighbourhood_totals(SimpleNamespace(tables={}), world) == {}


@st.composite
def logs(draw):
    """Duties of six officers in crews of two units, and statuses of these in whole minutes."""
    cuts = [sorted(draw(st.lists(st.integers(-200, 3200), min_size=2, max_size=8))) for _ in range(2)]
    status = [
        (unit, draw(st.sampled_from([PATROL, ROUTE, SCENE, POST, BACK])), low, high, draw(st.integers(-3, 2)))
        for unit, times in enumerate(cuts)
        for low, high in pairwise(times)
    ]
    aid = [(0, 1, unit, low, low + draw(st.integers(1, 300))) for unit, low in ((0, 100), (1, 700))]
    crews = [(draw(st.integers(0, 1)), draw(st.integers(-200, 2600))) for _ in range(4)]
    duties = []
    for officer in range(6):
        crew = draw(st.integers(-1, 3))
        start = crews[crew][1] - draw(st.integers(0, 30)) if crew >= 0 else draw(st.integers(-200, 2600))
        kind = DutyKind.ROSTERED if crew >= 0 else draw(st.sampled_from(list(DutyKind)))
        cause = draw(st.integers(0, 2)) if kind == DutyKind.ABSENT_PLANNED else -1
        duties.append(duty_row(officer, start, start + draw(st.integers(1, 700)), crew, kind, cause))
    return duties, status, crews, aid


@given(logs())
def test_abstracted_and_left_make_scheduled_as_counted_minute_by_minute(drawn):
    duties, status, crews, aid = drawn
    totals = neighbourhood_totals(log_of(duties, status, crews, aid), world_of())
    scheduled, taken = _by_minute(duties, status, crews, aid)
    found = Counter()
    for name, value in totals.items():
        head, *parts = name.split(":")
        labels = dict(part.split("=") for part in parts)
        if head == "scheduled_minutes":
            assert value == pytest.approx(scheduled.pop((int(labels["month"]), labels["area"])), abs=1e-6)
        elif head == "abstracted_minutes":
            found[int(labels["month"]), labels["area"], labels["type"]] = value
    assert not +scheduled
    assert {key: value for key, value in found.items() if value > 1e-6} == pytest.approx(
        dict(taken), abs=1e-6
    )


def _by_minute(duties, status, crews, aid):
    """Scheduled minutes by month and area, and abstracted by type too: each minute of each officer."""
    bases, absent = ("East", "West"), {DutyKind.REST_GIVEN_BACK: "rest_owed", DutyKind.ON_COURSE: "moved"}
    on_duty = (DutyKind.ROSTERED, DutyKind.REST_DAY_CANCELLED, DutyKind.REST_DAY_WORKED, DutyKind.RECALLED)
    scheduled, taken = Counter(), Counter()
    for _, kind, start, end, _, _, cause, crew, _ in duties:
        reason = absent.get(kind)
        if kind == DutyKind.ABSENT_PLANNED and CAUSES[cause] != "leave":
            reason = CAUSES[cause]
        if reason is None and kind not in on_duty:
            continue
        area = bases[crews[crew][0]] if crew >= 0 else NO_AREA
        for minute in range(max(0, start), min(end, int(2 * DAY))):
            month = int(minute // DAY)
            scheduled[month, area] += 1
            work = reason
            if crew >= 0 and minute >= crews[crew][1]:
                work = _doing(crews[crew][0], minute, status, aid)
            if work:
                taken[month, area, work] += 1
    return scheduled, taken


def _doing(unit, minute, status, aid):
    if any(row[2] == unit and row[3] <= minute < row[4] for row in aid):
        return "aid"
    for number, what, low, high, incident in status:
        if number == unit and low <= minute < high:
            if what == POST or (what in (ROUTE, SCENE) and incident < -1):
                return "posts"
            return "response" if what in (ROUTE, SCENE) and incident in (0, 2) else None
    return None
