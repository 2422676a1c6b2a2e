"""Speed by hour of the week, as multipliers of travel minutes."""

from __future__ import annotations

from armsim.config.schema import Scenario
from armsim.domain import HOURS_PER_WEEK, MINUTES_PER_HOUR
from armsim.model.profiles import week_minutes
from armsim.model.travel.noise import SpeedProfile


def time_factors(scenario: Scenario) -> tuple[float, ...]:
    """168 multipliers of ordinary travel minutes, from Monday 00:00; the last rule that fits decides."""
    speeds = [1.0] * HOURS_PER_WEEK
    for rule in scenario.travel.speed_by_hour:
        hours = week_minutes(rule.days, rule.hours) // int(MINUTES_PER_HOUR)
        for hour in set(hours.tolist()):
            speeds[hour] = rule.factor
    return SpeedProfile.from_speeds(speeds).time_factors
