"""Small scenarios of a made-up region with a little of everything, and how to play them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from armsim.config.schema import Scenario
from armsim.domain import Record
from armsim.engine.log import EventLog
from armsim.engine.simulation import simulate
from armsim.model.demand import draw_incidents
from armsim.model.world import World, build_world
from armsim.streams import Streams

from .bookkeeping import Books

SEED = 3
WHEN = ("MOBILISING", "EN_ROUTE", "ON_SCENE", "FOLLOW_ON", "REFRESHMENTS")
BREAKS = {"length": "40 min", "earliest": "2 h", "latest": "6 h"}


def document(one: Callable[[Sequence[Any]], Any]) -> dict[str, Any]:
    """A scenario of two days; *one* chooses one of several values, the last being the most."""
    flag = (False, True)
    types = {
        "guns": {
            "grade": "FIREARMS",
            "annual": one([0.0, 2_000.0, 9_000.0]),
            "attendance": {"arv": {1: 0.6, 2: 0.4}, "officers": 1},
            "call_handling": {"median": "2 min", "p90": "5 min"},
            "authorisation": {"median": "3 min", "p90": "8 min"},
            "wait_for_authority": one(flag),
            "command": "15 min",
            "on_scene": {"median": "40 min", "p90": "120 min"},
            "on_scene_from": one(["first_armed", "first_officer", "full_attendance"]),
            "stand_down": {"per_operation": 0.5, "after": {"median": "3 min", "p90": "9 min"}},
            "crew_off": 0.05,
        },
        "high": {
            "grade": "G1",
            "annual": one([5_000.0, 30_000.0]),
            "attendance": {"officers": {1: 0.5, 2: 0.3, 3: 0.2}, "ced": {0: 0.8, 1: 0.2}},
            "call_handling": {"median": "3 min", "p90": "6 min"},
            "on_scene": {"median": "40 min", "p90": "120 min"},
            "later_units_stay": one([0.3, 1.0]),
            "follow_on": {"share": 0.3, "duration": {"exactly": "90 min"}},
        },
        "low": {
            "grade": "G2",
            "annual": one([0.0, 15_000.0, 40_000.0]),
            "attendance": {"officers": 1},
            "on_scene": {"exponential": "60 min"},
            "patience": {"exactly": one(["30 min", "4 h"])},
            "patience_ends": one(["arrival", "assignment"]),
            "relieved": one(flag),
            "not_by": one([[], ["van"]]),
        },
        "raid": {
            "grade": "PLANNED",
            "annual": one([0.0, 1_000.0]),
            "attendance": {"arv": 1},
            "on_scene": {"exactly": "3 h"},
            "booked": {"keep_free": 1, "retry": "2 h", "attempts": 2},
        },
    }
    patrol = {"slot": "45 min"}
    units = {
        "car": {
            "team": "response",
            "crew": 1,
            "double_crewed": 0.4,
            "bases": "all",
            "serves": ["FIREARMS", "G1", "G2", "POST"],
            **({"breaks": BREAKS} if one(flag) else {}),
            **({"patrol": patrol} if one(flag) else {}),
            **({"vehicles": 5, "off_road": {"share": 0.1, "spell": "1 day"}} if one(flag) else {}),
        },
        "van": {
            "standing": {"Out": one(range(1, 3))},
            "standing_ced": 1,
            "levels": ["CRITICAL"],
            "crew": 2,
            "bases": "all",
            "blue_light": False,
            "serves": ["G1", "G2", "POST"],
        },
        "arv": {
            "standing": {"Mid": one(range(1, 4))},
            "crew": 2,
            "bases": "all",
            "armed": True,
            "arv": True,
            "serves": ["FIREARMS", "PLANNED", "G1", "G2", "POST"],
            "handicap": {"G1": "5 min"},
            **({"patrol": {**patrol, "area": "force"}} if one(flag) else {}),
        },
    }
    return {
        "armsim": 1,
        "title": "random",
        "start": "2018-03-05",
        "window": "2 days",
        "warm_up": one(["0 min", "6 h"]),
        "cool_down": "3 days",
        "region": {
            "generated": {
                "name": "Shire",
                "people": 60000,
                "area": 300,
                "rural_share": 0.3,
                "towns": 1,
                "zones": one(range(8, 13)),
            },
        },
        "bases": {"all": {"sites": {"Mid": {"busiest": 1}, "Out": {"busiest": 5}}}},
        "sites": {"hall": {"busiest": 2}},
        "travel": {
            "kind": "crow_fly",
            "acceleration": "0.245 km/min2",
            "cruising_speed": "63 km/h",
            "blue_light_time_factor": {"G1": 0.7, "FIREARMS": 0.7},
            "trip_noise": {"at_zero": 0.3, "per_km": 0.01, "floor": 0.1},
        },
        "demand": {"types": types, "paperwork": one(["0 min", "12 min"])},
        "patterns": {
            "three": {
                "teams": 3,
                "shifts": {"E": "06:00-15:00", "L": "14:00-23:00", "N": "22:00-07:00"},
                "cycle": ["E", "L", "N"],
                "days_between_teams": 1,
            },
        },
        "teams": {
            "response": {
                "kind": "pattern",
                "establishment": one(range(9, 37)),
                "pattern": "three",
                "ced_share": 0.5,
            }
        },
        "units": units,
        "dispatch": {
            "policy": {"kind": one(["nearest", "nearest_with_reserve"])},
            "reserve": {"car": {"G2": one((2, 1, 0))}, "arv": {"G1": 1}},
            "diversion": one(flag)
            * [
                {"to": "FIREARMS", "off": ["G1", "G2", "POST"], "when": [*WHEN, "ON_POST"]},
                {
                    "to": "G1",
                    "kinds": ["car"],
                    "off": ["G2"],
                    "when": ["MOBILISING", "EN_ROUTE", "ON_SCENE", "REFRESHMENTS"],
                },
            ],
            "mobilisation": {
                "on_patrol": {"exactly": "1 min"},
                "at_base": {"median": "2 min", "p90": "4 min"},
            },
            "shift_margin": "30 min",
            "overrun_limit": one(["0 min", "2 h"]),
        },
        "threat": {
            "timeline": [{"level": "SEVERE"}, {"at": "20 h", "level": "CRITICAL"}],
            "levels": {
                "CRITICAL": {
                    "attendance": {"guns": {"arv": 1, "officers": {2: 0.5, 4: 0.5}}},
                    "duty": {"rest_days_cancelled": one([0.0, 0.3])},
                    "reserve": {"car": {"G2": 0}},
                    "demand": {"high": one([0.5, 1.0, 1.5])},
                    "posts": {
                        "hall": {
                            "site": "hall",
                            "needs": {"officers": 1},
                            "hours": "08:00-20:00",
                            "kinds": one([["arv", "car"], ["van", "car"]]),
                        },
                    },
                },
            },
        },
        "study": {"survey_every": "30 min"},
    }


def made(content: dict[str, Any], folder: Path = Path()) -> World:
    return build_world(Scenario.model_validate_json(json.dumps(content)), folder)


def played(content: dict[str, Any], record: Record = Record.FULL, folder: Path = Path()) -> EventLog:
    return simulate(made(content, folder), SEED, 0, record)


def booked(content: dict[str, Any], replication: int = 0) -> Books:
    """The full log of a scenario, with what was drawn."""
    world = made(content)
    begin, end = -world.scenario.warm_up, world.scenario.window + world.scenario.cool_down
    log = simulate(world, SEED, replication, Record.FULL)
    return Books(world, draw_incidents(world, Streams(SEED, replication), begin, end), log, begin)
