import numpy as np
import pytest

from armsim.errors import ScenarioError
from armsim.model.crews import base_sequence
from armsim.model.manning import officers_per_round_the_clock_unit
from armsim.model.roster import duty
from armsim.model.threat import timeline
from armsim.streams import Streams

DAY = 1440.0
WINDOW = 28 * DAY
SICK = {"share": 0.05, "spell": "5 days"}


def team(officers=50, **more):
    return {"kind": "pattern", "establishment": officers, "pattern": "five"} | more


def on_duty(world, replication=0, begin=0.0, end=WINDOW):
    return duty(world, Streams(3, replication), timeline(world.scenario), begin, end)


def label(found, number):
    """Name of a unit without its force."""
    return found.units[number].name.removeprefix("Shire ")


def names_at(found, minute):
    live = (found.start <= minute) & (minute < found.end)
    return [label(found, number) for number in found.unit[live]]


def periods(found):
    rows = zip(found.unit, found.start, found.end, found.officers, found.ced, strict=True)
    return {(label(found, unit), start): (end, officers, ced) for unit, start, end, officers, ced in rows}


def test_hand_worked_sunday_at_three(make_world, arv_kind):
    found = on_duty(make_world(teams={"arv": team(40)}, units={"arv": arv_kind}))
    sunday = 6 * DAY + 180  # 2018-03-05 is a Monday
    # Eight officers a team, nobody absent: four crews of the night team that started on Saturday at 21:00.
    assert names_at(found, sunday) == ["arv N1", "arv N2", "arv N3", "arv N4"]
    assert sorted(names_at(found, 16 * 60)) == [f"arv {letter}{n}" for letter in "EL" for n in range(1, 5)]
    assert set(found.officers) == {2} and set(found.armed_officers) == {2}
    assert set(found.ced) == {2} and set(found.arv) == {1}


def test_periods_are_sorted_cover_both_ends_and_never_overlap(make_world, arv_kind):
    kind = arv_kind | {"vehicles": 5, "off_road": {"share": 0.2, "spell": "2 days"}}
    found = on_duty(make_world(units={"arv": kind}), begin=-2 * DAY)
    assert (np.lexsort((found.unit, found.start)) == np.arange(len(found.unit))).all()
    assert {name[:5] for name in names_at(found, -2 * DAY)} <= {"arv L", "arv N"}
    assert found.start[0] == -2 * DAY
    for number in set(found.unit):
        mine = found.unit == number
        assert (found.start[mine][1:] >= found.end[mine][:-1]).all()
    for minute in np.arange(0, WINDOW, 30):
        assert len(names_at(found, minute)) <= 5


def test_a_crew_waits_for_a_vehicle_that_is_still_out(make_world, arv_kind):
    found = on_duty(make_world(teams={"arv": team(20)}, units={"arv": arv_kind | {"vehicles": 3}}))
    late = {name: start for (name, start) in periods(found) if 900 <= start < 1200}
    # Two earlies are out until 17:00: of two late crews one starts at 15:00 and one waits.
    assert late == {"arv L1": 900.0, "arv L2": 1020.0}


def test_leicestershire_arvs(make_world, arv_kind):
    absent = {"leave": 0.16, "training": 0.05, "court": 0.04}
    people = team(planned_absence=absent, non_deployable={"share": 0.09, "spell": "60 days"})
    kind = arv_kind | {"vehicles": 7, "off_road": {"share": 0.12, "spell": "3 days"}}
    world = make_world(teams={"arv": people}, units={"arv": kind})
    runs = [on_duty(world, replication) for replication in range(40)]
    crewed = np.mean([found.shortfalls["crewed"].mean() for found in runs])
    hours = [np.minimum(found.end, WINDOW) - found.start for found in runs]
    assert crewed == pytest.approx(3.2, abs=0.12)
    assert np.mean([h.sum() for h in hours]) / WINDOW == pytest.approx(3.9, abs=0.15)
    paraded = np.mean([found.officer_hours["arv"] for found in runs])
    assert paraded == pytest.approx(50 * 6 * 28 * 0.91 * 0.75, rel=0.02)
    assert officers_per_round_the_clock_unit(world.scenario, "arv") == pytest.approx(
        2 * 24 / 6 / (0.91 * 0.75)
    )


