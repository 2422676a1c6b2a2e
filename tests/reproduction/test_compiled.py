"""The compiled engine and the plain one write the same bytes.

The test suite runs the source tree, which is plain Python. Where armsim is also installed as a wheel whose
engine was compiled (``tools/build_hook.py``), both are run here and their logs compared.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIGEST = """
import hashlib, sys
from pathlib import Path
import armsim.engine.fleet as fleet
from armsim.config.loader import load_scenario
from armsim.domain import Record
from armsim.engine.simulation import simulate
from armsim.study.worlds import world_of

loaded = load_scenario(Path(sys.argv[1]), sets=["window=3 days", "warm_up=1 day"])
tables = simulate(world_of(loaded), 7, 0, Record.FULL).tables
digest = hashlib.sha256()
for table in sorted(tables):
    for column in sorted(tables[table]):
        digest.update(tables[table][column].tobytes())
print(Path(fleet.__file__).suffix, digest.hexdigest())
"""


def engine(where: Path, scenario: Path, **environment: str) -> tuple[str, str]:
    """Suffix of the engine's module and digest of a full log, by an interpreter started in *where*."""
    done = subprocess.run(
        [sys.executable, "-c", DIGEST, str(scenario)],
        cwd=where, env={**os.environ, **environment}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    suffix, digest = done.stdout.split()
    return suffix, digest


def test_the_compiled_engine_writes_the_same_bytes(tmp_path: Path) -> None:
    scenario = ROOT / "scenarios" / "severe.yaml"
    suffix, installed = engine(tmp_path, scenario)
    if suffix == ".py":
        pytest.skip("armsim is not installed, or installed without a compiled engine")
    suffix, source = engine(tmp_path, scenario, PYTHONPATH=str(ROOT))
    assert suffix == ".py"
    assert installed == source
