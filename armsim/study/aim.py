"""What a search aims at: a figure, a bound, and whether the limits of a value are within it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from armsim.analysis.differences import Resampled, quantity, resampled
from armsim.analysis.figure import Figure, in_unit, parse_figure
from armsim.analysis.intervals import Estimate, FloatArray, t_quantile
from armsim.analysis.metrics import Metric, metrics
from armsim.analysis.option import OptionData
from armsim.analysis.simultaneous import reach, standard_error, unchanged
from armsim.config.schema import Scenario
from armsim.study.compare import about
from armsim.study.fixed_groups import FIXED

_FORM = re.compile(r"(.+?)\s*(>=|<=|>|<)\s*(\d+(?:\.\d+)?)\s*(%|min|minutes|h)?\s*")


@dataclass(frozen=True)
class Aim:
    """A figure that shall be at least, or at most, so much.

    Attributes:
        text: as written.
        figure: which figure.
        sign: ``>=``, ``>``, ``<=`` or ``<``.
        bound: in the metric's unit.
    """

    text: str
    figure: Figure
    sign: str
    bound: float

    @property
    def metric(self) -> Metric:
        """The metric of the figure."""
        return metrics()[self.figure.metric]

    @property
    def higher(self) -> bool:
        """Whether a higher figure is nearer to the aim."""
        return self.sign.startswith(">")

    def met(self, value: float) -> bool:
        """Whether a value, or the limit of one, is within the bound; NaN is not."""
        if self.sign.endswith("="):
            return value >= self.bound if self.higher else value <= self.bound
        return value > self.bound if self.higher else value < self.bound

    def met_by(self, one: Estimate) -> bool:
        """Whether the limit on the side of the bound is within it."""
        return self.met(one.low if self.higher else one.high)

    def shown(self, value: float) -> str:
        """A value of the figure in words, such as ``91.4%`` or ``12.3 min``."""
        if not math.isfinite(value):
            return "not reached" if math.isinf(value) else "none"
        if self.metric.unit != "share":
            return quantity(value, self.metric.unit, named=True)
        return f"{100 * value:.{1 if value >= 0.01 or value == 0 else 2}f}%"

    def with_limits(self, one: Estimate) -> str:
        """A figure with its limits, such as ``91.4% (90.2% to 92.6%)``."""
        if math.isnan(one.low) or math.isnan(one.high):
            return f"{self.shown(one.value)} (no limits)"
        return f"{self.shown(one.value)} ({self.shown(one.low)} to {self.shown(one.high)})"

    @property
    def words(self) -> str:
        """Such as ``Within target (first armed) at least 90.0%``."""
        part = about(self.figure.labels)
        head = f"{self.metric.label} ({part})" if part else self.metric.label
        most = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}[self.sign]
        return f"{head} {most} {self.shown(self.bound)}"


def parse_aim(text: str, scenario: Scenario, level: str | None = None) -> Aim:
    """What a search aims at, as typed: ``within_target:first_armed>=0.9``, ``response_p90:arv <= 20 min``.

    Args:
        text: a figure as ``armsim compare`` takes them, a comparison, and a number with % , min or h.
        scenario: whose targets may be named without ``target=``.
        level: threat level that is meant where the text names none.

    Raises:
        ValueError: not of that form, no such metric or group, a unit that is not the metric's, or a figure
            that has no limits by replication.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no target; write one such as 'within_target:first_armed >= 0.9'")
    name, *parts = (part.strip() for part in match[1].split(":"))
    if name == "within_target":
        parts = [f"target={part}" if part in scenario.targets else part for part in parts]
    figure = parse_figure(":".join([name, *parts]), metrics())
    if name in FIXED:
        raise ValueError(f"{name} is of zones that a baseline chooses, and a search has none; name another")
    if level is not None and "level" not in figure.labels:
        figure = replace(
            figure, text=f"{figure.text}:level={level}", labels={**figure.labels, "level": level}
        )
    bound = in_unit(float(match[3]), match[4] or "", metrics()[figure.metric])
    return Aim(text.strip(), figure, match[2], bound)


def read(data: OptionData, weights: FloatArray, aim: Aim) -> Resampled:
    """The figure of an option under resamples; NaN where there are too few incidents to show it.

    Raises:
        ValueError: the option has no such figure, or the name means several.
    """
    found = resampled(data, weights, [aim.figure])
    if not found:
        raise ValueError(f"{aim.text!r}: the run has no such figure")
    if len(found) > 1:
        told = "; ".join(about(dict(key.labels)) for key in found)
        raise ValueError(f"{aim.text!r} means several figures, name one: {told}")
    one: Resampled = next(iter(found.values()))
    return one if one.shown else replace(one, values=np.full_like(one.values, math.nan))


def estimate(one: Resampled, multiplier: float, unit: str) -> Estimate:
    """A figure with limits so many standard errors from it, cut at what it can be.

    A figure that is the same under every resample has itself for limits: a price is known, and of a share of
    0 or 1 in every replication no more can be told.
    """
    value, rest, size = float(one.values[0]), one.values[1:], one.replications
    if even(one):
        return Estimate(value, value, value, size, size)
    half = multiplier * standard_error(rest[~np.isnan(rest)], size)
    if not math.isfinite(value):
        return Estimate(value, math.nan, math.nan, size, size)
    most = 1.0 if unit == "share" else math.inf
    return Estimate(value, max(value - half, 0.0), min(value + half, most), size, size)


def even(one: Resampled) -> bool:
    """Whether a figure is the same under every resample."""
    value = one.values[0]
    return bool(math.isfinite(value) and unchanged(one.values[1:], np.full(len(one.values) - 1, value)))


def of_family(found: Sequence[Resampled], level: float, unit: str, family: int) -> list[Estimate]:
    """Figures with limits that hold for *family* figures at once by Bonferroni, whichever are looked at."""
    each = 1 - (1 - level) / family
    return [estimate(one, t_quantile(each, one.replications - 1), unit) for one in found]


def together(found: Sequence[Resampled], level: float, unit: str) -> tuple[list[Estimate], str]:
    """Figures with limits that hold for all of them at once, and how: see ``simultaneous.reach``.

    A quantile that some resamples do not reach has no deviation there, so that Bonferroni's are taken.
    """
    told = [one for one in found if np.isfinite(one.values[0]) and not even(one)]
    if not all(np.isfinite(one.values).all() for one in told) or not told:
        return of_family(found, level, unit, len(found)), "Bonferroni"
    matrix = np.stack([one.values[1:] for one in told], axis=1)
    deviations = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0, ddof=1)
    reached = reach(deviations, np.array([float(one.replications) for one in told]), level)
    each = {id(one): multiplier for one, multiplier in zip(told, reached.multipliers.tolist(), strict=True)}
    return [estimate(one, each.get(id(one), math.nan), unit) for one in found], reached.method
