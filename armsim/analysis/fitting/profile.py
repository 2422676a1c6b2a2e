"""Hour of the week: how many days' effects and how smooth a day the counts bear out.

The log of the rate is a sum of a constant, an effect of each day of the week, K pairs of waves over the
hours of the day, and, for groups of days whose hours differ, J pairs of waves of their own. A day of the
week turns into the next at midnight or at 06:00, so that a Friday's night may belong to Friday. K, J, the
groups, the hour of the turn and whether days differ at all are those with the least QAIC: AIC with the
likelihood divided by the over-dispersion of the hours about their hour-of-week means (Burnham and Anderson
2002, 2.5), so that a few busy days do not pass for a pattern.

Which shape has the least QAIC is chance too. So the days redrawn are fitted by every shape in turn, each as
often as its weight exp(-QAIC / 2) bids (Buckland, Burnham and Augustin 1997): limits by the best shape alone
are too narrow where the log is short.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from armsim.analysis.fitting.blocks import Floats, Ints
from armsim.analysis.fitting.poisson import fit_poisson

#: Groups of days whose hours may have a shape of their own; Monday is 0.
GROUPS: tuple[tuple[tuple[int, ...], ...], ...] = ((), ((5, 6),), ((4,), (5,), (6,)))
_WAVES, _OWN_WAVES = 8, 4
#: Hours at which a day may turn into the next.
TURNS = (0, 6)
#: Fewer incidents than this say nothing about hours.
LEAST = 50
_HOURS = np.tile(np.arange(24), 7)


@dataclass(frozen=True)
class Shape:
    """How a profile was smoothed.

    Attributes:
        waves: pairs of waves over the day.
        days: whether days of the week differ.
        groups: groups of days with hours of their own, Monday 0.
        own: their pairs of waves.
        turn: hour of the day at which one day of the week turns into the next.
    """

    waves: int
    days: bool
    groups: tuple[tuple[int, ...], ...] = ()
    own: int = 0
    turn: int = 0

    @property
    def words(self) -> str:
        """The shape in words."""
        named = {1: "one wave", 0: "no waves"}.get(self.waves, f"{self.waves} waves")
        at = "midnight" if self.turn == 0 else f"{self.turn:02d}:00"
        days = f"days of the week differ, turning at {at}" if self.days else "no day of the week differs"
        if not self.groups:
            return f"{named} over the day; {days}; the hours are alike on all days"
        names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        own = ", ".join("+".join(names[day] for day in group) for group in self.groups)
        return f"{named} over the day; {days}; {own} with {self.own} of their own"


@dataclass(frozen=True, eq=False)
class ProfileFit:
    """A fitted profile.

    Attributes:
        rates: relative rate by hour of the week from Monday 00:00, shape (168,), mean 1.
        draws: the same for each bootstrap sample, by the shapes that may be, shape (draws, 168).
        shape: how it was smoothed.
        dispersion: variance over mean of hourly counts about their hour-of-week means; at least 1.
        flat: QAIC of a flat profile above that of this one: how much the profile is worth.
    """

    rates: Floats
    draws: Floats
    shape: Shape
    dispersion: float
    flat: float


def by_hour(day: Ints, hour: Ints, days: int) -> Floats:
    """Counts by day and hour of the day, shape (days, 24)."""
    return np.bincount(day * 24 + hour, minlength=days * 24).reshape(days, 24).astype(np.float64)


def fit_profile(counts: Floats, weekday: Ints, weights: Floats) -> ProfileFit | None:
    """Fit a profile.

    Args:
        counts: by day and hour of the day, shape (days, 24).
        weekday: day of the week of each day, Monday 0, shape (days,).
        weights: of :func:`~armsim.analysis.fitting.blocks.redrawn_days`.

    Returns:
        The profile; ``None`` when there are fewer than ``LEAST`` incidents. Days of the week are told apart
        only where there are two of each at least.
    """
    if counts.sum() < LEAST:
        return None
    cells, exposure = _cells(counts, weekday, np.ones(len(weekday)))
    dispersion = _dispersion(counts, weekday)
    scored = []
    for shape in _shapes(days=int(np.bincount(weekday, minlength=7).min()) > 1):
        fit = fit_poisson(_design(shape), cells, exposure)
        scored.append((-2 * fit.log_likelihood / dispersion + 2 * len(fit.coefficients), shape, fit))
    best, shape, fit = min(scored, key=lambda one: one[0])
    draws = []
    which = _shape_of_draws([score for score, _, _ in scored], len(weights))
    for at, row in zip(which, weights, strict=True):
        _, other, start = scored[at]
        draws.append(_refit(other, counts, weekday, row, start.coefficients))
    rates = _relative(shape, fit.coefficients)
    return ProfileFit(rates, np.array(draws), shape, dispersion, scored[0][0] - best)


def _shape_of_draws(scores: Sequence[float], draws: int) -> list[int]:
    """Which shape each of some draws is fitted by: each as often as its Akaike weight bids."""
    weight = np.exp(-(np.array(scores) - min(scores)) / 2.0)
    reached = np.cumsum(weight) / weight.sum()
    at = np.searchsorted(reached, (np.arange(draws) + 0.5) / draws)
    return [min(int(one), len(scores) - 1) for one in at]


def _cells(counts: Floats, weekday: Ints, weight: Floats) -> tuple[Floats, Floats]:
    """Counts and hours observed by hour of the week, each day counted *weight* times."""
    member = np.zeros((7, len(weekday)))
    member[weekday, np.arange(len(weekday))] = weight
    return (member @ counts).ravel(), np.repeat(member.sum(axis=1), 24)


def _dispersion(counts: Floats, weekday: Ints) -> float:
    """Pearson's chi-square of hourly counts about their hour-of-week means over its degrees of freedom."""
    cells, exposure = _cells(counts, weekday, np.ones(len(weekday)))
    mean = (cells / np.maximum(exposure, 1)).reshape(7, 24)[weekday]
    seen = mean > 0
    free = int(seen.sum() - np.count_nonzero(cells))
    if free < 24:
        return 1.0
    return max(1.0, float(((counts - mean)[seen] ** 2 / mean[seen]).sum() / free))


