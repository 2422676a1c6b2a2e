"""A setting of a starter scenario, with how it was made and what to try beside it."""

from __future__ import annotations

from dataclasses import dataclass

Value = int | float | str | bool | None | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that is written into the file.

    Attributes:
        path: dotted path.
        value: what is set.
        why: how it was made, for the comment above it; empty for none.
        source: entry of the ``sources:`` register; empty where another one covers it.
        low: least value to try.
        high: greatest value to try.
    """

    path: str
    value: Value
    why: str = ""
    source: str = ""
    low: Value = None
    high: Value = None


def scaled(
    path: str, value: int, why: str, source: str, factors: tuple[float, float], least: int = 0
) -> Setting:
    """A whole number whose range is *factors* times itself; its ends differ from it by one at least.

    Args:
        path: dotted path.
        value: the number.
        why: how it was made.
        source: where it comes from; "assumption: " is put in front.
        factors: ends of the range over *value*.
        least: least value that the setting may have.
    """
    low = max(least, min(round(factors[0] * value), value - 1))
    high = max(round(factors[1] * value), value + 1)
    return Setting(path, value, why, f"assumption: {source}", low, high)
