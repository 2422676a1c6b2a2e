"""Logs and simulations made by hand."""

import numpy as np
import pandas as pd

from armsim.analysis.agreement.population import Incidents, Responses


def incidents(days: int, a_day: int, bases: tuple[str, ...] = ("North", "South")) -> Incidents:
    """So many incidents a day, an hour apart, by turns north and south."""
    count = days * a_day
    number = np.arange(count)
    table = pd.DataFrame(
        {
            "incident": [f"i{one}" for one in number],
            "day": number // a_day,
            "hour": number % a_day % 24,
            "type": np.where(number % 3 == 0, "fire", "other"),
            "area": np.where(number % 2 == 0, "north", "south"),
            "minute": (number // a_day) * 1440.0 + (number % a_day) * 60.0,
            "x_km": 0.0,
            "y_km": np.where(number % 2 == 0, 1.0, -1.0),
        }
    )
    return Incidents(table, days, bases, np.where(number % 2 == 0, 0, 1).astype(np.int64))


def responses(of: Incidents, attendance: np.ndarray, base: np.ndarray, busy: float = np.nan) -> Responses:
    """One arrival at each incident in each replication; both arrays of shape (replications, incidents)."""
    replications, count = attendance.shape
    table = pd.DataFrame(
        {
            "replication": np.repeat(np.arange(replications), count),
            "incident": np.tile(np.arange(count), replications),
            "kind": "",
            "base": base.ravel(),
            "response": np.nan,
            "attendance": attendance.ravel(),
            "turnout": np.nan,
            "travel": np.nan,
            "scene": np.nan,
            "busy": busy,
            "ordinal": np.where(np.isnan(attendance.ravel()), 0, 1),
            "sent": np.tile(of.table["minute"].to_numpy(), replications),
        }
    )
    return Responses(of, table, replications)
