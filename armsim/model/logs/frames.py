"""The good rows of a log as tables of incidents and of unit responses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from armsim.config.schema.logs import EventName, LogConfig, Renamed
from armsim.model.logs.clocks import interval, moments
from armsim.model.logs.record import INTERVALS, midnight
from armsim.model.logs.stamps import wall_clock

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
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
    encoded = columns["id"].dictionary_encode()
    codes = np.asarray(encoded.indices).astype(np.int64)
    first = np.unique(codes, return_index=True)[1]
    return codes, np.argsort(columns["received"][first], kind="stable").astype(np.int64)


def disagreements(columns: dict[str, Any], codes: Ints) -> dict[str, int]:
    """Incidents whose rows differ in a column of the incident, by our name of it."""
    found = {}
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

    A column at a time, in its final order: of a long log there is no room for a second table.
    """
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    entries = [_Entry(config, columns, index) for index in range(len(config.units))]
    if not entries:
        return _no_units()
    whole = np.concatenate([rank[codes[one.rows]] for one in entries])
    keys = [np.repeat(np.arange(len(entries)), [len(one.rows) for one in entries])]
    keys += [np.concatenate([columns["row"][one.rows] for one in entries])]
    keys += [np.concatenate([one.key(event) for one in entries]) for event in ("dispatched", "arrived")]
    sort = np.lexsort((*keys, whole))
    del keys
    whole = whole[sort]
    starts = np.flatnonzero(np.diff(whole, prepend=-1))
    ordinal = np.arange(len(whole)) - np.repeat(starts, np.diff([*starts, len(whole)])) + 1
    made: dict[str, Any] = {}
    for name in UNIT_COLUMNS:
        if name == "ordinal":
            made[name] = ordinal.astype(np.int16)
            continue
        parts = [one.column(name) for one in entries]
        if isinstance(parts[0], pd.Series):
            made[name] = pd.concat(parts, ignore_index=True).iloc[sort].reset_index(drop=True)
        else:
            made[name] = np.concatenate(parts)[sort]
    return pd.DataFrame(made, copy=False)


class _Entry:
    """The units that stand at one place in the rows, those that are there.

    Attributes:
        rows: their rows, ascending.
    """

    def __init__(self, config: LogConfig, columns: dict[str, Any], index: int) -> None:
        self._config, self._columns, self._index = config, columns, index
        self._found = moments(config.units[index], index, columns)
        there = np.full(len(columns["row"]), config.rows == "unit")
        for event, moment in self._found.items():
            if event != "received":
                there |= ~np.isnan(moment.minutes)
        for name in ("unit", "kind", "base"):
            if f"{index}.{name}" in columns:
                there |= _filled(columns[f"{index}.{name}"])
        self.rows = np.flatnonzero(there & columns["usable"])

    def key(self, event: EventName) -> NDArray[np.float64]:
        """When it happened, as far as units of a row can be ordered by it; infinite when it never did."""
        moment = self._found.get(event)
        if moment is None:
            return np.full(len(self.rows), np.inf)
        return np.nan_to_num(moment.minutes[self.rows], nan=np.inf)

    def column(self, name: str) -> Any:
        """A column of ``Log.units``: texts as a series, numbers as an array."""
        if name == "incident":
            return _texts(self._columns["id"], self.rows)
        if name == "row":
            return self._columns["row"][self.rows]
        if name in INTERVALS:
            minutes = interval(self._found, name, len(self._columns["row"]))
            return np.round(minutes[self.rows], 6)
        values = self._columns.get(f"{self._index}.{name}")
        texts = _blank(len(self.rows)) if values is None else _texts(values, self.rows)
        return renamed(texts, self._config.values.kind) if name == "kind" else texts


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
    filled = np.flatnonzero(_filled(values))
    own, at = np.unique(codes[filled], return_index=True)
    row = np.full(len(order), -1)
    row[own] = filled[at]
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


def _filled(values: pa.DictionaryArray) -> Bools:
    known = np.array([text != "" for text in values.dictionary.to_pylist()], dtype=np.bool_)
    return np.asarray(known[np.asarray(values.indices)])


def _texts(values: pa.Array, rows: Ints) -> pd.Series[str]:
    taken = values.take(pa.array(rows))
    if isinstance(taken, pa.DictionaryArray):
        taken = taken.dictionary_decode()
    return pd.Series(taken.to_pandas(), dtype="str")


def _blank(count: int) -> pd.Series[str]:
    return pd.Series([""], dtype="str").repeat(count).reset_index(drop=True)
