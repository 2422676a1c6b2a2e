import pickle
from pathlib import Path

import numpy as np
import pytest

from armsim.config.schema import Scenario
from armsim.config.schema.region import Weight
from armsim.errors import ScenarioError
from armsim.model.demand import draw_incidents
from armsim.model.world import build_world
from armsim.streams import Streams

ZONES = "zone,population,area_km2,x_km,y_km,people_3km\nA,100,4,0,0,1000\nB,300,1,10,0,400\nC,0,9,0,20,0\n"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
CALL = {
    "grade": "G1",
    "annual": 1000.0,
    "attendance": {"officers": 1},
    "on_scene": {"exactly": "30 min"},
}
PLACED = {"car": {"standing": {"main 1 (B)": 1}, "bases": "main", "serves": ("G1",)}}
NONE = {"car": {"standing": {}, "bases": "main", "serves": ("G1",)}}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("ARMSIM_CACHE", str(tmp_path / "cache"))
    (tmp_path / "zones.csv").write_text(ZONES)
    return tmp_path


def scenario(**changes) -> Scenario:
    return Scenario.model_validate(
        {
            "armsim": 1,
            "title": "test",
            "start": "2018-03-05",
            "window": "7 days",
            "region": {"zones": {"file": "zones.csv"}},
            "bases": {"main": {"sites": {"Depot": {"zone": "A"}}}},
            "travel": {"kind": "crow_fly", "acceleration": "0.2 km/min2", "cruising_speed": "60 km/h"},
            "demand": {"types": {"call": CALL}},
            "units": {"car": {"standing": {"Depot": 1}, "bases": "main", "serves": ("G1",)}},
            "dispatch": {
                "policy": {"kind": "nearest"},
                "mobilisation": {"on_patrol": {"exactly": "1 min"}, "at_base": {"exactly": "2 min"}},
            },
            "threat": {"timeline": ({"level": "SEVERE"},)},
            **changes,
        }
    )


def test_bases_and_sites_stand_where_they_are_told_to(folder) -> None:
    bases = {
        "two": {"sites": {"Z": {"x_km": 9.0, "y_km": 1.0}, "B": {"busiest": 2}}},
        "main": {"sites": {"Depot": {"zone": "C"}}},
    }
    world = build_world(scenario(bases=bases, sites={"hub": {"busiest": 1}}), folder)
    assert list(world.bases) == ["main", "two"]
    assert [(base.name, base.zone, base.place[:2]) for base in world.bases["two"]] == [
        ("B", 1, (10.0, 0.0)),
        ("Z", 1, (9.0, 1.0)),
    ]
    assert (world.bases["main"][0].zone, world.bases["main"][0].place[:2]) == (2, (0.0, 20.0))
    assert world.sites["hub"][:2] == (0.0, 0.0)
    assert world.nearest_zone(0.0, 11.0) == 2


def test_weights_are_column_times_a_power_of_people_nearby(folder) -> None:
    world = build_world(scenario(), folder)
    assert world.zone_weights(Weight()).tolist() == [0.25, 0.75, 0.0]
    assert np.allclose(
        world.zone_weights(Weight(beta=0.5)), np.array([100 * 1000**0.5, 300 * 20.0, 0]) / 9162.27766
    )
    assert np.allclose(
        world.zone_weights(Weight(column="area_km2", beta=-1.0)), np.array([0.004, 0.0025, 9]) / 9.0065
    )


def test_demand_by_zone_is_by_rate_share_or_head(folder) -> None:
    rest = {name: value for name, value in CALL.items() if name != "annual"}
    types = {
        "zoned": {**rest, "annual_by_zone": {"C": 30.0, "A": 10.0}},
        "head": {**rest, "annual_per_100k": 1000.0},
        "none": {**rest, "annual_by_zone": {"A": 0.0}},
    }
    world = build_world(scenario(demand={"types": types}), folder)
    assert world.types == ("head", "none", "zoned")
    assert world.forces == ("zones",)
    (zoned,), (head,), (none,) = (world.demand_by_force[name] for name in ("zoned", "head", "none"))
    assert zoned[0].tolist() == [0.25, 0.0, 0.75]
    assert zoned[1] == 40.0
    assert head[1] == pytest.approx(4.0)
    assert none[1] == 0.0
    assert build_world(scenario(), folder).demand_by_force["call"][0][1] == 1000.0


def test_placed_bases_are_numbered_by_residents_served(folder) -> None:
    world = build_world(scenario(bases={"main": {"p_median": 2}}, units=PLACED), folder)
    assert [(base.name, base.zone) for base in world.bases["main"]] == [("main 1 (B)", 1), ("main 2 (A)", 0)]
    assert world.notes == ()


