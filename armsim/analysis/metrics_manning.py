"""Metrics of manning: how many officers keep one armed response vehicle crewed round the clock."""

from __future__ import annotations

import math
from collections.abc import Iterator

from armsim.analysis.availability import WORK
from armsim.analysis.intervals import Estimate, ratio_of_sums
from armsim.analysis.metrics import Row, metric
from armsim.analysis.option import OptionData
from armsim.config.schema.duty import PatternTeam
from armsim.domain import MINUTES_PER_WEEK
from armsim.model.absence import presence
from armsim.model.manning import officers_needed, officers_per_round_the_clock_unit

_TEAMS = "teams that work a pattern and crew nothing but ARVs"


def _crewed_by_pattern(data: OptionData) -> Iterator[tuple[str, str, PatternTeam]]:
    """Pattern teams that crew ARVs, each with the kind of ARV that takes its officers first."""
    kinds = sorted(data.scenario.units.items(), key=lambda one: (one[1].order, one[0]))
    known: set[str] = set()
    for name, kind in kinds:
        team = data.scenario.teams.get(kind.team or "")
        if kind.arv and kind.team not in known and isinstance(team, PatternTeam):
            known.add(kind.team or "")
            yield name, kind.team or "", team


@metric("officers_per_arv", "officers", "lower", "Officers in post for each ARV round the clock", _TEAMS)
def _officers_per_arv(data: OptionData) -> Iterator[Row]:
    """Officer-weeks in post over weeks of crewed ARVs; none where another kind shares the team's officers."""
    kinds = list(_crewed_by_pattern(data))
    teams = {team for _, team, _ in kinds}
    shared = any(one.team in teams and not (one.arv or one.levels) for one in data.scenario.units.values())
    names = [f"arv_work_minutes:level={level.name}:work={work}" for level in data.levels for work in WORK]
    weeks = data.total(names) / MINUTES_PER_WEEK
    if teams and not shared and weeks.any():
        posts = data.total([f"people_weeks:team={team}" for team in sorted(teams)])
        label = {"team": teams.pop()} if len(teams) == 1 else {}
        yield Row(label, ratio_of_sums(posts, weeks, data.scenario.study.confidence))


@metric("officers_per_arv_by_hand", "officers", "lower", "The same by hand: crew x teams / presence", _TEAMS)
def _officers_per_arv_by_hand(data: OptionData) -> Iterator[Row]:
    for name, team, _ in _crewed_by_pattern(data):
        yield Row({"team": team}, _exact(officers_per_round_the_clock_unit(data.scenario, name), data))


@metric(
    "officers_for_95_shifts", "officers", "lower", "Officers in post that crew one ARV on 95% of shifts",
    "by how absence falls: levelled over shifts, or tossed like a coin",
)  # fmt: skip
def _officers_for_95_shifts(data: OptionData) -> Iterator[Row]:
    for name, team, works in _crewed_by_pattern(data):
        pattern, present = data.scenario.patterns[works.pattern], presence(works)
        if present and pattern.shifts and any(day in pattern.shifts for day in pattern.cycle):
            crew = data.scenario.units[name].crew
            for rule in ("levelled", "tossed"):
                count = officers_needed(pattern, crew, present, rule=rule)
                yield Row({"team": team, "cause": rule}, _exact(float(count), data))


def _exact(value: float, data: OptionData) -> Estimate:
    """A figure of the roster alone: no chance in it, so no limits."""
    return Estimate(value, math.nan, math.nan, len(data.totals), 1.0)
