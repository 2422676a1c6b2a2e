"""Every unit that can ever be on duty, numbered once for a world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from weakref import WeakKeyDictionary

import numpy as np

from armsim.config.schema.duty import PatternTeam, UnitKind, VolunteerTeam
from armsim.config.schema.scenario import Scenario
from armsim.errors import Problem, ScenarioError
from armsim.model.crews import Slots, base_sequence, larger_share, population_served, slots_of
from armsim.model.parades import cancelled_shares
from armsim.model.patterns import RESTING, cycle_codes, strength, team_sizes
from armsim.model.world import Base, World

#: Weeks in a year, as hours a month are turned into hours a week.
WEEKS_A_YEAR = 52.18
#: Shift letter of units of a team without a pattern.
NO_LETTER = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit; its identity is kind, shift letter and slot, so that one more unit renames nobody.

    Attributes:
        number: index in the list of units.
        name: kind, shift letter and slot from 1, such as ``arv E2``.
        kind: code of the kind.
        base: where it starts and finishes duty.
    """

    number: int
    name: str
    kind: int
    base: Base


@dataclass(frozen=True)
class Register:
    """The units of a world and how to find them.

    Attributes:
        units: by number, in order of kind name, shift letter (or base), slot.
        first: number of slot 0, by kind name and shift letter; of a standing kind, of its first unit.
        slots: slots by kind name and shift letter.
    """

    units: tuple[Unit, ...]
    first: dict[tuple[str, str], int]
    slots: dict[tuple[str, str], Slots]


_REGISTERS: WeakKeyDictionary[World, Register] = WeakKeyDictionary()


def register(world: World) -> Register:
    """All units of the world, with slots enough for the most that can ever be crewed; made once a world.

    Raises:
        ScenarioError: a standing kind names a base that its group does not have.
    """
    if world not in _REGISTERS:
        _REGISTERS[world] = _register(world)
    return _REGISTERS[world]


def _register(world: World) -> Register:
    units: list[Unit] = []
    first: dict[tuple[str, str], int] = {}
    slots: dict[tuple[str, str], Slots] = {}
    for code, name in enumerate(world.kinds):
        kind = world.scenario.units[name]
        if kind.standing is not None:
            first[name, NO_LETTER] = len(units)
            units += [
                Unit(len(units) + at, n, code, base) for at, (n, base) in enumerate(_standing(world, name))
            ]
            continue
        served = population_served(world, kind.bases)
        for letter, most in sorted(most_units(world.scenario, name).items()):
            bases = base_sequence(served, kind.minimum_per_base, most)
            first[name, letter] = len(units)
            slots[name, letter] = slots_of(kind, letter, bases)
            for slot, base in enumerate(bases.tolist()):
                label = f"{name} {letter}{slot + 1}"
                units.append(Unit(len(units), label, code, world.bases[kind.bases][base]))
    return Register(tuple(units), first, slots)


def _standing(world: World, name: str) -> Iterator[tuple[str, Base]]:
    kind = world.scenario.units[name]
    bases = {base.name: base for base in world.bases[kind.bases]}
    for base, count in sorted((kind.standing or {}).items()):
        if base not in bases:
            message = f"{base} is no base of the group {kind.bases}; write one of {', '.join(sorted(bases))}"
            raise ScenarioError([Problem(message, f"units.{name}.standing.{base}")])
        for number in range(1, count + 1):
            yield f"{name} {base} {number}", bases[base]


def most_units(scenario: Scenario, name: str) -> dict[str, int]:
    """Shift letter: the most units of the kind that can ever be on duty at once."""
    kind = scenario.units[name]
    team = scenario.teams[str(kind.team)]
    if isinstance(team, VolunteerTeam):
        return {NO_LETTER: _capped(kind, ceil(max(patrols_by_day(team, kind), default=0.0)) + 1)}
    officers = _most_officers(scenario, str(kind.team), team)
    for other in kinds_of(scenario, str(kind.team)):
        if other == name:
            break
        earlier = scenario.units[other]
        if earlier.vehicles is None and not earlier.levels:
            officers = {letter: min(most, earlier.crew - 1) for letter, most in officers.items()}
    return {letter: _capped(kind, most // kind.crew) for letter, most in officers.items()}


def _capped(kind: UnitKind, most: int) -> int:
    return most if kind.vehicles is None else min(most, kind.vehicles)


def _most_officers(scenario: Scenario, name: str, team: PatternTeam) -> dict[str, int]:
    """Shift letter: most officers that can ever parade, those called in on a rest day among them."""
    pattern = scenario.patterns[team.pattern]
    letters = sorted(pattern.shifts)
    cycle = cycle_codes(pattern)
    sizes = team_sizes(strength(team), pattern.teams)
    lag = np.arange(pattern.teams)[:, None] * pattern.days_between_teams
    works = cycle[(np.arange(len(cycle)) - lag) % len(cycle)]
    resting = int((sizes[:, None] * (works == RESTING)).sum(axis=0).max())
    share = float(cancelled_shares(scenario, name).max())
    called = ceil(share * resting) + 1 if share else 0
    most = [int((sizes[:, None] * (works == code)).sum(axis=0).max()) for code in range(len(letters))]
    return {letter: rostered + called for letter, rostered in zip(letters, most, strict=True)}


def kinds_of(scenario: Scenario, team: str) -> list[str]:
    """Kinds of a team in the order in which they take officers; ties by name."""
    names = [name for name, kind in scenario.units.items() if kind.team == team]
    return sorted(names, key=lambda name: (scenario.units[name].order, name))


def patrols_by_day(team: VolunteerTeam, kind: UnitKind) -> list[float]:
    """Mean patrols of volunteers on each day of the week, Monday first.

    Hours a week = headcount x hours a month x 12 / 52.18; patrols = hours / length of a duty x share in
    patrols / mean crew.
    """
    weights = [team.day_weights.get(day, 0.0) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]
    total = sum(weights)
    if not total or not team.duty:
        return [0.0] * 7
    hours = team.headcount * team.hours_a_month * 12 / WEEKS_A_YEAR
    crew = kind.crew + larger_share(kind, NO_LETTER)
    week = hours / (team.duty / 60) * team.in_patrols / crew
    return [week * weight / total for weight in weights]
