"""Reading a travel matrix, and saying everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.errors import Problem, ScenarioError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_LONG = ("from", "to", "minutes")
_NAMED = 20
"""Faults of one kind that are named one by one; the rest are counted."""


class _Faults:
    """The problems found so far in one file."""

    def __init__(self, path: Path) -> None:
        self._file = str(path)
        self.problems: list[Problem] = []

    def add(self, message: str) -> None:
        self.problems.append(Problem(message, file=self._file))

    def add_all(self, messages: Sequence[str]) -> None:
        """Add faults of one kind: the first ones by name, the rest as a number."""
        for message in messages[:_NAMED]:
            self.add(message)
        if len(messages) > _NAMED:
            self.add(f"and {len(messages) - _NAMED} more like the last one")

    def raise_if_any(self) -> None:
        if self.problems:
            raise ScenarioError(self.problems)


def read_matrix(path: str | Path, zone_ids: Sequence[str]) -> FloatArray:
    """Minutes from zone to zone, in the order of *zone_ids*.

    Forms: ``.csv`` or ``.csv.gz``, wide (zone ids in the header and in the first column, rows are origins) or
    long (columns ``from, to, minutes``); ``.parquet`` with the same columns; ``.npy`` in the order of
    *zone_ids*. The matrix may be asymmetric. Zones that are not in *zone_ids* are passed over, so that one
    file may serve several regions. A missing or blank diagonal is 0: it is not used.

    Returns:
        Array of shape (zones, zones), minutes.

    Raises:
        ScenarioError: with every fault found: unreadable file, wrong shape, zone missing or twice, pair
            missing or twice, value negative or not a finite number.
    """
    path = Path(path)
    faults = _Faults(path)
    suffix = "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix
    reader = _READERS.get(suffix)
    if reader is None:
        wrong = f"a travel matrix is one of {', '.join(_READERS)}, got {suffix or 'no ending'!r}"
        raise ScenarioError([Problem(wrong, file=str(path))])
    try:
        read = reader(path)
    except (OSError, ValueError, EOFError) as error:
        raise ScenarioError([Problem(f"cannot be read: {error}", file=str(path))]) from error
    minutes = _arrange(read, [str(zone) for zone in zone_ids], faults)
    faults.raise_if_any()
    return minutes


def _read_csv(path: Path) -> pd.DataFrame:
    """All cells as text, so that zone ids such as 007 survive."""
    return pd.read_csv(path, dtype=str, header=None, keep_default_na=False, skipinitialspace=True)


def _read_parquet(path: Path) -> pd.DataFrame:
    """The same arrangement as a CSV: names in the first row, then the rows."""
    frame = pd.read_parquet(path)
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    head = pd.DataFrame([[str(name) for name in frame.columns]], columns=frame.columns, dtype=object)
    both = pd.concat([head, frame.astype(object)], ignore_index=True)
    both.columns = pd.RangeIndex(both.shape[1])
    return both


def _read_npy(path: Path) -> FloatArray:
    return np.asarray(np.load(path, allow_pickle=False), dtype=np.float64)


_READERS: dict[str, Callable[[Path], pd.DataFrame | FloatArray]] = {
    ".csv": _read_csv,
    ".csv.gz": _read_csv,
    ".parquet": _read_parquet,
    ".npy": _read_npy,
}


def _arrange(read: pd.DataFrame | FloatArray, zones: list[str], faults: _Faults) -> FloatArray:
    """The matrix in the order of *zones*; faults of form and of value are added to *faults*."""
    if not isinstance(read, pd.DataFrame):
        shape = (len(zones), len(zones))
        if read.shape != shape:
            faults.add(f"{len(zones)} zones need an array of shape {shape}, got {read.shape}")
            return np.zeros(shape)
        minutes, given = read.copy(), np.ones(shape, dtype=bool)
    else:
        names = [str(name).strip() for name in read.iloc[0]]
        form = _from_long if set(_LONG) <= set(names) else _from_wide
        minutes, given = form(read.iloc[1:], names, zones, faults)
    _check_values(minutes, given, zones, faults)
    return minutes


def _from_long(
    rows: pd.DataFrame, names: list[str], zones: list[str], faults: _Faults
) -> tuple[FloatArray, BoolArray]:
    """Matrix from rows of (from, to, minutes), and which pairs were given."""
    index = {zone: k for k, zone in enumerate(zones)}
    start, end = (_text(rows.iloc[:, names.index(name)]).map(index) for name in _LONG[:2])
    value = pd.to_numeric(rows.iloc[:, names.index("minutes")], errors="coerce").to_numpy(np.float64)
    known = (start.notna() & end.notna()).to_numpy()
    i, j = start[known].to_numpy(np.intp), end[known].to_numpy(np.intp)
    minutes = np.zeros((len(zones), len(zones)))
    times = np.zeros(minutes.shape, dtype=np.intp)
    np.add.at(times, (i, j), 1)
    minutes[i, j] = value[known]
    faults.add_all(
        [f"pair {zones[a]} to {zones[b]} is given {times[a, b]} times" for a, b in np.argwhere(times > 1)]
    )
    return minutes, times > 0


def _from_wide(
    rows: pd.DataFrame, names: list[str], zones: list[str], faults: _Faults
) -> tuple[FloatArray, BoolArray]:
    """Matrix from a table with zone ids in the header and the first column, and which pairs were given."""
    row_names = _text(rows.iloc[:, 0]).tolist()
    row_of = _positions(row_names, "row", zones, faults)
    column_of = _positions(names[1:], "column", zones, faults)
    have_row, have_column = row_of >= 0, column_of >= 0
    given = have_row[:, None] & have_column
    cells = rows.iloc[row_of[have_row], 1 + column_of[have_column]]
    numbers = cells.apply(pd.to_numeric, errors="coerce").to_numpy(np.float64)
    minutes = np.zeros(given.shape)
    minutes[np.ix_(have_row, have_column)] = numbers
    # the whole row or column has been named as missing already: its pairs are not faults of their own
    return minutes, given | ~have_row[:, None] | ~have_column


def _positions(names: list[str], what: str, zones: list[str], faults: _Faults) -> NDArray[np.intp]:
    """Position of each zone among *names*, -1 when absent."""
    counts = pd.Series(names, dtype=object).value_counts()
    faults.add_all([f"zone {zone} has {counts[zone]} {what}s" for zone in zones if counts.get(zone, 0) > 1])
    faults.add_all([f"zone {zone} has no {what}" for zone in zones if zone not in counts])
    where = {name: k for k, name in reversed(list(enumerate(names)))}
    return np.array([where.get(zone, -1) for zone in zones], dtype=np.intp)


def _text(column: pd.Series) -> pd.Series:
    return column.astype(str).str.strip()


def _check_values(minutes: FloatArray, given: BoolArray, zones: list[str], faults: _Faults) -> None:
    """Add missing pairs and bad values; a blank or missing diagonal becomes 0."""
    same = np.eye(len(zones), dtype=bool)
    minutes[same & ~np.isfinite(minutes)] = 0.0

    def pairs(which: BoolArray) -> list[tuple[str, str, float]]:
        return [(zones[i], zones[j], minutes[i, j]) for i, j in np.argwhere(which)]

    faults.add_all([f"pair {a} to {b} is missing" for a, b, _ in pairs(~given & ~same)])
    faults.add_all(
        [
            f"{a} to {b}: minutes must be a finite number, 0 or more"
            for a, b, _ in pairs(~np.isfinite(minutes))
        ]
    )
    faults.add_all([f"{a} to {b}: minutes must be 0 or more, got {v:g}" for a, b, v in pairs(minutes < 0)])
