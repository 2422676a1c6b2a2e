import math

import numpy as np
import pytest

from armsim.errors import ScenarioError
from armsim.model import zones_file
from armsim.model.geography import ZONE_COLUMNS
from armsim.model.zones_file import read_zones

GOOD = "zone,population,area_km2,x_km,y_km\nb,1000,1.5,0,0\na,500,2,2,0\nc,100,9,20,4\n"


@pytest.fixture
def write(tmp_path):
    def save(content, name="beats.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return save


def problems(path, columns=None):
    with pytest.raises(ScenarioError) as caught:
        read_zones(path, columns)
    return [(problem.line, problem.path, problem.message) for problem in caught.value.problems]


def test_the_least_a_file_needs(write):
    frame = read_zones(write(GOOD))
    assert tuple(frame.columns) == ZONE_COLUMNS
    assert frame["zone"].tolist() == ["a", "b", "c"]
    assert frame["name"].tolist() == ["a", "b", "c"]
    assert set(frame["force"]) == set(frame["district"]) == {"beats"}
    assert frame["population"].tolist() == [500, 1000, 100]
    assert frame["people_3km"].tolist() == [1500.0, 1500.0, 100.0]
    assert frame["rural"].tolist() == [True, False, True]
    assert frame[["lon", "lat"]].isna().all(axis=None)


def test_everything_a_file_may_say(write):
    path = write(
        "\ufeffLSOA;people;area_km2;easting;northing;lon;lat;name;force;rural;people_3km;district;note\r\n"
        'z1;10;1;450000;300000;-1.1;52.6;"One; two";North;Yes;77.5;D;x\r\n\r\n'
        "z2;20;1;451000;300500;-1.0;52.7;Two;East;urban;3;D;y\r\n"
    )
    frame = read_zones(path, {"zone": "LSOA", "population": "people"})
    assert frame["force"].tolist() == ["East", "North"]
    assert frame["name"].tolist() == ["Two", "One; two"]
    assert frame["x_km"].tolist() == [451.0, 450.0]
    assert frame["y_km"].tolist() == [300.5, 300.0]
    assert frame["lon"].tolist() == [-1.0, -1.1]
    assert frame["rural"].tolist() == [False, True]
    assert frame["people_3km"].tolist() == [3.0, 77.5]
    assert frame["district"].tolist() == ["D", "D"]


def test_degrees_are_projected_about_the_middle(write):
    path = write("zone,population,area_km2,lon,lat\na,1,1,-1,52\nb,1,1,1,54\n")
    frame = read_zones(path)
    x = 6371.0088 * math.cos(math.radians(53)) * math.radians(1)
    y = 6371.0088 * math.radians(1)
    np.testing.assert_allclose(frame["x_km"], [-x, x], rtol=1e-12)
    np.testing.assert_allclose(frame["y_km"], [-y, y], rtol=1e-12)
    assert frame["lat"].tolist() == [52.0, 54.0]


def test_every_wrong_cell_is_reported_at_once(write):
    path = write(
        "zone,population,area_km2,x_km,y_km,rural\n"
        "a,-5,1,0,0,yes\n"
        "a,10.5,0,0,0,perhaps\n"
        ",nan,1,inf,x,no\n"
        "d,1,1,0\n"
        "e,1e99,1,0,0,no\n"
    )
    assert problems(path) == [
        (2, "population", "'-5' is not a number that is whole, 0 to 1,000,000,000"),
        (3, "zone", "zone 'a' is also on line 2"),
        (3, "population", "'10.5' is not a number that is whole, 0 to 1,000,000,000"),
        (3, "area_km2", "'0' is not a number that is above 0"),
        (3, "rural", "'perhaps' is neither yes nor no"),
        (4, "zone", "this cell is empty"),
        (4, "population", "'nan' is not a number that is whole, 0 to 1,000,000,000"),
        (4, "x_km", "'inf' is not a number that is finite"),
        (4, "y_km", "'x' is not a number that is finite"),
        (5, "", "this line has 4 cells, the header 6"),
        (6, "population", "'1e99' is not a number that is whole, 0 to 1,000,000,000"),
    ]


def test_missing_columns_with_suggestions(write):
    found = problems(write("zone,popluation,x_km\na,1,2\n"))
    assert found == [
        (
            1,
            "",
            "there is no column 'population'; did you mean popluation? Then write columns: "
            "{population: popluation}",
        ),
        (
            1,
            "",
            "there is no column 'area_km2'; its columns are zone, popluation, x_km; "
            "columns: {area_km2: ITS NAME} says which it is",
        ),
        (
            1,
            "",
            "there are no coordinates; one of these pairs of columns is needed: "
            "x_km, y_km; easting, northing; lon, lat",
        ),
    ]


def test_wrong_column_names_in_the_scenario(write):
    found = problems(write(GOOD), {"popluation": "x", "name": "Title"})
    assert found == [
        (None, "", "'popluation' is not a column of a zone; did you mean population?"),
        (1, "", "there is no column 'Title'; its columns are zone, population, area_km2, x_km, y_km"),
    ]


def test_a_header_used_twice(write):
    found = problems(write("zone,zone,population,area_km2,x_km,y_km\na,b,1,1,0,0\n"))
    assert found == [(1, "", "two columns are headed 'zone'")]


def test_lines_count_from_the_start_of_a_quoted_row(write):
    found = problems(write('zone,population,area_km2,x_km,y_km,name\na,1,1,0,0,"two\nlines"\nb,1,-1,0,0,x\n'))
    assert found == [(4, "area_km2", "'-1' is not a number that is above 0")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", (None, "", "the file is empty")),
        (b"\n \n", (None, "", "the file is empty")),
        (b"zone,population,area_km2,x_km,y_km\n", (None, "", "the file has no zones")),
        (b"zone,name\na,caf\xe9\n", (2, "", "this line is not UTF-8 text; save the file as CSV UTF-8")),
        (GOOD.encode("utf-16"), (1, "", "this line is not UTF-8 text; save the file as CSV UTF-8")),
    ],
)
def test_files_that_hold_no_table(write, content, expected):
    assert problems(write(content)) == [expected]


