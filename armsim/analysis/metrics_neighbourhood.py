"""Metrics of neighbourhood policing: what is abstracted, which standards are met, patrol that people see."""

from __future__ import annotations

from collections.abc import Iterator

from armsim.analysis.metrics import Row, metric
from armsim.analysis.neighbourhood import abstraction_types
from armsim.analysis.option import OptionData
from armsim.analysis.unit_work import neighbourhood_teams
from armsim.domain import MINUTES_PER_HOUR, MINUTES_PER_WEEK

_HOURS_A_WEEK = MINUTES_PER_WEEK / MINUTES_PER_HOUR
_SCHEDULED = "scheduled officer-minutes of neighbourhood teams"
_STANDARDS = "months of the team's areas"


@metric("abstracted_share", "share", "lower", "Abstracted from the neighbourhood", _SCHEDULED)
def _abstracted_share(data: OptionData) -> Iterator[Row]:
    """Of each team by type and level; all teams together under no name."""
    for team, types in _teams(data):
        for level, names in data.level_labels.items():
            scheduled = _sums("npt_scheduled_minutes", team, names)
            for cause in ("", *types):
                taken = [
                    f"npt_abstracted_minutes:team={one}:type={kind}:level={name}"
                    for one in team
                    for kind in ((cause,) if cause else types)
                    for name in names
                ]
                estimate = data.ratio(taken, scheduled)
                if estimate.count:
                    yield Row({"team": _label(team), "cause": cause, "level": level}, estimate)


@metric(
    "abstracted_hours",
    "hours a month",
    "lower",
    "Abstracted from the neighbourhood",
    "officer-hours, by type",
)
def _abstracted_hours(data: OptionData) -> Iterator[Row]:
    """Of each team by type and level, hours in a month of ``neighbourhood.month``."""
    month = data.scenario.neighbourhood.month
    for team, types in _teams(data):
        for level, names in data.level_labels.items():
            elapsed = [f"minutes:level={name}" for name in names]
            for cause in ("", *types):
                taken = [
                    f"npt_abstracted_minutes:team={one}:type={kind}:level={name}"
                    for one in team
                    for kind in ((cause,) if cause else types)
                    for name in names
                ]
                estimate = data.ratio(taken, elapsed, per=month / MINUTES_PER_HOUR)
                yield Row({"team": _label(team), "cause": cause, "level": level}, estimate)


@metric("standards_met", "share", "higher", "Standards of engagement met", _STANDARDS)
def _standards_met(data: OptionData) -> Iterator[Row]:
    """Of all standards together, and of each; the standard stands under ``target``."""
    names = list(dict.fromkeys(one.name for one in data.scenario.neighbourhood.standards))
    for label in ("", *names):
        mine = [label] if label else names
        estimate = data.ratio(
            [f"standard_met_months:standard={name}" for name in mine],
            [f"standard_months:standard={name}" for name in mine],
        )
        if estimate.count:
            yield Row({"target": label}, estimate)


@metric(
    "visible_armed", "hours a week", "neither", "Armed units in sight", "unit-hours on patrol or on a post"
)
def _visible_armed(data: OptionData) -> Iterator[Row]:
    yield from _visible(data, "visible_armed_minutes")


@metric(
    "visible_unarmed",
    "hours a week",
    "higher",
    "Neighbourhood units in sight",
    "unit-hours on patrol or on a post, of unarmed units of neighbourhood teams",
)
def _visible_unarmed(data: OptionData) -> Iterator[Row]:
    if neighbourhood_teams(data.scenario):
        yield from _visible(data, "visible_unarmed_minutes")


def _visible(data: OptionData, name: str) -> Iterator[Row]:
    """In all and by class of the zone where the unit is based."""
    elapsed = [f"minutes:level={level.name}" for level in data.levels]
    for area in ("", "urban", "rural"):
        sums = [f"{name}:area={one}" for one in ((area,) if area else ("urban", "rural"))]
        yield Row({"area": area}, data.ratio(sums, elapsed, per=_HOURS_A_WEEK))


def _teams(data: OptionData) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """All neighbourhood teams together, then each where there are several; and what they are taken for."""
    types = {name: abstraction_types(team) for name, team in neighbourhood_teams(data.scenario).items()}
    if types:
        yield tuple(types), tuple(dict.fromkeys(one for mine in types.values() for one in mine))
    if len(types) > 1:
        yield from (((name,), mine) for name, mine in types.items())


def _label(team: tuple[str, ...]) -> str:
    return team[0] if len(team) == 1 else ""


def _sums(name: str, teams: tuple[str, ...], levels: list[str]) -> list[str]:
    return [f"{name}:team={team}:level={level}" for team in teams for level in levels]
