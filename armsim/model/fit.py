"""What of a scenario does not fit its zones and forces: checks that need the geography."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from armsim.config.paths import Path, format_path
from armsim.config.schema import Scenario
from armsim.config.schema.demand import IncidentType
from armsim.config.schema.region import BaseGroup, Spot, Weight
from armsim.errors import Problem, ScenarioError
from armsim.model.allotment import posts_of, team_homes, vehicles_of
from armsim.model.bases import Base, Ground
from armsim.model.forces import force_code, force_faults, posts, posts_place
from armsim.model.profiles import seasonal, weekly
from armsim.model.weights import Ints, weights_in
from armsim.registry import suggestion

Fault = tuple[Path, str]


def misfits(scenario: Scenario, ground: Ground) -> list[Problem]:
    """Every problem of a scenario with its zones and forces, and rates that are 0 at all times."""
    faults = [*force_faults(scenario, ground.zones, ground.forces)]
    problems: list[Problem] = []
    # What hangs on forces cannot be looked at while one is named wrongly.
    if not faults:
        problems += _unusable_weights(scenario, ground)
        faults += _unfit_spots(scenario, ground)
        faults += _unfit_numbers(scenario, ground)
    faults += [*_unfit_zones(scenario, ground), *_unfit_rates(scenario)]
    problems += [Problem(text, path=format_path(place)) for place, text in faults]
    return list(dict.fromkeys(problems))


def unknown_bases(scenario: Scenario, bases: dict[str, tuple[Base, ...]]) -> Iterator[Problem]:
    """Bases of standing units that are not there: names of placed bases are known only now."""
    for name, unit in scenario.units.items():
        known = [base.name for base in bases.get(unit.bases, ())]
        for base in unit.standing or ():
            place = format_path(("units", name, "standing", base))
            if base not in known:
                yield Problem(f"{base!r} is no base of {unit.bases}{suggestion(base, known)}", path=place)
            elif known.count(base) > 1:
                yield Problem(f"{unit.bases} has {known.count(base)} bases called {base!r}", path=place)


def _unusable_weights(scenario: Scenario, ground: Ground) -> Iterator[Problem]:
    for place, weight, area in _all_weights(scenario, ground):
        try:
            weights_in(ground.zones, area, weight, format_path(place))
        except ScenarioError as error:
            yield from error.problems


def _all_weights(scenario: Scenario, ground: Ground) -> Iterator[tuple[Path, Weight, Ints]]:
    """Setting, weight, and the zones among which it must choose."""
    for name, kind in scenario.demand.types.items():
        for area in _areas_of_type(kind, ground):
            yield ("demand", "types", name, "weight"), kind.weight, area
    for name, unit in scenario.units.items():
        patrol = unit.roving
        if patrol is not None and unit.bases in scenario.bases:
            for code in _homes(scenario.bases[unit.bases], ground):
                place = ("units", name, "patrol" if unit.patrol else "cover", "weight")
                yield place, patrol.weight, ground.works_in(code)
    for name, group in scenario.bases.items():
        if group.p_median is not None:
            for code in _homes(group, ground):
                yield ("bases", name, "weight"), group.weight, ground.own[code]
    for name, attack in scenario.attacks.items():
        if isinstance(attack.where, Weight):
            yield ("attacks", name, "where"), attack.where, np.arange(len(ground.zones))


def _areas_of_type(kind: IncidentType, ground: Ground) -> list[Ints]:
    if kind.annual_by_zone is not None:
        return []
    if isinstance(kind.annual, dict):
        named = [ground.own[force_code(name, ground.forces)] for name, n in kind.annual.items() if n]
        return [own for own in named if len(own)]
    if kind.annual_per_100k is not None:
        people = ground.zones["population"].to_numpy()
        return [own for own in ground.own if people[own].any()]
    return [np.arange(len(ground.zones))]


def _homes(group: BaseGroup, ground: Ground) -> frozenset[int]:
    """Forces of a group, as far as what is wrong with it lets them be told."""
    try:
        return ground.homes(group)
    except (ValueError, IndexError):
        return frozenset((0,) if len(ground.forces) == 1 else ())


def _unfit_spots(scenario: Scenario, ground: Ground) -> Iterator[Fault]:
    """Spots in zones that are not there; what is wrong is said once for each."""
    known = frozenset(ground.zones["zone"])
    for place, spot, force in _spots(scenario):
        area = ground.looked_in(spot.force or force)
        if spot.zone is not None and spot.zone not in known:
            yield (*place, "zone"), _no_zone(spot.zone, known)
        if spot.busiest is not None and spot.busiest > len(area):
            yield (*place, "busiest"), f"there are {len(area)} zones, got {spot.busiest}"


def _spots(scenario: Scenario) -> Iterator[tuple[Path, Spot, str | None]]:
    for name, spot in scenario.sites.items():
        yield ("sites", name), spot, None
    for group, config in scenario.bases.items():
        for name, spot in (config.sites or {}).items():
            yield ("bases", group, "sites", name), spot, config.force


def _no_zone(zone: str, known: frozenset[str]) -> str:
    return f"{zone!r} is no zone of the region{suggestion(zone, known)}"


def _unfit_zones(scenario: Scenario, ground: Ground) -> Iterator[Fault]:
    known = frozenset(ground.zones["zone"])
    for name, kind in scenario.demand.types.items():
        for zone in sorted(set(kind.annual_by_zone or ()) - known):
            yield ("demand", "types", name, "annual_by_zone", zone), _no_zone(zone, known)


def _unfit_rates(scenario: Scenario) -> Iterator[Fault]:
    demand = scenario.demand
    try:
        seasonal(demand.season)
    except ValueError as error:
        yield ("demand", "season"), str(error)
    for name, profile in demand.profiles.items():
        try:
            weekly(profile)
        except ValueError as error:
            yield ("demand", "profiles", name), str(error)


def _unfit_numbers(scenario: Scenario, ground: Ground) -> Iterator[Fault]:
    """Plain numbers that several forces could mean, numbers for a force without zones or bases."""
    sound = set(scenario.bases)
    for name, group in scenario.bases.items():
        text = _refusal(partial(ground.homes, group))
        if text is not None:
            sound.discard(name)
            if group.p_median is not None:
                yield ("bases", name, "p_median"), text
    for name, team in scenario.teams.items():
        kinds = [unit for unit in scenario.units.values() if unit.team == name]
        if all(unit.bases in sound for unit in kinds):
            text = _refusal(partial(posts_of, scenario, ground, name))
            homes = team_homes(scenario, ground, name)
            yield from _count(posts_place(name, team), posts(team), text, homes if kinds else None, ground)
    for name, unit in scenario.units.items():
        if unit.bases in sound:
            text = _refusal(partial(vehicles_of, scenario, ground, name))
            yield from _count(("units", name, "vehicles"), unit.vehicles, text, None, ground)
    for name, kind in scenario.demand.types.items():
        places = frozenset(code for code, own in enumerate(ground.own) if len(own))
        yield from _count(("demand", "types", name, "annual"), kind.annual, None, places, ground)


def _refusal(make: Callable[[], object]) -> str | None:
    """Why *make* refuses a value."""
    try:
        make()
    except (ValueError, IndexError) as error:
        return str(error)
    return None


def _count(
    place: Path, counts: object, refusal: str | None, homes: frozenset[int] | None, ground: Ground
) -> Iterator[Fault]:
    """A refused number, and numbers for forces that are not among *homes* (``None`` is not asked)."""
    if refusal is not None:
        yield place, refusal
    elif isinstance(counts, dict) and homes is not None:
        lacks = "base of its unit kinds" if place[0] == "teams" else "zone"
        for name, number in counts.items():
            code = force_code(name, ground.forces)
            if number and code not in homes:
                yield (*place, name), f"{number:g} in {ground.forces[code]}, which has no {lacks}"
