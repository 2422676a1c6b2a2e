"""From a case to its systems: one, or one for each alternative."""

from __future__ import annotations

from typing import Any

from armsim.study.verify.cases import Case, Fault, IncidentClass, Service, UnitConfig
from armsim.study.verify.checks import Checks
from armsim.study.verify.quantities import OF_TIME, Axis, cells, delayed_calls
from armsim.study.verify.rates import DayRate, read_rate
from armsim.study.verify.system import CallClass, System, entry

_ONE_UNIT = {1: 1.0}
#: Service of a case that only counts arrivals.
_NO_SERVICE = Service(distribution="deterministic", mean=1e-3)


def systems(case: Case) -> tuple[list[System], list[Fault]]:
    """The systems of a case, one for each alternative, and all that is wrong with the case."""
    assembly = _Assembly(case)
    found = assembly.systems()
    _, wrong = cells(case)
    faults = list(dict.fromkeys([*assembly.checks.faults, *wrong]))
    return ([] if faults else found), faults


class _Assembly:
    """Makes systems of a case that passes its checks."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.checks = Checks(case)

    def systems(self) -> list[System]:
        """The systems, or none if something is wrong."""
        self.checks.run()
        self._rates()
        model = self.case.model
        if self.checks.faults:
            return []
        if model.alternatives is None:
            return [self._system("", self.checks.units(), model.service or _NO_SERVICE)]
        found = []
        for name, other in model.alternatives.items():
            units = tuple(UnitConfig(id=f"U{number}") for number in range(1, other.units + 1))
            found.append(self._system(name, units, other.service))
        return found

    def _system(self, alternative: str, units: tuple[UnitConfig, ...], service: Service) -> System:
        model = self.case.model
        zones = tuple(zone.id for zone in model.zones)
        travel = tuple(tuple(model.travel_time.get(unit.id, (0.0,) * len(zones))) for unit in units)
        day_rates, rates = self._rates()
        classes = tuple(
            self._class(kind, rates, units, travel)
            for kind in model.incident_classes or (IncidentClass(id="calls"),)
        )
        system = System(
            case=self.case.id,
            alternative=alternative,
            zones=zones,
            units=tuple(unit.id for unit in units),
            classes=classes,
            travel=travel,
            zone_travel=model.zone_travel_time,
            service=service,
            policy=model.policy,
            day_rates=day_rates,
            arrivals=self.checks.arrivals,
            blocks=model.blocks or (),
            calls=model.n_calls or self._terminating(),
        )
        self._check_load(system)
        if system.calls:
            self._check_terminating()
        return system

    def _terminating(self) -> int:
        """Calls of a run from empty, as the expected quantities tell: the longest asked for."""
        longest = [0]
        for one in cells(self.case)[0]:
            longest.append(delayed_calls(one.quantity) or 0)
            if one.quantity == "delay_of_call":
                longest.append(int(one.at[Axis.LIMIT]))
        return max(longest)

    def _rates(self) -> tuple[tuple[DayRate, ...], tuple[float, ...]]:
        """Rates over the day by zone, if they change, and rates by zone (the highest of the day)."""
        zones, arrivals = self.case.model.zones, self.checks.arrivals
        plain = tuple(zone.rate if isinstance(zone.rate, (int, float)) else 0.0 for zone in zones)
        total = sum(plain)
        share = [rate / total if total else 1 / len(zones) for rate in plain]
        if arrivals.process == "Hawkes":
            mean = (arrivals.background_rate or 0.0) / (1 - (arrivals.branching_ratio or 0.0))
            return (), tuple(mean * one for one in share)
        if arrivals.rate_by_time is not None:
            rate = self._rate(arrivals.rate_by_time, "arrivals", "rate_by_time")
            return (rate,) * len(zones), tuple(rate.highest() * one for one in share)
        if self.checks.changing():
            day = tuple(
                self._rate(
                    zone.rate if isinstance(zone.rate, str) else (zone.rate or 0.0,), "zones", at, "rate"
                )
                for at, zone in enumerate(zones)
            )
            return day, tuple(rate.highest() for rate in day)
        return (), plain

    def _rate(self, written: str | tuple[Any, ...], *path: str | int) -> DayRate:
        try:
            return read_rate(written)
        except ValueError as error:
            self.checks.wrong(str(error), *path)
            return DayRate()

    def _class(
        self,
        kind: IncidentClass,
        rates: tuple[float, ...],
        units: tuple[UnitConfig, ...],
        travel: tuple[tuple[float, ...], ...],
    ) -> CallClass:
        rates = rates if kind.zone_rates is None else kind.zone_rates
        required = {int(number): share for number, share in (kind.units_required or {}).items() if share > 0}
        return CallClass(
            name=kind.id,
            priority=kind.priority,
            rates=rates,
            required=required or _ONE_UNIT,
            reserve=self.checks.reserve(kind),
            order=tuple(tuple(self._order(kind, zone, units, travel)) for zone in range(len(rates))),
        )

    def _order(
        self,
        kind: IncidentClass,
        zone: int,
        units: tuple[UnitConfig, ...],
        travel: tuple[tuple[float, ...], ...],
    ) -> list[int]:
        """Positions of the units that may be sent to a zone, best first."""
        names = [unit.id for unit in units]
        name = self.case.model.zones[zone].id
        written = entry((self.case.model.preference_by_class or {}).get(kind.id), name, zone)
        if written is not None:
            return [names.index(unit) for unit in written]
        general = (self.case.model.preference or {}).get(name)
        nearest = sorted(range(len(units)), key=lambda unit: (travel[unit][zone], unit))
        order = nearest if general is None else [names.index(unit) for unit in general]
        ranks = kind.type_order if isinstance(kind.type_order, tuple) else ()
        types = kind.eligible_types or ranks
        able = [unit for unit in order if not types or units[unit].type in types]
        return sorted(able, key=lambda unit: ranks.index(units[unit].type or "") if ranks else 0)

    def _check_terminating(self) -> None:
        """Runs from empty have no time averages, and calls that come at one rate."""
        if self.checks.changing():
            self.checks.wrong("a run to a given call has arrivals of one rate")
        for one in cells(self.case)[0]:
            if one.quantity in OF_TIME:
                message = "is a time average, which a run to a given call has not"
                self.checks.faults.append(Fault(("expected", one.label.partition("[")[0]), message))

    def _check_load(self, system: System) -> None:
        """A queue that can only grow has no steady state to compare with."""
        if not system.rate:
            self.checks.wrong("no calls: every rate is 0", "zones")
            return
        policy = system.policy
        if policy.queue == "loss" or policy.patience_mean is not None or system.calls or system.day_rates:
            return
        work = sum(
            rate * share * (1 if policy.release == "common" and policy.multi_unit == "single" else number)
            * min(system.mean(k, number, zone, unit) for unit in range(len(system.units)))
            for k, kind in enumerate(system.classes)
            for zone, rate in enumerate(kind.rates)
            for number, share in kind.required.items()
        )  # fmt: skip
        if work >= len(system.units):
            self.checks.wrong(f"overloaded: {work:.4g} units' work for {len(system.units)} units", "units")
