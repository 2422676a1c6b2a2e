"""Remarks on zones that are well written and hardly meant; a sound file gets none."""

import pytest

from armsim.model.geography import force_zones
from armsim.model.zones_doubts import doubts
from armsim.model.zones_file import read_zones

HEAD = "zone,population,area_km2,"


def noted(tmp_path, head, rows):
    (tmp_path / "z.csv").write_text(HEAD + head + "\n" + "".join(f"{row}\n" for row in rows))
    return read_zones(tmp_path / "z.csv").attrs["notes"]


def squares(unit, area="1"):
    """Four zones of 1 km2, side by side, their centres in *unit* of a kilometre."""
    at = [(450.5, 300.5), (451.5, 300.5), (450.5, 301.5), (451.5, 301.5)]
    return [f"z{n},100,{area},{x * unit},{y * unit}" for n, (x, y) in enumerate(at)]


def test_a_sound_file_and_the_shipped_zones_get_none(tmp_path):
    assert noted(tmp_path, "easting,northing", squares(1000)) == []
    assert noted(tmp_path, "x_km,y_km", squares(1)) == []
    for forces in (["cumbria"], ["city-of-london"], ["kent", "northumbria"]):
        assert doubts(force_zones(forces, "lsoa")) == []


@pytest.mark.parametrize(
    ("unit", "area", "said"), [(1, "1", "within 0.00141 km"), (1000, "100", "have 400 km2")]
)
def test_coordinates_or_areas_in_another_unit_are_noticed(tmp_path, unit, area, said):
    """Kilometres in columns of metres; hectares in a column of km2."""
    (note,) = noted(tmp_path, "easting,northing", squares(unit, area))
    assert note.startswith("z.csv: the zones have ")
    assert said in note


def test_swapped_degrees_and_a_zone_in_the_sea_are_noticed(tmp_path):
    rows = ["a,10,1,52.6,-1.2", "b,10,1,52.61,-1.2"]
    assert noted(tmp_path, "lon,lat", rows) == [
        "z.csv: with latitude and longitude swapped the zones would lie in Great Britain: are they?"
    ]
    rows = ["a,10,1,-1.2,52.6", "b,10,1,-1.2,52.61", "c,10,1,0,0"]
    (note,) = noted(tmp_path, "lon,lat", rows)
    assert note.startswith("z.csv: zone c lies 5,8")
    assert note.endswith("km from the nearest other zone: are its coordinates right?")
