"""Crews of a team of one force, shift by shift: its kinds take officers in turn, as far as vehicles allow."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from armsim.config.schema.duty import UnitKind
from armsim.domain import MINUTES_PER_HOUR, ThreatLevel
from armsim.model.absence import Bools
from armsim.model.crews import Slots, capabilities
from armsim.model.forces import ForceTeam
from armsim.model.parades import Parades
from armsim.model.patterns import Floats, Ints
from armsim.model.units import Register, kinds_in
from armsim.model.vehicles import Vehicles
from armsim.model.world import World
from armsim.streams import Streams


@dataclass
class Sheet:
    """What is being written down, in pieces: duty periods, shortfalls, officer-hours by team and force."""

    unit: list[Ints] = field(default_factory=list)
    start: list[Floats] = field(default_factory=list)
    end: list[Floats] = field(default_factory=list)
    counts: list[Ints] = field(default_factory=list)
    shortfalls: list[tuple[float, ...]] = field(default_factory=list)
    hours: dict[tuple[str, str], float] = field(default_factory=dict)

    def add(self, unit: Ints, start: Floats, end: Floats, counts: Ints) -> None:
        """Write down duty periods."""
        self.unit.append(unit)
        self.start.append(start)
        self.end.append(end)
        self.counts.append(counts)


@dataclass
class _Shift:
    """One shift while its crews form.

    Attributes:
        column: its number in order of start.
        letter: shift letter.
        start: minute at which it starts.
        end: minute at which it ends.
        trained: CED carriers among the first so many officers, from 0.
        present: officers on parade.
        rostered: officers if nobody were absent.
        seated: officers who have a crew so far.
        planned_seats: officers who would have one if nobody were absent.
    """

    column: int
    letter: str
    start: float
    end: float
    trained: Ints
    present: int
    rostered: int
    seated: int = 0
    planned_seats: int = 0


class _Kind:
    """One kind of the team in its force: its slots by letter, its vehicles, its levels."""

    def __init__(
        self,
        world: World,
        register: Register,
        name: str,
        mine: ForceTeam,
        starts: Floats,
        horizon: tuple[float, float],
        streams: Streams,
    ) -> None:
        config = world.scenario.units[name]
        self.code = world.kinds.index(name)
        self.config: UnitKind = config
        self.levels = {int(ThreatLevel[level]) for level in config.levels} or {int(v) for v in ThreatLevel}
        self.pieces: list[tuple[Ints, Floats, Floats, Ints, Ints]] = []
        self.delay = config.stagger.delay if config.stagger else 0.0
        self.slots = register.of(register.slots, name, mine.code)
        self.first = register.of(register.first, name, mine.code)
        self.vehicles = Vehicles(
            world.vehicles[name][mine.code],
            config.off_road,
            (mine.force, name),
            np.column_stack((starts, starts + self.delay)).ravel(),
            horizon,
            streams,
        )

    def crew(self, shift: _Shift) -> tuple[int, int]:
        """Form the kind's crews of a shift: units planned, units crewed."""
        slots = self.slots[shift.letter]
        left = shift.present - shift.seated
        kept, start = self._driven(slots, slots.filled(left), shift)
        ends = slots.seats(left, kept)
        carriers = shift.trained[shift.seated + ends]
        self.pieces.append((
            self.first[shift.letter] + kept,
            start,
            np.where(slots.late[kept], shift.end + self.delay, shift.end),
            ends,
            carriers - shift.trained[shift.seated],
        ))  # fmt: skip
        shift.seated += int(ends[-1]) if len(ends) else 0
        return self._planned(slots, shift), len(kept)

    def _driven(self, slots: Slots, wanted: int, shift: _Shift) -> tuple[Ints, Floats]:
        """Slots with a vehicle and their starts: early starters ask first, late ones for their own time."""
        asked = 2 * shift.column
        early = int(slots.early_slots.searchsorted(wanted))
        first = self.vehicles.take(asked, shift.end, early)
        if early == wanted:
            return slots.early_slots[: len(first)], first
        second = self.vehicles.take(asked + 1, shift.end + self.delay, wanted - early)
        kept = np.concatenate((slots.early_slots[: len(first)], slots.late_slots[: len(second)]))
        order = kept.argsort()
        return kept[order], np.concatenate((first, second))[order]

    def _planned(self, slots: Slots, shift: _Shift) -> int:
        left = shift.rostered - shift.planned_seats
        planned = slots.filled(left)
        shift.planned_seats += min(left, int(slots.totals[planned - 1])) if planned else 0
        return planned

    def write(self, sheet: Sheet) -> None:
        """Write the duty periods of all shifts on the sheet."""
        if not self.pieces:
            return
        unit, start, end, seats, carriers = (np.concatenate(part) for part in zip(*self.pieces, strict=True))
        first = np.concatenate([np.arange(len(piece[0])) for piece in self.pieces]) == 0
        size, trained = (_steps(total, first) for total in (seats, carriers))
        sheet.add(unit, start, end, capabilities(self.config, size, trained))


