"""Units that wait at their own base, or rove."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from armsim.config.base import Model
from armsim.config.schema.duty import Patrol
from armsim.model.cover.base import Stays
from armsim.model.policies.base import NoOptions

if TYPE_CHECKING:
    from armsim.model.world import World


class ReturnToBase(Stays):
    """A free unit goes back to its own base; what units do that have neither cover nor patrol."""

    Options: type[Model] = NoOptions

    def __init__(self, options: Any, world: World, kind: str, force: int) -> None:  # noqa: ARG002
        self.options = options

    def goes_to(self, own: int, held: Sequence[int]) -> int:  # noqa: ARG002
        """Its own base."""
        return own


class PatrolCover(ReturnToBase):
    """A free unit roves between points drawn by weight, one a time slot; the same as patrol."""

    Options = Patrol
