"""The compact tables that a run of several options ends with: an option a row, a table for each condition."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from armsim.cli.shown import Shown

if TYPE_CHECKING:
    from rich.table import Table

    from armsim.analysis.option import OptionData
    from armsim.study.results import Results

_ARMED = {"milestone": "first_armed", "grade": "FIREARMS"}
#: Stands for the first team of role ARV, whose duty a level changes first; all teams where there is none.
_ARV_TEAM = {"team": "ARV"}
_COLUMNS = (
    Shown("Grade 1 in target, %", "within_target", {"target": "grade_1", "milestone": "first_officer"}, 100),
    Shown("First armed, median, min", "response_p50", _ARMED),
    Shown("First armed, P90, min", "response_p90", _ARMED),
    Shown("No ARV free, %", "no_arv_free", {}, 100, 2),
    Shown("First CED, median, min", "response_p50", {"milestone": "first_ced", "grade": "G1"}),
    Shown("Average week, h", "average_week", _ARV_TEAM),
    Shown("Rest days lost, each", "rest_days_lost", _ARV_TEAM, 1, 2),
    Shown("Cost a year, £m", "cost_a_year", {}, 1e-6, 2),
)
_QUANTILES = {"response_p50": 0.5, "response_p90": 0.9}
#: Characters that a terminal needs for limits under each figure.
ROOM_FOR_LIMITS = 118


def option_tables(results: Results, width: int = ROOM_FOR_LIMITS) -> list[Table]:
    """A row for each option, and a table for each condition where the file names some.

    Args:
        results: the run.
        width: characters that there are; below ``ROOM_FOR_LIMITS`` the limits are left out.
    """
    from armsim.config.options import parts_of

    figures = {name: _figures(one) for name, one in results.data.items()}
    columns = [column for column in _COLUMNS if any(column.label in cells for cells in figures.values())]
    limits = width >= ROOM_FOR_LIMITS
    tables: dict[str, Table] = {}
    for name, cells in figures.items():
        option, condition = parts_of(name)
        if condition not in tables:
            tables[condition] = _empty(results, condition, columns)
        texts = [_cell(cells.get(column.label), column, limits) for column in columns]
        tables[condition].add_row(option, *texts)
    last = list(tables.values())[-1]
    last.caption = _caption(results, limits)
    return list(tables.values())


def _empty(results: Results, condition: str, columns: list[Shown]) -> Table:
    from rich.table import Table

    title = f"{results.title}: {condition}" if condition else results.title
    table = Table(title=title, title_justify="left", caption_justify="left")
    table.add_column("", overflow="fold")
    for column in columns:
        table.add_column(column.label, justify="right")
    return table


def _caption(results: Results, limits: bool) -> str:
    confidence = results.option().scenario.study.confidence
    shown = f"limits hold at {confidence:.0%}" if limits else "limits are in the run folder"
    team = _armed_team(results.option())
    whose = f"Week and rest days: team {team}. " if team else ""
    which = "incidents of its own" if results.manifest.get("independent") else "the same incidents"
    return (
        f"{whose}{results.replications} replications on {which}; {shown} and are each option's "
        "own, for simulation noise only. Whether two options differ: armsim compare"
    )


class _Figure(NamedTuple):
    """Value and limits, and whether there were incidents enough to show them."""

    value: float
    low: float
    high: float
    shown: bool


def _figures(data: OptionData) -> dict[str, _Figure]:
    """Each column that the option has a figure for, by head."""
    from armsim.analysis.metrics import GROUPS, metrics, summarise

    known = metrics()
    found = _quantiles(data)
    columns = [one for one in _COLUMNS if one.metric in known and one.metric not in _QUANTILES]
    summary = summarise(data, list(dict.fromkeys(column.metric for column in columns)))
    for column in columns:
        labels = {"team": _armed_team(data)} if column.labels is _ARV_TEAM else column.labels
        rows = summary[summary["metric"] == column.metric]
        wanted = [labels.get(group, "") for group in GROUPS]
        rows = rows[(rows[list(GROUPS)] == wanted).all(axis=1)]
        for row in rows.head(1).to_dict("records"):
            found[column.label] = _Figure(row["value"], row["low"], row["high"], row["shown"])
    return found


def _armed_team(data: OptionData) -> str:
    teams = data.scenario.teams.items()
    return next((name for name, team in teams if team.kind == "pattern" and team.role == "ARV"), "")


def _quantiles(data: OptionData) -> dict[str, _Figure]:
    """Response times of the columns alone: the metrics work out those of every hour, area and level too."""
    from armsim.analysis.metrics import quantile_row

    found = {}
    for column in _COLUMNS:
        if column.metric in _QUANTILES:
            labels = dict(column.labels)
            curve = data.curve(labels["milestone"], grade=labels["grade"])
            row = quantile_row(labels, curve, _QUANTILES[column.metric], data)
            if curve.count:
                one = row.estimate
                found[column.label] = _Figure(one.value, one.low, one.high, row.shown)
    return found


def _cell(figure: _Figure | None, column: Shown, limits: bool) -> str:
    if figure is None:
        return ""
    if not figure.shown:
        return "too few"
    value, low, high = (_number(one, column) for one in figure[:3])
    if not limits or math.isnan(figure.low) or math.isnan(figure.high):
        return value
    return f"{value}\n{low}–{high}"


def _number(value: float, column: Shown) -> str:
    if not math.isfinite(value):
        return "never"
    return f"{column.scale * value:,.{column.digits}f}"
