"""The compact tables that a run ends with: a figure a row and a level a column, forces, the attack."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from armsim.study.results import Results

Labels = dict[str, str]

_ARMED = {"milestone": "first_armed", "grade": "FIREARMS"}
#: Metric, part of its population, and what it is called; "" in a group that is not named is all of it.
_LINES: tuple[tuple[str, Labels, str], ...] = (
    ("response_p50", _ARMED, "First armed unit, median"),
    ("response_p90", _ARMED, "First armed unit, 90th percentile"),
    ("within_target", {}, "Within target {target}"),
    ("second_incident_p50", {}, "Second incident, first armed unit, median"),
    ("second_incident_p90", {}, "Second incident, first armed unit, 90th percentile"),
    ("authorisation_delay_p90", {}, "Graded to authorised, 90th percentile"),
    ("no_arv_free", {}, "No ARV free"),
    ("no_arv_obtainable", {}, "No ARV obtainable"),
    ("arvs_free", {}, "ARVs free, on average"),
    ("arvs_on_posts", {}, "ARVs on posts, on average"),
    ("authorised_operations", {}, "Authorised operations a year"),
    ("stood_down_mobilisations", {}, "Stood-down mobilisations a year"),
)
_BY_FORCE: tuple[tuple[str, Labels, str], ...] = (
    ("response_p50", _ARMED, "First armed, median"),
    ("response_p90", _ARMED, "First armed, 90th percentile"),
    ("no_arv_free", {}, "No ARV free"),
    ("arvs_free", {}, "ARVs free"),
    ("arv_away", {}, "ARVs at work elsewhere, h a week"),
    ("arv_helped", {}, "ARVs of others at work here, h a week"),
    ("no_arv_free_lending", {}, "No ARV free while lending"),
)
_BY_SITE: tuple[tuple[str, Labels, str], ...] = (
    ("attack_response_p50", {"milestone": "first_armed"}, "First armed unit, median"),
    ("attack_response_p90", {"milestone": "first_armed"}, "First armed unit, 90th percentile"),
    ("attack_response_p50", {"milestone": "full_attendance"}, "Full attendance, median"),
    ("attack_response_p90", {"milestone": "full_attendance"}, "Full attendance, 90th percentile"),
)
_OF_ATTACK: tuple[tuple[str, Labels, str], ...] = (
    ("authorisation_after_attack", {"attack": "with"}, "Other armed work, wait for authority, mean"),
    ("authorisation_after_attack", {"attack": "without"}, "The same without the attack"),
    ("recovery_p50", {}, "Recovery, median"),
    ("recovery_p90", {}, "Recovery, 90th percentile"),
    ("not_recovered", {}, "Not recovered by the end"),
)
#: Groups that a figure is taken over the whole of unless told otherwise.
_SPLITS = ("area", "hour", "kind", "work", "force", "site", "attack", "team", "employment", "cause")
_WHOLE_WINDOW = "whole window"


def result_tables(results: Results) -> list[Table]:
    """Main figures; a row for each force where there are several; a block for an attack; people and money."""
    from armsim.cli.table_people import people_tables

    tables = [result_table(results), _force_table(results), _attack_table(results), *people_tables(results)]
    return [table for table in tables if table is not None]


def result_table(results: Results) -> Table:
    """Main figures by option and level, with limits."""
    confidence = results.option().scenario.study.confidence
    caption = (
        f"{results.replications} replications; limits hold at {confidence:.0%} and show simulation noise only"
        f"{_warm_up(results)}"
    )
    levels = _columns(results)
    table = _table(results.title, [level or _WHOLE_WINDOW for level in levels], caption)
    for head, mine in _options(results):
        for line in _LINES:
            for name, cells in _cells(mine, line, "level").items():
                table.add_row(head + name, *[cells.get(level, "") for level in levels])
    return table


def _force_table(results: Results) -> Table | None:
    """A row for each force: response by force of the place, the rest by force that pays."""
    if not any(one.parts for one in results.data.values()):
        return None
    summary = results.summary()
    lines = [line for line in _BY_FORCE if (summary[summary["metric"] == line[0]]["force"] != "").any()]
    caption = "Response by force of the place, ARVs by force that pays; all levels together"
    table = _table("By force", [label for _, _, label in lines], caption)
    for head, mine in _options(results):
        columns = [_cells(mine[mine["level"] == ""], line, "force").get(line[2], {}) for line in lines]
        for force in dict.fromkeys(force for column in columns for force in column if force):
            table.add_row(head + force, *[column.get(force, "") for column in columns])
    return table


def _attack_table(results: Results) -> Table | None:
    """Response at the sites of attacks, and what a given attack leaves behind."""
    summary = results.summary()
    sites = sorted(set(summary.loc[summary["metric"] == "attack_response_p50", "site"]) - {""}, key=int)
    if not sites:
        return None
    columns = ["", *(sites if len(sites) > 1 else [])]
    table = _table("The attack", [f"site {site}" if site else "all sites" for site in columns], None)
    for head, mine in _options(results):
        for line in (*_BY_SITE, *_OF_ATTACK):
            for name, cells in _cells(mine, line, "site").items():
                table.add_row(head + name, *[cells.get(site, "") for site in columns])
    return table


def _table(title: str, columns: list[str], caption: str | None) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", caption=caption, caption_justify="left")
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _options(results: Results) -> list[tuple[str, pd.DataFrame]]:
    """Beginning of the rows of each option, and its part of the summary."""
    summary, many = results.summary(), len(results.options) > 1
    return [
        (f"{option}: " if many else "", summary[summary["option"] == option]) for option in results.options
    ]


def _warm_up(results: Results) -> str:
    """Whether the warm-up looks long enough, a line for each different answer."""
    said: dict[str, list[str]] = {}
    for option, one in results.warm_up.items():
        said.setdefault(one.words, []).append(option)
    many = len(results.options) > 1
    lines = [f"{', '.join(names)}: {words}" if many else words for words, names in said.items()]
    return "".join(f"\n{line[0].upper() if not many else line[0]}{line[1:]}" for line in lines)


def _columns(results: Results) -> list[str]:
    """The whole window, and each level when there are several."""
    levels = [level.name for level in results.levels]
    return ["", *levels] if len(levels) > 1 else [""]


def _cells(summary: pd.DataFrame, line: tuple[str, Labels, str], across: str) -> dict[str, dict[str, str]]:
    """Text of each cell, by label and by the value of the group *across*."""
    metric, wanted, label = line
    rows = summary[summary["metric"] == metric]
    for group, value in ({group: "" for group in _SPLITS if group != across} | wanted).items():
        rows = rows[rows[group] == value]
    found: dict[str, dict[str, str]] = {}
    for row in rows.to_dict("records"):
        named = {str(key): value for key, value in row.items()}
        found.setdefault(label.format(target=row["target"]), {})[str(row[across])] = _cell(named)
    return found


def _cell(row: dict[str, Any]) -> str:
    if not row["shown"]:
        return f"too few ({row['n']:,.0f})"
    value = _number(row["value"], row["unit"])
    if row["unit"] == "minutes" and not math.isnan(row["value"]):
        value += " min"
    if math.isnan(row["low"]) or math.isnan(row["high"]):
        return value
    return f"{value} ({_number(row['low'], row['unit'])} to {_number(row['high'], row['unit'])})"


def _number(value: float, unit: str) -> str:
    if not math.isfinite(value):
        return "not reached" if unit == "minutes" else "none"
    if unit == "share":
        return f"{100 * value:.2f}%" if value < 0.1 else f"{100 * value:.1f}%"
    return f"{value:,.0f}" if unit == "a year" else f"{value:.1f}"
