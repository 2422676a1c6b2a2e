"""Naming a figure: ``response_p90:milestone=first_armed:level=CRITICAL``, and giving one a bound.

Groups that a metric is totalled over (area, level, hour, force and more) stand for all of it when left out;
of the others (milestone, grade, target, kind, work) every row is meant. ``arv`` is short for the first armed
unit to firearms incidents; a milestone, grade or level may be named without its group.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from armsim.analysis.metrics import GROUPS, Metric
from armsim.domain import Grade, Milestone, ThreatLevel
from armsim.registry import suggestion

#: Groups that a metric is never totalled over: left out of a name, any row of theirs will do.
NEVER_TOTALLED = ("milestone", "grade", "target", "kind", "work", "attack")
_SHORT: dict[str, dict[str, str]] = {
    "arv": {"milestone": "first_armed", "grade": "FIREARMS"},
    **{str(one): {"milestone": str(one)} for one in Milestone},
    **{one.name: {"grade": one.name} for one in Grade},
    **{one.name: {"level": one.name} for one in ThreatLevel},
}
_BOUND = re.compile(r"(.+?)\s*(?:<=|=)\s*(\d+(?:\.\d+)?(?:e-?\d+)?)\s*(min|minutes|h|%|pp)?\s*")
#: By the first word of a metric's unit: what may stand behind a number, and what it is worth in that unit.
_UNITS = {
    "share": {"%": 0.01, "pp": 0.01},
    "minutes": {"min": 1.0, "minutes": 1.0, "h": 60.0},
    "hours": {"min": 1 / 60, "minutes": 1 / 60, "h": 1.0},
}


@dataclass(frozen=True)
class Figure:
    """A metric and the part of the population that is meant.

    Attributes:
        text: as written.
        metric: name of the metric.
        labels: group: value.
    """

    text: str
    metric: str
    labels: Mapping[str, str]

    def means(self, metric: str, labels: Mapping[str, str]) -> bool:
        """Whether a row of a metric is meant; a group that *labels* lacks counts as empty."""
        if metric != self.metric:
            return False
        groups = (name for name in GROUPS if name in self.labels or name not in NEVER_TOTALLED)
        return all(labels.get(name, "") == self.labels.get(name, "") for name in groups)


def parse_figure(text: str, known: Collection[str]) -> Figure:
    """A figure as typed.

    Args:
        text: such as ``response_p90:arv:level=CRITICAL``.
        known: names of the metrics.

    Raises:
        ValueError: no such metric or group; the message suggests what may be meant.
    """
    name, *parts = (part.strip() for part in text.split(":"))
    if name not in known:
        hint = suggestion(name, known) or "; armsim list metric names them all"
        raise ValueError(f"unknown metric {name!r}{hint}")
    labels: dict[str, str] = {}
    for part in parts:
        group, sign, value = part.partition("=")
        if not sign and part in _SHORT:
            labels |= _SHORT[part]
        elif not sign:
            raise ValueError(f"unknown short form {part!r} in {text!r}{suggestion(part, _SHORT)}")
        elif group.strip() not in GROUPS:
            raise ValueError(f"unknown group {group!r} in {text!r}{suggestion(group, GROUPS)}")
        else:
            labels[group.strip()] = value.strip()
    return Figure(text.strip(), name, labels)


def in_unit(number: float, word: str, metric: Metric) -> float:
    """A number as typed, in the unit of a metric: ``1 pp`` of a share is 0.01, ``2 h`` of minutes 120.

    Args:
        number: the number.
        word: what stands behind it; empty for a number that is in the metric's unit already.
        metric: the metric.

    Raises:
        ValueError: the metric is in no such unit, or a share is above 1.
    """
    units = _UNITS.get(metric.unit.split(" ")[0], {})
    if word and word not in units:
        right = f"write {' or '.join(units)}, or no unit" if units else "write the number alone"
        raise ValueError(f"{metric.name} is in {metric.unit} and not in {word}; {right}")
    value = number * units.get(word, 1.0)
    if metric.unit == "share" and value > 1:
        raise ValueError(f"{metric.name} is a share and never above 1, got {number:g}{word}; write %")
    return value


def parse_bound(text: str, known: Mapping[str, Metric]) -> tuple[Figure, float]:
    """A figure with a bound, such as ``response_p90:arv=0.5 min`` or ``within_target = 1 pp``.

    Returns:
        The figure and the bound in the metric's unit.

    Raises:
        ValueError: not of that form, no such metric or group, a unit that is not the metric's, or a bound
            that all shares keep to.
    """
    match = _BOUND.fullmatch(text)
    if match is None:
        raise ValueError(
            f"{text!r} gives no bound; write one such as 'response_p90:arv=0.5 min' or 'within_target=1 pp'"
        )
    figure = parse_figure(match[1], known)
    bound = in_unit(float(match[2]), match[3] or "", known[figure.metric])
    if known[figure.metric].unit == "share" and bound == 1:
        raise ValueError(f"{text!r}: 1 is the whole of a share; for one percentage point write 1 pp")
    return figure, bound


def margin_of(
    metric: str, labels: Mapping[str, str], margins: Collection[tuple[Figure, float]]
) -> float | None:
    """The margin stated for a row: that of the figure named most closely; ``None`` where none is stated.

    A margin for a metric alone holds for all its rows; of two for the same rows the later.
    """
    fitting = [
        (len(figure.labels), index, margin)
        for index, (figure, margin) in enumerate(margins)
        if figure.metric == metric and all(labels.get(key, "") == one for key, one in figure.labels.items())
    ]
    return max(fitting)[2] if fitting else None
