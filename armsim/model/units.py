"""Every unit that can ever be on duty, numbered once for a world."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from armsim.config.schema.duty import PatternTeam, UnitKind, VolunteerTeam
from armsim.config.schema.scenario import Scenario
from armsim.errors import Problem, ScenarioError
from armsim.model.crews import Slots, base_sequence, larger_share, population_served, slots_of
from armsim.model.forces import ForceTeam
from armsim.model.parades import cancelled_shares
from armsim.model.patterns import RESTING, cycle_codes, strength, team_sizes
from armsim.model.world import Base, World

#: Weeks in a year, as hours a month are turned into hours a week.
WEEKS_A_YEAR = 52.18
#: Shift letter of units of a team without a pattern.
NO_LETTER = ""


_Entry = TypeVar("_Entry")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit; its identity is force, kind, shift letter and slot, so that one more unit renames nobody.

    Attributes:
        number: index in the list of units.
        name: force, kind, shift letter and slot from 1, such as ``Leicestershire arv E2``.
        kind: code of the kind.
        base: where it starts and finishes duty.
        force: code of the force that it belongs to.
    """

    number: int
    name: str
    kind: int
    base: Base
    force: int = 0


@dataclass(frozen=True)
class Register:
    """The units of a world and how to find them.

    Attributes:
        units: by number, in order of kind name, force, shift letter (or base), slot.
        first: number of slot 0, by kind name, code of the force and shift letter; none for standing kinds.
        slots: slots, by the same.
    """

    units: tuple[Unit, ...]
    first: dict[tuple[str, int, str], int]
    slots: dict[tuple[str, int, str], Slots]

    @staticmethod
    def of(table: Mapping[tuple[str, int, str], _Entry], kind: str, force: int) -> dict[str, _Entry]:
        """The entries of a kind in a force by shift letter."""
        return {
            letter: entry for (name, code, letter), entry in table.items() if name == kind and code == force
        }


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
    first: dict[tuple[str, int, str], int] = {}
    slots: dict[tuple[str, int, str], Slots] = {}
    teams = {(mine.name, mine.code): mine for mine in world.force_teams}
    for code, name in enumerate(world.kinds):
        kind = world.scenario.units[name]
        if kind.standing is not None:
            for label, base in _standing(world, name):
                units.append(Unit(len(units), label, code, base, base.force))
            continue
        for force in range(len(world.forces)):
            bases = [base for base in world.bases[kind.bases] if base.force == force]
            mine = teams.get((str(kind.team), force))
            if mine is None or not bases:
                continue
            served = population_served(world, bases, force)
            for letter, most in sorted(most_units(world, name, mine).items()):
                sequence = base_sequence(served, kind.minimum_per_base, most)
                first[name, force, letter] = len(units)
                slots[name, force, letter] = slots_of(kind, letter, sequence)
                for slot, base in enumerate(sequence.tolist()):
                    label = f"{mine.force} {name} {letter}{slot + 1}"
                    units.append(Unit(len(units), label, code, bases[base], force))
    return Register(tuple(units), first, slots)


def _standing(world: World, name: str) -> Iterator[tuple[str, Base]]:
    """Names and bases of the standing units of a kind, in order of force and base."""
    kind = world.scenario.units[name]
    standing = kind.standing or {}
    bases = {base.name: base for base in world.bases[kind.bases]}
    for base in sorted(standing):
        if base not in bases:
            message = f"{base} is no base of the group {kind.bases}; write one of {', '.join(sorted(bases))}"
            raise ScenarioError([Problem(message, f"units.{name}.standing.{base}")])
    for at in sorted((bases[base] for base in standing), key=lambda base: (base.force, base.name)):
        for number in range(1, standing[at.name] + 1):
            yield f"{world.forces[at.force]} {name} {at.name} {number}", at


def most_units(world: World, name: str, mine: ForceTeam) -> dict[str, int]:
    """Shift letter: the most units of the kind that can ever be on duty at once in a force."""
    scenario = world.scenario
    kind = scenario.units[name]
    team = scenario.teams[mine.name]
    owned = world.vehicles[name][mine.code]
    if isinstance(team, VolunteerTeam):
        most = ceil(max(patrols_by_day(team, mine.posts, kind), default=0.0)) + 1
        return {NO_LETTER: _capped(owned, most)}
    officers = _most_officers(scenario, mine, team)
    for other in kinds_in(world, mine.name, mine.code):
        if other == name:
            break
        earlier = scenario.units[other]
        if earlier.vehicles is None and not earlier.levels:
            officers = {letter: min(most, earlier.crew - 1) for letter, most in officers.items()}
    return {letter: _capped(owned, most // kind.crew) for letter, most in officers.items()}


def _capped(owned: int | None, most: int) -> int:
    return most if owned is None else min(most, owned)


def _most_officers(scenario: Scenario, mine: ForceTeam, team: PatternTeam) -> dict[str, int]:
    """Shift letter: most officers that can ever parade, those called in on a rest day among them."""
    pattern = scenario.patterns[team.pattern]
    letters = sorted(pattern.shifts)
    cycle = cycle_codes(pattern)
    sizes = team_sizes(strength(team, mine.posts), pattern.teams)
    lag = np.arange(pattern.teams)[:, None] * pattern.days_between_teams
    works = cycle[(np.arange(len(cycle)) - lag) % len(cycle)]
    resting = int((sizes[:, None] * (works == RESTING)).sum(axis=0).max())
    share = float(cancelled_shares(scenario, mine.name).max())
    called = ceil(share * resting) + 1 if share else 0
    most = [int((sizes[:, None] * (works == code)).sum(axis=0).max()) for code in range(len(letters))]
    return {letter: rostered + called for letter, rostered in zip(letters, most, strict=True)}


def kinds_in(world: World, team: str, force: int) -> list[str]:
    """Kinds of a team that have a base in a force, in the order in which they take officers."""
    units = world.scenario.units
    return [
        name
        for name in kinds_of(world.scenario, team)
        if any(base.force == force for base in world.bases[units[name].bases])
    ]


def kinds_of(scenario: Scenario, team: str) -> list[str]:
    """Kinds of a team in the order in which they take officers; ties by name."""
    names = [name for name, kind in scenario.units.items() if kind.team == team]
    return sorted(names, key=lambda name: (scenario.units[name].order, name))


def patrols_by_day(team: VolunteerTeam, headcount: int, kind: UnitKind) -> list[float]:
    """Mean patrols of so many volunteers on each day of the week, Monday first.

    Hours a week = headcount x hours a month x 12 / 52.18; patrols = hours / length of a duty x share in
    patrols / mean crew.
    """
    weights = [team.day_weights.get(day, 0.0) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]
    total = sum(weights)
    if not total or not team.duty:
        return [0.0] * 7
    hours = headcount * team.hours_a_month * 12 / WEEKS_A_YEAR
    crew = kind.crew + larger_share(kind, NO_LETTER)
    week = hours / (team.duty / 60) * team.in_patrols / crew
    return [week * weight / total for weight in weights]
