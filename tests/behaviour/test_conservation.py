"""What must hold of every log, whatever the scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from armsim.analysis.measure import Measures, measure
from armsim.domain import Record, UnitStatus
from armsim.engine.log import EventLog
from armsim.model.world import World

from . import plain_figures
from .bookkeeping import (
    AT_WORK,
    CHECKS,
    Books,
    clocks_run_forward,
    every_crew_is_a_crew,
    every_duty_minute_covered,
    every_incident_once,
    every_minute_once,
    every_unit_sent_was_wanted,
    milestones_are_those_of_the_units,
    nobody_is_in_two_places,
    nobody_is_sent_off_duty,
    still_out,
    surveyed_units_are_where_they_should_be,
    trips_are_as_long_as_they_are_far,
)
from .plain_figures import log_and_metrics_agree
from .small_scenarios import booked, document, played

#: Without shrinking: a failure would be run hundreds of times before it is told.
FEW = settings(max_examples=12, database=None, phases=(Phase.generate,))


@st.composite
def scenarios(draw: Any) -> dict[str, Any]:
    return document(lambda values: draw(st.sampled_from(values)))


def same(one: EventLog, other: EventLog, tables: tuple[str, ...] = ()) -> None:
    for name in tables or tuple(one.tables):
        for column, values in one.tables[name].items():
            np.testing.assert_array_equal(values, other.tables[name][column], err_msg=f"{name}.{column}")


@settings(FEW)
@given(scenarios())
def test_every_log_adds_up(content: dict[str, Any]) -> None:
    books = booked(content)
    for check in CHECKS:
        check(books)
    log_and_metrics_agree(books)


@pytest.fixture(scope="module")
def busiest() -> Books:
    """The busiest of the small scenarios."""
    return booked(document(lambda values: values[-1]))


def test_a_unit_still_out_at_the_end_has_overrun() -> None:
    content = document(lambda values: values[-1])
    found = [
        (books, late) for books in (booked(content, one) for one in range(8)) if (late := still_out(books))
    ]
    assert found
    assert all(tour["end"] == books.horizon for books, late in found for tour in late)


FAULTS: dict[Callable[[Books], None], tuple[str, str, float]] = {
    every_minute_once: ("unit_status", "end", 0.5),
    every_duty_minute_covered: ("duty", "start", 5.0),
    every_crew_is_a_crew: ("shortfalls", "crewed", 1.0),
    every_incident_once: ("incidents", "sent", 1.0),
    nobody_is_in_two_places: ("deployments", "released_at", 2.0),
    nobody_is_sent_off_duty: ("duty", "planned_end", -400.0),
    clocks_run_forward: ("deployments", "mobile_at", 60.0),
    milestones_are_those_of_the_units: ("incidents", "first_ced_at", 1e-6),
    every_unit_sent_was_wanted: ("duty", "officers", 3.0),
    trips_are_as_long_as_they_are_far: ("deployments", "arrived_at", 1e-4),
    surveyed_units_are_where_they_should_be: ("survey", "place_a", 1e-4),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_each_check_finds_a_fault(busiest: Books, check: Callable[[Books], None]) -> None:
    table, column, by = FAULTS[check]
    tables = busiest.log.tables
    spoilt = tables | {table: tables[table] | {column: tables[table][column] + by}}
    check(busiest)
    with pytest.raises(AssertionError):
        check(replace(busiest, log=replace(busiest.log, tables=spoilt)))


@pytest.mark.parametrize("spoils", ["seconds", "totals"])
def test_a_figure_that_is_off_is_found(busiest: Books, monkeypatch: pytest.MonkeyPatch, spoils: str) -> None:
    def spoilt(log: EventLog, world: World) -> Measures:
        measures = measure(log, world)
        if spoils == "seconds":
            late = measures.responses["seconds"] + (measures.responses["milestone"] == 1)
            return replace(measures, responses=measures.responses | {"seconds": late})
        return replace(measures, totals={name: value * 1.001 for name, value in measures.totals.items()})

    log_and_metrics_agree(busiest)
    monkeypatch.setattr(plain_figures, "measure", spoilt)
    with pytest.raises(AssertionError):
        log_and_metrics_agree(busiest)


@settings(FEW, max_examples=4)
@given(scenarios())
def test_recording_less_changes_no_clock(content: dict[str, Any]) -> None:
    tables = ("incidents", "commands", "duty", "survey", "posts")
    same(played(content), played(content, Record.METRICS), tables)


@settings(FEW, max_examples=5)
@given(scenarios())
def test_another_order_in_the_file_changes_no_number(content: dict[str, Any]) -> None:
    def reversed_maps(value: Any, path: tuple[str, ...] = ()) -> Any:
        if isinstance(value, dict):
            return {key: reversed_maps(value[key], (*path, key)) for key in reversed(list(value))}
        return value

    same(played(content), played(reversed_maps(content)))


@settings(FEW, max_examples=4)
@given(content=scenarios())
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


@settings(FEW, max_examples=5)
@given(scenarios())
def test_no_demand_sends_nobody(content: dict[str, Any]) -> None:
    for kind in content["demand"]["types"].values():
        kind["annual"] = 0.0
    content["threat"] = {"timeline": [{"level": "LOW"}]}
    books = booked(content)
    tables = books.log.tables
    assert len(tables["incidents"]["incident"]) == len(tables["deployments"]["unit"]) == 0
    assert not np.isin(tables["unit_status"]["status"], [*AT_WORK, UnitStatus.FOLLOW_ON]).any()
    every_minute_once(books)
    every_duty_minute_covered(books)
