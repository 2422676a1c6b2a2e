"""Dispatch policies: they rank; the engine decides what is possible.

A policy prices the candidates of one choice. The engine takes the least price, breaks ties by who has been
free longest and then by unit number, logs rank and runner-up, and asks again after each pick.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any, Protocol

from armsim.config.base import Model


class Candidates:
    """The units that may be sent, as parallel lists in order of unit number within kind.

    Attributes:
        units: read-only views of the units.
        minutes: expected minutes to arrival, turn-out included.
        handicaps: minutes that the scenario adds for this kind and work.
        spare: for a free unit, how many free units of its kind there are beyond the reserve kept back from this
            grade; infinite for a unit that would be diverted.
    """

    __slots__ = ("handicaps", "minutes", "spare", "units")

    def __init__(
        self, units: Sequence[Any], minutes: Sequence[float], handicaps: Sequence[float], spare: Sequence[float]
    ) -> None:
        self.units = units
        self.minutes = minutes
        self.handicaps = handicaps
        self.spare = spare


class DispatchPolicy(Protocol):
    """What an author of a policy writes."""

    Options: type[Model]

    def costs(self, incident: Any, candidates: Candidates) -> Sequence[float]:
        """A price for each candidate, in their order; infinity holds one back. Must not change anything."""


class NoOptions(Model):
    """The policy has no options of its own."""


class Nearest:
    """Least expected arrival, handicap included."""

    Options = NoOptions

    def __init__(self, options: NoOptions) -> None:
        self.options = options

    def costs(self, incident: Any, candidates: Candidates) -> Sequence[float]:  # noqa: ARG002
        """Expected arrival plus handicap."""
        return [m + h for m, h in zip(candidates.minutes, candidates.handicaps, strict=True)]


class NearestWithReserve:
    """Least expected arrival among kinds of which more are free than the reserve kept back from the grade."""

    Options = NoOptions

    def __init__(self, options: NoOptions) -> None:
        self.options = options

    def costs(self, incident: Any, candidates: Candidates) -> Sequence[float]:  # noqa: ARG002
        """Expected arrival plus handicap; infinity where the reserve would be touched."""
        rows = zip(candidates.minutes, candidates.handicaps, candidates.spare, strict=True)
        return [m + h if spare > 0 else inf for m, h, spare in rows]
