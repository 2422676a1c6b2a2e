"""What theory says of the response to a grade of work: wait, drive and cover by zone and hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.queueing.crews import Crews
from armsim.analysis.queueing.erlang import erlang_c
from armsim.analysis.queueing.fleet import Hour, at_hour
from armsim.analysis.queueing.load import Load
from armsim.analysis.queueing.priority import priority_waits, reserve_wait
from armsim.analysis.queueing.reach import Reach, mean_minutes, within
from armsim.analysis.queueing.work import Task, quantiles
from armsim.config.schema.region import TravelConfig
from armsim.config.schema.scenario import Target
from armsim.domain import Grade, Milestone, ThreatLevel, UnitStatus
from armsim.model.speeds import time_factors
from armsim.model.world import World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Equally likely values that stand for the call handling, and for the authorisation, of a type.
_VALUES = 7
#: Grades whose response is worked out, in order, with the milestone that counts.
RESPONDED = {
    Grade.FIREARMS: Milestone.FIRST_ARMED, Grade.G1: Milestone.FIRST_OFFICER, Grade.G2:
    Milestone.FIRST_OFFICER,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Waits:
    """Wait for a free unit by hour of the week.

    Attributes:
        mean: minutes, over all incidents of the grade; infinite where its load is too much; shape (168,).
        share: share that waits at all, shape (168,).
        overloaded: hours of the week in which the load of the grade and those above is no less than the
            units.
    """

    mean: Floats
    share: Floats
    overloaded: Ints


@dataclass(frozen=True, eq=False)
class Response:
    """Response to a grade.

    Attributes:
        minutes: mean from received to the first unit by zone, given that one is free; shape (zones,).
        drive: the part of it on the road, shape (zones,).
        cover: by target, share of each zone's incidents within it; shape (zones,).
        nobody: share that finds no unit free that may be sent.
        by_slice: mean minutes of all zones in each slice; NaN where nobody is ever free.
        cover_by_slice: by target, the same for the share within it.
    """

    minutes: Floats
    drive: Floats
    cover: dict[str, Floats]
    nobody: float
    by_slice: Floats
    cover_by_slice: dict[str, Floats]


@dataclass(frozen=True, eq=False)
class Later:
    """Incidents that find no unit free: they wait, and a unit drives from wherever it was.

    Attributes:
        share: of the incidents.
        wait: mean minutes that they wait; exponential.
        drive: mean minutes on the road to each zone.
    """

    share: float
    wait: float
    drive: Floats

    def within(self, minutes: Floats) -> Floats:
        """Share of all incidents of each zone that wait and are reached within *minutes* of turning out."""
        left = np.maximum(minutes - self.drive, 0.0)
        return self.share * (1 - np.exp(-left / max(self.wait, 1e-9)))


class AreaTheory:
    """Theory of one area, whose units answer for it alone.

    Args:
        world: the world.
        level: the threat level that holds.
        roster: crews on duty.
        cells: indices of the area's cells in the roster.
        reach: travel of these cells.
        area: indices of the area's zones.
        work: the area's tasks.
        load: the load.
    """

    def __init__(
        self,
        world: World,
        level: ThreatLevel,
        roster: Crews,
        cells: Ints,
        reach: Reach,
        area: Ints,
        work: Sequence[Task],
        load: Load,
    ) -> None:
        self.world, self.level, self.work, self.load = world, level, work, load
        self.rural = world.zones["rural"].to_numpy(dtype=bool)[area]
        self.kinds = [world.scenario.units[name] for name in world.kinds]
        self.kind_of = np.array([roster.cells[cell].kind for cell in cells.tolist()])
        self.on_duty = np.array([roster.cells[cell].on_duty.mean(axis=0) for cell in cells.tolist()])
        self.reach = reach
        self.speed = np.array(time_factors(world.scenario))
        self._carried = load.carried
        self._parts: dict[tuple[int, ...], Reach] = {}
        self._waits_of: dict[Grade, Waits] = {}
        self._solved: dict[tuple[tuple[int, ...], float, bytes], Hour] = {}

    # --- fleets ---------------------------------------------------------------------------------------

    def fleet(self, grade: Grade) -> list[int]:
        """Kinds that are sent to a grade and are on duty at some time; for firearms work those with arms."""
        return [
            code
            for code, kind in enumerate(self.kinds)
            if grade.name in kind.serves
            and self.load.on_duty[code].any()
            and (grade is not Grade.FIREARMS or kind.armed)
        ]

    def taken_off(self, grade: Grade, kind: int) -> set[Grade]:
        """Grades that a unit may be taken off for *grade* at any stage of its work at this level."""
        found: set[Grade] = set()
        for rule in self.world.scenario.dispatch.diversion:
            here = not rule.levels or self.level.name in rule.levels
            mine = not rule.kinds or self.world.kinds[kind] in rule.kinds
            if here and mine and rule.to == grade.name and UnitStatus.ON_SCENE.name in rule.when:
                found |= {Grade[name] for name in rule.off}
        return found

    def barring(self, grade: Grade, kind: int) -> Floats:
        """Load of a kind that keeps it from *grade*: all but what it may be taken off; shape (168,)."""
        kept = [one for one in Grade if one not in self.taken_off(grade, kind)]
        return np.asarray(self._carried[kind, kept].sum(axis=0))

    # --- waits ----------------------------------------------------------------------------------------

    def waits(self, grade: Grade) -> Waits:
        """Wait for a free unit, worked out once: see :meth:`_waits`."""
        if grade not in self._waits_of:
            self._waits_of[grade] = self._waits(grade)
        return self._waits_of[grade]

    def _waits(self, grade: Grade) -> Waits:
        """Wait for a free unit hour by hour: lower grades behind higher ones, or behind a reserve.

        Cobham's priority queue; where most of the fleet keeps a reserve from the grade, cutoff priority.
        """
        fleet = self.fleet(grade)
        units = self.load.on_duty[fleet].sum(axis=0)
        ahead = sum((self._ahead(kind, grade) for kind in fleet), np.zeros_like(units))
        own = self.load.offered[fleet, grade].sum(axis=0)
        service, scv = self._service(fleet)
        kept = int(sum(self.load.reserve[kind, grade] for kind in self._with_reserve(grade, fleet)))
        overloaded = np.flatnonzero((ahead + own >= np.maximum(units - kept, 0.0)) & (own > 0))
        if kept:
            found = [
                _behind_reserve(round(count), higher / service, mine / service, service, kept)
                for count, higher, mine in zip(units.tolist(), ahead.tolist(), own.tolist(), strict=True)
            ]
            mean, share = np.array(found).T
            return Waits(mean * (1 + scv) / 2, share, overloaded)
        barring = sum((self.barring(grade, kind) for kind in fleet), np.zeros_like(units))
        behind = np.maximum(barring - ahead - own, 0.0)
        rates = np.array([ahead, own, behind]) / service
        mean = priority_waits(units, rates, np.full(len(units), service), scv)[1]
        return Waits(mean, erlang_c(units, barring), overloaded)

    def _with_reserve(self, grade: Grade, fleet: list[int]) -> list[int]:
        """Kinds that keep a reserve from a grade, if they are most of its fleet."""
        kinds = [kind for kind in fleet if self.load.reserve[kind, grade]]
        number = self.load.on_duty[fleet].sum()
        return kinds if self.load.on_duty[kinds].sum() > number / 2 else []

    def _ahead(self, kind: int, grade: Grade) -> Floats:
        higher = [one for one in Grade if one < grade and one not in self.taken_off(grade, kind)]
        return (
            np.asarray(self.load.offered[kind, higher].sum(axis=0)) if higher else np.zeros(len(self.speed))
        )

    def _service(self, fleet: list[int]) -> tuple[float, float]:
        """Mean minutes that a unit of a fleet is busy, and their squared coefficient of variation."""
        sent = self.load.sent[fleet].sum(axis=(1, 2))
        if not sent.any():
            return 1.0, 1.0
        mean = float(np.average([self.load.service(kind) for kind in fleet], weights=sent))
        spread = float(np.average(self.load.variance[fleet], weights=sent))
        return mean, spread / mean**2

    # --- response -------------------------------------------------------------------------------------

    def hours(self, grade: Grade, weights: Floats) -> list[tuple[Ints, Hour]]:
        """The cells that answer a grade in parts, each solved as a fleet: armed units, and the others.

        Args:
            grade: the grade.
            weights: weight of each hour of the week, sum 1.
        """
        fleet = self.fleet(grade)
        parts = ([k for k in fleet if self.kinds[k].armed], [k for k in fleet if not self.kinds[k].armed])
        found = []
        for part in parts:
            cells = np.flatnonzero(np.isin(self.kind_of, part) & (self.on_duty @ weights > 0))
            if len(cells):
                load = float(sum(self.barring(grade, kind) for kind in part) @ weights)
                found.append((cells, self._hour(cells, part, load, weights)))
        return found

    def _hour(self, cells: Ints, part: list[int], load: float, weights: Floats) -> Hour:
        """A fleet at an hour; grades that are kept from it by the same load share the answer."""
        key = (tuple(cells.tolist()), load, weights.tobytes())
        if key not in self._solved:
            on_duty = self.on_duty[cells] @ weights
            self._solved[key] = at_hour(on_duty, load, self.demand(part), self._part(cells))
        return self._solved[key]

    def _part(self, cells: Ints) -> Reach:
        key = tuple(cells.tolist())
        if key not in self._parts:
            self._parts[key] = self.reach.part(cells)
        return self._parts[key]

    def demand(self, kinds: list[int]) -> Floats:
        """Shares of the zones in the work of some kinds, by units sent."""
        weights = self.load.by_task[:, kinds].sum(axis=1) * [task.rates.mean() for task in self.work]
        total = np.asarray(weights @ np.array([task.zones for task in self.work]))
        return total / total.sum() if total.any() else np.full(len(total), 1 / len(total))

    def none_within(self, grade: Grade, weights: Floats) -> tuple[Floats, float]:
        """Chance that none that may go is within the grid's minutes of each zone, and that there is none.

        Kinds with a reserve for the grade count as there with the chance that more than it are free.
        """
        none, nobody = np.ones(self.reach.curves.shape[1:]), 1.0
        for cells, hour in self.hours(grade, weights):
            kind = int(self.kind_of[cells[0]])
            may = float(self.load.may_go[kind, grade] @ weights)
            none = none * (1 - may + may * hour.none_within(self._part(cells)))
            nobody *= 1 - may + may * hour.nobody
        return none, nobody

    def response(self, grade: Grade, slices: Floats) -> Response:
        """Response to a grade; its hours in slices.

        Args:
            grade: the grade.
            slices: weight of each hour of the week in each slice, rows sum to 1; shape (slices, 168).
        """
        mine = [task for task in self.work if task.grade is grade]
        rates = np.array([task.rates for task in mine])
        share = slices @ rates.sum(axis=0)
        zones = rates.mean(axis=1) @ np.array([task.zones for task in mine])
        zones = zones / zones.sum()
        targets = self.targets(grade)
        parts = [self._in_slice(grade, mine, row, targets) for row in slices]
        nobody = np.array([part[3] for part in parts])
        weight = share / share.sum() if share.any() else np.full(len(share), 1 / len(share))
        there = weight * (1 - nobody)
        there = there / there.sum() if there.any() else np.full(len(share), np.nan)
        cover = {name: np.array([part[2][name] for part in parts]) for name in targets}
        minutes = np.array([part[0] for part in parts])
        return Response(
            minutes=there @ minutes,
            drive=there @ np.array([part[1] for part in parts]),
            cover={name: weight @ table for name, table in cover.items()},
            nobody=float(weight @ nobody),
            by_slice=np.where(nobody < 1, minutes @ zones, np.nan),
            cover_by_slice={name: table @ zones for name, table in cover.items()},
        )

    def targets(self, grade: Grade) -> dict[str, Target]:
        """Targets of the grade's milestone."""
        return {
            name: target
            for name, target in self.world.scenario.targets.items()
            if grade.name in target.grades and Milestone(target.milestone) is RESPONDED[grade]
        }

    def _in_slice(
        self, grade: Grade, tasks: Sequence[Task], weights: Floats, targets: dict[str, Target]
    ) -> tuple[Floats, Floats, dict[str, Floats], float]:
        none, nobody = self.none_within(grade, weights)
        factor, turn_out = self._moving(grade, weights)
        drive = factor * mean_minutes(none, nobody)
        rates = np.array([float(task.rates @ weights) for task in tasks])
        shares = rates / rates.sum() if rates.any() else np.full(len(tasks), 1 / len(tasks))
        before = float(shares @ [task.config.call_handling.expected for task in tasks])
        later = Later(nobody, self._wait_of_those(grade, weights), drive)
        cover = {
            name: sum(
                share * self._covered(task, target, none, factor, turn_out, later)
                for share, task in zip(shares.tolist(), tasks, strict=True)
            )
            for name, target in targets.items()
        }
        return before + turn_out + drive, drive, {k: np.asarray(v) for k, v in cover.items()}, nobody

    def _wait_of_those(self, grade: Grade, weights: Floats) -> float:
        """Mean wait of those that wait, over hours with a steady state; infinite where there is none."""
        waits = self.waits(grade)
        there = np.isfinite(waits.mean) & (weights > 0)
        share = float(waits.share[there] @ weights[there])
        return float(waits.mean[there] @ weights[there]) / share if share > 0 else float("inf")

    def _moving(self, grade: Grade, weights: Floats) -> tuple[float, float]:
        """Multiplier of ordinary minutes, and minutes of turn-out; kinds weighted by number."""
        config = self.world.scenario
        fleet = self.fleet(grade)
        number = self.load.on_duty[fleet] @ weights
        if not number.any():
            return 1.0, 0.0
        blue = config.travel.blue_light_time_factor.get(grade.name, 1.0)
        factors = [blue if self.kinds[kind].blue_light else 1.0 for kind in fleet]
        moving = config.dispatch.mobilisation
        out = [(moving.on_patrol if self.kinds[kind].roving else moving.at_base).expected for kind in fleet]
        return (
            float(np.average(factors, weights=number)) * float(self.speed @ weights),
            float(np.average(out, weights=number)),
        )

    def _covered(
        self, task: Task, target: Target, none: Floats, factor: float, turn_out: float, later: Later
    ) -> Floats:
        """Share of a task's incidents in each zone within a target."""
        limit = np.where(self.rural, target.rural, target.urban)
        handling = (
            quantiles(task.config.call_handling, _VALUES) if target.clock == "received" else np.zeros(1)
        )
        law = task.config.authorisation if Milestone(target.milestone) is Milestone.FIRST_ARMED else None
        authority = quantiles(law, _VALUES) if law and target.clock != "authorised" else np.zeros(1)
        noise = _luck(self.world.scenario.travel, float(later.drive.mean()) / factor)
        # Authority is sought while units travel, unless they wait for it; either way it must be there.
        late = authority if task.config.wait_for_authority else np.zeros(1)
        left = limit - turn_out - handling[:, None, None] - late[:, None]
        given = (handling[:, None, None] + authority[:, None] <= limit).mean(axis=1)
        reached = within(none, left[:, :, None] / factor / noise[:, None]).mean(axis=2) + later.within(left)
        return np.asarray((reached.mean(axis=1) * given).mean(axis=0))


def _luck(travel: TravelConfig, minutes: float) -> Floats:
    """Equally likely factors of a drive that stand for trip noise; *minutes* of driving set its spread."""
    noise = travel.trip_noise
    middles = (np.arange(_VALUES) + 0.5) / _VALUES
    if noise.law == "exponential":
        return np.asarray(-np.log1p(-middles))
    a, v = travel.acceleration, travel.cruising_speed
    road_km = v * (minutes - v / a) if minutes > 2 * v / a else a * minutes**2 / 4
    spread = max(noise.floor, noise.at_zero - noise.per_km * road_km)
    if not spread:
        return np.ones(1)
    normal = np.array([NormalDist().inv_cdf(share) for share in middles])
    return np.asarray(np.exp(spread * normal - spread**2 / 2))


def _behind_reserve(units: int, above: float, own: float, service: float, kept: int) -> tuple[float, float]:
    """Wait and share that waits; (infinite, 1) where the reserve leaves nobody."""
    if own <= 0:
        return 0.0, 0.0
    return reserve_wait(units, above, own, service, kept) if units > kept else (float("inf"), 1.0)
