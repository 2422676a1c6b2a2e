import numpy as np

from armsim.study.frontier import dominated


def test_dearer_and_no_better_is_dominated():
    cost, share = [1.0, 2.0, 3.0, 4.0, 4.0], [0.5, 0.8, 0.7, 0.8, 0.9]
    assert dominated(cost, share, True).tolist() == [False, False, True, True, False]
    minutes = [-one for one in share]
    assert dominated(cost, minutes, False).tolist() == [False, False, True, True, False]


def test_twins_and_figures_that_cannot_be_told():
    assert dominated([1.0, 1.0], [0.5, 0.5], True).tolist() == [False, False]
    assert dominated([1.0, 1.0, np.nan], [0.5, np.nan, 0.9], True).tolist() == [False, False, False]
    # a time that is not reached is the worst there is
    assert dominated([1.0, 2.0], [9.0, np.inf], False).tolist() == [False, True]
