"""The control room's desk and call takers, as written in a scenario file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, model_validator

from armsim.config.base import Model
from armsim.config.quantities import ClockSpan
from armsim.config.schema.duty import LevelName
from armsim.config.schema.laws import TimeLaw
from armsim.config.schema.region import EVERY_DAY, Day

People = Annotated[int, Field(ge=1, le=100)]
Tasks = Annotated[int, Field(ge=1, le=100)]
_DAY = 1440


class _Hours(Model):
    """People on duty during hours of some days; what overlaps adds up."""

    hours: ClockSpan
    """Hours of those days, such as "07:00-19:00"; past midnight they belong to the day they begin on."""
    days: tuple[Day, ...] = EVERY_DAY
    """Days they begin on."""


class ManagersOnDuty(_Hours):
    """Force incident managers on duty during hours of some days; what overlaps adds up."""

    managers: People
    """How many."""


class TakersOnDuty(_Hours):
    """Call takers on duty during hours of some days; what overlaps adds up."""

    takers: Annotated[int, Field(ge=1, le=10_000)]
    """How many."""


Managers = People | tuple[ManagersOnDuty, ...]


class CallHandling(Model):
    """Limited call takers: calls wait for one by grade, priority and age, and are graded later for it."""

    takers: Annotated[int, Field(ge=1, le=10_000)] | tuple[TakersOnDuty, ...]
    """How many, or by hours; at every hour there must be one."""

    @model_validator(mode="after")
    def _somebody(self) -> CallHandling:
        if not isinstance(self.takers, int):
            _refuse_gap("takers", self.takers)
        return self


class DeskConfig(Model):
    """The command desk: authorises armed deployment and commands until a tactical commander takes over.

    Write ``capacity`` (tasks) or ``managers`` (people); without either it is one manager.
    """

    capacity: Tasks | None = None
    """Tasks carried at once, whatever the hour."""
    managers: Managers | None = None
    """Force incident managers on duty, or by hours; at every hour there must be one."""
    tasks_each: Tasks = 2
    """Tasks that one manager carries at once."""
    handover: TimeLaw | None = None
    """How long it commands after authorising, for incident types that do not say; none is not at all."""
    call_handling: CallHandling | None = None
    """Call takers of the force, apart from the desk; none is as many as it takes."""

    @model_validator(mode="after")
    def _one_way(self) -> DeskConfig:
        _check_places(self.capacity, self.managers, "tasks_each" in self.model_fields_set)
        return self


class LevelDesk(Model):
    """The command desk at one threat level."""

    capacity: Tasks | None = None
    """Tasks carried at once, whatever the hour."""
    managers: Managers | None = None
    """Force incident managers on duty, or by hours; at every hour there must be one."""
    tasks_each: Tasks | None = None
    """Tasks that one manager carries at once; none is as at other levels."""

    @model_validator(mode="after")
    def _one_way(self) -> LevelDesk:
        _check_places(self.capacity, self.managers, self.tasks_each is not None)
        if self.capacity is None and self.managers is None:
            raise ValueError("write capacity (tasks carried at once) or managers (people on duty)")
        return self


class ForceDesk(DeskConfig):
    """The command desk of one force; ``desk`` and the levels' desks of the scenario leave it alone."""

    levels: dict[LevelName, LevelDesk] = {}
    """What differs at a threat level."""


def _check_places(capacity: int | None, managers: Managers | None, tasks_each: bool) -> None:
    if capacity is not None and managers is not None:
        raise ValueError(
            "write capacity (tasks carried at once) or managers (people on duty), not both; "
            "null takes one away"
        )
    if capacity is not None and tasks_each:
        raise ValueError("capacity counts tasks and leaves nothing for tasks_each; write managers instead")
    if managers is not None and not isinstance(managers, int):
        _refuse_gap("managers", managers)


def _refuse_gap(who: str, entries: Sequence[_Hours]) -> None:
    """Refuse hours of the week at which nobody is on duty."""
    covered = bytearray(7 * _DAY)
    for entry in entries:
        for day in entry.days:
            first = EVERY_DAY.index(day) * _DAY + entry.hours.start
            for minute in range(first, first + entry.hours.length):
                covered[minute % len(covered)] = 1
    gap = covered.find(0)
    if gap >= 0:
        weekday, minute = divmod(gap, _DAY)
        when = f"{EVERY_DAY[weekday]} {minute // 60:02d}:{minute % 60:02d}"
        raise ValueError(f"no {who} are on duty on {when}; the entries must cover the whole week")
