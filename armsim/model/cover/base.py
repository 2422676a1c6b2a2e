"""Cover moves: where a free unit waits. The engine drives; a cover policy only names the base."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from numpy.typing import NDArray

from armsim.config.base import Model
from armsim.model.bases import Base

if TYPE_CHECKING:
    from armsim.model.world import World


class CoverPolicy(Protocol):
    """What an author writes; its docstring's first line is what ``armsim list cover`` says.

    It is made once a replication for each unit kind and force, as ``Policy(options, world, kind, force)``.
    Bases are those of :func:`bases_for`, by index in that order. It must not draw random numbers.
    """

    Options: type[Model]
    #: Minutes between reviews at which free units are moved; 0 for none.
    review_every: float

    def __init__(self, options: Any, world: World, kind: str, force: int) -> None: ...

    def goes_to(self, own: int, held: Sequence[int]) -> int:
        """The base that a unit goes to when it comes free or on duty.

        Args:
            own: its own base.
            held: for each base, how many other free units of the kind and force are there or on the way.
        """

    def review(self, at: Sequence[int], minutes: NDArray[Any]) -> list[int]:
        """The base that each free unit goes to at a review; a unit may stay where it is.

        Args:
            at: for each free unit, the base that it is at or on the way to.
            minutes: from where each unit is to each base, shape (units, bases).
        """


def bases_for(world: World, kind: str, force: int) -> tuple[Base, ...]:
    """Bases of a unit kind's group that belong to *force*, in order of name."""
    group = world.bases[world.scenario.units[kind].bases]
    return tuple(base for base in group if base.force == force)


class Stays:
    """What cover policies without reviews have in common."""

    review_every = 0.0

    def review(self, at: Sequence[int], minutes: NDArray[Any]) -> list[int]:  # noqa: ARG002
        """Nobody moves."""
        return list(at)
