"""The response curve: one estimator behind every share, quantile and plotted curve of response times.

F(t) is the chance that a milestone is reached within t, pooled over replications by Kaplan and Meier: an
incident that was lost counts as never reached; one stood down, escalated, closed first or open at the end
is censored there, never dropped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.special import expit, logit

from armsim.analysis.intervals import Estimate, FloatArray, t_quantile

IntArray = NDArray[np.int64]

REACHED, NEVER, CENSORED = 0, 1, 2
#: Under so many incidents, or so many beyond the quantile, a cell is left blank.
MIN_COUNT, MIN_BEYOND = 50, 10

#: Cells of the replications-by-seconds matrix worked on at once: about 10 MB in each of a few arrays.
_CHUNK_CELLS = 1 << 18
#: F is a sum of up to 10^8 terms; a level missed by less than this is met.
_ROUNDING = 1e-12


def incidence(events: IntArray, censored: IntArray, population: IntArray) -> FloatArray:
    """Kaplan and Meier's estimate of F at each second, for one curve or a stack of them.

    It is written as Efron's redistribution to the right: every event counts 1, plus an equal part of the
    weight of those censored before it. Same estimate as the product of survival ratios, but exactly
    hits / all as long as nobody has been censored, and never decreasing by rounding.

    Args:
        events: shape (..., U), milestones reached at each second.
        censored: shape (..., U), incidents censored at each second, after its events.
        population: shape (..., 1), all incidents.

    Returns:
        Shape (..., U).
    """
    if not censored.any():
        return np.asarray(np.cumsum(events, axis=-1) / population, dtype=np.float64)
    after = population - np.cumsum(events + censored, axis=-1)
    growth = np.ones(events.shape)
    np.divide(after + censored, after, out=growth, where=after > 0)
    weight = np.ones(events.shape)
    np.cumprod(growth[..., :-1], axis=-1, out=weight[..., 1:])
    return np.minimum(np.cumsum(events * weight, axis=-1) / population, 1.0)


def quantiles(seconds: ArrayLike, fate: ArrayLike, at: Sequence[float]) -> list[float]:
    """Quantiles of one population, as :meth:`ResponseCurve.quantile` gives them, for many small tables.

    Args:
        seconds: shape (N,), whole seconds; not read where the fate is never.
        fate: shape (N,), REACHED, NEVER or CENSORED; at least one row.
        at: shares, such as 0.5 and 0.9.

    Returns:
        Seconds; NaN where F ends below the share.
    """
    fates = np.asarray(fate, dtype=np.int64)
    timed = fates != NEVER
    distinct, column = np.unique(np.asarray(seconds, dtype=np.int64)[timed], return_inverse=True)
    reached = fates[timed] == REACHED
    events, censored = (np.bincount(column[rows], minlength=len(distinct)) for rows in (reached, ~reached))
    curve = incidence(events, censored, np.array([len(fates)]))
    rows = np.searchsorted(curve, np.array(at) - _ROUNDING, side="left")
    return [float(distinct[row]) if row < len(distinct) else math.nan for row in rows.tolist()]


def enough(count: int, p: float | None = None) -> bool:
    """Whether a cell has incidents enough to be shown: 50, and 10 beyond the quantile.

    Args:
        count: incidents in the cell.
        p: the quantile shown, such as 0.9; ``None`` for a share.
    """
    beyond = math.inf if p is None else count - math.ceil(p * count - _ROUNDING * count)
    return count >= MIN_COUNT and beyond >= MIN_BEYOND


class CurveArrays(NamedTuple):
    """A curve as rows to plot, as steps that rise at each second; all of shape (U,)."""

    seconds: IntArray
    share: FloatArray
    at_risk: IntArray


@dataclass(frozen=True, eq=False)
class ResponseCurve:
    """Counts of one response table, and the estimates read off them.

    Build it with :meth:`from_rows`; curves of parts of a table add up exactly with :meth:`merged`.

    Attributes:
        seconds: shape (U,), the distinct whole seconds at which anything happened, ascending.
        events_by_replication: shape (R, U), milestones reached.
        censored_by_replication: shape (R, U), incidents censored.
        population_by_replication: shape (R,), all incidents; those never reached are only here.
    """

    seconds: IntArray
    events_by_replication: csr_array
    censored_by_replication: csr_array
    population_by_replication: IntArray

    @classmethod
    def from_rows(
        cls, replication: ArrayLike, seconds: ArrayLike, fate: ArrayLike, replications: int
    ) -> ResponseCurve:
        """Count a response table, one row per (incident, milestone).

        Args:
            replication: shape (N,), 0 to ``replications`` - 1; some may have no row.
            seconds: shape (N,), whole seconds from the clock's start to the event or the censoring, rounded
                up; not read where the fate is never.
            fate: shape (N,), REACHED, NEVER or CENSORED.
            replications: number of replications, with or without rows.

        Raises:
            ValueError: unequal lengths, or a value out of range.
        """
        rows, times, fates = (np.asarray(column, dtype=np.int64) for column in (replication, seconds, fate))
        _check_rows(rows, times, fates, replications)
        timed = fates != NEVER
        distinct, column = np.unique(times[timed], return_inverse=True)
        reached = fates[timed] == REACHED
        shape = (replications, len(distinct))
        return cls(
            distinct,
            _counts(rows[timed][reached], column[reached], shape),
            _counts(rows[timed][~reached], column[~reached], shape),
            np.bincount(rows, minlength=replications),
        )

    def merged(self, other: ResponseCurve) -> ResponseCurve:
        """The curve of both tables together, exactly as if counted in one go.

        Both number their replications alike and know the same number of them; rows of one replication may
        stand in both.

        Raises:
            ValueError: the numbers of replications differ.
        """
        if self.replications != other.replications:
            raise ValueError(f"cannot merge {self.replications} with {other.replications} replications")
        seconds = np.union1d(self.seconds, other.seconds)
        return ResponseCurve(
            seconds,
            _respread(self.events_by_replication, self.seconds, seconds)
            + _respread(other.events_by_replication, other.seconds, seconds),
            _respread(self.censored_by_replication, self.seconds, seconds)
            + _respread(other.censored_by_replication, other.seconds, seconds),
            self.population_by_replication + other.population_by_replication,
        )

    def share(self, seconds: float) -> float:
        """F(t): the share reached within *seconds*; exactly hits / all while nobody is censored before.

        NaN without incidents. Beyond the last second seen it stays where it ended.
        """
        if self.count == 0:
            return math.nan
        before = int(np.searchsorted(self.seconds, seconds, side="right"))
        return float(self._curve[before - 1]) if before else 0.0

    def standard_error(self, seconds: float) -> float:
        """Standard error of :meth:`share` by the delete-one jackknife; NaN where the noise cannot be told."""
        before = int(np.searchsorted(self.seconds, seconds, side="right"))
        return float(self._error[before - 1]) if before and self.count else math.nan

    def quantile(self, p: float) -> float:
        """First second at which F is *p* or more; NaN when F ends below it ("not reached").

        Raises:
            ValueError: *p* is not between 0 and 1.
        """
        if not 0 < p < 1:
            raise ValueError(f"p must lie between 0 and 1, got {p}")
        second = self._reaches(p)
        return second if math.isfinite(second) else math.nan

    def share_interval(self, seconds: float, level: float = 0.95) -> Estimate:
        """:meth:`share` with limits by the delete-one jackknife over replications.

        The limits are set on the logit scale, on which they stay between 0 and 1 and hold their level near
        both (measured: ``docs/coverage.md``), with Student's t on one less than the replications that carry
        rows. They are NaN when fewer than two do, and where leaving out any one changes nothing, such as a
        share of 0 or 1: the noise cannot be told there.
        """
        value = self.share(seconds)
        half = t_quantile(level, self.carrying - 1) * self.standard_error(seconds)
        low, high = _logit_limits(np.array([value]), np.array([half]))
        return Estimate(value, float(low[0]), float(high[0]), self.carrying, self.count)

    def quantile_interval(self, p: float, level: float = 0.95) -> Estimate:
        """:meth:`quantile` with limits read off F at *p* less and plus the half-width of F there.

        Returns:
            Seconds. A limit that F never reaches is infinite ("not reached"); with a quantile that is not
            reached itself the half-width is the one where F ends. Limits are NaN when the half-width is.
        """
        value = self.quantile(p)
        if self.events == 0:
            return Estimate(value, math.nan, math.nan, self.carrying, self.count)
        here = min(self._index(p), len(self._curve) - 1)
        half = t_quantile(level, self.carrying - 1) * float(self._error[here])
        if math.isnan(half):
            return Estimate(value, math.nan, math.nan, self.carrying, self.count)
        return Estimate(value, self._reaches(p - half), self._reaches(p + half), self.carrying, self.count)

    def band(self, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Lower and upper limits of F at each of ``seconds``, each as :meth:`share_interval` gives.

        Pointwise: at any one second the level holds; the whole curve leaves the band more often.
        """
        return _logit_limits(self._curve, t_quantile(level, self.carrying - 1) * self._error)

    def to_arrays(self) -> CurveArrays:
        """Seconds, F and numbers at risk, for plotting."""
        left = np.cumsum(self._events + self._censored)
        at_risk = self.count - np.concatenate(([0], left[:-1]))[: len(left)]
        return CurveArrays(self.seconds, self._curve, at_risk)

    def at_risk(self, seconds: float) -> int:
        """Incidents still waiting just before *seconds*: not reached, not censored; the lost stay in."""
        before = int(np.searchsorted(self.seconds, seconds, side="left"))
        return self.count - int(self._events[:before].sum() + self._censored[:before].sum())

    @property
    def replications(self) -> int:
        """Number of replications, with or without rows."""
        return len(self.population_by_replication)

    @property
    def carrying(self) -> int:
        """Number of replications that have rows; the limits rest on these."""
        return int(np.count_nonzero(self.population_by_replication))

    @cached_property
    def count(self) -> int:
        """All incidents of the population, whatever their fate."""
        return int(self.population_by_replication.sum())

    @cached_property
    def events(self) -> int:
        """Incidents whose milestone was reached."""
        return int(self._events.sum())

    @cached_property
    def _events(self) -> IntArray:
        return np.asarray(self.events_by_replication.sum(axis=0), dtype=np.int64)

    @cached_property
    def _censored(self) -> IntArray:
        return np.asarray(self.censored_by_replication.sum(axis=0), dtype=np.int64)

    @cached_property
    def _curve(self) -> FloatArray:
        if self.count == 0:
            return np.empty(0)
        return incidence(self._events, self._censored, np.array([self.count]))

    @cached_property
    def _error(self) -> FloatArray:
        """Standard error of F at each second by the delete-one jackknife; NaN where it cannot be told."""
        size = self.carrying
        if size < 2:
            return np.full(len(self._curve), math.nan)
        total, squares = np.zeros(len(self._curve)), np.zeros(len(self._curve))
        for deviation in self._delete_one():
            total += deviation.sum(axis=0)
            squares += np.square(deviation).sum(axis=0)
        variance = (size - 1) / size * (squares - total**2 / size)
        error = np.sqrt(np.maximum(variance, 0.0))
        return np.where(error > _ROUNDING, error, math.nan)

    def _index(self, p: float) -> int:
        """Where F first is *p* or more; the number of seconds when it never is."""
        return int(np.searchsorted(self._curve, p - _ROUNDING, side="left"))

    def _reaches(self, p: float) -> float:
        if p <= 0:
            return 0.0
        index = self._index(p)
        return float(self.seconds[index]) if index < len(self._curve) else math.inf

    def _delete_one(self) -> Iterator[FloatArray]:
        """F without each carrying replication, less F: blocks of shape (at most a chunk, U)."""
        carrying = np.flatnonzero(self.population_by_replication)
        step = max(1, _CHUNK_CELLS // max(1, len(self.seconds)))
        for start in range(0, len(carrying), step):
            rows = carrying[start : start + step]
            rest = self.count - self.population_by_replication[rows]
            events = self._events - self.events_by_replication[rows].toarray()
            censored = self._censored - self.censored_by_replication[rows].toarray()
            yield incidence(events, censored, rest[:, np.newaxis]) - self._curve


def _logit_limits(value: FloatArray, half: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Limits of shares with half-widths *half*, set on the logit scale; plain ones at the very ends."""
    spread = value * (1 - value)
    inside = spread > _ROUNDING
    reach = np.divide(half, spread, out=np.zeros_like(value), where=inside)
    middle = logit(np.where(inside, value, 0.5))
    low = np.where(inside, expit(middle - reach), np.clip(value - half, 0, 1))
    high = np.where(inside, expit(middle + reach), np.clip(value + half, 0, 1))
    return low, high


def _check_rows(rows: IntArray, times: IntArray, fates: IntArray, replications: int) -> None:
    if not rows.shape == times.shape == fates.shape or rows.ndim != 1:
        raise ValueError(f"columns of unequal length: {rows.shape}, {times.shape}, {fates.shape}")
    if replications < 1:
        raise ValueError(f"replications must be 1 or more, got {replications}")
    if len(rows) == 0:
        return
    if rows.min() < 0 or rows.max() >= replications:
        raise ValueError(f"replication must lie in 0..{replications - 1}, got {rows.min()}..{rows.max()}")
    if fates.min() < REACHED or fates.max() > CENSORED:
        raise ValueError(f"fate must be 0, 1 or 2, got {fates.min()}..{fates.max()}")
    if times[fates != NEVER].min(initial=0) < 0:
        raise ValueError("seconds must be 0 or more")


def _counts(rows: IntArray, columns: IntArray, shape: tuple[int, int]) -> csr_array:
    cells, counts = np.unique(rows * shape[1] + columns, return_counts=True)
    owner, column = np.divmod(cells, max(shape[1], 1))
    ends = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=shape[0]))))
    return csr_array((counts, column, ends), shape=shape)


def _respread(counts: csr_array, old: IntArray, new: IntArray) -> csr_array:
    """The same counts with columns for the seconds in *new*, which hold all of *old*."""
    columns = np.searchsorted(new, old)[counts.indices]
    return csr_array((counts.data, columns, counts.indptr), shape=(counts.shape[0], len(new)))
