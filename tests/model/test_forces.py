"""Several forces in a region: each is to the last digit what it is alone, and wrong names are refused."""

import json
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from armsim.config.schema import Scenario
from armsim.errors import ScenarioError
from armsim.model.demand import IncidentTable, draw_incidents, post_incidents
from armsim.model.forces import by_force, force_code
from armsim.model.generated import generate_zones
from armsim.model.patrol import patrol_points
from armsim.model.roster import duty
from armsim.model.threat import timeline
from armsim.model.world import build_world
from armsim.streams import Streams

DAY = 1440.0
BEGIN, END = -DAY, 10 * DAY
#: Name, kilometres east of the first: near enough to have each other's residents within 3 km and beyond.
FORCES = {"Midshire": 20.0, "Northshire": 0.0, "Southshire": 38.0}
SHIFTS = {
    "teams": 5,
    "shifts": {"E": "07:00-17:00", "L": "15:00-01:00", "N": "21:00-07:00"},
    "cycle": ["E", "E", "L", "L", "N", "N", "-", "-", "-", "-"],
    "days_between_teams": 2,
}
SPELLS = {"share": 0.1, "spell": "3 days"}
MIN = {"exactly": "1 min"}
ESTABLISHMENT = {"northshire": 60, "midshire": 45, "southshire": 80}
ANNUAL = {"northshire": 9000.0, "midshire": 7000.0, "southshire": 12000.0}
VEHICLES = {"northshire": 4, "midshire": 3, "southshire": 5}
HEADCOUNT = {"northshire": 60, "midshire": 20, "southshire": 90}
P_MEDIAN = {"northshire": 2, "midshire": 1, "southshire": 2}
SITES = {
    name: {f"{name} hub": {"busiest": 1, "force": name}, f"{name} yard": {"busiest": 3, "force": name}}
    for name in ESTABLISHMENT
}


def zones_of(name):
    made = generate_zones(
        name=name, people=40_000, area_km2=400.0, rural_share=0.4, zones=14, seed=3, towns=2
    )
    return made.assign(x_km=made["x_km"] + FORCES[name]).drop(columns=["lon", "lat", "people_3km"])


def document(names, **parts):
    """A scenario of the forces called *names*; *parts* replace whole entries."""
    own = {name.lower() for name in names}

    def among(counts):
        return {name: number for name, number in counts.items() if name in own}

    types = {
        "calls": {
            "grade": "G1",
            "annual": among(ANNUAL),
            "weight": {"beta": 0.4},
            "attendance": {"officers": {1: 0.5, 2: 0.5}},
            "on_scene": {"median": "40 min", "p90": "90 min"},
            "escalation": {"to": "guns", "probability": 0.2, "after": {"exponential": "20 min"}},
        },
        "guns": {
            "grade": "FIREARMS",
            "annual_per_100k": 3000,
            "attendance": {"arv": 1},
            "on_scene": {"exponential": "50 min"},
            "authorisation": {"exponential": "3 min"},
            "stand_down": {"per_operation": 0.5, "after": MIN},
            "follow_on": {"share": 0.3, "duration": MIN},
        },
        "zoned": {
            "grade": "G2",
            "annual_by_zone": {f"{name}-{n:02d}": 40.0 * n for name in own for n in (1, 4, 14)},
            "attendance": {"officers": 1},
            "on_scene": {"exactly": "30 min"},
        },
    }
    car = {
        "bases": "cars",
        "serves": ["G1", "G2", "POST"],
        "patrol": {"slot": "45 min", "weight": {"beta": 1}},
    }
    return {
        "armsim": 1,
        "title": "forces",
        "start": "2018-03-05",
        "window": "7 days",
        "region": {"zones": {"file": "-".join(sorted(own)) + ".csv"}},
        "bases": {
            "cars": {"p_median": among(P_MEDIAN), "weight": {"beta": 0.2}},
            "yards": {"sites": {site: spot for name in own for site, spot in SITES[name].items()}},
        },
        "sites": {f"{name} hall": {"busiest": 2, "force": name} for name in own},
        "travel": {"kind": "crow_fly", "acceleration": "0.245 km/min2", "cruising_speed": "63 km/h"},
        "demand": {"types": types, "day_to_day": {"cv": 0.3}},
        "patterns": {"five": SHIFTS},
        "teams": {
            "cars": {
                "kind": "pattern",
                "establishment": among(ESTABLISHMENT),
                "vacancies": 0.04,
                "pattern": "five",
                "planned_absence": {"leave": 0.15, "training": 0.05},
                "sickness": SPELLS,
                "ced_share": 0.4,
            },
            "specials": {
                "kind": "volunteers",
                "headcount": among(HEADCOUNT),
                "hours_a_month": 20,
                "duty": "7 h",
                "starts": "18:00-20:00",
                "day_weights": {"fri": 2, "sat": 2, "mon": 1},
                "in_patrols": 0.5,
            },
        },
        "units": {
            "arv": {
                "team": "cars",
                "crew": 2,
                "bases": "yards",
                "vehicles": among(VEHICLES),
                "off_road": SPELLS,
                "minimum_per_base": 1,
                "arv": True,
                "armed": True,
                "serves": ["FIREARMS", "POST"],
                "patrol": {"area": "force"},
            },
            "car": car | {"team": "cars", "order": 2, "crew": 1, "double_crewed": 0.5, "stagger": STAGGER},
            "foot": car | {"team": "specials", "vehicles": among(dict.fromkeys(own, 9))},
            "van": {"standing": {f"{name} yard": 2 for name in own}, "bases": "yards", "serves": ["G2"]},
        },
        "dispatch": {"policy": {"kind": "nearest"}, "mobilisation": {"on_patrol": MIN, "at_base": MIN}},
        "threat": {
            "timeline": [{"level": "SEVERE"}, {"at": "3 days", "level": "CRITICAL"}],
            "levels": {
                "SEVERE": {"demand": {"guns": 0.7}},
                "CRITICAL": {
                    "demand": {"calls": 1.4},
                    "duty": {"rest_days_cancelled": 0.4, "shift_length": "11 h", "suspend": ["training"]},
                    "posts": {
                        f"{name} guard": {
                            "site": f"{name} hall",
                            "needs": {"officers": 2},
                            "hours": "24 h",
                            "kinds": ["car"],
                        }
                        for name in own
                    },
                },
            },
        },
        **parts,
    }


