"""Several forces: ring-fenced each is what it is alone; with aid nothing is lost; who loses by pooling."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student

from armsim.analysis.measure import measure
from armsim.config.schema import Scenario
from armsim.domain import Outcome, Record
from armsim.engine.log import EventLog
from armsim.engine.simulation import simulate
from armsim.engine.take_over import TAKE_OVER
from armsim.model.demand import draw_incidents
from armsim.model.world import World, build_world
from armsim.streams import Streams

from .bookkeeping import Books, every_duty_minute_covered, every_minute_once, nobody_is_in_two_places
from .three_forces import DAY, FORCES, RESPONSE, SEED, ForceRows, changed, document, played, world_of

TABLES = ("deployments", "duty", "survey", "unit_status")


def test_the_three_forces_do_a_little_of_everything() -> None:
    tables = played(document()).tables
    ends, reasons = (tables["deployments"][name].astype(int) for name in ("end", "reason"))
    assert np.bincount(ends, minlength=8).all()
    assert TAKE_OVER in reasons
    assert (tables["deployments"]["incident"] < 0).sum() > 10
    assert {Outcome.STOOD_DOWN, Outcome.ESCALATED} <= set(tables["incidents"]["outcome"])
    assert len(tables["aid"]["unit"]) == 0


@pytest.mark.parametrize("force", FORCES)
def test_ring_fenced_a_force_is_to_the_last_digit_what_it_is_alone(force: str) -> None:
    region, alone = document(), document([force])
    for replication in range(2):
        one = ForceRows(region, played(region, replication), force)
        other = ForceRows(alone, played(alone, replication), force)
        assert len(one.incidents()["incident"]) > 150
        assert one.incidents() == other.incidents()
        assert one.commands() == other.commands()
        for table in TABLES:
            assert one.of_units(table) == other.of_units(table), table


@pytest.mark.parametrize("force", FORCES)
def test_a_run_that_goes_on_for_the_others_changes_no_counted_incident(force: str) -> None:
    found = []
    for forces in (FORCES, [force]):
        content = changed(document(forces), cool_down="12 h", window="1 day")
        rows = ForceRows(content, played(content), force).incidents()
        del rows["incident"], rows["parent"]  # numbers among all received before the end of the run
        found.append(
            [row for row in zip(*rows.values(), strict=True) if row[list(rows).index("received_at")] < DAY]
        )
    assert len(found[0]) > 40
    assert sorted(found[0], key=str) == sorted(found[1], key=str)


def test_an_option_for_one_force_leaves_the_others_as_they_were() -> None:
    before, after = document(), document()
    after["teams"]["response"]["establishment"] = RESPONSE | {"leicestershire": 140}
    logs = played(before), played(after)
    for force in FORCES:
        one, other = (ForceRows(c, log, force) for c, log in zip((before, after), logs, strict=True))
        same = [one.incidents() == other.incidents()]
        same += [one.of_units(table) == other.of_units(table) for table in TABLES]
        assert same == [force != "leicestershire"] * 5


AID = {
    "pooled": {"default": "pooled"},
    "two pooled": {"blocs": {"north": ["derbyshire", "leicestershire"]}},
    "for the job": {"default": "mutual_aid", "mutual": {"ask_below": 2, "lend_above": 1, "delay": "5 min"}},
    "for a while": {"default": "mutual_aid", "mutual": {"ask_below": 2, "lend_above": 1, "period": "4 h"}},
}


def books_of(content: dict[str, Any]) -> Books:
    world = world_of(content)
    begin, end = -world.scenario.warm_up, world.scenario.window
    drawn = draw_incidents(world, Streams(SEED, 0), begin, end)
    return Books(world, drawn, played(content), begin)


@pytest.mark.parametrize("aid", AID.values(), ids=AID)
def test_with_aid_every_minute_is_in_one_place(aid: dict[str, Any]) -> None:
    books = books_of(changed(document(), aid=aid))
    every_minute_once(books)
    every_duty_minute_covered(books)
    nobody_is_in_two_places(books)
    force_of = {unit.number: unit.force for unit in books.log.units}
    crossed = {
        (force_of[int(row["unit"])], int(books.by_incident[int(row["incident"])]["force"]))
        for row in books.deployments
        if row["incident"] >= 0
    }
    lent = books.log.tables["aid"]
    if "mutual" not in aid:
        assert len(lent["unit"]) == 0
        assert crossed > {(0, 0), (1, 1), (2, 2)}
        assert aid.get("default") == "pooled" or not crossed & {(0, 2), (1, 2), (2, 0), (2, 1)}
        return
    assert len(lent["unit"]) > 5
    for lender, borrower, unit, start, end in zip(*(c.tolist() for c in lent.values()), strict=True):
        assert lender == force_of[int(unit)] != borrower
        tour = books.tour(unit, start)
        assert tour["start"] <= start <= end <= tour["end"]
    assert crossed - {(0, 0), (1, 1), (2, 2)} == set(zip(lent["lender"], lent["borrower"], strict=True))


@pytest.mark.parametrize("aid", ["for the job", "for a while"])
def test_what_is_lent_is_borrowed(aid: str) -> None:
    content = changed(document(), aid=AID[aid])
    log = played(content)
    totals = measure(log, world_of(content)).totals
    minutes = {
        way: sum(total for name, total in totals.items() if name.startswith(f"aid_{way}_minutes:"))
        for way in ("lent", "borrowed")
    }
    table = log.tables["aid"]
    assert minutes["lent"] == pytest.approx(minutes["borrowed"])
    assert minutes["lent"] == pytest.approx((table["end"] - np.maximum(table["start"], 0.0)).clip(0.0).sum())
    away = _minutes_for_others(log)
    if aid == "for the job":
        assert (table["end"] - table["start"]).sum() == pytest.approx(away)
    else:
        assert (table["end"] - table["start"]).sum() > away


def _minutes_for_others(log: EventLog) -> float:
    """Minutes that units spend on incidents in the area of another force, from being sent to being free."""
    incidents, status = log.tables["incidents"], log.tables["unit_status"]
    place = dict(zip(incidents["incident"].tolist(), incidents["force"].tolist(), strict=True))
    place |= {number: float(force) for number, force in _posts(log).items()}
    pays = np.array([unit.force for unit in log.units])[status["unit"].astype(int)]
    where = np.array([place.get(number, -1.0) for number in status["incident"].tolist()])
    return float((status["end"] - status["start"])[(where >= 0) & (where != pays)].sum())


def _posts(log: EventLog) -> dict[float, int]:
    """Force of each post: they are sorted by opening and name, a force's guard after another's."""
    numbers = np.unique(log.tables["deployments"]["incident"])
    return {number: int(-2 - number) % len(FORCES) for number in numbers[numbers < -1].tolist()}


# --- who loses by pooling ------------------------------------------------------------------------------

#: A busy city and a quiet county 15 km from it, each with its own cars.
TOWNS = "zone,population,area_km2,x_km,y_km,force\nCity,100,30,0,0,City\nCounty,100,30,15,0,County\n"
REPLICATIONS = 10


@pytest.fixture(scope="module")
def partners(tmp_path_factory: pytest.TempPathFactory) -> dict[str, World]:
    folder: Path = tmp_path_factory.mktemp("partners")
    (folder / "zones.csv").write_text(TOWNS)
    worlds = {}
    for default in ("ring_fenced", "pooled"):
        content = {
            "armsim": 1,
            "title": "partners",
            "start": "2018-03-05",
            "window": "2 days",
            "warm_up": "12 h",
            "cool_down": "2 days",
            "region": {"zones": {"file": "zones.csv"}},
            "bases": {"all": {"sites": {"City hub": {"zone": "City"}, "County hub": {"zone": "County"}}}},
            "travel": {"kind": "crow_fly", "acceleration": "1 km/min2", "cruising_speed": "60 km/h"},
            "demand": {
                "types": {
                    "job": {
                        "grade": "G1",
                        "annual": {"city": 33_000, "county": 2_500},
                        "attendance": {"officers": 1},
                        "on_scene": {"exponential": "50 min"},
                    }
                }
            },
            "units": {
                "car": {
                    "standing": {"City hub": 4, "County hub": 2}, "crew": 1, "bases": "all", "serves": ["G1"],
                }
            },
            "dispatch": {
                "policy": {"kind": "nearest"},
                "mobilisation": {"on_patrol": {"exactly": "1 min"}, "at_base": {"exactly": "2 min"}},
            },
            "threat": {"timeline": [{"level": "LOW"}]},
            "study": {"survey_every": "0 min"},
            "aid": {"default": default},
        }  # fmt: skip
        scenario = Scenario.model_validate(content, strict=False)
        worlds[default] = build_world(scenario, folder)
    return worlds


def _mean_response(world: World, replication: int) -> np.ndarray:
    """Mean minutes to the first officer by force of the place."""
    table = simulate(world, SEED, replication, Record.METRICS).tables["incidents"]
    counted = (table["received_at"] >= 0.0) & (table["received_at"] < world.scenario.window)
    assert not np.isnan(table["first_officer_at"][counted]).any()
    minutes = (table["first_officer_at"] - table["received_at"])[counted]
    force = table["force"][counted]
    return np.array([minutes[force == code].mean() for code in range(2)])


def test_a_small_partner_can_lose_by_pooling_while_the_large_one_gains(partners: dict[str, World]) -> None:
    paired = np.array(
        [
            _mean_response(partners["pooled"], number) - _mean_response(partners["ring_fenced"], number)
            for number in range(REPLICATIONS)
        ]
    )
    half = student.ppf(0.995, REPLICATIONS - 1) * paired.std(axis=0, ddof=1) / np.sqrt(REPLICATIONS)
    city, county = paired.mean(axis=0)
    assert county - half[1] > 5.0
    assert city + half[0] < 0.0
