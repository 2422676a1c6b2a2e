"""From the log of one replication to the little that is kept of it: response rows, sums, potential response.

Runs in the worker. Sums are additive over replications: a figure is a ratio of two of them, and no
replication's own ratio is ever averaged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.aid import force_totals
from armsim.analysis.availability import availability
from armsim.analysis.ced import ced_totals
from armsim.analysis.curve import CENSORED, NEVER, REACHED
from armsim.analysis.desk import desk_totals
from armsim.analysis.hours import people_totals
from armsim.analysis.neighbourhood import neighbourhood_totals
from armsim.analysis.option import MILESTONES, RESPONSE_TYPES
from armsim.analysis.posture import posture_totals
from armsim.analysis.potential import potential_response
from armsim.analysis.recharge import recharge_totals
from armsim.analysis.recovery import attack_totals
from armsim.analysis.response_parts import response_parts
from armsim.analysis.run_in import run_in
from armsim.analysis.second_incident import second_incidents
from armsim.analysis.visible import visible_totals
from armsim.config.schema.demand import Attendance
from armsim.domain import FirearmsOutcome, Grade, Outcome, ThreatLevel
from armsim.model.roster import Unit
from armsim.model.world import World

_REACHED_AT = ("first_officer_at", "first_ced_at", "first_armed_at", "full_at", "contained_at")
_LEVELS, _GRADES = len(ThreatLevel), len(Grade)
_FIREARMS_TOTALS = {
    FirearmsOutcome.AUTHORISED_OPERATION: "authorised_operations",
    FirearmsOutcome.STOOD_DOWN: "stood_down_mobilisations",
    FirearmsOutcome.UNMET: "unmet_mobilisations",
    FirearmsOutcome.ROUTINE_ATTENDANCE: "routine_armed_attendances",
}
_OUTCOME_TOTALS = {
    Outcome.ATTENDED: "attended",
    Outcome.STOOD_DOWN: "stood_down",
    Outcome.LOST: "lost",
    Outcome.ESCALATED: "escalated",
    Outcome.OPEN_AT_END: "open_at_end",
}

Table = Mapping[str, NDArray[Any]]


class Log(Protocol):
    """What is read of an engine's log: tables of columns by name, and the units."""

    @property
    def tables(self) -> Mapping[str, Mapping[str, NDArray[Any]]]:
        """Columns by table."""

    @property
    def units(self) -> tuple[Unit, ...]:
        """Units by number."""

    @property
    def officer_hours(self) -> Mapping[str, float]:
        """Officer hours paraded in the window, by team."""

    @property
    def replication(self) -> int:
        """Index of the replication."""

    @property
    def seed(self) -> int:
        """Seed of the study."""


@dataclass(frozen=True, eq=False)
class Measures:
    """One replication, measured.

    Attributes:
        replication: its index.
        seed: the study's seed.
        responses: columns of ``analysis.option.RESPONSE_TYPES``.
        totals: additive sums by name, such as ``minutes:level=SEVERE``.
        potential: sum over surveys with an obtainable ARV of its expected minutes, shape (zones, levels).
        surveys: number of those surveys, shape (levels,).
        run_in: hourly series from the start of the warm-up, columns of ``analysis.run_in``.
    """

    replication: int
    seed: int
    responses: dict[str, NDArray[Any]]
    totals: dict[str, float]
    potential: NDArray[np.float64]
    surveys: NDArray[np.int64]
    run_in: dict[str, NDArray[Any]]


