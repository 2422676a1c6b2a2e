"""Margins of equivalence, stated before the run, and the verdict that an interval gives against one.

"No significant difference" says only that there were few data. Here the burden lies the other way: a measure
agrees when its whole interval lies inside the margin (two one-sided tests).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

_TEXT = re.compile(r"^(?P<number>\d+(\.\d+)?) ?(?P<unit>%|pp|s|min)$")
_OF_TIME = ("_median", "_p90")


class Verdict(StrEnum):
    """What an interval says against a margin."""

    AGREES = "agrees"
    NOT_SHOWN = "not shown"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Margin:
    """A difference that does not matter.

    Attributes:
        size: share of the log's figure when relative; else minutes, or a share.
        unit: ``%`` (relative), ``pp`` (a difference of shares), ``s`` or ``min``, as it was written.
        one_sided: only a simulation that is worse counts: the difference may be as high as it likes.
    """

    size: float
    unit: str
    one_sided: bool = False

    @classmethod
    def parse(cls, text: str, measure: str = "") -> Margin:
        """A margin as it is written, such as ``8%``, ``4 pp``, ``20 s``.

        Raises:
            ValueError: it cannot be read, or is not of the measure's kind; the message says what would be.
        """
        fits = _TEXT.match(text.strip())
        allowed = units_of(measure)
        if fits is None or fits["unit"] not in allowed:
            examples = " or ".join(f"8{one}" if one == "%" else f"4 {one}" for one in allowed)
            raise ValueError(f"the margin of {measure} must be written as {examples}, got {text!r}")
        number, unit = float(fits["number"]), fits["unit"]
        size = number / 100 if unit in {"%", "pp"} else number / 60 if unit == "s" else number
        return cls(size, unit, measure in ONE_SIDED)

    @property
    def relative(self) -> bool:
        """Whether it is a share of the log's figure."""
        return self.unit == "%"

    @property
    def words(self) -> str:
        """As a planner writes it: ``8%``, ``4 points``, ``20 s``."""
        if self.unit == "%":
            return f"{100 * self.size:g}%"
        if self.unit == "pp":
            return f"{100 * self.size:g} points"
        return f"{60 * self.size:g} s" if self.unit == "s" else f"{self.size:g} min"

    def judge(self, low: float, high: float) -> Verdict:
        """The verdict on a difference with these limits, at 5% on either side."""
        if math.isnan(low) or math.isnan(high):
            return Verdict.NOT_SHOWN
        top = math.inf if self.one_sided else self.size
        if low >= -self.size and high <= top:
            return Verdict.AGREES
        return Verdict.DIFFERS if high < -self.size or low > top else Verdict.NOT_SHOWN


#: Measures of which only a simulation below the log (or below the rule it is held against) counts.
ONE_SIDED = ("same_base", "bases_within")
#: Margins where nothing else is said. Those of first and second arrivals are what issue 7 of the project asks
#: of the London log; the others are set beside them.
DEFAULTS = {
    "first_arrival_median": "8%", "first_arrival_p90": "8%", "first_arrival_within": "4 pp",
    "arrival_median": "10%", "arrival_p90": "10%", "arrival_within": "5 pp",
    "first_response_median": "8%", "first_response_p90": "8%", "first_response_within": "4 pp",
    "response_median": "10%", "response_p90": "10%", "response_within": "5 pp",
    "turnout_median": "10%", "turnout_p90": "10%", "travel_median": "10%", "travel_p90": "10%",
    "scene_median": "10%", "scene_p90": "10%", "busy_median": "10%", "busy_p90": "10%",
    "attended": "2 pp", "base_count": "25%", "bases_within": "10 pp", "same_base": "4 pp",
    "dispatch_distance": "10 pp", "units_busy": "15%",
}  # fmt: skip
#: Judged for the exit code where nothing else is said.
PRIMARY = ("first_arrival_median", "first_arrival_p90", "first_arrival_within")
_LATER = re.compile(r"^(second|third|fourth)_(?=arrival_|response_)")


def units_of(measure: str) -> tuple[str, ...]:
    """Units that a margin of *measure* may have."""
    if measure.endswith(_OF_TIME):
        return ("%", "s", "min")
    if measure in {"base_count", "units_busy"}:
        return ("%",)
    return ("pp",)


def known(measure: str) -> bool:
    """Whether a margin may be given for *measure*."""
    return _LATER.sub("", measure) in DEFAULTS or measure in DEFAULTS


def margins(given: dict[str, str]) -> dict[str, Margin]:
    """Margins by measure: the defaults, and what is *given* in their place.

    Raises:
        ValueError: a margin cannot be read.
    """
    return {name: Margin.parse(text, name) for name, text in (DEFAULTS | given).items()}


def margin_of(measure: str, table: dict[str, Margin]) -> Margin:
    """The margin of a measure; ``second_arrival_median`` has ``arrival_median``'s unless it has its own."""
    return table[measure] if measure in table else table[_LATER.sub("", measure)]
