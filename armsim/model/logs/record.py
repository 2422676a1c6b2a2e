"""A command-and-control log as it was read: incidents, unit responses, bases, and the rows kept aside."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

import pandas as pd

#: Intervals of a unit response, each a column of ``Log.units`` in minutes.
INTERVALS = ("to_dispatch", "turnout", "travel", "attendance", "scene", "busy")
Grid = Literal["british", "kilometres", "local", "zones", "none"]


@dataclass(frozen=True, eq=False)
class Log:
    """A log of incidents and of the units that went to them.

    ``incidents`` has one row for each incident, on a ``RangeIndex``, by time received (then by row):

    ============  ==============  ====================================================================
    ``incident``  str             its number in the log, unique
    ``row``       int64           first row of the file that tells of it; the header is row 1
    ``type``      str             type, after the mapping's names; "" where the log has none
    ``received``  datetime64[ns]  when it was received: wall clock of ``time_zone``
    ``minute``    float64         minutes since midnight (local) opened ``first_day``, counted in UTC: the
                                  difference of two is the time between them over a clock change too
    ``x_km``      float64         kilometres east, NaN unknown
    ``y_km``      float64         kilometres north, NaN unknown
    ``area``      str             named area such as a ward or station ground, "" unknown
    ``units_sent``  float64       units sent, NaN unknown
    ============  ==============  ====================================================================

    and every extra column of the mapping under our name for it, as text or (if every value is a number) as
    float64. Logs in degrees also have ``lon`` and ``lat``.

    ``units`` has one row for each unit response, in order of the incidents, then of ``ordinal``:

    ===============  ========  ========================================================================
    ``incident``     str       the incident that it was to
    ``row``          int64     row of the file
    ``ordinal``      int16     1 for the first to arrive; those that never arrived follow in order of
                               dispatch, then of the log
    ``unit``         str       which unit, "" unknown
    ``kind``         str       its kind, after the mapping's names, "" unknown
    ``base``         str       the base that it came from, "" unknown
    ``to_dispatch``  float64   received to dispatched, minutes as all below; NaN where not recorded
    ``turnout``      float64   dispatched to mobile
    ``travel``       float64   mobile to arrived
    ``attendance``   float64   dispatched to arrived
    ``scene``        float64   arrived to clear of the scene
    ``busy``         float64   dispatched to available
    ===============  ========  ========================================================================

    ``bases`` has ``base`` (str), ``x_km``, ``y_km`` and ``units`` (float64, NaN unknown); it may be empty.
    ``rejected`` has ``row`` (int64), ``column`` (str, the file's name for it), ``value`` (str) and ``reason``
    (str) for every row kept aside; the first fault of a row stands for the row.

    Attributes:
        name: name of the log.
        time_zone: of its wall clock, such as ``Europe/London``.
        incidents: as above.
        units: as above; empty where the log has none.
        bases: as above.
        rejected: as above.
        notes: what the log cannot tell and what follows from that, for people.
        clocks: which of ``INTERVALS`` the log can tell at all.
        rows: rows read, the rejected among them.
        grid: ``british`` (National Grid), ``kilometres`` (as in the file), ``local`` (about the middle
            of the log), ``zones`` (as the zones of a scenario), ``none`` (no coordinates).
        files: SHA-256 by name of the mapping and of every file read.
        span: first day that the mapping says the log covers, and the day after the last; ``None`` unsaid.
    """

    name: str
    time_zone: str
    incidents: pd.DataFrame
    units: pd.DataFrame
    bases: pd.DataFrame
    rejected: pd.DataFrame
    notes: tuple[str, ...]
    clocks: frozenset[str]
    rows: int = 0
    grid: Grid = "none"
    files: dict[str, str] = field(default_factory=dict)
    span: tuple[date, date] | None = None

    @property
    def first_day(self) -> date:
        """Day of the first incident; its midnight is minute 0."""
        day: date = self.incidents["received"].iloc[0].date()
        return day

    @property
    def days(self) -> int:
        """Days from the first incident's to the last's, both counted."""
        last: date = self.incidents["received"].iloc[-1].date()
        return (last - self.first_day).days + 1

    @property
    def covers(self) -> tuple[date, date]:
        """First day that the log covers and the day after its last: as its mapping says, else by its rows."""
        return self.span or (self.first_day, self.first_day + timedelta(days=self.days))

    def between(self, first: date, until: date) -> Log:
        """The incidents received from midnight of *first* to before midnight of *until*, with their units.

        ``minute`` counts from midnight of the first day that an incident is left of.

        Raises:
            ValueError: no incident lies between.
        """
        received = self.incidents["received"]
        inside = (received >= pd.Timestamp(first)) & (received < pd.Timestamp(until))
        if not inside.any():
            raise ValueError(f"the log {self.name!r} has no incident from {first} to before {until}")
        incidents = self.incidents[inside].reset_index(drop=True)
        units = self.units[self.units["incident"].isin(incidents["incident"])].reset_index(drop=True)
        opening = midnight(incidents["received"].iloc[0], self.time_zone)
        shift = (opening - midnight(received.iloc[0], self.time_zone)).total_seconds() / 60.0
        incidents["minute"] -= shift
        span = max(first, self.covers[0]), min(until, self.covers[1])
        return replace(self, incidents=incidents, units=units, span=span)


def midnight(moment: pd.Timestamp, time_zone: str) -> pd.Timestamp:
    """Midnight that opened the local day of *moment*, as a moment in UTC."""
    return moment.normalize().tz_localize(time_zone, ambiguous=True, nonexistent="shift_forward")
