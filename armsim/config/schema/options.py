"""Options that a review compares and limits that a posture is held against, as written in a scenario file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from armsim.config.base import Model
from armsim.config.quantities import Share
from armsim.config.schema.duty import LevelName

OverrideNames = Annotated[tuple[str, ...], Field(max_length=32)]


class SustainConfig(Model):
    """For how long a posture can be held: limits that end it, each with a name; none is switched off."""

    level: LevelName = "CRITICAL"
    """The level that is held."""
    days: Annotated[int, Field(ge=1, le=365)] = 84
    """How long it is looked at, days."""
    teams: tuple[str, ...] = ()
    """Teams that are judged; none is every team that the level's duty names, else all that work a pattern."""
    rest_days: Annotated[float, Field(ge=0, le=200)] | None = 3.4
    """Rest days lost to an officer, on average: cancelled and not given back, the opening debt among them.
    3.4 was the published stock a officer on the last day of CRITICAL in September 2017."""
    hours: Annotated[float, Field(ge=0, le=168)] | None = 48.0
    """Average working week of an officer over the reference period, hours."""
    share_over_hours: Share | None = 0.5
    """Share of officers whose average week is above the limit of ``people.hours``."""
    crewing: Share | None = 0.6
    """Least share of planned crews of armed response vehicles formed over a week. Crews are planned as if
    nobody were absent: leave, training and sickness alone leave about two thirds of them."""
    by_day: bool = False
    """Sums by day of what the limits are about are kept in the run folder; ``armsim sustain`` sets it."""
