"""Faults planted in the engine are noticed by the packaged cases; the engine as it is passes the same cases.

Each fault is planted for one test, in process. The runs are the quick ones of ``armsim verify`` at a smaller
size, with a fixed seed, so that a test gives the same verdicts every time.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from armsim.engine import aftermath, casework, control_room, fleet, incident, rules, scene, simulation
from armsim.model.policies import nearest, preference_list
from armsim.model.travel import noise
from armsim.model.travel.leg import Leg
from armsim.study.verify.assembly import systems
from armsim.study.verify.judge import LARGEST_Z, Judged, accepted
from armsim.study.verify.reading import read_cases
from armsim.study.verify.runner import Effort, verify
from armsim.study.verify.translate import plan

Plant = Callable[[pytest.MonkeyPatch], None]
SMALL = Effort(replications=20, calls=750, most=15_000, slack=math.inf)
SEED = 20

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        # A module that can be imported has a spec, which a type checker cannot know.
        not (importlib.util.find_spec("armsim.engine.fleet").origin or "").endswith(".py"),  # type: ignore[union-attr]
        reason="faults can be planted in the plain engine only, not in the compiled one",
    ),
]


def after(patch: pytest.MonkeyPatch, owner: Any, name: str, change: Callable[..., None]) -> None:
    """Let *change* run after a method, with its arguments."""
    real = getattr(owner, name)

    def planted(*args: Any) -> Any:
        result = real(*args)
        change(*args)
        return result

    patch.setattr(owner, name, planted)


# --- the queue ------------------------------------------------------------------------------------------


def newest_first(patch: pytest.MonkeyPatch) -> None:
    def change(one: Any, *_: Any) -> None:
        grade, priority, received_at, number = one.order
        one.order = (grade, priority, -received_at, -number)

    after(patch, incident.Incident, "__init__", change)


def grades_alike(patch: pytest.MonkeyPatch) -> None:
    after(patch, incident.Incident, "__init__", lambda one, *_: setattr(one, "order", (0, *one.order[1:])))


def priorities_alike(patch: pytest.MonkeyPatch) -> None:
    def change(one: Any, *_: Any) -> None:
        one.order = (one.order[0], 0, *one.order[2:])

    after(patch, incident.Incident, "__init__", change)


def nobody_is_lost(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(casework.Casework, "watch_patience", lambda *_: None)


def patience_twice_as_long(patch: pytest.MonkeyPatch) -> None:
    def change(one: Any, *_: Any) -> None:
        one.lost_at = 2.0 * one.lost_at - one.drawn.received_at

    after(patch, incident.Incident, "__init__", change)


def those_behind_go_ahead(patch: pytest.MonkeyPatch) -> None:
    """An incident that waits for units to go together holds nobody up."""

    def serve(self: casework.Casework, room: control_room.ControlRoom, now: float) -> None:
        for waiting in list(room.queue):
            if waiting.queued and waiting.wanted:
                self.attend(waiting, now)
        if room.queue:
            self.watch_units(room)

    patch.setattr(casework.Casework, "_serve", serve)
    patch.setattr(control_room.ControlRoom, "blocks", lambda *_: False)


# --- who is sent ----------------------------------------------------------------------------------------


def farthest_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(nearest.Nearest, "costs", lambda _, __, found: [-one for one in found.minutes])


def lists_backwards(patch: pytest.MonkeyPatch) -> None:
    real = preference_list._places

    def places(options: Any, zones: list[str]) -> Any:
        return {
            zone: {name: -place for name, place in order.items()}
            for zone, order in real(options, zones).items()
        }

    patch.setattr(preference_list, "_places", places)


def no_reserve(patch: pytest.MonkeyPatch) -> None:
    real = rules._reserve
    patch.setattr(rules, "_reserve", lambda *args: tuple(tuple(0 for _ in row) for row in real(*args)))


def one_too_few(patch: pytest.MonkeyPatch) -> None:
    def change(one: Any, *_: Any) -> None:
        one.needs = (max(1, one.needs[0] - 1), *one.needs[1:])
        one.short = list(one.needs)

    after(patch, incident.Incident, "__init__", change)


def with_rules(**changes: Any) -> Plant:
    """Incident types have other rules than the scenario says."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        real = simulation.type_rules
        patch.setattr(simulation, "type_rules", lambda *args: replace(real(*args), **changes))

    return plant


