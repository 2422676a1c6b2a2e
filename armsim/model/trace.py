"""A log as demand: its incidents by day, as a scenario's types, placed in its zones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from armsim.config.schema import Scenario
from armsim.config.schema.traces import EVERY_OTHER, Trace
from armsim.domain import MINUTES_PER_DAY
from armsim.errors import Problem, ScenarioError
from armsim.model.bases import Ground
from armsim.model.incident_table import ORDINALS
from armsim.model.logs import Log, read_log
from armsim.model.logs.record import Grid
from armsim.model.profiles import MINUTES_PER_YEAR
from armsim.model.road_travel import zone_projection
from armsim.model.weights import weights_in
from armsim.registry import suggestion

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: An incident is outside the zones when it is farther from the nearest centre than this many times the radius
#: of a disc of that zone's area, and some kilometres more.
_RADII, _BEYOND_KM = 3.0, 5.0
#: Share of incidents outside the zones above which log and zones do not go together.
_MOST_OUTSIDE = 0.2
_NAMED = 6
_GRID_WORDS: dict[Grid, str] = {
    "british": "on the British National Grid",
    "kilometres": "in kilometres",
    "local": "in degrees, about the middle of the log",
    "zones": "in degrees",
    "none": "none",
}


@dataclass(frozen=True, eq=False, slots=True)
class LogDays:
    """Incidents of a log, day after day in wall-clock time, of the types that a scenario takes from it.

    Attributes:
        first: the first day.
        starts: row at which each day begins, shape (days + 1,).
        minute: minutes since midnight, shape (n,), as all below.
        type: code of the incident type.
        zone: index of the zone; -1 not known.
        x: km east; NaN where the point in the zone is to be drawn.
        y: km north, likewise.
        sent: units sent, NaN unknown.
        call_handling: minutes from received to first dispatch, NaN unknown.
        on_scene: minutes from first arrival to the last unit's leaving, NaN unknown.
        by_unit: minutes on scene of the first units in order of arrival, NaN unknown, shape (n, ORDINALS).
        types: codes of all types that the log may give.
        notes: what the user should know.
    """

    first: date
    starts: Ints
    minute: Floats
    type: NDArray[np.int16]
    zone: NDArray[np.int32]
    x: Floats
    y: Floats
    sent: Floats
    call_handling: Floats
    on_scene: Floats
    by_unit: Floats
    types: frozenset[int]
    notes: tuple[str, ...]

    @property
    def days(self) -> int:
        """Number of days."""
        return len(self.starts) - 1

    def day_of(self, day: date) -> int:
        """Number of a calendar day, 0 the first; below 0 or from ``days`` on it is outside the log."""
        return (day - self.first).days

    def like(self, day: date, match: tuple[str, ...]) -> Ints:
        """Numbers of the days that have the weekday, the month of *day*, as *match* says; ascending."""
        numbers = np.arange(self.days)
        dates = [self.first + timedelta(days=number) for number in numbers.tolist()]
        good = np.ones(self.days, dtype=np.bool_)
        if "weekday" in match:
            good &= np.array([one.weekday() == day.weekday() for one in dates])
        if "month" in match:
            good &= np.array([one.month == day.month for one in dates])
        return np.asarray(numbers[good])

    def rows(self, days: Ints, at: Floats, code: int) -> tuple[Ints, Floats]:
        """Incidents of one type on days of the log, put on other days.

        Args:
            days: numbers of days of the log, shape (k,).
            at: minute at which each is to begin, shape (k,), rising.
            code: code of the type.

        Returns:
            Rows, and minutes received; in order of the days, then of the log.
        """
        spans = [np.arange(self.starts[day], self.starts[day + 1]) for day in days.tolist()]
        rows = np.concatenate(spans) if spans else np.empty(0, dtype=np.int64)
        opened = np.repeat(at, [len(span) for span in spans])
        mine = self.type[rows] == code
        return rows[mine], opened[mine] + self.minute[rows[mine]]


def log_days(scenario: Scenario, zones: pd.DataFrame, folder: Path) -> LogDays | None:
    """The log of a scenario by day; ``None`` when it names none.

    Raises:
        ScenarioError: the log is bad, has types that nothing is said of, or does not go with the zones, the
            window or the days that are to be drawn.
    """
    trace = scenario.demand.trace
    if trace is None:
        return None
    project = zone_projection(zones, shipped=scenario.region.force is not None)
    log = read_log(folder / trace.log, project=project)
    codes, known = _types(scenario, trace, log)
    rows = np.flatnonzero(codes >= 0)
    incidents, codes = log.incidents.iloc[rows].reset_index(drop=True), codes[rows]
    zone, x, y, outside = _placed(incidents, zones, log)
    inside = np.flatnonzero(~outside)
    first, end = log.covers
    made = _by_day(
        first, end, incidents, inside, _Placed(codes, zone, x, y), _recorded(log, incidents, trace), known
    )
    notes = list(_notes(log, outside, made))
    return _checked(scenario, trace, made, notes)


@dataclass(frozen=True, eq=False, slots=True)
class _Placed:
    codes: Ints
    zone: Ints
    x: Floats
    y: Floats


def _types(scenario: Scenario, trace: Trace, log: Log) -> tuple[Ints, frozenset[int]]:
    """Code of the incident type of each incident of the log, -1 left out; and all codes that there may be."""
    names = sorted(scenario.demand.types)
    into = trace.types or {name: name for name in names}
    found = log.incidents["type"]
    code_of: dict[str, int] = {}
    unknown: dict[str, int] = {}
    for theirs, count in found.value_counts(sort=False).items():
        ours = into.get(str(theirs), into.get(EVERY_OTHER))
        if theirs in trace.leave_out:
            code_of[str(theirs)] = -1
        elif ours is None:
            unknown[str(theirs)] = int(count)
        else:
            code_of[str(theirs)] = names.index(ours)
    problems = []
    if unknown:
        most = sorted(unknown, key=lambda name: -unknown[name])
        listed = ", ".join(f"{name or 'no type'} ({unknown[name]:,})" for name in most[:_NAMED])
        more = f" and {len(most) - _NAMED} more" if len(most) > _NAMED else ""
        text = f"nothing is said of these types of the log (incidents): {listed}{more}"
        problems.append(Problem(f"{text}; add them to types or leave_out", path="demand.trace.types"))
    absent = [
        name for name in (*trace.types, *trace.leave_out) if name not in {*code_of, *unknown, EVERY_OTHER}
    ]
    problems += [
        Problem(
            f"the log has no type {name!r}{suggestion(name, map(str, found.unique()))}", "demand.trace.types"
        )
        for name in absent
    ]
    # Types that are called alike come from the log if they are in it; those that are mapped always do.
    given = trace.types.values() if trace.types else {names[code] for code in code_of.values() if code >= 0}
    problems += _without_rate(scenario, frozenset(given))
    if problems:
        raise ScenarioError(problems)
    codes = np.asarray(found.map(code_of), dtype=np.int64)
    return codes, frozenset(names.index(ours) for ours in given)


def _without_rate(scenario: Scenario, given: frozenset[str]) -> Iterator[Problem]:
    for name, kind in scenario.demand.types.items():
        rates = (kind.annual, kind.annual_per_100k, kind.annual_by_zone)
        if name not in given and all(rate is None for rate in rates):
            text = (
                "the log has no incident of this type, and it has no rate; write annual, or map a type to it"
            )
            yield Problem(text, path=f"demand.types.{name}")


def _placed(
    incidents: pd.DataFrame, zones: pd.DataFrame, log: Log
) -> tuple[Ints, Floats, Floats, NDArray[np.bool_]]:
    """Zones and points of incidents; NaN points are to be drawn; and which lie outside the zones.

    Raises:
        ScenarioError: so many lie outside that the log is of another place, or on another grid.
    """
    x, y = (incidents[name].to_numpy(dtype=np.float64).copy() for name in ("x_km", "y_km"))
    zone = np.full(len(x), -1)
    at_zone = incidents["area"].map({name: at for at, name in enumerate(zones["zone"])})
    named = np.isnan(x) & at_zone.notna().to_numpy()
    zone[named] = at_zone[named].to_numpy(dtype=np.int64)
    placed = np.flatnonzero(~np.isnan(x))
    outside = np.zeros(len(x), dtype=np.bool_)
    if placed.size:
        centres = zones[["x_km", "y_km"]].to_numpy(dtype=np.float64)
        away, nearest = cKDTree(centres).query(np.column_stack([x[placed], y[placed]]))
        radius = np.sqrt(zones["area_km2"].to_numpy(dtype=np.float64)[nearest] / np.pi)
        outside[placed] = away > _RADII * radius + _BEYOND_KM
        zone[placed] = nearest
    share = float(outside.mean()) if len(x) else 0.0
    if share > _MOST_OUTSIDE:
        text = (
            f"{share:.0%} of the log's incidents lie outside the zones: is it of another place, or are its "
            f"coordinates ({_GRID_WORDS[log.grid]}) and those of the zones on different grids?"
        )
        raise ScenarioError([Problem(text, path="demand.trace.log")])
    drawn = incidents["at_area"].to_numpy(dtype=np.bool_)
    x[drawn] = y[drawn] = np.nan
    return zone, x, y, outside


def _recorded(log: Log, incidents: pd.DataFrame, trace: Trace) -> dict[str, Floats]:
    """What the log has of each incident beside time and place, as far as *trace* uses it."""
    count = len(incidents)
    found = {name: np.full(count, np.nan) for name in ("sent", "call_handling", "on_scene")}
    found["by_unit"] = np.full((count, ORDINALS), np.nan)
    if trace.per_unit:
        found["sent"] = incidents["units_sent"].to_numpy(dtype=np.float64)
    units = log.units
    at = pd.Series(np.arange(count), index=incidents["incident"])
    units = units[units["incident"].isin(at.index)]
    row = at.loc[units["incident"]].to_numpy()
    if "call_handling" in trace.use:
        first = units["to_dispatch"].groupby(row).min()
        found["call_handling"][first.index] = first
    if "on_scene" in trace.use:
        found["on_scene"] = _worked(units, row, count)
        ordinal = units["ordinal"].to_numpy() - 1
        few = ordinal < ORDINALS
        found["by_unit"][row[few], ordinal[few]] = units["scene"].to_numpy()[few]
    return found


def _worked(units: pd.DataFrame, row: Ints, count: int) -> Floats:
    """Minutes from first arrival to last departure by incident, NaN unknown, shape (count,).

    A unit without a time of dispatch counts from the first dispatch to its incident. Where no unit's arrival
    is known, the longest stay stands for all.
    """
    sent = units["to_dispatch"]
    arrived = sent.fillna(sent.groupby(row).transform("min")).fillna(0.0) + units["attendance"]
    left = arrived + units["scene"]
    known = left.notna().to_numpy()
    found = np.full(count, np.nan)
    longest = units["scene"].groupby(row).max()
    found[longest.index] = longest
    whole = left[known].groupby(row[known]).max() - arrived[known].groupby(row[known]).min()
    found[whole.index] = whole
    return found


def _by_day(
    first: date,
    end: date,
    incidents: pd.DataFrame,
    inside: Ints,
    placed: _Placed,
    recorded: dict[str, Floats],
    known: frozenset[int],
) -> LogDays:
    since = (incidents["received"] - pd.Timestamp(first)).dt.total_seconds().to_numpy() / 60.0
    day = np.floor(since / MINUTES_PER_DAY).astype(np.int64)
    kept = inside[np.lexsort((since[inside], day[inside]))]
    return LogDays(
        first=first,
        starts=np.searchsorted(day[kept], np.arange((end - first).days + 1)),
        minute=np.round(since[kept] - day[kept] * MINUTES_PER_DAY, 6),
        type=placed.codes[kept].astype(np.int16),
        zone=placed.zone[kept].astype(np.int32),
        x=placed.x[kept],
        y=placed.y[kept],
        **{name: values[kept] for name, values in recorded.items()},
        types=known,
        notes=(),
    )


def _notes(log: Log, outside: NDArray[np.bool_], made: LogDays) -> Iterator[str]:
    last = made.first + timedelta(days=made.days - 1)
    yield f"log {log.name} is demand: {len(made.minute):,} incidents from {made.first} to {last}"
    if len(log.rejected):
        yield f"bad rows of the log, kept aside: {len(log.rejected):,}; armsim log check lists them"
    if outside.any():
        yield f"incidents of the log outside the zones, left out: {int(outside.sum()):,}"
    nowhere = int((made.zone < 0).sum())
    if nowhere:
        yield f"incidents of the log without a place: {nowhere:,}; theirs are drawn as their types' are"


def _checked(scenario: Scenario, trace: Trace, made: LogDays, notes: list[str]) -> LogDays:
    """*made* with its notes, once every day that is asked of it is there."""
    last = made.first + timedelta(days=made.days - 1)
    span = f"the log covers {made.first} to {last}"
    problems = []
    for name, surge in scenario.demand.surge.items():
        if surge.day is not None and not 0 <= made.day_of(surge.day) < made.days:
            problems.append(
                Problem(f"{surge.day} is not in the log; {span}", path=f"demand.surge.{name}.day")
            )
    days = int(np.ceil(scenario.window / MINUTES_PER_DAY))
    closing = scenario.start + timedelta(days=days - 1)
    if trace.mode == "replay":
        if scenario.start < made.first or closing > last:
            text = (
                f"{span}; the window is {scenario.start} to {closing}: change start and window, or bootstrap"
            )
            problems.append(Problem(text, path="demand.trace.mode"))
        elif scenario.warm_up > 0 and made.day_of(scenario.start) * MINUTES_PER_DAY < scenario.warm_up:
            notes.append("the log begins after the warm-up does: same weekdays of its first week stand in")
    if trace.mode == "bootstrap":
        problems += _undrawable(scenario, trace, made, days)
    if problems:
        raise ScenarioError(problems)
    fields = {name: getattr(made, name) for name in LogDays.__slots__ if name != "notes"}
    return LogDays(**fields, notes=tuple(notes))


def _undrawable(scenario: Scenario, trace: Trace, made: LogDays, days: int) -> Iterator[Problem]:
    for day in (scenario.start + timedelta(days=number) for number in range(days)):
        if not len(made.like(day, trace.match)):
            wanted = " and ".join(trace.match)
            text = f"the log has no day of the same {wanted} as {day}; {made.days} days from {made.first}"
            yield Problem(text, path="demand.trace.match")
            return


def rates_of_log(
    scenario: Scenario, ground: Ground, log: LogDays
) -> dict[str, tuple[tuple[Floats, float], ...]]:
    """Of each type that comes from the log, for each force: shares of its own zones, and incidents a year.

    Counts of the days of the window where the log is replayed, of all its days otherwise; a type that the log
    only gives surge days of keeps its own rates. Rates are before stand-downs, as a scenario writes them.
    """
    trace, names = scenario.demand.trace, sorted(scenario.demand.types)
    if trace is None or trace.mode == "surge_only":
        return {}
    first, last = 0, log.days
    if trace.mode == "replay":
        first = log.day_of(scenario.start)
        last = first + int(np.ceil(scenario.window / MINUTES_PER_DAY))
    rows = slice(int(log.starts[first]), int(log.starts[last]))
    a_year = MINUTES_PER_YEAR / MINUTES_PER_DAY / (last - first)
    found = {}
    for code in sorted(log.types):
        kind = scenario.demand.types[names[code]]
        zone = log.zone[rows][log.type[rows] == code]
        counts = np.bincount(zone[zone >= 0], minlength=len(ground.zones)).astype(np.float64)
        nowhere = int((zone < 0).sum())
        if nowhere:  # drawn by the type's weight
            path = f"demand.types.{names[code]}.weight"
            counts += nowhere * weights_in(ground.zones, np.arange(len(counts)), kind.weight, path)
        stood_down = kind.stand_down.per_operation if kind.stand_down else 0.0
        found[names[code]] = tuple(_share(counts[own], a_year / (1.0 + stood_down)) for own in ground.own)
    return found


def _share(counts: Floats, a_year: float) -> tuple[Floats, float]:
    total = float(counts.sum())
    return (counts / total if total else counts), total * a_year
