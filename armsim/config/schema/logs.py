"""A mapping file: how a command-and-control log is read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BaseModel, Field, model_validator

from armsim.config.base import Model
from armsim.config.quantities import Duration, Share
from armsim.config.schema.dates import DateOf
from armsim.registry import suggestion

EventName = Literal["received", "dispatched", "mobile", "arrived", "clear", "available"]
#: Turning points of a unit response, in the order in which they must come.
EVENTS: tuple[EventName, ...] = ("received", "dispatched", "mobile", "arrived", "clear", "available")
UnitEvent = Literal["dispatched", "mobile", "arrived", "clear", "available"]
Column = Annotated[str, Field(min_length=1, max_length=200)]
_SOME_TIME = datetime(2017, 2, 23, 17, 4, 11, tzinfo=UTC)
_PAIRS = (("x_km", "y_km"), ("easting", "northing"), ("lon", "lat"))
#: Columns of the log's own frames, which an extra column may not take.
_TAKEN = frozenset(
    {"incident", "row", "type", "received", "minute", "area", "units_sent", "x_km", "y_km", "lon", "lat"}
)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = suggestion(name, available_timezones())
        raise ValueError(f'"{name}" is no time zone; write one such as "Europe/London"{hint}') from None
    return name


class Offset(Model):
    """A time written as how long after another one it was."""

    column: Column
    """Column that holds the length."""
    unit: Literal["s", "min", "h"]
    """What the column counts in: seconds, minutes or hours."""
    since: Annotated[EventName, Field(alias="from")]
    """What it counts from."""


class DateAndTime(Model):
    """A time whose date and time of day are in two columns."""

    date: Column
    """Column of the date."""
    time: Column
    """Column of the time of day."""


def _one_pair(columns: BaseModel) -> tuple[str, str] | None:
    """The pair of coordinates that *columns* names.

    Raises:
        ValueError: half a pair, or several.
    """
    halves = [pair for pair in _PAIRS if any(getattr(columns, name) is not None for name in pair)]
    for pair in halves:
        missing = [name for name in pair if getattr(columns, name) is None]
        if missing:
            raise ValueError(f"{' and '.join(pair)} go together; {missing[0]} is missing")
    if len(halves) > 1:
        raise ValueError("write one pair of coordinates: x_km and y_km, easting and northing, or lon and lat")
    return halves[0] if halves else None


class _Placed(Model):
    x_km: Column | None = None
    """Column of kilometres east, on the grid of the zones."""
    y_km: Column | None = None
    """Column of kilometres north."""
    easting: Column | None = None
    """Column of metres east, British National Grid."""
    northing: Column | None = None
    """Column of metres north."""
    lon: Column | None = None
    """Column of degrees east (WGS 84)."""
    lat: Column | None = None
    """Column of degrees north."""

    @property
    def pair(self) -> tuple[str, str] | None:
        """Names of the pair of coordinates given; ``None`` without one."""
        return _one_pair(self)

    @model_validator(mode="after")
    def _pairs(self) -> _Placed:
        _one_pair(self)
        return self


class IncidentColumns(_Placed):
    """Columns that tell of the incident."""

    id: Column
    """Column of its number; rows of one number tell of one incident."""
    received: Column | DateAndTime
    """Column of the time it was received, or {date, time}: two columns."""
    type: Column | None = None
    """Column of its type."""
    area: Column | None = None
    """Column of the area it was in, such as a ward or a station ground."""
    units_sent: Column | None = None
    """Column of the number of units sent; with a row for each unit, none counts the rows."""
    extra: dict[Annotated[str, Field(pattern=r"^[a-z]\w{0,39}$")], Column] = {}
    """More columns to keep: our name: name in the file."""

    @model_validator(mode="after")
    def _names(self) -> IncidentColumns:
        for name in self.extra:
            if name in _TAKEN:
                raise ValueError(f"extra: {name} is a column already; choose another name for it")
        return self


class UnitColumns(Model):
    """Columns that tell of one unit's response."""

    unit: Column | None = None
    """Column of the unit's name."""
    kind: Column | None = None
    """Column of the kind of unit."""
    base: Column | None = None
    """Column of the base that it came from."""
    times: dict[UnitEvent, Column | tuple[Column, ...] | DateAndTime | Offset] = {}
    """Time it was dispatched, mobile, arrived, clear of the scene, available: a column; a list of columns, of
    which the first that is filled counts; {date, time}; or a length: {column, unit, from}."""

    @model_validator(mode="after")
    def _ends(self) -> UnitColumns:
        if not self.times and self.unit is None and self.kind is None and self.base is None:
            raise ValueError("names no column; write unit, kind, base or times")
        for event, time in self.times.items():
            if isinstance(time, Offset) and EVENTS.index(time.since) >= EVENTS.index(event):
                raise ValueError(f"times: {event} must count from something before it, got {time.since}")
        return self


class Places(_Placed):
    """A table of places: bases with their units, or areas."""

    file: str
    """CSV file with a header, relative to the mapping file."""
    name: Column
    """Column of the names that the log uses."""
    units: Column | None = None
    """Bases: column of the number of units there."""

    @model_validator(mode="after")
    def _somewhere(self) -> Places:
        if self.pair is None:
            raise ValueError("needs coordinates: x_km and y_km, easting and northing, or lon and lat")
        return self


