"""Zones from files of shapes: what is read, and what is refused, all at once."""

import os
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from armsim.config.schema.region import ZonesFile
from armsim.errors import ScenarioError
from armsim.model import zones_own
from armsim.model.geography import ZONE_COLUMNS
from armsim.model.zones_gis import read_shapes
from armsim.model.zones_own import own_zones
from armsim.report.outlines import ground

geopandas = pytest.importorskip("geopandas", reason="the extra geo is not installed")
shapely = pytest.importorskip("shapely", reason="the extra geo is not installed")


def km_square(east, north, size=1.0):
    x, y = 450_000 + 1000 * east, 300_000 + 1000 * north
    return shapely.box(x, y, x + 1000 * size, y + 1000 * size)


SQUARES = [km_square(0, 0), km_square(1, 0), km_square(0, 1), km_square(1, 1)]


def zones(shapes=SQUARES, crs=27700, **columns):
    count = len(shapes)
    given = {"zone": [f"z{at}" for at in range(count)], "population": [100 * (at + 1) for at in range(count)]}
    return geopandas.GeoDataFrame(given | columns, geometry=shapes, crs=crs)


@pytest.fixture
def save(tmp_path):
    def write(frame, name="wards.gpkg", **options):
        frame.to_file(tmp_path / name, **options)
        return tmp_path / name

    return write


