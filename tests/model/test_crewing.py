"""Crews: authorisations, hand-over, tutors, CEDs, recall, kept-on officers, shifts of another pattern."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from armsim.config.schema.people import PeopleConfig
from armsim.domain import Authorisation, DutyKind, Employment
from armsim.model.crewing import crew_team
from armsim.model.officers import officers
from armsim.model.parades import Parades, Shifts
from armsim.model.roster import duty
from armsim.model.sheet import Sheet
from armsim.model.threat import timeline
from armsim.model.units import register
from armsim.streams import Streams

DAY = 1440.0
CAR = {"team": "arv", "crew": 2, "bases": "arv", "serves": ["G1"]}
RECALLING = {
    "timeline": [{"level": "SEVERE"}, {"at": "12 h", "level": "CRITICAL"}],
    "levels": {"CRITICAL": {"duty": {"recall": {"share": 1.0, "after": "1 h", "length": "8 h"}}}},
}


def team(count=50, **more):
    return {"kind": "pattern", "establishment": count, "pattern": "five"} | more


def on_duty(world, end=2 * DAY):
    return duty(world, Streams(3, 0), timeline(world.scenario), 0.0, end)


def with_people(world, **settings):
    people = PeopleConfig.model_validate(settings)
    return replace(world, scenario=world.scenario.model_copy(update={"people": people}))


def periods(found, first=0.0, until=2 * DAY):
    """Name without its force, start, end, officers and CEDs of the periods that start in a range."""
    rows = zip(found.unit, found.start, found.end, found.officers, found.ced, strict=True)
    return [
        (found.units[unit].name.removeprefix("Shire "), start, end, size, ced)
        for unit, start, end, size, ced in rows
        if first <= start < until
    ]


def crewed(world, rows, sheet_end=2 * DAY):
    """Duty of hand-made parades: rows of key, start, officer, planned end, in order of shift and officer."""
    (mine,) = world.force_teams
    levels = timeline(world.scenario)
    shifts = sorted({(start, key) for key, start, _, _ in rows})
    ends = [max(end for key, start, _, end in rows if (start, key) == shift) for shift in shifts]
    number = np.array([shifts.index((start, key)) for key, start, _, _ in rows])
    table = Shifts(
        tuple(key for _, key in shifts), np.array([start for start, _ in shifts]), np.array(ends),
        np.full(len(shifts), int(levels.level_at(0.0))), np.bincount(number),
    )  # fmt: skip
    count = len(rows)
    listed = Parades(
        officers(world.scenario, mine, levels, 0.0, sheet_end), table, number,
        np.array([officer for _, _, officer, _ in rows]), np.zeros(count, dtype=int),
        np.array([start for _, start, _, _ in rows]), np.array([end for _, _, _, end in rows]),
        np.full(count, np.nan), np.full(count, -1), np.zeros(count, dtype=bool),
    )  # fmt: skip
    sheet = Sheet(0.0, sheet_end)
    known = register(world)
    crew_team(world, known, mine, listed, sheet, Streams(1, 0))
    unit, start, end, _, order = sheet.periods()
    _, table = sheet.officer_tables(order)
    names = [known.units[at].name.removeprefix("Shire ") for at in unit.tolist()]
    seats = [table["officer"][table["duty"] == row].tolist() for row in range(len(unit))]
    return list(zip(names, start.tolist(), end.tolist(), seats, strict=True)), sheet


def test_a_unit_is_ready_after_the_hand_over_and_its_officers_are_on_duty_before(make_world, arv_kind):
    found = on_duty(make_world(teams={"arv": team(20)}, units={"arv": arv_kind | {"handover": "30 min"}}))
    assert periods(found, 400, 600) == [("arv E1", 450.0, 1020.0, 2, 2), ("arv E2", 450.0, 1020.0, 2, 2)]
    table = found.officer_duty
    early = (table["start"] == 420) & (table["duty"] >= 0)
    assert early.sum() == 4 and set(table["end"][early]) == {1020.0}


def test_a_crew_that_waits_for_a_vehicle_is_on_duty_meanwhile(make_world, arv_kind):
    kind = arv_kind | {"vehicles": 3, "handover": "30 min"}
    found = on_duty(make_world(teams={"arv": team(20)}, units={"arv": kind}))
    late = periods(found, 900, 1200)
    # Ready at 15:30; one of three vehicles is in, the others are out with the earlies until 17:00.
    assert [row[:3] for row in late] == [("arv L1", 930.0, 1500.0), ("arv L2", 1020.0, 1500.0)]
    table = found.officer_duty
    waiting = table["duty"] == np.flatnonzero((found.start == 1020) & (found.end == 1500))[0]
    assert table["start"][waiting].tolist() == [900.0, 900.0]


def test_a_hand_over_longer_than_the_duty_forms_no_unit(make_world, arv_kind):
    found = on_duty(make_world(teams={"arv": team(20)}, units={"arv": arv_kind | {"handover": "10 h"}}))
    assert len(found.unit) == 0 and set(found.shortfalls["crewed"]) == {0.0}
    assert set(found.shortfalls["uncrewed_officers"]) == {4.0}
    assert set(found.officer_duty["duty"]) == {-1.0}


def test_late_starters_start_and_finish_late(make_world):
    kind = CAR | {"crew": 1, "stagger": {"share": 0.5, "delay": "60 min"}}
    found = on_duty(make_world(people=(1, 0, 0, 0), units={"car": kind}, teams={"arv": team(20)}))
    table = found.officer_duty
    mine = (table["start"] >= 420) & (table["start"] < 600)
    assert sorted(zip(table["start"][mine], table["end"][mine], strict=True)) == [
        (420.0, 1020.0), (420.0, 1020.0), (480.0, 1080.0), (480.0, 1080.0),
    ]  # fmt: skip


def test_needs_leave_officers_for_the_next_kind(make_world):
    kinds = {"arv": CAR | {"armed": True, "crew_needs": {"AFO": 2}}, "car": CAR | {"order": 2}}
    world = make_world(units=kinds, teams={"arv": team(50, authorisations={"AFO": 0.5})})
    (mine,) = world.force_teams
    bits = officers(world.scenario, mine, timeline(world.scenario), 0.0, DAY).authorisations
    found = on_duty(world)
    table = found.officer_duty
    for row in range(len(found.unit)):
        crew = table["officer"][table["duty"] == row].astype(int)
        if found.armed_officers[row]:
            assert (bits[crew] & 2 ** int(Authorisation.AFO)).all()
    short = found.shortfalls
    arv = short["kind"] == world.kinds.index("arv")
    # Ten on each shift: the authorised in pairs, the rest in cars.
    holds = bits[table["officer"].astype(int)] & 2 ** int(Authorisation.AFO) > 0
    pairs = [holds[table["start"] == start].sum() // 2 for start in short["shift_start"][arv]]
    assert short["crewed"][arv].tolist() == pairs and 0 < sum(pairs) < 5 * len(pairs)
    assert (short["planned"][arv] == short["crewed"][arv]).all()
    assert (short["crewed"][arv] + short["crewed"][~arv] == 5).all()
    assert set(short["uncrewed_officers"]) == {0.0}


def test_vehicles_limit_crews_that_need_authorisations(make_world):
    kind = CAR | {"crew_needs": {"AFO": 1}, "vehicles": 1}
    found = on_duty(make_world(units={"car": kind}, teams={"arv": team(20, authorisations={"AFO": 1.0})}))
    assert periods(found, 400, 500) == [("car E1", 420.0, 1020.0, 2, 0)]


def test_tutored_students_are_on_duty_in_no_crew(make_world):
    kind = CAR | {"crew": 1}
    people = team(50, employment={"STUDENT": 1.0})
    year = {"probation": "100 days", "independent_after": "50 days"}
    world = with_people(make_world(units={"car": kind}, teams={"arv": people}), students=year)
    found = on_duty(world)
    table = found.officer_duty
    early = table["start"] == 420
    assert early.sum() == 10 and set(found.officer_table["employment"]) == {float(Employment.STUDENT)}
    (mine,) = world.force_teams
    people = officers(world.scenario, mine, timeline(world.scenario), 0.0, DAY)
    who = table["officer"][early].astype(int)
    tutored = people.tutored(who, np.full(10, 420.0))
    assert 4 <= tutored.sum() <= 6
    assert (table["duty"][early] == -1).tolist() == tutored.tolist()
    short = found.shortfalls
    assert (short["planned"] == short["crewed"]).all() and set(short["uncrewed_officers"]) == {0.0}


def test_student_officers_carry_a_ced_from_the_day_they_may(make_world):
    people = team(50, employment={"STUDENT": 1.0}, ced_share=1.0)
    students = {"probation": "0 days", "independent_after": "0 days"}

    def carried(start, **policy):
        world = make_world(start=start, units={"car": CAR}, teams={"arv": people})
        found = on_duty(with_people(world, students=students, ced=policy))
        assert set(found.officer_table["authorisations"]) == {2.0 ** int(Authorisation.CED)}
        first = (found.start > 0) & (found.start < DAY)
        return set(found.ced[first].tolist()), set(found.ced[found.start >= DAY].tolist())

    assert carried("2018-03-05") == ({0}, {0})
    assert carried("2019-02-27") == ({0}, {2})
    assert carried("2019-02-28") == ({2}, {2})
    assert carried("2018-03-05", allowed_early=("STUDENT",)) == ({2}, {2})


def test_devices_run_out_in_order_of_start_and_unit(make_world):
    people = team(30, ced_share=1.0, ced_devices=5)
    world = make_world(people=(1, 0, 0, 0), units={"car": CAR}, teams={"arv": people})
    got = [(name, ced) for name, _, _, _, ced in periods(on_duty(world), 420, 1300)]
    # Six on each shift. Earlies leave one device until 17:00, lates have it; at 21:00 theirs are still out.
    assert got == [
        ("car E1", 2), ("car E2", 2), ("car E3", 1), ("car L1", 0), ("car L2", 0), ("car L3", 0),
        ("car N1", 2), ("car N2", 2), ("car N3", 1),
    ]  # fmt: skip


def test_only_kinds_that_draw_from_the_stock_take_from_it(make_world, arv_kind):
    people = team(30, ced_share=1.0, ced_devices=2)
    kinds = {
        "arv": arv_kind | {"vehicles": 1},
        "dogs": CAR | {"order": 2, "vehicles": 1, "ced": False},
        "car": CAR | {"order": 3},
    }
    got = [
        (name, ced)
        for name, _, _, _, ced in periods(on_duty(make_world(units=kinds, teams={"arv": people})), 420, 500)
    ]
    assert got == [("arv E1", 2), ("car E1", 2), ("dogs E1", 0)]


def test_armed_officers_have_their_own(make_world, arv_kind):
    people = team(30, ced_share=1.0, ced_devices=0)
    found = on_duty(make_world(units={"arv": arv_kind}, teams={"arv": people}))
    assert set(found.ced) == {2}


def test_a_recalled_crew_is_on_duty_while_all_of_it_is(make_world):
    world = make_world(units={"car": CAR}, teams={"arv": team(10)}, threat=RECALLING)
    rows = [("recall", 780.0, 0, 1260.0), ("recall", 780.0, 3, 960.0), ("recall", 780.0, 4, 1100.0),
            ("recall", 780.0, 7, 1260.0), ("recall", 780.0, 8, 1260.0)]  # fmt: skip
    found, sheet = crewed(world, rows)
    assert found == [
        ("car recall1", 780.0, 960.0, [0.0, 3.0]), ("car recall2", 780.0, 1100.0, [4.0, 7.0]),
    ]  # fmt: skip
    assert sheet.shortfall_table()["uncrewed_officers"].tolist() == [1.0]


def test_a_crew_off_before_its_unit_is_ready_lets_others_have_its_officers(make_world):
    kinds = {"car": CAR | {"handover": "3 h"}, "foot": CAR | {"order": 2}}
    world = make_world(units=kinds, teams={"arv": team(10)}, threat=RECALLING)
    rows = [("recall", 780.0, 0, 960.0), ("recall", 780.0, 3, 1260.0), ("recall", 780.0, 4, 1260.0),
            ("recall", 780.0, 7, 1260.0)]  # fmt: skip
    found, sheet = crewed(world, rows)
    assert found == [
        ("foot recall1", 780.0, 960.0, [0.0, 3.0]), ("car recall2", 960.0, 1260.0, [4.0, 7.0]),
    ]  # fmt: skip
    assert sheet.shortfall_table()["crewed"].tolist() == [1.0, 1.0]


def test_recalled_units_all_start_at_once(make_world):
    kind = CAR | {"stagger": {"share": 0.5, "delay": "60 min"}}
    world = make_world(units={"car": kind}, teams={"arv": team(10)}, threat=RECALLING)
    found, _ = crewed(world, [("recall", 780.0, officer, 1260.0) for officer in range(6)])
    assert [row[1:3] for row in found] == [(780.0, 1260.0)] * 3


def test_a_second_recall_has_units_of_its_own_while_the_first_is_out(make_world):
    world = make_world(units={"car": CAR}, teams={"arv": team(10)}, threat=RECALLING)
    rows = [("recall", start, officer, end) for start, ids, end in
            ((600.0, (0, 1, 2, 3), 1000.0), (900.0, (4, 5), 950.0), (960.0, (6, 7), 1300.0),
             (1300.0, (0, 1), 1500.0))
            for officer in ids]  # fmt: skip
    found, _ = crewed(world, rows)
    assert [row[:3] for row in found] == [
        ("car recall1", 600.0, 1000.0), ("car recall2", 600.0, 1000.0), ("car recall3", 900.0, 950.0),
        ("car recall4", 960.0, 1300.0), ("car recall1", 1300.0, 1500.0),
    ]  # fmt: skip


def test_a_vehicle_is_out_as_long_as_officers_are_kept_on(make_world, arv_kind):
    change = [{"level": "SEVERE"}, {"at": "12 h", "level": "CRITICAL"}]
    level = {"timeline": change, "levels": {"CRITICAL": {"duty": {"keep_on": "3 h"}}}}
    kind = arv_kind | {"vehicles": 2}
    found = on_duty(make_world(teams={"arv": team(20)}, units={"arv": kind}, threat=level))
    # Earlies until 20:00 instead of 17:00, and lates wait for their vehicles.
    assert [row[:3] for row in periods(found, 420, 1250)] == [
        ("arv E1", 420.0, 1200.0), ("arv E2", 420.0, 1200.0), ("arv L1", 1200.0, 1500.0),
        ("arv L2", 1200.0, 1500.0),
    ]  # fmt: skip


def test_shifts_of_a_level_s_pattern_have_units_of_their_own(make_world, arv_kind, five_team):
    twelves = {
        "teams": 4, "days_between_teams": 2, "cycle": ["D", "D", "N", "N", "-", "-", "-", "-"],
        "shifts": {"D": "07:00-19:00", "N": "19:00-07:00"},
    }  # fmt: skip
    level = {
        "timeline": [{"level": "SEVERE"}, {"at": "1 day", "level": "CRITICAL"}],
        "levels": {"CRITICAL": {"duty": {"pattern": "twelves"}}},
    }
    patterns = {"five": five_team, "twelves": twelves}
    plain = make_world(teams={"arv": team(40)}, units={"arv": arv_kind})
    world = make_world(teams={"arv": team(40)}, units={"arv": arv_kind}, threat=level, patterns=patterns)
    names = [unit.name.removeprefix("Shire ") for unit in register(world).units]
    own = [unit.name.removeprefix("Shire ") for unit in register(plain).units]
    assert names == [*own, *(f"arv twelves:{letter}{n}" for letter in "DN" for n in range(1, 6))]
    found = on_duty(world, 5 * DAY)
    assert [row[:3] for row in periods(found, 4 * DAY + 400, 4 * DAY + 500)] == [
        (f"arv twelves:D{n}", 4 * DAY + 420, 4 * DAY + 1140) for n in range(1, 6)
    ]


@pytest.mark.parametrize("kind", ["arv", "car"])
def test_rows_name_why_officers_are_absent(make_world, arv_kind, kind):
    unit = arv_kind if kind == "arv" else CAR
    people = team(50, planned_absence={"court": 0.1, "leave": 0.2})
    table = on_duty(make_world(teams={"arv": people}, units={kind: unit})).officer_duty
    away = table["kind"] == DutyKind.ABSENT_PLANNED
    assert set(table["cause"][away]) == {0.0, 1.0} and set(table["cause"][~away]) == {-1.0}
    assert (table["end"][away] == table["planned_end"][away]).all()
    assert set(table["duty"][away]) == {-1.0}
