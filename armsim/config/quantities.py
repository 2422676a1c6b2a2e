"""Types for quantities in a scenario file, written for people and converted once to minutes, km and pounds.

A bare number is refused where a unit is needed, 0 apart. Each type carries its JSON Schema: the pattern is
the one that reads it, ``x-write`` says what to write and ``x-unit`` what the number is inside.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from armsim.config import written
from armsim.config.paths import show


@dataclass(frozen=True, slots=True)
class Quantity:
    """Annotation of a number that is written as text with its unit.

    Attributes:
        what: such as ``a duration``.
        write: examples, ready for a message.
        pattern: what the text must match.
        read: number for a text; ``None`` when the text is no such quantity.
        unit: what the number is inside.
        bare_up_to: largest number accepted without a unit: 0, or 1 for a share.
    """

    what: str
    write: str
    pattern: str
    read: Callable[[str], float | None]
    unit: str
    bare_up_to: int = 0

    def parse(self, value: Any) -> float:
        """The number for *value* as written.

        Raises:
            ValueError: it is no such quantity; the message says what to write.
        """
        if isinstance(value, str):
            found = self.read(value)
            if found is not None:
                return found
        elif written.is_number(value) and 0 <= value <= self.bare_up_to:
            return float(value)
        raise written.refusal(value, self.what, self.write)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.parse, handler(source))

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {
            "type": ["string", "number"],
            "pattern": self.pattern,
            "minimum": 0,
            "maximum": self.bare_up_to,
            **_words(self.what, self.write),
            "x-unit": self.unit,
        }


def _words(what: str, write: str) -> dict[str, str]:
    return {"description": f"{what[0].upper()}{what[1:]}.", "x-write": write}


def _read_share(text: str) -> float | None:
    match = re.fullmatch(written.PERCENT, text)
    return float(match[1]) / 100 if match else None


class _ShareQuantity(Quantity):
    """A share, whose bare numbers are not wanting a unit but out of bounds."""

    def parse(self, value: Any) -> float:
        try:
            return Quantity.parse(self, value)
        except ValueError:
            raise ValueError(f"{show(value)} is not {self.what}; write {self.write}") from None


def _parse_clock_time(value: Any) -> int:
    found = written.read_minute(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{show(value)} is not a time of day; write HH:MM, 00:00 to 24:00")
    return found


class _ClockTime:
    """Annotation of a time of day."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_parse_clock_time, handler(source))

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {
            "type": "string",
            "pattern": written.CLOCK_TIME,
            **_words("a time of day", 'HH:MM, such as "22:30"'),
            "x-unit": "minutes",
        }


_SPAN_WRITE = '"07:00-17:00", "22:00-07:00" or "24 h"'
_PER_YEAR_WRITE = '"228 a year" or "34.4 per 1,000 a year"'


@dataclass(frozen=True, slots=True)
class ClockSpan:
    """Hours of a day, such as ``07:00-17:00``; past midnight when the end is before the start.

    Attributes:
        start: minute of the day at which they begin, 0 to 1439.
        length: minutes, 1 to 1440.
    """

    start: int
    length: int

    @property
    def end(self) -> int:
        """Minute at which they end, counted from the midnight before the start: 1 to 2879."""
        return self.start + self.length

    @classmethod
    def parse(cls, value: Any) -> ClockSpan:
        """The span that *value* writes.

        Raises:
            ValueError: not a span of hours; the message says what to write.
        """
        if isinstance(value, cls):
            return value
        match = re.fullmatch(written.CLOCK_SPAN, value) if isinstance(value, str) else None
        if match is None:
            raise ValueError(f"{show(value)} is not a span of hours; write {_SPAN_WRITE}")
        day = written.MINUTES_IN_DAY
        if match[1] is None:
            return cls(0, day)
        first, last = (written.read_minute(text) or 0 for text in match.groups())
        if first == last:
            raise ValueError(f'{show(value)} ends when it starts; write "24 h" for the whole day')
        if (first, last) == (0, day):
            return cls(0, day)
        if first % day == last % day:
            raise ValueError(f'{show(value)} is empty; write "24 h" for the whole day')
        return cls(first % day, (last - first) % day)

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.parse)

    @classmethod
    def __get_pydantic_json_schema__(cls, _: CoreSchema, __: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": written.CLOCK_SPAN, **_words("a span of hours", _SPAN_WRITE)}


@dataclass(frozen=True, slots=True)
class PerYear:
    """A yearly rate, such as ``228 a year`` or ``34.4 per 1,000 a year``.

    Attributes:
        rate: so many a year.
        per: for each so many people; ``None`` for the whole area.
    """

    rate: float
    per: float | None = None

    def annual(self, people: float) -> float:
        """Number a year in an area where *people* live."""
        return self.rate if self.per is None else self.rate * people / self.per

    @classmethod
    def parse(cls, value: Any) -> PerYear:
        """The rate that *value* writes.

        Raises:
            ValueError: not a yearly rate; the message says what to write.
        """
        if isinstance(value, cls):
            return value
        match = re.fullmatch(written.PER_YEAR, value) if isinstance(value, str) else None
        if match:
            per = written.number(match[2]) if match[2] else None
            if per == 0:
                raise ValueError(f"{show(value)} is per 0 people; write {_PER_YEAR_WRITE}")
            return cls(written.number(match[1]), per)
        if written.is_number(value) and value == 0:
            return cls(0.0)
        raise written.refusal(value, "a yearly rate", _PER_YEAR_WRITE)

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.parse)

    @classmethod
    def __get_pydantic_json_schema__(cls, _: CoreSchema, __: GetJsonSchemaHandler) -> JsonSchemaValue:
        words = _words("a yearly rate", _PER_YEAR_WRITE)
        return {
            "type": ["string", "number"],
            "pattern": written.PER_YEAR,
            "minimum": 0,
            "maximum": 0,
            **words,
        }


def _measured(what: str, write: str, units: dict[str, float], unit: str) -> Quantity:
    return Quantity(what, write, written.measure(units), written.read_measure(units), unit)


Duration = Annotated[
    float,
    Quantity(
        "a duration",
        '"90 s", "12 min", "1 h 30 min", "4 days" or "2 weeks"',
        written.DURATION,
        written.read_duration,
        "minutes",
    ),
]
"""A length of time, in minutes."""
ClockTime = Annotated[int, _ClockTime()]
"""A time of day, in minutes from midnight; 24:00 is 1440."""
Speed = Annotated[float, _measured("a speed", '"63 km/h" or "30 mph"', written.SPEED_UNITS, "km per minute")]
"""A speed, in kilometres per minute."""
Acceleration = Annotated[
    float,
    _measured(
        "an acceleration",
        '"882 km/h2", "14.7 km/h/min" or "0.245 km/min2"',
        written.ACCELERATION_UNITS,
        "km per minute squared",
    ),
]
"""An acceleration, in kilometres per minute squared."""
Distance = Annotated[float, _measured("a distance", '"3 km" or "2 miles"', written.DISTANCE_UNITS, "km")]
"""A distance, in kilometres."""
Money = Annotated[
    float,
    Quantity("a sum of money", '"£12,705" or "855 GBP"', written.MONEY, written.read_money, "pounds"),
]
"""A sum of money, in pounds."""
Share = Annotated[
    float,
    _ShareQuantity(
        "a share", 'a number from 0 to 1, or "30%"', written.PERCENT, _read_share, "", bare_up_to=1
    ),
]
"""A share, from 0 to 1."""
