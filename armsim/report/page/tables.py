"""Tables that several sections share: a run a row and a figure a column, responses by run, area or force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from armsim.domain import Milestone
from armsim.report.page.figures import change_cell, figure_cell
from armsim.report.page.parts import Cell, Row, Table, row
from armsim.report.page.view import View

#: With more runs than this tables by run are folded.
MANY_RUNS = 12
LIMITS = "Limits are under each figure and show simulation noise only."
#: Said besides where options are compared in a table.
CHANGES = "What the difference from the first option of the same condition says stands under the figure."
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
    """A table with a run a row and a figure a column, without columns that no run has.

    Figures that options are compared by say under the figure how they differ from the first option's.
    """
    have = [one for one in lines if _there(view, one)]
    if not have:
        return ()
    rows = [
        row(name, *(told(view, name, one.metric, **one.labels) for one in have))
        for name in view.results.options
    ]
    if any(_is_compared(view, name, one) for name in view.results.options for one in have):
        note = f"{note} {CHANGES}"
    return (by_run(title, ("Run", *(one.label for one in have)), rows, note),)


def told(view: View, name: str, metric: str, **labels: str) -> Cell:
    """A figure of a run with its limits; where options are compared by it, with what the difference says."""
    change = view.compared(name, metric, **labels)
    return figure_cell(view.figure(name, metric, **labels)) if change is None else change_cell(change)


def _is_compared(view: View, name: str, line: Line) -> bool:
    return view.compared(name, line.metric, **line.labels) is not None


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
    have = [index for index in range(len(POPULATIONS)) if any(cells[index] is not None for cells in found)]
    head = [
        f"{POPULATIONS[index][0]}: {words}"
        for index in have
        for words in ("half within", "nine in ten within")
    ]
    rows = [
        row(part[0], *(one for index in have for one in cells[index] or (figure_cell(None),) * 2))
        for part, cells in zip(parts, found, strict=True)
    ]
    return tuple(head), rows


def _pair(
    view: View, part: tuple[str, str, str, str], population: tuple[str, Milestone, str]
) -> tuple[Cell, Cell] | None:
    """Half and nine in ten, with what the difference says where it is known; ``None`` without incidents."""
    (_, option, area, force), (_, milestone, grade) = part, population
    labels = {"milestone": str(milestone), "grade": grade, "area": area, "force": force}
    cells = []
    for p, metric in ((0.5, "response_p50"), (0.9, "response_p90")):
        change = view.compared(option, metric, **labels)
        figure = view.quantile(option, p, milestone, grade, area=area, force=force)
        if figure is None:
            return None
        cells.append(figure_cell(figure) if change is None or not figure["shown"] else change_cell(change))
    return cells[0], cells[1]
