"""Figures that the tables of a run show: which, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Shown(NamedTuple):
    """A figure that a table shows of every option, or of every team.

    Attributes:
        label: what it is called.
        metric: name of the metric.
        labels: part of the population; a group that is not named is all of it.
        scale: what the value is multiplied by.
        digits: after the point.
    """

    label: str
    metric: str
    labels: Mapping[str, str]
    scale: float = 1.0
    digits: int = 1
