"""Crews in which some must hold an authorisation: who of those on parade sits in which unit.

A unit takes the first unseated officers, by id, who together hold what it needs: for one need its first
holders, and then the first of the rest. An officer with a higher id is therefore only taken where those with
lower ids do not do, so that one more officer re-crews nobody. Where everybody holds everything the crews are
the officers in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from armsim.config.schema.people import AuthorisationName
from armsim.domain import Authorisation
from armsim.model.patterns import Ints

#: Bit of an authorisation, and how many of a crew must hold it.
Need = tuple[int, int]


def needs_of(crew_needs: Mapping[AuthorisationName, int]) -> tuple[Need, ...]:
    """A kind's needs in order of the authorisation."""
    codes = sorted((int(Authorisation[name]), count) for name, count in crew_needs.items())
    return tuple((2**code, count) for code, count in codes)


def seated(authorisations: Ints, sizes: Iterable[int], least: int, needs: tuple[Need, ...]) -> list[Ints]:
    """Places of the officers of each unit, unit after unit, until one cannot be crewed.

    Args:
        authorisations: bits of the unseated officers, by id.
        sizes: officers that each unit takes when there are enough.
        least: the minimum crew.
        needs: what each unit needs.

    Returns:
        For each crewed unit the places of its officers in *authorisations*, ascending.
    """
    left = np.arange(len(authorisations))
    wanted = sum(bit for bit, _ in needs)
    masks = (authorisations & wanted).tolist()
    crews: list[Ints] = []
    for size in sizes:
        seats = min(size, len(masks))
        found = _first(masks, 0, needs, seats) if seats >= least else None
        if found is None:
            break
        crews.append(left[found])
        left = np.delete(left, found)
        for place in reversed(found):
            del masks[place]
    return crews


def _first(masks: Sequence[int], start: int, needs: tuple[Need, ...], seats: int) -> list[int] | None:
    """The first *seats* places from *start* on that meet the needs together; ``None`` if none do.

    An officer like one who would not do at this seat would not do either.
    """
    if any(count > seats for _, count in needs):
        return None
    if not seats:
        return []
    tried: set[int] = set()
    for place in range(start, len(masks) - seats + 1):
        mask = masks[place]
        if mask in tried:
            continue
        tried.add(mask)
        left = tuple((bit, count - 1 if mask & bit else count) for bit, count in needs)
        rest = _first(masks, place + 1, left, seats - 1)
        if rest is not None:
            return [place, *rest]
    return None
