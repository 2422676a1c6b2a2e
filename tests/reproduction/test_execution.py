"""The same study gives the same bytes from shards, a Dask cluster that loses a worker, and ten kills."""

import gc
import random
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path

import pytest

from armsim.config.loader import load_scenario
from armsim.study.plan import Study
from armsim.study.runner import execute
from armsim.study.shards import Shard

TINY = (Path(__file__).parents[1] / "tiny.yaml").read_text(encoding="utf-8")
N = 43  # eight whole chunks and a part of one, of each of two options
PATIENCE = 60  # seconds


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    file = tmp_path_factory.mktemp("scenario") / "tiny.yaml"
    file.write_text(TINY)
    more = load_scenario(file, sets=["teams.arv.establishment=7"])
    return Study({"now": load_scenario(file), "more": more}, replications=N)


@pytest.fixture(scope="module")
def once(study, tmp_path_factory):
    """Every file of a run in one process that nobody disturbed."""
    return files(execute(study, tmp_path_factory.mktemp("once")).folder)


def files(folder):
    """All but what says when and how it was run."""
    told = {"manifest.json", "log.jsonl"}
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in told and not path.name.startswith((".lock", "log-"))
    }


def parts(folder):
    return {str(path): files(path) for path in folder.glob("*/parts/*/part-*")}


def until(true, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "hung"
        time.sleep(0.005)


def test_shards_in_any_order_give_the_same_bytes(study, once, tmp_path):
    ran = []
    for number in (3, 1, 2):
        ended = execute(study, tmp_path, shard=Shard(number, 3))
        ran.append(ended.ran)
        assert (ended.results is None) == (number != 2)
    assert (sum(ran), ended.left) == (2 * N, 0)
    assert min(ran) > 0
    assert files(ended.folder) == once


def test_two_shards_at_once_give_the_same_bytes_and_one_of_them_derives(study, once, tmp_path):
    ended = []

    def run(number):
        ended.append(execute(study, tmp_path, shard=Shard(number, 2)))

    threads = [threading.Thread(target=run, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(one.ran for one in ended) == [2 * 20, 2 * 23]
    assert [one.results for one in ended].count(None) == 1
    assert files(ended[0].folder) == once


def test_a_run_that_is_killed_ten_times_goes_on_to_the_same_bytes(study, once, tmp_path):
    draw = random.Random(11)
    context = get_context("forkserver")
    context.set_forkserver_preload(["armsim.study.runner", "armsim.engine.simulation"])
    for _ in range(10):
        kept = parts(tmp_path)
        process = context.Process(target=execute, args=(study, tmp_path))
        process.start()
        until(lambda: len(parts(tmp_path)) > len(kept) or not process.is_alive())  # noqa: B023
        time.sleep(draw.uniform(0, 0.1))
        process.kill()
        process.join()
        now = parts(tmp_path)
        assert {name: now[name] for name in kept} == kept
    assert len(kept) >= 9
    assert files(execute(study, tmp_path).folder) == once


# --- a cluster ----------------------------------------------------------------------------------------


class DaskOnLoopback:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, stack):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._stack = stack

    def _start(self, *words):
        process = subprocess.Popen(
            [sys.executable, "-m", *words, "--host", "127.0.0.1", "--no-dashboard"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process

    def scheduler(self):
        return self._start("distributed.cli.dask_scheduler", "--port", str(self.port))

    def worker(self):
        words = ("distributed.cli.dask_worker", self.address, "--no-nanny", "--nthreads", "1")
        return self._start(*words)


@pytest.fixture
def dask():
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    with ExitStack() as stack:
        yield DaskOnLoopback(stack)
    # Dask leaves the sockets of a worker or scheduler that was killed to the garbage collector. Collected
    # here, they warn where the warning is expected, and not in whatever test comes next.
    gc.collect()


@pytest.mark.filterwarnings("default::ResourceWarning")
def test_a_cluster_that_loses_a_worker_gives_the_same_bytes(study, once, tmp_path, dask):
    from armsim.study.executors import cluster

    dask.scheduler()
    workers = [dask.worker(), dask.worker()]
    told, said = [], []

    def progress(at):
        told.append(at.done)
        if len(told) == 1:
            workers[0].kill()  # in the middle of a chunk

    ended = execute(study, tmp_path, executor=cluster(dask.address, said.append, 30.0), progress=progress)
    assert workers[0].poll() is not None
    assert workers[1].poll() is None
    assert told[0] < told[-1] == 2 * N
    assert files(ended.folder) == once


@pytest.mark.filterwarnings("default::ResourceWarning")
def test_a_scheduler_that_begins_anew_loses_no_chunk_that_ended(study, once, tmp_path, dask):
    from armsim.study.executors import cluster

    processes = [dask.scheduler(), dask.worker()]
    told, said = [], []

    def progress(at):
        told.append(at.done)
        if len(told) == 2:
            for process in processes:
                process.kill()
                process.wait()
            dask.scheduler()
            dask.worker()

    ended = execute(study, tmp_path, executor=cluster(dask.address, said.append, 60.0), progress=progress)
    assert any("is lost; what came back is kept" in line for line in said), said
    assert "The scheduler is back; going on." in said
    assert told == sorted(told)
    assert ended.ran == 2 * N  # nothing twice
    assert files(ended.folder) == once


def test_no_scheduler_is_said_in_a_sentence_and_what_had_ended_is_kept(study, tmp_path, dask, monkeypatch):
    from armsim.study import cluster

    monkeypatch.setattr(cluster, "_FIRST_WAIT", 0.2)
    before = threading.active_count()
    with pytest.raises(
        cluster.ClusterError, match=r"no Dask scheduler answers; start one with `dask scheduler`"
    ):
        execute(study, tmp_path, executor=cluster.Cluster(dask.address))
    assert threading.active_count() == before  # tries leave nothing behind
    assert not list(Path(tmp_path).glob("*/parts/*/part-*"))
