"""The published cases of the theory folder as systems."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from armsim.analysis.queueing.hypercube import System

Case = dict[str, Any]


@cache
def _cases() -> dict[str, Case]:
    folder = os.environ.get("ARMSIM_DATA")
    path = Path(folder).parent / "theory" / "cases_public.json" if folder else None
    if path is None or not path.is_file():
        pytest.skip("ARMSIM_DATA names no folder that has cases_public.json in the folder theory beside it")
    return {case["id"]: case for case in json.loads(path.read_text())["cases"]}


def case(name: str) -> Case:
    return _cases()[name]


def travel(found: Case) -> np.ndarray:
    model = found["model"]
    return np.array([model["travel_time"][unit["id"]] for unit in model["units"]])


def system(found: Case) -> System:
    model = found["model"]
    names = [unit["id"] for unit in model["units"]]
    classes = model.get("incident_classes")
    rates = (
        np.sum([one["zone_rates"] for one in classes], axis=0)
        if classes
        else np.array([zone["rate"] for zone in model["zones"]])
    )
    order = [[names.index(unit) for unit in model["preference"][zone["id"]]] for zone in model["zones"]]
    service = model["service"]
    means = [service.get("mean_by_unit", {}).get(unit, service.get("mean")) for unit in names]
    return System(rates, np.array(order), np.array(means, dtype=float), model["policy"]["queue"] != "loss")
