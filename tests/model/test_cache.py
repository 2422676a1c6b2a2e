import multiprocessing

import numpy as np
import pytest

from armsim.model import cache
from armsim.model.cache import cache_folder, cached_arrays

KEY = ["roads", b"\x00\x01"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ARMSIM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Builder:
    """Counts how often it is asked."""

    def __init__(self):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return {
            "a": np.arange(6, dtype=np.float32).reshape(2, 3),
            "b": np.array([-1, 2**31 - 1], dtype=np.int32),
        }


def same(arrays):
    expected = Builder()()
    assert arrays.keys() == expected.keys()
    for name, value in expected.items():
        assert arrays[name].dtype == value.dtype
        assert arrays[name].tolist() == value.tolist()


def test_second_call_reads_what_the_first_built(folder):
    build = Builder()
    for _ in range(3):
        same(cached_arrays("trees", KEY, build))
    assert build.calls == 1
    assert [path.name[:6] for path in folder.iterdir()] == ["trees-"]


@pytest.mark.parametrize("other", [("trees", ["roads\x00", b"\x01"]), ("trees", [b"roads"]), ("x", KEY)])
def test_another_key_or_kind_is_another_entry(folder, other):
    build = Builder()
    cached_arrays("trees", KEY, build)
    cached_arrays(*other, build)
    assert build.calls == 2


def test_a_new_format_version_reads_no_old_entry(folder, monkeypatch):
    build = Builder()
    cached_arrays("trees", KEY, build)
    monkeypatch.setattr(cache, "FORMAT_VERSION", "next")
    cached_arrays("trees", KEY, build)
    assert build.calls == 2


def flip(data, at):
    return data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :]


DAMAGE = {
    "empty": lambda data: b"",
    "truncated": lambda data: data[: len(data) // 2],
    "cut in the checksum": lambda data: data[:20],
    "one byte flipped in the payload": lambda data: flip(data, len(data) // 2),
    "one byte flipped in the checksum": lambda data: flip(data, 20),
    "garbled": lambda data: b"not a cache" * 100,
    "longer": lambda data: data + b"\x00",
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_rebuilt_and_replaced(folder, kind):
    build = Builder()
    cached_arrays("trees", KEY, build)
    (path,) = folder.iterdir()
    sound = path.read_bytes()
    path.write_bytes(DAMAGE[kind](sound))
    same(cached_arrays("trees", KEY, build))
    assert build.calls == 2
    same(cached_arrays("trees", KEY, build))
    assert build.calls == 2


def test_a_true_checksum_over_nonsense_is_rebuilt(folder):
    import hashlib

    build = Builder()
    cached_arrays("trees", KEY, build)
    (path,) = folder.iterdir()
    path.write_bytes(b"armsim arrays\n" + hashlib.sha256(b"nonsense").digest() + b"nonsense")
    same(cached_arrays("trees", KEY, build))
    assert build.calls == 2


def test_a_wrong_shape_is_rebuilt_and_replaced(folder):
    build = Builder()
    cached_arrays("trees", KEY, lambda: {"a": np.zeros(1)})

    def valid(arrays):
        return {name: array.shape for name, array in arrays.items()} == {"a": (2, 3), "b": (2,)}

    for _ in range(2):
        same(cached_arrays("trees", KEY, build, valid))
    assert build.calls == 1


def test_off_keeps_nothing(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("ARMSIM_CACHE", "off")
    monkeypatch.chdir(tmp_path)
    build = Builder()
    for _ in range(2):
        same(cached_arrays("trees", KEY, build))
    assert build.calls == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_no_error(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ARMSIM_CACHE", str(tmp_path / "file" / "cache"))
    build = Builder()
    for _ in range(2):
        same(cached_arrays("trees", KEY, build))
    assert build.calls == 2


def test_an_interrupted_write_leaves_no_trace(folder, monkeypatch):
    def fail(self, target):
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    same(cached_arrays("trees", KEY, Builder()))
    assert list(folder.iterdir()) == []


def test_where_the_folder_is(monkeypatch, tmp_path):
    monkeypatch.delenv("ARMSIM_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "armsim"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder() == tmp_path / "home" / ".cache" / "armsim"
    monkeypatch.setenv("ARMSIM_CACHE", "~/mine")
    assert cache_folder() == tmp_path / "home" / "mine"


def hammer(rounds, start, failures):
    """Write and damage one entry again and again; every answer must be right."""
    start.wait()
    for k in range(rounds):
        got = cached_arrays("trees", KEY, lambda: {"a": np.full(20_000, 7.0)})
        if got["a"].shape != (20_000,) or not (got["a"] == 7.0).all():
            failures.put(k)
        for path in cache_folder().glob("trees-*"):
            path.unlink(missing_ok=True)


def test_two_processes_on_one_entry(folder):
    context = multiprocessing.get_context("spawn")
    start, failures = context.Event(), context.Queue()
    workers = [context.Process(target=hammer, args=(150, start, failures)) for _ in range(2)]
    for worker in workers:
        worker.start()
    start.set()
    for worker in workers:
        worker.join(timeout=60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert failures.empty()
    assert not list(folder.glob(".new-*"))
