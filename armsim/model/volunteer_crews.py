"""Units of volunteers (special constables) of one force: patrols get vehicles and CEDs, heads get rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema.duty import UnitKind, VolunteerTeam
from armsim.config.schema.people import CallIn
from armsim.domain import MINUTES_PER_HOUR, Authorisation, DutyKind, Employment, ThreatLevel
from armsim.model.absence import Bools, marked
from armsim.model.ced_dates import ced_gate
from armsim.model.crews import capabilities
from armsim.model.devices import shared
from armsim.model.forces import ForceTeam
from armsim.model.patterns import Floats, Ints
from armsim.model.sheet import Sheet
from armsim.model.threat import Timeline
from armsim.model.units import CALLED_IN, NO_LETTER, Register, call_ins, kinds_in
from armsim.model.vehicles import Vehicles
from armsim.model.volunteers import EMPTY, Patrols, Rota
from armsim.model.world import World
from armsim.streams import Streams


@dataclass(frozen=True)
class _Tours:
    """Duties of volunteers, arrays by patrol; one without a unit is of people who accompany others.

    Attributes:
        kind: how they came to be on duty, ``DutyKind``.
        unit: number of the unit that they form, or -1.
        opens: minute at which they come on duty.
        start: minute from which the unit can be sent.
        end: minute at which they go off duty.
        members: ids, ``EMPTY`` where nobody sits; (patrols, seats).
    """

    kind: Ints
    unit: Ints
    opens: Floats
    start: Floats
    end: Floats
    members: Ints

    @property
    def officers(self) -> Ints:
        """Volunteers in each."""
        return np.asarray((self.members != EMPTY).sum(axis=1))

    def of_members(self, values: Bools) -> Ints:
        """How many of each patrol's members *values* (by id) holds for."""
        return np.asarray((values[self.members] & (self.members != EMPTY)).sum(axis=1))


def crew_volunteers(
    world: World,
    known: Register,
    mine: ForceTeam,
    team: VolunteerTeam,
    sheet: Sheet,
    streams: Streams,
    timeline: Timeline,
) -> None:
    """Write down the duty of a team of volunteers of one force.

    Each kind of the team takes its own share of duties; who is in no patrol accompanies regular officers, as
    do the members of a patrol that its level, or want of a vehicle, does not let go out. Those whom a level
    asks form patrols of the team's first kind that is formed at that level.
    """
    horizon = (sheet.begin, sheet.end)
    rota = Rota(team, mine, world.scenario.start, *horizon)
    names = kinds_in(world, mine.name, mine.code)
    by_kind: dict[str, list[_Tours]] = {name: [] for name in names}
    for name in names:
        rng = streams.generator("duty", mine.force, mine.name, name, "start")
        slots = known.slots[name, mine.code, NO_LETTER]
        found = rota.patrols(world.scenario.units[name], slots, rng)
        number = known.first[name, mine.code, NO_LETTER] + found.slot
        unit = np.where(found.slot < len(slots.size), number, -1)
        by_kind[name].append(_tours(found, DutyKind.VOLUNTARY, unit))
    officer, start = rota.accompanying(len(names))
    alone = Patrols(np.zeros(len(officer), dtype=np.int64), start, start + team.duty, officer[:, None])
    others = [_tours(alone, DutyKind.VOLUNTARY, None)]
    asks = call_ins(world.scenario, mine.name)
    if asks:
        called = _kind_called(world, names, asks)
        crew = world.scenario.units[called].crew if called else 1
        rng = streams.generator("duty", mine.force, mine.name, "called_in")
        found, single = rota.called_in(asks, timeline, crew, rng)
        others.append(_tours(single, DutyKind.CALLED_IN, None))
        if called:
            count = len(known.slots[called, mine.code, CALLED_IN].size)
            number = known.first[called, mine.code, CALLED_IN] + found.slot
            by_kind[called].append(
                _tours(found, DutyKind.CALLED_IN, np.where(found.slot < count, number, -1))
            )
        else:
            others.append(_tours(found, DutyKind.CALLED_IN, None))
    tours = [_ready(world, name, mine, _joined(by_kind[name]), timeline, horizon, streams) for name in names]
    _write(world, mine, team, [world.scenario.units[name] for name in names], tours, others, sheet, timeline)


def _kind_called(world: World, names: list[str], asks: dict[int, CallIn]) -> str | None:
    """The first kind that is formed at every level that asks; else the first."""
    levels = {ThreatLevel(code).name for code in asks}
    kinds = world.scenario.units
    formed = [name for name in names if not kinds[name].levels or levels <= set(kinds[name].levels)]
    return next(iter([*formed, *names]), None)


def _tours(patrols: Patrols, kind: DutyKind, unit: Ints | None) -> _Tours:
    count = len(patrols.start)
    number = np.full(count, -1) if unit is None else unit
    return _Tours(
        np.full(count, int(kind)), number, patrols.start, patrols.start, patrols.end, patrols.members
    )