def _shapes(days: bool) -> Iterator[Shape]:
    """The shapes that are tried, the flat one first; without *days* no day of the week differs."""
    for waves in range(_WAVES + 1):
        yield Shape(waves, days=False)
        if not days:
            continue
        for turn in TURNS:
            yield Shape(waves, days=True, turn=turn)
            for groups in GROUPS[1:]:
                for own in range(1, min(waves, _OWN_WAVES) + 1):
                    yield Shape(waves, True, groups, own, turn)


@lru_cache(maxsize=256)
def _design(shape: Shape) -> Floats:
    """Columns of a shape over the hours of the week, shape (168, p)."""
    columns = [np.ones(168), *_waves(shape.waves)]
    days = (np.arange(168) - shape.turn) // 24 % 7
    if shape.days:
        columns += [(days == day).astype(np.float64) for day in range(1, 7)]
    for group in shape.groups:
        inside = np.isin(days, group)
        columns += [wave * inside for wave in _waves(shape.own)]
    return np.column_stack(columns)


def _waves(pairs: int) -> list[Floats]:
    turn = 2 * np.pi * _HOURS / 24
    return [wave(k * turn) for k in range(1, pairs + 1) for wave in (np.cos, np.sin)]


def _refit(shape: Shape, counts: Floats, weekday: Ints, row: Floats, start: Floats) -> Floats:
    """The relative rates with days redrawn; NaN when a day of the week was not drawn."""
    cells, exposure = _cells(counts, weekday, row)
    if (shape.days and (exposure == 0).any()) or not cells.any():
        return np.full(168, np.nan)
    return _relative(shape, fit_poisson(_design(shape), cells, exposure, start).coefficients)


def _relative(shape: Shape, coefficients: Floats) -> Floats:
    rates = np.exp(_design(shape) @ coefficients)
    return np.asarray(rates / rates.mean())
