"""What execution costs: processes against one, and run folder and metrics against simulation.

    python benchmarks/execution.py [SCENARIO] [-n REPLICATIONS] [--skip-parallel]

Ratios are of one run on one machine. Overhead is in CPU seconds, so that other work on the machine does not
count; parallel efficiency is wall time of one process over that of two, halved, and needs two idle cores:
the share of each core that the run had is printed beside it, and below 0.95 says that it had not.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from armsim.config.loader import load_scenario
from armsim.engine import simulation
from armsim.study import chunk, finish, store
from armsim.study.plan import Study
from armsim.study.runner import execute


def timed(spent: Counter[str], module: Any, name: str) -> None:
    """Count the CPU seconds of a function of a module."""
    inner: Callable[..., Any] = getattr(module, name)

    def outer(*given: Any, **named: Any) -> Any:
        begin = time.process_time()
        try:
            return inner(*given, **named)
        finally:
            spent[name] += time.process_time() - begin  # type: ignore[assignment]

    setattr(module, name, outer)


def overhead(study: Study) -> None:
    """CPU seconds of a serial run by what they went on."""
    spent: Counter[str] = Counter()
    for module, name in (
        (simulation, "simulate"), (chunk, "measure"), (store, "pack"), (store, "write_part"),
        (store, "verified_parts"), (store, "read_option"), (finish, "write_metrics"),
    ):  # fmt: skip
        timed(spent, module, name)
    with tempfile.TemporaryDirectory() as scratch:
        begin = time.process_time()
        execute(study, scratch, jobs=1)
        total = time.process_time() - begin
    simulated = spent["simulate"]
    print(f"CPU {total:.1f} s, of which simulation {simulated:.1f} s")
    for name, seconds in spent.most_common():
        print(f"  {name:15} {seconds:8.2f} s  {seconds / simulated:6.1%} of simulation")
    print(f"overhead {total / simulated - 1:.1%} of simulation (wanted: below 15%)")


def parallel(study: Study) -> None:
    """Wall time of one process and of two, and the share of the machine that each had."""
    walls = {}
    for jobs in (1, 2):
        with tempfile.TemporaryDirectory() as scratch:
            begin, before = time.perf_counter(), _busy()
            execute(study, scratch, jobs=jobs)
            walls[jobs] = time.perf_counter() - begin
            busy = (_busy() - before) / walls[jobs]
        print(f"-j {jobs}: {walls[jobs]:.1f} s; the machine kept {busy:.2f} cores busy")
    print(f"parallel efficiency {walls[1] / walls[2] / 2:.2f} (wanted: at least 0.85)")


def _busy() -> float:
    """CPU seconds that all processes of the machine have had since it started."""
    return sum(map(int, Path("/proc/stat").read_text().split()[1:4])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="?", default="scenarios/severe.yaml")
    parser.add_argument("-n", type=int, default=200)
    parser.add_argument("--skip-parallel", action="store_true")
    given = parser.parse_args()
    study = Study({"severe": load_scenario(given.scenario)}, replications=given.n)
    if not given.skip_parallel:
        parallel(study)
    overhead(study)


if __name__ == "__main__":
    main()
