"""Whether replications are enough: figures as they add up."""

import math

import pytest

from armsim.analysis.intervals import Estimate
from armsim.report.chart_replications import Look, counts, draw


def trace(half=lambda count: 8 / math.sqrt(count), many=40):
    return [
        Look(
            count,
            Estimate(20.0, 20 - half(count), 20 + half(count), count, 90),
            Estimate(0.03, 0.02, 0.04, count, 9),
        )
        for count in counts(many)
    ]


def test_counts_are_few_rise_and_end_with_all():
    assert counts(2) == []
    assert counts(3) == [2, 3]
    assert counts(8) == [2, 3, 4, 5, 6, 7, 8]
    some = counts(1000)
    assert some == sorted(set(some))
    assert (some[0], some[-1]) == (2, 1000)
    assert len(some) <= 16


def test_title_is_the_half_width_at_the_end(made):
    chart = draw(trace(), made.CONTEXT)
    assert chart.title == "Armed 90th percentile is known to ±1.3 minutes after 40 replications"
    assert chart.data["p90_minutes_high"].iloc[-1] == pytest.approx(20 + 8 / math.sqrt(40))
    assert "20.0 minutes (18.7–21.3)" in chart.alt
    wide = draw(trace(lambda count: math.nan), made.CONTEXT)
    assert wide.title == "40 replications cannot tell the 90th percentile of armed response"
    assert draw(trace(lambda count: math.inf), made.CONTEXT).title == wide.title


def test_no_chart_without_a_percentile_or_replications(made):
    assert draw([], made.CONTEXT) is None
    nothing = [one._replace(ninetieth=Estimate(math.nan, math.nan, math.nan, 0, 0)) for one in trace()]
    assert draw(nothing, made.CONTEXT) is None
