"""Zones from the user's own table, checked as a whole before anything is made of it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from armsim.errors import Problem, ScenarioError
from armsim.model.geography import NEIGHBOURHOOD_KM, as_zone_frame, is_rural, people_within
from armsim.registry import suggestion

#: Limits beyond which a file is surely not a table of zones: England and Wales have 34,753 LSOAs.
MOST_BYTES = 64 * 1024 * 1024
MOST_ZONES = 100_000
MOST_PEOPLE = 10**9
_EARTH_KM = 6371.0088

_REQUIRED = ("zone", "population", "area_km2")
_COORDINATES = (("x_km", "y_km"), ("easting", "northing"), ("lon", "lat"))
_OPTIONAL = ("name", "force", "rural", "people_3km", "district")
_KNOWN = (*_REQUIRED, *(name for pair in _COORDINATES for name in pair), *_OPTIONAL)
_YES = frozenset({"1", "true", "yes", "y", "rural"})
_NO = frozenset({"0", "false", "no", "n", "urban"})


@dataclass(slots=True)
class _Table:
    """Cells as text by our name of the column, the line of each row, and what was found wrong so far."""

    file: str
    cells: dict[str, list[str]] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, message: str, column: str = "", line: int | None = None) -> None:
        header = self.headers.get(column, column)
        self.problems.append(Problem(message, path=header, file=self.file, line=line))


def read_zones(path: Path, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Read zones from a CSV file with a header line (UTF-8; comma, semicolon or tab).

    Required columns are ``zone`` (unique), ``population`` (whole number), ``area_km2`` and a pair of
    coordinates, the first found of ``x_km, y_km``; ``easting, northing`` (metres); ``lon, lat`` (degrees).

    Degrees are projected on a local grid about the middle (lon0, lat0) of the zones' extent by
    x = R cos(lat0) (lon - lon0), y = R (lat - lat0), R = 6371.0088 km, angles in radians (equirectangular:
    distances inside any force of England and Wales come out within 1.6%). The middle moves with the forces in
    the file; for forces that are the same to the last digit in files of their own, give kilometres or metres.

    Optional columns and what stands in for them:
    ``name`` (the zone's id), ``force`` (the file's name without its ending), ``district`` (the force),
    ``rural`` (yes or no; by density, see :func:`armsim.model.geography.is_rural`), ``people_3km`` (residents
    of the force's zones whose centre is within 3 km: a force is then the same with neighbours in the file and
    without). Other columns are ignored.

    Args:
        path: the file.
        columns: for names above that the file spells otherwise, its headers, such as ``{"zone": "LSOA"}``.

    Returns:
        A zone frame (see :mod:`armsim.model.geography`); ``lon`` and ``lat`` are NaN if not in the file.

    Raises:
        ScenarioError: something is wrong with the file or *columns*; it carries every problem found.
    """
    table = _Table(str(path))
    rows = _rows(table, path)
    _stop(table)
    _take_columns(table, rows, columns or {})
    if not table.cells:
        _stop(table)
    frame = _frame(table)
    _stop(table)
    return as_zone_frame(frame)


def _stop(table: _Table) -> None:
    if table.problems:
        raise ScenarioError(sorted(table.problems, key=lambda problem: problem.line or 0))


