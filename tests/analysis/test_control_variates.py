import math

import numpy as np
import pytest

from armsim.analysis.control_variates import control_gain, controlled, variance_ratio


def made(seed=3, size=400, weight=1.0):
    """A figure of mean 5 that owes half its variance to a control of mean 2."""
    rng = np.random.default_rng(seed)
    control = 2 + rng.standard_normal(size)
    return control, 5 + weight * (control - 2) + rng.standard_normal(size)


def test_a_control_that_explains_half_takes_away_half():
    control, values = made()
    assert control_gain(values - values.mean(), control[:, None]) == pytest.approx(0.5, abs=0.06)


def test_the_estimate_moves_by_the_slope_times_what_the_control_missed_its_mean_by():
    control, values = made()
    found = controlled(values.mean(), values - values.mean(), control[:, None], np.array([2.0]))
    slope = np.polyfit(control, values, 1)[0]
    assert found.used
    assert found.estimate.value == pytest.approx(values.mean() - slope * (control.mean() - 2))
    plain = controlled(values.mean(), values - values.mean(), np.ones((400, 1)), np.array([1.0]))
    assert found.estimate.half_width == pytest.approx(plain.estimate.half_width / math.sqrt(2), rel=0.06)


def test_a_control_that_explains_little_is_not_used():
    control, values = made(weight=0.1)
    found = controlled(7.0, values - values.mean(), control[:, None], np.array([2.0]))
    assert not found.used
    assert found.estimate.value == 7.0


def test_controls_cost_replications():
    noise = np.random.default_rng(1).standard_normal((12, 5))
    assert control_gain(noise[:, 0], noise[:, 1:]) < 0.5
    assert math.isnan(control_gain(noise[:5, 0], noise[:5, 1:]))


def test_variance_ratio_and_its_limits():
    """Pairs correlated 0.9 with equal variances: 2 / (2 - 1.8) = 10."""
    rng = np.random.default_rng(4)
    cover = np.array([[1, 0.9], [0.9, 1]])
    held = 0
    for _ in range(300):
        paired = rng.multivariate_normal([0, 0], cover, 100).T
        apart = rng.standard_normal((2, 100))
        found = variance_ratio((paired[0], paired[1]), (apart[0], apart[1]))
        held += found.low <= 10 <= found.high
    assert 0.92 <= held / 300 <= 0.98


def test_pairs_that_do_not_differ():
    values = np.arange(10.0)
    assert variance_ratio((values, values), (values, values)).value == math.inf
