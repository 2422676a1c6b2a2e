"""What armed response is made of: the intervals one after the other that led to the first armed arrival.

Read off the status log, which holds every armed unit at every record level: the unit that came first is
followed back from its arrival to when it was sent. The parts of an incident add up to its response time. A
unit that is there because another incident turned into this one was never sent to it; such incidents are
left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from armsim.domain import Grade, ThreatLevel, UnitStatus
from armsim.model.world import World

if TYPE_CHECKING:
    from armsim.analysis.measure import Log

#: Parts of a response in their order, and what they are called. The second is nothing where armed units may
#: move before authority is given; what is left of it then is the last.
PARTS = {
    "call_handling": "Call handling",
    "authority": "Authorisation before sending",
    "waiting": "Waiting for a unit",
    "mobilisation": "Mobilisation",
    "travel": "Travel",
    "holding": "Holding for authorisation",
}
_ON_THE_WAY = (UnitStatus.MOBILISING, UnitStatus.EN_ROUTE, UnitStatus.HOLDING)

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Table = Mapping[str, NDArray[Any]]


def response_parts(log: Log, world: World, incidents: Table) -> dict[str, float]:
    """Sums over firearms incidents by level.

    Args:
        log: the log.
        world: the world it ran in.
        incidents: the counted incidents.

    Returns:
        ``response_parts:level=L`` (incidents) and ``response_part_minutes:level=L:part=P`` for each of
        ``PARTS``.
    """
    firearms = incidents["grade"] == Grade.FIREARMS
    part = {name: column[firearms] for name, column in incidents.items()}
    status = log.tables["unit_status"]
    armed = np.array([world.scenario.units[world.kinds[unit.kind]].armed for unit in log.units], dtype=bool)
    rows, found = first_arrivals(part, status, armed[status["unit"].astype(np.intp)])
    part = {name: column[found] for name, column in part.items()}
    minutes = _taken_apart(part, _way_back(rows, status), world)
    level = part["level"].astype(np.intp)
    totals: dict[str, float] = {}
    for at in np.unique(level).tolist():
        here, end = level == at, f"level={ThreatLevel(at).name}"
        totals[f"response_parts:{end}"] = float(here.sum())
        for name, values in minutes.items():
            totals[f"response_part_minutes:{end}:part={name}"] = float(values[here].sum())
    return totals


def first_arrivals(
    incidents: Table, status: Table, armed: NDArray[np.bool_]
) -> tuple[Ints, NDArray[np.bool_]]:
    """The status rows that begin with the first armed arrival, by a unit that was sent to the incident.

    Args:
        incidents: some incidents, numbers rising.
        status: the log's table of statuses, rows of a unit in order of time.
        armed: whether the unit of each row is armed.

    Returns:
        Row numbers, and which of the incidents they belong to, in the same order. Of several units at the
        same moment the one with the least number is taken.
    """
    numbers = incidents["incident"].astype(np.intp)
    place = np.full(int(numbers.max(initial=-1)) + 2, -1)
    place[numbers] = np.arange(len(numbers))
    about = status["incident"].astype(np.intp)
    known = armed & (status["status"] == UnitStatus.ON_SCENE) & (about >= 0) & (about < len(place) - 1)
    rows = np.flatnonzero(known)
    rows = rows[place[about[rows]] >= 0]
    rows = rows[status["start"][rows] == incidents["first_armed_at"][place[about[rows]]]]
    rows = rows[_sent(rows, status)]
    which, first = np.unique(place[about[rows]], return_index=True)
    found = np.zeros(len(numbers), dtype=bool)
    found[which] = True
    return np.asarray(rows[first], dtype=np.intp), found


def _sent(rows: Ints, status: Table) -> NDArray[np.bool_]:
    """Whether the unit was on the way to the same incident until then."""
    before = np.maximum(rows - 1, 0)
    return np.asarray((rows > 0) & _leads_to(before, rows, status), dtype=bool)


def _leads_to(before: Ints, after: Ints, status: Table) -> NDArray[np.bool_]:
    """Whether a row is the way to what the next is about."""
    same = (status["unit"][before] == status["unit"][after]) & (
        status["end"][before] == status["start"][after]
    )
    same &= status["incident"][before] == status["incident"][after]
    return np.asarray(same & np.isin(status["status"][before], _ON_THE_WAY), dtype=bool)


def _way_back(rows: Ints, status: Table) -> dict[str, Floats]:
    """When the unit of each row was sent, and its minutes of each status on the way; all of shape (rows,)."""
    spent = {code: np.zeros(len(rows)) for code in _ON_THE_WAY}
    sent_at, at, going = status["start"][rows].copy(), rows.copy(), np.arange(len(rows))
    while len(going):
        before = np.maximum(at[going] - 1, 0)
        going = going[(at[going] > 0) & _leads_to(before, at[going], status)]
        at[going] -= 1
        row = at[going]
        sent_at[going] = status["start"][row]
        for code, minutes in spent.items():
            minutes[going] += np.where(
                status["status"][row] == code, status["end"][row] - status["start"][row], 0
            )
    return {
        "sent_at": sent_at,
        "mobilisation": spent[UnitStatus.MOBILISING],
        "travel": spent[UnitStatus.EN_ROUTE],
        "holding": spent[UnitStatus.HOLDING],
    }


def _taken_apart(incidents: Table, way: Mapping[str, Floats], world: World) -> dict[str, Floats]:
    """Minutes of each part, in the order of ``PARTS``."""
    types = world.scenario.demand.types
    waits = np.array([types[name].wait_for_authority for name in world.types], dtype=bool)
    received, graded, sent = incidents["received_at"], incidents["graded_at"], way["sent_at"]
    # Sent before it was graded: an incident that another one turned into.
    answered = np.minimum(graded, sent)
    given = np.clip(np.nan_to_num(incidents["authorised_at"], nan=-np.inf), answered, sent)
    cleared = np.where(waits[incidents["type"].astype(np.intp)], given, answered)
    return {
        "call_handling": answered - received,
        "authority": cleared - answered,
        "waiting": sent - cleared,
        "mobilisation": way["mobilisation"],
        "travel": way["travel"],
        "holding": way["holding"],
    }
