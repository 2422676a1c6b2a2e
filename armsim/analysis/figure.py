"""Naming a figure: ``response_p90:milestone=first_armed:level=CRITICAL``, and giving one a bound.

Groups that a metric is totalled over (area, level, hour, force and more) stand for all of it when left out;
of the others (milestone, grade, target, kind, work) every row is meant. ``arv`` is short for the first armed
unit to firearms incidents; a milestone, grade or level may be named without its group.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from armsim.analysis.metrics import GROUPS
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
_BOUND = re.compile(r"(.+?)\s*(?:<=|=)\s*(\d+(?:\.\d+)?)\s*(min|minutes|h|%|pp)?\s*")
_UNITS = {"h": 60.0, "%": 0.01, "pp": 0.01}


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
        raise ValueError(f"unknown metric {name!r}{suggestion(name, known)}")
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


def parse_bound(text: str, known: Collection[str]) -> tuple[Figure, float]:
    """A figure with a bound, such as ``response_p90:arv=0.5 min`` or ``within_target = 1 pp``.

    Returns:
        The figure and the bound in the metric's unit: hours are turned into minutes, % and pp into shares.

    Raises:
        ValueError: not of that form, or no such metric or group.
    """
    match = _BOUND.fullmatch(text)
    if match is None:
        raise ValueError(
            f"{text!r} gives no bound; write one such as 'response_p90:arv=0.5 min' or 'within_target=1 pp'"
        )
    return parse_figure(match[1], known), float(match[2]) * _UNITS.get(match[3] or "", 1.0)


def margin_of(
    metric: str, labels: Mapping[str, str], margins: Collection[tuple[Figure, float]]
) -> float | None:
    """The margin stated for a row: that of the figure named most closely; ``None`` where none is stated.

    A margin for a metric alone holds for all its rows.
    """
    fitting = [
        (len(figure.labels), margin)
        for figure, margin in margins
        if figure.metric == metric and all(labels.get(key, "") == one for key, one in figure.labels.items())
    ]
    return max(fitting)[1] if fitting else None
