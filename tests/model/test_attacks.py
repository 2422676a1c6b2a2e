"""Attacks: laws of what is drawn against closed forms, and that a draw hangs on its own name alone."""

import numpy as np
import pytest
from scipy import stats

from armsim.config.schema import Scenario
from armsim.domain import ThreatLevel
from armsim.errors import ScenarioError
from armsim.model.attacks import draw_attacks
from armsim.model.demand import draw_incidents
from armsim.model.profiles import MINUTES_PER_YEAR
from armsim.model.threat import timeline
from armsim.model.world import World, build_world
from armsim.streams import Streams

DAY, WEEK = 1440.0, 10080.0
WINDOW, END = 4 * WEEK, 4 * WEEK + 2880.0
ZONES = "zone,population,area_km2,x_km,y_km\nA,100,4,0,0\nB,300,1,10,0\nC,400,9,0,50\nD,200,1,0,55\n"
CALL = {
    "grade": "G1",
    "annual": 2_000.0,
    "attendance": {"officers": {1: 0.5, 2: 0.5}},
    "call_handling": {"median": "3 min", "p90": "6 min"},
    "on_scene": {"median": "40 min", "p90": "120 min"},
}
STRUCK = {
    "grade": "FIREARMS",
    "annual": 0.0,
    "attendance": {"arv": {2: 0.5, 3: 0.5}},
    "call_handling": {"exactly": "1 min"},
    "on_scene": {"mean": "90 min", "cv": 0.5},
}
TYPES = {"call": CALL, "struck": STRUCK}
SITES = {"arena": {"zone": "A"}, "bridge": {"zone": "B"}, "castle": {"zone": "C"}, "dock": {"zone": "D"}}
GIVEN = {"attack": "raid", "at": "3 days 20 h"}
AT = 3 * DAY + 20 * 60


@pytest.fixture
def build(tmp_path):
    (tmp_path / "zones.csv").write_text(ZONES)

    def make(attacks, given=None, types=TYPES, line=({"level": "SEVERE"},), levels=None) -> World:
        scenario = {
            "armsim": 1,
            "title": "test",
            "start": "2018-03-05",
            "window": "28 days",
            "region": {"zones": {"file": "zones.csv"}},
            "bases": {"main": {"sites": {"Depot": {"zone": "A"}}}},
            "sites": SITES,
            "travel": {"kind": "crow_fly", "acceleration": "0.2 km/min2", "cruising_speed": "60 km/h"},
            "demand": {"types": types, "day_to_day": {"cv": 0.2}},
            "attacks": attacks,
            "units": {"car": {"standing": {"Depot": 1}, "bases": "main", "serves": ("G1",)}},
            "dispatch": {
                "policy": {"kind": "nearest"},
                "mobilisation": {"on_patrol": {"exactly": "1 min"}, "at_base": {"exactly": "2 min"}},
            },
            "threat": {"timeline": line, "levels": levels or {}},
            "study": {"given": given},
        }
        return build_world(Scenario.model_validate(scenario), tmp_path)

    return make


def raid(**changes) -> dict:
    return {"raid": {"incident": "struck", **changes}}


def draws(world, count, begin=-DAY):
    return [draw_attacks(world, Streams(1, k), begin, END) for k in range(count)]


def test_attacks_are_poisson_over_the_window_and_none_comes_in_the_warm_up(build) -> None:
    world = build(raid(annual=100.0))
    drawn = draws(world, 150)
    mean = 100.0 * END / MINUTES_PER_YEAR
    counts = np.array([len(one) for one in drawn])
    assert counts.mean() == pytest.approx(mean, abs=4 * (mean / 150) ** 0.5)
    assert counts.var() == pytest.approx(mean, rel=0.45)
    minutes = np.concatenate([one.minute for one in drawn])
    assert stats.kstest(minutes / END, "uniform").pvalue > 1e-3
    assert all(np.all(np.diff(one.minute) > 0) for one in drawn)
    assert not any(one.given.any() for one in drawn)
    for one, other in zip(drawn[:5], draws(world, 5, begin=0.0), strict=True):
        assert np.array_equal(one.minute, other.minute)


