"""What a search found: the values looked at, the least that meets the aim, and what can be said of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from armsim.analysis.intervals import Estimate
from armsim.study.aim import Aim
from armsim.study.levers import Lever

Shape = Literal["better", "worse", "unchanged", "mixed"]
_SHAPES = {
    "better": "gets better as the lever rises",
    "worse": "gets worse as the lever rises",
    "unchanged": "does not clearly change as the lever rises",
    "mixed": "gets better in one part and worse in another",
}


@dataclass(frozen=True)
class Point:
    """A value, or a combination of values, that was looked at.

    Attributes:
        name: the option of the run folder.
        place: step of each lever.
        figure: the figure aimed at, with limits.
        met: whether the limit on the side of the bound is within it.
        cost: pounds a year, with limits; NaN where nothing is priced.
        dominated: another one is no dearer and no worse, and one of the two.
    """

    name: str
    place: tuple[int, ...]
    figure: Estimate
    met: bool
    cost: Estimate
    dominated: bool = False


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found.

    Attributes:
        title: of the scenario.
        aim: what it aimed at.
        levers: what was turned.
        points: what was looked at, in order of the steps.
        answer: the least value, or the cheapest combination, that meets the aim; ``None`` where none does.
        bisected: whether values between were left out.
        shape: what paired differences of a coarse grid say of one lever.
        method: how limits hold together: max-t, Bonferroni or single.
        family: values that the limits hold for.
        confidence: of the limits.
        replications: behind each value.
    """

    title: str
    aim: Aim
    levers: tuple[Lever, ...]
    points: tuple[Point, ...]
    answer: Point | None
    bisected: bool
    shape: Shape | None
    method: str
    family: int
    confidence: float
    replications: int

    @property
    def best(self) -> Point | None:
        """The value with the best figure; the least of several; ``None`` where there is no figure."""
        told = [one for one in self.points if not math.isnan(one.figure.value)]
        sign = -1 if self.aim.higher else 1
        return min(told, key=lambda one: sign * one.figure.value, default=None)

    @property
    def neighbours(self) -> tuple[Point, ...]:
        """Of one lever, the values just below and just above the answer, where there are any."""
        if self.answer is None or len(self.levers) > 1:
            return ()
        at = self.answer.place[0]
        return tuple(one for one in self.points if abs(one.place[0] - at) == 1)

    @property
    def frontier(self) -> tuple[Point, ...]:
        """Values that no other one dominates, cheapest first; none without prices."""
        told = [one for one in self.points if not one.dominated and _told(one)]
        return tuple(sorted(told, key=lambda one: one.cost.value))

    def value(self, point: Point) -> str:
        """The settings of a point in words, such as ``7`` or ``60:8 and 5 min``."""
        pairs = zip(self.levers, point.place, strict=True)
        return " and ".join(":".join(lever.steps[step]) for lever, step in pairs)

    @property
    def lever_words(self) -> str:
        """What was turned."""
        return " and ".join(lever.name for lever in self.levers)

    @property
    def sentence(self) -> str:
        """The answer in a sentence."""
        aim, best = self.aim, self.best
        spans = " and ".join(lever.span for lever in self.levers)
        if best is None:
            return f"{aim.words}: too few incidents to tell with any value of {self.lever_words} ({spans})."
        if self.answer is None:
            return (
                f"No value of {self.lever_words} from {spans} meets {aim.words}: the best is "
                f"{self.value(best)} with {aim.with_limits(best.figure)}."
            )
        which = "least value" if len(self.levers) == 1 else "cheapest combination"
        told = aim.with_limits(self.answer.figure)
        return (
            f"{self.value(self.answer)} is the {which} of {self.lever_words} ({spans}) that meets "
            f"{aim.words}: {told}."
        )

    @property
    def remarks(self) -> tuple[str, ...]:
        """What has to be said besides."""
        said = [self._limits(), *self._beside()]
        if self.shape is not None:
            how = "values between were left out" if self.bisected else "every value was run"
            said.append(f"By paired differences of a coarse grid the figure {_SHAPES[self.shape]}: {how}.")
        if any(one.figure.value == one.figure.low == one.figure.high for one in self.points):
            said.append("A figure that is the same in every replication has itself for limits.")
        if all(math.isnan(one.cost.value) for one in self.points):
            said.append("Nothing has a price a year, so there is no frontier of cost.")
        return (*said, "Intervals show simulation noise only.")

    def table(self) -> pd.DataFrame:
        """A row a value: settings, figure and cost with limits, what is met, dominated and the answer."""
        return pd.DataFrame.from_records([self._row(one) for one in self.points])

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values; what cannot be told is ``None``."""
        table = self.table()
        rows = table.astype(object).where(table.notna() & ~table.isin([math.inf, -math.inf]), None)
        return {
            "sentence": self.sentence,
            "found": self.answer is not None,
            "target": self.aim.text,
            "levers": [
                {"paths": list(one.paths), "values": [list(s) for s in one.steps]} for one in self.levers
            ],
            "answer": None if self.answer is None else self.answer.name,
            "best": None if self.best is None else self.best.name,
            "neighbours": [one.name for one in self.neighbours],
            "frontier": [one.name for one in self.frontier],
            "bisected": self.bisected,
            "shape": self.shape,
            "limits": self.method,
            "family": self.family,
            "confidence": self.confidence,
            "replications": self.replications,
            "values": rows.to_dict("records"),
            "remarks": list(self.remarks),
        }

    def _row(self, one: Point) -> dict[str, Any]:
        pairs = zip(self.levers, one.place, strict=True)
        settings = {lever.name: ":".join(lever.steps[step]) for lever, step in pairs}
        return {
            "option": one.name,
            **settings,
            "value": one.figure.value,
            "low": one.figure.low,
            "high": one.figure.high,
            "met": one.met,
            "cost_a_year": one.cost.value,
            "cost_low": one.cost.low,
            "cost_high": one.cost.high,
            "dominated": one.dominated,
            "answer": one is self.answer,
        }

    def _limits(self) -> str:
        whom = f"all {self.family} values at once" if self.family > 1 else "the value"
        return (
            f"{self.replications} replications; limits hold at {self.confidence:.0%} for {whom} "
            f"({self.method})."
        )

    def _beside(self) -> list[str]:
        """Values that meet the bound without their limits, and larger ones that do not meet it."""
        said = []
        if self.answer is None or len(self.levers) == 1:
            before = [one for one in self.points if self.answer is None or one.place < self.answer.place]
            bare = next((one for one in before if self.aim.met(one.figure.value)), None)
            if bare is not None:
                told = self.aim.with_limits(bare.figure)
                said.append(f"Without its limits {self.value(bare)} would do: {told}; a larger -n may tell.")
        if self.answer is not None and len(self.levers) == 1:
            fail = [one for one in self.points if one.place > self.answer.place and not one.met]
            if fail:
                said.append(f"Larger values that do not meet it: {', '.join(map(self.value, fail))}.")
        return said


def _told(one: Point) -> bool:
    return not math.isnan(one.cost.value) and not math.isnan(one.figure.value)


def money(pounds: Estimate) -> str:
    """Pounds a year in words; empty where nothing is priced."""
    return "" if math.isnan(pounds.value) else f"£{pounds.value / 1e6:,.2f}m"


def cheapest(points: Sequence[Point]) -> Point | None:
    """The cheapest point that meets the aim; the first of them where nothing is priced."""
    met = [one for one in points if one.met]
    return min(met, key=lambda one: one.cost.value if _told(one) else math.inf, default=None)