STAGGER = {"share": 0.4, "delay": "1 h"}


@pytest.fixture
def make(tmp_path, monkeypatch):
    monkeypatch.setenv("ARMSIM_CACHE", str(tmp_path / "cache"))

    def build(*names, **parts):
        table = pd.concat([zones_of(name) for name in names])
        table.to_csv(tmp_path / ("-".join(sorted(name.lower() for name in names)) + ".csv"), index=False)
        scenario = Scenario.model_validate_json(json.dumps(document(names, **parts)))
        return build_world(scenario, tmp_path)

    return build


def place_names(world):
    """What stands for a zone's index, which differs from region to region."""
    return world.zones["zone"].to_numpy()


def incidents_of(world, force, streams):
    """Every column of the incidents of a force, and of what they turn into, in order."""
    table = draw_incidents(world, streams, BEGIN, END)
    found = columns_of(world, force, table)
    if table.children is not None:
        found |= {
            f"child {name}": column for name, column in columns_of(world, force, table.children).items()
        }
        mine = table.child[(table.child >= 0) & (table.force == world.forces.index(force))]
        found["key of child"] = table.children.key[mine]
    return found


def columns_of(world, force, table):
    """Every column of the incidents of a force that does not number them; zones by name."""
    mine = np.flatnonzero(table.force == world.forces.index(force))
    skip = {"number", "zone", "force", "places", "children", "child", "parent"}
    found = {
        one.name: getattr(table, one.name)[mine] for one in fields(IncidentTable) if one.name not in skip
    }
    found["zone"] = place_names(world)[table.zone[mine]]
    found["places"] = np.array([table.places[row][:2] for row in mine])
    return found


