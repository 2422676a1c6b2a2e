"""``--fail-if``: a condition on a metric that ends the run with code 1."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from armsim.registry import suggestion

if TYPE_CHECKING:
    import pandas as pd

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip
_FORM = re.compile(r"\s*(\w+)((?::\w+=[^:=<>]+)*)\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)(\s*%)?\s*")
_HINT = "--fail-if"
#: Groups that a metric is never totalled over: left out of a condition, any row of theirs will do.
_NEVER_TOTALLED = ("milestone", "grade", "target", "kind", "work", "attack")


@dataclass(frozen=True)
class Condition:
    """A condition such as ``response_p90:grade=FIREARMS:level=CRITICAL > 20``.

    Attributes:
        text: as written.
        metric: name of the metric.
        labels: the part of the population it is about.
        sign: the comparison.
        bound: what the value is compared with.
    """

    text: str
    metric: str
    labels: dict[str, str]
    sign: str
    bound: float

    def broken_by(self, summary: pd.DataFrame) -> list[str]:
        """The figures for which the condition is true, in words; a quantile not reached is above any bound.

        Raises:
            click.UsageError: no figure of the summary is meant.
        """
        rows = summary[summary["metric"] == self.metric]
        for group in (name for name in rows.columns if name in self.labels or name in _TOTALLED):
            rows = rows[rows[group] == self.labels.get(group, "")]
        if rows.empty:
            raise click.UsageError(f"--fail-if {self.text!r}: this run has no such figure")
        compare = _OPERATORS[self.sign]
        quantile = self.metric.startswith("response_")
        found = []
        for row in rows[rows["shown"]].to_dict("records"):
            value = (
                row["value"] if row["value"] == row["value"] else (float("inf") if quantile else row["value"])
            )
            if compare(value, self.bound):
                about = ", ".join(str(row[name]) for name in (*_NEVER_TOTALLED, *_TOTALLED) if row[name])
                shown = "not reached" if value == float("inf") else f"{value:.4g}"
                found.append(f"{self.metric} ({about}) is {shown} {row['unit']}")
        return found


_TOTALLED = ("area", "level", "hour", "force", "site", "team", "employment", "cause")


def parse(text: str, known: Collection[str]) -> Condition:
    """A condition as typed.

    Raises:
        click.BadParameter: not a condition, or no such metric or group.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise click.BadParameter(
            f"{text!r} is no condition; write one such as 'response_p90:grade=FIREARMS > 20'",
            param_hint=_HINT,
        )
    if match[1] not in known:
        hint = suggestion(match[1], known) or "; armsim list metric names them all"
        raise click.BadParameter(f"unknown metric {match[1]!r}{hint}", param_hint=_HINT)
    labels = dict(part.strip().split("=", 1) for part in match[2].split(":")[1:])
    groups = (*_NEVER_TOTALLED, *_TOTALLED)
    for name in labels:
        if name not in groups:
            raise click.BadParameter(f"unknown group {name!r}{suggestion(name, groups)}", param_hint=_HINT)
    return Condition(text, match[1], labels, match[3], float(match[4]) / (100 if match[5] else 1))
