"""Weights of zones: the kernel follows places, the law of residents its exponent, and neither leaks."""

import numpy as np
import pytest

from armsim.analysis.fitting.blocks import redrawn_days
from armsim.analysis.fitting.spatial import (
    ZoneTable,
    _spread,
    fit_spatial,
    log_likelihood,
    nearest_zones,
    residents_alone,
)


def grid(side=12, seed=1):
    rng = np.random.default_rng(seed)
    x, y = (axis.ravel().astype(float) for axis in np.meshgrid(np.arange(side), np.arange(side)))
    people = rng.integers(500, 4000, side * side).astype(float)
    away = np.hypot(x[:, None] - x, y[:, None] - y)
    return ZoneTable(x, y, np.ones(side * side), people, (away <= 3) @ people)


def drawn(rng, shares, count, days=60):
    return rng.choice(len(shares), size=count, p=shares / shares.sum()), rng.integers(0, days, count)


def test_beta_comes_back_within_its_limits():
    zones, rng = grid(), np.random.default_rng(2)
    zone, day = drawn(rng, zones.population * zones.people_3km**0.8, 8000)
    fit = fit_spatial(zone, day, zones, redrawn_days(rng, 60, 100))
    assert fit.beta.value == pytest.approx(0.8, abs=0.15)
    assert fit.beta.low < 0.8 < fit.beta.high
    assert fit.by_residents.sum() == pytest.approx(1)


def test_a_hot_spot_that_residents_do_not_explain_is_found_by_the_kernel():
    zones, rng = grid(), np.random.default_rng(3)
    hot = 1 + 8 * np.exp(-((zones.x - 3) ** 2 + (zones.y - 8) ** 2) / 4)
    zone, day = drawn(rng, zones.population * hot, 5000)
    later, _ = drawn(rng, zones.population * hot, 5000)
    fit = fit_spatial(zone, day, zones, redrawn_days(rng, 60, 50))
    alone = log_likelihood(residents_alone(zones), later).mean()
    kernel = log_likelihood(fit.kernel, later).mean() - alone
    law = log_likelihood(fit.by_residents, later).mean() - alone
    assert kernel > 0.15
    assert kernel > law + 0.1
    # What days left out promised is what later days bring.
    assert fit.left_out == pytest.approx((kernel, law), abs=0.05)
    assert fit.carrier == "residents"


def test_scattered_incidents_ask_for_a_wide_kernel_and_single_places_for_none():
    zones, rng = grid(), np.random.default_rng(4)
    weights = redrawn_days(rng, 60, 10)
    wide = fit_spatial(*drawn(rng, zones.population, 600), zones, weights)
    few = np.where(np.isin(np.arange(144), [3, 77, 120]), 1.0, 1e-9)
    narrow = fit_spatial(*drawn(rng, few, 600), zones, weights)
    assert wide.bandwidth >= 2.0
    assert narrow.bandwidth <= 0.25
    assert narrow.kernel[[3, 77, 120]].sum() > 0.98


def test_nothing_leaks_over_the_edge():
    zones = grid()
    rows = np.zeros((2, 144))
    rows[0, 0] = 5.0  # a corner
    rows[1, :] = 1.0
    for carrier in ("area", "residents"):
        spread = _spread(rows, zones, carrier, 2.0)
        assert spread.sum(axis=1) == pytest.approx([5.0, 144.0])
        assert spread[0].argmax() in (0, 1, 12, 13)
    assert _spread(rows, zones, "area", 0.0) is rows


def test_zones_where_nobody_lives_keep_what_happens_there():
    zones = grid()
    empty = ZoneTable(zones.x, zones.y, zones.area_km2, np.zeros(144), zones.people_3km)
    spread = _spread(np.eye(144)[:1] * 3, empty, "residents", 1.0)
    assert spread[0, 0] == 3.0
    assert residents_alone(empty) == pytest.approx(np.full(144, 1 / 144))


def test_points_fall_to_the_nearest_zone_and_far_ones_to_none():
    zones = grid()
    x = np.array([0.2, 11.0, np.nan, 90.0])
    assert nearest_zones(x, np.array([0.1, 10.6, 1.0, 1.0]), zones).tolist() == [0, 143, -1, -1]


def test_few_incidents_give_nothing():
    zones = grid()
    assert fit_spatial(np.zeros(5, dtype=int), np.zeros(5, dtype=int), zones, np.ones((2, 60))) is None
