"""The run-in: how full the system is hour by hour from the start of the warm-up, and whether that was enough.

Each replication keeps its own short series, so that chunks, workers and resumed runs add up exactly. Only the
time at the first threat level is read: a spell of another level is not expected to be stationary.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import timedelta
from statistics import median_low
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.analysis.availability import FREE, arv_units, counted
from armsim.analysis.warmup import WarmUpCheck, check_warm_up
from armsim.config.schema import Scenario
from armsim.config.schema.duty import PatternTeam
from armsim.domain import MINUTES_PER_DAY, MINUTES_PER_HOUR, MINUTES_PER_WEEK, Grade
from armsim.model.profiles import seasonal
from armsim.model.world import World

if TYPE_CHECKING:
    from armsim.analysis.measure import Log

#: Figures that are followed, and what they are called.
FIGURES = {"open_incidents": "incidents open", "arvs_free": "ARVs free"}
#: Under so many replications a mean curve says nothing.
MIN_REPLICATIONS = 5
#: Of a long window only so much is followed; longer where the warm-up is long.
_FOLLOWED = 4 * MINUTES_PER_WEEK
_DAY_HOURS = 24
#: The later half, from which the daily wave is read, must hold two days.
_LEAST_HOURS = 4 * _DAY_HOURS
#: The chance of a false alarm is 1% for both figures together.
_CONFIDENCE = 1 - 0.01 / len(FIGURES)


@dataclass(frozen=True, slots=True)
class WarmUp:
    """What is to be said of the warm-up of an option.

    Attributes:
        given: hours of warm-up that the run had.
        wanted: hours that MSER-5 would cut, the larger of the two figures; -1 when it was not judged.
        too_short: the warm-up looks too short.
        words: the same in a sentence.
    """

    given: float
    wanted: int
    too_short: bool
    words: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for the manifest."""
        return asdict(self)


def run_in(log: Log, world: World) -> dict[str, NDArray[Any]]:
    """Incidents open and ARVs free on average in each hour from the start of the warm-up.

    An incident is open from when it is graded until it is closed; booked work is left out. The series ends
    with the first threat level, the window, or where the season changes demand, at most four weeks on.

    Returns:
        Columns ``hour`` (0 is the first of the warm-up), ``open_incidents`` and ``arvs_free``.
    """
    scenario = world.scenario
    begin, end = -scenario.warm_up, min(float(log.tables["threat"]["end"][0]), _last(scenario))
    edges = np.arange(begin, end + MINUTES_PER_HOUR / 2, MINUTES_PER_HOUR)
    edges = edges[edges <= end]
    incidents, status = log.tables["incidents"], log.tables["unit_status"]
    early = (incidents["grade"] != Grade.PLANNED) & (incidents["graded_at"] < end)
    closed = incidents["closed_at"][early]
    closed = np.where(np.isnan(closed), np.inf, closed)
    free = (status["start"] < end) & np.isin(status["status"], FREE)
    free &= arv_units(log, world)[status["unit"].astype(np.intp)]
    return {
        "hour": np.arange(len(edges) - 1, dtype=np.int32),
        "open_incidents": _mean_number(incidents["graded_at"][early], closed, edges),
        "arvs_free": _mean_number(status["start"][free], status["end"][free], edges),
    }


def judge(scenario: Scenario, table: pd.DataFrame) -> WarmUp:
    """Judge a warm-up by MSER-5 on the mean curves over replications; see :func:`warmup.check_warm_up`.

    The daily wave is taken off, not the weekly one: a profile from one or two weeks fits those weeks so well
    that MSER-5 would always cut all before them. Where the first level's length differs between replications,
    half of them at least reach as far as is looked.

    Args:
        scenario: the scenario.
        table: columns of :func:`run_in` with ``replication`` before them, rows in order.
    """
    given = scenario.warm_up / MINUTES_PER_HOUR
    _, lengths = np.unique(table["replication"].to_numpy(), return_counts=True)
    if len(lengths) < MIN_REPLICATIONS:
        return _not_judged(given, f"that takes {MIN_REPLICATIONS} replications")
    bins = median_low(lengths.tolist())
    if bins < _LEAST_HOURS:
        return _not_judged(
            given, f"that takes {_LEAST_HOURS} h at the first level and season, warm-up included"
        )
    checks = {}
    for figure in FIGURES:
        rows = np.split(table[figure].to_numpy(), np.cumsum(lengths)[:-1])
        series = np.array([row[:bins] for row in rows if len(row) >= bins])
        checks[figure] = check_warm_up(series, int(given), _DAY_HOURS, _CONFIDENCE)
    return _verdict(given, checks, _owing(scenario))


def _owing(scenario: Scenario) -> list[str]:
    """Teams to which rest days are owed when the window opens: given back, they thin parades at first."""
    if not scenario.people.rest_days.given_back_every:
        return []
    return [
        name for name, team in scenario.teams.items() if isinstance(team, PatternTeam) and team.rest_days_owed
    ]


def _verdict(given: float, checks: dict[str, WarmUpCheck], owing: Collection[str]) -> WarmUp:
    short = [figure for figure, check in checks.items() if check.too_short]
    if not short:
        wanted = max(check.wanted for check in checks.values())
        if wanted <= given:
            return WarmUp(given, wanted, False, f"a warm-up of {given:g} h looks long enough")
        words = f"a warm-up of {given:g} h is not shown to be too short: MSER-5 would cut {wanted} h, "
        return WarmUp(
            given, wanted, False, f"{words}but that much difference may be chance or the week's wave"
        )
    wanted = max(checks[figure].wanted for figure in short)
    limit = any(checks[figure].hit_limit for figure in short)
    hours = f"more than {wanted} h" if limit else f"{wanted} h or longer"
    named = " and ".join(FIGURES[figure] for figure in short)
    words = f"a warm-up of {given:g} h looks too short: {named} still differ from later days; "
    words = f"{words}set warm_up to {hours}"
    if owing:  # what a warm-up cannot end, as the account opens with the window
        words += f"; rest days owed to {', '.join(owing)} when the window opens are given back in it "
        words += "whatever the warm-up (rest_days_owed: 0 leaves them out)"
    return WarmUp(given, wanted, True, words)


def _not_judged(given: float, why: str) -> WarmUp:
    return WarmUp(given, -1, False, f"whether a warm-up of {given:g} h is long enough cannot be told: {why}")


def _mean_number(
    starts: NDArray[np.float64], ends: NDArray[np.float64], edges: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Intervals open on average in each hour, shape (hours,)."""
    hours = len(edges) - 1
    if hours < 1:
        return np.zeros(0)
    return counted(starts, ends, edges, np.arange(hours), hours)[1] / MINUTES_PER_HOUR


def _last(scenario: Scenario) -> float:
    """Where the series ends at the latest, in minutes from the opening of the window."""
    begin = -scenario.warm_up
    end = min(scenario.window, begin + max(_FOLLOWED, 4 * scenario.warm_up))
    factors = seasonal(scenario.demand.season)
    days = np.arange(np.floor(begin / MINUTES_PER_DAY), np.ceil(end / MINUTES_PER_DAY)).astype(int).tolist()
    months = [(scenario.start + timedelta(days=day)).month - 1 for day in days]
    for day, month in zip(days, months, strict=True):
        if factors[month] != factors[months[0]]:
            return float(min(end, day * MINUTES_PER_DAY))
    return float(end)
