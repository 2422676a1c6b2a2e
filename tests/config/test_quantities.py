"""Quantities: what is accepted, what it becomes, what is refused and how; agreement with the JSON Schema."""

# Tables of inputs and messages read better unbroken.
# ruff: noqa: E501

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from armsim.config.quantities import (
    Acceleration,
    ClockSpan,
    ClockTime,
    Distance,
    Duration,
    Money,
    PerYear,
    Share,
    Speed,
)

TYPES = {
    "duration": Duration, "time": ClockTime, "span": ClockSpan, "speed": Speed, "acceleration": Acceleration,
    "distance": Distance, "money": Money, "share": Share, "rate": PerYear,
}  # fmt: skip
ADAPTERS = {name: TypeAdapter(kind) for name, kind in TYPES.items()}
SCHEMAS = {name: jsonschema.Draft202012Validator(adapter.json_schema()) for name, adapter in ADAPTERS.items()}
ANY_DURATION = '"90 s", "12 min", "1 h 30 min", "4 days" or "2 weeks"'


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("duration", "12 min", 12), ("duration", "90 s", 1.5), ("duration", "1 h 30 min", 90), ("duration", "2h", 120),
        ("duration", "4 days", 5760), ("duration", "2 weeks", 20160), ("duration", "1 week 1 day 1 h", 11580),
        ("duration", "1.5 hours", 90), ("duration", "0 min", 0), ("duration", 0, 0), ("duration", "1h30min", 90),
        ("time", "22:30", 1350), ("time", "00:00", 0), ("time", "24:00", 1440), ("time", "7:05", 425),
        ("span", "07:00-17:00", ClockSpan(420, 600)), ("span", "22:00-07:00", ClockSpan(1320, 540)),
        ("span", "24 h", ClockSpan(0, 1440)), ("span", "00:00-24:00", ClockSpan(0, 1440)),
        ("span", "22:00 – 24:00", ClockSpan(1320, 120)), ("span", "24:00-02:00", ClockSpan(0, 120)),
        ("span", "23:59-00:00", ClockSpan(1439, 1)), ("span", "00:00-23:59", ClockSpan(0, 1439)),
        ("speed", "60 km/h", 1), ("speed", "30 mph", 0.804672), ("speed", "90kph", 1.5), ("speed", "2 km/min", 2),
        ("acceleration", "882 km/h2", 0.245), ("acceleration", "14.7 km/h/min", 0.245), ("speed", 0, 0),
        ("acceleration", "0.245 km/min²", 0.245), ("acceleration", "1 m/s2", 3.6), ("distance", "3 km", 3),
        ("distance", "2 miles", 3.218688), ("distance", "400 m", 0.4), ("distance", "1,200 metres", 1.2),
        ("money", "£12,705", 12705), ("money", "855 GBP", 855), ("money", "£0.50", 0.5), ("money", 0, 0),
        ("money", "£1234567", 1234567), ("share", "30%", 0.3), ("share", 0.3, 0.3), ("share", 1, 1), ("share", 0, 0),
        ("share", "100%", 1), ("share", "2.5 %", 0.025), ("rate", "228 a year", PerYear(228)), ("rate", 0, PerYear(0)),
        ("rate", "34.4 per 1,000 a year", PerYear(34.4, 1000)), ("rate", "5/year", PerYear(5)),
        ("rate", "2 per 100 people per year", PerYear(2, 100)), ("duration", 0.0, 0),
    ],
)  # fmt: skip
def test_accepted(name, written, value):
    found = ADAPTERS[name].validate_python(written)
    assert found == (value if isinstance(value, (ClockSpan, PerYear)) else pytest.approx(value, rel=1e-12))
    assert type(found) is (int if name == "time" else type(value) if name in {"span", "rate"} else float)
    SCHEMAS[name].validate(written)


