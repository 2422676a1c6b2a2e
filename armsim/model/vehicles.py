"""Vehicles of a unit kind: which are on the road, and not still out with an earlier shift."""

from __future__ import annotations

import numpy as np

from armsim.config.schema.duty import UnitKind
from armsim.model.absence import away_in_spells
from armsim.model.patterns import Floats
from armsim.streams import Streams


class Vehicles:
    """Hands out the vehicles of a kind, the lowest number first; ask in order of time.

    A vehicle that leaves the road while it is out stays out to the end of that duty.

    Args:
        kind: the kind; without a number of vehicles it needs none.
        name: name of the kind.
        times: minutes at which vehicles will be asked for; later calls name them by index.
        horizon: begin and end of the run, minutes.
        streams: the replication's streams.
    """

    def __init__(
        self, kind: UnitKind, name: str, times: Floats, horizon: tuple[float, float], streams: Streams
    ) -> None:
        self.owned = kind.vehicles
        count = kind.vehicles or 0
        rng = streams.generator("duty", name, "off_road")
        members = np.broadcast_to(np.arange(count), (len(times), count))
        asked = np.broadcast_to(times[:, None], members.shape)
        self._on_road = ~away_in_spells(rng, kind.off_road, members, asked, *horizon)
        self._times = times
        self._back = np.full(count, -np.inf)

    def take(self, asked: int, until: float, wanted: int) -> int:
        """How many of the vehicles *wanted* at time number *asked* there are; they are out *until* then."""
        if self.owned is None:
            return wanted
        free = np.flatnonzero(self._on_road[asked] & (self._back <= self._times[asked]))[:wanted]
        self._back[free] = until
        return len(free)
