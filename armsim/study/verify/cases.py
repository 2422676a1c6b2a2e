"""Files of verification cases, schema ``armsim-verification/1``: systems whose exact results are known.

Free-text fields explain; ``policy`` and the numbers decide. What is not known here is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from armsim.config.base import Model

SCHEMA = "armsim-verification/1"
_Name = Annotated[str, Field(min_length=1, max_length=80)]
_Positive = Annotated[float, Field(gt=0, le=1e9)]
_Minutes = Annotated[float, Field(ge=0, le=1e9)]
_Rate = Annotated[float, Field(ge=0, le=1e6)]
_Probability = Annotated[float, Field(ge=0, le=1)]
_Means = Annotated[dict[str, _Positive] | tuple[_Positive, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a case: where below the case, and what.

    Attributes:
        path: keys and indices from the case.
        message: what is wrong.
        at_key: the last key is at fault and not its value.
    """

    path: tuple[str | int, ...]
    message: str
    at_key: bool = False


class ZoneConfig(Model):
    """A demand zone."""

    id: _Name
    """Name of the zone."""
    rate: _Rate | _Name | None = None
    """Calls a time unit of the single class, or an expression in t, the time of the day."""


class UnitConfig(Model):
    """One unit: one server."""

    id: _Name
    """Name of the unit."""
    base: str | None = None
    """Name of its base; several units may share one."""
    type: str | None = None
    """Name of its type, for ``type_order`` and ``eligible_types``."""


class Service(Model):
    """Service times. The mean is the most specific one given for a call and a unit."""

    distribution: Literal["exponential", "lognormal", "deterministic"]
    """Law of the service time."""
    cv: Annotated[float, Field(gt=0, le=10)] | None = None
    """Coefficient of variation of a lognormal law."""
    mean: _Positive | None = None
    """Mean, all calls and units alike."""
    mean_by_unit: _Means | None = None
    """Mean by unit."""
    mean_by_zone: _Means | None = None
    """Mean by zone of the call."""
    mean_by_unit_zone: dict[str, _Means] | None = None
    """Mean by unit, then by zone."""
    mean_by_class: _Means | None = None
    """Mean by class of the call."""
    mean_by_units_required: dict[str, _Positive] | None = None
    """Mean by number of units that the call needs."""
    common_to_all_units_of_a_call: bool = False
    """One draw serves all units of a call."""

    @model_validator(mode="after")
    def _whole(self) -> Service:
        if (self.distribution == "lognormal") != (self.cv is not None):
            raise ValueError("cv goes with a lognormal distribution, and only with that")
        if not any(getattr(self, name) is not None for name in MEANS):
            raise ValueError(f"there is no mean; write one of {', '.join(MEANS)}")
        return self


#: Where means may be given, the more specific the later.
MEANS = (
    "mean",
    "mean_by_unit",
    "mean_by_zone",
    "mean_by_unit_zone",
    "mean_by_class",
    "mean_by_units_required",
)


class IncidentClass(Model):
    """A class of calls."""

    id: _Name
    """Name of the class."""
    name: str = ""
    """What it is, in words."""
    priority: Annotated[int, Field(ge=1, le=99)] = 1
    """1 is served first."""
    zone_rates: tuple[_Rate, ...] | None = None
    """Calls a time unit by zone, in order of the zones; none takes the zones' own rates."""
    eligible_types: tuple[str, ...] | None = None
    """Unit types that may be sent; none is all."""
    type_order: tuple[str, ...] | str | None = None
    """Unit types in order of preference; text only explains."""
    units_required: dict[str, _Probability] | None = None
    """Number of units: probability; none is 1 unit."""
    reserve: Annotated[int, Field(ge=0, le=1000)] | None = None
    """A call is sent only if more than so many units are free."""


class Policy(Model):
    """What decides how calls are served."""

    travel: Literal["recorded_only", "exponential_phase", "round_trip"] = "recorded_only"
    """Travel outside the busy time, as an exponential phase of it, or out and back inside it."""
    queue: Literal["loss", "fifo", "priority"]
    """What happens to calls that find nobody."""
    preemptive: bool = False
    """A higher class takes a unit off a lower one, which goes back with its remaining work."""
    reserve: dict[str, Annotated[int, Field(ge=0, le=1000)]] = Field(default_factory=dict)
    """Class: a call is sent only if more than so many units are free."""
    patience_mean: _Positive | None = None
    """Mean of the exponential time after which a queued call leaves; none waits for ever."""
    queued_travel_origin: Literal["home", "last_scene"] = "home"
    """Where a unit starts from that takes a call off the queue."""
    multi_unit: Literal["single", "together", "as_available", "as_available_lose_rest"] = "single"
    """How several units are sent to one call."""
    release: Literal["independent", "common"] = "independent"
    """Each unit leaves after its own service, or all at once."""


