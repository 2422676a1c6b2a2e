"""Tables that several sections share: a run a row and a figure a column, responses by run, area or force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from armsim.domain import Milestone
from armsim.report.page.figures import figure_cell
from armsim.report.page.parts import Row, Table, row
from armsim.report.page.view import Figures, View

#: With more runs than this tables by run are folded.
MANY_RUNS = 12
LIMITS = "Limits are under each figure and show simulation noise only."
#: What responses are told of: what it is called, milestone and grade.
POPULATIONS = (
    ("First officer, grade 1", Milestone.FIRST_OFFICER, "G1"),
    ("First CED officer, grade 1", Milestone.FIRST_CED, "G1"),
    ("First armed unit, firearms", Milestone.FIRST_ARMED, "FIREARMS"),
)


class Line(NamedTuple):
    """A figure of every run.

    Attributes:
        label: what it is called.
        metric: name of the metric.
        labels: part of the population; a group that is not named is all of it.
        absent_if_zero: zero in every run means that there is no such thing, so that it is left out.
    """

    label: str
    metric: str
    labels: dict[str, str]
    absent_if_zero: bool = False


def by_option(view: View, title: str, lines: Iterable[Line], note: str = LIMITS) -> tuple[Table, ...]:
    """A table with a run a row and a figure a column, without columns that no run has."""
    have = [one for one in lines if _there(view, one)]
    if not have:
        return ()
    rows = [
        row(name, *(figure_cell(view.figure(name, one.metric, **one.labels)) for one in have))
        for name in view.results.options
    ]
    return (by_run(title, ("Run", *(one.label for one in have)), rows, note),)


def _there(view: View, line: Line) -> bool:
    found = [view.figure(name, line.metric, **line.labels) for name in view.results.options]
    return any(one is not None and (one["value"] or not line.absent_if_zero) for one in found)


def by_run(title: str, head: Sequence[str], rows: Sequence[Row], note: str = LIMITS) -> Table:
    """A table with a run a row, folded on a screen where there are many."""
    folded = f"{title}: all {len(rows)} rows" if len(rows) > MANY_RUNS else ""
    return Table(title, tuple(head), tuple(rows), note, folded=folded, paper=True)


def responses_of(view: View, parts: Sequence[tuple[str, str, str, str]]) -> tuple[tuple[str, ...], list[Row]]:
    """Half and nine in ten of each milestone that there is, a row for each part of a run.

    Args:
        view: the run.
        parts: what heads the row, option, area and force; an empty text is all of it.

    Returns:
        Headings of the columns after those of the row, and the rows; no headings without any incidents.
    """
    found = [[_pair(view, part, one) for one in POPULATIONS] for part in parts]
    have = [index for index in range(len(POPULATIONS)) if any(any(cells[index]) for cells in found)]
    head = [
        f"{POPULATIONS[index][0]}: {words}"
        for index in have
        for words in ("half within", "nine in ten within")
    ]
    rows = [
        row(part[0], *(figure_cell(one) for index in have for one in cells[index]))
        for part, cells in zip(parts, found, strict=True)
    ]
    return tuple(head), rows


def _pair(
    view: View, part: tuple[str, str, str, str], population: tuple[str, Milestone, str]
) -> tuple[Figures | None, Figures | None]:
    (_, option, area, force), (_, milestone, grade) = part, population
    half, most = (view.quantile(option, p, milestone, grade, area=area, force=force) for p in (0.5, 0.9))
    return half, most
