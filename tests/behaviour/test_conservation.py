"""What must hold of every log, whatever the scenario."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from armsim.config.schema import Scenario
from armsim.domain import Grade, Outcome, Record, UnitStatus
from armsim.engine.log import EventLog
from armsim.engine.simulation import simulate
from armsim.model.world import build_world

WHEN = ("MOBILISING", "EN_ROUTE", "ON_SCENE", "FOLLOW_ON", "REFRESHMENTS")
BREAKS = {"length": "40 min", "earliest": "2 h", "latest": "6 h"}
AT_WORK = (
    UnitStatus.MOBILISING,
    UnitStatus.EN_ROUTE,
    UnitStatus.HOLDING,
    UnitStatus.ON_SCENE,
    UnitStatus.ON_POST,
)


def document(draw: Any) -> dict[str, Any]:
    """A scenario of two days with a little of everything."""
    flag = st.booleans()
    reserve = draw(st.integers(0, 2))
    types = {
        "guns": {
            "grade": "FIREARMS",
            "annual": draw(st.sampled_from([0.0, 800.0, 3000.0])),
            "attendance": {"arv": {1: 0.6, 2: 0.4}, "officers": 1},
            "call_handling": {"median": "2 min", "p90": "5 min"},
            "authorisation": {"median": "3 min", "p90": "8 min"},
            "wait_for_authority": draw(flag),
            "command": "15 min",
            "on_scene": {"median": "40 min", "p90": "120 min"},
            "on_scene_from": draw(st.sampled_from(["first_armed", "first_officer", "full_attendance"])),
            "stand_down": {"per_operation": 0.5, "after": {"median": "3 min", "p90": "9 min"}},
            "crew_off": 0.05,
        },
        "high": {
            "grade": "G1",
            "annual": draw(st.sampled_from([2000.0, 12000.0])),
            "attendance": {"officers": {1: 0.5, 2: 0.3, 3: 0.2}, "ced": {0: 0.8, 1: 0.2}},
            "call_handling": {"median": "3 min", "p90": "6 min"},
            "on_scene": {"median": "40 min", "p90": "120 min"},
            "later_units_stay": draw(st.sampled_from([0.3, 1.0])),
            "follow_on": {"share": 0.3, "duration": {"exactly": "90 min"}},
        },
        "low": {
            "grade": "G2",
            "annual": draw(st.sampled_from([0.0, 8000.0])),
            "attendance": {"officers": 1},
            "on_scene": {"exponential": "60 min"},
            "patience": {"exactly": draw(st.sampled_from(["30 min", "4 h"]))},
            "patience_ends": draw(st.sampled_from(["arrival", "assignment"])),
            "relieved": draw(flag),
        },
        "raid": {
            "grade": "PLANNED",
            "annual": draw(st.sampled_from([0.0, 400.0])),
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
            "breaks": BREAKS,
            **({"patrol": patrol} if draw(flag) else {}),
        },
        "arv": {
            "standing": {"Mid": draw(st.integers(1, 3))},
            "crew": 2,
            "bases": "all",
            "armed": True,
            "arv": True,
            "serves": ["FIREARMS", "PLANNED", "G1", "G2", "POST"],
            "handicap": {"G1": "5 min"},
            "patrol": {**patrol, "area": "force"},
        },
    }
    return {
        "armsim": 1,
        "title": "random",
        "start": "2018-03-05",
        "window": "2 days",
        "warm_up": draw(st.sampled_from(["0 min", "6 h"])),
        "cool_down": "3 days",
        "region": {
            "generated": {
                "name": "Shire",
                "people": 60000,
                "area": 300,
                "rural_share": 0.3,
                "towns": 1,
                "zones": draw(st.integers(8, 12)),
            },
        },
        "bases": {"all": {"sites": {"Mid": {"busiest": 1}, "Out": {"busiest": 5}}}},
        "sites": {"hall": {"busiest": 2}},
        "travel": {
            "kind": "crow_fly",
            "acceleration": "0.245 km/min2",
            "cruising_speed": "63 km/h",
            "blue_light_time_factor": {"G1": 0.7, "FIREARMS": 0.7},
            "trip_noise": {"at_zero": 0.3, "floor": 0.1},
        },
        "demand": {"types": types, "paperwork": draw(st.sampled_from(["0 min", "12 min"]))},
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
                "establishment": draw(st.integers(6, 18)),
                "pattern": "three",
                "ced_share": 0.5,
            }
        },
        "units": units,
        "dispatch": {
            "policy": {"kind": draw(st.sampled_from(["nearest", "nearest_with_reserve"]))},
            "reserve": {"car": {"G2": reserve}, "arv": {"G1": 1}},
            "diversion": [
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
            "overrun_limit": draw(st.sampled_from(["0 min", "2 h"])),
        },
        "threat": {
            "timeline": [{"level": "SEVERE"}, {"at": "20 h", "level": "CRITICAL"}],
            "levels": {
                "CRITICAL": {
                    "posts": {
                        "hall": {
                            "site": "hall",
                            "needs": {"officers": 1},
                            "hours": "08:00-20:00",
                            "kinds": ["arv", "car"],
                        },
                    },
                },
            },
        },
        "study": {"survey_every": "30 min"},
    }


scenarios = st.composite(document)()


def played(content: dict[str, Any], record: Record = Record.FULL, folder: Path = Path()) -> EventLog:
    world = build_world(Scenario.model_validate_json(json.dumps(content)), folder)
    return simulate(world, 3, 0, record)


def same(one: EventLog, other: EventLog, tables: tuple[str, ...] = ()) -> None:
    for name in tables or tuple(one.tables):
        for column, values in one.tables[name].items():
            np.testing.assert_array_equal(values, other.tables[name][column], err_msg=f"{name}.{column}")


@given(scenarios)
def test_every_log_adds_up(content: dict[str, Any]) -> None:
    log = played(content)
    every_minute_once(log)
    every_incident_once(log)
    deployments_agree(log)
    nobody_is_in_two_places(log)
    nobody_is_sent_off_duty(log)
    clocks_run_forward(log)
    same(log, played(content, Record.METRICS), ("incidents", "commands", "duty", "survey", "posts"))


def every_minute_once(log: EventLog) -> None:
    table = log.tables["unit_status"]
    begin, horizon = table["start"].min(), table["end"].max()
    for unit in log.units:
        mine = table["unit"] == unit.number
        starts, ends = table["start"][mine], table["end"][mine]
        assert (starts[0], ends[-1]) == (begin, horizon)
        assert np.array_equal(starts[1:], ends[:-1])
        assert (ends > starts).all()


def every_incident_once(log: EventLog) -> None:
    table = log.tables["incidents"]
    assert np.array_equal(np.sort(np.unique(table["incident"])), np.arange(len(table["incident"])))
    assert set(table["outcome"].tolist()) <= {float(outcome) for outcome in Outcome}
    closed = ~np.isnan(table["closed_at"])
    assert np.array_equal(closed, table["outcome"] != Outcome.OPEN_AT_END)
    attended = table["outcome"] == Outcome.ATTENDED
    assert not np.isnan(table["first_officer_at"][attended]).any()
    assert (table["sent"][attended] > 0).all()


def deployments_agree(log: EventLog) -> None:
    incidents, table = log.tables["incidents"], log.tables["deployments"]
    calls = table["incident"] >= 0
    numbers, counts = np.unique(table["incident"][calls].astype(int), return_counts=True)
    sent = np.zeros(len(incidents["incident"]), dtype=int)
    sent[numbers] = counts
    assert np.array_equal(sent, incidents["sent"].astype(int))
    for number in numbers:
        mine = table["incident"] == number
        assert np.array_equal(table["ordinal"][mine], np.arange(mine.sum()))
        assert table["assigned_at"][mine].min() >= incidents["graded_at"][number]
        closed = incidents["closed_at"][number]
        if not np.isnan(closed):
            assert table["released_at"][mine].max() <= closed


def nobody_is_in_two_places(log: EventLog) -> None:
    table = log.tables["deployments"]
    for unit in np.unique(table["unit"]):
        mine = table["unit"] == unit
        # A deployment may be over in the minute it began: it comes before the next of that minute.
        order = np.lexsort((table["released_at"][mine], table["assigned_at"][mine]))
        starts, ends = table["assigned_at"][mine][order], table["released_at"][mine][order]
        assert (starts[1:] >= ends[:-1]).all()
    status = log.tables["unit_status"]
    working = np.isin(status["status"], AT_WORK)
    minutes = (status["end"] - status["start"])[working].sum()
    np.testing.assert_allclose(
        minutes, (table["released_at"] - table["assigned_at"]).sum(), rtol=1e-9, atol=1e-6
    )


def nobody_is_sent_off_duty(log: EventLog) -> None:
    table, duty = log.tables["deployments"], log.tables["duty"]
    for unit, at in zip(table["unit"], table["assigned_at"], strict=True):
        mine = duty["unit"] == unit
        assert ((duty["start"][mine] <= at) & (at < duty["planned_end"][mine])).any()


def clocks_run_forward(log: EventLog) -> None:
    table = log.tables["deployments"]
    assert (table["mobile_at"] >= table["assigned_at"]).all()
    arrived = ~np.isnan(table["arrived_at"])
    assert (table["arrived_at"] >= table["mobile_at"])[arrived].all()
    assert (table["released_at"] >= table["arrived_at"])[arrived].all()
    incidents = log.tables["incidents"]
    assert (incidents["unattended_minutes"] >= 0).all()
    firearms = incidents["grade"] == Grade.FIREARMS
    armed = incidents["first_armed_at"]
    known = firearms & ~np.isnan(armed)
    assert (armed[known] >= incidents["authorised_at"][known]).all()


@given(scenarios)
def test_another_order_in_the_file_changes_no_number(content: dict[str, Any]) -> None:
    def reversed_maps(value: Any, path: tuple[str, ...] = ()) -> Any:
        if isinstance(value, dict):
            return {key: reversed_maps(value[key], (*path, key)) for key in reversed(list(value))}
        return value

    same(played(content), played(reversed_maps(content)))


@settings(max_examples=4)
@given(content=scenarios)
def test_another_order_of_zones_changes_no_number(content: dict[str, Any], tmp_path_factory: Any) -> None:
    heading = "zone,population,area_km2,x_km,y_km"
    rows = [f"Z{n},{1000 * (n + 1)},{2 + n},{3 * n},{n * n % 7}" for n in range(9)]
    content["region"] = {"zones": {"file": "zones.csv"}}
    logs = []
    for order in (rows, rows[::-1]):
        folder = tmp_path_factory.mktemp("zones")
        (folder / "zones.csv").write_text("\n".join([heading, *order]) + "\n")
        logs.append(played(content, folder=folder))
    same(*logs)


@given(scenarios)
def test_no_demand_sends_nobody(content: dict[str, Any]) -> None:
    for kind in content["demand"]["types"].values():
        kind["annual"] = 0.0
    content["threat"] = {"timeline": [{"level": "LOW"}]}
    log = played(content)
    assert len(log.tables["incidents"]["incident"]) == len(log.tables["deployments"]["unit"]) == 0
    assert not np.isin(log.tables["unit_status"]["status"], AT_WORK).any()
    every_minute_once(log)
