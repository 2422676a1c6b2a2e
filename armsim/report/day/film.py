"""What the page of a day plays: legs and statuses of units, incidents, levels and counts, as plain values.

Minutes count from the opening of the window, kilometres from a corner of the map; both are rounded to a
hundredth (0.6 s, 10 m), so that a county's day stays below a megabyte.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.availability import FREE, arv_units
from armsim.domain import Grade, ThreatLevel, UnitStatus
from armsim.report.outlines import ground
from armsim.report.words import printable
from armsim.study.story import Story
from armsim.study.story_window import Stretch

#: How each status looks: index of its look on the page (``drawing.UNIT_LOOKS``) and words for the list.
#: Words that end in a space are followed by the incident.
STATUSES: dict[UnitStatus, tuple[int, str]] = {
    UnitStatus.AVAILABLE_AT_BASE: (0, "free at base"),
    UnitStatus.ON_PATROL: (0, "free on patrol"),
    UnitStatus.RETURNING: (0, "free, returning to base"),
    UnitStatus.REPOSITIONING: (0, "free, on a cover move"),
    UnitStatus.MOBILISING: (1, "mobilising to "),
    UnitStatus.EN_ROUTE: (1, "on its way to "),
    UnitStatus.HOLDING: (2, "holding short of "),
    UnitStatus.ON_SCENE: (2, "at the scene of "),
    UnitStatus.ON_POST: (2, "on a post"),
    UnitStatus.FOLLOW_ON: (3, "on follow-on work after "),
    UnitStatus.REFRESHMENTS: (3, "on refreshments"),
    UnitStatus.UNAVAILABLE: (3, "unavailable"),
    UnitStatus.OFF_DUTY: (4, "off duty"),
}
#: Looks of incidents: firearms, grade 1, others.
_LOOKS = {Grade.FIREARMS: 0, Grade.G1: 1}
_OTHERS = 2
#: Minutes of legs kept from before the stretch, for trails.
TRAIL_MINUTES = 10.0
Values = dict[str, Any]


def film(story: Story, part: Stretch) -> Values:
    """All that moves or changes in a stretch of a replication; its log must have trails."""
    tables = story.tables
    if "trails" not in tables:
        raise ValueError("the log has no trails; replay the replication with them")
    west, south, east, north = bounds(story)
    return {
        "begin": _round(part.begin),
        "end": _round(part.end),
        "opens": _epoch(story),
        "size": [_round(east - west), _round(north - south)],
        "trail": TRAIL_MINUTES,
        "statuses": [list(STATUSES[status]) for status in UnitStatus],
        "kinds": kinds(story),
        "units": list(_units(story, part, (west, south))),
        "incidents": list(_incidents(story, part, (west, south))),
        "levels": [
            [_round(max(start, part.begin)), ThreatLevel(int(level)).name]
            for level, start, end in _rows(tables["threat"], "level", "start", "end")
            if start < part.end and end > part.begin
        ],
        "arvs": arv_counts(story, part),
        "zones": _zones(story, (west, south)),
        "bases": [[name, _round(x - west), _round(y - south), arv] for name, x, y, arv in _bases(story)],
    }


def bounds(story: Story) -> tuple[float, float, float, float]:
    """West, south, east and north edge of the map, km: all zones, with a margin."""
    corners = np.concatenate(
        [ring for zone in ground(story.world.zones) for polygon in zone for ring in polygon]
    )
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    margin = 0.02 * max(east - west, north - south)
    return float(west - margin), float(south - margin), float(east + margin), float(north + margin)


def kinds(story: Story) -> list[Values]:
    """Kinds of units by code: name, and whether they are armed response vehicles."""
    units = story.world.scenario.units
    return [
        {"name": printable(name).replace("_", " "), "arv": bool(units[name].arv)}
        for name in story.world.kinds
    ]


def unit_name(story: Story, number: int) -> str:
    """Name of a unit, without its force where there is one force only."""
    unit = story.log.units[number]
    name, force = unit.name, story.world.forces[unit.force]
    alone = len(story.world.forces) == 1
    return printable(name.removeprefix(f"{force} ") if alone else name).replace("_", " ")


def arv_counts(story: Story, part: Stretch) -> list[list[float | None]]:
    """Minute, free ARVs and ARVs on duty, a row at each change and at both ends."""
    arv = arv_units(story.log, story.world)
    changes: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for unit, status, since, until in _rows(story.tables["unit_status"], "unit", "status", "start", "end"):
        start, end = max(since, part.begin), min(until, part.end)
        if not arv[int(unit)] or start >= end or status == UnitStatus.OFF_DUTY:
            continue
        free = int(status in FREE)
        for minute, sign in ((start, 1), (end, -1)):
            changes[minute][0] += sign * free
            changes[minute][1] += sign
    counts = [0, 0]
    rows: list[list[float | None]] = []
    for minute in sorted({part.begin, *changes} - {part.end}):
        counts = [count + change for count, change in zip(counts, changes[minute], strict=True)]
        rows.append([_round(minute), *counts])
    return [*_distinct(rows), [_round(part.end), *counts]]


def _distinct(rows: Iterable[list[float | None]]) -> Iterator[list[float | None]]:
    """Rows whose counts differ from those before."""
    last: list[float | None] = []
    for row in rows:
        if row[1:] != last:
            yield row
        last = row[1:]


def _units(story: Story, part: Stretch, corner: tuple[float, float]) -> Iterator[Values]:
    """Units that are on duty in the stretch: what they do and where, from the row that holds at its start."""
    did = _by_unit(story.tables["unit_status"], "status", "start", "end", "incident")
    went = _by_unit(story.tables["trails"], "start", "from_x", "from_y", "to_x", "to_y", "departs", "arrives")
    west, south = corner
    for number in sorted(did):
        does = [
            [_round(max(start, part.begin)), int(status), int(incident)]
            for status, start, end, incident in did[number]
            if start < part.end and end > part.begin
        ]
        if all(status == UnitStatus.OFF_DUTY for _, status, _ in does):
            continue
        legs = _cut(went[number], part)
        yield {
            "name": unit_name(story, number),
            "kind": story.log.units[number].kind,
            "does": does,
            "legs": [
                [*map(_round, (start, x - west, y - south, to_x - west, to_y - south, departs, arrives))]
                for start, x, y, to_x, to_y, departs, arrives in legs
            ],
        }


def _cut(legs: list[tuple[float, ...]], part: Stretch) -> list[tuple[float, ...]]:
    """Legs of a stretch and of the trail before it; of several from one minute, the last."""
    early = part.begin - TRAIL_MINUTES
    return [
        leg
        for leg, following in zip(legs, [*legs[1:], (math.inf,)], strict=True)
        if leg[0] < part.end and following[0] > max(early, leg[0])
    ]


def _incidents(story: Story, part: Stretch, corner: tuple[float, float]) -> Iterator[Values]:
    """Incidents that are open in the stretch, in order of receipt."""
    arrivals, sent = first_times(story, "arrived_at"), first_times(story, "assigned_at")
    for row in of_stretch(story, part):
        number = int(row["incident"])
        closed = row["closed_at"]
        # A booked operation waits for nobody before its first unit is sent.
        begins = sent.get(number, math.inf) if row["grade"] == Grade.PLANNED else row["received_at"]
        if not begins < part.end:
            continue
        yield {
            "n": number,
            "type": printable(story.kind(row)).replace("_", " "),
            "grade": story.grade(row),
            "look": _LOOKS.get(Grade(int(row["grade"])), _OTHERS),
            "zone": printable(story.zone(row)),
            "x": _round(row["x"] - corner[0]),
            "y": _round(row["y"] - corner[1]),
            "from": _round(begins),
            "there": _round(arrivals.get(number, math.inf)),
            "until": _round(math.inf if math.isnan(closed) else closed),
        }


def of_stretch(story: Story, part: Stretch) -> list[dict[str, float]]:
    """Rows of the incidents that are open at some time of a stretch, in order of receipt."""
    rows = [
        row
        for row in story.incidents.values()
        if row["received_at"] < part.end and not row["closed_at"] <= part.begin
    ]
    return sorted(rows, key=lambda row: (row["received_at"], row["incident"]))


def first_times(story: Story, column: str) -> dict[int, float]:
    """By incident, the earliest time in a column of its deployments, such as ``arrived_at``."""
    found: dict[int, float] = {}
    for incident, minute in _rows(story.tables["deployments"], "incident", column):
        if not math.isnan(minute):
            found[int(incident)] = min(minute, found.get(int(incident), math.inf))
    return found


def _zones(story: Story, corner: tuple[float, float]) -> Values:
    """Outlines of the zones as GeoJSON in kilometres of the map; a rural one says so."""
    zones, south_west = story.world.zones, np.array(corner)
    features = [
        {
            "type": "Feature",
            "properties": {"rural": bool(rural)},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[_ring(ring - south_west) for ring in polygon] for polygon in polygons],
            },
        }
        for polygons, rural in zip(ground(zones), zones["rural"], strict=True)
        if polygons
    ]
    return {"type": "FeatureCollection", "features": features}


def _ring(corners: NDArray[np.float64]) -> list[list[float | None]]:
    closed = np.vstack([corners, corners[:1]])
    return [[_round(x), _round(y)] for x, y in closed.tolist()]


def _bases(story: Story) -> Iterator[tuple[str, float, float, bool]]:
    """Each base once: name, place, and whether ARVs start there."""
    world = story.world
    houses = {kind.bases for kind in world.scenario.units.values() if kind.arv}
    for group, bases in world.bases.items():
        for base in bases:
            yield printable(base.name), base.place[0], base.place[1], group in houses


def _epoch(story: Story) -> int:
    """The opening of the window in milliseconds, its local clock written as if it were UTC."""
    return int(datetime.combine(story.world.scenario.start, time(), UTC).timestamp() * 1000)


def _by_unit(table: Mapping[str, NDArray[Any]], *columns: str) -> dict[int, list[tuple[float, ...]]]:
    """Rows of a table by unit, in its order, which is that of time."""
    found: dict[int, list[tuple[float, ...]]] = defaultdict(list)
    for unit, *row in _rows(table, "unit", *columns):
        found[int(unit)].append(tuple(row))
    return found


def _rows(table: Mapping[str, NDArray[Any]], *columns: str) -> Iterator[tuple[float, ...]]:
    return zip(*(table[name].tolist() for name in columns), strict=True)


def _round(value: float) -> float | None:
    """To a hundredth; ``None`` for what never comes, which JSON has no number for."""
    return round(value, 2) if math.isfinite(value) else None
