"""Times as a log writes them, to minutes since 1970 in UTC, and what may be wrong with one."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from armsim.config.schema.logs import Stamps

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: A time of day with an offset behind it: a date such as 23-02-2017 has none.
_OFFSET = r"\d{2}:?\d{2}(:?\d{2}([.,]\d+)?)?\s*(Z|z|[+-]\d{2}:?\d{2}|[+-]\d{2})$"
#: A time of day behind a date, and nothing behind it.
_TIME_OF_DAY = r"\d[T ]\s*\d"
_NOTHING_MORE = r"[\d:.,]*$"
_FIRST, _END = pd.Timestamp(1990, 1, 1), pd.Timestamp(2100, 1, 1)
_EARLIEST, _LATEST = (one.timestamp() / 60.0 for one in (_FIRST, _END))
_A_DAY = pd.Timedelta(days=1)


class Fault(IntEnum):
    """What is wrong with a time."""

    NONE = 0
    UNREADABLE = 1
    TWICE = 2
    NEVER = 3
    FAR = 4

    def reason(self, time_zone: str) -> str:
        """What is wrong, for people."""
        return {
            Fault.NONE: "",
            Fault.UNREADABLE: "not a date and time that can be read (ISO 8601, or as stamps: formats says)",
            Fault.TWICE: f"came twice in {time_zone}, as clocks went back (stamps: ambiguous may tell which)",
            Fault.NEVER: f"never was in {time_zone}: clocks went forward over it",
            Fault.FAR: "not a time from 1990 to 2099",
        }[self]


def parse_stamps(cells: pa.Array, time_zone: str, settings: Stamps) -> tuple[Floats, Bools, NDArray[np.int8]]:
    """Times of a column.

    Args:
        cells: text, or timestamps with a zone or without; empty text and nulls are no time.
        time_zone: of times without an offset.
        settings: how they are written.

    Returns:
        Minutes since 1970-01-01 in UTC, rounded to a millisecond, NaN for none; whether each carried an
        offset; and the :class:`Fault` of each; all of the column's length.
    """
    if pa.types.is_timestamp(cells.type):
        aware = np.full(len(cells), cells.type.tz is not None)
        moments = pd.Series(cells.to_pandas())
        filled = moments.notna().to_numpy()
        if cells.type.tz is not None:
            return _checked(_minutes(moments.dt.tz_convert("UTC")), aware, filled, np.zeros_like(filled))
        minutes, twice = _localised(moments, time_zone, settings.ambiguous)
        return _checked(minutes, aware & filled, filled, filled, twice)
    texts = pc.utf8_trim_whitespace(cells.cast(pa.string()).fill_null(""))
    filled = np.asarray(pc.not_equal(texts, ""))
    aware = np.asarray(pc.match_substring_regex(texts, _OFFSET)) & filled
    words = pd.Series(texts.to_pandas())
    minutes = np.full(len(words), np.nan)
    if aware.any():
        minutes[aware] = _minutes(_read(words[aware], settings, utc=True))
        aware &= ~np.isnan(minutes)  # 20170702-1704 only looks as if it had an offset
    naive = filled & ~aware
    local = _read(words[naive], settings, utc=False)
    read = np.zeros(len(words), dtype=np.bool_)
    read[naive] = local.notna().to_numpy()
    minutes[naive], late = _localised(local, time_zone, settings.ambiguous)
    twice = np.zeros(len(words), dtype=np.bool_)
    twice[naive] = late
    return _checked(minutes, aware, filled, read, twice)


def _read(words: pd.Series[Any], settings: Stamps, utc: bool) -> pd.Series[Any]:
    """Moments of texts with an offset (*utc*) or without; NaT for those that cannot be read.

    Formats that say nothing of an offset read those without. With one, ISO 8601 always can.
    """
    moments = pd.Series(pd.NaT, index=words.index, dtype="datetime64[us, UTC]" if utc else "datetime64[us]")
    if utc or not settings.formats:
        timed = words.where(words.str.contains(_TIME_OF_DAY + ("" if utc else _NOTHING_MORE)))
        moments = pd.to_datetime(timed, format="ISO8601", errors="coerce", utc=utc)
    for one in settings.formats:
        if ("%z" in one) == utc:
            moments = moments.fillna(pd.to_datetime(words, format=one, errors="coerce", utc=utc))
    return moments


def _localised(moments: pd.Series[Any], time_zone: str, ambiguous: str) -> tuple[Floats, Bools]:
    """UTC minutes of wall-clock times, infinite far from this age; and which came twice, not told apart."""
    far = ((moments < _FIRST - _A_DAY) | (moments > _END + _A_DAY)).to_numpy()
    minutes, twice = _in_zone(moments.mask(far), time_zone, ambiguous)
    return np.where(far, np.inf, minutes), twice


def _in_zone(moments: pd.Series[Any], time_zone: str, ambiguous: str) -> tuple[Floats, Bools]:
    summer = np.ones(len(moments), dtype=np.bool_)
    earlier = moments.dt.tz_localize(time_zone, ambiguous=summer, nonexistent="NaT")
    if ambiguous == "earlier":
        return _minutes(earlier), ~summer
    later = _minutes(moments.dt.tz_localize(time_zone, ambiguous=~summer, nonexistent="NaT"))
    if ambiguous == "later":
        return later, ~summer
    twice = _minutes(earlier) != later
    twice &= ~np.isnan(later)
    return np.where(twice, np.nan, later), twice


def _minutes(moments: pd.Series[Any]) -> Floats:
    if getattr(moments.dtype, "tz", None) is not None:
        moments = moments.dt.tz_convert("UTC").dt.tz_localize(None)
    whole = moments.to_numpy().astype("datetime64[ms]")
    minutes = whole.astype(np.int64) / 60_000.0
    return np.where(np.isnat(whole), np.nan, minutes)


def _checked(
    minutes: Floats, aware: Bools, filled: Bools, read: Bools, twice: Bools | None = None
) -> tuple[Floats, Bools, NDArray[np.int8]]:
    """Minutes with their faults: *read* are wall-clock times that could be read, *twice* came twice."""
    faults = np.zeros(len(minutes), dtype=np.int8)
    faults[filled & np.isnan(minutes)] = Fault.UNREADABLE
    faults[read & np.isnan(minutes)] = Fault.NEVER
    if twice is not None:
        faults[twice] = Fault.TWICE
    far = (minutes < _EARLIEST) | (minutes >= _LATEST)
    faults[far] = Fault.FAR
    return np.where(far, np.nan, minutes), aware, faults


def wall_clock(minutes: Floats, time_zone: str) -> pd.Series[Any]:
    """Local times (datetime64[ns], without a zone) of minutes since 1970 in UTC."""
    whole = np.round(minutes * 60_000.0)
    whole = np.where(np.isnan(whole), np.iinfo(np.int64).min, whole).astype(np.int64)
    moments = pd.Series(whole.view("datetime64[ms]")).dt.tz_localize("UTC")
    return moments.dt.tz_convert(time_zone).dt.tz_localize(None).astype("datetime64[ns]")
