"""When a trained officer may carry a CED: dates of approval, levels that narrow it, refreshers that lapse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from armsim.config.schema.scenario import Scenario
from armsim.domain import MINUTES_PER_DAY, Employment, ThreatLevel
from armsim.model.absence import GOLDEN, Bools
from armsim.model.patterns import Floats, Ints, holds_for
from armsim.model.threat import Timeline


@dataclass(frozen=True)
class CedGate:
    """Which employments may carry a CED, by date and by threat level.

    Attributes:
        allowed_from: minute from which each employment may carry; by ``Employment`` code.
        at_level: whether it may at each level; (levels, employments).
        timeline: the threat timeline.
    """

    allowed_from: Floats
    at_level: Bools
    timeline: Timeline

    def allows(self, employment: Ints, minute: Floats) -> Bools:
        """Whether officers of each employment may carry at each minute; same shape."""
        levels = np.asarray(self.timeline.levels_at(minute), dtype=np.int64)
        return np.asarray((self.allowed_from[employment] <= minute) & self.at_level[levels, employment])


@dataclass(frozen=True)
class Refreshers:
    """Spells in which carriers are out of date; both arrays (due dates, officers), minutes.

    Attributes:
        due: when each refresher fell due.
        made: when it was done; before that the officer is out of date.
    """

    due: Floats
    made: Floats

    def in_date(self, officer: Ints, minute: Floats) -> Bools:
        """Whether no refresher of the officer is overdue at the minute; same shape."""
        shape = np.broadcast(officer, minute).shape
        lapsed = np.zeros(shape, dtype=bool)
        for due, made in zip(self.due, self.made, strict=True):
            lapsed |= (due[officer] <= minute) & (minute < made[officer])
        return ~lapsed


def ced_gate(scenario: Scenario, team: str, timeline: Timeline) -> CedGate:
    """The gate for a team, of a pattern or of volunteers, on one timeline.

    A date of approval opens at its midnight; an employment of ``allowed_early`` needs none.
    """
    policy = scenario.people.ced
    opens = np.full(len(Employment), -np.inf)
    for name, day in policy.allowed_from.items():
        if name not in policy.allowed_early:
            opens[Employment[name]] = (day - scenario.start).days * MINUTES_PER_DAY
    table = np.ones((len(ThreatLevel), len(Employment)), dtype=bool)
    for level, config in scenario.threat.levels.items():
        if config.duty.ced is not None and holds_for(config, team):
            table[ThreatLevel[level]] = [one.name in config.duty.ced for one in Employment]
    return CedGate(opens, table, timeline)


def refreshers(
    scenario: Scenario, team: str, trained: Bools, timeline: Timeline, begin: float, end: float
) -> Refreshers:
    """Refreshers of officers that a level's suspension delays, between *begin* and *end*.

    Due dates of those *trained* are spread over the period by the golden ratio. One that falls into a
    suspension of the absence that refreshers belong to is made up after it, in order of due date and evenly
    over ``catch_up``; if the next suspension comes first, after that.
    """
    policy = scenario.people.ced
    every = policy.refresher_every
    stops = suspensions(scenario, team, policy.refresher_with, timeline, begin, end)
    if not every or not stops:
        return Refreshers(np.empty((0, len(trained))), np.empty((0, len(trained))))
    phase = (np.cumsum(trained) - 1) * GOLDEN % 1.0 * every
    turns = np.arange(np.floor(begin / every) - 1, np.ceil(end / every) + 1)
    due = phase + turns[:, None] * every
    made = due.copy()
    for start, until in stops:
        inside = (made >= start) & (made < until)
        late = (made - start) / (until - start) * policy.catch_up
        made = np.where(inside, until + late, made)
    delayed = (made > due).any(axis=1)
    return Refreshers(due[delayed], made[delayed])


def suspensions(
    scenario: Scenario, team: str, absence: str, timeline: Timeline, begin: float, end: float
) -> list[tuple[float, float]]:
    """Spells (start, end) between *begin* and *end* in which a planned absence of the team is suspended."""
    stopped = {
        name
        for name, level in scenario.threat.levels.items()
        if holds_for(level, team) and absence in level.duty.suspend
    }
    spells: list[tuple[float, float]] = []
    for level, start, until in timeline.spells(begin, end):
        if level.name not in stopped:
            continue
        if spells and spells[-1][1] == start:
            spells[-1] = (spells[-1][0], until)
        else:
            spells.append((start, until))
    return spells
