"""How many a year, by month, and how much days differ beyond chance.

Day to day is the model of :func:`armsim.model.profiles.day_factors`: each type's rate is multiplied by a
gamma factor a day, of mean 1 and variance cv², of which a share is common to all types. By the method of
moments: cv² is the excess of the squared deviations of daily counts over the counts, the common part that
of the products of two types' deviations, each over what a factor of variance 1 would give. Deviations are
from the means of the days of the week; these are fitted to the same days, which is allowed for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri
from scipy.stats import nbinom, poisson

from armsim.analysis.fitting.blocks import Floats, Ints, estimate, limits
from armsim.analysis.intervals import Estimate
from armsim.model.profiles import DAYS_PER_MONTH

Bools = NDArray[np.bool_]
DAYS_PER_YEAR = sum(DAYS_PER_MONTH)
#: A day is extreme when a day so busy is to be expected less than once in a hundred logs of this length.
_RARE = 0.01
#: One extreme day in so many days may be set aside.
_ASIDE_EVERY = 90


def annual_rate(per_day: Floats, weights: Floats, level: float = 0.95) -> Estimate:
    """Incidents a year of 365.25 days, from counts by day.

    Limits come from days redrawn, and are no narrower than those of a Poisson count (Garwood 1936): a few
    incidents, or a few days that happen to be alike, say little.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        draws = weights @ per_day / weights.sum(axis=1) * DAYS_PER_YEAR
    value = float(per_day.mean() * DAYS_PER_YEAR)
    count, scale = float(per_day.sum()), DAYS_PER_YEAR / len(per_day)
    redrawn = estimate(value, draws, len(per_day), count, level)
    low = float(gammaincinv(count, (1 - level) / 2)) * scale if count else 0.0
    high = float(gammaincinv(count + 1, (1 + level) / 2)) * scale
    return replace(redrawn, low=float(np.fmin(redrawn.low, low)), high=float(np.fmax(redrawn.high, high)))


@dataclass(frozen=True, eq=False)
class SeasonFit:
    """Rate by month over the mean of the year, January first: value and draws, shapes (12,), (draws, 12)."""

    factors: Floats
    draws: Floats

    def interval(self, month: int, level: float = 0.95) -> tuple[float, float]:
        """Limits of a month, 0 for January."""
        return limits(self.draws[:, month], level)


