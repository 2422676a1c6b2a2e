"""Figures in words: values with their limits, names of measures, and what a difference says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from armsim.analysis.intervals import Estimate
from armsim.report.page.parts import Cell

State = Literal["better", "worse", "differs", "none", "same", "margin", "few", "unknown"]

#: Beginnings of the verdicts of ``analysis.differences.verdict`` and ``study.compare``.
_STATES: dict[str, State] = {
    "better by": "better",
    "worse by": "worse",
    "higher by": "differs",
    "lower by": "differs",
    "no clear difference": "none",
    "no difference that matters": "margin",
    "unchanged": "same",
    "too few incidents": "few",
}
MILESTONES = {
    "first_officer": "an officer",
    "first_ced": "a CED officer",
    "first_armed": "an armed unit",
    "full_attendance": "all that were asked for",
    "contained": "both waves",
}
GRADES = {"FIREARMS": "firearms incidents", "G1": "grade 1 incidents", "G2": "grade 2 incidents"}
#: Units as they stand behind a figure; what a heading says already is left out.
_UNITS = {
    "minutes": "min", "hours": "h", "hours a month": "h", "hours a week": "h", "hours a day": "h",
    "days a month": "days", "ARVs": "", "a year": "", "carriers": "", "officers": "",
}  # fmt: skip
#: Space between a figure and its unit, so that a line never ends between them.
_NO_BREAK = "\u00a0"


def amount(value: float, unit: str) -> str:
    """A figure with its unit: ``12.4 min``, ``3.9%``, ``£1.25m``; ``not reached`` where there is none."""
    return _written(value, unit, value)


def _written(value: float, unit: str, as_exact_as: float, named: bool = True, finer: int = 0) -> str:
    """A figure with as many decimals as another of its kind would have, and *finer* more."""
    if math.isnan(value):
        return "cannot be told"
    if math.isinf(value):
        return "not reached"
    if unit.startswith("pounds"):
        return pounds(value)
    if unit == "share":
        return f"{100 * value:.{1 + finer}f}{'%' if named else ''}"
    size = abs(as_exact_as) if math.isfinite(as_exact_as) else abs(value)
    decimals = finer + (0 if size >= 100 else 1 if size >= 1 or size == 0 else 2)
    name = _UNITS.get(unit, unit) if named else ""
    return f"{value:,.{decimals}f}{_NO_BREAK if name else ''}{name}"


def pounds(value: float) -> str:
    """Pounds, in millions or thousands where they are many: ``£35.47m``, ``-£12k``, ``£640``."""
    size, sign = abs(value), "-" if value < 0 else ""
    if size >= 999_500:
        return f"{sign}£{size / 1e6:.2f}m"
    return f"{sign}£{size / 1e3:.0f}k" if size >= 10_000 else f"{sign}£{size:,.0f}"


def limits(low: float, high: float, unit: str) -> str:
    """Limits such as ``11.9–12.8`` or ``0.4–2.0%``, with a word between below zero; empty when not told.

    A limit that is not zero is not written as zero, as far as two more decimals help: whether an interval
    leaves out zero is what it is read for.
    """
    if math.isnan(low) or math.isnan(high):
        return ""
    most = max((abs(one) for one in (low, high) if math.isfinite(one)), default=0.0)
    for finer in range(3):
        below, above = (_written(one, unit, most, named=False, finer=finer) for one in (low, high))
        if not any(one and not text.strip("-0.£") for one, text in ((low, below), (high, above))):
            break
    percent = "%" if unit == "share" else ""
    return f"{below}–{above}{percent}" if low >= 0 and math.isfinite(high) else f"{below} to {above}{percent}"


def with_limits(value: Estimate, unit: str) -> str:
    """A figure with its limits in brackets: ``9.1 min (7.2 to 17.4)``."""
    return _bracketed(amount(value.value, unit), limits(value.low, value.high, unit))


def figure_cell(row: Mapping[str, Any] | None) -> Cell:
    """A row of a summary as a cell, its limits under it; a dash where there is no such figure."""
    if row is None:
        return Cell("–", tone="quiet")
    if not row["shown"]:
        return Cell("too few", f"{row['n']:,.0f} incidents", "quiet")
    unit = str(row["unit"])
    return Cell(amount(row["value"], unit), limits(row["low"], row["high"], unit))


def state(row: Mapping[str, Any]) -> State:
    """What a row of a comparison says of its option."""
    verdict = str(row["verdict"])
    return next((one for begin, one in _STATES.items() if verdict.startswith(begin)), "unknown")


def more_pounds(change: Estimate) -> str:
    """A difference in money: ``£277k more (£232k–£322k)``, ``no clear difference (-£2k to £3k)``."""
    known = not (math.isnan(change.low) or math.isnan(change.high))
    if known and change.low <= 0 <= change.high:
        return f"no clear difference ({pounds(change.low)} to {pounds(change.high)})"
    if round(change.value) == 0:
        return "no more and no less"
    near, far = sorted((abs(change.low), abs(change.high)))
    return _bracketed(
        f"{pounds(abs(change.value))} {'more' if change.value > 0 else 'less'}",
        limits(near, far, "pounds") if known else "",
    )


def size(row: Mapping[str, Any], points: str = "percentage points") -> str:
    """How large a clear difference is, with its limits and no direction: ``3.1 min (2.4–3.8)``.

    Args:
        row: of a comparison.
        points: what a difference of shares is counted in.
    """
    ends = sorted(abs(row[end]) for end in ("low", "high"))
    inside = "" if math.isnan(ends[0]) or ends[0] == ends[1] else limits(*_scaled(row, *ends))
    return _bracketed(extent(row, points), inside)


def extent(row: Mapping[str, Any], points: str = "percentage points") -> str:
    """How large a difference is, without limits or direction: ``3.1 min``."""
    value, unit = _scaled(row, abs(row["difference"]))
    return f"{amount(value, unit)} {points}" if row["unit"] == "share" else amount(value, unit)


def verdict(row: Mapping[str, Any]) -> str:
    """What a row of a comparison says, as ``study.compare`` has it, with a reader's numbers."""
    how = state(row)
    if how in ("better", "worse", "differs"):
        word = how if how != "differs" else "higher" if row["difference"] > 0 else "lower"
        return f"{word} by {size(row, 'points')}"
    if how in ("none", "margin"):
        name = " points" if row["unit"] == "share" else ""
        words = "no clear difference" if how == "none" else "no difference that matters"
        return f"{words} ({limits(*_scaled(row, row['low'], row['high']))}{name})"
    return str(row["verdict"])


