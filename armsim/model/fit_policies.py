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


def unfit_policies(
    scenario: Scenario, zones: pd.DataFrame, bases: dict[str, tuple[Base, ...]]
) -> Iterator[Problem]:
    """Problems of options that name zones, bases, incident types or zone columns."""
    everywhere = frozenset(base.name for group in bases.values() for base in group)
    known = Known(
        zones=frozenset(zones["zone"]),
        bases=everywhere,
        types=frozenset(scenario.demand.types),
        columns=frozenset(name for name in zones.columns if zones[name].dtype.kind in "ifb"),
    )
    policy = scenario.dispatch.policy
    yield from _problems(("dispatch", "policy"), "armsim.dispatch", policy, known)
    for name, unit in scenario.units.items():
        if unit.cover is not None:
            own = frozenset(base.name for base in bases.get(unit.bases, ()))
            known_here = Known(known.zones, own, known.types, known.columns)
            yield from _problems(("units", name, "cover"), "armsim.cover", unit.cover, known_here)


def _problems(place: Path, group: str, setting: dict[str, object], known: Known) -> Iterator[Problem]:
    options = read_options(registry.load(group, str(setting["kind"])).Options, setting)
    if isinstance(options, PolicyOptions):
        for below, text in options.faults(known):
            yield Problem(text, path=format_path((*place, *below)))
