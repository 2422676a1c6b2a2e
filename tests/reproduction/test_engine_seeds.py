"""One seed, one log: in one process twice, and in another under another hash seed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCENARIO = """
armsim: 1
title: seeds
start: "2018-03-05"
window: 3 days
warm_up: 6 h
region: {generated: {name: Shire, people: 80000, area: 300, rural_share: 0.3, towns: 2, zones: 12}}
bases: {all: {sites: {Mid: {busiest: 1}, Out: {busiest: 6}}}}
travel:
  kind: crow_fly
  acceleration: 0.245 km/min2
  cruising_speed: 63 km/h
  trip_noise: {at_zero: 0.3, floor: 0.1}
demand:
  day_to_day: {cv: 0.2}
  types:
    guns:
      grade: FIREARMS
      annual: 1500
      attendance: {arv: 1}
      authorisation: {median: 2 min, p90: 5 min}
      on_scene: {median: 60 min, p90: 120 min}
    high:
      grade: G1
      annual: 9000
      attendance: {officers: {1: 0.5, 2: 0.5}}
      on_scene: {median: 40 min, p90: 120 min}
    low:
      grade: G2
      annual: 9000
      attendance: {officers: 1}
      on_scene: {exponential: 60 min}
      patience: {exactly: 4 h}
units:
  car: {standing: {Mid: 3, Out: 2}, crew: 1, bases: all, serves: [G1, G2], patrol: {slot: 45 min}}
  arv:
    standing: {Mid: 1}
    bases: all
    armed: true
    arv: true
    serves: [FIREARMS, G1]
    patrol: {area: force}
dispatch:
  policy: {kind: nearest}
  diversion:
    - {to: FIREARMS, off: [G1], when: [MOBILISING, EN_ROUTE, ON_SCENE]}
    - {to: G1, off: [G2], when: [EN_ROUTE, ON_SCENE]}
  mobilisation: {on_patrol: {median: 1 min, p90: 2 min}, at_base: {median: 2 min, p90: 4 min}}
threat: {timeline: [{level: SEVERE}]}
"""


def fingerprints(path: Path, seed: int) -> dict[str, str]:
    """SHA-256 of each table of replication 1: names of columns and bytes."""
    from armsim.config.loader import load_scenario
    from armsim.domain import Record
    from armsim.engine.simulation import simulate
    from armsim.model.world import build_world

    loaded = load_scenario(path)
    log = simulate(build_world(loaded.scenario, loaded.folder), seed, 1, Record.FULL)
    digests = {}
    for name, table in log.tables.items():
        digest = hashlib.sha256()
        for column, values in table.items():
            digest.update(column.encode() + values.tobytes())
        digests[name] = digest.hexdigest()
    return digests


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARMSIM_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "seeds.yaml"
    file.write_text(SCENARIO)
    return file


def test_one_seed_gives_one_log(path: Path) -> None:
    here = fingerprints(path, 7)
    assert fingerprints(path, 7) == here
    other = "1" if os.environ.get("PYTHONHASHSEED") == "4242" else "4242"
    there = subprocess.run(
        [sys.executable, __file__, str(path), "7"],
        env=os.environ | {"PYTHONHASHSEED": other},
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(there.stdout) == here


def test_another_seed_gives_another_log(path: Path) -> None:
    one, other = fingerprints(path, 7), fingerprints(path, 8)
    for table in ("incidents", "deployments", "unit_status", "survey"):
        assert one[table] != other[table]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(fingerprints(Path(sys.argv[1]), int(sys.argv[2]))))
