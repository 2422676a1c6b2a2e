"""Exact time shares of armed response vehicles: how many are free, and what the others are doing.

Everything is read off the intervals of the status log, by threat level and hour of the day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema import Scenario
from armsim.domain import Grade, ThreatLevel, UnitStatus
from armsim.model.world import World

if TYPE_CHECKING:
    from armsim.analysis.measure import Log

FREE = (UnitStatus.AVAILABLE_AT_BASE, UnitStatus.ON_PATROL, UnitStatus.RETURNING, UnitStatus.REPOSITIONING)
#: Kinds of work that the time of ARVs on duty is parted into.
WORK = ("free", "firearms", "planned", "posts", "routine", "breaks", "unavailable")
_OF_STATUS = {
    **dict.fromkeys(FREE, "free"),
    UnitStatus.ON_POST: "posts",
    UnitStatus.REFRESHMENTS: "breaks",
    UnitStatus.UNAVAILABLE: "unavailable",
}
_OF_GRADE = {Grade.FIREARMS: "firearms", Grade.PLANNED: "planned", Grade.POST: "posts"}
_LEVELS = len(ThreatLevel)
_HOUR, _DAY_HOURS = 60.0, 24
Floats = NDArray[np.float64]
#: Units lent: number of the unit, from when and until when.
Lent = tuple[Floats, Floats, Floats]


def availability(log: Log, world: World) -> dict[str, float]:
    """Sums of minutes and of surveys, by level and by level and hour of the day.

    Returns:
        ``minutes`` (elapsed), ``arv_free_zero_minutes``, ``arv_free_minutes``, ``arv_post_minutes``,
        ``surveys``, ``arv_obtainable_zero_surveys``: each ``:level=L`` and ``:level=L:hour=H``;
        ``arv_work_minutes:level=L:work=W`` and ``arv_work_minutes:level=L:hour=H:work=W`` for each of
        ``WORK``. Where the level may change in the window, the first four also ``:window_hour=H``, and
        ``level_minutes:level=L:window_hour=H``.
    """
    edges, cells = _grid(log, world)
    is_arv = arv_units(log, world)
    own = intervals_of(is_arv, log)
    table = _table(own, is_arv, log, world, edges, cells)
    return _named(table) | _work(own, log, edges, cells) | _over_time(own, edges, log, world)


def force_availability(log: Log, world: World, lent: Lent) -> dict[str, float]:
    """The same sums by force that pays, as ``name:force=F:level=L`` and so on; none for one force alone.

    Work is left out. A unit that is lent is not free for its own force.

    Args:
        log: the log.
        world: the world it ran in.
        lent: number of the unit, start and end of each time that it was lent.
    """
    if len(world.forces) < 2:
        return {}
    edges, cells = _grid(log, world)
    is_arv, force_of = arv_units(log, world), force_of_units(log)
    totals: dict[str, float] = {}
    for code in np.unique(force_of[is_arv]).tolist():
        mine = is_arv & (force_of == code)
        own = kept_at_home(intervals_of(mine, log), lent)
        table = _table(own, mine, log, world, edges, cells)
        totals |= _named(table, f"force={world.forces[code]}:")
    return totals


def force_of_units(log: Log) -> NDArray[np.intp]:
    """Code of the force of each unit, by unit number."""
    return np.array([unit.force for unit in log.units], dtype=np.intp)


def intervals_of(units: NDArray[np.bool_], log: Log) -> dict[str, NDArray[Any]]:
    """Status intervals of some units."""
    status = log.tables["unit_status"]
    mine = units[status["unit"].astype(np.intp)]
    return {name: column[mine] for name, column in status.items()}


def _table(
    own: dict[str, NDArray[Any]],
    units: NDArray[np.bool_],
    log: Log,
    world: World,
    edges: Floats,
    cells: NDArray[np.intp],
) -> dict[str, Floats]:
    """Sums by cell of some units, of which *own* are the status intervals."""
    free = np.isin(own["status"], FREE)
    on_post = own["status"] == UnitStatus.ON_POST
    size = _LEVELS * _DAY_HOURS
    zero, many = counted(own["start"][free], own["end"][free], edges, cells, size)
    _, posted = counted(own["start"][on_post], own["end"][on_post], edges, cells, size)
    surveys, none = _surveys(log, world, units, edges, cells)
    return {
        "minutes": _summed(cells, np.diff(edges), size),
        "arv_free_zero_minutes": zero,
        "arv_free_minutes": many,
        "arv_post_minutes": posted,
        "surveys": surveys,
        "arv_obtainable_zero_surveys": none,
    }


def kept_at_home(own: dict[str, NDArray[Any]], lent: Lent) -> dict[str, NDArray[Any]]:
    """Intervals without the time that their units were lent for."""
    for unit, start, end in zip(*(column.tolist() for column in lent), strict=True):
        at = (own["unit"] == unit) & (own["start"] < end) & (own["end"] > start)
        before, after = at & (own["start"] < start), at & (own["end"] > end)
        left = {name: column[before] for name, column in own.items()}
        right = {name: column[after] for name, column in own.items()}
        left["end"], right["start"] = np.full(before.sum(), start), np.full(after.sum(), end)
        own = {name: np.concatenate([column[~at], left[name], right[name]]) for name, column in own.items()}
    return own


def _over_time(own: dict[str, NDArray[Any]], edges: Floats, log: Log, world: World) -> dict[str, float]:
    """The same sums by hour of the window, for the chart over time; none where the level never changes."""
    if not level_may_change(world.scenario):
        return {}
    hour = (edges[:-1] // _HOUR).astype(np.intp)
    hours = int(hour[-1]) + 1
    free, on_post = np.isin(own["status"], FREE), own["status"] == UnitStatus.ON_POST
    zero, many = counted(own["start"][free], own["end"][free], edges, hour, hours)
    _, posted = counted(own["start"][on_post], own["end"][on_post], edges, hour, hours)
    table = {
        "minutes": _summed(hour, np.diff(edges), hours),
        "arv_free_zero_minutes": zero,
        "arv_free_minutes": many,
        "arv_post_minutes": posted,
    }
    held = np.array(spells(log, world))
    for level in np.unique(held[:, 0]):
        starts, ends = held[held[:, 0] == level, 1:].T
        name = f"level_minutes:level={ThreatLevel(int(level)).name}"
        table[name] = counted(starts, ends, edges, hour, hours)[1]
    return {
        f"{name}:window_hour={at}": value
        for name, values in table.items()
        for at, value in enumerate(values.tolist())
    }


def level_may_change(scenario: Scenario) -> bool:
    """Whether the level may change in the window, by the timeline, by chance or by an attack."""
    return len(scenario.threat.timeline) > 1 or level_may_differ(scenario)


def level_may_differ(scenario: Scenario) -> bool:
    """Whether the level at some time may be another in another replication."""
    raised = any(attack.level is not None for attack in scenario.attacks.values())
    return scenario.threat.process is not None or raised


def arv_units(log: Log, world: World) -> NDArray[np.bool_]:
    """Whether each unit is an armed response vehicle, by unit number."""
    arv = [world.scenario.units[kind].arv for kind in world.kinds]
    return np.array([arv[unit.kind] for unit in log.units], dtype=bool)


def counted(
    starts: Floats, ends: Floats, edges: Floats, cells: NDArray[np.intp], size: int
) -> tuple[Floats, Floats]:
    """Minutes with no interval open, and unit-minutes of open intervals, by cell.

    Args:
        starts: minutes, shape (n,).
        ends: minutes, shape (n,), not before the starts.
        edges: rising minutes, shape (m + 1,); what lies outside is not read.
        cells: number of the cell of each stretch between two edges, shape (m,).
        size: number of cells.

    Returns:
        Two arrays of shape (size,).
    """
    first, last = edges[0], edges[-1]
    opens, closes = np.clip(starts, first, last), np.clip(ends, first, last)
    times = np.concatenate([opens, closes, edges])
    steps = np.concatenate(
        [np.ones(len(opens), np.int64), np.full(len(closes), -1), np.zeros(len(edges), np.int64)]
    )
    order = np.argsort(times, kind="stable")
    times, count = times[order], np.cumsum(steps[order])[:-1]
    length = np.diff(times)
    lasting = length > 0
    length, count = length[lasting], count[lasting]
    cell = cells[np.searchsorted(edges, times[:-1][lasting], side="right") - 1]
    return _summed(cell, length * (count == 0), size), _summed(cell, length * count, size)


def spells(log: Log, world: World) -> list[tuple[int, float, float]]:
    """Level, start and end of each spell inside the window."""
    threat = log.tables["threat"]
    window = world.scenario.window
    rows = zip(
        threat["level"], np.maximum(threat["start"], 0), np.minimum(threat["end"], window), strict=True
    )
    return [(int(level), float(start), float(end)) for level, start, end in rows if start < end]


def _grid(log: Log, world: World) -> tuple[Floats, NDArray[np.intp]]:
    """Edges of the hours and spells of the window, and the cell (level and hour of day) between each two."""
    parts = spells(log, world)
    hours = np.arange(0.0, world.scenario.window, _HOUR)
    edges = np.unique(np.concatenate([hours, [world.scenario.window], [start for _, start, _ in parts]]))
    left = edges[:-1]
    which = np.searchsorted([start for _, start, _ in parts], left, side="right") - 1
    level = np.array([level for level, _, _ in parts], dtype=np.intp)[which]
    return edges, level * _DAY_HOURS + (left // _HOUR).astype(np.intp) % _DAY_HOURS


def _summed(cell: NDArray[np.intp], values: NDArray[Any], size: int) -> Floats:
    """Sum of the values of each cell, shape (size,)."""
    return np.asarray(np.bincount(cell, weights=values, minlength=size), dtype=np.float64)


def _surveys(
    log: Log, world: World, is_arv: NDArray[np.bool_], edges: Floats, cells: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Surveys, and those that found no obtainable ARV, by cell."""
    size, every = _LEVELS * _DAY_HOURS, world.scenario.study.survey_every
    if every <= 0:
        return np.zeros(size), np.zeros(size)
    times = np.arange(0.0, world.scenario.window, every)
    survey = log.tables["survey"]
    seen = is_arv[survey["unit"].astype(np.intp)] & (survey["obtainable"] >= 1)
    index = np.rint(survey["minute"][seen] / every).astype(np.intp)
    found = np.bincount(index[(index >= 0) & (index < len(times))], minlength=len(times))
    cell = cells[np.searchsorted(edges, times, side="right") - 1]
    return (
        _summed(cell, np.ones(len(cell)), size),
        _summed(cell, found == 0, size),
    )


