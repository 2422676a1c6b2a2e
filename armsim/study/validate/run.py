"""``armsim validate``: the logged period simulated again, and held against the log."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from armsim.analysis.agreement.agreement import compare
from armsim.analysis.agreement.population import (
    Incidents,
    Responses,
    incident_table,
    incidents_of,
    responses_of,
)
from armsim.analysis.agreement.resamples import LEAST_DAYS
from armsim.config.loader import Loaded
from armsim.config.schema.traces import EVERY_OTHER, Trace
from armsim.domain import Record
from armsim.errors import DataError
from armsim.model.logs import Log, read_log
from armsim.model.road_travel import zone_projection
from armsim.model.units import register
from armsim.model.world import World
from armsim.study.plan import Study, armsim_version
from armsim.study.results import Results
from armsim.study.validate.held import Validation
from armsim.study.validate.limits import cannot_show
from armsim.study.validate.question import Asked, HeldTo, Window, held_to
from armsim.study.validate.read import met_by, simulated
from armsim.study.worlds import world_of

#: Replications where nothing else is said: the log is one draw and its days are the larger part of the noise.
REPLICATIONS = 10
OPTION = "replay"


@dataclass(frozen=True, eq=False)
class Plan:
    """A validation, ready to be run.

    Attributes:
        study: the replay of the window, to be run by ``study.runner``.
        loaded: the scenario with the replay in it.
        log: the log, cut to the window.
        window: the days.
        held: what the result is judged by.
    """

    study: Study
    loaded: Loaded
    log: Log
    window: Window
    held: HeldTo


def settings(mapping: Path, window: Window, folder: Path) -> tuple[str, ...]:
    """Changes to a scenario that make it meet the incidents of a log, as ``--set`` has them.

    What the scenario says of a trace beside (its types, units, recorded times) stays.

    Args:
        mapping: mapping file of the log.
        window: days that are met.
        folder: folder of the scenario file, which paths in it start from.
    """
    changes = {
        "start": str(window.first),
        "window": f"{window.days} days",
        "demand.trace.log": os.path.relpath(mapping, folder),
        "demand.trace.mode": "replay",
    }
    return tuple(f"{path}={json.dumps(value)}" for path, value in changes.items())


def plan(asked: Asked, replications: int = REPLICATIONS, seed: int = -1) -> Plan:
    """The study that simulates the logged days again.

    Args:
        asked: the scenario, the log, the window and what the result is judged by.
        replications: independent repetitions.
        seed: seed of every random stream; -1 for the scenario's.

    Raises:
        ScenarioError: the scenario cannot be run on the log, the log cannot be read, or what the scenario
            says under ``validation`` is wrong.
        DataError: the window does not fit the log, or the log has no arrival in it.
        ValueError: a margin or measure of the command line is wrong.
    """
    log = read_log(asked.mapping)
    window = Window.of(log, asked.first, asked.until)
    loaded = asked.load(settings(asked.mapping, window, asked.folder))
    held = held_to(loaded, asked.margins, asked.primary, asked.within)
    study = Study({OPTION: loaded}, replications, seed, Record.FULL)
    if "lon" in log.incidents:  # onto the kilometres of the zones, as the replay has them
        shipped = loaded.scenario.region.force is not None
        log = read_log(asked.mapping, project=zone_projection(world_of(loaded).zones, shipped=shipped))
    try:
        cut = log.between(window.first, window.until)
    except ValueError as error:
        raise DataError(str(error)) from error
    cut = without(cut, loaded.scenario.demand.trace)
    if cut.units.empty or not cut.units[["attendance", "travel"]].notna().any(axis=None):
        raise DataError(
            f"the log {log.name!r} says of no unit when it arrived in the window: there is nothing to hold "
            "the simulation against; map the arrival under units.times of the mapping"
        )
    return Plan(study, loaded, cut, window, held)


def without(log: Log, trace: Trace | None) -> Log:
    """A log without the incidents of types that the scenario leaves out."""
    left_out = log.incidents["type"].isin(trace.leave_out if trace else ())
    if not left_out.any():
        return log
    incidents = log.incidents[~left_out].reset_index(drop=True)
    units = log.units[log.units["incident"].isin(incidents["incident"])].reset_index(drop=True)
    return replace(log, incidents=incidents, units=units)


def hold(made: Plan, results: Results) -> Validation:
    """Hold the run of a plan against its log.

    Raises:
        DataError: the run did not meet the log's incidents.
    """
    world = world_of(made.loaded)
    types = frozenset(world.types.index(name) for name in _types(made))
    table = incident_table(made.log, made.window.first)
    met = met_by(results.folder, OPTION, table, types, world.scenario.window)
    incidents = incidents_of(
        table.iloc[met].reset_index(drop=True), made.log, made.window.days, _bases(world)
    )
    log = responses_of(made.log, incidents)
    ours = simulated(results.folder, OPTION, world, incidents, types)
    agreement = compare(log, ours, made.held.margins, made.held.within, made.study.seed)
    return Validation(
        title=world.scenario.title,
        log=made.log.name,
        first=made.window.first,
        until=made.window.until,
        incidents=len(incidents),
        attended=len(log.arrival(1)),
        rejected=len(made.log.rejected),
        rows=made.log.rows,
        agreement=agreement,
        margins=made.held.margins,
        stated=made.held.stated,
        primary=made.held.primary,
        within=made.held.within,
        cannot=tuple(cannot_show(made.log, log, len(world.kinds))),
        remarks=tuple(_remarks(made, len(table), incidents, ours, world)),
        run_id=results.run_id,
        digest=made.study.digest,
        replications=ours.replications,
        seed=made.study.seed,
        version=armsim_version(),
        files=dict(made.log.files),
    )


def _bases(world: World) -> pd.DataFrame:
    """Places of the bases that units start at."""
    rows = {unit.base.name: unit.base.place[:2] for unit in register(world).units}
    table = pd.DataFrame([(name, *place) for name, place in rows.items()], columns=["base", "x_km", "y_km"])
    return table.sort_values("base", ignore_index=True)


def _types(made: Plan) -> Sequence[str]:
    """Incident types that the log's incidents became."""
    trace = made.loaded.scenario.demand.trace
    named = {} if trace is None else trace.types
    return sorted({named.get(name, named.get(EVERY_OTHER, name)) for name in made.log.incidents["type"]})


