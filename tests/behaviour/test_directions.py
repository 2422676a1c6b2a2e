"""Directions (``model.md`` section 15): more of something does no harm to its own measure, in the mean.

Single incidents may lose, so each is judged in the mean of paired replications: the upper 99% limit of the
harm must lie below a stated margin. The same judge must refuse each change the other way round.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student

from armsim.analysis.availability import availability
from armsim.config.schema import Scenario
from armsim.domain import Record
from armsim.engine.log import EventLog
from armsim.engine.simulation import simulate
from armsim.model.world import World, build_world

SEED, REPLICATIONS = 9, 24
FASTER = 0.9  # of every trip's minutes
ACCELERATION, SPEED = 0.245, 63.0

TOWN: dict[str, Any] = {
    "armsim": 1,
    "title": "directions",
    "start": "2018-03-05",
    "window": "2 days",
    "warm_up": "6 h",
    "cool_down": "2 days",
    "region": {
        "generated": {
            "name": "Shire", "people": 90000, "area": 400, "rural_share": 0.3, "towns": 2, "zones": 14,
        },
    },
    "bases": {"all": {"sites": {"Mid": {"busiest": 1}, "Out": {"busiest": 7}}}},
    "travel": {
        "kind": "crow_fly",
        "acceleration": f"{ACCELERATION} km/min2",
        "cruising_speed": f"{SPEED} km/h",
        "blue_light_time_factor": {"G1": 0.7, "FIREARMS": 0.65},
        "trip_noise": {"at_zero": 0.3, "per_km": 0.01, "floor": 0.1},
    },
    "demand": {
        "paperwork": "5 min",
        "types": {
            "guns": {
                "grade": "FIREARMS",
                "annual": 6_000,
                "attendance": {"arv": {1: 0.7, 2: 0.3}, "officers": 1},
                "call_handling": {"median": "2 min", "p90": "4 min"},
                "authorisation": {"median": "4 min", "p90": "12 min"},
                "command": "25 min",
                "on_scene": {"median": "40 min", "p90": "110 min"},
                "on_scene_from": "first_armed",
                "on_scene_at_latest": "20 h",
            },
            "knife": {
                "grade": "G1",
                "annual": 8_000,
                "attendance": {"officers": {1: 0.5, 2: 0.5}, "ced": 1},
                "on_scene": {"median": "35 min", "p90": "90 min"},
                "on_scene_from": "first_ced",
                "on_scene_at_latest": "20 h",
            },
            "high": {
                "grade": "G1",
                "annual": 20_000,
                "attendance": {"officers": {1: 0.6, 2: 0.4}},
                "on_scene": {"median": "35 min", "p90": "90 min"},
            },
        },
    },
    "units": {
        "car": {
            "standing": {"Mid": 7, "Out": 5}, "crew": 1, "bases": "all", "serves": ["FIREARMS", "G1"],
        },
        "ced_car": {
            "standing": {"Mid": 2, "Out": 1}, "standing_ced": 1, "crew": 1, "bases": "all",
            "serves": ["FIREARMS", "G1"],
        },
        "arv": {
            "standing": {"Mid": 2, "Out": 1}, "crew": 2, "bases": "all", "armed": True, "arv": True,
            "serves": ["FIREARMS", "G1"], "handicap": {"G1": "10 min"}, "patrol": {"area": "force"},
        },
    },
    "dispatch": {
        "policy": {"kind": "nearest"},
        "diversion": [{"to": "FIREARMS", "off": ["G1"], "when": ["MOBILISING", "EN_ROUTE", "ON_SCENE"]}],
        "mobilisation": {"on_patrol": {"exactly": "1 min"}, "at_base": {"median": "2 min", "p90": "4 min"}},
    },
    "desk": {"capacity": 1},
    "threat": {"timeline": [{"level": "LOW"}]},
    "study": {"survey_every": "0 min"},
}  # fmt: skip


def minutes_to(clock: str, kind: str, start: str = "received_at") -> Callable[[EventLog, World], float]:
    """Mean minutes of counted incidents of a type from one clock to another; all must have got there."""

    def mean(log: EventLog, world: World) -> float:
        table = log.tables["incidents"]
        mine = table["type"] == world.types.index(kind)
        mine &= (table["received_at"] >= 0) & (table["received_at"] < world.scenario.window)
        minutes = (table[clock] - table[start])[mine]
        assert len(minutes) and not np.isnan(minutes).any()
        return float(minutes.mean())

    return mean


def no_arv_free(log: EventLog, world: World) -> float:
    """Share of the window with no armed response vehicle free."""
    sums = availability(log, world)
    return sums["arv_free_zero_minutes:level=LOW"] / sums["minutes:level=LOW"]


@dataclass(frozen=True)
class Direction:
    """A change that must do no harm: settings by path, the measure (lower is better), the margin of harm."""

    change: dict[str, Any]
    measure: Callable[[EventLog, World], float]
    margin: float


MORE_ARVS = {"units.arv.standing.Out": 2}
DIRECTIONS = {
    "one more ARV, first armed unit": Direction(MORE_ARVS, minutes_to("first_armed_at", "guns"), 0.1),
    "one more ARV, none free": Direction(MORE_ARVS, no_arv_free, 0.001),
    "faster travel, first officer": Direction(
        {
            "travel.acceleration": f"{ACCELERATION / FASTER**2:.9f} km/min2",
            "travel.cruising_speed": f"{SPEED / FASTER:.9f} km/h",
        },
        minutes_to("first_officer_at", "high"),
        0.05,
    ),
    "a larger desk, authorisation": Direction(
        {"desk.capacity": 2}, minutes_to("authorised_at", "guns", "graded_at"), 0.05
    ),
    "one more CED officer, first CED": Direction(
        {"units.car.standing.Out": 4, "units.ced_car.standing.Out": 2},
        minutes_to("first_ced_at", "knife"),
        0.1,
    ),
}


def changed(change: dict[str, Any]) -> dict[str, Any]:
    content = deepcopy(TOWN)
    for path, value in change.items():
        *parents, last = path.split(".")
        part = content
        for name in parents:
            part = part[name]
        part[last] = value
    return content


@cache
def played(change: str) -> tuple[World, list[EventLog]]:
    """The replications of a change, once a session; *change* is written as JSON."""
    content = changed(json.loads(change))
    world = build_world(Scenario.model_validate_json(json.dumps(content)), Path())
    return world, [simulate(world, SEED, index, Record.METRICS) for index in range(REPLICATIONS)]


def upper_limit_of_harm(before: dict[str, Any], after: dict[str, Any], measure: Any) -> float:
    """One-sided 99% limit of the mean rise of the measure, replications in pairs."""
    values = []
    for change in (before, after):
        world, logs = played(json.dumps(change))
        values.append(np.array([measure(log, world) for log in logs]))
    harm = values[1] - values[0]
    return float(harm.mean() + student.ppf(0.99, len(harm) - 1) * harm.std(ddof=1) / np.sqrt(len(harm)))


@pytest.mark.parametrize("direction", DIRECTIONS.values(), ids=DIRECTIONS)
def test_more_does_no_harm(direction: Direction) -> None:
    harm = upper_limit_of_harm({}, direction.change, direction.measure)
    assert harm < direction.margin, f"the harm may be {harm:.3f}"


@pytest.mark.parametrize("direction", DIRECTIONS.values(), ids=DIRECTIONS)
def test_the_judge_refuses_less(direction: Direction) -> None:
    assert upper_limit_of_harm(direction.change, {}, direction.measure) > direction.margin
