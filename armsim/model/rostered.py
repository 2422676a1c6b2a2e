"""Rostered duties of the officers of a team, level by level, before any absence."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from armsim.config.schema.scenario import Scenario
from armsim.domain import MINUTES_PER_DAY, ThreatLevel
from armsim.model.absence import Bools, phase_of
from armsim.model.patterns import (
    RESTING,
    Calendar,
    Floats,
    Ints,
    PatternSpell,
    calendar,
    holds_for,
    pattern_spells,
    pattern_team,
)
from armsim.model.threat import Timeline

#: Key of the shifts of officers called from home.
RECALL = "recall"


@dataclass(frozen=True)
class Rostered:
    """Rostered duties; rows in order of officer, then start.

    Attributes:
        officer: id of the officer.
        key: index of the shift's key in the sorted keys.
        start: minute at which it starts.
        end: minute at which it ends, before anybody is kept on.
        level: level at its start.
        index: place of the officer in the squad, from 0.
        squad: the squad, from 0.
        phase: phase of the duty in the levelled rule of the squad.
        parade: how many duties the squad had before, counted from its day 0.
        spell: number of the spell of one pattern that it belongs to.
        changed: whether its hours are not those of the team's own pattern.
    """

    officer: Ints
    key: Ints
    start: Floats
    end: Floats
    level: Ints
    index: Ints
    squad: Ints
    phase: Floats
    parade: Ints
    spell: Ints
    changed: Bools

    def take(self, rows: Ints | Bools) -> Rostered:
        """The rows named."""
        return Rostered(*(getattr(self, one.name)[rows] for one in fields(self)))


@dataclass(frozen=True)
class OpenShifts:
    """Shifts that the patterns hold, whoever is there; arrays by shift, in order of day and key."""

    day: Ints
    key: Ints
    start: Floats
    end: Floats
    level: Ints

    def take(self, rows: Ints | Bools) -> OpenShifts:
        """The shifts named."""
        return OpenShifts(*(getattr(self, one.name)[rows] for one in fields(self)))


class Plan:
    """The patterns of a team on a timeline: spells, keys of shifts, shifts and rostered duties.

    Args:
        scenario: the scenario.
        name: name of the team.
        timeline: the threat timeline.
        begin: start of the run, minutes.
        end: end of the run, minutes.

    Raises:
        TypeError: the team works no pattern.
    """

    def __init__(self, scenario: Scenario, name: str, timeline: Timeline, begin: float, end: float) -> None:
        team = pattern_team(scenario, name)
        self.scenario, self.name, self.timeline = scenario, name, timeline
        self.begin, self.end = begin, end
        self.rest = scenario.people.hours.daily_rest
        self.first_day = int(begin // MINUTES_PER_DAY) - 2
        self.days = int(end // MINUTES_PER_DAY) + 3 - self.first_day
        every = pattern_spells(scenario, team, name, timeline)
        last = (self.first_day + self.days) * MINUTES_PER_DAY
        self.spells = [one for one in every if one.start < last and one.end > begin]
        self.calendars = [self._calendar(one) for one in self.spells]
        pairs = zip(self.spells, self.calendars, strict=True)
        letters = {one.prefix + letter for one, cal in pairs for letter in cal.letters}
        self.keys = tuple(sorted(letters | {RECALL}))
        self.kept_on = _kept_on(scenario, name, timeline)

    def _calendar(self, spell: PatternSpell) -> Calendar:
        """Days that can hold a shift of the spell; one that is the first or last keeps the spare days."""
        pattern = self.scenario.patterns[spell.name]
        since = max(self.begin, spell.start)
        until = max(since, min(self.end, spell.end))
        return calendar(pattern, self.name, self.scenario.threat.levels, self.timeline, since, until)

    def codes(self, spell: int) -> Ints:
        """Index in the keys of each letter of the pattern of a spell."""
        prefix = self.spells[spell].prefix
        return np.array([self.keys.index(prefix + letter) for letter in self.calendars[spell].letters])

    def squads_at(self, minute: float) -> int:
        """Number of squads of the pattern that is worked up to a minute of the run."""
        at = [spell.start < minute <= spell.end for spell in self.spells].index(True)
        return self.calendars[at].teams

    def changed_at(self, minute: Floats) -> Floats:
        """When the level that holds at each minute took hold; the first one at the start of the run."""
        starts = np.array((min(self.begin, 0.0), *self.timeline.starts[1:]))
        return np.asarray(starts[np.maximum(np.searchsorted(starts, minute, side="right") - 1, 0)])

    def notice(self, minute: Floats) -> Floats:
        """Notice of a duty that starts at each minute, if decided when its level took hold."""
        return np.maximum(minute - self.changed_at(minute), 0.0)

    def kept(self, start: Floats, end: Floats) -> Floats:
        """When duties end with officers kept on for levels that rise while they are under way."""
        for moment, longer in self.kept_on:
            end = np.where((start < moment) & (moment < end), end + longer, end)
        return end

    def rostered(self, count: int) -> Rostered:
        """Rostered duties of *count* officers, officer i in squad i mod the number of squads.

        In a new spell an officer joins the pattern at its first shift that starts a daily rest or more after
        the end of the last duty, kept on or not.
        """
        officers = np.arange(count)
        free = np.full(count, -np.inf)
        parts: list[Rostered] = []
        for number in range(len(self.spells)):
            part = self._part(number, officers, free)
            np.maximum.at(free, part.officer, self.kept(part.start, part.end) + self.rest)
            parts.append(part)
        if len(parts) == 1:
            return parts[0]
        whole = Rostered(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Rostered)))
        return whole.take(np.lexsort((whole.start, whole.officer)))

    def _part(self, number: int, officers: Ints, free: Floats) -> Rostered:
        spell, days = self.spells[number], self.calendars[number]
        squad = officers % days.teams
        starts = days.of_teams(days.starts, np.nan)
        inside = (days.works != RESTING) & (starts >= spell.start) & (starts < spell.end)
        officer, day = np.nonzero(inside[squad] & (starts[squad] >= free[:, None]))
        team = squad[officer]
        code, parade = days.works[team, day], days.parade[team, day]
        start, length = days.starts[day, code], days.lengths[day, code]
        own = np.array([
            float(self.scenario.patterns[spell.name].shifts[letter].length) for letter in days.letters
        ])  # fmt: skip
        return Rostered(
            officer=officer,
            key=self.codes(number)[code],
            start=start,
            end=start + length,
            level=days.levels[day, code],
            index=officer // days.teams,
            squad=team,
            phase=phase_of(parade, team / days.teams),
            parade=parade,
            spell=np.full(len(officer), number),
            changed=(length != own[code]) | bool(spell.prefix),
        )

    def open_shifts(self) -> OpenShifts:
        """All shifts that some squad works by its pattern, in order of day and key."""
        parts = []
        for number, (spell, days) in enumerate(zip(self.spells, self.calendars, strict=True)):
            inside = days.worked & (days.starts >= spell.start) & (days.starts < spell.end)
            day, code = np.nonzero(inside)
            start = days.starts[day, code]
            end, level = start + days.lengths[day, code], days.levels[day, code]
            parts.append((day + days.first_day, self.codes(number)[code], start, end, level))
        day, key, start, end, level = (np.concatenate(part) for part in zip(*parts, strict=True))
        order = np.lexsort((key, day))
        return OpenShifts(day[order], key[order], start[order], end[order], level[order])


def _kept_on(scenario: Scenario, name: str, timeline: Timeline) -> list[tuple[float, float]]:
    """Moments at which a level that keeps officers on takes hold from a lower one, and how much longer."""
    found: list[tuple[float, float]] = []
    for moment, level in rises(timeline):
        for key, config in scenario.threat.levels.items():
            if ThreatLevel[key] == level and config.duty.keep_on and holds_for(config, name):
                found.append((moment, config.duty.keep_on))
    return found


def rises(timeline: Timeline) -> list[tuple[float, ThreatLevel]]:
    """Moments at which the level rises, with the level that then holds."""
    pairs = zip(timeline.starts[1:], timeline.levels, timeline.levels[1:], strict=False)
    return [(moment, level) for moment, before, level in pairs if level > before]
