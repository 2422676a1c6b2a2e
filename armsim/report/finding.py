"""Titles that state the finding in about ten words, and never more than the intervals allow.

Two figures are said to differ only when the limits of their paired difference leave out zero or, where no
paired difference is at hand, when their own limits do not overlap (the stricter test). Limits that cannot be
told support no claim.
"""

from __future__ import annotations

import math

from armsim.analysis.intervals import Estimate
from armsim.domain import ThreatLevel


def direction(difference: Estimate) -> int:
    """1 when the difference is clearly above zero, -1 when clearly below, 0 when that cannot be said."""
    return int(difference.low > 0) - int(difference.high < 0)


def apart(first: Estimate, second: Estimate) -> int:
    """1 when the second is clearly the larger, -1 when clearly the smaller, 0 when the limits overlap."""
    return int(second.low > first.high) - int(second.high < first.low)


def minutes(value: Estimate) -> str:
    """Minutes in words, with one decimal only when the limits are within half a minute; such as ``12.4``."""
    close = value.half_width <= 0.5
    return f"{value.value:.1f}" if close else f"{value.value:.0f}"


def percent(value: Estimate) -> str:
    """A share in words, such as ``4%`` or ``3.9%``; one decimal when below 10% and the limits are close."""
    close = value.half_width <= 0.005 and value.value < 0.1
    return f"{value.value:.1%}" if close else f"{value.value:.0%}"


def span(value: Estimate, scale: float = 1.0, decimals: int = 1) -> str:
    """The limits, such as ``11.9–12.8``; says so when they cannot be told or are not reached."""
    if math.isnan(value.low) or math.isnan(value.high):
        return "interval cannot be told"
    high = f"{value.high * scale:.{decimals}f}" if math.isfinite(value.high) else "not reached"
    return f"{value.low * scale:.{decimals}f}–{high}"


def distribution(subject: str, median: Estimate) -> str:
    """Title of the distribution of response times.

    Args:
        subject: who gets what, such as ``firearms incidents get an armed unit``.
        median: in minutes; NaN when not reached.
    """
    if math.isnan(median.value):
        return f"Median not reached for how soon {subject}"
    return f"Half of {subject} within {_about(median)}{minutes(median)} minutes"


def hours(subject: str, level: ThreatLevel, worst: tuple[int, Estimate], best: tuple[int, Estimate]) -> str:
    """Title of response by hour: names two hours only when their limits, set for all hours at once, part."""
    if apart(best[1], worst[1]) <= 0:
        return f"No clear difference in {subject} between hours at {level.name}"
    return f"At {level.name}, {subject} is slower at {worst[0]:02d}:00 than at {best[0]:02d}:00"


def availability(
    before: tuple[ThreatLevel, Estimate], after: tuple[ThreatLevel, Estimate], difference: Estimate
) -> str:
    """Title of free ARVs over time: the share of time with none free at two levels."""
    sign = direction(difference)
    if sign == 0:
        return f"No clear difference between {before[0].name} and {after[0].name} in time without a free ARV"
    verb = "rises" if sign > 0 else "falls"
    return f"Time with no ARV free {verb} from {_from_to(before[1], after[1])} at {after[0].name}"


def after_attack(hours: int, none_free: Estimate) -> str:
    """Title of free ARVs over time where an attack is given: the share of time with none free after it."""
    share = f"{_about(none_free, 0.02)}{percent(none_free)}"
    return f"No ARV is free for {share} of the {hours} hours after the attack"


def availability_alone(level: ThreatLevel, none_free: Estimate) -> str:
    """Title of free ARVs by hour when only one level occurs."""
    return f"No ARV is free for {_about(none_free, 0.02)}{percent(none_free)} of the time at {level.name}"


def forces(worst: tuple[str, Estimate], best: tuple[str, Estimate], difference: Estimate) -> str:
    """Title of free ARVs by force: the share of time with none free where it is largest and where smallest.

    Args:
        worst: a force and its share.
        best: the same for the other force.
        difference: worst less best, paired by replication.
    """
    if direction(difference) <= 0:
        return "No clear difference between forces in time without a free ARV"
    most, least = percent(worst[1]), percent(best[1])
    return f"No ARV is free {most} of the time in {worst[0]}, {least} in {best[0]}"


def limit_words(within: tuple[float, float]) -> str:
    """Urban and rural limits in minutes, such as ``10 minutes (rural: 20)``."""
    urban, rural = within
    return f"{urban:g} minutes" + ("" if urban == rural else f" (rural: {rural:g})")


def coverage(within: tuple[float, float], level: ThreatLevel, share: float) -> str:
    """Title of the map: residents whose expected first ARV is within so many minutes, urban and rural."""
    return f"{share:.0%} of residents can expect an ARV within {limit_words(within)} at {level.name}"


