"""``explain``: what theory says of a scenario before any run.

Load and crews by hour of the week, waits by grade, response and cover by zone, the first bottleneck. Steady
state hour by hour; what theory leaves out is listed with the answer (:mod:`armsim.study.explain_words`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.queueing.crews import Crews, crews
from armsim.analysis.queueing.fleet import at_hour
from armsim.analysis.queueing.load import LoadModel
from armsim.analysis.queueing.reach import Reach
from armsim.analysis.queueing.work import tasks
from armsim.config.schema.duty import VolunteerTeam
from armsim.config.schema.region import EVERY_DAY
from armsim.domain import (
    HOURS_PER_WEEK,
    MINUTES_PER_DAY,
    MINUTES_PER_HOUR,
    MINUTES_PER_WEEK,
    Grade,
    ThreatLevel,
)
from armsim.model.desks import desks
from armsim.model.threat import Timeline
from armsim.model.world import World
from armsim.study.explain_grades import RESPONDED, AreaTheory, Response, Waits

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_HOURS = int(HOURS_PER_WEEK)
#: A kind counts as on duty in hours with at least this share of its most units.
_ON_DUTY = 0.5
#: Least units at each base for which the load is shared out by the hypercube.
_WHOLE = 0.5
#: Areas up to which response is worked out for every hour of the day; else for so many hours at a time.
_FINE_AREAS, _COARSE = 4, 3


@dataclass(frozen=True)
class BaseFigures:
    """Units of a kind at a base, means over the hours asked for."""

    base: str
    on_duty: float
    offered: float
    utilisation: float


@dataclass(frozen=True)
class KindFigures:
    """A unit kind, or the command desk, in an area.

    Attributes:
        kind: its name.
        on_duty: mean units on duty, or places.
        offered: mean offered load, erlangs.
        utilisation: their ratio.
        uncrewed: units planned less units crewed, mean.
        peak: highest utilisation in an hour of the week in which at least half of its most units are on duty.
        peak_hour: that hour of the week, from Monday 00:00.
        overloaded: hours of the week in which the load is no less than the units.
        short: units that the load is above those on duty, in the worst hour; 0 if never.
        on_duty_by_hour: by hour of the week.
        offered_by_hour: by hour of the week.
        bases: by base; none for the desk.
        volunteers: its crews give their hours; what they cannot do others do.
    """

    kind: str
    on_duty: float
    offered: float
    utilisation: float
    uncrewed: float
    peak: float
    peak_hour: int
    overloaded: int
    short: float
    on_duty_by_hour: tuple[float, ...]
    offered_by_hour: tuple[float, ...]
    bases: tuple[BaseFigures, ...] = ()
    volunteers: bool = False


@dataclass(frozen=True)
class GradeFigures:
    """A grade of work in an area.

    Attributes:
        grade: its name.
        a_day: incidents a day.
        units: units sent an incident.
        wait: mean wait for a free unit over the hours that are not overloaded, minutes.
        waits: share that waits.
        overloaded: hours of the week without a steady state for the grade.
        response: mean minutes from received to the first unit, given that one is free; NaN for posts and
            planned work.
        drive: minutes of it on the road.
        nobody: share that finds no unit free that may be sent.
        cover: by target, share within it.
        wait_by_slice: by slice.
        response_by_slice: by slice.
        cover_by_slice: by target, by slice.
    """

    grade: str
    a_day: float
    units: float
    wait: float
    waits: float
    overloaded: int
    response: float
    drive: float
    nobody: float
    cover: dict[str, float]
    wait_by_slice: tuple[float, ...]
    response_by_slice: tuple[float, ...]
    cover_by_slice: dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class ZoneFigures:
    """Response in a zone: by grade the mean minutes, by target the share within it."""

    zone: str
    name: str
    rural: bool
    response: dict[str, float]
    cover: dict[str, float]


@dataclass(frozen=True)
class Area:
    """Forces whose units answer for their own area: a force, or a pooled bloc.

    Attributes:
        name: of the bloc.
        kinds: unit kinds that are on duty at some time, then the command desk where it has work.
        grades: grades of which there is work and for which there are units.
        zones: its zones.
        unserved: grades of which there is work and for which no unit is ever on duty.
    """

    name: str
    kinds: tuple[KindFigures, ...]
    grades: tuple[GradeFigures, ...]
    zones: tuple[ZoneFigures, ...]
    unserved: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """What theory says of a scenario.

    Attributes:
        title: of the scenario.
        level: the threat level that holds throughout.
        hours: what hours the figures are of, in words.
        slices: names of the slices that the figures by slice are of.
        areas: by name.
    """

    title: str
    level: str
    hours: str
    slices: tuple[str, ...]
    areas: tuple[Area, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def hour_of(text: str) -> tuple[int, ...]:
    """Hours of the week that a text names: an hour of the day, ``22``, or of one day, ``fri 22``.

    Raises:
        ValueError: neither; the message says what to write.
    """
    day, _, hour = text.strip().lower().rpartition(" ")
    if hour.isdigit() and int(hour) < 24 and (not day or day in EVERY_DAY):
        days = range(7) if not day else (EVERY_DAY.index(day),)
        return tuple(24 * one + int(hour) for one in days)
    raise ValueError(f"{text!r} is no hour; write one from 0 to 23, or a day and an hour such as 'fri 22'")


def hour_name(hour: int) -> str:
    """An hour of the week in words, such as ``Fri 22:00``."""
    return f"{EVERY_DAY[hour // 24].title()} {hour % 24:02d}:00"


def explain(world: World, level: ThreatLevel | None = None, hour: str | None = None) -> Explanation:
    """What theory says of a scenario, without a run.

    Args:
        world: its world.
        level: threat level that holds throughout; the first of the timeline when left out.
        hour: hours that the figures are of, as in :func:`hour_of`; the whole week when left out.

    Raises:
        ValueError: no such hour.
    """
    held = ThreatLevel[world.scenario.threat.timeline[0].level] if level is None else level
    names, slices, words = _slices(world, hour)
    roster = crews(world, held)
    areas = (_area(world, held, roster, name, forces, slices) for name, forces in sorted(world.blocs.items()))
    found = tuple(one for one in areas if one is not None)
    return Explanation(world.scenario.title, held.name, words, names, found)


def _slices(world: World, hour: str | None) -> tuple[tuple[str, ...], Floats, str]:
    """Names of slices, weight of each hour of the week in each, and what hours they are in words."""
    if hour is None:
        length = 1 if len(world.blocs) <= _FINE_AREAS else _COARSE
        names = tuple(f"{one:02d}:00" for one in range(0, 24, length))
        of_day = np.repeat(np.eye(24 // length), length, axis=1)
        return names, np.tile(of_day, 7) / (7 * length), "the whole week"
    hours = hour_of(hour)
    name = hour_name(hours[0]) if len(hours) == 1 else f"{hours[0]:02d}:00"
    weights = np.zeros((1, _HOURS))
    weights[0, list(hours)] = 1 / len(hours)
    return (name,), weights, name


def _area(
    world: World, level: ThreatLevel, roster: Crews, name: str, forces: tuple[int, ...], slices: Floats
) -> Area | None:
    """One area; none where its forces have no zones."""
    area = np.sort(np.concatenate([world.ground.own[force] for force in forces]))
    cells = np.array(
        [at for at, cell in enumerate(roster.cells) if cell.base.force in forces], dtype=np.int64
    )
    if not len(area):
        return None
    work = tasks(world, level, forces, area)
    present = sorted({task.grade for task in work if task.rates.any()})
    if not len(cells):
        return Area(name, (), (), (), tuple(grade.name for grade in present))
    reach = Reach.of(world, [roster.cells[cell] for cell in cells.tolist()], area)
    load = LoadModel(world, level, roster, cells, reach, work, forces).solve()
    theory = AreaTheory(world, level, roster, cells, reach, area, work, load)
    weights = slices.mean(axis=0)
    kinds = [_kind(theory, roster, cells, code, forces, slices) for code in range(len(world.kinds))]
    found = {
        grade: theory.response(grade, slices)
        for grade in RESPONDED
        if any(task.grade is grade and task.rates.any() for task in work) and theory.fleet(grade)
    }
    grades = [_grade(theory, grade, found.get(grade), slices) for grade in present if theory.fleet(grade)]
    desk = _desk(theory, forces, weights)
    return Area(
        name,
        tuple(one for one in (*kinds, desk) if one is not None),
        tuple(grades),
        tuple(_zones(world, area, found)),
        tuple(grade.name for grade in present if not theory.fleet(grade)),
    )


def _kind(
    theory: AreaTheory, roster: Crews, cells: Ints, code: int, forces: tuple[int, ...], slices: Floats
) -> KindFigures | None:
    load, weights = theory.load, slices.mean(axis=0)
    if not load.on_duty[code].any():
        return None
    planned = {force: roster.planned.get((code, force), 1.0) for force in forces}
    mine = [cell for cell in cells.tolist() if roster.cells[cell].kind == code]
    uncrewed = sum(
        float(roster.cells[cell].on_duty.mean(axis=0) @ weights)
        * (planned[roster.cells[cell].base.force] - 1)
        for cell in mine
    )
    offered = load.offered[code].sum(axis=0)
    figures = _figures(theory.world.kinds[code], load.on_duty[code], offered, weights, uncrewed)
    bases = _bases(theory, roster, cells, code, slices)
    team = theory.world.scenario.teams.get(theory.kinds[code].team or "")
    return KindFigures(**figures, bases=bases, volunteers=isinstance(team, VolunteerTeam))


def _figures(name: str, on_duty: Floats, offered: Floats, weights: Floats, uncrewed: float) -> dict[str, Any]:
    there = (on_duty >= _ON_DUTY * on_duty.max()) & (weights > 0)
    ratio = np.where(there, offered / np.where(on_duty > 0, on_duty, 1.0), 0.0)
    units, load = float(on_duty @ weights), float(offered @ weights)
    return {
        "kind": name,
        "on_duty": units,
        "offered": load,
        "utilisation": load / units if units else 0.0,
        "uncrewed": uncrewed,
        "peak": float(ratio.max()),
        "peak_hour": int(ratio.argmax()),
        "overloaded": int((ratio >= 1).sum()),
        "short": float(np.max(np.where(there, offered - on_duty, 0.0), initial=0.0)),
        "on_duty_by_hour": tuple(on_duty.round(4).tolist()),
        "offered_by_hour": tuple(offered.round(4).tolist()),
    }


def _bases(
    theory: AreaTheory, roster: Crews, cells: Ints, code: int, slices: Floats
) -> tuple[BaseFigures, ...]:
    """Load of a kind by base: as the hypercube shares it out where the kind goes to calls, else by number."""
    kind, weights = theory.kinds[code], slices.mean(axis=0)
    mine = np.flatnonzero(theory.kind_of == code)
    on_duty = theory.on_duty[mine] @ weights
    load = float(theory.load.offered[code].sum(axis=0) @ weights)
    busy = on_duty.copy()
    answers = any(grade.name in kind.serves for grade in RESPONDED)
    if load and answers and len(mine) > 1 and (on_duty >= _WHOLE).all():
        demand = theory.demand([code])
        busy = at_hour(on_duty, load, demand, theory.reach.part(mine)).busy * on_duty
    shares = busy / busy.sum() if busy.any() else np.zeros(len(mine))
    return tuple(
        BaseFigures(
            roster.cells[cells[at]].base.name, units, load * share, load * share / units if units else 0.0
        )
        for at, units, share in zip(mine.tolist(), on_duty.tolist(), shares.tolist(), strict=True)
    )


def _grade(theory: AreaTheory, grade: Grade, response: Response | None, slices: Floats) -> GradeFigures:
    mine = [index for index, task in enumerate(theory.work) if task.grade is grade]
    rates = np.sum([theory.work[index].rates for index in mine], axis=0)
    units = float(theory.load.sent[:, grade].sum(axis=0).mean() / rates.mean())
    waits = theory.waits(grade)
    weights = slices.mean(axis=0) * rates
    share = weights / weights.sum() if weights.any() else slices.mean(axis=0)
    blank = float("nan")
    zones = np.sum([theory.work[index].rates.mean() * theory.work[index].zones for index in mine], axis=0)
    zones = zones / zones.sum()
    return GradeFigures(
        grade=grade.name,
        a_day=float(rates @ slices.mean(axis=0)) * MINUTES_PER_DAY,
        units=units,
        wait=_steady(waits, share),
        waits=float(waits.share @ share),
        overloaded=int(np.isin(waits.overloaded, np.flatnonzero(share)).sum()),
        response=float(response.minutes @ zones) if response else blank,
        drive=float(response.drive @ zones) if response else blank,
        nobody=response.nobody if response else blank,
        cover={name: float(values @ zones) for name, values in response.cover.items()} if response else {},
        wait_by_slice=tuple(_steady(waits, row * rates) for row in slices),
        response_by_slice=tuple(response.by_slice.tolist()) if response else (),
        cover_by_slice=(
            {name: tuple(values.tolist()) for name, values in response.cover_by_slice.items()}
            if response
            else {}
        ),
    )


def _steady(waits: Waits, weights: Floats) -> float:
    """Mean wait over the hours that have a steady state; NaN where none has."""
    there = np.isfinite(waits.mean) & (weights > 0)
    return float(np.average(waits.mean[there], weights=weights[there])) if there.any() else float("nan")


def _desk(theory: AreaTheory, forces: tuple[int, ...], weights: Floats) -> KindFigures | None:
    """The command desks of the area: places, and the time that authority and command take of them."""
    timeline = Timeline((0.0,), (theory.level,))
    edges = np.arange(_HOURS) * MINUTES_PER_HOUR
    places = np.zeros(_HOURS)
    for desk in desks(theory.world, timeline, 0.0, MINUTES_PER_WEEK):
        if set(desk.forces) <= set(forces):
            at = np.searchsorted(desk.staffing.starts, edges, side="right") - 1
            places += np.array(desk.staffing.places)[at]
    offered = np.zeros(_HOURS)
    for task in theory.work:
        if task.config.authorisation is not None:
            command = task.config.command or 0.0
            offered += task.rates * (task.config.authorisation.expected + (1 - task.stood_down) * command)
    if not offered.any() or not places.any():
        return None
    places = np.roll(places, 24 * theory.world.scenario.start.weekday())
    return KindFigures(**_figures("command desk", places, offered, weights, 0.0))


def _zones(world: World, area: Ints, found: dict[Grade, Response]) -> list[ZoneFigures]:
    frame = world.zones.iloc[area]
    rows = zip(frame["zone"], frame["name"], frame["rural"], strict=True)
    return [
        ZoneFigures(
            str(zone),
            str(name),
            bool(rural),
            {grade.name: float(one.minutes[at]) for grade, one in found.items()},
            {target: float(values[at]) for one in found.values() for target, values in one.cover.items()},
        )
        for at, (zone, name, rural) in enumerate(rows)
    ]
