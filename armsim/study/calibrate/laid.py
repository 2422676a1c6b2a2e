"""The scenario that a fragment is to be laid over: its zones, and whether both go together."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from armsim.config.checks import check
from armsim.config.compose import Composed, compose
from armsim.config.schema import Scenario
from armsim.config.tree import Origin, from_data, merge, origins, plain
from armsim.config.validate import names_in, validate
from armsim.errors import Problem, ScenarioError
from armsim.model.road_travel import zone_projection
from armsim.model.travel import Projection
from armsim.model.world import region_zones


@dataclass(frozen=True, eq=False)
class Below:
    """A scenario that a fragment is to be laid over.

    Attributes:
        composed: its settings.
        folder: folder of its file.
        scenario: the same, validated.
        zones: its zone frame.
    """

    composed: Composed
    folder: Path
    scenario: Scenario
    zones: pd.DataFrame

    @property
    def projection(self) -> Projection | None:
        """Degrees to the kilometres of its zones."""
        return zone_projection(self.zones, shipped=self.scenario.region.force is not None)

    def problems(self, fragment: dict[str, Any], name: str) -> tuple[Problem, ...]:
        """What ``armsim check`` would say of the scenario with the fragment laid over it.

        Args:
            fragment: settings.
            name: what the fragment is called in messages.
        """
        above = from_data(fragment, Origin(name, None, None, name))
        over = merge(from_data(self.composed.data, Origin(self.composed.file, None, None, "")), above)
        laid = replace(self.composed, data=plain(over), origins=origins(over))
        try:
            scenario = validate(Scenario, laid)
        except ScenarioError as error:
            return error.problems
        return tuple(one for one in check(scenario, laid, self.folder) if one.severity == "error")


def read_below(path: str | os.PathLike[str]) -> Below:
    """Read a scenario and its zones; nothing else of its world is made.

    Raises:
        ScenarioError: every problem found.
    """
    composed = compose(path, names=names_in(Scenario))
    scenario = validate(Scenario, composed)
    folder = Path(composed.file).parent
    return Below(composed, folder, scenario, region_zones(scenario.region, folder))
