"""Laws of random durations, as a planner writes them, and discrete shares."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import NormalDist
from typing import Annotated

from pydantic import Field, model_validator

from armsim.config.base import Model
from armsim.config.quantities import Duration, Share

Quantile = tuple[Share, Duration]
_Z90 = NormalDist().inv_cdf(0.9)

Counts = Annotated[int | dict[int, Share], Field(description="a number, or number: probability")]


class TimeLaw(Model):
    """A random duration, in one of five forms.

    Write ``median`` and ``p90`` (lognormal), ``mean`` and ``cv`` (lognormal), ``exponential`` (its mean),
    ``exactly`` (no spread) or ``quantiles`` (what was measured, where no law of the others fits).
    """

    median: Duration | None = None
    """Median of a lognormal law."""
    p90: Duration | None = None
    """90th percentile of the same lognormal law; more than the median."""
    mean: Duration | None = None
    """Mean of a lognormal law given by mean and coefficient of variation."""
    cv: Annotated[float, Field(gt=0, le=10)] | None = None
    """Coefficient of variation that goes with ``mean``."""
    exponential: Duration | None = None
    """Mean of an exponential law."""
    exactly: Duration | None = None
    """The same duration every time."""
    quantiles: Annotated[tuple[Quantile, ...], Field(min_length=2, max_length=200)] | None = None
    """Share, duration below which it lies, from share 0 to 1; evenly spread between two of them."""

    @model_validator(mode="after")
    def _one_form(self) -> TimeLaw:
        given = frozenset(name for name in type(self).model_fields if getattr(self, name) is not None)
        forms = ({"median", "p90"}, {"mean", "cv"}, {"exponential"}, {"exactly"}, {"quantiles"})
        if given not in forms:
            wrote = ", ".join(sorted(given)) or "nothing"
            raise ValueError(
                f"write median and p90, mean and cv, exponential, exactly, or quantiles; got {wrote}"
            )
        if self.median is not None and self.p90 is not None and not 0 < self.median < self.p90:
            raise ValueError("p90 must be more than the median, and the median more than 0")
        if self.mean == 0:
            raise ValueError("the mean of a lognormal law must be more than 0; write exactly: 0 for no time")
        if self.quantiles is not None:
            _refuse_unordered(self.quantiles)
        return self

    @property
    def log_mean(self) -> float:
        """Mean of the logarithm of a lognormal law, in log minutes; of other laws ``log`` of their mean."""
        if self.quantiles is not None:
            return math.log(self.expected)
        if self.median is not None:
            return math.log(self.median)
        if self.mean is not None:
            return math.log(self.mean) - self.log_sd**2 / 2
        value = self.exactly if self.exactly is not None else self.exponential
        return math.log(value) if value else -math.inf

    @property
    def log_sd(self) -> float:
        """Standard deviation of the logarithm of a lognormal law; 0 without spread."""
        if self.median is not None and self.p90 is not None:
            return math.log(self.p90 / self.median) / _Z90
        if self.cv is not None:
            return math.sqrt(math.log(1 + self.cv**2))
        return 0.0

    @property
    def expected(self) -> float:
        """Mean in minutes."""
        if self.quantiles is not None:
            return sum(width * (low + high) / 2 for width, low, high in self.pieces)
        if self.exactly is not None:
            return self.exactly
        if self.exponential is not None:
            return self.exponential
        return math.exp(self.log_mean + self.log_sd**2 / 2)

    @property
    def second_moment(self) -> float:
        """Mean of the square, in minutes squared."""
        if self.exponential is not None:
            return 2 * self.exponential**2
        if self.quantiles is not None:
            return sum(width * (low * low + low * high + high * high) / 3 for width, low, high in self.pieces)
        return self.expected**2 * math.exp(self.log_sd**2)

    @property
    def pieces(self) -> tuple[tuple[float, float, float], ...]:
        """Of ``quantiles``: share of the durations between two of them, shortest and longest of these."""
        table = self.quantiles or ()
        return tuple((high - low, shortest, longest) for (low, shortest), (high, longest) in pairwise(table))


def _refuse_unordered(table: tuple[Quantile, ...]) -> None:
    """Refuse a table of quantiles that is none.

    Raises:
        ValueError: says what is wrong.
    """
    shares, values = [share for share, _ in table], [value for _, value in table]
    if shares[0] != 0 or shares[-1] != 1:
        raise ValueError(f"quantiles begin at share 0 and end at 1; got {shares[0]:g} and {shares[-1]:g}")
    if any(high <= low for low, high in pairwise(shares)):
        raise ValueError("the shares of quantiles must rise")
    if any(high < low for low, high in pairwise(values)):
        raise ValueError("the durations of quantiles must not fall")
    if values[-1] == 0:
        raise ValueError("the durations of quantiles are all 0; write exactly: 0 for no time")
