"""Who parades on each shift of a pattern team: roster less absence, and officers called in on a rest day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from armsim.config.schema.duty import PatternTeam
from armsim.config.schema.scenario import Scenario
from armsim.domain import MINUTES_PER_DAY, ThreatLevel
from armsim.model.absence import Bools, away_in_spells, levelled, marked, phase_of, planned_shares
from armsim.model.forces import ForceTeam
from armsim.model.patterns import RESTING, Calendar, Floats, Ints, calendar, holds_for, strength
from armsim.model.threat import Timeline
from armsim.streams import Streams

#: Rest that regulations ask for between duties, minutes.
REST_BETWEEN = 11 * 60.0


@dataclass(frozen=True)
class Parades:
    """Officers on parade, shift by shift; a shift is day index x letters + letter code.

    Attributes:
        calendar: the shifts.
        shift: shift of each parading officer, ascending; officers of one shift in order of id.
        officer: id of the officer, from 0.
        ced: whether trained, in date and allowed to carry a CED.
        rostered: officers whom each shift would have if nobody were absent, with those called in.
    """

    calendar: Calendar
    shift: Ints
    officer: Ints
    ced: Bools
    rostered: Ints


def parades(
    scenario: Scenario, mine: ForceTeam, streams: Streams, timeline: Timeline, begin: float, end: float
) -> Parades:
    """Who parades on every shift of a pattern team of one force between *begin* and *end*."""
    name = mine.name
    team = scenario.teams[name]
    if not isinstance(team, PatternTeam):
        raise TypeError(f"{name} works no pattern")
    days = calendar(scenario.patterns[team.pattern], name, scenario.threat.levels, timeline, begin, end)
    officers = np.arange(strength(team, mine.posts))
    works = days.works[officers % days.teams]
    away = _away(team, mine, days, officers, streams, begin, end)
    planned = planned_shares(team, name, scenario.threat.levels)
    present = (works != RESTING) & ~away & ~_on_leave(days, officers, planned)
    day, officer = np.nonzero(present.T)
    shift = day * len(days.letters) + works[officer, day]
    extra = _called_in(days, officers, away, planned, cancelled_shares(scenario, name))
    shift, officer = np.concatenate((shift, extra[0])), np.concatenate((officer, extra[1]))
    order = np.lexsort((officer, shift))
    return Parades(
        days, shift[order], officer[order], _ced(team, days, officer[order]), _rostered(days, works, extra[0])
    )


def _ced(team: PatternTeam, days: Calendar, officer: Ints) -> Bools:
    return marked(officer // days.teams, team.ced_share)


def _rostered(days: Calendar, works: Ints, called: Ints) -> Ints:
    size = days.starts.size
    shift = np.arange(works.shape[1]) * len(days.letters) + works
    return np.bincount(shift[works != RESTING], minlength=size) + np.bincount(called, minlength=size)


def _away(
    team: PatternTeam,
    mine: ForceTeam,
    days: Calendar,
    officers: Ints,
    streams: Streams,
    begin: float,
    end: float,
) -> Bools:
    """Whether each officer is in a spell of absence when the day's shift starts; on rest days at noon."""
    noon = (days.first_day + np.arange(days.works.shape[1]) + 0.5) * MINUTES_PER_DAY
    times = np.where(days.works == RESTING, noon, days.of_teams(days.starts, 0.0))[officers % days.teams]
    members = np.broadcast_to(officers[:, None], times.shape)
    away = np.zeros(times.shape, dtype=bool)
    for cause, spells in (("sickness", team.sickness), ("non_deployable", team.non_deployable)):
        rng = streams.generator("duty", mine.force, mine.name, cause)
        away |= away_in_spells(rng, spells, members, times, begin, end)
    return away


def _on_leave(days: Calendar, officers: Ints, planned: Floats) -> Bools:
    """Whether planned absence takes each officer on each day; every team has a phase of its own."""
    levels = days.of_teams(days.levels, 0).astype(np.int64)
    offset = np.arange(days.teams)[:, None] / days.teams
    team = officers % days.teams
    phase = phase_of(days.parade, offset)
    return levelled((officers // days.teams)[:, None], planned[levels][team], phase[team])


def cancelled_shares(scenario: Scenario, name: str) -> Floats:
    """Share of officers on a rest day who are called in, in order of level."""
    shares = np.zeros(len(ThreatLevel))
    for level, config in scenario.threat.levels.items():
        if holds_for(config, name):
            shares[ThreatLevel[level]] = config.duty.rest_days_cancelled
    return shares


def _called_in(
    days: Calendar, officers: Ints, away: Bools, planned: Floats, cancelled: Floats
) -> tuple[Ints, Ints]:
    """Shifts and officers of those called in on a rest day.

    The share is thinned by planned absence, as parades are, and taken by rotation over those on a rest day.
    """
    shifts: list[int] = []
    called: list[int] = []
    free_from = np.full(len(officers), -np.inf)
    shares = np.where(days.worked, cancelled[days.levels], 0.0)
    rest = _RestCheck(days)
    for day in np.flatnonzero(shares.max(axis=1)):
        resting = officers[days.works[officers % days.teams, day] == RESTING]
        letter = int(shares[day].argmax())
        share = shares[day, letter] * (1.0 - planned[days.levels[day, letter]])
        turn = days.first_day + int(day)
        chosen = resting[levelled(np.arange(len(resting)), share, phase_of(turn, 0.5))]
        open_letters = np.flatnonzero(shares[day])
        chosen = chosen[~away[chosen, day]]
        for officer, code in rest.deal(int(day), chosen, open_letters, free_from):
            shifts.append(int(day) * len(days.letters) + code)
            called.append(officer)
    return np.array(shifts, dtype=np.int64), np.array(called, dtype=np.int64)


class _RestCheck:
    """Deals officers on a rest day to shifts that leave them their rest before and after their own."""

    def __init__(self, days: Calendar) -> None:
        self.days = days
        ends = days.of_teams(days.starts + days.lengths, -np.inf)
        starts = days.of_teams(days.starts, np.inf)
        self.last_end = np.maximum.accumulate(ends, axis=1)
        self.next_start = np.minimum.accumulate(starts[:, ::-1], axis=1)[:, ::-1]

    def deal(self, day: int, chosen: Ints, letters: Ints, free_from: Floats) -> Iterator[tuple[int, int]]:
        """Officers and letter codes: each to the possible shift with fewest so far, the earliest first.

        *free_from* (per officer, when the rest after the last call ends) is brought up to date.
        """
        days = self.days
        begins = {int(code): float(days.starts[day, code]) for code in letters}
        ends = {code: begins[code] + float(days.lengths[day, code]) for code in begins}
        order = sorted(begins, key=lambda code: (begins[code], code))
        dealt = dict.fromkeys(order, 0)
        for officer in chosen.tolist():
            team = officer % days.teams
            earliest = max(self.last_end[team, day] + REST_BETWEEN, free_from[officer])
            latest = self.next_start[team, day] - REST_BETWEEN
            possible = [code for code in order if begins[code] >= earliest and ends[code] <= latest]
            if possible:
                code = min(possible, key=dealt.__getitem__)
                dealt[code] += 1
                free_from[officer] = ends[code] + REST_BETWEEN
                yield officer, code
