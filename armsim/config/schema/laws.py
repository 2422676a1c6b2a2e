"""Laws of random durations, as a planner writes them, and discrete shares."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Annotated

from pydantic import Field, model_validator

from armsim.config.base import Model
from armsim.config.quantities import Duration, Share

_Z90 = NormalDist().inv_cdf(0.9)

Counts = Annotated[int | dict[int, Share], Field(description="a number, or number: probability")]


class TimeLaw(Model):
    """A random duration, in one of four forms.

    Write ``median`` and ``p90`` (lognormal), ``mean`` and ``cv`` (lognormal), ``exponential`` (its mean) or
    ``exactly`` (no spread).
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

    @model_validator(mode="after")
    def _one_form(self) -> TimeLaw:
        given = frozenset(name for name in type(self).model_fields if getattr(self, name) is not None)
        forms = ({"median", "p90"}, {"mean", "cv"}, {"exponential"}, {"exactly"})
        if given not in forms:
            wrote = ", ".join(sorted(given)) or "nothing"
            raise ValueError(f"write median and p90, mean and cv, exponential, or exactly; got {wrote}")
        if self.median is not None and self.p90 is not None and not 0 < self.median < self.p90:
            raise ValueError("p90 must be more than the median, and the median more than 0")
        if self.mean == 0:
            raise ValueError("the mean of a lognormal law must be more than 0; write exactly: 0 for no time")
        return self

    @property
    def log_mean(self) -> float:
        """Mean of the logarithm of a lognormal law, in log minutes; ``log`` of the value for ``exactly``."""
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
        if self.exactly is not None:
            return self.exactly
        if self.exponential is not None:
            return self.exponential
        return math.exp(self.log_mean + self.log_sd**2 / 2)
