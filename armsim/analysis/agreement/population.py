"""Unit responses of a log and of a simulation of the same incidents, in one form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.analysis.agreement.resamples import FloatArray
from armsim.model.logs.record import Log

IntArray = NDArray[np.int64]
#: Durations of a response, minutes. ``response`` is from received to arrived; the others as in a log.
CLOCKS = ("attendance", "response", "turnout", "travel", "scene", "busy")
NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Incidents:
    """Incidents that the log and the simulation have in common, in order of time.

    Attributes:
        table: a row each: ``incident`` (its number in the log), ``day`` (from 0), ``hour`` (0 to 23, local),
            ``type`` and ``area`` (str, "" unknown), ``minute`` (wall clock, since the window opened),
            ``x_km``, ``y_km``.
        days: number of days.
        bases: names of the bases that units come from; the index is the code.
        nearest: code of the base with units that is nearest to each incident by straight line, -1 unknown.
    """

    table: pd.DataFrame
    days: int
    bases: tuple[str, ...]
    nearest: IntArray

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def day(self) -> IntArray:
        """Day of each incident."""
        return self.table["day"].to_numpy(dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Responses:
    """Unit responses to incidents, of a log (one replication) or of all replications of a simulation.

    Attributes:
        incidents: what they respond to.
        table: a row each: ``replication``, ``incident`` (row of the incidents), ``ordinal`` (1 for the first
            to arrive of those that arrived, 0 for one that never did), ``kind`` (of the unit, "" unknown),
            ``base`` (code, -1 unknown), the durations of ``CLOCKS`` and ``sent`` (minutes since the window
            opened); NaN where not known.
        replications: number of replications.
    """

    incidents: Incidents
    table: pd.DataFrame
    replications: int = 1

    @property
    def blocks(self) -> int:
        """Days of all replications."""
        return self.replications * self.incidents.days

    def block(self, rows: pd.DataFrame) -> IntArray:
        """Block (replication by replication, day by day) of each of *rows*."""
        replication = rows["replication"].to_numpy(dtype=np.int64)
        day = self.incidents.day[rows["incident"].to_numpy(dtype=np.int64)]
        return np.asarray(replication * self.incidents.days + day)

    def arrival(self, ordinal: int) -> pd.DataFrame:
        """The *ordinal*-th unit to arrive at each incident where so many did."""
        return self.table[self.table["ordinal"] == ordinal]

    def of_kind(self, kind: str) -> Responses:
        """The responses of units of one kind; ordinals count those alone."""
        rows = self.table[self.table["kind"] == kind].sort_values(
            ["replication", "incident", "ordinal"], kind="stable", ignore_index=True
        )
        there = rows["ordinal"] > 0
        rank = there.groupby([rows["replication"], rows["incident"]]).cumsum()
        rows["ordinal"] = np.where(there, rank, 0).astype(np.int64)
        return Responses(self.incidents, rows, self.replications)

    def knows(self, clock: str) -> bool:
        """Whether any response has this duration."""
        return bool(self.table[clock].notna().any())

    def at(self, ordinal: int, incidents: IntArray, clock: str) -> tuple[FloatArray, IntArray]:
        """Durations of the *ordinal*-th arrival at given incidents, in every replication.

        Args:
            ordinal: 1 for the first.
            incidents: rows of the incidents.
            clock: one of ``CLOCKS``.

        Returns:
            Minutes, NaN where so many never arrived, and the blocks; shape (replications x incidents,).
        """
        minutes, blocks = self._matrix(ordinal, clock), self._blocks
        return minutes[:, incidents].ravel(), blocks[:, incidents].ravel()

    def _matrix(self, ordinal: int, clock: str) -> FloatArray:
        """Durations of the *ordinal*-th arrival, NaN where there is none, shape (replications, incidents)."""
        known = self._matrices.get((ordinal, clock))
        if known is None:
            rows = self.arrival(ordinal)
            known = np.full((self.replications, len(self.incidents)), np.nan)
            known[rows["replication"].to_numpy(), rows["incident"].to_numpy()] = rows[clock].to_numpy()
            self._matrices[ordinal, clock] = known
        return known

    @cached_property
    def _matrices(self) -> dict[tuple[int, str], FloatArray]:
        """What :meth:`_matrix` has laid out: every group of incidents asks for it."""
        return {}

    @cached_property
    def _blocks(self) -> IntArray:
        """Block of each incident in each replication, shape (replications, incidents)."""
        first = np.arange(self.replications)[:, np.newaxis] * self.incidents.days
        return np.asarray(first + self.incidents.day)

    def base_of(self, ordinal: int) -> IntArray:
        """Code of the base of the *ordinal*-th arrival, -1 none, shape (replications, incidents)."""
        bases = np.full((self.replications, len(self.incidents)), NOWHERE, dtype=np.int64)
        rows = self.arrival(ordinal)
        bases[rows["replication"].to_numpy(), rows["incident"].to_numpy()] = rows["base"].to_numpy()
        return bases


def incident_table(log: Log, first: date) -> pd.DataFrame:
    """The incidents of a log in the form of :class:`Incidents`.

    Args:
        log: the log, cut to the window.
        first: first day of the window; the log's first incident may come later.
    """
    table = log.incidents
    received = table["received"]
    unplaced = table["at_area"] if "at_area" in table else np.zeros(len(table), dtype=np.bool_)
    return pd.DataFrame(
        {
            "incident": table["incident"],
            "day": (received.dt.normalize() - pd.Timestamp(first)).dt.days.astype(np.int64),
            "hour": received.dt.hour.astype(np.int64),
            "type": table["type"],
            "area": table["area"],
            "minute": (received - pd.Timestamp(first)).dt.total_seconds() / 60.0,
            "x_km": table["x_km"].where(~np.asarray(unplaced)),
            "y_km": table["y_km"].where(~np.asarray(unplaced)),
        }
    )


def incidents_of(table: pd.DataFrame, log: Log, days: int, bases: pd.DataFrame) -> Incidents:
    """The incidents that a log and its simulation have in common.

    Args:
        table: those of :func:`incident_table` that the simulation met.
        log: the log, for the names of its bases.
        days: days of the window.
        bases: ``base``, ``x_km``, ``y_km`` of those that have units.
    """
    names = sorted({*bases["base"], *log.units["base"]} - {""})
    return Incidents(table, days, tuple(names), _nearest(table, bases, names))


def _nearest(table: pd.DataFrame, bases: pd.DataFrame, names: list[str]) -> IntArray:
    if bases.empty:
        return np.full(len(table), NOWHERE, dtype=np.int64)
    east = table["x_km"].to_numpy()[:, np.newaxis] - bases["x_km"].to_numpy()
    north = table["y_km"].to_numpy()[:, np.newaxis] - bases["y_km"].to_numpy()
    codes = np.array([names.index(name) for name in bases["base"]], dtype=np.int64)
    known = table["x_km"].notna().to_numpy()
    nearest = codes[np.nan_to_num(east * east + north * north).argmin(axis=1)]
    return np.where(known, nearest, NOWHERE)


def responses_of(log: Log, incidents: Incidents) -> Responses:
    """The unit responses of a log to its incidents."""
    place = pd.Series(np.arange(len(incidents)), index=incidents.table["incident"])
    units = log.units[log.units["incident"].isin(place.index)]
    code = {name: number for number, name in enumerate(incidents.bases)}
    made = pd.DataFrame(
        {
            "replication": np.zeros(len(units), dtype=np.int64),
            "incident": place.reindex(units["incident"]).to_numpy(dtype=np.int64),
            "kind": units["kind"].to_numpy(dtype=object),
            "base": [code.get(name, NOWHERE) for name in units["base"]],
            "response": (units["to_dispatch"] + units["attendance"]).to_numpy(),
            **{clock: units[clock].to_numpy() for clock in CLOCKS if clock != "response"},
        }
    )
    arrived = made[["attendance", "travel", "scene"]].notna().any(axis=1)
    order = arrived.groupby(made["incident"]).cumsum()  # a log lists units in order of arrival
    made["ordinal"] = np.where(arrived, order, 0).astype(np.int64)
    received = incidents.table["minute"].to_numpy()[made["incident"]]
    made["sent"] = received + units["to_dispatch"].fillna(0.0).to_numpy()
    return Responses(incidents, made)
