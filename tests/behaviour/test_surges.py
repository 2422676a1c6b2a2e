"""A day of twice the demand: it is worse, the days before it are the same, and options meet the same day."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from armsim.config.schema import Scenario
from armsim.domain import Record
from armsim.engine.log import EventLog
from armsim.engine.simulation import simulate
from armsim.model.world import build_world

SEED, REPLICATIONS, DAY = 4, 6, 1440.0
SURGE = {"from": "2 days", "until": "3 days", "scale": 2.0}


def town(cars: int, surge: bool) -> Scenario:
    document: dict[str, Any] = {
        "armsim": 1,
        "title": "surge",
        "start": "2018-03-05",
        "window": "4 days",
        "region": {
            "generated": {
                "name": "Shire", "people": 90000, "area": 300, "rural_share": 0.3, "towns": 2, "zones": 14,
            },
        },
        "bases": {"all": {"sites": {"Mid": {"busiest": 1}}}},
        "travel": {"kind": "crow_fly", "acceleration": "0.245 km/min2", "cruising_speed": "63 km/h"},
        "demand": {
            "types": {
                "call": {
                    "grade": "G1",
                    "annual": 14_000,
                    "attendance": {"officers": 1},
                    "on_scene": {"median": "35 min", "p90": "90 min"},
                },
            },
            "surge": {"storm": SURGE} if surge else {},
        },
        "units": {"car": {"standing": {"Mid": cars}, "bases": "all", "serves": ["G1"]}},
        "dispatch": {
            "policy": {"kind": "nearest"},
            "mobilisation": {"on_patrol": {"exactly": "1 min"}, "at_base": {"exactly": "2 min"}},
        },
        "threat": {"timeline": [{"level": "SEVERE"}]},
    }  # fmt: skip
    return Scenario.model_validate_json(json.dumps(document))


@pytest.fixture(scope="module")
def logs(tmp_path_factory) -> Callable[[int, bool], list[EventLog]]:
    folder = tmp_path_factory.mktemp("town")

    @cache
    def run(cars: int, surge: bool) -> list[EventLog]:
        world = build_world(town(cars, surge), folder)
        return [simulate(world, SEED, replication, Record.FULL) for replication in range(REPLICATIONS)]

    return run


def incidents(log: EventLog) -> dict[str, np.ndarray]:
    table = {name: np.array(log.tables["incidents"][name]) for name in ("received_at", "first_officer_at")}
    order = np.argsort(table["received_at"])
    return {name: column[order] for name, column in table.items()}


def response(log: EventLog, day: int) -> np.ndarray:
    table = incidents(log)
    mine = np.floor(table["received_at"] / DAY) == day
    return (table["first_officer_at"] - table["received_at"])[mine]


def test_before_the_surge_nothing_is_different(logs) -> None:
    for plain, surged in zip(logs(4, False), logs(4, True), strict=True):
        before, after = (incidents(log) for log in (plain, surged))
        early = [table["received_at"] < 1.5 * DAY for table in (before, after)]
        for name in before:
            assert np.array_equal(before[name][early[0]], after[name][early[1]])


def test_the_surge_makes_its_day_worse_in_every_replication_and_in_the_mean(logs) -> None:
    harm = []
    for plain, surged in zip(logs(4, False), logs(4, True), strict=True):
        assert len(response(surged, 2)) > 1.5 * len(response(plain, 2))
        harm.append(np.nanmean(response(surged, 2)) - np.nanmean(response(plain, 2)))
    assert np.mean(harm) > 5
    assert min(harm) > 0


def test_options_meet_the_same_surge_and_more_cars_help_more_under_it(logs) -> None:
    gains = {}
    for surge in (False, True):
        for few, many in zip(logs(4, surge), logs(6, surge), strict=True):
            one, other = incidents(few), incidents(many)
            assert np.array_equal(one["received_at"], other["received_at"])
            gain = np.nanmean(response(few, 2)) - np.nanmean(response(many, 2))
            gains.setdefault(surge, []).append(gain)
    assert np.mean(gains[True]) > np.mean(gains[False]) > 0
