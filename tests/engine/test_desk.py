"""The command desk on its own: places, order, what is closed meanwhile, changes of capacity, closed forms."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.stats import t as student

from armsim.domain import ThreatLevel
from armsim.engine.clock import Clock
from armsim.engine.desk import (
    ATTACK,
    AUTHORISATION,
    COMMAND,
    AttackTask,
    CommandDesk,
    build_desks,
    feed_attack_tasks,
)
from armsim.engine.incident import Drawn, Incident
from armsim.model.desks import Staffing
from armsim.model.threat import Timeline


class Row(NamedTuple):
    incident: int
    asked: float
    started: float
    ended: float
    task: int
    desk: int


def incident(
    number: int,
    grade: int = 0,
    priority: int = 0,
    at: float = 0.0,
    service: float = 10.0,
    command: float = 0.0,
) -> Incident:
    drawn = Drawn(
        number, 0, priority, 0, (0.0, 0.0, -1), 0, at, at, (0, 0, 0, 1), 1.0, service, command
    )  # fmt: skip
    return Incident(SimpleNamespace(grade=grade), drawn, SimpleNamespace())


def fixed(places: int) -> Staffing:
    return Staffing((0.0,), (places,))


class Desk:
    """A desk whose log and authorisations are kept."""

    def __init__(self, staffing: Staffing) -> None:
        self.clock = Clock()
        self.rows: list[Row] = []
        self.given: list[tuple[int, float]] = []
        recorder = SimpleNamespace(command=lambda *row: self.rows.append(Row(*row)))
        self.desk = CommandDesk(self.clock, staffing, 3, recorder, self._authorised)

    def _authorised(self, one: Incident, now: float) -> None:
        self.given.append((one.number, now))

    def comes(self, one: Incident | AttackTask, at: float) -> None:
        """An incident asks, or a task of an attack comes, at a minute of the run."""
        call = self.desk.take if isinstance(one, AttackTask) else lambda who: self.desk.ask(who, at)
        self.clock.feed(0, [(at, 0, call, one)])


def test_as_many_tasks_at_once_as_there_are_places() -> None:
    run = Desk(fixed(2))
    for number in range(3):
        run.desk.ask(incident(number), 0.0)
    run.clock.run()
    assert run.given == [(0, 10.0), (1, 10.0), (2, 20.0)]
    assert run.rows[-1] == (2, 0.0, 10.0, 20.0, AUTHORISATION, 3)


def test_the_queue_goes_by_grade_priority_then_age_and_interrupts_nobody() -> None:
    run = Desk(fixed(1))
    run.desk.ask(incident(0, grade=3), 0.0)
    asked = [
        incident(1, grade=1, priority=1, at=-9.0),
        incident(2, grade=1, at=-1.0),
        incident(3, grade=1, at=-2.0),
        incident(4, grade=0, priority=5),
        incident(5, grade=1, at=-2.0),
    ]
    for one in asked:
        run.desk.ask(one, 0.0)
    run.clock.run()
    assert [number for number, _ in run.given] == [0, 4, 3, 5, 2, 1]


def test_what_closed_while_it_waited_takes_no_time_and_is_logged_as_given_up() -> None:
    run = Desk(fixed(1))
    waiting = incident(1)
    for one in (incident(0), waiting, incident(2)):
        run.desk.ask(one, 0.0)
    waiting.closed_at = 5.0
    run.clock.run()
    assert run.given == [(0, 10.0), (2, 20.0)]
    assert [(row.incident, row.started) for row in run.rows if row.started == row.started] == [
        (0, 0.0),
        (2, 10.0),
    ]
    (given_up,) = [row for row in run.rows if row.started != row.started]
    assert (given_up.incident, given_up.asked, given_up.ended) == (1, 0.0, 5.0)


def test_what_waits_at_the_end_of_the_run_is_logged() -> None:
    run = Desk(fixed(1))
    closed = incident(1, at=1.0)
    for one in (incident(0, service=100.0), closed, incident(2, at=2.0)):
        run.desk.ask(one, 2.0)
    run.desk.take(AttackTask((5, 0, 2.5, 9), 4.0))
    closed.closed_at = 20.0
    run.clock.run(until=60.0)
    run.desk.end(60.0)
    left = [(row.incident, row.asked, row.ended, row.task) for row in run.rows if math.isnan(row.started)]
    assert left == [(1, 2.0, 20.0, AUTHORISATION), (2, 2.0, 60.0, AUTHORISATION), (-1, 2.5, 60.0, ATTACK)]


def test_a_command_keeps_the_place() -> None:
    run = Desk(fixed(1))
    run.desk.ask(incident(0, command=20.0), 0.0)
    run.desk.ask(incident(1), 0.0)
    run.clock.run()
    assert run.given == [(0, 10.0), (1, 40.0)]
    assert run.rows[1] == (0, 10.0, 10.0, 30.0, COMMAND, 3)


def test_nothing_is_authorised_or_commanded_once_it_is_closed() -> None:
    run = Desk(fixed(1))
    closed = incident(0, command=20.0)
    run.desk.ask(closed, 0.0)
    run.desk.ask(incident(1), 0.0)
    closed.closed_at = 5.0
    run.clock.run()
    assert run.given == [(1, 20.0)]


def test_tasks_of_an_attack_take_places_and_their_turn() -> None:
    run = Desk(fixed(2))
    for number in range(2):
        run.comes(AttackTask((0, 0, 1.0, 100 + number), 30.0), 1.0)
    run.comes(incident(0, grade=0, priority=1, at=1.5), 2.0)
    run.comes(AttackTask((0, 0, 3.0, 102), 7.0), 3.0)
    run.clock.run()
    # Both places are taken until 31; then the third task, higher in priority than the older incident.
    assert [(row.incident, row.started, row.ended) for row in run.rows] == [
        (-1, 1.0, 31.0),
        (-1, 1.0, 31.0),
        (-1, 31.0, 38.0),
        (0, 31.0, 41.0),
    ]
    assert [row.asked for row in run.rows] == [1.0, 1.0, 3.0, 2.0]
    assert run.given == [(0, 41.0)]


def test_more_places_serve_the_queue_at_once_and_fewer_let_tasks_end() -> None:
    run = Desk(Staffing((0.0, 5.0, 12.0, 40.0), (1, 3, 1, 2)))
    for number in range(7):
        run.desk.ask(incident(number), 0.0)
    run.clock.run()
    # 0 from 0; at 5 two more places; at 10 the place of 0 goes to 3; from 12 on one place only: those of 1
    # and 2 end at 15 and nobody follows until that of 3 ends at 20.
    starts = {row.incident: row.started for row in run.rows}
    assert starts == {0: 0.0, 1: 5.0, 2: 5.0, 3: 10.0, 4: 20.0, 5: 30.0, 6: 40.0}


def test_a_change_comes_before_what_is_asked_at_its_minute() -> None:
    run = Desk(Staffing((0.0, 5.0), (1, 2)))
    run.desk.ask(incident(0), 0.0)
    run.clock.feed(1 << 40, [(5.0, 0, lambda who: run.desk.ask(who, 5.0), incident(1, at=5.0))])
    run.clock.run()
    assert run.given == [(0, 10.0), (1, 15.0)]


# --- closed forms -------------------------------------------------------------------------------------


def erlang_c(servers: int, offered: float) -> float:
    """Chance to wait (Erlang 1917)."""
    loss = 1.0
    for k in range(1, servers + 1):
        loss = offered * loss / (k + offered * loss)
    return loss / (1 - offered / servers * (1 - loss))


def stream(
    seed: int, servers: int, load: float, tasks: int, command: bool = False, urgent: float = 0.0
) -> dict[str, np.ndarray]:
    """Poisson requests with exponential service of mean 10, a share of them urgent; waits after warm-up."""
    rng = np.random.default_rng(seed)
    at = np.cumsum(rng.exponential(10.0 / (servers * load), tasks))
    first = rng.random(tasks) < urgent
    work = rng.exponential(10.0, tasks)
    run = Desk(fixed(servers))

    def asks(one: Incident) -> None:
        run.desk.ask(one, one.drawn.received_at)

    share = 0.3 if command else 1.0
    feed = [
        (when, number, asks, incident(number, 0 if early else 1, 0, when, share * long, (1 - share) * long))
        for number, (when, early, long) in enumerate(
            zip(at.tolist(), first.tolist(), work.tolist(), strict=True)
        )
    ]
    run.clock.feed(0, feed)
    run.clock.run()
    waits = np.empty(tasks)
    for row in run.rows:
        if row.task == AUTHORISATION:
            waits[row.incident] = row.started - row.asked
    kept = slice(tasks // 10, None)
    return {"waits": waits[kept], "urgent": first[kept]}


def agrees(values: list[float], exact: float, sharp: float) -> None:
    """The exact value is in the 99% interval, whose half-width is at most *sharp* of it."""
    half = student.ppf(0.995, len(values) - 1) * np.std(values, ddof=1) / math.sqrt(len(values))
    assert half <= sharp * exact, f"half-width {half:.4f} of {exact:.4f}"
    assert abs(np.mean(values) - exact) <= half, f"{np.mean(values):.4f} +- {half:.4f}, exact {exact:.4f}"


@pytest.mark.parametrize(("servers", "command"), [(1, False), (3, False), (2, True)])
def test_it_waits_as_erlang_says_whether_places_go_to_authority_alone_or_to_command_as_well(
    servers: int, command: bool
) -> None:
    load = 0.7
    runs = [stream(seed, servers, load, 3000, command)["waits"] for seed in range(12)]
    wait = erlang_c(servers, servers * load)
    agrees([(waits > 0).mean() for waits in runs], wait, 0.1)
    agrees([waits.mean() for waits in runs], wait * 10 / (servers * (1 - load)), 0.25)


def test_urgent_requests_wait_as_cobham_says() -> None:
    """Two classes, none interrupted (Cobham 1954)."""
    servers, load, urgent = 2, 0.75, 0.4
    runs = [stream(100 + seed, servers, load, 3000, urgent=urgent) for seed in range(12)]
    whole = erlang_c(servers, servers * load) * 10 / servers
    first = whole / (1 - urgent * load)
    agrees([run["waits"][run["urgent"]].mean() for run in runs], first, 0.15)
    agrees([run["waits"][~run["urgent"]].mean() for run in runs], first / (1 - load), 0.3)


def test_forces_with_a_joint_desk_ask_one_object(make_world: Any, tmp_path: Any) -> None:
    zones = ("A", "North"), ("B", "North"), ("C", "South")
    rows = [f"{zone},100,4,{10 * at},0,{force}" for at, (zone, force) in enumerate(zones)]
    (tmp_path / "two.csv").write_text("\n".join(["zone,population,area_km2,x_km,y_km,force", *rows, ""]))
    held = Timeline((0.0,), (ThreatLevel.LOW,))
    for desk, shared in (("joint", True), ("own", False)):
        bloc = {"forces": ("North", "South"), "desk": desk}
        world = make_world(region={"zones": {"file": "two.csv"}}, aid={"blocs": {"both": bloc}})
        recorder, authorised = SimpleNamespace(), (lambda *_: None)
        north, south = build_desks(world, Clock(), held, recorder, authorised)
        assert (north is south) is shared


def test_tasks_of_an_attack_go_to_the_force_struck_first_with_its_grade(tell: Any) -> None:
    raid = {"grade": "FIREARMS", "priority": 4}
    told = tell(types={"job": {}, "raid": raid}).world
    world = SimpleNamespace(scenario=told.scenario, types=told.types, zone_force=np.array([0, 0, 1]))
    attacks = SimpleNamespace(
        type=np.array([0, 1]),
        task_attack=np.array([1, 0]),
        task_minute=np.array([3.0, 5.0]),
        task_service=np.array([2.0, 8.0]),
        task_zone=np.array([2, 0]),
    )
    clock, taken = Clock(), []

    def desk(force: int) -> SimpleNamespace:
        return SimpleNamespace(take=lambda task: taken.append((force, task.order[:3], task.service)))

    feed_attack_tasks(world, clock, attacks, [desk(0), desk(1)])
    clock.run()
    assert taken == [(1, (0, 4, 3.0), 2.0), (0, (1, 0, 5.0), 8.0)]
