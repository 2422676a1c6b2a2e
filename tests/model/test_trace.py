"""A log as demand: what is the log's stays the log's, everything else is drawn as ever."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from armsim.config.schema import Scenario
from armsim.domain import Capability, ThreatLevel
from armsim.errors import ScenarioError
from armsim.model.demand import draw_incidents
from armsim.model.profiles import MINUTES_PER_YEAR
from armsim.model.trace import _worked
from armsim.model.world import World, build_world
from armsim.streams import Streams

DAY = 1440.0
ZONES = "zone,population,area_km2,x_km,y_km\nA,100,4,500,200\nB,300,1,510,200\nC,100,9,500,220\n"
MAPPING = """armsim_log: 1
name: Testshire
files: log.csv
rows: incident
time_zone: Europe/London
span: {from: 2018-03-01, until: 2018-03-29}
incident: {id: id, received: received, type: type, x_km: x, y_km: y, area: area, units_sent: sent}
units:
  - {times: {dispatched: dispatched, arrived: arrived, clear: clear}}
limits: {bad_rows: 50%}
"""
HEADER = "id,received,type,x,y,area,sent,dispatched,arrived,clear\n"
CALL = {
    "grade": "G1",
    "annual": 3650.0,
    "attendance": {"officers": {1: 0.5, 2: 0.5}},
    "call_handling": {"exactly": "3 min"},
    "on_scene": {"median": "40 min", "p90": "120 min"},
}


def log_text(days: int = 28) -> str:
    """So many incidents on a day of March 2018 as its date, a quarter of an hour apart from 6 o'clock."""
    rows = []
    for day in range(1, days + 1):
        for number in range(day):
            hour, quarter = divmod(number, 4)
            stamp = f"2018-03-{day:02d} {6 + hour:02d}:{15 * quarter:02d}"
            x, y = (510.0 if number % 2 else 500.0), 200.25
            rows.append(f"{day}/{number},{stamp}:00,shout,{x},{y},,{1 + number % 3},,,\n")
    return HEADER + "".join(rows)


@pytest.fixture
def build(tmp_path):
    def make(
        trace=None, surge=None, types=None, text=None, levels=None, line=({"level": "SEVERE"},), **parts
    ) -> World:
        (tmp_path / "zones.csv").write_text(ZONES)
        (tmp_path / "log.csv").write_text(text or log_text())
        (tmp_path / "log.yaml").write_text(MAPPING)
        demand = {"types": types or {"call": CALL}, "surge": surge or {}}
        if trace is not None:
            demand["trace"] = {"log": "log.yaml", "types": {"shout": "call"}, **trace}
        unit = {"standing": {"Depot": 1}, "bases": "main", "serves": ("G1",)}
        document = {
            "armsim": 1,
            "title": "test",
            "start": "2018-03-08",
            "window": "7 days",
            "region": {"zones": {"file": "zones.csv"}},
            "bases": {"main": {"sites": {"Depot": {"zone": "A"}}}},
            "travel": {"kind": "crow_fly", "acceleration": "0.2 km/min2", "cruising_speed": "60 km/h"},
            "demand": demand,
            "units": {"car": unit},
            "dispatch": {
                "policy": {"kind": "nearest"},
                "mobilisation": {"on_patrol": {"exactly": "1 min"}, "at_base": {"exactly": "2 min"}},
            },
            "threat": {"timeline": line, "levels": levels or {}},
        }
        return build_world(Scenario.model_validate(document | parts), tmp_path)

    return make


def a_day(table) -> list[int]:
    return np.bincount(np.floor(table.received_at / DAY).astype(int), minlength=7).tolist()


def draw(world, replication=0, begin=0.0, end=7 * DAY):
    return draw_incidents(world, Streams(5, replication), begin, end)


def test_a_replay_has_the_logs_incidents_at_their_times_and_places_and_no_others(build) -> None:
    for replication in range(2):
        table = draw(build({}), replication)
        assert a_day(table) == [8, 9, 10, 11, 12, 13, 14]
        first = table.received_at < DAY
        assert table.received_at[first].tolist() == [360.0 + 15.0 * k for k in range(8)]
        assert table.x[first].tolist() == [500.0, 510.0] * 4
        assert table.zone[first].tolist() == [0, 1] * 4
        assert np.allclose(table.graded_at - table.received_at, 3.0)


