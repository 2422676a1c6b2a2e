"""What is kept of a log while it is read: each mapped column as one narrow array, bad rows told apart.

A cell is read once, when its piece of the file passes; only what the mapping asks for is kept, so that memory
grows with the mapped columns and not with the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from armsim.config.schema.logs import EVENTS, DateAndTime, LogConfig, Offset, UnitColumns
from armsim.errors import Problem, ScenarioError
from armsim.model.logs.stamps import Fault, parse_stamps
from armsim.model.logs.tables import Piece

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
#: Bad rows that are kept; a log of more is refused.
MOST_REJECTED = 1_000_000
#: Pieces of the file whose arrays are put together at a time: many small ones would leave holes in memory.
_PIECES = 64
#: More units than any incident was ever sent: a number of something else.
_MOST_UNITS = 10_000
_MINUTES = {"s": 1.0 / 60.0, "min": 1.0, "h": 60.0}
#: Texts that stand for no value in a column of numbers.
_NO_NUMBER = ("", "NA", "N/A", "NULL", "null", "nan", "NaN", "-")


@dataclass(slots=True)
class Rejects:
    """Rows kept aside: file, row, column, value and reason of the first fault of each."""

    parts: list[pd.DataFrame] = field(default_factory=list)
    count: int = 0

    def add(
        self, file: Sequence[str] | str, rows: Any, column: Sequence[str] | str, values: Any, reason: Any
    ) -> None:
        """More of them; *rows* and *values* have one entry each.

        Raises:
            ScenarioError: there are too many to be kept.
        """
        frame = pd.DataFrame({"row": np.asarray(rows, dtype=np.int64)})
        if not len(frame):
            return
        frame["column"], frame["value"], frame["reason"], frame["file"] = column, values, reason, file
        self.parts.append(frame.astype(dict.fromkeys(("column", "value", "reason", "file"), "str")))
        self.count += len(frame)
        if self.count > MOST_REJECTED:
            first = self.parts[0].iloc[0]
            text = f"more than {MOST_REJECTED:,} rows are bad, such as row {first.row}: {first.reason}"
            raise ScenarioError([Problem(text, file=str(first.file), line=int(first.row))])

    def frame(self) -> pd.DataFrame:
        """All of them, by file and row."""
        names = ("row", "column", "value", "reason", "file")
        if not self.parts:
            kinds = {name: pd.Series(dtype=np.int64 if name == "row" else "str") for name in names}
            return pd.DataFrame(kinds)
        whole = pd.concat(self.parts, ignore_index=True)[list(names)]
        order = pd.factorize(whole["file"])[0]
        return whole.iloc[np.lexsort((whole["row"], order))].reset_index(drop=True)


class Columns:
    """The mapped columns of a log, gathered piece by piece.

    Names are ``id``, ``received`` and so on for the incident, ``extra.NAME``, and ``0.base``, ``0.arrived``
    and so on for the units side by side. Times are minutes since 1970 in UTC, or minutes from another turning
    point.

    Attributes:
        rejects: rows kept aside.
        read: rows read, those kept aside among them, not those that ``where`` leaves out.
        left_out: rows that ``where`` leaves out.
    """

    def __init__(self, config: LogConfig) -> None:
        self.config = config
        self.rejects = Rejects()
        self.read = self.left_out = 0
        self.headers = _headers(config)
        self._parts: dict[str, list[Any]] = {}
        self._fresh: dict[str, list[Any]] = {}

    def wanted(self) -> list[str]:
        """Columns of the file that are read."""
        named = [column for columns in self.headers.values() for column in columns]
        return list(dict.fromkeys([*named, *self.config.where]))

    def take(self, number: int, file: str, piece: Piece) -> None:
        """Keep what is wanted of *piece*, of the *number*-th file."""
        for one in piece.ragged:
            self.rejects.add(file, [one.row], "", [one.text], one.reason)
        self.read += len(piece.ragged)
        if not piece.columns.num_rows:
            return
        batch, rows = piece.columns, np.asarray(piece.rows, dtype=np.int64)
        kept = self._kept(batch)
        if not kept.all():
            self.left_out += int((~kept).sum())
            batch, rows = batch.filter(pa.array(kept)), rows[kept]
        self.read += batch.num_rows
        chunk = _Chunk(self.config, batch, rows, file, self.rejects)
        columns = {name: chunk.read(name, headers) for name, headers in self.headers.items()}
        whole = ~chunk.bad
        for name, values in columns.items():
            for part, array in values.items():
                self._fresh.setdefault(f"{name}{part}", []).append(_taken(array, whole))
        self._fresh.setdefault("row", []).append(rows[whole])
        self._fresh.setdefault("file", []).append(np.full(int(whole.sum()), number, dtype=np.int16))
        if len(self._fresh["row"]) >= _PIECES:
            self._together()

    def _kept(self, batch: pa.RecordBatch) -> Bools:
        kept = np.ones(batch.num_rows, dtype=np.bool_)
        for column, values in self.config.where.items():
            allowed = (values,) if isinstance(values, str) else values
            texts = as_text(batch.column(column))
            kept &= np.asarray(pc.is_in(texts, value_set=pa.array(allowed, pa.string())))
        return kept

    def _together(self) -> None:
        """Put the arrays of the last pieces together."""
        while self._fresh:
            name, parts = self._fresh.popitem()
            self._parts.setdefault(name, []).append(joined_parts(parts))

    def whole(self) -> dict[str, Any]:
        """Everything gathered: numpy arrays, and texts as Arrow dictionaries; gathered no more afterwards."""
        self._together()
        made: dict[str, Any] = {}
        while self._parts:
            name, parts = self._parts.popitem()
            made[name] = joined_parts(parts)
        pa.default_memory_pool().release_unused()  # Arrow would keep what the pieces took
        return made


def joined_parts(parts: Sequence[Any]) -> Any:
    """Arrays one after another, of numbers or (with one dictionary) of texts."""
    if isinstance(parts[0], pa.DictionaryArray):
        return pa.chunked_array(parts).unify_dictionaries().combine_chunks()
    return np.concatenate(parts)


def filled(texts: pa.DictionaryArray) -> Bools:
    """Which of some texts are not empty."""
    known = np.array([text != "" for text in texts.dictionary.to_pylist()], dtype=np.bool_)
    return np.asarray(known[np.asarray(texts.indices)])


def _taken(array: Any, rows: Bools) -> Any:
    if isinstance(array, pa.Array):
        return array if rows.all() else array.filter(pa.array(rows))
    return array[rows]


def _headers(config: LogConfig) -> dict[str, tuple[str, ...]]:
    """Our name of each mapped column, and the file's name, or names of which the first filled counts."""
    incident = config.incident
    found: dict[str, tuple[str, ...]] = {"id": (incident.id,), "received": _columns_of(incident.received)}
    for name in ("type", "area", "units_sent", *(incident.pair or ())):
        column = getattr(incident, name)
        if column is not None:
            found[name] = (column,)
    found |= {f"extra.{ours}": (theirs,) for ours, theirs in incident.extra.items()}
    for index, unit in enumerate(config.units):
        found |= {f"{index}.{name}": columns for name, columns in _unit_headers(unit).items()}
    return found


