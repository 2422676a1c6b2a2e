"""The dispatch policy of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from armsim import registry
from armsim.config.extension import read_options
from armsim.model.policies.base import DispatchPolicy

if TYPE_CHECKING:
    from armsim.model.world import World


def dispatch_policy(world: World) -> DispatchPolicy:
    """The policy that the scenario of *world* names, with its options."""
    setting = world.scenario.dispatch.policy
    kind: type[DispatchPolicy] = registry.load("armsim.dispatch", str(setting["kind"]))
    return kind(read_options(kind.Options, setting), world)
