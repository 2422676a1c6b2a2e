"""A table of zones as text, from whatever file, checked as a whole before anything is made of it."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from armsim.errors import Problem, ScenarioError
from armsim.model.geography import NEIGHBOURHOOD_KM, as_zone_frame, is_rural, people_within
from armsim.model.zones_doubts import doubts
from armsim.registry import suggestion

MOST_PEOPLE = 10**9
#: Problems of one file that are listed: the rest is counted.
MOST_PROBLEMS = 50
_NAMED = 12
_EARTH_KM = 6371.0088

_REQUIRED = ("zone", "population", "area_km2")
_COORDINATES = (("x_km", "y_km"), ("easting", "northing"), ("lon", "lat"))
_OPTIONAL = ("name", "force", "rural", "people_3km", "district")
_KNOWN = (*_REQUIRED, *(name for pair in _COORDINATES for name in pair), *_OPTIONAL)
_YES = frozenset({"1", "true", "yes", "y", "rural"})
_NO = frozenset({"0", "false", "no", "n", "urban"})
#: What would speak to the terminal that shows a name; line breaks may stand in a quoted cell.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(slots=True)
class ZoneTable:
    """Cells as text by our name of the column, the number of each row, and what was found wrong so far.

    Attributes:
        file: the file.
        row: what a row is called: ``line``, or ``shape`` where the file has no lines to look at.
        cells: by our name of the column.
        numbers: of the rows, as a user counts them.
        headers: the file's name of each of our columns.
        problems: what is wrong.
        given: columns that are not the file's, but made by its reader.
    """

    file: str
    row: Literal["line", "shape"] = "line"
    cells: dict[str, list[str]] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    given: Set[str] = frozenset()

    def refuse(self, message: str, column: str = "", number: int | None = None) -> None:
        """Note a problem of a row, a column, both, or the whole file."""
        header = self.headers.get(column, column)
        if self.row == "line":
            self.problems.append(Problem(message, path=header, file=self.file, line=number))
            return
        text = message if number is None else f"shape {number}: {message}"
        self.problems.append(Problem(text, path=header, file=self.file))

    def refuse_header(self, message: str) -> None:
        """Note a problem of the names of the columns."""
        self.refuse(message, number=1 if self.row == "line" else None)

    def stop(self) -> None:
        """Raise what was found wrong.

        Raises:
            ScenarioError: something was; at most ``MOST_PROBLEMS`` of it, and how much more there is.
        """
        if not self.problems:
            return
        listed = sorted(self.problems, key=lambda problem: problem.line or 0)
        if len(listed) > MOST_PROBLEMS:
            more = Problem(f"and {len(listed) - MOST_PROBLEMS} more problems", file=self.file)
            listed = [*listed[:MOST_PROBLEMS], more]
        raise ScenarioError(listed)


def frame_of(table: ZoneTable, rows: Sequence[Sequence[str]], columns: Mapping[str, str]) -> pd.DataFrame:
    """The zone frame of a table.

    Args:
        table: with the numbers of its rows.
        rows: the names of the columns, then the cells of each row.
        columns: for our names that the file spells otherwise, its names.

    Returns:
        The frame; ``attrs["notes"]`` has remarks for the user.

    Raises:
        ScenarioError: with every problem of the table.
    """
    _take_columns(table, rows, columns)
    if not table.cells:
        table.stop()
    frame = _frame(table)
    table.stop()
    zones = as_zone_frame(frame)
    zones.attrs["notes"] = [f"{Path(table.file).name}: {doubt}" for doubt in doubts(zones)]
    return zones


def _take_columns(table: ZoneTable, rows: Sequence[Sequence[str]], columns: Mapping[str, str]) -> None:
    """Find our columns among the headers, complain of what is missing, and cut the rows into columns."""
    header, before = list(rows[0]), len(table.problems)
    for ours in columns:
        if ours not in _KNOWN:
            table.refuse(f"{ours!r} is not a column of a zone{suggestion(ours, _KNOWN)}")
    table.headers = {ours: columns.get(ours, ours) for ours in _KNOWN}
    for name in dict.fromkeys(header):
        if header.count(name) > 1 and name in table.headers.values():
            table.refuse_header(f"two columns are headed {name!r}")
    present = {ours: header.index(theirs) for ours, theirs in table.headers.items() if theirs in header}
    for ours in _missing(present, columns):
        theirs = table.headers[ours]
        named = [name for name in header if name and name not in table.given]
        table.refuse_header(f"there is no column {theirs!r}{_instead(ours, columns.get(ours), named)}")
    if not any(set(pair) <= present.keys() for pair in _COORDINATES):
        pairs = "; ".join(", ".join(table.headers[name] for name in pair) for pair in _COORDINATES)
        table.refuse_header(f"there are no coordinates; one of these pairs of columns is needed: {pairs}")
    if len(table.problems) > before:
        return
    whole = [len(row) == len(header) for row in rows[1:]]
    for row, line, right in zip(rows[1:], table.numbers, whole, strict=True):
        if not right:
            table.refuse(f"this line has {len(row)} cells, the header {len(header)}", number=line)
    kept = [row for row, right in zip(rows[1:], whole, strict=True) if right]
    table.numbers = [line for line, right in zip(table.numbers, whole, strict=True) if right]
    table.cells = {ours: [row[at] for row in kept] for ours, at in present.items()}


def _instead(ours: str, mapped: str | None, names: Sequence[str]) -> str:
    """What a missing column may be called in the file, and how to say so where nothing is *mapped*."""
    in_small = {name.lower(): name for name in reversed(names)}
    near = difflib.get_close_matches((mapped or ours).lower(), in_small, n=1)
    if near:
        say = "" if mapped else f" Then write columns: {{{ours}: {in_small[near[0]]}}}"
        return f"; did you mean {in_small[near[0]]}?{say}"
    if not names:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    say = "" if mapped else f"; columns: {{{ours}: ITS NAME}} says which it is"
    return f"; its columns are {', '.join(names[:_NAMED])}{more}{say}"


def _missing(present: Mapping[str, int], columns: Mapping[str, str]) -> list[str]:
    wanted = [*_REQUIRED, *(ours for ours in columns if ours in _KNOWN and ours not in _REQUIRED)]
    return [ours for ours in wanted if ours not in present]


def _frame(table: ZoneTable) -> pd.DataFrame:
    zone = _texts(table, "zone")
    _refuse_duplicates(table, zone)
    population = _numbers(table, "population", _is_headcount, f"whole, 0 to {MOST_PEOPLE:,}")
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


def _refuse_duplicates(table: ZoneTable, zone: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for text, line in zip(zone, table.numbers, strict=True):
        if text and text in seen:
            where = f"on line {seen[text]}" if table.row == "line" else f"shape {seen[text]}"
            table.refuse(f"zone {text!r} is also {where}", "zone", line)
        seen.setdefault(text, line)


def _texts(table: ZoneTable, column: str) -> list[str]:
    cells = table.cells[column]
    for text, line in zip(cells, table.numbers, strict=True):
        if not text:
            table.refuse("this cell is empty", column, line)
        elif _CONTROL.search(text):
            table.refuse(f"{text!r} has a control character", column, line)
    return cells


def _flags(table: ZoneTable, column: str) -> list[bool]:
    cells = [text.lower() for text in table.cells[column]]
    for text, line in zip(cells, table.numbers, strict=True):
        if text not in _YES | _NO:
            table.refuse(f"{text!r} is neither yes nor no", column, line)
    return [text in _YES for text in cells]


def _numbers(
    table: ZoneTable, column: str, allowed: Callable[[float], bool], wanted: str
) -> NDArray[np.float64]:
    values = []
    for text, line in zip(table.cells[column], table.numbers, strict=True):
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and allowed(value)):
            table.refuse(f"{text!r} is not a number that is {wanted}", column, line)
        values.append(value)
    return np.array(values, dtype=np.float64)


def _place(table: ZoneTable) -> dict[str, ArrayLike]:
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
