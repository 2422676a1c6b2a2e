"""Rates over the day."""

import numpy as np
import pytest

from armsim.study.verify.rates import read_rate


def test_an_expression_and_its_unit():
    rate = read_rate("0.048 * (1 + 0.7 * sin(2*pi*(t-540)/1440)) per minute")
    assert np.allclose(rate.at(np.array([540.0, 900.0, 900.0 + 1440])), [0.048, 0.0816, 0.0816])
    assert rate.highest() == pytest.approx(0.0816 * 1.001)
    assert rate.mean() == pytest.approx(0.048)


def test_equal_parts_of_the_day_and_written_steps():
    assert read_rate((1.0, 3.0)).at(np.array([0.0, 719.9, 720.0, 1439.0])).tolist() == [1.0, 1.0, 3.0, 3.0]
    steps = read_rate(((0.0, 480.0, 0.5), (480.0, 1440.0, 2.0)))
    assert steps.at(np.array([479.0, 480.0, 1440.0])).tolist() == [0.5, 2.0, 0.5]
    assert (steps.highest(), steps.mean(0.0, 480.0)) == (2.0, 0.5)


@pytest.mark.parametrize(
    "text", ["__import__('os')", "t.real", "[1]", "1 if t else 2", "sin(1, 2)", "x", "1 +"]
)
def test_nothing_but_arithmetic(text):
    with pytest.raises(ValueError):
        read_rate(text)


def test_a_rate_that_is_negative_or_infinite_somewhere_is_refused():
    for text in ("sin(t)", "1/(t-t)"):
        with pytest.raises(ValueError, match="finite and 0 or more"):
            read_rate(text)
