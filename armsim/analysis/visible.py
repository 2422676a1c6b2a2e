"""Patrol that people see: minutes of units on patrol or on a post, armed and not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from armsim.analysis.unit_work import of_neighbourhood
from armsim.domain import AreaClass, UnitStatus
from armsim.model.world import World

if TYPE_CHECKING:
    from armsim.analysis.measure import Log


def visible_totals(log: Log, world: World) -> dict[str, float]:
    """Minutes of units in sight, on patrol or on a post, armed and not, by class of the zone of their base.

    Returns:
        ``visible_armed_minutes:area=C`` and ``visible_unarmed_minutes:area=C`` with C urban or rural. The
        unarmed are units of neighbourhood teams only, as no others keep their statuses in every record.
    """
    status = log.tables["unit_status"]
    rural = np.asarray(world.zones["rural"], dtype=bool)
    unit = status["unit"].astype(np.intp)
    minutes = np.minimum(status["end"], world.scenario.window) - np.maximum(status["start"], 0.0)
    seen = np.isin(status["status"], (UnitStatus.ON_PATROL, UnitStatus.ON_POST)) & (minutes > 0)
    area = np.array([int(rural[one.base.zone]) for one in log.units], dtype=np.intp)[unit]
    armed = np.array([world.scenario.units[world.kinds[one.kind]].armed for one in log.units], dtype=bool)
    totals: dict[str, float] = {}
    for name, mine in (("armed", armed), ("unarmed", of_neighbourhood(log, world) & ~armed)):
        keep = seen & mine[unit]
        for code, total in enumerate(np.bincount(area[keep], weights=minutes[keep], minlength=2).tolist()):
            if total:
                totals[f"visible_{name}_minutes:area={AreaClass(code).name.lower()}"] = total
    return totals
