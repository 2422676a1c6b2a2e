"""Prices of the built-in dispatch policies, worked out by hand on the small world."""

from math import inf

import pytest

from armsim.model.policies import (
    Candidates,
    CoverAware,
    HomeFirst,
    Nearest,
    NearestWithReserve,
    PreferenceList,
    Run,
)
from armsim.model.travel.leg import Leg
from armsim.testing import small_world
from armsim.testing.small_world import IncidentView, UnitView

CAR, ARV = 1, 0
ASH, BIRCH = 0, 1
FREE, OFF_WORK = True, False


@pytest.fixture(scope="module")
def world():
    return small_world()


@pytest.fixture
def make(world):
    """A policy with options as in a scenario file."""
    from armsim.config.extension import read_options

    return lambda policy, **options: policy(read_options(policy.Options, options), world)


def incident(world, zone="Z1", kind="job"):
    return IncidentView.of(world, world.zones["zone"].tolist().index(zone), world.types.index(kind), 1)


def among(world, *rows, handicap=0.0, spare=9.0):
    """Candidates of one kind from (base name, minutes) or (base name, minutes, free)."""
    found = Candidates(0.0)
    bases = {base.name: base for base in world.bases["all"]}
    for number, (name, minutes, *free) in enumerate(rows):
        base = bases[name]
        is_free = free[0] if free else True
        leg = Leg.at(base.place)
        found.units.append(UnitView(number, CAR, base.force, name, is_free, leg, (2, 0, 0, 0), 0.0))
        found.minutes.append(minutes)
        found.runs.append(Run(CAR, 1, handicap, spare if is_free else inf))
    return found


def test_nearest_adds_the_handicap_and_keeps_no_reserve(world, make):
    policy = make(Nearest)
    assert policy.costs(incident(world), among(world, ("East", 7.0), handicap=5.0, spare=0.0)) == [12.0]
    assert policy.RULES[policy.rule(incident(world), among(world, ("East", 7.0)), 0)] == "nearest"


def test_the_reserve_is_held_back_and_the_rule_says_so(world, make):
    policy = make(NearestWithReserve)
    found = among(world, ("East", 7.0), ("West", 9.0), ("West", 3.0, OFF_WORK))
    found.runs[0].spare = 0.0
    assert policy.costs(incident(world), found) == [inf, 9.0, 3.0]
    assert [policy.RULES[policy.rule(incident(world), found, index)] for index in (1, 2)] == [
        "nearest_but_reserve",
        "nearest",
    ]


ROWS = (("West", 30.0), ("Mid", 5.0), ("South", 1.0))


@pytest.mark.parametrize(
    ("options", "zone", "prices", "rules"),
    [
        # Z1 is West's beat; Mid is of the same force, South of the other.
        ({}, "Z1", [30, 1e4 + 5, 2e4 + 1], ["own_beat", "nearer_by_lead", "nearer_by_lead"]),
        ({"lead": "10 min"}, "Z1", [30, 15, 21], ["own_beat", "nearer_by_lead", "nearer_by_lead"]),
        ({"by": "force"}, "Z1", [1e4 + 30, 1e4 + 5, 2e4 + 1], ["own_force", "own_force", "nearer_by_lead"]),
        ({"lead": "10 min"}, "Z8", [50, 25, 1], ["nearer_by_lead", "nearer_by_lead", "own_beat"]),
    ],
)
def test_home_goes_first(world, make, options, zone, prices, rules):
    policy = make(HomeFirst, **options)
    found = among(world, *ROWS)
    assert policy.costs(incident(world, zone), found) == prices
    assert [policy.RULES[policy.rule(incident(world, zone), found, index)] for index in range(3)] == rules


def test_another_force_is_no_home_even_when_nobody_else_is_there(world, make):
    policy = make(HomeFirst)
    found = among(world, ("South", 1.0))
    assert policy.RULES[policy.rule(incident(world, "Z1"), found, 0)] == "other_force"


LISTS = {"order": {"Z1": ["West", "East"], "Z2": ["East"]}, "otherwise": "nothing"}


