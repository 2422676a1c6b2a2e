import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armsim.errors import DataError
from armsim.model.travel import CrowFly, Leg, SquareRootLaw

LAW = SquareRootLaw(0.245, 1.05, 1.3)
MODEL = CrowFly(LAW, np.array([0.0, 3.0, 40.0]), np.array([0.0, 4.0, 0.0]))
KM = st.floats(-50.0, 50.0)
PLACE = st.builds(lambda x, y: (x, y, complex(x, y)), KM, KM)


@given(PLACE, PLACE, PLACE, st.floats(0.0, 60.0), st.floats(-5.0, 70.0))
def test_approach_is_minutes_from_the_true_position(start, end, target, duration, now):
    leg = MODEL.leg(start, end, 0.0, duration)
    here = MODEL.position(leg, now)
    assert MODEL.approach([leg], now, target)[0] == pytest.approx(MODEL.minutes(here, target), abs=1e-9)


@given(PLACE, PLACE, st.floats(1.0, 60.0), st.floats(0.01, 0.99))
def test_position_is_on_the_line_at_the_share_of_time(start, end, duration, share):
    x, y, _ = MODEL.position(MODEL.leg(start, end, 100.0, duration), 100.0 + share * duration)
    assert x == pytest.approx(start[0] + share * (end[0] - start[0]), abs=1e-9)
    assert y == pytest.approx(start[1] + share * (end[1] - start[1]), abs=1e-9)


def test_ends_of_a_leg():
    a, b, _ = MODEL.zone_places()
    leg = MODEL.leg(a, b, 10.0, 6.0)
    assert (leg.departs, leg.arrives) == (10.0, 16.0)
    assert MODEL.position(leg, 9.0) == MODEL.position(leg, 10.0) == a
    assert MODEL.position(leg, 16.0) == MODEL.position(leg, 99.0) == b
    assert MODEL.position(Leg.at(a), -1e9) == a
    assert MODEL.position(MODEL.leg(a, b, 10.0, 0.0), 10.0) == b


def test_approach_keeps_the_order_of_legs():
    a, b, c = MODEL.zone_places()
    expected = [MODEL.minutes(place, a) for place in (b, c, a)]
    assert MODEL.approach([Leg.at(b), Leg.at(c), Leg.at(a)], 0.0, a) == expected
    assert expected[2] == 0.0


def test_minutes_and_road_km_of_known_distances():
    a, b, c = MODEL.zone_places()
    assert MODEL.minutes(a, b) == pytest.approx(LAW.minutes(5.0))
    assert MODEL.road_km(a, b) == pytest.approx(6.5)
    table = MODEL.minutes_to_zones([b, c])
    assert table.dtype == np.float32
    assert table == pytest.approx(
        np.array([[MODEL.minutes(p, q) for q in (a, b, c)] for p in (b, c)]), rel=1e-6
    )
    assert MODEL.minutes_to_zones([]).shape == (0, 3)
    assert MODEL.unreachable == ()


def test_centroids_that_are_no_numbers_are_refused():
    with pytest.raises(DataError, match=r"zones \[1\]"):
        CrowFly(LAW, np.array([0.0, np.nan]), np.zeros(2))
    with pytest.raises(DataError, match="one length"):
        CrowFly(LAW, np.zeros(3), np.zeros(2))
