"""The table of abstraction: month, area, team and type, as the Metropolitan Police publish it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from armsim.analysis.intervals import mean_interval
from armsim.analysis.neighbourhood import NO_AREA, STRUCTURAL, abstraction_types
from armsim.analysis.option import OptionData
from armsim.analysis.unit_work import AID, POSTS, RESPONSE, neighbourhood_teams

ABSTRACTION_COLUMNS = (
    "month", "area", "team", "abstraction_type", "loss", "minutes", "low", "high", "scheduled_minutes",
)  # fmt: skip
_BY_UNITS = (POSTS, RESPONSE, AID)


def abstraction_table(data: OptionData) -> pd.DataFrame:
    """Officer-minutes abstracted and scheduled, ``ABSTRACTION_COLUMNS``; in order of month, area, team.

    Means over replications, with limits that show simulation noise only and are NaN where there is none.
    ``month`` is counted from 1, in months of ``neighbourhood.month``, the last of which may be short.
    ``loss`` is structural while a post waits for a successor, else temporary. Work of units stands in the
    area where they are based; officers who are not there, under no base.
    """
    records = [row for name in neighbourhood_teams(data.scenario) for row in _rows(data, name)]
    table = pd.DataFrame.from_records(records, columns=list(ABSTRACTION_COLUMNS))
    return table.sort_values(["month", "area", "team"], kind="stable", ignore_index=True)


def _rows(data: OptionData, team: str) -> Iterator[dict[str, Any]]:
    """Rows of a team: types of units for each area, the others for no base; more where there are minutes."""
    types = abstraction_types(neighbourhood_teams(data.scenario)[team])
    head, level = f"scheduled_minutes:team={team}:", data.scenario.study.confidence
    for where in sorted(str(name).removeprefix(head) for name in data.totals if str(name).startswith(head)):
        month, _, area = where.removeprefix("month=").partition(":area=")
        scheduled = float(np.mean(data.total(f"{head}{where}")))
        for kind in types:
            taken = data.total(f"abstracted_minutes:team={team}:type={kind}:{where}")
            if taken.any() or (kind in _BY_UNITS) == (area != NO_AREA):
                found = mean_interval(taken, level)
                yield {
                    "month": int(month) + 1,
                    "area": area,
                    "team": team,
                    "abstraction_type": kind,
                    "loss": "structural" if kind in STRUCTURAL else "temporary",
                    "minutes": found.value,
                    "low": max(0.0, found.low) if found.low == found.low else found.low,
                    "high": found.high,
                    "scheduled_minutes": scheduled,
                }
