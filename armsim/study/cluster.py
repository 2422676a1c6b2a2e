"""Chunks on a Dask cluster. Imported only when a scheduler is named: it needs the extra ``cluster``.

The client holds the run folder: parts come back to it as bytes. A worker is sent the worlds once, when it
joins. The scheduler runs the chunks of a dead worker again; when the scheduler itself is lost, so is all that
it knew, and the client hands out what it has not got back as soon as there is a scheduler again.
"""

from __future__ import annotations

import hashlib
import logging
import pickle
import socket
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import dask.config
import distributed
from distributed.comm.addressing import get_address_host_port
from distributed.comm.core import CommClosedError

from armsim.config.checks import data_files
from armsim.errors import ArmsimError
from armsim.model.world import World
from armsim.study import files
from armsim.study.chunk import Outcome, Task, run_chunk
from armsim.study.plan import armsim_version

#: Seconds of work that are handed out at once, of chunks that are shorter: a task costs milliseconds.
_HANDFUL = 2.0
#: Tasks that a worker thread has before it, so that it need not wait for the next.
_AHEAD = 2
#: Seconds after which to look whether there are workers.
_LOOK = 2.0
#: Seconds to wait for a scheduler that has not answered yet.
_FIRST_WAIT = 10.0
#: Times that the scheduler may be lost with nothing come back in between.
_LOSSES = 5
#: Dask has marked itself typed, and is not.
_connect: Any = distributed.Client
_host_and_port: Any = get_address_host_port
_wait: Any = distributed.wait


class ClusterError(ArmsimError):
    """A cluster cannot be had, or has another armsim; what had ended is kept."""


class _LostError(Exception):
    """The scheduler is gone, and with it all that had not come back."""


#: What is raised when the scheduler is lost: by us, and by Dask.
_LOST = (_LostError, CommClosedError, distributed.CancelledError, TimeoutError, OSError)


@dataclass(frozen=True)
class _Parcel:
    """A world on its way: how to make it, and the data files that it reads.

    Attributes:
        pickled: the world's ``__reduce__``.
        files: name, SHA-256 and bytes of each data file, relative to the folder of the scenario.
    """

    pickled: bytes
    files: tuple[tuple[str, str, bytes], ...]

    @classmethod
    def of(cls, world: World) -> _Parcel:
        """Pack a world."""
        names = sorted({name for _, name in data_files(world.scenario, world.folder)})
        contents = [(name, (world.folder / name).read_bytes()) for name in names]
        listed = tuple((name, hashlib.sha256(content).hexdigest(), content) for name, content in contents)
        return cls(pickle.dumps(world.__reduce__(), protocol=pickle.HIGHEST_PROTOCOL), listed)

    @property
    def key(self) -> str:
        """What names it: the same world, the same key."""
        return hashlib.sha256(self.pickled + "".join(sha for _, sha, _ in self.files).encode()).hexdigest()

    def open(self) -> World:
        """The world, on a machine that may not have the scenario's folder."""
        make, (scenario, zones, folder, kept) = pickle.loads(self.pickled)
        if all(_is(folder / name, sha) for name, sha, _ in self.files):
            return make(scenario, zones, folder, kept)  # type: ignore[no-any-return]
        with tempfile.TemporaryDirectory(prefix="armsim-") as scratch:
            inside = Path(scratch).resolve()
            for name, _, content in self.files:
                target = (inside / name).resolve()
                if not target.is_relative_to(inside):
                    raise ClusterError(
                        f"worker: no data file {name}; put it below the folder of the scenario, "
                        "from where it is sent along, or where every worker can read it"
                    )
                files.write_bytes(target, content)
            return make(scenario, zones, inside, kept)  # type: ignore[no-any-return]


def _is(path: Path, sha: str) -> bool:
    return path.is_file() and files.sha256(path) == sha


# --- on a worker ----------------------------------------------------------------------------------------

_PARCELS: dict[str, _Parcel] = {}
_ONE_AT_A_TIME = threading.Lock()


