"""What ``armsim find`` prints and keeps: a row a value, or the bases proposed against those of today."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from armsim.cli.output import data, data_console

if TYPE_CHECKING:
    from rich.table import Table

    from armsim.study.found import Found, Point
    from armsim.study.place import Placing
    from armsim.study.results import Results


def show(found: Found, form: str) -> None:
    """Print what a search found, as JSON or as a table with its sentence and remarks."""
    if form == "json":
        data(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
        return
    data(found.sentence)
    data_console().print(_table(found), markup=False)
    for line in found.remarks:
        data(line)


def show_placing(found: Placing, form: str) -> None:
    """Print bases proposed and what they bring, as JSON or as a table."""
    if form == "json":
        data(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
        return
    from rich.table import Table

    data(found.sentence)
    table = Table(title=f"{found.title}: bases of {found.group}", title_justify="left")
    for head in ("", "Bases", "Expected cover", found.aim.metric.label, "Meets"):
        table.add_column(head, overflow="fold")
    for name, one in (("today", found.today), ("proposed", found.proposed)):
        figure = found.aim.with_limits(one.figure)
        table.add_row(name, "\n".join(one.bases), f"{one.cover:.1%}", figure, "yes" if one.met else "no")
    data_console().print(table, markup=False)
    for line in found.remarks:
        data(line)


def save_placing(results: Results, found: Placing, no_charts: bool) -> None:
    """``place.json`` and the chart of the difference, in the run folder."""
    from armsim.study.files import write_json

    write_json(results.folder / "place.json", found.to_dict())
    if no_charts:
        return
    from armsim.report.chart_differences import draw
    from armsim.report.files import save

    chart = draw(found.comparison, found.aim.figure.metric)
    if chart is not None:
        figures = results.folder / "figures"
        figures.mkdir(parents=True, exist_ok=True)
        save(chart, figures)


def _table(found: Found) -> Table:
    from rich.table import Table

    from armsim.study.found import money

    table = Table(title=f"{found.title}: {found.aim.words}", title_justify="left")
    for lever in found.levers:
        table.add_column(lever.name, justify="right", overflow="fold")
    for head in (found.aim.metric.label, "Meets", "Cost a year", ""):
        table.add_column(head, justify="right" if head != "" else "left", overflow="fold")
    for one in found.points:
        steps = [":".join(lever.steps[step]) for lever, step in zip(found.levers, one.place, strict=True)]
        met = "yes" if one.met else "no"
        table.add_row(*steps, found.aim.with_limits(one.figure), met, money(one.cost), _mark(found, one))
    return table


def _mark(found: Found, one: Point) -> str:
    words = ["answer"] if one is found.answer else []
    return ", ".join([*words, *(["dominated"] if one.dominated else [])])
