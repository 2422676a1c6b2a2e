"""Officer-hours lent and borrowed, which forces charge each other for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from armsim.domain import MINUTES_PER_HOUR
from armsim.model.world import World

if TYPE_CHECKING:
    from armsim.analysis.measure import Log


def recharge_totals(log: Log, world: World) -> dict[str, float]:
    """Officer-hours of units lent inside the window, by force that lends and by force that borrows.

    A unit counts with the crew of the duty that it was on when it was lent.

    Returns:
        ``recharge_lent_hours:force=F`` and ``recharge_borrowed_hours:force=F``; their sums are equal.
    """
    aid, duty = log.tables.get("aid", {}), log.tables.get("duty", {})
    if not aid or not len(aid["unit"]):
        return {}
    start, end = np.maximum(aid["start"], 0.0), np.minimum(aid["end"], world.scenario.window)
    hours = np.maximum(end - start, 0.0) / MINUTES_PER_HOUR
    order = np.lexsort((duty["start"], duty["unit"]))
    first = float(min(duty["start"].min(), aid["start"].min()))
    span = float(max(duty["start"].max(), aid["start"].max())) - first + 1.0
    line = duty["unit"][order] * span + duty["start"][order] - first
    at = np.searchsorted(line, aid["unit"] * span + aid["start"] - first, side="right") - 1
    hours = hours * duty["officers"][order][at]
    totals: dict[str, float] = {}
    for name, column in (("recharge_lent_hours", "lender"), ("recharge_borrowed_hours", "borrower")):
        sums = np.bincount(aid[column].astype(np.intp), weights=hours, minlength=len(world.forces))
        totals |= {f"{name}:force={world.forces[code]}": float(sums[code]) for code in np.flatnonzero(sums)}
    return totals
