"""Who is sent where: the dispatch matrix of a log and of its simulation, by base and area."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from armsim.analysis.agreement.findings import LEAST, Finding, Judge
from armsim.analysis.agreement.population import NOWHERE, IntArray, Responses
from armsim.analysis.agreement.resamples import FloatArray, Resamples


@dataclass(frozen=True, eq=False)
class Dispatch:
    """Where first units come from.

    Attributes:
        findings: same base as in the log, distance of the matrices, counts by base.
        matrix: a row for each area and base with a share in either: ``area``, ``base``, ``incidents`` (of the
            area in the log), ``log`` and ``simulated`` (shares of them), ``gap``; largest gap times incidents
            first.
        same_base: share of incidents whose first unit comes from the base that the log has.
        nearest: the same for the rule "the nearest base with units by straight line": the share of the log's
            first units that come from there.
        from_nearest: share of the simulation's first units that come from there.
        distance: share of incidents that would have to come from another base for the matrices to be equal.
        by_chance: the same between one replication and the others: what chance alone makes; NaN unknown.
        incidents: number of incidents compared.
    """

    findings: tuple[Finding, ...]
    matrix: pd.DataFrame
    same_base: float
    nearest: float
    from_nearest: float
    distance: float
    by_chance: float
    incidents: int


def dispatch(judge: Judge, log: Responses, simulated: Responses) -> Dispatch | None:
    """Compare where first units come from; ``None`` where the log does not say often enough."""
    theirs, ours = log.base_of(1)[0], simulated.base_of(1)
    known = np.flatnonzero((theirs != NOWHERE) & (log.incidents.nearest != NOWHERE))
    if len(known) < LEAST:
        return None
    day, theirs, ours = log.incidents.day[known], theirs[known], ours[:, known]
    nearest = log.incidents.nearest[known]
    areas, of_area = np.unique(_areas(log, nearest, known), return_inverse=True)
    found = [*_same(judge, day, theirs, ours, nearest)]
    cells = _Cells(of_area, len(areas), len(log.incidents.bases), day, log.incidents.days)
    moved = cells.distances(judge.resamples, theirs, ours)
    chance = cells.by_chance(ours)
    label = "Dispatch matrix: incidents that would have to come from another base"
    zero = np.zeros_like(moved)
    found.append(
        judge.finding(
            "dispatch_distance", label, "share", zero, moved - np.nan_to_num(chance), len(known), centred=True
        )
    )
    found += _counts(judge, log.incidents.bases, day, theirs, ours)
    right = float(np.mean(nearest == theirs))
    matrix = cells.matrix(areas, log.incidents.bases, theirs, ours)
    same, close = float(np.mean(ours == theirs)), float(np.mean(ours == nearest))
    return Dispatch(tuple(found), matrix, same, right, close, float(moved[0]), chance, len(known))


def _areas(log: Responses, nearest: IntArray, known: IntArray) -> np.ndarray:
    """Area of each incident: as the log has it, else the ground of the nearest base."""
    area = log.incidents.table["area"].to_numpy(dtype=object)[known].astype(str)
    ground = np.array(log.incidents.bases, dtype=object)[nearest].astype(str)
    return np.where(area == "", ground, area)


def _same(
    judge: Judge, day: IntArray, theirs: IntArray, ours: IntArray, nearest: IntArray
) -> Iterator[Finding]:
    """How often the first unit comes from the base that the log has, against the nearest-base rule."""
    days = judge.resamples.days.shape[1]
    total = judge.resamples.of_log @ np.bincount(day, minlength=days)
    by_rule = judge.resamples.of_log @ np.bincount(day[nearest == theirs], minlength=days)
    right = [np.bincount(day[one == theirs], minlength=days) for one in ours]
    simulated = judge.resamples.of_simulation @ np.concatenate(right)
    label = "First unit from the base that the log has (log column: the nearest base would)"
    with np.errstate(invalid="ignore", divide="ignore"):
        yield judge.finding("same_base", label, "share", by_rule / total, simulated / total, len(day))


def _counts(
    judge: Judge, bases: tuple[str, ...], day: IntArray, theirs: IntArray, ours: IntArray
) -> Iterator[Finding]:
    """First attendances by base, and the share of bases within the margin of one."""
    days = judge.resamples.days.shape[1]
    log = _by_base(judge.resamples.of_log, day, theirs[np.newaxis], len(bases), days)
    simulated = _by_base(judge.resamples.of_simulation, day, ours, len(bases), days)
    margin = judge.margins["base_count"]
    active = log[0] > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        inside = np.abs(simulated[:, active] / log[:, active] - 1.0) <= margin.size + 1e-12
    label = f"Bases whose first attendances are within {margin.words} of the log's"
    share = inside.mean(axis=1)
    yield judge.finding("bases_within", label, "share", np.ones_like(share), share, len(theirs), centred=True)
    for code in np.flatnonzero(active).tolist():
        yield judge.finding(
            "base_count", "First attendances", "count", log[:, code], simulated[:, code],
            int(log[0, code]), "base", bases[code],
        )  # fmt: skip


def _by_base(weights: FloatArray, day: IntArray, sent: IntArray, bases: int, days: int) -> FloatArray:
    """First attendances by base in every resample, shape (B + 1, bases)."""
    blocks = np.zeros((len(sent) * days, bases))
    for replication, one in enumerate(sent):
        here = one != NOWHERE
        np.add.at(blocks, (replication * days + day[here], one[here]), 1.0)
    return np.asarray(weights @ blocks)


@dataclass(frozen=True, eq=False)
class _Cells:
    """The cells of a dispatch matrix."""

    area: IntArray
    areas: int
    bases: int
    day: IntArray
    days: int

    def shares(self, sent: IntArray, weight: FloatArray | None = None) -> FloatArray:
        """Incidents by cell, flat; the last column of an area is "nobody came"."""
        column = np.where(sent == NOWHERE, self.bases, sent)
        cell = self.area * (self.bases + 1) + column
        return np.bincount(cell, weights=weight, minlength=self.areas * (self.bases + 1)).astype(np.float64)

    def distances(self, resamples: Resamples, theirs: IntArray, ours: IntArray) -> FloatArray:
        """Half the summed gaps of the two matrices over incidents, in every resample, shape (B + 1,)."""
        log = self._blocks(theirs[np.newaxis])
        simulated = self._blocks(ours)
        used = (log.sum(axis=0) + simulated.sum(axis=0)) > 0
        gap = resamples.of_log @ log[:, used] - resamples.of_simulation @ simulated[:, used]
        total = resamples.of_log @ log.sum(axis=1)
        return np.asarray(np.abs(gap).sum(axis=1) / 2.0 / total)

    def _blocks(self, sent: IntArray) -> FloatArray:
        """Incidents by block and cell."""
        cells = self.areas * (self.bases + 1)
        made = np.zeros((len(sent) * self.days, cells), dtype=np.float64)
        for replication, one in enumerate(sent):
            column = np.where(one == NOWHERE, self.bases, one)
            np.add.at(made, (replication * self.days + self.day, self.area * (self.bases + 1) + column), 1.0)
        return made

    def by_chance(self, ours: IntArray) -> float:
        """Mean distance of one replication from the mean of the others; NaN with one replication."""
        if len(ours) < 2:
            return float("nan")
        each = np.array([self.shares(one) for one in ours])
        others = (each.sum(axis=0) - each) / (len(each) - 1)
        return float(np.mean(np.abs(each - others).sum(axis=1) / 2.0 / ours.shape[1]))

    def matrix(
        self, areas: np.ndarray, bases: tuple[str, ...], theirs: IntArray, ours: IntArray
    ) -> pd.DataFrame:
        """The matrix as a table; see :class:`Dispatch`."""
        log = self.shares(theirs).reshape(self.areas, -1)
        simulated = np.mean([self.shares(one) for one in ours], axis=0).reshape(self.areas, -1)
        size = log.sum(axis=1)
        area, column = np.nonzero(log + simulated)
        table = pd.DataFrame(
            {
                "area": areas[area],
                "base": np.array([*bases, "nobody"], dtype=object)[column],
                "incidents": size[area].astype(np.int64),
                "log": log[area, column] / size[area],
                "simulated": simulated[area, column] / size[area],
            }
        )
        table["gap"] = table["simulated"] - table["log"]
        order = np.argsort(-(table["gap"] * table["incidents"]).abs().to_numpy(), kind="stable")
        return table.iloc[order].reset_index(drop=True)
