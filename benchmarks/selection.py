"""How often the choice is right, and what it costs: the experiment behind docs/choose.md.

Run ``python benchmarks/selection.py [repetitions] [seed] [case]...``; 300 repetitions of all cases take some
minutes. The world is that of ``benchmarks/coverage.py``: busy days, lognormal responses, some never reached,
some stood down. Options meet the same incidents and differ by a factor on the response time, which is set so
that their true figures are those of the case; luck on the way is correlated between them.

Each choice is made by the code of ``armsim choose``: figures off response curves, a number for each
replication by leaving it out, ``Race``, looks at the same counts. It is good when the true figure of the
option chosen is less than the indifference zone behind the best. Its cost is set against two equal
allocations: as many replications of every option as Bonferroni limits ask for after the same first batch
(Clark and Yang 1986), and the same number of replications in all, shared equally, after which the option
ahead is taken.
"""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from scipy.special import stdtrit

from armsim.analysis.curve import ResponseCurve
from armsim.analysis.figure import parse_figure
from armsim.analysis.metrics import metrics
from armsim.analysis.resampled import ResampledCurve
from armsim.analysis.selection import Goal, Race
from armsim.study.chosen import Asked

TARGET, TAIL = 900, 0.9
CONFIDENCE, FIRST, BLOCK = 0.95, 20, 100


def _coverage() -> ModuleType:
    """The module beside this one: benchmarks are no package."""
    name = "armsim_coverage_experiment"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("coverage.py"))
        if spec is None or spec.loader is None:
            raise ImportError("benchmarks/coverage.py is missing")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@dataclass(frozen=True)
class Case:
    """Options to choose from.

    Attributes:
        title: in words.
        behind: how far the true figure of each option is behind the best, in indifference zones.
        zone: the indifference zone: a share, or seconds of the quantile.
        incidents: per replication.
        alike: correlation of luck between options.
        quantile: judged by the 90th percentile instead of the share within 15 minutes.
    """

    title: str
    behind: tuple[float, ...]
    zone: float
    incidents: float = 22
    alike: float = 0.8
    quantile: bool = False

    @property
    def goal(self) -> Goal:
        """What is promised."""
        return Goal(self.zone, not self.quantile, CONFIDENCE)

    def read(self, curve: ResponseCurve) -> float:
        """The figure."""
        return curve.quantile(TAIL) if self.quantile else curve.share(TARGET)

    def resampled(self, curve: ResampledCurve) -> np.ndarray:
        """The figure under each resample."""
        estimate = curve.quantile_interval(TAIL) if self.quantile else curve.share_interval(TARGET)
        return np.asarray(estimate.value)


CASES = {
    "slippage": Case("nine, one better by the zone", (1, 1, 1, 1, 0, 1, 1, 1, 1), 0.02),
    "spread": Case("nine, each a zone behind the next", (5, 2, 7, 0, 4, 8, 1, 6, 3), 0.02),
    "close": Case("nine, each half a zone behind the next", (2.5, 1, 3.5, 0, 2, 4, 0.5, 3, 1.5), 0.02),
    "rare": Case("five that seldom differ, one better by the zone", (1, 1, 0, 1, 1), 0.01, 3, 0.99),
    "P90": Case("five by their 90th percentile, one better by 1.5 min", (1, 1, 0, 1, 1), 90, quantile=True),
}


class Outcome(NamedTuple):
    """One choice.

    Attributes:
        best: the best was chosen.
        good: what was chosen is within the zone of it.
        cost: replications, of all options.
        longest: replications of the option that ran longest.
        equal_cost: what Bonferroni limits ask for, of all options.
        equal_good: whether the same cost shared equally chooses well.
    """

    best: bool
    good: bool
    cost: int
    longest: int
    equal_cost: int
    equal_good: bool


class Draws:
    """Response tables of one repetition, drawn as far as they are asked for."""

    def __init__(self, world: Any, scales: Sequence[float], alike: float, rng: np.random.Generator) -> None:
        self._world, self._scales, self._alike, self._rng = (
            replace(world, replications=BLOCK),
            scales,
            alike,
            rng,
        )
        self._blocks: list[list[tuple[np.ndarray, ...]]] = []

    def curve(self, option: int, count: int) -> ResponseCurve:
        """The curve of an option over its first replications."""
        while len(self._blocks) * BLOCK < count:
            self._blocks.append(self._world.tables(self._rng, self._luck, self._scales))
        parts = [block[option] for block in self._blocks]
        owner = np.concatenate([part[0] + BLOCK * number for number, part in enumerate(parts)])
        kept = slice(0, int(np.searchsorted(owner, count)))
        seconds, fate = (np.concatenate([part[column] for part in parts])[kept] for column in (1, 2))
        return ResponseCurve.from_rows(owner[kept], seconds, fate, count)

    def _luck(self, size: int) -> list[np.ndarray]:
        common = self._rng.standard_normal(size)
        own = self._rng.standard_normal((len(self._scales), size))
        return [self._alike**0.5 * common + (1 - self._alike) ** 0.5 * one for one in own]


