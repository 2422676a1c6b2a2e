"""Sections about what happened: options compared, response, hours, areas, availability, second incidents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from armsim.analysis.money import When
from armsim.config.options import parts_of
from armsim.domain import Milestone
from armsim.report import chart_differences, chart_distribution, gather
from armsim.report.charts import context_of, standard_charts
from armsim.report.page.figures import amount, change_cell, figure_cell, measure, more_pounds
from armsim.report.page.parts import Block, Cell, Folded, Picture, Points, Row, Section, Table, Words, row
from armsim.report.page.pictures import picture
from armsim.report.page.tables import (
    CHANGES,
    LIMITS,
    MANY_RUNS,
    Line,
    by_option,
    by_run,
    responses_of,
)
from armsim.report.page.view import Figures, View
from armsim.report.record import Chart
from armsim.report.style import MAX_SERIES
from armsim.study.compare import Comparison
from armsim.study.precision import separation

#: Charts of differences on a page at most; the tables have all of them.
_MOST_DIFFERENCES = 18
_RESPONSE_CHARTS = ("response_times", "response_parts", "response_by_grade", "armed_percentiles")


class Drawn:
    """The standard charts of the first run of each condition, each handed out once.

    Args:
        view: the run.
        live: names of the charts to be explored that there are.
    """

    def __init__(self, view: View, live: frozenset[str] = frozenset()) -> None:
        self.live = live
        self._charts = {
            name: {one.name: one for one in standard_charts(view.results, name)} for name in view.firsts
        }

    def take(self, names: Sequence[str], live: str = "", how: str = "") -> list[Block]:
        """Pictures of the charts of these names, those of later conditions folded; the first may be explored.

        Args:
            names: names of charts.
            live: name of the chart to be explored.
            how: how that one is used.
        """
        found: list[Block] = []
        for index, (run, charts) in enumerate(self._charts.items()):
            here = [charts.pop(name) for name in names if name in charts]
            made = [
                self._picture(one, index, live if not (found or place) else "", how)
                for place, one in enumerate(here)
            ]
            if index and found and made:
                found.append(Folded(f"The same for {run}", tuple(made)))
            else:
                found += made
        return found

    @property
    def left(self) -> list[str]:
        """Names of the charts that nobody took yet, in order."""
        return list(dict.fromkeys(name for charts in self._charts.values() for name in charts))

    def _picture(self, chart: Chart, index: int, live: str, how: str) -> Picture:
        return picture(
            chart, f"{chart.name.replace('_', '-')}-{index + 1}", live if live in self.live else "", how
        )


def options_compared(view: View) -> Section:
    """The most telling difference as a chart, a table for each condition, the other charts folded."""
    found = view.comparison
    if found is None:
        return Section("options", "Options compared")
    charts = list(_differences(view, found))
    blocks: list[Block] = [*charts[:1], *(_compared(view, condition) for condition in view.conditions)]
    more = Points(tuple(_short(one) for one in separation(found)))
    blocks += [Points(found.sentences), Folded("What more replications would tell", (more,))]
    if charts[1:]:
        blocks.append(Folded("Charts of the other differences", tuple(charts[1:])))
    return Section("options", "Options compared", tuple(blocks))


def _short(line: str) -> str:
    """A line of ``separation`` that names the baseline without its condition."""
    begin, _, rest = line.partition(" against ")
    return f"{begin}: {rest.partition(': ')[2]}"


def _differences(view: View, found: Comparison) -> Iterator[Picture]:
    """Charts of primary figures of which a difference has limits, the clearest first.

    All conditions stand on one chart where they fit, else each has its own.
    """
    many = len(found.table["option"].unique()) > MANY_RUNS
    tables = (
        [found.table[found.table["condition"] == one] for one in view.conditions] if many else [found.table]
    )
    keys = dict.fromkeys((str(one["metric"]), str(one["about"])) for one in view.primary)
    wanted = [(table, *key) for key in keys for table in tables]
    clearest = sorted(wanted, key=lambda one: -_clear(one[0], one[1], one[2]))
    drawn = 0
    for table, metric, about in clearest:
        if not ((table["metric"] == metric) & (table["about"] == about)).any():
            continue
        if drawn == _MOST_DIFFERENCES:
            return
        chart = chart_differences.draw(replace(found, table=table), metric, about)
        if chart is not None:
            drawn += 1
            yield picture(chart, f"difference-{drawn}")


def _clear(table: pd.DataFrame, metric: str, about: str) -> int:
    """How many options differ clearly in a figure."""
    rows = table[(table["metric"] == metric) & (table["about"] == about)]
    return int(((rows["low"] > 0) | (rows["high"] < 0)).sum())


def _compared(view: View, condition: str) -> Table:
    """Options of a condition a row, primary figures and cost a column."""
    names = view.conditions[condition]
    shown = [one for one in view.primary if one["option"] in names]
    keys = list(dict.fromkeys((str(one["metric"]), measure(one)) for one in shown))
    first = {key: next(one for one in shown if (str(one["metric"]), measure(one)) == key) for key in keys}
    rows = [
        row(
            Cell(parts_of(names[0])[0], "baseline"),
            *(_baseline(one) for one in first.values()),
            cost_cell(view, names[0], "a year"),
        )
    ]
    for name in names[1:]:
        mine = {(str(one["metric"]), measure(one)): one for one in shown if one["option"] == name}
        rows.append(
            row(
                parts_of(name)[0],
                *(change_cell(mine.get(key)) for key in keys),
                cost_cell(view, name, "a year"),
            )
        )
    title = f"Main measures by option{', ' + condition if condition else ''}"
    return Table(title, ("Option", *(label for _, label in keys), "Cost a year"), tuple(rows),
                 "▲ clearly better, ▼ clearly worse than the baseline, with limits in brackets.")  # fmt: skip


def _baseline(one: Figures) -> Cell:
    if not one["shown"]:
        return Cell("too few", "", "quiet")
    return Cell(amount(one["baseline_value"], str(one["unit"])))


def cost_cell(view: View, name: str, when: When) -> Cell:
    """What a run costs, and under it what it costs more than the first of its condition."""
    whole = figure_cell(view.figure(name, "cost_a_year" if when == "a year" else "cost_one_off"))
    change = view.cost_change(name, when)
    return whole if change is None else Cell(whole.text, more_pounds(change), whole.tone)


def responses(view: View, drawn: Drawn) -> Section:
    """Distribution of response times: options against each other, milestones of the first, and a table."""
    blocks: list[Block] = []
    overlays = [one for one in (overlay(view, condition) for condition in view.conditions) if one is not None]
    live = "curves" if "curves" in drawn.live else ""
    for index, chart in enumerate(overlays):
        how = (
            "Choose what is waited for, and an option to hold against the first, which the heading is about."
        )
        blocks.append(picture(chart, f"options-response-{index + 1}", live if index == 0 else "", how))
    how = "Choose what is waited for. Point at a curve to read it."
    blocks += drawn.take(_RESPONSE_CHARTS, "" if overlays else live, how)
    blocks += _quantiles(view)
    return Section("responses", "How soon help comes", tuple(blocks))


def overlay(view: View, condition: str) -> Chart | None:
    """First armed unit at firearms incidents: the baseline and the options next to it, four at most."""
    names = view.conditions[condition]
    if len(names) < 2:
        return None
    curves = {
        parts_of(name)[0]: view.option(name).curve(Milestone.FIRST_ARMED, grade="FIREARMS")
        for name in names[:MAX_SERIES]
    }
    left = f"; {len(names) - MAX_SERIES} more options in the table" if len(names) > MAX_SERIES else ""
    context = context_of(view.results, names[0])
    base = parts_of(names[0])[0]
    return chart_distribution.draw(
        curves,
        gather.target_lines(view.option(names[0]).scenario, Milestone.FIRST_ARMED, "FIREARMS"),
        context,
        (base, f"firearms incidents with “{base}” get an armed unit"),
        f"first armed unit at firearms incidents{', ' + condition if condition else ''}{left}",
    )


def _quantiles(view: View) -> Iterator[Table]:
    """Half and nine in ten by run, for each milestone that there is."""
    head, rows = responses_of(view, [(name, name, "", "") for name in view.results.options])
    if head:
        note = f"{LIMITS} {CHANGES}" if view.comparison is not None else LIMITS
        yield by_run("Minutes from the call, by run", ("Run", *head), rows, note)


def hours(drawn: Drawn) -> Section:
    """Response and availability by hour of the day."""
    how = (
        "Choose what is shown and for which run; the heading is about the first. Point at a mark to read it."
    )
    pictures = drawn.take(["response_by_hour", "arv_by_hour", "arv_utilisation"], "hours", how)
    return Section("hours", "By hour of the day", tuple(pictures))


def availability(view: View, drawn: Drawn) -> Section:
    """ARVs free against the threat level."""
    lines = (
        Line("No ARV free", "no_arv_free", {}),
        Line("No ARV obtainable", "no_arv_obtainable", {}),
        Line("ARVs free, on average", "arvs_free", {}),
        Line("ARVs on posts, on average", "arvs_on_posts", {}),
        Line("Graded to authorised, nine in ten within", "authorisation_delay_p90", {}),
    )
    rows: list[Row] = []
    for name in view.results.options:
        levels = (
            view.option(name).levels
            if any(kind.arv for kind in view.option(name).scenario.units.values())
            else ()
        )
        for level in levels:
            cells = [
                figure_cell(view.figure(name, one.metric, **one.labels, level=level.name)) for one in lines
            ]
            rows.append(row(name, level.name, *cells))
    blocks: list[Block] = [*drawn.take(["arv_availability"])]
    if rows:
        blocks.append(
            by_run(
                "ARVs by run and threat level", ("Run", "Threat level", *(one.label for one in lines)), rows
            )
        )
    return Section("availability", "Armed response vehicles and the threat level", tuple(blocks))


def attack(view: View) -> Section:
    """Response at the sites of attacks, and what a given attack leaves behind."""
    lines = (
        Line(
            "First armed unit at the attack, half within", "attack_response_p50", {"milestone": "first_armed"}
        ),
        Line(
            "First armed unit at the attack, nine in ten within",
            "attack_response_p90",
            {"milestone": "first_armed"},
        ),
        Line(
            "Full attendance at the attack, half within",
            "attack_response_p50",
            {"milestone": "full_attendance"},
        ),
        Line(
            "Full attendance at the attack, nine in ten within",
            "attack_response_p90",
            {"milestone": "full_attendance"},
        ),
        Line("Other armed work waits for authority, mean", "authorisation_after_attack", {"attack": "with"}),
        Line("The same without the attack", "authorisation_after_attack", {"attack": "without"}),
        Line("Recovery, half within", "recovery_p50", {}),
        Line("Not recovered by the end", "not_recovered", {}),
    )
    table = by_option(view, "The attack, by run", lines)
    return Section("attack", "The attack", table)


def second(view: View, drawn: Drawn) -> Section:
    """Firearms incidents that come soon after another one."""
    lines = (
        Line("Of firearms incidents", "second_incidents", {}),
        Line("First armed unit, half within", "second_incident_p50", {}),
        Line("First armed unit, nine in ten within", "second_incident_p90", {}),
        Line("Within target", "second_incident_within_target", {"target": "first_armed"}),
    )
    table = by_option(view, "Second incidents, by run", lines)
    if not table:
        return Section("second", "A second incident soon after the first")
    within = view.results.option().scenario.study.second_incident_within
    words = (
        "A firearms incident is a second one when another came in the same force in the "
        f"{within:g} minutes before. They are rare, so that many replications are needed before their "
        "figures can be shown."
    )
    pictures = drawn.take(["second_incident"])
    return Section("second", "A second incident soon after the first", (Words((words,)), *pictures, *table))


def others(drawn: Drawn) -> Section:
    """Charts that no other section shows."""
    return Section("charts", "More charts", tuple(drawn.take(drawn.left)))
