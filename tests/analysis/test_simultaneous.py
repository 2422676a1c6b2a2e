import math

import numpy as np
import pytest
from scipy.stats import norm

from armsim.analysis.intervals import t_quantile
from armsim.analysis.simultaneous import reach, standard_error, unchanged


def test_one_figure_has_student_t():
    found = reach(np.zeros((500, 1)), np.array([10.0]), 0.95)
    assert found.method == "single"
    assert found.multipliers[0] == pytest.approx(2.262157, abs=1e-6)


def test_figures_that_move_together_count_as_one_and_others_do_not():
    rng = np.random.default_rng(1)
    alone = rng.standard_normal((4000, 1))
    together = reach(np.repeat(alone, 6, axis=1), np.full(6, 1e6), 0.95)
    apart = reach(rng.standard_normal((4000, 6)), np.full(6, 1e6), 0.95)
    assert (together.method, apart.method) == ("max-t", "max-t")
    assert together.multipliers[0] == pytest.approx(1.96, abs=0.06)
    assert apart.multipliers[0] == pytest.approx(norm.ppf((1 + 0.95 ** (1 / 6)) / 2), abs=0.06)


def test_few_replications_or_resamples_fall_back_on_bonferroni():
    noise = np.random.default_rng(1).standard_normal((1000, 4))
    few = reach(noise, np.full(4, 19.0), 0.95)
    assert few.method == "Bonferroni"
    assert few.multipliers.tolist() == [t_quantile(0.9875, 18)] * 4
    assert reach(noise[:199], np.full(4, 50.0), 0.95).method == "Bonferroni"
    noise[:850, 2] = math.nan
    assert reach(noise, np.full(4, 50.0), 0.95).method == "Bonferroni"


def test_multipliers_follow_the_degrees_of_freedom_of_each():
    found = reach(np.random.default_rng(1).standard_normal((2000, 2)), np.array([25.0, 500.0]), 0.95)
    assert found.multipliers[0] > found.multipliers[1]


def test_standard_error_by_hand_and_where_there_is_none():
    assert standard_error(np.array([1.0, 3.0]), 5) == pytest.approx(math.sqrt(2) * math.sqrt(5 / 4))
    assert math.isnan(standard_error(np.array([1.0, 3.0]), 1))
    values = np.arange(1000.0)
    values[:50] = math.inf
    assert standard_error(values, 50) > 0
    values[50] = math.inf
    assert math.isnan(standard_error(values, 50))


def test_unchanged_allows_for_rounding_only():
    values = np.array([0.1, 0.2, math.nan])
    assert unchanged(values, values * (1 + 1e-13))
    assert not unchanged(values, values * (1 + 1e-6))
    assert unchanged(np.array([math.inf]), np.array([math.inf]))