class Worlds(distributed.WorkerPlugin):
    """Gives a worker the worlds when it joins."""

    def __init__(self, parcels: Mapping[str, _Parcel]) -> None:
        self.name = "armsim-" + hashlib.sha256("".join(sorted(parcels)).encode()).hexdigest()[:16]
        self._parcels = dict(parcels)

    def setup(self, worker: Any) -> None:  # noqa: ARG002 (Dask's signature)
        """Keep the worlds."""
        _PARCELS.update(self._parcels)

    def teardown(self, worker: Any) -> None:  # noqa: ARG002 (Dask's signature)
        """Forget them."""
        for key in self._parcels:
            _PARCELS.pop(key, None)
        _world.cache_clear()


@lru_cache(maxsize=2)
def _world(key: str) -> World:
    return _PARCELS[key].open()


def _run(version: str, tasks: Sequence[tuple[Task, str]]) -> list[Outcome] | None:
    """Run chunks on a worker, one at a time whatever its number of threads: a chunk is work for a core.

    Returns:
        What came of them; ``None`` when the worker has not been given the worlds.
    """
    if version != armsim_version():
        raise ClusterError(_mismatch("a worker", armsim_version()))
    if not all(key in _PARCELS for _, key in tasks):
        return None
    with _ONE_AT_A_TIME:
        return [run_chunk(task, _world(key)) for task, key in tasks]


