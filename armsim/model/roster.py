"""Who is on duty when: from officers, patterns, absence and vehicles to units with their capabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema.duty import PatternTeam, UnitKind, VolunteerTeam
from armsim.domain import MINUTES_PER_HOUR, SHORTFALL_COLUMNS, Capability, ThreatLevel
from armsim.model.absence import presence
from armsim.model.crewing import Sheet, crew_team
from armsim.model.crews import capabilities, larger_share
from armsim.model.forces import ForceTeam
from armsim.model.parades import parades
from armsim.model.patterns import Floats, Ints
from armsim.model.threat import Timeline
from armsim.model.units import NO_LETTER, Register, Unit, kinds_in, register
from armsim.model.vehicles import Vehicles
from armsim.model.volunteers import Patrols, patrols
from armsim.model.world import World
from armsim.streams import Streams

__all__ = ["Duty", "Unit", "duty", "officers_per_round_the_clock_unit"]


@dataclass(frozen=True)
class Duty:
    """Duty of all units in one replication.

    Periods are in order of start, then unit. One that is under way when the run begins starts with it.

    Attributes:
        units: every unit that can ever be on duty, by number.
        unit: number of the unit of each period.
        start: minute at which it starts.
        end: minute at which it is planned to end; may lie after the end of the run.
        officers: officers in the crew.
        ced: CED carriers.
        armed_officers: armed officers.
        arv: 1 for an armed response vehicle.
        shortfalls: ``SHORTFALL_COLUMNS`` by kind and shift that starts in the run. Planned: units if nobody
            were absent, as far as vehicles owned allow. Officers left over stand at the kind asked last.
        officer_hours: team name to paraded officer-hours in the window, of all forces.
        force_hours: the same by name of the team and name of the force; without those that have nobody.
    """

    units: tuple[Unit, ...]
    unit: Ints
    start: Floats
    end: Floats
    officers: Ints
    ced: Ints
    armed_officers: Ints
    arv: Ints
    shortfalls: dict[str, NDArray[np.float64]]
    officer_hours: dict[str, float]
    force_hours: dict[tuple[str, str], float]


def duty(
    world: World,
    streams: Streams,
    timeline: Timeline,
    begin: float,
    end: float,
) -> Duty:
    """Duty of every unit from *begin* to *end*.

    Args:
        world: the world.
        streams: the replication's streams; sickness, vehicles off the road and volunteers' starts are drawn.
        timeline: the threat timeline.
        begin: start of the run, minutes (negative with a warm-up).
        end: end of the run, minutes.

    Raises:
        ScenarioError: shifts of a unit would overlap, or a standing kind names an unknown base.
    """
    known = register(world)
    sheet = Sheet()
    horizon = (begin, end)
    for mine in world.force_teams:
        team = world.scenario.teams[mine.name]
        if isinstance(team, PatternTeam):
            on_parade = parades(world.scenario, mine, streams, timeline, begin, end)
            crew_team(world, known, mine, on_parade, sheet, horizon, streams)
        else:
            _volunteers(world, known, mine, team, sheet, streams, timeline, horizon)
    _standing(world, known, sheet, timeline, horizon)
    return _assembled(known, sheet, horizon, sorted(world.scenario.teams))


def officers_per_round_the_clock_unit(world: World, kind: str) -> float:
    """Officers in post that keep one unit of the kind crewed all hours of the year, by hand calculation.

    Crew x 24 h / (rostered hours of an officer a day x share present), with the pattern's own hours, and
    presence = (1 - sickness) (1 - non-deployable) (1 - planned absence). Whole crews, vehicles and other
    kinds of the team are left aside, so that a simulation needs somewhat more.

    Raises:
        ValueError: the crews of the kind do not work a pattern.
    """
    config = world.scenario.units[kind]
    team = world.scenario.teams.get(config.team or "")
    if not isinstance(team, PatternTeam):
        raise ValueError(f"{kind} is not crewed by a team that works a pattern")
    pattern = world.scenario.patterns[team.pattern]
    letters = [letter for letter in pattern.cycle if letter in pattern.shifts]
    lengths = [float(pattern.shifts[letter].length) for letter in letters]
    crew = [config.crew + larger_share(config, letter) for letter in letters]
    present = presence(team)
    if not letters or not present:
        return float("inf")
    # Crews by shift length: the hours that an officer gives, each worth one part of its shift's crew.
    unit_hours = sum(length / size for length, size in zip(lengths, crew, strict=True)) / MINUTES_PER_HOUR
    return 24.0 * len(pattern.cycle) / (unit_hours * present)


def _volunteers(
    world: World,
    known: Register,
    mine: ForceTeam,
    team: VolunteerTeam,
    sheet: Sheet,
    streams: Streams,
    timeline: Timeline,
    horizon: tuple[float, float],
) -> None:
    """Patrols of a team of volunteers of one force; each kind of the team takes its own share of duties."""
    hours = 0.0
    for name in kinds_in(world, mine.name, mine.code):
        kind = world.scenario.units[name]
        rng = streams.generator("duty", mine.force, mine.name, name, "start")
        slots = known.slots[name, mine.code, NO_LETTER]
        found = patrols(team, mine, kind, slots, world.scenario.start, horizon, rng)
        kept = _at_level(kind, np.asarray(timeline.levels_at(found.start)))
        owned = world.vehicles[name][mine.code]
        if owned is None:
            starts = found.start
        else:
            vehicles = Vehicles(owned, kind.off_road, (mine.force, name), found.start, horizon, streams)
            starts = _with_vehicle(vehicles, found, kept)
        kept &= np.isfinite(starts)
        start, end, officers = starts[kept], found.end[kept], found.officers[kept]
        number = known.first[name, mine.code, NO_LETTER] + found.slot[kept]
        sheet.add(number, start, end, capabilities(kind, officers, found.trained[kept]))
        hours += _window_hours(world, start, end, officers)
    sheet.hours[mine.name, mine.force] = hours


def _with_vehicle(vehicles: Vehicles, found: Patrols, wanted: NDArray[np.bool_]) -> Floats:
    """When each wanted patrol has a vehicle, the earlier asking first; NaN for never."""
    starts = np.full(len(wanted), np.nan)
    for index in np.argsort(found.start, kind="stable").tolist():
        given = vehicles.take(index, float(found.end[index]), int(wanted[index]))
        starts[index] = given[0] if len(given) else np.nan
    return starts


def _at_level(kind: UnitKind, levels: Ints) -> NDArray[np.bool_]:
    """Whether the kind is formed at each of the levels."""
    if not kind.levels:
        return np.ones(np.shape(levels), dtype=bool)
    return np.isin(levels, [ThreatLevel[name].value for name in kind.levels])


def _window_hours(world: World, start: Floats, end: Floats, officers: Ints) -> float:
    """Officer-hours inside the observation window."""
    inside = np.minimum(end, world.scenario.window) - np.maximum(start, 0.0)
    return float((np.maximum(inside, 0.0) * officers).sum() / MINUTES_PER_HOUR)


def _standing(
    world: World, known: Register, sheet: Sheet, timeline: Timeline, horizon: tuple[float, float]
) -> None:
    """Units without a team: on duty throughout, or while a level of the kind holds."""
    for code, name in enumerate(world.kinds):
        kind = world.scenario.units[name]
        if kind.standing is None:
            continue
        spells = [horizon]
        if kind.levels:
            spells = [(a, b) for level, a, b in timeline.spells(*horizon) if level.name in kind.levels]
        numbers = np.array([unit.number for unit in known.units if unit.kind == code], dtype=np.int64)
        count = len(numbers)
        crew = np.full(count, kind.crew)
        table = capabilities(kind, crew, np.minimum(crew, kind.standing_ced))
        for opens, closes in spells:
            sheet.add(numbers, np.full(count, float(opens)), np.full(count, float(closes)), table)


def _assembled(known: Register, sheet: Sheet, horizon: tuple[float, float], teams: list[str]) -> Duty:
    begin, end = horizon
    total = dict.fromkeys(teams, 0.0)
    for (team, _), hours in sheet.hours.items():
        total[team] += hours
    unit = np.concatenate([np.empty(0, dtype=np.int64), *sheet.unit])
    start = np.maximum(np.concatenate([np.empty(0), *sheet.start]), begin)
    until = np.concatenate([np.empty(0), *sheet.end])
    counts = np.concatenate([np.empty((0, len(Capability)), dtype=np.int64), *sheet.counts])
    live = np.flatnonzero((until > begin) & (start < end))
    order = live[np.lexsort((unit[live], start[live]))]
    counts = counts[order]
    rows = np.array(sheet.shortfalls, dtype=np.float64).reshape(-1, len(SHORTFALL_COLUMNS))
    rows = rows[np.lexsort((rows[:, 0], rows[:, 1]))]
    return Duty(
        units=known.units,
        unit=unit[order],
        start=start[order],
        end=until[order],
        officers=counts[:, Capability.OFFICERS],
        ced=counts[:, Capability.CED],
        armed_officers=counts[:, Capability.ARMED_OFFICERS],
        arv=counts[:, Capability.ARV],
        shortfalls={name: rows[:, at] for at, name in enumerate(SHORTFALL_COLUMNS)},
        officer_hours=total,
        force_hours=sheet.hours,
    )