def test_a_study_given_an_attack_has_one_at_its_time_beside_those_that_come(build) -> None:
    plain, given = build(raid(annual=50.0)), build(raid(annual=50.0), GIVEN)
    for one, other in zip(draws(plain, 20), draws(given, 20), strict=True):
        assert other.minute[other.given].tolist() == [AT]
        assert np.array_equal(one.minute, other.minute[~other.given])
        assert np.array_equal(one.zone, other.zone[~other.given])
    drawn = draws(build(raid(), {"attack": "raid", "drawn": ("2 days", "9 days")}), 300)
    assert {len(one) for one in drawn} == {1}
    minutes = np.array([one.minute[0] for one in drawn])
    assert stats.kstest((minutes - 2 * DAY) / WEEK, "uniform").pvalue > 1e-3


def test_sites_by_number_apart_by_law_at_points_of_zones_by_weight(build) -> None:
    world = build(raid(sites={1: 0.25, 3: 0.75}, apart={"exponential": "12 min"}), GIVEN)
    bursts = [one.bursts[0] for one in draws(world, 400)]
    several = np.array([burst.site.size for burst in bursts])
    assert set(several) == {1, 3}
    assert stats.binomtest(int((several == 3).sum()), 400, 0.75).pvalue > 1e-3
    assert {burst.minute[0] for burst in bursts} == {AT}
    gaps = np.concatenate([np.diff(burst.minute) for burst in bursts])
    assert stats.kstest(gaps, stats.expon(scale=12.0).cdf).pvalue > 1e-3
    zones = np.concatenate([burst.zone for burst in bursts])
    observed = np.bincount(zones, minlength=4)
    assert stats.chisquare(observed, np.array([0.1, 0.3, 0.4, 0.2]) * zones.size).pvalue > 1e-3
    frame = world.zone_arrays
    x, y = (np.concatenate([getattr(burst, name) for burst in bursts]) for name in ("x", "y"))
    squared = (x - frame["x_km"][zones]) ** 2 + (y - frame["y_km"][zones]) ** 2
    assert stats.kstest(np.pi * squared / frame["area_km2"][zones], "uniform").pvalue > 1e-3


def test_later_sites_are_drawn_by_weight_among_those_near_the_first(build) -> None:
    bursts = [one.bursts[0] for one in draws(build(raid(sites=3, within="12 km"), GIVEN), 400)]
    near = {0: {0, 1}, 1: {0, 1}, 2: {2, 3}, 3: {2, 3}}
    assert all(set(burst.zone) <= near[int(burst.zone[0])] for burst in bursts)
    west = np.array([burst.zone[1:] for burst in bursts if burst.zone[0] < 2]).ravel()
    assert stats.binomtest(int((west == 1).sum()), west.size, 0.75).pvalue > 1e-3
    north = np.array([burst.zone[1:] for burst in bursts if burst.zone[0] > 1]).ravel()
    assert stats.binomtest(int((north == 2).sum()), north.size, 2 / 3).pvalue > 1e-3
    assert stats.binomtest(sum(int(burst.zone[0]) < 2 for burst in bursts), 400, 0.4).pvalue > 1e-3


def test_named_sites_in_every_order_and_none_twice(build) -> None:
    where = ("arena", "bridge", "dock")
    bursts = [one.bursts[0] for one in draws(build(raid(sites=2, where=where), GIVEN), 600)]
    orders, counts = np.unique([burst.zone for burst in bursts], axis=0, return_counts=True)
    assert {tuple(order) for order in orders.tolist()} == {(0, 1), (1, 0), (0, 3), (3, 0), (1, 3), (3, 1)}
    assert stats.chisquare(counts).pvalue > 1e-3
    assert {(x, y) for burst in bursts for x, y in zip(burst.x, burst.y, strict=True)} == {
        (0.0, 0.0),
        (10.0, 0.0),
        (0.0, 55.0),
    }


