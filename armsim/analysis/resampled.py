"""One option under many resamples of its replications at once, so that any metric gives a row of values.

A resample gives each replication a weight: how often it was drawn. Ratios and response curves are worked out
for all resamples together, as products of the weights with counts by replication; a metric that reads its
figures off these two gets an array where it would get a number. Entry 0 is the figure itself.

Delete-one values of a quantile jump by whole seconds or not at all, so a jackknife cannot be relied on for
its differences; coverage of both is in ``docs/statistics.md``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.analysis.curve import IntArray, ResponseCurve, incidence
from armsim.analysis.intervals import Estimate, FloatArray
from armsim.analysis.option import Labels, OptionData, Words
from armsim.config.schema.scenario import Target
from armsim.streams import Streams

RESAMPLES = 1000
#: Seconds before the stretch that a quantile is looked for in are counted together in so many groups; in the
#: stretch at most so many are looked at. A coarser grid would add its own noise to differences of options
#: that hardly differ: with 200 their limits came out twice as wide as they are.
_GROUPS, _FINE = 64, 2000
#: Half of that stretch, in standard errors of the curve there.
_REACH = 7.0


def draw_weights(
    seed: int, replications: int, name: str = "paired", resamples: int = RESAMPLES
) -> FloatArray:
    """How often each replication is drawn in each resample; the same for the same arguments.

    Args:
        seed: the study's seed.
        replications: number of replications.
        name: names the stream; options compared in pairs share one, so that a resample keeps its pairs.
        resamples: number of resamples.

    Returns:
        Shape (resamples + 1, replications); the first row is all ones.
    """
    generator = Streams(seed, 0).generator("comparison", name)
    drawn = generator.multinomial(replications, np.full(replications, 1 / replications), size=resamples)
    return np.vstack([np.ones(replications), drawn])


@dataclass(frozen=True, eq=False)
class ResampledCurve(ResponseCurve):
    """A response curve whose estimates are arrays over resamples.

    Attributes:
        weights: shape (B + 1, replications), the first row ones.
        linear: quantiles by their tangent, for delete-one weights, which move a quantile by whole seconds or
            not at all.
    """

    weights: FloatArray = field(kw_only=True)
    linear: bool = False

    @classmethod
    def of(cls, curve: ResponseCurve, weights: FloatArray, linear: bool = False) -> ResampledCurve:
        """The same counts with weights."""
        return cls(
            curve.seconds,
            curve.events_by_replication,
            curve.censored_by_replication,
            curve.population_by_replication,
            weights=weights,
            linear=linear,
        )

    def share_interval(self, seconds: float, level: float = 0.95) -> Estimate:  # noqa: ARG002 (the parent's)
        """The share within *seconds*: ``value`` has an entry for each resample; no limits."""
        before = int(np.searchsorted(self.seconds, seconds, side="right"))
        values = np.zeros(len(self.weights))
        if before:
            values = self._resampled(_grouped(self._at_risk_ends[:before], _GROUPS))[:, -1]
        return self._estimate(values, self.share(seconds))

    def quantile_interval(self, p: float, level: float = 0.95) -> Estimate:  # noqa: ARG002 (the parent's)
        """The *p* quantile: ``value`` has an entry for each resample, infinite where not reached; no limits.

        Looked for within seven standard errors of the curve at its own quantile.
        """
        exact = self.quantile(p)
        if not self.events:
            return self._estimate(np.full(len(self.weights), math.inf), exact)
        if self.linear:
            return self._estimate(self._tangent(exact, p), exact)
        curve = self.to_arrays().share
        half = _REACH * self._spread_near(float(self.seconds[-1]) if math.isnan(exact) else exact, p)
        first, last = np.searchsorted(curve, [p - half, p + half]).tolist()
        last = min(last + 1, len(curve))
        head = _grouped(self._at_risk_ends[:first], _GROUPS)
        ends = np.concatenate([head, _thinned(first, last)])
        risen = self._resampled(ends) >= p - 1e-12
        where = risen.argmax(axis=1)
        values = np.where(risen.any(axis=1), self.seconds[ends[where]], math.inf)
        return self._estimate(values, exact)

    def _tangent(self, exact: float, p: float) -> FloatArray:
        """Quantiles moved by what F moves at the quantile, over its slope within a standard error of it."""
        if math.isnan(exact):
            return np.full(len(self.weights), math.nan)
        error = self._spread_near(exact, p)
        above, below = self.quantile(min(p + error, 1 - 1e-9)), self.quantile(max(p - error, 1e-9))
        slope = 2 * error / max(above - below, 1.0)
        shares = np.asarray(self.share_interval(exact).value)
        return np.asarray(exact - (shares - shares[0]) / slope, dtype=np.float64)

    @property
    def _at_risk_ends(self) -> IntArray:
        """Incidents whose fate is known by the end of each second."""
        whole = np.asarray(self.events_by_replication.sum(axis=0) + self.censored_by_replication.sum(axis=0))
        return cast(IntArray, np.cumsum(whole.astype(np.int64)))

    def _spread_near(self, seconds: float, p: float) -> float:
        """Standard error of F at *seconds* from counts by replication, as if nobody were censored."""
        before = int(np.searchsorted(self.seconds, seconds, side="right"))
        reached = np.asarray(self.events_by_replication[:, :before].sum(axis=1), dtype=np.float64)
        beyond = reached - p * self.population_by_replication
        size = max(self.carrying, 2)
        spread = math.sqrt(size / (size - 1) * float(np.square(beyond - beyond.mean()).sum())) / self.count
        return max(spread, 1.0 / self.count)

    def _resampled(self, ends: IntArray) -> FloatArray:
        """F at the seconds numbered *ends* (ascending), shape (B + 1, len(ends)).

        What happened between two of them counts as at the later one, events before censorings.
        """
        rows = self.weights.shape[1]
        owner = np.searchsorted(ends, np.arange(len(self.seconds)))
        counts = []
        for table in (self.events_by_replication, self.censored_by_replication):
            columns = owner[table.indices]
            kept = columns < len(ends)
            lines = np.repeat(np.arange(rows), np.diff(table.indptr))[kept]
            cells = lines * len(ends) + columns[kept]
            full = np.bincount(cells, weights=table.data[kept], minlength=rows * len(ends))
            counts.append(self.weights @ full.reshape(rows, len(ends)))
        events, censored = counts
        population = cast(IntArray, (self.weights @ self.population_by_replication)[:, np.newaxis])
        with np.errstate(invalid="ignore", divide="ignore"):
            return incidence(cast(IntArray, events), cast(IntArray, censored), population)

    def _estimate(self, values: FloatArray, exact: float) -> Estimate:
        values[0] = exact
        return Estimate(cast(float, values), math.nan, math.nan, self.carrying, self.count)


@dataclass(frozen=True, eq=False)
class ResampledData(OptionData):
    """An option whose ratios and curves are arrays over resamples; else as ``OptionData``.

    Attributes:
        weights: shape (B + 1, replications), the first row ones.
        wanted: labels of the figures that are wanted; ``cells`` of others are left empty.
        linear: see ``ResampledCurve``.
    """

    weights: FloatArray = field(kw_only=True)
    wanted: tuple[Mapping[str, str], ...] = ()
    linear: bool = False
    sparing: bool = False

    @classmethod
    def of(
        cls, data: OptionData, weights: FloatArray, wanted: Sequence[Mapping[str, str]], linear: bool = False
    ) -> ResampledData:
        """An option with weights, one column for each of its replications that ran, in order."""
        full = np.zeros((len(weights), data.replications))
        full[:, data.totals.index.to_numpy()] = weights
        return cls(
            data.name, data.scenario, data.zones, data.responses, data.totals, data.potential,
            data.replications, data.run_in, weights=full, wanted=tuple(wanted), linear=linear,
        )  # fmt: skip

    @cached_property
    def cells(self) -> tuple[tuple[Labels, ResponseCurve], ...]:
        """Curves by milestone and grade as in ``OptionData``; those that nobody wants hold no incident."""
        return super().cells if self.sparing else replace(self, sparing=True).cells

    def curve(self, milestone: str, *, clock: str = "received", **filters: object) -> ResponseCurve:
        """The curve of a population, under every resample; see ``OptionData.curve``."""
        if self.sparing and not any(_same_cell(one, milestone, filters) for one in self.wanted):
            return _empty(self.replications)
        return ResampledCurve.of(super().curve(milestone, clock=clock, **filters), self.weights, self.linear)

    def target_curve(
        self, target: Target, area: str | None = None, level: str | None = None, **filters: object
    ) -> ResponseCurve:
        """The curve that a target is judged on, under every resample; see ``OptionData.target_curve``."""
        return ResampledCurve.of(
            super().target_curve(target, area, level, **filters), self.weights, self.linear
        )

    def ratio(self, numerator: Words, denominator: Words, per: float = 1.0) -> Estimate:
        """Ratio of two sums: ``value`` has an entry for each resample; no limits."""
        upper, lower = self.total(numerator), self.total(denominator)
        weights = self.weights[:, self.totals.index.to_numpy()]
        with np.errstate(invalid="ignore", divide="ignore"):
            values = per * (weights @ upper) / (weights @ lower)
        told = int(np.count_nonzero(lower > 0))
        return Estimate(cast(float, values), math.nan, math.nan, told, float(lower.sum()))


@lru_cache(maxsize=4)
def _empty(replications: int) -> ResponseCurve:
    nothing = np.zeros(0, dtype=np.int64)
    return ResponseCurve.from_rows(nothing, nothing, nothing, replications)


def _same_cell(labels: Mapping[str, str], milestone: str, filters: Mapping[str, Any]) -> bool:
    """Whether a cell may be the one that *labels* mean."""
    hours = filters.get("hours")
    cell = {"hour": "" if hours is None else str(hours[0])}
    cell |= {name: filters.get(name) or "" for name in ("level", "area", "force")}
    return labels.get("milestone", milestone) == milestone and all(
        labels.get(name, "") == one for name, one in cell.items()
    )


def chosen(data: OptionData, replications: Sequence[int]) -> OptionData:
    """An option with some of its replications only.

    What is kept summed over replications (``potential``) stays as it is.
    """
    if len(replications) == len(data.totals):
        return data
    responses = data.responses[data.responses["replication"].isin(replications)].reset_index(drop=True)
    return replace(data, responses=responses, totals=data.totals.loc[list(replications)])


def redrawn(data: OptionData, times: NDArray[Any]) -> OptionData:
    """An option whose replications stand in its tables as often as *times* says, each as one of its own.

    The slow way for metrics that do not read their figures off ratios and curves alone.

    Args:
        data: the option.
        times: shape (replications that ran,).
    """
    ran = np.repeat(data.totals.index.to_numpy(), times.astype(np.int64))
    groups = data.responses.groupby("replication").indices
    rows = [groups.get(index, np.zeros(0, dtype=np.int64)) for index in ran.tolist()]
    responses = data.responses.iloc[np.concatenate(rows)].reset_index(drop=True)
    responses["replication"] = np.repeat(np.arange(len(ran)), [len(one) for one in rows])
    totals: pd.DataFrame = data.totals.loc[ran].reset_index(drop=True)
    return replace(data, responses=responses, totals=totals, replications=len(ran))


def _grouped(known: IntArray, groups: int) -> IntArray:
    """Last seconds, by number, of up to *groups* stretches with about as many incidents each."""
    if not len(known):
        return np.zeros(0, dtype=np.int64)
    marks = known[-1] * np.arange(1, groups + 1) / groups
    return np.unique(np.minimum(np.searchsorted(known, marks), len(known) - 1))


def _thinned(first: int, last: int) -> IntArray:
    """Every second from number *first* to before *last*, or every few when they are many; the last is in."""
    step = max(1, math.ceil((last - first) / _FINE))
    return np.arange(last - 1, first - 1, -step, dtype=np.int64)[::-1]
