"""Where cover policies send free units, worked out by hand."""

from itertools import product

import numpy as np
import pytest

from armsim.config.extension import read_options
from armsim.model.cover import ComplianceTable, Dmexclp, ReturnToBase, cover_policies
from armsim.testing import small_world

ASH, BIRCH = 0, 1
EAST, MID, WEST = 0, 1, 2


@pytest.fixture(scope="module")
def world():
    return small_world()


@pytest.fixture
def make(world):
    return lambda policy, force=ASH, **options: policy(
        read_options(policy.Options, options), world, "car", force
    )


def test_home_is_home(make):
    assert make(ReturnToBase).goes_to(WEST, [0, 0, 5]) == WEST


@pytest.mark.parametrize(
    ("held", "base"),
    [
        ([0, 0, 0], MID),
        ([0, 1, 0], EAST),
        ([1, 1, 0], MID),
        ([1, 2, 0], WEST),  # the table is filled: home
        ([3, 0, 0], MID),
        ([0, 5, 0], EAST),
    ],
)
def test_a_freed_unit_goes_to_the_first_base_not_held(make, held, base):
    assert make(ComplianceTable, order=["Mid", "East", "Mid"]).goes_to(WEST, held) == base


def test_each_force_reads_its_own_bases_in_the_table(make):
    order = ["South", "Mid"]
    assert make(ComplianceTable, order=order).goes_to(WEST, [0, 0, 0]) == MID
    assert make(ComplianceTable, BIRCH, order=order).goes_to(0, [0]) == 0


def test_a_review_fills_the_first_bases_from_the_nearest_that_are_not_needed(make):
    policy = make(ComplianceTable, order=["Mid", "East", "West"], review="20 min")
    assert policy.review_every == 20.0
    minutes = np.array([[30.0, 15.0, 0.0], [31.0, 14.0, 1.0]])  # both at West
    assert policy.review([WEST, WEST], minutes) == [EAST, MID]
    # Two units hold the first two bases: East is held, and the nearest at hand goes to Mid.
    assert policy.review([EAST, WEST], np.array([[0.0, 15.0, 30.0], [30.0, 15.0, 0.0]])) == [EAST, MID]
    assert policy.review([WEST], np.array([[30.0, 15.0, 0.0]])) == [MID]
    assert policy.review([MID, EAST], np.zeros((2, 3))) == [MID, EAST]
    assert policy.review([], np.zeros((0, 3))) == []


def test_of_two_at_a_base_the_one_that_is_there_stays(make):
    policy = make(ComplianceTable, order=["West", "Mid"], review="20 min")
    minutes = np.array([[9.0, 9.0, 5.0], [9.0, 9.0, 0.0]])
    assert policy.review([WEST, WEST], minutes) == [MID, WEST]


def test_dmexclp_by_hand(make):
    """Bases reach their own zones alone: East Z3, Mid Z5, West Z1, of weights 3, 5, 1 of the force's 21."""
    policy = make(Dmexclp, within="5 min", busy=0.5)
    assert policy.goes_to(WEST, [0, 0, 0]) == MID
    assert policy.goes_to(WEST, [0, 1, 0]) == EAST  # 3 against 5 x 0.5
    assert policy.goes_to(WEST, [1, 1, 0]) == MID  # 3 x 0.5 against 5 x 0.5
    assert policy.goes_to(WEST, [3, 3, 0]) == WEST  # 1 against 5 x 0.125


def test_dmexclp_gains_most_expected_cover(make, world):
    """The objective of MEXCLP, sum of d_i (1 - q**k_i), before and after, for many fleets."""
    within, busy = 22.0, 0.35
    policy = make(Dmexclp, within="22 min", busy=busy)
    area = world.area(ASH)
    weights = world.zones["population"].to_numpy()[area].astype(float)
    bases = [base for base in world.bases["all"] if base.force == ASH]
    reach = world.travel.minutes_to_zones([base.place for base in bases])[:, area] <= within

    def cover(held):
        return (weights * (1 - busy ** (np.array(held) @ reach))).sum()

    seen = set()
    for held in product(range(4), repeat=3):
        more = [[count + (base == at) for base, count in enumerate(held)] for at in range(3)]
        gains = [cover(one) for one in more]
        found = policy.goes_to(WEST, list(held))
        assert gains[found] == pytest.approx(max(gains), rel=1e-12)
        seen.add(found)
    assert len(seen) > 1


def test_equal_gains_keep_a_unit_at_home(make):
    policy = make(Dmexclp, within="500 min", busy=0.5)
    assert [policy.goes_to(own, [1, 0, 2]) for own in range(3)] == [0, 1, 2]


def test_blue_lights_widen_the_reach():
    changes = {
        "travel": {
            "kind": "crow_fly",
            "acceleration": "30 km/min2",
            "cruising_speed": "60 km/h",
            "blue_light_time_factor": {"G1": 0.5},
        }
    }
    world = small_world(**changes)
    options = read_options(Dmexclp.Options, {"within": "12 min", "busy": 0.5})
    usual = read_options(Dmexclp.Options, {"within": "12 min", "busy": 0.5, "grade": "G2"})
    # Mid lies in the middle: with blue lights it reaches its neighbours, without none but its own zone.
    fast, slow = (Dmexclp(one, world, "car", ASH) for one in (options, usual))
    assert [policy._reach[MID].sum() for policy in (fast, slow)] == [4, 1]


def test_only_kinds_that_move_get_a_policy(world):
    assert cover_policies(world) == {}
    car = world.scenario.units["car"].model_dump(exclude_unset=True)
    moved = small_world(units={"car": car | {"cover": {"kind": "return_to_base"}}})
    assert cover_policies(moved) == {}
