"""Several forces, as written in a scenario file: who they are to each other, and what they lend."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from armsim.config.base import Model
from armsim.config.quantities import Duration
from armsim.config.schema.desk import ForceDesk

Count = Annotated[int, Field(ge=0, le=1_000)]
Members = Annotated[tuple[str, ...], Field(min_length=1)]


class ForceConfig(Model):
    """One force of the region; what it leaves out is as for all."""

    overlay: bool = False
    """No zones of its own: a regional hub of specialists, a transport police. Its bases name it."""
    alliance: str | None = None
    """Name of the alliance that it belongs to; its members are asked for aid first."""
    region: str | None = None
    """Name of the policing region that it lies in; its forces are asked after the alliance's."""
    desk: ForceDesk | None = None
    """Its command desk and call takers; none is one like the scenario's ``desk``."""


class Bloc(Model):
    """Forces pooled without borders: one fleet, one reserve."""

    forces: Members
    """Its members."""
    desk: Literal["own", "joint"] = "own"
    """Each member's desk authorises in its own area, or one desk with all their places does in all."""


class MutualAid(Model):
    """When units are asked for and lent between blocs."""

    ask_below: Count = 1
    """Asked when fewer than this many of the bloc's own units of the kind are free."""
    ask_beyond: Duration | None = None
    """Asked as well when no own unit can arrive within this time; none does not ask for that reason."""
    lend_above: Count = 1
    """Lent only while more than this many of the lender's own units of the kind are free."""
    delay: Duration = 0.0
    """Mobilisation delay of a lent unit, before its turn-out."""
    kinds: tuple[str, ...] = ()
    """Unit kinds that are lent; none is all."""
    period: Duration | None = None
    """Lent for this long; none is for the job."""


class AidConfig(Model):
    """What forces do for each other."""

    default: Literal["ring_fenced", "mutual_aid", "pooled"] = "ring_fenced"
    """Between blocs: nothing, aid on request, or no borders (all forces that no bloc names are one)."""
    blocs: dict[str, Members | Bloc] = {}
    """Bloc name: its forces, or ``{forces: [...], desk: joint}``; a force in none is a bloc of its own."""
    mutual: MutualAid = MutualAid()
    """Terms of aid on request."""


def members(bloc: tuple[str, ...] | Bloc) -> tuple[str, ...]:
    """Forces that a bloc names, as written."""
    return bloc.forces if isinstance(bloc, Bloc) else bloc
