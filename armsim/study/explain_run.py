"""Theory and a run of the same scenario side by side, with a warning where they differ too much.

They may differ by the error that the approximation is known to have and by the half-width of the run's
interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from armsim.analysis.curve import REACHED
from armsim.analysis.intervals import Estimate, ratio_of_sums
from armsim.analysis.option import OptionData
from armsim.analysis.queueing.approximate import TRAVEL_ERROR, UTILISATION_ERROR
from armsim.analysis.queueing.erlang import erlang_b
from armsim.config.schema import Scenario
from armsim.domain import ThreatLevel
from armsim.errors import RunFolderError
from armsim.study.explain import Area, Explanation, GradeFigures, KindFigures
from armsim.study.results import Results

#: Time of ARVs that is work, and the rest of it.
_WORK, _REST = ("routine", "firearms", "planned", "posts"), ("free", "breaks", "unavailable")
_SECONDS = 60.0


@dataclass(frozen=True)
class Pair:
    """A figure from theory and from simulation.

    Attributes:
        area: the area, or "" for all together.
        figure: what it is, in words.
        unit: ``share``, ``minutes`` or ``units``.
        theory: from theory.
        simulation: from the run.
        low: lower limit of the run's interval; NaN without one.
        high: upper limit.
        error: what theory may be out by.
        differs: whether they differ by more than that and the half-width together.
    """

    area: str
    figure: str
    unit: str
    theory: float
    simulation: float
    low: float
    high: float
    error: float
    differs: bool

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    @property
    def words(self) -> str:
        """The warning."""
        form = "{:.1%}" if self.unit == "share" else "{:.2f} " + self.unit
        of = f" in {self.area}" if self.area else ""
        return (
            f"{self.figure}{of}: theory {form.format(self.theory)}, simulation "
            f"{form.format(self.simulation)}; more than the approximation's known error. Trust the "
            "simulation: something that theory leaves out matters here."
        )


def data_of(results: Results, scenario: Scenario, level: ThreatLevel) -> OptionData:
    """The option of a run folder that is of the scenario.

    Raises:
        RunFolderError: no option has its settings, or the level never held in the run.
    """
    for name in results.options:
        data = results.option(name)
        if _same(data.scenario, scenario):
            if level not in data.levels:
                raise RunFolderError(
                    f"{results.folder}: {level.name} never held in this run; give one of its levels, --level"
                )
            return data
    raise RunFolderError(
        f"{results.folder}: no run of this scenario; give the same file, --with and --set as it had"
    )


def _same(mine: Scenario, other: Scenario) -> bool:
    """Whether two scenarios are of one world: study settings and sources do not matter."""
    return all(
        getattr(mine, name) == getattr(other, name)
        for name in type(mine).model_fields
        if name not in ("study", "sources", "title", "description")
    )


def side_by_side(found: Explanation, data: OptionData) -> tuple[Pair, ...]:
    """Figures that both know, area by area; those of a run are of the explanation's level."""
    return tuple(pair for area in found.areas for pair in _of_area(area, found, data))


def _of_area(area: Area, found: Explanation, data: OptionData) -> Iterator[Pair]:
    force = area.name if area.name in data.parts else None
    if force is None and len(found.areas) > 1:
        return
    name = area.name if len(found.areas) > 1 else ""
    yield from _of_arvs(area, name, force, found.level, data)
    for grade in area.grades:
        yield from _of_grade(grade, name, force, found.level, data)


def _of_arvs(area: Area, name: str, force: str | None, level: str, data: OptionData) -> Iterator[Pair]:
    """How often no armed response vehicle is free, and of the whole region how much of their time is work."""
    units = data.scenario.units
    arvs = [kind for kind in area.kinds if kind.kind in units and units[kind.kind].arv]
    head = f"force={force}:" if force else ""
    none = data.ratio(f"{head}arv_free_zero_minutes:level={level}", f"{head}minutes:level={level}")
    if not arvs or not none.count:
        return
    on_duty, offered = (
        np.sum(table, axis=0) for table in zip(*(_by_hour(kind) for kind in arvs), strict=True)
    )
    expected = float(erlang_b(on_duty, offered).mean())
    yield _pair(name, "No ARV free", "share", expected, none, UTILISATION_ERROR)
    if force is None:
        work = [f"arv_work_minutes:level={level}:work={one}" for one in _WORK]
        rest = [f"arv_work_minutes:level={level}:work={one}" for one in _REST]
        ratio = float(offered.mean() / on_duty.mean())
        yield _pair(name, "ARVs at work", "share", ratio, data.ratio(work, [*work, *rest]), UTILISATION_ERROR)


def _by_hour(kind: KindFigures) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return kind.on_duty_by_hour, kind.offered_by_hour


def _of_grade(
    grade: GradeFigures, name: str, force: str | None, level: str, data: OptionData
) -> Iterator[Pair]:
    if math.isnan(grade.response):
        return
    confidence = data.scenario.study.confidence
    for target_name, share in grade.cover.items():
        target = data.scenario.targets[target_name]
        filters = {"force": force} if force else {}
        curve = data.target_curve(target, None, level, **filters)
        if tuple(target.grades) == (grade.grade,) and curve.count:
            limit = 60 * max(target.urban, target.rural)
            yield _pair(
                name,
                f"Within {target_name}",
                "share",
                share,
                curve.share_interval(limit, confidence),
                UTILISATION_ERROR,
            )
    milestone = "first_armed" if grade.grade == "FIREARMS" else "first_officer"
    mean = _mean(data, milestone, grade.grade, level, force)
    if mean is not None:
        wait = grade.wait if math.isfinite(grade.wait) else 0.0
        error = TRAVEL_ERROR * grade.drive
        yield _pair(name, f"{grade.grade}: mean response", "minutes", grade.response + wait, mean, error)


def _mean(data: OptionData, milestone: str, grade: str, level: str, force: str | None) -> Estimate | None:
    """Mean minutes to a milestone of the incidents that reached it, a ratio of sums over replications."""
    keep = data.rows(milestone, grade=grade, level=level, force=force)
    table = data.responses.loc[keep]
    table = table[table["fate"] == REACHED]
    if not len(table):
        return None
    place = data.totals.index.get_indexer(pd.Index(table["replication"]))
    count = np.bincount(place, minlength=len(data.totals)).astype(float)
    total = np.bincount(place, weights=table["seconds"] / _SECONDS, minlength=len(data.totals))
    return ratio_of_sums(total, count, data.scenario.study.confidence)


def _pair(area: str, figure: str, unit: str, theory: float, found: Estimate, error: float) -> Pair:
    half = 0.0 if math.isnan(found.low) else (found.high - found.low) / 2
    differs = abs(theory - found.value) > error + half
    return Pair(area, figure, unit, theory, found.value, found.low, found.high, error, differs)
