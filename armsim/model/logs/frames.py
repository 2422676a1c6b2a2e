"""The good rows of a log as tables of incidents and of unit responses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from armsim.config.schema.logs import EventName, LogConfig, Renamed
from armsim.model.logs.clocks import interval, moments
from armsim.model.logs.columns import filled, joined_parts
from armsim.model.logs.record import INTERVALS, midnight
from armsim.model.logs.stamps import wall_clock

Ints = NDArray[np.int64]
UNIT_COLUMNS = ("incident", "row", "ordinal", "unit", "kind", "base", *INTERVALS)
#: Columns of an incident that its rows may disagree on, where a row is a unit's.
_MAY_DIFFER = ("type", "area", "x_km", "easting", "lon")


def incident_frame(config: LogConfig, columns: dict[str, Any], codes: Ints, order: Ints) -> pd.DataFrame:
    """Incidents by time received; coordinates are still the log's own.

    Args:
        config: the mapping.
        columns: good rows.
        codes: for each row the number of its incident, counted in order of first rows.
        order: incident numbers by time received.
    """
    firsts = np.unique(codes, return_index=True)[1]
    first, count = firsts[order], len(firsts)
    received = columns["received"][first]
    frame = pd.DataFrame({"incident": _texts(columns["id"], first), "row": columns["row"][first]})
    frame["type"] = _first_texts(columns, "type", codes, order, config.values.type)
    frame["received"] = wall_clock(received, config.time_zone)
    opening = midnight(frame["received"].iloc[0], config.time_zone)
    frame["minute"] = np.round(received - opening.timestamp() / 60.0, 6)
    frame["area"] = _first_texts(columns, "area", codes, order)
    frame["units_sent"] = _units_sent(config, columns, codes, order, count)
    for name in config.incident.pair or ():
        frame[name] = _first_numbers(columns[name], codes, count)[order]
    for name in config.incident.extra:
        texts = _first_texts(columns, f"extra.{name}", codes, order)
        numbers = pd.to_numeric(texts.where(texts != ""), errors="coerce").astype(np.float64)
        whole = (numbers.notna() | (texts == "")).all() and numbers.notna().any()
        frame[name] = numbers if whole else texts
    return frame


def numbered(columns: dict[str, Any]) -> tuple[Ints, Ints]:
    """Incident number of each row, in order of first rows; and the numbers by time received, then row."""
    codes = pd.factorize(np.asarray(columns["id"].indices))[0].astype(np.int64)
    first = np.unique(codes, return_index=True)[1]
    return codes, np.argsort(columns["received"][first], kind="stable").astype(np.int64)


def disagreements(config: LogConfig, columns: dict[str, Any], codes: Ints) -> dict[str, int]:
    """Incidents whose rows differ in a column of the incident, by our name of it."""
    found: dict[str, int] = {}
    if config.rows == "incident":  # each has one row
        return found
    for name in _MAY_DIFFER:
        if name not in columns:
            continue
        values = columns[name]
        if isinstance(values, pa.DictionaryArray):
            texts = values.dictionary.to_pylist()
            own = np.asarray(values.indices).astype(np.int64)
            known = np.array([text != "" for text in texts], dtype=np.bool_)[own]
        else:
            own, known = values, ~np.isnan(values)
        pairs = pd.DataFrame({"code": codes[known], "value": own[known]}).drop_duplicates()
        several = int((pairs["code"].value_counts() > 1).sum())
        if several:
            found[name] = several
    return found


def unit_frame(config: LogConfig, columns: dict[str, Any], codes: Ints, order: Ints) -> pd.DataFrame:
    """Unit responses in order of the incidents, then of arrival, then of dispatch.

    Each column is put into its final order at once: of a long log there is no room for a second table.
    """
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    entries = [_Entry(config, columns, index) for index in range(len(config.units))]
    if not entries:
        return _no_units()
    rows = np.concatenate([one.rows for one in entries])
    whole = rank[codes[rows]]
    keys = [np.repeat(np.arange(len(entries)), [len(one.rows) for one in entries])]
    keys += [columns["row"][rows]]
    opened = _first_dispatch(entries, columns)
    for event in ("dispatched", "arrived"):
        keys += [np.concatenate([one.key(event, opened) for one in entries])]
    sort = np.lexsort((*keys, whole))
    del keys
    made: dict[str, Any] = {"ordinal": _counted(whole[sort]), "row": columns["row"][rows[sort]]}
    made["incident"] = _texts(columns["id"], rows[sort])
    del rows, whole
    for name in ("unit", "kind", "base"):
        texts = joined_parts([one.texts(name) for one in entries])
        made[name] = _texts(texts, sort, config.values.kind if name == "kind" else None)
    for name in INTERVALS:
        made[name] = np.concatenate([one.minutes(name) for one in entries])[sort]
    return pd.DataFrame({name: made[name] for name in UNIT_COLUMNS}, copy=False)


def _first_dispatch(entries: list[_Entry], columns: dict[str, Any]) -> NDArray[np.float64]:
    """Minutes from the call until a unit side by side in each row was dispatched; 0 where none is known."""
    first = np.full(len(columns["row"]), np.nan)
    for one in entries:
        first = np.fmin(first, one.dispatched())
    return np.asarray(np.nan_to_num(first))


def _counted(incidents: Ints) -> NDArray[np.int16]:
    """1 for the first row of each incident, 2 for the next; *incidents* are in order."""
    starts = np.flatnonzero(np.diff(incidents, prepend=-1))
    before = np.repeat(starts, np.diff([*starts, len(incidents)]))
    return (np.arange(len(incidents)) - before + 1).astype(np.int16)


class _Entry:
    """The units that stand at one place in the rows, those that are there.

    Attributes:
        rows: their rows, ascending.
    """

    def __init__(self, config: LogConfig, columns: dict[str, Any], index: int) -> None:
        self._columns, self._index = columns, index
        self._found = moments(config.units[index], index, columns)
        there = np.full(len(columns["row"]), config.rows == "unit")
        for event, moment in self._found.items():
            if event != "received":
                there |= ~np.isnan(moment.minutes)
        for name in ("unit", "kind", "base"):
            if f"{index}.{name}" in columns:
                there |= filled(columns[f"{index}.{name}"])
        self.rows = np.flatnonzero(there & columns["usable"])

    def key(self, event: EventName, opened: NDArray[np.float64]) -> NDArray[np.float64]:
        """Minutes from the call until it happened, by which units are put in order; infinite for never.

        What counts from a turning point that the log has no time of is taken to count from the first dispatch
        to the incident.

        Args:
            event: what happened.
            opened: of :func:`_first_dispatch`.
        """
        moment = self._found.get(event)
        if moment is None:
            return np.full(len(self.rows), np.inf)
        since = -self._columns["received"] if moment.on_clock else opened
        return np.nan_to_num((moment.minutes + since)[self.rows], nan=np.inf)

    def dispatched(self) -> NDArray[np.float64]:
        """Minutes from the call until the dispatch of the unit of every row, NaN unknown."""
        moment = self._found.get("dispatched")
        if moment is None or not moment.on_clock:
            return np.full(len(self._columns["row"]), np.nan)
        return np.asarray(moment.minutes - self._columns["received"])

    def texts(self, name: str) -> pa.DictionaryArray:
        """A column of names, empty where the log has none."""
        values = self._columns.get(f"{self._index}.{name}")
        if values is None:
            nothing = pa.array(np.zeros(len(self.rows), dtype=np.int32))
            return pa.DictionaryArray.from_arrays(nothing, pa.array([""]))
        return values.take(pa.array(self.rows))

    def minutes(self, name: str) -> NDArray[np.float64]:
        """A column of ``INTERVALS``."""
        return np.round(interval(self._found, name, len(self._columns["row"]))[self.rows], 6)


def _no_units() -> pd.DataFrame:
    kinds: dict[str, Any] = dict.fromkeys(("incident", "unit", "kind", "base"), "str")
    kinds |= {"row": np.int64, "ordinal": np.int16}
    return pd.DataFrame({name: pd.Series(dtype=kinds.get(name, np.float64)) for name in UNIT_COLUMNS})


def renamed(texts: pd.Series[str], names: Renamed) -> pd.Series[str]:
    """New names for *texts*; no name stays none unless it is renamed itself."""
    if not names.names and names.other is None:
        return texts

    def one(text: str) -> str:
        return names.names.get(text, text if names.other is None or text == "" else names.other)

    return texts.map({text: one(text) for text in texts.unique().tolist()}).astype("str")


def _units_sent(
    config: LogConfig, columns: dict[str, Any], codes: Ints, order: Ints, count: int
) -> NDArray[np.float64]:
    if "units_sent" in columns:
        return _first_numbers(columns["units_sent"], codes, count)[order]
    if config.rows == "unit":
        return np.bincount(codes, minlength=count).astype(np.float64)[order]
    return np.full(count, np.nan)


def _first_texts(
    columns: dict[str, Any], name: str, codes: Ints, order: Ints, names: Renamed | None = None
) -> pd.Series[str]:
    """The first text of each incident that is not empty."""
    if name not in columns:
        return _blank(len(order))
    values = columns[name]
    known = np.flatnonzero(filled(values))
    own, at = np.unique(codes[known], return_index=True)
    row = np.full(len(order), -1)
    row[own] = known[at]
    picked = row[order]
    texts = pd.Series([*values.dictionary.to_pylist(), ""], dtype="str")
    code = np.where(picked >= 0, np.asarray(values.indices)[picked], len(texts) - 1)
    if names is not None:
        texts = renamed(texts, names)
    return texts.iloc[code].reset_index(drop=True)


def _first_numbers(values: NDArray[np.float64], codes: Ints, count: int) -> NDArray[np.float64]:
    known = np.flatnonzero(~np.isnan(values))
    own, at = np.unique(codes[known], return_index=True)
    found = np.full(count, np.nan)
    found[own] = values[known[at]]
    return found


def _texts(values: pa.DictionaryArray, rows: Ints, names: Renamed | None = None) -> pd.Series[str]:
    taken = values.take(pa.array(rows))
    if names is not None:
        new = renamed(pd.Series(taken.dictionary.to_pandas(), dtype="str"), names)
        taken = pa.DictionaryArray.from_arrays(taken.indices, pa.array(new, pa.string()))
    return pd.Series(taken.dictionary_decode().to_pandas(), dtype="str")


def _blank(count: int) -> pd.Series[str]:
    return pd.Series([""], dtype="str").repeat(count).reset_index(drop=True)
