"""The command desk: a few places, a queue by grade, priority and age, no task interrupting another."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable

from armsim.engine.clock import DESK, Alarm, Clock
from armsim.engine.incident import Incident
from armsim.engine.recorder import Recorder

AUTHORISATION, COMMAND = 0, 1


class CommandDesk:
    """Authorises armed deployments, then commands each until a tactical commander takes over.

    Args:
        clock: the run's time.
        capacity: tasks carried at once.
        recorder: where the tasks are logged.
        authorised: called with an incident and the minute when its authority is given.
    """

    def __init__(
        self, clock: Clock, capacity: int, recorder: Recorder, authorised: Callable[[Incident, float], None]
    ) -> None:
        self._clock = clock
        self._capacity = capacity
        self._busy = 0
        self._waiting: list[tuple[Incident, float]] = []
        self._recorder = recorder
        self._authorised = authorised

    def ask(self, incident: Incident, now: float) -> None:
        """Ask for authority; it is served at once when a place is free."""
        incident.authority_asked = True
        insort(self._waiting, (incident, now))
        self._serve(now)

    def _serve(self, now: float) -> None:
        while self._busy < self._capacity and self._waiting:
            incident, asked = self._waiting.pop(0)
            if incident.closed_at is None:
                self._busy += 1
                ends = now + incident.drawn.authorisation
                self._recorder.command(incident.number, asked, now, ends, AUTHORISATION)
                Alarm(self._clock, ends, DESK + incident.number, self._authority_given, incident)

    def _authority_given(self, alarm: Alarm) -> None:
        incident: Incident = alarm.subject
        now = self._clock.now
        if incident.closed_at is None:
            self._authorised(incident, now)
        if incident.closed_at is None and incident.drawn.command > 0:
            ends = now + incident.drawn.command
            self._recorder.command(incident.number, now, now, ends, COMMAND)
            Alarm(self._clock, ends, DESK + incident.number, self._place_free, incident)
        else:
            self._place_free(alarm)

    def _place_free(self, _: Alarm) -> None:
        self._busy -= 1
        self._serve(self._clock.now)
