"""Durations by block, counted to the second, and what resamples of the blocks make of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.agreement.resamples import FloatArray

IntArray = NDArray[np.int64]
#: More different durations than this are counted in coarser steps.
_COLUMNS = 2000
_SECONDS = 60.0


@dataclass(frozen=True, eq=False)
class Tally:
    """How many durations of each length every block holds.

    Attributes:
        seconds: the lengths that occur, ascending, shape (S,).
        counts: shape (blocks, S).
        never: durations that never ended, shape (blocks,).
    """

    seconds: IntArray
    counts: FloatArray
    never: FloatArray

    @classmethod
    def of(cls, minutes: FloatArray, block: IntArray, blocks: int) -> Tally:
        """Count durations.

        Args:
            minutes: shape (n,), each rounded to the second; NaN is one that never ended.
            block: block of each, from 0.
            blocks: number of blocks.
        """
        ended = ~np.isnan(minutes)
        whole = np.rint(minutes[ended] * _SECONDS).astype(np.int64)
        seconds, place = np.unique(whole, return_inverse=True)
        if len(seconds) > _COLUMNS:
            step = -(-int(seconds[-1] - seconds[0] + 1) // _COLUMNS)
            seconds, place = np.unique(whole // step * step + step // 2, return_inverse=True)
        cells = block[ended] * len(seconds) + place
        counts = np.bincount(cells, minlength=blocks * len(seconds)).reshape(blocks, len(seconds))
        never = np.bincount(block[~ended], minlength=blocks)
        return cls(seconds, counts.astype(np.float64), never.astype(np.float64))

    @property
    def size(self) -> int:
        """Durations, ended or not."""
        return int(self.counts.sum() + self.never.sum())

    def quantiles(self, weights: FloatArray, shares: tuple[float, ...]) -> FloatArray:
        """The least duration that so great a share does not exceed, minutes.

        Args:
            weights: shape (B, blocks).
            shares: such as 0.5 and 0.9.

        Returns:
            Shape (B, shares); infinite where the share is never reached, NaN in a resample without durations.
        """
        risen = np.cumsum(weights @ self.counts, axis=1)
        total = weights @ (self.counts.sum(axis=1) + self.never)
        minutes = np.append(self.seconds / _SECONDS, np.inf)
        found = np.empty((len(weights), len(shares)))
        for column, share in enumerate(shares):
            before = np.count_nonzero(risen < (share * total - 1e-9)[:, np.newaxis], axis=1)
            found[:, column] = minutes[before]
        found[total <= 0] = np.nan
        return found

    def within(self, weights: FloatArray, minutes: float) -> FloatArray:
        """Share that ended within so many minutes, shape (B,)."""
        inside = self.counts[:, self.seconds <= round(minutes * _SECONDS)].sum(axis=1)
        total = weights @ (self.counts.sum(axis=1) + self.never)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((weights @ inside) / total)

    def curve(self) -> tuple[FloatArray, FloatArray]:
        """Minutes, and the share that ended by then, of all blocks together."""
        total = max(self.size, 1)
        return self.seconds / _SECONDS, np.cumsum(self.counts.sum(axis=0)) / total


def distances(first: Tally, second: Tally) -> tuple[float, float, float]:
    """How far two distributions are from each other.

    Returns:
        The largest difference of the shares that ended by a time (Kolmogorov's distance, 0 to 1), the minutes
        at which it is, and the mean minutes by which quantiles differ (Wasserstein's distance, of those that
        ended); NaN where one of them is empty.
    """
    if not first.counts.sum() or not second.counts.sum():
        return np.nan, np.nan, np.nan
    grid = np.union1d(first.seconds, second.seconds)
    gap = _risen(first, grid, first.size) - _risen(second, grid, second.size)
    widest = int(np.abs(gap).argmax())
    ended = _risen(first, grid, first.counts.sum()) - _risen(second, grid, second.counts.sum())
    area = float(np.sum(np.abs(ended[:-1]) * np.diff(grid))) / _SECONDS
    return float(np.abs(gap[widest])), float(grid[widest]) / _SECONDS, area


def _risen(one: Tally, grid: IntArray, total: float) -> FloatArray:
    """Share that ended by each second of *grid*."""
    risen = np.concatenate([[0.0], np.cumsum(one.counts.sum(axis=0))])
    return np.asarray(risen[np.searchsorted(one.seconds, grid, side="right")] / total)
