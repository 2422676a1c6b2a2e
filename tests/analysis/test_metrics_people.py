import numpy as np
import pandas as pd
import pytest

from armsim.analysis import hours
from armsim.analysis.ced import ced_totals
from armsim.analysis.hours import people_totals
from armsim.analysis.metrics import summarise
from armsim.analysis.option import OptionData
from armsim.domain import DutyKind, ThreatLevel

from .people_logs import LogUnit, Place, duty_row, officer_row, people_log, people_world

MONTH = 365.25 * 1440 / 12
UNITS = (LogUnit(0, 0, Place(2)), LogUnit(1, 1, Place(2)))
NOTHING = {"first_ced_at": np.zeros(0), "type": np.zeros(0), "level": np.zeros(0)}
HALVES = ((ThreatLevel.SEVERE, 0.0, 1440.0), (ThreatLevel.CRITICAL, 1440.0, 2880.0))


@pytest.fixture(autouse=True)
def no_history(monkeypatch):
    """Nobody was rostered before the log."""
    monkeypatch.setattr(hours, "rostered_before", lambda world, mine, days: np.zeros(days))


def option(*logs, world=None, incidents=NOTHING):
    """What is measured of some replications, as far as it is about people."""
    world = world or people_world()
    rows = []
    for log in logs:
        totals = people_totals(log, world) | ced_totals(log, world, incidents)
        for level, start, end in zip(*log.tables["threat"].values(), strict=True):
            totals[f"minutes:level={ThreatLevel(int(level)).name}"] = end - start
        rows.append(totals)
    frame = pd.DataFrame(rows).fillna(0.0)
    nothing = np.full((len(world.zones), len(ThreatLevel)), np.nan)
    return OptionData("base", world.scenario, world.zones, pd.DataFrame(), frame, nothing, len(logs))


def figures(data, metric, *groups):
    """Value of each row of a metric by the groups named; rows that other groups split are left out."""
    table = summarise(data, [metric])
    others = {"team", "employment", "cause", "kind", "level", "force", "area", "hour"} - set(groups)
    for group in others:
        table = table[table[group] == ""]
    keys = table[list(groups)].itertuples(index=False, name=None)
    return dict(zip(keys, table["value"], strict=True))


def log(*duties, **more):
    return people_log(duties, units=UNITS, **more)


WEEK_LIMIT = {"hours": {"weekly_limit": "9 h", "reference_weeks": 1}}


def test_the_average_week_and_the_share_above_the_limit_are_of_officers_in_post():
    world = people_world(people=WEEK_LIMIT)
    first = log(officer_row(0, 8, 8), officer_row(1, 8, 10), officer_row(4, 8, 6))
    second = log(officer_row(0, 8, 8), officer_row(1, 8, 8))
    data = option(first, second, world=world)
    assert figures(data, "average_week", "team") == {
        ("",): pytest.approx(40 / 5), ("arv",): pytest.approx(34 / 4), ("response",): pytest.approx(6),
    }  # fmt: skip
    assert figures(data, "officers_over_48h", "team") == {("",): 0.2, ("arv",): 0.25, ("response",): 0.0}
    by_force = figures(data, "officers_over_48h", "team", "force")
    assert by_force["response", "birch"] == 0.0
    assert ("arv", "birch") not in by_force


def test_breaches_are_a_month_in_post_and_by_level_where_it_changes():
    rows = [officer_row(0, 8, 10), officer_row(0, 20, 3), officer_row(0, 30, 5)]  # rest of 2 h and of 7 h
    timeline = ({"level": "SEVERE"}, {"at": "1 day", "level": "CRITICAL"})
    data = option(log(*rows, levels=HALVES), world=people_world(threat={"timeline": timeline}))
    # One officer of one team: two breaches in two days, one on each.
    assert figures(data, "daily_rest_breaches", "team")["arv",] == pytest.approx(2 * MONTH / 2880)
    by_level = figures(data, "daily_rest_breaches", "team", "level")
    assert by_level["arv", "SEVERE"] == by_level["arv", "CRITICAL"] == pytest.approx(MONTH / 1440)
    assert figures(option(log(*rows)), "daily_rest_breaches", "team", "level").keys() == {
        ("", ""),
        ("arv", ""),
    }


def test_overtime_is_hours_a_month_in_all_and_by_kind():
    rows = [
        officer_row(0, 8, 8, DutyKind.REST_DAY_WORKED),
        officer_row(0, 32, 8, over=90.0),
        officer_row(1, 8, 8),
    ]
    data = option(log(*rows))
    per = MONTH / (2 * 2880)
    assert figures(data, "overtime_hours", "kind") == {
        ("",): pytest.approx(9.5 * per),
        ("casual",): pytest.approx(1.5 * per),
        ("agreement",): pytest.approx(8 * per),
        ("rest_day",): 0.0,
        ("recalled",): 0.0,
        ("public_holiday",): 0.0,
    }
    paid = figures(data, "overtime_paid", "kind")
    assert paid["casual",] == pytest.approx(1.0 * 1.333 * per)
    assert paid["",] == pytest.approx((1.333 + 12) * per)


def test_rest_days_owed_and_lost_are_an_officer_at_the_end():
    rows = [
        officer_row(0, 8, 8, DutyKind.REST_DAY_CANCELLED, owed=1),  # of the officer with a debt of one
        officer_row(1, 8, 8, DutyKind.REST_DAY_CANCELLED),
        officer_row(1, 32, 8, DutyKind.REST_GIVEN_BACK),
    ]
    data = option(log(*rows))
    assert figures(data, "rest_days_owed", "team")["arv",] == (2 - 1) / 2
    assert figures(data, "rest_days_lost", "team")["arv",] == (1 + 2 - 1) / 2
    assert figures(data, "rest_days_cancelled", "team")["arv",] == pytest.approx(MONTH / 2880)
    assert figures(data, "rest_days_given_back", "team")["arv",] == pytest.approx(0.5 * MONTH / 2880)


