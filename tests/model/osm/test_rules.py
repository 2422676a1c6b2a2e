import pytest

from armsim.model.osm import rules
from armsim.model.osm.rules import bars, direction, judge


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"highway": "footway"}, rules.NO_ROAD),
        ({"highway": "cycleway"}, rules.NO_ROAD),
        ({"highway": "construction", "construction": "primary"}, rules.NO_ROAD),
        ({"highway": "pedestrian"}, rules.NO_ROAD),
        ({"highway": "track"}, rules.TRACK),
        ({"highway": "track", "motor_vehicle": "yes"}, rules.TRACK),
        ({"highway": "service", "area": "yes"}, rules.AREA),
        ({"highway": "residential", "access": "private"}, rules.PRIVATE),
        ({"highway": "residential", "motor_vehicle": "no"}, rules.PRIVATE),
        ({"highway": "unclassified", "vehicle": "agricultural;forestry"}, rules.PRIVATE),
        ({"highway": "tertiary", "access": "yes", "motorcar": "no"}, rules.PRIVATE),
        ({"highway": "service", "access": "no", "bus": "yes"}, rules.PRIVATE),
        ({"highway": "service", "service": "driveway"}, rules.DRIVEWAY),
        ({"highway": "service", "service": "parking_aisle"}, rules.DRIVEWAY),
    ],
)
def test_what_is_left_out_and_why(tags, reason):
    assert judge(tags).dropped == reason


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "residential"},
        {"highway": "residential", "access": "no", "motor_vehicle": "destination"},
        {"highway": "residential", "access": "private", "emergency": "yes"},
        {"highway": "service", "service": "driveway", "emergency": "designated"},
        {"highway": "service"},
        {"highway": "service", "service": "alley"},
        {"highway": "pedestrian", "emergency": "yes"},
        {"highway": "track", "emergency": "yes"},
        {"highway": "tertiary", "access": "permissive"},
        {"highway": "tertiary", "bicycle": "no"},
    ],
)
def test_what_is_kept(tags):
    verdict = judge(tags)
    assert verdict.dropped == ""
    assert verdict.forward_kph > 0


def test_service_roads_and_classes_can_be_left_out():
    assert judge({"highway": "service"}, service=False).dropped == rules.SERVICE
    assert judge({"highway": "service", "emergency": "yes"}, service=False).dropped == ""
    assert judge({"highway": "residential"}, {"residential": 0}).dropped == rules.NO_SPEED


@pytest.mark.parametrize(
    ("tags", "way"),
    [
        ({}, 0),
        ({"oneway": "yes"}, 1), ({"oneway": "true"}, 1), ({"oneway": "1"}, 1),
        ({"oneway": "-1"}, -1), ({"oneway": "reverse"}, -1),
        ({"oneway": "no"}, 0), ({"oneway": "reversible"}, 0), ({"oneway": "alternating"}, 0),
        ({"junction": "roundabout"}, 1), ({"junction": "roundabout", "oneway": "-1"}, -1),
        ({"junction": "roundabout", "oneway": "no"}, 0), ({"junction": "circular"}, 1),
        ({"highway": "motorway"}, 1), ({"highway": "motorway", "oneway": "no"}, 0),
        ({"highway": "motorway_link"}, 1), ({"highway": "trunk"}, 0),
        ({"oneway": "yes", "oneway:motor_vehicle": "no"}, 0), ({"oneway:bicycle": "no", "oneway": "yes"}, 1),
    ],
)  # fmt: skip
def test_directions(tags, way):
    assert direction({"highway": "residential", **tags}) == way


def test_national_limit_of_a_one_way_road_is_that_of_a_dual_carriageway_unless_it_goes_round():
    tags = {"highway": "trunk", "maxspeed": "national"}
    assert judge(tags).forward_kph == pytest.approx(96.56, abs=0.01)
    assert judge({**tags, "oneway": "yes"}).forward_kph == pytest.approx(112.65, abs=0.01)
    assert judge({**tags, "junction": "roundabout"}).forward_kph == pytest.approx(96.56, abs=0.01)


def test_a_limit_of_the_map_goes_before_the_speed_of_the_class():
    assert judge({"highway": "primary"}) == ("", 0, 72, 72, False, "")
    assert judge({"highway": "primary", "maxspeed": "50"}) == ("", 0, 50, 50, True, "")
    assert judge({"highway": "primary", "maxspeed": "signals"}) == ("", 0, 72, 72, False, "signals")
    assert judge({"highway": "primary", "maxspeed:forward": "50"}) == ("", 0, 50, 72, True, "")


@pytest.mark.parametrize(
    ("tags", "barred"),
    [
        ({"barrier": "bollard"}, True),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, False),
        ({"barrier": "bollard", "emergency": "yes"}, False),
        ({"barrier": "bollard", "bicycle": "yes"}, True),
        ({"barrier": "gate"}, False),
        ({"barrier": "gate", "access": "private"}, True),
        ({"barrier": "lift_gate", "access": "no", "motor_vehicle": "permit"}, False),
        ({"barrier": "cattle_grid"}, False),
        ({"barrier": "toll_booth"}, False),
        ({"barrier": "block"}, True),
    ],
)
def test_what_keeps_cars_from_passing(tags, barred):
    assert bars(tags) is barred
