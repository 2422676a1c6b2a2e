"""Places at which tasks are carried: so many at once, a queue by order, no task interrupting another."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Generic, TypeVar

from armsim.engine.clock import ROSTER, Clock
from armsim.model.desks import Staffing

Subject = TypeVar("Subject")
#: Grade, priority, received_at and a number that no other subject of the queue has.
Order = tuple[int, int, float, int]
#: Rank of a change in the roster of the minute: after levels, duty and posts.
_CHANGE = ROSTER + (3 << 20)


class Places(Generic[Subject]):
    """Places and those who wait for one.

    When their number falls, what is being carried is carried to its end.

    Args:
        clock: the run's time.
        staffing: number of places over time.
        number: among all that change at one minute, which goes first.
        start: called with a subject and the minute when a place is free for it; false when it wants none
            any more.
    """

    def __init__(
        self, clock: Clock, staffing: Staffing, number: int, start: Callable[[Subject, float], bool]
    ) -> None:
        self._start = start
        self._clock = clock
        self._number = staffing.places[0]
        self._busy = 0
        self._waiting: list[tuple[Order, Subject]] = []
        changes = zip(staffing.starts[1:], staffing.places[1:], strict=True)
        clock.feed(_CHANGE, [(at, number, self._change, places) for at, places in changes])

    def ask(self, order: Order, subject: Subject, now: float) -> None:
        """Ask for a place; it is taken at once when one is free."""
        heappush(self._waiting, (order, subject))
        self._serve(now)

    def leave(self, now: float) -> None:
        """A task is done; its place goes to the first who waits."""
        self._busy -= 1
        self._serve(now)

    def waiting(self) -> list[Subject]:
        """Those who wait, in order."""
        return [subject for _, subject in sorted(self._waiting)]

    def _change(self, places: int) -> None:
        self._number = places
        self._serve(self._clock.now)

    def _serve(self, now: float) -> None:
        while self._busy < self._number and self._waiting:
            _, subject = heappop(self._waiting)
            self._busy += 1
            if not self._start(subject, now):
                self._busy -= 1
