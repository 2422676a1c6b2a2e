"""What a replication hands back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from armsim.model.roster import Unit

Table = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class EventLog:
    """The log of one replication: tidy columns, one row a fact. What is not here did not happen.

    Attributes:
        tables: by name (incidents, deployments, unit_status, duty, shortfalls, posts, commands,
            threat, survey), each a mapping of column to array; see ``armsim.domain`` for the columns. Minutes
            from the opening of the window; incidents of the warm-up and cool-down are included.
        units: the units that the numbers in the tables stand for.
        officer_hours: officer hours paraded in the window, by team.
        seed: seed of the study.
        replication: index of the replication.
    """

    tables: dict[str, Table]
    units: tuple[Unit, ...]
    officer_hours: dict[str, float]
    seed: int
    replication: int