def problems(path, columns=None, **options):
    with pytest.raises(ScenarioError) as caught:
        read_shapes(path, columns, **options)
    assert {problem.file for problem in caught.value.problems} == {str(path)}
    return [(problem.path, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize("name", ["wards.gpkg", "wards.shp", "wards.geojson", "wards.fgb"])
def test_every_kind_of_file_gives_the_same_frame(save, name):
    frame = zones(force="Shire", ward=["A", "B", "C", "D"])
    path = save(frame.to_crs(4326) if name.endswith("json") else frame, name)
    read = read_shapes(path, {"name": "ward"})
    assert tuple(read.columns) == (*ZONE_COLUMNS, "outline")
    assert read["zone"].tolist() == ["z0", "z1", "z2", "z3"]
    assert read["name"].tolist() == ["A", "B", "C", "D"]
    assert read["x_km"].tolist() == pytest.approx([450.5, 451.5, 450.5, 451.5], abs=1e-5)
    assert read["y_km"].tolist() == pytest.approx([300.5, 300.5, 301.5, 301.5], abs=1e-5)
    assert read["area_km2"].tolist() == pytest.approx([1.0] * 4, abs=1e-5)
    assert read["people_3km"].tolist() == [1000.0] * 4
    assert read["population"].tolist() == [100, 200, 300, 400]
    assert (read["lon"].iloc[0], read["lat"].iloc[0]) == pytest.approx((-1.2558, 52.6), abs=1e-3)
    assert read.attrs["notes"] == [
        f"{name}: distances are measured on the British National Grid (EPSG:27700)"
    ]


def test_zipped_shapefiles(save, tmp_path):
    save(zones(), "one.shp")
    save(zones(population=[1, 2, 3, 4]), "two.shp")
    for archive, names in (("a.zip", ["one"]), ("b.zip", ["one", "two"])):
        with zipfile.ZipFile(tmp_path / archive, "w") as file:
            for name in names:
                for end in ("shp", "shx", "dbf", "prj"):
                    file.write(tmp_path / f"{name}.{end}", f"deep/er/{name}.{end}")
            file.writestr("__MACOSX/deep/er/._one.shp", b"what macOS adds")
    assert len(read_shapes(tmp_path / "a.zip")) == 4
    assert read_shapes(tmp_path / "b.zip", layer="two")["population"].sum() == 10
    assert problems(tmp_path / "b.zip") == [
        ("layer", "the archive holds several files of shapes; write layer: one of one, two")
    ]
    assert problems(tmp_path / "b.zip", layer="tow") == [
        ("layer", "the archive has no 'tow'; did you mean two?")
    ]
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as file:
        file.writestr("readme.txt", "hello")
    assert "holds no file of shapes" in problems(tmp_path / "c.zip")[0][1]
    assert "it holds readme.txt" in problems(tmp_path / "c.zip")[0][1]


def test_zones_of_several_parts_and_zones_round_others(save):
    """An island stays one zone; the centre of a ring is inside the ring, not in its hole."""
    island = shapely.MultiPolygon([km_square(10, 0), km_square(14, 0, 2)])
    ring = km_square(-1, -1, 3).difference(km_square(0, 0))
    frame = read_shapes(save(zones([island, ring, km_square(0, 0)])))
    assert frame["area_km2"].tolist() == pytest.approx([5.0, 8.0, 1.0])
    x, y = frame["x_km"].iloc[1], frame["y_km"].iloc[1]
    assert shapely.contains_xy(ring, 1000 * x, 1000 * y)
    outline = shapely.from_wkb(frame["outline"].iloc[0])
    assert outline.geom_type == "MultiPolygon"
    assert outline.area == pytest.approx(5.0, abs=0.01)


def test_points_need_an_area(save):
    middle = [shape.centroid for shape in SQUARES]
    assert problems(save(zones(middle))) == [
        (
            "",
            "there is no column 'area_km2'; its columns are zone, population; columns: {area_km2: ITS NAME} "
            "says which it is",
        )
    ]
    frame = read_shapes(save(zones(middle, km2=2.5), "points.gpkg"), {"area_km2": "km2"})
    assert frame["area_km2"].tolist() == [2.5] * 4
    assert tuple(frame.columns) == ZONE_COLUMNS


def test_heights_of_shapes_are_left_out(save):
    high = [shapely.force_3d(shape, 80.0) for shape in SQUARES]
    frame = read_shapes(save(zones(high)))
    assert not shapely.has_z(shapely.from_wkb(frame["outline"].tolist())).any()
    assert len(ground(frame)) == 4


def test_zones_are_read_once_until_the_file_changes(save, tmp_path, monkeypatch):
    read = []
    monkeypatch.setattr(zones_own, "read_shapes", lambda *given: read.append(1) or read_shapes(*given))
    config = ZonesFile(file="wards.gpkg")
    save(zones())
    first, second = own_zones(config, tmp_path), own_zones(config, tmp_path)
    assert (len(read), first is second) == (1, False)
    assert first.attrs == second.attrs
    save(zones(population=[9, 9, 9, 10]))
    assert own_zones(config, tmp_path)["population"].sum() == 37
    assert len(read) == 2


def test_outside_great_britain_a_utm_zone_serves(save):
    shapes = [shapely.box(550_000 + 1000 * at, 4_180_000, 551_000 + 1000 * at, 4_181_000) for at in range(3)]
    frame = read_shapes(save(zones(shapes, 32610).to_crs(4326), "sf.geojson"))
    assert frame["x_km"].tolist() == pytest.approx([550.5, 551.5, 552.5], abs=1e-4)
    assert frame["lon"].iloc[0] == pytest.approx(-122.43, abs=0.01)
    assert frame.attrs["notes"] == ["sf.geojson: distances are measured on the UTM zone 10N (EPSG:32610)"]


def test_overlaps_are_named_with_their_size(save):
    shapes = [km_square(0, 0), km_square(0.5, 0), km_square(1.498, 0), km_square(0, 0.995)]
    assert problems(save(zones(shapes))) == [
        ("", "zones overlap: z0 and z1 share 0.5 km2 (50% of the smaller)"),
    ]
    assert len(read_shapes(save(zones([km_square(0, 0), km_square(0.995, 0)]), "slivers.gpkg"))) == 2


def test_the_same_shape_twice_is_an_overlap(save):
    assert problems(save(zones([km_square(0, 0), km_square(0, 0)])))[0][1].endswith(
        "share 1 km2 (100% of the smaller)"
    )


def test_gaps_inside_are_told_and_ground_outside_is_not(save):
    ring = km_square(-1, -1, 3).difference(km_square(0, 0))
    notes = read_shapes(save(zones([ring, km_square(20, 20)]))).attrs["notes"]
    assert notes[1:] == [
        "wards.gpkg: 1 gap inside the outline (ground of no zone): 1 km2 in all; the largest, 1 km2, at "
        "east and north 450.5, 300.5 km"
    ]


def test_broken_outlines_are_mended_or_refused(save):
    bow = shapely.Polygon([(450_000, 300_000), (451_000, 301_000), (451_000, 300_000), (450_000, 301_000)])
    assert problems(save(zones([bow, km_square(5, 5)]))) == [
        ("", "shape 1: the outline of z0 is broken (self-intersection); mend it in a GIS")
    ]
    flat = shapely.Polygon([(450_000, 300_000), (452_000, 300_000), (450_000, 300_000)])
    assert problems(save(zones([flat, km_square(5, 5)]), "flat.gpkg")) == [
        ("", "shape 1: z0 has no area: its outline is a line; mend it in a GIS")
    ]
    spike = shapely.Polygon(
        [(450_000, 300_000), (451_000, 300_000), (451_000, 301_000), (451_000, 302_000), (451_000, 301_000),
         (450_000, 301_000)]
    )  # fmt: skip
    frame = read_shapes(save(zones([spike, km_square(5, 5)]), "spike.gpkg"))
    assert frame["area_km2"].tolist() == pytest.approx([1.0, 1.0])
    assert "spike.gpkg: broken outlines were mended, areas as before: z0" in frame.attrs["notes"]


def test_every_problem_of_the_table_at_once(save):
    frame = zones(zone=["a", "a", "", None], population=[-1, None, 2.5, 3]).rename(columns={"zone": "code"})
    frame = frame.set_crs(4326, allow_override=True)
    found = problems(save(frame), {"zone": "code", "x_km": "q"})
    assert found[0][0] == "crs"
    assert found[1:] == [
        ("columns.x_km", "the shapes give x_km; take it out of columns"),
        ("code", "shape 3: this cell is empty"),
        ("code", "shape 4: this cell is empty"),
        ("code", "shape 2: zone 'a' is also shape 1"),
        ("population", "shape 1: '-1' is not a number that is whole, 0 to 1,000,000,000"),
        ("population", "shape 2: '' is not a number that is whole, 0 to 1,000,000,000"),
        ("population", "shape 3: '2.5' is not a number that is whole, 0 to 1,000,000,000"),
    ]


def test_missing_columns_and_a_wrong_crs_at_once(save):
    frame = zones(crs=None).rename(columns={"population": "populaton"}).drop(columns="zone")
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        path = save(frame)
    assert problems(path) == [
        ("crs", "the file says no coordinate system; write crs: EPSG:27700"),
        (
            "",
            "there is no column 'zone'; its columns are populaton; columns: {zone: ITS NAME} says which it "
            "is",
        ),
        (
            "",
            "there is no column 'population'; did you mean populaton? Then write columns: "
            "{population: populaton}",
        ),
    ]


def test_columns_in_capitals_are_found_among_many(save):
    more = {f"c{at:02}": 0 for at in range(20)}
    frame = zones(**more).rename(columns={"zone": "ZONE", "population": "PEOPLE"})
    found = dict(enumerate(message for _, message in problems(save(frame))))
    assert found[0] == "there is no column 'zone'; did you mean ZONE? Then write columns: {zone: ZONE}"
    assert found[1].startswith("there is no column 'population'; its columns are ZONE, PEOPLE, c00, ")
    assert "c09 and 10 more; columns: {population: ITS NAME} says which it is" in found[1]


def test_a_grid_that_is_said_to_be_another_is_noticed(save):
    path = save(zones(crs=3857))
    notes = read_shapes(path).attrs["notes"]
    assert notes[1].endswith("is the coordinate system right? If not, write crs: EPSG:27700")
    mended = read_shapes(path, crs="EPSG:27700")
    assert mended["x_km"].tolist() == [450.5, 451.5, 450.5, 451.5]
    assert "puts them outside Great Britain; EPSG:27700 is taken, as crs says" in mended.attrs["notes"][0]


def test_names_that_would_speak_to_a_terminal_are_refused(save):
    found = problems(save(zones(name=["one", "t\x1b[2Jwo", "th\x9bree", "fo'ur <&>"])))
    assert found == [
        ("name", r"shape 2: 't\x1b[2Jwo' has a control character"),
        ("name", r"shape 3: 'th\x9bree' has a control character"),
    ]


def test_layers(save):
    path = save(zones(), layer="wards")
    save(zones(population=7), layer="beats")
    geopandas.GeoDataFrame({"a": [1]}, geometry=[None], crs=27700).iloc[:0].to_file(path, layer="empty")
    assert problems(path) == [
        ("layer", "the file has several layers; write layer: one of wards, beats, empty")
    ]
    assert problems(path, layer="ward") == [("layer", "there is no layer 'ward'; did you mean wards?")]
    assert read_shapes(path, layer="beats")["population"].tolist() == [7] * 4
    assert problems(path, layer="empty") == [("", "the layer is empty: it has no shapes")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.gpkg", bytes(range(128, 192)), "the file cannot be read as shapes ('a.gpkg' not recognized"),
        ("a.geojson", b"", "the file is empty"),
        ("a.geojson", b'{"a": 1}', "the file cannot be read as shapes"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "the layer is empty"),
        ("a.zip", b"PK no archive", "the file cannot be read: File is not a zip file"),
        ("a.geojson", b"<OGRVRTDataSource></OGRVRTDataSource>", "cannot be read as shapes"),
    ],
)
def test_what_is_no_file_of_shapes(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    found = problems(tmp_path / name)
    assert len(found) == 1
    assert message in found[0][1] or "no layer with shapes" in found[0][1]


def test_a_file_that_sends_the_reader_elsewhere_is_refused(save, tmp_path):
    path = save(zones(), layer="wards")
    (tmp_path / "trick.geojson").write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="wards"><SrcDataSource>{path}</SrcDataSource></OGRVRTLayer>'
        "</OGRVRTDataSource>"
    )
    assert problems(tmp_path / "trick.geojson")[0][1].startswith("the file is of the kind OGR_VRT")


def test_nothing_is_fetched_that_a_file_names(tmp_path):
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        source = f"/vsicurl/http://127.0.0.1:{server.server_port}/x.geojson"
        (tmp_path / "trick.geojson").write_text(
            f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>'
            "</OGRVRTDataSource>"
        )
        assert len(problems(tmp_path / "trick.geojson")) == 1
        server.shutdown()
    assert asked == []


@pytest.mark.parametrize(
    ("ring", "name", "message"),
    [
        ("[[NaN, 52], [-1, 53], [-1, 52], [-1.1, 52]]", "A", "shape 1: has no geometry that can be read"),
        ("[[-1.1, 52], [-1, 53], [-1, 52], [-1.1, 52]]", "\xfc", "its text is not UTF-8; save it as UTF-8"),
    ],
)
def test_what_cannot_be_read_in_a_file_of_shapes(tmp_path, ring, name, message):
    text = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"zone": "'
        f'{name}", "population": 5}}, "geometry": {{"type": "Polygon", "coordinates": [{ring}]}}}}]}}'
    )
    (tmp_path / "a.geojson").write_text(text, encoding="latin-1")
    assert problems(tmp_path / "a.geojson")[0][1].startswith(message)


def test_a_shapefile_without_its_companions(save, tmp_path):
    path = save(zones(), "wards.shp")
    (tmp_path / "wards.shx").unlink()
    assert problems(path) == [("", "a Shapefile needs wards.shx beside it")]
    (tmp_path / "wards.dbf").unlink()
    assert problems(path) == [("", "a Shapefile needs wards.shx and wards.dbf beside it")]
    assert problems(tmp_path / "absent.gpkg") == [("", "the file cannot be read: No such file or directory")]


def test_other_shapes_are_refused(save):
    mixed = [km_square(0, 0), km_square(1, 0).centroid, km_square(2, 0).exterior]
    assert problems(save(zones(mixed)))[0] == (
        "", "zones are polygons, or points with an area; the layer has LineString, Point, Polygon",
    )  # fmt: skip
    assert problems(save(zones([km_square(0, 0), None]), "none.gpkg")) == [
        ("", "shape 2: has no geometry that can be read; mend it in a GIS or take the row out")
    ]


def test_columns_that_are_called_as_ours_do_not_disturb(save):
    frame = read_shapes(save(zones(x_km=0, lat=7, area_km2=99)))
    assert frame["x_km"].iloc[0] == 450.5
    assert frame["area_km2"].tolist() == pytest.approx([1.0] * 4)


@pytest.mark.parametrize(("force", "count"), [("west_yorkshire", 1388), ("west_midlands", 1680)])
def test_real_zones(force, count):
    if not os.environ.get("ARMSIM_DATA"):
        pytest.skip("ARMSIM_DATA is not set: real outlines are not at hand")
    file = Path(os.environ["ARMSIM_DATA"]) / "uk_geography_lsoa" / f"lsoa_polygons_{force}.geojson.gz"
    with pytest.raises(ScenarioError, match="there is no column 'population'"):
        read_shapes(file, {"zone": "lsoa11_code"})
    frame = geopandas.read_file(f"/vsigzip/{file}").assign(population=1600)
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        frame.to_file(Path(folder) / "real.gpkg")
        read = read_shapes(Path(folder) / "real.gpkg", {"zone": "lsoa11_code"})
    assert len(read) == count
    simplified = shapely.area(shapely.from_wkb(read["outline"].tolist()))
    assert simplified.sum() == pytest.approx(read["area_km2"].sum(), rel=0.01)
    assert np.median(abs(simplified / read["area_km2"] - 1)) < 0.15
