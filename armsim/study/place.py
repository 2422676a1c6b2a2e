"""Where: bases proposed by expected cover (MEXCLP), then judged by simulation against those of today.

What the proposal is tuned on is a run of its own: the scenario as it is, on another seed. Zones weigh as many
incidents of the target as fell in them there, and how busy armed response vehicles are is measured there. The
judgement is a run on the study's own seed, whose incidents the proposal has never seen.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.availability import WORK
from armsim.analysis.intervals import Estimate
from armsim.analysis.option import OptionData
from armsim.analysis.resampled import chosen, draw_weights
from armsim.config.loader import Loaded
from armsim.config.schema.scenario import Target
from armsim.domain import Record
from armsim.model.mexclp import expected_cover, mexclp
from armsim.model.world import World
from armsim.streams import stable_code
from armsim.study.aim import Aim, parse_aim, read, together
from armsim.study.compare import Comparison, compare
from armsim.study.plan import Study
from armsim.study.results import Results
from armsim.study.worlds import world_of

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
TODAY, PROPOSED = "today", "proposed"


@dataclass(frozen=True)
class Wish:
    """What is to be placed.

    Attributes:
        load: loads the scenario with some settings on top of the user's own.
        group: group of bases.
        number: how many.
        target: what is aimed at, as typed; a ``within_target``.
        level: threat level, where the target names none.
        replications: of the run it is tuned on, and of each side of the judgement.
        seed: of the judgement; -1 is the scenario's own.
        within: minutes of blue-light drive that cover a zone; else the target's limits less call
            handling and mobilisation.
        busy: share of the time that a base has no unit free; else measured.
    """

    load: Callable[[tuple[str, ...]], Loaded]
    group: str
    number: int
    target: str
    level: str | None = None
    replications: int = 20
    seed: int = -1
    within: float | None = None
    busy: float | None = None


@dataclass(frozen=True)
class Placed:
    """Bases and what they bring.

    Attributes:
        bases: their names.
        cover: expected cover by the demand that the proposal was tuned on.
        figure: the figure aimed at, simulated, with limits.
        met: whether the limit on the side of the bound is within it.
    """

    bases: tuple[str, ...]
    cover: float
    figure: Estimate
    met: bool


@dataclass(frozen=True, eq=False)
class Placing:
    """Bases proposed against those of today.

    Attributes:
        title: of the scenario.
        group: group of bases.
        aim: what they aim at.
        today: bases of today.
        proposed: bases proposed.
        busy: share of the time that one of the proposed bases has no unit free, as the program took it.
        gap: by how much more of the demand the best bases could at most cover; 0 when proven.
        comparison: the two, replication by replication, on demand that the proposal was not tuned on.
        setting: what ``--set`` makes of the proposal.
        tuned_on: incidents that the proposal was tuned on, its seed.
        patrols: units of the group patrol, and are at a base little of the time.
        replications: of each side of the judgement.
    """

    title: str
    group: str
    aim: Aim
    today: Placed
    proposed: Placed
    busy: float
    gap: float
    comparison: Comparison
    setting: str
    tuned_on: tuple[int, int]
    patrols: bool
    replications: int

    @property
    def verdict(self) -> str:
        """What the paired difference says."""
        return str(self.comparison.table["verdict"].iloc[0])

    @property
    def sentence(self) -> str:
        """The answer in a sentence."""
        one, other = (self.aim.with_limits(side.figure) for side in (self.proposed, self.today))
        word = "meet" if self.proposed.met else "do not meet"
        count = len(self.proposed.bases)
        return (
            f"{count} base{'s' * (count > 1)} of {self.group} as proposed {word} {self.aim.words}: {one}, "
            f"against {other} with the {len(self.today.bases)} of today; {self.verdict}."
        )

    @property
    def remarks(self) -> tuple[str, ...]:
        """What has to be said besides."""
        count, seed = self.tuned_on
        proof = (
            "proven best by expected cover" if self.gap == 0 else f"within {self.gap:.1%} of the best cover"
        )
        said = [
            f"Proposed from {count:,} incidents of another run (seed {seed}) with q = {self.busy:.3f}, "
            f"{proof}; judged on {self.replications} replications that it was not tuned on.",
            "Expected cover knows neither queues nor other work; the simulation decides.",
        ]
        if self.patrols:
            said.append(f"Units of {self.group} patrol, so that it matters less where their bases are.")
        said.append(f"To run it: --set '{self.setting}'")
        return (*said, "Bases are illustrative. Intervals show simulation noise only.")

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values."""

        def told(one: Placed) -> dict[str, Any]:
            figure = {name: getattr(one.figure, name) for name in ("value", "low", "high")}
            plain = {name: value if math.isfinite(value) else None for name, value in figure.items()}
            return {"bases": list(one.bases), "expected_cover": one.cover, "met": one.met, **plain}

        return {
            "sentence": self.sentence,
            "target": self.aim.text,
            TODAY: told(self.today),
            PROPOSED: told(self.proposed),
            "verdict": self.verdict,
            "busy": self.busy,
            "gap": self.gap,
            "set": self.setting,
            "tuned_on": {"incidents": self.tuned_on[0], "seed": self.tuned_on[1]},
            "comparison": self.comparison.to_dict(),
            "remarks": list(self.remarks),
        }


