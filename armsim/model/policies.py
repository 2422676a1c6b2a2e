"""Dispatch policies: they rank; the engine decides what is possible.

A policy prices the candidates of one choice. The engine takes the least price, breaks ties by who has been
free longest and then by unit number, logs rank and runner-up, and asks again after each pick.
"""

from __future__ import annotations

from itertools import compress
from math import inf
from typing import Any, Protocol

from armsim.config.base import Model


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
    """

    __slots__ = ("minutes", "runs", "units")

    def __init__(self) -> None:
        self.units: list[Any] = []
        self.minutes: list[float] = []
        self.runs: list[Run] = []

    @property
    def plain(self) -> bool:
        """No candidate has a handicap, and no kind is down to its reserve."""
        for run in self.runs:
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


class DispatchPolicy(Protocol):
    """What an author of a policy writes."""

    Options: type[Model]
    #: The policy holds units back when their kind is down to its reserve; the queue is then not offered them.
    keeps_reserve: bool

    def costs(self, incident: Any, candidates: Candidates) -> list[float]:
        """A price for each candidate, in their order; infinity holds one back. Must not change anything."""


class NoOptions(Model):
    """The policy has no options of its own."""


class Nearest:
    """Least expected arrival, handicap included."""

    Options: type[Model] = NoOptions
    keeps_reserve = False

    def __init__(self, options: NoOptions) -> None:
        self.options = options

    def costs(self, incident: Any, candidates: Candidates) -> list[float]:  # noqa: ARG002
        """Expected arrival plus handicap."""
        if candidates.plain:
            return candidates.minutes
        return [m + h for m, h in zip(candidates.minutes, candidates.handicaps, strict=True)]


class NearestWithReserve(Nearest):
    """Least expected arrival among kinds of which more are free than the reserve kept back from the grade."""

    keeps_reserve = True

    def costs(self, incident: Any, candidates: Candidates) -> list[float]:
        """Expected arrival plus handicap; infinity where the reserve would be touched."""
        if candidates.plain:
            return candidates.minutes
        rows = zip(candidates.minutes, candidates.handicaps, candidates.spare, strict=True)
        return [m + h if spare > 0 else inf for m, h, spare in rows]
