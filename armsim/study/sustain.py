"""For how many days a posture can be held: each limit by itself, and the first to break."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from armsim.analysis.posture import LIMITS, Curve, Days, before, curve, days_kept, days_of_all
from armsim.config.schema.options import SustainConfig
from armsim.domain import MINUTES_PER_HOUR
from armsim.errors import ArmsimError
from armsim.study.results import Results

#: Of a limit: its figure, what happens when it breaks, its unit.
_WORDS = {
    "rest_days": ("Rest days lost to an officer", "rest days lost to an officer pass {limit:g}", "days"),
    "hours": ("Officers' average week", "officers' average week passes {limit:g} h", "hours"),
    "share_over_hours": (
        "Officers who average over {over:g} h",
        "more than {limit:.0%} of officers average over {over:g} h a week",
        "share",
    ),
    "crewing": (
        "Planned ARV crews formed, by the week",
        "fewer than {limit:.0%} of planned ARV crews are formed over a week",
        "share",
    ),
}


@dataclass(frozen=True, eq=False)
class Limit:
    """A limit, and for how long it is kept.

    Attributes:
        name: of ``analysis.posture.LIMITS``.
        figure: what is limited, in words.
        breaks: what happens when it breaks, such as ``officers' average week passes 48 h``.
        unit: days, hours or share.
        limit: the limit, in its unit.
        least: it is the least that the figure may be.
        before: the figure on the day before the level.
        curve: the figure by day of the level.
        days: for how many days the limit is kept; ``None`` where there is nothing to judge it by.
    """

    name: str
    figure: str
    breaks: str
    unit: str
    limit: float
    least: bool
    before: float
    curve: Curve
    days: Days | None

    @property
    def passed_before(self) -> bool:
        """Whether the figure is beyond the limit on the day before the level, which is then not to blame."""
        return self.before < self.limit if self.least else self.before > self.limit


@dataclass(frozen=True, eq=False)
class Sustained:
    """For how many days a posture can be held.

    Attributes:
        level: name of the level.
        looked_at: days that were simulated.
        teams: teams that were judged.
        limits: those that are not switched off, in order of ``LIMITS``.
        days: for how many days all are kept.
        replications: how many figures are pooled over.
        confidence: of the limits of figures.
    """

    level: str
    looked_at: int
    teams: tuple[str, ...]
    limits: tuple[Limit, ...]
    days: Days
    replications: int
    confidence: float

    @property
    def judged(self) -> tuple[Limit, ...]:
        """Limits that there is something to judge by."""
        return tuple(one for one in self.limits if one.days is not None)

    @property
    def first(self) -> tuple[Limit, ...]:
        """The first limit to break, or those that break on the same day; none when all are kept."""
        if math.isinf(self.days.value):
            return ()
        return tuple(one for one in self.judged if one.days and one.days.value == self.days.value)

    @property
    def perhaps(self) -> tuple[Limit, ...]:
        """Limits that break later or not at all but, by their intervals, perhaps first."""
        last = min(self.days.value, self.looked_at)
        later = [one for one in self.judged if one not in self.first]
        return tuple(one for one in later if one.days and one.days.low <= last)

    @property
    def sentence(self) -> str:
        """The answer in a sentence, and a second one where another limit may break first."""
        told = _answer(self)
        if not self.perhaps:
            return told
        names = " or ".join(f"{one.figure[0].lower()}{one.figure[1:]}" for one in self.perhaps)
        return f"{told} By the intervals the first may be: {names}."

    def table(self) -> pd.DataFrame:
        """A row a day of the level: each figure with its limits."""
        columns: dict[str, Any] = {"day": np.arange(1, self.looked_at + 1)}
        for one in self.limits:
            columns[one.name] = one.curve.value
            columns[f"{one.name}_low"] = one.curve.low
            columns[f"{one.name}_high"] = one.curve.high
        return pd.DataFrame(columns)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values; what cannot be told, or does not happen, is ``None``."""
        table = self.table()
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        return {
            "sentence": self.sentence,
            "level": self.level,
            "days_looked_at": self.looked_at,
            "teams": list(self.teams),
            "replications": self.replications,
            "confidence": self.confidence,
            **_as_days(self.days),
            "first_to_break": [one.name for one in self.first],
            "perhaps_first": [one.name for one in self.perhaps],
            "limits": [
                {
                    "name": one.name,
                    "figure": one.figure,
                    "unit": one.unit,
                    "limit": one.limit,
                    "day_before": one.before if math.isfinite(one.before) else None,
                    "judged": one.days is not None,
                    **_as_days(one.days),
                }
                for one in self.limits
            ],
            "curve": rows,
        }


