"""Duty before the run, by the roster alone: what averages over a reference period begin with."""

from __future__ import annotations

import numpy as np

from armsim.domain import MINUTES_PER_DAY, ThreatLevel
from armsim.model.forces import ForceTeam
from armsim.model.officers import ever_in_post
from armsim.model.patterns import RESTING, Floats, calendar, pattern_team
from armsim.model.threat import Timeline
from armsim.model.world import World


def rostered_before(world: World, mine: ForceTeam, days: int) -> Floats:
    """Minutes of rostered duty by calendar day before the run begins.

    The team's own pattern at its own lengths, nobody absent: leave and sickness are neutral in the average of
    the regulations. Duties that are still under way when the run begins are left out, as they have rows in
    the log. Officers of uplifts have the duties of their squad.

    Args:
        world: the world.
        mine: a pattern team of one force.
        days: how many days.

    Returns:
        Minutes; (officers, days), the last day being the one before the day that the run begins on. A duty
        across midnight has its minutes on both days.

    Raises:
        TypeError: the team works no pattern.
    """
    scenario = world.scenario
    team = pattern_team(scenario, mine.name)
    begin = -scenario.warm_up
    last = int(begin // MINUTES_PER_DAY)
    still = Timeline((0.0,), (ThreatLevel.LOW,))
    opens = (last - days) * MINUTES_PER_DAY
    plan = calendar(scenario.patterns[team.pattern], mine.name, {}, still, opens, begin)
    minutes = np.zeros((plan.teams, days))
    squad, column = np.nonzero(plan.works != RESTING)
    code = plan.works[squad, column]
    start = plan.starts[column, code]
    end = start + plan.lengths[column, code]
    over = end <= begin
    squad, start, end = squad[over], start[over], end[over]
    first = (start // MINUTES_PER_DAY).astype(np.int64)
    for day in (first, first + 1):
        midnight = day * MINUTES_PER_DAY
        part = np.minimum(end, midnight + MINUTES_PER_DAY) - np.maximum(start, midnight)
        at = day - (last - days)
        inside = (part > 0) & (at >= 0) & (at < days)
        np.add.at(minutes, (squad[inside], at[inside]), part[inside])
    return np.asarray(minutes[np.arange(ever_in_post(scenario, mine)) % plan.teams])
