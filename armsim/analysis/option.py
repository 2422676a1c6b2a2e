"""What was measured of one option, over all its replications, and the two ways of reading a figure off it.

A figure is either read off a response curve or is a ratio of sums over replications; both carry limits for
which the replication is the unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.analysis.curve import NEVER, ResponseCurve
from armsim.analysis.intervals import Estimate, ratio_of_sums
from armsim.analysis.run_in import WarmUp, judge
from armsim.config.schema import Scenario
from armsim.config.schema.scenario import Target
from armsim.domain import AreaClass, Grade, Milestone, ThreatLevel
from armsim.model.forces import names_of, zone_forces

MILESTONES = tuple(Milestone)
#: Columns of a response table, one row per counted incident and milestone that its needs ask for.
#: ``seconds``, ``graded`` and ``authorised`` are whole seconds since received; -1 is a clock that never came.
#: ``second`` is a firearms incident soon after another one in its force, ``site`` the number of the site of
#: an attack from 0; -1 is none.
RESPONSE_TYPES: dict[str, type[np.generic]] = {
    "milestone": np.uint8,
    "type": np.int16,
    "grade": np.int8,
    "zone": np.int32,
    "level": np.int8,
    "hour": np.uint8,
    "seconds": np.int32,
    "fate": np.uint8,
    "graded": np.int32,
    "authorised": np.int32,
    "second": np.bool_,
    "site": np.int8,
}

Words = str | Sequence[str]
Labels = dict[str, str]


@dataclass(frozen=True, eq=False)
class OptionData:
    """Everything measured of one option.

    Attributes:
        name: the option.
        scenario: its resolved scenario.
        zones: the zone frame of its world; ``zone`` columns elsewhere are row numbers of it.
        responses: ``replication`` and the columns of ``RESPONSE_TYPES``; ``milestone`` is the position in
            ``domain.Milestone``, ``type`` the position in ``types``, ``hour`` the hour of the week, ``fate``
            that of ``analysis.curve``.
        totals: additive sums, a row per replication (its index) and a column per name such as
            ``arv_free_zero_minutes:level=CRITICAL:hour=3``; 0 where a replication has none.
        potential: mean expected minutes of the first obtainable ARV, shape (zones, levels); NaN where never
            read.
        replications: one more than the highest index; some may have failed and carry no row.
        run_in: ``replication`` and the columns of ``analysis.run_in``, rows in that order.
    """

    name: str
    scenario: Scenario
    zones: pd.DataFrame
    responses: pd.DataFrame
    totals: pd.DataFrame
    potential: NDArray[np.float64]
    replications: int
    run_in: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"replication": []}))

    @cached_property
    def types(self) -> tuple[str, ...]:
        """Names of the incident types in the order of their codes."""
        return tuple(sorted(self.scenario.demand.types))

    @cached_property
    def rural(self) -> NDArray[np.bool_]:
        """Whether the zone of each response row is rural."""
        rural = np.asarray(self.zones["rural"], dtype=bool)
        return np.asarray(rural[self._columns["zone"]], dtype=bool)

    @cached_property
    def forces(self) -> tuple[str, ...]:
        """Names of the forces, sorted, overlays among them."""
        return names_of(self.scenario, self.zones)

    @property
    def parts(self) -> tuple[str, ...]:
        """The forces that figures are broken down by: none where there is only one."""
        return self.forces if len(self.forces) > 1 else ()

    @cached_property
    def force_of(self) -> NDArray[np.int64]:
        """Code of the force of the place of each response row."""
        of_zone = zone_forces(self.zones, self.forces)
        return np.asarray(of_zone[self._columns["zone"]], dtype=np.int64)

    @cached_property
    def warm_up(self) -> WarmUp:
        """Whether the warm-up looks too short."""
        return judge(self.scenario, self.run_in)

    @cached_property
    def levels(self) -> tuple[ThreatLevel, ...]:
        """Threat levels that the window saw, lowest first."""
        return tuple(level for level in ThreatLevel if f"minutes:level={level.name}" in self.totals)

    @property
    def level_labels(self) -> dict[str, list[str]]:
        """Label of a level: the levels it covers; the empty label covers all."""
        seen = [level.name for level in self.levels]
        return {"": seen, **{name: [name] for name in seen}}

    def rows(
        self,
        milestone: str,
        *,
        grade: Words | None = None,
        level: Words | None = None,
        type: Words | None = None,
        area: str | None = None,
        hours: Sequence[int] | None = None,
        force: str | None = None,
        second: bool | None = None,
        sites: Sequence[int] | None = None,
    ) -> NDArray[np.bool_]:
        """Which response rows belong to a population.

        Args:
            milestone: a ``domain.Milestone``.
            grade: name or names of grades; all when left out.
            level: name or names of threat levels at received.
            type: name or names of incident types.
            area: ``urban`` or ``rural``.
            hours: hours of the day, 0 to 23.
            force: name of the force that the place lies in.
            second: whether another firearms incident came in the force shortly before.
            sites: numbers of sites of an attack, from 0.

        Raises:
            KeyError, ValueError: a name that does not exist.
        """
        table = self._columns
        keep = table["milestone"] == MILESTONES.index(Milestone(milestone))
        if grade is not None:
            keep &= _any_of(table["grade"], [Grade[name].value for name in _listed(grade)])
        if level is not None:
            keep &= _any_of(table["level"], [ThreatLevel[name].value for name in _listed(level)])
        if type is not None:
            keep &= _any_of(table["type"], [self.types.index(name) for name in _listed(type)])
        if area is not None:
            keep &= self.rural == (AreaClass[area.upper()] is AreaClass.RURAL)
        if hours is not None:
            keep &= _any_of(table["hour"] % 24, hours)
        if force is not None:
            keep &= self.force_of == self.forces.index(force)
        if second is not None:
            keep &= table["second"] == second
        if sites is not None:
            keep &= _any_of(table["site"], sites)
        return np.asarray(keep, dtype=bool)

    def curve(self, milestone: str, *, clock: str = "received", **filters: object) -> ResponseCurve:
        """The response curve of a population, pooled over replications.

        Args:
            milestone: what must have happened.
            clock: where it starts: ``received``, ``graded`` or ``authorised``; where that never came nothing
                has elapsed.
            filters: those of :meth:`rows`.
        """
        return self._curve(self.rows(milestone, **filters), clock)  # type: ignore[arg-type]

    def counts(self, milestone: str, **filters: object) -> NDArray[np.int64]:
        """Response rows of a population in each replication that was run; filters as in :meth:`rows`."""
        keep = self.rows(milestone, **filters)  # type: ignore[arg-type]
        count = np.bincount(self._columns["replication"][keep], minlength=self.replications)
        return np.asarray(count[self.totals.index.to_numpy()], dtype=np.int64)

    def where(self, milestone: str, grade: str) -> OptionData:
        """This option with the response rows of one milestone and grade only."""
        keep = self.rows(milestone, grade=grade)
        return replace(self, responses=self.responses.loc[keep].reset_index(drop=True))

    def target_curve(
        self, target: Target, area: str | None = None, level: str | None = None, **filters: object
    ) -> ResponseCurve:
        """The curve that a target is judged on.

        Args:
            target: the target.
            area: ``urban`` or ``rural``; for both the times of each are moved by the difference of the two
                limits, so that F at the longer limit is the share within target.
            level: a threat level at received; all when left out.
            filters: others of :meth:`rows`.
        """
        chosen: dict[str, Any] = {"grade": target.grades, "area": area, "level": level, **filters}
        keep = self.rows(target.milestone, **chosen)
        longer = 0.0 if area else target.rural - target.urban
        later = round(60 * max(longer, 0.0)), round(60 * max(-longer, 0.0))
        return self._curve(keep, target.clock, later)

    @cached_property
    def cells(self) -> tuple[tuple[Labels, ResponseCurve], ...]:
        """Curves by milestone and grade: all, by level, area, both, hour of the day, force and its level."""
        parts = [(milestone, grade.name) for milestone in MILESTONES for grade in Grade]
        return tuple(cell for milestone, grade in parts for cell in self._cells_of(milestone, grade))

    def _cells_of(self, milestone: Milestone, grade: str) -> Iterator[tuple[Labels, ResponseCurve]]:
        part = self.where(milestone, grade)
        if not len(part.responses):
            return
        head = {"milestone": str(milestone), "grade": grade}
        for level in ("", *(level.name for level in self.levels)):
            for area in ("", "urban", "rural"):
                curve = part.curve(milestone, level=level or None, area=area or None)
                yield head | {"level": level, "area": area}, curve
        for hour in range(24):
            yield head | {"hour": str(hour)}, part.curve(milestone, hours=[hour])
        for force in self.parts:
            for level in self.level_labels:
                curve = part.curve(milestone, force=force, level=level or None)
                yield head | {"force": force, "level": level}, curve

    def ratio(self, numerator: Words, denominator: Words, per: float = 1.0) -> Estimate:
        """Ratio of two sums over replications, with jackknife limits.

        Args:
            numerator: name or names of totals, added up; one that no replication has is 0.
            denominator: the same.
            per: the ratio is multiplied by it, such as minutes in a year.
        """
        upper, lower = self.total(numerator), self.total(denominator)
        return ratio_of_sums(per * upper, lower, self.scenario.study.confidence)

    def total(self, names: Words) -> NDArray[np.float64]:
        """Sum of the totals named, one value per replication that was run."""
        place, table = self._totals
        known = [place[name] for name in _listed(names) if name in place]
        return np.asarray(table[known].sum(axis=0), dtype=np.float64)

    @cached_property
    def _columns(self) -> dict[str, NDArray[Any]]:
        """Columns of the response table: taking one out of the frame hundreds of times is slow."""
        return {str(name): self.responses[name].to_numpy() for name in self.responses.columns}

    @cached_property
    def _totals(self) -> tuple[dict[str, int], NDArray[np.float64]]:
        """Row of each total by name, and the totals, shape (totals, replications)."""
        place = {str(name): row for row, name in enumerate(self.totals.columns)}
        return place, np.ascontiguousarray(self.totals.to_numpy(dtype=np.float64).T)

    def _curve(self, keep: NDArray[np.bool_], clock: str, later: tuple[int, int] = (0, 0)) -> ResponseCurve:
        """The curve of some rows; *later* is added to the seconds of those in town and in the country."""
        rows = np.flatnonzero(keep)
        table = self._columns
        seconds = table["seconds"][rows].astype(np.int64)
        if clock != "received":
            offset = table[clock][rows].astype(np.int64)
            seconds = np.where(offset < 0, 0, np.maximum(seconds - offset, 0))
        if any(later):
            seconds = seconds + np.where(self.rural[rows], later[1], later[0])
        fate = table["fate"][rows]
        seconds = np.where(fate == NEVER, 0, seconds)
        return ResponseCurve.from_rows(table["replication"][rows], seconds, fate, self.replications)


def _any_of(column: NDArray[Any], codes: Sequence[int]) -> NDArray[np.bool_]:
    """Whether each entry is one of a few codes; many times as fast as ``np.isin`` on small integers."""
    found = np.zeros(len(column), dtype=bool)
    for code in codes:
        found |= column == code
    return found


def _listed(words: Words) -> Sequence[str]:
    return (words,) if isinstance(words, str) else words
