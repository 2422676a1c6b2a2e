"""A pool: the units of one kind in one bloc, in groups by what they are doing.

A look at the free ones, or at those on the way, then need not go through all.
"""

from __future__ import annotations

from math import inf

from armsim.domain import UnitStatus
from armsim.engine.unit import KindRules, Unit
from armsim.model.travel.leg import Leg

#: Groups of a pool: free at the wheel, free at a base, on the way to a job, at work, busy until a minute that
#: is known, on a break, off duty.
WHEEL, HOME, MOVING, AT_WORK, BUSY, ON_BREAK, OFF = range(7)
#: An ordered set of units with their legs: membership and order are those of a dictionary's keys.
Group = dict[Unit, Leg]

_BUSY = {
    UnitStatus.MOBILISING: MOVING,
    UnitStatus.EN_ROUTE: MOVING,
    UnitStatus.FOLLOW_ON: BUSY,
    UnitStatus.RETURNING: BUSY,
    UnitStatus.UNAVAILABLE: BUSY,
    UnitStatus.REFRESHMENTS: ON_BREAK,
    UnitStatus.OFF_DUTY: OFF,
}
#: By status: the group of a unit that is free, and of one that is not.
FREE_GROUP = tuple(HOME if status is UnitStatus.AVAILABLE_AT_BASE else WHEEL for status in UnitStatus)
BUSY_GROUP = tuple(_BUSY.get(status, AT_WORK) for status in UnitStatus)


class Pool:
    """Units of one kind in one bloc of forces.

    Attributes:
        rules: the kind's rules.
        bloc: index of the bloc.
        wheel: free units at the wheel.
        home: free units standing at a base.
        groups: all groups, in the order of the constants above.
        due: no phase of the pool's units ends by the clock before this minute.
        free_due: the same of its free units.
        timers: heap of (minute, unit's number) for units that are busy until a minute that is known; entries
            of phases cut short stay in it, and one at infinity always does.
        first_end: no free unit's duty ends before this minute.
    """

    __slots__ = ("bloc", "due", "first_end", "free_due", "groups", "home", "rules", "timers", "wheel")

    def __init__(self, rules: KindRules, bloc: int) -> None:
        self.rules = rules
        self.bloc = bloc
        self.groups: tuple[Group, ...] = ({}, {}, {}, {}, {}, {}, {})
        self.wheel, self.home = self.groups[WHEEL], self.groups[HOME]
        self.due = self.free_due = inf
        self.timers: list[tuple[float, int]] = [(inf, -1)]
        self.first_end = inf