def measure(log: Log, world: World, without: Log | None = None) -> Measures:
    """Measure one replication.

    Args:
        log: its whole log.
        world: the world it ran in.
        without: the log of the same replication without the attack that the study is given, if it is.
    """
    incidents = dict(log.tables["incidents"])
    incidents["second"] = second_incidents(incidents, world)
    received = incidents["received_at"]
    window = world.scenario.window
    counted = {name: column[(received >= 0) & (received < window)] for name, column in incidents.items()}
    totals = incident_totals(counted)
    totals.update(availability(log, world))
    totals.update(duty_totals(log, world))
    totals.update(desk_totals(log, world))
    totals.update(force_totals(log, world))
    totals.update(people_totals(log, world))
    totals.update(posture_totals(log, world, totals))
    totals.update(ced_totals(log, world, counted))
    totals.update(neighbourhood_totals(log, world))
    totals.update(recharge_totals(log, world))
    totals.update(visible_totals(log, world))
    totals.update(response_parts(log, world, counted))
    if without is not None:
        totals.update(attack_totals(log, without, world))
    surveyed, surveys = potential_response(log, world)
    responses = response_rows(counted, world)
    return Measures(log.replication, log.seed, responses, totals, surveyed, surveys, run_in(log, world))


def response_rows(incidents: Table, world: World) -> dict[str, NDArray[Any]]:
    """A row per counted incident and milestone that its needs ask for; booked work is left out.

    A milestone that was reached stays so. Of one that was not, a lost incident never reaches it; any other
    is censored when it closed, or at the end of the run when it is still open.
    """
    received, codes = incidents["received_at"], incidents["type"].astype(np.intp)
    levels = incidents["level"].astype(np.intp)
    end = world.scenario.window + world.scenario.cool_down
    closed = np.where(np.isnan(incidents["closed_at"]), end, incidents["closed_at"])
    lost = incidents["outcome"] == Outcome.LOST
    asked = asked_milestones(world)[codes, levels]
    common = {
        "type": codes,
        "grade": incidents["grade"],
        "zone": incidents["zone"],
        "level": levels,
        "hour": hour_of_week(received, world),
        "graded": _elapsed(incidents["graded_at"] - received),
        "authorised": _elapsed(incidents["authorised_at"] - received),
        "second": incidents["second"],
        "site": incidents["attack_site"],
    }
    parts: list[dict[str, NDArray[Any]]] = []
    for code, column in enumerate(_REACHED_AT):
        keep = asked[:, code]
        at = incidents[column][keep]
        reached = ~np.isnan(at)
        fate = np.where(reached, REACHED, np.where(lost[keep], NEVER, CENSORED))
        seconds = _elapsed(np.where(reached, at, closed[keep]) - received[keep])
        part = {name: values[keep] for name, values in common.items()}
        part |= {"milestone": np.full(len(at), code), "seconds": seconds, "fate": fate}
        parts.append(part)
    return {
        name: np.concatenate([part[name] for part in parts]).astype(kind)
        for name, kind in RESPONSE_TYPES.items()
    }


def asked_milestones(world: World) -> NDArray[np.bool_]:
    """Whether a type asks for a milestone at a level; shape (types, levels, milestones).

    A capability that is needed with any probability is asked for. Booked and planned work asks for none.
    """
    asked = np.zeros((len(world.types), _LEVELS, len(MILESTONES)), dtype=bool)
    for code, name in enumerate(world.types):
        kind = world.scenario.demand.types[name]
        if kind.booked is not None or kind.grade == "PLANNED":
            continue
        for level in ThreatLevel:
            setting = world.scenario.threat.levels.get(level.name)  # type: ignore[call-overload]
            own = setting.attendance.get(name) if setting is not None else None
            attendance = kind.attendance if own is None else own
            asked[code, level] = (*_asks(attendance), kind.containment is not None)
    return asked