class Renamed(Model):
    """Names of the log and what they are to be called."""

    names: dict[str, str] = {}
    """Name in the log: our name; several may become one."""
    other: str | None = None
    """What every other name becomes; none leaves it as it is."""


class Values(Model):
    """New names for what columns hold."""

    type: Renamed = Renamed()
    """Types of incident."""
    kind: Renamed = Renamed()
    """Kinds of unit."""


class Stamps(Model):
    """How times are written. Those with an offset, such as ``+01:00`` or ``Z``, are read by it."""

    formats: tuple[str, ...] = ()
    """Formats in the letters of strptime, tried in order; none is ISO 8601 (2017-02-23 17:04:11)."""
    ambiguous: Literal["aside", "earlier", "later"] = "aside"
    """Times in the hour that comes twice when clocks go back: keep the row aside, or take one of the two."""

    @model_validator(mode="after")
    def _directives(self) -> Stamps:
        for one in self.formats:
            if "%" not in one:
                raise ValueError(f'formats: "{one}" has no directive; write one such as "%d/%m/%Y %H:%M"')
            if "%Z" in one:
                raise ValueError(f'formats: "{one}": names of zones (%Z) cannot be read; offsets (%z) can')
            try:
                datetime.strptime(_SOME_TIME.strftime(one), one)
            except (ValueError, re.error) as error:
                raise ValueError(f'formats: "{one}" cannot be used: {error}') from None
        return self


class Csv(Model):
    """How CSV files are written."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """What stands between cells; none is the commonest in the header of comma, semicolon, tab and bar."""
    encoding: str = "utf-8"
    """Encoding of the text, such as "cp1252" for files saved by older spreadsheets."""


class Limits(Model):
    """When a row is impossible, and how many such rows a log may have."""

    interval: Annotated[Duration, Field(gt=0)] = 1440.0
    """Longest time between two turning points of a response."""
    bad_rows: Share = 0.05
    """Share of rows kept aside above which the log is refused."""


class Span(Model):
    """Days that the log covers."""

    since: Annotated[DateOf, Field(alias="from")]
    """First day."""
    until: DateOf
    """The day after the last."""

    @model_validator(mode="after")
    def _forward(self) -> Span:
        if self.until <= self.since:
            raise ValueError(f"ends on {self.until}, not after its first day {self.since}")
        return self

    @property
    def days(self) -> tuple[date, date]:
        """First day, and the day after the last."""
        return self.since, self.until


class LogConfig(Model):
    """A mapping file: where a command-and-control log is and what its columns mean."""

    armsim_log: Literal[1]
    """Version of this format."""
    name: Annotated[str, Field(min_length=1, max_length=120)]
    """Name of the log, for people."""
    files: str | Annotated[tuple[str, ...], Field(min_length=1, max_length=1000)]
    """File or files, relative to this one: CSV (.gz too) or Parquet, all with the same columns."""
    rows: Literal["incident", "unit"]
    """What a row is: an incident with its units side by side, or one unit's response."""
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    """Time zone of the wall clock that times are written in, such as "Europe/London", or "UTC"."""
    incident: IncidentColumns
    """Columns of the incident."""
    units: tuple[UnitColumns, ...] = ()
    """Columns of the units: an entry for each unit side by side in a row; one where a row is a unit."""
    values: Values = Values()
    """New names for types and unit kinds."""
    where: dict[Column, str | tuple[str, ...]] = {}
    """Column: values to keep; all other rows are left out, which is not a fault of theirs."""
    bases: Places | None = None
    """Where the bases are."""
    areas: Places | None = None
    """Where the areas are; used for incidents without coordinates."""
    stamps: Stamps = Stamps()
    """How times are written."""
    csv: Csv = Csv()
    """How CSV files are written."""
    limits: Limits = Limits()
    """What is impossible."""
    span: Span | None = None
    """Days that the log covers; rows received outside are kept aside."""
    extent: Annotated[tuple[float, ...], Field(min_length=4, max_length=4)] | None = None
    """West, south, east and north limits in the log's own coordinates; none is judged by where most lie."""

    @model_validator(mode="after")
    def _whole(self) -> LogConfig:
        if self.rows == "unit" and len(self.units) != 1:
            raise ValueError(f"units: a log with a row for each unit has one entry, got {len(self.units)}")
        if self.extent is not None and not (
            self.extent[0] < self.extent[2] and self.extent[1] < self.extent[3]
        ):
            raise ValueError(
                "extent: write west, south, east, north, such as [503000, 155000, 562000, 201000]"
            )
        return self

    @property
    def file_names(self) -> tuple[str, ...]:
        """Names of the files of rows."""
        return (self.files,) if isinstance(self.files, str) else self.files

    @property
    def all_files(self) -> tuple[str, ...]:
        """Names of every file that is read, relative to this one."""
        return (*self.file_names, *(one.file for one in (self.bases, self.areas) if one is not None))
