"""Chart: median and 90th percentile of response by grade, the first officer and the first armed unit."""

from __future__ import annotations

from collections.abc import Mapping

from armsim.analysis.curve import ResponseCurve
from armsim.report import finding
from armsim.report.percentile_bars import draw_bars, told
from armsim.report.record import Chart, ChartContext
from armsim.report.style import MAX_SERIES, styled


@styled
def draw(curves: Mapping[tuple[str, str], ResponseCurve], context: ChartContext) -> Chart | None:
    """Draw percentile bars by grade.

    Args:
        curves: grade and who comes, such as ``("Grade 1", "first officer")``: curve. One with too few
            incidents is left out; of the rest the first ``MAX_SERIES`` are drawn.
        context: the run.

    Returns:
        The chart; ``None`` when no curve has incidents enough for a 90th percentile.
    """
    named = {f"{grade}\n{who}": curve for (grade, who), curve in curves.items()}
    found = dict(list(told(named, context.confidence).items())[:MAX_SERIES])
    if not found:
        return None
    grade, who = next(iter(found)).split("\n")
    title = finding.by_grade(grade, who, next(iter(found.values()))[1])
    subtitle = "Minutes from the call, with intervals; incidents of each grade, all levels together"
    return draw_bars("response_by_grade", title, subtitle, found, context, "grade")