def fit_season(per_day: Floats, month: Ints, weights: Floats) -> SeasonFit | None:
    """Season by month; ``None`` unless the log covers every month nearly whole.

    Args:
        per_day: incidents of all types by day, shape (days,).
        month: month of each day, 0 for January, shape (days,).
        weights: days redrawn.
    """
    days = np.bincount(month, minlength=12)
    if (days < np.floor(np.array(DAYS_PER_MONTH)) - 3).any():
        return None
    member = np.zeros((len(month), 12))
    member[np.arange(len(month)), month] = 1.0

    def factors(rows: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            rate = (rows * per_day) @ member / (rows @ member)
        return np.asarray(rate / (rate @ np.array(DAYS_PER_MONTH) / DAYS_PER_YEAR)[:, None])

    return SeasonFit(factors(np.ones((1, len(month))))[0], factors(weights))


@dataclass(frozen=True, eq=False)
class Spread:
    """Day-to-day spread.

    Attributes:
        cv: coefficient of variation of the daily factor.
        shared: share of its variance common to all types; NaN with fewer than two types.
        by_type: coefficient of variation of each type alone.
        extreme: days set aside: index of the day, its count, what was expected.
        with_extreme: ``cv`` with the days set aside put back.
    """

    cv: Estimate
    shared: Estimate
    by_type: tuple[Estimate, ...]
    extreme: tuple[tuple[int, float, float], ...]
    with_extreme: float


def fit_spread(counts: Floats, group: Ints, weights: Floats, level: float = 0.95) -> Spread | None:
    """Day-to-day spread of some types together.

    Args:
        counts: by type and day, shape (types, days).
        group: what days are compared within, such as the day of the week, shape (days,).
        weights: days redrawn.
        level: confidence level.

    Returns:
        The spread; ``None`` when no group has three days, or no more than a fifth more days than groups.
    """
    kept = np.ones(counts.shape[1], dtype=np.bool_)
    if not _enough(group) or counts.sum() == 0:
        return None
    found: list[tuple[int, float, float]] = []
    for _ in range(math.ceil(counts.shape[1] / _ASIDE_EVERY)):
        day = _extreme(counts.sum(axis=0), group, kept)
        if day is None:
            break
        kept[day] = False
        expected = _means(counts.sum(axis=0)[None, :], group, kept)[0]
        found.append((day, float(counts[:, day].sum()), float(expected[day])))
    rows = weights * kept
    cv, shared = _moments(counts, group, kept, rows)
    value, common = _moments(counts, group, kept, kept[None, :].astype(np.float64))
    by_type = []
    for own in counts:
        alone = _moments(own[None, :], group, kept, rows)[0]
        mine = float(_moments(own[None, :], group, kept, kept[None, :].astype(np.float64))[0][0])
        by_type.append(estimate(mine, alone, int(kept.sum()), float(own.sum()), level))
    everything = np.ones_like(kept)
    again = _moments(counts, group, everything, everything[None, :].astype(np.float64))[0]
    total, days = float(counts.sum()), int(kept.sum())
    return Spread(
        estimate(float(value[0]), cv, days, total, level),
        estimate(float(common[0]), shared, days, total, level),
        tuple(by_type), tuple(sorted(found)), float(again[0]),
    )  # fmt: skip


def _enough(group: Ints) -> bool:
    sizes = np.bincount(group)
    return bool(sizes.max() >= 3 and len(group) > 1.2 * np.count_nonzero(sizes))


def _means(counts: Floats, group: Ints, kept: Bools) -> Floats:
    """Mean counts of each day's group over the days kept, shape (types, days)."""
    member = np.zeros((len(group), int(group.max()) + 1))
    member[np.arange(len(group)), group] = 1.0
    inside = member * kept[:, None]
    return np.asarray((counts @ inside / np.maximum(inside.sum(axis=0), 1))[:, group])


def _moments(counts: Floats, group: Ints, kept: Bools, rows: Floats) -> tuple[Floats, Floats]:
    """Coefficient of variation and shared for each row of day weights; shapes (rows,)."""
    mean = _means(counts, group, kept)
    away = counts - mean
    sizes = np.bincount(group[kept], minlength=int(group.max()) + 1)
    # A mean of m days takes 1/m of the variance of each of them with it.
    scale = sizes[group] / np.maximum(sizes[group] - 1, 1) * (sizes[group] > 1) * kept
    own = rows @ (((away**2).sum(axis=0) * scale) - counts.sum(axis=0) * (scale > 0))
    unit = rows @ ((mean**2).sum(axis=0) * (scale > 0))
    together = rows @ ((away.sum(axis=0) ** 2 - (away**2).sum(axis=0)) * scale)
    pairs = rows @ ((mean.sum(axis=0) ** 2 - (mean**2).sum(axis=0)) * (scale > 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = own / unit
        shared = np.where(variance > 0, np.clip(together / pairs / variance, 0, 1), np.nan)
    return np.sqrt(np.maximum(variance, 0.0)), np.asarray(shared)


def _extreme(total: Floats, group: Ints, kept: Bools) -> int | None:
    """The busiest day for its group, when chance and the spread of the other days hardly make one."""
    candidates = np.flatnonzero(kept & (np.bincount(group[kept], minlength=int(group.max()) + 1)[group] > 2))
    if not len(candidates):
        return None
    mean = _means(total[None, :], group, kept)[0]
    day = int(candidates[np.argmax((total - mean)[candidates] / np.sqrt(mean[candidates] + 1e-9))])
    others = kept.copy()
    others[day] = False
    expected = float(_means(total[None, :], group, others)[0, day])
    cv = float(_moments(total[None, :], group, others, others[None, :].astype(np.float64))[0][0])
    return day if _beyond(total[day], expected, cv) < _RARE / len(total) else None


def _beyond(count: float, mean: float, cv: float) -> float:
    """Chance of a day as busy or busier: Poisson, mixed by a gamma factor (negative binomial)."""
    if cv < 1e-4:
        return float(poisson.sf(count - 1, mean))
    shape = cv**-2
    return float(nbinom.sf(count - 1, shape, shape / (shape + mean)))


def count_limits(
    mean: float, days: float, cv: float, low: float, high: float, level: float
) -> tuple[float, float]:
    """Where the count of a future period lies: Poisson, daily factors, and how well the mean is known.

    Args:
        mean: expected count.
        days: days of the period.
        cv: of the daily factor.
        low: lower limit of the mean.
        high: upper limit of it.
        level: of all these limits.
    """
    z = float(ndtri((1 + level) / 2))
    known = (high - low) / (2 * z) if math.isfinite(high - low) else 0.0
    sd = math.sqrt(mean + (mean * cv) ** 2 / max(days, 1.0) + known**2)
    return max(0.0, mean - z * sd), mean + z * sd
