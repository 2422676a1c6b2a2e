"""Calls of one replication: drawn as in any run, and moved or thinned where a case wants other arrivals."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.model.demand import draw_incidents
from armsim.model.incident_table import IncidentTable
from armsim.model.world import World
from armsim.streams import Streams
from armsim.study.verify.translate import Setup

Floats = NDArray[np.float64]

#: Calls drawn for each call of a process whose number of calls is itself drawn.
SPARE = 1.5


def rate_factor(setup: Setup) -> float:
    """How many times as many calls as wanted must be drawn."""
    return SPARE if setup.system.calls or setup.system.arrivals.process == "Hawkes" else 1.0


def draw(setup: Setup, world: World, streams: Streams) -> IncidentTable:
    """The calls of a replication, as incidents that the engine takes."""
    scenario = world.scenario
    table = draw_incidents(world, streams, -scenario.warm_up, scenario.window + scenario.cool_down)
    rng = streams.generator("verify", "arrivals")
    system = setup.system
    if system.service.common_to_all_units_of_a_call and setup.released_singly:
        table = _one_draw(table)
    if setup.runs:
        return _runs(setup, table)
    if system.arrivals.process == "Hawkes":
        return _moved(setup, table, rng)
    if system.day_rates:
        return _thinned(setup, table, rng)
    return table


def rows(table: IncidentTable, index: NDArray[Any], received: Floats) -> IncidentTable:
    """Some rows of a table, in order, received at other times; they are graded at once."""
    count = len(table.number)
    columns: dict[str, Any] = {}
    for one in fields(table):
        column = getattr(table, one.name)
        if isinstance(column, list):
            columns[one.name] = [column[row] for row in index.tolist()]
        elif isinstance(column, np.ndarray) and len(column) == count:
            columns[one.name] = column[index]
    moved = received - table.received_at[index]
    columns |= {
        "number": np.arange(len(index), dtype=table.number.dtype),
        "received_at": received,
        "graded_at": received.copy(),
        "lost_at": table.lost_at[index] + moved,
    }
    return replace(table, **columns)


def _one_draw(table: IncidentTable) -> IncidentTable:
    """Every unit of a call does the work of the first."""
    work = table.on_scene_by_ordinal
    return replace(table, on_scene_by_ordinal=np.repeat(work[:, :1], work.shape[1], axis=1))


def _thinned(setup: Setup, table: IncidentTable, rng: np.random.Generator) -> IncidentTable:
    """Calls kept with the chance rate(t) / highest rate of their zone (Lewis and Shedler 1979)."""
    clock = table.received_at / setup.scale
    keep = np.zeros(len(table), dtype=bool)
    mark = rng.random(len(table))
    for zone, rate in enumerate(setup.system.day_rates):
        here = table.zone == zone
        keep[here] = mark[here] * rate.highest() < rate.at(clock[here])
    index = np.flatnonzero(keep)
    return rows(table, index, table.received_at[index])


def _moved(setup: Setup, table: IncidentTable, rng: np.random.Generator) -> IncidentTable:
    """Calls at the times of a Hawkes process; what they need is drawn alike for every call."""
    arrivals, scale = setup.system.arrivals, setup.scale
    begin, end = float(table.received_at[0]), float(table.received_at[-1])
    background, ratio, beta = (
        float(one or 0.0) for one in (arrivals.background_rate, arrivals.branching_ratio, arrivals.beta)
    )
    times = hawkes(rng, background / scale, ratio, beta / scale, begin, end)
    if len(times) > len(table):
        raise ValueError(f"{len(times)} calls were drawn, of which {len(table)} at most were planned")
    return rows(table, np.arange(len(times)), times)


def hawkes(
    rng: np.random.Generator, background: float, ratio: float, beta: float, begin: float, end: float
) -> Floats:
    """Times of a Hawkes process in [begin, end), sorted: clusters of a Poisson process of first calls.

    Every call brings about a Poisson number of calls of mean *ratio*, each an exponential time of rate *beta*
    later (Hawkes and Oakes 1974). First calls start 40 times 1/(beta (1 - ratio)) earlier, so that clusters
    under way are there at the start.
    """
    first = begin - 40.0 / (beta * (1.0 - ratio))
    parents = rng.uniform(first, end, rng.poisson(background * (end - first)))
    found = [parents]
    while len(parents):
        parents = np.repeat(parents, rng.poisson(ratio, len(parents)))
        parents = parents + rng.exponential(1.0 / beta, len(parents))
        found.append(parents)
    times = np.concatenate(found)
    return np.sort(times[(times >= begin) & (times < end)])


def _runs(setup: Setup, table: IncidentTable) -> IncidentTable:
    """Runs of so many calls each from empty: between them a pause as long as all the work of the run.

    Their number is fixed beforehand: as many as end in a given time would leave out the long ones.
    """
    size, used = setup.system.calls, setup.runs * setup.system.calls
    factors = np.array([max(setup.factors(one)) for one in setup.types])
    required = np.array([one.required for one in setup.types])
    away = 2.0 * max(max(row) for row in setup.system.travel) * setup.scale
    longest = table.on_scene_by_ordinal.max(axis=1) if setup.released_singly else table.on_scene
    work = (longest * factors[table.type] + away) * required[table.type]
    pauses = np.zeros(used)
    pauses[size::size] = work[:used].reshape(setup.runs, size).sum(axis=1)[:-1] + 1.0
    gaps = np.diff(table.received_at[:used], prepend=0.0) * rate_factor(setup)
    return rows(table, np.arange(used), np.cumsum(gaps + pauses))