def test_the_list_is_kept_to_the_letter(world, make):
    policy = make(PreferenceList, **LISTS)
    found = among(world, ("East", 1.0), ("West", 60.0), ("Mid", 1.0), ("West", 2.0))
    prices = policy.costs(incident(world, "Z1"), found)
    assert prices[1] == prices[3] < prices[0] < prices[2] == inf
    assert policy.costs(incident(world, "Z2"), found) == [0.0, inf, inf, inf]
    assert policy.costs(incident(world, "Z9"), found) == [inf] * 4


def test_after_the_list_the_nearest_where_it_says_so(world, make):
    policy = make(PreferenceList, **LISTS | {"otherwise": "nearest"})
    found = among(world, ("East", 90.0), ("Mid", 3.0), ("South", 2.0))
    east, mid, south = policy.costs(incident(world, "Z2"), found)
    assert east < south < mid
    assert policy.costs(incident(world, "Z9"), found) == [90.0, 3.0, 2.0]
    rules = [policy.rule(incident(world, zone), found, at) for zone, at in (("Z2", 0), ("Z2", 1), ("Z9", 1))]
    assert [policy.RULES[rule] for rule in rules] == ["list", "nearest_after_list", "nearest_without_list"]


def test_lists_of_a_type_go_before_those_of_all(world, make):
    policy = make(PreferenceList, **LISTS, by_type={"armed": {"Z1": ["Mid"]}})
    found = among(world, ("West", 1.0), ("Mid", 5.0))
    assert policy.costs(incident(world, "Z1", "job"), found) == [0.0, inf]
    assert policy.costs(incident(world, "Z1", "armed"), found) == [inf, 0.0]
    assert policy.costs(incident(world, "Z2", "armed"), found) == [inf, inf]


# Zones are on a grid of 15 x 12 km: in 5 minutes a base reaches its own zone and no other.
COVER = {"within": "5 min", "busy": 0.25}


def test_the_unit_goes_whose_leaving_costs_least(world, make):
    """Each base covers its own zone only: weights Z1 1, Z3 3, Z5 5 of 45."""
    policy = make(CoverAware, in_time="10 min", cover=COVER)
    found = among(world, ("West", 9.0), ("East", 4.0), ("Mid", 2.0), ("Mid", 3.0), ("South", 11.0))
    prices = policy.costs(incident(world), found)
    assert prices == pytest.approx(
        [0.75 / 45, 0.75 * 3 / 45, 0.75 * 0.25 * 5 / 45, 0.75 * 0.25 * 5 / 45, 12.0]
    )
    assert [policy.rule(incident(world), found, index) for index in (0, 4)] == [0, 1]


def test_none_in_time_is_the_nearest_and_work_is_left_only_then(world, make):
    policy = make(CoverAware, in_time="10 min", cover=COVER)
    assert policy.costs(incident(world), among(world, ("West", 12.0), ("East", 11.0))) == [13.0, 12.0]
    diverted = among(world, ("West", 2.0, OFF_WORK), ("South", 9.0))
    assert policy.costs(incident(world), diverted) == pytest.approx([3.0, 0.75 * 8 / 45])


def test_cover_is_that_of_where_units_are_and_not_of_their_bases(world, make):
    policy = make(CoverAware, in_time="10 min", cover=COVER)
    found = among(world, ("West", 9.0), ("West", 9.0))
    places = world.travel.zone_places()
    found.units[1] = UnitView(
        1, CAR, ASH, "West", True, Leg(places[0], places[8], -20.0, 0.1), (2, 0, 0, 0), 0.0
    )
    assert policy.costs(incident(world), found) == pytest.approx([0.75 / 45, 0.75 * 9 / 45])


def test_each_kind_covers_for_its_own(world, make):
    policy = make(CoverAware, in_time="10 min", cover=COVER)
    found = among(world, ("Mid", 5.0), ("Mid", 5.0))
    found.units[1] = UnitView(1, ARV, ASH, "Mid", True, found.units[1].leg, (2, 0, 2, 1), 0.0)
    found.runs[1].kind = ARV
    assert policy.costs(incident(world), found) == pytest.approx([0.75 * 5 / 45] * 2)
