"""Figures as text: for comments in the fragment, for tables, and rounded for the fragment itself."""

from __future__ import annotations

import math

from armsim.analysis.intervals import Estimate
from armsim.study.calibrate.record import Unit


def figures(value: float, count: int = 4) -> float:
    """A number to so many significant figures; whole numbers are integers.

    Raises:
        ValueError: it is not finite.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is no value for a scenario")
    rounded = float(f"{value:.{count}g}")
    return int(rounded) if rounded == int(rounded) and abs(rounded) < 1e15 else rounded


def end(value: float) -> float | None:
    """An end of a range to four figures; ``None`` where it cannot be told."""
    return figures(value) if math.isfinite(value) else None


def plain(value: float, unit: Unit = "") -> str:
    """A number for people: percent for shares, thousands separated; ``unknown`` for none."""
    if not math.isfinite(value):
        return "unknown"
    if unit == "share":
        return f"{value:.1%}"
    if unit in ("a year", "incidents"):
        return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.1f}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def with_unit(value: float, unit: Unit) -> str:
    """The number and its unit."""
    text = plain(value, unit)
    return text if unit in ("share", "") or text == "unknown" else f"{text} {unit}"


def interval(value: Estimate, unit: Unit) -> str:
    """The limits as text; empty where they cannot be told."""
    if not (math.isfinite(value.low) and math.isfinite(value.high)):
        return ""
    return f"{plain(value.low, unit)} to {plain(value.high, unit)}"


def told(value: Estimate, unit: Unit) -> str:
    """Value, limits and number for a comment."""
    limits = interval(value, unit)
    between = f" (interval {limits})" if limits else " (interval unknown)"
    return f"{with_unit(value.value, unit)}{between}, n {value.count:,.0f} in {value.replications:,} days"