def test_text_that_is_not_csv(write):
    ((line, _, message),) = problems(write('zone,population,area_km2,x_km,y_km\na,1,1,0,"0\n'))
    assert line == 2
    assert message.startswith("this line cannot be read as CSV")


def test_nobody_lives_there(write):
    found = problems(write("zone,population,area_km2,x_km,y_km\na,0,1,0,0\n"))
    assert found == [(None, "population", "no zone has any population")]


def test_degrees_out_of_range(write):
    found = problems(write("zone,population,area_km2,lon,lat\na,1,1,450000,300000\n"))
    assert [path for _, path, _ in found] == ["lon", "lat"]


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path):
    ((_, _, message),) = problems(tmp_path / "none.csv")
    assert message == "the file cannot be read: No such file or directory"
    ((_, _, message),) = problems(tmp_path)
    assert message == "the file cannot be read: Is a directory"


def test_absurd_sizes(write, monkeypatch):
    path = write(GOOD)
    monkeypatch.setattr(zones_file, "MOST_ZONES", 2)
    assert problems(path)[0][2] == "the file has more than 2 zones"
    monkeypatch.setattr(zones_file, "MOST_BYTES", 10)
    assert problems(path)[0][2] == f"the file has {len(GOOD)} bytes; a table of zones has at most 10"


def test_people_nearby_are_those_of_the_same_force(tmp_path):
    rows = ["A,100,1,0,0,North", "B,30,1,1,0,North", "C,7,1,2,0,South"]
    header = "zone,population,area_km2,x_km,y_km,force"
    (tmp_path / "both.csv").write_text("\n".join([header, *rows]))
    (tmp_path / "own.csv").write_text("\n".join([header, *rows[:2]]))
    both, own = read_zones(tmp_path / "both.csv"), read_zones(tmp_path / "own.csv")
    assert both["people_3km"].tolist() == [130.0, 130.0, 7.0]
    assert both[:2].equals(own)