def _joined(parts: list[_Tours]) -> _Tours:
    seats = max(part.members.shape[1] for part in parts)
    members = [
        np.pad(part.members, ((0, 0), (0, seats - part.members.shape[1])), constant_values=EMPTY)
        for part in parts
    ]
    columns = zip(*((p.kind, p.unit, p.opens, p.start, p.end) for p in parts), strict=True)
    kind, unit, opens, start, end = (np.concatenate(column) for column in columns)
    return _Tours(kind, unit, opens, start, end, np.concatenate(members))


def _ready(
    world: World,
    name: str,
    mine: ForceTeam,
    tours: _Tours,
    timeline: Timeline,
    horizon: tuple[float, float],
    streams: Streams,
) -> _Tours:
    """The tours of a kind with the starts of their units; unit -1 where none is formed."""
    kind = world.scenario.units[name]
    wanted = _at_level(kind, np.asarray(timeline.levels_at(tours.opens)))
    wanted &= (tours.officers >= kind.crew) & (tours.unit >= 0)
    start = tours.opens + kind.handover
    owned = world.vehicles[name][mine.code]
    if owned is not None:
        vehicles = Vehicles(owned, kind.off_road, (mine.force, name), start, horizon, streams)
        start = _with_vehicle(vehicles, start, tours.end, wanted)
    formed = wanted & (start < tours.end)
    unit = np.where(formed, tours.unit, -1)
    return _Tours(tours.kind, unit, tours.opens, start, tours.end, tours.members)


def _with_vehicle(vehicles: Vehicles, asked: Floats, end: Floats, wanted: Bools) -> Floats:
    """When each wanted patrol has a vehicle, the earlier asking first; NaN for never."""
    starts = np.full(len(wanted), np.nan)
    for index in np.argsort(asked, kind="stable").tolist():
        given = vehicles.take(index, float(end[index]), int(wanted[index]))
        starts[index] = given[0] if len(given) else np.nan
    return starts


def _at_level(kind: UnitKind, levels: Ints) -> NDArray[np.bool_]:
    """Whether the kind is formed at each of the levels."""
    if not kind.levels:
        return np.ones(np.shape(levels), dtype=bool)
    return np.isin(levels, [ThreatLevel[name].value for name in kind.levels])


def _write(
    world: World,
    mine: ForceTeam,
    team: VolunteerTeam,
    kinds: list[UnitKind],
    tours: list[_Tours],
    others: list[_Tours],
    sheet: Sheet,
    timeline: Timeline,
) -> None:
    """Write the officers, the units of each kind and everybody's duty on the sheet."""
    trained = marked(np.arange(mine.posts), team.ced_share)
    special = np.full(mine.posts, int(Employment.SPECIAL))
    bits = np.where(trained, 2 ** int(Authorisation.CED), 0)
    number = sorted(world.scenario.teams).index(mine.name)
    first = sheet.add_officers(number, mine.code, special, bits, np.zeros(mine.posts))
    gate = ced_gate(world.scenario, mine.name, timeline)
    formed = [np.flatnonzero(one.unit >= 0) for one in tours]
    groups = []
    for kind, one, rows in zip(kinds, tours, formed, strict=True):
        allowed = gate.allows(np.full(len(one.opens), int(Employment.SPECIAL)), one.opens)
        carriers = one.of_members(trained) * (allowed & kind.ced & (not kind.armed))
        groups.append((one.unit[rows], one.start[rows], one.end[rows], carriers[rows]))
    hours = 0.0
    for kind, one, rows, ced in zip(kinds, tours, formed, shared(world, mine, groups), strict=True):
        officers, start, end = one.officers[rows], one.start[rows], one.end[rows]
        period = np.full(len(one.unit), -1)
        begin = sheet.add(one.unit[rows], start, end, capabilities(kind, officers, ced))
        period[rows] = begin + np.arange(len(rows))
        _write_duty(sheet, first, one, period, timeline)
        hours += _window_hours(world, start, end, officers)
    for one in others:
        _write_duty(sheet, first, one, one.unit, timeline)
    sheet.hours[mine.name, mine.force] = hours


def _write_duty(sheet: Sheet, first: int, tours: _Tours, period: Ints, timeline: Timeline) -> None:
    """A row for every member of every tour."""
    tour, seat = np.nonzero(tours.members != EMPTY)
    kind, opens = tours.kind[tour], tours.opens[tour]
    none = np.full(len(tour), -1)
    sheet.add_duty(
        first + tours.members[tour, seat], kind, opens, tours.end[tour],
        np.where(kind == DutyKind.CALLED_IN, opens - _since(timeline, opens), np.nan),
        none, period[tour], np.zeros(len(tour)),
    )  # fmt: skip


def _since(timeline: Timeline, minutes: Floats) -> Floats:
    """When the level that holds at each minute took hold; NaN where it has from the first."""
    starts = np.array([np.nan, *timeline.starts[1:]])
    return np.asarray(starts[np.searchsorted(timeline.starts[1:], minutes, side="right")])


def _window_hours(world: World, start: Floats, end: Floats, officers: Ints) -> float:
    """Officer-hours inside the observation window."""
    inside = np.minimum(end, world.scenario.window) - np.maximum(start, 0.0)
    return float((np.maximum(inside, 0.0) * officers).sum() / MINUTES_PER_HOUR)
