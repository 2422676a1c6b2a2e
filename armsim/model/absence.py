"""Who is absent: in spells drawn for each officer, or by shares levelled so that no shift bears the brunt.

Spells follow an alternating renewal process with exponential spells and a stationary start. A levelled share
has no chance in it: officer j of a team is taken from a shift when ``floor((j + 1) p + f)`` exceeds
``floor(j p + f)``, for a share p and a phase f of the shift. Among the first n officers, whatever n, that is
floor or ceiling of n p: an officer added later moves nobody. f turns by the golden ratio from shift to shift,
the most even of rotations, so that every officer, and the team, is taken for the share p in the long run.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema.duty import PatternTeam, Spells
from armsim.config.schema.people import Attrition
from armsim.domain import MINUTES_PER_DAY
from armsim.model.forces import ForceTeam
from armsim.model.patterns import Floats, Ints
from armsim.streams import Streams

Bools = NDArray[np.bool_]
GOLDEN = (5**0.5 - 1) / 2
MINUTES_PER_YEAR = 365.25 * MINUTES_PER_DAY
#: Above rounding errors of sums of shares, below any share that somebody writes.
_SLACK = 1e-9


class SpellProcess:
    """Spells of absence of members (officers or vehicles), drawn once and asked at any times.

    Every member has a fixed number of draws, member after member, so that one added later changes nobody, and
    a longer share leaves the lengths of spells in their order as they were.

    Args:
        rng: the stream of this team, or vehicle kind, and cause.
        spells: long-run share away and mean length of a spell; ``None`` is nobody.
        count: number of members.
        begin: where the process starts, in equilibrium.
        end: the last time asked.
    """

    def __init__(
        self, rng: np.random.Generator, spells: Spells | None, count: int, begin: float, end: float
    ) -> None:
        self._begin, self._span = begin, max(end - begin, 1.0)
        self._edges: Floats | None = None
        if spells is None or spells.share == 0 or spells.spell == 0 or count == 0:
            return
        expected = self._span / spells.spell
        cycles = int(expected + 6 * expected**0.5) + 8
        draws = rng.random((count, 1 + 2 * cycles))
        self._starts_away: Bools = draws[:, 0] < spells.share
        lengths = -np.log1p(-draws[:, 1:])
        lengths[:, 0::2] *= spells.spell
        lengths[:, 1::2] *= spells.spell * (1 - spells.share) / spells.share
        present = ~self._starts_away
        lengths[present] = lengths[present].reshape(-1, cycles, 2)[:, :, ::-1].reshape(-1, 2 * cycles)
        self._width = 2 * cycles
        self._step = 2 * (self._span + 1)
        rows = np.arange(count)[:, None] * self._step
        self._edges = (np.minimum(np.cumsum(lengths, axis=1), self._span + 1) + rows).ravel()

    def at(self, members: Ints, times: Floats) -> Bools:
        """Whether members, indices from 0, are away at *times* (same shape); before *begin* as at *begin*."""
        if self._edges is None or members.size == 0:
            return np.zeros(members.shape, dtype=bool)
        ages = np.clip(times - self._begin, 0, self._span)
        found = np.searchsorted(self._edges, ages + members * self._step, side="right")
        changes = found - members * self._width
        return np.asarray(self._starts_away[members] ^ (changes % 2 == 1))


def away_in_spells(
    rng: np.random.Generator, spells: Spells | None, members: Ints, times: Floats, begin: float, end: float
) -> Bools:
    """Whether members are away at the times asked, by a :class:`SpellProcess` of as many as the highest.

    Returns:
        True where away; shape of *members*.
    """
    count = int(members.max()) + 1 if members.size else 0
    return SpellProcess(rng, spells, count, begin, end).at(members, times)


class Away:
    """Spells of the officers of a pattern team of one force: sickness, no deployment, vacant posts.

    Args:
        team: the team.
        mine: its name and force, which name the streams.
        count: how many officers.
        streams: the replication's streams.
        begin: start of the run, minutes.
        end: end of the run, minutes.
    """

    def __init__(
        self, team: PatternTeam, mine: ForceTeam, count: int, streams: Streams, begin: float, end: float
    ) -> None:
        def process(cause: str, spells: Spells | None) -> SpellProcess | None:
            if spells is None:
                return None
            rng = streams.generator("duty", mine.force, mine.name, cause)
            return SpellProcess(rng, spells, count, begin, end)

        self._sickness = process("sickness", team.sickness)
        self._non_deployable = process("non_deployable", team.non_deployable)
        self._attrition = process("attrition", vacant_spells(team.attrition))

    def sick(self, officer: Ints, minute: Floats) -> Bools:
        """Whether each is sick."""
        return _at(self._sickness, officer, minute)

    def not_deployable(self, officer: Ints, minute: Floats) -> Bools:
        """Whether each cannot be deployed."""
        return _at(self._non_deployable, officer, minute)

    def vacant(self, officer: Ints, minute: Floats) -> Bools:
        """Whether the post of each is empty."""
        return _at(self._attrition, officer, minute)


def _at(process: SpellProcess | None, officer: Ints, minute: Floats) -> Bools:
    return np.zeros(officer.shape, dtype=bool) if process is None else process.at(officer, minute)


def vacant_spells(attrition: Attrition | None) -> Spells | None:
    """Empty posts as spells: of officers in post a share *a* leaves in a year, each post is empty for T.

    In the long run aT / (1 + aT) of posts are empty.
    """
    if attrition is None:
        return None
    empty = attrition.a_year * attrition.replaced_after / MINUTES_PER_YEAR
    # Made without reading: the fields are read from text with a unit, and these are minutes already.
    return Spells.model_construct(share=empty / (1.0 + empty), spell=attrition.replaced_after)


def levelled(index: Ints, share: float | Floats, phase: float | Floats) -> Bools:
    """Whether the levelled rule takes member *index* (from 0) at this *share* and *phase*; broadcasts."""
    first: Floats = np.floor(index * share + phase + _SLACK)
    return np.asarray(np.floor((index + 1) * share + phase + _SLACK) > first)


def phase_of(turn: int | Ints, offset: float | Floats = 0.0) -> Floats:
    """Phase of the turn-th shift, from 0 up to 1: the golden rotation."""
    return np.asarray(turn * GOLDEN + offset, dtype=np.float64) % 1.0


def marked(index: Ints, share: float) -> Bools:
    """Officers who hold an authorisation, spread evenly over the index by the golden ratio.

    Not by :func:`levelled`: with an equal share of absence the same officers would be away together.
    """
    return np.asarray((index * GOLDEN + 0.5) % 1.0 < share)


def presence(team: PatternTeam) -> float:
    """Long-run share of rostered duties that officers in post parade for, away from any level's settings."""
    present = 1.0 - min(1.0, sum(team.planned_absence[name] for name in sorted(team.planned_absence)))
    for spell in (team.sickness, team.non_deployable):
        present *= 1.0 - (spell.share if spell else 0.0)
    return present
