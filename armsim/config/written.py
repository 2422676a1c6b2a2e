"""Quantities as people write them: patterns, and readers that give minutes, kilometres and pounds.

Patterns hold for Python and for ECMAScript alike, so that an editor accepts exactly what armsim does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from armsim.config.paths import show

KM_PER_MILE = 1.609344
MINUTES_IN_DAY = 1440

_N = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_GROUPED = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12})(?:\.[0-9]{1,9})?"
_CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]|24:00"

# Words of each unit with its minutes; a duration names units in this order, each at most once.
_TIME_UNITS = (
    ("(?:weeks|week)", 7.0 * MINUTES_IN_DAY),
    ("(?:days|day|d)", float(MINUTES_IN_DAY)),
    ("(?:hours|hour|hrs|hr|h)", 60.0),
    ("(?:minutes|minute|mins|min)", 1.0),
    ("(?:seconds|second|secs|sec|s)", 1 / 60),
)
SPEED_UNITS = {"km/h": 1 / 60, "kph": 1 / 60, "mph": KM_PER_MILE / 60, "km/min": 1.0}
ACCELERATION_UNITS = {
    **dict.fromkeys(("km/min2", "km/min²"), 1.0),
    **dict.fromkeys(("km/h2", "km/h²"), 1 / 3600),
    **dict.fromkeys(("m/s2", "m/s²"), 3.6),
    "km/h/min": 1 / 60,
}
DISTANCE_UNITS = {
    **dict.fromkeys(("km", "kilometres", "kilometre"), 1.0),
    **dict.fromkeys(("miles", "mile"), KM_PER_MILE),
    **dict.fromkeys(("metres", "metre", "m"), 0.001),
}

DURATION = rf"^(?=[0-9]){''.join(f'(?:({_N}) ?{unit}(?: ?(?=[0-9])|$))?' for unit, _ in _TIME_UNITS)}$"
CLOCK_TIME = rf"^(?:{_CLOCK})$"
CLOCK_SPAN = rf"^(?:({_CLOCK}) ?[-–] ?({_CLOCK})|24 ?h)$"
MONEY = rf"^(?:£ ?({_GROUPED})|({_GROUPED}) ?GBP)$"
PERCENT = r"^(100(?:\.0{1,9})?|[0-9]{1,2}(?:\.[0-9]{1,9})?) ?%$"
PER_YEAR = rf"^({_GROUPED})(?: ?per ({_GROUPED})(?: people| residents)?)?(?: a year| per year|/year)$"


def measure(units: Mapping[str, float]) -> str:
    """Pattern of a number followed by one of *units*."""
    words = "|".join(re.sub(r"([./])", r"\\\1", word) for word in units)
    return rf"^({_GROUPED}) ?({words})$"


def is_number(value: Any) -> bool:
    """A number and not true or false."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def read_duration(text: str) -> float | None:
    """Minutes of ``1 h 30 min``; ``None`` when *text* is no duration."""
    match = re.fullmatch(DURATION, text)
    if match is None:
        return None
    pairs = zip(match.groups(), _TIME_UNITS, strict=True)
    return sum(number(part) * minutes for part, (_, minutes) in pairs if part)


def read_measure(units: Mapping[str, float]) -> Callable[[str], float | None]:
    """A reader for a number followed by one of *units*, which multiplies by the unit's factor."""
    pattern = measure(units)

    def read(text: str) -> float | None:
        match = re.fullmatch(pattern, text)
        return number(match[1]) * units[match[2]] if match else None

    return read


def read_money(text: str) -> float | None:
    """Pounds of ``£12,705`` or ``855 GBP``; ``None`` when *text* is no sum of money."""
    match = re.fullmatch(MONEY, text)
    return number(match[1] or match[2]) if match else None


def read_minute(text: str) -> int | None:
    """Minute of the day of ``22:30``, up to 1440 for 24:00; ``None`` when *text* is no time of day."""
    if re.fullmatch(CLOCK_TIME, text) is None:
        return None
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def number(text: str) -> float:
    """A number with commas between thousands."""
    return float(text.replace(",", ""))


def refusal(value: Any, what: str, write: str) -> ValueError:
    """The error for a *value* that is not *what*, saying what to *write*."""
    if is_number(value) and value >= 0:
        return ValueError(f"{show(value)} has no unit; write {write}")
    if is_number(value) or (isinstance(value, str) and re.match(r"(?:£ ?)?[-−] ?£? ?[0-9.]", value)):
        return ValueError(f"must not be negative, got {show(value)}; write {write}")
    return ValueError(f"{show(value)} is not {what}; write {write}")
