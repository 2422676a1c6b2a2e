"""Luck on the way: standard normals of an incident's units, part of which they may have in common.

Units sent to one incident meet the same traffic near it and look for the same door. With a share s of the
variance in common, unit n has z_n = sqrt(s) c + sqrt(1 - s) w_n, where c is the incident's and w_n its own.
In the London log the first two arrivals of an incident are correlated so (``docs/validation.md``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from armsim.model.attributes import Source
from armsim.model.incident_table import ORDINALS
from armsim.streams import Streams


def trip_luck(source: Source, shared: float, count: int) -> NDArray[np.float32]:
    """Luck of the first ``ORDINALS`` units of *count* incidents, shape (count, ORDINALS).

    Args:
        source: the streams of the incidents.
        shared: share of the variance in common, 0 to 1; with 0 nothing more is drawn.
        count: number of incidents.
    """
    own = source.normals("trip", count, ORDINALS)
    if shared == 0.0:
        return own
    common = source.normals("trip_shared", count, 1)
    return (math.sqrt(shared) * common + math.sqrt(1.0 - shared) * own).astype(np.float32)


class LaterLuck:
    """Turn-out and trip luck of units after the first ``ORDINALS`` of an incident.

    What an incident's units have in common is not kept with it; it is drawn from its law given the first
    units' luck, so that all its units together have the law they would have had.

    Args:
        streams: the streams of the replication; used are those whose names begin with ``"luck"``.
        shared: share of the variance of trip luck in common, 0 to 1.
    """

    __slots__ = ("_shared", "_streams")

    def __init__(self, streams: Streams, shared: float) -> None:
        self._streams, self._shared = streams, shared

    def __call__(self, key: int, ordinal: int, drawn: Sequence[float]) -> tuple[float, float]:
        """Turn-out and trip luck of one unit.

        Args:
            key: key of the incident.
            ordinal: which of its units, from 0.
            drawn: trip luck of its first units; none for work whose units have nothing in common.
        """
        turn_out, own = self._streams.generator("luck", str(key), str(ordinal)).standard_normal(2).tolist()
        shared = self._shared
        if shared == 0.0 or not len(drawn):
            return turn_out, own
        # The common part given the first k is normal, of mean sqrt(s) sum / (1 + (k - 1) s) and variance
        # (1 - s) / (1 + (k - 1) s).
        known = 1.0 + (len(drawn) - 1) * shared
        mean = math.sqrt(shared) * math.fsum(drawn) / known
        z = float(self._streams.generator("luck", str(key), "shared").standard_normal())
        common = mean + math.sqrt((1.0 - shared) / known) * z
        return turn_out, math.sqrt(shared) * common + math.sqrt(1.0 - shared) * own
