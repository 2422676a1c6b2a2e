"""Sections about what it takes: officers' hours and rest, neighbourhoods, CED cover, and money."""

from __future__ import annotations

from collections.abc import Iterator

from armsim.analysis.cost_per_point import cost_per_point
from armsim.analysis.intervals import mean_interval
from armsim.analysis.money import TOTAL, CostItem, cost_items
from armsim.analysis.option import OptionData
from armsim.report.page.figures import figure_cell, limits, pounds
from armsim.report.page.parts import Block, Cell, Folded, Points, Section, Table, Words, row
from armsim.report.page.sections import cost_cell
from armsim.report.page.tables import CHANGES, LIMITS, Line, by_option, by_run
from armsim.report.page.view import View

_TEAM_LINES = (
    Line("Average week", "average_week", {}),
    Line("Officers above the weekly limit", "officers_over_48h", {}),
    Line("Overtime a month, each", "overtime_hours", {}),
    Line("Rest days lost, each", "rest_days_lost", {}),
    Line("Breaks lost", "breaks_lost", {}),
    Line("Rostered duties worked", "parade", {}),
    Line("Rostered hours absent", "absence", {}),
)
_FORCE_LINES = (
    Line("Officers for an ARV round the clock", "officers_per_arv", {}),
    Line("Posts filled", "posts_filled", {}),
    Line("Abstracted from neighbourhoods", "abstracted_share", {}),
    Line("of it to posts", "abstracted_share", {"cause": "posts"}),
    Line("of it to response", "abstracted_share", {"cause": "response"}),
    Line("Standards of engagement met", "standards_met", {}),
    Line("CED carriers on duty", "ced_cover", {}, absent_if_zero=True),
    Line("Armed units in sight, a week", "visible_armed", {}, absent_if_zero=True),
    Line("Neighbourhood units in sight, a week", "visible_unarmed", {}, absent_if_zero=True),
)


def people(view: View) -> Section:
    """Hours, rest days and abstraction: the ARV team by run, every team of the first of each condition."""
    blocks: list[Block] = [*_armed(view)]
    blocks += by_option(view, "Crews, posts, neighbourhoods and CED cover, by run", _FORCE_LINES)
    blocks += [table for name in view.firsts for table in _teams(view, name)]
    return Section("people", "People", tuple(blocks))


def _armed(view: View) -> Iterator[Table]:
    """The team that crews ARVs, a run a row; compared where there is something to compare with."""
    team = next((found for name in view.results.options if (found := view.armed_team(name))), "")
    if team:
        lines = [one._replace(labels={**one.labels, "team": team}) for one in _TEAM_LINES]
        yield from by_option(view, f"Officers of team {team.replace('_', ' ')}, whole window", lines)


def _teams(view: View, name: str) -> Iterator[Table]:
    teams = view.values(name, "average_week", "team")
    rows = [
        row(one.label, *(figure_cell(view.figure(name, one.metric, team=team)) for team in teams))
        for one in _TEAM_LINES
        if any(view.figure(name, one.metric, team=team) for team in teams)
    ]
    if rows:
        head = ("Figure", *(team.replace("_", " ") for team in teams))
        yield Table(f"By team, {name}", head, tuple(rows), LIMITS, folded=f"Every team, {name}")


def money(view: View) -> Section:
    """What each run costs a year and once, what a point within target costs, and the bill."""
    priced = [
        name
        for name in view.results.options
        if cost_items(view.option(name)) and view.option(name).scenario.teams
    ]
    if not priced:
        return Section("money", "Money")
    years = sorted({view.option(name).scenario.prices.year for name in priced})
    words = (
        f"At prices of {', '.join(map(str, years))}. Overtime and mutual aid are simulated and taken to a "
        "year as if all of it were like the window; the rest follows from the price list of the scenario."
    )
    rows = [row(name, *_costs(view, name)) for name in priced]
    head = ("Run", "Cost a year", "Cost once", "Overtime a year", "An hour of a crewed ARV")
    note = f"{LIMITS} {CHANGES}" if view.many else LIMITS
    blocks: list[Block] = [Words((words,)), by_run("Cost by run", head, rows, note)]
    points = tuple(_points(view))
    if points:
        blocks.append(Points(points))
    blocks.append(
        Folded("What the money is for, run by run", tuple(_bill(view.option(name), name) for name in priced))
    )
    return Section("money", "Money", tuple(blocks))


def _costs(view: View, name: str) -> Iterator[Cell]:
    yield cost_cell(view, name, "a year")
    yield cost_cell(view, name, "once")
    for metric in ("overtime_cost_a_year", "cost_per_arv_hour"):
        yield figure_cell(view.figure(name, metric))


def _points(view: View) -> Iterator[str]:
    """What a percentage point of the first target costs a year, where an option clearly gains any.

    Nothing without pairs, which that price is worked out from.
    """
    if not view.paired:
        return
    for names in view.conditions.values():
        base = view.option(names[0])
        for name in names[1:]:
            one = view.option(name)
            target = next(iter(one.scenario.targets), None)
            if target is None or not one.scenario.teams:
                continue
            price = cost_per_point(one, base, one.scenario.targets[target])
            if price.defined and price.points.value > 0:
                words = target.replace("_", " ")
                yield f"{name}: a percentage point within target “{words}” costs {price.words} a year."


def _bill(data: OptionData, name: str) -> Table:
    """Pounds a year and once by what they are for, the total last."""
    items = cost_items(data)
    rows = []
    for item in (*dict.fromkeys(one.item for one in items), TOTAL):
        mine = [one for one in items if item in (one.item, TOTAL)]
        yearly, once = ([one for one in mine if one.when == when] for when in ("a year", "once"))
        rows.append(row(item[:1].upper() + item[1:], _sum(yearly, data), _sum(once, data)))
    head = ("For", "Pounds a year", "Pounds once")
    return Table(f"Bill, {name}", head, tuple(rows))


def _sum(items: list[CostItem], data: OptionData) -> Cell:
    if not items:
        return Cell("–", "", "quiet")
    if not any(one.priced for one in items):
        return Cell("no price given", "", "quiet")
    found = mean_interval(sum(one.pounds for one in items), data.scenario.study.confidence)
    missing = "" if all(one.priced for one in items) else "some lines have no price"
    return Cell(pounds(found.value), limits(found.low, found.high, "pounds") or missing)
