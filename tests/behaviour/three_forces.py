"""Three neighbouring forces on the shipped geography, scaled down, with a little of everything."""

from __future__ import annotations

import json
from collections.abc import Collection
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema import Scenario
from armsim.domain import Record
from armsim.engine.log import EventLog
from armsim.engine.simulation import simulate
from armsim.model.world import World, build_world

FORCES = ("derbyshire", "leicestershire", "northamptonshire")
DAY = 1440.0
SEED = 11
#: Officers of the response and the armed team by force.
RESPONSE = {"derbyshire": 80, "leicestershire": 90, "northamptonshire": 60}
ARMED = {"derbyshire": 40, "leicestershire": 40, "northamptonshire": 30}
CALLS = {"derbyshire": 12_000, "leicestershire": 13_000, "northamptonshire": 9_000}
SHIFTS = {
    "teams": 5,
    "shifts": {"E": "07:00-17:00", "L": "15:00-01:00", "N": "21:00-07:00"},
    "cycle": ["E", "E", "L", "L", "N", "N", "-", "-", "-", "-"],
    "days_between_teams": 2,
}
BREAKS = {"length": "40 min", "earliest": "2 h", "latest": "7 h"}
MOVING = ["MOBILISING", "EN_ROUTE", "ON_SCENE", "REFRESHMENTS"]


def document(forces: Collection[str] = FORCES) -> dict[str, Any]:
    """The scenario of some of the forces; each is written the same in all."""

    def among(counts: dict[str, Any]) -> dict[str, Any]:
        return {name: count for name, count in counts.items() if name in forces}

    return {
        "armsim": 1,
        "title": "three forces",
        "start": "2018-03-05",
        "window": "3 days",
        "warm_up": "6 h",
        "cool_down": "0 min",
        "region": {"force": sorted(forces)},
        "bases": {
            "stations": {"p_median": among(dict.fromkeys(FORCES, 3)), "weight": {"beta": 0.3}},
            "yards": {"p_median": among(dict.fromkeys(FORCES, 1))},
        },
        "sites": {f"{name} hall": {"busiest": 2, "force": name} for name in forces},
        "travel": {
            "kind": "crow_fly",
            "acceleration": "0.245 km/min2",
            "cruising_speed": "63 km/h",
            "blue_light_time_factor": {"G1": 0.7, "FIREARMS": 0.65},
            "trip_noise": {"at_zero": 0.3, "per_km": 0.01, "floor": 0.1},
        },
        "demand": {"types": _types(among), "paperwork": "4 min", "day_to_day": {"cv": 0.3}},
        "patterns": {"five": SHIFTS},
        "teams": {
            "response": _team(among(RESPONSE)) | {"ced_share": 0.4},
            "armed": _team(among(ARMED)) | {"ced_share": 1.0},
        },
        "units": {
            "arv": {
                "team": "armed",
                "crew": 2,
                "bases": "yards",
                "arv": True,
                "armed": True,
                "serves": ["FIREARMS", "G1", "POST"],
                "handicap": {"G1": "5 min"},
                "patrol": {"area": "force", "slot": "50 min"},
                "breaks": BREAKS,
            },
            "car": {
                "team": "response",
                "crew": 1,
                "double_crewed": 0.4,
                "bases": "stations",
                "serves": ["FIREARMS", "G1", "G2", "POST"],
                "patrol": {"slot": "45 min"},
                "breaks": BREAKS,
            },
        },
        "dispatch": {
            "policy": {"kind": "nearest_with_reserve"},
            "reserve": {"arv": {"G1": 1}, "car": {"G2": 1}},
            "diversion": [
                {"to": "FIREARMS", "off": ["G1", "G2"], "when": MOVING},
                {"to": "G1", "off": ["G2"], "when": MOVING, "within_grade": True},
            ],
            "take_over": {"saving": "3 min"},
            "mobilisation": {
                "on_patrol": {"median": "1 min", "p90": "2 min"},
                "at_base": {"median": "2 min", "p90": "4 min"},
            },
            "shift_margin": "20 min",
        },
        "desk": {"capacity": 1},
        "threat": _threat(forces),
        "study": {"survey_every": "15 min", "seed": SEED},
    }