def test_what_the_log_does_not_have_is_drawn_anew_in_each_replication(build) -> None:
    one, two = (draw(build({}), replication) for replication in (0, 1))
    assert not np.array_equal(one.on_scene, two.on_scene)
    assert set(one.needs[:, Capability.OFFICERS]) == {1, 2}


def test_the_units_that_were_sent_are_what_is_needed_when_asked_for(build) -> None:
    table = draw(build({"per_unit": {"officers": 2}}))
    assert table.needs[:8, Capability.OFFICERS].tolist() == [2, 4, 6, 2, 4, 6, 2, 4]


def test_recorded_times_stand_in_for_drawn_ones_where_there_are_any(build) -> None:
    text = HEADER + (
        "1,2018-03-08 10:00:00,shout,500,200,,1,2018-03-08 10:05:00,2018-03-08 10:12:00,2018-03-08 10:42:00\n"
        "2,2018-03-08 11:00:00,shout,500,200,,1,,,\n"
    )
    plain = draw(build({}, text=text))
    used = draw(build({"use": ("call_handling", "on_scene")}, text=text))
    assert used.graded_at.tolist() == [605.0, 663.0]
    assert used.on_scene[0] == 30.0
    assert used.on_scene[1] == plain.on_scene[1]
    singly = draw(build({"use": ("on_scene",)}, text=text, types={"call": {**CALL, "release": "singly"}}))
    assert singly.on_scene_by_ordinal[0, 0] == singly.on_scene[0] == 30.0


def test_work_at_an_incident_of_which_one_unit_has_no_time_of_dispatch() -> None:
    """Dispatched 5 min after the call, there from 12 to 42: another that stayed 25 min changes nothing."""
    units = pd.DataFrame({
        "to_dispatch": [5.0, np.nan, np.nan, 2.0, np.nan, np.nan],
        "attendance": [7.0, np.nan, np.nan, np.nan, 9.0, np.nan],
        "scene": [30.0, 25.0, 18.0, np.nan, 40.0, np.nan],
    })  # fmt: skip
    row = np.array([0, 0, 1, 2, 2, 3])
    # Known; the longest stay; from 2 + 9 to 2 + 9 + 40; unknown.
    assert _worked(units, row, 5)[:3].tolist() == [30.0, 18.0, 40.0]
    assert np.isnan(_worked(units, row, 5)[3:]).all()


def test_places_are_points_of_the_area_where_the_log_has_no_more(build) -> None:
    text = HEADER + "1,2018-03-08 10:00:00,shout,,,C,1,,,\n2,2018-03-08 11:00:00,shout,,,,1,,,\n"
    world = build({}, text=text)
    tables = [draw(world, replication) for replication in range(40)]
    assert {table.zone[0] for table in tables} == {2}
    away = [np.hypot(table.x[0] - 500.0, table.y[0] - 220.0) for table in tables]
    assert max(away) <= np.sqrt(9.0 / np.pi)
    assert len(set(away)) == 40
    assert {0, 1, 2} == {int(table.zone[1]) for table in tables}  # no place at all: as the type's are
    assert any("incidents of the log without a place: 1;" in note for note in world.notes)


def test_the_warm_up_has_the_days_before_or_the_same_weekdays(build) -> None:
    world = build({}, start="2018-03-03")
    table = draw(world, begin=-4 * DAY, end=DAY)
    days = np.bincount(np.floor(table.received_at / DAY).astype(int) + 4).tolist()
    assert days == [6, 7, 1, 2, 3]  # 27 and 28 February: 6 and 7 March are the first of their weekdays


def test_a_window_that_the_log_does_not_cover_is_refused(build) -> None:
    with pytest.raises(
        ScenarioError, match="the log covers 2018-03-01 to 2018-03-28; the window is 2018-03-25"
    ):
        build({}, start="2018-03-25")


def test_a_bootstrap_draws_whole_days_of_the_same_weekday(build) -> None:
    world = build({"mode": "bootstrap"}, start="2019-06-06")  # a Thursday, as 8 March 2018 was
    seen = [set() for _ in range(7)]
    for replication in range(30):
        for place, count in enumerate(a_day(draw(world, replication))):
            seen[place].add(count)
    for place in range(7):
        assert seen[place] == {1 + place, 8 + place, 15 + place, 22 + place}
    assert a_day(draw(world, 3)) == a_day(draw(world, 3))