def test_a_short_crew_is_a_recorded_shortfall(make_world, arv_kind):
    found = on_duty(
        make_world(teams={"arv": team(25, planned_absence={"leave": 0.2})}, units={"arv": arv_kind})
    )
    # Five a team: two crews planned; one absent on each shift: two crews and nobody left over.
    assert set(found.shortfalls["planned"]) == {2.0}
    assert set(found.shortfalls["crewed"]) == {2.0}
    assert set(found.shortfalls["uncrewed_officers"]) == {0.0}
    assert found.shortfalls["shift_start"][:3].tolist() == [420.0, 900.0, 1260.0]


def test_an_added_officer_and_an_added_unit_change_no_other_crew(make_world, arv_kind):
    kind = arv_kind | {"arv": False, "armed": False}
    more = {"sickness": SICK, "planned_absence": {"leave": 0.2}, "ced_share": 0.3}
    before, after = (
        periods(on_duty(make_world(teams={"arv": team(n, **more)}, units={"arv": kind}))) for n in (50, 51)
    )
    assert before.items() <= after.items()
    assert len(after) > len(before)


def test_bases_are_house_monotone():
    served = np.array([500.0, 300.0, 200.0])
    assert base_sequence(served, 1, 7).tolist() == [0, 1, 2, 0, 0, 1, 0]
    assert base_sequence(served, 0, 4).tolist() == [0, 1, 2, 0]
    for length in range(1, 40):
        assert (base_sequence(served, 2, 40)[:length] == base_sequence(served, 2, length)).all()
    assert np.bincount(base_sequence(served, 0, 100)).tolist() == [50, 30, 20]


def test_units_stand_where_people_live(make_world, arv_kind):
    found = on_duty(make_world(people=(10, 10, 300, 80), units={"arv": arv_kind}))
    assert [u.base.name for u in found.units if u.name.startswith("Shire arv E")] == ["B", "B", "B", "B", "B"]


CRITICAL = [
    {"level": "SEVERE"},
    {"at": "2 days 10 h", "level": "CRITICAL"},
    {"at": "4 days", "level": "SEVERE"},
]


def critical(**duty_settings):
    return {"timeline": CRITICAL, "levels": {"CRITICAL": {"duty": duty_settings}}}


def test_longer_shifts_from_the_next_parade(make_world, arv_kind):
    found = on_duty(make_world(threat=critical(shift_length="12 h"), units={"arv": arv_kind}))
    ends = {key: value[0] for key, value in periods(found).items()}
    assert ends["arv E1", 2 * DAY + 420] == 2 * DAY + 1020  # under way at the change: finishes as planned
    assert ends["arv L1", 2 * DAY + 900] == 2 * DAY + 900 + 720
    assert ends["arv N1", 3 * DAY + 1260] == 3 * DAY + 1260 + 720  # began before the step-down
    assert ends["arv E1", 4 * DAY + 420] == 4 * DAY + 1020


def test_cancelled_rest_days_bring_in_half_with_their_rest(make_world, arv_kind):
    world = make_world(threat=critical(rest_days_cancelled=0.5), units={"arv": arv_kind})
    crewed = on_duty(world).shortfalls
    by_start = dict(zip(crewed["shift_start"], crewed["crewed"], strict=True))
    # Day 3: twenty on a rest day, ten called in and dealt over three shifts, 4 + 3 + 3, on top of ten each.
    assert [by_start[3 * DAY + minute] for minute in (420, 900, 1260)] == [7, 6, 6]
    assert by_start[2 * DAY + 420] == 5 and by_start[4 * DAY + 420] == 5


def test_suspended_training_fills_crews(make_world, arv_kind):
    people = team(planned_absence={"leave": 0.2, "training": 0.2})
    world = make_world(teams={"arv": people}, threat=critical(suspend=["training"]), units={"arv": arv_kind})
    found = on_duty(world).shortfalls
    hours = found["shift_start"]
    level = (hours >= 2 * DAY + 600) & (hours < 4 * DAY)
    # 38 h of training were suspended: half its share on top makes them up in 76 h, with five of ten officers.
    made_up = (hours >= 4 * DAY) & (hours < 4 * DAY + 76 * 60)
    assert set(found["crewed"][level]) == {4.0} and set(found["crewed"][~level & ~made_up]) == {3.0}
    assert set(found["crewed"][made_up]) == {2.0} and set(found["uncrewed_officers"][made_up]) == {1.0}


