"""The figures of a year: what the simulated window would add up to, with limits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from armsim.analysis.in_post import staff
from armsim.analysis.intervals import Estimate, mean_interval
from armsim.analysis.metrics import MINUTES_PER_YEAR
from armsim.analysis.money import cost_items
from armsim.analysis.option import OptionData
from armsim.domain import MINUTES_PER_DAY, Grade
from armsim.report.page.figures import amount, limits
from armsim.report.page.view import Figures, View
from armsim.report.words import named

_GRADES = {
    Grade.FIREARMS: "Firearms", Grade.G1: "Grade 1", Grade.G2: "Grade 2", Grade.G3: "Grade 3",
    Grade.PLANNED: "Planned",
}  # fmt: skip

ALL_TEAMS, IN_POST, WITHIN = "all teams", "Officers in post, ", "Within target, "


class Item(NamedTuple):
    """A figure of the year.

    Attributes:
        part: ``incidents``, ``response``, ``people`` or ``cost``.
        name: what it is.
        unit: its unit.
        value: the figure with its limits.
        of: whose it is, where its name says so after a comma.
    """

    part: str
    name: str
    unit: str
    value: Estimate
    of: str = ""

    @property
    def words(self) -> str:
        """The figure with its unit, short."""
        if self.unit in ("incidents a year", "officers"):
            return f"{self.value.value:,.0f}"
        return amount(self.value.value, self.unit)

    @property
    def span(self) -> str:
        """Its limits; empty where they cannot be told or there is nothing to tell."""
        low, high = self.value.low, self.value.high
        if math.isnan(low) or math.isnan(high) or low == high:
            return ""
        if self.unit in ("incidents a year", "officers"):
            return f"{max(low, 0):,.0f} to {high:,.0f}"
        return limits(max(low, 0.0), high, self.unit)


def items(view: View, name: str) -> list[Item]:
    """Every figure of the year of a run."""
    data = view.option(name)
    return [
        *_incidents(view, name, data),
        *_response(view, name, data),
        *_people(view, name, data),
        *_cost(data),
    ]


def scaled(data: OptionData) -> str:
    """What the year is made of: the window, by how much it is scaled, and the share of each threat level."""
    scenario = data.scenario
    days = scenario.window / MINUTES_PER_DAY
    minutes = {level.name: data.total(f"minutes:level={level.name}").sum() for level in data.levels}
    whole = sum(minutes.values())
    mix = ", ".join(f"{name} {share / whole:.0%} of it" for name, share in minutes.items())
    if len(minutes) == 1:
        mix = f"{next(iter(minutes))} throughout"
    return (
        f"The simulated window of {days:g} day{'' if days == 1 else 's'} from {scenario.start:%-d %B %Y}, "
        f"scaled to a year (×{MINUTES_PER_YEAR / scenario.window:.1f}) as if all year were like it: {mix}."
    )


def _incidents(view: View, name: str, data: OptionData) -> Iterator[Item]:
    levels = [level.name for level in data.levels]
    lower = [f"minutes:level={level}" for level in levels]

    def yearly(grades: list[str]) -> Estimate:
        upper = [f"incidents:grade={grade}:level={level}" for grade in grades for level in levels]
        return data.ratio(upper, lower, per=MINUTES_PER_YEAR)

    yield Item("incidents", "Incidents", "incidents a year", yearly([grade.name for grade in _GRADES]))
    graded = {kind.grade for kind in data.scenario.demand.types.values()}
    for grade, words in _GRADES.items():
        found = yearly([grade.name])
        if found.value or grade.name in graded:  # that none came is a figure, too
            yield Item("incidents", words, "incidents a year", found)
    for metric, words in (
        ("authorised_operations", "Authorised operations"),
        ("stood_down_mobilisations", "Stood down before arrival"),
    ):
        row = view.figure(name, metric)
        if row is not None:
            yield Item("incidents", words, "incidents a year", _estimate(row))


def _response(view: View, name: str, data: OptionData) -> Iterator[Item]:
    for target in data.scenario.targets:
        one = data.scenario.targets[target]
        row = view.figure(name, "within_target", target=target, milestone=str(one.milestone))
        if row is not None and row["shown"]:
            yield Item("response", f"{WITHIN}{named(target)}", "share", _estimate(row))
    for p, milestone, grade, words in (
        (0.5, "first_armed", "FIREARMS", "Armed unit, half within"),
        (0.9, "first_armed", "FIREARMS", "Armed unit, nine in ten within"),
        (0.9, "first_officer", "G1", "Grade 1 officer, nine in ten within"),
    ):
        row = view.quantile(name, p, milestone, grade)
        if row is not None and row["shown"]:
            yield Item("response", words, "minutes", _estimate(row))
    if any(kind.arv for kind in data.scenario.units.values()):
        for metric, words, unit in (
            ("arvs_free", "ARVs free, on average", "ARVs"), ("no_arv_free", "Time with no ARV free", "share")
        ):  # fmt: skip
            row = view.figure(name, metric)
            if row is not None:
                yield Item("response", words, unit, _estimate(row))


def _people(view: View, name: str, data: OptionData) -> Iterator[Item]:
    counts: dict[str, float] = {}
    for one in staff(data):
        counts[one.team] = counts.get(one.team, 0.0) + one.officers
    for team, officers in counts.items():
        yield Item("people", f"{IN_POST}{named(team)}", "officers", _exact(officers))
    armed = view.armed_team(name)
    whose = {"": ALL_TEAMS} | ({armed: f"{named(armed)} team"} if armed else {})
    for metric, words, unit in (
        ("average_week", "Average week", "hours"),
        ("overtime_hours", "Overtime a month, each", "hours"),
        ("rest_days_lost", "Rest days lost in the window, each", "days"),
        ("absence", "Rostered hours not worked", "share"),
    ):
        for label, of in whose.items():
            row = view.figure(name, metric, team=label)
            if row is not None:
                yield Item("people", f"{words}, {of}", unit, _estimate(row), of)


def _cost(data: OptionData) -> Iterator[Item]:
    """The bill a year, line by line, and all of it; nothing without teams."""
    lines = [one for one in cost_items(data) if one.when == "a year" and one.priced]
    if not lines or not data.scenario.teams:
        return
    level = data.scenario.study.confidence
    yield Item("cost", "Cost a year", "pounds", mean_interval(sum(one.pounds for one in lines), level))
    for item in dict.fromkeys(one.item for one in lines):
        pounds = sum(one.pounds for one in lines if one.item == item)
        yield Item("cost", item[:1].upper() + item[1:], "pounds", mean_interval(pounds, level))


def _estimate(row: Figures) -> Estimate:
    return Estimate(float(row["value"]), float(row["low"]), float(row["high"]), 0, float(row["n"]))


def _exact(value: float) -> Estimate:
    return Estimate(value, value, value, 0, 0)
