"""The log being written: one flat list a table, because that is the cheapest row there is.

Column k of a table is ``flat[k::width]``, made once at the end. Unset clocks are NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from armsim.domain import (
    AID_COLUMNS,
    COMMAND_COLUMNS,
    DEPLOYMENT_COLUMNS,
    INCIDENT_COLUMNS,
    STATUS_COLUMNS,
    SURVEY_COLUMNS,
    Record,
)
from armsim.engine.incident import NAN, Deployment, Incident
from armsim.engine.trails import Trails
from armsim.engine.unit import Unit

Table = dict[str, NDArray[np.float64]]

_SORT = {
    "incidents": ("incident",),
    "deployments": ("incident", "ordinal"),
    "unit_status": ("unit", "start"),
    "aid": ("start", "unit"),
}


class Recorder:
    """Rows of one replication.

    Args:
        record: how much is kept.
        duty_ends: planned ends of the duty periods, replaced by actual ones as they happen.
        trails: where the legs of units go, if they are kept.
    """

    def __init__(self, record: Record, duty_ends: list[float], trails: Trails | None = None) -> None:
        self.keeps_deployments = record is not Record.METRICS
        self.trails = trails
        self._incidents: list[float] = []
        self._deployments: list[float] = []
        self._statuses: list[float] = []
        self._commands: list[float] = []
        self._survey: list[float] = []
        self._aid: list[float] = []
        self.actual_ends = duty_ends
        self.breaks_lost = [0] * len(duty_ends)

    def status(self, unit: int, status: int, start: float, end: float, incident: int) -> None:
        """A unit was in *status* from *start* to *end*."""
        self._statuses += (unit, status, start, end, incident)

    def duty_ends(self, duty: int, at: float) -> None:
        """A duty period ended at *at*, which is after its planned end when the unit overran."""
        self.actual_ends[duty] = at

    def break_lost(self, duty: int) -> None:
        """The break of a duty period was cut short, or its window closed on a busy unit."""
        self.breaks_lost[duty] = 1

    def deployment(self, deployment: Deployment, released_at: float, end: int) -> None:
        """A unit's part in an incident is over; *end* says how (see ``DeploymentEnd``)."""
        if not self.keeps_deployments:
            return
        arrived = deployment.arrived_at
        self._deployments += (
            deployment.incident.number, deployment.unit.number, deployment.ordinal, deployment.assigned_at,
            deployment.mobile_at, NAN if arrived is None else arrived, released_at, deployment.expected,
            deployment.status_before, deployment.alternatives, deployment.runner_up, deployment.reason, end,
            deployment.rank, deployment.rule,
        )  # fmt: skip

    def incident(self, incident: Incident, firearms_outcome: int, graded_at: float) -> None:
        """An incident ended; *graded_at* is NaN when it never was."""
        drawn = incident.drawn
        first_officer, first_ced, first_armed, full = incident.reached
        authorised, closed = incident.authorised_at, incident.closed_at
        self._incidents += (
            incident.number, incident.rules.code, incident.rules.grade, drawn.zone, drawn.level,
            incident.place[0], incident.place[1], drawn.received_at, graded_at,
            NAN if authorised is None else authorised,
            NAN if first_officer is None else first_officer, NAN if first_ced is None else first_ced,
            NAN if first_armed is None else first_armed, NAN if full is None else full,
            NAN if closed is None else closed, incident.outcome, firearms_outcome, incident.sent,
            incident.requeued, incident.postponed, incident.alone_minutes, drawn.force, drawn.attack,
            drawn.attack_site, drawn.parent,
            NAN if incident.contained_at is None else incident.contained_at, incident.first_crew,
        )  # fmt: skip

    def command(
        self, incident: int, asked: float, started: float, ended: float, task: int, desk: int
    ) -> None:
        """A command desk carried a task: 0 authorisation, 1 command, 2 of an attack."""
        self._commands += (incident, asked, started, ended, task, desk)

    def aid(self, unit: Unit, until: float) -> None:
        """A unit was lent to another force until *until*."""
        self._aid += (unit.force, unit.lent_to, unit.number, unit.lent_at, until)

    def survey(
        self, minute: float, unit: int, status: int, obtainable: int, place: tuple[float, float, object]
    ) -> None:
        """Where an armed unit was and whether it could be had."""
        x, y, anchor = place
        self._survey += (minute, unit, status, obtainable, x, y, anchor if isinstance(anchor, int) else -1)

    def tables(self) -> dict[str, Table]:
        """The tables, rows sorted so that the order of writing does not show."""
        raw = {
            "incidents": (self._incidents, INCIDENT_COLUMNS),
            "deployments": (self._deployments, DEPLOYMENT_COLUMNS),
            "unit_status": (self._statuses, STATUS_COLUMNS),
            "commands": (self._commands, COMMAND_COLUMNS),
            "survey": (self._survey, SURVEY_COLUMNS),
            "aid": (self._aid, AID_COLUMNS),
        }
        return {name: _columns(flat, names, _SORT.get(name, ())) for name, (flat, names) in raw.items()}


def _columns(flat: list[float], names: tuple[str, ...], sort: tuple[str, ...]) -> Table:
    matrix = np.fromiter(flat, dtype=np.float64, count=len(flat)).reshape(-1, len(names))
    table = {name: np.ascontiguousarray(matrix[:, index]) for index, name in enumerate(names)}
    if sort and len(matrix):
        order = np.lexsort([table[name] for name in reversed(sort)])
        table = {name: column[order] for name, column in table.items()}
    return table
