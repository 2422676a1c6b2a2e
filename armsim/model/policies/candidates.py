"""The units that may be sent to an incident, as a dispatch policy sees them."""

from __future__ import annotations

from itertools import compress
from typing import Any


class Run:
    """Neighbours in the lists of candidates: free units of one kind, or units of one kind to be diverted.

    Attributes:
        kind: code of the kind.
        count: how many they are.
        handicap: minutes that the scenario adds for this kind and work.
        spare: how many units of the kind are free beyond the reserve kept back from this grade; infinite for
            units that would be diverted.
    """

    __slots__ = ("count", "handicap", "kind", "spare")

    def __init__(self, kind: int, count: int, handicap: float, spare: float) -> None:
        self.kind = kind
        self.count = count
        self.handicap = handicap
        self.spare = spare


class Candidates:
    """The units that may be sent, as parallel lists; their order means nothing.

    Attributes:
        units: read-only views of the units.
        minutes: expected minutes to arrival, turn-out included.
        runs: neighbours of one kind, in the order of the lists.
        now: the minute at which they are asked for.
    """

    __slots__ = ("minutes", "now", "runs", "units")

    def __init__(self, now: float = 0.0) -> None:
        self.now = now
        self.units: list[Any] = []
        self.minutes: list[float] = []
        self.runs: list[Run] = []

    @property
    def plain(self) -> bool:
        """No candidate has a handicap, and no kind is down to its reserve."""
        for run in self.runs:  # noqa: SIM110 (all() of a generator takes twice as long)
            if run.handicap or run.spare <= 0:
                return False
        return True

    @property
    def handicaps(self) -> list[float]:
        """For each candidate, its run's handicap."""
        return [run.handicap for run in self.runs for _ in range(run.count)]

    @property
    def spare(self) -> list[float]:
        """For each candidate, how many its run has to spare."""
        return [run.spare for run in self.runs for _ in range(run.count)]

    def arrivals(self) -> list[float]:
        """For each candidate, the expected minutes, handicap included."""
        if self.plain:
            return self.minutes
        return [m + h for m, h in zip(self.minutes, self.handicaps, strict=True)]

    def held(self) -> list[bool]:
        """For each candidate, whether its kind is down to the reserve kept back from the grade."""
        return [run.spare <= 0 for run in self.runs for _ in range(run.count)]

    def remove(self, index: int) -> None:
        """Take out a unit that was picked; if it was free, its kind has one fewer to spare."""
        del self.units[index]
        del self.minutes[index]
        for run in self.runs:
            if index < run.count:
                run.count -= 1
                run.spare -= 1
                return
            index -= run.count

    def keep(self, wanted: list[bool]) -> None:
        """Keep the candidates marked in *wanted*."""
        self.units = list(compress(self.units, wanted))
        self.minutes = list(compress(self.minutes, wanted))
        first = 0
        for run in self.runs:
            last = first + run.count
            run.count = sum(wanted[first:last])
            first = last
