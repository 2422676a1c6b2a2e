"""Cells of the map."""

import numpy as np
import pytest

from armsim.report.cells import cells


def area(polygon):
    x, y = polygon.T
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def test_inner_cell_of_a_grid_is_its_square():
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(5.0), np.arange(5.0)))
    shapes = cells(x, y, np.full(25, 1.2))
    assert area(shapes[12]) == pytest.approx(1.0)
    assert np.abs(shapes[12] - [2, 2]).max() == pytest.approx(0.5)


def test_outer_cells_stay_within_reach_and_are_anticlockwise():
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(5.0), np.arange(5.0)))
    for centre, shape in zip(np.column_stack([x, y]), cells(x, y, np.ones(25)), strict=True):
        assert np.hypot(*(shape - centre).T).max() < 1.2 / np.sqrt(np.pi) + 1e-9
        assert area(shape) > 0


def test_one_zone_is_a_disc_and_none_is_nothing():
    (shape,) = cells([3.0], [4.0], [np.pi])
    assert np.hypot(*(shape - [3.0, 4.0]).T) == pytest.approx(np.full(24, 1.2))
    assert cells([], [], []) == []


def test_of_zones_with_one_centre_the_first_has_the_cell():
    shapes = cells([0.0, 0.0, 5.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0])
    assert [len(shape) > 2 for shape in shapes] == [True, False, True]
