"""armsim as installed, away from its source tree: the scenarios come along."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ASK = "from armsim.config.shipped import examples; print(*examples())"


def test_the_shipped_scenarios_are_there(tmp_path):
    """In CI armsim is installed from a wheel; an editable install finds them in the source tree."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml"))
