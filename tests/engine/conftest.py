"""Small worlds for tests of the engine: scenes on a line, incidents given one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from armsim.config.schema import Scenario
from armsim.domain import Grade, Record
from armsim.engine.log import EventLog
from armsim.engine.simulation import Simulation, simulate
from armsim.model.demand import IncidentTable
from armsim.model.world import World, build_world
from armsim.streams import Streams

#: Zones A, B, C at 0, 10 and 20 km east. At 60 km/h and a huge acceleration a kilometre takes a minute.
ZONES = "zone,population,area_km2,x_km,y_km\nA,100,4,0,0\nB,100,4,10,0\nC,100,4,20,0\n"
JOB = {"grade": "G1", "annual": 0, "attendance": {"officers": 1}, "on_scene": {"exactly": "30 min"}}
CAR = {"standing": {"West": 1}, "crew": 1, "bases": "all", "serves": ("FIREARMS", "G1", "G2", "G3", "POST")}
ARV = CAR | {"crew": 2, "armed": True, "arv": True, "serves": ("FIREARMS", "PLANNED", "G1", "G2", "POST")}


def scenario(**parts: Any) -> Scenario:
    """A scenario of two days; *parts* replace whole entries; ``types`` and ``dispatch`` are merged."""
    types = parts.pop("types", {"job": {}})
    dispatch = parts.pop("dispatch", {})
    demand = {"types": {name: JOB | kind for name, kind in types.items()}, **parts.pop("demand", {})}
    return Scenario.model_validate(
        {
            "armsim": 1,
            "title": "engine",
            "start": "2018-03-05",
            "window": "2 days",
            "cool_down": "1 day",
            "region": {"zones": {"file": "zones.csv"}},
            "bases": {"all": {"sites": {"West": {"zone": "A"}, "East": {"zone": "C"}}}},
            "travel": {
                "kind": "crow_fly",
                "circuity": 1,
                "acceleration": "1000 km/min2",
                "cruising_speed": "60 km/h",
            },
            "demand": demand,
            "units": {"car": CAR},
            "dispatch": {
                "policy": {"kind": "nearest"},
                "mobilisation": {"on_patrol": {"exactly": "1 min"}, "at_base": {"exactly": "2 min"}},
                **dispatch,
            },
            "threat": {"timeline": ({"level": "LOW"},)},
            "study": {"survey_every": "0 min", "seed": 5},
            **parts,
        }
    )


class Story:
    """A world whose incidents are told one by one; place ``km`` is kilometres east of zone A."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: list[dict[str, Any]] = []

    def incident(self, kind: str, at: float, km: float, **other: Any) -> Story:
        """One more incident: minute, place, and what differs from 30 minutes of work for one officer.

        ``becomes`` is what it escalates to: a dictionary of the same, with ``kind``, ``at`` and ``km``.
        """
        self.rows.append({"kind": kind, "at": at, "km": km, **other})
        return self

    def play(self) -> EventLog:
        """The log of the story."""
        return simulate(self.world, 1, 0, Record.FULL, self.table())

    def table(self) -> IncidentTable:
        """The incidents, as the demand model hands them over."""
        rows = sorted(self.rows, key=graded_at)
        generations = [rows]
        while younger := [row["becomes"] for row in generations[-1] if "becomes" in row]:
            generations.append(younger)
        children = [row for generation in generations[1:] for row in generation]
        numbers = {id(row): number for number, row in enumerate([*rows, *children])}
        return self._table(rows, numbers, self._table(children, numbers, None) if children else None)

    def _table(
        self, rows: list[dict[str, Any]], numbers: dict[int, int], children: IncidentTable | None
    ) -> IncidentTable:
        world = self.world
        types = world.scenario.demand.types
        names = [row["kind"] for row in rows]
        km = np.array([row["km"] for row in rows], dtype=float)
        zone = np.array([world.nearest_zone(x, 0.0) for x in km], dtype=int)
        first_child = len(self.rows)
        parents = {numbers[id(row["becomes"])]: numbers[id(row)] for row in self._all() if "becomes" in row}
        own = np.array([numbers[id(row)] for row in rows])

        def column(name: str, default: float) -> Any:
            return np.array([row.get(name, default) for row in rows], dtype=float)

        def luck(name: str) -> Any:
            return np.array([row.get(name, [0.0] * 4) for row in rows], dtype=np.float32).reshape(-1, 4)

        return IncidentTable(
            number=own,
            type=np.array([world.types.index(name) for name in names], dtype=np.int16),
            grade=np.array([Grade[types[name].grade] for name in names], dtype=np.int8),
            priority=np.array([types[name].priority for name in names], dtype=np.int8),
            zone=zone,
            x=km,
            y=np.zeros(len(rows)),
            places=world.travel.places(km, np.zeros(len(rows)), zone),
            level=np.zeros(len(rows), dtype=np.int8),
            received_at=column("at", np.nan),
            graded_at=np.array([graded_at(row) for row in rows], dtype=float),
            authorisation=column("authorisation", np.nan),
            command=column("command", 0.0),
            needs=np.array([row.get("needs", (1, 0, 0, 0)) for row in rows], dtype=np.int16).reshape(-1, 4),
            on_scene=column("work", 30.0),
            stand_down_at=column("stand_down_at", np.nan),
            lost_at=column("lost_at", np.nan),
            follow_on=column("follow_on", 0.0),
            crew_off=np.array([row.get("crew_off", False) for row in rows]),
            turnout_z=luck("turnout_z"),
            trip_z=luck("trip_z"),
            containment=np.array(
                [row.get("containment", (0, 0, 0, 0)) for row in rows], dtype=np.int16
            ).reshape(-1, 4),
            escalates_at=np.array([row.get("becomes", {"at": np.nan})["at"] for row in rows], dtype=float),
            child=np.array(
                [numbers[id(row["becomes"])] - first_child if "becomes" in row else -1 for row in rows]
            ),
            parent=np.array([parents.get(number, -1) for number in own.tolist()]),
            on_scene_by_ordinal=np.array(
                [row.get("works", [row.get("work", 30.0)] * 4) for row in rows], dtype=np.float32
            ).reshape(-1, 4),
            force=world.zone_force[zone].astype(np.int16),
            children=children,
        )

    def _all(self) -> Iterator[dict[str, Any]]:
        for row in self.rows:
            one: dict[str, Any] | None = row
            while one is not None:
                yield one
                one = one.get("becomes")


def graded_at(row: dict[str, Any]) -> float:
    """When a unit may be sent."""
    return float(row["at"]) + float(row.get("handling", 0.0))


@pytest.fixture
def make_scenario() -> Callable[..., Scenario]:
    return scenario


@pytest.fixture
def car() -> dict[str, Any]:
    return dict(CAR)


@pytest.fixture
def arv() -> dict[str, Any]:
    return dict(ARV)


@pytest.fixture
def make_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., World]:
    monkeypatch.setenv("ARMSIM_CACHE", str(tmp_path / "cache"))
    (tmp_path / "zones.csv").write_text(ZONES)
    return lambda **parts: build_world(scenario(**parts), tmp_path)


@pytest.fixture
def tell(make_world: Callable[..., World]) -> Callable[..., Story]:
    return lambda **parts: Story(make_world(**parts))


@pytest.fixture
def play() -> Callable[..., EventLog]:
    """Run a story at a recording level; the simulation passes through *prepare* before it runs."""

    def run(
        story: Story, record: Record = Record.FULL, prepare: Callable[[Simulation], None] | None = None
    ) -> EventLog:
        running = Simulation(story.world, Streams(1, 0), record, story.table())
        if prepare is not None:
            prepare(running)
        return running.run()

    return run