def _steps(totals: Ints, first: Bools) -> Ints:
    """Differences of running totals that begin anew wherever *first*."""
    steps = totals.copy()
    steps[1:] -= np.where(first[1:], 0, totals[:-1])
    return steps


def crew_team(
    world: World,
    register: Register,
    mine: ForceTeam,
    on_parade: Parades,
    sheet: Sheet,
    horizon: tuple[float, float],
    streams: Streams,
) -> None:
    """Form the crews of every shift of a pattern team of one force and write them on the sheet."""
    begin, end = horizon
    names = kinds_in(world, mine.name, mine.code)
    days = on_parade.calendar
    starts, ends = days.starts.ravel(), (days.starts + days.lengths).ravel()
    live = np.flatnonzero(
        (on_parade.rostered > 0) & (ends > begin - _longest_delay(world, names)) & (starts < end)
    )
    order = live[np.argsort(starts[live], kind="stable")]
    bounds = np.searchsorted(on_parade.shift, np.arange(len(starts) + 1))
    trained = np.concatenate(([0], np.cumsum(on_parade.ced)))
    kinds = [_Kind(world, register, name, mine, starts[order], horizon, streams) for name in names]
    levels = days.levels.ravel().tolist()
    for column, at in enumerate(order.tolist()):
        first, last = int(bounds[at]), int(bounds[at + 1])
        letter = days.letters[at % len(days.letters)]
        shift = _Shift(
            column, letter, float(starts[at]), float(ends[at]),
            trained[first : last + 1], last - first, int(on_parade.rostered[at]),
        )  # fmt: skip
        level = levels[at]
        _crew_shift(shift, [kind for kind in kinds if level in kind.levels], sheet, horizon, mine.code)
    for kind in kinds:
        kind.write(sheet)
    inside = np.minimum(ends, world.scenario.window) - np.maximum(starts, 0.0)
    sheet.hours[mine.name, mine.force] = float(
        (np.maximum(inside, 0.0) * np.diff(bounds)).sum() / MINUTES_PER_HOUR
    )


def _longest_delay(world: World, kinds: list[str]) -> float:
    staggers = [world.scenario.units[kind].stagger for kind in kinds]
    return max((stagger.delay for stagger in staggers if stagger), default=0.0)


def _crew_shift(
    shift: _Shift, kinds: list[_Kind], sheet: Sheet, horizon: tuple[float, float], force: int
) -> None:
    crewed = [(kind.code, *kind.crew(shift)) for kind in kinds]
    if not horizon[0] <= shift.start < horizon[1]:
        return
    for place, (code, planned, formed) in enumerate(crewed):
        left_over = shift.present - shift.seated if place == len(crewed) - 1 else 0
        sheet.shortfalls.append((code, shift.start, planned, formed, left_over, force))
