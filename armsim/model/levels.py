"""What a scenario sets at a threat level."""

from __future__ import annotations

from armsim.config.schema import Scenario
from armsim.config.schema.threat import LevelConfig
from armsim.domain import ThreatLevel

_NOTHING = LevelConfig()


def level_config(scenario: Scenario, level: ThreatLevel) -> LevelConfig:
    """What the scenario sets at *level*; nothing for a level that it leaves out."""
    return scenario.threat.levels.get(level.name) or _NOTHING  # type: ignore[call-overload]
