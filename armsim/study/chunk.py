"""One chunk of replications: run, measured and packed into a part, on whatever machine does it."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from numpy.typing import NDArray

from armsim.analysis.measure import Log, Measures, measure
from armsim.analysis.option import MILESTONES
from armsim.analysis.recovery import without_attack
from armsim.domain import Grade, Milestone, Record
from armsim.model.world import World
from armsim.study import store

FIRST_ARMED = MILESTONES.index(Milestone.FIRST_ARMED)
#: Of a replication: its index, and seconds and fate of the first armed responses to firearms incidents.
Armed = tuple[int, NDArray[Any], NDArray[Any]]


@dataclass(frozen=True)
class Task:
    """A chunk to run.

    Attributes:
        option: name of the option.
        span: indices of the replications.
        seed: seed of their random streams.
        record: how much of their logs is kept.
    """

    option: str
    span: range
    seed: int
    record: Record


@dataclass(frozen=True)
class Outcome:
    """A chunk that has ended.

    Attributes:
        task: what was to be run.
        part: what is to be written, as bytes.
        failures: replications that failed.
        line: the line of ``log.jsonl``.
        armed: first armed responses, for the progress line.
    """

    task: Task
    part: store.Packed
    failures: tuple[store.Failure, ...]
    line: dict[str, Any]
    armed: list[Armed] = field(default_factory=list)


def run_chunk(task: Task, world: World) -> Outcome:
    """Run the replications of a chunk; one that fails is noted, and the others are kept."""
    # A Dask worker has threads of its own in this process, which are no part of a chunk.
    begin, cpu = time.perf_counter(), time.thread_time()
    calm = without_attack(world)
    measures: list[Measures] = []
    failures: list[store.Failure] = []
    logs: list[tuple[int, store.Tables]] = []
    traces: list[str] = []
    for index in task.span:
        try:
            one, log = replicate(world, calm, task.seed, index, task.record)
        except Exception as error:  # whatever failed, the other replications are kept
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            failures.append(store.Failure(task.option, index, task.seed, reason))
            traces.append(traceback.format_exc())
            continue
        measures.append(one)
        if task.record is not Record.METRICS:
            logs.append((index, _kept(log.tables, task.record)))
    part = store.pack(task.option, task.span, measures, failures, logs)
    line = {
        "option": task.option,
        "first": task.span.start,
        "last": task.span.stop - 1,
        "ended": now(),
        "seconds": round(time.perf_counter() - begin, 3),
        "cpu_seconds": round(time.thread_time() - cpu, 3),
        "process": os.getpid(),
        "rows": sum(len(one.responses["fate"]) for one in measures),
        "failed": [one.replication for one in failures],
        "traces": traces,
    }
    return Outcome(task, part, tuple(failures), line, [_armed(one) for one in measures])


def replicate(
    world: World, calm: World | None, seed: int, index: int, record: Record, trails: bool = False
) -> tuple[Measures, Log]:
    """One replication: what is measured of it, and its log.

    Args:
        world: the world.
        calm: the same without the attack that the study is given, if it is (``without_attack``).
        seed: seed of the random streams.
        index: index of the replication.
        record: how much is logged.
        trails: the legs of units are logged as well.
    """
    from armsim.engine.simulation import simulate  # noqa: PLC0415 (only where something is run)

    log = simulate(world, seed, index, record, None, trails)
    without = None if calm is None else simulate(calm, seed, index, Record.METRICS)
    return measure(log, world, without), log


def now() -> str:
    """The time, for people."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _kept(tables: store.Tables, record: Record) -> store.Tables:
    if record is Record.FULL:
        return tables
    return {name: tables[name] for name in ("incidents", "deployments")}


def _armed(one: Measures) -> Armed:
    rows: Mapping[str, NDArray[Any]] = one.responses
    keep = (rows["milestone"] == FIRST_ARMED) & (rows["grade"] == Grade.FIREARMS)
    return one.replication, rows["seconds"][keep], rows["fate"][keep]
