"""Palette, labels, harmless text."""

from itertools import pairwise

import pandas as pd
import pytest

from armsim.report.style import CATEGORICAL, SEQUENTIAL, spread
from armsim.report.words import printable
from armsim.study.sheets import inert, inert_table


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", CATEGORICAL)
def test_categorical_colours_have_three_to_one_on_white(colour):
    assert 1.05 / (luminance(colour) + 0.05) >= 3


def test_sequential_colours_darken_in_clear_steps_of_grey():
    shades = [luminance(colour) + 0.05 for colour in SEQUENTIAL]
    assert all(lighter / darker > 1.3 for lighter, darker in pairwise(shades))


def test_spread_keeps_order_gap_and_limits():
    placed = spread([0.99, 0.97, 0.98], 0.2, 0.1, 0.9)
    assert placed == pytest.approx([0.9, 0.5, 0.7])
    assert spread([0.2, 0.8], 0.2, 0.1, 0.9) == pytest.approx([0.2, 0.8])


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_formula_like_cells_get_an_apostrophe(text):
    assert inert(text) == "'" + text


def test_inert_table_guards_names_of_columns_and_leaves_numbers():
    table = inert_table(pd.DataFrame({"=a": ["-x", "y"], "n": [-1.5, 2.0]}))
    assert list(table.columns) == ["'=a", "n"]
    assert list(table["'=a"]) == ["'-x", "y"]
    assert list(table["n"]) == [-1.5, 2.0]


def test_printable_drops_control_and_direction_signs():
    assert printable("a\x00b\u202ec  d\x1b[0m\nnext") == "abc d[0m\nnext"
