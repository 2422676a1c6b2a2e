"""Time, and nothing else: the only module that knows SimPy.

Every alarm carries a rank, so that what happens at one minute happens in an order that does not depend on
who was scheduled first: arrivals, then ends of work, then stand-downs, then the roster, then the desk,
then new incidents; inside a rank, by the number of the subject. Phases that end by the clock alone
(paperwork, breaks, patrol) have ended for whoever looks in that minute, and the queue is offered once what
came free in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import heappush
from typing import Any

from simpy import Environment
from simpy.events import Event

_SHIFT = 2**24

ARRIVAL = 1 * _SHIFT
WORK_ENDS = 2 * _SHIFT
UNIT_FREE = 3 * _SHIFT
TURNING_POINT = 4 * _SHIFT
ROSTER = 5 * _SHIFT
DESK = 6 * _SHIFT
NEW_INCIDENT = 7 * _SHIFT
SURVEY = 8 * _SHIFT


class Alarm(Event):
    """A call at a minute. The call receives the alarm, whose ``subject`` says whom it is about."""

    _value = None
    _ok = True

    def __init__(self, clock: Clock, at: float, rank: int, call: Callable[[Any], None], subject: Any) -> None:
        # Not Event.__init__: alarms are most of what a run makes, and nobody reads a value of one.
        self.callbacks = [call]
        self.subject = subject
        heappush(clock._queue, (at, rank, next(clock._eid), self))  # type: ignore[misc]

    def cancel(self) -> None:
        """Let the minute pass without the call."""
        if self.callbacks is not None:
            self.callbacks.clear()


class Clock(Environment):
    """The run's time in minutes; negative before the observation window opens."""

    def feed(self, rank: int, items: Iterable[tuple[float, int, Callable[[Any], None], Any]]) -> None:
        """Play a sequence of (minute, number, call, subject), sorted by minute, with one alarm pending."""
        _Feed(self, rank, iter(items))


class _Feed(Event):
    """One event pushed again and again."""

    def __init__(
        self, clock: Clock, rank: int, items: Iterator[tuple[float, int, Callable[[Any], None], Any]]
    ) -> None:
        super().__init__(clock)
        self._clock = clock
        self._rank = rank
        self._items = items
        self._ok = True
        self._value = None
        self._calls: list[Callable[[Any], None]] = [self._fire]
        self._queue_next()

    def _queue_next(self) -> None:
        item = next(self._items, None)
        if item is not None:
            at, number, self._call, self._subject = item
            self.callbacks = self._calls
            eid = next(self._clock._eid)
            heappush(self._clock._queue, (at, self._rank + number, eid, self))  # type: ignore[misc]

    def _fire(self, _: Event) -> None:
        call, subject = self._call, self._subject
        self._queue_next()
        call(subject)
