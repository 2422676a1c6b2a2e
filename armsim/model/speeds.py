"""Speed by hour of the week, as multipliers of travel minutes."""

from __future__ import annotations

from armsim.config.schema import Scenario
from armsim.domain import HOURS_PER_WEEK, MINUTES_PER_HOUR
from armsim.model.profiles import week_minutes
from armsim.model.travel.noise import SpeedProfile


def speed_of_hours(scenario: Scenario, begin: float, end: float) -> list[float]:
    """A multiplier of ordinary travel minutes for each hour from *begin* to *end*, both included."""
    factors = time_factors(scenario)
    first = scenario.start.weekday() * 24 + int(begin // MINUTES_PER_HOUR)
    hours = int((end - begin) // MINUTES_PER_HOUR) + 1
    return [factors[(first + hour) % HOURS_PER_WEEK] for hour in range(hours)]


def time_factors(scenario: Scenario) -> tuple[float, ...]:
    """168 multipliers of ordinary travel minutes, from Monday 00:00; the last rule that fits decides."""
    speeds = [1.0] * HOURS_PER_WEEK
    for rule in scenario.travel.speed_by_hour:
        hours = week_minutes(rule.days, rule.hours) // int(MINUTES_PER_HOUR)
        for hour in set(hours.tolist()):
            speeds[hour] = rule.factor
    return SpeedProfile.from_speeds(speeds).time_factors
