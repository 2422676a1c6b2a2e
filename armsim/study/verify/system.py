"""The system of a case as numbers: units, zones, classes, travel, service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from armsim.study.verify.cases import Arrivals, Policy, Service
from armsim.study.verify.rates import DayRate

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class CallClass:
    """A class of calls.

    Attributes:
        name: its id.
        priority: 1 is served first.
        rates: calls a time unit by zone, the highest of the day where they change.
        required: number of units: probability.
        reserve: a call is sent only if more than so many units are free.
        order: by zone, positions of the units that may be sent, in order of preference.
    """

    name: str
    priority: int
    rates: tuple[float, ...]
    required: dict[int, float]
    reserve: int
    order: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class System:
    """A system ready to be simulated. Times are in the time unit of the case.

    Attributes:
        case: id of the case.
        alternative: name of the alternative, or empty.
        zones: names.
        units: names.
        classes: classes of calls.
        travel: time from each unit's base to each zone.
        zone_travel: time from zone to zone, or ``None``.
        service: service times.
        policy: what decides.
        day_rates: by zone, the rate over the day; empty where it does not change.
        arrivals: how calls arrive, if not Poisson.
        blocks: parts of the day by which results are split.
        calls: calls after which a run from empty ends; 0 for the steady state.
    """

    case: str
    alternative: str
    zones: tuple[str, ...]
    units: tuple[str, ...]
    classes: tuple[CallClass, ...]
    travel: tuple[tuple[float, ...], ...]
    zone_travel: tuple[tuple[float, ...], ...] | None
    service: Service
    policy: Policy
    day_rates: tuple[DayRate, ...]
    arrivals: Arrivals
    blocks: tuple[tuple[float, float], ...]
    calls: int

    def mean(self, kind: int, required: int, zone: int, unit: int) -> float:
        """Mean service of a call of a class that needs so many units, in a zone, by a unit."""
        unit_name, zone_name, class_name = self.units[unit], self.zones[zone], self.classes[kind].name
        service = self.service
        by_zone = entry(service.mean_by_unit_zone, unit_name, unit)
        found = (
            entry(service.mean_by_units_required, str(required), required),
            entry(service.mean_by_class, class_name, kind),
            entry(by_zone, zone_name, zone),
            entry(service.mean_by_zone, zone_name, zone),
            entry(service.mean_by_unit, unit_name, unit),
            service.mean,
        )
        return next(float(one) for one in found if one is not None)

    @cached_property
    def rate(self) -> float:
        """Calls a time unit, at the highest where it changes over the day; of a Hawkes process, its mean."""
        return sum(sum(kind.rates) for kind in self.classes)

    @property
    def nearest(self) -> bool:
        """Every list of preference is all the units by travel time, none as far as another.

        Where two are, the engine's rule sends the one that has been free longest, and a list must decide.
        """
        travel = np.array(self.travel)
        by_zone = [tuple(np.argsort(travel[:, z], kind="stable").tolist()) for z in range(len(self.zones))]
        ties = any(len(set(column)) < len(self.units) for column in travel.T.tolist())
        zones = range(len(self.zones))
        return not ties and all(kind.order[z] == by_zone[z] for kind in self.classes for z in zones)

    @property
    def busy_travel(self) -> bool:
        """Travel is part of the busy time."""
        return self.policy.travel != "recorded_only"


def entry(table: Mapping[str, _Value] | Sequence[_Value] | None, name: str, position: int) -> _Value | None:
    """The entry of a table that goes by name, or by position; ``None`` if there is none."""
    if table is None:
        return None
    if isinstance(table, Mapping):
        return table.get(name)
    return table[position] if position < len(table) else None
