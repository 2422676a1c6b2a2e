"""What a calibration is made of: settings, lines, checks, sections, and the values that are written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from armsim.analysis.intervals import Estimate
from armsim.config.quantities import Share
from armsim.config.schema.demand import CapabilityName

#: First day, and the day whose midnight ends it.
Span = tuple[date, date]


Unit = Literal["a year", "min", "share", "km", "km/h", "km/min2", "units", "", "incidents", "nats"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How a log is fitted.

    Attributes:
        seed: seed of every random stream.
        draws: bootstrap samples of days behind each interval.
        level: confidence level of the intervals.
        circuity: road km per straight-line km; acceleration and speed go with it.
        units_as: capability that a unit counts as, such as ``officers`` or ``arv``.
        per_unit: how many of it a unit brings.
    """

    seed: int = 1
    draws: int = 200
    level: Share = 0.95
    circuity: float = 1.3
    units_as: CapabilityName = "officers"
    per_unit: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A fitted figure: what it is, its value with limits, its unit, how it was fitted, how well it fits."""

    label: str
    value: Estimate
    unit: Unit
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A prediction of the test period beside what happened in it.

    Attributes:
        label: what was predicted.
        predicted: from the training period alone.
        observed: in the test period.
        unit: of both.
    """

    label: str
    predicted: Estimate
    observed: Estimate
    unit: Unit

    @property
    def difference(self) -> float:
        """Predicted over observed, less 1; for shares the difference."""
        if self.unit in ("share", "nats"):
            return self.predicted.value - self.observed.value
        return self.predicted.value / self.observed.value - 1 if self.observed.value else math.nan

    @property
    def agrees(self) -> bool | None:
        """Whether the difference lies within the limits of both together; ``None`` where there are none."""
        widths = [one.half_width for one in (self.predicted, self.observed) if math.isfinite(one.half_width)]
        if not widths:
            return None
        return abs(self.predicted.value - self.observed.value) <= math.hypot(*widths)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report.

    Attributes:
        key: short name.
        title: heading.
        lines: what was fitted.
        checks: how the test period agrees.
        missing: what could not be fitted, and why.
        notes: what the reader should know.
    """

    key: str
    title: str
    lines: tuple[Line, ...] = ()
    checks: tuple[Check, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the fragment.

    Attributes:
        path: where it stands in a scenario.
        value: plain data.
        comment: what stands above it: interval, number, method.
        low: low end of its range, as it would be written; ``None`` where it has none.
        high: high end.
    """

    path: tuple[str, ...]
    value: Any
    comment: str = ""
    low: float | str | None = None
    high: float | str | None = None


Fitted = tuple[Section, list[Value]]
