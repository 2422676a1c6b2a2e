"""The log as the fits see it: a training and a test period, with days, incidents and unit responses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from armsim.analysis.fitting.blocks import Floats, Ints, redrawn_days, tally
from armsim.errors import DataError
from armsim.model.logs.record import Log
from armsim.streams import Streams
from armsim.study.calibrate.record import Settings, Span

#: The test period is this share of the log's days unless it is named.
_TEST_SHARE = 4
#: What an incident without a type is called.
UNTYPED = "incident"


@dataclass(frozen=True, eq=False)
class Part:
    """A period of the log.

    Attributes:
        name: ``train`` or ``test``.
        span: its days.
        incidents: rows of ``Log.incidents`` with ``type`` never empty and ``day`` (from 0) and ``hour``
            added.
        units: rows of ``Log.units`` to them, with ``at`` (row of the incident) and ``day`` added.
        weights: how often each day counts in each bootstrap sample, shape (draws, days).
    """

    name: str
    span: Span
    incidents: pd.DataFrame
    units: pd.DataFrame
    weights: Floats

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.span[1] - self.span[0]).days

    @property
    def dates(self) -> pd.DatetimeIndex:
        """Its days."""
        return pd.date_range(self.span[0], periods=self.days, freq="D")

    @property
    def weekday(self) -> Ints:
        """Day of the week of each day, Monday 0."""
        return (np.arange(self.days) + self.span[0].weekday()) % 7

    @property
    def month(self) -> Ints:
        """Month of each day, January 0."""
        return self.dates.month.to_numpy().astype(np.int64) - 1

    @property
    def words(self) -> str:
        """The period in words."""
        return f"{self.span[0]} to {self.span[1] - timedelta(days=1)} ({self.days} days)"

    def of_type(self, name: str) -> pd.DataFrame:
        """Its incidents of a type."""
        rows: pd.DataFrame = self.incidents[self.incidents["type"] == name]
        return rows

    def units_of_type(self, name: str) -> pd.DataFrame:
        """Unit responses to incidents of a type."""
        kinds = self.incidents["type"].to_numpy()[self.units["at"].to_numpy()]
        rows: pd.DataFrame = self.units[kinds == name]
        return rows

    def per_day(self, rows: pd.DataFrame) -> Floats:
        """How many of *rows* each day has, shape (days,)."""
        return tally(rows["day"].to_numpy(), self.days)


@dataclass(frozen=True, eq=False)
class Ground:
    """A log made ready to be fitted.

    Attributes:
        log: the log.
        settings: how it is fitted.
        train: the period that everything is fitted to.
        test: the period that is predicted; ``None`` for none.
        types: incident types of the training period, the most frequent first.
        notes: what the reader should know.
    """

    log: Log
    settings: Settings
    train: Part
    test: Part | None
    types: tuple[str, ...]
    notes: tuple[str, ...]

    def stream(self, *name: str) -> np.random.Generator:
        """A named stream."""
        return Streams(self.settings.seed, 0).generator("calibrate", *name)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The training period, then the test period if there is one."""
        return (self.train,) if self.test is None else (self.train, self.test)


def prepare(log: Log, train: Span | None, test: Span | None, settings: Settings) -> Ground:
    """Split a log.

    Args:
        log: the log.
        train: days to fit to; without it all but the last quarter of the log.
        test: days to predict; without it what follows *train* in the log.
        settings: how the log is fitted.

    Raises:
        DataError: a period is empty, both overlap, or no incident lies in the training period.
    """
    if len(log.incidents) == 0:
        raise DataError(f"the log {log.name!r} has no incidents; there is nothing to fit")
    first, last = log.covers
    if train is None:
        end = last if test is None else test[0]
        held = (last - first).days // _TEST_SHARE if test is None else 0
        train = (first, end - timedelta(days=held))
    if test is None and train[1] < last:
        test = (train[1], last)
    for name, span in (("training", train), ("test", test)):
        if span is not None and span[0] >= span[1]:
            raise DataError(f"the {name} period from {span[0]} until {span[1]} has no day")
    if test is not None and test[0] < train[1] and train[0] < test[1]:
        raise DataError(
            f"the test period from {test[0]} overlaps the training period until {train[1]}; "
            "let it begin when training ends"
        )
    streams = Streams(settings.seed, 0)
    fitted = _part(log, "train", train, settings, streams)
    if len(fitted.incidents) == 0:
        raise DataError(
            f"the log {log.name!r} has no incident from {train[0]} to before {train[1]}; "
            f"it runs from {first} to {last - timedelta(days=1)}"
        )
    held_out = None if test is None else _part(log, "test", test, settings, streams)
    if held_out is not None and len(held_out.incidents) == 0:
        held_out = None
    kinds = fitted.incidents["type"].value_counts(sort=False)
    types = sorted(kinds.index, key=lambda name: (-int(kinds[name]), str(name)))
    return Ground(log, settings, fitted, held_out, tuple(types), tuple(_notes(log, fitted, first, last)))


def _part(log: Log, name: str, span: Span, settings: Settings, streams: Streams) -> Part:
    received = log.incidents["received"]
    inside = (received >= pd.Timestamp(span[0])) & (received < pd.Timestamp(span[1]))
    incidents = log.incidents[inside].reset_index(drop=True)
    when = incidents["received"]
    opening = np.datetime64(span[0], "D")
    days = (when.to_numpy().astype("datetime64[D]") - opening).astype(np.int64)
    hours = when.dt.hour.to_numpy().astype(np.int64)
    incidents = incidents.assign(type=incidents["type"].replace("", UNTYPED), day=days, hour=hours)
    at = pd.Index(incidents["incident"]).get_indexer(log.units["incident"])
    units = log.units[at >= 0].reset_index(drop=True)
    at = at[at >= 0].astype(np.int64)
    units = units.assign(at=at, day=days[at])
    count = (span[1] - span[0]).days
    weights = redrawn_days(streams.generator("calibrate", "days", name), count, settings.draws)
    return Part(name, span, incidents, units, weights)


def _notes(log: Log, train: Part, first: date, last: date) -> Iterator[str]:
    if train.span[0] < first or train.span[1] > last:
        yield (
            f"the training period {train.words} goes beyond the log, which runs from {first} to "
            f"{last - timedelta(days=1)}: days without incidents count as days"
        )
    empty = int((train.per_day(train.incidents) == 0).sum())
    if empty and len(train.incidents) > 20 * train.days:
        yield f"{empty} days of the training period have no incident; are they missing from the log?"
    opened, closed = log.incidents["received"].iloc[0], log.incidents["received"].iloc[-1]
    busy = len(log.incidents) > 20 * (last - first).days
    if (
        busy
        and first == opened.date()
        and last == closed.date() + timedelta(days=1)
        and (opened.hour >= 6 or closed.hour < 18)
    ):
        yield f"the log begins at {opened:%H:%M} and ends at {closed:%H:%M}: is its first or last day whole?"
