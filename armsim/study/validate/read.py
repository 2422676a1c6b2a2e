"""Unit responses of a run folder whose replications met the incidents of a log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from armsim.analysis.agreement.population import NOWHERE, Incidents, IntArray, Responses
from armsim.domain import UnitStatus
from armsim.errors import DataError
from armsim.model.units import register
from armsim.model.world import World
from armsim.study import files, store

_SECONDS, _METRES = 60.0, 1000.0
_POINT = ["second", "x", "y"]
_TABLES = ("incidents", "deployments", "unit_status")


def met_by(folder: Path, option: str, theirs: pd.DataFrame, types: frozenset[int], window: float) -> IntArray:
    """Rows of a log's incidents that a run met, ascending; those outside the zones are not among them.

    Args:
        folder: the run folder, of a run that kept its full log.
        option: name of the option.
        theirs: incidents of the log, see ``Incidents.table``.
        types: codes of the incident types that the log's incidents became.
        window: length of the window, minutes.

    Raises:
        DataError: the run met others than those of the log, or nothing has finished.
    """
    for index, met, _, _ in _replications(folder, option):
        return np.sort(_matched(index, _inside(met, types, window), theirs))
    raise DataError(f"{folder}: no replication of {option} has finished")


def simulated(
    folder: Path, option: str, world: World, incidents: Incidents, types: frozenset[int]
) -> Responses:
    """The responses of every replication of an option to the incidents of a log.

    Args:
        folder: the run folder, of a run that kept its full log.
        option: name of the option.
        world: its world.
        incidents: the incidents of the log in the window.
        types: codes of the incident types that the log's incidents became.

    Raises:
        DataError: a replication did not meet the incidents of the log.
    """
    units = _units(world, incidents)
    tables: list[pd.DataFrame] = []
    for index, met, sent, status in _replications(folder, option):
        mine = _inside(met, types, world.scenario.window)
        if len(mine) != len(incidents):
            raise DataError(
                f"replication {index} met {len(mine)} incidents of the log, another {len(incidents)}"
            )
        row = _matched(index, mine, incidents.table)
        number = pd.Series(row, index=mine["incident"].to_numpy(dtype=np.int64))
        tables.append(_responses(len(tables), met, sent, number, units, _free_again(sent, status)))
    return Responses(incidents, pd.concat(tables, ignore_index=True), len(tables))


def _units(world: World, incidents: Incidents) -> pd.DataFrame:
    """Code of the base, and kind, of each unit, by number."""
    code = {name: number for number, name in enumerate(incidents.bases)}
    units = register(world).units
    return pd.DataFrame(
        {
            "base": np.array([code.get(unit.base.name, NOWHERE) for unit in units], dtype=np.int64),
            "kind": np.array([world.kinds[unit.kind] for unit in units], dtype=object),
        }
    )


def _replications(
    folder: Path, option: str
) -> Iterator[tuple[int, pd.DataFrame, pd.DataFrame, pd.DataFrame]]:
    """Index, incidents, deployments and unit statuses of each replication."""
    home = f"option={files.file_name(option)}"
    for part in store.verified_parts(folder, option)[0]:
        tables = [files.read_table(folder / name / home / f"{part.path.name}.parquet") for name in _TABLES]
        for index in part.replications:
            met, sent, status = (table[table["replication"] == index] for table in tables)
            yield index, met.reset_index(drop=True), sent.reset_index(drop=True), status


def _free_again(sent: pd.DataFrame, status: pd.DataFrame) -> pd.Series[float]:
    """When the unit of each deployment was free: after work elsewhere and paperwork, if there was any."""
    after = status.loc[status["status"] == UnitStatus.FOLLOW_ON, ["unit", "start", "end"]]
    after = after.drop_duplicates(["unit", "start"])
    left = sent[["unit", "released_at"]].merge(
        after, how="left", left_on=["unit", "released_at"], right_on=["unit", "start"]
    )
    return left["end"].fillna(left["released_at"])


def _inside(met: pd.DataFrame, types: frozenset[int], window: float) -> pd.DataFrame:
    """Incidents of the log's types that were received in the window."""
    received = met["received_at"]
    return met[met["type"].isin(types) & (received >= 0.0) & (received < window)].reset_index(drop=True)


def _matched(index: int, mine: pd.DataFrame, theirs: pd.DataFrame) -> IntArray:
    """Row in the log of each incident that replication *index* met, shape (incidents met,).

    By second and point; incidents whose point the log does not have, by second.
    """
    left = _keys(mine["received_at"], mine["x"], mine["y"])
    right = _keys(theirs["minute"], theirs["x_km"], theirs["y_km"])
    found = np.full(len(mine), -1, dtype=np.int64)
    for columns in (_POINT, ["second"]):
        here = left[found < 0]
        there = right[
            ~right.index.isin(found) & (right["x"].notna() if columns is _POINT else right["x"].isna())
        ]
        pairs = _numbered(here, columns).merge(_numbered(there, columns), on=[*columns, "turn"])
        found[pairs["row_x"].to_numpy(dtype=np.int64)] = pairs["row_y"].to_numpy(dtype=np.int64)
    if (found < 0).any():
        raise DataError(
            f"replication {index} met {np.count_nonzero(found < 0):,} incidents of the log's types that are "
            "not in the log; only an exact replay can be compared, without surges, without demand "
            "multipliers "
            "of levels, and with no drawn incidents of the same types"
        )
    return found


def _keys(minute: pd.Series[float], x: pd.Series[float], y: pd.Series[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"second": (minute * _SECONDS).round(), "x": (x * _METRES).round(), "y": (y * _METRES).round()}
    )


def _numbered(keys: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Keys with their row, and the turn of each among those that are equal."""
    turn = keys.groupby(columns).cumcount()
    return keys[columns].assign(turn=turn, row=keys.index)


def _responses(
    row: int,
    met: pd.DataFrame,
    sent: pd.DataFrame,
    number: pd.Series[int],
    units: pd.DataFrame,
    free: pd.Series[float],
) -> pd.DataFrame:
    """The responses of one replication; *row* is its place among those that finished."""
    ours = sent["incident"].isin(number.index)
    sent, free = sent[ours], free[ours]
    received = met.set_index("incident")["received_at"].reindex(sent["incident"]).to_numpy(dtype=np.float64)
    assigned, mobile, arrived, released = (
        sent[name].to_numpy(dtype=np.float64)
        for name in ("assigned_at", "mobile_at", "arrived_at", "released_at")
    )
    there, unit = ~np.isnan(arrived), sent["unit"].to_numpy(dtype=np.int64)
    return pd.DataFrame(
        {
            "replication": row,
            "incident": number.reindex(sent["incident"]).to_numpy(dtype=np.int64),
            "ordinal": _ordinals(sent["incident"], arrived),
            "kind": units["kind"].to_numpy()[unit],
            "base": units["base"].to_numpy()[unit],
            "attendance": arrived - assigned,
            "response": arrived - received,
            "turnout": np.where(there, mobile - assigned, np.nan),
            "travel": arrived - mobile,
            "scene": released - arrived,
            "busy": free.to_numpy(dtype=np.float64) - assigned,
            "sent": assigned,
        }
    )


def _ordinals(incident: pd.Series[float], arrived: np.ndarray) -> IntArray:
    """1 for the first to arrive at its incident, and so on; 0 for one that never did."""
    order = np.lexsort((arrived, incident.to_numpy()))  # NaN last
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = incident.iloc[order].groupby(incident.iloc[order].to_numpy()).cumcount().to_numpy() + 1
    return np.where(np.isnan(arrived), 0, rank)
