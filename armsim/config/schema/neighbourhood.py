"""Neighbourhood policing, as written in a scenario file: standards of engagement and what they ask for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from armsim.config.base import Model
from armsim.config.quantities import Duration, Share


class Standard(Model):
    """A minimum standard of engagement: so much time, or so many events of a length, a month."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    """What is promised."""
    team: str
    """Team that keeps it, in each of its areas."""
    hours_a_month: Annotated[float, Field(ge=0, le=100_000)] | None = None
    """Officer-hours a month in each area; write this or the two below."""
    events_a_month: Annotated[float, Field(ge=0, le=10_000)] | None = None
    """Events a month in each area."""
    hours_each: Annotated[float, Field(gt=0, le=1_000)] | None = None
    """Officer-hours that an event takes."""

    @model_validator(mode="after")
    def _one_measure(self) -> Standard:
        events = self.events_a_month is not None and self.hours_each is not None
        if events == (self.hours_a_month is not None) or (self.events_a_month is None) != (
            self.hours_each is None
        ):
            raise ValueError("write hours_a_month, or events_a_month and hours_each")
        return self

    @property
    def hours(self) -> float:
        """Officer-hours a month in each area."""
        if self.hours_a_month is not None:
            return self.hours_a_month
        return (self.events_a_month or 0.0) * (self.hours_each or 0.0)


class NeighbourhoodConfig(Model):
    """What neighbourhood teams promise, and how much of their duty engagement can have at all."""

    standards: tuple[Standard, ...] = ()
    """In the order in which the minutes left fill them."""
    month: Duration = 28 * 1440.0
    """Length of a month in these figures: the window is cut into whole ones and a rest."""
    engagement_share: Share = 0.5
    """Share of unabstracted duty that engagement can have; the rest is patrol, files and problem solving.
    Assumption (0.3 to 0.7)."""
