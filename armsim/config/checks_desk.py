"""Remarks on desks: settings that reach nothing, and levels that pass a force by."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from armsim.config.paths import Path
from armsim.config.schema import Scenario

Finding = tuple[Path, str, str]


def handover_is_used(scenario: Scenario) -> Iterator[Finding]:
    """A handover that no incident type asks for."""
    if any(one.authorisation is not None and one.command is None for one in scenario.demand.types.values()):
        return
    written: list[Path] = [("desk", "handover")] if scenario.desk.handover is not None else []
    written += [
        ("forces", name, "desk", "handover")
        for name, force in scenario.forces.items()
        if force.desk is not None and force.desk.handover is not None
    ]
    for place in written:
        yield place, "not used, as every type that needs authority says its own command, or none does", "note"


def command_follows_authority(scenario: Scenario) -> Iterator[Finding]:
    """A command of what needs no authority, and so never comes to the desk."""
    for name, kind in scenario.demand.types.items():
        if kind.command is not None and kind.authorisation is None:
            yield ("demand", "types", name, "command"), "not used, as the type needs no authorisation", "note"


def levels_reach_every_desk(scenario: Scenario) -> Iterator[Finding]:
    """A level's desk does not hold for a force that has one of its own."""
    for level, setting in scenario.threat.levels.items():
        for name, force in scenario.forces.items():
            if setting.desk is not None and force.desk is not None and level not in force.desk.levels:
                text = f"stays as it is at {level}; threat.levels.{level}.desk holds for other forces only"
                yield ("forces", name, "desk"), text, "note"


DESK_CHECKS: tuple[Callable[[Scenario], Iterator[Finding]], ...] = (
    handover_is_used,
    command_follows_authority,
    levels_reach_every_desk,
)
