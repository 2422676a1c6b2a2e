"""The second witness's town in bare numbers: units, bases, turn-out, and where a unit is."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from statistics import NormalDist

FIRST_OFFICER, FIRST_CED, FIRST_ARMED, FULL = range(4)
Counts = tuple[int, int, int, int]
#: A zone, a weight, and the point of the zone that it stands for.
Part = tuple[int, float, float, float]


@dataclass(frozen=True)
class Law:
    """Lognormal minutes by median and 90th percentile; the median alone is the same every time."""

    median: float
    p90: float = 0.0

    @cached_property
    def sigma(self) -> float:
        return math.log(self.p90 / self.median) / NormalDist().inv_cdf(0.9) if self.p90 else 0.0

    @cached_property
    def mean(self) -> float:
        return self.median * math.exp(self.sigma**2 / 2)

    def value(self, z: float) -> float:
        return self.median * math.exp(self.sigma * z)


@dataclass(frozen=True)
class Kind:
    """Units of one kind: how many stand at each base, what each brings, what it serves."""

    name: str
    at: dict[str, int]
    brings: Counts
    grades: tuple[int, ...]
    handicap: dict[int, float] = field(default_factory=dict)
    blue: bool = True

    @property
    def armed(self) -> bool:
        return self.brings[2] > 0


@dataclass(frozen=True)
class Type:
    """What the rules of an incident type add to its drawn columns."""

    name: str
    work_from: int = FIRST_OFFICER
    at_latest: float = 60.0
    patience_ends_assigned: bool = False
    not_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Town:
    """Everything the witness knows besides the incidents. Minutes and kilometres."""

    zones: list[tuple[float, float]]
    bases: dict[str, tuple[float, float]]
    kinds: list[Kind]
    types: list[Type]
    acceleration: float
    cruising: float
    circuity: float
    wheel: Law
    base: Law
    matrix: list[list[float]] | None = None
    noise: tuple[float, float, float] = (0.0, 0.0, 0.0)
    blue: dict[int, float] = field(default_factory=dict)
    time_factors: list[float] = field(default_factory=lambda: [1.0] * 168)
    paperwork: float = 0.0
    desk: int = 1


@dataclass(frozen=True)
class Spot:
    """A point; on a matrix also the zones that it is a mix of, in mid-trip."""

    x: float
    y: float
    parts: tuple[Part, ...]


@dataclass(eq=False)
class Unit:
    number: int
    kind: Kind
    home: Spot
    origin: Spot
    target: Spot
    departs: float = -math.inf
    arrives: float = -math.inf
    free_since: float = -math.inf

    def where(self, now: float, merged: bool = False) -> Spot:
        """Where it truly is: on the line at the share of the trip's time; on a matrix a mix of both ends."""
        if now >= self.arrives:
            return self.target
        if now <= self.departs:
            return self.origin
        share = (now - self.departs) / (self.arrives - self.departs)
        a, b = self.origin, self.target
        x, y = a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)
        if {p[0] for p in a.parts} == {p[0] for p in b.parts} and len(a.parts) == 1:
            return Spot(x, y, ((a.parts[0][0], 1.0, x, y),))
        left = tuple((zone, weight * (1 - share), px, py) for zone, weight, px, py in a.parts)
        right = tuple((zone, weight * share, px, py) for zone, weight, px, py in b.parts)
        return Spot(x, y, one_point_a_zone(left + right) if merged else left + right)


def adds(brings: Counts, short: list[int]) -> bool:
    """Whether a unit brings anything that is short."""
    return any(left > 0 and have for left, have in zip(short, brings, strict=True))


def one_point_a_zone(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Parts of one zone as one part at their weighted mean point."""
    zones = dict.fromkeys(part[0] for part in parts)
    merged = []
    for zone in zones:
        mine = [part for part in parts if part[0] == zone]
        weight = sum(part[1] for part in mine)
        _, _, x0, y0 = mine[
            0
        ]  # from here, so that points that coincide stay where they are to the last digit
        x = x0 + sum(part[1] * (part[2] - x0) for part in mine) / weight
        y = y0 + sum(part[1] * (part[3] - y0) for part in mine) / weight
        merged.append((zone, weight, x, y))
    return tuple(merged)
