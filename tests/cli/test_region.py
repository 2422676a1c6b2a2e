"""``armsim region``: roads out of a map, and a run on zones and roads of one's own."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from armsim.cli import main
from armsim.config.loader import load_scenario
from armsim.model.zones_file import read_zones
from armsim.model.zones_gis import read_shapes

osmium = pytest.importorskip("osmium", reason="the extra roads is not installed")
geopandas = pytest.importorskip("geopandas", reason="the extra geo is not installed")
shapely = pytest.importorskip("shapely", reason="the extra geo is not installed")

SIDE = 6
SCENARIO = """
armsim: 1
title: Own places
start: "2018-03-05"
window: 1 day
region: {{zones: {zones}}}
bases: {{all: {{p_median: 1}}}}
travel:
  kind: road_network
  nodes: {nodes}
  edges: {edges}
  pace: 0.75
  acceleration: 0.245 km/min2
  cruising_speed: 63 km/h
demand:
  types:
    armed: {{grade: FIREARMS, annual: 1460, attendance: {{arv: 1}}, on_scene: {{exactly: 40 min}}}}
    call: {{grade: G1, annual: 3650, attendance: {{officers: 1}}, on_scene: {{exactly: 30 min}}}}
patterns: {{day: {{teams: 1, shifts: {{D: "24 h"}}, cycle: [D], days_between_teams: 1}}}}
teams: {{arv: {{kind: pattern, establishment: 6, pattern: day}}}}
units: {{arv: {{team: arv, bases: all, arv: true, armed: true, serves: [FIREARMS, G1]}}}}
dispatch:
  policy: {{kind: nearest}}
  mobilisation: {{on_patrol: {{exactly: 1 min}}, at_base: {{exactly: 2 min}}}}
