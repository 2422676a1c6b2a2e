"""How many: the least value of a lever whose limits meet an aim, or the cheapest combination of two levers.

Values are options of one study, in one run folder that is told by the scenario and the settings that are
turned, not by their values: a value is run once, whatever is asked later.

One lever: a coarse grid of up to five values is run, and paired differences of neighbours are looked at, with
limits that hold for all of them. Where none is clearly worse while another is clearly better, the value is
looked for by bisection; else every value is run. Whether a value meets the aim is decided by limits that hold
for all values of the lever at once, so that it does not matter which are looked at. Two levers: all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from armsim.analysis.differences import Resampled
from armsim.analysis.intervals import Estimate, t_quantile
from armsim.analysis.resampled import chosen, draw_weights
from armsim.analysis.simultaneous import standard_error
from armsim.config.compose import digest
from armsim.config.loader import Loaded
from armsim.domain import Record
from armsim.errors import ArmsimError
from armsim.study.aim import Aim, of_family, parse_aim, read, together
from armsim.study.found import Found, Point, Shape, cheapest
from armsim.study.frontier import cost_a_year, dominated
from armsim.study.levers import Lever, option_name, places, sets_of
from armsim.study.plan import Study, armsim_version
from armsim.study.results import Results

Place = tuple[int, ...]
#: Values of the coarse grid.
_COARSE = 5


@dataclass(frozen=True)
class Search(Study):
    """A study whose run folder is that of a search, whichever of its values are asked for.

    Attributes:
        whole: what the search is of: digest of the scenario without the levers, and their settings.
    """

    whole: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the search, seed and version."""
        told = {"search": self.whole, "version": armsim_version(), "seed": str(self.seed)}
        return digest(told | {"record": str(self.record)})


@dataclass(frozen=True)
class Question:
    """What is searched for.

    Attributes:
        load: loads the scenario with some settings on top of the user's own.
        levers: one lever or two.
        target: what is aimed at, as typed.
        level: threat level, where the target names none.
        replications: of each value, 2 or more.
        seed: of all random streams; -1 is the scenario's own.
        every: run every value of one lever.
    """

    load: Callable[[tuple[str, ...]], Loaded]
    levers: tuple[Lever, ...]
    target: str
    level: str | None = None
    replications: int = 20
    seed: int = -1
    every: bool = False


def find(question: Question, run: Callable[[Study], Results | None]) -> Found | None:
    """Search.

    Args:
        question: what is searched for.
        run: runs a study, or what is left of it, and opens its results; ``None`` when more is still to come.

    Returns:
        What was found; ``None`` when a run is not all there yet.

    Raises:
        ValueError: the target cannot be read, a lever chooses a file, or replications are too few for limits.
        ScenarioError: a value makes no scenario that can be run.
        ArmsimError: no replication is there of every value.
    """
    if question.replications < 2:
        raise ValueError(f"limits need two replications or more, got {question.replications}")
    looked = _Looked(question, run)
    every = list(places(question.levers))
    coarse = _coarse(len(every))
    few = len(every) <= _COARSE or len(question.levers) > 1
    if not looked.look(every if few or question.every else [every[index] for index in coarse]):
        return None
    shape = looked.shape(coarse) if len(question.levers) == 1 else None
    bisect = not few and not question.every and shape != "mixed"
    if not bisect and not looked.look(every):
        return None
    if bisect and not _narrow(looked, shape, len(every)):
        return None
    return looked.found(shape, bisect)


def _coarse(size: int) -> list[int]:
    """Up to five steps of a lever, the ends among them."""
    return sorted({round(index * (size - 1) / (_COARSE - 1)) for index in range(_COARSE)})


