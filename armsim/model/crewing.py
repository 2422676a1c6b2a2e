"""Crews of a pattern team, shift by shift: its kinds take officers in order, as far as vehicles allow."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from armsim.config.schema.duty import UnitKind
from armsim.domain import MINUTES_PER_HOUR, ThreatLevel
from armsim.model.crews import Slots, capabilities
from armsim.model.parades import Parades
from armsim.model.patterns import Floats, Ints
from armsim.model.units import Register, kinds_of
from armsim.model.vehicles import Vehicles
from armsim.model.world import World
from armsim.streams import Streams


@dataclass
class Sheet:
    """What is being written down, in pieces: duty periods, shortfalls, officer-hours by team."""

    unit: list[Ints] = field(default_factory=list)
    start: list[Floats] = field(default_factory=list)
    end: list[Floats] = field(default_factory=list)
    counts: list[Ints] = field(default_factory=list)
    shortfalls: list[tuple[float, ...]] = field(default_factory=list)
    hours: dict[str, float] = field(default_factory=dict)

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
    """One kind of the team: its slots by letter, its vehicles, its levels."""

    def __init__(
        self,
        world: World,
        register: Register,
        name: str,
        starts: Floats,
        horizon: tuple[float, float],
        streams: Streams,
    ) -> None:
        config = world.scenario.units[name]
        self.code = world.kinds.index(name)
        self.config: UnitKind = config
        self.levels = {int(ThreatLevel[level]) for level in config.levels} or {int(v) for v in ThreatLevel}
        self.delay = config.stagger.delay if config.stagger else 0.0
        self.slots = {letter: slots for (kind, letter), slots in register.slots.items() if kind == name}
        self.first = {letter: number for (kind, letter), number in register.first.items() if kind == name}
        self.vehicles = Vehicles(
            config, name, np.column_stack((starts, starts + self.delay)).ravel(), horizon, streams
        )

    def crew(self, shift: _Shift, sheet: Sheet) -> tuple[int, int]:
        """Form the kind's crews of a shift: units planned, units crewed."""
        slots = self.slots[shift.letter]
        kept = self._kept(slots, slots.filled(shift.present - shift.seated), shift)
        size = slots.crews(shift.present - shift.seated, kept)
        seats = shift.seated + np.concatenate(([0], np.cumsum(size)))
        shift.seated = int(seats[-1])
        lag: Floats = np.where(slots.late[kept], self.delay, 0.0)
        trained = np.diff(shift.trained[seats])
        sheet.add(
            self.first[shift.letter] + kept,
            shift.start + lag,
            shift.end + lag,
            capabilities(self.config, size, trained),
        )
        return self._planned(slots, shift), len(kept)

    def _kept(self, slots: Slots, wanted: int, shift: _Shift) -> Ints:
        """Slots that find a vehicle, ascending: early starters ask first, late ones when they start."""
        if self.config.vehicles is None:
            return np.arange(wanted)
        late = slots.late[:wanted]
        early, later = np.flatnonzero(~late), np.flatnonzero(late)
        asked = 2 * shift.column
        early = early[: self.vehicles.take(asked, shift.end, len(early))]
        later = later[: self.vehicles.take(asked + 1, shift.end + self.delay, len(later))]
        return np.sort(np.concatenate((early, later)))

    def _planned(self, slots: Slots, shift: _Shift) -> int:
        left = shift.rostered - shift.planned_seats
        planned = slots.filled(left)
        shift.planned_seats += int(slots.crews(left, np.arange(planned)).sum())
        return planned


def crew_team(
    world: World,
    register: Register,
    name: str,
    on_parade: Parades,
    sheet: Sheet,
    horizon: tuple[float, float],
    streams: Streams,
) -> None:
    """Form the crews of every shift of the pattern team called *name* and write them on the sheet."""
    begin, end = horizon
    days = on_parade.calendar
    starts, ends = days.starts.ravel(), (days.starts + days.lengths).ravel()
    live = np.flatnonzero(
        (on_parade.rostered > 0) & (ends > begin - _longest_delay(world, name)) & (starts < end)
    )
    order = live[np.argsort(starts[live], kind="stable")]
    bounds = np.searchsorted(on_parade.shift, np.arange(len(starts) + 1))
    trained = np.concatenate(([0], np.cumsum(on_parade.ced)))
    kinds = [
        _Kind(world, register, kind, starts[order], horizon, streams)
        for kind in kinds_of(world.scenario, name)
    ]
    for column, at in enumerate(order.tolist()):
        first, last = int(bounds[at]), int(bounds[at + 1])
        letter = days.letters[at % len(days.letters)]
        shift = _Shift(
            column, letter, float(starts[at]), float(ends[at]),
            trained[first : last + 1], last - first, int(on_parade.rostered[at]),
        )  # fmt: skip
        level = int(days.levels.ravel()[at])
        _crew_shift(shift, [kind for kind in kinds if level in kind.levels], sheet, horizon)
    inside = np.minimum(ends, world.scenario.window) - np.maximum(starts, 0.0)
    sheet.hours[name] = float((np.maximum(inside, 0.0) * np.diff(bounds)).sum() / MINUTES_PER_HOUR)


def _longest_delay(world: World, team: str) -> float:
    staggers = [world.scenario.units[kind].stagger for kind in kinds_of(world.scenario, team)]
    return max((stagger.delay for stagger in staggers if stagger), default=0.0)


def _crew_shift(shift: _Shift, kinds: list[_Kind], sheet: Sheet, horizon: tuple[float, float]) -> None:
    crewed = [(kind.code, *kind.crew(shift, sheet)) for kind in kinds]
    if not horizon[0] <= shift.start < horizon[1]:
        return
    for place, (code, planned, formed) in enumerate(crewed):
        left_over = shift.present - shift.seated if place == len(crewed) - 1 else 0
        sheet.shortfalls.append((code, shift.start, planned, formed, left_over))
