import numpy as np

from armsim.analysis.availability import counted
from armsim.analysis.measure import _elapsed


def test_seconds_are_rounded_up_and_a_clock_that_never_came_is_minus_one():
    assert _elapsed(np.array([0.0, 1.0, 1.001, np.nan])).tolist() == [0, 60, 61, -1]


def test_time_shares_are_exact():
    edges, cells = np.array([0.0, 60.0, 120.0]), np.array([0, 1])
    zero, many = counted(np.array([-5.0, 30.0]), np.array([10.0, 90.0]), edges, cells, 120)
    assert (zero[0], zero[1]) == (20.0, 30.0)
    assert (many[0], many[1]) == (40.0, 30.0)