def _unit_headers(unit: UnitColumns) -> dict[str, tuple[str, ...]]:
    named = ("unit", "kind", "base")
    found: dict[str, tuple[str, ...]] = {
        name: (getattr(unit, name),) for name in named if getattr(unit, name)
    }
    for event, time in unit.times.items():
        found[event] = (time.column,) if isinstance(time, Offset) else _columns_of(time)
    return found


def _columns_of(time: str | tuple[str, ...] | DateAndTime) -> tuple[str, ...]:
    if isinstance(time, DateAndTime):
        return time.date, time.time
    return (time,) if isinstance(time, str) else time


class _Chunk:
    """A piece of the file, being read."""

    def __init__(
        self, config: LogConfig, batch: pa.RecordBatch, rows: NDArray[np.int64], file: str, rejects: Rejects
    ) -> None:
        self.config, self.batch, self.rows, self.file, self.rejects = config, batch, rows, file, rejects
        self.bad = np.zeros(batch.num_rows, dtype=np.bool_)

    def read(self, name: str, headers: Sequence[str]) -> dict[str, Any]:
        """The column as arrays by the end of their names; rows with a fault are kept aside."""
        index, _, event = name.rpartition(".")
        time: Any = self.config.incident.received if name == "received" else None
        if index.isdecimal():
            time = self.config.units[int(index)].times.get(event)  # type: ignore[call-overload]
        if isinstance(time, Offset):
            return {"": self._numbers(time.column, at_least=0.0) * _MINUTES[time.unit]}
        if event in EVENTS and index != "extra":
            if isinstance(time, DateAndTime):
                cells = [(time.date, joined(self.batch.column(time.date), self.batch.column(time.time)))]
            else:
                cells = [(header, self.batch.column(header)) for header in headers]
            return self._times(cells, needed=name == "received")
        (header,) = headers
        if name == "units_sent":
            return {"": self._units_sent(header)}
        if name in {"x_km", "y_km", "easting", "northing", "lon", "lat"}:
            return {"": self._numbers(header)}
        texts = as_text(self.batch.column(header))
        if name == "id":
            self._reject(np.asarray(pc.equal(texts, "")), header, texts, "the incident has no number")
        return {"": texts.dictionary_encode()}

    def _times(self, columns: Sequence[tuple[str, pa.Array]], needed: bool) -> dict[str, Any]:
        """Times of the first filled of *columns*, each with its header."""
        minutes = np.full(len(self.rows), np.nan)
        aware = np.zeros(len(self.rows), dtype=np.bool_)
        for header, cells in columns:
            found, with_offset, faults = parse_stamps(cells, self.config.time_zone, self.config.stamps)
            for fault in Fault:
                if fault:
                    reason = fault.reason(self.config.time_zone)
                    self._reject(faults == fault, header, cells, reason)
            first = np.isnan(minutes) & ~np.isnan(found)
            minutes[first], aware[first] = found[first], with_offset[first]
        if needed:
            self._reject(np.isnan(minutes), *columns[0], "no time of receipt")
        return {"": minutes, ".aware": aware}

    def _numbers(self, header: str, at_least: float | None = None) -> Floats:
        cells = self.batch.column(header)
        if pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type):
            values = np.array(cells.cast(pa.float64()).fill_null(np.nan), dtype=np.float64)
            wrong = np.isinf(values)
        else:
            texts = as_text(cells)
            filled = ~np.asarray(pc.is_in(texts, value_set=pa.array(_NO_NUMBER, pa.string())))
            values = pd.to_numeric(pd.Series(texts.to_pandas()), errors="coerce").to_numpy(np.float64).copy()
            wrong = filled & ~np.isfinite(values)
        self._reject(wrong, header, cells, "not a number")
        if at_least is not None:
            self._reject(values < at_least, header, cells, f"less than {at_least:g}")
        return values

    def _units_sent(self, header: str) -> Floats:
        values, cells = self._numbers(header, at_least=0.0), self.batch.column(header)
        self._reject(values % 1 > 0, header, cells, "not a whole number")
        self._reject(values > _MOST_UNITS, header, cells, f"more than {_MOST_UNITS:,} units")
        return values

    def _reject(self, wrong: Bools, header: str, cells: pa.Array, reason: str) -> None:
        fresh = wrong & ~self.bad
        if fresh.any():
            values = as_text(cells.filter(pa.array(fresh))).to_pylist()
            self.rejects.add(self.file, self.rows[fresh], header, values, reason)
            self.bad |= fresh


def joined(dates: pa.Array, times: pa.Array) -> pa.Array:
    """Dates and times of day as one text, empty where both are."""
    if pa.types.is_timestamp(dates.type):
        dates = pc.strftime(dates, "%Y-%m-%d")
    return pc.utf8_trim_whitespace(pc.binary_join_element_wise(as_text(dates), as_text(times), " "))


def as_text(cells: pa.Array) -> pa.Array:
    """Cells as text without spaces around; nulls are empty, whole numbers have no decimals."""
    if isinstance(cells, pa.DictionaryArray):
        cells = cells.dictionary_decode()
    if pa.types.is_floating(cells.type):
        known = cells.drop_null()
        whole = pc.and_(pc.equal(known, pc.floor(known)), pc.less(pc.abs(known), 2.0**53))
        if pc.all(whole).as_py() is not False:
            cells = pc.cast(cells, pa.int64())
    return pc.utf8_trim_whitespace(cells.cast(pa.string()).fill_null(""))
