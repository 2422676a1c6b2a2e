"""What holding a threat level does to officers and crews day by day, and when that passes a limit.

Sums by day are kept of each replication of ``armsim sustain``. A figure of a day is a ratio of sums over
replications, with jackknife limits; no replication's own day of breaking is ever averaged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.analysis.hours import daily
from armsim.analysis.intervals import ratio_of_sums
from armsim.model.world import World

if TYPE_CHECKING:
    from armsim.analysis.measure import Log

Floats = NDArray[np.float64]

#: Names of the limits, in the order in which they are told.
LIMITS = ("rest_days", "hours", "share_over_hours", "crewing")
_SHARES = ("share_over_hours", "crewing")
#: Days that the share of crews formed is taken over.
WEEK = 7
_OFFICERS = "people_held_officers"
#: Sum by day behind each figure of officers, and its name in ``hours.daily``.
_OF_OFFICERS = {
    "rest_days": ("people_held_lost", "rest_days_lost"),
    "hours": ("people_held_hours", "hours"),
    "share_over_hours": ("people_held_over_limit", "share_over_hours"),
}
_CREWS = {"planned": "crews_held_planned", "crewed": "crews_held_crewed"}
#: Rounding of sums, which passes no limit.
_SLACK = 1e-9


@dataclass(frozen=True, eq=False)
class Curve:
    """A figure by day of the level.

    Attributes:
        value: pooled over replications, shape (days,); NaN where there is nothing to pool.
        low: lower limits; NaN where they cannot be told.
        high: upper limits; likewise.
    """

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Days:
    """For how many whole days a limit is kept.

    Attributes:
        value: days before the first on which the figure passes the limit; infinity when none does.
        low: the same of the end of the interval that passes first; NaN when no interval can be told.
        high: the same of the other end.
    """

    value: float
    low: float
    high: float


def posture_totals(log: Log, world: World, totals: Mapping[str, float]) -> dict[str, float]:
    """Sums by day of the window, of the teams under ``sustain.teams``; none unless ``sustain.by_day``.

    Args:
        log: the log of one replication.
        world: the world it ran in.
        totals: what ``hours.people_totals`` found.

    Returns:
        ``people_held_officers`` in post; by day, ``:window_day=D`` from 0, ``people_held_lost`` rest days,
        ``people_held_hours`` (average weeks), ``people_held_over_limit`` officers, ``crews_held_planned`` and
        ``crews_held_crewed`` (armed response vehicles of all teams).
    """
    judged = world.scenario.sustain
    if not judged.by_day:
        return {}
    series = daily(log, world, judged.teams)
    officers = sum(totals.get(f"people_officers:team={team}", 0.0) for team in judged.teams)
    sums = {head: series[name] for name, head in _CREWS.items()}
    if officers:
        sums |= {head: series[name] * officers for head, name in _OF_OFFICERS.values()}
    return {_OFFICERS: officers} | {
        f"{head}:window_day={day}": value
        for head, values in sums.items()
        for day, value in enumerate(values.tolist())
    }


def curve(totals: pd.DataFrame, limit: str, days: int, confidence: float) -> Curve:
    """A figure by day of the level, which takes hold on day 1 of the window, day 0 being the one before.

    Args:
        totals: sums, a row a replication, a column a name of :func:`posture_totals`.
        limit: one of ``LIMITS``, whose figure is wanted: rest days lost to an officer; average week, hours;
            share of officers above the legal average; share of planned crews formed in the week that ends
            with the day, before there is one in the first ``WEEK`` days of the level.
        days: days of the level.
        confidence: of the limits.
    """
    upper, lower = _sums(totals, limit, range(1, days + 1))
    found = [ratio_of_sums(*both, confidence) for both in zip(upper.T, lower.T, strict=True)]
    value, low, high = np.array([(one.value, one.low, one.high) for one in found]).T
    if limit in _SHARES:
        low, high = np.maximum(low, 0.0), np.minimum(high, np.maximum(value, 1.0))
    return Curve(value, low, high)


def before(totals: pd.DataFrame, limit: str) -> float:
    """The same figure on the day before the level, of crews on that day alone; NaN where there is none."""
    upper, lower = _sums(totals, limit, range(1))
    return ratio_of_sums(upper[:, 0], lower[:, 0]).value


def days_kept(found: Curve, limit: float, least: bool = False) -> Days:
    """For how many days a limit is kept; a figure at the limit keeps it.

    Where every replication has the same figure on a day its limits are that figure; where that is so on all
    days no interval can be told.

    Args:
        found: the figure by day.
        limit: the limit.
        least: it is the least that the figure may be, not the most.
    """
    value = _kept(found.value, limit, least)
    if not np.isfinite(found.high).any():
        return Days(value, math.nan, math.nan)
    low, high = (np.where(np.isnan(end), found.value, end) for end in (found.low, found.high))
    worst, best = (low, high) if least else (high, low)
    return Days(value, _kept(worst, limit, least), _kept(best, limit, least))


def days_of_all(each: Iterable[Days]) -> Days:
    """For how many days all limits are kept: the least of each; ends that cannot be told are the value's.

    The interval is by the same rule as that of one limit: the first day on which an end of any passes.
    """
    known = list(each)
    value = min((one.value for one in known), default=math.inf)
    if all(math.isnan(one.low) for one in known):
        return Days(value, math.nan, math.nan)
    lows = [one.value if math.isnan(one.low) else one.low for one in known]
    highs = [one.value if math.isnan(one.high) else one.high for one in known]
    return Days(value, min(lows), min(highs))


def _kept(values: Floats, limit: float, least: bool) -> float:
    passed = np.flatnonzero(values < limit - _SLACK if least else values > limit + _SLACK)
    return float(passed[0]) if len(passed) else math.inf


def _sums(totals: pd.DataFrame, limit: str, days: range) -> tuple[Floats, Floats]:
    """Numerators and denominators, each of shape (replications, days)."""
    if limit == "crewing":
        upper, lower = (_by_week(_by_day(totals, _CREWS[name], days)) for name in ("crewed", "planned"))
        return upper, lower
    officers = totals.reindex(columns=[_OFFICERS], fill_value=0.0).to_numpy(dtype=np.float64)
    return _by_day(totals, _OF_OFFICERS[limit][0], days), np.repeat(officers, len(days), axis=1)


def _by_day(totals: pd.DataFrame, head: str, days: range) -> Floats:
    names = [f"{head}:window_day={day}" for day in days]
    return np.asarray(totals.reindex(columns=names, fill_value=0.0).to_numpy(dtype=np.float64))


def _by_week(values: Floats) -> Floats:
    """Sums over each day and the six before it; on the first days those over the first week.

    So no single day breaks a limit, and none that the first week breaks is kept for part of it.
    """
    sums = np.cumsum(values, axis=1)
    sums[:, WEEK:] -= sums[:, :-WEEK].copy()
    sums[:, : WEEK - 1] = sums[:, [min(WEEK, sums.shape[1]) - 1]]
    return sums
