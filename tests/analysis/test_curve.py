"""The response curve: exact without censoring, Kaplan and Meier with it, pooled and never averaged."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from armsim.analysis.curve import CENSORED, NEVER, REACHED, ResponseCurve, enough, quantiles
from armsim.analysis.intervals import ratio_of_sums, t_quantile

ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 40), st.sampled_from([0, 1, 2])), max_size=60)


def curve(rows, replications=5):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return ResponseCurve.from_rows(*columns, replications)


def big_table(rows, replications, seed=1):
    rng = np.random.default_rng(seed)
    fate = rng.choice(3, rows, p=[0.9, 0.03, 0.07])
    return rng.integers(0, replications, rows), rng.integers(0, 7_000, rows), fate


@settings(max_examples=200)
@given(ROWS, st.integers(-1, 45))
def test_without_censoring_share_is_exactly_hits_over_all(rows, target):
    rows = [row for row in rows if row[2] != CENSORED]
    share = curve(rows).share(target)
    if not rows:
        assert math.isnan(share)
        return
    hits = sum(fate == REACHED and second <= target for _, second, fate in rows)
    assert share == hits / len(rows)


@settings(max_examples=200)
@given(ROWS, st.integers(0, 45))
def test_share_is_exact_up_to_the_first_censoring(rows, target):
    first = min((second for _, second, fate in rows if fate == CENSORED), default=math.inf)
    if rows and target <= first:
        hits = sum(fate == REACHED and second <= target for _, second, fate in rows)
        assert curve(rows).share(target) == hits / len(rows)


@settings(max_examples=100)
@given(ROWS.filter(lambda rows: len(rows) > 0))
def test_kaplan_meier_agrees_with_scipy(rows):
    """scipy knows no NEVER: an incident never reached is one censored beyond every time."""
    reached = [second for _, second, fate in rows if fate == REACHED]
    right = [1000 if fate == NEVER else second for _, second, fate in rows if fate != REACHED]
    reference = stats.ecdf(stats.CensoredData(uncensored=reached, right=right)).cdf
    ours = curve(rows)
    for target in range(42):
        assert ours.share(target) == pytest.approx(float(reference.evaluate(target)), abs=1e-12)


@settings(max_examples=100)
@given(ROWS)
def test_curve_never_falls_and_stays_within_0_and_1(rows):
    share = curve(rows).to_arrays().share
    assert (np.diff(share) >= 0).all()
    assert ((share >= 0) & (share <= 1)).all()


def test_hand_worked_curve_with_a_tie_a_censoring_and_a_loss():
    """Ten incidents: 2 reached at 10; one reached, one censored at 20; 2 reached at 30; 4 never.

    S(10) = 8/10, S(20) = 8/10 * 7/8 = 7/10 (the one censored at 20 is still at risk), S(30) = 7/10 * 4/6.
    """
    rows = [(0, 10, REACHED)] * 2 + [(0, 20, REACHED), (1, 20, CENSORED)] + [(1, 30, REACHED)] * 2
    ours = curve(rows + [(1, 0, NEVER)] * 4, 2)
    assert ours.share(9.99) == 0.0
    assert ours.share(10) == 0.2
    assert ours.share(29) == 0.3
    assert ours.share(30) == pytest.approx(1 - 0.7 * 4 / 6, abs=1e-15)
    assert [ours.at_risk(second) for second in (0, 10, 10.5, 20, 30, 31)] == [10, 10, 8, 8, 6, 4]
    assert (ours.count, ours.events, ours.replications) == (10, 5, 2)
    arrays = ours.to_arrays()
    assert arrays.seconds.tolist() == [10, 20, 30]
    assert arrays.at_risk.tolist() == [10, 8, 6]


def test_quantile_beyond_the_end_of_the_curve_is_not_reached():
    ours = curve([(0, 10, REACHED), (0, 20, REACHED), (1, 0, NEVER), (1, 30, REACHED)], 2)
    assert ours.quantile(0.75) == 30
    assert math.isnan(ours.quantile(0.76))


def test_quantile_meets_a_level_reached_to_the_last_bit():
    ours = curve([(0, second, REACHED) for second in range(1, 101)], 1)
    assert [ours.quantile(p) for p in (0.07, 0.29, 0.57, 0.9, 0.95)] == [7, 29, 57, 90, 95]


def test_quantiles_are_pooled_and_never_averaged():
    """900 quick incidents and 100 slow ones: the mean of the two medians would be 505."""
    rows = [(0, 10, REACHED)] * 900 + [(1, 1000, REACHED)] * 100
    ours = curve(rows, 2)
    assert ours.quantile(0.5) == 10
    assert ours.quantile(0.9) == 10
    assert ours.quantile(0.901) == 1000
    assert ours.share(10) == 0.9


@settings(max_examples=100)
@given(ROWS, st.integers(0, 60), st.integers(0, 60))
def test_merging_parts_equals_counting_in_one_go(rows, cut, target):
    parts = curve(rows[:cut]).merged(curve(rows[cut:]))
    whole = curve(rows)
    assert np.array_equal(parts.seconds, whole.seconds)
    assert np.array_equal(parts.to_arrays().share, whole.to_arrays().share)
    assert repr(parts.share_interval(target)) == repr(whole.share_interval(target))
    assert repr(parts.quantile_interval(0.5)) == repr(whole.quantile_interval(0.5))


def test_merging_different_numbers_of_replications_is_refused():
    with pytest.raises(ValueError, match="cannot merge 5 with 6 replications"):
        curve([], 5).merged(curve([], 6))


def test_a_curve_crosses_to_another_process():
    ours = curve([(0, 10, REACHED), (1, 20, CENSORED), (2, 30, REACHED)])
    assert pickle.loads(pickle.dumps(ours)).share_interval(30) == ours.share_interval(30)


def test_standard_error_is_the_delete_one_jackknife_spelt_out(monkeypatch):
    monkeypatch.setattr("armsim.analysis.curve._CHUNK_CELLS", 1_000)  # many chunks, the last one short
    replication, second, fate = big_table(400, 17)
    ours = ResponseCurve.from_rows(replication, second, fate, 17)
    for target in (500, 3_000, 6_500):
        without = [
            ResponseCurve.from_rows(*(c[replication != r] for c in (replication, second, fate)), 17).share(
                target
            )
            for r in range(17)
        ]
        assert ours.standard_error(target) == pytest.approx(math.sqrt(16 * np.var(without)), rel=1e-9)


def test_standard_error_of_an_uncensored_share_is_that_of_the_ratio_of_sums():
    rng = np.random.default_rng(3)
    replication, second = rng.integers(0, 12, 300), rng.integers(0, 100, 300)
    ours = ResponseCurve.from_rows(replication, second, np.zeros(300), 15)
    hits = np.bincount(replication[second <= 40], minlength=15)
    ratio = ratio_of_sums(hits, np.bincount(replication, minlength=15))
    assert ours.share(40) == ratio.value
    assert ours.carrying == ratio.replications == 12
    assert t_quantile(0.95, 11) * ours.standard_error(40) == pytest.approx(ratio.half_width, rel=1e-12)


def test_share_limits_are_set_on_the_logit_scale():
    """8 and 6 hits of 10 each: share 0.7, standard error 0.1; at 50% with one degree of freedom t = 1."""
    rows = [(r, 10 if i < hits else 99, REACHED) for r, hits in enumerate((8, 6)) for i in range(10)]
    estimate = curve(rows, 2).share_interval(10, level=0.5)
    odds, factor = 0.7 / 0.3, math.exp(0.1 / 0.21)
    assert estimate.value == 0.7
    assert estimate.low == pytest.approx(odds / factor / (1 + odds / factor), rel=1e-12)
    assert estimate.high == pytest.approx(odds * factor / (1 + odds * factor), rel=1e-12)
    assert (estimate.replications, estimate.count) == (2, 20)


def test_replications_without_rows_buy_no_degrees_of_freedom():
    rows = [(0, 10, REACHED), (0, 30, REACHED), (1, 10, REACHED), (2, 30, REACHED), (2, 30, REACHED)]
    assert curve(rows, 3).share_interval(10) == curve(rows, 300).share_interval(10)


def test_quantile_limits_are_read_off_the_curve_at_p_and_its_half_width():
    rng = np.random.default_rng(5)
    replication, second = np.repeat(np.arange(20), 30), rng.integers(1, 1_000, 600)
    ours = ResponseCurve.from_rows(replication, second, np.zeros(600), 20)
    estimate = ours.quantile_interval(0.9)
    half = t_quantile(0.95, 19) * ours.standard_error(estimate.value)
    assert estimate.low == ours.quantile(0.9 - half)
    assert estimate.high == ours.quantile(0.9 + half)
    assert estimate.low < estimate.value < estimate.high


def test_upper_limit_not_reached_is_infinite():
    rows = [(r, 10 * (i + 1), REACHED) for r in range(4) for i in range(5 + r)]
    ours = curve(rows + [(3, 0, NEVER)] * 2)
    estimate = ours.quantile_interval(0.9)
    assert math.isfinite(estimate.value)
    assert estimate.high == math.inf
    assert estimate.half_width == math.inf


def test_lower_limit_of_a_quantile_not_reached_can_be():
    rows = [(r, 10 * (i + 1), REACHED) for r in range(4) for i in range(5 + r)] + [(3, 0, NEVER)] * 4
    estimate = curve(rows).quantile_interval(0.9)
    assert math.isnan(estimate.value)
    assert 0 < estimate.low < math.inf
    assert estimate.high == math.inf


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(0, 10, REACHED), (0, 20, REACHED)],
        [(r, 10, REACHED) for r in range(5)],
        [(r, 0, NEVER) for r in range(5)],
        [(r, 10, CENSORED) for r in range(5)],
    ],
    ids=["empty", "one replication", "all reached", "all lost", "all censored"],
)
def test_limits_that_cannot_be_told_are_nan(rows):
    ours = curve(rows)
    for estimate in (ours.share_interval(15), ours.quantile_interval(0.5)):
        assert math.isnan(estimate.low)
        assert math.isnan(estimate.high)
        assert math.isnan(estimate.half_width)
    low, _ = ours.band()
    assert np.isnan(low).all()


def test_band_is_the_share_interval_at_every_second():
    ours = ResponseCurve.from_rows(*big_table(300, 10), 10)
    low, high = ours.band(0.9)
    expected = [ours.share_interval(second, 0.9) for second in ours.seconds]
    assert np.array_equal(low, [e.low for e in expected], equal_nan=True)
    assert np.array_equal(high, [e.high for e in expected], equal_nan=True)
    told = ~np.isnan(low)
    assert told.sum() > 200
    assert ((low[told] >= 0) & (high[told] <= 1)).all()


def test_seconds_of_lost_incidents_are_not_read():
    assert curve([(0, -1, NEVER), (1, 10, REACHED)]).seconds.tolist() == [10]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([0], [1, 2], [0]), "unequal length"),
        (([5], [1], [0]), r"replication must lie in 0..4, got 5..5"),
        (([-1], [1], [0]), r"replication must lie in 0..4"),
        (([0], [1], [3]), "fate must be 0, 1 or 2"),
        (([0], [-1], [2]), "seconds must be 0 or more"),
    ],
)
def test_wrong_rows_are_refused(columns, message):
    with pytest.raises(ValueError, match=message):
        ResponseCurve.from_rows(*columns, 5)


def test_wrong_levels_are_refused():
    with pytest.raises(ValueError, match="replications must be 1 or more"):
        ResponseCurve.from_rows([], [], [], 0)
    with pytest.raises(ValueError, match="p must lie between 0 and 1, got 1"):
        curve([]).quantile(1)


@pytest.mark.parametrize(
    ("count", "p", "shown"),
    [
        (49, None, False),
        (50, None, True),
        (50, 0.5, True),
        (99, 0.9, False),
        (100, 0.9, True),
        (199, 0.95, False),
        (200, 0.95, True),
        (999, 0.99, False),
        (1000, 0.99, True),
        (49, 0.1, False),
    ],
)
def test_a_cell_needs_50_incidents_and_10_beyond_the_quantile(count, p, shown):
    assert enough(count, p) is shown


def test_600_000_rows_are_counted_without_loss():
    replication, second, fate = big_table(600_000, 200)
    ours = ResponseCurve.from_rows(replication, second, fate, 200)
    assert ours.count == 600_000
    assert ours.events == int((fate == REACHED).sum())
    estimate = ours.quantile_interval(0.9)
    assert estimate.low < estimate.value < estimate.high


def test_quantiles_of_a_small_table_are_those_of_its_curve():
    draw = np.random.default_rng(3)
    for size in (1, 2, 7, 60):
        seconds, fate = draw.integers(0, 40, size), draw.integers(0, 3, size)
        curve = ResponseCurve.from_rows(np.zeros(size), seconds, fate, 1)
        wanted = [curve.quantile(p) for p in (0.1, 0.5, 0.9)]
        np.testing.assert_array_equal(quantiles(seconds, fate, (0.1, 0.5, 0.9)), wanted)
