"""The slots of a unit kind: where each stands, how many officers it takes, whether it starts late.

A slot's base, crew and start do not depend on how many slots are filled: one more unit re-bases nobody.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from armsim.config.schema.duty import UnitKind
from armsim.domain import Capability
from armsim.model.absence import Bools, levelled, phase_of
from armsim.model.patterns import Floats, Ints
from armsim.model.world import Base, World


def population_served(world: World, bases: Sequence[Base], force: int) -> Floats:
    """Residents nearest to each of a force's bases, by straight line, of the zones where it works."""
    x = np.array([base.place[0] for base in bases])
    y = np.array([base.place[1] for base in bases])
    area, zones = world.area(force), world.zones
    east, north, people = (zones[name].to_numpy(float)[area] for name in ("x_km", "y_km", "population"))
    nearest = np.hypot(east[:, None] - x, north[:, None] - y).argmin(axis=1)
    return np.bincount(nearest, weights=people, minlength=len(bases)).astype(np.float64)


def base_sequence(served: Floats, minimum: int, length: int) -> Ints:
    """Base of each slot: a house-monotone apportionment.

    First *minimum* at every base, the largest population first, then by Sainte-Laguë (Webster): the next
    unit goes where population / (2 x units + 1) is greatest. Ties go to the earlier base.

    Args:
        served: population served by each base.
        minimum: units that every base gets before any gets more.
        length: number of slots.
    """
    by_size = np.argsort(-served, kind="stable")
    first = np.tile(by_size, minimum)[:length]
    counts = np.bincount(first, minlength=len(served)).astype(np.float64)
    rest = np.empty(length - len(first), dtype=np.int64)
    for slot in range(len(rest)):
        base = int(np.argmax(served / (2 * counts + 1)))
        counts[base] += 1
        rest[slot] = base
    return np.concatenate((first, rest))


@dataclass(frozen=True)
class Slots:
    """Slots of one kind on one shift letter; arrays by slot.

    Attributes:
        needs: officers that must be there for it to be crewed, all slots before it being full; the last slot
            filled may have the minimum crew only.
        size: officers that it takes when there are enough.
        late: whether it starts late.
        totals: officers in it and all slots before it.
        early_slots: slots that start with the shift.
        late_slots: slots that start late.
        crew: the minimum crew.
    """

    needs: list[int]
    size: Ints
    late: Bools
    totals: Ints
    early_slots: Ints
    late_slots: Ints
    crew: int

    def after(self, count: int) -> Slots:
        """The slots after the first *count*, for a shift during which those are on duty already."""
        return _slots(self.size[count:], self.late[count:], self.crew)

    def filled(self, officers: int) -> int:
        """Slots that so many officers fill, in order."""
        return bisect_right(self.needs, officers)

    def seats(self, officers: int, kept: Ints) -> Ints:
        """Officers in each kept slot and those before it when so many sit down in order."""
        count = len(kept)
        whole = count == 0 or kept[-1] == count - 1
        totals = self.totals[:count] if whole else self.size[kept].cumsum()
        return np.minimum(totals, officers)


def slots_of(kind: UnitKind, letter: str, bases: Ints, staggered: bool = True) -> Slots:
    """Slots of a kind on a shift letter.

    Late starters and larger crews are spread evenly over the slots of each base, and each base's spread is
    turned against the others'.

    Args:
        kind: the kind.
        letter: shift letter, which may have its own share of larger crews; empty for volunteers.
        bases: base of each slot, from :func:`base_sequence`, numbered inside the force.
        staggered: whether any of them may start late.
    """
    at_base = np.arange(len(bases))
    for base in np.unique(bases):
        here = bases == base
        at_base[here] = np.arange(here.sum())
    size = kind.crew + levelled(at_base, larger_share(kind, letter), phase_of(bases, 0.5))
    share = kind.stagger.share if kind.stagger and staggered else 0.0
    late = levelled(at_base, share, phase_of(bases))
    return _slots(size, late, kind.crew)


def _slots(size: Ints, late: Bools, crew: int) -> Slots:
    totals = np.cumsum(size)
    needs = (totals - size + crew).tolist()
    return Slots(needs, size, late, totals, np.flatnonzero(~late), np.flatnonzero(late), crew)


def larger_share(kind: UnitKind, letter: str) -> float:
    """Share of units on the letter that take one officer more than the minimum."""
    share = kind.double_crewed
    if isinstance(share, dict):
        return share.get(letter, 0.0)
    return share or 0.0


def capabilities(kind: UnitKind, officers: Ints, trained: Ints) -> Ints:
    """Capability counts of units from their crews; (units, capabilities) in order of ``Capability``.

    Armed officers always carry a CED; others do when trained, if the kind draws them.
    """
    table = np.zeros((len(officers), len(Capability)), dtype=np.int64)
    table[:, Capability.OFFICERS] = officers
    if kind.armed:
        table[:, Capability.CED] = officers
        table[:, Capability.ARMED_OFFICERS] = officers
    elif kind.ced:
        table[:, Capability.CED] = trained
    table[:, Capability.ARV] = int(kind.arv)
    return table
