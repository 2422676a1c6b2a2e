"""Rates over time: hour of the week, season, busy and quiet days; and arrivals from a rate.

A year is 365.25 days here, February 28.25 of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from armsim.config.quantities import ClockSpan
from armsim.config.schema.demand import DayToDay, Month, Profile
from armsim.config.schema.region import EVERY_DAY, Day
from armsim.domain import HOURS_PER_WEEK, MINUTES_PER_DAY, MINUTES_PER_HOUR
from armsim.streams import Streams

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAYS_PER_MONTH = (31.0, 28.25, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0)
MINUTES_PER_YEAR = sum(DAYS_PER_MONTH) * MINUTES_PER_DAY
_WEEK = int(HOURS_PER_WEEK * MINUTES_PER_HOUR)
_DAY = int(MINUTES_PER_DAY)
#: Below this coefficient of variation the days are taken as equal: its gamma law is beyond floating point.
_NO_SPREAD = 1e-5


def week_minutes(days: Sequence[Day], hours: ClockSpan) -> Ints:
    """Minutes of the week, from Monday 00:00, that lie in *hours* of *days*.

    Hours past midnight belong to the day on which they begin; Sunday's run into Monday.
    """
    firsts = np.array([EVERY_DAY.index(day) * _DAY + hours.start for day in days], dtype=np.int64)
    return (firsts[:, None] + np.arange(hours.length)).ravel() % _WEEK


@lru_cache(maxsize=256)
def weekly(profile: Profile | None) -> Floats:
    """Relative rate by hour of the week, from Monday 00:00: shape (168,), mean 1, read only.

    An adjustment that covers part of an hour counts for that part. Without a profile the rate is flat.

    Raises:
        ValueError: the profile is 0 at every hour.
    """
    if profile is None:
        return np.ones(HOURS_PER_WEEK)
    minutes = np.repeat(np.tile(np.array(profile.hours, dtype=np.float64), 7), int(MINUTES_PER_HOUR))
    for adjustment in profile.adjustments:
        minutes[np.unique(week_minutes(adjustment.days, adjustment.hours))] *= adjustment.factor
    hours = minutes.reshape(HOURS_PER_WEEK, -1).mean(axis=1)
    if not hours.any():
        raise ValueError("the profile is 0 at every hour; write at least one hour above 0")
    hours = hours / hours.mean()
    hours.setflags(write=False)
    return np.asarray(hours)


def seasonal(season: Mapping[Month, float]) -> Floats:
    """Multiplier by month, January first: shape (12,), with a mean of 1 over the days of a year.

    Raises:
        ValueError: the season is 0 in every month.
    """
    factors = np.array([season.get(month, 1.0) for month in get_args(Month)], dtype=np.float64)
    mean = np.average(factors, weights=DAYS_PER_MONTH)
    if mean == 0:
        raise ValueError("the season is 0 in every month; write at least one month above 0")
    return np.asarray(factors / mean)


def hour_of_week(minutes: NDArray[Any], start: date) -> Ints:
    """Hours of the week (0 to 167, Monday 00:00 first) of *minutes* since midnight of *start*."""
    hours = np.floor(np.asarray(minutes, dtype=np.float64) / MINUTES_PER_HOUR).astype(np.int64)
    return (hours + 24 * start.weekday()) % HOURS_PER_WEEK


@dataclass(frozen=True, slots=True)
class Grid:
    """Stretches of time within which every rate is constant.

    Attributes:
        edges: minutes, rising, shape (n + 1,).
        hour: hour of the week of each stretch, shape (n,).
        month: its month, 0 for January, shape (n,).
        day: its day, from 0 for the day of the first edge, shape (n,).
    """

    edges: Floats
    hour: Ints
    month: Ints
    day: Ints

    @property
    def days(self) -> int:
        """Number of days that it touches."""
        return int(self.day[-1]) + 1 if self.day.size else 0

    @property
    def starts(self) -> Floats:
        """Where each stretch starts, shape (n,)."""
        return self.edges[:-1]


def hourly_grid(start: date, begin: float, end: float, cuts: Iterable[float] = ()) -> Grid:
    """The hours of [*begin*, *end*), further divided at *cuts*.

    Args:
        start: the date whose midnight is minute 0.
        begin: minute; may be negative and inside an hour.
        end: minute, not before *begin*.
        cuts: further minutes; those outside do nothing.
    """
    hours = np.arange(np.floor(begin / MINUTES_PER_HOUR) + 1, np.ceil(end / MINUTES_PER_HOUR))
    inside = np.concatenate([hours * MINUTES_PER_HOUR, [cut for cut in cuts if begin < cut < end]])
    edges = np.unique(np.concatenate([[begin, end], inside]))
    day = np.floor(edges[:-1] / MINUTES_PER_DAY).astype(np.int64)
    months = (np.datetime64(start, "D") + day).astype("datetime64[M]").astype(np.int64) % 12
    return Grid(edges, hour_of_week(edges[:-1], start), months, day - day[0] if day.size else day)


def shared_days(streams: Streams, days: int, spread: DayToDay) -> Floats:
    """What all types and forces have in common of how busy a day is, shape (days,): :func:`day_factors`."""
    if spread.cv < _NO_SPREAD:
        return np.full(days, spread.shared)
    shape = spread.cv**-2
    return _gamma(streams.generator("demand", "day", "shared"), spread.shared * shape, days) / shape


def day_factors(streams: Streams, name: str, force: str, shared: Floats, spread: DayToDay) -> Floats:
    """How busy each day is for the type *name* in a force: gamma factors of mean 1, shape (days,).

    Sum construction: with k = 1/cv², Gamma(shared k, 1/k), the same for every type and force, plus an own
    Gamma((1 - shared) k, 1/k). The sum is exactly Gamma(k, 1/k), of mean 1 and variance cv², and any two
    types or forces correlate by *shared*. Both come from one uniform a day by inversion.

    Args:
        streams: the streams of the replication.
        name: name of the type.
        force: name of the force.
        shared: what :func:`shared_days` gave, shape (days,).
        spread: coefficient of variation and share.
    """
    if spread.cv < _NO_SPREAD:
        return np.ones(shared.size)
    shape = spread.cv**-2
    own = _gamma(streams.generator("demand", name, force, "day"), (1.0 - spread.shared) * shape, shared.size)
    return shared + own / shape


def _gamma(rng: np.random.Generator, shape: float, days: int) -> Floats:
    """Gamma draws of scale 1; a *shape* of 0 is the constant 0."""
    return np.asarray(gammaincinv(shape, rng.random(days))) if shape > 0 else np.zeros(days)


def arrivals(rng: np.random.Generator, edges: Floats, rates: Floats) -> Floats:
    """Arrival times of a Poisson process with piecewise constant rate, by inversion.

    The k-th arrival is where the cumulative rate reaches the sum of the first k unit exponentials. A later
    end of the last stretch therefore adds arrivals and moves none.

    Args:
        rng: the stream of unit exponentials.
        edges: minutes, rising, shape (n + 1,).
        rates: arrivals a minute between the edges, 0 or more, shape (n,).

    Returns:
        Minutes, rising, all in [first edge, last edge).
    """
    cumulative = np.concatenate([[0.0], np.cumsum(rates * np.diff(edges))])
    total = float(cumulative[-1])
    if total <= 0:
        return np.empty(0)
    enough = int(total + 6.0 * np.sqrt(total) + 20.0)
    reached = np.cumsum(rng.standard_exponential(enough))
    while reached[-1] < total:
        # Continue the running sum in the order a single longer draw would have had.
        reached = np.concatenate([reached, np.cumsum([reached[-1], *rng.standard_exponential(enough)])[1:]])
    times = np.interp(reached[reached < total], cumulative, edges)
    return np.asarray(times[times < edges[-1]])
