"""Text that came from a file, made harmless for a drawing; for a spreadsheet see ``armsim.study.sheets``."""

from __future__ import annotations

import unicodedata

#: Abbreviations of the trade, in capitals wherever a name holds one.
_ABBREVIATED = frozenset(("AFO", "ARV", "CED", "CTSFO", "NPT", "PCSO", "SFO"))


def named(name: str) -> str:
    """A name of a scenario to be read: spaces for underscores, abbreviations of the trade in capitals."""
    parts = name.replace("_", " ").split(" ")
    return " ".join(part.upper() if part.upper() in _ABBREVIATED else part for part in parts)


def file_word(text: str) -> str:
    """A text as the end of a file's name: small letters, figures, and underscores between."""
    return "_".join("".join(sign if sign.isalnum() else " " for sign in text.lower()).split())


def printable(text: str) -> str:
    """The text without characters that XML forbids or that turn the reading direction; one space a gap."""
    spaced = " ".join(text.split()) if "\n" not in text else "\n".join(map(printable, text.split("\n")))
    return "".join(sign for sign in spaced if sign == "\n" or unicodedata.category(sign)[0] != "C")