@pytest.mark.parametrize(
    ("name", "written", "message"),
    [
        ("duration", 12, f"12 has no unit; write {ANY_DURATION}"),
        ("duration", "12", f'"12" is not a duration; write {ANY_DURATION}'),
        ("duration", "-5 min", f'must not be negative, got "-5 min"; write {ANY_DURATION}'),
        ("duration", -5, f"must not be negative, got -5; write {ANY_DURATION}"),
        ("duration", True, f"true is not a duration; write {ANY_DURATION}"),
        ("duration", False, f"false is not a duration; write {ANY_DURATION}"),
        ("time", "25:00", '"25:00" is not a time of day; write HH:MM, 00:00 to 24:00'),
        ("time", 730, "730 is not a time of day; write HH:MM, 00:00 to 24:00"),
        ("span", "07:00-07:00", '"07:00-07:00" ends when it starts; write "24 h" for the whole day'),
        ("span", "24:00-00:00", '"24:00-00:00" is empty; write "24 h" for the whole day'),
        ("span", "7-17", '"7-17" is not a span of hours; write "07:00-17:00", "22:00-07:00" or "24 h"'),
        ("speed", 63, '63 has no unit; write "63 km/h" or "30 mph"'),
        ("speed", "63 knots", '"63 knots" is not a speed; write "63 km/h" or "30 mph"'),
        ("acceleration", "5 km/h", None), ("distance", "3 km/h", None), ("distance", "3", None),
        ("money", 855, '855 has no unit; write "£12,705" or "855 GBP"'),
        ("money", "£-3", 'must not be negative, got "£-3"; write "£12,705" or "855 GBP"'),
        ("money", "£1,2,3", None), ("money", "$5", None), ("money", "£12,70", None),
        ("share", 30, '30 is not a share; write a number from 0 to 1, or "30%"'),
        ("share", -0.1, '-0.1 is not a share; write a number from 0 to 1, or "30%"'),
        ("share", True, None), ("share", "0.3", None), ("share", "101%", None), ("share", "100.5%", None),
        ("rate", 228, '228 has no unit; write "228 a year" or "34.4 per 1,000 a year"'),
        ("rate", "1 per 0 a year", None), ("rate", "228 a day", None),
        ("duration", "30 min 1 h", None), ("duration", "1 h 1 h", None), ("duration", "2 months", None),
        ("duration", "12 m", None), ("duration", "1e3 min", None), ("duration", "", None), ("duration", " ", None),
        ("duration", [12], None), ("duration", "12 min\n", None), ("duration", "1" * 400 + " min", None),
        ("duration", float("nan"), None), ("duration", "١٢ min", None), ("time", "22:30\n", None), ("time", 0, None),
    ],
)  # fmt: skip
def test_refused(name, written, message):
    with pytest.raises(ValidationError) as caught:
        ADAPTERS[name].validate_python(written)
    (error,) = caught.value.errors()
    text = str(error["ctx"]["error"])
    assert "write" in text
    assert message is None or text == message


_PIECES = st.sampled_from(
    [
        *(
            "1",
            "2",
            "30",
            "0.5",
            "1,000",
            "100",
            "24",
            "24:00",
            "07:00",
            "23:59",
            "-",
            "–",
            "£",
            "%",
            ":",
            ".",
            ",",
            " ",
        ),
        *(
            "h",
            "min",
            "s",
            "day",
            "days",
            "week",
            "weeks",
            "km",
            "m",
            "km/h",
            "mph",
            "GBP",
            "per",
            "a",
            "year",
            "people",
        ),
        "/year",
    ]
)
_WRITTEN = st.one_of(st.text(max_size=20), st.lists(_PIECES, max_size=9).map("".join))


@pytest.mark.parametrize("name", sorted(TYPES))
@given(written=_WRITTEN | st.integers(-2, 2) | st.floats(-2, 2) | st.booleans())
def test_editor_and_reader_agree(name, written):
    try:
        value = ADAPTERS[name].validate_python(written)
    except ValidationError as error:
        reason = str(error.errors()[0]["ctx"]["error"])
        # what a pattern cannot say, and Python's $ that stands before a last line end
        beyond = any(words in reason for words in ("ends when", "is empty", "per 0")) or str(
            written
        ).endswith("\n")
        assert beyond or not SCHEMAS[name].is_valid(written)
    else:
        assert SCHEMAS[name].is_valid(written)
        number = value.length if name == "span" else value.rate if name == "rate" else value
        assert 0 <= number < float("inf")


@given(st.integers(0, 99), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_durations_add_up(days, hours, minutes, seconds):
    text = f"{days} days {hours} h {minutes} min {seconds} s"
    assert ADAPTERS["duration"].validate_python(text) == pytest.approx(
        days * 1440 + hours * 60 + minutes + seconds / 60
    )


@given(st.integers(0, 1439), st.integers(1, 1439))
def test_spans_cover_what_they_say(start, length):
    def clock(minute):
        return f"{minute % 1440 // 60:02}:{minute % 60:02}"

    span = ClockSpan.parse(f"{clock(start)}-{clock(start + length)}")
    assert (span.start, span.length, span.end) == (start, length, start + length)


def test_rate_for_an_area():
    assert PerYear(34.4, 1000).annual(1_000_000) == pytest.approx(34_400)
    assert PerYear(228).annual(1_000_000) == 228


def test_schema_describes_the_quantity():
    schema = ADAPTERS["speed"].json_schema()
    assert schema["x-unit"] == "km per minute"
    assert schema["x-write"] == '"63 km/h" or "30 mph"'
    assert schema["description"] == "A speed."
