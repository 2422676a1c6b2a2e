"""Desk and call takers in whole runs: what an overload does to those who wait for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from armsim.domain import Outcome, Record
from armsim.engine.simulation import simulate

FIREARMS = {"grade": "FIREARMS", "attendance": {"arv": 1}, "authorisation": {"exactly": "5 min"}}
#: Four tasks for the desk at once, an hour after the window opens; its calls are told by hand or not at all.
RAID = {
    "incident": "raid",
    "desk_tasks": {"number": 4, "service": {"exactly": "10 min"}, "over": "0 min"},
}
GIVEN = {"attack": "raid", "at": "1 h"}
COMMAND, ATTACK = 1, 2


@pytest.fixture
def armed_story(tell: Any, arv: dict[str, Any]) -> Any:
    """One armed incident two minutes after the attack, beside the base of the only ARV."""

    def make(attacked: bool, wait: bool = False, **parts: Any) -> Any:
        study = {"survey_every": "0 min", "seed": 5, **({"given": GIVEN} if attacked else {})}
        story = tell(
            types={"armed": FIREARMS | {"wait_for_authority": wait, "priority": 1}, "raid": FIREARMS},
            attacks={"raid": RAID},
            units={"arv": arv},
            study=study,
            **{"desk": {"capacity": 1}, **parts},
        )
        return story.incident("armed", 62.0, 0.0, needs=(0, 0, 0, 1), authorisation=5.0)

    return make


def clocks(log: Any) -> tuple[float, float]:
    """When the incident was authorised, and when its first armed unit counted as there."""
    (authorised,), (armed,) = (log.tables["incidents"][name] for name in ("authorised_at", "first_armed_at"))
    return authorised, armed


def test_an_attack_overloads_the_desk_and_armed_units_hold_for_it(armed_story: Any, play: Any) -> None:
    """The unit is there at 64 either way; the desk is what it waits for."""
    assert clocks(play(armed_story(False))) == (67.0, 67.0)
    log = play(armed_story(True))
    assert clocks(log) == (105.0, 105.0)
    assert log.tables["deployments"]["arrived_at"].tolist() == [64.0]
    commands = log.tables["commands"]
    tasks = commands["task"] == ATTACK
    assert commands["incident"][tasks].tolist() == [-1.0] * 4
    assert commands["started_at"][tasks].tolist() == [60.0, 70.0, 80.0, 90.0]
    assert commands["asked_at"][tasks].tolist() == [60.0] * 4


def test_where_units_wait_for_authority_they_leave_late_too(armed_story: Any, play: Any) -> None:
    for attacked, sent in ((False, 67.0), (True, 105.0)):
        log = play(armed_story(attacked, wait=True))
        assert log.tables["deployments"]["assigned_at"].tolist() == [sent]
        assert clocks(log) == (sent, sent + 2.0)


def test_a_second_place_shortens_the_wait(armed_story: Any, play: Any) -> None:
    assert clocks(play(armed_story(True, desk={"managers": 1}))) == (85.0, 85.0)


def test_a_level_or_a_shift_that_brings_more_places_ends_it(armed_story: Any, play: Any) -> None:
    threat = {
        "timeline": ({"level": "LOW"}, {"level": "CRITICAL", "at": "75 min"}),
        "levels": {"CRITICAL": {"desk": {"capacity": 4}}},
    }
    # At 75 the last two tasks and the authorisation begin at once.
    assert clocks(play(armed_story(True, threat=threat))) == (80.0, 80.0)
    hours = ({"hours": "24 h", "managers": 1}, {"hours": "01:15-02:00", "managers": 3})
    desk = {"managers": hours, "tasks_each": 1}
    assert clocks(play(armed_story(True, desk=desk))) == (80.0, 80.0)


def test_what_waits_when_the_run_ends_is_in_the_log(armed_story: Any, play: Any) -> None:
    story = armed_story(False)
    story.incident("armed", 2879.0, 0.0, needs=(0, 0, 0, 1), authorisation=9000.0)
    story.incident("armed", 2879.5, 0.0, needs=(0, 0, 0, 1), authorisation=1.0)
    commands = play(story).tables["commands"]
    (left,) = np.flatnonzero(np.isnan(commands["started_at"]))
    assert commands["asked_at"][left] == 2879.5
    assert commands["ended_at"][left] == 2880.0 + 1440.0


def test_no_place_is_taken_twice_and_none_is_idle_while_somebody_waits(make_world: Any, arv: Any) -> None:
    """A busy week with shifts, commands and an attack, read off the log task by task."""
    world = make_world(
        window="7 days",
        types={
            "armed": {
                **FIREARMS,
                "annual": 14_000,
                "authorisation": {"median": "8 min", "p90": "30 min"},
                "stand_down": {"per_operation": 0.5, "after": {"exactly": "10 min"}},
            }
        },
        units={"arv": arv | {"standing": {"West": 9}}},
        attacks={"raid": RAID | {"incident": "armed"}},
        study={"survey_every": "0 min", "given": {"attack": "raid", "at": "3 days"}},
        desk={
            "managers": ({"hours": "24 h", "managers": 1}, {"hours": "10:00-22:00", "managers": 2}),
            "tasks_each": 2,
            "handover": {"mean": "15 min", "cv": 1.0},
        },
    )
    log = simulate(world, 3, 0, Record.METRICS)
    columns = (log.tables["commands"][name] for name in ("asked_at", "started_at", "ended_at", "task"))
    rows = list(zip(*columns, strict=True))
    assert {task for *_, task in rows} == {0.0, 1.0, 2.0}
    assert sum(np.isnan(started) for _, started, *_ in rows) > 3

    def places(at: float) -> int:
        return 6 if 600 <= at % 1440 < 1320 else 2

    def taken(at: float) -> int:
        return sum(not np.isnan(started) and started <= at < ended for _, started, ended, _ in rows)

    waits = [(asked, ended if np.isnan(started) else started) for asked, started, ended, _ in rows]
    waits = [(asked, until) for asked, until in waits if until > asked]
    assert len(waits) > 50
    for asked, until in waits:
        for at in (asked + 1e-6, (asked + until) / 2, until - 1e-6):
            assert taken(at) >= places(at), at
    for _, started, _, task in rows:
        if task != COMMAND and not np.isnan(started):  # a command keeps a place that may be one too many
            assert taken(started) <= places(started), started


# --- call takers --------------------------------------------------------------------------------------


def calls(tell: Any, takers: int | None, **types: Any) -> Any:
    handling = {} if takers is None else {"call_handling": {"takers": takers}}
    return tell(types=types or {"job": {}}, desk={"capacity": 1, **handling})


def test_calls_wait_for_the_only_taker_in_order_of_grade(tell: Any, play: Any) -> None:
    for takers, graded in ((None, [20.0, 15.5, 15.0]), (1, [20.0, 29.0, 24.0])):
        story = calls(tell, takers, job={}, late={"grade": "G3"})
        story.incident("job", 10.0, 0.0, handling=10.0)
        story.incident("late", 10.5, 0.0, handling=5.0)
        story.incident("job", 11.0, 0.0, handling=4.0)
        table = play(story).tables["incidents"]
        order = np.argsort(table["received_at"])
        assert table["graded_at"][order].tolist() == graded
        assert (table["first_officer_at"] > table["graded_at"]).all()
        assert (table["outcome"] == Outcome.ATTENDED).all()


def test_a_caller_who_hangs_up_is_lost_and_takes_nobodys_time(tell: Any, play: Any) -> None:
    story = calls(tell, 1)
    story.incident("job", 10.0, 0.0, handling=30.0)
    story.incident("job", 11.0, 0.0, handling=5.0, lost_at=20.0)
    story.incident("job", 12.0, 0.0, handling=5.0, work=1.0)
    table = play(story).tables["incidents"]
    order = np.argsort(table["received_at"])
    assert table["outcome"][order].tolist() == [Outcome.ATTENDED, Outcome.LOST, Outcome.ATTENDED]
    np.testing.assert_array_equal(table["graded_at"][order], [40.0, np.nan, 45.0])


def test_calls_not_graded_when_the_run_ends_are_in_the_log(tell: Any, play: Any) -> None:
    story = calls(tell, 1)
    story.incident("job", 10.0, 0.0, handling=9000.0)
    story.incident("job", 11.0, 0.0, handling=5.0)
    story.incident("job", 12.0, 0.0, handling=5.0, lost_at=20.0)
    table = play(story).tables["incidents"]
    order = np.argsort(table["received_at"])
    assert table["outcome"][order].tolist() == [Outcome.OPEN_AT_END, Outcome.OPEN_AT_END, Outcome.LOST]
    assert np.isnan(table["graded_at"]).all()


def test_takers_enough_change_nothing_at_all(make_world: Any, car: dict[str, Any]) -> None:
    """As many takers as calls: the same log, to the last digit."""
    job = {"grade": "G1", "annual": 60_000, "call_handling": {"median": "4 min", "p90": "9 min"}}
    parts = {"types": {"job": job}, "units": {"car": car | {"standing": {"West": 3, "East": 3}}}}
    free = simulate(make_world(**parts), 9, 0, Record.FULL).tables
    desk = {"call_handling": {"takers": 10_000}}
    enough = simulate(make_world(desk=desk, **parts), 9, 0, Record.FULL).tables
    few = simulate(make_world(desk={"call_handling": {"takers": 1}}, **parts), 9, 0, Record.FULL).tables
    assert len(free["incidents"]["incident"]) > 300
    for name, table in free.items():
        for column, values in table.items():
            np.testing.assert_array_equal(values, enough[name][column], err_msg=f"{name} {column}")
    assert (few["incidents"]["graded_at"] - free["incidents"]["graded_at"]).mean() > 1.0


def test_forces_have_desks_of_their_own(armed_story: Any, play: Any, tmp_path: Any) -> None:
    """The attack takes the desk of the force that it strikes; the other authorises at once."""
    rows = ("A,100,4,0,0,North", "B,0,4,10,0,South", "C,0,4,20,0,South", "")
    (tmp_path / "two.csv").write_text("\n".join(["zone,population,area_km2,x_km,y_km,force", *rows]))
    found = {}
    for force in (0, 1):
        story = armed_story(True, region={"zones": {"file": "two.csv"}})
        table = story.table()
        story.table = lambda table=table, force=force: replace(table, force=np.array([force]))
        found[force] = clocks(play(story))[0]
    assert found == {0: 105.0, 1: 67.0}
