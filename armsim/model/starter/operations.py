"""Firearms operations a year of each force: what is published, else a share of what is left.

Letters, in the order in which a figure is looked for:

* ``P``: published for the force and 2017/18;
* ``P*``: published for another year, scaled by the totals of England and Wales;
* ``A``: stands in for a figure that was not found;
* ``R``: the region's total of 2017/18 less the forces above; ``R*`` one of another year, scaled likewise;
* ``N``: what is left of England and Wales.

What is left is shared half by residents, half by recorded robbery and possession of weapons. The sharing is
an assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from armsim.model.starter.figures import Counted, ForceFigures, force_figures, operations_totals

YEAR = "2017/18"
NATION = "England and Wales"


@dataclass(frozen=True, slots=True)
class Operations:
    """Firearms operations a year.

    Attributes:
        number: operations in 2017/18, by the rules.
        letter: which rule gave it.
        year: year of the figure that it comes from.
        words: how it was made, with the source.
    """

    number: float
    letter: str
    year: str
    words: str


@cache
def force_operations() -> Mapping[str, Operations]:
    """Operations a year of every force, by short name.

    Raises:
        DataError: a shipped table is missing or damaged.
    """
    forces, totals = force_figures(), operations_totals()
    found = {slug: _own(one.operations) for slug, one in forces.items() if one.operations is not None}
    for region in dict.fromkeys(one.region for one in forces.values()):
        count = next((one for (area, _), one in totals.items() if area == region), None)
        if count is not None:
            here = [slug for slug, one in forces.items() if one.region == region]
            found |= _shared(region, count, here, found, "R")
    return found | _shared(NATION, totals[NATION, YEAR], list(forces), found, "N")


def _own(count: Counted) -> Operations:
    if not count.published:
        return Operations(float(count.number), "A", count.year, f"an assumption, {count.source}")
    if count.year == YEAR:
        return Operations(
            float(count.number),
            "P",
            YEAR,
            f"{count.number:,} published for the force in {YEAR} ({count.source})",
        )
    return Operations(
        _in_our_year(count),
        "P*",
        count.year,
        f"{count.number:,} published for the force in {count.year} ({count.source}), scaled to {YEAR} by the "
        f"totals of {NATION}",
    )


def _in_our_year(count: Counted) -> float:
    totals = operations_totals()
    return count.number * totals[NATION, YEAR].number / totals[NATION, count.year].number


def _shared(
    area: str, count: Counted, members: Sequence[str], found: Mapping[str, Operations], letter: str
) -> dict[str, Operations]:
    """What the total of *area* leaves, shared among those of its *members* that have no figure yet."""
    rest = [slug for slug in members if slug not in found]
    left = _in_our_year(count) - sum(found[slug].number for slug in members if slug in found)
    people = _shares(rest, lambda one: one.people)
    armed = _shares(rest, lambda one: one.robbery + one.weapons)
    scaled = "" if count.year == YEAR else f", scaled to {YEAR} by the totals of {NATION}"
    others = "" if len(rest) == len(members) else " less the forces with a figure of their own"
    words = (
        f"share of {count.number:,} in {area} in {count.year} ({count.source}){scaled}{others}: half by "
        "residents, half by recorded robbery and possession of weapons"
    )
    mark = letter if count.year == YEAR else f"{letter}*"
    return {
        slug: Operations(left * (a + b) / 2, mark, count.year, words)
        for slug, a, b in zip(rest, people, armed, strict=True)
    }


def _shares(slugs: Iterable[str], of: Callable[[ForceFigures], int]) -> list[float]:
    numbers = [of(force_figures()[slug]) for slug in slugs]
    return [number / sum(numbers) for number in numbers]
