"""Reading from an OpenStreetMap file the ways that a car may drive, and where their nodes are; streamed."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from armsim.errors import ArmsimError, DataError
from armsim.model.osm.lengths import DEGREE
from armsim.model.osm.rules import MAIN_ROADS, Verdict, bars, judge
from armsim.model.osm.tally import MISSING, OUTSIDE, Tally, Vertex

#: Files up to this size have the places of their nodes in memory (16 bytes a node); larger ones on disk.
IN_MEMORY_BYTES = 256 * 1024 * 1024
_NOWHERE = 2**31 - 1
_NORTH_POLE, _DATE_LINE = round(90 / DEGREE), round(180 / DEGREE)

#: West, south, east and north edge in degrees.
Box: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways to drive, in pieces: cut where nodes are missing and where a barrier keeps cars from passing.

    Attributes:
        ref: OSM id of each vertex, shape (V,); below 0 at a barrier, whose two sides do not meet.
        x: longitudes in units of ``DEGREE``.
        y: latitudes.
        first: index of the first vertex of each piece, and V; shape (P + 1,).
        way: OSM id of the way of each piece, shape (P,).
        oneway: whether a piece may be driven in its order only; shape (P,).
        forward_kph: speed in its order, shape (P,).
        backward_kph: speed against it, shape (P,).
        tagged: whether the speed is a limit that the map states, shape (P,).
        kind: ``highway`` tag of each piece.
        limit: its ``maxspeed`` tag as it is.
        name: its name, or else its number.
    """

    ref: NDArray[np.int64]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    first: NDArray[np.intp]
    way: NDArray[np.int64]
    oneway: NDArray[np.bool_]
    forward_kph: NDArray[np.float64]
    backward_kph: NDArray[np.float64]
    tagged: NDArray[np.bool_]
    kind: list[str]
    limit: list[str]
    name: list[str]


def read_ways(
    path: Path, rule: Callable[[Mapping[str, str]], Verdict] = judge, box: Box | None = None
) -> tuple[Ways, Tally]:
    """The ways of a file that *rule* keeps, and the tally of those that it does not.

    Nodes are read before ways, whatever their order in the file. Memory goes with the nodes of the file (16
    bytes each, on disk for large files) and with the ways in *box*.

    Args:
        path: ``.osm.pbf``, ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.o5m``.
        rule: gives the verdict on the tags of a way.
        box: ways without a node in it are left out.

    Raises:
        DataError: it is no such file, is damaged, or holds several versions of its objects.
        ArmsimError: the extra ``roads`` is not installed.
    """
    osm = _library()
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    collector = _Collector(rule, box)
    try:
        with tempfile.TemporaryDirectory(prefix="armsim-osm-") as scratch:
            _stream(osm, path, collector, Path(scratch))
    except (RuntimeError, OSError) as error:
        raise DataError(
            f"{path}: cannot be read as OpenStreetMap data ({str(error).rstrip('.')}); it must be a whole "
            ".osm.pbf, .osm, .osm.gz, .osm.bz2 or .o5m file whose name ends so"
        ) from error
    return collector.ways(), collector.tally


def _library() -> Any:
    try:
        import osmium  # noqa: PLC0415 (an extra)
    except ImportError:
        raise ArmsimError("OpenStreetMap files are read with osmium: pip install 'armsim[roads]'") from None
    return osmium


def _stream(osm: Any, path: Path, collector: _Collector, scratch: Path) -> None:
    """Three readings: barriers; the places of nodes, which never come to Python; ways."""
    kinds = osm.osm.osm_entity_bits
    with osm.io.Reader(str(path), kinds.NODE) as reader:
        if reader.header().has_multiple_object_versions:
            raise RuntimeError("it holds changes or a history, not a map of one day")
        barriers = _Barriers(osm)
        osm.apply(reader, osm.filter.KeyFilter("barrier"), barriers.handler)
    collector.barriers = barriers.found
    large = path.stat().st_size > IN_MEMORY_BYTES
    index = osm.index.create_map(f"sparse_file_array,{scratch / 'nodes'}" if large else "sparse_mem_array")
    places = osm.NodeLocationsForWays(index)
    places.ignore_errors()
    with osm.io.Reader(str(path), kinds.NODE) as reader:
        osm.apply(reader, places)
    with osm.io.Reader(str(path), kinds.WAY) as reader:
        osm.apply(reader, places, osm.filter.KeyFilter("highway"), _way_handler(osm, collector))


class _Barriers:
    """Nodes that no car passes."""

    def __init__(self, osm: Any) -> None:
        found: set[int] = set()

        class Handler(osm.SimpleHandler):  # type: ignore[misc]
            def node(self, node: Any) -> None:
                if bars(dict(node.tags)):
                    found.add(node.id)

        self.found = found
        self.handler = Handler()


