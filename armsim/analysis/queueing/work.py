"""Work that incidents ask for: rates by hour of the week, units an incident, minutes a unit.

Everything is a mean, by incident type; what a draw would add is left to the simulation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema.demand import Attendance, IncidentType
from armsim.config.schema.laws import TimeLaw
from armsim.domain import HOURS_PER_WEEK, MINUTES_PER_DAY, MINUTES_PER_HOUR, Capability, Grade, ThreatLevel
from armsim.model.attributes import of_table
from armsim.model.demand import PostSpec, post_incidents
from armsim.model.levels import level_config
from armsim.model.profiles import MINUTES_PER_YEAR, hourly_grid, seasonal, weekly
from armsim.model.threat import Timeline
from armsim.model.world import World

Floats = NDArray[np.float64]
#: Mean numbers of armed units and of officers beside them, with the chance of the pair.
Needs = tuple[tuple[float, int, int, bool], ...]
_HOURS = int(HOURS_PER_WEEK)


@dataclass(frozen=True, eq=False)
class Task:
    """Work of one kind at one threat level.

    Attributes:
        name: of the incident type.
        config: the type.
        grade: its grade.
        rates: incidents a minute in the area by hour of the week, shape (168,).
        zones: shares of the area's zones in them, shape (zones,).
        needs: chance, armed units, officers in all, whether a CED is asked for; chances sum to 1.
        stood_down: share that is stood down before an armed unit comes.
    """

    name: str
    config: IncidentType
    grade: Grade
    rates: Floats
    zones: Floats
    needs: Needs
    stood_down: float

    @property
    def first(self) -> float:
        """Mean minutes that only the first unit works: what later ones do not stay for, follow-on."""
        stay = self.later_share
        follow = self.config.follow_on
        more = follow.share * follow.duration.expected if follow else 0.0
        return (1 - stay) * self.config.on_scene.expected + more

    @property
    def each(self) -> float:
        """Mean minutes on the scene of every unit."""
        return self.later_share * self.config.on_scene.expected

    @property
    def later_share(self) -> float:
        """Share of the work that units after the first stay for."""
        stay = self.config.later_units_stay
        return 1.0 if stay is None or self.config.release == "singly" else stay

    @property
    def variance(self) -> float:
        """Variance of a first unit's minutes on the scene and elsewhere afterwards."""
        total = self.config.on_scene.second_moment - self.config.on_scene.expected**2
        follow = self.config.follow_on
        if follow is not None:
            mean = follow.share * follow.duration.expected
            total += follow.share * follow.duration.second_moment - mean**2
        return total


def quantiles(law: TimeLaw, count: int) -> Floats:
    """Equally likely values that stand for a law: its quantiles at the middles of *count* equal parts."""
    middles = (np.arange(count) + 0.5) / count
    if law.exactly is not None:
        return np.full(1, law.exactly)
    if law.exponential is not None:
        return np.asarray(-law.exponential * np.log1p(-middles))
    if law.quantiles is not None:
        return of_table(law.quantiles, middles)
    normal = np.array([NormalDist().inv_cdf(share) for share in middles])
    return np.asarray(np.exp(law.log_mean + law.log_sd * normal))


def tasks(world: World, level: ThreatLevel, forces: Sequence[int], area: NDArray[np.int64]) -> list[Task]:
    """The incidents of some forces while *level* holds, attacks left out; types in order of grade, then name.

    Args:
        world: the world.
        level: the threat level.
        forces: codes of forces.
        area: indices of their zones, ascending.
    """
    settings = level_config(world.scenario, level)
    season = _season(world)
    rates: dict[str, Floats] = {}
    for name, config in world.scenario.demand.types.items():
        annual = sum(world.demand_by_force[name][force][1] for force in forces)
        profile = world.scenario.demand.profiles[config.profile] if config.profile else None
        down = 1 + (config.stand_down.per_operation if config.stand_down else 0.0)
        factor = season * settings.demand.get(name, 1.0) * down / MINUTES_PER_YEAR
        rates[name] = annual * factor * weekly(profile)
    _escalate(world, rates)
    made = []
    for name, config in sorted(
        world.scenario.demand.types.items(), key=lambda one: (Grade[one[1].grade], one[0])
    ):
        per = config.stand_down.per_operation if config.stand_down else 0.0
        made.append(
            Task(
                name,
                config,
                Grade[config.grade],
                rates[name],
                _zones(world, name, forces, area),
                _needs(config, settings.attendance.get(name, config.attendance)),
                per / (1 + per),
            )
        )
    return made


def _season(world: World) -> float:
    """Mean of the season over the window."""
    months = hourly_grid(world.scenario.start, 0.0, world.scenario.window).month
    return float(seasonal(world.scenario.demand.season)[months].mean())


def _escalate(world: World, rates: dict[str, Floats]) -> None:
    """Add to each type those that turn into it; chains are followed to their end."""
    types = world.scenario.demand.types
    added = dict(rates)
    for _ in types:
        moved = {name: np.zeros(_HOURS) for name in types}
        for name, config in types.items():
            if config.escalation is not None:
                moved[config.escalation.to] += config.escalation.probability * added[name]
        added = moved
        for name in types:
            rates[name] = rates[name] + added[name]


def _zones(world: World, name: str, forces: Sequence[int], area: NDArray[np.int64]) -> Floats:
    total = np.zeros(len(world.zones))
    for force in forces:
        shares, annual = world.demand_by_force[name][force]
        if annual:
            total[world.ground.own[force]] += shares * annual
    here = total[area]
    return here / here.sum() if here.any() else np.full(len(area), 1 / len(area))


def _needs(config: IncidentType, attendance: Attendance) -> Needs:
    """Combinations of what must be there, a second wave among it."""
    waves = [attendance, *([config.containment.attendance] if config.containment else [])]
    lines = [(name, counts) for wave in waves for name, counts in wave.items()]
    spread = [
        [
            (name, number, share)
            for number, share in (counts.items() if isinstance(counts, Mapping) else [(counts, 1.0)])
        ]
        for name, counts in lines
    ]
    found: list[tuple[float, int, int, bool]] = []
    for combination in product(*spread):
        chance = float(np.prod([share for _, _, share in combination]))
        asked = dict.fromkeys((one.name.lower() for one in Capability), 0)
        for name, number, _ in combination:
            asked[name] += number
        armed = max(asked["arv"], -(-asked["armed_officers"] // 2))
        found.append((chance, armed, asked["officers"], asked["ced"] > 0))
    return tuple(found)


def posts(world: World, level: ThreatLevel, forces: Sequence[int]) -> list[tuple[PostSpec, Floats]]:
    """Posts of a day on which *level* has held since the day before, and when they are open.

    When: share of each hour of the week, shape (168,).
    """
    specs = post_incidents(world, Timeline((0.0,), (level,)), -MINUTES_PER_DAY, MINUTES_PER_DAY)
    edges = np.arange(25) * MINUTES_PER_HOUR
    found = []
    for spec in specs:
        if spec.force in forces and spec.closes > 0:
            open_upto = np.clip(edges, spec.opens, spec.closes)
            found.append((spec, np.tile(np.diff(open_upto) / MINUTES_PER_HOUR, 7)))
    return found


def units_for(officers: int, sizes: Floats) -> float:
    """Mean number of units, one after another, until so many officers are there.

    Args:
        officers: how many are wanted.
        sizes: share of units by number of officers.
    """
    wanted = [0.0]
    for number in range(1, officers + 1):
        rest = sum(share * wanted[max(number - size, 0)] for size, share in enumerate(sizes.tolist()) if size)
        wanted.append(1 + rest)
    return wanted[officers]
