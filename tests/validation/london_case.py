"""The London log and scenario of ``test_london.py``: pumps as units at the stations of the log.

Nothing here is fitted: places and pumps are the log's, travel and turn-out the calibration's. The one thing
that the log cannot give is how long pumps are taken; it is the assumption ``BUSY``, times a factor.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import date
from pathlib import Path

import yaml

from armsim.model.logs import Log

FOLDER = Path(os.environ.get("ARMSIM_DATA", "")) / "london_fire_2017q1"
MAPPING = Path(__file__).with_name("london.log.yaml")
TRAIN = (date(2017, 1, 1), date(2017, 3, 1))
MARCH = (date(2017, 3, 1), date(2017, 4, 1))
#: Minutes at the scene, median and 90th percentile: an assumption, swept from 0.7 to 1.4 times.
BUSY = (20.0, 60.0)


def write_mapping(folder: Path) -> Path:
    """The mapping with the names of the data files in full."""
    mapping = yaml.safe_load(MAPPING.read_text(encoding="utf-8"))
    mapping["files"] = str(FOLDER / mapping["files"])
    mapping["bases"]["file"] = str(FOLDER / mapping["bases"]["file"])
    path = folder / "london.log.yaml"
    path.write_text(yaml.safe_dump(mapping, sort_keys=False), encoding="utf-8")
    return path


def write_scenario(
    folder: Path, log: Log, calibrated: str, busy: float = 1.0, closed: Collection[str] = ()
) -> Path:
    """The scenario over the calibrated fragment.

    Args:
        folder: where it goes; the fragment is there already.
        log: the log; its stations are the bases.
        calibrated: name of the fragment.
        busy: factor on ``BUSY``.
        closed: stations without pumps.
    """
    stations = log.bases[log.bases["units"].fillna(0) > 0]
    stations = stations[~stations["base"].isin(closed)]
    sites = {
        name: {"x_km": round(x, 4), "y_km": round(y, 4)}
        for name, x, y in zip(stations["base"], stations["x_km"], stations["y_km"], strict=True)
    }
    pumps = {name: int(units) for name, units in zip(stations["base"], stations["units"], strict=True)}
    median, p90 = (f"{busy * minutes:g} min" for minutes in BUSY)
    kinds = sorted(set(log.incidents["type"]))
    scenario = {
        "armsim": 1,
        "extends": calibrated,
        "title": "London pumps, 2017",
        "start": "2017-03-01",
        "window": "31 days",
        "cool_down": "12 h",
        "region": {"force": ["Metropolitan Police", "London, City of"], "resolution": "msoa"},
        "aid": {"default": "pooled"},
        "bases": {"stations": {"sites": sites}},
        "travel": {"kind": "crow_fly"},
        "demand": {
            "types": {kind: {"grade": "G1", "on_scene": {"median": median, "p90": p90}} for kind in kinds},
            "trace": {"log": "london.log.yaml", "per_unit": {"officers": 1}},
        },
        "units": {
            "pump": {
                "standing": pumps, "bases": "stations", "crew": 1, "ced": False, "serves": ["G1"],
                "cover": {"kind": "return_to_base"},
            },
        },
        "dispatch": {"policy": {"kind": "nearest"}},
        "threat": {"timeline": [{"level": "SEVERE"}]},
        "study": {"survey_every": 0, "seed": 1},
        "validation": {
            "within": ["6 min"],
            "margins": {
                "first_arrival_median": "8%", "first_arrival_p90": "8%", "first_arrival_within": "4 pp",
                "second_arrival_median": "10%", "base_count": "25%", "bases_within": "10 pp",
                "same_base": "4 pp",
            },
            "primary": [
                "first_arrival_median", "first_arrival_p90", "first_arrival_within", "second_arrival_median",
                "bases_within", "same_base",
            ],
        },
        "sources": {
            "demand.types.Fire.on_scene": {
                "source": "assumption: the log does not say when pumps leave; times 0.7 and 1.4 are swept",
                "low": 0.7, "high": 1.4,
            },
        },
    }  # fmt: skip
    path = folder / f"london-{busy:g}-{len(closed)}.yaml"
    path.write_text(yaml.safe_dump(scenario, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path
