"""Crews of a team of one force, shift by shift: its kinds take officers in turn, as far as vehicles allow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from armsim.config.schema.duty import UnitKind
from armsim.domain import MINUTES_PER_HOUR, Authorisation
from armsim.model.crews import capabilities
from armsim.model.devices import shared
from armsim.model.forces import ForceTeam
from armsim.model.kind_crews import Crews, KindCrews, Shift
from armsim.model.officers import Officers
from armsim.model.parades import Parades
from armsim.model.patterns import Floats, Ints
from armsim.model.sheet import Sheet
from armsim.model.units import Register, kinds_in
from armsim.model.world import World
from armsim.streams import Streams


@dataclass(frozen=True)
class Roll:
    """Rows of the parades whose officers may sit in a crew, shift by shift.

    Attributes:
        parades: the parades.
        row: rows of officers on duty who are not tutored, by shift and id.
        bounds: places in *row* where each shift begins, and the end.
        planned: rows of those who would be there if nobody were absent.
        planned_bounds: the same of *planned*.
        first_end: earliest planned end of those on duty in each shift; of nobody the shift's.
    """

    parades: Parades
    row: Ints
    bounds: Ints
    planned: Ints
    planned_bounds: Ints
    first_end: Floats

    @classmethod
    def of(cls, parades: Parades) -> Roll:
        """The roll of a team's parades."""
        alone = ~parades.officers.tutored(parades.officer, parades.start)
        planned = np.flatnonzero(alone)
        row = np.flatnonzero(alone & parades.present)
        shifts = np.arange(len(parades.shifts) + 1)
        first_end = parades.shifts.end.copy()
        np.minimum.at(first_end, parades.shift[row], parades.planned_end[row])
        return cls(
            parades, row, np.searchsorted(parades.shift[row], shifts),
            planned, np.searchsorted(parades.shift[planned], shifts), first_end,
        )  # fmt: skip


def crew_team(
    world: World,
    register: Register,
    mine: ForceTeam,
    parades: Parades,
    sheet: Sheet,
    streams: Streams,
) -> None:
    """Form the crews of every shift of a pattern team of one force and write them on the sheet."""
    horizon = (sheet.begin, sheet.end)
    names = kinds_in(world, mine.name, mine.code)
    shifts, roll = parades.shifts, Roll.of(parades)
    live = np.flatnonzero(
        (shifts.rostered > 0)
        & (shifts.end > sheet.begin - _longest_delay(world, names))
        & (shifts.start < sheet.end)
    )
    starts = shifts.start[live]
    kinds = [KindCrews(world, register, name, mine, parades, starts, horizon, streams) for name in names]
    for column, at in enumerate(live.tolist()):
        level = int(shifts.level[at])
        shift = _shift(column, at, roll)
        _crew_shift(shift, [kind for kind in kinds if level in kind.levels], sheet, mine.code)
    _write(world, mine, parades, kinds, sheet)


def _shift(column: int, at: int, roll: Roll) -> Shift:
    shifts = roll.parades.shifts
    return Shift(
        column, shifts.key[at], float(shifts.start[at]), float(shifts.end[at]), float(roll.first_end[at]),
        roll.row[roll.bounds[at] : roll.bounds[at + 1]],
        roll.planned[roll.planned_bounds[at] : roll.planned_bounds[at + 1]],
    )  # fmt: skip


def _longest_delay(world: World, kinds: list[str]) -> float:
    staggers = [world.scenario.units[kind].stagger for kind in kinds]
    return max((stagger.delay for stagger in staggers if stagger), default=0.0)


def _crew_shift(shift: Shift, kinds: list[KindCrews], sheet: Sheet, force: int) -> None:
    crewed = [(kind.code, *kind.crew(shift)) for kind in kinds]
    if not sheet.begin <= shift.start < sheet.end:
        return
    for place, (code, planned, formed) in enumerate(crewed):
        left_over = len(shift.free) if place == len(crewed) - 1 else 0
        sheet.shortfalls.append((code, shift.start, planned, formed, left_over, force))


def _write(world: World, mine: ForceTeam, parades: Parades, kinds: list[KindCrews], sheet: Sheet) -> None:
    """Write the duty periods of all kinds, the officers and their duty."""
    team = sorted(world.scenario.teams).index(mine.name)
    first = sheet.add_officers(
        team, mine.code, parades.officers.employment, with_ced(parades.officers),
        parades.officers.rest_days_owed,
    )  # fmt: skip
    duty = np.full(len(parades.shift), -1)
    later = np.zeros(len(parades.shift))
    formed = [(kind.config, Crews.joined(kind.pieces)) for kind in kinds if kind.pieces]
    for (config, crews), carriers in zip(formed, _carriers(world, mine, parades, formed), strict=True):
        counts = capabilities(config, crews.size, carriers)
        number = sheet.add(crews.unit, crews.start, crews.end, counts)
        duty[crews.rows] = np.repeat(number + np.arange(len(crews.unit)), crews.size)
        later[crews.rows] = np.repeat(crews.delay, crews.size)
    sheet.add_duty(
        first + parades.officer, parades.kind, parades.start + later, parades.planned_end + later,
        parades.notice, parades.cause, duty, parades.owed,
    )  # fmt: skip
    inside = np.minimum(parades.planned_end, world.scenario.window) - np.maximum(parades.start, 0.0)
    minutes = np.maximum(inside, 0.0)[parades.present].sum()
    sheet.hours[mine.name, mine.force] = float(minutes / MINUTES_PER_HOUR)


def with_ced(officers: Officers) -> Ints:
    """Authorisations as bits, the training for a CED among them."""
    return np.asarray(officers.authorisations | np.where(officers.trained, 2 ** int(Authorisation.CED), 0))


def _carriers(
    world: World, mine: ForceTeam, parades: Parades, formed: list[tuple[UnitKind, Crews]]
) -> list[Ints]:
    """Officers of each unit with a CED, kind by kind: those who may carry one, as far as devices go.

    Armed officers have theirs from outside the stock.
    """
    holders = []
    for config, crews in formed:
        carriers = np.zeros(len(crews.unit), dtype=np.int64)
        if config.ced and not config.armed:
            holds = parades.officers.ced_holds(parades.officer[crews.rows], parades.start[crews.rows])
            of_unit = np.repeat(np.arange(len(crews.unit)), crews.size)
            carriers = np.bincount(of_unit[holds], minlength=len(crews.unit))
        holders.append((crews.unit, crews.start, crews.end, carriers))
    return shared(world, mine, holders)
