"""The price of a point of % within target, by hand and against leaving out pairs one by one."""

from dataclasses import replace

import numpy as np
import pytest

from armsim.analysis.cost_per_point import cost_per_point
from armsim.analysis.intervals import jackknife_variance, t_quantile
from armsim.config.schema.scenario import Target

from .bill import option

TARGET = Target(milestone="first_officer", grades=("G1",), urban="10 min", rural="10 min")
IN, OUT = 300, 1200


def aid(hours):
    """Overtime that costs so many pounds a year (30 an hour, the window a hundredth of a year)."""
    return {
        "people_pay_casual:team=arv": [60.0 * one for one in hours],
        **{"people_pay_casual:team=arv:force=ash": [60.0 * one for one in hours]},
    }


def pair(before, after, hours=(1.0, 2.0, 3.0)):
    """Baseline and option with incidents in and out of target by replication."""
    base, more = ([[IN] * inside + [OUT] * outside for inside, outside in one] for one in (before, after))
    return option(seconds=base, totals=aid([0.0] * len(before)), replications=len(before)), option(
        "more", seconds=more, totals=aid(hours), replications=len(after)
    )


def test_a_gain_has_a_price_with_limits_by_pairs():
    before, after = [(5, 5), (6, 4), (4, 6)], [(8, 2), (8, 2), (8, 2)]
    base, more = pair(before, after)
    found = cost_per_point(more, base, TARGET)
    assert found.pounds.value == pytest.approx(3_000 * 2)
    assert found.points.value == pytest.approx(30)
    assert found.per_point.value == pytest.approx(200)
    ratios = []
    for left_out in range(3):
        keep = [one for one in range(3) if one != left_out]
        pounds = 3_000 * np.mean([(1, 2, 3)[one] for one in keep])
        points = 100 * (0.8 - sum(before[one][0] for one in keep) / 20)
        ratios.append(pounds / points)
    half = t_quantile(0.95, 2) * jackknife_variance(np.array(ratios) - 200) ** 0.5
    assert found.per_point.low == pytest.approx(200 - half)
    assert found.per_point.high == pytest.approx(200 + half)
    assert found.defined
    assert found.words == "£200 (-£14 to £414)"


def test_no_price_where_the_gain_may_be_none():
    base, more = pair([(5, 5), (6, 4), (4, 6)], [(6, 4), (5, 5), (5, 5)])
    found = cost_per_point(more, base, TARGET)
    assert found.points.low < 0 < found.points.high
    assert not found.defined
    assert np.isnan(found.per_point.value)
    assert found.words == "not defined"


def test_no_price_for_exactly_nothing_or_without_incidents():
    base, more = pair([(5, 5)] * 3, [(5, 5)] * 3)
    assert not cost_per_point(more, base, TARGET).defined
    base, more = pair([(0, 0)] * 3, [(0, 0)] * 3)
    assert not cost_per_point(more, base, TARGET).defined


def test_one_pair_has_no_limits_and_no_price():
    base, more = pair([(5, 5)], [(8, 2)], hours=(1.0,))
    found = cost_per_point(more, base, TARGET)
    assert found.points.value == pytest.approx(30)
    assert np.isnan(found.points.low)
    assert not found.defined


def test_only_replications_of_both_count():
    base, more = pair([(5, 5), (5, 5), (6, 4)], [(8, 2), (9, 1), (0, 10)])
    more = replace(more, totals=more.totals.drop(index=2))
    found = cost_per_point(more, base, TARGET)
    assert found.points.value == pytest.approx(35)
    assert found.points.replications == 2
    assert found.pounds.value == pytest.approx(4_500)


def test_paying_more_for_less_has_a_negative_price():
    base, more = pair([(8, 2), (8, 2), (9, 1)], [(5, 5), (5, 5), (5, 5)])
    assert cost_per_point(more, base, TARGET).per_point.value < 0
