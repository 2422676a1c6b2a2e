"""Region, bases, sites and travel, as written in a scenario file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from armsim.config.base import Model
from armsim.config.quantities import Acceleration, ClockSpan, Share, Speed

Bases = Annotated[int, Field(ge=1, le=200)]
Positive = Annotated[float, Field(gt=0)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EVERY_DAY: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class GeneratedRegion(Model):
    """A region made up from a few figures: a city, towns and a rural belt; deterministic from its seed."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    """Name of the made-up force."""
    people: Annotated[int, Field(ge=1_000, le=20_000_000)]
    """Residents."""
    area: Annotated[float, Field(ge=1, le=100_000)]
    """Area in square kilometres."""
    rural_share: Share
    """Share of residents who live in rural zones."""
    zones: Annotated[int, Field(ge=5, le=5_000)]
    """Number of zones."""
    cities: Annotated[int, Field(ge=1, le=20)] = 1
    """Number of cities."""
    towns: Annotated[int, Field(ge=0, le=100)] = 6
    """Number of towns."""
    seed: Annotated[int, Field(ge=0, le=2**31)] = 1
    """Seed of the geography; not the seed of the study."""


class ZonesFile(Model):
    """The user's own zones: a CSV file, or shapes (GeoPackage, GeoJSON, Shapefile; plain or zipped)."""

    file: str
    """The file, relative to the scenario file."""
    columns: dict[str, str] = {}
    """Our column name: name of the column in the file."""
    layer: str | None = None
    """Layer of a file of shapes that has several."""
    crs: str | None = None
    """Coordinate system of shapes that say none, such as "EPSG:27700"."""


class RegionConfig(Model):
    """Where it happens. Write one of ``force``, ``generated``, ``zones``."""

    force: str | tuple[str, ...] | None = None
    """Police force area of England and Wales, or a list of them."""
    resolution: Literal["msoa", "lsoa"] = "msoa"
    """Census zones: middle (msoa) or lower (lsoa) layer super output areas."""
    generated: GeneratedRegion | None = None
    """A made-up region."""
    zones: ZonesFile | None = None
    """The user's own zones."""

    @model_validator(mode="after")
    def _one_source(self) -> RegionConfig:
        given = [name for name in ("force", "generated", "zones") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"write exactly one of force, generated, zones; got {', '.join(given) or 'none'}"
            )
        if isinstance(self.force, tuple) and not self.force:
            raise ValueError("the list of forces is empty; name at least one force")
        return self


class Weight(Model):
    """How demand, patrol or bases spread over zones: residents, raised where many live within 3 km."""

    column: str = "population"
    """Zone column that carries the weight; ``area_km2`` spreads evenly over the ground."""
    beta: Annotated[float, Field(ge=-1, le=3)] = 0.0
    """Weight = column x (residents within 3 km) ** beta: 0 per head, more than 0 leans to town centres."""
    by_zone: Annotated[dict[str, Annotated[float, Field(ge=0)]], Field(min_length=1)] | None = None
    """Zone id: weight, in place of ``column``; zones left out have none. Only their proportions count."""

    def __hash__(self) -> int:
        return hash((self.column, self.beta, tuple((self.by_zone or {}).items())))


class Spot(Model):
    """Where a base or site stands. Write one of ``zone``, ``busiest``, ``x_km`` with ``y_km``."""

    zone: str | None = None
    """Zone id; the spot is its centroid."""
    busiest: Annotated[int, Field(ge=1)] | None = None
    """The zone with the n-th most residents within 3 km: a made-up choice, labelled illustrative."""
    x_km: float | None = None
    """Easting in kilometres."""
    y_km: float | None = None
    """Northing in kilometres."""
    force: str | None = None
    """Force that a base belongs to, and whose zones alone are looked at; none is that of its zone."""

    @model_validator(mode="after")
    def _one_way(self) -> Spot:
        point = self.x_km is not None or self.y_km is not None
        if (self.zone is not None) + (self.busiest is not None) + point != 1:
            raise ValueError("write exactly one of zone, busiest, or x_km with y_km")
        if point and (self.x_km is None or self.y_km is None):
            raise ValueError("a point needs both x_km and y_km")
        return self