def _narrow(looked: _Looked, shape: Shape | None, size: int) -> bool:
    """Look at values until the least that meets the aim and its neighbours are known; whether all was run."""
    if shape == "worse":  # no larger value meets it if the least does not
        return looked.look([(0,), (1,)])
    while True:
        met = looked.met()
        high = min((index for index, one in met.items() if one), default=size)
        low = max((index for index, one in met.items() if not one and index < high), default=-1)
        if high == size or high - low <= 1:
            return looked.look([(index,) for index in (high - 1, high, high + 1) if 0 <= index < size])
        if not looked.look([((low + high) // 2,)]):
            return False


@dataclass
class _Looked:
    """Values looked at so far: run together, read once."""

    question: Question
    run: Callable[[Study], Results | None]
    names: dict[Place, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        plain = self.question.load(())
        self._title, self._study = plain.scenario.title, plain.scenario.study
        self.aim: Aim = parse_aim(self.question.target, plain.scenario, self.question.level)
        self._whole = digest({"scenario": plain.digest, "levers": [one.name for one in self.question.levers]})
        self._files = plain.files().keys()
        self._options: dict[str, Loaded] = {}
        self._read: dict[tuple[str, tuple[int, ...]], tuple[Resampled, Estimate]] = {}
        self._ran: tuple[int, ...] = ()

    def look(self, wanted: Iterable[Place]) -> bool:
        """Run values that were not looked at yet; whether all of them are there."""
        new = [place for place in wanted if place not in self.names]
        if not new:
            return True
        question = self.question
        for place in new:
            loaded = question.load(sets_of(question.levers, place))
            if not loaded.files().keys() <= self._files:
                raise ValueError(
                    "a lever cannot choose the files that a scenario reads; write options instead"
                )
            self.names[place] = option_name(question.levers, place)
            self._options[self.names[place]] = loaded
        study = Search(self._options, question.replications, question.seed, Record.METRICS, whole=self._whole)
        results = self.run(study)
        if results is None:
            return False
        self._take(results, study)
        return True

    def met(self) -> dict[int, bool]:
        """By step of the only lever, whether a value looked at meets the aim."""
        order = sorted(self.names)
        limits = of_family(self._figures(order), self._study.confidence, self.aim.metric.unit, self._family)
        return {place[0]: self.aim.met_by(one) for place, one in zip(order, limits, strict=True)}

    def shape(self, coarse: Sequence[int]) -> Shape:
        """What paired differences of neighbours in a coarse grid of one lever say, limits for all at once."""
        steps = self._figures([(index,) for index in coarse])
        level = 1 - (1 - self._study.confidence) / (len(steps) - 1)
        better = worse = False
        for first, second in pairwise(steps):
            low, high = _gain(first, second, level, self.aim.higher)
            better, worse = better or low > 0, worse or high < 0
        if better and worse:
            return "mixed"
        return "better" if better else "worse" if worse else "unchanged"

    def found(self, shape: Shape | None, bisected: bool) -> Found:
        """What can be said of the values looked at."""
        order, level, unit = sorted(self.names), self._study.confidence, self.aim.metric.unit
        figures, family, method = self._figures(order), self._family, "Bonferroni"
        if bisected:
            limits = of_family(figures, level, unit, family)
        else:
            limits, method = together(figures, level, unit)
        costs = [self._told(place)[1] for place in order]
        beaten = dominated([one.value for one in costs], [one.value for one in limits], self.aim.higher)
        rows = zip(order, limits, costs, beaten.tolist(), strict=True)
        points = tuple(
            Point(self.names[place], place, one, self.aim.met_by(one), cost, beat)
            for place, one, cost, beat in rows
        )
        one_lever = len(self.question.levers) == 1
        answer = next((one for one in points if one.met), None) if one_lever else cheapest(points)
        return Found(
            title=self._title,
            aim=self.aim,
            levers=self.question.levers,
            points=points,
            answer=answer,
            bisected=bisected,
            shape=shape,
            method=method,
            family=family,
            confidence=level,
            replications=len(self._ran),
        )

    @property
    def _family(self) -> int:
        return math.prod(len(lever.steps) for lever in self.question.levers)

    def _take(self, results: Results, study: Study) -> None:
        """Read what was not read yet, over the replications that every value has."""
        there = [set(results.option(name).totals.index.tolist()) for name in self.names.values()]
        ran = tuple(sorted(set.intersection(*there) & set(range(study.replications))))
        if len(ran) < 2:
            raise ArmsimError(
                "fewer than two replications are there of every value, so that there are no limits"
            )
        weights = draw_weights(study.seed, study.replications)[:, list(ran)]
        for name in self.names.values():
            if (name, ran) not in self._read:
                data = chosen(results.option(name), ran)
                self._read[name, ran] = read(data, weights, self.aim), cost_a_year(data)
        self._ran = ran

    def _told(self, place: Place) -> tuple[Resampled, Estimate]:
        return self._read[self.names[place], self._ran]

    def _figures(self, order: Iterable[Place]) -> list[Resampled]:
        return [self._told(place)[0] for place in order]


def _gain(first: Resampled, second: Resampled, level: float, higher: bool) -> tuple[float, float]:
    """Limits of what the second figure gains on the first, better above 0; NaN where they cannot be told."""
    with np.errstate(invalid="ignore"):
        values = (second.values - first.values) * (1 if higher else -1)
    size = min(first.replications, second.replications)
    told = values[1:][~np.isnan(values[1:])]
    half = t_quantile(level, size - 1) * standard_error(told, size)
    return float(values[0]) - half, float(values[0]) + half
