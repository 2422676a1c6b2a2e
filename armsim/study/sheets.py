"""Tables for a spreadsheet: CSV whose text cells no spreadsheet takes for a formula."""

from __future__ import annotations

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula: a leading = + - @ gets an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def inert_table(table: pd.DataFrame) -> pd.DataFrame:
    """A copy of the table whose text cells and column names are all :func:`inert`; numbers stay."""
    safe = table.rename(columns=lambda name: inert(str(name)))
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = safe[column].map(lambda cell: inert(cell) if isinstance(cell, str) else cell)
    return safe


def csv_bytes(table: pd.DataFrame, digits: int | None = None) -> bytes:
    """The table as CSV, :func:`inert`; the same table always gives the same bytes.

    Args:
        table: the table; its index is left out.
        digits: significant digits of numbers with a fraction; as many as they have when left out.
    """
    text = inert_table(table).to_csv(
        index=False, lineterminator="\n", float_format=None if digits is None else f"%.{digits}g"
    )
    return text.encode()
