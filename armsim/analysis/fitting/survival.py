"""Durations of which some are known only to have lasted at least so long (Kaplan and Meier 1958).

A unit called off before it arrived tells that its trip would have taken longer than it had lasted. Called
off is taken to be independent of how long the trip would have been.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from armsim.analysis.fitting.blocks import Floats, Ints, estimate
from armsim.analysis.intervals import Estimate


@dataclass(frozen=True, eq=False)
class Durations:
    """Durations in minutes, in order of length, ends before what was cut off at the same moment.

    Attributes:
        minutes: 0 or more, shape (n,).
        day: day of each.
        ended: true where the duration is known, false where it lasted at least so long.
        negative: how many were below 0 and are left out.
        zero: how many of ``minutes`` are 0.
        grain: resolution of the clock in minutes: 1 s, 1 min or none (0).
    """

    minutes: Floats
    day: Ints
    ended: NDArray[np.bool_]
    negative: int
    zero: int
    grain: float

    @classmethod
    def of(
        cls, minutes: Floats, day: Ints, at_least: Floats | None = None, at_least_day: Ints | None = None
    ) -> Durations:
        """Durations, and what was cut off; what is NaN or infinite is no duration.

        Args:
            minutes: known durations, shape (n,).
            day: day of each.
            at_least: durations cut off, shape (m,).
            at_least_day: day of each of these.
        """
        known = np.isfinite(minutes)
        minutes, day = minutes[known], day[known]
        cut = np.zeros(0) if at_least is None else at_least
        cut_day = np.zeros(0, dtype=np.int64) if at_least_day is None else at_least_day
        usable = np.isfinite(cut) & (cut > 0)
        good = minutes >= 0
        values = np.concatenate([minutes[good], cut[usable]])
        days = np.concatenate([day[good], cut_day[usable]]).astype(np.int64)
        ended = np.arange(len(values)) < int(good.sum())
        order = np.lexsort((~ended, values))
        return cls(
            values[order], days[order], ended[order],
            int((~good).sum()), int((minutes == 0).sum()), _grain(minutes[good]),
        )  # fmt: skip

    @classmethod
    def alone(cls, minutes: Floats, at_least: Floats) -> Durations:
        """Durations known and cut off, of no day in particular."""
        days, cut_days = (np.zeros(len(one), dtype=np.int64) for one in (minutes, at_least))
        return cls.of(minutes, days, at_least, cut_days)

    @property
    def known(self) -> Floats:
        """The durations that ended."""
        return self.minutes[self.ended]

    @property
    def cut(self) -> Floats:
        """The durations cut off."""
        return self.minutes[~self.ended]

    @property
    def positive(self) -> Durations:
        """The same with 0 put at half a step of the clock, which a law of positive durations can have."""
        least = (self.grain or 1.0 / 60.0) / 2.0
        return Durations(
            np.maximum(self.minutes, least), self.day, self.ended, self.negative, self.zero, self.grain
        )

    def reached(self, weights: Floats | None = None) -> Floats:
        """Share that has ended by each of ``minutes`` (Kaplan-Meier), shape (n,).

        Args:
            weights: how often each counts; none is once.
        """
        own = np.ones(len(self.minutes)) if weights is None else weights
        if self.ended.all():
            return np.asarray(np.cumsum(own) / max(own.sum(), 1e-300))
        at_risk = np.cumsum(own[::-1])[::-1]
        with np.errstate(invalid="ignore", divide="ignore"):
            stay = np.where(self.ended & (at_risk > 0), 1.0 - own / at_risk, 1.0)
        return np.asarray(1.0 - np.cumprod(np.clip(stay, 0.0, 1.0)))

    def quantiles(self, shares: ArrayLike, weights: Floats | None = None) -> Floats:
        """Least durations by which the shares have ended; the longest where a share never has."""
        reached = self.reached(weights)
        at = np.searchsorted(reached, np.asarray(shares, dtype=np.float64) - 1e-12)
        return np.asarray(self.minutes[np.minimum(at, len(self.minutes) - 1)])

    def mean(self, weights: Floats | None = None) -> float:
        """Mean, up to the longest duration."""
        reached = self.reached(weights)
        steps = np.diff(np.concatenate([[0.0], self.minutes]))
        return float(steps @ np.concatenate([[1.0], 1.0 - reached[:-1]]))

    def estimates(self, shares: ArrayLike, weights: Floats, level: float = 0.95) -> tuple[Estimate, ...]:
        """The mean, then the quantiles, with limits from days redrawn, shape of *weights* (draws, days)."""
        wanted = np.asarray(shares, dtype=np.float64)
        exact = [self.mean(), *self.quantiles(wanted).tolist()]
        draws = np.full((len(weights), len(wanted) + 1), np.nan)
        for index, row in enumerate(weights):
            own = row[self.day]
            if own.any():
                draws[index] = [self.mean(own), *self.quantiles(wanted, own).tolist()]
        days, count = len(np.unique(self.day)), float(len(self.minutes))
        return tuple(estimate(value, draws[:, k], days, count, level) for k, value in enumerate(exact))


def _grain(minutes: Floats) -> float:
    """Resolution of the clock that *minutes* were read from."""
    for grain in (1.0, 1.0 / 60.0):
        steps = minutes / grain
        if len(minutes) and np.abs(steps - np.round(steps)).max() < 1e-6:
            return grain
    return 0.0
