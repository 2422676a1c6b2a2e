"""Duties of special constables: hours given, names, CEDs, and those that a level asks for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from armsim.config.schema.duty import VolunteerTeam
from armsim.config.schema.people import CallIn, PeopleConfig
from armsim.domain import DutyKind, Employment, ThreatLevel
from armsim.model.absence import marked
from armsim.model.forces import ForceTeam
from armsim.model.roster import duty
from armsim.model.threat import Timeline, timeline
from armsim.model.units import register
from armsim.model.volunteers import Rota
from armsim.streams import Streams

DAY = 1440.0
WEIGHTS = {"mon": 0.085, "tue": 0.085, "wed": 0.085, "thu": 0.085, "fri": 0.26, "sat": 0.28, "sun": 0.12}
SPECIALS = {
    "kind": "volunteers", "headcount": 262, "hours_a_month": 18, "duty": "7.5 h", "starts": "18:00-19:30",
    "day_weights": WEIGHTS, "in_patrols": 0.43,
}  # fmt: skip
PATROL = {"team": "specials", "crew": 2, "bases": "arv", "serves": ["G1"]}
CRITICAL = [{"level": "SEVERE"}, {"at": "2 days", "level": "CRITICAL"}, {"at": "4 days", "level": "SEVERE"}]


def on_duty(world, end=28 * DAY):
    return duty(world, Streams(3, 0), timeline(world.scenario), 0.0, end)


def patrols(make_world, team=None, kind=None, **parts):
    return make_world(
        units={"sc": PATROL | (kind or {})}, teams={"specials": SPECIALS | (team or {})}, **parts
    )


def asking(teams=(), **call):
    return {
        "timeline": CRITICAL,
        "levels": {"CRITICAL": {"duty": {"volunteers": call, "teams": list(teams)}}},
    }


def by_day(table, kind):
    """Duties of a kind that start on each day."""
    mine = (table["kind"] == kind) & (table["start"] >= 0)
    return np.bincount((table["start"][mine] // DAY).astype(int), minlength=28)[:28]


def test_hours_given_are_headcount_times_hours_a_month(make_world):
    found = on_duty(patrols(make_world))
    table = found.officer_duty
    assert set(table["kind"]) == {float(DutyKind.VOLUNTARY)}
    assert table["planned_end"] - table["start"] == pytest.approx(450) and np.isnan(table["notice"]).all()
    # 262 x 18 h x 12 months / 52.18 weeks / 7.5 h = 144.6 duties a week, 578.4 in four.
    assert by_day(table, DutyKind.VOLUNTARY).sum() == pytest.approx(578.4, abs=2.5)
    # 43% of them in patrols of two.
    assert (table["duty"] >= 0).sum() == 2 * len(found.unit)
    assert (table["duty"][table["start"] > 0] >= 0).sum() == pytest.approx(0.43 * 578.4, abs=3)
    share = by_day(table, DutyKind.VOLUNTARY).reshape(4, 7).sum(axis=0) / 578.4
    assert share == pytest.approx(list(WEIGHTS.values()), abs=0.01)


def test_volunteers_take_turns_and_have_one_duty_a_day(make_world):
    table = on_duty(patrols(make_world)).officer_duty
    days = Counter(zip(table["officer"], table["start"] // DAY, strict=True))
    assert set(days.values()) == {1}
    duties = np.bincount(table["officer"][table["start"] > 0].astype(int), minlength=262)
    # 2.2 duties each in four weeks.
    assert duties.mean() == pytest.approx(2.2, abs=0.05) and duties.max() <= 5


def test_too_few_for_their_hours_are_on_duty_once_a_day_all_the_same(make_world):
    team = {"headcount": 3, "hours_a_month": 200, "day_weights": {"sat": 1}}
    kinds = {"units": {"a": PATROL, "b": PATROL}, "teams": {"specials": SPECIALS | team}}
    found = on_duty(make_world(**kinds), 7 * DAY)
    table = found.officer_duty
    # 18.4 duties on a Saturday for three: two of them form the one patrol that can be, the third is alone.
    assert sorted(table["officer"].tolist()) == [0.0, 1.0, 2.0]
    assert found.officers.tolist() == [2] and sorted(table["duty"].tolist()) == [-1.0, 0.0, 0.0]


def test_a_patrol_without_a_vehicle_accompanies_others(make_world):
    free, short = (on_duty(patrols(make_world, kind={"vehicles": n})) for n in (None, 1))
    assert len(short.unit) < len(free.unit)
    assert len(short.officer_duty["officer"]) == len(free.officer_duty["officer"])
    assert (short.officer_duty["duty"] >= 0).sum() == short.officers.sum()


def test_a_patrol_is_ready_after_the_hand_over(make_world):
    found = on_duty(patrols(make_world, kind={"handover": "15 min"}))
    table = found.officer_duty
    crew = table["duty"] >= 0
    late = found.start[table["duty"][crew].astype(int)] - table["start"][crew]
    assert set(late[table["start"][crew] > 0].round(9)) == {15.0}


@pytest.mark.parametrize(
    ("start", "early", "carry"),
    [("2022-05-16", (), "from Tuesday"), ("2018-03-05", (), "never"), ("2018-03-05", ("SPECIAL",), "always")],
)
def test_special_constables_carry_from_the_day_they_may(make_world, start, early, carry):
    world = patrols(make_world, {"ced_share": 0.3}, start=start)
    people = PeopleConfig.model_validate({"ced": {"allowed_early": early}})
    found = on_duty(replace(world, scenario=world.scenario.model_copy(update={"people": people})), 7 * DAY)
    table = found.officer_duty
    trained = marked(np.arange(262), 0.3)
    assert (found.officer_table["authorisations"] == trained).all()
    assert set(found.officer_table["employment"]) == {float(Employment.SPECIAL)}
    since = {"from Tuesday": DAY, "never": np.inf, "always": -np.inf}[carry]
    for row in range(len(found.unit)):
        crew = table["officer"][table["duty"] == row].astype(int)
        assert found.ced[row] == (trained[crew].sum() if found.start[row] >= since else 0)


def test_volunteers_share_their_devices(make_world):
    world = patrols(make_world, {"ced_share": 1.0, "ced_devices": 3}, start="2022-06-06")
    found = on_duty(world, 14 * DAY)
    for row in range(6, len(found.unit)):  # the first are of the evening before
        out = found.ced[:row][(found.start[:row] <= found.start[row]) & (found.start[row] < found.end[:row])]
        assert found.ced[row] == min(2, 3 - out.sum())
    assert set(found.ced) == {0, 1, 2}


def test_called_in_specials_form_patrols_while_the_level_holds(make_world):
    team = {"headcount": 41, "hours_a_month": 0}
    world = patrols(make_world, team, threat=asking(response=1.0))
    found = on_duty(world)
    table = found.officer_duty
    # All 41 come on days 2 and 3: twenty patrols and one left over.
    assert by_day(table, DutyKind.CALLED_IN)[:6].tolist() == [0, 0, 41, 41, 0, 0]
    names = {found.units[unit].name for unit in found.unit.tolist()}
    assert names == {f"Shire sc called_in{slot}" for slot in range(1, 21)}
    assert (table["duty"] == -1).sum() == 2 and set(found.officers) == {2}
    minutes = table["start"] % DAY
    assert minutes.min() >= 1080 and minutes.max() < 1170
    assert (table["notice"] == table["start"] - 2 * DAY).all()
    assert found.officer_hours["specials"] == pytest.approx(80 * 7.5)


def test_who_has_a_duty_that_day_is_not_called_in(make_world):
    quiet = on_duty(patrols(make_world))
    asked = on_duty(patrols(make_world, threat=asking(response=1.0)))
    given = by_day(quiet.officer_duty, DutyKind.VOLUNTARY)
    assert (by_day(asked.officer_duty, DutyKind.VOLUNTARY) == given).all()
    assert by_day(asked.officer_duty, DutyKind.CALLED_IN)[2:4].tolist() == [262 - given[2], 262 - given[3]]
    days = Counter(zip(asked.officer_duty["officer"], asked.officer_duty["start"] // DAY, strict=True))
    assert set(days.values()) == {1}


def test_some_are_asked_and_some_of_those_come(make_world):
    team = {"headcount": 400, "hours_a_month": 0}
    table = on_duty(patrols(make_world, team, threat=asking(asked=0.5, response=0.4))).officer_duty
    # 20% of 400 on each of two days; standard deviation 8 a day.
    assert by_day(table, DutyKind.CALLED_IN)[2:4] == pytest.approx([80, 80], abs=25)


def test_a_level_that_names_other_teams_still_asks_volunteers(make_world):
    team = {"headcount": 10, "hours_a_month": 0}
    teams = {"arv": {"kind": "pattern", "establishment": 10, "pattern": "five"}, "specials": SPECIALS | team,
             "others": SPECIALS | team}  # fmt: skip

    def called(*named):
        units = {"sc": PATROL, "oc": PATROL | {"team": "others"}, "arv": PATROL | {"team": "arv"}}
        world = make_world(units=units, teams=teams, threat=asking(named, response=1.0))
        table = on_duty(world).officer_duty
        return sorted(Counter(table["officer"][table["kind"] == DutyKind.CALLED_IN] // 10).values())

    assert called("arv") == called() == [20, 20] and called("arv", "others") == [20]


def test_one_more_special_moves_nobody_who_is_called_in():
    team = VolunteerTeam.model_validate_json(
        '{"kind": "volunteers", "headcount": 9, "hours_a_month": 0, "duty": "8 h", "starts": "18:00-19:00",'
        ' "day_weights": {"sat": 1}, "in_patrols": 0}'
    )
    levels = Timeline((0.0,), (ThreatLevel.CRITICAL,))
    asks = {int(ThreatLevel.CRITICAL): CallIn(response=0.4)}
    found = []
    for posts in (30, 31):
        rota = Rota(team, ForceTeam("specials", "Shire", 0, posts), date(2018, 3, 5), 0.0, 7 * DAY)
        groups = rota.called_in(asks, levels, 2, np.random.default_rng(1))
        pairs = {(one.start[row] // DAY, member) for one in groups for row in range(len(one.start))
                 for member in one.members[row].tolist()}  # fmt: skip
        found.append({pair for pair in pairs if pair[1] < 30})
    assert found[0] == found[1] and len(found[0]) > 40


def test_units_of_those_called_in_come_after_the_others_of_the_kind(make_world):
    plain, asked = (
        [unit.name for unit in register(world).units]
        for world in (patrols(make_world), patrols(make_world, threat=asking(response=0.5)))
    )
    assert asked[: len(plain)] == plain and len(asked) == len(plain) + 131
