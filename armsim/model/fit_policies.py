"""Names in the options of dispatch policies and cover moves that the world does not have."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from armsim import registry
from armsim.config.extension import read_options
from armsim.config.paths import Path, format_path
from armsim.config.schema import Scenario
from armsim.errors import Problem
from armsim.model.bases import Base
from armsim.model.policies.base import Known, PolicyOptions


def policy_findings(
    scenario: Scenario, zones: pd.DataFrame, bases: dict[str, tuple[Base, ...]]
) -> tuple[list[Problem], list[str]]:
    """Problems of options that name zones, bases, incident types or zone columns, and remarks."""
    problems, remarks = [], []
    for place, group, setting, at in _settings(scenario, bases):
        options = read_options(registry.load(group, str(setting["kind"])).Options, setting)
        if isinstance(options, PolicyOptions):
            known = _known(scenario, zones, at)
            problems += [
                Problem(text, path=format_path((*place, *below))) for below, text in options.faults(known)
            ]
            remarks += [f"{format_path(place)}: {text}" for text in options.remarks(known)]
    return problems, remarks


def _settings(
    scenario: Scenario, bases: dict[str, tuple[Base, ...]]
) -> Iterator[tuple[Path, str, dict[str, object], list[Base]]]:
    """Where a policy is named, its group of extensions, what is written, and the bases it may name."""
    everywhere = [base for group in bases.values() for base in group]
    yield ("dispatch", "policy"), "armsim.dispatch", scenario.dispatch.policy, everywhere
    for name, unit in scenario.units.items():
        if unit.cover is not None:
            yield ("units", name, "cover"), "armsim.cover", unit.cover, [*bases.get(unit.bases, ())]


def _known(scenario: Scenario, zones: pd.DataFrame, bases: list[Base]) -> Known:
    return Known(
        zones=frozenset(zones["zone"]),
        bases=frozenset(base.name for base in bases),
        types=frozenset(scenario.demand.types),
        columns=frozenset(name for name in zones.columns if zones[name].dtype.kind in "ifb"),
    )
