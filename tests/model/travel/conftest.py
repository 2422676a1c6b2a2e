"""A street grid with one-way streets, and the plain way to know every travel time on it."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from armsim.model.travel import RoadNetwork, RoadTables, SquareRootLaw

SIDE = 7
LAW = SquareRootLaw(0.245, 1.05, 1.3)


def grid_tables(seed=3, extra_nodes=()):
    """Nodes 1 km apart; every third street is one-way eastwards or northwards; speeds vary by street."""
    rng = np.random.default_rng(seed)
    points = [(float(i), float(j)) for i in range(SIDE) for j in range(SIDE)]
    start, end, minutes = [], [], []

    def street(a, b, one_way):
        cost = float(rng.uniform(0.8, 2.5))
        for u, v in [(a, b)] if one_way else [(a, b), (b, a)]:
            start.append(u)
            end.append(v)
            minutes.append(cost)

    for i in range(SIDE):
        for j in range(SIDE):
            node = i * SIDE + j
            if i + 1 < SIDE:
                street(node, node + SIDE, one_way=j % 3 == 1)
            if j + 1 < SIDE:
                street(node, node + 1, one_way=i % 3 == 1)
    points += list(extra_nodes)
    x, y = np.array(points).T
    return RoadTables(x, y, np.array(start), np.array(end), np.ones(len(start)), np.array(minutes))


def brute_force(tables):
    """Minutes between all pairs of nodes, from dense weights."""
    count = tables.x_km.size
    dense = np.full((count, count), np.inf)
    for u, v, minutes in zip(tables.start, tables.end, tables.minutes, strict=True):
        dense[u, v] = min(dense[u, v], minutes)
    dense[np.isinf(dense)] = 0.0
    return dijkstra(csr_matrix(dense))


@pytest.fixture(autouse=True)
def no_cache(monkeypatch):
    monkeypatch.setenv("ARMSIM_CACHE", "off")


@pytest.fixture(scope="session")
def data_folder():
    """The folder of reference data, which is not part of the project."""
    folder = os.environ.get("ARMSIM_DATA", "")
    if not folder:
        pytest.skip("set ARMSIM_DATA to the folder of reference data to run this test")
    return Path(folder)


@pytest.fixture(scope="session")
def grid():
    """The grid's helpers: tables, brute force, model."""
    return SimpleNamespace(tables=grid_tables, brute_force=brute_force, model=grid_model, side=SIDE, law=LAW)


def grid_model(zone_x=(0.0, 5.0, 3.0, 6.0), zone_y=(0.0, 1.0, 6.0, 5.0), **options):
    return RoadNetwork.build(LAW, np.array(zone_x), np.array(zone_y), grid_tables(), **options)
