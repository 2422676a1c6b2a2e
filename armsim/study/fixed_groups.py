"""Potential response by replication, over groups of zones that are chosen on the baseline and kept.

The worst-served tenth of residents is another tenth under every option; which residents are meant must not
depend on the option, or an option that only moves the trouble would look like one that ends it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from armsim.analysis.differences import Key, Resampled
from armsim.analysis.figure import Figure
from armsim.analysis.intervals import FloatArray
from armsim.analysis.option import OptionData
from armsim.domain import ThreatLevel
from armsim.study import files, store
from armsim.study.sides import Side

#: Metric: share of residents, best served first, that is left out.
FIXED = {"potential_mean": 0.0, "potential_worst_decile": 0.9}


def fixed_figures(
    side: Side, baseline: OptionData, ran: Sequence[int], weights: FloatArray, wanted: Sequence[Figure]
) -> dict[Key, Resampled]:
    """Potential response of an option under resamples, over the zones that the baseline chooses.

    Args:
        side: the option.
        baseline: what chooses the zones.
        ran: replications to be read.
        weights: shape (B + 1, len(ran)).
        wanted: figures; those of other metrics are left alone.
    """
    found: dict[Key, Resampled] = {}
    for metric, level in _asked(wanted, baseline):
        zones = zone_weights(baseline, level, FIXED[metric])
        sums = _sums(side.folder, side.own, level, len(zones))
        upper = np.array([sums[index] @ zones if index in sums else 0.0 for index in ran])
        lower = side.data.totals.loc[list(ran)].get(f"potential_surveys:level={level.name}")
        counts = np.zeros(len(ran)) if lower is None else lower.to_numpy(dtype=np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            values = (weights @ upper) / (weights @ counts)
        told = int(np.count_nonzero(counts))
        found[Key(metric, (("level", level.name),))] = Resampled(values, told, told > 0)
    return found


def zone_weights(baseline: OptionData, level: ThreatLevel, beyond: float) -> FloatArray:
    """Share of each zone in the residents past the share *beyond*, by the baseline's minutes at a level."""
    minutes = baseline.potential[:, level]
    people = baseline.zones["population"].to_numpy(dtype=np.float64) / float(
        baseline.zones["population"].sum()
    )
    order = np.argsort(minutes, kind="stable")
    kept = np.zeros(len(people))
    kept[order] = np.clip(np.cumsum(people[order]) - beyond, 0, people[order])
    return np.asarray(kept / kept.sum(), dtype=np.float64)


def _asked(wanted: Sequence[Figure], baseline: OptionData) -> Iterator[tuple[str, ThreatLevel]]:
    """Without a level, every level that the window saw."""
    for one in wanted:
        if one.metric in FIXED:
            for level in baseline.levels:
                if one.labels.get("level", level.name) == level.name:
                    yield one.metric, level


@lru_cache(maxsize=8)
def _sums(folder: Path, option: str, level: ThreatLevel, zones: int) -> dict[int, FloatArray]:
    """By replication, sums over surveys for each zone."""
    found: dict[int, FloatArray] = {}
    for part in store.verified_parts(folder, option)[0]:
        table = files.read_table(part.path / "potential.parquet")
        if not len(table):
            continue
        for index, rows in table[table["level"] == level].groupby("replication"):
            sums = np.zeros(zones)
            sums[rows["zone"].to_numpy()] = rows["sum"].to_numpy(dtype=np.float64)
            found[int(str(index))] = sums
    return found
