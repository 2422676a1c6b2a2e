from types import SimpleNamespace

import numpy as np

from armsim.analysis.second_incident import second_incidents
from armsim.domain import Grade

#: Zones 0 and 1 are of one force, zone 2 of another.
WORLD = SimpleNamespace(
    zone_force=np.array([0, 0, 1]),
    scenario=SimpleNamespace(study=SimpleNamespace(second_incident_within=60.0)),
)


def seconds(*rows, world=WORLD):
    """Numbers of the second incidents among rows of received, zone, grade and parent."""
    received, zone, grade, parent = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    number = np.arange(len(received), dtype=float)
    table = {
        "incident": number, "received_at": received, "zone": zone, "grade": grade, "parent": parent,
    }  # fmt: skip
    return np.flatnonzero(second_incidents(table, world)).tolist()


GUN, G1 = Grade.FIREARMS, Grade.G1


def test_another_within_the_hour_in_the_same_force_makes_a_second_one():
    assert seconds((0, 0, GUN, -1), (60, 1, GUN, -1)) == [1]
    assert seconds((0, 0, GUN, -1), (60.1, 1, GUN, -1)) == []
    assert seconds((0, 0, GUN, -1), (10, 2, GUN, -1)) == []


def test_order_of_rows_does_not_matter_and_one_of_the_warm_up_comes_first():
    assert seconds((20, 0, GUN, -1), (-30, 1, GUN, -1)) == [0]


def test_the_third_follows_the_second_and_another_force_between_them_is_no_matter():
    assert seconds((0, 0, GUN, -1), (30, 2, GUN, -1), (50, 0, GUN, -1), (100, 1, GUN, -1)) == [2, 3]


def test_other_grades_and_what_an_incident_turned_into_are_neither():
    assert seconds((0, 0, G1, -1), (10, 0, GUN, -1), (20, 0, G1, -1)) == []
    assert seconds((0, 0, GUN, 7), (10, 0, GUN, -1), (20, 0, GUN, 7)) == []


def test_of_two_in_the_same_moment_the_later_number_is_the_second():
    assert seconds((5, 0, GUN, -1), (5, 0, GUN, -1)) == [1]


def test_the_setting_says_how_soon():
    study = SimpleNamespace(second_incident_within=15.0)
    world = SimpleNamespace(zone_force=WORLD.zone_force, scenario=SimpleNamespace(study=study))
    assert seconds((0, 0, GUN, -1), (20, 0, GUN, -1), (35, 0, GUN, -1), world=world) == [2]
