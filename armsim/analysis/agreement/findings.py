"""One measure of a log and of its simulation: the two figures, their difference with limits, the verdict."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from armsim.analysis.agreement.margins import Margin, Verdict, margin_of
from armsim.analysis.agreement.resamples import FloatArray, Resamples
from armsim.analysis.agreement.tally import Tally

#: Fewer durations than this in the log are not judged.
LEAST = 30


@dataclass(frozen=True, slots=True)
class Finding:
    """A measure, compared.

    Attributes:
        measure: name, such as ``first_arrival_median``.
        label: in words.
        group: what the cell is one of: ``hour``, ``area``, ``type``, ``kind`` (of unit), ``base``; "" for
            all together.
        cell: which of the group.
        unit: ``min``, ``share``, ``count`` or ``units``.
        log: the log's figure.
        simulated: the simulation's.
        difference: of the simulation from the log; a share of the log's figure where the margin is relative.
        low: lower limit of the difference at 90%; NaN where it cannot be told.
        high: upper limit.
        margin: the difference that does not matter.
        verdict: what the limits say against it.
        count: durations, incidents or whatever the log's figure rests on.
    """

    measure: str
    label: str
    group: str
    cell: str
    unit: str
    log: float
    simulated: float
    difference: float
    low: float
    high: float
    margin: Margin
    verdict: Verdict
    count: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON and CSV."""
        plain = asdict(self)
        plain["margin"], plain["verdict"] = self.margin.words, str(self.verdict)
        plain["one_sided"] = self.margin.one_sided
        return plain

    @property
    def judgement(self) -> str:
        """The verdict as a sentence says it."""
        words = self.margin.words
        if self.verdict is Verdict.AGREES:
            return f"{'not worse by more than' if self.margin.one_sided else 'agrees within'} {words}"
        if self.verdict is Verdict.DIFFERS:
            return f"{'worse' if self.margin.one_sided else 'differs'} by more than {words}"
        return f"not shown to agree within {words}"


@dataclass(frozen=True, eq=False)
class Judge:
    """Makes findings: the resamples and the margins that were stated.

    Attributes:
        resamples: of days and replications.
        margins: by measure.
        within: limits in minutes whose shares are compared.
    """

    resamples: Resamples
    margins: dict[str, Margin]
    within: tuple[float, ...]

    def durations(
        self,
        name: str,
        label: str,
        log: Tally,
        simulated: Tally,
        group: str = "",
        cell: str = "",
        shares: bool = True,
    ) -> list[Finding]:
        """Median, 90th percentile and the shares within each limit, of one kind of duration.

        Args:
            name: name of the kind, such as ``first_arrival``.
            label: the same in words.
            log: of the log.
            simulated: of the simulation.
            group: what the cell is one of.
            cell: which.
            shares: compare shares within limits too.
        """  # fmt: skip
        weights = self.resamples.of_log, self.resamples.of_simulation
        ours, theirs = simulated.quantiles(weights[1], (0.5, 0.9)), log.quantiles(weights[0], (0.5, 0.9))
        found = []
        for column, (suffix, words) in enumerate((("median", "median"), ("p90", "90th percentile"))):
            found.append(
                self.finding(
                    f"{name}_{suffix}", f"{label}, {words}", "min", theirs[:, column], ours[:, column],
                    log.size, group, cell,
                )
            )  # fmt: skip
        for limit in self.within if shares else ():
            found.append(
                self.finding(
                    f"{name}_within", f"{label}, within {limit:g} min", "share",
                    log.within(weights[0], limit), simulated.within(weights[1], limit), log.size, group, cell,
                )
            )  # fmt: skip
        return found

    def finding(
        self,
        measure: str,
        label: str,
        unit: str,
        log: FloatArray,
        simulated: FloatArray,
        count: int,
        group: str = "",
        cell: str = "",
        centred: bool = False,
    ) -> Finding:
        """A measure from its values in every resample (entry 0 is the figure itself).

        Args:
            measure: its name.
            label: in words.
            unit: see :class:`Finding`.
            log: shape (B + 1,).
            simulated: shape (B + 1,).
            count: what the log's figure rests on.
            group: what the cell is one of.
            cell: which.
            centred: see ``Resamples.centred``.
        """  # fmt: skip
        margin = margin_of(measure, self.margins)
        with np.errstate(invalid="ignore", divide="ignore"):
            difference = simulated - log if not margin.relative else simulated / log - 1.0
        limits = self.resamples.centred if centred else self.resamples.limits
        low, high = limits(difference) if count >= LEAST else (math.nan, math.nan)
        return Finding(
            measure, label, group, cell, unit, float(log[0]), float(simulated[0]), float(difference[0]),
            low, high, margin, margin.judge(low, high), count,
        )  # fmt: skip


@dataclass(frozen=True)
class Count:
    """How many cells of a group got each verdict, of one measure."""

    group: str
    measure: str
    label: str
    agrees: int
    not_shown: int
    differs: int


def counted(found: Iterable[Finding]) -> list[Count]:
    """Verdicts by group and measure, in the order in which they come."""
    groups: dict[tuple[str, str, str], list[Verdict]] = {}
    for one in found:
        if one.group:
            groups.setdefault((one.group, one.measure, one.label), []).append(one.verdict)
    return [
        Count(*key, *(verdicts.count(kind) for kind in (Verdict.AGREES, Verdict.NOT_SHOWN, Verdict.DIFFERS)))
        for key, verdicts in groups.items()
    ]


def cells_of(values: Sequence[str], least: int = LEAST) -> list[str]:
    """Cells with durations enough to be judged, sorted; "" is none."""
    names, counts = np.unique(np.asarray(values, dtype=object).astype(str), return_counts=True)
    return [str(name) for name, count in zip(names, counts, strict=True) if name and count >= least]
