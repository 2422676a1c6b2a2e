"""Offered load of unit kinds by hour of the week: who is sent to what, and for how long they are busy.

Rates follow the profiles. A busy unit stays so for a while, so that the load lags behind: m(t) is the mean of
the rate over the time that work which is under way at t may have begun, as in a fleet without limit (Eick,
Massey and Whitt 1993, with exponential service).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from armsim.analysis.queueing.crews import Crews
from armsim.analysis.queueing.reach import Reach, mean_minutes
from armsim.analysis.queueing.work import Task, posts, units_for
from armsim.config.schema.duty import UnitKind
from armsim.domain import HOURS_PER_WEEK, MINUTES_PER_HOUR, Grade, ThreatLevel
from armsim.model.levels import level_config
from armsim.model.speeds import time_factors
from armsim.model.world import World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_HOURS, _GRADES = int(HOURS_PER_WEEK), len(Grade)
_ROUNDS = 12
_LEAST_FREE = 0.02
#: Numbers of free units at which mean travel is worked out; with none, the next to come free goes.
_FREE = np.geomspace(1.0, 400.0, 12)


@dataclass(frozen=True, eq=False)
class Load:
    """Load of the unit kinds in an area.

    Attributes:
        on_duty: mean units of each kind, shape (kinds, 168).
        offered: erlangs by kind, grade and hour, shape (kinds, grades, 168); posts among them.
        sent: units sent a minute, the same shape.
        variance: mean square deviation of the minutes that a unit is busy, by kind, over all work.
        by_task: units sent an incident, by task and kind, mean over the week, shape (tasks, kinds).
        travel: mean minutes of ordinary driving to an incident, by kind and hour.
        reserve: units that must stay free when one goes, by kind and grade.
        may_go: chance that more units than that are free, shape (kinds, grades, 168).
    """

    on_duty: Floats
    offered: Floats
    sent: Floats
    variance: Floats
    by_task: Floats
    travel: Floats
    reserve: Ints
    may_go: Floats

    @property
    def utilisation(self) -> Floats:
        """Offered load over units on duty, above 1 where it is too much; 0 where nobody is; (kinds, 168)."""
        total = self.offered.sum(axis=1)
        return _shares(total, self.on_duty)

    @property
    def carried(self) -> Floats:
        """Offered load as far as units are left for it, reserves kept; shape (kinds, grades, 168).

        Higher grades take theirs first; what is above it waits for a quieter hour.
        """
        found = np.zeros_like(self.offered)
        for grade in Grade:
            room = self.on_duty - found.sum(axis=1) - self.reserve[:, grade, None]
            found[:, grade] = np.clip(room, 0.0, self.offered[:, grade])
        return found

    def service(self, kind: int) -> float:
        """Mean minutes that a unit of a kind is busy with an incident, posts left out; 0 where none comes."""
        grades = [grade for grade in Grade if grade is not Grade.POST]
        sent = float(self.sent[kind, grades].mean(axis=-1).sum())
        return float(self.offered[kind, grades].mean(axis=-1).sum()) / sent if sent else 0.0


class LoadModel:
    """Load of an area, worked out in rounds: who goes hangs on who is free, and the reverse.

    Args:
        world: the world.
        level: the threat level that holds.
        roster: crews on duty.
        cells: indices of the area's cells in the roster.
        reach: travel of those cells to the area's zones.
        work: the area's tasks.
        forces: codes of the area's forces.
    """

    def __init__(
        self,
        world: World,
        level: ThreatLevel,
        roster: Crews,
        cells: Ints,
        reach: Reach,
        work: list[Task],
        forces: tuple[int, ...],
    ) -> None:
        self._world, self._level, self._roster, self._work = world, level, roster, work
        self._kinds = [world.scenario.units[name] for name in world.kinds]
        count = len(self._kinds)
        self._on_duty = np.zeros((count, _HOURS))
        for cell in cells.tolist():
            self._on_duty[roster.cells[cell].kind] += roster.cells[cell].on_duty.mean(axis=0)
        self._speed = np.array(time_factors(world.scenario))
        demand = _mixed([task.zones for task in work], [float(task.rates.mean()) for task in work])
        none = [self._alone(kind, cells, reach) for kind in range(count)]
        self._curves = [np.array([float(mean_minutes(one**free) @ demand) for free in _FREE]) for one in none]
        self._near = self._nearness(none, demand)
        self._posts = self._posted(forces)
        self._reserve = self._reserves()

    def solve(self) -> Load:
        """The load after a fixed number of rounds, each moving half of the way."""
        offered = np.zeros((len(self._kinds), _GRADES, _HOURS))
        found = self._round(offered)
        for _ in range(_ROUNDS):
            offered = (offered + found.offered) / 2
            found = self._round(offered)
        return found

    def _alone(self, kind: int, cells: Ints, reach: Reach) -> Floats:
        """Chance that a free unit of a kind, wherever based, is not within the grid's minutes of zones."""
        mine = [at for at, cell in enumerate(cells.tolist()) if self._roster.cells[cell].kind == kind]
        shares = np.zeros(len(cells))
        shares[mine] = [self._roster.cells[cells[at]].on_duty.mean() for at in mine]
        return reach.none_within(shares / (shares.sum() or 1.0))

    def _nearness(self, none: list[Floats], demand: Floats) -> Floats:
        """Weight of a free unit of each kind in the question who is nearest: 1 on average.

        The chance that the nearest of all is of the kind, with the mean numbers free, over the share of the
        kind among the free units. Kinds that rove where incidents are have more than their number says.
        """
        free = self._on_duty.mean(axis=1) / 2
        curves = np.array([one**number for one, number in zip(none, free, strict=True)])
        middles = (curves[:, :, :-1] + curves[:, :, 1:]) / 2
        drops = curves[:, :, :-1] - curves[:, :, 1:]
        others = np.prod(middles, axis=0) / np.maximum(middles, 1e-12)
        nearest = (drops * others).sum(axis=-1) @ demand
        return _shares(nearest * free.sum(), free)

    def _reserves(self) -> NDArray[np.int64]:
        """Units of each kind that must stay free, by kind and grade."""
        found = np.zeros((len(self._kinds), _GRADES), dtype=np.int64)
        written = {
            **self._world.scenario.dispatch.reserve,
            **level_config(self._world.scenario, self._level).reserve,
        }
        for name, grades in written.items():
            for grade, number in grades.items():
                found[self._world.kinds.index(name), Grade[grade]] = number
        return found

    def _posted(self, forces: tuple[int, ...]) -> Floats:
        """Units that posts take, by kind and hour: the kind asked first as far as it goes, then the next."""
        taken = np.zeros_like(self._on_duty)
        for spec, hours in posts(self._world, self._level, forces):
            left = hours.copy()
            for kind in spec.kinds:
                each = self._units_of(kind, spec.needs)
                if not self._on_duty[kind].any() or not each:
                    continue
                room = np.maximum(self._on_duty[kind] - taken[kind], 0.0) / each
                filled = np.minimum(left, room)
                taken[kind] += filled * each
                left -= filled
            if left.any() and spec.kinds:
                taken[spec.kinds[0]] += left * max(self._units_of(spec.kinds[0], spec.needs), 1.0)
        return taken

    def _units_of(self, kind: int, needs: tuple[int, int, int, int]) -> float:
        officers, _, armed, arv = needs
        sizes = self._roster.sizes.get(kind)
        return max(float(arv), units_for(max(officers, armed), sizes)) if sizes is not None else 0.0

    def _round(self, offered: Floats) -> Load:
        """Who is sent and for how long, given the load of the round before."""
        busy = self._busy(offered)
        free = np.where(self._on_duty > 0, np.maximum(self._on_duty - busy, _LEAST_FREE), 0.0)
        load = Load(
            self._on_duty, np.zeros_like(offered), np.zeros_like(offered), np.zeros(len(self._kinds)),
            np.zeros((len(self._work), len(self._kinds))), self._travel(free), self._reserve,
            self._more_than_reserve(busy),
        )  # fmt: skip
        for index, task in enumerate(self._work):
            self._add(load, index, task, free)
        weight = load.sent.sum(axis=(1, 2))
        load.variance[:] /= np.where(weight > 0, weight, 1.0)
        load.offered[:, Grade.POST] += self._posts
        return load

    def _busy(self, offered: Floats) -> Floats:
        """Units at work: reserves hold back what is above them."""
        room = np.maximum(self._on_duty[:, None] - self._reserve[:, :, None], 0.0)
        return np.asarray(np.minimum(np.minimum(offered, room).sum(axis=1), self._on_duty))

    def _travel(self, free: Floats) -> Floats:
        logs = np.log(np.clip(free, _FREE[0], _FREE[-1]))
        return np.array(
            [np.interp(row, np.log(_FREE), far) for row, far in zip(logs, self._curves, strict=True)]
        )

    def _more_than_reserve(self, busy: Floats) -> Floats:
        """Chance that more than the reserve are free where the busy ones are a truncated Poisson number."""
        most = np.maximum(self._on_duty, 0.0)[:, None, :]
        load = np.maximum(busy, 1e-9)[:, None, :]
        kept = self._reserve[:, :, None]
        upto = np.where(most > kept, gammaincc(np.maximum(most - kept, 1e-9), load), 0.0)
        return np.where(kept == 0, 1.0, upto / gammaincc(most + 1, load))

    def _able(self, task: Task) -> list[int]:
        return [
            code
            for code, kind in enumerate(self._kinds)
            if task.config.grade in kind.serves
            and self._world.kinds[code] not in task.config.not_by
            and self._on_duty[code].any()
        ]

    def _add(self, load: Load, index: int, task: Task, free: Floats) -> None:
        """Add one task to the load."""
        able = self._able(task)
        armed = [code for code in able if self._kinds[code].armed]
        units = np.zeros((len(self._kinds), _HOURS))
        split = self._split(task, able, free, load)
        armed_split = self._split(task, armed, free, load)
        for chance, arvs, officers, ced in task.needs:
            units += chance * arvs * armed_split
            brought = arvs * min((self._crew(code) for code in armed), default=0.0)
            left = int(np.ceil(max(officers - brought, 0.0) - 1e-9))
            units += chance * self._others(left, ced and not arvs, split, able)
        total = units.sum(axis=0)
        first = np.divide(units, total, out=np.zeros_like(units), where=total > 0)
        for code in able:
            self._count(load, index, task, code, units[code], first[code])

    def _others(self, officers: int, ced: bool, split: Floats, able: list[int]) -> Floats:
        """Units for officers, one more where no CED came with them; shape (kinds, 168).

        Units are chosen one after another until the officers are there. One that brings them all makes those
        chosen before it needless, so that kinds with large crews go more often than they are nearest.
        """
        found = np.zeros_like(split)
        if officers <= 0 or not able:
            return found
        whole = [code for code in able if not self._roster.sizes[code][:officers].any()]
        parts = [code for code in able if code not in whole]
        alone = split[whole].sum(axis=0)
        left = np.maximum(1 - alone, 0.0)
        several = {code: units_for(officers, self._roster.sizes[code]) for code in parts}
        total = np.asarray(
            sum(split[code] * units for code, units in several.items()) if parts else np.zeros(_HOURS)
        )
        draws = np.divide(total, left, out=np.ones_like(left), where=left > 1e-9)
        none = np.where(left > 1e-9, left**draws, 0.0)
        for code in whole:
            found[code] = np.divide(
                split[code] * (1 - none), alone, out=np.zeros_like(alone), where=alone > 0
            )
        for code, units in several.items():
            found[code] = np.divide(
                split[code] * units * none, left, out=np.zeros_like(left), where=left > 1e-9
            )
        if ced:
            without = {code: 1 - self._roster.carriers[code] for code in able}
            chance = np.prod([without[code] ** found[code] for code in able], axis=0)
            found += chance * split
        return found

    def _crew(self, code: int) -> float:
        sizes = self._roster.sizes[code]
        return float(np.arange(len(sizes)) @ sizes)

    def _split(self, task: Task, able: list[int], free: Floats, load: Load) -> Floats:
        """Share of each kind among the units that go: by number free, nearness and handicap.

        Where d free units lie about a place at random, in minutes squared, and each kind k is held back by
        h_k, the nearest is of kind k with chance int 2 pi d_k t exp(-pi sum_i d_i (t + h_k - h_i)_+ ^2) dt.
        """
        weight = np.zeros_like(free)
        for code in able:
            weight[code] = free[code] * self._near[code] * load.may_go[code, task.grade]
        held = {code: self._kinds[code].handicap.get(task.config.grade, 0.0) for code in able}
        if any(held.values()):
            weight = self._held_back(weight, held, load)
        total = weight.sum(axis=0)
        return _shares(weight, np.broadcast_to(total, weight.shape))

    def _held_back(self, weight: Floats, held: dict[int, float], load: Load) -> Floats:
        """Chance that the nearest, handicaps added, is of each kind."""
        # One unit among n at random lies a mean of 1 / (2 sqrt(density)) away, so density = 1 / (4 mean**2).
        near = {code: 4 * np.maximum(load.travel[code], 0.5) ** 2 for code in held}
        minutes = np.linspace(0.0, 60.0, 121)[:, None]
        found = np.zeros_like(weight)
        whole = {code: np.maximum(self._on_duty[code], 1e-9) for code in held}
        for code, own in held.items():
            density = np.where(weight[code] > 0, 1 / near[code] * load.may_go[code].max(axis=0), 0.0)
            clear = np.zeros((len(minutes), _HOURS))
            for other, theirs in held.items():
                there = np.where(weight[other] > 0, weight[other] / whole[other] / near[other], 0.0)
                clear += np.pi * there * np.maximum(minutes + own - theirs, 0.0) ** 2
            found[code] = np.trapezoid(2 * np.pi * density * minutes * np.exp(-clear), minutes, axis=0)
        return found

    def _count(self, load: Load, index: int, task: Task, code: int, units: Floats, first: Floats) -> None:
        """Add the units of one kind that a task takes, and the minutes that they are busy."""
        config, scenario = task.config, self._world.scenario
        kind: UnitKind = self._kinds[code]
        turn_out = (
            scenario.dispatch.mobilisation.on_patrol
            if kind.roving
            else scenario.dispatch.mobilisation.at_base
        )
        blue = scenario.travel.blue_light_time_factor.get(config.grade, 1.0) if kind.blue_light else 1.0
        drive = turn_out.expected + blue * self._speed * load.travel[code]
        factor = config.on_scene_factor.get(self._world.kinds[code], 1.0)
        whole = drive + factor * task.each + scenario.demand.paperwork
        minutes = units * whole + first * factor * task.first
        if task.stood_down and config.stand_down is not None:
            authority = config.authorisation.expected if config.authorisation else 0.0
            cut = np.minimum(authority + config.stand_down.after.expected, drive)
            minutes = (1 - task.stood_down) * minutes + task.stood_down * units * cut
        sent = units * task.rates
        mean = np.divide(minutes, units, out=np.zeros_like(minutes), where=units > 0)
        load.sent[code, task.grade] += sent
        load.offered[code, task.grade] += lagged(
            minutes * task.rates, float(mean.mean()), self._on_duty[code]
        )
        load.by_task[index, code] = float((sent.mean()) / task.rates.mean()) if task.rates.any() else 0.0
        load.variance[code] += float(sent.sum()) * task.variance


