import numpy as np
import pytest
from scipy import stats

from armsim.config.schema import Scenario
from armsim.domain import Capability, Grade, ThreatLevel
from armsim.model.attributes import requirements
from armsim.model.demand import ORDINALS, draw_incidents, post_incidents
from armsim.model.profiles import MINUTES_PER_YEAR, hour_of_week, weekly
from armsim.model.threat import timeline
from armsim.model.world import World, build_world
from armsim.streams import Streams

WEEK = 10080.0
ZONES = "zone,population,area_km2,x_km,y_km\nA,100,4,0,0\nB,300,1,10,0\nC,0,9,0,20\n"
CALL = {
    "grade": "G1",
    "annual": 20_000.0,
    "attendance": {"officers": {1: 0.35, 2: 0.55, 4: 0.10}, "ced": 1},
    "call_handling": {"median": "3 min", "p90": "6 min"},
    "on_scene": {"median": "40 min", "p90": "120 min"},
}
FIRE = {
    "grade": "FIREARMS",
    "priority": 2,
    "annual": 10_000.0,
    "attendance": {"arv": 2},
    "call_handling": {"exactly": "2 min"},
    "authorisation": {"exponential": "3 min"},
    "command": "20 min",
    "on_scene": {"mean": "60 min", "cv": 1.0},
    "stand_down": {"per_operation": 0.5, "after": {"exactly": "12 min"}},
    "follow_on": {"share": 0.25, "duration": {"exactly": "90 min"}},
    "patience": {"exactly": "12 h"},
    "crew_off": 0.1,
}
POST = {"site": "hub", "needs": {"armed_officers": 2}, "hours": "24 h", "kinds": ("van", "car")}


@pytest.fixture
def build(tmp_path):
    (tmp_path / "zones.csv").write_text(ZONES)

    def make(types=None, levels=None, line=({"level": "SEVERE"},), **demand) -> World:
        return build_world(_scenario(types or {"call": CALL}, levels or {}, line, demand), tmp_path)

    return make


def _scenario(types, levels, line, demand) -> Scenario:
    unit = {"standing": {"Depot": 1}, "bases": "main", "serves": ("G1",)}
    return Scenario.model_validate(
        {
            "armsim": 1,
            "title": "test",
            "start": "2018-03-05",
            "window": "28 days",
            "region": {"zones": {"file": "zones.csv"}},
            "bases": {"main": {"sites": {"Depot": {"zone": "A"}}}},
            "sites": {"hub": {"zone": "B"}},
            "travel": {"kind": "crow_fly", "acceleration": "0.2 km/min2", "cruising_speed": "60 km/h"},
            "demand": {"types": types, **demand},
            "units": {"car": unit, "van": unit},
            "dispatch": {
                "policy": {"kind": "nearest"},
                "mobilisation": {"on_patrol": {"exactly": "1 min"}, "at_base": {"exactly": "2 min"}},
            },
            "threat": {"timeline": line, "levels": levels},
        }
    )


def columns(table, code=0) -> dict:
    """Columns of one type by order of arrival, without what depends on the other types."""
    mine = np.flatnonzero(table.type == code)
    mine = mine[np.argsort(table.received_at[mine], kind="stable")]
    names = [name for name in vars(table) if name not in ("number", "type", "places", "children")]
    return {name: getattr(table, name)[mine] for name in names}


def same(one: dict, other: dict) -> set[str]:
    return {name for name in one if np.array_equal(one[name], other[name], equal_nan=True)}


def test_rows_are_sorted_complete_and_inside_the_span(build) -> None:
    table = draw_incidents(build({"call": CALL, "fire": FIRE}), Streams(1, 0), -1440.0, 4 * WEEK)
    order = np.lexsort((table.received_at, table.type, table.graded_at))
    assert order.tolist() == list(range(len(table)))
    assert table.number.tolist() == list(range(len(table)))
    assert -1440.0 <= table.received_at.min() < 0
    assert table.received_at.max() < 4 * WEEK
    assert table.needs.shape == (len(table), len(Capability))
    assert table.trip_z.shape == table.turnout_z.shape == (len(table), ORDINALS)
    assert [place[:2] for place in table.places] == list(zip(table.x.tolist(), table.y.tolist(), strict=True))
    assert sum(table.counts().values()) == len(table)


def test_counts_meet_the_annual_rate_with_stand_downs_on_top(build) -> None:
    world = build({"call": CALL, "fire": FIRE})
    counts = [draw_incidents(world, Streams(2, k), 0.0, 4 * WEEK).counts() for k in range(20)]
    for code, annual in ((0, 20_000.0), (1, 15_000.0)):
        total = sum(one[code] for one in counts)
        expected = 20 * annual * 4 * WEEK / MINUTES_PER_YEAR
        assert total == pytest.approx(expected, abs=4 * expected**0.5)


