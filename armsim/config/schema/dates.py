"""Dates as written in a scenario file: year-month-day, read without a time zone."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator

_EARLIEST, _LATEST = date(1990, 1, 1), date(2100, 1, 1)


def _read_date(value: object) -> object:
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a date such as 2018-03-05")
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise ValueError(f'"{value}" is not a date; write year-month-day such as 2018-03-05') from None
    if not _EARLIEST <= found <= _LATEST:
        raise ValueError(f'must be from {_EARLIEST} to {_LATEST}, got "{value}"')
    return found


DateOf = Annotated[date, BeforeValidator(_read_date, json_schema_input_type=str)]
