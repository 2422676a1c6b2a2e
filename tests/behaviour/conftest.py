"""Small random scenarios of a made-up region."""

from __future__ import annotations

import os
from typing import Any

import pytest


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Any:
    before = os.environ.get("ARMSIM_CACHE")
    os.environ["ARMSIM_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["ARMSIM_CACHE"]
    else:
        os.environ["ARMSIM_CACHE"] = before
