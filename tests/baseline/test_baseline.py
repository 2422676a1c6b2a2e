"""Frozen figures of the shipped scenarios: they change on purpose, by the tool, or not at all."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("update_baseline", ROOT / "tools" / "update_baseline.py")
tool = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tool)


@pytest.mark.parametrize("name", tool.SCENARIOS)
def test_figures_are_those_frozen(name):
    frozen = json.loads(tool.FILE.read_text(encoding="utf-8"))[name]
    assert tool.figures(name) == pytest.approx(frozen, rel=1e-9, abs=1e-6)
