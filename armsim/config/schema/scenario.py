"""The scenario file, whole."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from armsim.config.base import Model
from armsim.config.glance import scenario_html
from armsim.config.quantities import Duration
from armsim.config.schema.attacks import Attack, GivenAttack
from armsim.config.schema.dates import DateOf
from armsim.config.schema.demand import DemandConfig, MilestoneName
from armsim.config.schema.desk import DeskConfig
from armsim.config.schema.duty import DispatchConfig, Pattern, Team, UnitGrade, UnitKind
from armsim.config.schema.forces import AidConfig, ForceConfig
from armsim.config.schema.money import PricesConfig
from armsim.config.schema.neighbourhood import NeighbourhoodConfig
from armsim.config.schema.options import SustainConfig
from armsim.config.schema.people import PeopleConfig, Uplift
from armsim.config.schema.region import BaseGroup, RegionConfig, Spot, TravelConfig
from armsim.config.schema.threat import ThreatConfig
from armsim.config.schema.validation import ValidationConfig

#: A metric, and the part of the population that is meant: ``response_p90:arv:level=CRITICAL``.
FigureName = Annotated[str, Field(pattern=r"^\w+( ?: ?\w+( ?= ?[^:=<>]+)?)*$", max_length=200)]
_MARGIN = r"^\d+(\.\d+)? ?(min|minutes|h|%|pp)?$"


class Target(Model):
    """A response target: within so many minutes, in town and country."""

    description: str = ""
    """Where the target comes from."""
    milestone: MilestoneName
    """What must have happened."""
    grades: Annotated[tuple[UnitGrade, ...], Field(min_length=1)]
    """Grades it holds for."""
    urban: Duration
    """Limit in urban zones."""
    rural: Duration
    """Limit in rural zones."""
    clock: Literal["received", "graded", "authorised"] = "received"
    """Where the clock starts; one that never came counts as nothing elapsed."""


class StudyConfig(Model):
    """How much is simulated and kept."""

    replications: Annotated[int, Field(ge=1, le=100_000)] = 100
    """Independent repetitions of the window."""
    seed: Annotated[int, Field(ge=0, le=2**63)] = 1
    """Seed of every random stream."""
    record: Literal["metrics", "deployments", "full"] = "metrics"
    """How much of each replication's log is kept."""
    confidence: Annotated[float, Field(ge=0.5, le=0.999)] = 0.95
    """Confidence level of the intervals."""
    survey_every: Duration = 15.0
    """How often potential response is read; 0 never."""
    second_incident_within: Duration = 60.0
    """A firearms incident is a second one when another came in the same force within this time before it."""
    aftermath: Duration = 180.0
    """Other armed work is followed for this long after an attack that is given."""
    primary: Annotated[tuple[FigureName, ...], Field(max_length=32)] = ()
    """Figures that options are judged on, said before the run, such as ``response_p90:arv``; limits of their
    differences hold for all of them at once."""
    margins: dict[FigureName, Annotated[str, Field(pattern=_MARGIN)] | Annotated[float, Field(ge=0)]] = {}
    """Differences that do not matter, by figure: ``0.5 min``, ``1 pp`` (percentage points), or a plain number
    in the figure's unit."""
    given: GivenAttack | None = None
    """An attack in every replication: what follows is studied given one, not by waiting for one."""


class Source(Model):
    """Where a number comes from; an assumption carries its plausible range."""

    source: Annotated[str, Field(min_length=3)]
    """The source, or the word "assumption" and the reasoning."""
    low: float | str | None = None
    """Low end of the plausible range, written as the value is."""
    high: float | str | None = None
    """High end of the plausible range."""


class Scenario(Model):
    """A scenario of armed response capacity."""

    armsim: Literal[1]
    """Version of the scenario format."""
    title: Annotated[str, Field(min_length=1, max_length=120)]
    """Title on every table and chart."""
    description: str = ""
    """What is being asked."""
    start: DateOf
    """First day of the observation window, which opens at midnight."""
    window: Annotated[Duration, Field(gt=0, le=527_040)]
    """Length of the observation window; at most 366 days."""
    warm_up: Annotated[Duration, Field(le=86_400)] = 0.0
    """Run before the window, at the first level; at most 60 days."""
    cool_down: Annotated[Duration, Field(le=86_400)] = 2880.0
    """Run after the window, until every counted incident has ended, at most this long."""
    region: RegionConfig
    """Where it happens."""
    forces: dict[str, ForceConfig] = {}
    """Forces by name, where something is to be said of one; overlay forces must stand here."""
    aid: AidConfig = AidConfig()
    """What forces do for each other."""
    bases: Annotated[dict[str, BaseGroup], Field(min_length=1)]
    """Groups of bases by name."""
    sites: dict[str, Spot] = {}
    """Places that posts stand at."""
    travel: TravelConfig
    """Travel times."""
    demand: DemandConfig
    """What happens."""
    attacks: dict[str, Attack] = {}
    """Attacks by name."""
    patterns: dict[str, Pattern] = {}
    """Shift patterns by name."""
    teams: dict[str, Team] = {}
    """Teams of officers by name."""
    people: PeopleConfig = PeopleConfig()
    """Rules that hold for officers of every team."""
    uplifts: dict[str, Uplift] = {}
    """More officers for a team, by name: they arrive after courses and are taken from other teams."""
    units: Annotated[dict[str, UnitKind], Field(min_length=1)]
    """Unit kinds by name."""
    dispatch: DispatchConfig
    """Who is sent."""
    desk: DeskConfig = DeskConfig()
    """The command desk."""
    threat: ThreatConfig
    """Threat levels."""
    targets: dict[str, Target] = {}
    """Response targets by name."""
    study: StudyConfig = StudyConfig()
    """Replications, seed, recording."""
    sustain: SustainConfig = SustainConfig()
    """Limits that ``armsim sustain`` holds a posture against."""
    neighbourhood: NeighbourhoodConfig = NeighbourhoodConfig()
    """What neighbourhood teams promise."""
    prices: PricesConfig = PricesConfig()
    """What things cost."""
    validation: ValidationConfig = ValidationConfig()
    """What the simulation is held to when it is compared with a log."""
    sources: dict[str, Source] = {}
    """Dotted path: where the number there, and all below it, comes from."""

    def _repr_html_(self) -> str:
        return scenario_html(self)