class BaseGroup(Model):
    """A set of bases that units start and finish at. Write ``p_median`` or ``sites``."""

    p_median: Bases | dict[str, Bases] | None = None
    """Bases placed so that residents are nearest on average, with several forces by force; illustrative."""
    weight: Weight = Weight()
    """What the placement is weighted by."""
    sites: dict[str, Spot] | None = None
    """Bases by name."""
    force: str | None = None
    """Force that all its bases belong to; none is the force of the zone that each stands in."""

    @model_validator(mode="after")
    def _one_way(self) -> BaseGroup:
        if (self.p_median is None) == (not self.sites):
            raise ValueError("write exactly one of p_median (a number of bases) or sites (bases by name)")
        return self


class SpeedRule(Model):
    """Ordinary speed multiplied at some hours of the week; the last rule that fits an hour decides."""

    days: tuple[Day, ...] = EVERY_DAY
    """Days it holds on."""
    hours: ClockSpan
    """Hours of those days, such as "07:00-09:00"."""
    factor: Annotated[float, Field(ge=0.1, le=3)]
    """Speed multiplier: 0.9 is a tenth slower."""


class TripNoise(Model):
    """Trip noise of mean 1: lognormal, its spread falls with distance (Budge, Ingolfsson and Zerom 2010)."""

    law: Literal["lognormal", "exponential"] = "lognormal"
    """Exponential trips are for comparison with closed forms; they have no spread to set."""
    at_zero: Annotated[float, Field(ge=0, le=2)] = 0.0
    """Standard deviation of the log at 0 km."""
    per_km: Annotated[float, Field(ge=0, le=1)] = 0.0
    """How much it falls with each road kilometre."""
    floor: Annotated[float, Field(ge=0, le=2)] = 0.0
    """It falls no lower than this."""
    shared: Share = 0.0
    """Share of its variance common to all units sent to one incident: they meet the same traffic near it and
    look for the same door."""


class _Travel(Model):
    circuity: Annotated[float, Field(ge=1, le=3)] = 1.3
    """Road kilometres per straight-line kilometre."""
    acceleration: Acceleration
    """Constant a of the square-root law for short trips, ordinary driving."""
    cruising_speed: Speed
    """Speed v of the straight-line part of the law, ordinary driving."""
    speed_by_hour: tuple[SpeedRule, ...] = ()
    """Speed by hour of the week, at departure."""
    blue_light_time_factor: dict[str, Annotated[float, Field(gt=0, le=2)]] = {}
    """Grade: multiplier of travel time for a driver authorised to use blue lights."""
    trip_noise: TripNoise = TripNoise()
    """Spread of actual around expected trip times."""


class CrowFlyTravel(_Travel):
    """Square-root law near, linear far, on straight-line distance times circuity."""

    kind: Literal["crow_fly"]


class MatrixTravel(_Travel):
    """Zone-to-zone minutes from a file; the crow-fly law inside a zone."""

    kind: Literal["matrix"]
    file: str
    """CSV, NPY or Parquet file of minutes, relative to the scenario file."""


class RoadTravel(_Travel):
    """Time-weighted shortest paths on a road network; the crow-fly law to and from the nearest nodes."""

    kind: Literal["road_network"]
    nodes: str
    """CSV file of nodes, relative to the scenario file."""
    edges: str
    """CSV file of edges, relative to the scenario file."""
    columns: dict[str, str] = {}
    """Our column name: name of the column in the files."""
    pace: Annotated[float, Field(ge=0.1, le=2)] = 1.0
    """Share of the speeds in the edges file that is driven; 1 where they are mean speeds, less for limits."""
    unreachable: Literal["refuse", "crow_fly"] = "refuse"
    """Zones that no road reaches: refuse the scenario, or drive there by the crow-fly law."""


TravelConfig = Annotated[CrowFlyTravel | MatrixTravel | RoadTravel, Field(discriminator="kind")]
__all__ = [
    "EVERY_DAY", "BaseGroup", "CrowFlyTravel", "Day", "GeneratedRegion", "MatrixTravel", "RegionConfig",
    "RoadTravel", "SpeedRule", "Spot", "TravelConfig", "TripNoise", "Weight", "ZonesFile",
]  # fmt: skip