def _types(among: Any) -> dict[str, Any]:
    return {
        "guns": {
            "grade": "FIREARMS",
            "annual": among({name: count // 10 for name, count in CALLS.items()}),
            "attendance": {"arv": {1: 0.6, 2: 0.4}, "officers": 2},
            "call_handling": {"median": "2 min", "p90": "5 min"},
            "authorisation": {"median": "4 min", "p90": "10 min"},
            "command": "20 min",
            "on_scene": {"median": "40 min", "p90": "100 min"},
            "on_scene_from": "first_armed",
            "stand_down": {"per_operation": 0.5, "after": {"median": "5 min", "p90": "12 min"}},
        },
        "high": {
            "grade": "G1",
            "annual": among(CALLS),
            "weight": {"beta": 0.2},
            "attendance": {"officers": {1: 0.5, 2: 0.4, 3: 0.1}, "ced": {0: 0.8, 1: 0.2}},
            "call_handling": {"median": "3 min", "p90": "6 min"},
            "on_scene": {"median": "40 min", "p90": "110 min"},
            "follow_on": {"share": 0.2, "duration": {"exactly": "90 min"}},
            "escalation": {"to": "guns", "probability": 0.05, "after": {"exponential": "10 min"}},
        },
        "low": {
            "grade": "G2",
            "annual_per_100k": 900,
            "attendance": {"officers": {1: 0.7, 2: 0.3}},
            "send": "together",
            "release": "singly",
            "on_scene": {"exponential": "45 min"},
            "patience": {"exactly": "3 h"},
        },
    }


def _team(establishment: dict[str, int]) -> dict[str, Any]:
    return {
        "kind": "pattern",
        "establishment": establishment,
        "pattern": "five",
        "planned_absence": {"leave": 0.1},
        "sickness": {"share": 0.05, "spell": "3 days"},
    }


def _threat(forces: Collection[str]) -> dict[str, Any]:
    posts = {
        f"{name} guard": {
            "site": f"{name} hall", "needs": {"officers": 2}, "hours": "08:00-20:00", "kinds": ["arv", "car"],
        }
        for name in forces
    }  # fmt: skip
    timeline = [{"level": "SEVERE"}, {"at": "36 h", "level": "CRITICAL"}]
    return {"timeline": timeline, "levels": {"CRITICAL": {"posts": posts}}}


@cache
def _world(written: str) -> World:
    return build_world(Scenario.model_validate_json(written), Path())


def world_of(content: dict[str, Any]) -> World:
    """The world of a scenario, built once."""
    return _world(json.dumps(content))


def played(content: dict[str, Any], replication: int = 0, record: Record = Record.FULL) -> EventLog:
    """A replication of a scenario."""
    return simulate(world_of(content), SEED, replication, record)


def changed(content: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A copy of a scenario with some entries replaced at the top."""
    return deepcopy(content) | parts


class ForceRows:
    """One force's rows of every table, with names and ranks for what is numbered region-wide.

    Args:
        content: the scenario.
        log: a replication of it, recorded in full.
        force: name of the force as written.
    """

    def __init__(self, content: dict[str, Any], log: EventLog, force: str) -> None:
        self._log, self._world = log, world_of(content)
        self._code = [name.lower() for name in self._world.forces].index(force)
        self._zones = self._world.zones["zone"].to_numpy()
        incidents = log.tables["incidents"]
        mine = incidents["incident"][incidents["force"] == self._code]
        self._rank = {number: rank for rank, number in enumerate(sorted(mine.tolist()))}
        posts = {-number for number in self._posts()}
        self._rank |= {-number: -2.0 - rank for rank, number in enumerate(sorted(posts))}
        self._rank[-1.0] = -1.0
        self._unit = {unit.number: unit.name for unit in log.units if unit.force == self._code}

    def _posts(self) -> set[float]:
        """Numbers of the posts that the force's units hold."""
        table = self._log.tables["deployments"]
        own = [unit.number for unit in self._log.units if unit.force == self._code]
        return set(table["incident"][np.isin(table["unit"], own) & (table["incident"] < 0)].tolist())

    def incidents(self) -> dict[str, list[Any]]:
        """Its incidents by number; zones by name."""
        table = self._log.tables["incidents"]
        rows = self._table("incidents", table["force"] == self._code, skip=("force",))
        rows["zone"] = [self._zones[int(zone)] for zone in rows["zone"]]
        return rows

    def of_units(self, name: str) -> dict[str, list[Any]]:
        """Rows of its units in a table that has a column ``unit``, in the order of the table."""
        skip = ("place_c",) if name == "survey" else ()
        keep = np.isin(self._log.tables[name]["unit"], list(self._unit))
        rows = self._table(name, keep, skip)
        return dict(sorted(rows.items()))

    def commands(self) -> dict[str, list[Any]]:
        """Tasks of its desk."""
        table = self._log.tables["commands"]
        return self._table("commands", np.isin(table["incident"], list(self._rank)), skip=("desk",))

    def _table(self, name: str, keep: NDArray[np.bool_], skip: tuple[str, ...] = ()) -> dict[str, list[Any]]:
        table = self._log.tables[name]
        rows: dict[str, list[Any]] = {}
        for column, values in table.items():
            if column in skip:
                continue
            kept = [None if value != value else value for value in values[keep].tolist()]
            if column in ("incident", "parent"):
                kept = [self._rank[value] for value in kept]
            rows[column] = [self._unit[int(value)] for value in kept] if column == "unit" else kept
        return rows
