"""Choosing the best of several options with a guarantee: a screen on a first batch, then a race.

The screen is subset selection (Nelson, Swann, Goldsman and Song 2001): options that a first batch shows to be
beaten are dropped. The race is KN (Kim and Nelson 2001): the others go on in step, and one is dropped as soon
as its mean is too far behind that of another. Both read variances of *differences*, pair by pair, so options
that meet the same incidents pay for what differs between them only; both share their chance of error over the
pairs by Bonferroni, which holds under any dependence. A fifth of the chance goes to the screen, the rest to
the race, whose constants are those of all options, as it reads the first batch again.

With normal differences the best is chosen with the promised chance whenever it is better by the indifference
zone; looks that are not at every replication do not lower it (Jennison, Johnstone and Turnbull 1982).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from armsim.analysis.intervals import FloatArray

#: Part of the chance of error that the screen may use.
SCREEN_SHARE = 0.2
#: Differences below this part of the numbers are rounding.
_ROUNDING = 1e-10
#: Pairs whose variance is below this part of the largest do not show what a difference is like.
_SLIGHT = 1e-3


class Constants(NamedTuple):
    """Constants of KN.

    Attributes:
        eta: slope of the region in which a pair goes on.
        h2: its height.
    """

    eta: float
    h2: float


@dataclass(frozen=True)
class Goal:
    """What is promised.

    Attributes:
        indifference: a difference from the best that does not matter, in the figure's unit.
        higher: whether more is better.
        confidence: chance that the choice is the best or within the indifference zone of it.

    Raises:
        ValueError: the zone is not above 0, or the confidence not between 0.5 and 1.
    """

    indifference: float
    higher: bool
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not (math.isfinite(self.indifference) and self.indifference > 0):
            raise ValueError(f"the indifference zone must be above 0, got {self.indifference}")
        if not 0.5 < self.confidence < 1:
            raise ValueError(f"the confidence must lie between 0.5 and 1, got {self.confidence}")

    @property
    def alphas(self) -> tuple[float, float]:
        """Chances of error of the screen and of the race."""
        alpha = 1 - self.confidence
        return SCREEN_SHARE * alpha, (1 - SCREEN_SHARE) * alpha


class Exit(NamedTuple):
    """An option that was dropped.

    Attributes:
        option: its number.
        by: number of the option that beat it, the one by which it was farthest behind.
        replications: how many both had then.
        stage: by the screen or in the race.
    """

    option: int
    by: int
    replications: int
    stage: Literal["screen", "race"]


def kn_constants(options: int, alpha: float, first: int) -> Constants:
    """Constants of KN with c = 1 (Kim and Nelson 2001).

    Eta is ((2 alpha / (k - 1))^(-2 / (n0 - 1)) - 1) / 2, and h^2 is 2 eta (n0 - 1).

    Args:
        options: how many, k; at least 2.
        alpha: chance of error.
        first: replications in the first batch, n0; at least 2.

    Raises:
        ValueError: fewer options or replications.
    """
    if options < 2 or first < 2:
        raise ValueError(f"2 options and 2 replications are the least, got {options} and {first}")
    h2 = float(_heights(options, alpha, first - 1))
    return Constants(h2 / (2 * (first - 1)), h2)


def _heights(options: int, alpha: float, degrees: ArrayLike) -> FloatArray:
    """h^2 of KN at any degrees of freedom of a variance."""
    free = np.asarray(degrees, dtype=np.float64)
    return np.asarray(free * ((2 * alpha / (options - 1)) ** (-2 / free) - 1), dtype=np.float64)


class Spread(NamedTuple):
    """How paired differences vary, each of shape (k, k).

    Attributes:
        variances: of the differences; 0 between an option and itself.
        degrees: degrees of freedom of each variance.
    """

    variances: FloatArray
    degrees: FloatArray


def pair_spread(numbers: ArrayLike) -> Spread:
    """Variances of all paired differences, and how well so many replications tell them.

    Options may differ in few replications, by an incident or two: a sample variance is then known less well
    than n - 1 degrees of freedom say, and is next to 0 when by luck they do not differ. Degrees of freedom
    are those of a chi-square with the variance of the sample variance, 2 n / (kurtosis - 1), at most n - 1.
    Of n replications that show nothing 3/n may show something (the rule of three, at 95%): no variance is
    put below that of three differences, 3/n of sum D^4 / sum D^2 (D about their mean; of the pair, or the
    lower quartile of all pairs that differ where that is more), and no kurtosis above theirs, n/3.

    Args:
        numbers: shape (k, n), a row an option, a column a replication; with any mean.

    Returns:
        Variances are 0 where no two options differ by more in one replication than in another.
    """
    given = np.asarray(numbers, dtype=np.float64)
    count = given.shape[1]
    apart = given[:, np.newaxis] - given
    squares = np.square(apart - apart.mean(axis=-1, keepdims=True))
    squares[squares <= (_ROUNDING * np.abs(given).max(initial=0)) ** 2] = 0
    whole, fourth = squares.sum(axis=-1), np.square(squares).sum(axis=-1)
    sizes = np.divide(fourth, whole, out=np.zeros_like(whole), where=whole > 0)
    differ = whole > _SLIGHT * whole.max()
    least = np.quantile(sizes[differ], 0.25) if differ.any() else 0.0
    floor = 3 / count * np.maximum(sizes, least)
    variances = np.maximum(whole / (count - 1), floor)
    np.fill_diagonal(variances, 0)
    kurtosis = np.divide(count * sizes, whole, out=np.full_like(whole, math.inf), where=whole > 0)
    kurtosis = np.where(variances > floor, np.minimum(kurtosis, count / 3), count / 3)
    return Spread(variances, 2 * count / np.maximum(kurtosis - 1, 2 * count / (count - 1)))


def screen_reach(spread: Spread, first: int, alpha: float) -> FloatArray:
    """How far behind another an option may be and pass the screen: t(1 - alpha / (k - 1)) S_ij / sqrt(n0)."""
    t = stdtrit(spread.degrees, 1 - alpha / (len(spread.variances) - 1))
    return np.asarray(t * np.sqrt(spread.variances / first), dtype=np.float64)


def race_reach(spread: Spread, replications: int, indifference: float, alpha: float) -> FloatArray:
    """How far behind one may be after r replications: max(0, delta / 2r (h^2 S_ij^2 / delta^2 - r))."""
    most = _longest(spread, indifference, alpha) - replications
    return np.asarray(np.maximum(0, indifference / (2 * replications) * most), dtype=np.float64)


def _longest(spread: Spread, indifference: float, alpha: float) -> FloatArray:
    """h^2 S_ij^2 / delta^2: replications after which a pair is decided by its figures alone."""
    heights = _heights(len(spread.variances), alpha, spread.degrees)
    return np.asarray(heights * spread.variances / indifference**2, dtype=np.float64)


def beaten(values: FloatArray, reach: FloatArray) -> dict[int, int]:
    """Options farther behind another than they may be, and by which they are so most.

    Args:
        values: shape (k,), more is better.
        reach: shape (k, k), how far the row may be behind the column.
    """
    short = values - values[:, np.newaxis] - reach
    return {index: int(short[index].argmax()) for index in np.flatnonzero((short > 0).any(axis=1)).tolist()}


@dataclass(frozen=True, eq=False)
class Race:
    """Options in the race, after a look. Made by :meth:`begin`.

    Attributes:
        goal: what is promised.
        first: replications in the first batch.
        spread: of paired differences in the first batch.
        replications: how many the options left have.
        values: shape (k,), each option's figure when it was last looked at.
        left: numbers of the options still in.
        exits: those dropped, in order.
    """

    goal: Goal
    first: int
    spread: Spread
    replications: int
    values: FloatArray
    left: tuple[int, ...]
    exits: tuple[Exit, ...] = ()

    @classmethod
    def begin(cls, goal: Goal, values: ArrayLike, numbers: ArrayLike) -> Race:
        """Screen a first batch, and look at it as the race does.

        Args:
            goal: what is promised.
            values: shape (k,), the options' figures over the batch.
            numbers: shape (k, n), what each replication adds to them, with any mean.

        Raises:
            ValueError: fewer than 2 options or replications, shapes that differ, or a number that is none.
        """
        figures, given = np.asarray(values, dtype=np.float64), np.asarray(numbers, dtype=np.float64)
        if given.ndim != 2 or figures.shape != given.shape[:1] or min(given.shape) < 2:
            raise ValueError(f"figures {figures.shape} and numbers {given.shape} make no race")
        if not (np.isfinite(figures).all() and np.isfinite(given).all()):
            raise ValueError("every option needs a finite number in every replication of the first batch")
        first = given.shape[1]
        spread = pair_spread(given)
        race = cls(goal, first, spread, first, figures, tuple(range(len(figures))))
        return race._drop(screen_reach(spread, first, goal.alphas[0]), "screen").look(figures, first)

    def look(self, values: ArrayLike, replications: int) -> Race:
        """The race after more replications.

        Args:
            values: shape (k,), figures over all of them; those of options dropped are not read.
            replications: how many, no fewer than before.
        """
        kept = np.isin(np.arange(len(self.values)), self.left)
        figures = np.where(kept, np.asarray(values, dtype=np.float64), self.values)
        race = replace(self, values=figures, replications=replications)
        return race._drop(race.reach, "race")

    @property
    def reach(self) -> FloatArray:
        """How far behind another an option may be now, shape (k, k)."""
        return race_reach(self.spread, self.replications, self.goal.indifference, self.goal.alphas[1])

    @property
    def best(self) -> int:
        """The option ahead; of equals the first."""
        return max(self.left, key=lambda option: (self._score[option], -option))

    @property
    def decided(self) -> bool:
        """Whether one option is left, or several that no replication told apart and none will."""
        return len(self.left) == 1 or self.replications >= self.longest

    @property
    def longest(self) -> int:
        """Replications at which the race is decided at the latest."""
        pairs = _longest(self.spread, self.goal.indifference, self.goal.alphas[1])
        return max(self.first, math.ceil(float(pairs[np.ix_(self.left, self.left)].max())))

    @property
    def _score(self) -> FloatArray:
        return self.values if self.goal.higher else -self.values

    def _drop(self, reach: FloatArray, stage: Literal["screen", "race"]) -> Race:
        left = list(self.left)
        out = dict(self._lost(left, reach))
        exits = [Exit(option, by, self.replications, stage) for option, by in out.items()]
        kept = tuple(option for option in left if option not in out)
        return replace(self, left=kept, exits=(*self.exits, *exits))

    def _lost(self, left: list[int], reach: FloatArray) -> Iterator[tuple[int, int]]:
        found = beaten(self._score[left], reach[np.ix_(left, left)])
        return ((left[option], left[by]) for option, by in found.items())