class Arrivals(Model):
    """Arrivals that are not a Poisson process of constant rate."""

    process: Literal["Poisson", "Hawkes"] = "Poisson"
    """Kind of process."""
    background_rate: _Positive | None = None
    """Rate of calls that no other call brought about."""
    branching_ratio: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Mean number of calls that a call brings about."""
    beta: _Positive | None = None
    """Rate at which its influence fades: the kernel is ratio x beta x exp(-beta u)."""
    window: _Positive | None = None
    """Length of the windows in which calls are counted."""
    rate_by_time: _Name | tuple[_Rate, ...] | tuple[tuple[float, float, _Rate], ...] | None = None
    """Rate over the day: an expression in t, rates of equal parts of it, or (from, to, rate)."""

    @model_validator(mode="after")
    def _whole(self) -> Arrivals:
        given = [
            name for name in ("background_rate", "branching_ratio", "beta") if getattr(self, name) is not None
        ]
        if self.process == "Hawkes" and (len(given) != 3 or self.rate_by_time is not None):
            raise ValueError(
                "a Hawkes process takes background_rate, branching_ratio and beta, no rate_by_time"
            )
        if self.process == "Poisson" and given:
            raise ValueError(f"{', '.join(given)} goes with process: Hawkes only")
        return self


class Alternative(Model):
    """One of several systems that a case compares."""

    units: Annotated[int, Field(ge=1, le=60)]
    """Number of units, all at one base."""
    service: Service
    """Their service."""


class SystemModel(Model):
    """The system of a case."""

    time_unit: str = "minute"
    """What the time unit of the numbers is, in words."""
    zones: Annotated[tuple[ZoneConfig, ...], Field(min_length=1, max_length=400)]
    """Demand zones."""
    units: Annotated[tuple[UnitConfig, ...], Field(min_length=1, max_length=60)] | None = None
    """Units."""
    travel_time: dict[str, tuple[_Minutes, ...]] = Field(default_factory=dict)
    """Unit: time from its base to each zone."""
    zone_travel_time: tuple[tuple[_Minutes, ...], ...] | None = None
    """Time from zone to zone, for trips that start at the last scene."""
    dispatch: str = ""
    """Explains."""
    preference: dict[str, tuple[str, ...]] | None = None
    """Zone: units in order of preference; none is by travel time."""
    preference_by_class: dict[str, dict[str, tuple[str, ...]] | tuple[tuple[str, ...], ...]] | None = None
    """Class: the same, by zone or in order of the zones."""
    service: Service | None = None
    """Service times."""
    discipline: str = ""
    """Explains."""
    travel_mode: str = ""
    """Explains."""
    after_service: str = ""
    """Explains."""
    notes: str = ""
    """Explains."""
    incident_classes: Annotated[tuple[IncidentClass, ...], Field(min_length=1, max_length=20)] | None = None
    """Classes of calls; none is one class."""
    policy: Policy
    """What decides."""
    arrivals: Arrivals | None = None
    """Arrivals that are not Poisson of constant rate."""
    blocks: tuple[tuple[_Minutes, _Minutes], ...] | None = None
    """Parts of the day by which results are split, as (from, to)."""
    n_calls: Annotated[int, Field(ge=2, le=100_000)] | None = None
    """Calls after which a terminating run ends, from empty."""
    alternatives: Annotated[dict[str, Alternative], Field(min_length=1)] | None = None
    """Systems compared, by name."""


class Case(Model):
    """A system and its exact results."""

    id: _Name
    """Name of the case."""
    title: str = ""
    """Explains."""
    family: str = ""
    """Explains."""
    source: str = ""
    """Explains."""
    notes: str = ""
    """Explains."""
    model: SystemModel
    """The system."""
    expected: Annotated[dict[str, Any], Field(min_length=1)]
    """Exact results by quantity."""
    published: dict[str, Any] = Field(default_factory=dict)
    """Explains: published figures."""
    approximation: dict[str, Any] = Field(default_factory=dict)
    """Explains: what an approximation gives."""


class CaseFile(Model):
    """A file of cases."""

    version: Literal["armsim-verification/1"] = Field(alias="schema")
    """Version of the format."""
    conventions: dict[str, str] = Field(default_factory=dict)
    """What the quantities mean, in words."""
    cases: Annotated[tuple[Case, ...], Field(min_length=1, max_length=1000)]
    """The cases."""
