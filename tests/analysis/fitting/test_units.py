"""Units of an incident: shares by hand, limits that cover, few large numbers put together."""

import numpy as np
import pytest

from armsim.analysis.fitting.blocks import quantile_estimates, ratio, redrawn_days, weighted_quantiles
from armsim.analysis.fitting.units import fit_units, share_never


def test_shares_by_hand():
    units = np.array([1.0, 1, 2, 0, 3, np.nan])
    fit = fit_units(units, np.array([0, 0, 1, 1, 1, 1]), redrawn_days(np.random.default_rng(1), 2, 20))
    assert fit.shares == {1: 0.5, 2: 0.25, 3: 0.25}
    assert fit.mean.value == 1.75
    assert fit.none.value == pytest.approx(0.2)


def test_nothing_sent_is_no_distribution():
    assert fit_units(np.zeros(3), np.zeros(3, dtype=int), np.ones((2, 1))) is None


def test_a_long_tail_is_put_at_its_mean():
    units = np.concatenate([np.ones(3000), np.full(1000, 2), [20, 24, 30]])
    fit = fit_units(units, np.arange(len(units)) % 10, redrawn_days(np.random.default_rng(1), 10, 20))
    assert set(fit.shares) == {1, 2, 25}
    assert sum(size * share for size, share in fit.shares.items()) == pytest.approx(units.mean(), rel=2e-3)


def test_limits_cover_the_mean():
    rng, covered = np.random.default_rng(2), 0
    for _ in range(200):
        units = rng.choice([1.0, 2.0, 3.0], size=300, p=[0.5, 0.3, 0.2])
        fit = fit_units(units, rng.integers(0, 30, 300), redrawn_days(rng, 30, 100))
        covered += fit.mean.low <= 1.7 <= fit.mean.high
    assert covered / 200 > 0.85


def test_share_that_never_arrived():
    share = share_never(np.array([1, 0, 1, 1]), np.array([0, 0, 1, 1]), np.ones((3, 2)))
    assert (share.value, share.low, share.high) == (0.25, 0.25, 0.25)


def test_ratio_of_days_redrawn():
    weights = np.array([[2.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    found = ratio(np.array([1.0, 3.0]), np.array([2.0, 4.0]), weights, 0.95)
    assert found.value == pytest.approx(4 / 6)
    assert 0.5 <= found.low < found.high <= 0.75


def test_quantiles_count_each_value_as_often_as_its_weight():
    values = np.array([5.0, 1.0, 3.0])
    assert weighted_quantiles(values, np.array([1.0, 1.0, 2.0]), [0.25, 0.5, 0.75, 1.0]).tolist() == [
        1,
        3,
        3,
        5,
    ]
    one = quantile_estimates(values, np.array([0, 1, 1]), np.ones((5, 2)), (0.5,))[0]
    assert (one.value, one.low, one.high, one.count) == (3.0, 3.0, 3.0, 3.0)
    empty = quantile_estimates(np.zeros(0), np.zeros(0, dtype=int), np.ones((5, 1)), (0.5, 0.9))
    assert [np.isnan(each.value) for each in empty] == [True, True]
