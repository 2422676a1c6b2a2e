"""The cover policies of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from armsim import registry
from armsim.config.extension import read_options
from armsim.model.cover.base import CoverPolicy

if TYPE_CHECKING:
    from armsim.model.world import World

#: Kinds that the engine's plain way of waiting carries out: patrol points, or the way home.
PLAIN = frozenset({"patrol", "return_to_base"})


def cover_policies(world: World) -> dict[tuple[int, int], CoverPolicy]:
    """By code of unit kind and force: the cover policy of kinds that do not just rove or go home."""
    found = {}
    for code, kind in enumerate(world.kinds):
        setting = world.scenario.units[kind].cover
        if setting is None or setting["kind"] in PLAIN:
            continue
        made: type[CoverPolicy] = registry.load("armsim.cover", str(setting["kind"]))
        options = read_options(made.Options, setting)
        group = world.bases[world.scenario.units[kind].bases]
        for force in sorted({base.force for base in group}):
            found[code, force] = made(options, world, kind, force)
    return found
