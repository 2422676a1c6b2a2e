"""The command desks in figures: waits, how busy they are, and how long authority takes.

A wait ends when the task starts, when its incident closes first, or with the run; so it is counted even
where the desk is too late. A task belongs to the level at which it was asked, minutes to that of the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.availability import spells
from armsim.analysis.curve import CENSORED, NEVER, REACHED, ResponseCurve
from armsim.config.schema import Scenario
from armsim.domain import Milestone, ThreatLevel
from armsim.engine.desk import AUTHORISATION, COMMAND
from armsim.model.desks import Staffing, desks
from armsim.model.threat import Timeline
from armsim.model.world import World

if TYPE_CHECKING:
    from armsim.analysis.measure import Log
    from armsim.analysis.option import OptionData

Floats = NDArray[np.float64]


def desk_totals(log: Log, world: World) -> dict[str, float]:
    """Sums over the window by level; none where nothing asks for a desk.

    Returns:
        ``desk_tasks`` and ``desk_wait_minutes`` (authorisations and tasks of attacks asked for; a command
        never waits), ``desk_authorisations`` and ``desk_authorisations_waited``, ``desk_busy_minutes`` and
        ``desk_place_minutes`` (places taken, and places there are; desks of forces without zones left out).
    """
    if not _is_asked(world.scenario):
        return {}
    commands = log.tables["commands"]
    asked, begun = commands["asked_at"], commands["started_at"]
    left = np.where(np.isnan(begun), commands["ended_at"], begun)
    of_authority = commands["task"] == AUTHORISATION
    totals: dict[str, float] = {}
    staffings = _staffings(log, world)
    for level, start, end in spells(log, world):
        here = (asked >= start) & (asked < end) & (commands["task"] != COMMAND)
        busy = np.minimum(commands["ended_at"], end) - np.maximum(begun, start)
        sums = {
            "desk_tasks": here.sum(),
            "desk_wait_minutes": (left - asked)[here].sum(),
            "desk_authorisations": (here & of_authority).sum(),
            "desk_authorisations_waited": (here & of_authority & (left > asked)).sum(),
            "desk_busy_minutes": np.nansum(np.maximum(busy, 0.0)),
            "desk_place_minutes": sum(
                number * (until - since)
                for one in staffings
                for number, since, until in one.spells(start, end)
            ),
        }
        for name, value in sums.items():
            key = f"{name}:level={ThreatLevel(level).name}"
            totals[key] = totals.get(key, 0.0) + float(value)
    return totals


def authority_curve(data: OptionData, level: str | None = None) -> ResponseCurve:
    """From graded to authorised, of counted incidents whose type needs authority; booked work left out.

    One that closed before it was authorised is censored there, one that was lost never was.

    Args:
        data: the option.
        level: threat level at received; all when left out.
    """
    types = [name for name in data.types if data.scenario.demand.types[name].authorisation is not None]
    keep = data.rows(Milestone.FULL_ATTENDANCE, type=types, level=level)
    columns: Mapping[str, NDArray[Any]] = {
        name: data.responses[name].to_numpy()[keep].astype(np.int64)
        for name in ("replication", "seconds", "fate", "graded", "authorised")
    }
    given = columns["authorised"] >= 0
    fate = np.where(given, REACHED, np.where(columns["fate"] == NEVER, NEVER, CENSORED))
    until = np.where(given, columns["authorised"], columns["seconds"])
    seconds = np.where(fate == NEVER, 0, np.maximum(until - np.maximum(columns["graded"], 0), 0))
    return ResponseCurve.from_rows(columns["replication"], seconds, fate, data.replications)


def _is_asked(scenario: Scenario) -> bool:
    """Whether anything may ask for a desk."""
    seeks = any(one.authorisation is not None for one in scenario.demand.types.values())
    return seeks or any(attack.desk_tasks is not None for attack in scenario.attacks.values())


def _staffings(log: Log, world: World) -> list[Staffing]:
    """Places over the window of every desk that serves a place."""
    held = spells(log, world)
    levels = Timeline(tuple(start for _, start, _ in held), tuple(ThreatLevel(level) for level, _, _ in held))
    served = set(world.zone_force.tolist())
    return [
        desk.staffing
        for desk in desks(world, levels, 0.0, world.scenario.window)
        if served & set(desk.forces)
    ]
