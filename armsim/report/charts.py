"""The standard charts of a run: which are drawn, from what, and where they go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from armsim.analysis.curve import ResponseCurve, enough
from armsim.config.options import parts_of
from armsim.domain import Milestone
from armsim.report import (
    chart_availability,
    chart_availability_day,
    chart_distribution,
    chart_forces,
    chart_grades,
    chart_hours,
    chart_map,
    chart_percentiles,
    chart_replications,
    chart_utilisation,
    chart_waterfall,
    gather,
)
from armsim.report.files import save
from armsim.report.record import ILLUSTRATIVE, SYNTHETIC, Chart, ChartContext
from armsim.study.results import Results

#: Urban and rural minutes that the map speaks of where no target is set for armed response.
_WITHIN = 15.0, 15.0
#: Curves that a title may speak of, and what it says of them.
_HEADLINES = (
    ("First armed, firearms", "firearms incidents get an armed unit"),
    ("First officer, grade 1", "grade 1 incidents get an officer"),
    ("First CED officer, grade 1", "grade 1 incidents get a CED officer"),
)


def draw_all(results: Results, folder: Path, option: str | None = None) -> list[Path]:
    """Draw every standard chart of an option for which there are figures, and write it as PNG, SVG and CSV.

    Args:
        results: an opened run.
        folder: where the files go; made when missing.
        option: the option; the first when left out.

    Returns:
        The files written, in order of the charts.

    Raises:
        KeyError: no option of that name.
        OSError: the folder or a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [path for chart in standard_charts(results, option) for path in save(chart, folder)]


def standard_charts(results: Results, option: str | None = None) -> list[Chart]:
    """The standard charts of an option, the most telling first; one without figures is left out.

    Raises:
        KeyError: no option of that name.
    """
    name = results.options[0] if option is None else option
    return [chart for chart in _drawn(results, name) if chart is not None]


def context_of(results: Results, option: str) -> ChartContext:
    """What the footers of an option's charts say."""
    one = results.option(option)
    return ChartContext(
        title=one.scenario.title
        if len(results.options) == 1
        else f"{one.scenario.title} ({_run_words(option)})",
        run_id=results.run_id,
        replications=len(one.totals),
        version=str(results.manifest["versions"]["armsim"]),
        note=SYNTHETIC if one.scenario.region.generated is not None else ILLUSTRATIVE,
        confidence=one.scenario.study.confidence,
    )


def headline(curves: Mapping[str, ResponseCurve]) -> tuple[str, str]:
    """Which of ``gather.milestone_curves`` a title speaks of, and its subject: the first with enough."""
    return next((one for one in _HEADLINES if enough(curves[one[0]].count)), _HEADLINES[0])


def _run_words(option: str) -> str:
    """A run's name to be read: the option and its condition."""
    return ", ".join(part for part in parts_of(option) if part)


def _drawn(results: Results, name: str) -> Iterator[Chart | None]:
    option, context = results.option(name), context_of(results, name)
    spells = gather.spells(option)
    weekday = option.scenario.start.weekday()
    given = option.scenario.study.given
    struck = None if given is None else given.at
    yield chart_availability.draw(gather.hours_of_window(option), spells, context, weekday, struck)
    yield chart_availability_day.draw(gather.hours_of_day(option), context, attack_given=given is not None)
    yield chart_forces.draw(gather.hours_of_day_by_force(option), context)
    yield chart_percentiles.draw(
        gather.level_curves(option, Milestone.FIRST_ARMED, "FIREARMS"),
        context,
        "armed response",
        "incidents graded firearms",
    )
    yield chart_waterfall.draw(gather.part_sums(option), context)
    yield chart_percentiles.draw_second(
        *gather.second_curves(option), option.scenario.study.second_incident_within, context
    )
    curves = gather.milestone_curves(option)
    yield chart_distribution.draw(
        curves,
        gather.target_lines(option.scenario, Milestone.FIRST_OFFICER, "G1"),
        context,
        headline(curves),
        "all levels together",
    )
    yield chart_grades.draw(gather.grade_curves(option), context)
    yield chart_hours.draw(
        gather.hour_curves(option, Milestone.FIRST_OFFICER, "G1"),
        context,
        "grade 1 response",
        "First officer at grade 1",
    )
    yield chart_utilisation.draw(gather.work_by_hour(option), context)
    yield chart_map.draw(
        option.zones,
        gather.potential(option, spells[0][0]),
        gather.arv_bases(results.manifest, name),
        context,
        gather.target_limits(option.scenario, Milestone.FIRST_ARMED, "FIREARMS") or _WITHIN,
    )
    yield chart_replications.draw(gather.looks(option), context)
