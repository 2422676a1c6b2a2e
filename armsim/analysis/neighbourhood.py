"""What is taken from neighbourhood teams, by month, area and type, and whether what is left meets standards.

Abstraction is duty outside an officer's normal role (the Metropolitan Police publish it monthly by team and
type, in minutes). An area is the base of the unit that the officer crews; whoever crews none, absent or left
over, stands at ``NO_AREA``. Duty counts to its planned end: an overrun is overtime, not abstraction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.availability import spells
from armsim.analysis.unit_work import AID, POSTS, RESPONSE, Minutes, neighbourhood_teams, unit_minutes
from armsim.config.schema.duty import PatternTeam
from armsim.domain import MINUTES_PER_HOUR, DutyKind, ThreatLevel
from armsim.model.world import World

if TYPE_CHECKING:
    from armsim.analysis.measure import Log

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Where officers stand who crew no unit.
NO_AREA = "(no base)"
#: Types of those who are not there, beside planned absences by name.
REST_OWED, MOVED = "rest_owed", "moved"
#: Types that last until a post is filled again; all others pass.
STRUCTURAL = (MOVED,)
_WORKED = (
    DutyKind.ROSTERED, DutyKind.REST_DAY_CANCELLED, DutyKind.REST_DAY_WORKED, DutyKind.RECALLED,
)  # fmt: skip
#: Rounding noise of sums of minutes.
_SLACK = 1e-6


class Piece(NamedTuple):
    """A stretch of the window inside one month, from 0, and one spell of a threat level."""

    month: int
    level: int
    start: float
    end: float


def abstraction_types(team: PatternTeam) -> tuple[str, ...]:
    """What minutes can go to: work of units, planned absences but leave, rest given back, moved."""
    absences = [name for name in sorted(team.planned_absence) if not is_leave(name)]
    return tuple(dict.fromkeys((POSTS, RESPONSE, AID, *absences, REST_OWED, MOVED)))


def is_leave(name: str) -> bool:
    """Whether a planned absence is leave, which nobody schedules duty in: ``leave``, ``annual_leave``."""
    return "leave" in name.lower().replace("-", "_").replace(" ", "_").split("_")


def neighbourhood_totals(log: Log, world: World) -> dict[str, float]:
    """Sums of a replication; none without a neighbourhood team.

    Scheduled is duty to be worked: rostered and on top, less leave, sickness and officers who cannot be
    deployed. What units do is told by :func:`~armsim.analysis.unit_work.unit_minutes`.

    Returns:
        Officer-minutes ``scheduled_minutes:team=T:month=M:area=A`` and
        ``abstracted_minutes:team=T:type=Y:month=M:area=A`` (months from 0), the same over months and areas
        as ``npt_scheduled_minutes:team=T:level=L`` and ``npt_abstracted_minutes:team=T:type=Y:level=L``;
        ``standard_months:standard=S`` and, of these, ``standard_met_months:standard=S``.
    """
    totals: dict[str, float] = {}
    teams = neighbourhood_teams(world.scenario)
    if not teams:
        return totals
    work = unit_minutes(log, world)
    for name, team in teams.items():
        rows = _Rows.of(log, world, name, team)
        sheet = _sheet(rows, pieces(log, world), work)
        totals |= _named(sheet, rows, name, abstraction_types(team))
        for standard, (asked, met) in _standards(sheet, world, name).items():
            for key, value in (("standard_months", asked), ("standard_met_months", met)):
                totals[f"{key}:standard={standard}"] = totals.get(f"{key}:standard={standard}", 0.0) + value
    return totals


def pieces(log: Log, world: World) -> list[Piece]:
    """The window cut at the ends of its months and where the threat level changes."""
    month, window = world.scenario.neighbourhood.month, world.scenario.window
    length = month if month > 0 else window
    found = []
    for level, start, end in spells(log, world):
        first, last = int(start // length), int(np.ceil(end / length))
        for number in range(first, last):
            low, high = max(start, number * length), min(end, (number + 1) * length)
            if low < high:
                found.append(Piece(number, level, low, high))
    return found


@dataclass(frozen=True)
class _Rows:
    """Scheduled duties of one team: arrays by duty.

    Attributes:
        start: minute.
        end: planned end, minute.
        area: position in ``areas``.
        unit: number of the unit, -1 for none.
        from_unit: minute at which the duty of the unit starts.
        absence: position in the types of the team for who is not there; -1 for who is.
        areas: ``NO_AREA`` and the bases of the team's units.
    """

    start: Floats
    end: Floats
    area: Ints
    unit: Ints
    from_unit: Floats
    absence: Ints
    areas: tuple[str, ...]

    @classmethod
    def of(cls, log: Log, world: World, name: str, team: PatternTeam) -> _Rows:
        """The scheduled duties of the team called *name* in all forces."""
        officers, table = log.tables["officers"], log.tables["officer_duty"]
        code = sorted(world.scenario.teams).index(name)
        mine = (officers["team"] == code)[table["officer"].astype(np.intp)]
        own = {column: values[mine] for column, values in table.items()}
        absence = _absences(own, team)
        keep = (absence >= 0) | np.isin(own["kind"], _WORKED)
        own, absence = {column: values[keep] for column, values in own.items()}, absence[keep]
        number, begins = log.tables["duty"]["unit"].astype(np.int64), log.tables["duty"]["start"]
        row = own["duty"].astype(np.intp)
        crewed = (row >= 0) & (absence < 0)
        unit, from_unit = np.full(len(row), -1), own["start"].copy()
        unit[crewed], from_unit[crewed] = number[row[crewed]], begins[row[crewed]]
        areas, of_unit = _areas(log, world, name)
        area = np.where(crewed, of_unit[unit], 0)
        return cls(own["start"], own["planned_end"], area, unit, from_unit, absence, areas)


def _absences(own: dict[str, NDArray[Any]], team: PatternTeam) -> Ints:
    """Position in the types of the team of whoever is scheduled and not there; -1 for all others."""
    types = abstraction_types(team)
    kind, found = own["kind"].astype(np.int64), np.full(len(own["kind"]), -1)
    found[kind == DutyKind.REST_GIVEN_BACK] = types.index(REST_OWED)
    found[kind == DutyKind.ON_COURSE] = types.index(MOVED)
    planned = kind == DutyKind.ABSENT_PLANNED
    for cause, name in enumerate(sorted(team.planned_absence)):
        if not is_leave(name):
            found[planned & (own["cause"] == cause)] = types.index(name)
    return found


def _areas(log: Log, world: World, name: str) -> tuple[tuple[str, ...], Ints]:
    """Names of the areas of a team, and the area of each unit by number (a last one for no unit)."""
    bases = [
        unit.base.name if world.scenario.units[world.kinds[unit.kind]].team == name else NO_AREA
        for unit in log.units
    ]
    areas = (NO_AREA, *sorted({base for base in bases if base != NO_AREA}))
    place = {area: code for code, area in enumerate(areas)}
    return areas, np.array([*(place[base] for base in bases), 0], dtype=np.int64)


@dataclass(frozen=True)
class _Sheet:
    """Officer-minutes of one team: of each piece, scheduled by area and abstracted by type and area."""

    pieces: list[Piece]
    scheduled: Floats
    abstracted: Floats


def _sheet(rows: _Rows, cut: list[Piece], work: dict[str, Minutes]) -> _Sheet:
    """The minutes of the team in each piece; a type that nobody is at has a row of zeros."""
    size = len(rows.areas)
    types = max(len(work), int(rows.absence.max(initial=-1)) + 1)
    scheduled, abstracted = np.zeros((len(cut), size)), np.zeros((len(cut), types, size))
    crewed = rows.unit >= 0
    unit, area = rows.unit[crewed], rows.area[crewed]
    for index, piece in enumerate(cut):
        low, high = np.maximum(rows.start, piece.start), np.minimum(rows.end, piece.end)
        minutes = np.maximum(high - low, 0.0)
        scheduled[index] = np.bincount(rows.area, weights=minutes, minlength=size)
        away = rows.absence >= 0
        cells = rows.absence[away] * size + rows.area[away]
        sums = np.bincount(cells, weights=minutes[away], minlength=types * size)
        abstracted[index] = sums.reshape(types, size)
        from_unit = np.maximum(low, rows.from_unit)[crewed]
        for code, spent in enumerate(work.values()):
            taken = spent.between(unit, from_unit, high[crewed])
            abstracted[index, code] += np.bincount(area, weights=taken, minlength=size)
    return _Sheet(cut, scheduled, abstracted)


def _named(sheet: _Sheet, rows: _Rows, name: str, types: tuple[str, ...]) -> dict[str, float]:
    """The minutes of a sheet by name; none where they are 0, but for what is scheduled by level."""
    totals: dict[str, float] = {}

    def add(key: str, value: float) -> None:
        totals[key] = totals.get(key, 0.0) + float(value)

    for piece, scheduled, abstracted in zip(sheet.pieces, sheet.scheduled, sheet.abstracted, strict=True):
        level = ThreatLevel(piece.level).name
        add(f"npt_scheduled_minutes:team={name}:level={level}", scheduled.sum())
        for area in np.flatnonzero(scheduled):
            add(f"scheduled_minutes:team={name}:month={piece.month}:area={rows.areas[area]}", scheduled[area])
        for code, area in zip(*np.nonzero(abstracted), strict=True):
            where, minutes = f"month={piece.month}:area={rows.areas[area]}", abstracted[code, area]
            add(f"npt_abstracted_minutes:team={name}:type={types[code]}:level={level}", minutes)
            add(f"abstracted_minutes:team={name}:type={types[code]}:{where}", minutes)
    return totals


def _standards(sheet: _Sheet, world: World, name: str) -> dict[str, tuple[float, float]]:
    """Months of areas that each standard of a team asks for, and those that meet it.

    Minutes left, times what engagement can have of them, are poured into the standards in their order; one
    that is not filled leaves nothing for those after it. Officers on duty in no crew count to every area of
    the team alike. A rest of a month asks for, and counts as, its part of one.
    """
    config = world.scenario.neighbourhood
    asked: dict[str, tuple[float, float]] = {}
    left = sheet.scheduled - sheet.abstracted.sum(axis=1)
    for length, minutes in _months(sheet, left):
        here = minutes if len(minutes) == 1 else minutes[1:] + minutes[0] / (len(minutes) - 1)
        part = length / config.month if config.month > 0 else 1.0
        need = 0.0
        for standard in config.standards:
            if standard.team == name:
                need += standard.hours * MINUTES_PER_HOUR * part
                met = float(np.count_nonzero(here * config.engagement_share >= need - _SLACK))
                before = asked.get(standard.name, (0.0, 0.0))
                asked[standard.name] = (before[0] + part * len(here), before[1] + part * met)
    return asked


def _months(sheet: _Sheet, left: Floats) -> Iterator[tuple[float, Floats]]:
    """Length and minutes left by area of each month."""
    numbers = np.array([piece.month for piece in sheet.pieces])
    lengths = np.array([piece.end - piece.start for piece in sheet.pieces])
    for month in np.unique(numbers):
        mine = numbers == month
        yield float(lengths[mine].sum()), left[mine].sum(axis=0)