@dataclass(frozen=True, eq=False)
class _Ground:
    """What the proposal rests on: weights of zones, which site covers which zone, which base does today."""

    weight: Floats
    by_site: Bools
    by_base: Bools
    bases: tuple[str, ...]


def place(wish: Wish, run: Callable[[Study], Results | None]) -> Placing | None:
    """Propose bases and judge them.

    Args:
        wish: what is to be placed.
        run: as of ``find.find``; the judgement is run last.

    Returns:
        What came out; ``None`` when a run is not all there yet.

    Raises:
        ValueError: no such group, bases of several forces, a target or a busy fraction that is not known.
        ScenarioError: the proposal makes no scenario that can be run.
    """
    plain = wish.load(())
    aim = parse_aim(wish.target, plain.scenario, wish.level)
    target = _target(plain, wish, aim)
    world = world_of(plain)
    own = Study({TODAY: plain}, wish.replications, wish.seed, Record.METRICS)
    tuning = Study(
        {"tuning": plain}, wish.replications, stable_code("placement", str(own.seed)), Record.METRICS
    )
    tuned = run(tuning)
    if tuned is None:
        return None
    data = tuned.option()
    ground = _ground(data, world, wish, target, aim)
    busy = _busy(data, wish, wish.number)
    found = mexclp(ground.by_site, ground.weight, wish.number, busy, most=1)
    setting = _setting(wish.group, world, found.sites)
    sides = {TODAY: plain, PROPOSED: wish.load((setting,))}
    results = run(Study(sides, wish.replications, wish.seed, Record.METRICS))
    if results is None:
        return None
    today_cover = expected_cover(
        ground.by_base, ground.weight, np.arange(len(ground.bases)), _busy(data, wish, len(ground.bases))
    )
    names = tuple(str(world.zones["name"].iloc[site]) for site in found.sites)
    figures = _figures(results, aim, own)
    return Placing(
        title=plain.scenario.title,
        group=wish.group,
        aim=aim,
        today=Placed(ground.bases, today_cover, figures[0], aim.met_by(figures[0])),
        proposed=Placed(names, found.cover, figures[1], aim.met_by(figures[1])),
        busy=busy,
        gap=found.gap,
        comparison=compare(results, TODAY, [aim.figure.text]),
        setting=setting,
        patrols=any(kind.patrol and kind.bases == wish.group for kind in plain.scenario.units.values()),
        tuned_on=(int(ground.weight.sum()), tuning.seed),
        replications=own.replications,
    )