def test_numbers_of_placed_bases_sort_as_names(folder) -> None:
    made = {"name": "Shire", "people": 60000, "area": 800.0, "rural_share": 0.4, "zones": 30, "towns": 2}
    world = build_world(
        scenario(region={"generated": made}, bases={"main": {"p_median": 11}}, units=NONE), folder
    )
    names = [base.name for base in world.bases["main"]]
    assert names == sorted(names)
    assert names[0].startswith("main 01 (")
    assert len({base.zone for base in world.bases["main"]}) == 11


def test_a_shipped_force_and_its_notes(folder) -> None:
    region = {"force": ("city-of-london", "leicestershire")}
    world = build_world(scenario(region=region, bases={"main": {"sites": {"Depot": {"busiest": 1}}}}), folder)
    assert set(world.zones["force"]) == {"Leicestershire", "London, City of"}
    assert len(world.notes) == 1
    assert "City of London" in world.notes[0]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"region": {"force": "atlantis"}}, "region.force"),
        ({"bases": {"main": {"p_median": 9}}}, "bases.main.p_median"),
        ({"bases": {"main": {"sites": {"Depot": {"zone": "Q"}}}}}, "bases.main.sites.Depot.zone"),
        ({"sites": {"hub": {"busiest": 4}}}, "sites.hub.busiest"),
        (
            {"demand": {"types": {"call": {**CALL, "weight": {"column": "force"}}}}},
            "demand.types.call.weight.column",
        ),
        (
            {"demand": {"types": {"call": CALL}, "profiles": {"flat": {"hours": (0.0,) * 24}}}},
            "demand.profiles.flat",
        ),
        (
            {"demand": {"types": {"call": CALL}, "season": dict.fromkeys(MONTHS, 0.0)}},
            "demand.season",
        ),
    ],
)  # fmt: skip
def test_a_scenario_that_does_not_fit_its_world_is_refused_where_it_is_wrong(folder, changes, path) -> None:
    with pytest.raises(ScenarioError) as raised:
        build_world(scenario(**changes), folder)
    assert [problem.path for problem in raised.value.problems] == [path]


def test_standing_units_must_stand_at_bases_that_were_placed(folder) -> None:
    units = {"car": {"standing": {"main 1 (B)": 1, "main 3 (B)": 1}, "bases": "main", "serves": ("G1",)}}
    with pytest.raises(ScenarioError, match="did you mean main 1") as raised:
        build_world(scenario(bases={"main": {"p_median": 2}}, units=units), folder)
    assert [problem.path for problem in raised.value.problems] == ["units.car.standing.main 3 (B)"]


def test_unknown_zones_of_rates_are_all_named(folder) -> None:
    kind = {name: value for name, value in CALL.items() if name != "annual"}
    types = {"call": {**kind, "annual_by_zone": {"Q": 1.0, "A": 1.0, "P": 1.0}}}
    with pytest.raises(ScenarioError) as raised:
        build_world(scenario(demand={"types": types}), folder)
    assert [problem.path[-1] for problem in raised.value.problems] == ["P", "Q"]


@pytest.mark.parametrize("kind", ["crow_fly", "matrix", "road_network"])
def test_a_world_survives_pickling_with_every_kind_of_travel(folder, kind) -> None:
    (folder / "minutes.csv").write_text("from,to,minutes\nA,B,7\nB,A,8\nA,C,9\nC,A,9\nB,C,20\nC,B,21\n")
    (folder / "nodes.csv").write_text("node_id,x_km,y_km\n1,0,0\n2,10,0\n3,0,20\n")
    (folder / "edges.csv").write_text("from,to,metres,minutes\n1,2,10000,7\n1,3,20000,9\n")
    own = {
        "crow_fly": {},
        "matrix": {"file": "minutes.csv"},
        "road_network": {"nodes": "nodes.csv", "edges": "edges.csv", "columns": {"length_m": "metres"}},
    }[kind]
    travel = {"kind": kind, "acceleration": "0.2 km/min2", "cruising_speed": "60 km/h", **own}
    world = build_world(scenario(travel=travel), folder)
    copy = pickle.loads(pickle.dumps(world))
    places = world.travel.zone_places()
    assert copy.travel.minutes(places[0], places[1]) == world.travel.minutes(places[0], places[1])
    if kind != "crow_fly":
        assert world.travel.minutes(places[0], places[1]) == pytest.approx(7.0)
    assert copy.bases == world.bases
    mine, theirs = (draw_incidents(one, Streams(1, 0), 0.0, 10080.0) for one in (world, copy))
    assert mine.places == theirs.places
    assert np.array_equal(mine.graded_at, theirs.graded_at)
