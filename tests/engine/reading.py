"""How the stories' logs are read."""

from __future__ import annotations

from typing import Any

import numpy as np

from armsim.domain import DEPLOYMENT_COLUMNS, INCIDENT_COLUMNS
from armsim.engine.log import EventLog


def incident(log: EventLog, number: int) -> dict[str, Any]:
    """The row of an incident."""
    table = log.tables["incidents"]
    (at,) = np.flatnonzero(table["incident"] == number).tolist()
    return {name: table[name][at].item() for name in INCIDENT_COLUMNS}


def deployments(log: EventLog, number: int) -> list[dict[str, Any]]:
    """Rows of an incident's deployments, by ordinal."""
    table = log.tables["deployments"]
    keep = np.flatnonzero(table["incident"] == number).tolist()
    return [{name: table[name][at].item() for name in DEPLOYMENT_COLUMNS} for at in keep]


def units_sent(log: EventLog, number: int) -> list[tuple[int, float]]:
    """Number and minute of each unit sent to an incident."""
    return [(int(one["unit"]), one["assigned_at"]) for one in deployments(log, number)]


def statuses(log: EventLog, unit: int) -> list[tuple[int, float, float]]:
    """Status, start and end of each interval of a unit."""
    table = log.tables["unit_status"]
    mine = table["unit"] == unit
    return list(zip(*(table[name][mine].tolist() for name in ("status", "start", "end")), strict=True))


def aid(log: EventLog) -> list[tuple[int, int, int, float, float]]:
    """Lender, borrower, unit, start and end of each loan."""
    table = log.tables["aid"]
    columns = (table[name].tolist() for name in ("lender", "borrower", "unit", "start", "end"))
    return [(int(a), int(b), int(unit), start, end) for a, b, unit, start, end in zip(*columns, strict=True)]
