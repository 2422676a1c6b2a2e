"""People and units, as written in a scenario file: patterns, teams, unit kinds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from armsim.config.base import Model
from armsim.config.extension import read_options
from armsim.config.quantities import ClockSpan, Duration, Share
from armsim.config.schema.laws import TimeLaw
from armsim.config.schema.people import Attrition, AuthorisationName, EmploymentName, RoleName
from armsim.config.schema.region import Day, Weight

LevelName = Literal["LOW", "MODERATE", "SUBSTANTIAL", "SEVERE", "CRITICAL"]
UnitGrade = Literal["FIREARMS", "G1", "PLANNED", "G2", "G3", "POST"]
Officers = Annotated[int, Field(ge=0, le=50_000)]
Vehicles = Annotated[int, Field(ge=0, le=10_000)]
REST = "-"


class Pattern(Model):
    """A cyclic shift pattern worked by several teams, each a few days behind the one before."""

    teams: Annotated[int, Field(ge=1, le=20)]
    """Number of teams."""
    shifts: Annotated[dict[str, ClockSpan], Field(min_length=1, max_length=12)]
    """Shift letter: hours, such as E: "07:00-17:00"."""
    cycle: Annotated[tuple[str, ...], Field(min_length=1, max_length=400)]
    """The days of the cycle for the first team: a shift letter, or "-" for a rest day."""
    days_between_teams: Annotated[int, Field(ge=1, le=100)]
    """Team 2 is this many days behind team 1, and so on."""

    @model_validator(mode="after")
    def _letters(self) -> Pattern:
        if REST in self.shifts:
            raise ValueError('"-" means a rest day and cannot name a shift')
        unknown = sorted({day for day in self.cycle if day != REST and day not in self.shifts})
        if unknown:
            known = ", ".join(sorted(self.shifts))
            raise ValueError(f'the cycle names {", ".join(unknown)}, which is no shift; write {known} or "-"')
        return self


class Spells(Model):
    """Absence that comes in spells: some officers away for a while, never a coin tossed for each shift."""

    share: Share
    """Long-run share of officers away."""
    spell: Duration
    """Mean length of a spell."""


class PatternTeam(Model):
    """Officers who work a shift pattern."""

    kind: Literal["pattern"]
    role: RoleName = "RESPONSE"
    """What the team is for; neighbourhood teams (NPT) are what others abstract from."""
    establishment: Officers | dict[str, Officers]
    """Posts on the books; with several forces by force."""
    employment: dict[Literal["STUDENT", "PCSO"], Share] = {}
    """Share of officers who are student officers, or PCSOs; the rest are regular officers."""
    authorisations: dict[AuthorisationName, Share] = {}
    """Authorisation: share of officers in post who hold it. A CED is under ``ced_share``."""
    vacancies: Share = 0.0
    """Share of posts not filled."""
    pattern: str
    """Name of the pattern they work."""
    planned_absence: dict[str, Share] = {}
    """Leave, training, court and the like: share of duties, levelled so that no shift loses more."""
    working_absences: tuple[str, ...] = ("training", "court")
    """Planned absences that are hours of work all the same."""
    sickness: Spells | None = None
    """Sickness, in spells."""
    non_deployable: Spells | None = None
    """Officers who cannot be deployed, in spells."""
    attrition: Attrition | None = None
    """Officers who leave and the posts they leave empty; none has only ``vacancies``."""
    rest_days_worked: Share = 0.0
    """Share of officers on a rest day who work it by agreement, as planned overtime, at any level."""
    rest_days_owed: Annotated[float, Field(ge=0, le=100)] = 0.0
    """Rest days owed to each officer, on average, when the window opens."""
    ced_share: Share | dict[EmploymentName, Share] = 0.0
    """Share of officers trained to carry a CED, in all or by employment; policy says who of them may."""
    ced_devices: Officers | dict[str, Officers] | None = None
    """CEDs to draw from at the start of duty, with several forces by force; none is enough for all."""


class VolunteerTeam(Model):
    """Special constables: hours given, mostly on weekend evenings."""

    kind: Literal["volunteers"]
    headcount: Officers | dict[str, Officers]
    """Special constables; with several forces by force."""
    hours_a_month: Annotated[float, Field(ge=0, le=300)]
    """Mean hours that each gives in a month."""
    duty: Duration
    """Length of a duty."""
    starts: ClockSpan
    """Duties start evenly within these hours."""
    day_weights: dict[Day, Annotated[float, Field(ge=0, le=100)]]
    """Relative number of duties by day of the week."""
    in_patrols: Share
    """Share of duties spent in a patrol of their own; the others accompany regular officers."""
    ced_share: Share = 0.0
    """Share trained to carry a CED; policy says from when special constables may."""
    ced_devices: Officers | dict[str, Officers] | None = None
    """CEDs to draw from at the start of duty, with several forces by force; none is enough for all."""


Team = Annotated[PatternTeam | VolunteerTeam, Field(discriminator="kind")]


class Stagger(Model):
    """Some units of a shift start later than the rest."""

    share: Share
    """Share of units that start late."""
    delay: Duration
    """How much later they start and finish."""


class Breaks(Model):
    """Refreshment breaks; they yield to grade 1 and are lost when the window closes on a busy unit."""

    length: Duration
    """Length of the break."""
    earliest: Duration
    """Start of the window, from the start of duty."""
    latest: Duration
    """End of the window, from the start of duty."""

    @model_validator(mode="after")
    def _ordered(self) -> Breaks:
        if self.earliest > self.latest:
            raise ValueError("earliest is after latest; the window must open before it closes")
        return self


class Patrol(Model):
    """Roving between points drawn by weight, one for each time slot; the unit can be sent at any moment."""

    area: Literal["force", "beat"] = "beat"
    """Points over the unit's whole force, or over its zones nearest to the unit's own base."""
    weight: Weight = Weight()
    """What the points are drawn by."""
    slot: Duration = 30.0
    """A new point every so often."""


class UnitKind(Model):
    """A kind of unit and where it comes from: crews of a team, or a fixed number always on duty."""

    description: str = ""
    """What it is, in words."""
    team: str | None = None
    """Team that its crews come from."""
    order: Annotated[int, Field(ge=1, le=99)] = 1
    """Order in which kinds of one team take officers: 1 first."""
    crew: Annotated[int, Field(ge=1, le=12)] = 2
    """Officers in a crew; the minimum, below which there is no unit but a recorded shortfall."""
    crew_needs: dict[AuthorisationName, Annotated[int, Field(ge=1, le=12)]] = {}
    """Officers of the crew who must hold an authorisation, such as {AFO: 2}; without them no unit."""
    handover: Duration = 0.0
    """From the start of duty until the unit can be sent: briefing, kit, taking the vehicle over."""
    double_crewed: Share | dict[str, Share] | None = None
    """Share of units with one officer more than ``crew``, in all or by shift letter."""
    vehicles: Vehicles | dict[str, Vehicles] | None = None
    """Vehicles owned, with several forces by force; none needs no vehicle."""
    off_road: Spells | None = None
    """Vehicles off the road, in spells."""
    standing: dict[str, Annotated[int, Field(ge=0, le=10_000)]] | None = None
    """Base name: number of units always on duty there, without a team."""
    standing_ced: Annotated[int, Field(ge=0, le=12)] = 0
    """CED carriers in each standing unit."""
    bases: str
    """Group of bases that it starts and finishes at."""
    minimum_per_base: Annotated[int, Field(ge=0, le=100)] = 0
    """Every base gets this many units before any gets more."""
    stagger: Stagger | None = None
    """Late starters."""
    levels: tuple[LevelName, ...] = ()
    """Formed only at these threat levels; none is at all."""
    arv: bool = False
    """An armed response vehicle."""
    armed: bool = False
    """Its officers are armed."""
    ced: bool = True
    """Trained officers draw a CED; armed officers always carry one."""
    blue_light: bool = True
    """Driven by officers authorised to use blue lights."""
    serves: tuple[UnitGrade, ...]
    """Grades of work that it may be sent to."""
    handicap: dict[UnitGrade, Duration] = {}
    """Minutes added to its expected arrival when units are ranked for a grade."""
    patrol: Patrol | None = None
    """Roves when free; none waits at its base."""
    cover: dict[str, object] | None = None
    """Cover moves, where a free unit waits: ``kind`` and its options; write it or ``patrol``."""
    returns: Literal["dispatchable", "home_first"] = "dispatchable"
    """A unit on its way home may be sent, or is not free until it is back at its base."""
    breaks: Breaks | None = None
    """Refreshment breaks."""

    @model_validator(mode="after")
    def _one_source(self) -> UnitKind:
        if (self.team is None) == (self.standing is None):
            raise ValueError("write exactly one of team (crews from a team) or standing (always on duty)")
        if self.arv and not self.armed:
            raise ValueError("an armed response vehicle has an armed crew; write armed: true")
        return self

    @property
    def roving(self) -> Patrol | None:
        """How it roves when free, whether written as ``patrol`` or as ``cover: {kind: patrol}``."""
        if self.cover is not None and self.cover.get("kind") == "patrol":
            return read_options(Patrol, self.cover)
        return self.patrol


class Mobilisation(Model):
    """From being told to moving."""

    on_patrol: TimeLaw
    """Already in the vehicle."""
    at_base: TimeLaw
    """At a base, on a break, on a scene or on a post."""


class DiversionRule(Model):
    """Units that may be taken off lower work."""

    to: UnitGrade
    """Grade of the new work."""
    kinds: tuple[str, ...] = ()
    """Unit kinds it holds for; none is all."""
    off: tuple[UnitGrade, ...] = ()
    """Grades of the work left; must be lower than ``to``."""
    within_grade: bool = False
    """Work of the same grade and a lower priority may be left as well."""
    when: tuple[
        Literal["MOBILISING", "EN_ROUTE", "HOLDING", "ON_SCENE", "FOLLOW_ON", "ON_POST", "REFRESHMENTS"], ...
    ]
    """What the unit is doing."""
    levels: tuple[LevelName, ...] = ()
    """Threat levels it holds at; none is all."""


class TakeOver(Model):
    """A free unit takes the job of one that is still on its way."""

    saving: Duration = 3.0
    """Least saving; a job is taken over once at most."""


class DispatchConfig(Model):
    """Who is sent."""

    policy: dict[str, object]
    """Dispatch policy: ``kind`` and its options."""
    reserve: dict[str, dict[UnitGrade, Annotated[int, Field(ge=0, le=1_000)]]] = {}
    """Unit kind: grade: how many must stay free when one is taken for that grade."""
    diversion: tuple[DiversionRule, ...] = ()
    """The diversion matrix."""
    take_over: TakeOver | None = None
    """Jobs under way are taken over by nearer free units; none keeps whoever was sent."""
    mobilisation: Mobilisation
    """Turn-out times."""
    shift_margin: Duration = 0.0
    """A unit this near the end of its shift takes only firearms and grade 1 work."""
    overrun_limit: Duration = 240.0
    """A unit leaves its job this long after the end of its shift at the latest."""
