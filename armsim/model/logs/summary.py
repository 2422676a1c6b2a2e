"""What is in a log, for whoever is about to use it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from armsim.model.logs.record import INTERVALS, Log

#: What each interval is, in words.
INTERVAL_WORDS = {
    "to_dispatch": "received to dispatched",
    "turnout": "dispatched to mobile",
    "travel": "mobile to arrived",
    "attendance": "dispatched to arrived",
    "scene": "arrived to clear of the scene",
    "busy": "dispatched to available",
}


def summary(log: Log) -> dict[str, Any]:
    """What was read, as plain data for JSON; minutes and kilometres.

    ``gaps`` are spells of days without an incident, first and last day of each; ``intervals`` has count,
    median and 90th percentile of each interval that the log can tell; ``rejected`` counts rows by column and
    reason, the commonest first.
    """
    incidents, units = log.incidents, log.units
    first, end = log.covers
    return {
        "name": log.name,
        "time_zone": log.time_zone,
        "rows": log.rows,
        "incidents": len(incidents),
        "unit_responses": len(units),
        "bases": len(log.bases),
        "first_day": first.isoformat(),
        "last_day": (end - timedelta(days=1)).isoformat(),
        "days": (end - first).days,
        "gaps": [[begins.isoformat(), ends.isoformat()] for begins, ends in gaps(log)],
        "busiest_day": _busiest(incidents),
        "types": {str(name): int(count) for name, count in incidents["type"].value_counts().items()},
        "kinds": {str(name): int(count) for name, count in units["kind"].value_counts().items()},
        "grid": log.grid,
        "without_place": int(incidents["x_km"].isna().sum()),
        "units_sent": _mean(incidents["units_sent"]),
        "intervals": {name: _spread(units[name]) for name in INTERVALS if name in log.clocks},
        "unknown": [name for name in INTERVALS if name not in log.clocks],
        "rejected": _reasons(log.rejected),
        "notes": list(log.notes),
        "files": log.files,
    }


def gaps(log: Log) -> list[tuple[date, date]]:
    """Spells of days that the log covers and has no incident of: first and last day of each."""
    first, end = log.covers
    there = set(log.incidents["received"].dt.date)
    found: list[tuple[date, date]] = []
    for number in range((end - first).days):
        day = first + timedelta(days=number)
        if day in there:
            continue
        if found and found[-1][1] == day - timedelta(days=1):
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


def _busiest(incidents: pd.DataFrame) -> dict[str, Any]:
    counts = incidents["received"].dt.date.value_counts(sort=False).sort_index()
    return {
        "day": counts.idxmax().isoformat(),
        "incidents": int(counts.max()),
        "median_day": float(counts.median()),
    }


def _mean(values: pd.Series[float]) -> float | None:
    return float(values.mean()) if values.notna().any() else None


def _spread(minutes: pd.Series[float]) -> dict[str, Any]:
    known = minutes.dropna()
    if known.empty:
        return {"count": 0, "median": None, "p90": None}
    return {"count": len(known), "median": float(known.median()), "p90": float(known.quantile(0.9))}


def _reasons(rejected: pd.DataFrame) -> list[dict[str, Any]]:
    tally = rejected.groupby(["column", "reason"], sort=False, as_index=False).agg(
        rows=("row", "size"), first_row=("row", "first"), value=("value", "first")
    )
    tally = tally.sort_values("rows", ascending=False, kind="stable")
    return [{str(name): value for name, value in one.items()} for one in tally.to_dict("records")]
