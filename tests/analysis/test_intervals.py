"""Means and ratios over replications, against published cases and by hand."""

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest

from armsim.analysis.intervals import mean_interval, ratio_of_sums, t_quantile


@pytest.fixture
def cases():
    data = os.environ.get("ARMSIM_DATA")
    if data is None:
        pytest.skip("ARMSIM_DATA is unset: the published analysis cases are not at hand")
    return json.loads((Path(data).parent / "theory" / "analysis_cases.json").read_text(encoding="utf-8"))


def test_mean_interval_of_the_published_case(cases):
    case = cases["t_ci_95"]
    estimate = mean_interval(case["input"])
    assert estimate.value == pytest.approx(case["mean"], rel=1e-12)
    assert estimate.half_width == pytest.approx(case["half_width"], rel=1e-12)


def test_ratio_of_the_published_case(cases):
    case = cases["ratio_jackknife"]
    estimate = ratio_of_sums(case["within_target"], case["calls"])
    assert estimate.value == pytest.approx(case["ratio"], rel=1e-12)
    assert estimate.half_width == pytest.approx(case["half_width_95"], rel=1e-12)
    assert estimate.value != pytest.approx(case["mean_of_ratios"], abs=1e-3)


def test_ratio_worked_by_hand():
    """5/10 and 20/20 pool to 25/30; leaving out either gives 1 and 0.5.

    About their mean 0.75 the sum of squares is 0.125, times (2 - 1)/2 makes 0.0625, the square of 0.25. At
    50% with one degree of freedom t = 1.
    """
    estimate = ratio_of_sums([5, 20], [10, 20], level=0.5)
    assert estimate.value == 25 / 30
    assert estimate.half_width == pytest.approx(0.25, rel=1e-12)
    assert (estimate.replications, estimate.count) == (2, 30)


def test_mean_worked_by_hand():
    estimate = mean_interval([1, 3], level=0.5)
    assert estimate.value == 2
    assert estimate.low == pytest.approx(1, rel=1e-12)
    assert estimate.high == pytest.approx(3, rel=1e-12)


def test_replications_with_nothing_below_add_nothing():
    assert ratio_of_sums([5, 0, 20, 0], [10, 0, 20, 0]) == ratio_of_sums([5, 20], [10, 20])
    assert mean_interval([1, math.nan, 3]) == mean_interval([1, 3])


@pytest.mark.parametrize("values", [[], [math.nan], [7], [0.1, 0.1, 0.1]])
def test_mean_without_spread_has_no_limits(values):
    estimate = mean_interval(values)
    assert math.isnan(estimate.low)
    assert math.isnan(estimate.high)
    if len(values) == 3:
        assert estimate.value == pytest.approx(0.1)


@pytest.mark.parametrize(("upper", "lower"), [([], []), ([0], [0]), ([3], [4]), ([3, 6, 0], [4, 8, 0])])
def test_ratio_without_spread_has_no_limits(upper, lower):
    estimate = ratio_of_sums(upper, lower)
    assert math.isnan(estimate.low)
    assert math.isnan(estimate.high)
    assert math.isnan(estimate.value) if sum(lower) == 0 else estimate.value == 0.75


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="two equal rows"):
        ratio_of_sums([1, 2], [1])
    with pytest.raises(ValueError, match="0 or more"):
        ratio_of_sums([1, 2], [1, -1])
    with pytest.raises(ValueError, match="level must lie between 0 and 1, got 95"):
        mean_interval([1, 2], level=95)


def test_t_quantile_from_tables():
    assert t_quantile(0.95, 9) == pytest.approx(2.262157, abs=1e-6)
    assert t_quantile(0.99, 49) == pytest.approx(2.679952, abs=1e-6)
    assert np.isnan(t_quantile(0.95, 0))
