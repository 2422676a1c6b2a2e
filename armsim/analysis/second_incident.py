"""Second incidents: firearms incidents that come soon after another one in the same force.

Read off the times of receipt alone, so that the same incidents are second ones under every option.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.domain import Grade
from armsim.model.world import World


def second_incidents(incidents: Mapping[str, NDArray[Any]], world: World) -> NDArray[np.bool_]:
    """Whether each incident is a firearms incident received soon after another one in the same force.

    What an open incident turned into is neither: whether it does depends on the option. Of two received in
    the same moment the later number is the second.

    Args:
        incidents: the log's table of incidents, those of the warm-up too.
        world: the world; ``study.second_incident_within`` says how soon.

    Returns:
        Shape (incidents,).
    """
    second = np.zeros(len(incidents["incident"]), dtype=bool)
    firearms = np.flatnonzero((incidents["grade"] == Grade.FIREARMS) & (incidents["parent"] < 0))
    force = world.zone_force[incidents["zone"][firearms].astype(np.intp)]
    received = incidents["received_at"][firearms]
    order = np.lexsort((incidents["incident"][firearms], received, force))
    gap = np.diff(received[order])
    soon = (np.diff(force[order]) == 0) & (gap <= world.scenario.study.second_incident_within)
    second[firearms[order[1:][soon]]] = True
    return second
