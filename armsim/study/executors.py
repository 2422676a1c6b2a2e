"""Where chunks are run: in this process, in processes of this machine, or on a cluster (``cluster``).

An executor is a function from worlds and tasks to outcomes, in whatever order they end. It writes nothing:
whoever calls it holds the run folder. What it yields does not depend on which executor it is.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Protocol

from armsim.errors import ArmsimError, RunFolderError
from armsim.model.world import World
from armsim.study.chunk import Outcome, Task, run_chunk
from armsim.study.workers import deaf_to_interrupts, workers


class Executor(Protocol):
    """Runs tasks in their worlds."""

    def __call__(self, worlds: Mapping[str, World], tasks: Sequence[Task]) -> Generator[Outcome, None, None]:
        """Outcomes of *tasks* as they end.

        Args:
            worlds: by option.
            tasks: what to run, in the order in which it is wanted.

        Raises:
            ArmsimError: the executor cannot go on; what it has yielded stands.
        """


def serial(worlds: Mapping[str, World], tasks: Sequence[Task]) -> Generator[Outcome, None, None]:
    """Run tasks one after the other in this process."""
    return (run_chunk(task, worlds[task.option]) for task in tasks)


def processes(jobs: int) -> Executor:
    """An executor over *jobs* processes of this machine; in this process when one is enough."""

    def run(worlds: Mapping[str, World], tasks: Sequence[Task]) -> Generator[Outcome, None, None]:
        if jobs <= 1 or len(tasks) <= 1:
            yield from serial(worlds, tasks)
            return
        with tempfile.TemporaryDirectory(prefix="armsim-") as scratch:
            homes = {}
            for number, (name, world) in enumerate(worlds.items()):
                homes[name] = Path(scratch) / f"world-{number}.pickle"
                homes[name].write_bytes(pickle.dumps(world, protocol=pickle.HIGHEST_PROTOCOL))
            yield from _over_processes(homes, tasks, min(jobs, len(tasks)))

    return run


def cluster(address: str, say: Callable[[str], None], patience: float = 600.0) -> Executor:
    """An executor on the cluster of a Dask scheduler; see :class:`armsim.study.cluster.Cluster`.

    Raises:
        ArmsimError: Dask is not installed.
    """
    try:
        from armsim.study.cluster import Cluster  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        raise ArmsimError(
            f"--scheduler needs Dask, which is not installed here (no module {error.name}): "
            "pip install 'armsim[cluster]'"
        ) from None
    return Cluster(address, say, patience)


def _over_processes(homes: Mapping[str, Path], tasks: Sequence[Task], jobs: int) -> Iterator[Outcome]:
    try:
        with workers(jobs, __name__, "armsim.engine.simulation") as pool:
            left = iter(tasks)
            with deaf_to_interrupts():  # processes are started here, and are born deaf
                running = {pool.submit(_run, task, homes[task.option]) for task in islice(left, jobs)}
            while running:  # no more is handed out than is being run: an interrupt waits for nothing else
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                running |= {pool.submit(_run, task, homes[task.option]) for task in islice(left, len(ended))}
                for future in ended:
                    yield future.result()
    except BrokenProcessPool:
        raise RunFolderError(
            "a worker process was killed, perhaps for want of memory; the same command goes on, with fewer -j"
        ) from None


def _run(task: Task, home: Path) -> Outcome:
    return run_chunk(task, _world(home))


@lru_cache(maxsize=2)
def _world(home: Path) -> World:
    """The world in a file that this run wrote; kept between the chunks of a process."""
    world: World = pickle.loads(home.read_bytes())
    return world
