"""A ridge of the likelihood is walked as far as it is nearly as high as its top."""

import numpy as np
import pytest

from armsim.analysis.fitting.ridge import along_ridge, widened
from armsim.analysis.intervals import Estimate


def likelihood(free):
    """Flat at the top along b = -a, where it is -a**4: its curvature there is none."""
    return -100 * (free[0] + free[1]) ** 2 - free[0] ** 4


def climb(start, held):
    assert held == 0
    return np.array([start[0], -start[0]])


def test_the_ridge_is_walked_until_it_has_fallen_too_far():
    """1.92 ** 0.25 is 1.177: steps of 0.1 go to 1.1 on either side, though to its end on one."""
    found = np.array(list(along_ridge(climb, likelihood, np.zeros(2), 0, (-0.55, 5.0))))
    assert found[:, 0] == pytest.approx([-0.1, -0.2, -0.3, -0.4, -0.5, *np.arange(0.1, 1.15, 0.1)])
    assert found[:, 1] == pytest.approx(-found[:, 0])


def test_limits_are_widened_and_never_narrowed():
    one = Estimate(1.0, 0.9, 1.2, 10, 100.0)
    assert widened(one, [0.7, 1.0, 1.1]) == Estimate(1.0, 0.7, 1.2, 10, 100.0)
    assert widened(one, []) == one
    nowhere = widened(Estimate(1.0, np.nan, np.nan, 1, 100.0), [0.8, 1.3])
    assert (nowhere.low, nowhere.high) == (0.8, 1.3)
