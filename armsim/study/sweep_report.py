"""What a sweep found: its tables, its sentences, and the files that hold them."""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from armsim.analysis.differences import quantity
from armsim.analysis.metrics import metrics
from armsim.study.files import write_bytes, write_json
from armsim.study.sheets import csv_bytes
from armsim.study.sweep import NOISE, Seen
from armsim.study.sweep_moves import elementary, moves
from armsim.study.sweep_ranking import Rank, Ranking, rankings
from armsim.study.sweep_words import figure_words, sentence

#: Columns of :attr:`Found.ranking`.
RANKING = (
    "condition", "metric", "figure", "setting", "first", "second", "difference", "low", "high", "unit",
    "state", "note",
)  # fmt: skip
#: What says which run and figure a row of a table of effects is about.
GROUPS = ["condition", "option", "metric", "about"]


@dataclass(frozen=True, eq=False)
class Found:
    """What a sweep found.

    Attributes:
        seen: its figures under resamples.
    """

    seen: Seen

    @property
    def design(self) -> str:
        """``oat`` or ``morris``."""
        return "oat" if self.seen.played.sweep.walk is None else "morris"

    @cached_property
    def table(self) -> pd.DataFrame:
        """One at a time: ``sweep_moves.moves``. Morris: ``sweep_moves.elementary``."""
        return moves(self.seen) if self.design == "oat" else elementary(self.seen)

    @cached_property
    def rankings(self) -> list[Ranking]:
        """Rankings of the options, by figure and condition; none of a single option."""
        return rankings(self.seen)

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """Each pair of options at each setting, and as the file stands; columns ``RANKING``."""
        rows = [_rank(found, one) for found in self.rankings for one in (*found.base, *found.ranks)]
        return pd.DataFrame.from_records(rows, columns=list(RANKING))

    @cached_property
    def not_swept(self) -> pd.DataFrame:
        """Ranges that are not swept and settings that could not be run: ``path`` and ``reason``."""
        played = self.seen.played
        return pd.DataFrame([*played.sweep.not_swept, *played.lost], columns=["path", "reason"])

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Whether the ranking survives, what moves the figures, and what the intervals mean."""
        played = self.seen.played
        said = [sentence(one) for one in self.rankings] or [_no_ranking(self.seen)]
        said += _most(self.table, self.design)
        left, lost = len(played.sweep.not_swept), len(played.lost)
        if left:
            said.append(f"Ranges not swept: {left}.")
        if lost:
            said.append(f"Settings that could not be run: {lost}, such as {played.lost[0].path}.")
        said.append(
            f"{len(played.common)} replications of every run, on the same incidents; limits at "
            f"{played.sweep.confidence:.0%}, at once {_family(self.design)}. {NOISE}"
        )
        return tuple(said)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values; a figure that cannot be told is ``None``."""
        return {
            "design": self.design,
            "replications": len(self.seen.played.common),
            "confidence": self.seen.played.sweep.confidence,
            "note": NOISE,
            "sentences": list(self.sentences),
            "rankings": [_to_dict(one) for one in self.rankings],
            "effects": _records(self.table),
            "not_swept": _records(self.not_swept),
        }

    def write(self, folder: Path) -> None:
        """Write the tables and all of it as JSON.

        Raises:
            RunFolderError: a file cannot be written.
        """
        name = "sweep" if self.design == "oat" else "morris"
        tables = {"": self.table, "_ranking": self.ranking, "_not_swept": self.not_swept}
        for ending, table in tables.items():
            write_bytes(folder / f"{name}{ending}.csv", csv_bytes(table, 6))
        write_json(folder / f"{name}.json", self.to_dict())


def _no_ranking(seen: Seen) -> str:
    if all(len(names) < 2 for names in seen.played.sweep.conditions.values()):
        return "One option was run, so there is no ranking."
    return "No figure with a better direction was asked for, so there is no ranking."


def _family(design: str) -> str:
    """What limits hold at once for."""
    ranked = "for all pairs of options and settings of one figure under one condition"
    if design == "morris":
        return f"{ranked}, and for each mu* alone"
    return f"for all ends of all assumptions for one figure of one run, and {ranked}"


def _most(table: pd.DataFrame, design: str) -> Iterator[str]:
    """Which assumption moves each figure most, under the first option of each condition."""
    size = "swing" if design == "oat" else "mu_star"
    kept = table if design == "oat" else table[table["of"] == "the figure"]
    heads = kept.groupby("condition", sort=False)["option"].transform("first")
    for _, rows in kept[kept["option"] == heads].groupby(GROUPS, sort=False):
        row = rows.iloc[0].to_dict()
        part = f" ({row['about']})" if row["about"] else ""
        where = row["option"] + (f", {row['condition']}" if row["condition"] else "")
        head = f"{row['label']}{part}, {where}"
        if math.isnan(row[size]):
            yield f"{head}: cannot be told; too few incidents, or the figure is not reached."
        elif row[size] == 0:
            yield f"{head}: no assumption moves it."
        elif design == "oat":
            count = int(rows["clear"].sum())
            clear = f"{count} of {len(rows)} assumptions clearly {'moves' if count == 1 else 'move'} it"
            yield f"{head}: {clear}; the widest swing is with {row['path']}, {_range(row)}."
        else:
            mean = quantity(row["mu_star"], row["unit"], named=True)
            yield f"{head}: the largest elementary effects are those of {row['path']}, mu* {mean}."


def _range(row: Mapping[Hashable, Any]) -> str:
    """Such as ``9.8 min at 1.2, 12.1 min at 1.4``."""
    ends = []
    for end in ("low", "high"):
        value = float(row[f"{end}_value"])
        told = quantity(value, row["unit"], named=True) if math.isfinite(value) else "not reached"
        ends.append(f"{told.replace(' pp', '%')} at {row[f'{end}_end']}")
    return ", ".join(ends)


def _rank(found: Ranking, one: Rank) -> dict[str, Any]:
    metric = metrics()[found.key.metric]
    return {
        "condition": found.condition,
        "metric": metric.name,
        "figure": figure_words(found.key),
        "setting": "as the file stands" if one.setting is None else one.setting.name,
        "first": one.first,
        "second": one.second,
        "difference": one.difference.value,
        "low": one.difference.low,
        "high": one.difference.high,
        "unit": metric.unit,
        "state": one.state,
        "note": NOISE,
    }


def _to_dict(found: Ranking) -> dict[str, Any]:
    return {
        "figure": figure_words(found.key),
        "metric": found.key.metric,
        "labels": dict(found.key.labels),
        "condition": found.condition,
        "order": list(found.order),
        "survives": found.survives,
        "overturned_by": list(found.overturning),
        "method": found.method,
        "sentence": sentence(found),
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=15))
    return records
