"""The same study gives the same bytes: processes, interruptions, kills, listing order, record level."""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from armsim.config.compose import compose
from armsim.config.loader import load_scenario

SEVERE = Path(__file__).parents[2] / "scenarios" / "severe.yaml"
SHORT = ("--set", "window=2 days", "--set", "warm_up=0", "--set", "cool_down=6 h")
#: Four whole chunks and a part of one: after the first there is time to be stopped, on a busy machine too.
N = 21
CHUNKS = [0, 5, 10, 15, 20]
HEEDING = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
PATIENCE = 120  # seconds before a run counts as hung


def words(*more, file=SEVERE, out="results", replications=N):
    command = [sys.executable, "-m", "armsim", "run", str(file), *SHORT, "--no-charts", "-q"]
    return [*command, "-n", str(replications), "-o", str(out), *more]


def environment():
    """As the user's, with a new hash seed for every run: nothing may depend on the order of a set."""
    return os.environ | {"PYTHONHASHSEED": str(random.SystemRandom().randrange(1, 2**32))}


def run(*more, code=0, **where):
    """Run to the end; returns the folder that stdout names."""
    done = subprocess.run(
        words(*more, **where),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=environment(),
        check=False,
    )
    assert done.returncode == code, done.stderr
    return Path(done.stdout.strip()) if code == 0 else done.stderr


def stop(out, with_signal, *more):
    """Start a run and send it a signal as soon as its first chunk is there; workers must end with it.

    It heeds Ctrl-C even if these tests were started in the background, where a shell has it ignored.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", HEEDING, *words(*more, out=out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    deadline = time.monotonic() + PATIENCE
    while not parts(out) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(with_signal)
    _, said = process.communicate(timeout=PATIENCE)
    return process.returncode, said


def parts(out):
    """Chunks that are done."""
    return sorted(Path(out).glob("*/parts/*/part-*"))


def hashes(folder):
    """Digest of every file below *folder*, its lock apart."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def metrics(folder):
    return (folder / "metrics.parquet").read_bytes()


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """A run in one process that nobody disturbed."""
    return run("-j", "1", out=tmp_path_factory.mktemp("once"))


def test_two_processes_give_the_same_bytes(once, tmp_path):
    twice = run("-j", "2", out=tmp_path)
    assert twice.name == once.name
    assert metrics(twice) == metrics(once)
    same = {name for name in hashes(once) if name not in {"manifest.json", "log.jsonl"}}
    assert {name: hashes(twice)[name] for name in same} == {name: hashes(once)[name] for name in same}


@pytest.mark.parametrize(("with_signal", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_stopped_run_goes_on_to_the_same_bytes(once, tmp_path, with_signal, code):
    returned, said = stop(tmp_path, with_signal, "-j", "1")
    assert returned == code, said
    assert "Traceback" not in said
    kept = {path: hashes(path) for path in parts(tmp_path)}
    assert 1 <= len(kept) < len(CHUNKS)
    folder = run(out=tmp_path)
    assert {path: hashes(path) for path in kept} == kept
    ran = [json.loads(line)["first"] for line in (folder / "log.jsonl").read_text().splitlines()]
    assert sorted(ran) == CHUNKS
    assert metrics(folder) == metrics(once)
    assert not list(folder.rglob(".tmp-*"))


def test_workers_end_with_a_parent_that_is_killed(once, tmp_path):
    """Nobody is left to hold the pipes of the run open, and what was done is kept."""
    returned, _ = stop(tmp_path, signal.SIGKILL, "-j", "2")
    assert returned == -signal.SIGKILL
    kept = {path: hashes(path) for path in parts(tmp_path)}
    assert kept
    folder = run("-j", "2", out=tmp_path)
    assert {path: hashes(path) for path in kept} == kept
    assert metrics(folder) == metrics(once)


def test_recording_more_changes_no_figure(once, tmp_path):
    folder = run("--record", "deployments", "-j", "1", out=tmp_path)
    assert folder.name != once.name
    assert len(list(folder.glob("deployments/*/part-*.parquet"))) == len(CHUNKS)
    assert metrics(folder) == metrics(once)


def test_another_study_never_overwrites(once, tmp_path):
    mine = tmp_path / once.name
    shutil.copytree(once, mine)
    before = hashes(mine)
    other = run("--seed", "5", out=tmp_path, replications=1)
    assert other != mine
    assert hashes(mine) == before
    assert metrics(other) != metrics(mine)


def test_a_folder_that_holds_another_study_is_refused(once, tmp_path):
    mine = tmp_path / once.name
    shutil.copytree(once, mine)
    manifest = json.loads((mine / "manifest.json").read_text())
    manifest["digest"] = "0" * 64
    (mine / "manifest.json").write_text(json.dumps(manifest))
    before = hashes(mine)
    said = run(out=tmp_path, code=2)
    assert "holds another run (digest 00000000" in said
    assert "nothing was overwritten" in said
    assert hashes(mine) == before


def backwards(data):
    """The same settings with every mapping listed from its end."""
    if isinstance(data, dict):
        return {key: backwards(data[key]) for key in reversed(data)}
    return [backwards(item) for item in data] if isinstance(data, list) else data


def small(folder, turned):
    """The shipped scenario on 30 zones of a CSV file; *turned* lists everything in another order."""
    draw = random.Random(7)
    zones = [
        f"Z{index:02},{draw.randrange(4_000, 12_000)},{draw.uniform(1, 30):.2f},"
        f"{draw.uniform(0, 40):.3f},{draw.uniform(0, 30):.3f}"
        for index in range(30)
    ]
    overrides = {
        "larger": {"description": "Two more vehicles", "set": {"units.arv.vehicles": 9}},
        "crews": {"description": "Crews of three", "set": {"units.arv.crew": 3}},
    }
    data = dict(compose(SEVERE).data)
    data["region"] = {"zones": {"file": "zones.csv"}}
    data["overrides"] = overrides
    data["study"] = {"seed": 4}
    if turned:
        random.Random(1).shuffle(zones)
        data = backwards(data)
    folder.mkdir()
    header = "zone,population,area_km2,x_km,y_km"
    (folder / "zones.csv").write_text("\n".join([header, *zones]) + "\n")
    file = folder / "small.yaml"
    file.write_text(json.dumps(data))
    return file


def test_listing_order_changes_no_byte(tmp_path):
    folders = []
    for name, turned in (("forwards", False), ("backwards", True)):
        file = small(tmp_path / name, turned)
        folders.append(
            run(
                "--with", "larger", "--with", "crews", file=file, out=tmp_path / f"{name}-out", replications=2
            )
        )
    first, second = folders
    assert (tmp_path / "forwards" / "zones.csv").read_bytes() != (
        tmp_path / "backwards" / "zones.csv"
    ).read_bytes()
    assert metrics(first) == metrics(second)
    assert (first / "zones.parquet").read_bytes() == (second / "zones.parquet").read_bytes()


def test_overrides_that_agree_may_be_asked_for_in_any_order(tmp_path):
    file = small(tmp_path / "scenario", False)
    one, other, none = (
        load_scenario(file, names) for names in (("larger", "crews"), ("crews", "larger"), ())
    )
    assert one.digest == other.digest != none.digest
