"""Single-crewed first arrivals and the second wave, from tables written by hand."""

import numpy as np
import pandas as pd
import pytest

from armsim.analysis.curve import CENSORED, NEVER, REACHED
from armsim.analysis.measure import incident_totals, response_rows
from armsim.analysis.metrics import summarise
from armsim.analysis.option import OptionData
from armsim.config.schema import Scenario
from armsim.domain import Grade, Outcome, ThreatLevel
from armsim.model.world import build_world

NAN = float("nan")
ZONES = "zone,population,area_km2,x_km,y_km\nA,100,4,0,0\n"
TYPES = {
    "guns": {
        "grade": "FIREARMS",
        "annual": 10,
        "attendance": {"arv": 1},
        "containment": {"attendance": {"arv": 1}},
        "on_scene": {"exactly": "1 h"},
    },
    "call": {"grade": "G1", "annual": 10, "attendance": {"officers": 1}, "on_scene": {"exactly": "1 h"}},
}
GUNS, CALL = "guns", "call"


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.setenv("ARMSIM_CACHE", str(tmp_path / "cache"))
    (tmp_path / "zones.csv").write_text(ZONES)
    serves = ("FIREARMS", "G1")
    document = {
        "armsim": 1,
        "title": "attendance",
        "start": "2018-03-05",
        "window": "1 day",
        "cool_down": "2 h",
        "region": {"zones": {"file": "zones.csv"}},
        "bases": {"all": {"sites": {"base": {"zone": "A"}}}},
        "travel": {"kind": "crow_fly", "acceleration": "1 km/min2", "cruising_speed": "60 km/h"},
        "demand": {"types": TYPES},
        "units": {
            "arv": {"standing": {"base": 2}, "bases": "all", "arv": True, "armed": True, "serves": serves}
        },
        "dispatch": {
            "policy": {"kind": "nearest"},
            "mobilisation": {"on_patrol": {"exactly": "1 min"}, "at_base": {"exactly": "2 min"}},
        },
        "threat": {"timeline": ({"level": "SEVERE"},)},
    }
    return build_world(Scenario.model_validate(document), tmp_path)


def incidents(world, rows):
    """A log's table of incidents; a row says what is not the same in all."""
    blank = {
        "grade": Grade.G1, "zone": 0, "level": ThreatLevel.SEVERE, "received_at": 0.0, "graded_at": 0.0,
        "authorised_at": NAN, "first_officer_at": NAN, "first_ced_at": NAN, "first_armed_at": NAN,
        "full_at": NAN, "closed_at": 60.0, "outcome": Outcome.ATTENDED, "firearms_outcome": 0, "requeued": 0,
        "attack_site": -1, "parent": -1, "contained_at": NAN, "first_crew": 0, "second": False,
    }  # fmt: skip
    table = [blank | row | {"type": world.types.index(row["type"])} for row in rows]
    return {name: np.array([row[name] for row in table]) for name in table[0]}


def option(world, replications):
    responses, totals = [], []
    for number, rows in enumerate(replications):
        table = incidents(world, rows)
        responses.append(pd.DataFrame(response_rows(table, world)).assign(replication=number))
        totals.append(incident_totals(table) | {"minutes:level=SEVERE": 1440.0})
    frame = pd.DataFrame(totals).fillna(0.0)
    return OptionData(
        "plain", world.scenario, world.zones, pd.concat(responses, ignore_index=True), frame,
        np.full((1, 5), NAN), len(frame),
    )  # fmt: skip


def arrived(crew, **other):
    return {"type": CALL, "first_officer_at": 9.0, "first_crew": crew} | other


def figures(data, metric):
    rows = summarise(data, [metric])
    return {(row.grade, row.level): (row.value, row.n) for row in rows.itertuples()}


def test_single_crewed_first_arrivals(world):
    one = [arrived(1)] * 30 + [arrived(2)] * 25 + [{"type": CALL, "outcome": Outcome.LOST}] * 7
    other = [arrived(1)] * 15 + [arrived(2, type=GUNS, grade=Grade.FIREARMS)] * 60
    found = figures(option(world, [one, other]), "single_crewed")
    assert found["G1", "SEVERE"] == (pytest.approx(45 / 70), 70)
    assert found["FIREARMS", ""] == (0.0, 60)
    assert found["", ""] == (pytest.approx(45 / 130), 130)


def test_a_scene_that_was_taken_over_has_no_first_arrival(world):
    child = {"parent": 3, "graded_at": 20.0}
    rows = [arrived(2)] * 50 + [arrived(1, first_officer_at=20.0, **child)] * 5
    rows += [arrived(1, first_officer_at=21.0, **child)] * 10
    assert figures(option(world, [rows]), "single_crewed")["G1", ""] == (pytest.approx(10 / 60), 60)


def test_both_waves_are_timed_from_received(world):
    guns = {"type": GUNS, "grade": Grade.FIREARMS}
    rows = [
        guns | {"received_at": 10.0, "contained_at": 40.0},
        guns | {"contained_at": NAN, "closed_at": 50.0},
        guns | {"closed_at": NAN},
        guns | {"outcome": Outcome.LOST, "closed_at": 20.0},
        {"type": CALL},
    ]
    found = option(world, [rows]).responses
    found = found[found["milestone"] == 4]
    assert found["seconds"].tolist() == [1800, 3000, 60 * (1440 + 120), 1200]
    assert found["fate"].tolist() == [REACHED, CENSORED, CENSORED, NEVER]


def test_quantiles_of_the_second_wave(world):
    guns = {"type": GUNS, "grade": Grade.FIREARMS}
    rows = [guns | {"contained_at": float(minute)} for minute in range(1, 201)]
    data = option(world, [rows, rows])
    half = summarise(data, ["containment_p50"])
    assert half[["level", "value", "n"]].to_numpy().tolist() == [["", 100.0, 400], ["SEVERE", 100.0, 400]]
    assert summarise(data, ["containment_p90"])["value"].tolist() == [180.0, 180.0]
    assert summarise(option(world, [[{"type": CALL}]]), ["containment_p90"]).empty