def scales_of(case: Case, world: Any) -> list[float]:
    """Factors on the response time that give the true figures of a case; the best has 1."""

    def share(scale: float, seconds: float) -> float:
        return float(replace(world, median=scale * world.median, p90=scale * world.p90).share(seconds))

    def scale(behind: float) -> float:
        seconds, level = (best + behind, TAIL) if case.quantile else (TARGET, best - behind)
        return _solve(lambda factor: -share(factor, seconds), -level)

    best = _solve(lambda at: share(1.0, at), TAIL, 1.0, 20_000.0) if case.quantile else share(1.0, TARGET)
    found = {one: scale(case.zone * one) for one in set(case.behind)}
    return [found[one] for one in case.behind]


def _solve(rising: Callable[[float], float], value: float, low: float = 0.5, high: float = 3.0) -> float:
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) >= value else (middle, high)
    return high


def numbers_of(case: Case, curve: ResponseCurve) -> np.ndarray:
    """What each replication adds, as ``analysis.pooled.per_replication`` works it out."""
    size = curve.replications
    weights = np.vstack([np.ones(size), np.ones((size, size)) - np.eye(size)])
    values = case.resampled(ResampledCurve.of(curve, weights, linear=True))
    return (size - 1) * (values[0] - values[1:])


def choose_once(case: Case, draws: Draws) -> Outcome:
    """One choice and what equal allocations would have cost and chosen."""
    count = len(case.behind)
    asked = Asked(parse_figure("within_target", metrics()), case.goal, FIRST, 100_000)
    curves = [draws.curve(option, FIRST) for option in range(count)]
    numbers = np.stack([numbers_of(case, curve) for curve in curves])
    race = Race.begin(case.goal, [case.read(curve) for curve in curves], numbers)
    for look in asked.looks[1:]:
        if race.decided:
            break
        values = [
            case.read(draws.curve(option, look)) if option in race.left else 0 for option in range(count)
        ]
        race = race.look(values, look)
    ran = [one.replications for one in race.exits] + [race.replications] * len(race.left)
    cost = sum(ran)
    shared = np.array([case.read(draws.curve(option, cost // count)) for option in range(count)])
    ahead = int((-shared if case.quantile else shared).argmax())
    return Outcome(
        case.behind[race.best] == 0,
        case.behind[race.best] <= 1 - 1e-9,
        cost,
        race.replications,
        count * equal_allocation(numbers, case.zone),
        case.behind[ahead] <= 1 - 1e-9,
    )


def equal_allocation(numbers: np.ndarray, zone: float) -> int:
    """Replications of every option for Bonferroni limits of all paired differences within the zone."""
    count, first = numbers.shape
    spread = (numbers[:, np.newaxis] - numbers).var(axis=-1, ddof=1).max()
    t = float(stdtrit(first - 1, 1 - (1 - CONFIDENCE) / (count - 1)))
    return max(first, math.ceil(t * t * spread / zone**2))


def experiment(case: Case, repetitions: int, seed: int) -> list[Outcome]:
    """Choices on independent draws."""
    world = _coverage().World(incidents=case.incidents)
    scales = scales_of(case, world)
    children = np.random.SeedSequence(seed).spawn(repetitions)
    return [
        choose_once(case, Draws(world, scales, case.alike, np.random.default_rng(one))) for one in children
    ]


def main() -> None:
    repetitions, seed = (int(one) for one in (*sys.argv[1:3], *("300", "20260301")[len(sys.argv[1:3]) :]))
    print("| case | best, % | good, % | cost | longest | Bonferroni, equal | same cost, equal: good, % |")
    print("|---|---|---|---|---|---|---|")
    for name in sys.argv[3:] or CASES:
        case = CASES[name]
        best, good, cost, longest, equal, shared = np.array(
            experiment(case, repetitions, seed), dtype=float
        ).mean(axis=0)
        print(
            f"| {case.title} | {100 * best:.1f} | {100 * good:.1f} | {cost:,.0f} | {longest:,.0f} "
            f"| {equal:,.0f} | {100 * shared:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
