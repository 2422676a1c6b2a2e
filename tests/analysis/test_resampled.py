"""All resamples at once give what each resample gives as tables of its own."""

import math

import numpy as np
import pytest

from armsim.analysis.curve import CENSORED, NEVER, REACHED, ResponseCurve
from armsim.analysis.resampled import ResampledCurve, draw_weights


def table(seed=1, replications=12, censored=True):
    rng = np.random.default_rng(seed)
    size = 20 * replications
    owner = rng.integers(0, replications, size)
    fates = rng.choice([REACHED, NEVER, CENSORED], size, p=[0.85, 0.05, 0.1] if censored else [0.9, 0.1, 0])
    return owner, rng.integers(1, 90, size), fates


def by_hand(rows, weights):
    """The curve of the replications drawn, each as often as drawn."""
    drawn = np.repeat(np.arange(len(weights)), weights.astype(int))
    owner, seconds, fate = (np.concatenate([column[rows[0] == one] for one in drawn]) for column in rows)
    return ResponseCurve.from_rows(owner, seconds, fate, len(weights))


@pytest.mark.parametrize("censored", [False, True])
def test_shares_and_quantiles_of_every_resample(censored):
    rows = table(censored=censored)
    weights = draw_weights(5, 12, resamples=40)
    many = ResampledCurve.of(ResponseCurve.from_rows(*rows, 12), weights)
    shares, medians = many.share_interval(30).value, many.quantile_interval(0.5).value
    for index, each in enumerate(weights):
        alone = by_hand(rows, each)
        # Censorings between two of the seconds looked at count as at the later one.
        assert shares[index] == pytest.approx(alone.share(30), abs=0.0 if not censored else 0.01, rel=1e-12)
        assert medians[index] == pytest.approx(alone.quantile(0.5), abs=0 if not censored else 1)


def test_the_first_entry_is_the_figure_itself():
    rows = table()
    plain = ResponseCurve.from_rows(*rows, 12)
    many = ResampledCurve.of(plain, draw_weights(5, 12, resamples=3))
    assert many.quantile_interval(0.9).value[0] == plain.quantile(0.9)
    assert many.share_interval(40).value[0] == plain.share(40)


def test_a_quantile_that_a_resample_does_not_reach_is_infinite():
    """Replication 0 reaches all its ten, replication 1 none: half in all, and what is drawn else."""
    owner = np.repeat([0, 1], 10)
    fate = np.where(owner == 0, REACHED, NEVER)
    weights = np.array([[1.0, 1], [2, 0], [0, 2]])
    many = ResampledCurve.of(ResponseCurve.from_rows(owner, np.full(20, 7), fate, 2), weights)
    assert many.quantile_interval(0.4).value.tolist() == [7.0, 7.0, math.inf]


def test_quantiles_are_read_at_every_second_where_response_times_spread_over_an_hour():
    """Several hundred seconds in the stretch looked at: a coarser grid would be noise in a difference."""
    rng = np.random.default_rng(4)
    rows = np.repeat(np.arange(12), 150), rng.integers(1, 3600, 1800), np.full(1800, REACHED)
    weights = draw_weights(5, 12, resamples=60)
    many = ResampledCurve.of(ResponseCurve.from_rows(*rows, 12), weights).quantile_interval(0.5).value
    assert np.ptp(many) > 150
    assert list(many) == [by_hand(rows, each).quantile(0.5) for each in weights]


def test_weights_are_the_same_again_and_another_for_another_name():
    first = draw_weights(3, 8)
    assert (first == draw_weights(3, 8)).all()
    assert (first[1:].sum(axis=1) == 8).all()
    assert (first[0] == 1).all()
    assert (first != draw_weights(3, 8, "other")).any()


def test_the_tangent_moves_a_median_by_less_than_a_second():
    rng = np.random.default_rng(2)
    owner, seconds = np.repeat(np.arange(50), 20), rng.integers(1, 600, 1000)
    curve = ResponseCurve.from_rows(owner, seconds, np.full(1000, REACHED), 50)
    weights = np.vstack([np.ones(50), np.ones((50, 50)) - np.eye(50)])
    values = ResampledCurve.of(curve, weights, linear=True).quantile_interval(0.5).value
    left_out = [curve.share(values[0]) * 1000 - np.sum(seconds[owner == r] <= values[0]) for r in range(50)]
    # F at the median without a replication, over the slope there, which is about 1/600 a second.
    expected = values[0] - (np.array(left_out) / 980 - curve.share(values[0])) * 600
    assert np.abs(values[1:] - expected).max() < 2
    assert np.unique(values).size > 10
