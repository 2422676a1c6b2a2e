"""What stands between a mean trip and an actual one: luck, and the speed of the hour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from armsim.domain import HOURS_PER_WEEK, MINUTES_PER_HOUR, MINUTES_PER_WEEK


@dataclass(frozen=True, slots=True)
class NoiseSpread:
    """Spread of trip noise, which falls with distance (form of Budge, Ingolfsson and Zerom 2010).

    Attributes:
        at_zero: standard deviation of the log of a trip's minutes at 0 km, 0 or more.
        per_km: its fall per road km, 0 or more.
        floor: its least value, from 0 to *at_zero*.

    Raises:
        ValueError: a value is out of its range.
    """

    at_zero: float
    per_km: float
    floor: float

    def __post_init__(self) -> None:
        if not (0.0 <= self.floor <= self.at_zero < math.inf):
            raise ValueError(f"need 0 <= floor <= at_zero, got floor {self.floor}, at_zero {self.at_zero}")
        if not (0.0 <= self.per_km < math.inf):
            raise ValueError(f"per_km must be 0 or more, got {self.per_km}")

    def spread(self, road_km: float) -> float:
        """Standard deviation of the log of the minutes of a trip of *road_km*."""
        return max(self.floor, self.at_zero - self.per_km * road_km)

    def factor(self, road_km: float, z: float) -> float:
        """Actual over mean minutes of a trip: lognormal with mean exactly 1, from a standard normal *z*."""
        spread = self.spread(road_km)
        return math.exp(spread * z - 0.5 * spread * spread)


class ExponentialTrips:
    """Trips whose minutes are exponential with the expected minutes as their mean, for closed forms."""

    def factor(self, road_km: float, z: float) -> float:  # noqa: ARG002
        """Actual over mean minutes of a trip, from a standard normal *z*."""
        return -math.log(0.5 * math.erfc(z / math.sqrt(2.0)))


@dataclass(frozen=True, slots=True)
class SpeedProfile:
    """Speed by hour of the week, as a multiplier of travel minutes.

    Attributes:
        time_factors: 168 multipliers of minutes, from Monday 00:00.
    """

    time_factors: tuple[float, ...]

    @classmethod
    def from_speeds(cls, speeds: Sequence[float]) -> SpeedProfile:
        """The profile of 168 relative speeds from Monday 00:00: minutes are multiplied by 1/speed.

        Raises:
            ValueError: not 168 values, or one is not a finite number above 0.
        """
        if len(speeds) != HOURS_PER_WEEK:
            raise ValueError(f"a speed profile needs {HOURS_PER_WEEK} hours, got {len(speeds)}")
        for hour, speed in enumerate(speeds):
            if not (math.isfinite(speed) and speed > 0):
                raise ValueError(f"speed of hour {hour} of the week must be above 0, got {speed}")
        return cls(tuple(1.0 / speed for speed in speeds))

    def time_factor(self, minute_of_week: float) -> float:
        """Multiplier of minutes for a departure that many minutes after a Monday 00:00; repeats weekly."""
        return self.time_factors[int(minute_of_week % MINUTES_PER_WEEK // MINUTES_PER_HOUR)]
