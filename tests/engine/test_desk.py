"""The command desk on its own: places, order, and what is closed meanwhile."""

from types import SimpleNamespace

from armsim.engine.clock import Clock
from armsim.engine.desk import AUTHORISATION, COMMAND, CommandDesk
from armsim.engine.incident import Incident


def ask(number: int, grade: int = 0, service: float = 10.0, command: float = 0.0) -> Incident:
    incident = Incident(
        number, SimpleNamespace(grade=grade), 0, 0, (0.0, 0.0, -1), 0, float(number), 0.0, (0, 0, 0, 1), 1.0
    )
    incident.authority_service = service
    incident.command = command
    return incident


class Desk:
    def __init__(self, capacity: int) -> None:
        self.clock = Clock()
        self.rows: list[tuple] = []
        self.given: list[tuple[int, float]] = []
        recorder = SimpleNamespace(command=lambda *row: self.rows.append(row))
        self.desk = CommandDesk(self.clock, capacity, recorder, self._authorised)

    def _authorised(self, incident: Incident, now: float) -> None:
        self.given.append((incident.number, now))


def test_as_many_tasks_at_once_as_there_are_places() -> None:
    run = Desk(2)
    for number in range(3):
        run.desk.ask(ask(number), 0.0)
    run.clock.run()
    assert run.given == [(0, 10.0), (1, 10.0), (2, 20.0)]
    assert run.rows[-1] == (2, 0.0, 10.0, 20.0, AUTHORISATION)


def test_the_queue_goes_by_grade_then_age_and_interrupts_nobody() -> None:
    run = Desk(1)
    for incident in (ask(0, grade=3), ask(3, grade=1), ask(2, grade=1), ask(4, grade=0)):
        run.desk.ask(incident, 0.0)
    run.clock.run()
    assert [number for number, _ in run.given] == [0, 4, 2, 3]


def test_what_closed_while_it_waited_takes_no_time() -> None:
    run = Desk(1)
    waiting = ask(1)
    for incident in (ask(0), waiting, ask(2)):
        run.desk.ask(incident, 0.0)
    waiting.closed_at = 5.0
    run.clock.run()
    assert run.given == [(0, 10.0), (2, 20.0)]
    assert [row[0] for row in run.rows] == [0, 2]


def test_the_place_stays_taken_while_the_desk_commands() -> None:
    run = Desk(1)
    run.desk.ask(ask(0, command=20.0), 0.0)
    run.desk.ask(ask(1), 0.0)
    run.clock.run()
    assert run.given == [(0, 10.0), (1, 40.0)]
    assert run.rows[1] == (0, 10.0, 10.0, 30.0, COMMAND)


def test_nothing_is_authorised_or_commanded_once_it_is_closed() -> None:
    run = Desk(1)
    closed = ask(0, command=20.0)
    run.desk.ask(closed, 0.0)
    run.desk.ask(ask(1), 0.0)
    closed.closed_at = 5.0
    run.clock.run()
    assert run.given == [(1, 20.0)]