def test_a_bootstrap_by_month_needs_such_days(build) -> None:
    with pytest.raises(ScenarioError, match="no day of the same weekday and month as 2019-06-06"):
        build({"mode": "bootstrap", "match": ("weekday", "month")}, start="2019-06-06")


def test_a_level_thins_the_log_by_marks_or_adds_from_other_days_of_it(build) -> None:
    plain = draw(build({}))
    half = draw(build({}, levels={"SEVERE": {"demand": {"call": 0.5}}}))
    assert set(half.key) < set(plain.key)
    assert 0.3 < len(half) / len(plain) < 0.7
    totals = []
    busier = build({}, levels={"SEVERE": {"demand": {"call": 1.5}}})
    for replication in range(60):
        more = draw(busier, replication)
        assert set(plain.key) < set(more.key)
        totals.append(len(more))
    # The other days of the weekday of the d-th have d + 14/3 on average; half of them are added.
    assert np.mean(totals) == pytest.approx(77 + 0.5 * (77 + 7 * 14 / 3), abs=4 * np.std(totals) / 60**0.5)


def test_other_types_are_drawn_as_without_the_log(build) -> None:
    types = {"call": CALL, "other": {**CALL, "grade": "G2"}}
    with_log, without = (draw(build(trace, types=types)) for trace in ({}, None))
    mine = [table.received_at[table.type == 1].tolist() for table in (with_log, without)]
    assert mine[0] == mine[1]


def test_rates_are_those_of_the_window_and_of_its_zones(build) -> None:
    shares, annual = build({}).demand_by_force["call"][0]
    assert annual == pytest.approx(77 / (7 * DAY) * MINUTES_PER_YEAR)
    assert shares.tolist() == pytest.approx([40 / 77, 37 / 77, 0.0])
    text = HEADER + "1,2018-03-08 10:00:00,shout,,,C,1,,,\n2,2018-03-08 11:00:00,shout,,,,1,,,\n"
    shares, annual = build({}, text=text).demand_by_force["call"][0]
    assert annual == pytest.approx(2 / (7 * DAY) * MINUTES_PER_YEAR)
    assert shares.tolist() == pytest.approx([0.1, 0.3, 0.6])  # by residents, where there is no place


def test_types_that_nothing_is_said_of_are_named(build) -> None:
    text = log_text() + "x,2018-03-08 10:00:00,siege,500,200,,1,,,\n"
    with pytest.raises(ScenarioError, match=r"these types of the log \(incidents\): siege \(1\)"):
        build({}, text=text)
    assert a_day(draw(build({"leave_out": ("siege",)}, text=text)))[0] == 8
    assert a_day(draw(build({"types": {"*": "call"}}, text=text)))[0] == 9
    with pytest.raises(ScenarioError, match=r"the log has no type 'shuot'; did you mean shout\?"):
        build({"types": {"shuot": "call", "*": "call"}})


def test_types_of_one_name_come_from_the_log_where_they_are_in_it(build) -> None:
    types = {"shout": CALL, "other": {**CALL, "grade": "G2"}}
    table = draw(build({"types": {}}, types=types))
    plain = draw(build(types=types))
    codes = sorted(types)
    shouts, others = (table.received_at[table.type == codes.index(name)] for name in ("shout", "other"))
    assert len(shouts) == 77
    assert others.tolist() == plain.received_at[plain.type == codes.index("other")].tolist()
    del types["other"]["annual"]
    with pytest.raises(ScenarioError, match="the log has no incident of this type, and it has no rate"):
        build({"types": {}}, types=types)


def test_a_log_of_another_place_is_refused_and_stray_incidents_are_left_out(build) -> None:
    with pytest.raises(ScenarioError, match="100% of the log's incidents lie outside the zones"):
        build({}, text=log_text().replace("200.25", "700.25"))
    world = build({}, text=log_text() + "x,2018-03-08 10:00:00,shout,540,200,,1,,,\n")
    assert any("incidents of the log outside the zones, left out: 1" in note for note in world.notes)
    assert a_day(draw(world))[0] == 8


# --- surges ---------------------------------------------------------------------------------------------

