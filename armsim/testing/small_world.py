"""A small world to try extensions in: two forces, nine zones, four bases, two kinds of unit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from armsim.config.schema import Scenario
from armsim.model.policies import Candidates
from armsim.model.travel.leg import Leg, Place
from armsim.model.world import World, build_world

_GRID = [(x, y) for y in (0, 12, 24) for x in (0, 15, 30)]
_LAW = {"exactly": "1 min"}
_JOB = {"annual": 0, "attendance": {"officers": 1}, "on_scene": {"exactly": "30 min"}}


def small_world(**changes: Any) -> World:
    """The small world.

    Zones are ``Z1`` to ``Z9``, the first six in force ``ash``, the others in ``birch``; bases ``East``,
    ``Mid``, ``West`` (ash) and ``South`` (birch); unit kinds ``arv`` and ``car``; incident types ``armed``
    and ``job``.

    Args:
        changes: top-level settings of the scenario, in place of those of the small world.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "zones.csv").write_text("".join(_zone_rows()), encoding="utf-8")
        return build_world(Scenario.model_validate({**_settings(), **changes}), Path(folder))


def _zone_rows() -> Iterator[str]:
    yield "zone,population,area_km2,x_km,y_km,force\n"
    for number, (x, y) in enumerate(_GRID, start=1):
        yield f"Z{number},{1000 * number},20,{x},{y},{'ash' if number <= 6 else 'birch'}\n"


def _settings() -> dict[str, Any]:
    serves = ("FIREARMS", "G1", "G2", "G3")
    kind = {"bases": "all", "crew": 2, "serves": serves, "standing": {"East": 2, "West": 1, "South": 2}}
    places = {"East": "Z3", "Mid": "Z5", "West": "Z1", "South": "Z8"}
    return {
        "armsim": 1,
        "title": "small world",
        "start": "2018-03-05",
        "window": "2 days",
        "region": {"zones": {"file": "zones.csv"}},
        "bases": {"all": {"sites": {name: {"zone": zone} for name, zone in places.items()}}},
        "travel": {"kind": "crow_fly", "acceleration": "30 km/min2", "cruising_speed": "60 km/h"},
        "demand": {"types": {"armed": {"grade": "FIREARMS", **_JOB}, "job": {"grade": "G2", **_JOB}}},
        "units": {"car": kind, "arv": {**kind, "armed": True, "arv": True, "handicap": {"G2": "5 min"}}},
        "dispatch": {"policy": {"kind": "nearest"}, "mobilisation": {"on_patrol": _LAW, "at_base": _LAW}},
        "threat": {"timeline": ({"level": "SEVERE"},)},
    }


@dataclass(frozen=True, eq=False)
class UnitView:
    """What a policy may read of a unit."""

    number: int
    code: int
    force: int
    base_name: str
    free: bool
    leg: Leg
    brings: tuple[int, int, int, int]
    since: float


@dataclass(frozen=True)
class _Drawn:
    zone: int
    type: int
    place: Place
    force: int


@dataclass(frozen=True)
class _Rules:
    grade: int
    code: int


@dataclass(frozen=True, eq=False)
class IncidentView:
    """What a policy may read of an incident."""

    drawn: _Drawn
    rules: _Rules
    place: Place
    number: int = 0

    @classmethod
    def of(cls, world: World, zone: int, kind: int, grade: int) -> IncidentView:
        """An incident of type *kind* at the centroid of a zone."""
        place = world.travel.zone_places()[zone]
        return cls(_Drawn(zone, kind, place, int(world.zone_force[zone])), _Rules(grade, kind), place)


def state_of(incident: IncidentView, candidates: Candidates) -> object:
    """All that a policy can see, as plain values: equal before and after when it changes nothing."""
    runs = [(run.kind, run.count, run.handicap, run.spare) for run in candidates.runs]
    units = [
        (id(unit), unit.number, unit.code, unit.force, unit.base_name, unit.free, unit.brings, unit.since)
        for unit in candidates.units
    ]
    legs = [
        (unit.leg.origin, unit.leg.destination, unit.leg.departs, unit.leg.arrives)
        for unit in candidates.units
    ]
    return (
        incident.drawn,
        incident.rules,
        incident.place,
        candidates.now,
        runs,
        units,
        legs,
        [*candidates.minutes],
    )
