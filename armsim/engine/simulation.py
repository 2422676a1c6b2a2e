"""One replication: draw, wire, run, hand back the log."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.domain import (
    DUTY_COLUMNS,
    MINUTES_PER_DAY,
    MINUTES_PER_HOUR,
    POST_COLUMNS,
    THREAT_COLUMNS,
    Record,
)
from armsim.engine.blocs import bloc_of_force, control_rooms
from armsim.engine.call_handling import build_call_room, by_received
from armsim.engine.casework import Casework
from armsim.engine.clock import NEW_INCIDENT, ROSTER, SURVEY, WORK_ENDS, Alarm, Clock
from armsim.engine.cover import watch_cover
from armsim.engine.desk import build_desks, feed_attack_tasks
from armsim.engine.ending import log_open, log_ungraded
from armsim.engine.escalation import Escalation
from armsim.engine.fleet import Fleet
from armsim.engine.incident import Drawn, Incident
from armsim.engine.log import EventLog, Table, officer_duty
from armsim.engine.pool import AT_WORK, BUSY, MOVING, ON_BREAK, Pool
from armsim.engine.recorder import Recorder
from armsim.engine.rules import dispatch_rules, kind_rules, post_rules, type_rules
from armsim.engine.take_over import TakeOver
from armsim.engine.trails import Trails
from armsim.engine.unit import OFF_DUTY, RETURNING, Unit
from armsim.model.attacks import draw_attacks
from armsim.model.demand import IncidentTable, PostSpec, draw_incidents, post_incidents
from armsim.model.luck import LaterLuck
from armsim.model.patrol import patrol_points
from armsim.model.roster import Duty, duty
from armsim.model.speeds import speed_of_hours
from armsim.model.threat import timeline
from armsim.model.units import neighbourhood
from armsim.model.world import World
from armsim.streams import Streams

_CHUNK = 100
_FREE, _DIVERTIBLE, _NEITHER = 2, 1, 0
#: Rows of the roster feed at one minute: the level changes first, then duty starts and posts.
_LEVEL, _PARADE, _POST = 0, 1 << 20, 2 << 20

_GOLDEN = 0.6180339887498949

FeedItem = tuple[float, int, Callable[[Any], None], Any]


def simulate(
    world: World,
    seed: int,
    replication: int,
    record: Record,
    incidents: IncidentTable | None = None,
    trails: bool = False,
) -> EventLog:
    """Run one replication of *world*.

    Args:
        world: what does not change between replications.
        seed: seed of the study.
        replication: index of the replication.
        record: how much of the log is kept; those of status intervals always are of armed units and
            of neighbourhood teams.
        incidents: what happens, in place of what the scenario's demand would draw.
        trails: the log also has the legs of units (table ``trails``); nothing else changes.

    Returns:
        The log; two calls with equal arguments give equal logs.
    """
    with _calm_collector():
        return Simulation(world, Streams(seed, replication), record, incidents, trails).run()


@contextmanager
def _calm_collector() -> Iterator[None]:
    """No search for cycles while a replication runs: what is closed points at nothing that points back.

    The search took a tenth of a replication. What the whole run leaves is collected after it.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


