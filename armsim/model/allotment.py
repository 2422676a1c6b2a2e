"""What a scenario gives each force: posts on the books, vehicles, incidents."""

from __future__ import annotations

import numpy as np

from armsim.config.schema import Scenario
from armsim.config.schema.demand import IncidentType
from armsim.model.bases import Ground
from armsim.model.forces import by_force, posts
from armsim.model.weights import Floats, raw_weights


def team_homes(scenario: Scenario, ground: Ground, name: str) -> frozenset[int]:
    """Codes of the forces where unit kinds of the team called *name* have a base."""
    groups = [scenario.bases[unit.bases] for unit in scenario.units.values() if unit.team == name]
    return frozenset[int]().union(*(ground.homes(group) for group in groups))


def posts_of(scenario: Scenario, ground: Ground, name: str) -> tuple[int | None, ...]:
    """Posts of a team in each force.

    Raises:
        ValueError: a plain number, and the team's unit kinds have bases in several forces.
    """
    return by_force(posts(scenario.teams[name]), ground.forces, team_homes(scenario, ground, name))


def vehicles_of(scenario: Scenario, ground: Ground, name: str) -> tuple[int | None, ...]:
    """Vehicles of a unit kind in each force; ``None`` for none needed.

    Raises:
        ValueError: a plain number, and the kind has bases in several forces.
    """
    unit = scenario.units[name]
    return by_force(unit.vehicles, ground.forces, ground.homes(scenario.bases[unit.bases]))


def demand_of(ground: Ground, name: str, kind: IncidentType) -> tuple[tuple[Floats, float], ...]:
    """Of a type, for each force: shares of its own zones in its incidents, and incidents a year there.

    Shares sum to 1, or are all 0 where nothing has a weight.
    """
    if kind.annual_by_zone is not None:
        zones, rates = ground.zones["zone"], kind.annual_by_zone
        raw = [np.array([rates.get(zone, 0.0) for zone in zones.iloc[own]]) for own in ground.own]
    else:
        path = f"demand.types.{name}.weight"
        raw = [raw_weights(ground.zones, own, kind.weight, path) for own in ground.own]
    sums = [float(values.sum()) for values in raw]
    return tuple(
        (np.asarray(values / total if total else values), annual)
        for values, total, annual in zip(raw, sums, _annual(ground, kind, sums), strict=True)
    )


def _annual(ground: Ground, kind: IncidentType, sums: list[float]) -> list[float]:
    """Incidents a year in each force; *sums* are those of its zones' weights, or of their own rates."""
    if kind.annual_by_zone is not None:
        return sums
    if kind.annual_per_100k is not None:
        people = ground.zones["population"].to_numpy(dtype=np.float64)
        return [kind.annual_per_100k * float(people[own].sum()) / 100_000 for own in ground.own]
    if isinstance(kind.annual, dict):
        return [number or 0.0 for number in by_force(kind.annual, ground.forces, ())]
    whole = sum(sums)
    return [(kind.annual or 0.0) * (part / whole) if part else 0.0 for part in sums]
