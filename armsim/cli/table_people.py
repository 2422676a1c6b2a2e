"""The tables of a run about people and money: a team a column, and what the option costs a year and once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from armsim.cli.shown import Shown

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from armsim.analysis.money import CostItem
    from armsim.analysis.option import OptionData
    from armsim.study.results import Results

_LINES = (
    Shown("On parade, % of rostered", "parade", {}, 100),
    Shown("Officers for an ARV 24/7", "officers_per_arv", {}),
    Shown("  by hand", "officers_per_arv_by_hand", {}),
    Shown("  for 95% of shifts", "officers_for_95_shifts", {"cause": "levelled"}, 1, 0),
    Shown("Average week, h", "average_week", {}),
    Shown("Above the weekly limit, %", "officers_over_48h", {}, 100),
    Shown("Overtime, h a month each", "overtime_hours", {}),
    Shown("Rest days lost, each", "rest_days_lost", {}, 1, 2),
    Shown("Breaks lost, %", "breaks_lost", {}, 100),
    Shown("Abstracted, % of scheduled", "abstracted_share", {}, 100),
    Shown("  to posts", "abstracted_share", {"cause": "posts"}, 100),
    Shown("  to response", "abstracted_share", {"cause": "response"}, 100),
    Shown("Standards met, %", "standards_met", {}, 100),
    Shown("Armed in sight, h a week", "visible_armed", {}, 1, 0),
    Shown("NPT in sight, h a week", "visible_unarmed", {}, 1, 0),
)
_ALL = "all"
_LIMITS = "; ± is the half-width of the limits, which show simulation noise only"
#: With more columns than this, limits would make a line longer than 80 characters.
_COLUMNS_WITH_LIMITS = 4


def people_tables(results: Results) -> list[Table]:
    """What the postures ask of each team, and what each option costs; none without teams."""
    with_teams = {name: one for name, one in results.data.items() if one.scenario.teams and len(one.totals)}
    if not with_teams:
        return []
    return [_people(results, with_teams), _money(with_teams)]


def _people(results: Results, options: dict[str, OptionData]) -> Table:
    """A row for each figure that any team has, a column for all teams and one for each."""
    summary = results.summary()
    teams = sorted({team for one in options.values() for team in one.scenario.teams})
    table = _table("People and neighbourhood", [_ALL, *teams])
    limits = len(teams) < _COLUMNS_WITH_LIMITS
    table.caption = "Over the whole window" + _LIMITS * limits
    for option in options:
        head = f"{option}: " if len(options) > 1 else ""
        mine = summary[summary["option"] == option]
        for line in _LINES:
            cells = _cells(mine, line, limits)
            if cells:
                table.add_row(head + line.label, *[cells.get(team, "") for team in ("", *teams)])
    return table


def _cells(summary: pd.DataFrame, line: Shown, limits: bool) -> dict[str, str]:
    """Text of a figure by team; empty is all of them."""
    from armsim.analysis.metrics import GROUPS

    rows = summary[summary["metric"] == line.metric]
    for group in GROUPS:
        if group != "team":
            rows = rows[rows[group] == line.labels.get(group, "")]
    return {str(row["team"]): _text(row, line, limits) for row in rows.to_dict("records") if row["shown"]}


def _text(row: dict[Any, Any], line: Shown, limits: bool) -> str:
    value = line.scale * row["value"]
    if math.isnan(value):
        return ""
    # Limits are cut at what the figure can be; the side that is not cut tells the half-width.
    half = max(line.scale * row["high"] - value, value - line.scale * row["low"])
    text = f"{value:,.{line.digits}f}"
    return text if math.isnan(half) or not limits else f"{text} ±{half:,.{line.digits}f}"


def _money(options: dict[str, OptionData]) -> Table:
    """Pounds a year and once by what they are for."""
    from armsim.analysis.money import cost_items

    table = _table("Cost a year", ["pounds a year", "limits", "pounds once"])
    year = {one.scenario.prices.year for one in options.values()}
    listed = ", ".join(map(str, sorted(year)))
    unpriced = not all(item.priced for data in options.values() for item in cost_items(data))
    more = "; some lines have no price" if unpriced else ""
    table.caption = (
        f"At prices of {listed}; overtime and aid as if all year were like the window; lines by team and "
        f"force are in cost.csv{more}"
    )
    for option, data in options.items():
        head = f"{option}: " if len(options) > 1 else ""
        for item, cells in _bill(data).items():
            table.add_row(head + item, *cells)
    return table


def _bill(data: OptionData) -> dict[str, tuple[str, str, str]]:
    """Pounds a year, their limits and pounds once by item, the total last."""
    from armsim.analysis.money import TOTAL, cost_items

    items = cost_items(data)
    found: dict[str, tuple[str, str, str]] = {}
    for name in (*dict.fromkeys(item.item for item in items), TOTAL):
        mine = [item for item in items if name in (item.item, TOTAL)]
        yearly, once = ([item for item in mine if item.when == when] for when in ("a year", "once"))
        found[name] = (*_pounds(yearly, data), _pounds(once, data)[0])
    return found


def _pounds(items: list[CostItem], data: OptionData) -> tuple[str, str]:
    """Pounds of some lines and their limits; words where none of them has a price."""
    from armsim.analysis.intervals import mean_interval

    if not items:
        return "", ""
    if not any(item.priced for item in items):
        return "no price given", ""
    found = mean_interval(sum(item.pounds for item in items), data.scenario.study.confidence)
    span = "" if math.isnan(found.low) else f"{found.low:,.0f} to {found.high:,.0f}"
    return f"{found.value:,.0f}", span


def _table(title: str, columns: list[str]) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", caption_justify="left")
    table.add_column("", overflow="fold")
    for column in columns:
        table.add_column(column, justify="right")
    return table
