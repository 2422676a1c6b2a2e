"""A second witness: dispatch from ``model.md``, played by a plain heap and nothing of armsim.

It reads the columns that were drawn (what happens, where, how long, what luck) and a :class:`Town` of bare
numbers, and says who went where and when. To be read beside the specification: nothing is lazy.

Covered: nearest unit with return trips and last-scene starts, crow-fly and matrix travel with true positions
in mid-trip, several units an incident, grades, priorities and age, turn-out by status, trip noise, speed by
hour, blue lights, handicaps, paperwork, follow-on, patience, stand-down, the command desk.
Not covered: patrol, shifts, breaks, posts, diversion, reserve, levels.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any

from .witness_town import (
    FIRST_ARMED,
    Counts,
    Law,
    Spot,
    Town,
    Type,
    Unit,
    adds,
)

NAN = float("nan")
#: What happens at one minute happens in this order; inside a rank by number of unit or incident.
ARRIVAL, WORK_ENDS, UNIT_FREE, TURNING_POINT, ROSTER, DESK, NEW_INCIDENT = range(1, 8)
ATTENDED, STOOD_DOWN, LOST, ESCALATED, OPEN_AT_END = range(5)
#: Where the witness can be told to do otherwise than it reads ``model.md``.
FREE_WITH_THE_MINUTE = "units whose time is up are all free as the minute begins; the queue is offered later"
ONE_POINT_A_ZONE = "in mid-trip from mid-trip, points of one zone are merged into their mean point"


@dataclass(eq=False)
class Job:
    """One unit sent to one incident."""

    incident: Incident
    unit: Unit
    ordinal: int
    assigned: float
    mobile: float
    expected: float
    arrived: float = NAN
    released: float = NAN
    present: bool = False


@dataclass(eq=False)
class Incident:
    number: int
    type: Type
    grade: int
    priority: int
    spot: Spot
    received: float
    graded: float
    needs: Counts
    work: float
    service: float
    command: float
    stand_down: float
    lost: float
    follow_on: float
    turn_out_z: list[float]
    trip_z: list[float]
    jobs: list[Job] = field(default_factory=list)
    is_graded: bool = False
    reached: list[float] = field(default_factory=lambda: [NAN] * 4)
    authorised: float = NAN
    first_arrival: float = NAN
    works: bool = False
    closed: float = NAN
    outcome: int = -1

    @property
    def order(self) -> tuple[int, int, float, int]:
        return self.grade, self.priority, self.received, self.number

    def short(self) -> list[int]:
        """Requirement less what was sent: nobody leaves an incident that goes on."""
        left = list(self.needs)
        for job in self.jobs:
            left = [need - have for need, have in zip(left, job.unit.kind.brings, strict=True)]
        return left

    def seeks_authority(self) -> bool:
        return not math.isnan(self.service) and math.isnan(self.authorised)


class Witness:
    """One run of a town; *columns* are those drawn, by name, as lists, with one row an incident."""

    def __init__(
        self,
        town: Town,
        columns: dict[str, list[Any]],
        first_hour: int,
        otherwise: frozenset[str] = frozenset(),
    ) -> None:
        self.town, self.otherwise = town, otherwise
        self.first_hour = first_hour
        self.heap: list[tuple[float, int, int, int, Callable[[Any], None], Any]] = []
        self.steps = count()
        self.now = -math.inf
        self.queue: list[Incident] = []
        self.tasks: list[Incident] = []
        self.carried = 0
        self.jobs: list[Job] = []
        self.free: dict[str, list[Unit]] = {kind.name: [] for kind in town.kinds}
        for unit in self._units():
            self.free[unit.kind.name].append(unit)
        types = sorted(town.types, key=lambda one: one.name)
        self.incidents = [self._incident(types, columns, row) for row in range(len(columns["number"]))]
        for one in self.incidents:
            self.at(one.graded, NEW_INCIDENT, one.number, self.graded, one)
            if not math.isnan(one.lost):
                # Patience that ends as it is graded, such as none at all, lets it be attended once.
                rank = NEW_INCIDENT if one.lost == one.graded else TURNING_POINT
                self.at(one.lost, rank, one.number, self.patience_ends, one)

    def _units(self) -> Iterator[Unit]:
        number = 0
        for kind in sorted(self.town.kinds, key=lambda one: one.name):
            for base in sorted(kind.at):
                home = self.spot(*self.town.bases[base])
                for _ in range(kind.at[base]):
                    yield Unit(number, kind, home, home, home)
                    number += 1

    def spot(self, x: float, y: float, zone: int = -1) -> Spot:
        if self.town.matrix is None:
            return Spot(x, y, ())
        if zone < 0:
            away = [math.dist((x, y), centre) for centre in self.town.zones]
            zone = away.index(min(away))
        return Spot(x, y, ((zone, 1.0, x, y),))

    def _incident(self, types: list[Type], columns: dict[str, list[Any]], row: int) -> Incident:
        c = {name: column[row] for name, column in columns.items()}
        return Incident(
            c["number"], types[c["type"]], c["grade"], c["priority"], self.spot(c["x"], c["y"], c["zone"]),
            c["received_at"], c["graded_at"], tuple(c["needs"]), c["on_scene"], c["authorisation"],
            c["command"], c["stand_down_at"], c["lost_at"], c["follow_on"], c["turnout_z"], c["trip_z"],
        )  # fmt: skip

    # --- time -----------------------------------------------------------------------------------------

    def at(self, minute: float, rank: int, number: int, call: Callable[[Any], None], subject: Any) -> None:
        heappush(self.heap, (minute, rank, number, next(self.steps), call, subject))

    def run(self, horizon: float) -> None:
        """Everything before the *horizon*; what is open then is open at the end."""
        while self.heap and self.heap[0][0] < horizon:
            self.now, _, _, _, call, subject = heappop(self.heap)
            call(subject)
        for one in self.incidents:
            if one.graded >= horizon:
                one.is_graded = False
                if one.lost < horizon:
                    one.closed, one.outcome = one.lost, LOST
            if one.outcome < 0:
                one.outcome = OPEN_AT_END
        for job in self.jobs:
            if math.isnan(job.released):
                job.released = horizon

    # --- travel ---------------------------------------------------------------------------------------

    def where(self, unit: Unit) -> Spot:
        return unit.where(self.now, ONE_POINT_A_ZONE in self.otherwise)

    def law(self, km: float) -> float:
        """Minutes of a straight line: 2 sqrt(d/a) up to v²/a, else v/a + d/v; d is circuity x the line."""
        a, v, d = self.town.acceleration, self.town.cruising, self.town.circuity * km
        return 2 * math.sqrt(d / a) if d <= v * v / a else v / a + d / v

    def minutes(self, start: Spot, end: Spot) -> float:
        """Mean minutes at ordinary speed; *end* is in one zone."""
        if self.town.matrix is None:
            return self.law(math.hypot(end.x - start.x, end.y - start.y))
        zone = end.parts[0][0]
        total = 0.0
        for origin, weight, x, y in start.parts:
            inside = origin == zone
            there = self.law(math.hypot(end.x - x, end.y - y)) if inside else self.town.matrix[origin][zone]
            total += weight * there
        return total

    def hour(self, minute: float) -> float:
        return self.town.time_factors[(math.floor(minute / 60) + self.first_hour) % 168]

    def blue(self, unit: Unit, incident: Incident) -> float:
        return self.town.blue.get(incident.grade, 1.0) if unit.kind.blue else 1.0

    def turn_out(self, unit: Unit) -> Law:
        """A free unit is in its vehicle until it is home."""
        return self.town.base if unit.arrives <= self.now else self.town.wheel

    # --- dispatch -------------------------------------------------------------------------------------

    def graded(self, incident: Incident) -> None:
        if incident.outcome >= 0 or incident.is_graded:
            return
        incident.is_graded = True
        if not math.isnan(incident.service):
            self.tasks.append(incident)
            self.desk()
        if not math.isnan(incident.stand_down):
            at = max(self.now, incident.stand_down)
            self.at(at, TURNING_POINT, incident.number, self.stood_down, incident)
        self.queue.append(incident)
        self.go_through_queue()

    def go_through_queue(self) -> None:
        """By grade, priority and age, each takes the units that add to it."""
        for incident in sorted(self.queue, key=lambda one: one.order):
            if not any(self.free.values()):
                return
            for unit, expected in self.choice(incident):
                self.send(incident, unit, expected)
            if max(incident.short()) <= 0:
                self.queue.remove(incident)

    def choice(self, incident: Incident) -> list[tuple[Unit, float]]:
        """The best-ranked units until nothing is short; then those that proved needless are dropped."""
        short = incident.short()
        ranked = []
        for kind in self.town.kinds:
            serves = incident.grade in kind.grades and kind.name not in incident.type.not_by
            if not (serves and adds(kind.brings, short)):
                continue
            for unit in self.free[kind.name]:
                trip = self.minutes(self.where(unit), incident.spot)
                expected = trip * self.hour(self.now) * self.blue(unit, incident) + self.turn_out(unit).mean
                cost = expected + kind.handicap.get(incident.grade, 0.0)
                ranked.append((cost, self.since(unit), unit.number, unit, expected))
        ranked.sort(key=lambda row: row[:3])
        picks: list[tuple[Unit, float]] = []
        for *_, unit, expected in ranked:
            if adds(brings := unit.kind.brings, short):
                picks.append((unit, expected))
                short = [left - have for left, have in zip(short, brings, strict=True)]
        for pick in reversed(list(picks)):
            brings = pick[0].kind.brings
            if all(left + have <= 0 for left, have in zip(short, brings, strict=True) if have):
                picks.remove(pick)
                short = [left + have for left, have in zip(short, brings, strict=True)]
        return picks

    def since(self, unit: Unit) -> float:
        """Ties go to the longest free: patrol, the way home and standing at the base are all free."""
        return unit.free_since

    def send(self, incident: Incident, unit: Unit, expected: float) -> None:
        ordinal = len(incident.jobs)
        here, law = self.where(unit), self.turn_out(unit)
        mobile = self.now + law.value(incident.turn_out_z[ordinal])
        hour = self.hour(mobile)
        mean = self.minutes(here, incident.spot) * hour * self.blue(unit, incident)
        at_zero, per_km, floor = self.town.noise
        km = self.town.circuity * math.hypot(incident.spot.x - here.x, incident.spot.y - here.y)
        s = max(floor, at_zero - per_km * km)
        actual = mean * math.exp(s * incident.trip_z[ordinal] - s * s / 2)
        job = Job(incident, unit, ordinal, self.now, mobile, expected)
        incident.jobs.append(job)
        self.jobs.append(job)
        self.free[unit.kind.name].remove(unit)
        unit.origin, unit.target, unit.departs, unit.arrives = here, incident.spot, mobile, mobile + actual
        self.at(unit.arrives, ARRIVAL, unit.number, self.arrives, job)

    # --- the life of an incident ----------------------------------------------------------------------

    def arrives(self, job: Job) -> None:
        if math.isnan(job.released):
            job.arrived = self.now
            if not (job.unit.kind.armed and job.incident.seeks_authority()):
                self.present(job)

    def present(self, job: Job) -> None:
        """The unit counts: milestones, and the work that one of them starts."""
        incident = job.incident
        job.present = True
        there = [sum(j.unit.kind.brings[line] for j in incident.jobs if j.present) for line in range(4)]
        if math.isnan(incident.first_arrival):
            incident.first_arrival = self.now
            latest = self.now + incident.type.at_latest
            self.at(latest, WORK_ENDS, incident.number, self.work_starts, incident)
        met = [
            there[0] > 0, there[1] > 0, there[3] > 0 or job.unit.kind.brings[2] >= 2,
            all(have >= need for have, need in zip(there, incident.needs, strict=True)),
        ]  # fmt: skip
        for milestone in range(4):
            if met[milestone] and math.isnan(incident.reached[milestone]):
                incident.reached[milestone] = self.now
        if not math.isnan(incident.reached[incident.type.work_from]):
            self.work_starts(incident)

    def work_starts(self, incident: Incident) -> None:
        if not incident.works and incident.outcome < 0:
            incident.works = True
            self.at(self.now + incident.work, WORK_ENDS, incident.number, self.work_ends, incident)

    def work_ends(self, incident: Incident) -> None:
        if incident.outcome < 0:
            self.close(incident, ATTENDED)

    def patience_ends(self, incident: Incident) -> None:
        """Its patience runs from received, graded or not."""
        assigned = incident.type.patience_ends_assigned and incident.jobs
        if incident.outcome >= 0 or assigned or not math.isnan(incident.first_arrival):
            return
        self.close(incident, LOST)

    def stood_down(self, incident: Incident) -> None:
        if incident.outcome < 0 and math.isnan(incident.reached[FIRST_ARMED]):
            self.close(incident, STOOD_DOWN if math.isnan(incident.first_arrival) else ATTENDED)

    def close(self, incident: Incident, outcome: int) -> None:
        """All units leave, in order of sending; then the queue is gone through once."""
        incident.closed, incident.outcome = self.now, outcome
        if incident in self.queue:
            self.queue.remove(incident)
        there = [job for job in incident.jobs if job.present]
        first = min(there, key=self.came_first, default=None)
        freed = False
        for job in incident.jobs:
            job.released = self.now
            unit = job.unit
            busy = self.town.paperwork + (incident.follow_on if job is first else 0.0) if job.present else 0.0
            here = self.where(unit)
            unit.origin = unit.target = here
            unit.departs = unit.arrives = self.now
            if busy > 0:
                self.busy_until(self.now + busy, unit)
            else:
                freed = True
                self.goes_home(unit)
        if freed:
            self.go_through_queue()

    def came_first(self, job: Job) -> tuple[float, int]:
        """The first unit on scene, not the first sent, is the one that goes on with a prisoner."""
        return (job.arrived, job.unit.number)

    def busy_until(self, minute: float, unit: Unit) -> None:
        if FREE_WITH_THE_MINUTE in self.otherwise:
            self.at(minute, 0, unit.number, self.goes_home, unit)
            self.at(minute, UNIT_FREE, unit.number, lambda _: self.go_through_queue(), unit)
        else:
            self.at(minute, UNIT_FREE, unit.number, self.free_again, unit)

    def free_again(self, unit: Unit) -> None:
        self.goes_home(unit)
        self.go_through_queue()

    def goes_home(self, unit: Unit) -> None:
        """A freed unit drives home and can be sent all the way."""
        self.free[unit.kind.name].append(unit)
        unit.free_since = self.now
        here = self.where(unit)
        unit.origin, unit.target, unit.departs = here, unit.home, self.now
        unit.arrives = self.now + self.minutes(here, unit.home) * self.hour(self.now)

    # --- the command desk -----------------------------------------------------------------------------

    def desk(self) -> None:
        """Tasks by grade, priority and age, as many at once as it can carry."""
        self.tasks.sort(key=lambda one: one.order)
        while self.tasks and self.carried < self.town.desk:
            incident = self.tasks.pop(0)
            if incident.outcome < 0:
                self.carried += 1
                self.at(self.now + incident.service, DESK, incident.number, self.authority, incident)

    def authority(self, incident: Incident) -> None:
        if incident.outcome < 0:
            incident.authorised = self.now
            for job in incident.jobs:
                if not math.isnan(job.arrived) and not job.present:
                    self.present(job)
        if incident.outcome < 0 and incident.command > 0:
            self.at(self.now + incident.command, DESK, incident.number, self.place_free, incident)
        else:
            self.place_free(incident)

    def place_free(self, _: Incident) -> None:
        self.carried -= 1
        self.desk()
