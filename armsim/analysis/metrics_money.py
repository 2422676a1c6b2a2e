"""Metrics of money: what an option costs a year and once, its overtime, and an hour of a crewed ARV."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from armsim.analysis.availability import WORK
from armsim.analysis.intervals import mean_interval, ratio_of_sums
from armsim.analysis.metrics import Row, metric
from armsim.analysis.money import When, a_year, cost, overtime_hours
from armsim.analysis.option import OptionData
from armsim.domain import MINUTES_PER_HOUR


@metric("cost_a_year", "pounds a year", "lower", "Cost a year", "officers, vehicles, CEDs, overtime, aid")
def _cost_a_year(data: OptionData) -> Iterator[Row]:
    yield from _cost(data, "a year")


@metric("cost_one_off", "pounds", "lower", "Cost once", "courses, CEDs from nothing, and what is listed")
def _cost_one_off(data: OptionData) -> Iterator[Row]:
    yield from _cost(data, "once")


def _cost(data: OptionData, when: When) -> Iterator[Row]:
    """In all and by force that pays; none without teams."""
    if not data.scenario.teams:
        return
    level = data.scenario.study.confidence
    yield Row({}, mean_interval(cost(data, when), level))
    for force in data.parts:
        yield Row({"force": force}, mean_interval(cost(data, when, force=force), level))


@metric("overtime_cost_a_year", "pounds a year", "lower", "Overtime a year", "paid hours at their rates")
def _overtime_cost(data: OptionData) -> Iterator[Row]:
    """Of all teams, and of each that has any."""
    level, hour = data.scenario.study.confidence, data.scenario.prices.hour
    if not data.scenario.teams:
        return
    hours = {team: overtime_hours(data, team) for team in sorted(data.scenario.teams)}
    yield Row({}, mean_interval(hour * np.sum(list(hours.values()), axis=0), level))
    for team, mine in hours.items():
        if mine.any():
            yield Row({"team": team}, mean_interval(hour * mine, level))


@metric(
    "cost_per_arv_hour",
    "pounds",
    "lower",
    "Cost of an hour of a crewed ARV",
    "hours of ARVs on duty; all that is spent on the teams that crew them",
)
def _cost_per_arv_hour(data: OptionData) -> Iterator[Row]:
    """None where no ARV is crewed by a team."""
    teams = {kind.team for kind in data.scenario.units.values() if kind.arv and kind.team is not None}
    names = [f"arv_work_minutes:level={level.name}:work={work}" for level in data.levels for work in WORK]
    hours = a_year(data, data.total(names) / MINUTES_PER_HOUR)
    if teams and hours.any():
        paid = cost(data, teams=teams)
        yield Row({}, ratio_of_sums(paid, hours, data.scenario.study.confidence))
