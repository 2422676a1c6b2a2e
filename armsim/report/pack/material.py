"""What a pack is made from: the run's charts, each with its place, and its sections of words and tables."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from armsim.config.options import parts_of
from armsim.report import chart_differences
from armsim.report.charts import context_of, standard_charts
from armsim.report.pack.native import MOST_ROWS
from armsim.report.page import answer, people, places, question, register, sections
from armsim.report.page.figures import more_pounds
from armsim.report.page.parts import Section
from armsim.report.page.view import View, view_of
from armsim.report.record import Chart
from armsim.report.words import file_word
from armsim.study.compare import Comparison
from armsim.study.files import file_name
from armsim.study.results import Results

OPTIONS = "options"
#: Figures that options are compared by besides the primary ones.
_BESIDES = ("average_week", "rest_days_lost")


class Placed(NamedTuple):
    """A chart and where it goes.

    Attributes:
        folder: below the folder of charts; empty is that folder itself.
        condition: the condition that it is about; empty without conditions.
        chart: the chart.
    """

    folder: str
    condition: str
    chart: Chart


class _Undrawn(sections.Drawn):
    """Stands for the charts of a page where none is wanted: the pack draws its own."""

    def __init__(self) -> None:
        self.live, self._charts = frozenset(), {}


@dataclass(frozen=True, eq=False)
class Material:
    """All that a pack tells.

    Attributes:
        view: the run as its report reads it.
        charts: the options compared, then the standard charts of the first option under each condition.
        sections: the report's sections; pictures in them are not looked at.
    """

    view: View
    charts: tuple[Placed, ...]
    sections: tuple[Section, ...]

    @property
    def source(self) -> str:
        """The source line of the run as a whole."""
        return context_of(self.view.results, self.view.results.options[0]).source

    def section(self, name: str) -> Section:
        """A section by name; an empty one where there is none."""
        return next((one for one in self.sections if one.name == name), Section(name, ""))


def gathered(results: Results) -> Material:
    """Everything that a pack tells of a run."""
    view = view_of(results)
    charts = (*_compared(view), *_standard(view))
    return Material(view, charts, tuple(one for one in _sections(view) if one.blocks))


def _sections(view: View) -> Iterator[Section]:
    none = _Undrawn()
    yield question.question(view)
    yield answer.answer(view)
    yield sections.options_compared(view)
    yield sections.responses(view, none)
    yield places.areas(view, none)
    yield sections.availability(view, none)
    yield sections.second(view, none)
    yield sections.attack(view)
    yield people.people(view)
    yield people.money(view)
    yield register.changes(view)
    yield register.sources(view)
    yield register.method(view)
    yield register.identity(view)


def _standard(view: View) -> Iterator[Placed]:
    for name in view.firsts:
        condition = parts_of(name)[1] if len(view.firsts) > 1 else ""
        for chart in standard_charts(view.results, name):
            yield Placed(file_name(condition), condition, chart)


def _compared(view: View) -> Iterator[Placed]:
    """Differences of every primary figure and of what people and money ask for, conditions together."""
    found = view.comparison
    if found is None:
        return
    table = found.table[found.table["primary"] | found.table["metric"].isin(_BESIDES)]
    costs = _costs(view)
    if costs:
        table = pd.concat([table, pd.DataFrame(costs)], ignore_index=True)
    found = replace(found, table=table)
    for metric, about in dict.fromkeys(zip(table["metric"], table["about"], strict=True)):
        yield from _differences(found, metric, about, context_of(view.results, view.firsts[0]).note)
    for condition in view.conditions:
        curves = sections.overlay(view, condition)
        if curves is not None:
            end = f"_{file_word(condition)}" if condition else ""
            yield Placed(OPTIONS, condition, replace(curves, name=f"options_response{end}"))


def _differences(found: Comparison, metric: str, about: str, note: str) -> Iterator[Placed]:
    """Differences of a figure: one chart, or one a condition where it would have too many rows to be read."""
    table = found.table
    rows = table[(table["metric"] == metric) & (table["about"] == about)]
    conditions = rows["condition"].unique()
    if len(rows) <= MOST_ROWS or len(conditions) == 1:
        chart = chart_differences.draw(found, metric, about, note)
        if chart is not None:
            yield Placed(OPTIONS, "", chart)
        return
    for condition in conditions:
        part = replace(found, table=table[table["condition"] == condition])
        chart = chart_differences.draw(part, metric, about, note)
        if chart is not None:
            name = f"{chart.name}_{file_word(condition)}"
            yield Placed(OPTIONS, str(condition), replace(chart, name=name))


def _costs(view: View) -> list[dict[str, object]]:
    """What each option costs a year more than the first of its condition, as rows of a comparison.

    A difference that is the same in every replication is exact: its limits are the figure itself.
    """
    rows: list[dict[str, object]] = []
    for condition, (base, *names) in view.conditions.items():
        for name in names:
            change = view.cost_change(name, "a year")
            if change is not None:
                exact = math.isnan(change.low)
                low, high = (change.value, change.value) if exact else (change.low, change.high)
                rows.append(
                    {
                        "condition": condition, "option": name, "baseline": base, "metric": "cost_a_year",
                        "label": "Cost a year", "about": "", "unit": "pounds a year", "better": "lower",
                        "difference": change.value, "low": low, "high": high,
                        "margin": math.nan, "replications": change.replications, "primary": False,
                        "verdict": more_pounds(change),
                    }
                )  # fmt: skip
    return rows
