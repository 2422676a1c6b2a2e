"""Milestones of an incident, and how it counts in the firearms figures."""

from __future__ import annotations

from armsim.domain import FirearmsOutcome, Grade
from armsim.engine.incident import (
    ARMED_LINES,
    FIRST_ARMED,
    FIRST_CED,
    FIRST_OFFICER,
    FULL,
    Incident,
    mask_of,
)
from armsim.engine.unit import Unit

_FIREARMS_GRADES = (int(Grade.FIREARMS), int(Grade.PLANNED))


def reach(incident: Incident, unit: Unit, now: float) -> None:
    """Set the milestones that a unit's presence reaches at *now*; one once reached stays so."""
    reached, brings = incident.reached, unit.brings
    if reached[FIRST_OFFICER] is None and brings[0]:
        reached[FIRST_OFFICER] = now
        incident.first_crew = brings[0]
    if reached[FIRST_CED] is None and brings[1]:
        reached[FIRST_CED] = now
    if reached[FIRST_ARMED] is None and (brings[3] or brings[2] >= 2):
        reached[FIRST_ARMED] = now
    if reached[FULL] is None:
        there, needs = incident.there, incident.needs
        if there[0] >= needs[0] and there[1] >= needs[1] and there[2] >= needs[2] and there[3] >= needs[3]:
            reached[FULL] = now


def firearms_outcome(incident: Incident) -> int:
    """How an ended incident counts in the firearms figures (``model.md`` section 6)."""
    wanted = bool(mask_of(incident.needs) & ARMED_LINES)
    arrived = incident.reached[FIRST_ARMED] is not None
    authority = incident.authorised_at is not None or not incident.authority_asked
    if not wanted:
        return int(FirearmsOutcome.ROUTINE_ATTENDANCE if arrived else FirearmsOutcome.NOT_FIREARMS)
    if incident.stood_down:
        return int(FirearmsOutcome.STOOD_DOWN)
    if arrived and authority and incident.rules.grade in _FIREARMS_GRADES:
        return int(FirearmsOutcome.AUTHORISED_OPERATION)
    return int(FirearmsOutcome.ROUTINE_ATTENDANCE if arrived else FirearmsOutcome.UNMET)
