"""Ordinary scenario files without geography, against closed forms.

Sources: Erlang (1917); Cobham (1954) for two non-preemptive classes; Pollaczek and Khinchine for M/G/1.
The exact value must lie in the 99% interval over replications, and the interval must be narrow.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.stats import t as student

from armsim.config.loader import load_scenario
from armsim.domain import Outcome, Record, UnitStatus
from armsim.engine.log import EventLog
from armsim.engine.simulation import simulate
from armsim.model.world import build_world

HERE = Path(__file__).parent
WAITED = 0.01  # minutes; travel takes less
WORK = 30.0


def erlang_b(servers: int, offered: float) -> float:
    loss = 1.0
    for k in range(1, servers + 1):
        loss = offered * loss / (k + offered * loss)
    return loss


def erlang_c(servers: int, offered: float) -> float:
    loss = erlang_b(servers, offered)
    return loss / (1 - offered / servers * (1 - loss))


def run(name: str, *sets: str) -> list[EventLog]:
    loaded = load_scenario(HERE / f"{name}.yaml", sets=sets)
    world = build_world(loaded.scenario, loaded.folder)
    study = loaded.scenario.study
    return [simulate(world, study.seed, index, Record.FULL) for index in range(study.replications)]


def counted(log: EventLog, window: float, kind: int | None = None) -> dict[str, np.ndarray]:
    table = log.tables["incidents"]
    keep = (table["received_at"] >= 0) & (table["received_at"] < window)
    if kind is not None:
        keep &= table["type"] == kind
    return {name: column[keep] for name, column in table.items()}


def waits(log: EventLog, window: float, kind: int | None = None) -> np.ndarray:
    table = counted(log, window, kind)
    return table["first_officer_at"] - table["received_at"]


def busy(log: EventLog, window: float) -> float:
    """Minutes in the window that units spend at work, of the minutes they could."""
    table = log.tables["unit_status"]
    work = np.isin(table["status"], (UnitStatus.ON_SCENE, UnitStatus.FOLLOW_ON))
    minutes = np.minimum(table["end"], window) - np.maximum(table["start"], 0.0)
    return float(np.maximum(minutes, 0.0)[work].sum() / (window * len(log.units)))


def agrees(logs: list[EventLog], value: Callable[[EventLog], float], exact: float, sharp: float) -> None:
    """The exact value is in the 99% interval, whose half-width is at most *sharp* of it."""
    values = np.array([value(log) for log in logs])
    half = student.ppf(0.995, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    assert half <= sharp * exact, f"half-width {half:.4f} of {exact:.4f}"
    assert abs(values.mean() - exact) <= half, f"{values.mean():.4f} +- {half:.4f}, exact {exact:.4f}"


def test_first_come_first_served() -> None:
    window, servers, offered = 7 * 1440.0, 4, 2.8
    logs = run("mm4")
    wait = erlang_c(servers, offered)
    rate = (servers - offered) / WORK
    agrees(logs, lambda log: (waits(log, window) > WAITED).mean(), wait, 0.08)
    agrees(logs, lambda log: waits(log, window).mean(), wait / rate, 0.2)
    # The law of the wait knows the order of service; its mean does not.
    agrees(logs, lambda log: (waits(log, window) > 40).mean(), wait * np.exp(-40 * rate), 0.3)
    agrees(logs, lambda log: busy(log, window), offered / servers, 0.03)


def test_nobody_waits() -> None:
    window, servers, offered = 3 * 1440.0, 4, 4.0
    logs = run("loss")
    loss = erlang_b(servers, offered)
    agrees(logs, lambda log: (counted(log, window)["outcome"] == Outcome.LOST).mean(), loss, 0.06)
    agrees(logs, lambda log: busy(log, window), offered * (1 - loss) / servers, 0.03)
    answered = np.concatenate([waits(log, window) for log in logs])
    assert np.nanmax(answered) < WAITED


def test_the_urgent_class_goes_first_and_interrupts_nobody() -> None:
    window, servers = 7 * 1440.0, 3
    routine, urgent = 0, 1  # types in order of name
    logs = run("two_classes")
    wait = erlang_c(servers, 2.1)
    whole = wait * WORK / servers
    agrees(logs, lambda log: waits(log, window, urgent).mean(), whole / (1 - 0.3), 0.12)
    agrees(logs, lambda log: waits(log, window, routine).mean(), whole / ((1 - 0.3) * (1 - 0.7)), 0.25)
    for kind in (urgent, routine):
        agrees(logs, lambda log, kind=kind: (waits(log, window, kind) > WAITED).mean(), wait, 0.08)
    tail = wait * np.exp(-20 * (servers - 0.9) / WORK)
    agrees(logs, lambda log: (waits(log, window, urgent) > 20).mean(), tail, 0.2)


def test_priorities_inside_a_grade_are_served_as_grades_are() -> None:
    clocks = ("received_at", "first_officer_at", "closed_at")
    grades = run("two_classes", "study.replications=3")
    priorities = run(
        "two_classes",
        "study.replications=3",
        "demand.types.routine.grade=G1",
        "demand.types.routine.priority=1",
    )
    for one, other in zip(grades, priorities, strict=True):
        for clock in clocks:
            assert np.array_equal(
                one.tables["incidents"][clock], other.tables["incidents"][clock], equal_nan=True
            )


def test_one_unit_with_lognormal_work_and_paperwork() -> None:
    window, rate = 20 * 1440.0, 0.02
    second_moment = WORK**2 + 20.0**2
    logs = run("mg1")
    agrees(logs, lambda log: waits(log, window).mean(), rate * second_moment / (2 * (1 - 0.6)), 0.2)
    agrees(logs, lambda log: (waits(log, window) > WAITED).mean(), 0.6, 0.06)
    agrees(logs, lambda log: busy(log, window), 0.6, 0.05)
