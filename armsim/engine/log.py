"""What a replication hands back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from armsim.model.roster import Duty, Unit

Table = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class EventLog:
    """The log of one replication: tidy columns, one row a fact. What is not here did not happen.

    Attributes:
        tables: by name (incidents, deployments, unit_status, duty, officers, officer_duty, shortfalls,
            posts, commands, threat, survey), each a mapping of column to array; see ``armsim.domain`` for the
            columns. Minutes from the opening of the window, the incidents of warm-up and cool-down included.
        units: the units that the numbers in the tables stand for.
        officer_hours: officer hours paraded in the window, by team; of volunteers those in patrols.
        seed: seed of the study.
        replication: index of the replication.
    """

    tables: dict[str, Table]
    units: tuple[Unit, ...]
    officer_hours: dict[str, float]
    seed: int
    replication: int


def officer_duty(duty: Duty, actual_ends: Sequence[float], horizon: float) -> Table:
    """Duty of officers that began before *horizon*; a crew goes off duty with its unit, if that is late.

    Args:
        duty: the roster.
        actual_ends: when each duty period ended.
        horizon: end of the log; a duty period that begins later is not in it, and its crew waits (-1).
    """
    begun = duty.officer_duty["start"] < horizon
    table = {name: column[begun] for name, column in duty.officer_duty.items()}
    periods = np.count_nonzero(duty.start < horizon)
    table["duty"] = np.where(table["duty"] < periods, table["duty"], -1.0)
    seated = np.flatnonzero(table["duty"] >= 0)
    ends = np.asarray(actual_ends)[table["duty"][seated].astype(np.int64)]
    table["end"][seated] = np.maximum(table["end"][seated], ends)
    return table
