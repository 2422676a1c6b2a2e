"""Attacks, as written in a scenario file: sites, a burst of calls, desk tasks, a raised level."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from armsim.config.base import Model
from armsim.config.quantities import Distance, Duration, Share
from armsim.config.schema.duty import LevelName
from armsim.config.schema.laws import TimeLaw
from armsim.config.schema.region import Weight

_Sites = Annotated[int, Field(ge=1, le=50)]
_Number = Annotated[int, Field(ge=0, le=10_000)]
_Near = Annotated[Distance, Field(gt=0, le=500)]


class AttackCalls(Model):
    """Calls of one incident type that an attack brings, evenly over a while from its first minute."""

    number: _Number | dict[_Number, Share]
    """How many, or number: probability."""
    over: Duration
    """They come within this time."""
    near: _Near = 1.0
    """Each is within this distance of one of the sites, evenly over the ground."""


class DeskTasks(Model):
    """Tasks that an attack brings to the command desk beside authorisation and command."""

    number: _Number | dict[_Number, Share]
    """How many, or number: probability."""
    service: TimeLaw
    """How long the desk is taken by each, queue excluded."""
    over: Duration
    """They come evenly within this time from the first minute of the attack."""


class RaisedLevel(Model):
    """The threat level that an attack raises; a higher one that holds already stays."""

    to: LevelName
    """The level."""
    after: Duration = 0.0
    """How long after the first minute of the attack it takes hold."""
    lasts: TimeLaw
    """How long until the level that the timeline says comes back."""


class Attack(Model):
    """An attack: one or several sites, and what comes with them.

    It belongs to the whole region. Level multipliers, profiles, seasons and busy days leave it alone.
    """

    description: str = ""
    """What it is, in words."""
    annual: Annotated[float, Field(ge=0, le=1000)] = 0.0
    """Attacks a year in the whole region, evenly over the window; 0 comes only in a study given one."""
    sites: _Sites | dict[_Sites, Share] = 1
    """How many sites, or number: probability."""
    where: Weight | tuple[str, ...] = Weight()
    """Sites drawn by a weight of zones, or from a list of names under sites, none of them twice."""
    apart: TimeLaw = TimeLaw(exactly=0.0)
    """From one site to the next."""
    within: _Near | None = None
    """Later sites are this near to the first: named sites themselves, else the centroids of their zones."""
    incident: str
    """Incident type at each site; it may have an annual rate of 0."""
    calls: dict[str, AttackCalls] = {}
    """Incident type: calls of that type near the sites."""
    desk_tasks: DeskTasks | None = None
    """Tasks for the command desk."""
    level: RaisedLevel | None = None
    """Threat level that it raises."""

    @property
    def most_sites(self) -> int:
        """Largest number of sites that it may have."""
        return self.sites if isinstance(self.sites, int) else max(self.sites, default=0)

    @model_validator(mode="after")
    def _enough_places(self) -> Attack:
        if isinstance(self.where, Weight):
            return self
        if len(set(self.where)) < len(self.where):
            raise ValueError("where names a site twice; write each once")
        if self.most_sites > len(self.where):
            named = len(self.where)
            raise ValueError(f"up to {self.most_sites} sites are drawn from where, which names {named}")
        return self


class GivenAttack(Model):
    """A study given an attack: one more in every replication, its place drawn. Write ``at`` or ``drawn``."""

    attack: str
    """Name of the attack."""
    at: Duration | None = None
    """Its first minute, from the opening of the window: 3 days 20 h is 20:00 on the fourth day."""
    drawn: tuple[Duration, Duration] | None = None
    """Its first minute is drawn evenly between these two, from the opening of the window."""

    @model_validator(mode="after")
    def _one_way(self) -> GivenAttack:
        if (self.at is None) == (self.drawn is None):
            raise ValueError("write exactly one of at (a time) or drawn (earliest and latest time)")
        if self.drawn is not None and not self.drawn[0] < self.drawn[1]:
            raise ValueError("the second time of drawn must be after the first; write at for a fixed time")
        return self

    @property
    def latest(self) -> float:
        """Latest first minute that it may have."""
        return self.at if self.at is not None else self.drawn[1] if self.drawn is not None else 0.0
