"""DMEXCLP (Jagtenberg, Bhulai and van der Mei 2015): where a free unit adds most expected cover."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from armsim.config.base import Model
from armsim.model.cover.base import Stays, bases_for
from armsim.model.expected_cover import CoverMap, CoverOptions

if TYPE_CHECKING:
    from armsim.model.world import World


class Dmexclp(Stays):
    """A free unit goes to the base where it adds most expected cover.

    At base j it adds the sum of d_i (1 - q) q**k_i over the zones i in reach of j, where k_i other free units
    of its kind and force are at, or on the way to, bases in reach of i. The zones are those of the force.
    """

    Options: type[Model] = CoverOptions

    def __init__(self, options: CoverOptions, world: World, kind: str, force: int) -> None:
        cover = CoverMap(options, world, world.area(force))
        self._worth = cover.worth
        self._reach = cover.covers([base.place for base in bases_for(world, kind, force)], kind)

    def goes_to(self, own: int, held: Sequence[int]) -> int:
        """The base of most added cover; of equal ones its own, then the first by name."""
        gain = self._reach @ self._worth(np.asarray(held) @ self._reach + 1)
        best = float(gain.max()) - 1e-12
        return own if gain[own] >= best else int(np.argmax(gain >= best))