def _target(plain: Loaded, wish: Wish, aim: Aim) -> Target:
    """The response target aimed at."""
    scenario = plain.scenario
    if wish.group not in scenario.bases:
        raise ValueError(f"no group of bases is called {wish.group!r}; there are {', '.join(scenario.bases)}")
    name = aim.figure.labels.get("target", "")
    named = [name] if name else _with_milestone(plain, aim)
    if aim.figure.metric != "within_target" or len(named) != 1 or named[0] not in scenario.targets:
        raise ValueError(
            f"{wish.target!r}: bases are placed for one within_target, such as "
            f"'within_target:{next(iter(scenario.targets), 'first_armed')} >= 0.9'"
        )
    return scenario.targets[named[0]]


def _with_milestone(plain: Loaded, aim: Aim) -> list[str]:
    """Targets that a milestone means, or all there are."""
    asked = aim.figure.labels.get("milestone", "")
    return [name for name, one in plain.scenario.targets.items() if asked in ("", one.milestone)]


def _ground(data: OptionData, world: World, wish: Wish, target: Target, aim: Aim) -> _Ground:
    if len(world.forces) > 1:
        raise ValueError("bases are placed in one force at a time, and the scenario has several")
    rows = data.rows(target.milestone, grade=target.grades, level=aim.figure.labels.get("level") or None)
    weight = np.bincount(data.responses["zone"].to_numpy()[rows], minlength=len(world.zones)).astype(
        np.float64
    )
    if not weight.any():
        raise ValueError(f"{wish.target!r}: the run that bases are placed by had no such incident")
    factor = world.scenario.travel.blue_light_time_factor.get(target.grades[0], 1.0)
    lead = 0.0 if wish.within else _lead(data, world, target, rows)
    told = (wish.within, wish.within) if wish.within else (target.urban, target.rural)
    limit = np.where(world.zones["rural"].to_numpy(dtype=bool), told[1], told[0]) - lead
    bases = world.bases[wish.group]
    minutes = world.travel.minutes_to_zones
    return _Ground(
        weight,
        np.asarray(factor * minutes(world.travel.zone_places()).T <= limit[:, None]),
        np.asarray(factor * minutes([one.place for one in bases]).T <= limit[:, None]),
        tuple(one.name for one in bases),
    )


def _lead(data: OptionData, world: World, target: Target, rows: Bools) -> float:
    """Minutes of a target's time that are gone before wheels roll: call handling, measured, and leaving."""
    graded = data.responses["graded"].to_numpy()[rows]
    handled = (
        float(graded[graded >= 0].mean()) / 60 if target.clock == "received" and (graded >= 0).any() else 0.0
    )
    return handled + world.scenario.dispatch.mobilisation.at_base.expected


def _busy(data: OptionData, wish: Wish, bases: int) -> float:
    """Share of the time that one of so many bases has no unit free: q**m with m units at each on average."""
    if wish.busy is not None:
        return wish.busy
    if not any(kind.arv for kind in data.scenario.units.values() if kind.bases == wish.group):
        raise ValueError(f"how busy units of {wish.group} are is measured for ARVs only; say it with --busy")
    levels = data.level_labels[""]
    minutes = {
        work: data.total([f"arv_work_minutes:level={level}:work={work}" for level in levels]).sum()
        for work in WORK
    }
    on_duty = sum(minutes.values())
    q = 1.0 - minutes["free"] / on_duty
    units = on_duty / (data.scenario.window * len(data.totals))
    return float(q ** (units / bases))


def _setting(group: str, world: World, sites: tuple[int, ...]) -> str:
    """What ``--set`` makes of the proposal."""
    zones = world.zones["zone"]
    spots = {f"{group} {index}": {"zone": str(zones.iloc[site])} for index, site in enumerate(sites, start=1)}
    return f"bases.{group}={json.dumps({'sites': spots})}"


def _figures(results: Results, aim: Aim, study: Study) -> list[Estimate]:
    """The figure of both sides with limits that hold for both."""
    there = [set(one.totals.index.tolist()) for one in results.data.values()]
    ran = sorted(set.intersection(*there) & set(range(study.replications)))
    weights = draw_weights(study.seed, study.replications)[:, ran]
    read_off = [read(chosen(results.option(name), ran), weights, aim) for name in (TODAY, PROPOSED)]
    return together(read_off, results.option().scenario.study.confidence, aim.metric.unit)[0]
