"""The travel law of a log: minutes by straight-line distance, and their spread.

The mean is that of :class:`armsim.model.travel.SquareRootLaw`. A trip's minutes are lognormal about it,
with the spread of :class:`~armsim.model.travel.noise.NoiseSpread`: it falls evenly from 0 km to the
distance of the ninth trip in ten, and no further. Where the log has only the time from dispatch to arrival,
a lognormal turn-out is added: **the two are told apart by their form alone**, turn-out being what does not
grow with distance.

Fitted by maximum likelihood. One trip in a hundred is taken to be much too short, exponential with a
quarter of the expected minutes: such a unit was out already, near to the scene. One in a thousand is over
three times as long as expected (the share beyond t falls as 1/t): a stamp forgotten. Other long trips are
real, and make up the spread. Positions rounded to a grid of g km lengthen short distances: d² is reduced to
d² + g²/6 on average (two coordinates, each off by a uniform of variance g²/12), which also keeps 0 km from
being impossible.

Limits come from days redrawn, each sample moving the fit by one Newton step: information⁻¹ times the sum of
the days' scores, each as often as it was drawn (Davison and Hinkley 1997, 2.7). With a turn-out they also
hold the ridge along which acceleration makes up for it (:mod:`armsim.analysis.fitting.ridge`).

Only incidents of which **every unit sent** has its time are to be fitted: the first two of four to arrive
were quick because they were the first two. And only trips of units whose base is one of the two nearest to
the scene are to be fitted (:func:`from_near_bases`): a unit of a base farther off was often out already,
and was sent because it was near. Its base is then not where it set out from, and its short time for a long
distance would make the law too fast far away.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.optimize import minimize
from scipy.spatial import cKDTree
from scipy.special import expit, ndtri

from armsim.analysis.fitting.blocks import Floats, Ints, estimate
from armsim.analysis.fitting.ridge import along_ridge, widened
from armsim.analysis.intervals import Estimate
from armsim.model.travel import SquareRootLaw

#: Fewer trips than this give no law.
LEAST = 100
#: Trips fitted; of more, every so manieth.
MOST = 40_000
#: Share of trips much too short, and of those much too long.
_STRAY, _LOST = 0.01, 0.001
#: With a larger share of strays there is no law.
_MOST_STRAY = 0.3
_NODES = 12
_Z = ndtri((np.arange(_NODES) + 0.5) / _NODES)
_HALF_LOG_TAU = 0.5 * math.log(2 * math.pi)
#: First step of numerical derivatives, in the working (log) parameters.
_STEP = 0.004
#: Peaks nearer to each other than this, in working parameters, are one.
_SAME = 0.05
#: Where the law may turn from root to line when the fit starts: shares of the trips that are shorter.
_JOINTS = (0.2, 0.6, 0.95)
#: Cruising speed is not told with fewer trips than this beyond the joint of the law, nor unless the law
#: without it is less likely by this (5% point of a likelihood ratio, halved).
_FAR, _CLEAR = 30, 1.92
_BOUNDS = {
    "acceleration": (0.005, 50.0), "cruising": (8 / 60, 250 / 60), "at_zero": (0.02, 1.5),
    "fall": (-6.0, 6.0), "turn_out": (0.02, 30.0), "turn_out_sd": (0.05, 1.2),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Trips:
    """Trips to be fitted.

    Attributes:
        km: straight-line distance, shape (n,).
        minutes: travel, or dispatch to arrival, above 0.
        day: day of each.
        rounding: side of the grid that positions were rounded to, km; 0 for none.
    """

    km: Floats
    minutes: Floats
    day: Ints
    rounding: float = 0.0

    def taken(self, rows: Ints | np.ndarray) -> Trips:
        """Some of the trips."""
        return replace(self, km=self.km[rows], minutes=self.minutes[rows], day=self.day[rows])

    @cached_property
    def apart(self) -> Floats:
        """Distance as it is expected to be before rounding, km."""
        return np.sqrt(self.km**2 + self.rounding**2 / 6.0)


@dataclass(frozen=True, eq=False)
class TravelFit:
    """A fitted travel law.

    Attributes:
        acceleration: km per minute squared.
        cruising: km per minute.
        circuity: what both go with; not fitted.
        at_zero, per_km, floor: spread of the log of a trip by road km.
        turn_out: mean turn-out in minutes; ``None`` where the minutes are travel alone.
        turn_out_sd: spread of its log; ``None`` likewise.
        limits: the same by name, with limits from days redrawn.
        residual_sd: standard deviation of the log of minutes about the law's, strays left out.
        strays: share of trips that are more likely strays.
        beyond: trips beyond the joint of the law: cruising speed rests on these.
        straight: log-likelihood above that of the best law that is a square root at every distance.
        farthest: longest distance among the trips, km.
        trips: trips fitted.
    """

    acceleration: float
    cruising: float
    circuity: float
    at_zero: float
    per_km: float
    floor: float
    turn_out: float | None
    turn_out_sd: float | None
    limits: dict[str, Estimate]
    residual_sd: float
    strays: float
    beyond: int
    straight: float
    farthest: float
    trips: int

    @property
    def law(self) -> SquareRootLaw:
        """The mean minutes by distance."""
        return SquareRootLaw(self.acceleration, self.cruising, self.circuity)

    @property
    def cruising_known(self) -> bool:
        """Whether trips tell the cruising speed: some are beyond the joint, and the root alone fits worse."""
        return self.beyond >= _FAR and self.straight > _CLEAR

    def expected(self, trips: Trips) -> Floats:
        """Expected minutes of trips, turn-out included where it was fitted."""
        return self.law.of_array(trips.apart) + (self.turn_out or 0.0)

    def draw(self, trips: Trips, rng: np.random.Generator) -> Floats:
        """Minutes for trips of the same distances, by the fitted law."""
        road = trips.apart * self.circuity
        spread = np.maximum(self.floor, self.at_zero - self.per_km * road)
        z = rng.standard_normal(len(road))
        minutes = self.law.of_array(trips.apart) * np.exp(spread * z - spread**2 / 2)
        if self.turn_out is None or self.turn_out_sd is None:
            return np.asarray(minutes)
        z = rng.standard_normal(len(road))
        return np.asarray(minutes + self.turn_out * np.exp(self.turn_out_sd * z - self.turn_out_sd**2 / 2))


def fit_travel(
    trips: Trips, weights: Floats, circuity: float, with_turn_out: bool, level: float = 0.95
) -> TravelFit | None:
    """Fit the law; ``None`` with fewer than ``LEAST`` trips, trips of one distance, or mostly strays.

    Args:
        trips: the trips; minutes of 0 or less and distances that are not finite are left out.
        weights: days redrawn, shape (draws, days).
        circuity: road km per straight-line km.
        with_turn_out: the minutes are from dispatch to arrival.
        level: confidence level.
    """
    good = np.isfinite(trips.km) & np.isfinite(trips.minutes) & (trips.minutes > 0)
    trips = trips.taken(np.flatnonzero(good))
    if len(trips.km) < LEAST or np.ptp(trips.km) == 0:
        return None
    trips = trips.taken(np.arange(0, len(trips.km), -(-len(trips.km) // MOST)))
    model = _Model(trips, circuity, with_turn_out)
    best = model.maximum()
    if model.stray(best).mean() > _MOST_STRAY:
        return None
    draws = model.redrawn(best, weights)
    named = model.named(best)
    moved = [model.named(row) for row in draws]
    days = len(np.unique(trips.day))
    limits = {
        name: estimate(value, [one[name] for one in moved], days, float(len(trips.km)), level)
        for name, value in named.items()
    }
    ridge = [model.named(row) for row in model.ridge(best)]
    limits = {name: widened(one, [row[name] for row in ridge]) for name, one in limits.items()}
    return _described(model, best, named, limits)


def _described(
    model: _Model, best: Floats, named: dict[str, float], limits: dict[str, Estimate]
) -> TravelFit:
    trips = model.trips
    law = SquareRootLaw(named["acceleration"], named["cruising"], model.circuity)
    expected = law.of_array(trips.apart) + named.get("turn_out", 0.0)
    stray = model.stray(best)
    residual = np.log(trips.minutes / expected)[~stray]
    return TravelFit(
        named["acceleration"], named["cruising"], model.circuity, named["at_zero"], named["per_km"],
        named["floor"], named.get("turn_out"), named.get("turn_out_sd"), limits, float(residual.std()),
        float(stray.mean()), int((trips.apart > law.joint).sum()), model.straight(best),
        float(trips.km.max()), len(trips.km),
    )  # fmt: skip


def from_near_bases(x: Floats, y: Floats, km: Floats, base_x: Floats, base_y: Floats) -> np.ndarray:
    """Whether each trip of *km* to a scene started at one of the two bases nearest to it, shape (n,)."""
    count = min(2, len(base_x))
    known = np.isfinite(x) & np.isfinite(y)
    near = np.zeros(len(x), dtype=np.bool_)
    away, _ = cKDTree(np.column_stack([base_x, base_y])).query(np.column_stack([x, y])[known], k=[count])
    near[known] = km[known] <= away[:, 0] + 1e-9
    return near


class _Model:
    """The likelihood.

    Working parameters: logs of a, v and the spread at 0; logit of the share of it that is left far away; and
    with a turn-out, logs of its mean and spread.
    """

    def __init__(self, trips: Trips, circuity: float, with_turn_out: bool) -> None:
        self.trips, self.circuity, self.with_turn_out = trips, circuity, with_turn_out
        self.km, self.logs = trips.apart, np.log(trips.minutes)
        self.far = float(np.quantile(self.km, 0.9)) * circuity
        self.inward = np.minimum(self.km * circuity / self.far, 1.0)
        names = ["acceleration", "cruising", "at_zero", "fall"] + ["turn_out", "turn_out_sd"] * with_turn_out
        self.bounds = [_BOUNDS[n] if n == "fall" else tuple(np.log(_BOUNDS[n])) for n in names]

    def start(self) -> Floats:
        """Minutes against the root of the distance, by medians of a few bands of distance."""
        edges = np.quantile(self.km, np.linspace(0, 1, 9))
        band = np.clip(np.searchsorted(edges, self.km, side="right") - 1, 0, 7)
        used = [k for k in range(8) if (band == k).any()]
        root = np.array([np.sqrt(np.median(self.km[band == k])) for k in used])
        middle = np.array([np.median(self.trips.minutes[band == k]) for k in used])
        slope = max(float(np.polyfit(root, middle, 1)[0]) if len(used) > 1 else 1.0, 0.2)
        offset = max(float(np.median(middle - slope * root)), 0.3) if self.with_turn_out else 0.0
        start = [math.log(4 * self.circuity / slope**2), 0.0, math.log(0.3), 1.0]
        start += [math.log(offset), math.log(0.4)] if self.with_turn_out else []
        return np.array([np.clip(one, *bound) for one, bound in zip(start, self.bounds, strict=True)])

    def maximum(self) -> Floats:
        """The working parameters of the greatest likelihood.

        The likelihood may have several peaks, by where the law turns from root to line. The climbs start with
        that at three distances, on a fifth of the trips, and go on with all of them from where they led to.
        """
        start = self.start()
        some = self
        if len(self.km) > 5 * LEAST:
            some = _Model(self.trips.taken(np.arange(0, len(self.km), 5)), self.circuity, self.with_turn_out)
            some.far = self.far
        tops = []
        for joint in np.quantile(self.km, _JOINTS):
            start[1] = 0.5 * (start[0] + math.log(self.circuity * joint))
            tops.append(some.climb(np.clip(start, *np.array(self.bounds).T)))
        if some is not self:
            ranked = sorted(tops, key=lambda top: -float(self.log_likelihood(top).sum()))
            apart = [top for top in ranked[1:] if np.abs(top - ranked[0]).max() > _SAME]
            tops = [self.climb(top) for top in (ranked[0], *apart[:1])]
        return max(tops, key=lambda top: float(self.log_likelihood(top).sum()))

    def straight(self, best: Floats) -> float:
        """Log-likelihood of *best* above that of the best law that never cruises."""
        start = best.copy()
        start[1] = self.bounds[1][1]
        root = self.climb(start, held=1)
        return float(self.log_likelihood(best).sum() - self.log_likelihood(root).sum())

    def ridge(self, best: Floats) -> Iterator[Floats]:
        """Parameters with other mean turn-outs that are nearly as likely; none without a turn-out."""
        if not self.with_turn_out:
            return iter(())
        return along_ridge(
            self.climb, lambda free: float(self.log_likelihood(free).sum()), best, 4, self.bounds[4]
        )

    def climb(self, start: Floats, held: int | None = None) -> Floats:
        """The working parameters of the greatest likelihood near *start*; that numbered *held* stays."""
        bounds = [(one, one) if k == held else self.bounds[k] for k, one in enumerate(start)]
        found = minimize(self._loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
        return np.asarray(found.x)

    def _loss(self, free: Floats) -> tuple[float, Floats]:
        """Minus the log-likelihood, and its derivatives by forward differences."""
        here, step = float(self.log_likelihood(free).sum()), 1e-6
        moved = free + step * np.eye(len(free))
        return -here, np.array([(here - float(self.log_likelihood(one).sum())) / step for one in moved])

    def named(self, free: Floats) -> dict[str, float]:
        """The parameters by name."""
        a, v, at_zero = np.exp(free[:3]).tolist()
        floor = at_zero * float(expit(free[3]))
        named = {
            "acceleration": a, "cruising": v, "at_zero": at_zero,
            "per_km": (at_zero - floor) / self.far, "floor": floor,
        }  # fmt: skip
        if self.with_turn_out:
            named |= {"turn_out": math.exp(free[4]), "turn_out_sd": math.exp(free[5])}
        return named

    def mean(self, free: Floats) -> Floats:
        """Mean minutes of each trip, turn-out left out."""
        a, v = np.exp(free[:2]).tolist()
        return SquareRootLaw(a, v, self.circuity).of_array(self.km)

    def density(self, free: Floats) -> Floats:
        """Density of each trip's minutes, strays apart."""
        mean, at_zero = self.mean(free), math.exp(free[2])
        spread = at_zero * (1 - (1 - expit(free[3])) * self.inward)
        if not self.with_turn_out:
            return _lognormal(self.logs, self.trips.minutes, mean, spread)
        turn_out, sd = math.exp(free[4]), math.exp(free[5])
        total = np.zeros(len(self.km))
        for z in _Z:
            left = self.trips.minutes - turn_out * math.exp(sd * z - sd**2 / 2)
            under = np.maximum(left, 1e-9)
            total += np.where(left > 0, _lognormal(np.log(under), under, mean, spread), 0.0)
        return np.asarray(total / _NODES)

    def log_likelihood(self, free: Floats) -> Floats:
        """Log-likelihood of each trip, shape (n,)."""
        return np.asarray(np.log((1 - _STRAY - _LOST) * self.density(free) + self.strays(free)))

    def strays(self, free: Floats) -> Floats:
        """Density of each trip's minutes as a stray, times the share of strays."""
        expected = self.mean(free) + (math.exp(free[4]) if self.with_turn_out else 0.0)
        short = 4.0 / expected * np.exp(-4.0 * self.trips.minutes / expected)
        beyond = self.trips.minutes > 3.0 * expected
        return np.asarray(
            _STRAY * short + _LOST * np.where(beyond, 3.0 * expected / self.trips.minutes**2, 0.0)
        )

    def stray(self, free: Floats) -> np.ndarray:
        """Whether each trip is more likely a stray."""
        return np.asarray((1 - _STRAY - _LOST) * self.density(free) < self.strays(free))

    def redrawn(self, best: Floats, weights: Floats) -> Floats:
        """Parameters for each row of days redrawn: one Newton step from *best*, inside the bounds."""
        low, high = np.array(self.bounds).T
        # At a bound a parameter stays where it is and moves nothing else.
        free = np.flatnonzero((best > low + 1e-6) & (best < high - 1e-6))
        moved = np.tile(best, (len(weights), 1))
        if len(free):
            steps = self._steps(best, free)
            by_day = np.zeros((weights.shape[1], len(free)))
            slopes = [(self.log_likelihood(best + one) - self.log_likelihood(best - one)) for one in steps]
            sizes = np.array([one.sum() for one in steps])
            np.add.at(by_day, self.trips.day, np.column_stack(slopes) / (2 * sizes))
            moved[:, free] += (weights - 1.0) @ by_day @ self._inverse(best, steps, sizes)
        return np.asarray(np.clip(moved, low, high))

    def _steps(self, best: Floats, free: Ints) -> list[Floats]:
        """A step for each free parameter, so wide that the likelihood falls by about one.

        The sum over points of the turn-out makes the likelihood bumpy at a smaller scale.
        """
        top = float(self.log_likelihood(best).sum())
        steps = []
        for k in free:
            step = np.zeros(len(best))
            step[k] = _STEP
            while step[k] < 0.5:
                sides = [float(self.log_likelihood(best + sign * step).sum()) for sign in (1, -1)]
                if top - sum(sides) / 2 >= 1.0:
                    break
                step[k] *= 1.6
            steps.append(step)
        return steps

    def _inverse(self, best: Floats, steps: list[Floats], sizes: Floats) -> Floats:
        """Inverse of the information by second differences; directions that nothing is known of are held."""
        count = len(steps)
        information = np.empty((count, count))
        for i in range(count):
            for j in range(i + 1):
                corners = [
                    one * other * float(self.log_likelihood(best + one * steps[i] + other * steps[j]).sum())
                    for one in (1, -1)
                    for other in (1, -1)
                ]
                information[i, j] = information[j, i] = -sum(corners) / (4 * sizes[i] * sizes[j])
        values, vectors = np.linalg.eigh(information * np.outer(sizes, sizes))
        kept = values > 1e-2
        inverse = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
        return np.asarray(inverse * np.outer(sizes, sizes))


def _lognormal(logs: Floats, values: Floats, mean: Floats, spread: Floats) -> Floats:
    """Density of a lognormal law of that mean and spread of the log."""
    z = (logs - np.log(mean) + spread**2 / 2) / spread
    return np.asarray(np.exp(-0.5 * z**2 - _HALF_LOG_TAU) / (spread * values))