def _remarks(made: Plan, logged: int, incidents: Incidents, ours: Responses, world: World) -> list[str]:
    """What else has to be said."""
    said = []
    if made.window.days < LEAST_DAYS:
        said.append(f"Fewer than {LEAST_DAYS} days: nothing can be shown, as days are what is resampled.")
    elif made.window.days < 14:
        said.append(f"Only {made.window.days} days: limits from so few blocks are on the narrow side.")
    if ours.replications < 5:
        said.append("Fewer than 5 replications; with 10 or more the limits are steadier.")
    if len(incidents) < logged:
        said.append(
            f"{logged - len(incidents):,} of {logged:,} incidents lie outside the zones of the scenario "
            "and were left out."
        )
    trace = made.loaded.scenario.demand.trace
    if trace is not None and not trace.per_unit and made.log.incidents["units_sent"].notna().any():
        said.append(
            "Units are sent as the scenario's attendance draws them, not as the log has them: "
            "demand.trace.per_unit says what each unit sent in the log stands for. Until then later arrivals "
            "are compared at incidents to which the simulation may have sent fewer."
        )
    missing = sorted(set(incidents.bases) - set(_bases(world)["base"]))
    if missing:
        said.append(
            f"{len(missing)} bases of the log have no unit in the scenario ({', '.join(missing[:5])}"
            f"{', ...' if len(missing) > 5 else ''}): nobody can come from there in the simulation."
        )
    if "command line" in made.held.stated.values():
        said.append(
            "Margins on the command line are stated with the run; those under validation.margins of the "
            "scenario are part of its digest, and so are known to have been stated before."
        )
    return said