def test_named_sites_near_each_other_begin_where_enough_are_near(build) -> None:
    """The dock has the castle near, the other two have each other: with a lone site nothing begins there."""
    where = ("arena", "bridge", "dock")
    bursts = [one.bursts[0] for one in draws(build(raid(sites=2, where=where, within="12 km"), GIVEN), 40)]
    assert {tuple(burst.zone.tolist()) for burst in bursts} == {(0, 1), (1, 0)}
    with pytest.raises(ScenarioError, match=r"no 2 of its sites lie within 9 km") as caught:
        build(raid(sites={1: 0.5, 2: 0.5}, where=where, within="9 km"), GIVEN)
    assert caught.value.problems[0].path == "attacks.raid.within"


def test_calls_come_near_the_sites_struck_by_then(build) -> None:
    attack = raid(
        sites=2,
        where=("arena", "castle"),
        apart={"exactly": "30 min"},
        calls={"call": {"number": 20, "over": "1 h", "near": "4 km"}},
    )
    struck, minutes, shares = [], [], []
    for one in draws(build(attack, GIVEN), 100):
        first, calls = one.bursts
        assert (calls.minute.size, set(calls.site)) == (20, {-1})
        away = np.hypot(calls.x[:, None] - first.x, calls.y[:, None] - first.y)
        nearest = away.argmin(axis=1)
        assert np.all(first.minute[nearest] <= calls.minute)
        struck.append(nearest)
        shares.append(away.min(axis=1) ** 2 / 16.0)
        minutes.append(calls.minute - AT)
        centroids = np.array([[0, 0], [10, 0], [0, 50], [0, 55]])
        own = np.hypot(calls.x[:, None] - centroids[:, 0], calls.y[:, None] - centroids[:, 1]).argmin(axis=1)
        assert np.array_equal(calls.zone, own)
    late = np.concatenate(struck)[np.concatenate(minutes) >= 30.0]
    assert stats.binomtest(int(late.sum()), late.size, 0.5).pvalue > 1e-3
    assert stats.kstest(np.concatenate(minutes) / 60.0, "uniform").pvalue > 1e-3
    assert np.concatenate(shares).max() <= 1.0
    assert stats.kstest(np.concatenate(shares), "uniform").pvalue > 1e-3


def test_desk_tasks_by_number_service_and_time(build) -> None:
    tasks = {"number": {4: 0.5, 8: 0.5}, "service": {"exponential": "7 min"}, "over": "40 min"}
    drawn = draws(build(raid(desk_tasks=tasks), GIVEN), 200)
    counts = np.array([one.task_minute.size for one in drawn])
    assert set(counts) == {4, 8}
    assert stats.binomtest(int((counts == 8).sum()), 200, 0.5).pvalue > 1e-3
    minutes = np.concatenate([one.task_minute for one in drawn])
    assert stats.kstest((minutes - AT) / 40.0, "uniform").pvalue > 1e-3
    service = np.concatenate([one.task_service for one in drawn])
    assert stats.kstest(service, stats.expon(scale=7.0).cdf).pvalue > 1e-3
    assert all(np.all(np.diff(one.task_minute) >= 0) for one in drawn)
    assert all(set(one.task_zone) == {int(one.zone[0])} and set(one.task_attack) == {0} for one in drawn)


def test_tasks_of_attacks_that_meet_are_in_order_of_time(build) -> None:
    tasks = {"number": 20, "service": {"exactly": "7 min"}, "over": "10 days"}
    drawn = draw_attacks(build(raid(annual=60.0, desk_tasks=tasks)), Streams(1, 0), 0.0, END)
    assert np.all(np.diff(drawn.task_minute) > 0)
    assert np.any(np.diff(drawn.task_attack) < 0)
    since = drawn.task_minute - drawn.minute[drawn.task_attack]
    assert since.min() >= 0.0 and since.max() < 10 * DAY
    assert np.array_equal(drawn.task_zone, drawn.zone[drawn.task_attack])
    assert set(drawn.type) == {sorted(TYPES).index("struck")}


