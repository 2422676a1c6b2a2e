"""Places of a log on the kilometre grid that zones have, and its tables of bases and areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.config.schema.logs import Csv, LogConfig, Places
from armsim.errors import Problem, ScenarioError
from armsim.model.geography import known_points
from armsim.model.logs.columns import as_text
from armsim.model.logs.record import Grid
from armsim.model.logs.tables import pieces
from armsim.model.travel import Projection, fitted_projection, local_projection

Floats = NDArray[np.float64]
#: Degrees within which the grid of the zones that ship is good to two metres: England and Wales.
_WEST, _SOUTH, _EAST, _NORTH = -6.5, 49.8, 1.9, 55.9
_BASE_COLUMNS = ("base", "x_km", "y_km", "units")


class Gridding:
    """Brings coordinates of a log, of its bases and its areas, onto one grid of kilometres.

    Attributes:
        grid: which one, once something has been placed.
    """

    def __init__(self, project: Projection | None) -> None:
        self.grid: Grid = "none"
        self._project = project

    def placed(
        self, pair: tuple[str, str], columns: Mapping[str, Any] | pd.DataFrame
    ) -> tuple[Floats, Floats]:
        """``x_km`` and ``y_km`` of *columns*, which hold the *pair* of coordinates."""
        first, second = (np.asarray(columns[name], dtype=np.float64) for name in pair)
        if pair == ("x_km", "y_km"):
            self.grid = "kilometres"
            return first, second
        if pair == ("easting", "northing"):
            self.grid = "british"
            return first / 1000.0, second / 1000.0
        known = ~np.isnan(first)
        if self._project is None:
            self._project = self._choose(first[known], second[known])
        elif self.grid == "none":
            self.grid = "zones"
        x, y = np.full(len(first), np.nan), np.full(len(first), np.nan)
        if known.any():
            x[known], y[known] = self._project(first[known], second[known])
        return x, y

    def _choose(self, lon: Floats, lat: Floats) -> Projection:
        inside = (lon > _WEST) & (lon < _EAST) & (lat > _SOUTH) & (lat < _NORTH)
        if len(lon) == 0 or inside.all():
            self.grid = "british"
            return fitted_projection(*known_points(), degree=4)
        self.grid = "local"
        return local_projection(float(np.round(np.median(lon), 2)), float(np.round(np.median(lat), 2)))


def place_incidents(
    incidents: pd.DataFrame, config: LogConfig, gridding: Gridding, areas: pd.DataFrame
) -> pd.DataFrame:
    """*incidents* with ``x_km`` and ``y_km``, and ``at_area`` where these are its area's and not its own."""
    pair = config.incident.pair
    count = len(incidents)
    x, y = gridding.placed(pair, incidents) if pair else (np.full(count, np.nan), np.full(count, np.nan))
    at_area = np.isnan(x) & incidents["area"].isin(areas["base"]).to_numpy()
    if at_area.any():
        table = areas.set_index("base").loc[incidents["area"][at_area]]
        x, y = x.copy(), y.copy()
        x[at_area], y[at_area] = table["x_km"], table["y_km"]
    kept = incidents.drop(columns=[name for name in pair or () if name not in {"lon", "lat"}])
    at = kept.columns.get_loc("area")
    kept.insert(int(at), "y_km", np.round(y, 6))  # type: ignore[arg-type]
    kept.insert(int(at), "x_km", np.round(x, 6))  # type: ignore[arg-type]
    kept["at_area"] = at_area
    return kept


def no_places() -> pd.DataFrame:
    """A table of places without any."""
    kinds = {name: pd.Series(dtype="str" if name == "base" else np.float64) for name in _BASE_COLUMNS}
    return pd.DataFrame(kinds)


def read_places(places: Places | None, folder: Path, settings: Csv, gridding: Gridding) -> pd.DataFrame:
    """A table of bases, or of areas (named ``base`` too), by name.

    Raises:
        ScenarioError: the file cannot be read, a name is missing or comes twice, a number is none.
    """
    if places is None:
        return no_places()
    pair = places.pair or ("x_km", "y_km")
    headers = {"base": places.name, **{name: getattr(places, name) for name in pair}}
    if places.units is not None:
        headers["units"] = places.units
    path = folder / places.file
    cells: dict[str, list[str]] = {name: [] for name in headers}
    rows: list[int] = []
    problems: list[Problem] = []
    for piece in pieces(path, list(dict.fromkeys(headers.values())), settings):
        rows.extend(piece.rows)
        problems += [Problem(one.reason, file=str(path), line=one.row) for one in piece.ragged]
        for name, header in headers.items():
            if piece.columns.num_rows:
                cells[name] += as_text(piece.columns.column(header)).to_pylist()
    problems += _names(path, places.name, cells["base"], rows)
    numbers = {
        name: _numbers(path, headers[name], cells[name], rows, problems, name != "units")
        for name in headers
        if name != "base"
    }
    if problems:
        raise ScenarioError(problems)
    frame = pd.DataFrame({"base": pd.Series(cells["base"], dtype="str")})
    frame["x_km"], frame["y_km"] = gridding.placed(pair, numbers)
    frame["units"] = numbers.get("units", np.full(len(rows), np.nan))
    return frame.sort_values("base", kind="stable", ignore_index=True)


def _names(path: Path, header: str, names: Sequence[str], rows: Sequence[int]) -> list[Problem]:
    problems, seen = [], dict[str, int]()
    for name, row in zip(names, rows, strict=True):
        if not name:
            problems.append(Problem("this cell is empty", header, str(path), row))
        elif name in seen:
            problems.append(Problem(f"{name!r} is also in row {seen[name]}", header, str(path), row))
        seen.setdefault(name, row)
    return problems


def _numbers(
    path: Path,
    header: str,
    texts: Sequence[str],
    rows: Sequence[int],
    problems: list[Problem],
    needed: bool,
) -> Floats:
    values = pd.to_numeric(pd.Series(texts, dtype="str"), errors="coerce").to_numpy(dtype=np.float64)
    for text, value, row in zip(texts, values.tolist(), rows, strict=True):
        if not np.isfinite(value) and (needed or text):
            problems.append(Problem(f"{text!r} is not a number", header, str(path), row))
    return values
