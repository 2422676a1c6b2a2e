"""A small world for tests of the roster: four zones in a row, two bases, teams and kinds as asked."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from armsim.config.schema import Scenario
from armsim.model.travel import TravelModel
from armsim.model.world import Base, World

FIVE_TEAM = {
    "teams": 5,
    "shifts": {"E": "07:00-17:00", "L": "15:00-01:00", "N": "21:00-07:00"},
    "cycle": ["E", "E", "L", "L", "N", "N", "-", "-", "-", "-"],
    "days_between_teams": 2,
}
ARV = {"team": "arv", "crew": 2, "bases": "arv", "arv": True, "armed": True, "serves": ["FIREARMS", "G1"]}


def settings(**parts: Any) -> dict[str, Any]:
    """A scenario document; *parts* replace whole entries."""
    document: dict[str, Any] = {
        "armsim": 1,
        "title": "roster",
        "start": "2018-03-05",
        "window": "28 days",
        "region": {"zones": {"file": "none.csv"}},
        "bases": {"arv": {"sites": {"A": {"zone": "z0"}, "B": {"zone": "z3"}}}},
        "travel": {"kind": "crow_fly", "acceleration": "0.245 km/min2", "cruising_speed": "63 km/h"},
        "demand": {
            "types": {
                "g1": {
                    "grade": "G1",
                    "annual": 10,
                    "attendance": {"officers": 1},
                    "on_scene": {"exactly": "30 min"},
                }
            }
        },
        "patterns": {"five": FIVE_TEAM},
        "teams": {"arv": {"kind": "pattern", "establishment": 50, "pattern": "five"}},
        "units": {"arv": ARV},
        "dispatch": {
            "policy": {"kind": "nearest"},
            "mobilisation": {"on_patrol": {"exactly": "1 min"}, "at_base": {"exactly": "2 min"}},
        },
        "threat": {"timeline": [{"level": "SEVERE"}]},
    }
    return document | parts


def small_world(people: tuple[int, int, int, int] = (100, 100, 100, 100), **parts: Any) -> World:
    """Zones at 0, 1, 2, 3 km east; base A at 0 and B at 3 km."""
    scenario = Scenario.model_validate_json(json.dumps(settings(**parts)))
    zones = pd.DataFrame(
        {
            "zone": ["z0", "z1", "z2", "z3"],
            "force": "Shire",
            "x_km": [0.0, 1.0, 2.0, 3.0],
            "y_km": 0.0,
            "population": people,
        }
    )
    bases = {
        group: (Base("A", group, 0, (0.0, 0.0, -1)), Base("B", group, 3, (3.0, 0.0, -1)))
        for group in scenario.bases
    }
    no_travel = cast(TravelModel, None)  # the roster asks for no travel times
    kinds = tuple(sorted(scenario.units))
    return World(scenario, zones, no_travel, bases, {}, ("g1",), kinds, (), Path())


@pytest.fixture
def make_world() -> Callable[..., World]:
    return small_world


@pytest.fixture
def five_team() -> dict[str, Any]:
    return dict(FIVE_TEAM)


@pytest.fixture
def arv_kind() -> dict[str, Any]:
    return dict(ARV)


@pytest.fixture
def location_cases() -> tuple[Any, ...]:
    """Published location cases, and of the region that they are of: bases, minutes (zones, bases), rates."""
    folder = Path(os.environ.get("ARMSIM_DATA", "none")).parent / "theory"
    if not (folder / "location_cases.json").exists():
        pytest.skip("ARMSIM_DATA/../theory/location_cases.json is not at hand")
    cases = json.loads((folder / "location_cases.json").read_text())["cases"]
    public = json.loads((folder / "cases_public.json").read_text())["cases"]
    model = next(case["model"] for case in public if case["id"].startswith("B7"))
    bases = [unit["base"] for unit in model["units"]]
    minutes = np.array([model["travel_time"][unit["id"]] for unit in model["units"]]).T
    rates = np.array([zone["rate"] for zone in model["zones"]])
    return cases, bases, minutes, rates
