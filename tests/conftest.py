"""The tiny scenario that tests of every part run."""

from pathlib import Path

import pytest

TINY = Path(__file__).with_name("tiny.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def tiny_text() -> str:
    return TINY


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    file = tmp_path / "tiny.yaml"
    file.write_text(TINY)
    return file
