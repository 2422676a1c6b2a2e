"""What execution costs: two processes against one, Dask's scheduling, run folder and metrics.

    python benchmarks/execution.py [SCENARIO] [-n REPLICATIONS] [--rounds N] [--only PART]

Ratios are of one run on one machine. Overhead and scheduling are in CPU seconds, so that other work on the
machine does not count; parallel efficiency is wall time of one process over that of two, halved, and needs
two idle cores. Beside it stands what two runs that share nothing reach: no executor can do better.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any

import distributed
import numpy as np
import psutil

from armsim.config.loader import load_scenario
from armsim.engine import simulation
from armsim.study import chunk, finish, store
from armsim.study.cluster import Cluster
from armsim.study.executors import Executor
from armsim.study.plan import Study
from armsim.study.runner import execute

#: Seconds in which an idle scheduler is watched.
_IDLE = 10.0


def timed(by_part: Counter[str], module: Any, name: str) -> None:
    """Count the CPU seconds of a function of a module."""
    inner: Callable[..., Any] = getattr(module, name)

    def outer(*given: Any, **named: Any) -> Any:
        begin = time.process_time()
        try:
            return inner(*given, **named)
        finally:
            by_part[name] += time.process_time() - begin  # type: ignore[assignment]

    setattr(module, name, outer)


def overhead(study: Study) -> None:
    """CPU seconds of a serial run by what they went on."""
    by_part: Counter[str] = Counter()
    for module, name in (
        (simulation, "simulate"), (chunk, "measure"), (store, "pack"), (store, "write_part"),
        (store, "verified_parts"), (store, "read_option"), (finish, "write_metrics"),
    ):  # fmt: skip
        timed(by_part, module, name)
    with tempfile.TemporaryDirectory() as scratch:
        begin = time.process_time()
        execute(study, scratch, jobs=1)
        total = time.process_time() - begin
    simulated = by_part["simulate"]
    print(f"CPU {total:.1f} s, of which simulation {simulated:.1f} s")
    for name, seconds in by_part.most_common():
        print(f"  {name:15} {seconds:8.2f} s  {seconds / simulated:6.1%} of simulation")
    print(f"overhead {total / simulated - 1:.1%} of simulation (wanted: below 15%)")


@dataclass(frozen=True)
class Spent:
    """What a run cost: seconds until it ended, and CPU seconds that its chunks say they had."""

    wall: float
    chunks: float


def spent(study: Study, jobs: int = 1, executor: Executor | None = None) -> Spent:
    """Run a study from scratch."""
    with tempfile.TemporaryDirectory() as scratch:
        begin = time.perf_counter()
        done = execute(study, scratch, jobs=jobs, executor=executor)
        wall = time.perf_counter() - begin
        lines = (done.folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
        return Spent(wall, sum(json.loads(line)["cpu_seconds"] for line in lines))


def parallel(study: Study, rounds: int) -> None:
    """One process against two, and against two runs that know nothing of each other.

    The last is what the machine gives at most: what two cores lose by sharing memory and clock.
    """
    efficiency, ceiling = [], []
    for number in range(rounds):
        one, two = spent(study, 1), spent(study, 2)
        with ProcessPoolExecutor(2, get_context("spawn")) as pool:
            apart = [future.result() for future in [pool.submit(spent, study) for _ in range(2)]]
        efficiency.append(one.wall / two.wall / 2)
        ceiling.append(one.chunks / (sum(each.chunks for each in apart) / 2))
        print(
            f"round {number + 1}: -j 1 {one.wall:.1f} s, -j 2 {two.wall:.1f} s; CPU seconds of the chunks "
            f"{one.chunks:.1f} and {two.chunks:.1f}; of two runs side by side {apart[0].chunks:.1f} and "
            f"{apart[1].chunks:.1f}; efficiency {efficiency[-1]:.2f}, the machine's own {ceiling[-1]:.2f}",
            flush=True,
        )
    print(
        f"parallel efficiency {statistics.median(efficiency):.2f} (wanted: at least 0.85); "
        f"two runs side by side reach {statistics.median(ceiling):.2f}"
    )


def scheduling(study: Study) -> None:
    """CPU seconds of client, scheduler and workers beside those of the chunks, on Dask.

    A scheduler and its workers cost something while they do nothing (heartbeats, events looked for), by the
    second and not by the chunk. That is told apart: what scheduling chunks costs is the rest.
    """
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        workers = [psutil.Process(pid) for pid in client.run(os.getpid).values()]

        def used() -> np.ndarray:
            return np.array([time.process_time(), sum(sum(one.cpu_times()[:2]) for one in workers)])

        # Imports and worlds are paid once.
        spent(replace(study, replications=10), executor=Cluster(cluster.scheduler_address))
        before = used()
        time.sleep(_IDLE)
        idle, idle_there = ((used() - before) / _IDLE).tolist()
        before = used()
        by_processes = spent(study, jobs=2)
        plain = float((used() - before)[0]) - idle * by_processes.wall
        before = used()
        run = spent(study, executor=Cluster(cluster.scheduler_address))
        here, there = (used() - before).tolist()
    beside = there - run.chunks
    print(
        f"Dask, {run.wall:.0f} s: chunks {run.chunks:.1f} CPU s ({by_processes.chunks:.1f} with -j 2); "
        f"workers beside them {beside:.1f}, of which {idle_there * run.wall:.1f} when idle; client and "
        f"scheduler {here:.1f}, of which {idle * run.wall:.1f} an idle scheduler's and {plain:.1f} a "
        "client's without Dask"
    )
    extra = max(0.0, here - plain) + max(0.0, beside)
    least = max(0.0, here - plain - idle * run.wall) + max(0.0, beside - idle_there * run.wall)
    print(f"scheduling {least / run.chunks:.1%} of the chunks (wanted: below 2%)")
    print(f"with what all of it takes when idle: {extra / run.chunks:.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="?", default="scenarios/severe.yaml")
    parser.add_argument("-n", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=1, help="of the parallel part")
    parser.add_argument("--only", choices=("parallel", "overhead", "scheduling"))
    given = parser.parse_args()
    study = Study({"severe": load_scenario(given.scenario)}, replications=given.n)
    if given.only in (None, "parallel"):
        parallel(study, given.rounds)
    if given.only in (None, "scheduling"):
        scheduling(study)
    if given.only in (None, "overhead"):
        overhead(study)


if __name__ == "__main__":
    main()