def sustained(results: Results, asked: SustainConfig, without: Collection[str] = ()) -> Sustained:
    """For how many days a run of a posture keeps some limits.

    Args:
        results: a run of ``study.posture``.
        asked: the limits; one that is ``None`` is switched off.
        without: names of further limits that are switched off.

    Raises:
        ValueError: a name that is no limit, or every limit is switched off.
        ArmsimError: nobody of the teams was in post, or nothing can be judged.
    """
    option = results.option()
    held, rules = option.scenario.sustain, option.scenario.people.hours
    wanted = limits_left(asked, without)
    confidence = option.scenario.study.confidence
    over = rules.weekly_limit / MINUTES_PER_HOUR
    found = [
        _limit(
            name, float(getattr(asked, name)), over,
            before(option.totals, name), curve(option.totals, name, held.days, confidence),
        )
        for name in wanted
    ]  # fmt: skip
    if any(one.days is None and one.name != "crewing" for one in found):
        raise ArmsimError(f"nobody of {', '.join(held.teams)} was in post, so no limit can be judged")
    known = [one.days for one in found if one.days is not None]
    if not known:
        raise ArmsimError("no crews of armed response vehicles are planned, so no limit can be judged")
    days = days_of_all(known)
    return Sustained(held.level, held.days, held.teams, tuple(found), days, len(option.totals), confidence)


def limits_left(asked: SustainConfig, without: Collection[str]) -> list[str]:
    """Names of the limits that are not switched off.

    Raises:
        ValueError: a name that is no limit, or every limit is switched off.
    """
    unknown = sorted(set(without) - set(LIMITS))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no limit; there are {', '.join(LIMITS)}")
    left = [name for name in LIMITS if name not in without and getattr(asked, name) is not None]
    if not left:
        raise ValueError("every limit is switched off, so that anything could be held for ever; leave one on")
    return left


def span(days: Days) -> str:
    """The interval in words, such as ``25 to 31`` or ``25 or more``; empty where it cannot be told."""
    if math.isnan(days.low) or math.isinf(days.low):
        return ""
    if math.isinf(days.high):
        return f"{days.low:.0f} or more"
    return f"{days.low:.0f} to {days.high:.0f}"


def _limit(name: str, limit: float, over: float, earlier: float, found: Curve) -> Limit:
    figure, breaks, unit = _WORDS[name]
    least = name == "crewing"
    days = None if np.isnan(found.value).all() else days_kept(found, limit, least)
    figure, breaks = (text.format(limit=limit, over=over) for text in (figure, breaks))
    return Limit(name, figure, breaks, unit, limit, least, earlier, found, days)


def _answer(found: Sustained) -> str:
    days, level = found.days, found.level
    about = f" ({span(days)})" if span(days) else ""
    if not found.first:
        return (
            f"{level} can be held for all of the {found.looked_at} days looked at{about}: no limit is passed."
        )
    breaks = " and ".join(one.breaks for one in found.first)
    if days.value == 0:
        return f"{level} cannot be held for a day{about}: {breaks} on the first."
    many = "1 day" if days.value == 1 else f"{days.value:.0f} days"
    return f"{level} can be held for {many}{about}: then {breaks}."


def _as_days(days: Days | None) -> dict[str, int | None]:
    ends = (math.nan,) * 3 if days is None else (days.value, days.low, days.high)
    return {
        name: int(end) if math.isfinite(end) else None
        for name, end in zip(("days", "low", "high"), ends, strict=True)
    }
