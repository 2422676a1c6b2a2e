"""Attacks, drawn before the timeline and the incidents: when, where, and what each brings.

Every attack has streams of its own, named by the attack and the number of its occurrence (``given`` for the
one that a study is given), so that one more attack or site, or another law, moves no other draw. None happens
in the warm-up, which runs at the first level.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from armsim.config.schema.attacks import Attack, AttackCalls, GivenAttack
from armsim.config.schema.laws import Counts
from armsim.config.schema.region import Weight
from armsim.domain import ThreatLevel
from armsim.model.attack_sites import Choices, named_choices
from armsim.model.attributes import Source, in_disc, numbers
from armsim.model.profiles import MINUTES_PER_YEAR, arrivals
from armsim.model.world import World
from armsim.streams import Streams

Floats = NDArray[np.float64]
_GIVEN = "given"


@dataclass(frozen=True, eq=False, slots=True)
class Burst:
    """Incidents of one type that an attack brings: those at its sites, or calls near them.

    Attributes:
        attack: index of the attack in :class:`Attacks`.
        type: code of the incident type.
        source: streams of their attributes.
        site: number of the site in its attack, from 0; -1 for calls near the sites; shape (n,).
        minute: when each call comes, shape (n,).
        zone: index of the zone, shape (n,).
        x: km east, shape (n,).
        y: km north, shape (n,).
    """

    attack: int
    type: int
    source: Source
    site: NDArray[np.int16]
    minute: Floats
    zone: NDArray[np.int32]
    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True)
class Raised:
    """A level that an attack raises from *start* until *end*, minutes; a higher one that holds stays."""

    level: ThreatLevel
    start: float
    end: float


@dataclass(frozen=True, eq=False, slots=True)
class Attacks:
    """Attacks of one replication, sorted by (minute, name).

    Attributes:
        names: names of all attacks of the scenario, sorted; the index is the code.
        code: which attack, shape (n,).
        minute: first minute, shape (n,).
        given: the one that the study is given, shape (n,).
        zone: index of the zone of the first site, shape (n,).
        type: code of the incident type at its sites; its desk tasks have the same grade, shape (n,).
        bursts: incidents that they bring, by attack.
        task_attack: index of the attack of each task for the command desk, shape (m,), by minute.
        task_minute: when it comes, shape (m,).
        task_service: how long it takes the desk, minutes, shape (m,).
        task_zone: zone of the attack's first site, shape (m,).
        raised: levels that they raise, by attack.
    """

    names: tuple[str, ...]
    code: NDArray[np.int16]
    minute: Floats
    given: NDArray[np.bool_]
    zone: NDArray[np.int32]
    type: NDArray[np.int16]
    bursts: tuple[Burst, ...]
    task_attack: NDArray[np.int32]
    task_minute: Floats
    task_service: Floats
    task_zone: NDArray[np.int32]
    raised: tuple[Raised, ...]

    def __len__(self) -> int:
        return len(self.code)


def draw_attacks(world: World, streams: Streams, begin: float, end: float) -> Attacks:
    """All attacks of one replication in [*begin*, *end*), none of them before the window opens.

    Args:
        world: the world.
        streams: the replication's streams; used are those whose names begin with ``"attack"``.
        begin: minute, 0 or before.
        end: minute, after *begin*.
    """
    config = world.scenario.attacks
    names = tuple(sorted(config))
    when = [one for name in names for one in _occurrences(config[name], name, streams, max(begin, 0.0), end)]
    given = world.scenario.study.given
    if given is not None:
        when.append((_given_minute(given, streams), given.attack, _GIVEN))
    when.sort()
    drawn = [
        _attack(world, Source(streams, "attack", name, number), index, config[name], minute)
        for index, (minute, name, number) in enumerate(when)
    ]
    zones = np.array([one.bursts[0].zone[0] for one in drawn], dtype=np.int32)
    tasks = np.array([task for one in drawn for task in one.tasks if task[0] < end]).reshape(-1, 3)
    tasks = tasks[np.lexsort(tasks.T[1::-1])]
    task_attack = tasks[:, 1].astype(np.int32)
    return Attacks(
        names=names,
        code=np.array([names.index(name) for _, name, _ in when], dtype=np.int16),
        minute=np.array([minute for minute, _, _ in when], dtype=np.float64),
        given=np.array([number == _GIVEN for _, _, number in when], dtype=np.bool_),
        zone=zones,
        type=np.array([one.bursts[0].type for one in drawn], dtype=np.int16),
        bursts=tuple(burst for one in drawn for burst in one.bursts),
        task_attack=task_attack,
        task_minute=tasks[:, 0],
        task_service=tasks[:, 2],
        task_zone=zones[task_attack],
        raised=tuple(raised for one in drawn for raised in one.raised),
    )


def _occurrences(
    attack: Attack, name: str, streams: Streams, begin: float, end: float
) -> Iterator[tuple[float, str, str]]:
    """Minute, name and number of each attack that comes by itself: a Poisson process."""
    if begin < end:
        rng = streams.generator("attack", name, "arrivals")
        rate = np.array([attack.annual / MINUTES_PER_YEAR])
        for number, minute in enumerate(arrivals(rng, np.array([begin, end]), rate).tolist()):
            yield minute, name, str(number)


def _given_minute(given: GivenAttack, streams: Streams) -> float:
    if given.drawn is None:
        return given.latest
    first, last = given.drawn
    uniform = Source(streams, "attack", given.attack, _GIVEN).uniforms("minute", 1)[0]
    return first + (last - first) * float(uniform)


@dataclass(frozen=True, eq=False, slots=True)
class _Attack:
    """One attack: its bursts, the first at its sites; tasks as (minute, index, service); levels raised."""

    bursts: list[Burst]
    tasks: list[tuple[float, int, float]]
    raised: list[Raised]


def _attack(world: World, source: Source, index: int, attack: Attack, minute: float) -> _Attack:
    sites = _sites(world, source, index, attack, minute)
    calls = [
        _calls(world, source.under("calls", name), index, world.types.index(name), attack.calls[name], sites)
        for name in sorted(attack.calls)
    ]
    return _Attack(
        [sites, *calls],
        list(_tasks(source.under("tasks"), index, attack, minute)),
        list(_raised(source.under("level"), attack, minute)),
    )


def _sites(world: World, source: Source, index: int, attack: Attack, minute: float) -> Burst:
    """Incidents at the sites, one a site."""
    count = _number(source, "sites", attack.sites)
    uniforms = source.uniforms("site", count)
    if isinstance(attack.where, Weight):
        zones = world.zone_arrays
        x, y = zones["x_km"], zones["y_km"]
        within = np.inf if attack.within is None else attack.within
        zone = Choices(x, y, world.zone_weights(attack.where), again=True, within=within).drawn(uniforms)
        points = source.uniforms("point", count, 2)
        x, y = in_disc(x[zone], y[zone], zones["area_km2"][zone], points)
    else:
        choices = named_choices(attack, world.sites)
        site = choices.drawn(uniforms)
        x, y = choices.x[site], choices.y[site]
        zone = _zones(world, x, y)
    gaps = source.times("apart", attack.apart, count - 1)
    return Burst(
        attack=index,
        type=world.types.index(attack.incident),
        source=source.under("sites"),
        site=np.arange(count, dtype=np.int16),
        minute=minute + np.concatenate([[0.0], np.cumsum(gaps)]),
        zone=zone,
        x=x,
        y=y,
    )


def _calls(world: World, source: Source, index: int, kind: int, calls: AttackCalls, sites: Burst) -> Burst:
    """Calls of one type, each near one of the sites that have been struck by then."""
    count = _number(source, "number", calls.number)
    minute = sites.minute[0] + calls.over * source.uniforms("minute", count)
    struck = np.searchsorted(sites.minute, minute, side="right")
    site = (source.uniforms("site", count) * struck).astype(np.int64)
    area = np.full(count, np.pi * calls.near**2)
    x, y = in_disc(sites.x[site], sites.y[site], area, source.uniforms("point", count, 2))
    near_sites = np.full(count, -1, dtype=np.int16)
    return Burst(index, kind, source.under("incidents"), near_sites, minute, _zones(world, x, y), x, y)


def _tasks(source: Source, index: int, attack: Attack, minute: float) -> Iterator[tuple[float, int, float]]:
    tasks = attack.desk_tasks
    if tasks is not None:
        count = _number(source, "number", tasks.number)
        minutes = minute + tasks.over * source.uniforms("minute", count)
        for at, service in zip(minutes, source.times("service", tasks.service, count), strict=True):
            yield float(at), index, float(service)


def _raised(source: Source, attack: Attack, minute: float) -> Iterator[Raised]:
    level = attack.level
    if level is not None:
        start = minute + level.after
        lasts = float(source.times("lasts", level.lasts, 1)[0])
        yield Raised(ThreatLevel[level.to], start, start + lasts)


def _number(source: Source, attribute: str, counts: Counts) -> int:
    return int(np.broadcast_to(numbers(counts, source.uniforms(attribute, 1)), 1)[0])


def _zones(world: World, x: Floats, y: Floats) -> NDArray[np.int32]:
    """Zones whose centroids are nearest to points."""
    centroids = np.column_stack([world.zone_arrays["x_km"], world.zone_arrays["y_km"]])
    return np.asarray(cKDTree(centroids).query(np.column_stack([x, y]))[1], dtype=np.int32)