def test_parade_and_absence_are_shares_of_the_roster():
    rows = [
        officer_row(0, 8, 8),
        officer_row(0, 32, 8, DutyKind.ABSENT_PLANNED, cause=0),
        officer_row(1, 8, 4, DutyKind.ABSENT_SICK),
        officer_row(2, 8, 8),
        officer_row(2, 32, 8, DutyKind.REST_DAY_WORKED),
    ]
    data = option(log(*rows))
    assert figures(data, "parade", "team") == {("",): 0.5, ("arv",): pytest.approx(1 / 3), ("response",): 1.0}
    absence = figures(data, "absence", "team", "cause")
    assert absence["arv", ""] == pytest.approx(12 / 20)
    assert (absence["arv", "leave"], absence["arv", "sickness"]) == (
        pytest.approx(8 / 20),
        pytest.approx(4 / 20),
    )
    assert absence["response", ""] == 0.0
    assert absence["", "leave"] == pytest.approx(8 / 28)


def test_ced_cover_is_told_by_employment_and_place_and_time():
    crews = [duty_row(1, 8, 6, ced=2)]
    rows = [officer_row(2, 8, 6, duty=0), officer_row(3, 8, 6, duty=0)]
    world = people_world(people={"ced": {"allowed_early": ("STUDENT",)}})
    data = option(log(*rows, crews=crews), world=world)
    assert figures(data, "ced_cover_hours", "employment") == {
        ("",): 6.0,
        ("REGULAR",): 3.0,
        ("STUDENT",): 3.0,
    }
    area = figures(data, "ced_cover_hours", "employment", "area")
    assert (area["STUDENT", "rural"], area["STUDENT", "urban"]) == (3.0, 0.0)
    assert figures(data, "ced_cover_hours", "employment", "force")["", "ash"] == 6.0
    hour = figures(data, "ced_cover", "employment", "hour")
    assert (hour["", "8"], hour["REGULAR", "13"], hour["", "14"]) == (1.0, 0.5, 0.0)
    assert figures(data, "ced_cover", "employment")["",] == 12 / 48
    assert figures(data, "hours_without_ced")[()] == 42 / 48
    without = figures(data, "hours_without_ced", "hour")
    assert (without["8",], without["14",]) == (0.5, 1.0)


def test_expected_uses_are_parted_by_kind():
    job = {"annual": 0, "attendance": {"officers": 1}, "on_scene": {"exactly": "30 min"}}
    types = {"armed": {"grade": "FIREARMS", **job, "ced_use": 0.5}, "job": {"grade": "G2", **job}}
    world = people_world(
        demand={"types": types}, people={"ced": {"use_kinds": {"drawn": 0.75, "fired": 0.25}}}
    )
    incidents = {"type": np.zeros(3), "level": np.full(3, 3), "first_ced_at": np.array([1.0, 2.0, np.nan])}
    data = option(log(officer_row(0, 8, 8)), world=world, incidents=incidents)
    year = 365.25 / 2
    assert figures(data, "ced_uses", "kind") == {
        ("",): pytest.approx(year),
        ("drawn",): pytest.approx(0.75 * year),
        ("fired",): pytest.approx(0.25 * year),
    }
    assert figures(option(log(officer_row(0, 8, 8))), "ced_uses", "kind") == {}


def test_a_world_without_officers_has_no_figures_of_them():
    world = people_world(teams={})
    data = option(people_log([], units=UNITS, officers=[]), world=world)
    for name in ("average_week", "overtime_hours", "absence", "apstra_gap", "breaks_lost"):
        assert summarise(data, [name]).empty


def test_the_apstra_gap_and_uncrewed_arvs_follow_from_crews_planned():
    kind = {"bases": "all", "crew": 2, "serves": ("FIREARMS", "G1")}
    world = people_world(units={"arv": {**kind, "armed": True, "arv": True, "team": "arv"}})
    # A crew is planned on each day: four duties. Three of the roster's four are worked, one crew is formed.
    rows = [officer_row(0, 8, 8), officer_row(1, 8, 8), officer_row(0, 32, 8)]
    rows.append(officer_row(1, 32, 8, DutyKind.ABSENT_SICK))
    full = people_log(rows, units=UNITS[:1], shortfalls=[(0, 480.0, 1, 1, 0, 0), (0, 1920.0, 1, 0, 1, 0)])
    data = option(full, world=world)
    data.totals["crews_planned:kind=arv"], data.totals["crews_crewed:kind=arv"] = 2.0, 1.0
    assert figures(data, "apstra_gap", "team") == {("arv",): 0.5}
    assert figures(data, "arvs_uncrewed", "kind") == {("arv",): 0.5}


def test_breaks_lost_are_a_share_of_those_due():
    breaks = {"length": "40 min", "earliest": "3 h", "latest": "6 h"}
    kind = {"bases": "all", "crew": 2, "serves": ("G1",), "standing": {"East": 1}, "breaks": breaks}
    crews = [duty_row(0, 8, 8, breaks_lost=1), duty_row(0, 32, 8)]
    rows = [officer_row(0, 8, 8, duty=0), officer_row(1, 8, 8, duty=0), officer_row(2, 32, 8, duty=1)]
    data = option(log(*rows, crews=crews), world=people_world(units={"arv": kind, "car": kind}))
    assert figures(data, "breaks_lost", "team") == {
        ("",): pytest.approx(2 / 3), ("arv",): 1.0, ("response",): 0.0,
    }  # fmt: skip
