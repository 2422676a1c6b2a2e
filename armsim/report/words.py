"""Text that came from a file, made harmless for a drawing or a spreadsheet."""

from __future__ import annotations

import unicodedata

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def printable(text: str) -> str:
    """The text without characters that XML forbids or that turn the reading direction; one space a gap."""
    spaced = " ".join(text.split()) if "\n" not in text else "\n".join(map(printable, text.split("\n")))
    return "".join(sign for sign in spaced if sign == "\n" or unicodedata.category(sign)[0] != "C")


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
