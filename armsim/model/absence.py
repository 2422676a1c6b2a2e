"""Who is absent: in spells drawn for each officer, or planned and levelled so that no shift bears the brunt.

Spells follow an alternating renewal process with exponential spells and a stationary start. Planned absence
has no chance in it: officer j of a team is away from a shift when ``floor((j + 1) p + f)`` exceeds
``floor(j p + f)``, for a share p and a phase f of the shift. Among the first n officers, whatever n, that is
floor or ceiling of n p: an officer added later moves nobody. f turns by the golden ratio from shift to shift,
the most even of rotations, so that every officer, and the team, is away for the share p in the long run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema.duty import LevelName, PatternTeam, Spells
from armsim.config.schema.threat import LevelConfig
from armsim.domain import ThreatLevel
from armsim.model.patterns import Floats, Ints, holds_for

Bools = NDArray[np.bool_]
GOLDEN = (5**0.5 - 1) / 2
#: Above rounding errors of sums of shares, below any share that somebody writes.
_SLACK = 1e-9


def away_in_spells(
    rng: np.random.Generator, spells: Spells | None, members: Ints, times: Floats, begin: float, end: float
) -> Bools:
    """Whether members (officers or vehicles) are away at the times asked.

    Every member has a fixed number of draws, member after member, so that one added later changes nobody, and
    a longer share leaves the lengths of spells in their order as they were.

    Args:
        rng: the stream of this team, or vehicle kind, and cause.
        spells: long-run share away and mean length of a spell; ``None`` is nobody.
        members: whose state is asked, indices from 0.
        times: minutes, same shape; before *begin* the state at *begin* is given.
        begin: where the process starts, in equilibrium.
        end: the last time asked.

    Returns:
        True where away; shape of *members*.
    """
    if spells is None or spells.share == 0 or spells.spell == 0 or members.size == 0:
        return np.zeros(members.shape, dtype=bool)
    count = int(members.max()) + 1
    span = max(end - begin, 1.0)
    expected = span / spells.spell
    cycles = int(expected + 6 * expected**0.5) + 8
    draws = rng.random((count, 1 + 2 * cycles))
    starts_away = draws[:, 0] < spells.share
    lengths = -np.log1p(-draws[:, 1:])
    lengths[:, 0::2] *= spells.spell
    lengths[:, 1::2] *= spells.spell * (1 - spells.share) / spells.share
    present = ~starts_away
    lengths[present] = lengths[present].reshape(-1, cycles, 2)[:, :, ::-1].reshape(-1, 2 * cycles)
    changes = _changes_before(np.cumsum(lengths, axis=1), members, np.clip(times - begin, 0, span), span)
    return np.asarray(starts_away[members] ^ (changes % 2 == 1))


def _changes_before(edges: Floats, members: Ints, ages: Floats, span: float) -> Ints:
    """How many of its row's edges are at or before each age; one sorted search over all rows."""
    step = 2 * (span + 1)
    rows = np.arange(len(edges))[:, None] * step
    flat = (np.minimum(edges, span + 1) + rows).ravel()
    found = np.searchsorted(flat, ages + members * step, side="right")
    return np.asarray(found - members * edges.shape[1])


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


def planned_shares(team: PatternTeam, name: str, levels: Mapping[LevelName, LevelConfig]) -> Floats:
    """Share of duties lost to planned absence at each threat level, at most 1; in order of level."""
    shares = np.full(len(ThreatLevel), _total(team, ()))
    for level, config in levels.items():
        if holds_for(config, name):
            shares[ThreatLevel[level]] = _total(team, config.duty.suspend)
    return shares


def _total(team: PatternTeam, suspended: Iterable[str]) -> float:
    stopped = set(suspended)
    parts = [team.planned_absence[name] for name in sorted(team.planned_absence) if name not in stopped]
    return min(1.0, sum(parts))


def presence(team: PatternTeam) -> float:
    """Long-run share of rostered duties that officers in post parade for, away from any level's settings."""
    present = 1.0 - _total(team, ())
    for spell in (team.sickness, team.non_deployable):
        present *= 1.0 - (spell.share if spell else 0.0)
    return present