threat: {{timeline: [{{level: SEVERE}}]}}
targets: {{armed: {{milestone: first_armed, grades: [FIREARMS], urban: 15 min, rural: 20 min}}}}
study: {{replications: 2, seed: 3}}
"""


def armsim(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARMSIM_CACHE", "off")
    return tmp_path


@pytest.fixture
def town(here):
    """A town of straight streets in Rutland, as a map."""
    with osmium.SimpleWriter("town.osm.pbf") as writer:
        for i in range(SIDE):
            for j in range(SIDE):
                where = (-0.72 + 0.01 * i, 52.66 + 0.006 * j)
                writer.add_node(osmium.osm.mutable.Node(id=1 + SIDE * i + j, location=where))
        for i in range(SIDE):
            down = [1 + SIDE * i + j for j in range(SIDE)]
            across = [1 + SIDE * j + i for j in range(SIDE)]
            for way, nodes, kind in ((10 + i, down, "residential"), (20 + i, across, "tertiary")):
                tags = {"highway": kind, "maxspeed": "30 mph"}
                writer.add_way(osmium.osm.mutable.Way(id=way, nodes=nodes, tags=tags))
        path = {"highway": "path"}
        writer.add_way(osmium.osm.mutable.Way(id=99, nodes=[1, 8, 15], tags=path))
    return here / "town.osm.pbf"


def test_from_a_map_and_shapes_to_a_run(town, here):
    """The whole way: roads of a map, wards of a GeoPackage, the piece of scenario that was written."""
    built = armsim("region", "build", "--osm", town, "-o", "roads")
    assert built.exit_code == 0, built.output
    assert "| no road (paths, cycleways, footways, steps, under construction) | 1 | 1.9 |" in built.stdout
    assert sorted(path.name for path in (here / "roads").iterdir()) == [
        "edges.csv.gz", "nodes.csv.gz", "roads.json", "roads.md", "travel.yaml",
    ]  # fmt: skip
    assert (here / "roads" / "roads.md").read_text() == built.stdout
    piece = yaml.safe_load((here / "roads" / "travel.yaml").read_text())
    boxes = [
        shapely.box(-0.725 + 0.02 * i, 52.657 + 0.012 * j, -0.705 + 0.02 * i, 52.669 + 0.012 * j)
        for i in range(3)
        for j in range(3)
    ]
    wards = {"ward": [f"W{at}" for at in range(9)], "people": 1000}
    geopandas.GeoDataFrame(wards, geometry=boxes, crs=4326).to_file("wards.gpkg")
    zones = "{file: wards.gpkg, columns: {zone: ward, population: people}}"
    text = SCENARIO.format(zones=zones, nodes=piece["travel"]["nodes"], edges=piece["travel"]["edges"])
    Path("own.yaml").write_text(text + yaml.safe_dump({"sources": piece["sources"]}))
    checked = armsim("check", "own.yaml")
    assert checked.exit_code == 0, checked.output
    assert "wards.gpkg: distances are measured on the British National Grid" in checked.stderr
    assert "9 zones, 9,000 residents" in checked.stderr
    ran = armsim("run", "own.yaml", "-n", "2", "-j", "1", "-o", "results", "-q", "--no-charts")
    assert ran.exit_code == 0, ran.output
    folder = next(Path("results").glob("own-*"))
    assert list(json.loads((folder / "manifest.json").read_text())["inputs"])[-3:] == [
        "wards.gpkg", "roads/nodes.csv.gz", "roads/edges.csv.gz",
    ]  # fmt: skip
    outlines = shapely.from_wkb(pd.read_parquet(folder / "zones.parquet")["outline"].tolist())
    assert shapely.area(outlines).sum() == pytest.approx(9 * 1.353 * 1.335, rel=0.01)


def test_clipped_by_box_boundary_and_force(town, here):
    ring = [[-0.73, 52.65], [-0.695, 52.65], [-0.695, 52.68], [-0.73, 52.65]]
    boundary = {"type": "Polygon", "coordinates": [ring]}
    Path("b.geojson").write_text(json.dumps(boundary))
    nodes = {}
    for name, words in {
        "all": [], "box": ["--bbox=-0.73,52.65,-0.695,52.68"],
        "wide": ["--bbox=-0.73,52.65,-0.695,52.68", "--buffer", 9],
        "polygon": ["--boundary", "b.geojson", "--buffer", 0], "margin": ["--boundary", "b.geojson"],
        "force": ["--force", "Leicestershire Police", "--buffer", "0.5"],
    }.items():  # fmt: skip
        result = armsim("region", "build", "--osm", town, *words, "-o", name)
        assert result.exit_code == 0, result.output
        nodes[name] = len(pd.read_csv(here / name / "nodes.csv.gz"))
    assert nodes["all"] == nodes["wide"] == nodes["margin"] == nodes["force"] == SIDE * SIDE
    assert nodes["polygon"] < nodes["box"] < nodes["all"]
    facts = json.loads((here / "box" / "roads.json").read_text())
    assert facts["area"] == "box -0.73, 52.65, -0.695, 52.68"
    lost = sum(one["km"] for one in facts["left_out"])
    assert facts["read"]["km"] == pytest.approx(facts["kept"]["km"] + lost, abs=0.01)


def test_a_class_left_out_may_leave_little_that_connects(town):
    """Streets across the town meet only those that go down it."""
    words = (
        "--osm",
        town,
        "--speed",
        "residential=0",
        "--speed",
        "tertiary=20",
        "-o",
        "r",
        "--format",
        "json",
    )
    facts = json.loads(armsim("region", "build", *words).stdout)
    assert facts["class_kph"]["tertiary"] == 20
    assert facts["kept"]["nodes"] == 5  # one street of 3.4 km, split each kilometre
    reasons = {one["reason"]: one for one in facts["left_out"]}
    assert reasons["speed of 0 asked for its class"]["ways"] == SIDE
    assert reasons["stretches of road that do not connect with the rest"]["parts"] == SIDE - 1
    assert "83% of the roads does not connect with the rest" in Path("r/roads.md").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--bbox=1,2,3"], "is not four numbers"),
        (["--bbox=3,52,1,53"], "west must be less than east"),
        (["--force", "leicestershie"], "did you mean leicestershire?"),
        (["--force", "kent", "--bbox=-1,52,0,53"], "write one of --force, --bbox"),
        (["--buffer", "3"], "--buffer goes round --boundary, --force or --bbox"),
        (["--boundary", "none.geojson"], "none.geojson  the file cannot be read: No such file or directory"),
        (["--force", "kent"], "no road that a car may drive inside the boundary"),
        (["--speed", "residental=30"], "did you mean residential?"),
        (["--speed", "residential=fast"], "write a speed in km/h"),
    ],
)
def test_wrong_words_are_refused_and_nothing_is_written(town, here, words, message):
    before = sorted(path.name for path in here.iterdir())
    result = armsim("region", "build", "--osm", town, "-o", "out", *words)
    assert result.exit_code == 2
    assert message in result.stderr
    assert sorted(path.name for path in here.iterdir()) == before


def test_damaged_maps_and_full_folders_are_refused(town, here):
    Path("half.osm.pbf").write_bytes(town.read_bytes()[:200])
    Path("text.osm").write_text("not a map")
    Path("full").mkdir()
    Path("full/mine").touch()
    for file, folder, message in (
        ("half.osm.pbf", "out", "half.osm.pbf: cannot be read as OpenStreetMap data"),
        ("text.osm", "out", "text.osm: cannot be read as OpenStreetMap data"),
        ("none.osm", "out", "none.osm: no such file"),
        (town, "full", "full: is there and not empty; nothing was written"),
    ):
        result = armsim("region", "build", "--osm", file, "-o", folder)
        assert result.exit_code == 2
        assert message in result.stderr
        assert not Path("out").exists()


def test_zones_are_looked_at_and_written_as_csv(here):
    """What is written is read as what it was made from, but for the outlines."""
    boxes = [shapely.box(450_000 + 3000 * at, 300_000, 452_000 + 3000 * at, 301_000) for at in range(3)]
    wards = {"ward": ["A", "B", "C"], "people": [9_000, 100, 50], "force": ["North", "South", "South"]}
    geopandas.GeoDataFrame(wards, geometry=boxes, crs=27700).to_file("wards.gpkg")
    words = ("wards.gpkg", "--column", "zone=ward", "--column", "population=people")
    result = armsim("region", "zones", *words, "-o", "zones.csv")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "North: 1 zone, 9,000 residents, 2.0 km2; rural: 0 zones",
        "South: 2 zones, 150 residents, 4.0 km2; rural: 2 zones",
    ]
    shapes = read_shapes(here / "wards.gpkg", {"zone": "ward", "population": "people"})
    table = read_zones(here / "zones.csv")
    pd.testing.assert_frame_equal(shapes.drop(columns="outline"), table)
    again = armsim("region", "zones", *words, "-o", "zones.csv")
    assert again.exit_code == 2
    assert "zones.csv is there; nothing was written" in again.stderr
    for wrong, message in (
        (("--column", "ward"), "write our name = their name"),
        (("--layer", "beats"), "there is no layer 'beats'; expected one of: wards"),
        (("--column", "zone=wrad"), "there is no column 'wrad'; did you mean ward?"),
        (("--column", "zone=ward", "--column", "zone=people"), "a column of ours is named twice"),
    ):
        refused = armsim("region", "zones", "wards.gpkg", *wrong, "-o", "new.csv")
        assert refused.exit_code == 2
        assert message in refused.stderr
        assert not Path("new.csv").exists()


def test_settings_of_shapes_do_not_go_with_csv(here):
    Path("z.csv").write_text("zone,population,area_km2,x_km,y_km\na,1,1,0,0\n")
    Path("nodes.csv").write_text("node_id,x_km,y_km\n0,0,0\n1,1,0\n")
    Path("edges.csv").write_text("from,to,length_km,speed_kph\n0,1,1,40\n")
    zones = "{file: z.csv, layer: wards, crs: EPSG:27700}"
    Path("own.yaml").write_text(SCENARIO.format(zones=zones, nodes="nodes.csv", edges="edges.csv"))
    result = armsim("check", "own.yaml")
    assert result.exit_code == 2
    assert (
        "region.zones.layer  layer is for files of shapes, and z.csv is read as CSV; take it out"
        in result.stderr
    )
    assert "region.zones.crs  crs is for files of shapes" in result.stderr


def test_a_shapefile_is_all_of_its_files(here):
    Path("w.shp").touch()
    zones = "{file: w.shp}"
    Path("own.yaml").write_text(SCENARIO.format(zones=zones, nodes="n.csv", edges="e.csv"))
    result = armsim("check", "own.yaml")
    assert result.exit_code == 2
    for name in ("w.shx", "w.dbf", "n.csv", "e.csv"):
        assert f'no such file "{name}"' in result.stderr
    Path("W.SHP").touch()
    Path("own.yaml").write_text(SCENARIO.format(zones="{file: W.SHP}", nodes="n.csv", edges="e.csv"))
    assert 'no such file "W.DBF"' in armsim("check", "own.yaml").stderr


def test_another_prj_is_another_scenario(here):
    """What coordinates mean is in a file beside a Shapefile: a run with a wrong one is not taken up."""
    boxes = [shapely.box(450_000 + 2000 * at, 300_000, 452_000 + 2000 * at, 301_000) for at in range(3)]
    wards = geopandas.GeoDataFrame({"zone": ["A", "B", "C"], "population": 900}, geometry=boxes, crs=3857)
    wards.to_file("w.shp")
    pd.DataFrame({"node_id": [1, 2], "lon": [-1.26, -1.2], "lat": 52.6}).to_csv("n.csv", index=False)
    pd.DataFrame({"from": [1], "to": [2], "km": [5], "minutes": [5]}).to_csv("e.csv", index=False)
    Path("own.yaml").write_text(SCENARIO.format(zones="{file: w.shp}", nodes="n.csv", edges="e.csv"))
    wrong = load_scenario("own.yaml")
    assert set(wrong.files()) >= {"w.shp", "w.shx", "w.dbf", "w.prj"}
    wards.set_crs(27700, allow_override=True).to_file("w.shp")
    assert load_scenario("own.yaml").digest != wrong.digest
    Path("w.prj").unlink()
    assert "w.prj" not in load_scenario("own.yaml").files()


def test_rutland_for_a_day(here):
    """Census zones of Rutland as a CSV file of one's own, on its real roads."""
    if not os.environ.get("ARMSIM_DATA"):
        pytest.skip("ARMSIM_DATA is not set: real roads are not at hand")
    data = Path(os.environ["ARMSIM_DATA"])
    table = pd.read_csv(data / "uk_geography_lsoa" / "lsoa2011_england_wales.csv.gz")
    zones = table[table["lad_name"] == "Rutland"].assign(area_km2=lambda frame: frame["hectares"] / 100)
    zones.to_csv("rutland.csv", index=False)
    columns = "{zone: lsoa11_code, name: lsoa11_name, force: police_force, population: persons_2011}"
    roads = data / "roads_rutland_osm"
    Path("own.yaml").write_text(
        SCENARIO.format(
            zones=f"{{file: rutland.csv, columns: {columns}}}",
            nodes=roads / "nodes.csv.gz", edges=roads / "edges.csv.gz",
        )
    )  # fmt: skip
    checked = armsim("check", "own.yaml")
    assert checked.exit_code == 0, checked.output
    assert "no road reaches" not in checked.stderr
    assert "23 zones" in checked.stderr
    ran = armsim("run", "own.yaml", "-n", "2", "-j", "1", "-o", "results", "-q", "--no-charts")
    assert ran.exit_code == 0, ran.output
    metrics = pd.read_parquet(next(Path("results").glob("own-*")) / "metrics.parquet")
    answered = metrics[metrics["metric"] == "response_p50:milestone=first_officer:grade=G1"]["value"]
    assert len(answered) == 2
    assert answered.between(3, 25).all()