def units_of(world, force, streams):
    """Units, duty, shortfalls, hours and patrol points of a force, whatever number its units have."""
    found = duty(world, streams, timeline(world.scenario), BEGIN, END)
    code = world.forces.index(force)
    units = {one.number: one for one in found.units if one.force == code}
    mine = np.isin(found.unit, list(units))
    columns = [found.start, found.end, found.officers, found.ced, found.armed_officers, found.arv]
    short = {name: column[found.shortfalls["force"] == code] for name, column in found.shortfalls.items()}
    del short["force"]
    points = patrol_points(world, found, streams)
    zones = place_names(world)
    return {
        "units": [(one.name, one.kind, one.base.name, zones[one.base.zone]) for one in units.values()],
        "duty": [
            (units[number].name, *row)
            for number, *row in zip(
                found.unit[mine].tolist(), *(c[mine].tolist() for c in columns), strict=True
            )
        ],
        "short": {name: column.tolist() for name, column in short.items()},
        "hours": {team: hours for (team, name), hours in found.force_hours.items() if name == force},
        "points": {
            one.name: [[place[:2] for place in tour] for tour in points[one.number]]
            for one in units.values()
            if one.number in points
        },
    }


@pytest.mark.parametrize("force", FORCES)
def test_a_force_is_to_the_last_digit_what_it_is_alone(make, force):
    alone, region = make(force), make(*FORCES)
    assert alone.forces == (force,)
    assert region.forces == tuple(sorted(FORCES))
    for replication in range(3):
        streams = Streams(7, replication)
        one, other = incidents_of(alone, force, streams), incidents_of(region, force, streams)
        assert len(one["key"]) > 200
        assert len(one["child key"]) == len(one["key of child"]) > 10
        assert set(np.unique(one["type"])) == {0, 1, 2}
        for name, column in one.items():
            np.testing.assert_array_equal(column, other[name], err_msg=name)
        mine = units_of(alone, force, streams)
        assert {name.split()[1] for name, *_ in mine["duty"]} == {"arv", "car", "foot", "van"}
        assert mine["points"]
        assert mine == units_of(region, force, streams)


def test_bases_and_posts_of_a_force_are_what_they_are_alone(make):
    region = make(*FORCES)
    posts = post_incidents(region, timeline(region.scenario), BEGIN, END)
    for code, force in enumerate(region.forces):
        alone = make(force)
        for group in ("cars", "yards"):
            mine = [(one.name, one.place[:2]) for one in region.bases[group] if one.force == code]
            assert mine == [(one.name, one.place[:2]) for one in alone.bases[group]]
        same = [(one.name, one.place[:2], one.opens) for one in posts if one.force == code]
        own = post_incidents(alone, timeline(alone.scenario), BEGIN, END)
        assert same == [(one.name, one.place[:2], one.opens) for one in own]
        assert len(same) == 1


def test_keys_are_unique_and_names_too(make):
    region = make(*FORCES)
    table = draw_incidents(region, Streams(1, 0), BEGIN, END)
    assert len(np.unique(table.key)) == len(table)
    assert not set(table.key) & set(table.children.key)
    assert table.key.min() >= 0
    assert replace(table, key=np.empty(0, dtype=np.int64)).key.tolist() == table.number.tolist()
    assert (region.zone_force[table.zone] == table.force).all()
    names = [one.name for one in duty(region, Streams(1, 0), timeline(region.scenario), 0.0, DAY).units]
    assert len(set(names)) == len(names)
    order = np.lexsort((table.received_at, table.force, table.type, table.graded_at))
    assert order.tolist() == list(range(len(table)))


def test_keys_do_not_hang_on_a_level_that_drops_incidents(make):
    whole, thinned = make("Midshire", threat={"timeline": [{"level": "SEVERE"}]}), make("Midshire")
    one, other = (draw_incidents(world, Streams(4, 0), BEGIN, 3 * DAY) for world in (whole, thinned))
    by_key = dict(zip(one.key.tolist(), one.received_at.tolist(), strict=True))
    kept = dict(zip(other.key.tolist(), other.received_at.tolist(), strict=True))
    assert len(kept) < len(by_key)
    assert kept.items() <= by_key.items()


def demand_by_area(**day_to_day):
    """90,000 calls a year by area, which is the same in all three forces."""
    calls = document(FORCES)["demand"]["types"]["calls"]
    return {
        "types": {"calls": calls | {"annual": 90_000, "weight": {"column": "area_km2"}, "escalation": None}},
        "day_to_day": day_to_day,
    }


def test_a_plain_annual_is_shared_by_weight(make):
    region = make(*FORCES, demand=demand_by_area(), threat={"timeline": [{"level": "SEVERE"}]})
    assert [annual for _, annual in region.demand_by_force["calls"]] == pytest.approx([30_000] * 3)
    assert all(share.sum() == pytest.approx(1) for share, _ in region.demand_by_force["calls"])
    counts = [np.bincount(draw_incidents(region, Streams(6, k), 0.0, END).force) for k in range(20)]
    # 821 a force in ten days: a mean of 20 has a standard deviation of 6.4.
    assert np.abs(np.mean(counts, axis=0) - 30_000 / 36.525).max() < 4 * 6.5


