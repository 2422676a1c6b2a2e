"""Minutes by distance: a square root near, a straight line far.

Kolesar, Walker and Hausner (1975), Operations Research 23:614: a vehicle speeds up at a constant rate for
half a short trip and slows down for the other half; on a long one it cruises in between.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class SquareRootLaw:
    """Mean ordinary minutes for a straight-line distance.

    With d the road distance (circuity times the straight line): ``2 sqrt(d/a)`` up to the cruising distance
    ``v²/a``, else ``v/a + d/v``. The two pieces meet in value (``2v/a``) and in slope (``1/v``).

    Attributes:
        acceleration: a, km per minute squared, above 0.
        cruising: v, km per minute, above 0.
        circuity: road distance over straight-line distance, 1 or more.
        near: minutes per square root of a straight-line km, up to the joint.
        constant: minutes, beyond the joint.
        per_km: minutes per straight-line km, beyond the joint.
        joint: straight-line km at the joint.
        joint_squared: its square.

    Raises:
        ValueError: a parameter is out of its range or not finite.
    """

    acceleration: float
    cruising: float
    circuity: float = 1.3
    near: float = field(init=False, repr=False)
    constant: float = field(init=False, repr=False)
    per_km: float = field(init=False, repr=False)
    joint: float = field(init=False, repr=False)
    joint_squared: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        a, v, circuity = self.acceleration, self.cruising, self.circuity
        if not (math.isfinite(a) and math.isfinite(v) and a > 0 and v > 0):
            raise ValueError(f"acceleration and cruising speed must be above 0, got {a} and {v}")
        if not (math.isfinite(circuity) and circuity >= 1):
            raise ValueError(f"circuity must be 1 or more, got {circuity}")
        set_once = object.__setattr__
        set_once(self, "near", 2.0 * math.sqrt(circuity / a))
        set_once(self, "constant", v / a)
        set_once(self, "per_km", circuity / v)
        set_once(self, "joint", v * v / a / circuity)
        set_once(self, "joint_squared", self.joint**2)

    def of_squared(self, squared: float) -> float:
        """Minutes for a squared straight-line distance in km²: what hot loops have at hand."""
        return self.minutes(math.sqrt(squared))

    def minutes(self, straight_km: float) -> float:
        """Minutes for a straight-line distance in km, 0 or more."""
        if straight_km > self.joint:
            return self.constant + self.per_km * straight_km
        return self.near * math.sqrt(straight_km)

    def of_array(self, straight_km: ArrayLike) -> NDArray[np.float64]:
        """Minutes for an array of straight-line distances in km; same shape."""
        km: NDArray[Any] = np.asarray(straight_km, dtype=np.float64)
        return np.where(km > self.joint, self.constant + self.per_km * km, self.near * np.sqrt(km))
