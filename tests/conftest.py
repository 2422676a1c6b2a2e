"""The tiny scenario that tests of every part run, and how hypothesis looks for counter-examples."""

from pathlib import Path

import pytest
from hypothesis import settings

# A loaded machine is no fault, and what is tried is the same each time: a test that passes does so again.
settings.register_profile("armsim", deadline=None, derandomize=True)
settings.load_profile("armsim")

TINY = Path(__file__).with_name("tiny.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def tiny_text() -> str:
    return TINY


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    file = tmp_path / "tiny.yaml"
    file.write_text(TINY)
    return file
