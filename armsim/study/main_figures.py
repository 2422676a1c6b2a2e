"""The main figures of a run: which they are, and how a value and its limits are written."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from armsim.study.results import Results

Labels = dict[str, str]
#: Metric, part of its population, and what it is called; "" in a group that is not named is all of it.
Line = tuple[str, Labels, str]

FIRST_ARMED: Labels = {"milestone": "first_armed", "grade": "FIREARMS"}
LINES: tuple[Line, ...] = (
    ("response_p50", FIRST_ARMED, "First armed unit, median"),
    ("response_p90", FIRST_ARMED, "First armed unit, 90th percentile"),
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
#: Groups that a figure is taken over the whole of unless told otherwise.
_SPLITS = ("area", "hour", "kind", "work", "force", "site", "attack", "team", "employment", "cause")
WHOLE_WINDOW = "whole window"


def main_figures(results: Results) -> pd.DataFrame:
    """Main figures as text with their limits, a figure a row.

    A column for the whole window and for each level of one option; of several, a column for each option.
    """
    summary, many = results.summary(), len(results.options) > 1
    levels = [""] if many else level_columns(results)
    found: dict[str, dict[str, str]] = {}
    for option in results.options:
        mine = summary[summary["option"] == option]
        for line in LINES:
            for label, texts in texts_of(mine, line, "level").items():
                row = found.setdefault(label, {})
                row |= {option if many else level or WHOLE_WINDOW: texts.get(level, "") for level in levels}
    return pd.DataFrame.from_dict(found, orient="index").fillna("").rename_axis("figure")


def level_columns(results: Results) -> list[str]:
    """The whole window, and each level when there are several."""
    levels = [level.name for level in results.levels]
    return ["", *levels] if len(levels) > 1 else [""]


def texts_of(summary: pd.DataFrame, line: Line, across: str) -> dict[str, dict[str, str]]:
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