def percentiles(
    subject: str, first: tuple[str, Estimate, Estimate], second: tuple[str, Estimate, Estimate]
) -> str:
    """Title of percentile bars: the 90th percentile, or else the median, of two levels by their limits.

    Args:
        subject: such as ``armed response``.
        first: a level's name, its median and its 90th percentile, in minutes.
        second: the same for the other level.
    """
    pairs = (("Slowest tenth of", first[2], second[2]), ("Median", first[1], second[1]))
    for words, before, after in pairs:
        if not apart(before, after):
            continue
        word = "slower" if apart(before, after) > 0 else "faster"
        figures = f"{minutes(after)} minutes, against {minutes(before)}"
        return f"{words} {subject} is {word} at {second[0]}: {figures}"
    return f"No clear difference in {subject} between {first[0]} and {second[0]}"


def percentiles_alone(subject: str, level: str, ninetieth: Estimate) -> str:
    """Title of percentile bars when one level only can be shown."""
    if math.isnan(ninetieth.value):
        return f"90th percentile of {subject} is not reached at {level}"
    return f"Nine in ten: {subject} within {_about(ninetieth)}{minutes(ninetieth)} minutes at {level}"


def second_incident(first: tuple[Estimate, Estimate], second: tuple[Estimate, Estimate]) -> str:
    """Title of armed response to a second incident: 90th percentile, or else median, by their limits.

    Args:
        first: median and 90th percentile of any other firearms incident, in minutes.
        second: the same of a second incident.
    """
    for words, before, after in (
        ("Slowest tenth of", first[1], second[1]), ("Median", first[0], second[0])
    ):  # fmt: skip
        if apart(before, after):
            word = "slower" if apart(before, after) > 0 else "faster"
            figures = f"{minutes(after)} minutes, against {minutes(before)}"
            return f"{words} armed response is {word} to a second incident: {figures}"
    return "No clear difference in armed response to a second incident"


def by_grade(grade: str, who: str, ninetieth: Estimate) -> str:
    """Title of percentile bars by grade: within how long nine in ten are reached.

    Args:
        grade: such as ``Grade 1``.
        who: such as ``first officer``.
        ninetieth: in minutes; NaN when not reached.
    """
    whose = grade[0].lower() + grade[1:]
    if math.isnan(ninetieth.value):
        return f"Nine in ten {whose} incidents: {who} is not reached"
    return f"Nine in ten {whose} incidents: {who} within {_about(ninetieth)}{minutes(ninetieth)} minutes"


def longest_part(total: Estimate, part: str, share: Estimate, clear: bool) -> str:
    """Title of the parts of armed response.

    Args:
        total: mean of the whole, minutes.
        part: the longest part, such as ``travel``.
        share: its share of the whole.
        clear: whether it is clearly the longest.
    """
    whole = f"the average armed response of {_about(total)}{minutes(total)} minutes"
    if not clear:
        return f"No one part clearly takes the most of {whole}"
    return f"{part} is {_about(share, 0.03)}{percent(share)} of {whole}"


def busiest(level: ThreatLevel, worst: tuple[int, Estimate], best: tuple[int, Estimate]) -> str:
    """Title of what ARVs do by hour: names two hours only when their limits, set for all at once, part."""
    if apart(best[1], worst[1]) <= 0:
        return f"No clear difference in how busy ARVs are between hours at {level.name}"
    return (
        f"At {level.name}, ARVs are busiest at {worst[0]:02d}:00 ({worst[1].value:.0%}), "
        f"least at {best[0]:02d}:00 ({best[1].value:.0%})"
    )


def exactness(replications: int, ninetieth: Estimate) -> str:
    """Title of the trace: how well so many replications tell the 90th percentile of armed response."""
    half = ninetieth.half_width
    if not math.isfinite(half):
        return f"{replications:,} replications cannot tell the 90th percentile of armed response"
    known = f"{half:.1f} minutes" if half < 10 else f"{half:.0f} minutes"
    return f"Armed 90th percentile is known to ±{known} after {replications:,} replications"


def _from_to(before: Estimate, after: Estimate) -> str:
    """Two shares that differ, with as many decimals as it takes to see it, and the same for both."""
    decimals = next((some for some in (0, 1, 2) if _rounded(before, some) != _rounded(after, some)), 3)
    return f"{before.value:.{decimals}%} to {after.value:.{decimals}%}"


def _rounded(share: Estimate, decimals: int) -> str:
    return f"{share.value:.{decimals}%}"


def _about(value: Estimate, close: float = 1.0) -> str:
    """``about `` unless the limits are known and close."""
    return "" if value.half_width <= close else "about "
