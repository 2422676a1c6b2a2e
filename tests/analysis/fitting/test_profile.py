"""Hour-of-week profiles come back, smooth where they are, and a shift of an hour is seen."""

import json

import numpy as np
import pytest

from armsim.analysis.fitting.blocks import redrawn_days
from armsim.analysis.fitting.poisson import fit_poisson
from armsim.analysis.fitting.profile import Shape, by_hour, fit_profile
from armsim.config.schema.demand import Profile
from armsim.model.profiles import weekly
from armsim.study.calibrate.arrivals import written_profile

HOURS = np.arange(24)
DAY = 1 + 0.7 * np.cos(2 * np.pi * (HOURS - 17) / 24)
WEEK = np.repeat([1.0, 0.9, 0.9, 1.0, 1.2, 1.4, 0.8], 24).reshape(7, 24) * DAY


def drawn(rng, days, mean, week=WEEK):
    weekday = np.arange(days) % 7
    return rng.poisson(mean * week[weekday] / week.mean()).astype(float), weekday


def test_poisson_regression_of_groups_gives_their_rates():
    design = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    fit = fit_poisson(design, np.array([3.0, 5.0, 12.0]), np.array([2.0, 2.0, 3.0]))
    assert np.exp(fit.coefficients) == pytest.approx([2.0, 2.0], rel=1e-6)
    from scipy.stats import poisson

    said = poisson.logpmf([3, 5, 12], [4.0, 4.0, 12.0]).sum()
    assert fit.log_likelihood == pytest.approx(said)


def test_poisson_regression_without_counts_is_refused():
    with pytest.raises(ValueError, match="no counts"):
        fit_poisson(np.ones((2, 1)), np.zeros(2), np.ones(2))


def test_a_profile_comes_back_within_its_limits():
    rng = np.random.default_rng(1)
    counts, weekday = drawn(rng, 364, 3.0)
    fit = fit_profile(counts, weekday, redrawn_days(rng, 364, 100))
    truth = (WEEK / WEEK.mean()).ravel()
    assert fit.rates.mean() == pytest.approx(1.0)
    assert np.abs(fit.rates / truth - 1).max() < 0.12
    low, high = np.quantile(fit.draws, [0.025, 0.975], axis=0)
    assert ((low <= truth) & (truth <= high)).mean() > 0.85
    assert fit.shape.waves <= 3
    assert fit.shape.days
    assert fit.flat > 100


def test_limits_of_a_short_log_know_that_another_shape_may_be_the_right_one():
    """Saturdays and Sundays are hardly told from other days here: by the best shape alone they are alike."""
    rng = np.random.default_rng(5)
    week = np.repeat([1.0, 1.0, 1.0, 1.0, 1.0, 1.25, 1.0], 24).reshape(7, 24) * DAY
    counts, weekday = drawn(rng, 42, 0.3, week)
    fit = fit_profile(counts, weekday, redrawn_days(rng, 42, 60))
    assert not fit.shape.days
    apart = np.ptp(fit.draws.reshape(-1, 7, 24).sum(axis=2), axis=1) > 1e-6
    assert 0.05 < apart.mean() < 0.8


def test_a_profile_an_hour_late_is_seen():
    rng = np.random.default_rng(2)
    counts, weekday = drawn(rng, 364, 3.0)
    late, _ = drawn(rng, 364, 3.0, np.roll(WEEK.ravel(), 1).reshape(7, 24))
    weights = redrawn_days(rng, 364, 100)
    one, two = fit_profile(counts, weekday, weights), fit_profile(late, weekday, weights)
    # At six in the morning the rate climbs: an hour later it is clearly lower.
    morning = 24 * np.arange(7) + 9
    assert np.quantile(two.draws[:, morning].mean(axis=1), 0.975) < np.quantile(
        one.draws[:, morning].mean(axis=1), 0.025
    )


def test_equal_hours_stay_flat():
    rng = np.random.default_rng(3)
    counts = rng.poisson(2.0, (140, 24)).astype(float)
    fit = fit_profile(counts, np.arange(140) % 7, redrawn_days(rng, 140, 50))
    assert np.abs(fit.rates - 1).max() < 0.15


def test_nights_of_saturday_are_given_to_saturday():
    """Hours until six belong to the evening before, where the counts say so."""
    rng = np.random.default_rng(4)
    week = np.ones(168)
    saturday_night = np.arange(5 * 24 + 20, 5 * 24 + 29)
    week[saturday_night % 168] = 5.0
    counts, weekday = drawn(rng, 364, 2.0, week.reshape(7, 24))
    fit = fit_profile(counts, weekday, redrawn_days(rng, 364, 20))
    assert fit.shape.turn == 6
    assert any(5 in group for group in fit.shape.groups)
    assert fit.rates[5 * 24 + 23] > 2.5
    assert fit.rates[6 * 24 + 2] > 2.5
    assert fit.rates[5 * 24 + 2] < 1.5


def test_few_incidents_give_no_profile_and_few_days_only_hours():
    rng = np.random.default_rng(5)
    counts, weekday = drawn(rng, 6, 10.0)
    assert fit_profile(np.zeros((6, 24)), weekday, redrawn_days(rng, 6, 10)) is None
    fit = fit_profile(counts, weekday, redrawn_days(rng, 6, 40))
    assert not fit.shape.days
    assert fit.rates.reshape(7, 24).std(axis=0) == pytest.approx(np.zeros(24), abs=1e-12)


def test_counts_by_day_and_hour():
    table = by_hour(np.array([0, 0, 1]), np.array([3, 3, 23]), 2)
    assert table.shape == (2, 24)
    assert (table[0, 3], table[1, 23], table.sum()) == (2, 1, 3)


@pytest.mark.parametrize(
    "shape",
    [
        Shape(3, False),
        Shape(2, True),
        Shape(2, True, turn=6),
        Shape(3, True, ((5, 6),), 2),
        Shape(3, True, ((5, 6),), 2, 6),
        Shape(4, True, ((4,), (5,), (6,)), 3, 6),
    ],
)
def test_a_profile_as_written_is_the_profile(shape):
    from armsim.analysis.fitting.profile import _design

    design = _design(shape)
    rates = np.exp(design @ np.random.default_rng(6).normal(0, 0.3, design.shape[1]))
    rates /= rates.mean()
    profile = Profile.model_validate_json(json.dumps(written_profile(rates, shape)))
    assert weekly(profile) == pytest.approx(rates, rel=3e-3)
