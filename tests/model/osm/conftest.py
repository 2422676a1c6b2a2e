"""Real maps, written with osmium's own writer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import osmium
import pytest
from osmium.osm.mutable import Node, Way

#: About 68 m east and 111 m north at 52 degrees.
STEP = 0.001

Place = tuple[float, float]
Ways = Mapping[int, tuple[Sequence[int], Mapping[str, str]]]


def write_map(
    path: Path, places: Mapping[int, Place], ways: Ways, tags: Mapping[int, Mapping[str, str]]
) -> Path:
    """Write a map; places are steps east and north of 1 degree west, 52 degrees north."""
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for node, (east, north) in places.items():
            where = (-1.0 + STEP * east, 52.0 + STEP * north)
            writer.add_node(Node(id=node, location=where, tags=dict(tags.get(node, {}))))
        for way, (nodes, said) in ways.items():
            writer.add_way(Way(id=way, nodes=list(nodes), tags=dict(said)))
    return path


@pytest.fixture
def make_map(tmp_path: Path) -> Callable[..., Path]:
    """Writes a map into the test's folder."""

    def make(places, ways, tags=None, name="map.osm.pbf"):
        return write_map(tmp_path / name, places, ways, tags or {})

    return make


@pytest.fixture
def square() -> dict[int, Place]:
    """Four corners, 10 steps apart."""
    return {1: (0, 0), 2: (10, 0), 3: (10, 10), 4: (0, 10)}
