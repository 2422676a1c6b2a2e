"""Charts: median and 90th percentile of armed response by threat level, and of a second incident."""

from __future__ import annotations

from collections.abc import Mapping

from armsim.analysis.curve import ResponseCurve
from armsim.analysis.intervals import Estimate
from armsim.domain import ThreatLevel
from armsim.report import finding
from armsim.report.percentile_bars import draw_bars, told
from armsim.report.record import Chart, ChartContext
from armsim.report.style import styled

_FIRST, _SECOND = "Any other", "Second incident"


@styled
def draw(
    curves: Mapping[ThreatLevel, ResponseCurve], context: ChartContext, subject: str, population: str
) -> Chart | None:
    """Draw percentile bars by level.

    Args:
        curves: level: curve of first armed response; a level with too few incidents is left out.
        context: the run.
        subject: what the title speaks of, such as ``first armed response``.
        population: which incidents, for the subtitle.

    Returns:
        The chart; ``None`` when no level has incidents enough for a 90th percentile.
    """
    found = told({level.name: curves[level] for level in sorted(curves)}, context.confidence)
    if not found:
        return None
    title = _title(found, subject)
    subtitle = f"Minutes from the call to the first armed unit, with intervals; {population}"
    return draw_bars("armed_percentiles", title, subtitle, found, context, "level")


@styled
def draw_second(
    second: ResponseCurve, others: ResponseCurve, within: float, context: ChartContext
) -> Chart | None:
    """Draw percentile bars of armed response to a second firearms incident and to any other.

    Args:
        second: curve of firearms incidents soon after another one in their force.
        others: curve of all other firearms incidents.
        within: minutes within which the other one came.
        context: the run.

    Returns:
        The chart; ``None`` when either has too few incidents for a 90th percentile.
    """
    found = told({_FIRST: others, _SECOND: second}, context.confidence)
    if len(found) < 2:
        return None
    title = finding.second_incident(found[_FIRST], found[_SECOND])
    subtitle = (
        "Minutes from the call to the first armed unit, with intervals; firearms incidents. Second: "
        f"another came in the same force in the {within:g} minutes before"
    )
    return draw_bars("second_incident", title, subtitle, found, context, "incident")


def _title(found: Mapping[str, tuple[Estimate, Estimate]], subject: str) -> str:
    low, high = next(iter(found)), next(reversed(list(found)))
    if low == high:
        return finding.percentiles_alone(subject, low, found[low][1])
    return finding.percentiles(subject, (low, *found[low]), (high, *found[high]))
