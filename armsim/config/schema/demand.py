"""Demand, as written in a scenario file: incident types, profiles, seasons, day-to-day spread."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from armsim.config.base import Model
from armsim.config.quantities import ClockSpan, Duration, Share
from armsim.config.schema.laws import Counts, TimeLaw
from armsim.config.schema.region import EVERY_DAY, Day, Weight
from armsim.config.schema.traces import Surge, Trace

GradeName = Literal["FIREARMS", "G1", "PLANNED", "G2", "G3"]
CapabilityName = Literal["officers", "ced", "armed_officers", "arv"]
MilestoneName = Literal["first_officer", "first_ced", "first_armed", "full_attendance"]
Attendance = dict[CapabilityName, Counts]
Month = Literal["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_Factor = Annotated[float, Field(ge=0, le=100)]
_Annual = Annotated[float, Field(ge=0, le=50_000_000)]


class Adjustment(Model):
    """A profile multiplied at some hours of some days."""

    days: tuple[Day, ...] = EVERY_DAY
    """Days it holds on."""
    hours: ClockSpan
    """Hours of those days."""
    factor: _Factor
    """Multiplier; adjustments that meet multiply each other."""


class Profile(Model):
    """Relative rate by hour of the week; only its shape counts, it is scaled to the annual rate."""

    hours: Annotated[tuple[_Factor, ...], Field(min_length=24, max_length=24)]
    """24 relative rates, from the hour that begins at midnight."""
    adjustments: tuple[Adjustment, ...] = ()
    """Days and hours that differ."""


class DayToDay(Model):
    """Days that are busier than the profile says: a gamma factor of mean 1 for each day."""

    cv: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Coefficient of variation of the factor."""
    shared: Share = 0.5
    """Share of its variance common to all types and forces: pooling cannot cure a day busy everywhere."""


class StandDown(Model):
    """Mobilisations that end before an armed unit arrives."""

    per_operation: Annotated[float, Field(ge=0, le=20)]
    """Stood-down mobilisations per authorised operation; ``annual`` is multiplied by 1 + this."""
    after: TimeLaw
    """Time from authorisation (call handling and authorisation service) until it is stood down."""


class FollowOn(Model):
    """Work elsewhere after the scene: custody, hospital, mental-health handover."""

    share: Share
    """Probability that an incident leads to it."""
    duration: TimeLaw
    """How long the first unit on scene is off for."""


class Escalation(Model):
    """An incident that turns into one of another type while it is open."""

    to: str
    """Incident type that it becomes: a new incident at the same place with clocks of its own."""
    probability: Share
    """Probability that an incident that stays open long enough escalates."""
    after: TimeLaw
    """When, from received."""


class Booked(Model):
    """Work booked hours ahead, put off when too few units would be left."""

    keep_free: Annotated[int, Field(ge=0, le=100)] = 0
    """Armed response vehicles that must stay free beside those sent, else it is postponed."""
    retry: Duration = 1440.0
    """How long it is put off for."""
    attempts: Annotated[int, Field(ge=1, le=30)] = 3
    """Attempts before it is given up and counts as lost."""


class Containment(Model):
    """A second wave: units that hold a ring around the place once the first are there."""

    attendance: Attendance
    """What must be there beside the first wave."""
    after: MilestoneName | Literal["authorised"] = "first_armed"
    """What has it asked for."""
    delay: Duration = 0.0
    """How long after that it is asked for."""


