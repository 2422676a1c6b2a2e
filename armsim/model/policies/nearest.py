"""The nearest unit, with or without a reserve kept back."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from armsim.config.base import Model
from armsim.model.policies.base import NoOptions
from armsim.model.policies.candidates import Candidates

if TYPE_CHECKING:
    from armsim.model.world import World


class Nearest:
    """Least expected arrival, handicap included; no reserve is kept."""

    Options: type[Model] = NoOptions
    keeps_reserve = False
    RULES: tuple[str, ...] = ("nearest",)

    def __init__(self, options: NoOptions, world: World) -> None:  # noqa: ARG002
        self.options = options

    def costs(self, incident: Any, candidates: Candidates) -> list[float]:  # noqa: ARG002
        """Expected arrival plus handicap."""
        return candidates.arrivals()

    def rule(self, incident: Any, candidates: Candidates, index: int) -> int:  # noqa: ARG002
        """There is one rule."""
        return 0


class NearestWithReserve(Nearest):
    """Least expected arrival among kinds of which more are free than the reserve kept back from the grade."""

    keeps_reserve = True
    RULES = ("nearest", "nearest_but_reserve")

    def costs(self, incident: Any, candidates: Candidates) -> list[float]:  # noqa: ARG002
        """Expected arrival plus handicap; infinity where the reserve would be touched."""
        if candidates.plain:
            return candidates.minutes
        rows = zip(candidates.minutes, candidates.handicaps, candidates.spare, strict=True)
        return [m + h if spare > 0 else inf for m, h, spare in rows]

    def rule(self, incident: Any, candidates: Candidates, index: int) -> int:  # noqa: ARG002
        """Whether a nearer one was kept back."""
        if candidates.plain:
            return 0
        arrivals = candidates.arrivals()
        mine = arrivals[index]
        nearer = (held and a < mine for a, held in zip(arrivals, candidates.held(), strict=True))
        return int(any(nearer))