def test_an_attack_raises_the_level_and_never_lowers_it(build) -> None:
    level = {"to": "SEVERE", "after": "6 h", "lasts": {"exactly": "4 days"}}
    line = ({"level": "SUBSTANTIAL"}, {"at": "5 days", "level": "CRITICAL"}, {"at": "6 days", "level": "LOW"})
    world = build(raid(level=level), GIVEN, line=line)
    attacks = draw_attacks(world, Streams(1, 0), -DAY, END)
    raised = timeline(world.scenario, Streams(1, 0), attacks)
    names = [level.name for level in raised.levels]
    assert names == ["SUBSTANTIAL", "SEVERE", "CRITICAL", "SEVERE", "LOW"]
    assert raised.starts == (0.0, AT + 360.0, 5 * DAY, 6 * DAY, AT + 360.0 + 4 * DAY)
    assert timeline(world.scenario).starts == (0.0, 5 * DAY, 6 * DAY)


def test_raised_levels_that_meet_are_one_spell_and_may_outlast_the_run(build) -> None:
    level = {"to": "CRITICAL", "lasts": {"mean": "4 days", "cv": 0.5}}
    world = build(raid(annual=60.0, level=level))
    for k in range(40):
        attacks = draw_attacks(world, Streams(1, k), -DAY, END)
        raised = timeline(world.scenario, Streams(1, k), attacks)
        minutes = np.linspace(0.0, END, 500)
        starts = np.array([one.start for one in attacks.raised])
        ends = np.array([one.end for one in attacks.raised])
        critical = ((minutes[:, None] >= starts) & (minutes[:, None] < ends)).any(axis=1)
        assert np.array_equal(raised.levels_at(minutes) == ThreatLevel.CRITICAL, critical)
        assert np.array_equal(starts, attacks.minute)


def ordinary(table) -> dict:
    mine = table.attack < 0
    names = set(vars(table)) - {"number", "places", "children"}
    return {name: getattr(table, name)[mine] for name in names}


FULL = raid(
    sites=3,
    apart={"exponential": "10 min"},
    calls={"call": {"number": 30, "over": "1 h"}},
    desk_tasks={"number": 5, "service": {"exactly": "10 min"}, "over": "1 h"},
)


def test_a_given_attack_moves_no_ordinary_incident(build) -> None:
    tables = [
        draw_incidents(world, Streams(3, 0), -DAY, END)
        for world in (build({}), build(FULL, GIVEN), build(FULL))
    ]
    plain, given, idle = map(ordinary, tables)
    assert len(tables[0]) == len(tables[2]) == len(tables[1]) - 33
    for name, column in plain.items():
        assert column.tobytes() == given[name].tobytes() == idle[name].tobytes(), name
        assert column.dtype == given[name].dtype == getattr(tables[2], name).dtype, name


def test_sites_and_calls_are_ordinary_rows_marked_with_their_attack(build) -> None:
    world = build(FULL, GIVEN)
    attacks = draw_attacks(world, Streams(3, 0), -DAY, END)
    table = draw_incidents(world, Streams(3, 0), -DAY, END)
    assert np.all(np.diff(table.graded_at) >= 0)
    assert table.number.tolist() == list(range(len(table)))
    first, calls = attacks.bursts
    struck = np.flatnonzero(table.attack_site >= 0)
    assert sorted(table.attack_site[struck]) == [0, 1, 2]
    assert set(table.attack[struck]) == {0}
    assert set(table.type[struck]) == {world.types.index("struck")}
    by_site = struck[np.argsort(table.attack_site[struck])]
    assert table.received_at[by_site].tolist() == first.minute.tolist()
    assert np.allclose(table.graded_at[by_site], first.minute + 1.0)
    assert table.x[by_site].tolist() == first.x.tolist()
    near = (table.attack == 0) & (table.attack_site < 0)
    assert sorted(table.received_at[near]) == sorted(calls.minute)
    assert set(table.type[near]) == {world.types.index("call")}
    assert [(x, y) for x, y, *_ in table.places] == list(zip(table.x, table.y, strict=True))


