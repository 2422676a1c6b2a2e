"""From road tables to trees: one tree of quickest ways towards each of a set of root nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from armsim.errors import DataError
from armsim.model.cache import Arrays, cached_arrays
from armsim.model.travel.road_tables import RoadTables

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]

_LEAST_MINUTES = 1e-4
"""Of an edge: lengths are rounded in files, and a stored zero would mean no edge in a sparse matrix."""
_CHUNK = 256
_BYTES_PER_NODE = 8
"""Of a tree: float32 minutes and int32 next hop."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was left out because it is not strongly connected to the rest; km are of directed edges.

    Attributes:
        components: components left out.
        nodes: nodes left out.
        edges: directed edges left out.
        km: their length.
        kept_nodes: nodes kept.
        kept_edges: directed edges kept.
        kept_km: their length.
    """

    components: int
    nodes: int
    edges: int
    km: float
    kept_nodes: int
    kept_edges: int
    kept_km: float


@dataclass(frozen=True, slots=True)
class RoadGraph:
    """The largest strongly connected part of a road network.

    Attributes:
        x_km: of each node.
        y_km: of each node.
        minutes: sparse (nodes, nodes), mean minutes from row to column along the quickest edge.
        dropped: what was left out.
        joining: nodes at which a trip may leave the road or come onto it, ascending; all, if none may.
    """

    x_km: FloatArray
    y_km: FloatArray
    minutes: csr_matrix
    dropped: Dropped
    joining: IndexArray


@dataclass(frozen=True, slots=True)
class Trees:
    """Quickest ways from every node towards each root, and to every node from its quickest root.

    Attributes:
        roots: node index of each root, ascending.
        minutes: float32 (roots, nodes), mean minutes from node to root.
        next_hop: int32 (roots, nodes), the next node on the way; -1 at the root itself.
        root_of_node: int32 (nodes), the root (its place in *roots*) from which a car is there first.
        from_root: float32 (nodes), mean minutes from that root.
        previous: int32 (nodes), the node before on the way from that root; -1 at a root.
    """

    roots: IndexArray
    minutes: NDArray[np.float32]
    next_hop: NDArray[np.int32]
    root_of_node: NDArray[np.int32]
    from_root: NDArray[np.float32]
    previous: NDArray[np.int32]


def road_graph(tables: RoadTables) -> RoadGraph:
    """The largest strongly connected component: from any of its nodes a car can reach any other.

    Raises:
        DataError: it has fewer than two nodes, as when every street is one-way the wrong way.
    """
    count = tables.x_km.size
    everything = csr_matrix((np.ones(tables.start.size), (tables.start, tables.end)), shape=(count, count))
    components, label = connected_components(everything, directed=True, connection="strong")
    largest = int(np.bincount(label).argmax())
    keep = label == largest
    kept = int(keep.sum())
    if kept < 2:
        raise DataError("roads: no two nodes can be reached from each other; check the one-way flags")
    inside = keep[tables.start] & keep[tables.end]
    number = np.cumsum(keep) - 1
    edges = pd.DataFrame(
        {
            "start": number[tables.start[inside]],
            "end": number[tables.end[inside]],
            "minutes": np.maximum(tables.minutes[inside], _LEAST_MINUTES),
        }
    )
    quickest = (
        edges[edges["start"] != edges["end"]].groupby(["start", "end"], as_index=False)["minutes"].min()
    )
    minutes = csr_matrix((quickest["minutes"], (quickest["start"], quickest["end"])), shape=(kept, kept))
    dropped = Dropped(
        components=int(components) - 1,
        nodes=count - kept,
        edges=int((~inside).sum()),
        km=float(tables.km[~inside].sum()),
        kept_nodes=kept,
        kept_edges=int(inside.sum()),
        kept_km=float(tables.km[inside].sum()),
    )
    joining = np.arange(kept) if tables.joins is None else np.flatnonzero(tables.joins[keep])
    if not joining.size:
        joining = np.arange(kept)
    return RoadGraph(tables.x_km[keep], tables.y_km[keep], minutes, dropped, joining)


def road_trees(graph: RoadGraph, roots: IndexArray) -> Trees:
    """Trees of *roots* (ascending); from the cache, where the same roads and roots made them before."""
    network = graph.minutes
    nodes = (graph.x_km.size,)
    expected = {
        "minutes": (roots.shape + nodes, "float32"),
        "next_hop": (roots.shape + nodes, "int32"),
        "root_of_node": (nodes, "int32"),
        "from_root": (nodes, "float32"),
        "previous": (nodes, "int32"),
    }

    def valid(arrays: Arrays) -> bool:
        return {name: (array.shape, array.dtype.name) for name, array in arrays.items()} == expected

    key = [part.tobytes() for part in (network.data, network.indices, network.indptr, roots)]
    arrays = cached_arrays("road_trees", key, lambda: _grow(network, roots), valid)
    return Trees(roots, **arrays)


def _grow(network: csr_matrix, roots: IndexArray) -> Arrays:
    """Dijkstra on the reversed roads: a predecessor there is a next hop here. In chunks, for memory."""
    backwards = network.T.tocsr()
    shape = (roots.size, network.shape[0])
    minutes = np.empty(shape, dtype=np.float32)
    next_hop = np.empty(shape, dtype=np.int32)
    for first in range(0, roots.size, _CHUNK):
        chunk = slice(first, first + _CHUNK)
        minutes[chunk], next_hop[chunk] = dijkstra(
            backwards, directed=True, indices=roots[chunk], return_predecessors=True
        )
    from_root, previous, source = dijkstra(
        network, directed=True, indices=roots, return_predecessors=True, min_only=True
    )
    return {
        "minutes": minutes,
        "next_hop": np.maximum(next_hop, -1),
        "root_of_node": np.searchsorted(roots, source).astype(np.int32),
        "from_root": from_root.astype(np.float32),
        "previous": np.maximum(previous, -1).astype(np.int32),
    }


def choose_roots(graph: RoadGraph, anchors: IndexArray, megabytes: float) -> IndexArray:
    """Root nodes: every anchor, then others, each the farthest from those already chosen, within memory.

    More roots mean shorter detours by way of them. Anchors are kept whatever the memory.

    Args:
        graph: the roads.
        anchors: nodes that must be roots; may repeat.
        megabytes: how much the trees may take.

    Returns:
        Distinct node indices, ascending.
    """
    x, y = graph.x_km, graph.y_km
    chosen = np.unique(anchors)
    wanted = min(x.size, int(megabytes * 1e6 / (_BYTES_PER_NODE * x.size)))
    far, _ = cKDTree(np.column_stack([x[chosen], y[chosen]])).query(np.column_stack([x, y]))
    squared: FloatArray = far * far
    extra: list[int] = []
    while len(extra) < wanted - chosen.size:
        node = int(squared.argmax())
        if squared[node] <= 0:
            break
        extra.append(node)
        np.minimum(squared, (x - x[node]) ** 2 + (y - y[node]) ** 2, out=squared)
    return np.sort(np.concatenate([chosen, np.array(extra, dtype=np.intp)]))
