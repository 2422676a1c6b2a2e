"""Operations of forces add up to what is published of regions and of the nation."""

import pytest

from armsim.model.starter.figures import force_figures
from armsim.model.starter.operations import force_operations


def of_region(region):
    return sum(
        force_operations()[slug].number for slug, one in force_figures().items() if one.region == region
    )


@pytest.mark.parametrize(
    ("region", "total"),
    [
        ("London", 5142), ("West Midlands", 3312), ("Yorkshire and The Humber", 2130), ("North East", 461),
        ("East Midlands", 973), ("Wales", 1137), ("South West", 1331 * 18746 / 18259),
    ],
)  # fmt: skip
def test_forces_of_a_region_make_its_total(region, total):
    assert of_region(region) == pytest.approx(total)


def test_all_forces_make_the_national_total():
    assert sum(one.number for one in force_operations().values()) == pytest.approx(18_746)


def test_figures_of_other_years_are_scaled():
    assert force_operations()["lancashire"].number == pytest.approx(214 * 18746 / 19372)
    assert force_operations()["devon-and-cornwall"].number == pytest.approx(264 * 18746 / 18259)


def test_half_is_shared_by_residents_and_half_by_robbery_and_weapons():
    """Of Durham, Cleveland and Northumbria, 461 in all."""
    forces = [force_figures()[slug] for slug in ("durham", "cleveland", "northumbria")]
    people = forces[0].people / sum(one.people for one in forces)
    armed = (forces[0].robbery + forces[0].weapons) / sum(one.robbery + one.weapons for one in forces)
    assert force_operations()["durham"].number == pytest.approx(461 * (people + armed) / 2)


def test_words_name_the_source_and_letters_the_rule():
    found = force_operations()
    assert {one.letter for one in found.values()} == {"P", "P*", "A", "R", "R*", "N"}
    assert sum(one.letter == "N" for one in found.values()) == 14
    assert "Harborough Mail" in found["leicestershire"].words
    assert found["city-of-london"].words.startswith("an assumption, about the 64 operations")
    assert "scaled to 2017/18" in found["dorset"].words
    assert all(one.number > 0 for one in found.values())