def incident_totals(incidents: Table) -> dict[str, float]:
    """Counted incidents, outcomes and first arrivals by grade and level; firearms figures by level."""
    level, grade = incidents["level"].astype(np.intp), incidents["grade"].astype(np.intp)
    cell = grade * _LEVELS + level
    totals: dict[str, float] = {}
    columns = {"incidents": np.ones(len(cell)), "requeued": incidents["requeued"] > 0}
    columns |= {name: incidents["outcome"] == code for code, name in _OUTCOME_TOTALS.items()}
    came = first_arrivals(incidents)
    columns |= {"first_arrivals": came, "single_crewed": came & (incidents["first_crew"] == 1)}
    for name, values in columns.items():
        counts = np.bincount(cell, weights=values, minlength=_GRADES * _LEVELS).reshape(_GRADES, _LEVELS)
        for one, at in zip(*np.nonzero(counts), strict=True):
            totals[f"{name}:grade={Grade(one).name}:level={ThreatLevel(at).name}"] = float(counts[one, at])
    for name, values in _by_level(incidents).items():
        sums = np.bincount(level, weights=values, minlength=_LEVELS)
        for at in np.flatnonzero(sums).tolist():
            totals[f"{name}:level={ThreatLevel(at).name}"] = float(sums[at])
    return totals


def first_arrivals(incidents: Table) -> NDArray[np.bool_]:
    """Whether an officer came to each incident; not where an incident took officers over with the scene."""
    came_at = incidents["first_officer_at"]
    taken_over = (incidents["parent"] >= 0) & (came_at <= incidents["graded_at"])
    return np.asarray(~np.isnan(came_at) & ~taken_over, dtype=bool)


def _by_level(incidents: Table) -> dict[str, NDArray[Any]]:
    """Values per incident that are summed by level."""
    outcome = incidents["firearms_outcome"]
    values: dict[str, NDArray[Any]] = {name: outcome == code for code, name in _FIREARMS_TOTALS.items()}
    delay = incidents["authorised_at"] - incidents["graded_at"]
    values |= {"authorisation_minutes": np.nan_to_num(delay), "authorisations": ~np.isnan(delay)}
    firearms = incidents["grade"] == Grade.FIREARMS
    exposed = np.where(firearms, incidents["first_armed_at"] - incidents["first_officer_at"], np.nan)
    return values | {"exposure_minutes": np.nan_to_num(exposed), "exposures": ~np.isnan(exposed)}


def duty_totals(log: Log, world: World) -> dict[str, float]:
    """Crews planned and crewed by unit kind, for shifts that start in the window; minutes of posts."""
    totals: dict[str, float] = {}
    short = log.tables["shortfalls"]
    inside = (short["shift_start"] >= 0) & (short["shift_start"] < world.scenario.window)
    kinds = short["kind"][inside].astype(np.intp)
    for column in ("planned", "crewed", "uncrewed_officers"):
        sums = np.bincount(kinds, weights=short[column][inside], minlength=len(world.kinds))
        for code in np.flatnonzero(np.bincount(kinds, minlength=len(world.kinds))):
            totals[f"crews_{column}:kind={world.kinds[code]}"] = float(sums[code])
    posts = log.tables["posts"]
    for column in ("wanted_minutes", "filled_minutes"):
        totals[f"post_{column}"] = float(posts[column].sum())
    totals |= {f"officer_hours:team={team}": float(hours) for team, hours in log.officer_hours.items()}
    return totals


def hour_of_week(minutes: NDArray[np.float64], world: World) -> NDArray[np.int64]:
    """Hour of the week, 0 from midnight on Monday to 167, of minutes since the window opened."""
    first = 24 * world.scenario.start.weekday()
    return (np.floor(minutes / 60).astype(np.int64) + first) % 168


def _asks(attendance: Attendance) -> tuple[bool, bool, bool, bool]:
    wanted = {name for name, counts in attendance.items() if _some(counts)}
    armed = bool(wanted & {"arv", "armed_officers"})
    return "officers" in wanted, "ced" in wanted, armed, True


def _some(counts: int | dict[int, float]) -> bool:
    if isinstance(counts, int):
        return counts > 0
    return any(number > 0 and share > 0 for number, share in counts.items())


def _elapsed(minutes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole seconds, rounded up; -1 for a clock that never came. Rounding noise of 1e-6 s is not a second."""
    return np.where(np.isnan(minutes), -1, np.ceil(np.nan_to_num(minutes) * 60 - 1e-6)).astype(np.int64)