def _way_handler(osm: Any, collector: _Collector) -> Any:
    class Handler(osm.SimpleHandler):  # type: ignore[misc]
        def way(self, way: Any) -> None:
            vertices = [(node.ref, *_place(node.x, node.y)) for node in way.nodes]
            collector.take(way.id, dict(way.tags), vertices)

    return Handler()


def _place(x: int, y: int) -> tuple[int, int]:
    """The place of a node, or ``_NOWHERE`` for one that is not on earth."""
    return (x, y) if abs(x) <= _DATE_LINE and abs(y) <= _NORTH_POLE else (_NOWHERE, _NOWHERE)


class _Collector:
    """Takes ways one by one and keeps those to be driven."""

    def __init__(self, rule: Callable[[Mapping[str, str]], Verdict], box: Box | None) -> None:
        self.tally = Tally()
        self.barriers: set[int] = set()
        self._rule = rule
        self._box = box
        self._ref, self._x, self._y = array("q"), array("i"), array("i")
        self._first: list[int] = [0]
        self._rows: list[tuple[int, bool, float, float, bool, str, str, str]] = []
        self._words: dict[str, str] = {}
        self._closed: set[int] = set()
        self._ends = 0

    def take(self, way: int, tags: Mapping[str, str], vertices: Sequence[Vertex]) -> None:
        """Keep a way, or count it among those left out."""
        verdict = self._rule(tags)
        closing = set() if tags["highway"] in MAIN_ROADS else self.barriers
        pieces = list(_pieces(vertices, closing))
        reason = verdict.dropped or self._misplaced(pieces)
        self.tally.add(reason, pieces)
        if reason:
            return
        if verdict.unread:
            self.tally.unread[verdict.unread] += 1
        self.tally.missing += sum(vertex[1] == _NOWHERE for vertex in vertices)
        text = [self._same(tags.get(key, "")) for key in ("highway", "maxspeed")]
        name = self._same(tags.get("name") or tags.get("ref", ""))
        forward, backward = (verdict.forward_kph, verdict.backward_kph)[:: verdict.oneway or 1]
        for piece in pieces:
            ordered = self._apart(piece, closing)[:: verdict.oneway or 1]
            self._ref.extend(vertex[0] for vertex in ordered)
            self._x.extend(vertex[1] for vertex in ordered)
            self._y.extend(vertex[2] for vertex in ordered)
            self._first.append(len(self._ref))
            self._rows.append(
                (way, verdict.oneway != 0, forward, backward, verdict.tagged, text[0], text[1], name)
            )

    def _misplaced(self, pieces: Sequence[Sequence[Vertex]]) -> str:
        if not pieces:
            return MISSING
        if self._box is None:
            return ""
        west, south, east, north = (edge / DEGREE for edge in self._box)
        inside = any(west <= x <= east and south <= y <= north for piece in pieces for _, x, y in piece)
        return "" if inside else OUTSIDE

    def _apart(self, piece: list[Vertex], closing: Set[int]) -> list[Vertex]:
        """The piece, with an end of its own where it ends at a barrier."""
        for end in (0, -1):
            ref, x, y = piece[end]
            if ref in closing:
                self._closed.add(ref)
                self._ends += 1
                piece[end] = (-self._ends, x, y)
        return piece

    def _same(self, text: str) -> str:
        """One copy of each text."""
        return self._words.setdefault(text, text)

    def ways(self) -> Ways:
        """All that was kept."""
        self.tally.measure()
        self.tally.cut = len(self._closed)
        columns = list(zip(*self._rows, strict=True)) or [()] * 8
        way, oneway, forward, backward, tagged, kind, limit, name = columns
        return Ways(
            np.array(self._ref, dtype=np.int64), np.array(self._x, dtype=np.int32),
            np.array(self._y, dtype=np.int32), np.array(self._first, dtype=np.intp),
            np.array(way, dtype=np.int64), np.array(oneway, dtype=bool),
            np.array(forward, dtype=np.float64), np.array(backward, dtype=np.float64),
            np.array(tagged, dtype=bool), list(kind), list(limit), list(name),
        )  # fmt: skip


def _pieces(vertices: Sequence[Vertex], closing: Set[int]) -> Iterator[list[Vertex]]:
    """Runs of two vertices or more whose place is known, without repetitions, cut at barriers."""
    for located, run in groupby(vertices, key=lambda vertex: vertex[1] != _NOWHERE):
        piece: list[Vertex] = []
        for vertex in run if located else ():
            if piece and vertex[0] == piece[-1][0]:
                continue
            piece.append(vertex)
            if vertex[0] in closing and len(piece) > 1:
                yield piece
                piece = [vertex]
        if len(piece) > 1:
            yield piece
