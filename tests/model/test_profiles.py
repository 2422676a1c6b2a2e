from datetime import date

import numpy as np
import pytest
from scipy import stats

from armsim.config.schema.demand import DayToDay, Profile
from armsim.model.profiles import (
    DAYS_PER_MONTH,
    arrivals,
    day_factors,
    hour_of_week,
    hourly_grid,
    seasonal,
    shared_days,
    week_minutes,
    weekly,
)
from armsim.streams import Streams

MONDAY = date(2018, 3, 5)


def test_hours_past_midnight_belong_to_the_day_on_which_they_begin() -> None:
    adjusted = Profile.model_validate(
        {"hours": (1.0,) * 24, "adjustments": ({"days": ("sun",), "hours": "23:00-01:00", "factor": 3.0},)}
    )
    relative = weekly(adjusted)
    high = np.flatnonzero(relative > relative.min())
    assert high.tolist() == [0, 167]
    assert relative[167] / relative[100] == pytest.approx(3.0)
    assert relative.mean() == pytest.approx(1.0, abs=1e-14)


def test_part_of_an_hour_counts_for_that_part_and_adjustments_multiply() -> None:
    adjusted = Profile.model_validate(
        {
            "hours": (1.0,) * 24,
            "adjustments": (
                {"days": ("mon",), "hours": "10:30-12:00", "factor": 2.0},
                {"days": ("mon",), "hours": "11:00-12:00", "factor": 5.0},
            ),
        }
    )
    relative = weekly(adjusted)
    assert relative[10] / relative[9] == pytest.approx(1.5)
    assert relative[11] / relative[9] == pytest.approx(10.0)


def test_week_minutes_of_a_whole_day() -> None:
    span = Profile.model_validate(
        {"hours": (1.0,) * 24, "adjustments": ({"days": ("tue",), "hours": "24 h", "factor": 1.0},)}
    ).adjustments[0]
    assert week_minutes(span.days, span.hours).tolist() == list(range(1440, 2880))


def test_all_zero_profiles_and_seasons_are_refused() -> None:
    with pytest.raises(ValueError, match="0 at every hour"):
        weekly(Profile.model_validate({"hours": (0.0,) * 24}))
    months = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    with pytest.raises(ValueError, match="0 in every month"):
        seasonal(dict.fromkeys(months, 0.0))


def test_the_season_has_mean_one_over_the_days_of_a_year() -> None:
    factors = seasonal({"jun": 2.0, "feb": 0.5})
    assert np.average(factors, weights=DAYS_PER_MONTH) == pytest.approx(1.0, abs=1e-15)
    assert factors[5] / factors[0] == pytest.approx(2.0)
    assert factors[1] / factors[0] == pytest.approx(0.5)


def test_hour_of_week_counts_from_monday_and_reaches_back() -> None:
    assert hour_of_week(np.array([0.0, 59.9, 60.0, -1.0]), MONDAY).tolist() == [0, 0, 1, 167]
    assert hour_of_week(np.array([0.0]), date(2018, 3, 11)).tolist() == [144]


def test_the_grid_knows_hour_month_and_day_and_is_cut_inside_hours() -> None:
    grid = hourly_grid(date(2018, 2, 28), -90.0, 1500.0, cuts=(-1000.0, 10.0, 60.0))
    assert grid.edges[:5].tolist() == [-90.0, -60.0, 0.0, 10.0, 60.0]
    assert grid.edges[-2:].tolist() == [1440.0, 1500.0]
    assert grid.day[:3].tolist() == [0, 0, 1]
    assert (grid.month[-1], grid.month[-2], grid.month[0]) == (2, 1, 1)
    assert grid.days == 3
    assert grid.hour[2] == 48


def test_day_factors_have_the_stated_mean_variance_and_shared_part() -> None:
    spread = DayToDay(cv=0.3, shared=0.6)
    streams = Streams(5, 0)
    shared = shared_days(streams, 40_000, spread)
    one, other = (day_factors(streams, "call", force, shared, spread) for force in ("one", "other"))
    assert one.mean() == pytest.approx(1.0, abs=0.006)
    assert one.var() == pytest.approx(0.09, rel=0.04)
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(0.6, abs=0.02)
    assert stats.kstest(one, stats.gamma(1 / 0.09, scale=0.09).cdf).pvalue > 1e-3


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_day_factors_that_share_nothing_or_all(share) -> None:
    spread = DayToDay(cv=0.2, shared=share)
    shared = shared_days(Streams(1, 0), 500, spread)
    one, other = (day_factors(Streams(1, 0), name, "here", shared, spread) for name in ("one", "other"))
    assert bool(np.array_equal(one, other)) is (share == 1.0)
    assert one.std() > 0.15


def test_without_spread_all_days_are_equal() -> None:
    shared = shared_days(Streams(1, 0), 7, DayToDay())
    assert day_factors(Streams(1, 0), "any", "here", shared, DayToDay()).tolist() == [1.0] * 7


def test_arrivals_become_unit_exponential_gaps_in_cumulative_rate() -> None:
    edges = np.array([-100.0, 0.0, 50.0, 1000.0, 4000.0])
    rates = np.array([2.0, 0.0, 1.0, 0.5])
    times = arrivals(Streams(3, 1).generator("a"), edges, rates)
    total = np.concatenate([[0.0], np.cumsum(rates * np.diff(edges))])
    gaps = np.diff(np.interp(times, edges, total), prepend=0.0)
    assert stats.kstest(gaps, "expon").pvalue > 1e-3
    assert not ((times > 0.0) & (times < 50.0)).any()
    assert times.size == pytest.approx(total[-1], abs=4 * np.sqrt(total[-1]))


def test_a_later_end_adds_arrivals_and_moves_none() -> None:
    rng = Streams(3, 2)
    short = arrivals(rng.generator("a"), np.array([0.0, 100.0]), np.array([1.0]))
    long = arrivals(rng.generator("a"), np.array([0.0, 5000.0]), np.array([1.0]))
    assert np.allclose(long[: short.size], short, atol=1e-9)
    assert long.size > short.size


def test_no_rate_no_arrivals() -> None:
    assert arrivals(Streams(1, 1).generator("a"), np.array([0.0, 9.0]), np.array([0.0])).size == 0
