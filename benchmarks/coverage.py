"""How often a nominal 95% interval holds the true figure: the experiment behind docs/coverage.md.

Run ``python benchmarks/coverage.py [repetitions] [seed]``; 2,000 repetitions take about two minutes. With the
word ``differences`` after them, it measures differences between two options instead (``docs/statistics.md``):
the second reaches every incident 15% sooner, with luck of its own that is correlated 0.8 with the first's.
With the word ``sequential``, it measures the P90 of runs that end by the rule of ``--precision``.

Each replication has a gamma day factor of mean 1. It multiplies the Poisson number of incidents and, raised
to ``strain``, every response time, so a busy day is a slow day and incidents inside a replication are far
from independent. Response times are lognormal; some incidents are never reached, and some are stood down
(censored) after an exponential time. The truth is computed, not simulated.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.special import expit, gammaincinv, logit, ndtr, ndtri

from armsim.analysis.curve import CENSORED, NEVER, REACHED, ResponseCurve
from armsim.analysis.intervals import Estimate, t_quantile
from armsim.analysis.resampled import ResampledCurve, draw_weights
from armsim.analysis.simultaneous import reach, standard_error
from armsim.study.precision import MINIMUM, Reached, looks

LEVEL = 0.95
TARGETS = (900, 1800)
QUANTILES = (0.5, 0.9)
FASTER, ALIKE = 0.85, 0.8
#: Fewer than the program's 1,000, to be done sooner; more do not cover less.
RESAMPLES = 400
#: The bound of a sequential run is the half-width that so many replications have as a rule.
AIMED, PILOTS, SEQUENTIAL_CAP = 100, 60, 400


@lru_cache(maxsize=8)
def day_points(world: World) -> np.ndarray:
    """Day factors at 20,000 points of their distribution, evenly spread."""
    return world.day_factor((np.arange(20_000) + 0.5) / 20_000)


@dataclass(frozen=True)
class World:
    """One setting of the experiment; minutes, and incidents per replication."""

    incidents: float
    replications: int = 50
    day_cv: float = 0.3
    strain: float = 0.5
    median: float = 12.0
    p90: float = 24.0
    never: float = 0.03
    stand_down: float = 0.5
    stand_down_mean: float = 90.0

    @property
    def sigma(self) -> float:
        """Standard deviation of the log response time."""
        return float(np.log(self.p90 / self.median) / ndtri(0.9))

    def day_factor(self, uniform: np.ndarray) -> np.ndarray:
        """Gamma factors of mean 1 at the given points of their distribution."""
        shape = self.day_cv**-2
        return gammaincinv(shape, uniform) / shape

    def table(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One response table: replication, seconds, fate."""
        return self.tables(rng, lambda size: [rng.standard_normal(size)], (1.0,))[0]

    def pair(self, rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Two response tables of the same incidents, the second of the faster option."""

        def luck(size: int) -> list[np.ndarray]:
            common, own = rng.standard_normal(size), rng.standard_normal((2, size))
            return [ALIKE**0.5 * common + (1 - ALIKE) ** 0.5 * one for one in own]

        return self.tables(rng, luck, (1.0, FASTER))

    def tables(
        self, rng: np.random.Generator, luck: Callable[[int], list[np.ndarray]], scales: tuple[float, ...]
    ) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Response tables of the same incidents, one for each scale of the response time."""
        factor = self.day_factor(rng.random(self.replications))
        replication = np.repeat(np.arange(self.replications), rng.poisson(self.incidents * factor))
        size = len(replication)
        draws = luck(size)
        never = rng.random(size) < self.never
        stood_down = rng.exponential(self.stand_down_mean, size)
        stood_down[rng.random(size) >= self.stand_down] = np.inf
        found = []
        for scale, draw in zip(scales, draws, strict=True):
            response = scale * self.median * np.exp(self.sigma * draw) * factor[replication] ** self.strain
            response[never] = np.inf
            fate = np.where(response <= stood_down, REACHED, CENSORED)
            end = np.minimum(response, stood_down)
            fate[np.isinf(end)] = NEVER
            seconds = np.ceil(np.where(np.isinf(end), 0, end) * 60 - 1e-6).astype(np.int64)
            found.append((replication, seconds, fate))
        return found

    def share(self, seconds: float) -> float:
        """The true share within *seconds*: each day weighs as much as it has incidents."""
        factor = day_points(self)
        reached = ndtr((np.log(seconds / 60 / self.median) - self.strain * np.log(factor)) / self.sigma)
        return float((1 - self.never) * (factor * reached).sum() / factor.sum())

    def quantile(self, p: float) -> float:
        """The true quantile of whole seconds, by bisection."""
        low, high = 0, 1 << 16
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.share(middle) >= p else (middle, high)
        return float(high)


def limits(curve: ResponseCurve) -> Iterator[tuple[str, float, float]]:
    """Method and limits of every figure, those in use first, then those tried and turned down."""
    t = t_quantile(LEVEL, curve.carrying - 1)
    for target in TARGETS:
        estimate = curve.share_interval(target, LEVEL)
        half = t * curve.standard_error(target)
        naive = 1.96 * np.sqrt(estimate.value * (1 - estimate.value) / curve.count)
        yield f"share {target // 60} min: logit (in use)", estimate.low, estimate.high
        yield f"share {target // 60} min: plain", estimate.value - half, estimate.value + half
        yield (
            f"share {target // 60} min: incidents as the unit",
            estimate.value - naive,
            estimate.value + naive,
        )
    for p in QUANTILES:
        estimate = curve.quantile_interval(p, LEVEL)
        yield f"P{100 * p:.0f}: plain (in use)", estimate.low, estimate.high
        reach = t * curve.standard_error(curve.quantile(p)) / (p * (1 - p))
        below, above = (curve.quantile(float(expit(logit(p) + sign * reach))) for sign in (-1, 1))
        yield f"P{100 * p:.0f}: logit", below, np.inf if np.isnan(above) else above


def truths(world: World) -> list[float]:
    """The true figures in the order of :func:`limits`."""
    shares = [world.share(target) for target in TARGETS for _ in range(3)]
    return shares + [world.quantile(p) for p in QUANTILES for _ in range(2)]


def coverage(world: World, repetitions: int, seed: int) -> dict[str, tuple[float, float, float]]:
    """Per method: percent covered, percent with the truth below the limits, percent with it above.

    Repetitions without limits (NaN) or without the quantile are left out of that method's count.
    """
    rng = np.random.default_rng(seed)
    truth = np.array(truths(world))
    names: list[str] = []
    below, above, told = np.zeros((3, len(truth)))
    for _ in range(repetitions):
        rows = list(limits(ResponseCurve.from_rows(*world.table(rng), world.replications)))
        names = [name for name, _, _ in rows]
        low, high = np.array([row[1:] for row in rows]).T
        told += ~np.isnan(low + high)
        below += truth < low
        above += truth > high
    missed = 100 * np.array([below + above, below, above]) / told
    return {name: (100 - miss[0], miss[1], miss[2]) for name, miss in zip(names, missed.T, strict=True)}


def read(curve: ResampledCurve) -> np.ndarray:
    """Shares within the targets and quantiles of a curve under every resample, one a row."""
    shares = [curve.share_interval(target).value for target in TARGETS]
    return np.array([*shares, *(curve.quantile_interval(p).value for p in QUANTILES)])


def pair_curves(world: World, rng: np.random.Generator) -> list[ResponseCurve]:
    """Curves of the two options of one repetition."""
    return [ResponseCurve.from_rows(*table, world.replications) for table in world.pair(rng)]


def true_differences(world: World) -> np.ndarray:
    """The true differences in the order of :func:`read`."""
    faster = replace(world, median=FASTER * world.median, p90=FASTER * world.p90)
    figures = [
        [*(one.share(t) for t in TARGETS), *(one.quantile(p) for p in QUANTILES)] for one in (world, faster)
    ]
    return np.array(figures[1]) - np.array(figures[0])


def jackknife_reach(curves: list[ResponseCurve]) -> np.ndarray:
    """What was turned down: half-widths of quantile differences by the delete-one jackknife."""
    size = curves[0].replications
    weights = np.vstack([np.ones(size), np.ones((size, size)) - np.eye(size)])
    values = [read(ResampledCurve.of(curve, weights))[len(TARGETS) :, 1:] for curve in curves]
    error = np.sqrt((size - 1) * (values[1] - values[0]).var(axis=1))
    return t_quantile(LEVEL, size - 1) * error


def difference_coverage(world: World, repetitions: int, seed: int) -> dict[str, float]:
    """Percent of repetitions with limits whose limits hold the true difference.

    Also for all four figures at once, and how many percent of the repetitions have limits for the P90.
    """
    rng, truth = np.random.default_rng(seed), true_differences(world)
    size = world.replications
    held, told_of, jack, together = *np.zeros((2, len(truth))), np.zeros(len(QUANTILES)), []
    for repetition in range(repetitions):
        weights = draw_weights(seed + repetition, size, resamples=RESAMPLES)
        curves = pair_curves(world, rng)
        first, second = (read(ResampledCurve.of(curve, weights)) for curve in curves)
        with np.errstate(invalid="ignore"):
            values = second - first
        errors = np.array([standard_error(row[1:], size) for row in values])
        missed = np.abs(values[:, 0] - truth)
        told_of += ~np.isnan(errors)
        held += missed <= t_quantile(LEVEL, size - 1) * errors
        told = np.where(np.isfinite(values[:, 1:]), values[:, 1:], np.nan)
        spread = (told - np.nanmean(told, axis=1, keepdims=True)) / np.nanstd(told, axis=1, keepdims=True)
        multipliers = reach(spread.T, np.full(len(truth), float(size)), LEVEL).multipliers
        if not np.isnan(errors).any():
            together.append(bool((missed <= multipliers * errors).all()))
        jack += missed[len(TARGETS) :] <= jackknife_reach(curves)
    names = [*(f"share {t // 60} min" for t in TARGETS), *(f"P{100 * p:.0f}" for p in QUANTILES)]
    found = dict(
        zip((f"{name}: resampled pairs (in use)" for name in names), 100 * held / told_of, strict=True)
    )
    turned_down = (f"P{100 * p:.0f}: delete-one jackknife" for p in QUANTILES)
    found |= dict(zip(turned_down, 100 * jack / repetitions, strict=True))
    found["all four at once: max-t (in use)"] = 100 * float(np.mean(together))
    return found | {"P90: repetitions with limits": 100 * told_of[-1] / repetitions}


def sequential_coverage(world: World, repetitions: int, seed: int) -> dict[str, float]:
    """The P90 of runs that end when it is known closely enough (``armsim run --precision``), in percent.

    Beside it the same for a run of the number of replications that sequential runs took on average.
    """
    rng, truth = np.random.default_rng(seed), world.quantile(0.9)
    longest = replace(world, replications=SEQUENTIAL_CAP)
    bound = float(np.median([_p90(longest.table(rng), AIMED).half_width for _ in range(PILOTS)]))
    tables = [longest.table(rng) for _ in range(repetitions)]
    stops = [_stop(table, bound) for table in tables]
    fixed = round(float(np.mean(stops)))

    def covered(counts: list[int]) -> float:
        ends = [_p90(table, count) for table, count in zip(tables, counts, strict=True)]
        return 100 * float(np.mean([end.low <= truth <= end.high for end in ends]))

    return {
        "P90: sequential rule (in use)": covered(stops),
        f"P90: fixed number ({fixed})": covered([fixed] * repetitions),
        "replications at the end, 10%": float(np.quantile(stops, 0.1)),
        "replications at the end, 90%": float(np.quantile(stops, 0.9)),
        "percent ended by the cap": 100 * float(np.mean(np.array(stops) == SEQUENTIAL_CAP)),
    }


def _stop(table: tuple[np.ndarray, np.ndarray, np.ndarray], bound: float) -> int:
    """At how many replications a run ends."""
    for count in looks(MINIMUM, SEQUENTIAL_CAP):
        if Reached("", "", _p90(table, count).half_width, bound, count).met:
            return count
    return SEQUENTIAL_CAP


def _p90(table: tuple[np.ndarray, np.ndarray, np.ndarray], count: int) -> Estimate:
    """The P90 with limits, of the first *count* replications of a table."""
    rows = np.searchsorted(table[0], count)
    return ResponseCurve.from_rows(*(column[:rows] for column in table), count).quantile_interval(0.9, LEVEL)


WORLDS = {
    "3 a replication": World(3),
    "22 a replication": World(22),
    "300 a replication": World(300),
    "0.3 a replication, 300 replications": World(0.3, replications=300),
    "22, response time proportional to a day factor of CV 0.5": World(22, day_cv=0.5, strain=1.0),
    "the same with 200 replications": World(22, replications=200, day_cv=0.5, strain=1.0),
}


def main() -> None:
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20260301
    print(f"Nominal 95%, {repetitions} repetitions, seed {seed}")
    if "differences" in sys.argv[3:]:
        for title, world in list(WORLDS.items())[:3]:
            print(f"\n**{title}**\n")
            for name, covered in difference_coverage(world, repetitions, seed).items():
                print(f"| {name} | {covered:.1f} |", flush=True)
        return
    if "sequential" in sys.argv[3:]:
        for title, world in list(WORLDS.items())[:3]:
            print(f"\n**{title}**\n")
            for name, value in sequential_coverage(world, repetitions, seed).items():
                print(f"| {name} | {value:.1f} |", flush=True)
        return
    for title, world in WORLDS.items():
        print(f"\n**{title}**\n")
        print("| figure and method | covered % | truth below % | truth above % |\n|---|---|---|---|")
        for name, (covered, below, above) in coverage(world, repetitions, seed).items():
            print(f"| {name} | {covered:.1f} | {below:.1f} | {above:.1f} |")


if __name__ == "__main__":
    main()
