"""A case's system as an ordinary scenario, for the ordinary engine.

Travel that only counts in the response is scaled down so far that it still ranks and takes no time; the
recorded minutes are put back when measuring. Every unit has a base of its own, every class of calls (and
number of units required, and zone where means differ) an incident type of its own. The time unit of the case
is stretched or shrunk, as a year is the longest window of a scenario.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema import Scenario
from armsim.model.profiles import MINUTES_PER_YEAR
from armsim.model.world import World, build_world
from armsim.study.verify.rates import DAY
from armsim.study.verify.system import System

Floats = NDArray[np.float64]

#: Scale of travel that takes no time: it still ranks.
RECORDED = 1e-6
#: Minutes of the way home of a unit that starts its next trip at the last scene.
_LINGER = 1e-9
_LONGEST_WINDOW, _LONGEST_WARM_UP = 500_000.0, 80_000.0
_FASTEST = 50.0
_KIND = "unit"
#: Grades for up to so many ranks of classes, first served first.
_GRADES = {1: ("G2",), 2: ("G1", "G2"), 3: ("G1", "G2", "G3")}
_MANY_GRADES = ("FIREARMS", "G1", "PLANNED", "G2", "G3")
_SEND = {"together": "together", "as_available": "as_available", "as_available_lose_rest": "partial"}


@dataclass(frozen=True, slots=True)
class CallType:
    """What an incident type of the scenario stands for.

    Attributes:
        kind: position of the class.
        required: units that a call needs.
        zone: position of the zone, or -1 for all.
    """

    kind: int
    required: int
    zone: int

    @property
    def name(self) -> str:
        """Name of the incident type; names sort as the types are listed."""
        return f"c{self.kind:03d}k{self.required:03d}z{self.zone + 1:04d}"


@dataclass(frozen=True)
class Setup:
    """A system with the length of its replications. Times are in the time unit of the case.

    Attributes:
        system: the system.
        window: observed time of a replication.
        warm_up: time before it.
        scale: minutes of the scenario for a time unit of the case.
        runs: runs from empty; 0 for the steady state.
    """

    system: System
    window: float
    warm_up: float
    scale: float
    runs: int

    @cached_property
    def types(self) -> tuple[CallType, ...]:
        """Incident types, in order of their codes."""
        system = self.system
        split = system.service.mean_by_zone is not None or system.service.mean_by_unit_zone is not None
        zones = range(len(system.zones)) if split else (-1,)
        return tuple(
            CallType(kind, required, zone)
            for kind, one in enumerate(system.classes)
            for required in sorted(one.required)
            for zone in zones
        )

    def rates(self, one: CallType) -> dict[int, float]:
        """Calls a time unit of an incident type, by zone, at the highest of the day."""
        kind = self.system.classes[one.kind]
        share = kind.required[one.required]
        zones = range(len(kind.rates)) if one.zone < 0 else (one.zone,)
        return {zone: share * kind.rates[zone] for zone in zones}

    def base_mean(self, one: CallType) -> float:
        """Mean service of a type by the first unit; other units have factors on it."""
        return self.system.mean(one.kind, one.required, max(one.zone, 0), 0)

    def factors(self, one: CallType) -> list[float]:
        """By unit: mean service over that of the first unit."""
        base = self.base_mean(one)
        units = range(len(self.system.units))
        return [self.system.mean(one.kind, one.required, max(one.zone, 0), unit) / base for unit in units]

    @property
    def released_singly(self) -> bool:
        """Units of one call leave one by one."""
        policy = self.system.policy
        if policy.multi_unit == "single" or policy.release == "common":
            return False
        together = policy.multi_unit != "as_available"
        return not (self.system.service.common_to_all_units_of_a_call and together)


def plan(system: System, calls: int) -> Setup:
    """Replications of about *calls* calls, after a warm-up in which the memory of an empty start fades.

    The warm-up is 8 relaxation times of M/M/c, 1/(sqrt(c mu) - sqrt(lambda))^2, at a load a tenth
    higher, as several units per call or unequal units make it worse: what is left of an empty start is then
    below e^-8 of the mean at the opening of the window, and less later. Where that is more than an eighth of
    the window, the window grows, up to twofold.
    """
    runs = max(1, calls // system.calls) if system.calls else 0
    if runs:
        # Each run is followed by a pause in which all its work is done, one unit after another; half as much
        # again, and twenty runs, so that all of them fit whatever is drawn.
        window = (1.5 * runs + 20) * system.calls * (1.0 / system.rate + 2.0 * _mean_work(system))
        warm_up = 0.0
    else:
        window = calls / system.rate
        warm_up = _relaxation(system) * 8.0
        window = min(max(window, 8.0 * warm_up), 2.0 * window)
        warm_up = min(warm_up, 0.4 * window)
        if system.day_rates or system.blocks:
            window = max(1, round(window / DAY)) * DAY
            warm_up = max(1, math.ceil(warm_up / DAY)) * DAY
    scale = min(1.0, _LONGEST_WINDOW / window, _LONGEST_WARM_UP / max(warm_up, 1e-9))
    return Setup(system, window, warm_up, max(scale, system.rate / _FASTEST), runs)


def _mean_work(system: System) -> float:
    """Mean busy time that a call brings, all its units together, by the mean over units and zones."""
    units, total = range(len(system.units)), 0.0
    for k, kind in enumerate(system.classes):
        for zone, rate in enumerate(kind.rates):
            travel = float(np.mean([row[zone] for row in system.travel])) if system.busy_travel else 0.0
            travel *= 2.0 if system.policy.travel == "round_trip" else 1.0
            for number, share in kind.required.items():
                mean = float(np.mean([system.mean(k, number, zone, unit) for unit in units]))
                total += rate * share * number * (mean + travel)
    return total / system.rate


def _relaxation(system: System) -> float:
    units, work = len(system.units), _mean_work(system)
    load = min(1.1 * system.rate * work / units, 0.97)
    if system.policy.queue == "loss":
        return work
    law = system.service
    spread = {"exponential": 1.0, "deterministic": 0.0}.get(law.distribution, (law.cv or 1.0) ** 2)
    return max(1.0, (1.0 + spread) / 2.0) * work / units / (1.0 - math.sqrt(load)) ** 2


def build(setup: Setup, rate_factor: float = 1.0) -> World:
    """The world of a setup; arrivals are drawn at *rate_factor* times their rate."""
    with tempfile.TemporaryDirectory(prefix="armsim-verify-") as folder:
        here = Path(folder)
        (here / "zones.csv").write_text(_zones(setup.system), encoding="utf-8")
        np.save(here / "minutes.npy", _minutes(setup))
        return build_world(scenario(setup, rate_factor), here)


def _zones(system: System) -> str:
    """Zones of the calls, then one for each base; so small that every call is at the centroid."""
    names = [_zone(n) for n in range(len(system.zones))] + [_base(n) for n in range(len(system.units))]
    rows = [f"{name},100,1e-290,{10 * n},10,100,verification" for n, name in enumerate(names, start=1)]
    return "\n".join(["zone,population,area_km2,x_km,y_km,people_3km,force", *rows])


def _zone(position: int) -> str:
    return f"a{position:04d}"


def _base(position: int) -> str:
    return f"b{position:04d}"


def _minutes(setup: Setup) -> Floats:
    """Minutes from zone to zone: out as in the case, home as its policy says, at the scale of its travel."""
    system, zones = setup.system, len(setup.system.zones)
    size = zones + len(system.units)
    minutes = np.zeros((size, size))
    scale = setup.scale * (1.0 if system.busy_travel else RECORDED)
    out = np.array(system.travel) * scale
    minutes[zones:, :zones] = out
    if system.policy.travel == "round_trip":
        minutes[:zones, zones:] = out.T
    if system.policy.queued_travel_origin == "last_scene":
        minutes[:zones, :zones] = np.array(system.zone_travel) * scale
        minutes[:zones, zones:] = _LINGER
    return minutes


def scenario(setup: Setup, rate_factor: float = 1.0) -> Scenario:
    """The scenario of a setup; every field is one that a user may write."""
    system, scale = setup.system, setup.scale
    grades = _ranks(system)
    bases = {_base(n): {"zone": _base(n)} for n in range(len(system.units))}
    settings: dict[str, Any] = {
        "armsim": 1,
        "title": f"Verification of {system.case}"[:120],
        "start": "2018-03-05",
        "window": _time(setup.window * scale),
        "warm_up": _time(setup.warm_up * scale),
        "cool_down": _time(min(max(setup.warm_up, 0.1 * setup.window) * scale, _LONGEST_WARM_UP)),
        "region": {"zones": {"file": "zones.csv"}},
        "bases": {"homes": {"sites": bases}},
        "travel": {
            "kind": "matrix",
            "file": "minutes.npy",
            "circuity": 1,
            "acceleration": "1000 km/min2",
            "cruising_speed": "200 km/h",
        },
        "demand": {
            "types": {one.name: _incident_type(setup, one, grades, rate_factor) for one in setup.types}
        },
        "units": {_KIND: _unit(system, bases)},
        "dispatch": _dispatch(setup, grades),
        "threat": {"timeline": [{"level": "LOW"}]},
        "study": {"survey_every": 0},
    }
    if system.policy.travel == "exponential_phase":
        settings["travel"]["trip_noise"] = {"law": "exponential"}
    return Scenario.model_validate_json(json.dumps(settings))


def _unit(system: System, bases: dict[str, Any]) -> dict[str, Any]:
    serves = ["FIREARMS", "G1", "PLANNED", "G2", "G3"]
    unit = {"standing": dict.fromkeys(bases, 1), "crew": 1, "bases": "homes", "serves": serves}
    return unit | ({"returns": "home_first"} if system.policy.travel == "round_trip" else {})


def _ranks(system: System) -> list[tuple[str, int]]:
    """By class: grade and priority. Grades tell ranks apart as far as they reach, then priorities in one."""
    queue = system.policy.queue
    keys = [{"fifo": 0, "loss": kind.reserve}.get(queue, kind.priority) for kind in system.classes]
    ranks = sorted(set(keys))
    grades = _GRADES.get(len(ranks), _MANY_GRADES)
    if len(ranks) > len(grades):
        return [("G2", ranks.index(key)) for key in keys]
    return [(grades[ranks.index(key)], 0) for key in keys]


def _incident_type(
    setup: Setup, one: CallType, grades: list[tuple[str, int]], rate_factor: float
) -> dict[str, Any]:
    policy = setup.system.policy
    grade, priority = grades[one.kind]
    annual = rate_factor * MINUTES_PER_YEAR / setup.scale
    settings: dict[str, Any] = {
        "grade": grade,
        "priority": priority,
        "annual_by_zone": {_zone(zone): rate * annual for zone, rate in setup.rates(one).items()},
        "attendance": {"officers": one.required},
        "on_scene": _law(setup, one),
        "on_scene_at_latest": "1000000 min",
    }
    if policy.multi_unit != "single":
        settings["send"] = _SEND[policy.multi_unit]
        settings["release"] = "singly" if setup.released_singly else "in_common"
        if policy.multi_unit == "as_available" and not setup.released_singly:
            settings["on_scene_from"] = "full_attendance"
    factors = setup.factors(one)
    if any(factor != 1.0 for factor in factors):
        settings["on_scene_factor"] = {_base(n): factor for n, factor in enumerate(factors)}
    if policy.queue == "loss":
        settings |= {"patience": {"exactly": 0}, "patience_ends": "assignment"}
    elif policy.patience_mean is not None:
        law = {"exponential": _time(policy.patience_mean * setup.scale)}
        settings |= {"patience": law, "patience_ends": "assignment"}
    return settings


def _law(setup: Setup, one: CallType) -> dict[str, Any]:
    service, mean = setup.system.service, _time(setup.base_mean(one) * setup.scale)
    if service.distribution == "exponential":
        return {"exponential": mean}
    if service.distribution == "deterministic":
        return {"exactly": mean}
    return {"mean": mean, "cv": service.cv}


def _dispatch(setup: Setup, grades: list[tuple[str, int]]) -> dict[str, Any]:
    system = setup.system
    kept = {grades[k][0]: kind.reserve for k, kind in enumerate(system.classes) if kind.reserve}
    at_once = {"exactly": 0}
    settings: dict[str, Any] = {
        "policy": _policy(setup, bool(kept)),
        "mobilisation": {"on_patrol": at_once, "at_base": at_once},
        "overrun_limit": "1000000 min",
    }
    if kept:
        settings["reserve"] = {_KIND: kept}
    if system.policy.preemptive:
        settings["diversion"] = list(_diversion(grades))
    return settings


def _policy(setup: Setup, reserve: bool) -> dict[str, Any]:
    system = setup.system
    if system.nearest and not system.policy.preemptive:
        return {"kind": "nearest_with_reserve" if reserve else "nearest"}
    by_type = {
        one.name: {
            _zone(zone): [_base(unit) for unit in order]
            for zone, order in enumerate(system.classes[one.kind].order)
        }
        for one in setup.types
    }
    return {"kind": "preference_list", "by_type": by_type, "otherwise": "nothing"}


def _diversion(grades: list[tuple[str, int]]) -> Iterator[dict[str, Any]]:
    """Units may be taken off any work of a lower rank."""
    when = ["MOBILISING", "EN_ROUTE", "ON_SCENE"]
    order = [grade for grade in _MANY_GRADES if any(grade == used for used, _ in grades)]
    if len({grade for grade, _ in grades}) == 1:
        yield {"to": order[0], "within_grade": True, "when": when}
        return
    for position, grade in enumerate(order[:-1]):
        yield {"to": grade, "off": order[position + 1 :], "when": when}


def _time(units: float) -> str:
    """A duration as a scenario writes it: 9 decimals of a minute."""
    return f"{units:.9f} min"
