"""The compact table that a run ends with: a figure a row, a threat level a column."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from armsim.study.results import Results

_ARMED = {"milestone": "first_armed", "grade": "FIREARMS", "area": "", "hour": ""}
_LINES: tuple[tuple[str, dict[str, str], str], ...] = (
    ("response_p50", _ARMED, "First armed unit, median"),
    ("response_p90", _ARMED, "First armed unit, 90th percentile"),
    ("within_target", {"area": ""}, "Within target {target}"),
    ("no_arv_free", {"hour": ""}, "No ARV free"),
    ("no_arv_obtainable", {"hour": ""}, "No ARV obtainable"),
    ("arvs_free", {"hour": ""}, "ARVs free, on average"),
    ("arvs_on_posts", {"hour": ""}, "ARVs on posts, on average"),
    ("authorised_operations", {}, "Authorised operations a year"),
    ("stood_down_mobilisations", {}, "Stood-down mobilisations a year"),
)
_WHOLE_WINDOW = "whole window"


def result_table(results: Results) -> Table:
    """Main figures by option and level, with limits."""
    from rich.table import Table

    confidence = results.option().scenario.study.confidence
    table = Table(title=results.title, title_justify="left", caption_justify="left")
    table.caption = (
        f"{results.replications} replications; limits hold at {confidence:.0%} and show simulation noise only"
        f"{_warm_up(results)}"
    )
    levels = _columns(results)
    table.add_column("")
    for level in levels:
        table.add_column(level or _WHOLE_WINDOW, justify="right")
    summary = results.summary()
    for option in results.options:
        mine = summary[summary["option"] == option]
        head = f"{option}: " if len(results.options) > 1 else ""
        for metric, wanted, label in _LINES:
            for name, cells in _rows(mine, metric, wanted, label).items():
                table.add_row(head + name, *[cells.get(level, "") for level in levels])
    return table


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


def _rows(
    summary: pd.DataFrame, metric: str, wanted: dict[str, str], label: str
) -> dict[str, dict[str, str]]:
    """Text of each cell, by label and level."""
    rows = summary[summary["metric"] == metric]
    for group, value in wanted.items():
        rows = rows[rows[group] == value]
    found: dict[str, dict[str, str]] = {}
    for row in rows.to_dict("records"):
        named = {str(key): value for key, value in row.items()}
        found.setdefault(label.format(target=row["target"]), {})[str(row["level"])] = _cell(named)
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
