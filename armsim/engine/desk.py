"""The command desks: authorisation and command of armed deployments, and the tasks that attacks bring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from armsim.domain import Grade
from armsim.engine.clock import DESK, NEW_INCIDENT, Alarm, Clock
from armsim.engine.incident import NAN, Incident
from armsim.engine.places import Order, Places
from armsim.engine.recorder import Recorder
from armsim.model.attacks import Attacks
from armsim.model.desks import Staffing, desks
from armsim.model.threat import Timeline
from armsim.model.world import World

AUTHORISATION, COMMAND, ATTACK = 0, 1, 2
#: Tasks of attacks are numbered from here on, after all incidents.
_TASKS = 1 << 23
_NO_INCIDENT = -1

Authorised = Callable[[Incident, float], None]


@dataclass(frozen=True, slots=True)
class AttackTask:
    """Work for the desk that an attack brings.

    Attributes:
        order: grade, priority, minute at which it came, number.
        service: minutes that it takes.
    """

    order: Order
    service: float


class CommandDesk:
    """Authorises armed deployments, then commands each until a tactical commander takes over.

    A command keeps the place of its authorisation. What has closed by its turn takes no time.

    Args:
        clock: the run's time.
        staffing: tasks carried at once, over time.
        number: of the desk, as logged.
        recorder: where the tasks are logged.
        authorised: called with an incident and the minute when its authority is given.
    """

    def __init__(
        self, clock: Clock, staffing: Staffing, number: int, recorder: Recorder, authorised: Authorised
    ) -> None:
        self._clock = clock
        self._number = number
        self._recorder = recorder
        self._authorised = authorised
        self._asked: dict[int, float] = {}
        self._places: Places[Incident | AttackTask] = Places(clock, staffing, number, self._start)

    def ask(self, incident: Incident, now: float) -> None:
        """Ask for authority; it is served at once when a place is free."""
        incident.authority_asked = True
        self._asked[incident.number] = now
        self._places.ask(incident.order, incident, now)

    def take(self, task: AttackTask) -> None:
        """A task of an attack comes."""
        self._places.ask(task.order, task, self._clock.now)

    def end(self, horizon: float) -> None:
        """The run is over: log what still waits."""
        for one in self._places.waiting():
            if isinstance(one, AttackTask):
                self._log(_NO_INCIDENT, one.order[2], NAN, horizon, ATTACK)
            else:
                self._given_up(one, horizon)

    def _start(self, one: Incident | AttackTask, now: float) -> bool:
        if isinstance(one, AttackTask):
            ends = now + one.service
            self._log(_NO_INCIDENT, one.order[2], now, ends, ATTACK)
            Alarm(self._clock, ends, DESK + one.order[3], self._place_free, None)
            return True
        if one.closed_at is not None:
            self._given_up(one, now)
            return False
        ends = now + one.drawn.authorisation
        self._log(one.number, self._asked.pop(one.number), now, ends, AUTHORISATION)
        Alarm(self._clock, ends, DESK + one.number, self._authority_given, one)
        return True

    def _given_up(self, incident: Incident, now: float) -> None:
        """Authority was not given before the incident closed, or the run ended."""
        until = now if incident.closed_at is None else incident.closed_at
        self._log(incident.number, self._asked.pop(incident.number), NAN, until, AUTHORISATION)

    def _authority_given(self, alarm: Alarm) -> None:
        incident: Incident = alarm.subject
        now = self._clock.now
        if incident.closed_at is None:
            self._authorised(incident, now)
        if incident.closed_at is None and incident.drawn.command > 0:
            ends = now + incident.drawn.command
            self._log(incident.number, now, now, ends, COMMAND)
            Alarm(self._clock, ends, DESK + incident.number, self._place_free, None)
        else:
            self._places.leave(now)

    def _place_free(self, _: Alarm) -> None:
        self._places.leave(self._clock.now)

    def _log(self, incident: int, asked: float, started: float, ended: float, task: int) -> None:
        self._recorder.command(incident, asked, started, ended, task, self._number)


def build_desks(
    world: World, clock: Clock, levels: Timeline, recorder: Recorder, authorised: Authorised
) -> list[CommandDesk]:
    """The desk of each force, in order of code; forces with a joint desk share one object.

    Args:
        world: the world.
        clock: the run's time, at its beginning.
        levels: the replication's threat levels.
        recorder: where the tasks are logged.
        authorised: called with an incident and the minute when its authority is given.
    """
    end = world.scenario.window + world.scenario.cool_down
    found: dict[int, CommandDesk] = {}
    for number, desk in enumerate(desks(world, levels, clock.now, end)):
        one = CommandDesk(clock, desk.staffing, number, recorder, authorised)
        found |= dict.fromkeys(desk.forces, one)
    return [found[force] for force in sorted(found)]


def feed_attack_tasks(world: World, clock: Clock, attacks: Attacks, by_force: list[CommandDesk]) -> None:
    """Let the tasks of *attacks* come when they come, each to the desk of the force first struck.

    They have the grade and priority of the incidents at the attack's sites.
    """
    types = [world.scenario.demand.types[world.types[code]] for code in attacks.type.tolist()]
    columns = (attacks.task_attack, attacks.task_minute, attacks.task_service, attacks.task_zone)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    items = []
    for number, (attack, minute, service, zone) in enumerate(rows, start=_TASKS):
        kind = types[attack]
        task = AttackTask((int(Grade[kind.grade]), kind.priority, minute, number), service)
        items.append((minute, number, by_force[int(world.zone_force[zone])].take, task))
    clock.feed(NEW_INCIDENT, items)
