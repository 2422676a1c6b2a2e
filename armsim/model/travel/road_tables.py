"""Reading roads: a table of nodes and a table of edges, as CSV, plain or compressed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.errors import DataError
from armsim.model.travel.projection import Projection, local_projection

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]

_METRES = 1000.0
_MILE_KM = 1.609344
_MINUTES_PER_HOUR = 60.0
_NAMED = 5

_NODE = ("node_id", "id", "osmid", "node")
_PLANE = (("x_km", "y_km", 1.0), ("easting", "northing", 1 / _METRES), ("x_m", "y_m", 1 / _METRES))
_LON_LAT = (("lon", "lat"), ("longitude", "latitude"))
_ENDS = (("from", "to"), ("u", "v"), ("source", "target"), ("start", "end"))
_LENGTH = (("length_km", 1.0), ("length_m", 1 / _METRES), ("length", 1 / _METRES))
_MINUTES = ("minutes", "travel_minutes")
_SPEED = (
    ("speed_kph", 1.0), ("speed_km_per_h", 1.0), ("speed_kmh", 1.0), ("speed_kph_assumed", 1.0),
    ("speed_mph", _MILE_KM),
)  # fmt: skip
_ONEWAY = ("oneway", "one_way")
_FORWARD = ("1", "yes", "true", "t", "1.0")
_BOTH = ("0", "no", "false", "f", "0.0", "")
_BACKWARD = ("-1", "reverse", "-1.0")


@dataclass(frozen=True, slots=True)
class RoadTables:
    """Roads as arrays: two-way edges appear once in each direction.

    Attributes:
        x_km: of each node.
        y_km: of each node.
        start: node index at which each directed edge begins.
        end: node index at which it ends.
        km: its length.
        minutes: its mean ordinary minutes.
        joins: whether a trip may leave the road or come onto it at each node; ``None`` is at all of them.
    """

    x_km: FloatArray
    y_km: FloatArray
    start: IndexArray
    end: IndexArray
    km: FloatArray
    minutes: FloatArray
    joins: NDArray[np.bool_] | None = None


def read_road_tables(
    nodes: str | Path,
    edges: str | Path,
    project: Projection | None = None,
    columns: dict[str, str] | None = None,
    common_grid: bool = False,
) -> RoadTables:
    """Roads from a node table and an edge table (``.csv``, or compressed as pandas knows it).

    Columns are found by name, the first of each list that exists:

    - nodes: ``node_id`` (``id, osmid, node``); ``x_km, y_km``, or ``easting, northing`` or ``x_m, y_m``
      in metres, or ``lon, lat`` (``longitude, latitude``) in degrees; optional ``joins``: 0, no = no trip
      begins or ends there, as on a motorway;
    - edges: ``from, to`` (``u, v``; ``source, target``; ``start, end``); ``length_km``, or ``length_m`` or
      ``length`` in metres; ``minutes`` (``travel_minutes``), or ``speed_kph`` (``speed_km_per_h, speed_kmh,
      speed_kph_assumed``) or ``speed_mph``; optional ``oneway`` (``one_way``): 1, yes, true = as listed only;
      -1, reverse = the other way only; 0, no, false, blank = both ways. Without it all are two-way.

    Args:
        nodes: the node table.
        edges: the edge table.
        project: degrees to km; given, it is used even where the table has plane coordinates. Otherwise
            degrees are projected about the mean of the nodes.
        columns: names of the file for names of the list above, such as ``{"v_max": "speed_kph"}``.
        common_grid: the roads must lie on a grid that others share: degrees without *project* are refused.

    Raises:
        DataError: a file cannot be read, or with every fault found in the two tables.
    """
    node_table, edge_table = (_read(Path(path), columns or {}) for path in (nodes, edges))
    faults: list[str] = []
    x, y = _coordinates(node_table, project, common_grid, faults)
    ids = _first(node_table, _NODE, "nodes: the node's id", faults)
    index = pd.Index(ids.astype(str).str.strip())
    if index.has_duplicates:
        faults.append(f"nodes: ids given twice: {_some(index[index.duplicated()].unique())}")
    joins = _joins(node_table, faults)
    start, end = _ends(edge_table, index, faults)
    km, minutes = _weights(edge_table, faults)
    forward, backward = _directions(edge_table, faults)
    if not len(node_table) or not len(edge_table):
        faults.append("the tables hold no node or no edge")
    if faults:
        raise DataError(f"roads {nodes} and {edges}:\n  " + "\n  ".join(faults))
    return RoadTables(
        x, y,
        np.concatenate([start[forward], end[backward]]), np.concatenate([end[forward], start[backward]]),
        np.concatenate([km[forward], km[backward]]), np.concatenate([minutes[forward], minutes[backward]]),
        joins,
    )  # fmt: skip


def _read(path: Path, columns: dict[str, str]) -> pd.DataFrame:
    """One table, ids and flags as text."""
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path} cannot be read as CSV: {error}") from error
    return frame.rename(columns=columns)


def _first(table: pd.DataFrame, names: tuple[str, ...], what: str, faults: list[str]) -> pd.Series:
    """The first of the named columns; a fault and a blank column when there is none."""
    for name in names:
        if name in table:
            return table[name]
    faults.append(
        f"{what} needs a column {' or '.join(names)}; there are {', '.join(map(str, table.columns))}"
    )
    return pd.Series([""] * len(table), index=table.index)


def _numbers(column: pd.Series, what: str, faults: list[str], least: float | None = None) -> FloatArray:
    """A column as finite numbers, not below *least*; faults name the lines of the file."""
    values = pd.to_numeric(column, errors="coerce").to_numpy(np.float64)
    bad = ~np.isfinite(values) if least is None else ~(np.isfinite(values) & (values >= least))
    if bad.any():
        need = "a finite number" if least is None else f"a finite number, {least:g} or more"
        faults.append(f"{what}: {column.name} must be {need}; it is not on lines {_lines(bad)}")
    return values


def _coordinates(
    table: pd.DataFrame, project: Projection | None, common_grid: bool, faults: list[str]
) -> tuple[FloatArray, FloatArray]:
    """Plane coordinates of the nodes, km."""
    degrees = next(((lon, lat) for lon, lat in _LON_LAT if lon in table and lat in table), None)
    if project is None or degrees is None:
        for x, y, factor in _PLANE:
            if x in table and y in table:
                return (
                    factor * _numbers(table[x], "nodes", faults),
                    factor * _numbers(table[y], "nodes", faults),
                )
    if degrees is None:
        pairs = [f"{x}, {y}" for x, y, *_ in (*_PLANE, *_LON_LAT)]
        faults.append(f"nodes: coordinates need columns {' or '.join(pairs)}")
        return np.zeros(len(table)), np.zeros(len(table))
    if project is None and common_grid:
        faults.append(
            "nodes: roads are known in degrees only, zones in kilometres only; give zones lon and lat, or "
            "nodes x_km and y_km on the grid of the zones"
        )
    lon, lat = (_numbers(table[name], "nodes", faults) for name in degrees)
    if not len(table) or not np.isfinite(lon + lat).all():
        return lon, lat  # a fault has been noted
    return (project or local_projection(float(lon.mean()), float(lat.mean())))(lon, lat)


def _ends(table: pd.DataFrame, index: pd.Index[Any], faults: list[str]) -> tuple[IndexArray, IndexArray]:
    """Node indices at which the edges begin and end."""
    names = next((pair for pair in _ENDS if pair[0] in table and pair[1] in table), None)
    if names is None:
        faults.append(f"edges need columns {' or '.join(', '.join(pair) for pair in _ENDS)}")
        return np.zeros(len(table), dtype=np.intp), np.zeros(len(table), dtype=np.intp)
    if index.has_duplicates:
        index = index.drop_duplicates()  # the fault has been noted; go on to find the others
    ends = []
    for name in names:
        found = index.get_indexer(pd.Index(table[name].str.strip()))
        if (found < 0).any():
            unknown = table[name][found < 0].unique()
            faults.append(f"edges: {name} names unknown nodes {_some(unknown)}, on lines {_lines(found < 0)}")
        ends.append(found.astype(np.intp))
    return ends[0], ends[1]


def _weights(table: pd.DataFrame, faults: list[str]) -> tuple[FloatArray, FloatArray]:
    """Length in km and mean minutes of the edges as listed."""
    nothing = np.zeros(len(table))
    length = next(((name, factor) for name, factor in _LENGTH if name in table), None)
    if length is None:
        faults.append(f"edges: the length needs a column {' or '.join(name for name, _ in _LENGTH)}")
        return nothing, nothing
    km = length[1] * _numbers(table[length[0]], "edges", faults, least=0.0)
    for name in _MINUTES:
        if name in table:
            return km, _numbers(table[name], "edges", faults, least=0.0)
    speed = next(((name, factor) for name, factor in _SPEED if name in table), None)
    if speed is None:
        choices = (*_MINUTES, *(name for name, _ in _SPEED))
        faults.append(f"edges: minutes or speed need a column {' or '.join(choices)}")
        return km, nothing
    kph = speed[1] * _numbers(table[speed[0]], "edges", faults, least=1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return km, km / kph * _MINUTES_PER_HOUR


def _joins(table: pd.DataFrame, faults: list[str]) -> NDArray[np.bool_] | None:
    """At which nodes trips may leave the road; ``None`` when the table does not say."""
    if "joins" not in table:
        return None
    flag = table["joins"].str.strip().str.lower()
    here, not_here = (flag.isin(words).to_numpy(dtype=bool) for words in (_FORWARD, _BOTH))
    if not (here | not_here).all():
        faults.append(
            f"nodes: joins must be 1, yes, 0 or no; it is not on lines {_lines(~(here | not_here))}"
        )
    return np.asarray(here)


def _directions(table: pd.DataFrame, faults: list[str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which edges may be driven as listed, and which the other way."""
    name = next((name for name in _ONEWAY if name in table), None)
    if name is None:
        both = np.ones(len(table), dtype=bool)
        return both, both
    flag = table[name].str.strip().str.lower()
    forward, backward, both = (
        flag.isin(words).to_numpy(dtype=bool) for words in (_FORWARD, _BACKWARD, _BOTH)
    )
    unknown = ~(forward | backward | both)
    if unknown.any():
        words = ", ".join(filter(None, _FORWARD + _BOTH + _BACKWARD))
        faults.append(f"edges: {name} must be blank or one of {words}; it is not on lines {_lines(unknown)}")
    return forward | both, backward | both


def _lines(bad: NDArray[np.bool_]) -> str:
    """Lines of the file (the header is line 1) of the rows at fault."""
    return _some(np.flatnonzero(bad) + 2)


def _some(items: Any) -> str:
    """The first few items, and how many more there are."""
    shown = ", ".join(str(item) for item in items[:_NAMED])
    return shown + (f" and {len(items) - _NAMED} more" if len(items) > _NAMED else "")
