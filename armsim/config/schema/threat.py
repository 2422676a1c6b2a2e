"""Threat levels, as written in a scenario file: the timeline and what each level sets."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from armsim.config.base import Model
from armsim.config.quantities import ClockSpan, Duration, Share
from armsim.config.schema.demand import Attendance, CapabilityName
from armsim.config.schema.desk import LevelDesk
from armsim.config.schema.duty import LevelName, UnitGrade
from armsim.config.schema.laws import TimeLaw
from armsim.config.schema.people import CallIn, EmploymentName, Recall


class LevelChange(Model):
    """The level from a moment on."""

    at: Duration = 0.0
    """Since the start of the window; the first entry is at 0."""
    level: LevelName
    """The level from then on."""


class Post(Model):
    """A place to be filled by units while the level holds."""

    description: str = ""
    """What it is, in words."""
    site: str
    """Name of a site."""
    count: Annotated[int, Field(ge=1, le=200)] = 1
    """Posts of this kind at the site."""
    needs: dict[CapabilityName, Annotated[int, Field(ge=1, le=50)]]
    """What one of them needs, such as {armed_officers: 2}."""
    hours: ClockSpan
    """Opening hours."""
    kinds: Annotated[tuple[str, ...], Field(min_length=1)]
    """Unit kinds that may fill it; the earlier is asked first."""
    priority: Annotated[int, Field(ge=0, le=99)] = 0
    """Order among posts: 0 first."""
    starts_after: Duration = 0.0
    """Wanted this long after the level takes hold."""
    until_backfill: bool = False
    """Taken over by military backfill."""


class LevelDuty(Model):
    """What the level changes in duty, from each team's next parade."""

    shift_length: Duration | None = None
    """Length of every shift of the teams named; same starting times."""
    rest_days_cancelled: Share = 0.0
    """Share of officers on a rest day who are called in."""
    pattern: str | None = None
    """Shift pattern that the teams named work at this level, from each officer's first parade of it that
    leaves daily rest; none keeps their own."""
    keep_on: Duration = 0.0
    """Officers on duty when the level takes hold stay this much longer."""
    recall: Recall | None = None
    """Officers called from home when the level takes hold."""
    volunteers: CallIn | None = None
    """Special constables asked for more duties while the level holds."""
    ced: tuple[EmploymentName, ...] | None = None
    """Employments that carry CEDs at this level; none is all that policy allows."""
    suspend: tuple[str, ...] = ()
    """Planned absences that stop, such as training; they are made up afterwards."""
    teams: tuple[str, ...] = ()
    """Teams it holds for; none is all that work a pattern."""


class LevelConfig(Model):
    """What one threat level sets; what it leaves out stays as in the rest of the scenario."""

    description: str = ""
    """What the level means for the force, in words."""
    demand: dict[str, Annotated[float, Field(ge=0, le=20)]] = {}
    """Incident type: multiplier of its rate; 1 as published operations did not follow the level."""
    attendance: dict[str, Attendance] = {}
    """Incident type: attendance at this level."""
    duty: LevelDuty = LevelDuty()
    """Duty at this level."""
    posts: dict[str, Post] = {}
    """Posts by name."""
    reserve: dict[str, dict[UnitGrade, Annotated[int, Field(ge=0, le=1_000)]]] = {}
    """Unit kind: grade: how many must stay free; replaces dispatch.reserve for what it names."""
    desk: LevelDesk | None = None
    """The command desk at this level, of every force without a desk of its own."""
    backfill_after: Duration | None = None
    """Lead time after which military backfill takes over the posts marked so; none never comes."""


class LevelSpell(Model):
    """How long a level lasts where levels are drawn, and what comes next."""

    dwell: TimeLaw
    """Length of a spell."""
    next: Annotated[dict[LevelName, Share], Field(min_length=1)]
    """Level: probability that it is the next one."""


class LevelProcess(Model):
    """Levels drawn as a semi-Markov process, which goes on from the last entry of the timeline."""

    levels: Annotated[dict[LevelName, LevelSpell], Field(min_length=1)]
    """Spells by level; a level left out holds to the end once it is reached."""
    first: Literal["begins", "under_way"] = "begins"
    """The spell of the last entry begins there, or has been under way for as long as such spells have."""

    @model_validator(mode="after")
    def _changes(self) -> LevelProcess:
        for name, spell in self.levels.items():
            if name in spell.next:
                raise ValueError(f"{name} is followed by {name}; the next level must be another one")
        return self


class ThreatConfig(Model):
    """The timeline and the levels' settings."""

    timeline: Annotated[tuple[LevelChange, ...], Field(min_length=1, max_length=1_000)]
    """The level from the start and its changes."""
    process: LevelProcess | None = None
    """Levels drawn from the last entry of the timeline on; none holds the last one."""
    levels: dict[LevelName, LevelConfig] = {}
    """Settings by level."""

    @model_validator(mode="after")
    def _ordered(self) -> ThreatConfig:
        if self.timeline[0].at != 0:
            raise ValueError("the first entry of the timeline must be at 0")
        for index, (before, change) in enumerate(pairwise(self.timeline), start=1):
            if change.at <= before.at:
                entry = f"entry {index} ({change.level}) is not after the one before it"
                raise ValueError(f"the times of the timeline must rise; {entry}")
        return self
