"""Who is on duty when: from officers, patterns, absence and vehicles to units with their capabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from armsim.config.schema.duty import PatternTeam
from armsim.domain import Capability
from armsim.model.crewing import crew_team
from armsim.model.crews import capabilities
from armsim.model.parades import parades
from armsim.model.patterns import Floats, Ints
from armsim.model.sheet import Sheet, Table
from armsim.model.threat import Timeline
from armsim.model.units import Register, Unit, register
from armsim.model.volunteer_crews import crew_volunteers
from armsim.model.world import World
from armsim.streams import Streams

__all__ = ["Duty", "Unit", "duty"]


@dataclass(frozen=True)
class Duty:
    """Duty of all units, and of all officers, in one replication.

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
            were absent, as far as vehicles owned and authorisations held allow. Officers left over stand at
            the kind asked last.
        officer_hours: team name to paraded officer-hours in the window, of all forces; of volunteers those in
            patrols.
        force_hours: the same by name of the team and name of the force; without those that have nobody.
        officer_table: ``OFFICER_COLUMNS``; officers are numbered by team, force and id. The authorisations
            have the bit of the CED where the officer is trained, whoever may carry it.
        officer_duty: ``OFFICER_DUTY_COLUMNS`` in order of officer, then start; what touches the run, with its
            whole length. ``duty`` is the index of a period, ``end`` is the planned end.
    """

    units: tuple[Unit, ...]
    unit: Ints
    start: Floats
    end: Floats
    officers: Ints
    ced: Ints
    armed_officers: Ints
    arv: Ints
    shortfalls: Table
    officer_hours: dict[str, float]
    force_hours: dict[tuple[str, str], float]
    officer_table: Table
    officer_duty: Table


def duty(
    world: World,
    streams: Streams,
    timeline: Timeline,
    begin: float,
    end: float,
) -> Duty:
    """Duty of every unit and officer from *begin* to *end*.

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
    sheet = Sheet(begin, end)
    for mine in world.force_teams:
        team = world.scenario.teams[mine.name]
        if isinstance(team, PatternTeam):
            on_parade = parades(world.scenario, mine, streams, timeline, begin, end)
            crew_team(world, known, mine, on_parade, sheet, streams)
        else:
            crew_volunteers(world, known, mine, team, sheet, streams, timeline)
    _standing(world, known, sheet, timeline)
    return _assembled(known, sheet, sorted(world.scenario.teams))


def _standing(world: World, known: Register, sheet: Sheet, timeline: Timeline) -> None:
    """Units without a team: on duty throughout, or while a level of the kind holds."""
    horizon = (sheet.begin, sheet.end)
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


def _assembled(known: Register, sheet: Sheet, teams: list[str]) -> Duty:
    total = dict.fromkeys(teams, 0.0)
    for (team, _), hours in sheet.hours.items():
        total[team] += hours
    unit, start, end, counts, order = sheet.periods()
    officers, officer_duty = sheet.officer_tables(order)
    return Duty(
        units=known.units,
        unit=unit,
        start=start,
        end=end,
        officers=counts[:, Capability.OFFICERS],
        ced=counts[:, Capability.CED],
        armed_officers=counts[:, Capability.ARMED_OFFICERS],
        arv=counts[:, Capability.ARV],
        shortfalls=sheet.shortfall_table(),
        officer_hours=total,
        force_hours=sheet.hours,
        officer_table=officers,
        officer_duty=officer_duty,
    )
