"""A log as demand, and surges, as written in a scenario file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from armsim.config.base import Model
from armsim.config.quantities import Duration
from armsim.config.schema.dates import DateOf

MINUTES_PER_DAY = 1440.0
#: Stands in ``types`` for every type of the log that is not named.
EVERY_OTHER = "*"


class Trace(Model):
    """A command-and-control log as demand: its incidents come instead of drawn ones of the same types."""

    log: str
    """Mapping file of the log, relative to the scenario file."""
    mode: Literal["replay", "bootstrap", "surge_only"] = "replay"
    """The log's own days on their dates; whole days of it drawn at random; or only the days that ``surge``
    names, everything else drawn from the types' rates."""
    types: dict[str, str] = {}
    """Type in the log: incident type; "*" is every other type of the log. Empty: by their names."""
    leave_out: tuple[str, ...] = ()
    """Types of the log that are no demand here."""
    match: tuple[Literal["weekday", "month"], ...] = ("weekday",)
    """Bootstrap: what a day of the log must have in common with the day that it stands for."""
    per_unit: dict[
        Literal["officers", "ced", "armed_officers", "arv"], Annotated[int, Field(ge=1, le=100)]
    ] = {}
    """What each unit sent in the log stands for, such as {officers: 2}: an incident needs so much for each
    unit that was sent. Empty: needs are drawn as always."""
    use: tuple[Literal["call_handling", "on_scene"], ...] = ()
    """Recorded times used in place of drawn ones: received to first dispatch; work on the scene."""


class Surge(Model):
    """Days or hours of more demand than usual. Write ``scale`` with ``until``, or ``day``."""

    since: Annotated[Duration, Field(alias="from")]
    """When it begins, since the window opened."""
    until: Duration | None = None
    """When it ends, since the window opened."""
    scale: Annotated[float, Field(ge=1, le=50)] | None = None
    """Demand as a multiple of what it would be: 2 is twice; surges that meet add up."""
    types: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Incident types that it is about; none is all."""
    forces: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Forces in whose zones it is; none is all."""
    zones: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Zones that it is in; none is all."""
    day: DateOf | None = None
    """Day of the log of ``trace`` whose incidents come in place of that day's, from midnight to midnight."""

    @model_validator(mode="after")
    def _one_kind(self) -> Surge:
        if (self.scale is None) == (self.day is None):
            raise ValueError("write exactly one of scale (with until) or day (of the log)")
        if self.day is not None:
            self._whole_day()
        elif self.until is None:
            raise ValueError("scale needs until: when the surge ends")
        elif self.until <= self.since:
            raise ValueError("until must be later than from")
        return self

    def _whole_day(self) -> None:
        for name in ("until", "types", "forces", "zones"):
            if getattr(self, name) is not None:
                raise ValueError(f"day replays a whole day of the log; remove {name}")
        if self.since % MINUTES_PER_DAY:
            raise ValueError('day begins at a midnight: write from in whole days, such as "3 days"')
