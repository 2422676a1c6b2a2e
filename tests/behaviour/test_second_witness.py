"""The engine against the second witness: the same incidents give the same units and the same times."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from armsim.domain import Grade
from armsim.model.demand import IncidentTable
from armsim.model.world import World

from .hearing import FACTORS, TODAY, Hearing, both_heard, told
from .witness import (
    FREE_WITH_THE_MINUTE,
    ONE_POINT_A_ZONE,
)
from .witness_town import FIRST_ARMED, FIRST_CED, FULL, Kind, Law, Town, Type

FIREARMS, G1, G2 = int(Grade.FIREARMS), int(Grade.G1), int(Grade.G2)

EVERYTHING: dict[str, dict[str, Any]] = {
    "gun": {
        "grade": "FIREARMS",
        "annual": 9_000,
        "attendance": {"arv": {1: 0.7, 2: 0.3}, "officers": {1: 0.5, 3: 0.5}},
        "call_handling": {"median": "2 min", "p90": "5 min"},
        "authorisation": {"median": "3 min", "p90": "15 min"},
        "command": "20 min",
        "on_scene": {"median": "40 min", "p90": "120 min"},
        "on_scene_from": "first_armed",
        "stand_down": {"per_operation": 0.5, "after": {"median": "5 min", "p90": "20 min"}},
    },
    "fight": {
        "grade": "G1",
        "priority": 1,
        "annual": 40_000,
        "attendance": {"officers": {1: 0.4, 2: 0.4, 3: 0.2}},
        "call_handling": {"median": "3 min", "p90": "9 min"},
        "on_scene": {"median": "25 min", "p90": "70 min"},
        "on_scene_from": "full_attendance",
        "on_scene_at_latest": "20 min",
    },
    "knife": {
        "grade": "G1",
        "annual": 25_000,
        "attendance": {"officers": 1, "ced": {0: 0.4, 1: 0.6}},
        "call_handling": {"median": "2 min", "p90": "4 min"},
        "on_scene": {"median": "35 min", "p90": "100 min"},
        "on_scene_from": "first_ced",
        "on_scene_at_latest": "30 min",
        "follow_on": {"share": 0.3, "duration": {"exactly": "95 min"}},
    },
    "theft": {
        "grade": "G2",
        "annual": 60_000,
        "attendance": {"officers": 1},
        "call_handling": {"median": "4 min", "p90": "12 min"},
        "on_scene": {"exponential": "45 min"},
        "patience": {"exponential": "3 h"},
        "not_by": ["van"],
    },
    "report": {
        "grade": "G2",
        "priority": 2,
        "annual": 40_000,
        "attendance": {"officers": 1},
        "on_scene": {"exponential": "30 min"},
        "patience": {"mean": "100 min", "cv": 1},
        "patience_ends": "assignment",
    },
}
TYPES = [
    Type("gun", FIRST_ARMED),
    Type("fight", FULL, at_latest=20.0),
    Type("knife", FIRST_CED, at_latest=30.0),
    Type("theft", not_by=("van",)),
    Type("report", patience_ends_assigned=True),
]


def town(units: int, **other: Any) -> Town:
    """A zone for every unit, and its base there: two are equally near only when freed at one scene."""
    draw = random.Random(4)
    zones = [(round(draw.uniform(0, 24), 3), round(draw.uniform(0, 18), 3)) for _ in range(units)]
    bases = {f"B{n:02}": (round(x + 0.01, 3), round(y - 0.02, 3)) for n, (x, y) in enumerate(zones)}
    names = list(bases)
    at = {"car": names[0::2], "van": names[1::4], "arv": names[3::4]}
    kinds = [
        Kind("car", dict.fromkeys(at["car"], 1), (1, 0, 0, 0), (G1, G2)),
        Kind("van", dict.fromkeys(at["van"], 1), (2, 1, 0, 0), (FIREARMS, G1, G2), {G2: 3.0}, blue=False),
        Kind("arv", dict.fromkeys(at["arv"], 1), (2, 2, 2, 1), (FIREARMS, G1), {G1: 5.0}),
    ]
    return Town(
        **{
            "zones": zones, "bases": bases, "kinds": kinds, "types": TYPES, "acceleration": 0.245,
            "cruising": 1.05, "circuity": 1.3, "wheel": Law(0.6, 1.1), "base": Law(1.8, 4.0),
            "noise": (0.35, 0.02, 0.1), "blue": {FIREARMS: 0.65, G1: 0.7}, "time_factors": FACTORS,
            "paperwork": 9.0, "desk": 1, **other,
        }
    )  # fmt: skip


def minutes_between(zones: list[tuple[float, float]]) -> list[list[float]]:
    """An asymmetric table: uphill is slower."""
    return [
        [0.0 if a == b else round(2 + 0.9 * abs(ax - bx) + 1.4 * max(0.0, by - ay), 3)
         for b, (bx, by) in enumerate(zones)]
        for a, (ax, ay) in enumerate(zones)
    ]  # fmt: skip


@pytest.fixture
def hear(tmp_path: Path) -> Callable[..., Hearing]:
    return both_heard(tmp_path)


LIGHT, HEAVY = (40, 0.6), (26, 1.1)


@pytest.mark.parametrize("kind", ["crow_fly", "matrix"])
@pytest.mark.parametrize(("units", "load"), [LIGHT, HEAVY], ids=["light", "heavy"])
def test_the_same_unit_for_every_incident(hear: Any, kind: str, units: int, load: float) -> None:
    here = town(units)
    if kind == "matrix":
        here = replace(here, matrix=minutes_between(here.zones))
    heard = hear(here, EVERYTHING, load)
    assert len(heard.table) > 2000
    if (units, load) == HEAVY:
        assert heard.sent_late() > 0.2
    heard.agree()


MINUTES: dict[str, dict[str, Any]] = {
    "gun": {
        "grade": "FIREARMS",
        "priority": 1,
        "annual": 30_000,
        "attendance": {"arv": 1, "officers": {2: 0.5, 3: 0.5}},
        "call_handling": {"exponential": "2 min"},
        "authorisation": {"exponential": "5 min"},
        "command": "2 min",
        "on_scene": {"exponential": "12 min"},
        "stand_down": {"per_operation": 1.0, "after": {"exponential": "3 min"}},
    },
    "siege": {
        "grade": "FIREARMS",
        "annual": 10_000,
        "attendance": {"arv": {1: 0.5, 2: 0.5}},
        "authorisation": {"exponential": "5 min"},
        "on_scene": {"exponential": "20 min"},
        "on_scene_from": "first_armed",
    },
    "fight": {
        "grade": "G1",
        "annual": 200_000,
        "attendance": {"officers": {1: 0.5, 2: 0.3, 3: 0.2}, "ced": {0: 0.8, 1: 0.2}},
        "call_handling": {"exponential": "2 min"},
        "on_scene": {"exponential": "10 min"},
        "on_scene_from": "full_attendance",
        "on_scene_at_latest": "5 min",
        "follow_on": {"share": 0.2, "duration": {"exactly": "15 min"}},
    },
    "noise": {
        "grade": "G2",
        "annual": 150_000,
        "attendance": {"officers": {1: 0.7, 2: 0.3}},
        "call_handling": {"exponential": "2 min"},
        "on_scene": {"exponential": "8 min"},
        "patience": {"exponential": "12 min"},
    },
    "theft": {
        "grade": "G2",
        "annual": 150_000,
        "attendance": {"officers": 1},
        "call_handling": {"exponential": "4 min"},
        "on_scene": {"exponential": "15 min"},
        "patience": {"exponential": "40 min"},
        "patience_ends": "assignment",
    },
}


def whole_minutes(world: World, table: IncidentTable) -> IncidentTable:
    """Every incident at the middle of its zone, every time a whole minute."""
    zones = world.zone_arrays
    x, y = (zones[name][table.zone] for name in ("x_km", "y_km"))
    down = {name: np.floor(getattr(table, name)) for name in ("received_at", "graded_at")}
    up = {
        name: np.ceil(getattr(table, name))
        for name in ("authorisation", "on_scene", "stand_down_at", "lost_at")
    }
    return replace(table, x=x, y=y, places=world.travel.places(x, y, table.zone), **down, **up)


@pytest.fixture
def hear_whole_minutes(hear: Any) -> Any:
    """A town where any two zones are a minute apart: nobody is under way at a whole minute, so all are whole.

    Units share bases, so that ties are the rule; two days are enough for every order at one minute.
    """
    zones = [(float(3 * n), float(n * n % 5)) for n in range(6)]
    bases = {f"B{n}": zones[n] for n in range(4)}
    kinds = [
        Kind("car", {"B0": 8, "B1": 8, "B2": 8}, (1, 0, 0, 0), (G1, G2)),
        Kind("van", {"B1": 2, "B3": 4}, (2, 1, 0, 0), (FIREARMS, G1, G2)),
        Kind("arv", {"B0": 4, "B2": 2}, (2, 2, 2, 1), (FIREARMS, G1), {G1: 2.0}),
    ]
    types = [
        Type("gun"),
        Type("siege", FIRST_ARMED),
        Type("fight", FULL, 5.0),
        Type("noise"),
        Type("theft", patience_ends_assigned=True),
    ]
    here = Town(
        zones=zones, bases=bases, kinds=kinds, types=types, acceleration=0.245, cruising=1.05, circuity=1.3,
        wheel=Law(1.0), base=Law(2.0), paperwork=3.0,
        matrix=[[0.0 if a == b else 1.0 for b in range(6)] for a in range(6)],
    )  # fmt: skip
    return lambda otherwise=TODAY: hear(here, MINUTES, 1.5, whole_minutes, days=2, otherwise=otherwise)


def test_whole_minutes_and_the_order_at_one_minute(hear_whole_minutes: Any) -> None:
    heard = hear_whole_minutes()
    heard.agree()
    assert len(heard.table) > 3000
    assert heard.sent_late() > 0.2
    table = heard.log.tables["deployments"]
    clocks = np.concatenate([table[name] for name in ("assigned_at", "arrived_at", "released_at")])
    clocks = clocks[~np.isnan(clocks)]
    assert np.array_equal(clocks, np.floor(clocks))
    assert (np.unique(clocks, return_counts=True)[1] > 1).mean() > 0.9


JOB: dict[str, dict[str, Any]] = {
    "job": {"grade": "G2", "annual": 50_000, "attendance": {"officers": 1}, "on_scene": {"exactly": "10 min"}}
}
#: Zones A and B; cars start at a base in A. Turn-out is 3 minutes at the base and 1 in the car.
HERE = Town(
    zones=[(0.0, 0.0), (12.0, 0.0)], bases={"Base": (0.0, 0.0)}, kinds=[], types=[Type("job")],
    acceleration=0.245, cruising=1.05, circuity=1.3, wheel=Law(1.0), base=Law(3.0), noise=(0.3, 0.0, 0.3),
    time_factors=FACTORS,
)  # fmt: skip
ONE = (1, 0, 0, 0)


def cars(number: int) -> dict[str, Any]:
    return {"kinds": [Kind("car", {"Base": number}, ONE, (G2,))]}


#: Readings of the model: what differs from HERE, and incidents that show the difference, in order of grading.
STORIES: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    # A minute or two before seven.
    "the speed of the hour is that of the departure": (cars(1), [{"at": 418.0, "x": 5.0}]),
    "the first unit on scene has the follow-on work": (
        cars(2),
        [
            {"at": 0.0, "x": 8.0, "needs": (2, 0, 0, 0), "work": 40.0, "follow_on": 90.0,
             "trip_z": (2.0, -2.0, 0.0, 0.0)},
            {"at": 100.0, "x": 8.0},
        ],
    ),
    "patience may end before grading": (cars(1), [{"at": 0.0, "x": 5.0, "handling": 9.0, "lost": 4.0}]),
    "a unit is free since it was freed": (
        cars(2),
        [{"at": 0.0, "x": 12.0, "work": 5.0}, {"at": 0.0, "x": 1.0, "work": 20.0}, {"at": 100.0, "x": 3.0}],
    ),
    FREE_WITH_THE_MINUTE: (
        {"kinds": [Kind("car", {"Base": 1}, ONE, (G2,), {G2: 4.0}), Kind("van", {"Base": 1}, ONE, (G2,))],
         "paperwork": 9.0},
        [
            {"at": 0.0, "x": 5.0, "needs": (2, 0, 0, 0), "work": 30.0},
            {"at": 20.0, "x": 3.0},
            {"at": 21.0, "x": 7.0},
        ],
    ),
    ONE_POINT_A_ZONE: (
        cars(1) | {"matrix": [[0.0, 16.0], [16.0, 0.0]]},
        [
            {"at": 0.0, "x": 2.0},
            {"at": 10.0, "x": 12.0, "zone": 1, "lost": 18.0},
            {"at": 30.0, "x": 0.0, "y": 3.0},
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("reading", sorted(STORIES))
def test_stories_that_a_reading_of_the_model_decides(hear: Any, reading: str) -> None:
    """Each entry of TODAY is needed and explains all; when the engine is put right, the entry must go."""
    other_than_here, rows = STORIES[reading]
    here = replace(HERE, **other_than_here)
    hear(here, JOB, 1.0, told(rows), days=1).agree()
    if reading not in TODAY:
        return
    other = hear(here, JOB, 1.0, told(rows), days=1, otherwise=TODAY ^ {reading})
    with pytest.raises(AssertionError, match="rows differ; the first"):
        other.agree()


def test_a_unit_that_holds_has_not_arrived(hear: Any) -> None:
    """Patience runs to the first arrival, and an armed unit without authority has not arrived."""
    here = replace(HERE, kinds=[Kind("arv", {"Base": 1}, (2, 2, 2, 1), (G2,))])
    rows = [{"at": 0.0, "x": 2.0, "authorisation": 30.0, "lost": 20.0}]
    hear(here, JOB, 1.0, told(rows), days=1).agree()


def test_the_first_unit_sent_ends_the_patience(hear: Any) -> None:
    """``patience_ends: assignment``: the first unit sent ends it, also where a second is wanted."""
    types = {"job": {**JOB["job"], "patience": {"exactly": "15 min"}, "patience_ends": "assignment"}}
    here = replace(
        HERE,
        kinds=[Kind("car", {"Base": 1}, (1, 0, 0, 0), (G2,))],
        types=[Type("job", patience_ends_assigned=True)],
    )
    rows = [{"at": 0.0, "x": 8.0, "needs": (2, 0, 0, 0), "lost": 15.0}]
    hear(here, types, 1.0, told(rows), days=1).agree()
