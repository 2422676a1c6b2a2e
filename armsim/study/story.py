"""What happened in a replication, in the trade's words: an incident from call to close."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.domain import AssignmentReason, DeploymentEnd, Grade, Outcome, ThreatLevel, UnitStatus
from armsim.registry import load
from armsim.study.replay import Replayed

_GRADES = {
    Grade.FIREARMS: "firearms",
    Grade.G1: "grade 1",
    Grade.PLANNED: "planned",
    Grade.G2: "grade 2",
    Grade.POST: "post",
    Grade.G3: "grade 3",
}
_STATUSES = {
    UnitStatus.OFF_DUTY: "off duty",
    UnitStatus.AVAILABLE_AT_BASE: "available at base",
    UnitStatus.ON_PATROL: "on patrol",
    UnitStatus.MOBILISING: "mobilising to another job",
    UnitStatus.EN_ROUTE: "on its way to another job",
    UnitStatus.HOLDING: "holding short of another scene",
    UnitStatus.ON_SCENE: "at another scene",
    UnitStatus.FOLLOW_ON: "on follow-on work",
    UnitStatus.RETURNING: "returning to base",
    UnitStatus.REPOSITIONING: "on a cover move",
    UnitStatus.ON_POST: "on a post",
    UnitStatus.REFRESHMENTS: "on refreshments",
    UnitStatus.UNAVAILABLE: "unavailable",
}
_ENDS = {
    DeploymentEnd.WORK_DONE: "released",
    DeploymentEnd.DIVERTED: "diverted to other work",
    DeploymentEnd.TURNED_BACK: "turned back",
    DeploymentEnd.RELIEVED: "relieved",
    DeploymentEnd.SHIFT_LIMIT: "left at the end of its duty",
    DeploymentEnd.OPEN: "still committed when the run ended",
    DeploymentEnd.ESCALATED: "goes on with what the incident became",
    DeploymentEnd.TAKEN_OVER: "stood down: a nearer unit took the job",
}
_OUTCOMES = {
    Outcome.ATTENDED: "attended and closed",
    Outcome.STOOD_DOWN: "stood down",
    Outcome.LOST: "lost: nobody came in time",
    Outcome.ESCALATED: "escalated into another incident",
    Outcome.OPEN_AT_END: "still open when the run ended",
}
_MILESTONES = {
    "first_officer_at": "first officer at scene",
    "first_ced_at": "first CED at scene",
    "first_armed_at": "first armed officers at scene",
    "full_at": "all that was asked for at scene",
    "contained_at": "contained",
}
#: Of what happens in one minute, what is told first.
_ORDER = (
    "received", "graded", "desk", "authorised", "assigned", "mobile", "arrived", "milestone", "released",
    "outcome",
)  # fmt: skip
_TASKS = ("authorisation", "command", "a task of an attack")


@dataclass(frozen=True)
class Event:
    """Something that happened.

    Attributes:
        minute: when, minutes from the opening of the window.
        at: day and clock.
        what: kind of event, such as ``assigned``.
        text: a sentence.
    """

    minute: float
    at: str
    what: str
    text: str


class Story:
    """The log of a replication, asked in words.

    Args:
        replayed: the replication.
    """

    def __init__(self, replayed: Replayed) -> None:
        self.world, self.log = replayed.world, replayed.log
        self.tables = replayed.log.tables
        self._opens = datetime.combine(self.world.scenario.start, time())

    @cached_property
    def incidents(self) -> dict[int, dict[str, float]]:
        """Rows of the incident table by number."""
        return {int(row["incident"]): row for row in _rows(self.tables["incidents"])}

    def row(self, incident: int) -> dict[str, float]:
        """The row of an incident.

        Raises:
            KeyError: there is no such incident; the message says what numbers there are.
        """
        if incident not in self.incidents:
            known = sorted(self.incidents)
            span = f"; they run from {known[0]} to {known[-1]}" if known else ""
            raise KeyError(f"no incident {incident} in this replication{span}")
        return self.incidents[incident]

    def clock(self, minute: float) -> str:
        """Day and clock of a minute, such as ``Mon 05 Mar 14:02:10``."""
        return f"{self._opens + timedelta(seconds=round(60 * minute)):%a %d %b %H:%M:%S}"

    def grade(self, row: Mapping[str, float]) -> str:
        """Grade of an incident in words."""
        return _GRADES[Grade(int(row["grade"]))]

    def zone(self, row: Mapping[str, float]) -> str:
        """Name of the zone of an incident."""
        return str(self.world.zones["name"].iloc[int(row["zone"])])

    def outcome(self, row: Mapping[str, float]) -> str:
        """How an incident ended."""
        return _OUTCOMES[Outcome(int(row["outcome"]))]

    def kind(self, row: Mapping[str, float]) -> str:
        """Type of an incident."""
        return self.world.types[int(row["type"])]

    def events(self, incident: int) -> list[Event]:
        """All that the log says of an incident, in order of time.

        Raises:
            KeyError: there is no such incident; the message says what numbers there are.
        """
        row = self.row(incident)
        found = [*self._own(row), *self._command(incident), *self._units(incident)]
        events = [
            Event(minute, self.clock(minute), what, text)
            for minute, what, text in found
            if not math.isnan(minute)
        ]
        return sorted(events, key=lambda event: (event.minute, _ORDER.index(event.what)))

    def _own(self, row: Mapping[str, float]) -> Iterator[tuple[float, str, str]]:
        received = row["received_at"]
        level = ThreatLevel(int(row["level"])).name
        text = f"{self.kind(row)} ({self.grade(row)}) received in {self.zone(row)} at {level}"
        if row["parent"] >= 0:
            text += f"; it grew out of incident {int(row['parent'])}"
        if row["attack"] >= 0:
            text += f"; a call of attack {int(row['attack'])}"
        yield received, "received", f"{text}."
        yield row["graded_at"], "graded", f"Graded, {_after(row['graded_at'] - received)} received."
        yield (
            row["authorised_at"],
            "authorised",
            f"Armed deployment authorised, {_after(row['authorised_at'] - row['graded_at'])} graded.",
        )
        for column, words in _MILESTONES.items():
            after = _after(row[column] - received)
            yield row[column], "milestone", f"{words[0].upper()}{words[1:]}, {after} received."
        closed = self.outcome(row)
        yield row["closed_at"], "outcome", f"{closed[0].upper()}{closed[1:]}; units sent: {int(row['sent'])}."

    def _command(self, incident: int) -> Iterator[tuple[float, str, str]]:
        for row in _rows(_of(self.tables["commands"], incident)):
            task = _TASKS[int(row["task"])]
            if math.isnan(row["started_at"]):
                yield row["asked_at"], "desk", f"Desk asked for {task}; given up before it came to it."
                continue
            waited = row["started_at"] - row["asked_at"]
            queue = f", after {_minutes(waited)} in its queue" if waited > 0 else ""
            length = _minutes(row["ended_at"] - row["started_at"])
            yield row["started_at"], "desk", f"Desk takes up {task}{queue}; it takes {length}."

    def _units(self, incident: int) -> Iterator[tuple[float, str, str]]:
        for row in _rows(_of(self.tables["deployments"], incident)):
            name = self.log.units[int(row["unit"])].name
            yield row["assigned_at"], "assigned", f"{name} assigned: {self._why(row)}."
            wait = _minutes(row["mobile_at"] - row["assigned_at"])
            yield row["mobile_at"], "mobile", f"{name} mobile, {wait} after it was assigned."
            drive = _after(row["arrived_at"] - row["assigned_at"])
            yield row["arrived_at"], "arrived", f"{name} at scene, {drive} assigned."
            ended = _ENDS[DeploymentEnd(int(row["end"]))]
            yield row["released_at"], "released", f"{name} {ended}."

    def _why(self, row: Mapping[str, float]) -> str:
        parts = [f"was {_STATUSES[UnitStatus(int(row['status_before']))]}"]
        if row["reason"] != AssignmentReason.FREE:
            taken = row["reason"] == AssignmentReason.TAKE_OVER
            parts.append("takes the job over from a unit farther away" if taken else "diverted from that")
        parts.append(f"expected in {_minutes(row['expected_minutes'])}")
        if not math.isnan(row["rank"]):
            place = "nearest" if row["rank"] == 1 else f"{_ordinal(int(row['rank']))} nearest"
            parts.append(f"{place} of {int(row['alternatives']) + 1} that could go")
        if not math.isnan(row["runner_up_minutes"]):
            parts.append(f"the next in line {_minutes(row['runner_up_minutes'])} away")
        if not math.isnan(row["rule"]):
            rule = self._rules[int(row["rule"])]
            parts.append(f"rule {rule.replace('_', ' ')}")
        return ", ".join(parts)

    @cached_property
    def _rules(self) -> tuple[str, ...]:
        kind = str(self.world.scenario.dispatch.policy["kind"])
        rules: tuple[str, ...] = load("armsim.dispatch", kind).RULES
        return rules


def _of(table: Mapping[str, NDArray[Any]], incident: int) -> dict[str, NDArray[Any]]:
    keep = table["incident"] == incident
    return {name: column[keep] for name, column in table.items()}


def _rows(table: Mapping[str, NDArray[Any]]) -> Iterator[dict[str, float]]:
    names = list(table)
    for values in zip(*(np.asarray(column).tolist() for column in table.values()), strict=True):
        yield dict(zip(names, values, strict=True))


def _minutes(minutes: float) -> str:
    if minutes < 1:
        return f"{60 * minutes:.0f} s"
    return f"{minutes:.1f} min" if minutes < 90 else f"{minutes / 60:.1f} h"


def _after(minutes: float) -> str:
    return f"{_minutes(minutes)} after being" if minutes > 0 else "at once after being"


def _ordinal(number: int) -> str:
    tail = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"
