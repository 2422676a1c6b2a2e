from pathlib import Path

import pytest

TINY = (Path(__file__).parents[2] / "tiny.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def day_text() -> str:
    """The tiny scenario that the study tests have, with patrols, so that there is something to move."""
    return TINY.replace("serves: [FIREARMS, G1]}", "serves: [FIREARMS, G1], patrol: {slot: 60 min}}")
