"""MSER-5 against the published case, and the judgement built on it."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from armsim.analysis.warmup import check_warm_up, mser5

HOURS = np.arange(192)
DAY = 3 * np.sin(2 * np.pi * HOURS / 24)


def runs(start, seed=1, replications=40):
    """Units busy by hour: a daily wave, noise, and an empty start that wears off over a day or so."""
    noise = np.random.default_rng(seed).standard_normal((replications, len(HOURS)))
    return 10 + DAY - start * np.exp(-HOURS / 24) + noise


def test_mser5_of_the_published_case():
    data = os.environ.get("ARMSIM_DATA")
    if data is None:
        pytest.skip("ARMSIM_DATA is unset: the published analysis cases are not at hand")
    case = json.loads((Path(data).parent / "theory" / "analysis_cases.json").read_text(encoding="utf-8"))[
        "mser5"
    ]
    i = np.arange(500)
    series = 5 + 6 * np.exp(-i / 35) + 1.5 * np.sin(2.3 * i) + 0.8 * np.cos(0.71 * i)
    cut, hit_limit = mser5(series)
    assert (cut, hit_limit) == (case["truncation"], False)
    assert series[cut:].mean() == pytest.approx(case["mean_after"], rel=1e-12)
    batches = series[cut:].reshape(-1, 5).mean(axis=1)
    assert batches.var() / len(batches) == pytest.approx(case["statistic"], rel=1e-9)


def test_mser5_by_hand():
    """Batches 9, 1, 1, 1: after the cut of one there is no spread at all."""
    assert mser5(np.repeat([9.0, 1, 1, 1], 5)) == (5, False)
    assert mser5(np.repeat([1.0, 1, 1, 1], 5)) == (0, False)


def test_mser5_of_a_trend_hits_the_limit():
    assert mser5(np.arange(100.0)) == (50, True)


def test_mser5_ignores_an_unfinished_batch():
    assert mser5([*np.repeat([9.0, 1, 1, 1], 5), 500, 500]) == (5, False)


@pytest.mark.parametrize("values", [np.ones(9), np.full(20, np.nan), np.ones((4, 5))])
def test_mser5_refuses_what_it_cannot_judge(values):
    with pytest.raises(ValueError, match="MSER-5 needs one row of 10 or more numbers"):
        mser5(values)


def test_a_short_warm_up_is_told_from_a_long_one():
    series = runs(start=4)
    assert check_warm_up(series, warm_up=6, cycle=24).too_short
    enough = check_warm_up(series, warm_up=80, cycle=24)
    assert not enough.too_short
    assert enough.given == 80


def test_a_run_that_starts_in_balance_is_rarely_accused():
    accused = sum(check_warm_up(runs(0, seed), warm_up=5, cycle=24).too_short for seed in range(100))
    assert accused <= 6


def test_the_daily_wave_is_no_start_effect():
    check = check_warm_up(np.tile(DAY, (3, 1)), warm_up=0, cycle=24)
    assert (check.wanted, check.too_short) == (0, False)


def test_a_run_without_end_of_its_start_is_accused():
    series = np.arange(100.0) + np.random.default_rng(1).standard_normal((10, 100))
    check = check_warm_up(series, warm_up=20)
    assert check.hit_limit
    assert check.too_short


def test_a_cycle_longer_than_the_later_half_is_refused():
    with pytest.raises(ValueError, match="the later half of 192 bins holds no whole cycle of 168"):
        check_warm_up(runs(0), warm_up=24, cycle=168)
