"""Where surges are, and whether the region has it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema import Scenario
from armsim.config.schema.traces import Surge
from armsim.errors import Problem
from armsim.model.bases import Ground
from armsim.model.forces import force_code
from armsim.registry import suggestion

Bools = NDArray[np.bool_]


def zones_of(ground: Ground, surge: Surge) -> Bools:
    """Which zones of the region a surge is in, shape (zones,)."""
    inside = np.ones(len(ground.zones), dtype=np.bool_)
    if surge.forces is not None:
        inside &= np.isin(ground.zone_force, [force_code(name, ground.forces) for name in surge.forces])
    if surge.zones is not None:
        inside &= ground.zones["zone"].isin(surge.zones).to_numpy()
    return inside


def unfit_surges(scenario: Scenario, ground: Ground) -> Iterator[Problem]:
    """Forces and zones of surges that the region does not have, and surges that are nowhere."""
    known = frozenset(ground.zones["zone"])
    for name, surge in scenario.demand.surge.items():
        path = f"demand.surge.{name}"
        faults = []
        for index, force in enumerate(surge.forces or ()):
            try:
                force_code(force, ground.forces)
            except KeyError as error:
                faults.append(Problem(str(error.args[0]), path=f"{path}.forces.{index}"))
        for index, zone in enumerate(surge.zones or ()):
            if zone not in known:
                text = f"{zone!r} is no zone of the region{suggestion(zone, known)}"
                faults.append(Problem(text, path=f"{path}.zones.{index}"))
        if not faults and not zones_of(ground, surge).any():
            faults.append(Problem("none of its zones is in one of its forces", path=f"{path}.zones"))
        yield from faults
