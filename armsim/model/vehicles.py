"""Vehicles of a kind in one force: which are on the road; a crew waits for one out with an earlier shift."""

from __future__ import annotations

import numpy as np

from armsim.config.schema.duty import Spells
from armsim.model.absence import away_in_spells
from armsim.model.patterns import Floats
from armsim.streams import Streams


class Vehicles:
    """Hands out the vehicles of a kind in one force, the lowest number first; ask in order of time.

    A vehicle that leaves the road while it is out stays out to the end of that duty.

    Args:
        count: vehicles owned; ``None`` when none are needed.
        off_road: how they are off the road.
        name: names of the force and the kind.
        times: minutes at which vehicles will be asked for; later calls name them by index.
        horizon: begin and end of the run, minutes.
        streams: the replication's streams.
    """

    def __init__(
        self,
        count: int | None,
        off_road: Spells | None,
        name: tuple[str, str],
        times: Floats,
        horizon: tuple[float, float],
        streams: Streams,
    ) -> None:
        self.limited = count is not None
        self._times = times
        if count is None:
            return
        rng = streams.generator("duty", *name, "off_road")
        members = np.broadcast_to(np.arange(count), (len(times), count))
        asked = np.broadcast_to(times[:, None], members.shape)
        away = away_in_spells(rng, off_road, members, asked, *horizon)
        self._on_road = [np.flatnonzero(row) for row in ~away]
        self._back = np.full(count, -np.inf)

    def take(self, asked: int, until: float, wanted: int) -> Floats:
        """When each crew gets a vehicle: at once, or when one that is still out comes back.

        Args:
            asked: number of the time at which they ask.
            until: end of their duty; the vehicles are out until then.
            wanted: crews that ask.

        Returns:
            Starts, minutes, rising; fewer than *wanted* when no vehicle comes back before *until*.
        """
        if not self.limited:
            return np.full(wanted, self._times[asked])
        on_road = self._on_road[asked]
        ready = np.maximum(self._back[on_road], self._times[asked])
        chosen = ready.argsort(kind="stable")[:wanted]
        starts: Floats = ready[chosen]
        given = int(starts.searchsorted(until))
        self._back[on_road[chosen[:given]]] = until
        return starts[:given]
