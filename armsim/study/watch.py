"""Progress of a run: what has ended, how fast, and how well the headline is known so far."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from armsim.analysis.curve import ResponseCurve
from armsim.domain import Grade
from armsim.study import store
from armsim.study.chunk import FIRST_ARMED, Armed, Outcome
from armsim.study.plan import Study


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        done: replications that exist, over all options.
        total: replications asked for, over all options.
        per_minute: replications a minute since this run began; NaN before the first.
        remaining: minutes left at that rate; NaN before the first.
        half_width: half-width of the 90th percentile of the first armed response of the first option,
            minutes; NaN while it cannot be told.
    """

    done: int
    total: int
    per_minute: float
    remaining: float
    half_width: float


class Watch:
    """Counts what has ended and tells the caller.

    Args:
        folder: the run folder.
        study: what is run.
        done: replications that exist already, of those to be run here.
        total: replications to be run here and those that exist.
        tell: called as chunks end.
    """

    def __init__(
        self, folder: Path, study: Study, done: int, total: int, tell: Callable[[Progress], None] | None
    ) -> None:
        self.ran = 0
        self._option = next(iter(study.options))
        self._before, self._total, self._tell = done, total, tell
        self._began = time.monotonic()
        self._confidence = study.options[self._option].scenario.study.confidence
        self._rows: list[Armed] = [] if tell is None or not done else _armed_rows(folder, self._option)

    def take(self, outcome: Outcome) -> None:
        """A chunk has ended."""
        self.ran += len(outcome.task.span)
        if self._tell is None:
            return
        if outcome.task.option == self._option:
            self._rows += outcome.armed
        minutes = (time.monotonic() - self._began) / 60
        rate = self.ran / minutes if minutes > 0 else float("nan")
        done = self._before + self.ran
        self._tell(Progress(done, self._total, rate, (self._total - done) / rate, self._half_width()))

    def _half_width(self) -> float:
        rows = [row for row in self._rows if len(row[1])]
        if not rows:
            return float("nan")
        owner = np.repeat(np.arange(len(rows)), [len(row[1]) for row in rows])
        seconds, fate = (np.concatenate([row[column] for row in rows]) for column in (1, 2))
        curve = ResponseCurve.from_rows(owner, np.maximum(seconds, 0), fate, len(rows))
        return curve.quantile_interval(0.9, self._confidence).half_width / 60


def _armed_rows(folder: Path, option: str) -> list[Armed]:
    table = store.read_responses(folder, option)
    table = table[(table["milestone"] == FIRST_ARMED) & (table["grade"] == Grade.FIREARMS)]
    return [
        (int(str(index)), part["seconds"].to_numpy(), part["fate"].to_numpy())
        for index, part in table.groupby("replication", sort=True)
    ]
