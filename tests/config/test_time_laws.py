"""The forms of a random duration, quantiles among them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from armsim.config.schema.laws import TimeLaw


def table(*pairs):
    return TimeLaw.model_validate({"quantiles": pairs})


def test_moments_of_a_table_are_those_of_its_even_pieces():
    law = table((0, "0 min"), (0.5, "2 min"), (1, "6 min"))
    # Half evenly in [0, 2], half evenly in [2, 6].
    assert law.expected == pytest.approx(0.5 * 1 + 0.5 * 4)
    assert law.second_moment == pytest.approx(0.5 * 4 / 3 + 0.5 * (36 + 12 + 4) / 3)
    assert law.log_sd == 0.0
    assert law.log_mean == pytest.approx(math.log(2.5))


@pytest.mark.parametrize(
    ("law", "second"),
    [
        ({"exactly": "3 min"}, 9.0),
        ({"exponential": "3 min"}, 18.0),
        ({"mean": "3 min", "cv": 0.5}, 9.0 * 1.25),
    ],
)
def test_second_moment_of_the_other_forms(law, second):
    assert TimeLaw.model_validate(law).second_moment == pytest.approx(second)


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([(0.1, "0 s"), (1, "6 s")], "begin at share 0 and end at 1"),
        ([(0, "0 s"), (0.9, "6 s")], "begin at share 0 and end at 1"),
        ([(0, "0 s"), (0.5, "1 s"), (0.5, "2 s"), (1, "6 s")], "shares of quantiles must rise"),
        ([(0, "3 s"), (0.5, "1 s"), (1, "6 s")], "must not fall"),
        ([(0, "0 s"), (1, "0 s")], "all 0"),
    ],
)
def test_a_table_that_is_none_is_refused(pairs, said):
    with pytest.raises(ValidationError, match=said):
        table(*pairs)


def test_a_table_and_another_form_are_refused():
    with pytest.raises(ValidationError, match="or quantiles; got exactly, quantiles"):
        TimeLaw.model_validate({"exactly": "3 min", "quantiles": ((0, "0 s"), (1, "6 s"))})


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=8))
def test_the_variance_of_a_table_is_never_negative(steps):
    at, pairs = 0.0, [(0.0, 0.0)]
    for index, step in enumerate(steps, start=1):
        at += step
        pairs.append((index / len(steps), at))
    law = table(*((share, f"{minutes:.6f} min") for share, minutes in pairs))
    assert law.second_moment >= law.expected**2 * (1 - 1e-9)