def lagged(load: Floats, minutes: float, on_duty: Floats | None = None) -> Floats:
    """Load by hour of the week when work lasts exponential *minutes*, from the load as it comes in.

    Args:
        load: arrivals x mean service of each hour, shape (168,).
        minutes: mean service.
        on_duty: units on duty; where fewer are than in the hour before, those that go take their work with
            them and end it beyond their shift. Left out, all work stays.
    """
    if minutes <= 0:
        return load
    share = MINUTES_PER_HOUR / minutes
    keep = float(np.exp(-share))
    mean = (1 - keep) / share
    stays = np.ones(_HOURS)
    if on_duty is not None:
        before = np.roll(on_duty, 1)
        stays = np.minimum(_shares(on_duty, before), 1.0)
    arrives, under_way, found = load.tolist(), 0.0, [0.0] * _HOURS
    for _ in range(2):  # the first week only fills the second
        for hour, kept in enumerate(stays.tolist()):
            under_way = (under_way * keep + arrives[hour - 1] * (1 - keep)) * kept
            found[hour] = under_way * mean + arrives[hour] * (1 - mean)
    return np.array(found)


def _shares(part: Floats, whole: Floats) -> Floats:
    """Ratio, 0 where there is nothing of the whole."""
    return np.asarray(np.divide(part, whole, out=np.zeros_like(part), where=whole > 0))


def _mixed(parts: list[Floats], weights: list[float]) -> Floats:
    total = np.asarray(sum(weight * part for weight, part in zip(weights, parts, strict=True)))
    return total / total.sum() if total.any() else parts[0]
