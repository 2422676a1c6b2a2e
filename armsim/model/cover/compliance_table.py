"""A compliance table: with k free units, the first k bases of an order are to be held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from numpy.typing import NDArray
from pydantic import Field

from armsim.config.base import Model
from armsim.config.paths import Path
from armsim.config.quantities import Duration
from armsim.model.cover.base import bases_for
from armsim.model.policies.base import Known, PolicyOptions

if TYPE_CHECKING:
    from armsim.model.world import World


class ComplianceTableOptions(PolicyOptions):
    """Options of ``compliance_table``."""

    order: Annotated[tuple[str, ...], Field(min_length=1, max_length=500)]
    """Names of bases: the first is to be held when one unit is free, the first two when two are, and so on.
    A base named twice is to be held by two. With several forces each reads the names of its own bases."""
    review: Duration | None = None
    """Every so often free units are moved to what the table asks for; none moves them as they come free."""

    def faults(self, known: Known) -> Iterator[tuple[Path, str]]:
        """Bases that are not there."""
        for (_, name), text in known.unknown(self.order, "bases", ("order",)):
            yield ("order", self.order.index(str(name))), text


class ComplianceTable:
    """A free unit goes to the first base of the order that nobody holds; beyond the table, to its own."""

    Options: type[Model] = ComplianceTableOptions

    def __init__(self, options: ComplianceTableOptions, world: World, kind: str, force: int) -> None:
        index = {base.name: number for number, base in enumerate(bases_for(world, kind, force))}
        self.review_every = options.review or 0.0
        self._order = [index[name] for name in options.order if name in index]

    def goes_to(self, own: int, held: Sequence[int]) -> int:
        """The first base not held or headed for as often as the order names it so far."""
        asked: Counter[int] = Counter()
        for base in self._order:
            asked[base] += 1
            if held[base] < asked[base]:
                return base
        return own

    def review(self, at: Sequence[int], minutes: NDArray[Any]) -> list[int]:
        """Fill the bases to be held, in order, each from the nearest unit that is not needed where it is."""
        result = list(at)
        asked = Counter(self._order[: len(result)])
        spare = []
        for unit in sorted(range(len(result)), key=lambda unit: (minutes[unit, result[unit]], unit)):
            base = result[unit]
            if asked[base] > 0:
                asked[base] -= 1
            else:
                spare.append(unit)
        for base in self._order[: len(result)]:
            if asked[base] > 0 and spare:
                nearest = min(spare, key=lambda unit: (minutes[unit, base], unit))
                spare.remove(nearest)
                result[nearest] = base
                asked[base] -= 1
        return result
