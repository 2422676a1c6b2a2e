"""Every unit that can ever be on duty, numbered once for a world."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from armsim.config.schema.duty import Pattern, PatternTeam, UnitKind, VolunteerTeam
from armsim.config.schema.people import CallIn
from armsim.config.schema.scenario import Scenario
from armsim.config.schema.threat import LevelConfig
from armsim.domain import ThreatLevel
from armsim.errors import Problem, ScenarioError
from armsim.model.crews import Slots, base_sequence, larger_share, population_served, slots_of
from armsim.model.forces import ForceTeam
from armsim.model.officers import ever_in_post
from armsim.model.patterns import RESTING, cycle_codes, holds_for, team_sizes
from armsim.model.rostered import RECALL
from armsim.model.world import Base, World

#: Weeks in a year, as hours a month are turned into hours a week.
WEEKS_A_YEAR = 52.18
#: Shift key of units of a team without a pattern.
NO_LETTER = ""
#: Shift key of units of volunteers whom a level asked for.
CALLED_IN = "called_in"
#: Shift keys whose units all start together.
AT_ONCE = (CALLED_IN, RECALL)


_Entry = TypeVar("_Entry")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit; its identity is force, kind, shift key and slot, so that one more unit renames nobody.

    Attributes:
        number: index in the list of units.
        name: force, kind, shift key and slot from 1, such as ``Leicestershire arv E2``.
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

    A shift key is the shift letter in the team's own pattern; ``<pattern>:<letter>`` in a level's.

    Attributes:
        units: by number, in order of kind name, force, shift key (or base), slot.
        first: number of slot 0, by kind name, code of the force and shift key; none for standing kinds.
        slots: slots, by the same.
    """

    units: tuple[Unit, ...]
    first: dict[tuple[str, int, str], int]
    slots: dict[tuple[str, int, str], Slots]

    @staticmethod
    def of(table: Mapping[tuple[str, int, str], _Entry], kind: str, force: int) -> dict[str, _Entry]:
        """The entries of a kind in a force by shift key."""
        return {key: entry for (name, code, key), entry in table.items() if name == kind and code == force}


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
            for key, most in sorted(most_units(world, name, mine).items()):
                sequence = base_sequence(served, kind.minimum_per_base, most)
                first[name, force, key] = len(units)
                slots[name, force, key] = slots_of(kind, key.rpartition(":")[2], sequence, key not in AT_ONCE)
                for slot, base in enumerate(sequence.tolist()):
                    label = f"{mine.force} {name} {key}{slot + 1}"
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
    """Shift key: the most units of the kind that can ever be on duty at once in a force."""
    scenario = world.scenario
    kind = scenario.units[name]
    team = scenario.teams[mine.name]
    owned = world.vehicles[name][mine.code]
    if isinstance(team, VolunteerTeam):
        most = {NO_LETTER: ceil(max(patrols_by_day(team, mine.posts, kind), default=0.0)) + 1}
        if call_ins(scenario, mine.name):
            most[CALLED_IN] = mine.posts // kind.crew
        return {key: _capped(owned, units) for key, units in most.items()}
    officers = _most_officers(scenario, mine, team)
    for other in kinds_in(world, mine.name, mine.code):
        if other == name:
            break
        earlier = scenario.units[other]
        if earlier.vehicles is None and not earlier.levels and not earlier.crew_needs:
            # Not of those recalled: a crew of theirs that would be off too soon is left to the next kind.
            officers |= {key: min(most, earlier.crew - 1) for key, most in officers.items() if key != RECALL}
    return {key: _capped(owned, most // kind.crew) for key, most in officers.items()}


def _capped(owned: int | None, most: int) -> int:
    return most if owned is None else min(most, owned)


def _most_officers(scenario: Scenario, mine: ForceTeam, team: PatternTeam) -> dict[str, int]:
    """Shift key: most officers that can ever parade, those called in on a rest day among them."""
    count = ever_in_post(scenario, mine)
    levels = [config for config in scenario.threat.levels.values() if holds_for(config, mine.name)]
    share = max([team.rest_days_worked, *(config.duty.rest_days_cancelled for config in levels)])
    others = sorted({config.duty.pattern for config in levels if config.duty.pattern} - {team.pattern})
    most = _by_letter(scenario.patterns[team.pattern], count, share, bool(others))
    for other in others:
        found = _by_letter(scenario.patterns[other], count, share, True)
        most |= {f"{other}:{letter}": officers for letter, officers in found.items()}
    recalled = max((config.duty.recall.share for config in levels if config.duty.recall), default=0.0)
    if recalled:
        most[RECALL] = min(count, ceil(recalled * count) + 1)
    return most


def _by_letter(pattern: Pattern, count: int, share: float, all_may_rest: bool) -> dict[str, int]:
    """Most officers on each letter: of all squads that work it, and the *share* called in of those resting.

    While a team changes from one pattern to another, anybody may be resting (*all_may_rest*).
    """
    cycle = cycle_codes(pattern)
    sizes = team_sizes(count, pattern.teams)
    lag = np.arange(pattern.teams)[:, None] * pattern.days_between_teams
    works = cycle[(np.arange(len(cycle)) - lag) % len(cycle)]

    def most(code: int) -> int:
        return int((sizes[:, None] * (works == code)).sum(axis=0).max())

    called = ceil(share * (count if all_may_rest else most(RESTING))) + 1 if share else 0
    return {letter: most(code) + called for code, letter in enumerate(sorted(pattern.shifts))}


def call_ins(scenario: Scenario, team: str) -> dict[int, CallIn]:
    """Level: how it asks a team of volunteers for more duties.

    A level that names teams, but none of volunteers, asks all of them: the others are named for what it
    sets for patterns.
    """

    def asks(level: LevelConfig) -> bool:
        named = [name for name in level.duty.teams if isinstance(scenario.teams.get(name), VolunteerTeam)]
        return not named or team in named

    return {
        int(ThreatLevel[name]): level.duty.volunteers
        for name, level in scenario.threat.levels.items()
        if level.duty.volunteers is not None and asks(level)
    }


def kinds_in(world: World, team: str, force: int) -> list[str]:
    """Kinds of a team that have a base in a force, in the order in which they take officers."""
    units = world.scenario.units
    return [
        name
        for name in kinds_of(world.scenario, team)
        if any(base.force == force for base in world.bases[units[name].bases])
    ]


def neighbourhood(scenario: Scenario, kind: str) -> bool:
    """Whether the crews of a kind come from a neighbourhood team."""
    team = scenario.teams.get(scenario.units[kind].team or "")
    return isinstance(team, PatternTeam) and team.role == "NPT"


def kinds_of(scenario: Scenario, team: str) -> list[str]:
    """Kinds of a team in the order in which they take officers; ties by name."""
    names = [name for name, kind in scenario.units.items() if kind.team == team]
    return sorted(names, key=lambda name: (scenario.units[name].order, name))


def duties_by_day(team: VolunteerTeam, headcount: int, share: float = 1.0, crew: float = 1.0) -> list[float]:
    """Mean duties of so many volunteers on each day of the week, Monday first: a *share* in crews of *crew*.

    Hours a week = headcount x hours a month x 12 / 52.18; crews = hours / length of a duty x share / crew.
    """
    weights = [team.day_weights.get(day, 0.0) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]
    total = sum(weights)
    if not total or not team.duty:
        return [0.0] * 7
    hours = headcount * team.hours_a_month * 12 / WEEKS_A_YEAR
    week = hours / (team.duty / 60) * share / crew
    return [week * weight / total for weight in weights]


def patrols_by_day(team: VolunteerTeam, headcount: int, kind: UnitKind) -> list[float]:
    """Mean patrols of a kind on each day of the week, Monday first."""
    crew = kind.crew + larger_share(kind, NO_LETTER)
    return duties_by_day(team, headcount, team.in_patrols, crew)