STORM = {"from": "2 days", "until": "3 days", "scale": 2.0}


def test_a_surge_adds_to_drawn_demand_and_takes_nothing_away(build) -> None:
    extra = []
    worlds = [build(surge=surge) for surge in ({}, {"storm": STORM})]
    for replication in range(60):
        plain, surged = (draw(world, replication) for world in worlds)
        assert set(plain.key) <= set(surged.key)
        added = surged.received_at[~np.isin(surged.key, plain.key)]
        assert ((added >= 2 * DAY) & (added < 3 * DAY)).all()
        extra.append(len(added))
    expected = 3650.0 * DAY / MINUTES_PER_YEAR
    assert np.mean(extra) == pytest.approx(expected, abs=4 * (expected / 60) ** 0.5)


def test_a_surge_leaves_every_attribute_of_the_other_incidents(build) -> None:
    plain, surged = (draw(build(surge=surge)) for surge in ({}, {"storm": STORM}))
    same = np.isin(surged.key, plain.key)
    for name in ("received_at", "graded_at", "x", "y", "zone", "needs", "on_scene", "trip_z", "turnout_z"):
        assert np.array_equal(getattr(surged, name)[same], getattr(plain, name))


def test_a_surge_is_where_and_of_what_it_says(build) -> None:
    types = {"call": CALL, "other": {**CALL, "grade": "G2"}}
    storm = {**STORM, "scale": 20.0, "types": ("other",), "zones": ("C",)}
    plain, surged = (draw(build(surge=surge, types=types)) for surge in ({}, {"storm": storm}))
    added = ~np.isin(surged.key, plain.key)
    assert set(surged.zone[added]) == {2}
    assert set(surged.type[added]) == {1}
    assert 15 < added.sum() < 65  # 19 times 2 a day
    with pytest.raises(ScenarioError, match="'D' is no zone of the region"):
        build(surge={"storm": {**STORM, "zones": ("D",)}})


def test_surges_that_meet_add_up_and_a_level_multiplies_them(build) -> None:
    both = {"one": {**STORM, "scale": 31.0}, "two": {**STORM, "scale": 41.0}}
    alone = [len(draw(build(surge={name: one}))) - len(draw(build())) for name, one in both.items()]
    assert len(draw(build(surge=both))) - len(draw(build())) == sum(alone)
    line = ({"level": "SEVERE"}, {"at": "60 h", "level": "CRITICAL"})
    levels = {"CRITICAL": {"demand": {"call": 3.0}}}
    table = draw(build(surge={"one": both["one"]}, line=line, levels=levels))
    quiet = (table.received_at >= 48 * 60) & (table.received_at < 60 * 60)
    loud = (table.received_at >= 60 * 60) & (table.received_at < 72 * 60)
    assert loud.sum() == pytest.approx(3 * quiet.sum(), rel=0.25)
    assert set(table.level[loud]) == {ThreatLevel.CRITICAL}


def test_a_surge_of_a_replayed_log_takes_more_from_its_days(build) -> None:
    plain = draw(build({}))
    counts = []
    world = build({}, surge={"storm": STORM})
    for replication in range(40):
        surged = draw(world, replication)
        assert set(plain.key) <= set(surged.key)
        added = surged.received_at[~np.isin(surged.key, plain.key)]
        assert ((added >= 2 * DAY) & (added < 3 * DAY)).all()
        counts.append(len(added))
    assert set(counts) == {3, 17, 24}  # a whole other Saturday of March


def test_a_day_of_the_log_can_come_on_another_date(build) -> None:
    storm = {"storm": {"from": "2 days", "day": date(2018, 3, 28).isoformat()}}
    assert a_day(draw(build({}, surge=storm))) == [8, 9, 28, 11, 12, 13, 14]
    world = build({"mode": "surge_only"}, surge=storm)
    plain, surged = draw(build()), draw(world)
    assert a_day(surged)[2] == 28
    rest = np.floor(plain.received_at / DAY) != 2
    assert set(plain.key[rest]) == set(surged.key[np.floor(surged.received_at / DAY) != 2])
    assert world.demand_by_force["call"][0][1] == pytest.approx(3650.0)
    with pytest.raises(ScenarioError, match="2018-04-28 is not in the log"):
        build({}, surge={"storm": {"from": "2 days", "day": "2018-04-28"}})
