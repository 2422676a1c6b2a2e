"""Crews of one kind of a team, shift by shift: slots in order, as far as officers and vehicles go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from armsim.config.schema.duty import UnitKind
from armsim.domain import ThreatLevel
from armsim.model.absence import Bools
from armsim.model.crews import Slots
from armsim.model.forces import ForceTeam
from armsim.model.parades import Parades
from armsim.model.patterns import Floats, Ints
from armsim.model.seating import needs_of, seated
from armsim.model.units import Register
from armsim.model.vehicles import Vehicles
from armsim.model.world import World
from armsim.streams import Streams


@dataclass
class Shift:
    """One shift while its crews form.

    Attributes:
        column: its number in order of start.
        key: shift key.
        start: minute at which it starts.
        end: minute at which the last of its officers goes off duty.
        first_end: minute at which the first does.
        free: rows of those who have no crew so far, by id.
        planned: rows of those who would have none if nobody were absent.
    """

    column: int
    key: str
    start: float
    end: float
    first_end: float
    free: Ints
    planned: Ints


@dataclass
class Crews:
    """Crews that a kind formed on one shift, or on all: number, start, end and size, rows of their officers.

    *delay* is how much later than the shift the officers of each start and finish.
    """

    unit: Ints
    start: Floats
    end: Floats
    size: Ints
    delay: Floats
    rows: Ints

    @classmethod
    def joined(cls, pieces: list[Crews]) -> Crews:
        """All of several shifts' crews."""
        parts = zip(*((p.unit, p.start, p.end, p.size, p.delay, p.rows) for p in pieces), strict=True)
        return cls(*(np.concatenate(part) for part in parts))

    def only(self, kept: Bools) -> Crews:
        """Some of the crews."""
        rows = self.rows[np.repeat(kept, self.size)]
        return Crews(
            self.unit[kept], self.start[kept], self.end[kept], self.size[kept], self.delay[kept], rows
        )


class KindCrews:
    """One kind of the team in its force: its slots by shift key, its vehicles, its levels."""

    def __init__(
        self,
        world: World,
        register: Register,
        name: str,
        mine: ForceTeam,
        parades: Parades,
        starts: Floats,
        horizon: tuple[float, float],
        streams: Streams,
    ) -> None:
        config = world.scenario.units[name]
        self.code = world.kinds.index(name)
        self.config: UnitKind = config
        self.levels = {int(ThreatLevel[level]) for level in config.levels} or {int(v) for v in ThreatLevel}
        self.pieces: list[Crews] = []
        self._in_use: dict[str, tuple[float, int]] = {}
        self.delay = config.stagger.delay if config.stagger else 0.0
        self.needs = needs_of(config.crew_needs)
        self.slots = register.of(register.slots, name, mine.code)
        self.first = register.of(register.first, name, mine.code)
        self._parades = parades
        ready = starts + config.handover
        self.vehicles = Vehicles(
            world.vehicles[name][mine.code],
            config.off_road,
            (mine.force, name),
            np.column_stack((ready, ready + self.delay)).ravel(),
            horizon,
            streams,
        )

    def crew(self, shift: Shift) -> tuple[int, int]:
        """Form the kind's crews of a shift: units planned, units crewed."""
        slots, first = self._open(shift)
        if self.needs:
            return self._crew_by_needs(shift, slots, first)
        kept, start = self._driven(slots, slots.filled(len(shift.free)), shift)
        totals = slots.seats(len(shift.free), kept)
        seats = int(totals[-1]) if len(totals) else 0
        size = totals.copy()
        size[1:] -= totals[:-1]
        crews = self._formed(shift, first + kept, start, size, slots.late[kept], shift.free[:seats])
        planned = slots.filled(len(shift.planned))
        shift.planned = shift.planned[int(slots.totals[planned - 1]) if planned else 0 :]
        return planned, crews

    def _crew_by_needs(self, shift: Shift, slots: Slots, first: int) -> tuple[int, int]:
        wanted = self._seated(shift.free, slots.size)
        kept, start = self._driven(slots, len(wanted), shift)
        seats = wanted if len(kept) == len(wanted) else self._seated(shift.free, slots.size[kept])
        kept, start = kept[: len(seats)], start[: len(seats)]
        size = np.array([len(crew) for crew in seats], dtype=np.int64)
        rows = shift.free[_all(seats)]
        crews = self._formed(shift, first + kept, start, size, slots.late[kept], rows)
        planned = self._seated(shift.planned, slots.size)
        shift.planned = np.delete(shift.planned, _all(planned))
        return len(planned), crews

    def _open(self, shift: Shift) -> tuple[Slots, int]:
        """Slots of the shift's key that nobody is on duty in, and the number of the first of them."""
        slots, first = self.slots[shift.key], self.first[shift.key]
        until, last = self._in_use.get(shift.key, (shift.start, -1))
        if shift.start >= until:
            return slots, first
        return slots.after(last + 1 - first), last + 1

    def _seated(self, rows: Ints, sizes: Ints) -> list[Ints]:
        bits = self._parades.officers.authorisations[self._parades.officer[rows]]
        return seated(bits, sizes.tolist(), self.config.crew, self.needs)

    def _driven(self, slots: Slots, wanted: int, shift: Shift) -> tuple[Ints, Floats]:
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

    def _formed(self, shift: Shift, unit: Ints, start: Floats, size: Ints, late: Bools, rows: Ints) -> int:
        """Note the crews down and take their officers; how many there are.

        A unit is on duty while all of its officers are. A crew that would go off duty before its unit is
        ready forms none, and its officers stay unseated.
        """
        if not len(unit):
            return 0
        delay = np.multiply(late, self.delay, dtype=np.float64)
        end = shift.end + delay
        if shift.first_end < shift.end:
            end = np.minimum.reduceat(self._parades.planned_end[rows], np.cumsum(size) - size) + delay
        crews = Crews(unit, start, end, size, delay, rows)
        in_time = start < end
        if not in_time.all():
            crews = crews.only(in_time)
        self.pieces.append(crews)
        until, _ = self._in_use.get(shift.key, (shift.end, 0))
        self._in_use[shift.key] = max(until, shift.end), int(unit[-1])
        if self.needs or len(crews.rows) < len(rows):
            shift.free = np.setdiff1d(shift.free, crews.rows, assume_unique=True)
        else:
            shift.free = shift.free[len(rows) :]
        return len(crews.unit)


def _all(crews: list[Ints]) -> Ints:
    return np.concatenate([np.empty(0, dtype=np.int64), *crews])
