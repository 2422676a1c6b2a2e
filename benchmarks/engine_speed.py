"""What a deployment costs, in bare SimPy timeouts: a figure that means the same on any machine.

Run ``python benchmarks/engine_speed.py``; with ``--check`` it ends with code 1 when a limit is passed.
``--weeks 1 4 13 52`` shows whether the cost stays flat as the window grows, ``--memory 30`` whether a worker
grows with the replications it has done.

It measures the armsim that is installed, whose engine is compiled where a C compiler was at hand
(``tools/build_hook.py``); with ``PYTHONPATH=.`` it measures the source tree, which is plain Python.

CPU time, not wall time. The bare loop (one process that waits for 60,000 timeouts) is timed before and after
every run, and the run is divided by the mean of both, so that a machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import platform
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np
import simpy

from armsim.config.loader import load_scenario
from armsim.domain import Record
from armsim.engine import fleet
from armsim.engine.simulation import simulate
from armsim.model.world import World
from armsim.study.worlds import world_of

SCENARIO = Path(__file__).parents[1] / "scenarios" / "severe.yaml"
TIMEOUTS = 60_000
#: Timeouts a deployment that may not be passed on Python 3.11, by recording level: 48 and 52 were set before
#: officers were individuals and neighbourhood teams stood in ``severe.yaml``, for which a fifth is allowed.
PEOPLE = 1.2
LIMITS = {Record.METRICS: 48.0 * PEOPLE, Record.FULL: 52.0 * PEOPLE}


def bare_timeout() -> float:
    """CPU seconds of one timeout in an otherwise empty SimPy environment."""
    env = simpy.Environment()

    def waits() -> Iterator[simpy.Event]:
        for _ in range(TIMEOUTS):
            yield env.timeout(1.0)

    env.process(waits())
    begin = process_time()
    env.run()
    return (process_time() - begin) / TIMEOUTS


def cost(world: World, replication: int, record: Record) -> tuple[float, float, int]:
    """Timeouts a deployment, microseconds of a bare timeout, and deployments of one replication."""
    before = bare_timeout()
    begin = process_time()
    log = simulate(world, 1, replication, record)
    spent = process_time() - begin
    bare = (before + bare_timeout()) / 2
    deployments = int(np.nansum(log.tables["incidents"]["sent"]))
    return spent / deployments / bare, bare * 1e6, deployments


def world_for(*sets: str) -> World:
    """The world of severe.yaml with some settings changed."""
    return world_of(load_scenario(SCENARIO, sets=sets))


def ratios(runs: int) -> bool:
    """Print the ratio at both recording levels; whether both are within their limits."""
    world = world_for()
    simulate(world, 1, 0, Record.METRICS)  # warms caches and the allocator
    within = True
    print(
        "| record | timeouts a deployment, median | least | most | limit | bare timeout, us |\n"
        "|---|---|---|---|---|---|"
    )
    for record, limit in LIMITS.items():
        found, bare, _ = zip(*(cost(world, index, record) for index in range(runs)), strict=True)
        within &= median(found) <= limit
        figures = (
            f"{median(found):.1f} | {min(found):.1f} | {max(found):.1f} | {limit:.1f} | {median(bare):.2f}"
        )
        print(f"| {record} | {figures} |", flush=True)
    return within


def flatness(weeks: list[int], runs: int) -> None:
    """Print the ratio for windows of several lengths."""
    print("\n| weeks | timeouts a deployment, median | deployments |\n|---|---|---|")
    for number in weeks:
        world = world_for(f"window={number} weeks")
        found, _, deployments = zip(
            *(cost(world, index, Record.METRICS) for index in range(runs)), strict=True
        )
        print(f"| {number} | {median(found):.1f} | {median(deployments):,.0f} |", flush=True)


def memory(replications: int) -> None:
    """Print the resident memory of this process after each tenth of the replications.

    It is the peak, which never falls: a level line means that nothing is left behind.
    """
    world = world_for()
    print("\n| replications done | peak memory, MB |\n|---|---|")
    step = max(1, replications // 10)
    for index in range(replications):
        simulate(world, 1, index, Record.METRICS)
        if (index + 1) % step == 0:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"| {index + 1} | {peak:.0f} |", flush=True)


def main() -> None:
    reader = argparse.ArgumentParser(description="Cost of a deployment in bare SimPy timeouts.")
    reader.add_argument("--runs", type=int, default=11, help="replications; the median is told (default 11)")
    reader.add_argument("--check", action="store_true", help="end with code 1 when a limit is passed")
    reader.add_argument("--weeks", type=int, nargs="+", default=[], help="window lengths, such as 1 4 13 52")
    reader.add_argument("--memory", type=int, default=0, metavar="N", help="memory over N replications")
    given = reader.parse_args()
    engine = "plain Python" if str(fleet.__file__).endswith(".py") else "compiled"
    print(
        f"Python {platform.python_version()}, SimPy {simpy.__version__}, engine {engine}, {given.runs} runs, "
        f"{SCENARIO.name}\n"
    )
    within = ratios(given.runs)
    if given.weeks:
        flatness(given.weeks, min(given.runs, 3))
    if given.memory:
        memory(given.memory)
    sys.exit(1 if given.check and not within else 0)


if __name__ == "__main__":
    main()