@pytest.mark.parametrize(("shared", "low", "high"), [(1.0, 0.9, 1.0), (0.0, -0.3, 0.3)])
def test_the_shared_part_of_busy_days_is_common_to_forces_and_the_own_part_is_not(make, shared, low, high):
    demand = demand_by_area(cv=0.5, shared=shared)
    region = make(*FORCES, demand=demand, threat={"timeline": [{"level": "SEVERE"}]})
    days = np.zeros((3, 240))
    for replication in range(24):
        table = draw_incidents(region, Streams(2, replication), 0.0, END)
        day = (table.received_at // DAY).astype(int) + 10 * replication
        np.add.at(days, (table.force, day), 1)
    # Means of 82 a day: Poisson noise takes about 1 part in 20 of a correlation of 1.
    assert low < np.corrcoef(days)[0, 1] < high


def test_patrols_keep_to_their_own_force(make):
    region = make(*FORCES)
    streams = Streams(3, 0)
    found = duty(region, streams, timeline(region.scenario), 0.0, 2 * DAY)
    x, y, radius = (region.zones[name].to_numpy() for name in ("x_km", "y_km", "area_km2"))
    radius = np.sqrt(radius / np.pi)
    reached = set()
    for number, tours in patrol_points(region, found, streams).items():
        unit = found.units[number]
        own = region.ground.own[unit.force]
        points = np.array([place[:2] for tour in tours for place in tour])
        away = np.hypot(points[:, :1] - x[own], points[:, 1:] - y[own])
        assert (away < radius[own] + 1e-9).any(axis=1).all()
        reached.add((unit.kind, unit.force))
    assert reached == {(kind, force) for kind in range(3) for force in range(3)}


HUB = {"Hub": {"overlay": True, "alliance": "east", "desk": {"capacity": 2}}}


def with_hub(names=("Midshire", "Southshire"), **parts):
    """A hub of specialists without zones, at Midshire's hub; a plain number is meant for it."""
    base = document(names)
    bases = base["bases"] | {"hub": {"force": "hub", "sites": {"Depot": {"zone": "midshire-03"}}}}
    teams = base["teams"] | {"hub": {"kind": "pattern", "establishment": 25, "pattern": "five"}}
    kind = {"team": "hub", "bases": "hub", "armed": True, "serves": ["FIREARMS"], "vehicles": 2}
    units = base["units"] | {"ctsfo": kind | {"patrol": {"area": "force"}}}
    return {"forces": HUB, "bases": bases, "teams": teams, "units": units, **parts}


def test_an_overlay_has_bases_and_units_and_no_zones(make):
    names = ("Midshire", "Southshire")
    world = make(*names, **with_hub())
    assert world.forces == ("Hub", "Midshire", "Southshire")
    assert len(world.ground.own[0]) == 0
    assert [(one.name, one.force) for one in world.bases["hub"]] == [("Depot", 0)]
    assert world.vehicles["ctsfo"] == (2, 0, 0)
    assert [one.posts for one in world.force_teams if one.name == "hub"] == [25]
    assert world.force_settings[0].desk.capacity == 2
    streams = Streams(5, 0)
    assert {one.force for one in duty(world, streams, timeline(world.scenario), 0.0, DAY).units} == {0, 1, 2}
    assert not (draw_incidents(world, streams, 0.0, DAY).force == 0).any()
    plain = make(*names)
    assert units_of(world, "Midshire", streams)["duty"] == units_of(plain, "Midshire", streams)["duty"]


@pytest.mark.parametrize(
    ("aid", "blocs"),
    [
        ({}, {"Midshire": (0,), "Northshire": (1,), "Southshire": (2,)}),
        ({"default": "pooled"}, {"pooled": (0, 1, 2)}),
        ({"blocs": {"east": ["southshire", "Midshire"]}}, {"east": (0, 2), "Northshire": (1,)}),
        (
            {"blocs": {"east": {"forces": ["midshire", "northshire"], "desk": "joint"}}, "default": "pooled"},
            {"east": (0, 1), "Southshire": (2,)},
        ),
    ],
)
def test_every_force_is_in_one_bloc(make, aid, blocs):
    assert make(*FORCES, aid=aid).blocs == blocs


def changed(change, names=tuple(FORCES)):
    """Parts of a document with one value set by dotted path."""
    base = document(names)
    path, value = change
    here = base
    *above, last = path.split("/")
    for part in above:
        here = here.setdefault(part, {})
    here[last] = value
    return {name: part for name, part in base.items() if name == above[0]} if above else {last: value}


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        (("teams/cars/establishment", 90), "teams.cars.establishment", "by force where there are several"),
        (("teams/specials/headcount", 90), "teams.specials.headcount", "{midshire: ..., northshire: ..., "),
        (("units/arv/vehicles", 9), "units.arv.vehicles", "by force"),
        (("bases/cars/p_median", 3), "bases.cars.p_median", "by force"),
        (("teams/cars/establishment", {"midshyre": 9}), "teams.cars.establishment.midshyre", "mean midshire"),
        (("demand/types/calls/annual", {"mid": 9}), "demand.types.calls.annual.mid", "unknown force"),
        (("bases/yards/force", "norshire"), "bases.yards.force", "did you mean northshire"),
        (("forces", {"westshire": {"alliance": "a"}}), "forces.westshire", "did you mean"),
        (("forces", {"west": {"overlay": True}}), "forces.west", "no base belongs to west"),
        (("forces", {"Midshire": {"overlay": True}}), "forces.Midshire.overlay", "has zones of its own"),
        (("forces", {"Midshire": {}, "midshire": {}}), "forces.midshire", "same force as Midshire"),
        (("aid", {"blocs": {"a": ["midshire", "no"]}}), "aid.blocs.a.1", "unknown force"),
        (
            ("aid", {"blocs": {"a": ["midshire"], "b": {"forces": ["Midshire"]}}}),
            "aid.blocs.b.forces.0",
            "in bloc a already",
        ),
        (("aid", {"blocs": {"a": ["midshire", "midshire"]}}), "aid.blocs.a.1", "named twice"),
        (
            ("teams/specials/headcount", {"midshire": 9, "northshire": 1, "Midshire": 2}),
            "teams.specials.headcount.Midshire",
            "write it once",
        ),
    ],
)
def test_what_is_wrong_with_forces_is_said_where_it_stands(make, change, path, words):
    with pytest.raises(ScenarioError) as raised:
        make(*FORCES, **changed(change))
    (problem,) = raised.value.problems
    assert problem.path == path
    assert words in problem.message


