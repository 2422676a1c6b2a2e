"""The world of a scenario: zones, travel, bases and sites; all that no replication changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.config.schema import Scenario
from armsim.config.schema.forces import ForceConfig
from armsim.config.schema.region import CrowFlyTravel, MatrixTravel, RegionConfig, Weight
from armsim.errors import Problem, ScenarioError
from armsim.model.allotment import demand_of, posts_of, vehicles_of
from armsim.model.attack_sites import unfit_attacks
from armsim.model.bases import Base, Ground, bases_of, nearest_of, place_of
from armsim.model.fit import misfits, unknown_bases
from armsim.model.fit_policies import policy_findings
from armsim.model.forces import ForceTeam, blocs_of, names_of, settings_of
from armsim.model.generated import generate_zones
from armsim.model.geography import force_zones
from armsim.model.road_travel import road_remarks, road_travel
from armsim.model.surge_fit import unfit_surges
from armsim.model.trace import LogDays, log_days, rates_of_log
from armsim.model.travel import (
    CrowFly,
    Matrix,
    Place,
    RoadNetwork,
    SquareRootLaw,
    TravelModel,
    read_matrix,
)
from armsim.model.weights import weights_in
from armsim.model.zones_own import own_zones

__all__ = ["Base", "World", "build_world", "region_zones"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_Made = TypeVar("_Made")


@dataclass(frozen=True, eq=False)
class World:
    """Everything that does not change between replications.

    It can be pickled: the travel model is left out and made again from its files, as some kinds hold views
    of memory.

    Attributes:
        scenario: the scenario.
        zones: the zone frame of :mod:`armsim.model.geography`.
        travel: minutes between places.
        bases: by group, in order of force and name.
        sites: places that posts stand at, by name.
        types: names of incident types, sorted; the index is the code.
        kinds: names of unit kinds, sorted; the index is the code.
        notes: what the user should know.
        folder: folder of the scenario file.
        log: incidents of the log that ``demand.trace`` names, by day.
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
    log: LogDays | None = None

    def zone_weights(self, weight: Weight) -> Floats:
        """Shares of the zones, shape (zones,), sum 1: column x (residents within 3 km, at least 1) ** beta.

        Raises:
            ScenarioError: the column is no column of numbers, or the weights are not usable.
        """
        return weights_in(self.zones, np.arange(len(self.zones)), weight, "weight")

    @cached_property
    def ground(self) -> Ground:
        """The zones by force."""
        return Ground.of(self.zones, names_of(self.scenario, self.zones))

    @property
    def forces(self) -> tuple[str, ...]:
        """Names of the forces, sorted, overlays among them; the index is the code."""
        return self.ground.forces

    @property
    def zone_force(self) -> Ints:
        """Code of the force of each zone, shape (zones,)."""
        return self.ground.zone_force

    @cached_property
    def force_settings(self) -> tuple[ForceConfig, ...]:
        """What the scenario says of each force, in order of code."""
        return settings_of(self.scenario, self.forces)

    @cached_property
    def blocs(self) -> dict[str, tuple[int, ...]]:
        """Blocs by name: codes of their forces; every force is in exactly one."""
        return blocs_of(self.scenario, self.forces)

    def area(self, force: int) -> Ints:
        """Indices of the zones where a force works, ascending: its own; of an overlay, all."""
        return self.ground.works_in(force)

    def area_weights(self, force: int, weight: Weight) -> Floats:
        """Shares of the zones of :meth:`area`, sum 1, worked out on them alone; shape of the area, read only.

        Raises:
            ScenarioError: as :meth:`zone_weights`.
        """
        known = self._area_weights.get((force, weight))
        if known is None:
            known = weights_in(self.zones, self.area(force), weight, "weight")
            known.flags.writeable = False
            self._area_weights[force, weight] = known
        return known

    @cached_property
    def _area_weights(self) -> dict[tuple[int, Weight], Floats]:
        """What :meth:`area_weights` has worked out: patrols ask in every replication."""
        return {}

    @cached_property
    def force_teams(self) -> tuple[ForceTeam, ...]:
        """Teams that have somebody, force by force; in order of team and force."""
        return tuple(
            ForceTeam(name, self.forces[code], code, number)
            for name in sorted(self.scenario.teams)
            for code, number in enumerate(posts_of(self.scenario, self.ground, name))
            if number
        )

    @cached_property
    def vehicles(self) -> dict[str, tuple[int | None, ...]]:
        """Vehicles of each unit kind in each force, in order of code; ``None`` for none needed."""
        return {name: vehicles_of(self.scenario, self.ground, name) for name in self.kinds}

    @cached_property
    def zone_arrays(self) -> dict[str, Floats]:
        """``x_km``, ``y_km`` and ``area_km2`` of the zones, for draws; shape (zones,) each."""
        return {name: self.zones[name].to_numpy(dtype=np.float64) for name in ("x_km", "y_km", "area_km2")}

    @cached_property
    def demand_by_force(self) -> dict[str, tuple[tuple[Floats, float], ...]]:
        """By type and code of the force: shares of its own zones in its incidents, and incidents a year.

        A plain ``annual`` is the whole region's: a force has the share that its zones have in the weights.
        """
        types, log = self.scenario.demand.types, self.log
        rates = {name: demand_of(self.ground, name, types[name]) for name in self.types}
        return rates if log is None else rates | rates_of_log(self.scenario, self.ground, log)

    def site_zone(self, name: str) -> int:
        """Index of the zone that a site stands in."""
        return self.ground.zone_of(self.scenario.sites[name])

    def nearest_zone(self, x_km: float, y_km: float) -> int:
        """Index of the zone whose centroid is nearest to a point; the first when equal."""
        return nearest_of(self.zones, np.arange(len(self.zones)), x_km, y_km)

    def __reduce__(self) -> tuple[Callable[..., World], tuple[Any, ...]]:
        kept = {name: getattr(self, name) for name in ("bases", "sites", "types", "kinds", "notes", "log")}
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
    zones = region_zones(scenario.region, folder)
    ground = Ground.of(zones, names_of(scenario, zones))
    problems = [*misfits(scenario, ground), *unfit_surges(scenario, ground)]
    if problems:
        raise ScenarioError(problems)
    travel = _travel(scenario, zones, folder)
    notes = list(zones.attrs.get("notes", ()))
    if isinstance(travel, RoadNetwork):
        notes += road_remarks(zones, travel)
    bases = {}
    for group in sorted(scenario.bases):
        bases[group], remarks = bases_of(group, scenario.bases[group], ground, travel)
        notes += remarks
    sites = {name: place_of(ground, scenario.sites[name], travel)[1] for name in sorted(scenario.sites)}
    problems = [*unknown_bases(scenario, bases), *unfit_attacks(scenario.attacks, sites)]
    unfit, remarks = policy_findings(scenario, zones, bases)
    problems += unfit
    notes += remarks
    if problems:
        raise ScenarioError(problems)
    log = log_days(scenario, zones, folder)
    notes += log.notes if log is not None else ()
    types, kinds = tuple(sorted(scenario.demand.types)), tuple(sorted(scenario.units))
    return World(scenario, zones, travel, bases, sites, types, kinds, tuple(notes), folder, log)


def _attempt(path: str, make: Callable[[], _Made]) -> _Made:
    """What *make* makes; a value that it refuses becomes a problem of the setting at *path*."""
    try:
        return make()
    except KeyError as error:
        raise ScenarioError([Problem(str(error.args[0]), path=path)]) from error
    except ValueError as error:
        raise ScenarioError([Problem(str(error), path=path)]) from error


def region_zones(region: RegionConfig, folder: Path) -> pd.DataFrame:
    """The zone frame of a region; *folder* is that of the scenario file.

    Raises:
        ScenarioError: the region cannot be had, or its file is wrong.
    """
    if region.zones is not None:
        return own_zones(region.zones, folder)
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
    return road_travel(config, law, zones, folder, shipped=scenario.region.force is not None)
