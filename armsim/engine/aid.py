"""Mutual aid between blocs of forces: who is asked, who lends, and what the lender may call back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from armsim.domain import Grade
from armsim.engine.fleet import Fleet
from armsim.engine.pool import Pool
from armsim.engine.unit import EN_ROUTE, MOBILISING, Unit

if TYPE_CHECKING:
    from armsim.engine.incident import Incident


@dataclass(frozen=True, slots=True)
class AidTerms:
    """Terms of mutual aid.

    Attributes:
        ask_below: asked when fewer of the bloc's own units of the kind are free.
        ask_beyond: asked as well when no own unit is expected within so many minutes.
        lend_above: lent only while more of the lender's own units of the kind are free.
        delay: mobilisation delay of a lent unit, minutes.
        kinds: codes of the kinds that are lent.
        period: minutes that a unit is lent for; 0 is for the job.
    """

    ask_below: int
    ask_beyond: float
    lend_above: int
    delay: float
    kinds: frozenset[int]
    period: float


class Aid:
    """What one bloc may have of the others, and what it has lent to them.

    Args:
        terms: the terms of the agreement.
        fleet: the units.
        pools: by bloc, by kind.
        bloc: index of this bloc.
        tiers: indices of the other blocs: the alliance's, the region's, the rest.

    Attributes:
        queues: incidents that wait, by bloc; set when all control rooms are there.
    """

    def __init__(
        self,
        terms: AidTerms,
        fleet: Fleet,
        pools: Sequence[Sequence[Pool]],
        bloc: int,
        tiers: Sequence[Sequence[int]],
    ) -> None:
        self.terms = terms
        self._fleet = fleet
        self._pools = pools
        self._bloc = bloc
        self._tiers = tiers
        self.queues: Sequence[Sequence[Incident]] = ()
        self._own_units = [unit for unit in fleet.units if unit.home_pool.bloc == bloc]

    def wanted(self, kind: int, free: int, quickest: float) -> bool:
        """Whether to ask others for a kind, with so many own units free and the quickest so far away."""
        terms = self.terms
        return kind in terms.kinds and (free < terms.ask_below or quickest > terms.ask_beyond)

    def own_free(self, pool: Pool, now: float) -> list[Unit]:
        """Free units of *pool* that are its bloc's own, not lent to it."""
        self._fleet.free(pool, now)
        return [unit for group in (pool.wheel, pool.home) for unit in group if unit.home_pool is pool]

    def offers(
        self, kind: int, wanted: int, grade: int, latest: float, now: float
    ) -> list[tuple[list[Unit], int]]:
        """What the nearest tier with units of a kind to lend has, by lender.

        A lender does not lend what its own work of that grade or above waits for.

        Args:
            kind: code of the kind.
            wanted: mask of capabilities, of which a unit brings one at least.
            grade: grade of the work that it is for.
            latest: its duty goes on after this minute.
            now: the minute.

        Returns:
            For each lender the units that it may lend, and how many of them it does lend.
        """
        for tier in self._tiers:
            offers = []
            for bloc in tier:
                own = self.own_free(self._pools[bloc][kind], now)
                kept = self._waited_for(bloc, kind, grade)
                able = [
                    unit
                    for unit in own
                    if unit.offers & wanted and not unit.offers & kept and unit.ends > latest
                ]
                if able and len(own) > self.terms.lend_above:
                    offers.append((able, len(own) - self.terms.lend_above))
            if offers:
                return offers
        return []

    def _waited_for(self, bloc: int, kind: int, grade: int) -> int:
        """Mask of what the work of a bloc waits for that may come from a kind, of a grade or above."""
        mask = 0
        for incident in self.queues[bloc]:
            rules = incident.rules
            if rules.grade <= grade and any(code == kind for code, _, _ in rules.kinds):
                mask |= incident.wanted
        return mask

    def recallable(self, kind: int, grade: int, now: float) -> Iterator[Unit]:
        """Units lent and not yet arrived, which the lender may call back for its own grade 1 and above."""
        if grade > Grade.G1 or kind not in self.terms.kinds:
            return
        for unit in self._own_units:
            if unit.lent_until != inf and unit.code == kind:
                self._fleet.look(unit, now)
                if unit.status in (MOBILISING, EN_ROUTE):
                    yield unit

    def settle(self, unit: Unit, force: int, now: float) -> float:
        """Lend a unit sent for *force*, or take the bloc's own one back; minutes of mobilisation delay."""
        if unit.pool.bloc == self._bloc:
            return 0.0
        if unit.home_pool.bloc == self._bloc:
            self._fleet.come_home(unit, now)
            return 0.0
        pool = self._pools[self._bloc][unit.code]
        self._fleet.lend(unit, pool, force, now, now + self.terms.period)
        return self.terms.delay
