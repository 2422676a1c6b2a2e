"""CED cover in figures: minutes of carriers on duty, time without any, and expected uses.

Cover is what crews bring: ``ced`` of a unit is the lesser of the carriers in its crew and the devices drawn.
Officers without a crew, a tutored student among them, give none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.availability import counted
from armsim.domain import MINUTES_PER_HOUR, AreaClass, Authorisation, Employment, ThreatLevel
from armsim.model.ced_dates import ced_gate
from armsim.model.threat import Timeline
from armsim.model.world import World

if TYPE_CHECKING:
    from armsim.analysis.measure import Log

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_EMPLOYMENTS, _DAY_HOURS, _WEEK_HOURS = len(Employment), 24, 168
#: Hours of the week, from midnight on Monday, from 18:00 on Friday and on Saturday to 04:00 the next day.
WEEKEND_EVENING = tuple(24 * day + hour for day in (4, 5) for hour in range(18, 28))


def ced_totals(log: Log, world: World, incidents: Mapping[str, NDArray[Any]]) -> dict[str, float]:
    """Sums over the window.

    Args:
        log: the log.
        world: the world it ran in.
        incidents: the counted incidents.

    Returns:
        ``ced_minutes``: minutes of carriers on duty in crews, ``:employment=E:area=A`` (zone class of the
        unit's base), ``:employment=E:hour=H``, ``:employment=E:kind=weekend_evening`` and, with several
        forces, ``:employment=E:force=F`` (force that pays). ``no_ced_minutes``: minutes with no carrier on
        duty, in all, ``:hour=H``, ``:area=A`` (at bases of the class), ``:kind=weekend_evening`` and
        ``:force=F``. ``ced_elapsed_minutes``: minutes of the window, in all, ``:hour=H`` and
        ``:kind=weekend_evening``. ``ced_uses:level=L``: expected uses, the probability of the type summed
        over the incidents that a carrier came to.
    """
    totals = dict(_uses(incidents, world))
    totals |= _elapsed(world)
    duty = log.tables["duty"]
    rows = np.flatnonzero((duty["ced"] > 0) & (duty["end"] > 0) & (duty["start"] < world.scenario.window))
    start = np.maximum(duty["start"][rows], 0.0)
    end = np.minimum(duty["end"][rows], world.scenario.window)
    seats = _seats(log, world)[rows]
    units = duty["unit"][rows].astype(np.int64)
    zones = np.array([unit.base.zone for unit in log.units], dtype=np.int64)
    area = world.zones["rural"].to_numpy(dtype=np.int64)[zones[units]]
    force = np.array([unit.force for unit in log.units], dtype=np.int64)[units]
    totals |= _cover(world, start, end, seats, area, force)
    return totals | dict(_without(world, start, end, area, force))


def hours_of_week(world: World) -> Ints:
    """Hour of the week of each hour of the window, from midnight on Monday; the last may be cut short."""
    hours = np.arange(int(np.ceil(world.scenario.window / MINUTES_PER_HOUR)))
    return np.asarray((hours + _DAY_HOURS * world.scenario.start.weekday()) % _WEEK_HOURS, dtype=np.int64)


def _uses(incidents: Mapping[str, NDArray[Any]], world: World) -> Iterator[tuple[str, float]]:
    likely = np.array([world.scenario.demand.types[name].ced_use for name in world.types])
    reached = ~np.isnan(incidents["first_ced_at"])
    uses = likely[incidents["type"].astype(np.int64)] * reached
    sums = np.bincount(incidents["level"].astype(np.int64), weights=uses, minlength=len(ThreatLevel))
    for level in np.flatnonzero(sums).tolist():
        yield f"ced_uses:level={ThreatLevel(level).name}", float(sums[level])


def _elapsed(world: World) -> dict[str, float]:
    """Minutes of the window in all, by hour of the day and of weekend evenings."""
    edges = _edges(world)
    return dict(_by_time("ced_elapsed_minutes", _at_hours(hours_of_week(world), np.diff(edges))))


def _edges(world: World) -> Floats:
    window = world.scenario.window
    return np.append(np.arange(0.0, window, MINUTES_PER_HOUR), window)


def _at_hours(hour: Ints, values: Floats) -> Floats:
    return np.asarray(np.bincount(hour, weights=values, minlength=_WEEK_HOURS), dtype=np.float64)


def _by_time(name: str, weekly: Floats) -> Iterator[tuple[str, float]]:
    """Of sums by hour of the week: the whole, by hour of the day, and weekend evenings."""
    yield name, float(weekly.sum())
    for hour, value in enumerate(weekly.reshape(-1, _DAY_HOURS).sum(axis=0).tolist()):
        yield f"{name}:hour={hour}", value
    yield f"{name}:kind=weekend_evening", float(weekly[np.array(WEEKEND_EVENING) % _WEEK_HOURS].sum())


def _seats(log: Log, world: World) -> Floats:
    """CEDs of each duty period by employment of those who carry them, shape (duties, employments).

    Shared out over the crew's officers who are trained and whose employment may carry; where there is none
    (armed officers carry one anyway), over the crew; a standing unit's are of regular officers.
    """
    duty, table, officers = (log.tables[name] for name in ("duty", "officer_duty", "officers"))
    crewed = table["duty"] >= 0
    officer = table["officer"][crewed].astype(np.int64)
    employment = officers["employment"].astype(np.int64)[officer]
    cell = table["duty"][crewed].astype(np.int64) * _EMPLOYMENTS + employment
    trained = officers["authorisations"].astype(np.int64)[officer] & (1 << int(Authorisation.CED)) > 0
    team, minute = officers["team"].astype(np.int64)[officer], table["start"][crewed]
    holds = trained.copy()
    holds[trained] = _may_carry(log, world, team[trained], employment[trained], minute[trained])
    shape = (len(duty["unit"]), _EMPLOYMENTS)
    holders = np.bincount(cell, weights=holds, minlength=shape[0] * shape[1]).reshape(shape)
    everybody = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
    regular = np.zeros(shape)
    regular[:, int(Employment.REGULAR)] = 1.0
    some, crew = (counts.sum(axis=1, keepdims=True) > 0 for counts in (holders, everybody))
    shares = np.where(some, holders, np.where(crew, everybody, regular))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True) * duty["ced"][:, None])


def _may_carry(log: Log, world: World, team: Ints, employment: Ints, minute: Floats) -> NDArray[np.bool_]:
    """Whether policy and level let officers of each team (by index) and employment carry at each minute."""
    threat = log.tables["threat"]
    held = Timeline(
        tuple(threat["start"].tolist()), tuple(ThreatLevel(int(level)) for level in threat["level"])
    )
    allowed = np.zeros(len(team), dtype=bool)
    for index, name in enumerate(sorted(world.scenario.teams)):
        mine = team == index
        allowed[mine] = ced_gate(world.scenario, name, held).allows(employment[mine], minute[mine])
    return allowed


def _cover(
    world: World, start: Floats, end: Floats, seats: Floats, area: Ints, force: Ints
) -> dict[str, float]:
    """Carrier minutes by employment and area, time or force; without those that are 0."""
    minutes = seats * (end - start)[:, None]
    row, hour, inside = _pieces(world, start, end)
    totals: dict[str, float] = {}
    for one in Employment:
        if not minutes[:, one].any():
            continue
        name = f"ced_minutes:employment={one.name}"
        weekly = _at_hours(hour, inside * seats[row, one])
        parts = dict(_by_time(name, weekly))
        del parts[name]
        totals |= parts
        for kind in AreaClass:
            totals[f"{name}:area={kind.name.lower()}"] = float(minutes[area == kind, one].sum())
        if len(world.forces) > 1:
            for code in np.unique(force).tolist():
                totals[f"{name}:force={world.forces[code]}"] = float(minutes[force == code, one].sum())
    return totals


def _pieces(world: World, start: Floats, end: Floats) -> tuple[Ints, Ints, Floats]:
    """Intervals cut at the hours: interval, hour of the week and minutes of each piece."""
    first = (start // MINUTES_PER_HOUR).astype(np.int64)
    count = np.ceil(end / MINUTES_PER_HOUR).astype(np.int64) - first
    row = np.repeat(np.arange(len(start)), count)
    hour = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    opens = np.maximum(start[row], hour * MINUTES_PER_HOUR)
    inside = np.minimum(end[row], (hour + 1) * MINUTES_PER_HOUR) - opens
    return row, hours_of_week(world)[hour], inside


def _without(
    world: World, start: Floats, end: Floats, area: Ints, force: Ints
) -> Iterator[tuple[str, float]]:
    """Minutes with no carrier on duty."""
    edges, hour = _edges(world), hours_of_week(world)
    weekly, _ = counted(start, end, edges, hour, _WEEK_HOURS)
    yield from _by_time("no_ced_minutes", weekly)
    whole, once = np.array([0.0, world.scenario.window]), np.zeros(1, dtype=np.intp)
    for kind in AreaClass:
        none, _ = counted(start[area == kind], end[area == kind], whole, once, 1)
        yield f"no_ced_minutes:area={kind.name.lower()}", float(none[0])
    if len(world.forces) > 1:
        for code, name in enumerate(world.forces):
            none, _ = counted(start[force == code], end[force == code], whole, once, 1)
            yield f"no_ced_minutes:force={name}", float(none[0])