def test_numbers_for_a_force_without_zones_or_bases(make):
    parts = with_hub()
    parts["teams"]["hub"]["establishment"] = {"hub": 25, "southshire": 5}
    parts["demand"] = document(("Midshire", "Southshire"))["demand"]
    parts["demand"]["types"]["calls"]["annual"]["hub"] = 12.0
    parts["bases"]["cars"]["p_median"]["hub"] = 1
    with pytest.raises(ScenarioError) as raised:
        make("Midshire", "Southshire", **parts)
    assert {one.path for one in raised.value.problems} == {
        "teams.hub.establishment.southshire",
        "demand.types.calls.annual.hub",
        "bases.cars.p_median",
    }


def test_two_bases_of_one_name_cannot_be_told_apart(make):
    sites = {"Depot": {"zone": "midshire-03"}, "Yard": {"zone": "southshire-03"}}
    units = {"car": {"standing": {"Depot": 1}, "bases": "main", "serves": ["G1", "G2", "FIREARMS"]}}
    rest = {"teams": {}, "threat": {"timeline": [{"level": "LOW"}]}}
    world = make("Midshire", "Southshire", bases={"main": {"sites": sites}}, units=units, demand=CARE, **rest)
    assert [one.force for one in world.bases["main"]] == [0, 1]
    assert [one.name for one in duty(world, Streams(1, 0), timeline(world.scenario), 0.0, DAY).units] == [
        "Midshire car Depot 1"
    ]


CARE = {
    "types": {
        "c": {"grade": "G1", "annual": 9, "attendance": {"officers": 1}, "on_scene": {"exactly": "9 min"}}
    }
}


