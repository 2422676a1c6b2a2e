"""What is chosen by, and the choice: figures by option, what became of each, and the sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from armsim.analysis.differences import quantity
from armsim.analysis.figure import Figure
from armsim.analysis.intervals import Estimate
from armsim.analysis.metrics import metrics
from armsim.analysis.selection import Goal, Race
from armsim.study.plan import CHUNK

FIRST, MOST = 20, 2000


@dataclass(frozen=True)
class Asked:
    """What is chosen by, and how well.

    Attributes:
        figure: the figure that options are judged by.
        goal: what is promised.
        first: replications of every option before any is dropped.
        most: replications of an option at most.

    Raises:
        ValueError: a first batch below 10, where the variances are too little known, or above the most.
    """

    figure: Figure
    goal: Goal
    first: int = FIRST
    most: int = MOST

    def __post_init__(self) -> None:
        if not 10 <= self.first <= self.most:
            raise ValueError(
                f"the first batch must lie between 10 and the most {self.most}, got {self.first}"
            )

    @property
    def looks(self) -> list[int]:
        """Counts of replications at which options may be dropped."""
        counts = [self.first]
        while counts[-1] < self.most:
            more = math.ceil((counts[-1] + counts[-1] / 10) / CHUNK) * CHUNK
            counts.append(min(max(more, counts[-1] + 1), self.most))
        return counts


@dataclass(frozen=True, eq=False)
class Chosen:
    """How a race stands after the last look.

    Attributes:
        asked: what was asked.
        names: of the options, by number.
        race: the race.
        figures: each option's figure with its own limits, over the replications it was last looked at with.
    """

    asked: Asked
    names: tuple[str, ...]
    race: Race
    figures: tuple[Estimate, ...]

    @property
    def best(self) -> str:
        """The option chosen, or ahead while undecided."""
        return self.names[self.race.best]

    @property
    def equals(self) -> tuple[str, ...]:
        """Options that are equal to the one chosen in all that was seen."""
        return tuple(self.names[one] for one in self.race.left if one != self.race.best)

    @property
    def replications(self) -> tuple[int, ...]:
        """Replications of each option that the choice rests on."""
        dropped = {one.option: one.replications for one in self.race.exits}
        return tuple(dropped.get(index, self.race.replications) for index in range(len(self.names)))

    @property
    def sentences(self) -> tuple[str, ...]:
        """What can be said, the choice first."""
        goal, race = self.asked.goal, self.race
        zone = quantity(goal.indifference, self.unit, named=True)
        if race.decided:
            sure = f"{100 * goal.confidence:.4g}%"
            first = f"{self.best} is the best, or within {zone} of the best, with {sure} confidence."
        else:
            others = ", ".join(self.equals)
            first = (
                f"Not decided after {race.replications} replications: {self.best} is ahead of {others}. "
                f"At most {race.longest - race.replications} more of each would decide; raise -n."
            )
        same = (
            f"Equal to it in all that was seen: {', '.join(self.equals)}."
            if race.decided and self.equals
            else ""
        )
        ran, whole = sum(self.replications), len(self.names) * race.replications
        spent = f"{ran:,} replications; running every option as long would have taken {whole:,}."
        noise = "Limits are of each option alone, over its own replications, for simulation noise only."
        return tuple(one for one in (first, same, spent, noise) if one)

    def words(self) -> list[tuple[str, str, str, str, str]]:
        """By option: name, figure, limits, replications and what became of it, as text; the best first."""
        exits = {one.option: one for one in self.race.exits}
        stages = {"screen": "dropped by the screen", "race": "dropped in the race"}
        rows = []
        for index in self._order:
            figure, gone = self.figures[index], exits.get(index)
            end = "chosen" if index == self.race.best and self.race.decided else "left"
            if gone is not None:
                end = f"{stages[gone.stage]}, behind {self.names[gone.by]}"
            limits = f"{self._text(figure.low)} to {self._text(figure.high)}"
            rows.append(
                (self.names[index], self._text(figure.value), limits, str(self.replications[index]), end)
            )
        return rows

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values; a limit that cannot be told is ``None``."""
        exits = {one.option: one for one in self.race.exits}
        rows = [
            {
                "option": name,
                "value": figure.value,
                "low": figure.low if math.isfinite(figure.low) else None,
                "high": figure.high if math.isfinite(figure.high) else None,
                "replications": self.replications[index],
                "stage": exits[index].stage if index in exits else None,
                "dropped_by": self.names[exits[index].by] if index in exits else None,
            }
            for index, (name, figure) in enumerate(zip(self.names, self.figures, strict=True))
        ]
        return {
            "metric": self.asked.figure.text,
            "unit": self.unit,
            "better": "higher" if self.asked.goal.higher else "lower",
            "indifference": self.asked.goal.indifference,
            "confidence": self.asked.goal.confidence,
            "first": self.asked.first,
            "most": self.asked.most,
            "decided": self.race.decided,
            "chosen": self.best if self.race.decided else None,
            "ahead": self.best,
            "left": [self.names[index] for index in self.race.left],
            "rows": rows,
            "sentences": list(self.sentences),
        }

    @property
    def unit(self) -> str:
        """Unit of the figure."""
        return metrics()[self.asked.figure.metric].unit

    @property
    def _order(self) -> list[int]:
        """Options from the last in the race to the first out of it."""
        gone = [one.option for one in reversed(self.race.exits)]
        left = sorted(self.race.left, key=lambda index: index != self.race.best)
        return [*left, *gone]

    def _text(self, value: float) -> str:
        if not math.isfinite(value):
            return "?"
        return f"{100 * value:.2f}%" if self.unit == "share" else quantity(value, self.unit, named=True)