def test_listing_order_is_irrelevant(make_world, arv_kind):
    foot = {"team": "arv", "order": 2, "crew": 1, "bases": "arv", "armed": True, "serves": ["POST"]}
    kinds = {"arv": arv_kind | {"vehicles": 3}, "foot": foot | {"levels": ["CRITICAL"]}}
    level = critical(rest_days_cancelled=0.5)
    one, two = (
        on_duty(make_world(units=dict(order), threat=level))
        for order in (kinds.items(), reversed(kinds.items()))
    )
    assert periods(one) == periods(two) and one.units == two.units
    starts = {start for name, start in periods(one) if name.startswith("foot")}
    assert min(starts) == 2 * DAY + 900 and max(starts) < 4 * DAY


def test_double_crews_late_starts_and_ced(make_world):
    kind = {"team": "arv", "crew": 1, "double_crewed": {"E": 0.5}, "bases": "arv", "serves": ["G1"]}
    kind |= {"stagger": {"share": 0.5, "delay": "60 min"}}
    world = make_world(people=(1, 0, 0, 0), units={"car": kind}, teams={"arv": team(30, ced_share=0.5)})
    first = {
        key: value for key, value in periods(on_duty(world)).items() if key[1] < 600 and "E" in key[0][3:]
    }
    # Six officers: crews 2, 1, 2, 1 at base A; every other one starts at 08:00.
    assert [(name, start, value[1]) for (name, start), value in sorted(first.items())] == [
        ("car E1", 420.0, 2), ("car E2", 480.0, 1), ("car E3", 420.0, 2), ("car E4", 480.0, 1),
    ]  # fmt: skip
    # Marks 0.5, 0.12, 0.74, 0.35, 0.97, 0.59 of the six: officers 1 and 3 are below the share of 0.5.
    assert [first[key][2] for key in sorted(first)] == [1, 0, 1, 0]
    assert first["car E2", 480.0][0] == 1080.0


def test_standing_units(make_world):
    kind = {"standing": {"B": 2}, "standing_ced": 1, "crew": 2, "bases": "arv", "serves": ["G1"]}
    found = on_duty(make_world(units={"car": kind}), begin=-DAY)
    assert periods(found) == {("car B 1", -DAY): (WINDOW, 2, 1), ("car B 2", -DAY): (WINDOW, 2, 1)}
    with pytest.raises(ScenarioError, match="C is no base"):
        on_duty(make_world(units={"car": kind | {"standing": {"C": 1}}}))


SPECIALS = {
    "kind": "volunteers",
    "headcount": 262,
    "hours_a_month": 18,
    "duty": "7 h 30 min",
    "starts": "18:00-19:30",
    "day_weights": {
        "mon": 0.085,
        "tue": 0.085,
        "wed": 0.085,
        "thu": 0.085,
        "fri": 0.26,
        "sat": 0.28,
        "sun": 0.12,
    },
    "in_patrols": 0.43,
}


def test_volunteers_patrols_by_day_and_added_headcount(make_world):
    kind = {"team": "specials", "crew": 2, "bases": "arv", "serves": ["G1"]}
    more = SPECIALS | {"headcount": 300}
    one, two = (on_duty(make_world(units={"sc": kind}, teams={"specials": s})) for s in (SPECIALS, more))
    opens = one.start[one.start > 0]  # without the four of the Sunday before, still on duty at midnight
    days = np.bincount((opens // DAY).astype(int), minlength=28)[:28].reshape(4, 7)
    # 262 x 18 h x 12 / 52.18 / 7.5 h x 0.43 / 2 = 31.1 patrols a week.
    assert np.abs(days.sum(axis=1) - 31.1).max() < 1.1
    assert np.abs(days - 31.1 * np.array([0.085] * 4 + [0.26, 0.28, 0.12])).max() < 1.01
    minute = opens % DAY
    assert minute.min() >= 1080 and minute.max() < 1170
    shared = [key for key in periods(one) if key in periods(two)]
    assert len(shared) >= 0.95 * len(one.unit)


def test_no_hand_calculation_without_a_pattern(make_world):
    kind = {"standing": {"B": 2}, "bases": "arv", "serves": ["G1"]}
    with pytest.raises(ValueError, match="works a pattern"):
        officers_per_round_the_clock_unit(make_world(units={"car": kind}).scenario, "car")
