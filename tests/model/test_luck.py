"""Luck that the units of an incident have in common."""

import numpy as np
import pytest

from armsim.domain import Record, UnitStatus
from armsim.engine.simulation import simulate
from armsim.model.attributes import Source
from armsim.model.incident_table import ORDINALS
from armsim.model.luck import LaterLuck, trip_luck
from armsim.streams import Streams
from armsim.testing.small_world import small_world

COUNT = 6000


def luck(shared: float, later: int = 2) -> np.ndarray:
    """Trip luck of six units of many incidents, shape (COUNT, ORDINALS + later)."""
    streams = Streams(5, 0)
    first = trip_luck(Source(streams, "demand", "call"), shared, COUNT)
    more = LaterLuck(streams, shared)
    rest = [[more(key, ORDINALS + n, row)[1] for n in range(later)] for key, row in enumerate(first)]
    return np.hstack([first, np.array(rest)])


@pytest.mark.parametrize("shared", [0.0, 0.4, 1.0])
def test_every_pair_of_units_has_the_correlation_that_is_asked_for(shared):
    z = luck(shared)
    assert np.abs(z.mean(axis=0)).max() < 4 / np.sqrt(COUNT)
    assert np.abs(z.std(axis=0) - 1).max() < 4 / np.sqrt(2 * COUNT)
    pairs = np.corrcoef(z, rowvar=False)[np.triu_indices(ORDINALS + 2, 1)]
    assert np.abs(pairs - shared).max() < 4 * max(1 - shared**2, 1e-6) / np.sqrt(COUNT)


def test_nothing_in_common_leaves_every_draw_where_it_was():
    streams = Streams(5, 0)
    own = streams.generator("demand", "call", "trip").standard_normal((7, ORDINALS), dtype=np.float32)
    assert np.array_equal(trip_luck(Source(streams, "demand", "call"), 0.0, 7), own)
    expected = streams.generator("luck", "11", "5").standard_normal(2).tolist()
    assert list(LaterLuck(streams, 0.0)(11, 5, own[0])) == expected


def test_units_of_a_post_have_nothing_in_common():
    streams = Streams(5, 0)
    assert LaterLuck(streams, 0.7)(3, 5, ()) == LaterLuck(streams, 0.0)(3, 5, ())


@pytest.mark.parametrize("shared", [0.0, 1.0])
def test_cars_from_one_base_arrive_together_when_all_luck_is_shared(shared):
    """Five cars of two bases to one job: those from one base take the same time, the fifth like the first."""
    job = {"grade": "G2", "annual": 400, "attendance": {"officers": 10}, "on_scene": {"exactly": "5 min"}}
    travel = {
        "kind": "crow_fly", "acceleration": "30 km/min2", "cruising_speed": "60 km/h",
        "trip_noise": {"at_zero": 0.4, "floor": 0.4, "shared": shared},
    }  # fmt: skip
    units = {"car": {"bases": "all", "crew": 2, "serves": ("G2",), "standing": {"Mid": 5}}}
    world = small_world(demand={"types": {"job": job}}, travel=travel, units=units, window="30 days")
    sent = simulate(world, 1, 0, Record.DEPLOYMENTS).tables["deployments"]
    minutes = sent["arrived_at"] - sent["mobile_at"]
    firsts = minutes[sent["ordinal"] == 0]
    at_base = sent["status_before"] == UnitStatus.AVAILABLE_AT_BASE
    for ordinal in (1, 4):
        mine = sent["ordinal"] == ordinal
        both = at_base[mine] & at_base[sent["ordinal"] == 0]
        assert both.sum() > 10
        assert np.allclose(minutes[mine][both], firsts[both]) == bool(shared)
