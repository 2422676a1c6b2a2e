"""From a map to a folder of roads: tables of nodes and edges, the report, and a piece of scenario."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from armsim.errors import DataError
from armsim.model.gis import BRITISH, DEGREES, library, metric_crs
from armsim.model.osm import report
from armsim.model.osm.area import MapArea
from armsim.model.osm.circuity import circuity
from armsim.model.osm.network import Network, network_of
from armsim.model.osm.rules import judge
from armsim.model.osm.speeds import CLASS_KPH
from armsim.model.osm.ways import Ways, read_ways
from armsim.model.travel.projection import local_projection
from armsim.model.travel.road_tables import RoadTables

NODES, EDGES, FACTS, REPORT, SNIPPET = "nodes.csv.gz", "edges.csv.gz", "roads.json", "roads.md", "travel.yaml"
_MINUTES = 60.0


@dataclass(frozen=True)
class Roads:
    """What a map gives.

    Attributes:
        network: the roads.
        ways: the ways that they are pieces of.
        facts: what the report says.
    """

    network: Network
    ways: Ways
    facts: dict[str, Any]


def roads_of(
    path: Path, area: MapArea | None = None, class_kph: Mapping[str, float] = CLASS_KPH, service: bool = True
) -> Roads:
    """The roads of an OpenStreetMap file.

    Args:
        path: the file.
        area: what to clip to; none is all that the file has.
        class_kph: speed of each class of road where the map states no limit; 0 leaves the class out.
        service: whether service roads are kept.

    Raises:
        DataError: the file is damaged or has no roads there.
        ArmsimError: an extra is not installed.
    """
    rule = partial(judge, class_kph=class_kph, service=service)
    ways, tally = read_ways(path, rule, None if area is None else area.box)
    try:
        network, left = network_of(ways, area)
    except DataError as error:
        raise DataError(f"{error}; {path} has {report.left_out(tally)}") from None
    settings = {
        "armsim": version("armsim"),
        "source": path.name,
        "sha256": _sha256(path),
        "area": "all of the file" if area is None else area.words,
        "service_roads": service,
        "class_kph": dict(class_kph),
    }
    found = report.facts(ways, tally, network, left, circuity(tables_of(network)), settings)
    return Roads(network, ways, found)


def tables_of(network: Network) -> RoadTables:
    """A network as the travel model takes it, on a local grid about its middle."""
    project = local_projection(float(network.lon.mean()), float(network.lat.mean()))
    x_km, y_km = project(network.lon, network.lat)
    back = ~network.oneway
    km = network.metres / 1000.0
    return RoadTables(
        x_km, y_km,
        np.concatenate([network.start, network.end[back]]),
        np.concatenate([network.end, network.start[back]]),
        np.concatenate([km, km[back]]),
        np.concatenate([km / network.forward_kph, (km / network.backward_kph)[back]]) * _MINUTES,
        network.joins,
    )  # fmt: skip


def write_roads(roads: Roads, folder: Path) -> None:
    """Write the folder of a network, whole or not at all.

    Raises:
        DataError: the folder is there and not empty, or cannot be written.
    """
    refuse_full(folder)
    beside = folder.with_name(f".new-{os.getpid()}-{folder.name}")
    try:
        beside.mkdir(parents=True)
        _write_table(beside / NODES, _nodes(roads.network))
        _write_table(beside / EDGES, _edges(roads))
        listed = json.dumps(roads.facts, indent=2, ensure_ascii=False) + "\n"
        (beside / FACTS).write_text(listed, encoding="utf-8")
        (beside / REPORT).write_text(report.text(roads.facts), encoding="utf-8")
        (beside / SNIPPET).write_text(report.snippet(folder.name), encoding="utf-8")
        beside.replace(folder)
    except OSError as error:
        raise DataError(f"{folder}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def refuse_full(folder: Path) -> None:
    """Refuse a folder that holds something, before the work is done.

    Raises:
        DataError: it does, it is a file or where the user is, or its name cannot be one.
    """
    if not folder.name:
        raise DataError(f"{folder}: name a new folder with -o, such as roads")
    try:
        full = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise DataError(f"{folder}: cannot be written: {error.strerror or error}") from error
    if full:
        raise DataError(
            f"{folder}: is there and not empty; nothing was written; choose another folder with -o"
        )


def _nodes(network: Network) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "node_id": np.arange(len(network.lon)),
            "osm_node_id": network.osm_node,
            "lon": network.lon.round(7),
            "lat": network.lat.round(7),
        }
    )
    bounds = (*table[["lon", "lat"]].min().tolist(), *table[["lon", "lat"]].max().tolist())
    if metric_crs(bounds)[0] == BRITISH:
        grid = library("pyproj").Transformer.from_crs(DEGREES, BRITISH, always_xy=True)
        table["easting"], table["northing"] = (
            axis.round(1) for axis in grid.transform(network.lon, network.lat)
        )
    table["joins"] = network.joins.astype(int)
    return table


def _edges(roads: Roads) -> pd.DataFrame:
    """Rows of the edge table; an edge with a speed for each direction has two."""
    network, ways = roads.network, roads.ways
    one = _directed(network, ways, network.start, network.end, network.forward_kph)
    one["oneway"] = network.oneway.astype(int)
    uneven = ~network.oneway & (network.forward_kph != network.backward_kph)
    if not uneven.any():
        return one
    one.loc[uneven, "oneway"] = 1
    back = _directed(network, ways, network.end, network.start, network.backward_kph)
    both: pd.DataFrame = pd.concat([one, back[uneven].assign(oneway=1)]).sort_index(kind="stable")
    return both


def _directed(network: Network, ways: Ways, start: Any, end: Any, kph: Any) -> pd.DataFrame:
    piece = network.piece
    return pd.DataFrame(
        {
            "from": start,
            "to": end,
            "length_m": network.metres.round(1).clip(0.1),
            "highway": np.array(ways.kind, dtype=object)[piece],
            "speed_kph": kph.round(1),
            "maxspeed_tag": np.array(ways.limit, dtype=object)[piece],
            "osm_way_id": ways.way[piece],
            "name": np.array(ways.name, dtype=object)[piece],
        }
    )


def _write_table(path: Path, table: pd.DataFrame) -> None:
    """CSV, compressed without a time in it: the same roads, the same bytes."""
    content = table.to_csv(index=False, lineterminator="\n").encode()
    path.write_bytes(gzip.compress(content, compresslevel=6, mtime=0))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
