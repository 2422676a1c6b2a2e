"""``armsim verify --quick`` accepts the engine: the packaged cases, and those of the theory folder."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from armsim.cli import main

JOBS = str(min(2, os.cpu_count() or 1))


def accepts(*files: str) -> None:
    done = CliRunner().invoke(main, ["verify", *files, "--quick", "-j", JOBS])
    bad = [line for line in done.stdout.splitlines() if not line.endswith(" ok")]
    assert done.exit_code == 0, "\n".join([*bad, done.stderr])


@pytest.mark.slow
def test_packaged_cases() -> None:
    accepts()


@pytest.mark.slow
def test_public_cases() -> None:
    folder = os.environ.get("ARMSIM_DATA")
    path = Path(folder).parent / "theory" / "cases_public.json" if folder else None
    if path is None or not path.is_file():
        pytest.skip("ARMSIM_DATA names no folder that has cases_public.json in the folder theory beside it")
    accepts(str(path))
