import importlib.util
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("tiny", Path(__file__).parents[2] / "study" / "conftest.py")
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)


@pytest.fixture(scope="session")
def day_text() -> str:
    """The tiny scenario that the study tests have, with patrols, so that there is something to move."""
    return _MODULE.TINY.replace("serves: [FIREARMS, G1]}", "serves: [FIREARMS, G1], patrol: {slot: 60 min}}")