class IncidentType(Model):
    """One kind of incident. Rates are of mobilisations before stand-downs are added."""

    description: str = ""
    """What it is, in words."""
    grade: GradeName
    """Order in which it is served."""
    priority: Annotated[int, Field(ge=0, le=99)] = 0
    """Order inside the grade: 0 first."""
    annual: _Annual | dict[str, _Annual] | None = None
    """Incidents a year in the whole region, or by force."""
    annual_per_100k: _Annual | None = None
    """Incidents a year per 100,000 residents."""
    annual_by_zone: dict[str, _Annual] | None = None
    """Incidents a year by zone id."""
    weight: Weight = Weight()
    """How it spreads over zones (not with annual_by_zone)."""
    profile: str | None = None
    """Name of a profile; none is flat."""
    call_handling: TimeLaw = TimeLaw(exactly=0.0)
    """From received to graded: ready for a unit to be sent."""
    authorisation: TimeLaw | None = None
    """Service time at the command desk, queue excluded; none needs no authority."""
    wait_for_authority: bool = False
    """Armed units wait for authority before they move; otherwise they travel while it is sought."""
    command: Duration | None = None
    """How long the desk commands after authorisation, for this type; none is the desk's ``handover``."""
    attendance: Attendance
    """What must be there: capability: number, or capability: {number: probability}."""
    containment: Containment | None = None
    """A second wave; ``attendance`` is then the first."""
    ced_use: Share = 0.0
    """Probability that a CED is used (drawn or more) where an officer who carries one has come."""
    not_by: tuple[str, ...] = ()
    """Unit kinds that are never sent."""
    send: Literal["as_available", "together", "partial"] = "as_available"
    """Units go as they can be had, only when all can be had, or those that can be had once and no more."""
    release: Literal["in_common", "singly"] = "in_common"
    """All units leave when the work is done, or each does a piece of work of its own and leaves."""
    on_scene: TimeLaw
    """Work on the scene: of the incident, or of each unit where they are released singly."""
    on_scene_factor: dict[str, Annotated[float, Field(gt=0, le=1000)]] = {}
    """Unit kind or base: multiplier of the work done by its units (the first on scene, if in common)."""
    on_scene_from: MilestoneName = "first_officer"
    """Milestone that starts the work."""
    on_scene_at_latest: Duration = 60.0
    """Work starts this long after the first arrival at the latest."""
    later_units_stay: Share | None = None
    """Share of the remaining work that units after the first stay for; none keeps all to the end."""
    follow_on: FollowOn | None = None
    """Work elsewhere for the first unit afterwards."""
    stand_down: StandDown | None = None
    """Mobilisations stood down before an armed unit arrives."""
    escalation: Escalation | None = None
    """Another type that it may turn into."""
    patience: TimeLaw | None = None
    """How long from received before it is lost; none waits for ever."""
    patience_ends: Literal["arrival", "assignment"] = "arrival"
    """What ends the patience: the first arrival, or the first unit sent."""
    crew_off: Share = 0.0
    """Probability that the first armed crew on scene is off for the rest of its tour (a discharge)."""
    relieved: bool = False
    """Units are relieved on the spot at the end of their shift."""
    booked: Booked | None = None
    """Booked ahead; left out of response figures."""

    @model_validator(mode="after")
    def _whole(self) -> IncidentType:
        rates = [
            name
            for name in ("annual", "annual_per_100k", "annual_by_zone")
            if getattr(self, name) is not None
        ]
        if len(rates) > 1:  # whether none will do hangs on the trace
            wrote = ", ".join(rates)
            raise ValueError(f"write exactly one of annual, annual_per_100k, annual_by_zone; got {wrote}")
        if not self.attendance:
            raise ValueError("attendance is empty; write what must be there, such as {officers: 1}")
        return self


class DemandConfig(Model):
    """Everything that asks for units."""

    types: Annotated[dict[str, IncidentType], Field(min_length=1, max_length=200)]
    """Incident types by name."""
    profiles: dict[str, Profile] = {}
    """Hour-of-week profiles by name."""
    season: dict[Month, _Factor] = {}
    """Month: multiplier; months left out are 1."""
    day_to_day: DayToDay = DayToDay()
    """Over-dispersion from day to day."""
    trace: Trace | None = None
    """A command-and-control log as demand."""
    surge: dict[str, Surge] = {}
    """Days or hours of more demand than usual, by name."""
    paperwork: Duration = 0.0
    """What every unit needs after a job before it is free again."""