def _scaled(row: Mapping[str, Any], *values: float) -> tuple[Any, ...]:
    """Values of a difference and their unit; of shares in percentage points, which go without a unit."""
    if row["unit"] == "share":
        return (*(100 * one for one in values), "")
    return (*values, str(row["unit"]))


def change_cell(row: Mapping[str, Any] | None) -> Cell:
    """An option's value, and under it what the difference from its baseline says."""
    if row is None:
        return Cell("–", tone="quiet")
    how = state(row)
    if how == "few":
        return Cell("too few", "", "quiet")
    marks = {"better": "▲ ", "worse": "▼ "}
    small = marks.get(how, "") + verdict(row)
    tone: Literal["better", "worse", ""] = how if how in ("better", "worse") else ""
    return Cell(amount(row["option_value"], str(row["unit"])), small, tone)


def noun(row: Mapping[str, Any]) -> str:
    """What a row of a comparison is a figure of, inside a sentence: ``the time with no ARV free``."""
    metric, words = str(row["metric"]), measure(row)
    if metric == "no_arv_free":
        return "the time with no ARV free" + "".join(
            f", {row[one]}" for one in ("level", "hour", "force") if row[one]
        )
    if metric == "within_target":
        return f"the share {lower_first(words)}"
    if words.endswith(" within"):
        return f"the time within which {lower_first(words).removesuffix(' within')}"
    return lower_first(words)


def measure(row: Mapping[str, Any]) -> str:
    """What a row of a comparison is a figure of, short, to head a column or begin a line."""
    target, metric = str(row["target"]), str(row["metric"])
    if metric == "within_target" and target:
        rest = ", ".join(str(row[group]) for group in ("area", "level", "force") if row[group])
        return f"Within target “{target.replace('_', ' ')}”{', ' if rest else ''}{rest}"
    if (
        metric in ("response_p50", "response_p90")
        and row["milestone"] in MILESTONES
        and row["grade"] in GRADES
    ):
        share = "Half" if metric == "response_p50" else "Nine in ten"
        rest = "".join(f", {row[group]}" for group in ("area", "level", "hour", "force") if row[group])
        return f"{share} of {GRADES[row['grade']]} get {MILESTONES[row['milestone']]} within{rest}"
    about = str(row["about"])
    return f"{row['label']}{', ' if about else ''}{about}"


def moves(row: Mapping[str, Any]) -> str:
    """What a clear difference does to its figure: ``lower the time with no ARV free``."""
    up = row["difference"] > 0
    words = (
        ("lengthen", "shorten")
        if str(row["metric"]) in ("response_p50", "response_p90")
        else ("raise", "lower")
    )
    return f"{words[0] if up else words[1]} {noun(row)}"


def lower_first(text: str) -> str:
    """The text with a small first letter, unless its first word is written in capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def listed(words: list[str]) -> str:
    """Words in a row: ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def _bracketed(text: str, inside: str) -> str:
    return f"{text} ({inside})" if inside else text
