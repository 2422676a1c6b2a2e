"""Faults planted in the engine make ``armsim verify --quick`` end with 1.

Each fault is planted for one test, in process, and the command is run on the packaged case that should
notice. A case's draws hang on its id and the seed alone: that the engine as it is passes the same runs is
what ``test_verify.py`` shows of all packaged cases.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from armsim.cli import main
from armsim.engine import aftermath, casework, control_room, fleet, incident, rules, scene, simulation
from armsim.model.policies import nearest, preference_list
from armsim.model.travel import noise
from armsim.model.travel.leg import Leg
from armsim.study.verify import cases
from armsim.study.verify.assembly import systems
from armsim.study.verify.judge import LARGEST_Z
from armsim.study.verify.reading import read_cases
from armsim.study.verify.runner import QUICK
from armsim.study.verify.translate import plan

Plant = Callable[[pytest.MonkeyPatch], None]
PACKAGED = Path(cases.__file__).with_name("cases.json")

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
#: Faults with which a system never comes to the end of its calls.
OVERLOADED = ("work starts again",)


def run(name: str, folder: Path) -> Result:
    """The command on one packaged case."""
    cases = json.loads(PACKAGED.read_text(encoding="utf-8"))
    (one,) = (case for case in cases["cases"] if case["id"].startswith(f"{name}-"))
    file = folder / "case.json"
    file.write_text(json.dumps(cases | {"cases": [one]}))
    return CliRunner().invoke(main, ["verify", str(file), "--quick", "-j", "1", "--format", "json"])


@cache
def minutes(name: str, time: float) -> float:
    """Minutes of the scenario for a time of a case."""
    (case,) = (one for one in read_cases([]) if one.id.startswith(f"{name}-"))
    return time * plan(systems(case)[0][0], QUICK.calls).scale


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_planted_fault_is_noticed(mutation: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    name, plant = MUTATIONS[mutation]
    plant(monkeypatch)
    done = run(name, tmp_path)
    assert done.exit_code == 1, done.output
    if mutation in OVERLOADED:
        assert "calls were still open" in done.stderr
        return
    told = json.loads(done.stdout)
    drawn = [abs(one["z"]) for one in told if one["metric"].startswith("draws")]
    results = [abs(one["z"]) for one in told if not one["metric"].startswith("draws")]
    assert max(results) > LARGEST_Z  # not for wide intervals alone
    assert max(drawn) <= LARGEST_Z


def test_the_engine_as_it_is_passes_the_same_command(tmp_path: Path) -> None:
    done = run("S01", tmp_path)
    assert done.exit_code == 0, done.output
