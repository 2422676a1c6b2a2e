"""The world of a scenario: zones, travel, bases and sites; all that no replication changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.config.schema import Scenario
from armsim.config.schema.demand import IncidentType
from armsim.config.schema.region import (
    BaseGroup,
    CrowFlyTravel,
    MatrixTravel,
    RegionConfig,
    RoadTravel,
    Spot,
    Weight,
)
from armsim.errors import Problem, ScenarioError
from armsim.model.generated import generate_zones
from armsim.model.geography import force_zones
from armsim.model.placement import placed
from armsim.model.profiles import seasonal, weekly
from armsim.model.travel import (
    CrowFly,
    Matrix,
    Place,
    RoadNetwork,
    SquareRootLaw,
    TravelModel,
    fitted_projection,
    read_matrix,
    read_road_tables,
)
from armsim.model.zones_file import read_zones
from armsim.registry import suggestion

Floats = NDArray[np.float64]
_Made = TypeVar("_Made")
#: Points that a projection fitted to the zones needs.
_FITTED = 6


@dataclass(frozen=True, slots=True)
class Base:
    """Where units start and finish duty.

    Attributes:
        name: unique in its group.
        group: name of the group.
        zone: index of the zone that it stands in.
        place: where it stands, as the travel model wants it.
    """

    name: str
    group: str
    zone: int
    place: Place


@dataclass(frozen=True, eq=False)
class World:
    """Everything that does not change between replications.

    It can be pickled: the travel model is left out and made again from its files, as some kinds hold views
    of memory.

    Attributes:
        scenario: the scenario.
        zones: the zone frame of :mod:`armsim.model.geography`.
        travel: minutes between places.
        bases: by group, in order of name.
        sites: places that posts stand at, by name.
        types: names of incident types, sorted; the index is the code.
        kinds: names of unit kinds, sorted; the index is the code.
        notes: what the user should know.
        folder: folder of the scenario file.
    """

    scenario: Scenario
    zones: pd.DataFrame
    travel: TravelModel
    bases: dict[str, tuple[Base, ...]]
    sites: dict[str, Place]
    types: tuple[str, ...]
    kinds: tuple[str, ...]
    notes: tuple[str, ...]
    folder: Path

    def zone_weights(self, weight: Weight) -> Floats:
        """Shares of the zones, shape (zones,), sum 1: column x (residents within 3 km, at least 1) ** beta.

        Raises:
            ScenarioError: the column is no column of numbers, or the weights are not usable.
        """
        return _weights(self.zones, weight, "weight")

    @cached_property
    def zone_arrays(self) -> dict[str, Floats]:
        """``x_km``, ``y_km`` and ``area_km2`` of the zones, for draws; shape (zones,) each."""
        return {name: self.zones[name].to_numpy(dtype=np.float64) for name in ("x_km", "y_km", "area_km2")}

    @cached_property
    def demand_by_zone(self) -> dict[str, tuple[Floats, float]]:
        """By type: shares of the zones in its incidents, shape (zones,), and incidents a year in all."""
        return {name: self._demand_by_zone(self.scenario.demand.types[name]) for name in self.types}

    def _demand_by_zone(self, kind: IncidentType) -> tuple[Floats, float]:
        if kind.annual_by_zone is not None:
            by_zone = kind.annual_by_zone
            rates = np.array([by_zone.get(zone, 0.0) for zone in self.zones["zone"]], dtype=np.float64)
            total = float(rates.sum())
            return (rates / total if total else np.full(rates.size, 1.0 / rates.size)), total
        people = float(self.zones["population"].sum())
        annual = kind.annual if kind.annual is not None else (kind.annual_per_100k or 0.0) * people / 100_000
        return self.zone_weights(kind.weight), annual

    def nearest_zone(self, x_km: float, y_km: float) -> int:
        """Index of the zone whose centroid is nearest to a point; the first when equal."""
        return _nearest(self.zones, x_km, y_km)

    def __reduce__(self) -> tuple[Callable[..., World], tuple[Any, ...]]:
        kept = {name: getattr(self, name) for name in ("bases", "sites", "types", "kinds", "notes")}
        return _again, (self.scenario, self.zones, self.folder, kept)


def _again(scenario: Scenario, zones: pd.DataFrame, folder: Path, kept: dict[str, Any]) -> World:
    return World(
        scenario=scenario, zones=zones, travel=_travel(scenario, zones, folder), folder=folder, **kept
    )


def build_world(scenario: Scenario, folder: Path) -> World:
    """The world of *scenario*.

    Args:
        scenario: the scenario.
        folder: folder of the scenario file, which relative paths start from.

    Raises:
        ScenarioError: the scenario does not fit its zones, or a file of zones or a matrix is wrong.
        DataError: the shipped geography or the roads are wrong.
    """
    zones = _zones(scenario.region, folder)
    problems = list(_unfit(scenario, zones))
    if problems:
        raise ScenarioError(problems)
    travel = _travel(scenario, zones, folder)
    notes = [*zones.attrs.get("notes", ()), *_unreachable(zones, travel)]
    bases = {}
    for group in sorted(scenario.bases):
        bases[group], remarks = _bases(group, scenario.bases[group], zones, travel)
        notes += remarks
    problems = list(_unknown_bases(scenario, bases))
    if problems:
        raise ScenarioError(problems)
    sites = {name: _place(scenario.sites[name], zones, travel)[1] for name in sorted(scenario.sites)}
    types, kinds = tuple(sorted(scenario.demand.types)), tuple(sorted(scenario.units))
    return World(scenario, zones, travel, bases, sites, types, kinds, tuple(notes), folder)


def _attempt(path: str, make: Callable[[], _Made]) -> _Made:
    """What *make* makes; a value that it refuses becomes a problem of the setting at *path*."""
    try:
        return make()
    except KeyError as error:
        raise ScenarioError([Problem(str(error.args[0]), path=path)]) from error
    except ValueError as error:
        raise ScenarioError([Problem(str(error), path=path)]) from error


def _zones(region: RegionConfig, folder: Path) -> pd.DataFrame:
    if region.zones is not None:
        return read_zones(folder / region.zones.file, region.zones.columns)
    made = region.generated
    if made is not None:
        settings = made.model_dump(exclude={"area"})
        return _attempt("region.generated", lambda: generate_zones(**settings, area_km2=made.area))
    forces = (region.force,) if isinstance(region.force, str) else region.force or ()
    return _attempt("region.force", lambda: force_zones(forces, region.resolution))


def _travel(scenario: Scenario, zones: pd.DataFrame, folder: Path) -> TravelModel:
    config = scenario.travel
    law = _attempt(
        "travel", lambda: SquareRootLaw(config.acceleration, config.cruising_speed, config.circuity)
    )
    x, y = zones["x_km"].to_numpy(), zones["y_km"].to_numpy()
    if isinstance(config, MatrixTravel):
        return Matrix(law, x, y, read_matrix(folder / config.file, zones["zone"].tolist()))
    if isinstance(config, CrowFlyTravel):
        return CrowFly(law, x, y)
    return _roads(config, law, zones, folder)


def _roads(config: RoadTravel, law: SquareRootLaw, zones: pd.DataFrame, folder: Path) -> RoadNetwork:
    known = zones[["lon", "lat"]].notna().all(axis=1)
    columns = ("lon", "lat", "x_km", "y_km")
    fitted = [zones.loc[known, name].to_numpy() for name in columns]
    project = fitted_projection(*fitted) if known.sum() >= _FITTED else None
    # The reader is told the file's names for ours, and looks for ours.
    names = {theirs: ours for ours, theirs in config.columns.items()}
    roads = read_road_tables(folder / config.nodes, folder / config.edges, project, names)
    x, y = zones["x_km"].to_numpy(), zones["y_km"].to_numpy()
    return RoadNetwork.build(
        law, x, y, roads, on_unreachable=config.unreachable, zone_names=zones["name"].tolist()
    )


def _unreachable(zones: pd.DataFrame, travel: TravelModel) -> Iterator[str]:
    if travel.unreachable:
        names = ", ".join(zones["name"].iloc[list(travel.unreachable)])
        yield f"no road reaches {names}; trips there are by the crow-fly law"


def _bases(
    group: str, config: BaseGroup, zones: pd.DataFrame, travel: TravelModel
) -> tuple[tuple[Base, ...], list[str]]:
    """Bases of a group in order of name, and remarks."""
    if config.p_median is not None:
        return _placed(group, config.p_median, config.weight, zones, travel)
    sites = config.sites or {}
    at = {name: _place(sites[name], zones, travel) for name in sorted(sites)}
    return tuple(Base(name, group, zone, place) for name, (zone, place) in at.items()), []


def _placed(
    group: str, number: int, weight: Weight, zones: pd.DataFrame, travel: TravelModel
) -> tuple[tuple[Base, ...], list[str]]:
    """Bases by p-median, numbered by falling number of residents to whom each is the nearest."""
    x, y = zones["x_km"].to_numpy(), zones["y_km"].to_numpy()
    share = _weights(zones, weight, f"bases.{group}.weight")
    found = _attempt(f"bases.{group}.p_median", lambda: placed(x, y, share, number))
    sites = np.array(found.sites)
    nearest = np.hypot(x[:, None] - x[sites], y[:, None] - y[sites]).argmin(axis=1)
    served = np.bincount(nearest, weights=zones["population"].to_numpy(dtype=np.float64), minlength=number)
    ranked = sites[np.argsort(-served, kind="stable")].tolist()
    # Leading zeros keep the order of names that of numbers.
    width = len(str(number))
    place = travel.zone_places()
    bases = tuple(
        Base(f"{group} {rank:0{width}d} ({zones['name'].iloc[zone]})", group, zone, place[zone])
        for rank, zone in enumerate(ranked, start=1)
    )
    if found.proven:
        return bases, []
    return bases, [
        f"bases of {group}: the mean distance may be up to {found.gap:.2%} above the least possible"
    ]


def _place(spot: Spot, zones: pd.DataFrame, travel: TravelModel) -> tuple[int, Place]:
    """Zone and place of a spot that is known to fit."""
    if spot.x_km is not None and spot.y_km is not None:
        zone = _nearest(zones, spot.x_km, spot.y_km)
        return zone, travel.places(np.array([spot.x_km]), np.array([spot.y_km]), np.array([zone]))[0]
    if spot.zone is not None:
        zone = zones["zone"].tolist().index(spot.zone)
    else:
        order = np.argsort(-zones["people_3km"].to_numpy(), kind="stable")
        zone = int(order[(spot.busiest or 1) - 1])
    return zone, travel.zone_places()[zone]


def _nearest(zones: pd.DataFrame, x_km: float, y_km: float) -> int:
    return int(np.hypot(zones["x_km"].to_numpy() - x_km, zones["y_km"].to_numpy() - y_km).argmin())


def _weights(zones: pd.DataFrame, weight: Weight, path: str) -> Floats:
    if weight.column not in zones or zones[weight.column].dtype.kind not in "ifb":
        numbers = [name for name in zones.columns if zones[name].dtype.kind in "ifb"]
        message = (
            f"{weight.column!r} is no column of numbers of the zones{suggestion(weight.column, numbers)}"
        )
        raise ScenarioError([Problem(message, path=f"{path}.column")])
    near = np.maximum(zones["people_3km"].to_numpy(dtype=np.float64), 1.0)
    values = zones[weight.column].to_numpy(dtype=np.float64) * near**weight.beta
    total = values.sum()
    if not (np.isfinite(total) and total > 0 and (values >= 0).all()):
        message = f"weights by {weight.column!r} must be 0 or more and not all 0"
        raise ScenarioError([Problem(message, path=path)])
    return np.asarray(values / total)


def _unfit(scenario: Scenario, zones: pd.DataFrame) -> Iterator[Problem]:
    """Problems of a scenario with its zones, and rates that are 0 at all times."""
    for path, weight in _all_weights(scenario):
        try:
            _weights(zones, weight, path)
        except ScenarioError as error:
            yield from error.problems
    for path, spot in _all_spots(scenario):
        yield from _unfit_spot(path, spot, zones)
    known = frozenset(zones["zone"])
    for name, kind in scenario.demand.types.items():
        for zone in sorted(set(kind.annual_by_zone or ()) - known):
            yield Problem(_no_zone(zone, known), path=f"demand.types.{name}.annual_by_zone.{zone}")
    yield from _unfit_rates(scenario)


def _all_weights(scenario: Scenario) -> Iterator[tuple[str, Weight]]:
    for name, kind in scenario.demand.types.items():
        if kind.annual_by_zone is None:
            yield f"demand.types.{name}.weight", kind.weight
    for name, unit in scenario.units.items():
        if unit.patrol is not None:
            yield f"units.{name}.patrol.weight", unit.patrol.weight
    for name, group in scenario.bases.items():
        if group.p_median is not None:
            yield f"bases.{name}.weight", group.weight


def _all_spots(scenario: Scenario) -> Iterator[tuple[str, Spot]]:
    for name, spot in scenario.sites.items():
        yield f"sites.{name}", spot
    for group, config in scenario.bases.items():
        for name, spot in (config.sites or {}).items():
            yield f"bases.{group}.sites.{name}", spot


def _unfit_spot(path: str, spot: Spot, zones: pd.DataFrame) -> Iterator[Problem]:
    known = frozenset(zones["zone"])
    if spot.zone is not None and spot.zone not in known:
        yield Problem(_no_zone(spot.zone, known), path=f"{path}.zone")
    if spot.busiest is not None and spot.busiest > len(zones):
        yield Problem(f"there are {len(zones)} zones, got {spot.busiest}", path=f"{path}.busiest")


def _no_zone(zone: str, known: frozenset[str]) -> str:
    return f"{zone!r} is no zone of the region{suggestion(zone, known)}"


def _unfit_rates(scenario: Scenario) -> Iterator[Problem]:
    demand = scenario.demand
    try:
        seasonal(demand.season)
    except ValueError as error:
        yield Problem(str(error), path="demand.season")
    for name, profile in demand.profiles.items():
        try:
            weekly(profile)
        except ValueError as error:
            yield Problem(str(error), path=f"demand.profiles.{name}")


def _unknown_bases(scenario: Scenario, bases: dict[str, tuple[Base, ...]]) -> Iterator[Problem]:
    """Bases of standing units that are not there: names of placed bases are known only now."""
    for name, unit in scenario.units.items():
        known = [base.name for base in bases.get(unit.bases, ())]
        for base in unit.standing or ():
            if base not in known:
                message = f"{base!r} is no base of {unit.bases}{suggestion(base, known)}"
                yield Problem(message, path=f"units.{name}.standing.{base}")
