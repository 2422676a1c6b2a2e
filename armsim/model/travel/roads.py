"""Travel along roads: quickest ways over the network, crow-fly to and from the nearest nodes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from math import sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from armsim.errors import DataError
from armsim.model.travel.base import TravelBase
from armsim.model.travel.law import SquareRootLaw
from armsim.model.travel.leg import Leg, Place
from armsim.model.travel.road_graph import RoadGraph, Trees, choose_roots, road_graph, road_trees
from armsim.model.travel.road_path import RoadPath
from armsim.model.travel.road_tables import RoadTables

_log = logging.getLogger(__name__)

REACH_KM = 5.0
"""Assumption (plausible 2-10): a zone whose centroid is farther than this from any road is not reached."""
TREE_MEGABYTES = 64.0
"""Memory for trees. Against exact ways on real networks, zones alone add 0.7-1.8 minutes, 64 MB 0.03-0.3."""
_NAMED = 10
"""Zones out of reach that a message names."""


class RoadNetwork(TravelBase):
    """The ``road_network`` kind; made by :meth:`build`.

    A trip goes by the crow-fly law from its origin to the nearest node where a car may come onto the road
    (a table may say that it may not, as on a motorway), along the quickest way to the destination's *root*,
    from there along the quickest way to the node nearest to the destination, and ends by the crow-fly law.
    Roots are the nodes nearest to the zones' centroids and as many more as memory allows; a node's root is
    the one from which a car is there first. Where origin and destination share a root, or lie no farther
    apart than destination and root, the whole trip is by the crow-fly law.

    A unit under way goes on from the node it is heading to, plus the minutes that are left to that node; on
    a trip by the crow-fly law, and on the last piece off the road, from the nearer of the two ends' nodes.

    Attributes:
        dropped: what was left out of the network because it does not connect.
        off_road_km: from each zone's centroid to the nearest node where a car may come onto the road.
    """

    def __init__(
        self,
        law: SquareRootLaw,
        zone_x_km: NDArray[Any],
        zone_y_km: NDArray[Any],
        graph: RoadGraph,
        trees: Trees,
        unreachable: tuple[int, ...],
    ) -> None:
        super().__init__(law, zone_x_km, zone_y_km)
        self.dropped = graph.dropped
        self._unreachable = unreachable
        self._points = np.column_stack([graph.x_km, graph.y_km])
        self._joining = graph.joining
        self._nearest = cKDTree(self._points[graph.joining])
        self.off_road_km = self._nearest.query(np.column_stack([self.zone_x, self.zone_y]))[0]
        self._node_x, self._node_y = graph.x_km.tolist(), graph.y_km.tolist()
        self._trees = trees
        self._roots: list[int] = trees.roots.tolist()
        self._root_of_node: list[int] = trees.root_of_node.tolist()
        self._from_root = trees.from_root.data
        self._previous = trees.previous.data
        self._minutes = [memoryview(row) for row in trees.minutes]
        self._next_hop = [memoryview(row) for row in trees.next_hop]

    @classmethod
    def build(
        cls,
        law: SquareRootLaw,
        zone_x_km: NDArray[Any],
        zone_y_km: NDArray[Any],
        roads: RoadTables,
        *,
        on_unreachable: Literal["refuse", "crow_fly"] = "refuse",
        zone_names: Sequence[str] | None = None,
        reach_km: float = REACH_KM,
        tree_megabytes: float = TREE_MEGABYTES,
    ) -> RoadNetwork:
        """The model for zones and roads in one system of kilometres.

        Args:
            law: for the off-road ends.
            zone_x_km: centroids.
            zone_y_km: centroids.
            roads: the tables.
            on_unreachable: what to do when a zone's centroid is farther than *reach_km* from the network:
                refuse, or join it to the nearest node by the crow-fly law whatever the distance and name it
                in ``unreachable``.
            zone_names: for messages; indices otherwise.
            reach_km: see above.
            tree_megabytes: memory for trees; the zones' own are made in any case.

        Raises:
            DataError: a zone is out of reach and *on_unreachable* is ``refuse``, or the roads do not connect.
        """
        graph = road_graph(roads)
        _report(graph)
        points = np.column_stack([zone_x_km, zone_y_km]).astype(np.float64)
        joining = np.column_stack([graph.x_km, graph.y_km])[graph.joining]
        far, nearest = cKDTree(joining).query(points)
        unreachable = tuple(np.flatnonzero(far > reach_km).tolist())
        if unreachable and on_unreachable == "refuse":
            named = [
                f"{zone_names[zone] if zone_names else zone} ({far[zone]:.1f} km)" for zone in unreachable
            ]
            more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
            raise DataError(
                f"roads: no road of the connected network within {reach_km:g} km of the centroid of zones "
                f"{', '.join(named[:_NAMED])}{more}; extend the roads, or drive there by the crow-fly "
                "law with travel.unreachable: crow_fly"
            )
        roots = choose_roots(graph, graph.joining[nearest], tree_megabytes)
        return cls(law, zone_x_km, zone_y_km, graph, road_trees(graph, roots), unreachable)

    @property
    def unreachable(self) -> tuple[int, ...]:
        """Zones out of reach of the network, joined to it by the crow-fly law."""
        return self._unreachable

    def places(self, x_km: NDArray[Any], y_km: NDArray[Any], zones: NDArray[Any]) -> list[Place]:  # noqa: ARG002
        """Places for points in km, joined to their nearest nodes; the zones are not needed."""
        points = np.column_stack([x_km, y_km]).astype(np.float64)
        if not len(points):
            return []
        far, nearest = self._nearest.query(points)
        node = self._joining[nearest]
        off_road = self.law.of_array(far)
        trees = self._trees
        root = trees.root_of_node[node]
        last = trees.from_root[node] + off_road
        squared = np.square(self._points[trees.roots[root]] - points).sum(axis=1)
        columns = (node, off_road, root, last, squared)
        anchors = zip(*(column.tolist() for column in columns), strict=True)
        return list(zip(points[:, 0].tolist(), points[:, 1].tolist(), anchors, strict=True))

    def zone_places(self) -> list[Place]:
        """The zones' centroids."""
        return self.places(self.zone_x, self.zone_y, np.arange(self.zone_x.size))

    def minutes(self, origin: Place, destination: Place) -> float:
        """Mean minutes between two places."""
        return self.approach((Leg.at(origin),), 0.0, destination)[0]

    def approach(
        self, legs: Iterable[Leg], now: float, destination: Place, factor: float = 1.0, add: float = 0.0
    ) -> list[float]:
        """Expected minutes from where each unit truly is at *now*; the law is written out for speed."""
        x, y, (_, _, end_root, last, last_squared) = destination
        to_root, ahead = self._minutes[end_root], self._ahead
        law = self.law
        joint, near, constant, per_km = law.joint_squared, law.near, law.constant, law.per_km
        result: list[float] = []
        for leg in legs:
            if leg.arrives <= now:
                east, north, (node, first, root, _, _) = leg.destination
            elif leg.departs >= now:
                east, north, (node, first, root, _, _) = leg.origin
            else:
                east, north, node, first, root = ahead(leg, now)
            east -= x
            north -= y
            squared = east * east + north * north
            if root != end_root and squared > last_squared:
                minutes = first + to_root[node] + last
            elif squared > joint:
                minutes = constant + per_km * sqrt(squared)
            else:
                minutes = near * sqrt(sqrt(squared))
            result.append(factor * minutes + add)
        return result

    def position(self, leg: Leg, now: float) -> Place:
        """The point reached after the share of the trip's time, and the node that lies ahead of it."""
        if leg.arrives <= now:
            return leg.destination
        if leg.departs >= now:
            return leg.origin
        x, y, node, first, root = self._ahead(leg, now)
        last = self._from_root[node] + self.law.of_squared(self._squared_to_node(x, y, node))
        return x, y, (node, first, root, last, self._squared_to_node(x, y, self._roots[root]))

    def minutes_to_zones(self, places: Sequence[Place]) -> NDArray[np.float32]:
        """Mean minutes from each place to each zone's centroid; shape (places, zones)."""
        x, y = (np.array([place[k] for place in places], dtype=np.float64) for k in (0, 1))
        node, root = (np.array([place[2][k] for place in places], dtype=np.intp) for k in (0, 2))
        first = np.array([place[2][1] for place in places], dtype=np.float64)
        anchors = [place[2] for place in self.zone_places()]
        end_root = np.array([anchor[2] for anchor in anchors], dtype=np.intp)
        last, last_squared = (np.array([anchor[k] for anchor in anchors]) for k in (3, 4))
        by_road = first[:, None] + self._trees.minutes[end_root[None, :], node[:, None]] + last
        squared = (x[:, None] - self.zone_x) ** 2 + (y[:, None] - self.zone_y) ** 2
        short = (root[:, None] == end_root) | (squared <= last_squared)
        return np.where(short, self._law_to_zones(x, y), by_road).astype(np.float32)

    def _ahead(self, leg: Leg, now: float) -> tuple[float, float, int, float, int]:
        """x, y, next node, minutes to it and root of a unit under way; the path is laid on first use."""
        path = leg.path
        if path is None:
            path = leg.path = self._path(leg.origin, leg.destination)
        after, minutes, x, y = path.ahead((now - leg.departs) / (leg.arrives - leg.departs))
        nodes = path.nodes
        if after < len(nodes) - 1:
            node = nodes[after]
        else:
            before = nodes[after - 1] if after < len(nodes) else nodes[-1]
            node, squared = self._nearer(x, y, before, nodes[-1])
            minutes = self.law.of_squared(squared)
        return x, y, node, minutes, self._root_of_node[node]

    def _path(self, origin: Place, destination: Place) -> RoadPath:
        """The points of a trip: node by node by way of the root, or the straight line of a short trip."""
        x, y, (node, first, root, _, _) = origin
        end_x, end_y, (end_node, _, end_root, last, last_squared) = destination
        squared = (x - end_x) ** 2 + (y - end_y) ** 2
        if root == end_root or squared <= last_squared:
            return RoadPath([0.0, self.law.of_squared(squared)], [node, end_node], [x, end_x], [y, end_y])
        to_root, next_hop = self._minutes[end_root], self._next_hop[end_root]
        way = [node]
        while (hop := next_hop[way[-1]]) >= 0:
            way.append(hop)
        at_root = first + to_root[node]
        minutes = [at_root - to_root[step] for step in way]
        onward = [end_node]
        while (hop := self._previous[onward[-1]]) >= 0:
            onward.append(hop)
        onward = onward[-2::-1]  # from the root, which the way has already
        minutes += [at_root + self._from_root[step] for step in onward]
        way += onward
        xs = [x, *(self._node_x[step] for step in way), end_x]
        ys = [y, *(self._node_y[step] for step in way), end_y]
        return RoadPath([0.0, *minutes, at_root + last], [node, *way, end_node], xs, ys)

    def _nearer(self, x: float, y: float, one: int, other: int) -> tuple[int, float]:
        """The nearer of two nodes and its squared distance; the first when equal."""
        to_one, to_other = self._squared_to_node(x, y, one), self._squared_to_node(x, y, other)
        return (one, to_one) if to_one <= to_other else (other, to_other)

    def _squared_to_node(self, x: float, y: float, node: int) -> float:
        return float((x - self._node_x[node]) ** 2 + (y - self._node_y[node]) ** 2)


def _report(graph: RoadGraph) -> None:
    """Tell the log what was left out."""
    dropped = graph.dropped
    if dropped.nodes:
        _log.warning(
            "roads: %d nodes and %d directed edges (%.1f km) in %d components do not connect and were left "
            "out; %d nodes and %d edges (%.1f km) kept",
            dropped.nodes, dropped.edges, dropped.km, dropped.components,
            dropped.kept_nodes, dropped.kept_edges, dropped.kept_km,
        )  # fmt: skip
