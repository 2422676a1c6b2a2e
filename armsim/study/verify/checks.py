"""Checks of a case across its fields: names, sizes, policies that make sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from armsim.registry import suggestion
from armsim.study.verify.cases import (
    MEANS,
    Arrivals,
    Case,
    Fault,
    IncidentClass,
    Service,
    SystemModel,
    UnitConfig,
)


class Checks:
    """Checks of a case across its fields.

    Args:
        case: the case.

    Attributes:
        faults: what is wrong, so far.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.model: SystemModel = case.model
        self.faults: list[Fault] = []
        self.arrivals = self.model.arrivals or Arrivals()

    def run(self) -> None:
        """Check everything."""
        model = self.model
        self._parts()
        self._unique("zones", [zone.id for zone in model.zones])
        self._unique("units", [unit.id for unit in model.units or ()])
        self._unique("incident_classes", [kind.id for kind in model.incident_classes or ()])
        self._policy()
        self._reserves()
        self._travel()
        self._service()
        self._blocks()
        self._classes()

    def units(self) -> tuple[UnitConfig, ...]:
        """Units of the case; one, where it only counts arrivals."""
        return self.model.units or (UnitConfig(id="U1"),)

    def reserve(self, kind: IncidentClass) -> int:
        """A call of the class is sent only if more than so many units are free."""
        return self.model.policy.reserve.get(kind.id, kind.reserve or 0)

    def changing(self) -> bool:
        """Calls do not come at one rate."""
        by_zone = any(isinstance(zone.rate, str) for zone in self.model.zones)
        return by_zone or self.arrivals.rate_by_time is not None or self.arrivals.process == "Hawkes"

    def _parts(self) -> None:
        model = self.model
        if model.alternatives is not None:
            if model.units is not None or model.service is not None:
                self.wrong("with alternatives, units and service are theirs", "alternatives")
        elif (model.units is None or model.service is None) and model.arrivals is None:
            missing = "units" if model.units is None else "service"
            self.wrong(f"{missing} is missing")

    def wrong(self, message: str, *path: str | int, at_key: bool = False) -> None:
        """Note what is wrong at a path below ``model``."""
        self.faults.append(Fault(("model", *path), message, at_key))

    def _unique(self, key: str, names: list[str]) -> None:
        for position, name in enumerate(names):
            if name in names[:position]:
                self.wrong(f"{name!r} is there twice", key, position, "id")

    def _known(self, names: Sequence[str], known: Sequence[str], what: str, *path: str | int) -> None:
        for name in names:
            if name not in known:
                self.wrong(f"unknown {what} {name!r}{suggestion(name, known)}", *path, name, at_key=True)

    # --- checks ---------------------------------------------------------------------------------------

    def _policy(self) -> None:
        policy, classes = self.model.policy, self.model.incident_classes or ()
        if policy.preemptive and policy.queue != "priority":
            self.wrong("a preemptive policy needs queue: priority", "policy", "preemptive")
        if policy.preemptive and policy.multi_unit != "single":
            self.wrong("calls that take units off others have multi_unit: single", "policy", "preemptive")
        if policy.patience_mean is not None and policy.queue == "loss":
            self.wrong("patience needs a queue; with loss nobody waits", "policy", "patience_mean")
        if policy.multi_unit == "as_available_lose_rest" and policy.queue != "loss":
            self.wrong("as_available_lose_rest needs queue: loss", "policy", "multi_unit")
        if policy.multi_unit == "as_available" and policy.queue == "loss":
            self.wrong(
                "as_available waits for the rest; write as_available_lose_rest", "policy", "multi_unit"
            )
        if policy.multi_unit == "single" and any(set(kind.units_required or {}) - {"1"} for kind in classes):
            self.wrong("calls that need several units need another multi_unit", "policy", "multi_unit")

    def _reserves(self) -> None:
        policy, classes = self.model.policy, self.model.incident_classes or ()
        self._known(tuple(policy.reserve), [kind.id for kind in classes], "class", "policy", "reserve")
        for position, kind in enumerate(classes):
            if kind.reserve is not None and policy.reserve.get(kind.id, kind.reserve) != kind.reserve:
                self.wrong("policy.reserve says otherwise", "incident_classes", position, "reserve")
        groups: dict[object, set[int]] = {}
        for kind in classes:
            rank = {"fifo": 0, "loss": kind.id}.get(policy.queue, kind.priority)
            groups.setdefault(rank, set()).add(self.reserve(kind))
        if any(len(kept) > 1 for kept in groups.values()):
            self.wrong("classes that queue together have one reserve", "policy", "reserve")

    def _travel(self) -> None:
        model, zones = self.model, len(self.model.zones)
        units = [unit.id for unit in self.units()]
        if model.travel_time:
            self._known(tuple(model.travel_time), units, "unit", "travel_time")
            for unit in units:
                if unit not in model.travel_time:
                    self.wrong(f"unit {unit} is missing", "travel_time")
        for unit, row in model.travel_time.items():
            if len(row) != zones:
                self.wrong(f"has {len(row)} entries for {zones} zones", "travel_time", unit)
        between = model.zone_travel_time
        if between is not None and (len(between) != zones or any(len(row) != zones for row in between)):
            self.wrong(f"must be {zones} rows of {zones}", "zone_travel_time")
        if model.policy.queued_travel_origin == "last_scene":
            if between is None:
                self.wrong("last_scene needs zone_travel_time", "policy", "queued_travel_origin")
            if model.policy.travel == "round_trip":
                self.wrong("a round trip ends at home", "policy", "queued_travel_origin")
        self._preferences(units)

    def _preferences(self, units: list[str]) -> None:
        model = self.model
        zones = [zone.id for zone in model.zones]
        if model.preference is not None:
            self._lists(model.preference, zones, units, "preference")
        by_class = model.preference_by_class or {}
        classes = [kind.id for kind in model.incident_classes or ()]
        self._known(tuple(by_class), classes, "class", "preference_by_class")
        for name, lists in by_class.items():
            if isinstance(lists, Mapping):
                self._lists(lists, zones, units, "preference_by_class", name)
            elif len(lists) != len(zones):
                self.wrong(f"has {len(lists)} lists for {len(zones)} zones", "preference_by_class", name)
            else:
                for position, order in enumerate(lists):
                    self._list(order, units, "preference_by_class", name, position)
        types = {unit.type for unit in self.units() if unit.type is not None}
        for position, kind in enumerate(model.incident_classes or ()):
            for key in ("eligible_types", "type_order"):
                named = getattr(kind, key)
                for name in named if isinstance(named, tuple) else ():
                    if name not in types:
                        message = f"unknown unit type {name!r}{suggestion(name, types)}"
                        self.wrong(message, "incident_classes", position, key)

    def _lists(
        self, lists: Mapping[str, tuple[str, ...]], zones: list[str], units: list[str], *path: str | int
    ) -> None:
        self._known(tuple(lists), zones, "zone", *path)
        for zone in zones:
            if zone not in lists:
                self.wrong(f"zone {zone} is missing", *path)
        for zone, order in lists.items():
            self._list(order, units, *path, zone)

    def _list(self, order: tuple[str, ...], units: list[str], *path: str | int) -> None:
        for position, unit in enumerate(order):
            if unit not in units:
                self.wrong(f"unknown unit {unit!r}{suggestion(unit, units)}", *path, position)
            elif unit in order[:position]:
                self.wrong(f"{unit} is there twice", *path, position)
        if not order:
            self.wrong("the list is empty", *path)

    def _service(self) -> None:
        service, model = self.model.service, self.model
        if service is None:
            return
        units, zones = [unit.id for unit in self.units()], [zone.id for zone in model.zones]
        classes = [kind.id for kind in model.incident_classes or ()]
        for key, names, what in (
            ("mean_by_unit", units, "unit"),
            ("mean_by_zone", zones, "zone"),
            ("mean_by_class", classes, "class"),
        ):
            self._means(getattr(service, key), names, what, "service", key)
        for unit, table in (service.mean_by_unit_zone or {}).items():
            self._known((unit,), units, "unit", "service", "mean_by_unit_zone")
            self._means(table, zones, "zone", "service", "mean_by_unit_zone", unit)
        for number in service.mean_by_units_required or {}:
            self._number(number, "service", "mean_by_units_required", number)
        if all(getattr(service, name) is None for name in ("mean", "mean_by_unit", "mean_by_zone")):
            self._complete(service, units, classes)

    def _means(
        self,
        table: Mapping[str, float] | tuple[float, ...] | None,
        names: list[str],
        what: str,
        *path: str | int,
    ) -> None:
        if isinstance(table, Mapping):
            self._known(tuple(table), names, what, *path)
        elif table is not None and len(table) != len(names):
            self.wrong(f"has {len(table)} entries for {len(names)} ({what})", *path)
        missing = [name for name in names if isinstance(table, Mapping) and name not in table]
        if missing and self.model.service is not None and self.model.service.mean is None:
            self.wrong(f"{what} {missing[0]} is missing, and there is no mean for all", *path)

    def _complete(self, service: Service, units: list[str], classes: list[str]) -> None:
        """Means by class, by units required or by unit and zone alone must name every one of them."""
        needed = {
            number for kind in self.model.incident_classes or () for number in kind.units_required or {"1"}
        }
        given = set(service.mean_by_units_required or ())
        whole = (
            (service.mean_by_class is not None and bool(classes))
            or (service.mean_by_unit_zone is not None and set(service.mean_by_unit_zone) >= set(units))
            or (bool(given) and given >= (needed or {"1"}))
        )
        if not whole:
            self.wrong(f"some calls have no mean; write one of {', '.join(MEANS)} for all", "service")

    def _number(self, text: str, *path: str | int) -> None:
        if not (text.isdecimal() and 1 <= int(text) <= 60):
            self.wrong(f"{text!r} is no number of units", *path, at_key=True)

    def _blocks(self) -> None:
        for position, (start, end) in enumerate(self.model.blocks or ()):
            if not start < end <= 1440:
                self.wrong("a block ends after its start, within the day", "blocks", position)

    def _classes(self) -> None:
        zones, several = len(self.model.zones), len(self.model.incident_classes or ()) > 1
        for position, kind in enumerate(self.model.incident_classes or ()):
            if kind.zone_rates is None and several:
                self.wrong("with several classes each has its zone_rates", "incident_classes", position)
            if kind.zone_rates is not None and len(kind.zone_rates) != zones:
                message = f"has {len(kind.zone_rates)} entries for {zones} zones"
                self.wrong(message, "incident_classes", position, "zone_rates")
            if kind.zone_rates is not None and self.changing():
                message = "rates that change over the day are those of the zones, of one class"
                self.wrong(message, "incident_classes", position, "zone_rates")
        for position, kind in enumerate(self.model.incident_classes or ()):
            required = kind.units_required or {}
            for number in required:
                self._number(number, "incident_classes", position, "units_required", number)
            if required and abs(sum(required.values()) - 1) > 1e-6:
                message = f"the probabilities must sum to 1, got {sum(required.values()):g}"
                self.wrong(message, "incident_classes", position, "units_required")
