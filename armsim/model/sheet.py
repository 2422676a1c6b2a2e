"""What the roster writes down, in pieces, and the tables made of it: duty of units, officers, their duty."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.domain import OFFICER_COLUMNS, OFFICER_DUTY_COLUMNS, SHORTFALL_COLUMNS, Capability
from armsim.model.patterns import Floats, Ints

Table = dict[str, NDArray[np.float64]]


@dataclass
class Sheet:
    """Duty periods of units, officers and their duty, shortfalls, officer-hours by team and force.

    Args:
        begin: start of the run, minutes.
        end: its end; what does not touch [begin, end) is left out of the tables.
    """

    begin: float
    end: float
    hours: dict[tuple[str, str], float] = field(default_factory=dict)
    shortfalls: list[tuple[float, ...]] = field(default_factory=list)
    _units: list[tuple[Ints, Floats, Floats, Ints]] = field(default_factory=list)
    _officers: list[tuple[NDArray[Any], ...]] = field(default_factory=list)
    _rows: list[tuple[NDArray[Any], ...]] = field(default_factory=list)
    _periods: int = 0
    _people: int = 0

    def add(self, unit: Ints, start: Floats, end: Floats, counts: Ints) -> int:
        """Write down duty periods with their capabilities; the number of the first of them."""
        self._units.append((unit, start, end, counts))
        self._periods += len(unit)
        return self._periods - len(unit)

    def add_officers(
        self, team: int, force: int, employment: Ints, authorisations: Ints, owed: Floats
    ) -> int:
        """Write down the officers of a team of a force, by id; the number of the first of them."""
        count = len(employment)
        number = self._people + np.arange(count)
        where = (np.full(count, team), np.full(count, force))
        self._officers.append((number, *where, employment, authorisations, owed))
        self._people += count
        return self._people - count

    def add_duty(
        self,
        officer: Ints,
        kind: Ints,
        start: Floats,
        planned_end: Floats,
        notice: Floats,
        cause: Ints,
        duty: Ints,
        owed: NDArray[Any],
    ) -> None:
        """Write down duty of officers: *duty* is the number of a duty period from :meth:`add`, or -1."""
        live = np.flatnonzero((start < self.end) & (planned_end > self.begin))
        columns = (officer, kind, start, planned_end, planned_end, notice, cause, duty, owed)
        self._rows.append(tuple(np.asarray(column[live], dtype=np.float64) for column in columns))

    def periods(self) -> tuple[Ints, Floats, Floats, Ints, Ints]:
        """Duty periods in order of start and unit: unit, start, end, capabilities, number.

        One that is under way when the run begins starts with it.
        """
        empty = np.empty(0)
        none = (empty.astype(np.int64), empty, empty, np.empty((0, len(Capability)), dtype=np.int64))
        unit, start, end, counts = (np.concatenate(part) for part in zip(none, *self._units, strict=True))
        start = np.maximum(start, self.begin)
        live = np.flatnonzero((end > self.begin) & (start < self.end))
        order = live[np.lexsort((unit[live], start[live]))]
        return unit[order], start[order], end[order], counts[order], order

    def officer_tables(self, order: Ints) -> tuple[Table, Table]:
        """Tables of officers and of their duty; *order* are the numbers of the duty periods kept."""
        row_of = np.full(self._periods + 1, -1.0)
        row_of[order] = np.arange(len(order))
        people = _table(OFFICER_COLUMNS, self._officers)
        rows = _table(OFFICER_DUTY_COLUMNS, self._rows)
        rows["duty"] = row_of[rows["duty"].astype(np.int64)]
        sort = np.lexsort((rows["start"], rows["officer"]))
        return people, {name: column[sort] for name, column in rows.items()}

    def shortfall_table(self) -> Table:
        """Shortfalls in order of start and kind."""
        rows = np.array(self.shortfalls, dtype=np.float64).reshape(-1, len(SHORTFALL_COLUMNS))
        rows = rows[np.lexsort((rows[:, 0], rows[:, 1]))]
        return {name: rows[:, at] for at, name in enumerate(SHORTFALL_COLUMNS)}


def _table(names: tuple[str, ...], pieces: list[tuple[NDArray[Any], ...]]) -> Table:
    none = (np.empty(0),) * len(names)
    columns = (np.concatenate(part) for part in zip(none, *pieces, strict=True))
    return {name: np.asarray(column, dtype=np.float64) for name, column in zip(names, columns, strict=True)}
