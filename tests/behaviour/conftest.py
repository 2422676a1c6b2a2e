"""Small random scenarios of a made-up region."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import Phase, settings

# Without shrinking: a failure would be run hundreds of times before it is told.
settings.register_profile(
    "armsim", deadline=None, derandomize=True, max_examples=12, database=None, phases=(Phase.generate,)
)
settings.load_profile("armsim")


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Any:
    before = os.environ.get("ARMSIM_CACHE")
    os.environ["ARMSIM_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["ARMSIM_CACHE"]
    else:
        os.environ["ARMSIM_CACHE"] = before
