"""The engine and the second witness before one court: one town, the same incidents, every clock compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from armsim.config.schema import Scenario
from armsim.domain import Grade, Record
from armsim.engine.log import EventLog
from armsim.engine.simulation import simulate
from armsim.model.demand import IncidentTable, draw_incidents
from armsim.model.world import World, build_world
from armsim.streams import Streams

from .witness import (
    FREE_WITH_THE_MINUTE,
    LOST,
    ONE_POINT_A_ZONE,
    Witness,
)
from .witness_town import Law, Town

#: Where the engine does otherwise than the witness reads ``model.md``. An entry goes when that is put right.
TODAY = frozenset(
    {
        ONE_POINT_A_ZONE,
        FREE_WITH_THE_MINUTE,
    }
)
SEED, REPLICATION = 11, 2
FIREARMS, G1, G2 = int(Grade.FIREARMS), int(Grade.G1), int(Grade.G2)
MONDAY = 0  # 2018-03-05
#: Speed 0.6 and 0.75 of the usual in the two rush hours of working days.
SLOW = (("07:00-10:00", range(7, 10), 0.6), ("16:00-18:00", range(16, 18), 0.75))
FACTORS = [
    next((1 / speed for _, hours, speed in SLOW if hour % 24 in hours and hour < 120), 1.0)
    for hour in range(168)
]


def scenario(town: Town, types: dict[str, dict[str, Any]], load: float, days: int) -> dict[str, Any]:
    """The same town as a scenario file."""

    def law(one: Law) -> dict[str, str]:
        if one.p90:
            return {"median": f"{one.median} min", "p90": f"{one.p90} min"}
        return {"exactly": f"{one.median} min"}

    names = {code: grade.name for code, grade in enumerate(Grade)}
    slow = [{"days": ["mon", "tue", "wed", "thu", "fri"], "hours": h, "factor": f} for h, _, f in SLOW]
    travel = {
        "kind": "matrix" if town.matrix else "crow_fly",
        "acceleration": f"{town.acceleration} km/min2",
        "cruising_speed": f"{60 * town.cruising} km/h",
        "circuity": town.circuity,
        "blue_light_time_factor": {names[code]: factor for code, factor in town.blue.items()},
        "trip_noise": dict(zip(("at_zero", "per_km", "floor"), town.noise, strict=True)),
        "speed_by_hour": slow if max(town.time_factors) > 1 else [],
        **({"file": "minutes.csv"} if town.matrix else {}),
    }
    units = {
        kind.name: {
            "standing": kind.at,
            "crew": kind.brings[0],
            "standing_ced": 0 if kind.armed else kind.brings[1],
            "armed": kind.armed,
            "arv": kind.brings[3] > 0,
            "bases": "all",
            "blue_light": kind.blue,
            "serves": [names[code] for code in kind.grades],
            "handicap": {names[code]: f"{minutes} min" for code, minutes in kind.handicap.items()},
        }
        for kind in town.kinds
    }
    return {
        "armsim": 1,
        "title": "witness",
        "start": "2018-03-05",
        "window": f"{days} days",
        "cool_down": "2 days",
        "region": {"zones": {"file": "zones.csv"}},
        "bases": {"all": {"sites": {b: {"x_km": x, "y_km": y} for b, (x, y) in town.bases.items()}}},
        "travel": travel,
        "demand": {
            "types": {name: {**one, "annual": one["annual"] * load} for name, one in types.items()},
            "paperwork": f"{town.paperwork} min",
        },
        "units": units,
        "desk": {"capacity": town.desk},
        "dispatch": {
            "policy": {"kind": "nearest"},
            "mobilisation": {"on_patrol": law(town.wheel), "at_base": law(town.base)},
        },
        "threat": {"timeline": [{"level": "LOW"}]},
        "study": {"survey_every": "0 min"},
    }


@dataclass(frozen=True, repr=False)
class Hearing:
    """What the engine and the witness say of the same incidents."""

    table: IncidentTable
    log: EventLog
    witness: Witness

    def sent_late(self) -> float:
        """Share of incidents that waited in the queue for one of their units."""
        late = {job.incident.number for job in self.witness.jobs if job.assigned > job.incident.graded}
        never = {one.number for one in self.witness.incidents if one.outcome == LOST and not one.jobs}
        return len(late | never) / len(self.table)

    def agree(self) -> None:
        """The same unit for every deployment, and every clock to 1e-9."""
        jobs = sorted(self.witness.jobs, key=lambda job: (job.incident.number, job.ordinal))
        mine = {
            "incident": [job.incident.number for job in jobs],
            "ordinal": [job.ordinal for job in jobs],
            "unit": [job.unit.number for job in jobs],
            "assigned_at": [job.assigned for job in jobs],
            "mobile_at": [job.mobile for job in jobs],
            "arrived_at": [job.arrived for job in jobs],
            "released_at": [job.released for job in jobs],
            "expected_minutes": [job.expected for job in jobs],
        }
        equal(mine, self.log.tables["deployments"], 2)
        seen = [one for one in self.witness.incidents if one.received < horizon(self.log)]
        mine = {
            "incident": [one.number for one in seen],
            "received_at": [one.received for one in seen],
            "graded_at": [one.graded if one.is_graded else np.nan for one in seen],
            "authorised_at": [one.authorised for one in seen],
            "first_officer_at": [one.reached[0] for one in seen],
            "first_ced_at": [one.reached[1] for one in seen],
            "first_armed_at": [one.reached[2] for one in seen],
            "full_at": [one.reached[3] for one in seen],
            "closed_at": [one.closed for one in seen],
            "outcome": [one.outcome for one in seen],
            "sent": [len(one.jobs) for one in seen],
        }
        equal(mine, self.log.tables["incidents"], 1)


def equal(mine: dict[str, list[float]], theirs: dict[str, np.ndarray], keys: int) -> None:
    """Every column to 1e-9, rows by their first *keys* columns.

    Of the rows that differ the first in time is shown, as it may explain the rest.
    """
    names = list(mine)
    said, heard = (
        {row[:keys]: row for row in zip(*(table[name] for name in names), strict=True)}
        for table in (mine, theirs)
    )
    time = names.index("assigned_at" if "assigned_at" in mine else "received_at")
    wrong = [key for key in said.keys() | heard.keys() if not _same(said.get(key), heard.get(key))]
    if wrong:
        first = min(wrong, key=lambda key: min(table[key][time] for table in (said, heard) if key in table))
        lines = [f"{len(wrong)} of {len(heard)} rows differ; the first:"]
        for who, table in (("engine", heard), ("witness", said)):
            row = table.get(first, ())
            # A row that one side does not have is empty.
            told_of = ", ".join(f"{name} {value}" for name, value in zip(names, row, strict=bool(row)))
            lines.append(f"{who}: {told_of}")
        raise AssertionError("\n".join(lines))


def _same(one: tuple[float, ...] | None, other: tuple[float, ...] | None) -> bool:
    if one is None or other is None:
        return False
    return all(a == b or abs(a - b) <= 1e-9 or (a != a and b != b) for a, b in zip(one, other, strict=True))


def horizon(log: EventLog) -> float:
    return float(log.tables["threat"]["end"].max())


def both_heard(tmp_path: Path) -> Callable[..., Hearing]:
    """Both accounts of a town under a load; *edit* may change the drawn incidents before both read them."""

    def hearing(
        town: Town,
        types: dict[str, dict[str, Any]],
        load: float,
        edit: Any = None,
        days: int = 7,
        otherwise: frozenset[str] = TODAY,
    ) -> Hearing:
        rows = [f"Z{n:02},1000,6,{x},{y}" for n, (x, y) in enumerate(town.zones)]
        (tmp_path / "zones.csv").write_text("\n".join(["zone,population,area_km2,x_km,y_km", *rows]) + "\n")
        if town.matrix:
            names = [f"Z{n:02}" for n in range(len(town.zones))]
            lines = [",".join(["zone", *names])]
            lines += [",".join([z, *map(str, row)]) for z, row in zip(names, town.matrix, strict=True)]
            (tmp_path / "minutes.csv").write_text("\n".join(lines) + "\n")
        content = json.dumps(scenario(town, types, load, days))
        world = build_world(Scenario.model_validate_json(content), tmp_path)
        table = drawn(world)
        if edit is not None:
            table = edit(world, table)
        log = simulate(world, SEED, REPLICATION, Record.FULL, table)
        columns = {
            name: getattr(table, name).tolist()
            for name in (
                "number", "type", "grade", "priority", "zone", "x", "y", "received_at", "graded_at",
                "authorisation", "command", "needs", "on_scene", "stand_down_at", "lost_at", "follow_on",
                "turnout_z", "trip_z",
            )
        }  # fmt: skip
        witness = Witness(town, columns, 24 * MONDAY, otherwise)
        witness.run(horizon(log))
        return Hearing(table, log, witness)

    return hearing


def drawn(world: World) -> IncidentTable:
    scenario = world.scenario
    return draw_incidents(
        world, Streams(SEED, REPLICATION), -scenario.warm_up, scenario.window + scenario.cool_down
    )


def told(rows: list[dict[str, Any]]) -> Any:
    """An edit that leaves these incidents only, each for one officer and without luck unless said."""

    def edit(world: World, table: IncidentTable) -> IncidentTable:
        count = len(rows)

        def column(name: str, default: Any) -> np.ndarray:
            return np.array([row.get(name, default) for row in rows], dtype=np.float64)

        columns = {one.name: getattr(table, one.name) for one in fields(table)}
        first = {
            name: values[:count]
            for name, values in columns.items()
            if values is not None and len(values) == len(table)
        }
        received = column("at", 0.0)
        zone = column("zone", 0).astype(np.int32)
        x, y = column("x", 0.0), column("y", 0.0)
        mine = {
            "received_at": received,
            "graded_at": received + column("handling", 0.0),
            "lost_at": received + column("lost", np.nan),
            "authorisation": column("authorisation", np.nan),
            "on_scene": column("work", 10.0),
            "follow_on": column("follow_on", 0.0),
            "needs": column("needs", (1, 0, 0, 0)).astype(np.int16),
            "trip_z": column("trip_z", (0.0,) * 4).astype(np.float32),
        }
        places = world.travel.places(x, y, zone)
        return replace(table, **{**first, **mine, "zone": zone, "x": x, "y": y, "places": places})

    return edit
