"""Resamples of days and replications: the joint uncertainty of a log and of a simulation of its days.

Calls of one day share its weather, its crews and its queue, so the day is the block of the bootstrap and
never the call. The simulation met the same days; a resample draws a day for both, so that what makes a day
hard is not counted as a difference between them. It also draws the replications.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from armsim.streams import Streams

FloatArray = NDArray[np.float64]
#: Fewer days than this say too little about how days differ for an interval.
LEAST_DAYS = 5
RESAMPLES = 1000
#: A test at 5% on either side is an interval at 90% (Schuirmann 1987, the two one-sided tests procedure).
LEVEL = 0.90


@dataclass(frozen=True, eq=False)
class Resamples:
    """How often each day and each replication is drawn in each resample; entry 0 is all of them once.

    Attributes:
        days: shape (B + 1, days).
        replications: shape (B + 1, replications).
    """

    days: FloatArray
    replications: FloatArray

    @classmethod
    def draw(cls, seed: int, days: int, replications: int, resamples: int = RESAMPLES) -> Resamples:
        """Draw; the same for the same arguments."""
        streams = Streams(seed, 0)
        return cls(
            _drawn(streams.generator("agreement", "days"), days, resamples),
            _drawn(streams.generator("agreement", "replications"), replications, resamples),
        )

    @property
    def of_log(self) -> FloatArray:
        """Weights of the blocks of a log, shape (B + 1, days)."""
        return self.days

    @cached_property
    def of_simulation(self) -> FloatArray:
        """Weights of the blocks of a simulation, shape (B + 1, replications x days).

        Replication by replication, day by day; over replications they sum to 1 for a day drawn once.
        """
        shares = self.replications / self.replications.shape[1]
        weights = shares[:, :, np.newaxis] * self.days[:, np.newaxis, :]
        return np.asarray(weights.reshape(len(weights), -1))

    @property
    def tells(self) -> bool:
        """Whether there are days enough for an interval."""
        return bool(self.days.shape[1] >= LEAST_DAYS)

    def limits(self, values: FloatArray) -> tuple[float, float]:
        """Limits at ``LEVEL`` from the values of all resamples, whose entry 0 is the figure itself.

        Returns:
            Low and high; NaN where there are too few days, or a resample has no value.
        """
        drawn = values[1:]
        if not self.tells or not len(drawn) or np.isnan(values).any():
            return np.nan, np.nan
        low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="inverted_cdf")
        return float(low), float(high)

    def centred(self, values: FloatArray) -> tuple[float, float]:
        """As :meth:`limits`, moved to have the figure in their middle: for what chance pushes one way.

        Distances between distributions and shares of cells within a margin are worse in every resample than
        in the data, as noise is added to noise; only the spread of the resamples is used.
        """
        low, high = self.limits(values)
        push = float(values[1:].mean() - values[0]) if len(values) > 1 else 0.0
        return low - push, high - push


def _drawn(generator: np.random.Generator, blocks: int, resamples: int) -> FloatArray:
    drawn = generator.multinomial(blocks, np.full(blocks, 1 / blocks), size=resamples)
    return np.vstack([np.ones(blocks), drawn])