def test_gaps_are_exponential_in_cumulative_rate_by_hour(build) -> None:
    hours = tuple(float(k % 7) for k in range(24))
    world = build({"call": {**CALL, "profile": "wave"}}, profiles={"wave": {"hours": hours}})
    received = columns(draw_incidents(world, Streams(3, 0), 0.0, 4 * WEEK))["received_at"]
    rate = np.tile(weekly(world.scenario.demand.profiles["wave"]), 4) * 20_000.0 * 60 / MINUTES_PER_YEAR
    cumulative = np.concatenate([[0.0], np.cumsum(rate)])
    gaps = np.diff(np.interp(received, np.arange(cumulative.size) * 60.0, cumulative), prepend=0.0)
    assert stats.kstest(gaps, "expon").pvalue > 1e-3
    assert not np.isin(hour_of_week(received, world.scenario.start) % 24, (0, 7, 14, 21)).any()


def test_daily_counts_spread_by_the_stated_factor(build) -> None:
    world = build(day_to_day={"cv": 0.3})
    daily = np.concatenate(
        [
            np.bincount((table.received_at // 1440).astype(int), minlength=28)
            for table in (draw_incidents(world, Streams(4, k), 0.0, 4 * WEEK) for k in range(60))
        ]
    )
    mean = 20_000.0 * 1440 / MINUTES_PER_YEAR
    assert daily.mean() == pytest.approx(mean, rel=0.03)
    assert daily.var() == pytest.approx(mean + (0.3 * mean) ** 2, rel=0.12)


def test_the_season_goes_by_the_calendar_and_keeps_the_year(build) -> None:
    world = build(season={"mar": 2.0})
    counts = [
        np.histogram(
            draw_incidents(world, Streams(5, k), 0.0, 365.25 * 1440).received_at, [0, 27 * 1440, 1e9]
        )[0]
        for k in range(3)
    ]
    march, rest = np.sum(counts, axis=0)
    factor = 1.0 / (1.0 + 31 / 365.25)
    # 5 March to 31 March, and 1 to 4 March of the year after.
    assert march == pytest.approx(3 * 2 * factor * 20_000 * 27 / 365.25, rel=0.03)
    assert march + rest == pytest.approx(60_000, rel=0.015)


def test_another_type_moves_no_draw(build) -> None:
    alone = columns(draw_incidents(build(day_to_day={"cv": 0.2}), Streams(6, 0), -500.0, WEEK))
    world = build({"aaa": FIRE, "call": CALL}, day_to_day={"cv": 0.2})
    assert same(alone, columns(draw_incidents(world, Streams(6, 0), -500.0, WEEK), 1)) == set(alone)


def test_another_law_moves_its_own_values_only(build) -> None:
    one = columns(draw_incidents(build(), Streams(7, 0), 0.0, WEEK))
    other = build({"call": {**CALL, "on_scene": {"exponential": "9 min"}, "patience": {"exactly": "2 h"}}})
    two = columns(draw_incidents(other, Streams(7, 0), 0.0, WEEK))
    assert set(one) - same(one, two) == {"on_scene", "lost_at"}


def test_a_larger_multiplier_keeps_every_incident_and_adds_some(build) -> None:
    line = (
        {"level": "SEVERE"},
        {"at": "2 days 90 min", "level": "CRITICAL"},
        {"at": "5 days", "level": "SEVERE"},
    )
    tables = [
        columns(
            draw_incidents(
                build(levels={"CRITICAL": {"demand": {"call": m}}}, line=line), Streams(8, 0), 0, WEEK
            )
        )
        for m in (1.0, 1.5, 0.4, 0.0)
    ]
    usual, more, fewer, none = (dict(zip(one["received_at"], one["x"], strict=True)) for one in tables)
    assert usual.items() <= more.items()
    assert none.items() <= fewer.items() <= usual.items()
    critical = [t for t in usual if 2970.0 <= t < 7200.0]
    added = sorted(set(more) - set(usual))
    assert added[0] >= 2970.0 and added[-1] < 7200.0
    assert len(added) == pytest.approx(0.5 * len(critical), abs=4 * (0.5 * len(critical)) ** 0.5)
    assert set(usual) - set(none) == set(critical)
    assert len(set(fewer) & set(critical)) == pytest.approx(0.4 * len(critical), abs=2 * len(critical) ** 0.5)


def test_attributes_of_a_firearms_type(build) -> None:
    table = draw_incidents(build({"fire": FIRE}), Streams(9, 0), 0.0, 26 * WEEK)
    n = len(table)
    assert set(table.grade) == {Grade.FIREARMS}
    assert set(table.priority) == {2}
    assert np.allclose(table.graded_at - table.received_at, 2.0)
    assert stats.kstest(table.authorisation, stats.expon(scale=3.0).cdf).pvalue > 1e-3
    law = stats.lognorm(s=np.log(2) ** 0.5, scale=60 / 2**0.5)
    assert stats.kstest(table.on_scene, law.cdf).pvalue > 1e-3
    stood = ~np.isnan(table.stand_down_at)
    assert stood.mean() == pytest.approx(1 / 3, abs=4 * (2 / 9 / n) ** 0.5)
    assert np.allclose(table.stand_down_at[stood], (table.graded_at + table.authorisation + 12.0)[stood])
    assert set(table.follow_on) == {0.0, 90.0}
    assert (table.follow_on > 0).mean() == pytest.approx(0.25, abs=0.03)
    assert table.crew_off.mean() == pytest.approx(0.1, abs=0.02)
    assert np.allclose(table.lost_at - table.received_at, 720.0)
    assert set(table.command) == {20.0}
    assert stats.kstest(table.trip_z.ravel(), "norm").pvalue > 1e-3
    assert abs(np.corrcoef(table.trip_z[:, 0], table.turnout_z[:, 0])[0, 1]) < 0.06


def test_a_plain_type_needs_no_authority_and_never_ends_by_itself(build) -> None:
    table = draw_incidents(build(), Streams(9, 0), 0.0, WEEK)
    for name in ("authorisation", "stand_down_at", "lost_at"):
        assert np.isnan(getattr(table, name)).all(), name
    assert not table.follow_on.any() and not table.crew_off.any() and not table.command.any()
    assert np.median(table.graded_at - table.received_at) == pytest.approx(3.0, rel=0.15)


def test_attendance_by_probability_and_at_a_level_from_the_same_uniform(build) -> None:
    levels = {"CRITICAL": {"attendance": {"call": {"officers": {2: 0.35, 3: 0.55, 5: 0.10}}}}}
    line = ({"level": "SEVERE"}, {"at": "14 days", "level": "CRITICAL"})
    usual = columns(draw_incidents(build(), Streams(10, 0), 0.0, 4 * WEEK))
    raised = columns(draw_incidents(build(levels=levels, line=line), Streams(10, 0), 0.0, 4 * WEEK))
    officers = usual["needs"][:, Capability.OFFICERS]
    observed = [int((officers == number).sum()) for number in (1, 2, 4)]
    assert stats.chisquare(observed, np.array([0.35, 0.55, 0.10]) * officers.size).pvalue > 1e-3
    assert set(usual["needs"][:, Capability.CED]) == {1}
    late = raised["level"] == ThreatLevel.CRITICAL
    assert np.array_equal(late, usual["received_at"] >= 2 * WEEK)
    assert np.array_equal(raised["needs"][late, 0], officers[late] + 1)
    assert not raised["needs"][late, Capability.CED].any()
    assert np.array_equal(raised["needs"][~late], usual["needs"][~late])
    assert set(usual) - same(usual, raised) == {"needs", "level"}


def test_points_are_uniform_in_the_disc_of_a_zone_drawn_by_weight(build) -> None:
    table = draw_incidents(build(), Streams(11, 0), 0.0, 8 * WEEK)
    n = len(table)
    assert np.bincount(table.zone, minlength=3)[2] == 0
    assert (table.zone == 1).mean() == pytest.approx(0.75, abs=4 * (3 / 16 / n) ** 0.5)
    centre, area = np.array([0.0, 10.0])[table.zone], np.array([4.0, 1.0])[table.zone]
    east, north = table.x - centre, table.y
    share = np.pi * (east**2 + north**2) / area
    assert share.max() <= 1.0
    assert stats.kstest(share, "uniform").pvalue > 1e-3
    assert stats.kstest(np.arctan2(north, east) / (2 * np.pi) + 0.5, "uniform").pvalue > 1e-3


def test_zones_by_rate(build) -> None:
    rest = {name: value for name, value in CALL.items() if name != "annual"}
    world = build({"call": {**rest, "annual_by_zone": {"C": 3000.0, "B": 1000.0}}})
    table = draw_incidents(world, Streams(12, 0), 0.0, 26 * WEEK)
    assert len(table) == pytest.approx(4000 * 26 * WEEK / MINUTES_PER_YEAR, rel=0.1)
    assert np.bincount(table.zone)[0] == 0
    assert (table.zone == 2).mean() == pytest.approx(0.75, abs=0.04)


def test_a_replication_draws_the_same_again_and_another_does_not(build) -> None:
    world = build()
    one, again, other = (draw_incidents(world, Streams(1, k), 0.0, WEEK) for k in (0, 0, 1))
    assert np.array_equal(one.graded_at, again.graded_at)
    assert not np.array_equal(one.graded_at[:50], other.graded_at[:50])


def test_no_demand_no_rows(build) -> None:
    table = draw_incidents(build({"call": {**CALL, "annual": 0.0}}), Streams(1, 0), 0.0, WEEK)
    assert len(table) == 0
    assert table.places == [] and table.needs.shape == (0, 4)


SPELL = (
    {"level": "SEVERE"},
    {"at": "1 day", "level": "CRITICAL"},
    {"at": "3 days 30 min", "level": "SEVERE"},
)


def posts(build, begin=-1440.0, end=WEEK, line=SPELL, backfill=None, **changes) -> list:
    level = {"posts": {"gate": {**POST, **changes}}}
    if backfill:
        level["backfill_after"] = backfill
    world: World = build(levels={"CRITICAL": level}, line=line)
    return post_incidents(world, timeline(world.scenario), begin, end)


def spans(found) -> list[tuple[float, float]]:
    return [(one.opens, one.closes) for one in found]


def test_a_post_of_24_hours_is_one_for_the_whole_spell(build) -> None:
    (post,) = posts(build)
    assert (post.name, post.index, post.opens, post.closes) == ("gate", 0, 1440.0, 4350.0)
    assert (post.needs, post.kinds, post.zone, post.place[:2]) == ((0, 0, 2, 0), (1, 0), 1, (10.0, 0.0))


def test_opening_hours_past_midnight_are_cut_at_the_ends_of_the_spell(build) -> None:
    expected = [(1440.0, 1500.0), (2640.0, 2940.0), (4080.0, 4350.0)]
    assert spans(posts(build, hours="20:00-01:00")) == expected


def test_a_post_starts_after_its_delay_and_ends_when_backfill_takes_over(build) -> None:
    found = posts(build, starts_after="1 h", until_backfill=True, backfill="36 h")
    assert spans(found) == [(1500.0, 3600.0)]
    assert spans(posts(build, starts_after="1 h", backfill="36 h")) == [(1500.0, 4350.0)]
    assert spans(posts(build, until_backfill=True)) == [(1440.0, 4350.0)]
    assert posts(build, starts_after="40 h", until_backfill=True, backfill="36 h") == []


def test_delays_count_from_the_start_of_the_spell_even_when_it_began_before(build) -> None:
    assert spans(posts(build, begin=2000.0, until_backfill=True, backfill="36 h")) == [(2000.0, 3600.0)]
    assert posts(build, begin=4000.0, until_backfill=True, backfill="36 h") == []


def test_a_level_held_throughout_takes_hold_when_the_run_begins(build) -> None:
    held = ({"level": "CRITICAL"},)
    assert spans(posts(build, line=held, starts_after="1 h")) == [(-1380.0, WEEK)]


def test_each_count_is_a_post_in_order_of_opening_and_index(build) -> None:
    found = posts(build, count=2, hours="09:00-21:00")
    assert [(one.index, one.opens) for one in found] == [(0, 1980.0), (1, 1980.0), (0, 3420.0), (1, 3420.0)]
    assert {one.closes - one.opens for one in found} == {720.0}


def test_other_levels_have_no_posts(build) -> None:
    assert posts(build, line=({"level": "SEVERE"},)) == []


def test_added_incidents_are_no_copies_of_the_usual_ones(build) -> None:
    world = build(levels={"SEVERE": {"demand": {"call": 2.0}}})
    table = draw_incidents(world, Streams(13, 0), 0.0, WEEK)
    for name in ("received_at", "on_scene", "x"):
        assert np.unique(getattr(table, name)).size == len(table), name


def test_a_low_uniform_is_a_low_number_in_whatever_order_the_probabilities_are_written() -> None:
    uniforms = np.tile(np.array([0.0, 0.34, 0.36, 0.89, 0.91])[:, None], 4)
    needs = requirements({"ced": 1, "officers": {4: 0.10, 1: 0.35, 2: 0.55}}, uniforms)
    assert needs.tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [2, 1, 0, 0], [2, 1, 0, 0], [4, 1, 0, 0]]
