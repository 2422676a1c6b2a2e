"""Who is rostered when: the cycle of a shift pattern laid on the calendar, before any absence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema.duty import REST, LevelName, Pattern, PatternTeam
from armsim.config.schema.scenario import Scenario
from armsim.config.schema.threat import LevelConfig
from armsim.domain import MINUTES_PER_DAY, ThreatLevel
from armsim.errors import Problem, ScenarioError
from armsim.model.threat import Timeline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Index of a rest day where shift letters have theirs.
RESTING = -1


@dataclass(frozen=True)
class Calendar:
    """A pattern's shifts over a range of days.

    Attributes:
        letters: shift letters in order of letter; their index is their code.
        first_day: day number of column 0; day 0 opens the window.
        works: letter code that each team works on each day, ``RESTING`` on a rest day; (teams, days).
        parade: how many shifts each team has worked before that day, counted from its day 0; (teams, days).
        starts: minute at which each letter's shift starts on each day; (days, letters).
        lengths: minutes it lasts, as the level at its start has it; (days, letters).
        levels: level at its start; (days, letters).
    """

    letters: tuple[str, ...]
    first_day: int
    works: Ints
    parade: Ints
    starts: Floats
    lengths: Floats
    levels: Ints

    @property
    def teams(self) -> int:
        """Number of teams."""
        return len(self.works)

    @cached_property
    def worked(self) -> NDArray[np.bool_]:
        """Whether some team works the letter that day; (days, letters)."""
        codes = np.arange(len(self.letters))
        return np.asarray((self.works[:, :, None] == codes).any(axis=0))

    def of_teams(self, values: Floats | Ints, resting: float) -> NDArray[Any]:
        """*values* (days, letters) at the shift each team works, *resting* on rest days; (teams, days)."""
        days = np.arange(self.works.shape[1])
        return np.where(self.works == RESTING, resting, values[days, self.works])


def calendar(
    pattern: Pattern,
    team: str,
    levels: Mapping[LevelName, LevelConfig],
    timeline: Timeline,
    begin: float,
    end: float,
) -> Calendar:
    """The pattern's shifts that may touch [begin, end), with two days to spare at each end.

    Day d of team k follows ``cycle[(d - k * days_between_teams) mod len(cycle)]``.

    Args:
        pattern: the pattern.
        team: name of the team of officers; a level's duty may name the teams that it holds for.
        levels: settings by level name.
        timeline: the threat timeline.
        begin: start of the run, minutes.
        end: end of the run, minutes.

    Raises:
        ScenarioError: a level sets shifts longer than 24 hours, which would overlap themselves.
    """
    letters = tuple(sorted(pattern.shifts))
    first = int(begin // MINUTES_PER_DAY) - 2
    days = np.arange(first, int(end // MINUTES_PER_DAY) + 3)
    spans = [pattern.shifts[letter] for letter in letters]
    starts = days[:, None] * MINUTES_PER_DAY + np.array([float(span.start) for span in spans])
    at = np.asarray(timeline.levels_at(starts.ravel()), dtype=np.int64).reshape(starts.shape)
    lengths = np.array([[float(span.length) for span in spans]] * len(ThreatLevel))
    for level, length in _lengths(team, levels).items():
        lengths[level] = length
    works, parade = _cycle(pattern, days)
    return Calendar(letters, first, works, parade, starts, lengths[at, np.arange(len(letters))], at)


def cycle_codes(pattern: Pattern) -> Ints:
    """The cycle of the first team in letter codes, ``RESTING`` on rest days."""
    code = {letter: index for index, letter in enumerate(sorted(pattern.shifts))} | {REST: RESTING}
    return np.array([code[day] for day in pattern.cycle], dtype=np.int64)


def _cycle(pattern: Pattern, days: Ints) -> tuple[Ints, Ints]:
    """Letter codes and number of earlier shifts; both (teams, days)."""
    cycle = cycle_codes(pattern)
    before = np.concatenate(([0], np.cumsum(cycle != RESTING)))
    lag = np.arange(pattern.teams)[:, None] * pattern.days_between_teams
    turn, place = np.divmod(days - lag, len(cycle))
    return cycle[place], turn * before[-1] + before[place]


def _lengths(team: str, levels: Mapping[LevelName, LevelConfig]) -> dict[int, float]:
    """Shift length by level, where a level sets one for the team."""
    found: dict[int, float] = {}
    for name, level in levels.items():
        duty = level.duty
        if duty.shift_length is None or not holds_for(level, team):
            continue
        if not 0 < duty.shift_length <= MINUTES_PER_DAY:
            problem = "a shift lasts more than nothing and at most 24 h, or it would overlap its successor"
            raise ScenarioError([Problem(problem, f"threat.levels.{name}.duty.shift_length")])
        found[ThreatLevel[name]] = duty.shift_length
    return found


@dataclass(frozen=True)
class PatternSpell:
    """A spell of time in which a team works one pattern.

    Attributes:
        name: the pattern.
        prefix: what goes before its letters in keys of shifts; empty for the team's own pattern.
        start: from when; the first spell from minus infinity.
        end: until when; the last spell to infinity.
    """

    name: str
    prefix: str
    start: float
    end: float


def pattern_spells(
    scenario: Scenario, team: PatternTeam, name: str, timeline: Timeline
) -> list[PatternSpell]:
    """Which pattern a team works when, its own or what levels set; levels of one pattern make one spell."""
    set_by = {
        ThreatLevel[level]: config.duty.pattern
        for level, config in scenario.threat.levels.items()
        if config.duty.pattern is not None and holds_for(config, name)
    }
    spells: list[PatternSpell] = []
    for level, start, end in timeline.spells(-np.inf, np.inf):
        pattern = set_by.get(level, team.pattern)
        prefix = "" if pattern == team.pattern else f"{pattern}:"
        if spells and spells[-1].name == pattern:
            spells[-1] = replace(spells[-1], end=end)
        else:
            spells.append(PatternSpell(pattern, prefix, start, end))
    return spells


def holds_for(level: LevelConfig, team: str) -> bool:
    """Whether the level's settings of duty hold for the team: it is named, or none is."""
    return not level.duty.teams or team in level.duty.teams


def pattern_team(scenario: Scenario, name: str) -> PatternTeam:
    """The team called *name*.

    Raises:
        TypeError: it works no pattern.
    """
    team = scenario.teams[name]
    if not isinstance(team, PatternTeam):
        raise TypeError(f"{name} works no pattern")
    return team


def strength(team: PatternTeam, posts: int) -> int:
    """Officers in post: so many posts on the books less vacancies, to the nearest officer."""
    return int(np.floor(posts * (1.0 - team.vacancies) + 0.5 + 1e-9))


def team_sizes(officers: int, teams: int) -> Ints:
    """Officers in each team when officer i belongs to team i mod *teams*."""
    return (officers - np.arange(teams) + teams - 1) // teams