class Simulation:
    """The wiring of one replication."""

    def __init__(
        self,
        world: World,
        streams: Streams,
        record: Record,
        incidents: IncidentTable | None = None,
        trails: bool = False,
    ) -> None:
        scenario = world.scenario
        self.world, self.streams, self.record = world, streams, record
        self.begin, self.window = -scenario.warm_up, scenario.window
        self.end = self.window + scenario.cool_down
        self.attacks = draw_attacks(world, streams, self.begin, self.end)
        self.levels = timeline(scenario, streams, self.attacks)
        self._given = incidents
        self.duty: Duty = duty(world, streams, self.levels, self.begin, self.end)
        self.clock = Clock(initial_time=self.begin)
        kept = Trails(world.travel.position) if trails else None
        self.recorder = Recorder(record, self.duty.end.tolist(), kept)
        self.kinds = tuple(kind_rules(code, scenario.units[name]) for code, name in enumerate(world.kinds))
        self.types = tuple(type_rules(world, code, self.kinds, streams) for code in range(len(world.types)))
        self.rules = dispatch_rules(world)
        self.rules.level = int(self.levels.level_at(self.begin))
        self.bloc_of = bloc_of_force(world)
        pools = tuple(tuple(Pool(kind, bloc) for kind in self.kinds) for bloc in range(len(world.blocs)))
        first_hour = self.begin // MINUTES_PER_HOUR * MINUTES_PER_HOUR
        hours = speed_of_hours(scenario, first_hour, self.end)
        self.fleet = Fleet(
            self._units(), pools, self.bloc_of, world.travel, hours, first_hour, self.recorder,
            scenario.dispatch.shift_margin,
        )  # fmt: skip
        watch_cover(world, self.fleet, self.clock, self.end)
        self.rooms = control_rooms(world, self.fleet, pools, self.rules, record is not Record.METRICS)
        luck = LaterLuck(streams, scenario.travel.trip_noise.shared)
        self.casework = Casework(
            self.clock, self.fleet, self.rooms, self.recorder, scenario.demand.paperwork, luck, self.window
        )
        self.casework.desks = build_desks(
            world, self.clock, self.levels, self.recorder, self.casework.authorised
        )
        self.calls = build_call_room(world, self.clock, self.levels, self.casework.graded)
        if scenario.dispatch.take_over is not None:
            self.casework.take_over = TakeOver(self.casework, scenario.dispatch.take_over.saving)
        self.posts = post_incidents(world, self.levels, self.begin, self.end)
        self.post_rows: list[Incident] = []

    def run(self) -> EventLog:
        """Warm up, run the window, and go on until every counted incident has ended or the cap is reached."""
        incidents = self._given
        if incidents is None:
            incidents = draw_incidents(
                self.world, self.streams, self.begin, self.end, self.attacks, self.levels
            )
        self._let_escalate(incidents.children)
        feed_attack_tasks(self.world, self.clock, self.attacks, self.casework.desks)
        self.clock.feed(ROSTER, self._roster_feed())
        if self.calls is None:
            feed = self._incident_feed(incidents, attrgetter("graded_at"), self.casework.graded)
        else:
            feed = self._incident_feed(by_received(incidents), attrgetter("received_at"), self.calls.call)
        self.clock.feed(NEW_INCIDENT, feed)
        if self.world.scenario.study.survey_every > 0:
            self.clock.feed(SURVEY, self._survey_feed())
        self.clock.run(until=self.window)
        horizon = self.window
        while self._counted_left(incidents, horizon) and horizon < self.end:
            horizon = min(self.end, horizon + MINUTES_PER_HOUR)
            self.clock.run(until=horizon)
        self.fleet.flush(horizon)
        log_open(self.casework.open.values(), self.recorder, horizon)
        log_ungraded(self._ungraded(incidents, horizon), self.recorder, horizon)
        for desk in dict.fromkeys(self.casework.desks):
            desk.end(horizon)
        return EventLog(
            self._tables(horizon),
            self.duty.units,
            self.duty.officer_hours,
            self.streams.seed,
            self.streams.replication,
        )

    def _let_escalate(self, children: IncidentTable | None) -> None:
        if children is None:
            return
        escalation = Escalation(
            self.casework, children.graded_at, lambda row: next(self._made(children, slice(row, row + 1)))
        )
        self.casework.escalates = escalation.watch

    def _counted_left(self, incidents: IncidentTable, horizon: float) -> bool:
        """Counted incidents that are open, or received in the window and not yet graded."""
        if self.casework.open_counted > 0:
            return True
        if self.calls is not None:
            return any(one.drawn.received_at < self.window for one in self.calls.ungraded())
        return bool(((incidents.received_at < self.window) & (incidents.graded_at >= horizon)).any())

    def _ungraded(self, incidents: IncidentTable, horizon: float) -> Iterator[Incident]:
        """Incidents received and not graded by the horizon."""
        if self.calls is not None:
            yield from self.calls.ungraded()
            return
        late = (incidents.received_at < horizon) & (incidents.graded_at >= horizon)
        for row in np.flatnonzero(late).tolist():
            yield from self._made(incidents, slice(row, row + 1))

    # --- wiring ---------------------------------------------------------------------------------------

    def _units(self) -> list[Unit]:
        full = self.record is Record.FULL
        recorded = [full or rules.armed or neighbourhood(self.world.scenario, name)
                    for name, rules in zip(self.world.kinds, self.kinds, strict=True)]  # fmt: skip
        units = []
        seats: dict[tuple[int, int], int] = {}
        points = patrol_points(self.world, self.duty, self.streams)
        for spec in self.duty.units:
            rules = self.kinds[spec.kind]
            seat = seats[spec.kind, spec.force] = seats.get((spec.kind, spec.force), -1) + 1
            unit = Unit(
                spec.number, rules, spec.base.place, recorded[spec.kind], spec.force, spec.base.name, seat
            )
            unit.since = self.begin
            if spec.number in points:
                unit.tours = points[spec.number]
            units.append(unit)
        return units

    # --- feeds ----------------------------------------------------------------------------------------

    def _roster_feed(self) -> list[FeedItem]:
        """Levels, duty starts and posts, in order of minute and then of kind and number."""
        items: list[FeedItem] = [
            (start, _LEVEL + int(level), self._level_changes, int(level))
            for level, start, _ in self.levels.spells(self.begin, self.end)
            if start > self.begin
        ]
        table = self.duty
        rows = zip(
            table.unit.tolist(), table.start.tolist(), table.end.tolist(), table.officers.tolist(),
            table.ced.tolist(), table.armed_officers.tolist(), table.arv.tolist(), strict=True,
        )  # fmt: skip
        for row, (number, start, end, officers, ced, armed, arv) in enumerate(rows):
            unit = self.fleet.units[number]
            crew = (officers, ced, armed, arv)
            items.append(
                (max(start, self.begin), _PARADE + number, self._parade, (unit, start, end, crew, row))
            )
        items += [
            (post.opens, _POST + index, self._post_opens, (index, post))
            for index, post in enumerate(self.posts)
        ]
        items.sort(key=lambda item: item[:2])
        return items

    def _parade(self, subject: tuple[Unit, float, float, tuple[int, int, int, int], int]) -> None:
        unit, start, ends, crew, row = subject
        now = self.clock.now
        self.fleet.look(unit, now)
        if unit.status != OFF_DUTY and unit.break_at <= now:
            # Still out from the last tour, whose break the unit never had.
            self.recorder.break_lost(unit.duty)
        due = start + _break_due(unit)
        if unit.rules.break_length and now <= due < ends:
            unit.break_at, unit.break_closes = due, start + unit.rules.break_window[1]
        if unit.status != OFF_DUTY:
            # Still out from the last tour: the old crew goes on and the new one is not needed.
            unit.ends = ends
            unit.duty = row
            if unit.status == RETURNING and not unit.free:
                self.fleet.resume(unit, now)
                self.casework.offer(self.rooms[unit.pool.bloc], now)
            return
        self.fleet.parade(unit, now, ends, crew, row)
        self.casework.offer(self.rooms[unit.pool.bloc], now)

    def _level_changes(self, level: int) -> None:
        self.rules.level = level
        self.casework.offer_all(self.clock.now)

    def _post_opens(self, subject: tuple[int, PostSpec]) -> None:
        index, spec = subject
        now = self.clock.now
        drawn = Drawn(
            -2 - index, -1, spec.priority, spec.zone, spec.place, self.rules.level, now, now, spec.needs, 0.0,
            force=spec.force,
        )  # fmt: skip
        rules = post_rules(self.world, spec, self.kinds)
        post = Incident(rules, drawn, self.rooms[self.bloc_of[spec.force]])
        post.post_index = index
        self.post_rows.append(post)
        Alarm(self.clock, spec.closes, WORK_ENDS + index, lambda _: self.casework.post_closes(post), post)
        self.casework.graded(post)

    def _incident_feed(
        self, table: IncidentTable, moment: Callable[[Drawn], float], call: Callable[[Incident], None]
    ) -> Iterator[FeedItem]:
        """Incidents in order of a moment of theirs, at which they are called."""
        for start in range(0, len(table), _CHUNK):
            for incident in self._made(table, slice(start, start + _CHUNK)):
                yield moment(incident.drawn), incident.number, call, incident

    def _made(self, table: IncidentTable, rows: slice) -> Iterator[Incident]:
        """Incidents of some rows; made in chunks so that memory does not grow with the window."""
        columns = zip(
            table.number[rows].tolist(), table.type[rows].tolist(), table.priority[rows].tolist(),
            table.zone[rows].tolist(), table.places[rows], table.level[rows].tolist(),
            table.received_at[rows].tolist(), table.graded_at[rows].tolist(),
            map(tuple, table.needs[rows].tolist()), table.on_scene[rows].tolist(),
            table.authorisation[rows].tolist(), table.command[rows].tolist(),
            table.stand_down_at[rows].tolist(), table.lost_at[rows].tolist(), table.follow_on[rows].tolist(),
            table.crew_off[rows].tolist(), table.turnout_z[rows].tolist(), table.trip_z[rows].tolist(),
            table.force[rows].tolist(), table.key[rows].tolist(), table.attack[rows].tolist(),
            table.attack_site[rows].tolist(), table.escalates_at[rows].tolist(), table.child[rows].tolist(),
            table.parent[rows].tolist(), table.on_scene_by_ordinal[rows].tolist(),
            map(tuple, table.containment[rows].tolist()), strict=True,
        )  # fmt: skip
        types, rooms, bloc_of = self.types, self.rooms, self.bloc_of
        for row in columns:
            drawn = Drawn._make(row)
            yield Incident(types[drawn.type], drawn, rooms[bloc_of[drawn.force]])

    # --- the survey -----------------------------------------------------------------------------------

    def _survey_feed(self) -> Iterator[FeedItem]:
        every = self.world.scenario.study.survey_every
        for step in range(int(self.window / every)):
            yield step * every, 0, self._survey, step * every

    def _survey(self, minute: float) -> None:
        """Where the armed units are and whether a firearms incident could have them."""
        fleet = self.fleet
        position, record = fleet.travel.position, self.recorder.survey
        diversions = self.rules.divert[self.rules.level][0]
        for pool in fleet.pools:
            if not pool.rules.arv:
                continue
            fleet.roll(pool, minute)
            for group in (pool.wheel, pool.home):
                for unit, leg in group.items():
                    record(minute, unit.number, unit.status, _FREE, position(leg, minute))
            _, by_status = diversions.get(pool.rules.code, ((), {}))
            for index in (MOVING, AT_WORK, BUSY, ON_BREAK):
                for unit in list(pool.groups[index]):
                    fleet.look(unit, minute)
                    grade = -1 if unit.job is None else unit.job.incident.rules.grade
                    may = grade in by_status.get(unit.status, ()) and unit.ends > minute
                    had = _DIVERTIBLE if may else _NEITHER
                    record(minute, unit.number, unit.status, had, position(unit.leg, minute))

    # --- the log --------------------------------------------------------------------------------------

    def _tables(self, horizon: float) -> dict[str, Table]:
        tables = self.recorder.tables()
        table = self.duty
        begun = table.start < horizon
        ends = np.minimum(self.recorder.actual_ends, horizon)
        periods = (
            table.unit, table.start, table.end, ends,
            table.officers, table.ced, table.armed_officers, table.arv, np.array(self.recorder.breaks_lost),
        )  # fmt: skip
        tables["duty"] = _table(DUTY_COLUMNS, [column[begun] for column in periods])
        tables["officers"] = table.officer_table
        tables["officer_duty"] = officer_duty(table, self.recorder.actual_ends, horizon)
        tables["shortfalls"] = {name: _floats(column) for name, column in table.shortfalls.items()}
        tables["posts"] = self._post_table(horizon)
        tables |= {} if self.recorder.trails is None else {"trails": self.recorder.trails.table(horizon)}
        tables["threat"] = _table(
            THREAT_COLUMNS, np.reshape(self.levels.spells(self.begin, horizon), (-1, 3)).T
        )
        return tables

    def _post_table(self, horizon: float) -> Table:
        """Wanted and filled minutes of every post and opening."""
        wanted = [
            min(self.posts[row.post_index].closes, horizon) - row.drawn.received_at for row in self.post_rows
        ]
        days = [row.drawn.received_at // MINUTES_PER_DAY for row in self.post_rows]
        filled = [row.filled_minutes for row in self.post_rows]
        return _table(POST_COLUMNS, ([row.post_index for row in self.post_rows], days, wanted, filled))


def _break_due(unit: Unit) -> float:
    """Minutes from the start of duty to a unit's break.

    Breaks are spread over the window by the golden ratio, which keeps any number of neighbours apart: a
    control room does not let a whole shift eat at once.
    """
    earliest, latest = unit.rules.break_window
    return earliest + unit.seat * _GOLDEN % 1.0 * max(0.0, latest - earliest - unit.rules.break_length)


def _table(names: Sequence[str], columns: Iterable[Any]) -> Table:
    return {name: _floats(column) for name, column in zip(names, columns, strict=True)}


def _floats(column: Any) -> NDArray[np.float64]:
    return np.asarray(column, dtype=np.float64)
