import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armsim.model.travel import SquareRootLaw

PARAMETERS = {
    "acceleration": st.floats(0.01, 5.0),
    "cruising": st.floats(0.1, 3.0),
    "circuity": st.floats(1.0, 2.0),
}


@given(**PARAMETERS)
def test_pieces_meet_in_value_and_slope(acceleration, cruising, circuity):
    law = SquareRootLaw(acceleration, cruising, circuity)
    joint = cruising**2 / acceleration / circuity  # straight-line km
    step = 1e-6 * joint
    below, at, above = (law.minutes(joint + k * step) for k in (-1, 0, 1))
    assert at == pytest.approx(2 * cruising / acceleration, rel=1e-9)
    assert below <= at <= above
    assert above - below < 1e-5 * at
    assert (at - below) / step == pytest.approx(circuity / cruising, rel=1e-4)
    assert (above - at) / step == pytest.approx(circuity / cruising, rel=1e-4)


def test_values_of_the_formula():
    law = SquareRootLaw(acceleration=0.5, cruising=1.5, circuity=1.25)  # joint at 4.5 road km
    assert law.minutes(0.0) == 0.0
    assert law.minutes(1.6) == pytest.approx(2 * math.sqrt(2.0 / 0.5))
    assert law.minutes(3.6) == pytest.approx(6.0)
    assert law.minutes(8.0) == pytest.approx(1.5 / 0.5 + 10.0 / 1.5)


def test_new_york_fit_of_the_source_is_consistent():
    """Kolesar-Walker-Hausner: 2.10 sqrt(D) and 0.65 + 1.70 D are one law with two parameters."""
    law = SquareRootLaw(acceleration=(2 / 2.10) ** 2, cruising=1 / 1.70, circuity=1.0)
    assert law.near == pytest.approx(2.10)
    assert law.constant == pytest.approx(0.65, abs=0.005)
    assert law.joint_squared**0.5 == pytest.approx(0.38, abs=0.005)


@given(**PARAMETERS, km=st.floats(0.0, 100.0))
def test_array_and_scalar_agree(acceleration, cruising, circuity, km):
    law = SquareRootLaw(acceleration, cruising, circuity)
    assert law.of_array([km])[0] == pytest.approx(law.minutes(km), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "wrong",
    [(0.0, 1.0, 1.3), (1.0, -1.0, 1.3), (1.0, 1.0, 0.9), (math.nan, 1.0, 1.3), (1.0, math.inf, 1.3)],
)
def test_impossible_parameters_are_refused(wrong):
    with pytest.raises(ValueError, match=r"must be|or more"):
        SquareRootLaw(*wrong)
