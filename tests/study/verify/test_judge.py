"""Estimates, intervals and the acceptance rule."""

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from armsim.study.verify.judge import (
    Judged,
    Replication,
    accepted,
    allowed_outside,
    bound,
    estimate,
    judge,
    normal_score,
    useful,
)
from armsim.study.verify.quantities import Cell, Sharpness


def cell(exact: float, sharpness: Sharpness = Sharpness.RATE) -> Cell:
    return Cell("p_wait", exact, sharpness, "p_wait", "", {})


def test_without_controls_it_is_the_ratio_of_sums_with_its_jackknife_like_error():
    rng = np.random.default_rng(1)
    size = rng.integers(80, 120, 30).astype(float)
    hits = rng.binomial(size.astype(int), 0.3).astype(float)
    value, error, freedom = estimate(hits, size, np.empty((30, 0)))
    assert (value, freedom) == (pytest.approx(hits.sum() / size.sum()), 29)
    left = (hits - value * size) / size.mean()
    assert error == pytest.approx(left.std(ddof=1) / np.sqrt(30))


def test_a_control_that_explains_all_leaves_no_error_and_the_right_value():
    rng = np.random.default_rng(2)
    control = rng.normal(size=25)
    value, error, freedom = estimate(5.0 + 2.0 * control, np.ones(25), control[:, None])
    assert value == pytest.approx(5.0)
    assert error < 1e-12
    assert freedom == 23


def test_intervals_with_controls_cover():
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(2_000):
        control = rng.normal(size=(20, 2))
        values = 1.0 + control @ np.array([0.5, -1.0]) + rng.normal(size=20)
        value, error, freedom = estimate(values, np.ones(20), control)
        covered += abs(value - 1.0) <= student.ppf(0.975, freedom) * error
    assert 0.93 <= covered / 2_000 <= 0.97


def test_controls_that_say_the_same_are_used_once_and_not_more_than_replications_allow():
    rng = np.random.default_rng(4)
    first, second = rng.normal(size=(2, 20))
    same = np.column_stack([first, 3 * first + 1, np.full(20, 2.0), second])
    assert useful(same).shape == (20, 2)
    assert useful(rng.normal(size=(20, 9))).shape == (20, 5)


def test_the_normal_score_of_a_t_value():
    assert normal_score(2.0, 10_000_000) == pytest.approx(2.0, abs=1e-5)
    assert norm.sf(normal_score(4.0, 15)) == pytest.approx(student.sf(4.0, 15))
    assert normal_score(-4.0, 15) == -normal_score(4.0, 15)
    assert np.isfinite(normal_score(1e6, 1000))


def test_bounds_of_the_rule():
    assert bound(cell(0.5)) == pytest.approx(0.005)
    assert bound(cell(40.0, Sharpness.MEAN)) == pytest.approx(0.8)
    assert bound(cell(0.05, Sharpness.SHARE)) == pytest.approx(0.002)
    assert bound(cell(0.5, Sharpness.SHARE), slack=3.0) == pytest.approx(0.015)


def replications(values: np.ndarray) -> list[Replication]:
    return [Replication(np.array([v]), np.ones(1), {}, 100, np.empty((1, 0))) for v in values]


@pytest.mark.parametrize(
    ("exact", "spread", "verdict"),
    [(1.0, 0.005, "ok"), (1.0, 0.2, "wide"), (1.02, 0.005, "wrong"), (1.0034, 0.005, "outside")],
)
def test_verdicts(exact, spread, verdict):
    values = 1.0 + spread * np.tile([-1.0, 1.0], 12)
    (one,) = judge("T", [cell(exact)], replications(values))
    assert one.verdict == verdict


def test_rare_cells_are_not_judged_and_exact_figures_need_no_spread():
    few = judge("T", [cell(0.001, Sharpness.SHARE)], replications(np.full(20, 0.5)))
    assert [one.verdict for one in few] == ["too few"]
    sure = judge("T", [cell(5.0)], replications(np.full(20, 5.00001)))
    assert [one.verdict for one in sure] == ["ok"]
    none = judge("T", [cell(0.0, Sharpness.SHARE)], replications(np.zeros(20)))
    assert [one.verdict for one in none] == ["ok"]


def test_each_cell_is_corrected_by_its_own_controls():
    rng = np.random.default_rng(6)
    own = rng.normal(size=(24, 2))
    runs = [Replication(row, np.ones(2), {}, 100, row[:, None] - 0.5) for row in 0.5 + own]
    assert [one.simulated for one in judge("T", [cell(0.5), cell(0.5)], runs)] == pytest.approx([0.5, 0.5])


def test_draws_that_are_off_are_found_though_results_are_corrected_by_them():
    rng = np.random.default_rng(5)
    drawn = 0.01 + 0.004 * rng.normal(size=30)  # one in a hundred too many
    runs = [
        Replication(np.array([0.5 + d]), np.ones(1), {"calls": float(d)}, 100, np.empty((1, 0)))
        for d in drawn
    ]
    result, draws = judge("T", [cell(0.5)], runs)
    assert (result.verdict, draws.verdict, draws.cell.label) == ("ok", "wrong", "draws: calls")


def verdicts(**counts: int) -> list[Judged]:
    return [
        Judged("T", cell(1.0), 1.0, 0.0, 0.01, 0.0, name.replace("_", " "))
        for name, count in counts.items()
        for _ in range(count)
    ]


def test_the_acceptance_rule():
    assert allowed_outside(10) == 1
    assert allowed_outside(100) == 3
    assert accepted(verdicts(ok=97, outside=3))
    assert not accepted(verdicts(ok=96, outside=4))
    assert not accepted(verdicts(ok=500, wrong=1))
    assert not accepted(verdicts(ok=500, wide=1))
    assert accepted(verdicts(ok=50, too_few=40))


def test_draws_must_not_be_wrong_and_else_do_not_count():
    draws = Cell("draws", 0.0, Sharpness.DRAWS, "draws: calls", "", {})

    def drawn(verdict: str, count: int) -> list[Judged]:
        return [Judged("T", draws, 0.0, 1.0, np.inf, 0.0, verdict)] * count

    assert accepted(verdicts(ok=10) + drawn("outside", 3))
    assert not accepted(verdicts(ok=96, outside=4) + drawn("ok", 500))
    assert not accepted(verdicts(ok=500) + drawn("wrong", 1))