def test_attributes_of_what_an_attack_brings_follow_the_laws_of_its_types(build) -> None:
    world = build(FULL, GIVEN)
    tables = [draw_incidents(world, Streams(4, k), AT, AT + 600) for k in range(100)]
    struck = np.concatenate([one.on_scene[one.attack_site >= 0] for one in tables])
    spread = np.log(1.25) ** 0.5
    assert stats.kstest(struck, stats.lognorm(s=spread, scale=90 / 1.25**0.5).cdf).pvalue > 1e-3
    arvs = np.concatenate([one.needs[one.attack_site >= 0, 3] for one in tables])
    assert stats.binomtest(int((arvs == 3).sum()), arvs.size, 0.5).pvalue > 1e-3
    trips = np.concatenate([one.trip_z[one.attack >= 0].ravel() for one in tables])
    assert stats.kstest(trips, "norm").pvalue > 1e-3


def test_what_comes_after_the_end_is_left_out(build) -> None:
    attack = raid(
        sites=2,
        apart={"exactly": "30 min"},
        calls={"call": {"number": 50, "over": "1 h"}},
        desk_tasks={"number": 50, "service": {"exactly": "10 min"}, "over": "1 h"},
    )
    world = build(attack, GIVEN)
    table = draw_incidents(world, Streams(5, 0), 0.0, AT + 20.0)
    assert table.received_at.max() < AT + 20.0
    assert (table.attack_site >= 0).sum() == 1
    assert 0 < (table.attack >= 0).sum() - 1 < 50
    tasks = draw_attacks(world, Streams(5, 0), 0.0, AT + 20.0).task_minute
    assert 0 < tasks.size < 50 and tasks.max() < AT + 20.0


def test_levels_multiply_no_attack(build) -> None:
    levels = {"SEVERE": {"demand": {"struck": 0.0, "call": 0.0}}}
    table = draw_incidents(build(FULL, GIVEN, levels=levels), Streams(6, 0), 0.0, END)
    assert len(table) == 33


def test_another_attack_site_or_law_moves_its_own_draws_only(build) -> None:
    def bursts(**changes):
        attack = {"raid": {**FULL["raid"], **changes}}
        other = {"another": {"incident": "struck", "annual": 40.0}, **attack}
        return [draw_attacks(build(choice, GIVEN), Streams(7, 0), 0.0, END) for choice in (attack, other)]

    alone, beside = bursts()
    index = int(np.flatnonzero(beside.given)[0])
    assert beside.names == ("another", "raid") and beside.code[index] == 1
    mine = [burst for burst in beside.bursts if burst.attack == index]
    for one, two in zip(alone.bursts, mine, strict=True):
        assert one.minute.tolist() == two.minute.tolist() and one.x.tolist() == two.x.tolist()
    more, _ = bursts(sites=5, calls={**FULL["raid"]["calls"], "struck": {"number": 3, "over": "5 min"}})
    assert more.bursts[0].minute[:3].tolist() == alone.bursts[0].minute.tolist()
    assert more.bursts[0].x[:3].tolist() == alone.bursts[0].x.tolist()
    assert more.task_minute.tolist() == alone.task_minute.tolist()
    assert more.bursts[1].minute.tolist() == alone.bursts[1].minute.tolist()


def test_without_attacks_there_are_none(build) -> None:
    attacks = draw_attacks(build({}), Streams(1, 0), -DAY, END)
    assert (len(attacks), attacks.bursts, attacks.raised, attacks.task_minute.size) == (0, (), (), 0)
    table = draw_incidents(build({}), Streams(1, 0), -DAY, END)
    assert set(table.attack) == set(table.attack_site) == {-1}