# --- on the client --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cluster:
    """An executor on the cluster of a Dask scheduler.

    Attributes:
        address: of the scheduler, such as ``tcp://host:8786``.
        say: told what the user should know while it runs.
        patience: seconds to wait for a scheduler or for workers that are not there.
    """

    address: str
    say: Callable[[str], None] = lambda _: None
    patience: float = 600.0

    def __call__(self, worlds: Mapping[str, World], tasks: Sequence[Task]) -> Generator[Outcome, None, None]:
        """Outcomes of *tasks* as they come back.

        Raises:
            ClusterError: no scheduler or no workers in time, another version, or a chunk killed its workers.
        """
        parcels = {name: _Parcel.of(world) for name, world in worlds.items()}
        keys = {name: parcel.key for name, parcel in parcels.items()}
        plugin = Worlds({keys[name]: parcel for name, parcel in parcels.items()})
        left = {(task.option, task.span): task for task in tasks}
        # Dask asks a dead worker for its results until this time is over.
        with _quiet(), dask.config.set({"distributed.comm.timeouts.connect": "5s"}):
            yield from self._while_it_lasts(left, keys, plugin)

    def _while_it_lasts(
        self, left: dict[tuple[str, range], Task], keys: Mapping[str, str], plugin: Worlds
    ) -> Iterator[Outcome]:
        """Outcomes of the tasks that are left, from one scheduler after the other."""
        losses = 0
        while left:
            with self._client(again=losses > 0) as client:
                try:
                    _same_version(client)
                    client.register_plugin(plugin)
                    for outcome in self._outcomes(
                        client, [(task, keys[task.option]) for task in left.values()]
                    ):
                        losses = 0
                        del left[outcome.task.option, outcome.task.span]
                        yield outcome
                    client.unregister_worker_plugin(plugin.name)
                except _LOST as error:
                    losses += 1
                    self._lost(len(left), losses, error)

    def _lost(self, left: int, losses: int, error: Exception) -> None:
        """Say that the scheduler is lost, or give up."""
        if not left:  # lost when all was done
            return
        if losses >= _LOSSES:
            raise ClusterError(
                f"{self.address}: lost {losses} times with nothing come back in between ({error}); "
                "what had ended is kept, and the same command goes on"
            ) from error
        self.say(
            f"The scheduler at {self.address} is lost; what came back is kept and {left} chunks are left. "
            f"Waiting up to {self.patience / 60:.3g} min for it to come back."
        )

    @contextmanager
    def _client(self, again: bool) -> Iterator[Any]:
        """A connection, as soon as there can be one."""
        deadline = time.monotonic() + (self.patience if again else _FIRST_WAIT)
        client = self._connected(deadline)
        if again:
            self.say("The scheduler is back; going on.")
        try:
            yield client
        finally:
            client.close(timeout=2)

    def _connected(self, deadline: float) -> Any:
        while True:
            try:
                self._knock()
                return _connect(self.address, timeout=5, name="armsim", set_as_default=False)
            except (OSError, TimeoutError, ValueError) as error:
                if isinstance(error, ValueError) or time.monotonic() > deadline:
                    raise ClusterError(
                        f"{self.address}: no Dask scheduler answers; start one with `dask scheduler`, and "
                        f"the same command goes on ({' '.join(str(error).split())})"
                    ) from None
            time.sleep(0.5)

    def _knock(self) -> None:
        """See that somebody listens: a client that finds nobody leaves its thread and sockets behind."""
        socket.create_connection(_host_and_port(self.address), timeout=5).close()

    def _outcomes(self, client: Any, tasks: Sequence[tuple[Task, str]]) -> Iterator[Outcome]:
        version, left = armsim_version(), deque(tasks)
        running: dict[Any, list[tuple[Task, str]]] = {}
        pace = _Pace()
        try:
            while left or running:
                threads = max(1, sum(client.nthreads().values()))
                while left and len(running) < _AHEAD * threads + 1:
                    handful = [left.popleft() for _ in range(pace.handful(len(left), threads))]
                    running[client.submit(_run, version, handful, pure=False)] = handful
                for future in self._ended(client, running):
                    handful, outcomes = running.pop(future), _result(future, client)
                    if outcomes is None:
                        left.extendleft(reversed(handful))
                    for outcome in outcomes or ():
                        pace.saw(outcome)
                        yield outcome
        finally:
            if running and client.status == "running":
                client.cancel(list(running), force=True)

    def _ended(self, client: Any, running: Collection[Any]) -> list[Any]:
        """Futures that have ended, at least one."""
        deadline = 0.0
        while True:
            if client.status != "running":
                raise _LostError
            try:
                with client.as_current():
                    return list(_wait(list(running), timeout=_LOOK, return_when="FIRST_COMPLETED").done)
            except distributed.CancelledError:
                return [future for future in running if future.status != "pending"]
            except TimeoutError:
                if client.nthreads():
                    deadline = 0.0
                    continue
            if not deadline:
                self.say(f"{self.address} has no workers; start some with `dask worker {self.address}`.")
                deadline = time.monotonic() + self.patience
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"{self.address}: no worker for {self.patience / 60:.3g} min; what had ended is kept, "
                    "and the same command goes on"
                )


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask tells of lost connections at length; we do in a line."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@dataclass
class _Pace:
    """How many chunks to hand out at once, by how long they have taken."""

    chunks: int = 0
    seconds: float = 0.0

    def saw(self, outcome: Outcome) -> None:
        """A chunk has come back."""
        self.chunks += 1
        self.seconds += outcome.line["seconds"]

    def handful(self, left: int, threads: int) -> int:
        """How many of those left: as many as make it worth while, and few enough that all have some."""
        if not self.seconds:
            return 1
        worth = int(_HANDFUL * self.chunks / self.seconds)
        return max(1, min(worth, left // (_AHEAD * threads), left))


def _result(future: Any, client: Any) -> list[Outcome] | None:
    """What a future brought; ``None`` where it went down with the worker that had it.

    Raises:
        ClusterError: it cannot be had from this cluster.
    """
    if future.status != "error":
        try:
            outcomes: list[Outcome] | None = future.result()
        except _LOST:
            if client.status != "running":
                raise _LostError from None
            return None
        if outcomes is None:  # a scheduler began anew and told its workers of no worlds
            raise _LostError
        return outcomes
    error = future.exception()
    if isinstance(error, ClusterError):
        raise error
    if isinstance(error, distributed.KilledWorker):
        raise ClusterError(
            f"a chunk killed every worker that tried it, perhaps for want of memory ({error.last_worker}); "
            "what had ended is kept, and the same command goes on"
        )
    raise ClusterError(f"a worker cannot run a chunk: {type(error).__name__}: {error}") from error


def _same_version(client: Any) -> None:
    """Refuse workers that would run another armsim.

    Raises:
        ClusterError: one has another version, or none.
    """
    for worker, found in client.run(armsim_version, on_error="return").items():
        if isinstance(found, BaseException):
            raise ClusterError(
                f"{worker}: has no armsim that works ({found}); install {armsim_version()} there"
            )
        if found != armsim_version():
            raise ClusterError(_mismatch(str(worker), found))


def _mismatch(where: str, found: str) -> str:
    return f"{where} has armsim {found}, this is {armsim_version()}; install the same version on both"
