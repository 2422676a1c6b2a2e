"""From ways to a network: split at junctions, clipped, and reduced to what a car can reach and leave."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from armsim.errors import DataError
from armsim.model.osm.lengths import DEGREE, metres
from armsim.model.osm.ways import Ways

#: Roads are split at least every so many metres, so that places beside a long one join it near by.
LONGEST_M = 1_000.0
#: Two nodes at one place are joined by an edge of this length: none would be no edge.
_SHORTEST_M = 0.1
#: Classes of road with no way off but at their junctions with other roads.
_NO_FRONTAGE = ("motorway", "motorway_link")

Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Area(Protocol):
    """An area to clip to."""

    def contains(self, lon: Floats, lat: Floats) -> Flags:
        """Which points, in degrees, lie inside; shape of the points."""


@dataclass(frozen=True, slots=True)
class Network:
    """A strongly connected road network: from every node a car can reach every other.

    Attributes:
        osm_node: OSM id of each node, shape (N,); below 0 on either side of a barrier.
        lon: degrees, shape (N,).
        lat: degrees.
        joins: whether a trip may leave the road or come onto it at the node: not on a motorway; shape (N,).
        start: node at which each edge begins, shape (E,).
        end: node at which it ends.
        metres: its length along the road.
        oneway: whether it may be driven from start to end only.
        forward_kph: speed from start to end.
        backward_kph: speed from end to start.
        piece: the piece of :class:`Ways` that it belongs to.
    """

    osm_node: NDArray[np.int64]
    lon: Floats
    lat: Floats
    joins: Flags
    start: Ints
    end: Ints
    metres: Floats
    oneway: Flags
    forward_kph: Floats
    backward_kph: Floats
    piece: Ints

    @property
    def km(self) -> float:
        """Length of all roads, each street once."""
        return float(self.metres.sum()) / 1000.0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Edges left out of a network.

    Attributes:
        outside: edges that neither begin nor end inside the area.
        outside_km: their length.
        unconnected: edges, inside, that no car can reach from the rest and come back.
        unconnected_km: their length.
        parts: how many parts these are in.
    """

    outside: int
    outside_km: float
    unconnected: int
    unconnected_km: float
    parts: int


def network_of(ways: Ways, area: Area | None = None) -> tuple[Network, LeftOut]:
    """The network of some ways, and what of them is not in it.

    A way is split where it meets another or itself, every ``LONGEST_M`` at a vertex, and a loop in two. Edges
    are kept whole: those that begin or end in *area*, of these the largest strongly connected part.

    Raises:
        DataError: no edge is left.
    """
    whole = _split(ways)
    inside = np.ones(len(whole.start), dtype=bool)
    if area is not None:
        within = area.contains(whole.lon, whole.lat)
        inside = within[whole.start] | within[whole.end]
    if not inside.any():
        where = " inside the boundary" if area is not None else ""
        raise DataError(f"roads: the map has no road that a car may drive{where}")
    clipped = _only(whole, inside)
    keep, parts = _largest(clipped)
    if not keep.any():
        raise DataError("roads: no two places can be reached from each other; the map is too small a piece")
    network = _only(clipped, keep)
    return network, LeftOut(
        int((~inside).sum()), float(whole.metres[~inside].sum()) / 1000.0,
        int((~keep).sum()), float(clipped.metres[~keep].sum()) / 1000.0, parts - 1,
    )  # fmt: skip


def _split(ways: Ways) -> Network:
    """All edges of some ways, in the order of ways and vertices."""
    nodes, first, node = np.unique(ways.ref, return_index=True, return_inverse=True)
    piece = np.repeat(np.arange(len(ways.way)), np.diff(ways.first))
    steps = np.append(metres(ways.x, ways.y), 0.0) if len(ways.x) else np.zeros(0)
    last = ways.first[1:] - 1
    steps[last] = 0.0
    run = np.concatenate([[0.0], np.cumsum(steps)])[:-1]
    cut = np.bincount(node, minlength=len(nodes))[node] > 1
    cut[ways.first[:-1]] = cut[last] = True
    cut |= _between(np.flatnonzero(cut), node, piece, run)
    at = np.flatnonzero(cut)
    begins = piece[at[:-1]] == piece[at[1:]]
    start, end = at[:-1][begins], at[1:][begins]
    of = piece[start]
    motorway = np.isin(ways.kind, _NO_FRONTAGE)[of]
    joins = np.zeros(len(nodes), dtype=bool)
    joins[node[start[~motorway]]] = joins[node[end[~motorway]]] = True
    everything = Network(
        nodes, ways.x[first] * np.float64(DEGREE), ways.y[first] * np.float64(DEGREE), joins,
        node[start], node[end], np.maximum(run[end] - run[start], _SHORTEST_M),
        ways.oneway[of], ways.forward_kph[of], ways.backward_kph[of], of,
    )  # fmt: skip
    return _only(everything, np.ones(len(start), dtype=bool))


def _between(cut: Ints, node: Ints, piece: Ints, run: Floats) -> Flags:
    """Vertices at which edges between cuts are cut once more: long ones evenly, loops at least in two."""
    more = np.zeros(len(node), dtype=bool)
    same = piece[cut[:-1]] == piece[cut[1:]]
    begin, finish = cut[:-1][same], cut[1:][same]
    length = run[finish] - run[begin]
    parts = np.maximum(np.ceil(length / LONGEST_M), np.where(node[begin] == node[finish], 2, 1))
    long = (parts > 1) & (finish - begin > 1)
    columns = (values[long].tolist() for values in (begin, finish, length, parts))
    for first, last, metre, number in zip(*columns, strict=True):
        goals = run[first] + metre * np.arange(1, number) / number
        inner = np.searchsorted(run[first + 1 : last], goals).clip(max=last - first - 2)
        more[first + 1 + inner] = True
    return more


def _only(network: Network, keep: Flags) -> Network:
    """The edges to keep and their nodes, numbered anew."""
    start, end = network.start[keep], network.end[keep]
    used, number = np.unique(np.concatenate([start, end]), return_inverse=True)
    edges: dict[str, Any] = {
        one.name: getattr(network, one.name)[keep]
        for one in fields(network)
        if one.name not in ("osm_node", "lon", "lat", "joins", "start", "end")
    }
    return Network(
        network.osm_node[used], network.lon[used], network.lat[used], network.joins[used],
        number[: len(start)], number[len(start) :], **edges,
    )  # fmt: skip


def _largest(network: Network) -> tuple[Flags, int]:
    """Edges of the largest strongly connected part, and how many parts there are."""
    count = len(network.lon)
    back = ~network.oneway
    start = np.concatenate([network.start, network.end[back]])
    end = np.concatenate([network.end, network.start[back]])
    links = csr_matrix((np.ones(len(start)), (start, end)), shape=(count, count))
    parts, label = connected_components(links, directed=True, connection="strong")
    inside = label == np.bincount(label).argmax()
    return inside[network.start] & inside[network.end], int(parts)
