"""What a notebook needs: load a scenario, plan a study, run it, open its results."""

from __future__ import annotations

from armsim.config.loader import Loaded, load_scenario
from armsim.domain import Record
from armsim.study.plan import Study
from armsim.study.results import Results
from armsim.study.runner import run_study

__all__ = ["Loaded", "Record", "Results", "Study", "load_scenario", "run_study"]
