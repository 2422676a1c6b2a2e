"""Where units start and finish duty, and where sites are: as told, or placed for the residents of a force."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.config.schema.region import BaseGroup, Spot
from armsim.errors import Problem, ScenarioError
from armsim.model.forces import by_force, force_code, zone_forces
from armsim.model.placement import placed
from armsim.model.travel import Place, TravelModel
from armsim.model.weights import weights_in

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Base:
    """Where units start and finish duty.

    Attributes:
        name: unique in its group and force.
        group: name of the group.
        zone: index of the zone that it stands in.
        place: where it stands, as the travel model wants it.
        force: code of the force that it belongs to.
    """

    name: str
    group: str
    zone: int
    place: Place
    force: int = 0


@dataclass(frozen=True, eq=False)
class Ground:
    """What bases and sites stand on.

    Attributes:
        zones: the zone frame.
        forces: names of the forces, sorted.
        own: indices of the zones of each force, ascending; none for an overlay.
        zone_force: code of the force of each zone.
    """

    zones: pd.DataFrame
    forces: tuple[str, ...]
    own: tuple[Ints, ...]
    zone_force: Ints

    @classmethod
    def of(cls, zones: pd.DataFrame, forces: tuple[str, ...]) -> Ground:
        """The ground of these zones and forces."""
        of_zone = zone_forces(zones, forces)
        own = tuple(np.flatnonzero(of_zone == code) for code in range(len(forces)))
        return cls(zones, forces, own, of_zone)

    def works_in(self, force: int) -> Ints:
        """Indices of the zones where a force works, ascending: its own; of an overlay, all."""
        own = self.own[force]
        return own if len(own) else np.arange(len(self.zones))

    def looked_in(self, written: str | None) -> Ints:
        """Indices of the zones that a spot is looked for in: of the force named, all without one."""
        if written is None:
            return np.arange(len(self.zones))
        return self.works_in(force_code(written, self.forces))

    def zone_of(self, spot: Spot, force: str | None = None) -> int:
        """Index of the zone of a spot that is known to fit; *force* is that of its group."""
        zones = self.zones
        if spot.zone is not None:
            return zones["zone"].tolist().index(spot.zone)
        area = self.looked_in(spot.force or force)
        if spot.x_km is not None and spot.y_km is not None:
            return int(area[nearest_of(zones, area, spot.x_km, spot.y_km)])
        order = np.argsort(-zones["people_3km"].to_numpy()[area], kind="stable")
        return int(area[order[(spot.busiest or 1) - 1]])

    def force_of(self, spot: Spot, force: str | None) -> int:
        """Code of the force that a base at *spot* belongs to; *force* is that of its group."""
        written = spot.force or force
        return force_code(written, self.forces) if written else int(self.zone_force[self.zone_of(spot)])

    def homes(self, config: BaseGroup) -> frozenset[int]:
        """Codes of the forces that a group has bases in, before any is placed."""
        if config.p_median is not None:
            return frozenset(code for code, number in enumerate(self.numbers(config)) if number)
        return frozenset(self.force_of(spot, config.force) for spot in (config.sites or {}).values())

    def numbers(self, config: BaseGroup) -> tuple[int | None, ...]:
        """Bases to be placed in each force.

        Raises:
            ValueError: a plain number where several forces have zones, or bases of a force without zones.
        """
        if config.force is not None:
            homes = {force_code(config.force, self.forces)}
        else:
            homes = {code for code, own in enumerate(self.own) if len(own)}
        numbers = by_force(config.p_median, self.forces, homes)
        for code, number in enumerate(numbers):
            if number and not len(self.own[code]):
                raise ValueError(f"{self.forces[code]} has no zones to place bases in; write sites instead")
        return numbers


def nearest_of(zones: pd.DataFrame, area: Ints, x_km: float, y_km: float) -> int:
    """Position in *area* of the zone whose centroid is nearest to a point; the first when equal."""
    x, y = (zones[name].to_numpy()[area] for name in ("x_km", "y_km"))
    return int(np.hypot(x - x_km, y - y_km).argmin())


def place_of(ground: Ground, spot: Spot, travel: TravelModel, force: str | None = None) -> tuple[int, Place]:
    """Zone and place of a spot that is known to fit."""
    zone = ground.zone_of(spot, force)
    if spot.x_km is not None and spot.y_km is not None:
        return zone, travel.places(np.array([spot.x_km]), np.array([spot.y_km]), np.array([zone]))[0]
    return zone, travel.zone_places()[zone]


def bases_of(
    group: str, config: BaseGroup, ground: Ground, travel: TravelModel
) -> tuple[tuple[Base, ...], list[str]]:
    """Bases of a group in order of force and name, and remarks.

    Raises:
        ScenarioError: bases cannot be placed as asked.
    """
    if config.p_median is None:
        spots = (config.sites or {}).items()
        found = [_told(group, name, spot, config, ground, travel) for name, spot in spots]
        return tuple(sorted(found, key=lambda base: (base.force, base.name))), []
    bases: list[Base] = []
    notes: list[str] = []
    for code, number in enumerate(ground.numbers(config)):
        if number:
            more, remarks = _placed(group, code, number, config, ground, travel)
            bases += more
            notes += remarks
    return tuple(bases), notes


def _told(group: str, name: str, spot: Spot, config: BaseGroup, ground: Ground, travel: TravelModel) -> Base:
    zone, place = place_of(ground, spot, travel, config.force)
    return Base(name, group, zone, place, ground.force_of(spot, config.force))


def _placed(
    group: str, force: int, number: int, config: BaseGroup, ground: Ground, travel: TravelModel
) -> tuple[list[Base], list[str]]:
    """Bases by p-median on the force's own zones, by falling number of residents whose nearest each is."""
    own, zones = ground.own[force], ground.zones
    x, y, people = (zones[name].to_numpy()[own].astype(np.float64) for name in ("x_km", "y_km", "population"))
    share = weights_in(zones, own, config.weight, f"bases.{group}.weight")
    try:
        found = placed(x, y, share, number)
    except ValueError as error:
        raise ScenarioError([Problem(str(error), path=f"bases.{group}.p_median")]) from error
    sites = np.array(found.sites)
    nearest = np.hypot(x[:, None] - x[sites], y[:, None] - y[sites]).argmin(axis=1)
    served = np.bincount(nearest, weights=people, minlength=number)
    ranked = own[sites[np.argsort(-served, kind="stable")]].tolist()
    # Leading zeros keep the order of names that of numbers.
    width = len(str(number))
    places = travel.zone_places()
    bases = [
        Base(f"{group} {rank:0{width}d} ({zones['name'].iloc[zone]})", group, zone, places[zone], force)
        for rank, zone in enumerate(ranked, start=1)
    ]
    if found.proven:
        return bases, []
    where = f" in {ground.forces[force]}" if len(ground.forces) > 1 else ""
    return bases, [
        f"bases of {group}{where}: the mean distance may be up to {found.gap:.2%} above the least possible"
    ]