def _rows(table: _Table, path: Path) -> list[list[str]]:
    """Header and rows of the file as text; the line of each row goes into ``table.lines``."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            table.refuse(f"the file has {size:,} bytes; a table of zones has at most {MOST_BYTES:,}")
            return []
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        table.refuse("this line is not UTF-8 text; save the file as CSV UTF-8", line=line)
        return []
    except OSError as error:
        table.refuse(f"the file cannot be read: {error.strerror or error}")
        return []
    return _split(table, text)


def _split(table: _Table, text: str) -> list[list[str]]:
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), strict=True)
    rows: list[list[str]] = []
    start = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append([cell.strip() for cell in row])
                table.lines.append(start)
            start = reader.line_num + 1
            if len(rows) > MOST_ZONES + 1:
                table.refuse(f"the file has more than {MOST_ZONES:,} zones", line=start)
                return []
    except csv.Error as error:
        table.refuse(f"this line cannot be read as CSV: {error}", line=reader.line_num)
        return []
    if len(rows) < 2:
        table.refuse("the file has no zones" if rows else "the file is empty")
    table.lines = table.lines[1:]
    return rows


def _take_columns(table: _Table, rows: list[list[str]], columns: Mapping[str, str]) -> None:
    """Find our columns among the headers, complain of what is missing, and cut the rows into columns."""
    header = rows[0]
    for ours in columns:
        if ours not in _KNOWN:
            table.refuse(f"{ours!r} is not a column of a zone{suggestion(ours, _KNOWN)}")
    table.headers = {ours: columns.get(ours, ours) for ours in _KNOWN}
    for named in dict.fromkeys(header):
        if header.count(named) > 1 and named in table.headers.values():
            table.refuse(f"two columns are headed {named!r}", line=1)
    present = {ours: header.index(theirs) for ours, theirs in table.headers.items() if theirs in header}
    for ours in _missing(present, columns):
        theirs = table.headers[ours]
        table.refuse(f"there is no column {theirs!r}{suggestion(theirs, header)}", line=1)
    if not any(set(pair) <= present.keys() for pair in _COORDINATES):
        pairs = "; ".join(", ".join(table.headers[name] for name in pair) for pair in _COORDINATES)
        table.refuse(f"there are no coordinates; one of these pairs of columns is needed: {pairs}", line=1)
    if table.problems:
        return
    whole = [len(row) == len(header) for row in rows[1:]]
    for row, line, right in zip(rows[1:], table.lines, whole, strict=True):
        if not right:
            table.refuse(f"this line has {len(row)} cells, the header {len(header)}", line=line)
    kept = [row for row, right in zip(rows[1:], whole, strict=True) if right]
    table.lines = [line for line, right in zip(table.lines, whole, strict=True) if right]
    table.cells = {ours: [row[at] for row in kept] for ours, at in present.items()}


def _missing(present: Mapping[str, int], columns: Mapping[str, str]) -> list[str]:
    wanted = [*_REQUIRED, *(ours for ours in columns if ours in _KNOWN and ours not in _REQUIRED)]
    return [ours for ours in wanted if ours not in present]


def _frame(table: _Table) -> pd.DataFrame:
    zone = _texts(table, "zone")
    _refuse_duplicates(table, zone)
    population = _numbers(table, "population", _is_headcount, "whole, 0 or more")
    area = _numbers(table, "area_km2", lambda v: v > 0, "above 0")
    place = _place(table)
    if not table.problems and population.sum() == 0:
        table.refuse("no zone has any population", "population")
    has = table.cells.keys()
    people_3km = _numbers(table, "people_3km", lambda v: v >= 0, "0 or more") if "people_3km" in has else None
    rural = _flags(table, "rural") if "rural" in has else None
    force = _texts(table, "force") if "force" in has else [Path(table.file).stem] * len(zone)
    frame = {
        "zone": zone,
        "name": _texts(table, "name") if "name" in has else zone,
        "district": _texts(table, "district") if "district" in has else force,
        "force": force,
        **place,
        "area_km2": area,
        "population": population,
    }
    if table.problems:
        return pd.DataFrame()
    if people_3km is None:
        people_3km = _people_near(place, population, np.array(force))
    frame["people_3km"] = people_3km
    frame["rural"] = is_rural(population, area) if rural is None else rural
    return pd.DataFrame(frame)


def _people_near(
    place: Mapping[str, ArrayLike], population: NDArray[np.float64], force: NDArray[np.str_]
) -> NDArray[np.float64]:
    """Residents of zones of the same force whose centre is within the neighbourhood."""
    x, y = np.asarray(place["x_km"]), np.asarray(place["y_km"])
    near = np.zeros(len(population))
    for name in np.unique(force):
        own = force == name
        near[own] = people_within(x[own], y[own], population[own], NEIGHBOURHOOD_KM)
    return near


def _is_headcount(value: float) -> bool:
    return 0 <= value <= MOST_PEOPLE and value == int(value)


def _refuse_duplicates(table: _Table, zone: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for text, line in zip(zone, table.lines, strict=True):
        if text and text in seen:
            table.refuse(f"zone {text!r} is also on line {seen[text]}", "zone", line)
        seen.setdefault(text, line)


def _texts(table: _Table, column: str) -> list[str]:
    cells = table.cells[column]
    for text, line in zip(cells, table.lines, strict=True):
        if not text:
            table.refuse("this cell is empty", column, line)
    return cells


def _flags(table: _Table, column: str) -> list[bool]:
    cells = [text.lower() for text in table.cells[column]]
    for text, line in zip(cells, table.lines, strict=True):
        if text not in _YES | _NO:
            table.refuse(f"{text!r} is neither yes nor no", column, line)
    return [text in _YES for text in cells]


def _numbers(
    table: _Table, column: str, allowed: Callable[[float], bool], wanted: str
) -> NDArray[np.float64]:
    values = []
    for text, line in zip(table.cells[column], table.lines, strict=True):
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and allowed(value)):
            table.refuse(f"{text!r} is not a number that is {wanted}", column, line)
        values.append(value)
    return np.array(values, dtype=np.float64)


def _place(table: _Table) -> dict[str, ArrayLike]:
    """``x_km, y_km, lon, lat`` from the first pair of coordinates that the file has."""
    pair = next(pair for pair in _COORDINATES if set(pair) <= table.cells.keys())
    degrees: dict[str, ArrayLike] = {"lon": np.nan, "lat": np.nan}
    if {"lon", "lat"} <= table.cells.keys():
        lon = _numbers(table, "lon", lambda v: abs(v) <= 180, "between -180 and 180")
        lat = _numbers(table, "lat", lambda v: abs(v) <= 90, "between -90 and 90")
        degrees = {"lon": lon, "lat": lat}
        if pair == ("lon", "lat"):
            x_km, y_km = _project(lon, lat)
            return {"x_km": x_km, "y_km": y_km, **degrees}
    unit = 1.0 if pair == ("x_km", "y_km") else 1000.0
    x_km, y_km = (_numbers(table, name, math.isfinite, "finite") / unit for name in pair)
    return {"x_km": x_km, "y_km": y_km, **degrees}


def _project(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lon0, lat0 = ((values.min() + values.max()) / 2 if len(values) else 0.0 for values in (lon, lat))
    x_km = _EARTH_KM * math.cos(math.radians(lat0)) * np.radians(lon - lon0)
    return x_km, _EARTH_KM * np.radians(lat - lat0)
