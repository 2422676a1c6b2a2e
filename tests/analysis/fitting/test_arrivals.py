"""Rates, season and day-to-day spread come back from days made with known ones."""

import numpy as np
import pytest

from armsim.analysis.fitting.arrivals import (
    DAYS_PER_YEAR,
    annual_rate,
    count_limits,
    fit_season,
    fit_spread,
)
from armsim.analysis.fitting.blocks import estimate, redrawn_days

WEEK = np.array([1.0, 0.9, 0.9, 1.0, 1.2, 1.3, 0.7])


def days_of(rng, days, means, cv, shared):
    """Counts by type and day: the model of armsim.model.profiles.day_factors."""
    week = WEEK[np.arange(days) % 7]
    shape = cv**-2
    common = rng.gamma(shared * shape, 1 / shape, days) if shared else np.zeros(days)
    rows = []
    for mean in means:
        own = rng.gamma((1 - shared) * shape, 1 / shape, days) if shared < 1 else np.zeros(days)
        rows.append(rng.poisson(mean * week * (common + own)))
    return np.array(rows, dtype=np.float64)


def test_the_rate_of_equal_days_is_exact():
    rate = annual_rate(np.full(30, 4.0), redrawn_days(np.random.default_rng(1), 30, 50))
    assert rate.value == pytest.approx(4 * DAYS_PER_YEAR)
    assert (rate.replications, rate.count) == (30, 120.0)


@pytest.mark.parametrize(
    ("per_day", "low", "high"),  # exact limits of a Poisson count of 120, of 1 and of 0: tables of Garwood
    [(np.full(30, 4.0), 99.49, 143.49), (np.ones(1), 0.0253, 5.572), (np.zeros(2), 0.0, 3.689)],
)
def test_limits_of_the_rate_are_no_narrower_than_those_of_a_count(per_day, low, high):
    rate = annual_rate(per_day, redrawn_days(np.random.default_rng(1), len(per_day), 50))
    scale = DAYS_PER_YEAR / len(per_day)
    assert (rate.low, rate.high) == pytest.approx((low * scale, high * scale), rel=1e-3)


def test_one_day_has_no_limits_but_those_of_its_count():
    one = estimate(1.5, np.full(40, 1.5), days=1, count=500.0)
    assert np.isnan([one.low, one.high]).all()


def test_intervals_of_the_rate_cover_it():
    rng, covered = np.random.default_rng(7), 0
    for _ in range(200):
        counts = days_of(rng, 84, [20.0], 0.2, 0.0)[0]
        rate = annual_rate(counts, redrawn_days(rng, 84, 100))
        covered += rate.low <= 20.0 * DAYS_PER_YEAR <= rate.high
    # 95% meant; percentile limits of 84 days with 100 draws are a little short. 4 sd of a binomial: 0.06.
    assert covered / 200 > 0.85


def test_spread_and_its_common_part_come_back():
    rng = np.random.default_rng(11)
    days = 1400
    counts = days_of(rng, days, [30.0, 50.0, 12.0], 0.25, 0.6)
    fit = fit_spread(counts, np.arange(days) % 7, redrawn_days(rng, days, 200))
    assert fit.cv.value == pytest.approx(0.25, abs=0.02)
    assert fit.shared.value == pytest.approx(0.6, abs=0.08)
    assert abs(fit.cv.value - 0.25) < 2 * fit.cv.half_width < 0.04
    assert abs(fit.shared.value - 0.6) < 2 * fit.shared.half_width < 0.16
    assert all(one.value == pytest.approx(0.25, abs=0.05) for one in fit.by_type)


def test_intervals_of_the_spread_cover_it():
    rng, covered, values = np.random.default_rng(3), 0, []
    for _ in range(200):
        counts = days_of(rng, 120, [40.0, 40.0], 0.2, 0.5)
        fit = fit_spread(counts, np.arange(120) % 7, redrawn_days(rng, 120, 100))
        covered += fit.cv.low <= 0.2 <= fit.cv.high
        values.append(fit.cv.value**2)
    assert covered / 200 > 0.83
    # Means of the days of the week are fitted to the same days; the estimate of the variance allows for it.
    assert np.mean(values) == pytest.approx(0.04, abs=0.002)


def test_a_doubled_spread_is_seen():
    rng = np.random.default_rng(5)
    weights = redrawn_days(rng, 280, 200)
    narrow = fit_spread(days_of(rng, 280, [60.0], 0.15, 0.0), np.arange(280) % 7, weights)
    wide = fit_spread(days_of(rng, 280, [60.0], 0.30, 0.0), np.arange(280) % 7, weights)
    assert narrow.cv.high < wide.cv.low


def test_days_that_differ_by_chance_alone_have_no_spread():
    rng = np.random.default_rng(2)
    counts = rng.poisson(25.0 * WEEK[np.arange(700) % 7]).astype(float)[None, :]
    fit = fit_spread(counts, np.arange(700) % 7, redrawn_days(rng, 700, 200))
    assert fit.cv.value < 0.06
    assert fit.cv.low == 0.0
    assert np.isnan(fit.shared.value)


def test_one_day_of_twice_the_demand_is_named_and_left_out():
    rng = np.random.default_rng(4)
    counts = days_of(rng, 90, [100.0, 80.0], 0.1, 0.5)
    plain = fit_spread(counts, np.arange(90) % 7, redrawn_days(rng, 90, 50))
    assert plain.extreme == ()
    counts[:, 53] *= 2.2
    fit = fit_spread(counts, np.arange(90) % 7, redrawn_days(rng, 90, 50))
    assert [day for day, _, _ in fit.extreme] == [53]
    assert fit.extreme[0][1] == counts[:, 53].sum()
    assert fit.extreme[0][2] == pytest.approx(180 * WEEK[53 % 7], rel=0.15)
    assert fit.cv.value == pytest.approx(plain.cv.value, abs=0.02)
    assert fit.with_extreme > 1.4 * fit.cv.value


def test_too_few_days_give_no_spread():
    counts = np.full((1, 8), 5.0)
    assert fit_spread(counts, np.arange(8) % 7, redrawn_days(np.random.default_rng(1), 8, 10)) is None


def test_season_comes_back_and_needs_a_whole_year():
    rng = np.random.default_rng(9)
    month = (np.datetime64("2015-01-01") + np.arange(1096)).astype("datetime64[M]").astype(int) % 12
    truth = 1 + 0.3 * np.cos(2 * np.pi * np.arange(12) / 12)
    counts = rng.poisson(80 * truth[month]).astype(float)
    weights = redrawn_days(rng, 1096, 100)
    fit = fit_season(counts, month, weights)
    share = truth / (truth @ np.bincount(month) / len(month))
    assert fit.factors == pytest.approx(share, abs=0.04)
    assert np.average(fit.factors, weights=np.bincount(month)) == pytest.approx(1.0, abs=1e-3)
    low, high = fit.interval(0)
    assert low < share[0] < high
    assert fit_season(counts[:300], month[:300], weights[:, :300]) is None


def test_limits_of_a_future_count():
    low, high = count_limits(100.0, 25.0, 0.0, np.nan, np.nan, 0.95)
    assert (low, high) == pytest.approx((100 - 19.6, 100 + 19.6), abs=0.01)
    wider = count_limits(100.0, 25.0, 0.5, 90.0, 110.0, 0.95)
    assert wider[1] - wider[0] > high - low
    assert count_limits(0.5, 1.0, 0.0, 0.0, 1.0, 0.95)[0] == 0.0
