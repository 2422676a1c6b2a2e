"""Dispatch policies: they rank; the engine decides what is possible.

A policy prices the candidates of one choice. The engine takes the least price, breaks ties by who has been
free longest and then by unit number, logs rank and runner-up, and asks again after each pick.
"""

from __future__ import annotations

from itertools import compress
from math import inf
from typing import Any, Protocol

from armsim.config.base import Model


class Candidates:
    """The units that may be sent, as parallel lists; their order means nothing.

    Attributes:
        units: read-only views of the units.
        minutes: expected minutes to arrival, turn-out included.
        handicaps: minutes that the scenario adds for this kind and work.
        spare: for a free unit, how many free units of its kind there are beyond the reserve kept back from
            this grade; infinite for a unit that would be diverted.
        level: no candidate has a handicap.
        ample: no candidate's kind is down to its reserve.
    """

    __slots__ = ("ample", "handicaps", "level", "minutes", "spare", "units")

    def __init__(
        self,
        units: list[Any],
        minutes: list[float],
        handicaps: list[float],
        spare: list[float],
        level: bool,
        ample: bool,
    ) -> None:
        self.units = units
        self.minutes = minutes
        self.handicaps = handicaps
        self.spare = spare
        self.level = level
        self.ample = ample

    def remove(self, index: int, reserved: bool) -> None:
        """Take out a unit that was picked; where its kind has a reserve, one unit fewer is to spare."""
        picked = self.units[index]
        for column in (self.units, self.minutes, self.handicaps, self.spare):
            del column[index]
        if reserved:
            code = picked.code
            rows = zip(self.units, self.spare, strict=True)
            self.spare = [left - (unit.free and unit.code == code) for unit, left in rows]
            self.ample = min(self.spare, default=1.0) > 0

    def keep(self, wanted: list[bool]) -> None:
        """Keep the candidates marked in *wanted*."""
        self.units = list(compress(self.units, wanted))
        self.minutes = list(compress(self.minutes, wanted))
        self.handicaps = list(compress(self.handicaps, wanted))
        self.spare = list(compress(self.spare, wanted))


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
        if candidates.level:
            return candidates.minutes
        return [m + h for m, h in zip(candidates.minutes, candidates.handicaps, strict=True)]


class NearestWithReserve(Nearest):
    """Least expected arrival among kinds of which more are free than the reserve kept back from the grade."""

    keeps_reserve = True

    def costs(self, incident: Any, candidates: Candidates) -> list[float]:
        """Expected arrival plus handicap; infinity where the reserve would be touched."""
        if candidates.ample:
            return super().costs(incident, candidates)
        rows = zip(candidates.minutes, candidates.handicaps, candidates.spare, strict=True)
        return [m + h if spare > 0 else inf for m, h, spare in rows]
