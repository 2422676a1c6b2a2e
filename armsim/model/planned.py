"""Planned absence of a team over time: its shares by cause, suspended by levels and made up afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from armsim.config.schema.scenario import Scenario
from armsim.domain import ThreatLevel
from armsim.model.absence import GOLDEN, Bools, levelled
from armsim.model.patterns import Floats, Ints, holds_for, pattern_team
from armsim.model.threat import Timeline

#: Making up leaves at least this share of duties worked.
_LEAST_PRESENT = 0.05
#: A backlog below this is made up, minutes.
_NOTHING = 1e-6
#: A rotation independent of the golden one, which says who is absent; this one says what for.
_CAUSE_TURN = 2**0.5


@dataclass(frozen=True)
class Planned:
    """Shares of duties lost to planned absence, in spells of constant shares.

    Attributes:
        since: start of each spell, rising; the first is minus infinity.
        upto: running sums of the shares, causes sorted by name; (spells, causes).
    """

    since: Floats
    upto: Floats

    def _spell(self, minute: Floats) -> Ints:
        return np.asarray(np.searchsorted(self.since, minute, side="right") - 1)

    def share(self, minute: Floats) -> Floats:
        """Share of duties lost at each minute, at most 1; same shape."""
        if not self.upto.shape[1]:
            return np.zeros(np.shape(minute))
        return np.asarray(np.minimum(self.upto[self._spell(minute), -1], 1.0))

    def absent(self, index: Ints, phase: Floats, minute: Floats) -> Bools:
        """Whether planned absence takes each officer (by place in the squad) from a duty that starts then."""
        return levelled(index, self.share(minute), phase)

    def cause(self, index: Ints, phase: Floats, parade: Ints, minute: Floats) -> Ints:
        """Cause of officers who are absent: of those absent from one duty each gets the causes in turn.

        Args:
            index: place of each officer in the squad.
            phase: phase of the duty in the levelled rule.
            parade: how many duties the squad had before.
            minute: when the duty starts.
        """
        number = np.floor((index + 1) * self.share(minute) + phase)
        place = (number * GOLDEN + parade * _CAUSE_TURN) % 1.0
        upto = self.upto[self._spell(minute)]
        return np.asarray((place[:, None] * upto[:, -1:] >= upto[:, :-1]).sum(axis=1))


def planned(scenario: Scenario, name: str, timeline: Timeline, begin: float, end: float) -> Planned:
    """Planned absence of a pattern team between *begin* and *end*.

    What a level suspends is owed: for every minute suspended, the cause's usual share of a minute. Afterwards
    the cause takes ``people.make_up`` times its usual share on top of it until as much has been made up.
    Where the sum of all would leave hardly anybody, making up is slower.
    """
    team = pattern_team(scenario, name)
    causes = sorted(team.planned_absence)
    usual = np.array([team.planned_absence[cause] for cause in causes])
    owing = np.zeros(len(causes))
    since: list[float] = []
    shares: list[Floats] = []
    for level, start, until in timeline.spells(begin, end):
        stopped = _stopped(scenario, name, level, causes)
        for moment, now in _spell(usual, stopped, owing, scenario.people.make_up, start, until):
            since.append(moment)
            shares.append(now)
        owing += np.where(stopped, until - start, 0.0)
    since[0] = -np.inf
    return Planned(np.array(since), np.cumsum(np.array(shares).reshape(len(since), len(causes)), axis=1))


def _stopped(scenario: Scenario, name: str, level: ThreatLevel, causes: list[str]) -> Bools:
    config = next((one for key, one in scenario.threat.levels.items() if key == level.name), None)
    if config is None or not holds_for(config, name):
        return np.zeros(len(causes), dtype=bool)
    return np.array([cause in config.duty.suspend for cause in causes], dtype=bool)


def _spell(
    usual: Floats, stopped: Bools, owing: Floats, make_up: float, start: float, until: float
) -> list[tuple[float, Floats]]:
    """Shares from moments on in a spell of one level; *owing* (minutes by cause) is brought up to date."""
    found: list[tuple[float, Floats]] = []
    base = np.where(stopped, 0.0, usual)
    while start < until:
        due = (owing > _NOTHING) & (base > 0)
        extra = np.where(due, make_up * base, 0.0)
        room = max(1.0 - _LEAST_PRESENT - base.sum(), 0.0)
        pace = min(1.0, room / extra.sum()) if extra.sum() else 0.0
        found.append((start, base + pace * extra))
        if not pace:
            break
        step = min(until - start, float(owing[due].min()) / (pace * make_up))
        owing[due] = np.maximum(owing[due] - step * pace * make_up, 0.0)
        start += step
    return found