def test_a_base_over_the_border_belongs_to_whom_it_says(make):
    near = make("Midshire", "Southshire").zones
    border = near[near["force"] == "Southshire"].nsmallest(1, "x_km").iloc[0]
    point = {"x_km": float(border["x_km"]), "y_km": float(border["y_km"])}
    sites = {"told": point | {"force": "midshire"}, "untold": point}
    units = {"car": {"standing": {}, "bases": "main", "serves": ["G1"]}}
    rest = {"teams": {}, "threat": {"timeline": [{"level": "LOW"}]}, "demand": CARE, "units": units}
    world = make("Midshire", "Southshire", bases={"main": {"sites": sites}}, **rest)
    assert [(one.name, world.forces[one.force]) for one in world.bases["main"]] == [
        ("told", "Midshire"),
        ("untold", "Southshire"),
    ]
    assert [world.zones["force"].iloc[one.zone] for one in world.bases["main"]] == ["Midshire", "Southshire"]


def test_names_are_found_in_any_reasonable_spelling():
    forces = ("Devon & Cornwall", "London, City of", "Sussex")
    assert [
        force_code(name, forces) for name in ("devon-and-cornwall", "city-of-london", "Sussex Police")
    ] == [
        0,
        1,
        2,
    ]
    assert by_force({"sussex": 3}, forces, ()) == (0, 0, 3)
    assert by_force(None, forces, (0, 1)) == (None, None, None)
    assert by_force(4, forces, (2,)) == (0, 0, 4)
    with pytest.raises(KeyError, match="did you mean sussex"):
        force_code("sussecks", forces)


def test_shipped_zones_of_a_force_do_not_hang_on_its_neighbours(tmp_path, monkeypatch):
    monkeypatch.setenv("ARMSIM_CACHE", str(tmp_path))
    types = {"calls": document(["Midshire"])["demand"]["types"]["calls"] | {"escalation": None}}
    units = {"car": {"standing": {}, "bases": "main", "serves": ["G1"]}}
    rest = {"teams": {}, "units": units, "sites": {}, "threat": {"timeline": [{"level": "LOW"}]}}

    def world(names):
        forces = {"p_median": dict.fromkeys(names, 1), "weight": {"beta": 0.5}}
        types["calls"]["annual"] = dict.fromkeys(names, 20_000.0)
        made = document(["Midshire"], bases={"main": forces}, demand={"types": types}, **rest)
        made["region"] = {"force": names}
        return build_world(Scenario.model_validate_json(json.dumps(made)), tmp_path)

    alone, region = world(["leicestershire"]), world(["derbyshire", "leicestershire", "northamptonshire"])
    own = region.zones[region.zones["force"] == "Leicestershire"].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, alone.zones, check_exact=True)
    assert alone.bases["main"][0].name == region.bases["main"][1].name
    one, other = (incidents_of(at, "Leicestershire", Streams(1, 0)) for at in (alone, region))
    for name, column in one.items():
        np.testing.assert_array_equal(column, other[name], err_msg=name)


def test_roads_of_a_force_lie_where_they_lie_without_neighbours(tmp_path, monkeypatch):
    monkeypatch.setenv("ARMSIM_CACHE", str(tmp_path / "cache"))
    (tmp_path / "nodes.csv").write_text("node_id,lon,lat\n1,-1.13,52.63\n2,-1.47,52.92\n3,-1.2,52.8\n")
    (tmp_path / "edges.csv").write_text("from,to,length_m,minutes\n1,2,43000,40\n1,3,20000,19\n")
    roads = {"kind": "road_network", "nodes": "nodes.csv", "edges": "edges.csv", "unreachable": "crow_fly"}
    units = {"car": {"standing": {}, "bases": "main", "serves": ["G1"]}}
    rest = {
        "teams": {},
        "units": units,
        "sites": {},
        "threat": {"timeline": [{"level": "LOW"}]},
        "demand": CARE,
    }

    def trips(names):
        made = document(["Midshire"], bases={"main": {"sites": {"A": {"busiest": 1}}}}, **rest)
        made["region"] = {"force": names}
        made["travel"] = made["travel"] | roads
        world = build_world(Scenario.model_validate_json(json.dumps(made)), tmp_path)
        own = np.flatnonzero(world.zones["force"] == "Leicestershire")
        places = [world.travel.zone_places()[zone] for zone in own]
        return [world.travel.minutes(places[0], place) for place in places]

    assert trips(["leicestershire"]) == trips(["derbyshire", "leicestershire"])