def _work(own: dict[str, NDArray[Any]], log: Log, edges: Floats, cells: NDArray[np.intp]) -> dict[str, float]:
    """Minutes of ARVs on duty by kind of work, level, and level and hour of the day."""
    kind = _kinds_of_work(own, log)
    size = _LEVELS * _DAY_HOURS
    lived = (_summed(cells, np.diff(edges), size) > 0).reshape(_LEVELS, _DAY_HOURS)
    totals: dict[str, float] = {}
    for code, name in enumerate(WORK):
        mine = kind == code
        minutes = counted(own["start"][mine], own["end"][mine], edges, cells, size)[1]
        grid = minutes.reshape(_LEVELS, _DAY_HOURS)
        for level in np.flatnonzero(lived.any(axis=1)).tolist():
            head = f"arv_work_minutes:level={ThreatLevel(level).name}"
            totals[f"{head}:work={name}"] = float(grid[level].sum())
            for hour in np.flatnonzero(lived[level]).tolist():
                totals[f"{head}:hour={hour}:work={name}"] = float(grid[level, hour])
    return totals


def _kinds_of_work(own: dict[str, NDArray[Any]], log: Log) -> NDArray[np.intp]:
    """Position in ``WORK`` of each status interval; -1 off duty."""
    of_status = np.full(len(UnitStatus), WORK.index("routine"))
    of_status[UnitStatus.OFF_DUTY] = -1
    for status, name in _OF_STATUS.items():
        of_status[status] = WORK.index(name)
    kind = of_status[own["status"].astype(np.intp)]
    incidents = log.tables["incidents"]
    numbers = incidents["incident"]
    if not len(numbers):
        return np.asarray(kind, dtype=np.intp)
    of_grade = np.full(len(Grade), WORK.index("routine"))
    for grade, name in _OF_GRADE.items():
        of_grade[grade] = WORK.index(name)
    grades = np.zeros(int(numbers.max()) + 1, dtype=np.intp)
    grades[numbers.astype(np.intp)] = incidents["grade"].astype(np.intp)
    about = np.nan_to_num(own["incident"], nan=-1.0).astype(np.intp)
    known = (kind == WORK.index("routine")) & (about >= 0) & (about < len(grades))
    kind[known] = of_grade[grades[about[known]]]
    return np.asarray(kind, dtype=np.intp)


def _named(table: dict[str, Floats], part: str = "") -> dict[str, float]:
    """Sums by name, for cells in which time passed; *part* says whose they are."""
    lived = table["minutes"].reshape(_LEVELS, _DAY_HOURS) > 0
    totals: dict[str, float] = {}
    for name, values in table.items():
        grid = values.reshape(_LEVELS, _DAY_HOURS)
        for level in np.flatnonzero(lived.any(axis=1)).tolist():
            word = ThreatLevel(level).name
            totals[f"{name}:{part}level={word}"] = float(grid[level].sum())
            for hour in np.flatnonzero(lived[level]):
                totals[f"{name}:{part}level={word}:hour={hour}"] = float(grid[level, hour])
    return totals
