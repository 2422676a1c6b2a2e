"""Text that came from a file, made harmless for a drawing; for a spreadsheet see ``armsim.study.sheets``."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """The text without characters that XML forbids or that turn the reading direction; one space a gap."""
    spaced = " ".join(text.split()) if "\n" not in text else "\n".join(map(printable, text.split("\n")))
    return "".join(sign for sign in spaced if sign == "\n" or unicodedata.category(sign)[0] != "C")
