"""The client's side of a cluster, without one; ``tests/reproduction/test_execution.py`` has a real one."""

import sys
from types import SimpleNamespace

import pytest

from armsim.config.loader import load_scenario
from armsim.domain import Record
from armsim.errors import ArmsimError
from armsim.study import executors
from armsim.study.chunk import Task
from armsim.study.worlds import world_of

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
from armsim.study import cluster  # noqa: E402


class Answers:
    """A client whose workers answer as told."""

    def __init__(self, answers):
        self._answers = answers

    def run(self, function, on_error):
        assert (function, on_error) == (cluster.armsim_version, "return")
        return self._answers


def test_another_version_is_refused_with_both():
    mine = cluster.armsim_version()
    cluster._same_version(Answers({"tcp://a:1": mine}))
    with pytest.raises(cluster.ClusterError, match=rf"tcp://b:2 has armsim 9\.9, this is {mine}"):
        cluster._same_version(Answers({"tcp://a:1": mine, "tcp://b:2": "9.9"}))
    with pytest.raises(cluster.ClusterError, match="has no armsim that works"):
        cluster._same_version(Answers({"tcp://b:2": ModuleNotFoundError("No module named 'armsim'")}))
    with pytest.raises(
        cluster.ClusterError, match=r"a worker has armsim .*, this is|install the same version"
    ):
        cluster._run("9.9", [])


def test_a_worker_that_joined_without_worlds_says_so():
    task = Task("now", range(5), 3, Record.METRICS)
    assert cluster._run(cluster.armsim_version(), [(task, "no such world")]) is None


def test_chunks_are_handed_out_by_the_handful_when_they_are_short():
    pace = cluster._Pace()
    assert pace.handful(100, 2) == 1  # nothing is known yet
    pace.saw(SimpleNamespace(line={"seconds": 0.1}))
    assert pace.handful(1000, 2) == 20  # two seconds of work
    assert pace.handful(10, 2) == 2  # all threads have some to the end
    assert pace.handful(1, 2) == 1
    pace.saw(SimpleNamespace(line={"seconds": 9.9}))
    assert pace.handful(1000, 2) == 1


def test_a_world_travels_with_its_data_files(tmp_path, tiny_text):
    rows = [f"Z{index},{5000 + index},4.5,{3 * index},{index}" for index in range(8)]
    (tmp_path / "zones.csv").write_text("\n".join(["zone,population,area_km2,x_km,y_km", *rows]) + "\n")
    head, tail = tiny_text.split("region:\n")
    text = f"{head}region: {{zones: {{file: zones.csv}}}}\n{tail.split(chr(10), 1)[1]}"
    (tmp_path / "tiny.yaml").write_text(text)
    world = world_of(load_scenario(tmp_path / "tiny.yaml"))
    parcel = cluster._Parcel.of(world)
    assert [name for name, _, _ in parcel.files] == ["zones.csv"]
    (tmp_path / "zones.csv").unlink()
    again = parcel.open()
    assert again.zones.equals(world.zones)
    assert again.folder != world.folder
    assert cluster._Parcel.of(world_of(load_scenario(_tiny(tmp_path, tiny_text)))).key != parcel.key


def _tiny(folder, text):
    (folder / "other.yaml").write_text(text)
    return folder / "other.yaml"


def test_a_chunk_that_kills_workers_and_one_that_cannot_be_run_are_told():
    def failed(error):
        return SimpleNamespace(status="error", exception=lambda: error)

    client = SimpleNamespace(status="running")
    with pytest.raises(cluster.ClusterError, match=r"a worker cannot run a chunk: OSError: disk"):
        cluster._result(failed(OSError("disk")), client)
    gone = SimpleNamespace(status="cancelled", result=lambda: (_ for _ in ()).throw(OSError()))
    assert cluster._result(gone, client) is None  # the worker died with it: to be run again
    with pytest.raises(cluster._LostError):
        cluster._result(gone, SimpleNamespace(status="connecting"))


def test_without_dask_it_is_said_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "armsim.study.cluster")
    monkeypatch.setitem(sys.modules, "dask.config", None)
    with pytest.raises(ArmsimError, match=r"pip install 'armsim\[cluster\]'"):
        executors.cluster("tcp://host:1", print)
