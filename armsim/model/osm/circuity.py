"""How much longer roads are than straight lines: a check of any network, whatever it was made from."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from armsim.model.travel.road_tables import RoadTables

_ORIGINS = 200
#: Shorter pairs say more of single streets than of the network.
_LEAST_KM = 1.0


def circuity(roads: RoadTables) -> float:
    """Median of the shortest way by road over the straight line, between nodes more than a kilometre apart.

    Between up to 200 nodes, evenly spread over the table, and each other; NaN when none are so far apart.
    """
    count = roads.x_km.size
    some = np.unique(np.linspace(0, count - 1, min(count, _ORIGINS)).astype(np.intp))
    # Of parallel edges the shortest counts; a sparse matrix would add them.
    order = np.argsort(roads.km, kind="stable")
    pair = roads.start[order] * count + roads.end[order]
    _, first = np.unique(pair, return_index=True)
    kept = order[first]
    length = np.maximum(roads.km[kept], 1e-6)
    by_road = csr_matrix((length, (roads.start[kept], roads.end[kept])), shape=(count, count))
    km = dijkstra(by_road, indices=some)[:, some]
    x, y = roads.x_km[some], roads.y_km[some]
    straight = np.hypot(x[:, None] - x, y[:, None] - y)
    far = (straight > _LEAST_KM) & np.isfinite(km)
    return float(np.median(km[far] / straight[far])) if far.any() else float("nan")