def no_diversion(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rules, "_diversion", lambda *_: tuple({} for _ in rules._GRADES))


# --- where units are, and for how long they are busy -----------------------------------------------------


def starts_from_base(patch: pytest.MonkeyPatch) -> None:
    def change(self: fleet.Fleet, unit: Any, _: float) -> None:
        if unit.free:
            unit.leg = unit.group[unit] = Leg.at(unit.base)

    after(patch, fleet.Fleet, "resume", change)


def free_at_the_scene(patch: pytest.MonkeyPatch) -> None:
    real = simulation.kind_rules
    patch.setattr(simulation, "kind_rules", lambda *args: replace(real(*args), home_first=False))


def trips_take_no_time(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(noise.ExponentialTrips, "factor", lambda *_: 0.0)


def service_of_the_first_unit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(incident.TypeRules, "work_factor", lambda *_: 1.0)


def work_left_is_lost(patch: pytest.MonkeyPatch) -> None:
    after(patch, scene.Scene, "left", lambda _, left, __: setattr(left.incident, "work_left", 0.0))


def work_starts_again(patch: pytest.MonkeyPatch) -> None:
    def change(_: Any, left: Any, __: float) -> None:
        left.incident.work_left = left.incident.drawn.work

    after(patch, scene.Scene, "left", change)


def a_tenth_longer(patch: pytest.MonkeyPatch) -> None:
    """Units are busy after each job for a tenth of the mean service of case S01."""
    after(
        patch,
        aftermath.Aftermath,
        "__init__",
        lambda self, *_: setattr(self, "_paperwork", minutes("S01", 4.5)),
    )


MUTATIONS: dict[str, tuple[str, Plant]] = {
    "newest first": ("S01", newest_first),
    "grades alike": ("S05", grades_alike),
    "priorities inside a grade alike": ("S06", priorities_alike),
    "nobody is lost": ("S02", nobody_is_lost),
    "patience twice as long": ("S03", patience_twice_as_long),
    "those behind go ahead": ("S15", those_behind_go_ahead),
    "farthest first": ("S08", farthest_first),
    "lists backwards": ("S12", lists_backwards),
    "reserve ignored": ("S13", no_reserve),
    "one unit too few": ("S16", one_too_few),
    "the rest is not lost": ("S18", with_rules(partial=False)),
    "released in common": ("S17", with_rules(singly=False)),
    "released singly": ("S16", with_rules(singly=True)),
    "sent as they come free": ("S15", with_rules(together=False)),
    "no diversion": ("S07", no_diversion),
    "work left is lost": ("S07", work_left_is_lost),
    "work starts again": ("S07", work_starts_again),
    "starts from base": ("S10", starts_from_base),
    "free at the scene": ("S04", free_at_the_scene),
    "trips take no time": ("S11", trips_take_no_time),
    "first unit's service": ("S09", service_of_the_first_unit),
    "a tenth longer": ("S01", a_tenth_longer),
}
CASES = {case.id.partition("-")[0]: case for case in read_cases([])}


def run(name: str) -> list[Judged]:
    return verify([CASES[name]], SMALL, SEED)


@cache
def minutes(name: str, time: float) -> float:
    """Minutes of the scenario for a time of a case."""
    return time * plan(systems(CASES[name])[0][0], SMALL.calls).scale


@pytest.mark.parametrize("name", sorted({case for case, _ in MUTATIONS.values()}))
def test_the_engine_as_it_is_passes(name: str) -> None:
    judged = run(name)
    assert accepted(judged), [(one.cell.label, one.verdict, one.z) for one in judged if one.verdict != "ok"]


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_planted_fault_is_noticed(mutation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, plant = MUTATIONS[mutation]
    plant(monkeypatch)
    judged = run(name)
    assert not accepted(judged)
    results = [one for one in judged if one.cell.quantity != "draws"]
    assert max(abs(one.z) for one in results) > LARGEST_Z  # not for wide intervals alone
    assert all(one.verdict != "wrong" for one in judged if one.cell.quantity == "draws")
