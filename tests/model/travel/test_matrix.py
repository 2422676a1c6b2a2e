import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armsim.errors import DataError
from armsim.model.travel import Leg, Matrix, SquareRootLaw

LAW = SquareRootLaw(0.245, 1.05, 1.3)
X, Y = np.array([0.0, 10.0, 4.0, 20.0]), np.array([0.0, 0.0, 7.0, 5.0])
TABLE = np.array([[9, 12, 8, 25], [13, 9, 11, 14], [8.5, 10, 9, 19], [24, 15, 18, 9.0]])
MODEL = Matrix(LAW, X, Y, TABLE)
ZONE = st.integers(0, 3)
KM = st.floats(-1.0, 1.0)


@st.composite
def places(draw):
    zone = draw(ZONE)
    return X[zone] + draw(KM), Y[zone] + draw(KM), zone


SHARE = st.floats(0.0, 1.0)


@given(places(), places(), places(), places(), SHARE, SHARE)
def test_approach_is_minutes_from_the_true_position_even_after_diversions(start, end, other, target, f, g):
    first = MODEL.leg(start, end, 0.0, 1.0)
    here = MODEL.position(first, f)
    assert MODEL.approach([first], f, target)[0] == pytest.approx(MODEL.minutes(here, target), abs=1e-9)
    second = MODEL.leg(here, other, f, 1.0)
    there = MODEL.position(second, f + g)
    assert MODEL.approach([second], f + g, target)[0] == pytest.approx(MODEL.minutes(there, target), abs=1e-9)
    if isinstance(there[2], tuple):
        zones, weights = [p[0] for p in there[2]], [p[1] for p in there[2]]
        assert zones == sorted(set(zones))
        assert sum(weights) == pytest.approx(1.0)
    # a destination in mid-trip has a price too, the same by both doors
    assert MODEL.approach([Leg.at(target)], 0.0, there) == [MODEL.minutes(target, there)]


def test_mix_is_the_weighted_sum():
    a, b, c, d = MODEL.zone_places()
    leg = MODEL.leg(a, b, 0.0, 20.0)
    assert MODEL.approach([leg], 5.0, d) == [pytest.approx(0.75 * 25 + 0.25 * 14)]
    turned = MODEL.leg(MODEL.position(leg, 5.0), c, 5.0, 10.0)  # parts of a, b and now c
    assert MODEL.approach([turned], 10.0, d) == [pytest.approx(0.5 * (0.75 * 25 + 0.25 * 14) + 0.5 * 19)]


def test_nested_mixes_collapse_by_zone():
    a, b, c, _ = MODEL.zone_places()
    here = MODEL.position(MODEL.leg(a, b, 0.0, 1.0), 0.5)
    back = MODEL.position(MODEL.leg(here, a, 0.0, 1.0), 0.5)
    assert [(zone, weight) for zone, weight, *_ in back[2]] == [(0, 0.75), (1, 0.25)]
    assert MODEL.minutes(back, c) == pytest.approx(0.75 * 8 + 0.25 * 11)


@given(places(), places(), SHARE)
def test_a_unit_that_goes_on_needs_the_rest_of_its_trip(start, end, share):
    leg = MODEL.leg(start, end, 0.0, 1.0)
    left = MODEL.approach([leg], share, end)[0]
    if start[2] != end[2]:
        assert left == pytest.approx((1 - share) * MODEL.minutes(start, end), abs=1e-9)
    else:
        straight = np.hypot(start[0] - end[0], start[1] - end[1])
        assert left == pytest.approx(LAW.minutes((1 - share) * straight), abs=1e-7)


def test_between_zones_the_table_and_inside_the_law():
    a, b, *_ = MODEL.zone_places()
    assert (MODEL.minutes(a, b), MODEL.minutes(b, a)) == (12.0, 13.0)
    assert MODEL.minutes(a, (0.3, 0.4, 0)) == pytest.approx(LAW.minutes(0.5))
    assert MODEL.approach([Leg.at(a)], 0.0, (0.3, 0.4, 0)) == [pytest.approx(LAW.minutes(0.5))]
    assert MODEL.minutes(a, a) == 0.0


def test_minutes_to_zones_agrees_with_minutes():
    zones = MODEL.zone_places()
    mixed = MODEL.position(MODEL.leg(zones[0], zones[3], 0.0, 1.0), 0.3)
    sample = [(0.5, 0.5, 0), mixed, zones[2]]
    expected = np.array([[MODEL.minutes(p, z) for z in zones] for p in sample])
    assert MODEL.minutes_to_zones(sample) == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert MODEL.minutes_to_zones([]).shape == (0, 4)


def test_points_keep_their_zone():
    assert MODEL.places(np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([2, 0])) == [
        (1, 3, 2),
        (2, 4, 0),
    ]


@pytest.mark.parametrize(
    "bad", [TABLE[:3], np.where(TABLE == 12, -1.0, TABLE), np.where(TABLE == 12, np.inf, TABLE)]
)
def test_impossible_tables_are_refused(bad):
    with pytest.raises(DataError, match="travel matrix"):
        Matrix(LAW, X, Y, bad)
