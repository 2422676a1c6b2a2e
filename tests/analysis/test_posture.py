"""Curves by day and the day on which they pass a limit, on made-up sums."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armsim.analysis.intervals import ratio_of_sums
from armsim.analysis.posture import Curve, Days, before, curve, days_kept, days_of_all

DAYS = 10
INF, NAN = math.inf, math.nan


def totals(**by_day):
    """Sums of replications; each value a list of rows by day, day 0 of the window first."""
    columns = {"people_held_officers": np.array([40.0, 60.0])}
    for head, rows in by_day.items():
        for day, values in enumerate(np.array(rows, dtype=float).T):
            columns[f"{head}:window_day={day}"] = values
    return pd.DataFrame(columns)


def test_figures_of_officers_are_pooled_over_replications_from_day_one_on():
    lost = [[900, 40, 80], [900, 120, 120]]
    found = curve(totals(people_held_lost=lost), "rest_days", 2, 0.95)
    assert found.value.tolist() == [160 / 100, 200 / 100]
    expected = ratio_of_sums([40, 120], [40, 60])
    assert (found.low[0], found.high[0]) == (expected.low, expected.high)
    assert np.isnan(found.high[1])  # two rest days an officer in both


def test_the_day_before_is_no_day_of_the_level():
    assert before(totals(people_held_lost=[[900, 40], [100, 120]]), "rest_days") == 10
    assert math.isnan(before(totals(), "crewing"))


def test_crews_are_taken_over_a_week_of_the_level_the_first_days_over_the_first():
    planned = np.full((2, DAYS), 4.0)
    crewed = np.tile([0, 4, 4, 1, 4, 4, 4, 4, 2, 4.0], (2, 1))
    found = curve(totals(crews_held_planned=planned, crews_held_crewed=crewed), "crewing", DAYS - 1, 0.95)
    assert found.value == pytest.approx([25 / 28] * 7 + [23 / 28] * 2, rel=1e-12)
    few = curve(totals(crews_held_planned=planned, crews_held_crewed=crewed), "crewing", 3, 0.95)
    assert few.value == pytest.approx([9 / 12] * 3, rel=1e-12)


def test_limits_of_a_share_stay_shares():
    few = totals(people_held_over_limit=[[0, 0, 39], [0, 6, 60]])
    found = curve(few, "share_over_hours", 2, 0.95)
    assert found.low[0] == 0 < found.value[0]
    assert found.high[1] == 1 > found.value[1]


def test_nothing_to_pool_is_no_figure():
    assert np.isnan(curve(totals(), "crewing", DAYS, 0.95).value).all()


def around(value, half):
    """A curve with limits *half* away; without where *half* is NaN."""
    value, half = np.array(value, dtype=float), np.array(half, dtype=float)
    return Curve(value, value - half, value + half)


@pytest.mark.parametrize(
    ("found", "limit", "least", "kept"),
    [
        (around([1, 2, 3, 4, 5], [1.5] * 5), 3.2, False, Days(3, 1, 4)),
        (around([1, 2, 3, 4, 5], [0.1] * 5), 4.95, False, Days(4, 4, INF)),
        (around([1, 2, 3], [0.1] * 3), 9, False, Days(INF, INF, INF)),
        (around([1, 2, 3], [0.1] * 3), 3.05, False, Days(INF, 2, INF)),
        (around([4, 5], [0.1] * 2), 3, False, Days(0, 0, 0)),
        (around([0.9, 0.8, 0.7, 0.6], [0.12] * 4), 0.75, True, Days(2, 1, 3)),
        (around([1, 2, 3], [NAN] * 3), 2, False, Days(2, NAN, NAN)),
        # Alike in all replications on the day that counts, told apart on another.
        (around([1, 2, 3], [0.1, NAN, 0.1]), 1.5, False, Days(1, 1, 1)),
        (around([NAN, 0.5], [NAN, 0.1]), 0.75, True, Days(1, 1, 1)),
    ],
)
def test_days_before_the_first_that_passes(found, limit, least, kept):
    assert repr(days_kept(found, limit, least)) == repr(kept) or days_kept(found, limit, least) == kept


def test_a_figure_at_its_limit_keeps_it_whatever_the_rounding():
    assert 17 * 0.2 > 3.4
    assert days_kept(around(0.2 * np.arange(1, 31), [NAN] * 30), 3.4).value == 17
    assert days_kept(around(1 - 0.1 * np.arange(1, 6), [NAN] * 5), 0.7, least=True).value == 3


def test_all_limits_are_kept_as_long_as_the_first():
    assert days_of_all([Days(20, 18, 22), Days(25, 15, INF), Days(INF, INF, INF)]) == Days(20, 15, 22)
    assert days_of_all([Days(20, NAN, NAN), Days(25, 15, 30)]) == Days(20, 15, 20)
    alone = days_of_all([Days(20, NAN, NAN), Days(25, NAN, NAN)])
    assert alone.value == 20
    assert math.isnan(alone.low)


curves = st.lists(st.tuples(st.floats(0, 10), st.floats(0, 5)), min_size=1, max_size=30).map(
    lambda pairs: around(*zip(*pairs, strict=True))
)


@given(curves, st.floats(0, 10), st.floats(0, 5), st.booleans())
def test_a_looser_limit_never_shortens_and_the_interval_holds_the_day(found, limit, looser, least):
    tight = days_kept(found, limit, least)
    loose = days_kept(found, limit - looser if least else limit + looser, least)
    assert tight.low <= tight.value <= tight.high
    for end in ("value", "low", "high"):
        assert getattr(loose, end) >= getattr(tight, end)


@given(st.lists(st.tuples(curves, st.floats(0, 10), st.floats(0, 5)), min_size=1, max_size=4), st.data())
def test_loosening_or_switching_off_any_limit_never_shortens_the_answer(limits, data):
    before = days_of_all(days_kept(found, limit) for found, limit, _ in limits)
    after = days_of_all(days_kept(found, limit + more) for found, limit, more in limits)
    off = data.draw(st.integers(0, len(limits) - 1))
    without = days_of_all(
        days_kept(found, limit) for index, (found, limit, _) in enumerate(limits) if index != off
    )
    assert after.value >= before.value
    assert without.value >= before.value
    assert (after.low, after.high) >= (before.low, before.high)
