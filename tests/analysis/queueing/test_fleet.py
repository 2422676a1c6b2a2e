"""Fleets at an hour: the hypercube on a world's own bases, and travel of units that stand or rove."""

import numpy as np
import pytest

from armsim.analysis.queueing import fleet as module
from armsim.analysis.queueing.crews import Crews, crews
from armsim.analysis.queueing.erlang import erlang_c
from armsim.analysis.queueing.fleet import MOST_BUSY, at_hour, whole_units
from armsim.analysis.queueing.reach import GRID, Reach, mean_minutes, within
from armsim.domain import ThreatLevel
from armsim.model.world import World
from armsim.testing.small_world import small_world

LEVEL = ThreatLevel.SEVERE


def cars(world: World, force: int) -> tuple[Crews, list, Reach]:
    """Cars of the small world in one force, as the roster has them: no crew, all standing."""
    found = crews(world, LEVEL, 1)
    kind = world.kinds.index("car")
    cells = [cell for cell in found.cells if cell.kind == kind and cell.base.force == force]
    return found, cells, Reach.of(world, cells, world.ground.own[force])


def test_standing_units_are_all_there() -> None:
    _, cells, reach = cars(small_world(), 0)
    assert [cell.base.name for cell in cells] == ["East", "West"]
    assert [float(cell.on_duty.mean()) for cell in cells] == [2.0, 1.0]
    assert reach.curves.shape == (2, 6, len(GRID))


def test_a_standing_unit_is_as_far_as_its_base() -> None:
    world = small_world()
    _, cells, reach = cars(world, 0)
    direct = world.travel.minutes_to_zones([cell.base.place for cell in cells])[:, :6]
    # Inside its own zone it drives to a point, elsewhere to the centroid; the grid rounds a little.
    away = direct > 0.5
    assert np.abs(reach.minutes - direct)[away].max() <= 1.5
    assert (reach.minutes[~away] > 0).all()


def test_the_nearest_of_n_roving_units_is_a_minimum_of_draws() -> None:
    patrol = {"area": "force", "slot": "30 min"}
    kind = {"bases": "all", "crew": 2, "serves": ("G2",), "standing": {"East": 4}, "patrol": patrol}
    world = small_world(units={"car": kind, "arv": {**kind, "armed": True, "arv": True}})
    _, _, reach = cars(world, 0)
    one, four = reach.none_within(np.array([1.0])), reach.none_within(np.array([4.0]))
    assert four == pytest.approx(one**4, abs=1e-9)
    assert reach.none_within_of(np.array([4.0]), np.array([0.5])) == pytest.approx(
        (1 - 0.5 * (1 - one)) ** 4, abs=1e-9
    )
    assert (mean_minutes(four) < mean_minutes(one)).all()
    limits = np.full(6, GRID[10])
    assert within(one, limits) == pytest.approx(1 - one[:, 10])
    assert within(one, np.full(6, -1.0)) == pytest.approx(np.zeros(6))


def test_nobody_is_free_as_often_as_erlang_says() -> None:
    _, _, reach = cars(small_world(), 0)
    hour = at_hour(np.array([2.0, 1.0]), 1.5, np.full(6, 1 / 6), reach)
    assert hour.exact
    assert hour.chance.sum() == pytest.approx(1)
    assert hour.nobody == pytest.approx(float(erlang_c(3, 1.5)), rel=1e-4)
    assert hour.busy @ hour.units == pytest.approx(1.5, rel=1e-4)
    none = hour.none_within(reach)
    assert none[:, -1] == pytest.approx(np.full(6, hour.nobody), rel=1e-6)


def test_the_approximation_of_a_fleet_is_close(monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, reach = cars(small_world(), 0)
    demand = np.array([0.1, 0.2, 0.3, 0.1, 0.1, 0.2])
    exact = at_hour(np.array([4.0, 3.0]), 4.0, demand, reach)
    monkeypatch.setattr(module, "EXACT_UNITS", 2)
    close = at_hour(np.array([4.0, 3.0]), 4.0, demand, reach)
    assert (exact.exact, close.exact) == (True, False)
    assert close.busy == pytest.approx(exact.busy, abs=0.02)


def test_units_made_whole() -> None:
    assert whole_units(np.array([2.9, 0.9])).tolist() == [3, 1]
    assert whole_units(np.array([0.2, 0.1])).tolist() == [1, 0]
    assert whole_units(np.array([1.4, 1.4, 1.4])).sum() == 4


def test_quiet_and_too_busy_hours() -> None:
    _, _, reach = cars(small_world(), 0)
    idle = at_hour(np.array([2.0, 1.0]), 0.0, np.full(6, 1 / 6), reach)
    assert (idle.nobody, idle.busy.tolist()) == (0.0, [0.0, 0.0])
    most = at_hour(np.array([2.0, 1.0]), 30.0, np.full(6, 1 / 6), reach)
    assert most.busy @ most.units == pytest.approx(3 * MOST_BUSY, rel=1e-3)


def test_cells_that_rove_over_the_same_ground_share_the_work() -> None:
    patrol = {"area": "force", "slot": "30 min"}
    kind = {
        "bases": "all",
        "crew": 2,
        "serves": ("G2",),
        "standing": {"East": 2, "West": 2},
        "patrol": patrol,
    }
    world = small_world(units={"car": kind, "arv": {**kind, "armed": True, "arv": True}})
    _, _, reach = cars(world, 0)
    hour = at_hour(np.array([2.0, 2.0]), 2.0, np.full(6, 1 / 6), reach)
    assert hour.busy == pytest.approx([0.5, 0.5], abs=0.04)
