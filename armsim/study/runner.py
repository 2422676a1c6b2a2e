"""Running a study: chunks of replications over processes, each written as it ends, so that a run resumes."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.curve import ResponseCurve
from armsim.analysis.measure import Measures, measure
from armsim.analysis.option import MILESTONES
from armsim.analysis.recovery import without_attack
from armsim.domain import Grade, Milestone, Record
from armsim.errors import RunFolderError
from armsim.model.world import World
from armsim.study import files, finish, store
from armsim.study.plan import Study, chunks
from armsim.study.results import Results
from armsim.study.workers import deaf_to_interrupts, workers
from armsim.study.worlds import bases_of, world_of

_FIRST_ARMED = MILESTONES.index(Milestone.FIRST_ARMED)


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        done: replications that exist, over all options.
        total: replications asked for, over all options.
        per_minute: replications a minute since this run began; NaN before the first.
        remaining: minutes left at that rate; NaN before the first.
        half_width: half-width of the 90th percentile of the first armed response of the first option,
            minutes; NaN while it cannot be told.
    """

    done: int
    total: int
    per_minute: float
    remaining: float
    half_width: float


@dataclass(frozen=True)
class Finished:
    """How a run ended.

    Attributes:
        folder: the run folder.
        failures: replications that failed; the others are kept.
        notes: what the world builders have to say.
        ran: replications run now; the rest were there already.
        results: the run folder, read; ``None`` while no replication has finished.
    """

    folder: Path
    failures: tuple[store.Failure, ...]
    notes: tuple[str, ...]
    ran: int
    results: Results | None


@dataclass(frozen=True)
class _Task:
    folder: Path
    option: str
    world: Path
    span: range
    seed: int
    record: Record


@dataclass(frozen=True)
class _Report:
    option: str
    span: range
    failures: tuple[store.Failure, ...]
    line: dict[str, Any]
    armed: list[tuple[int, NDArray[Any], NDArray[Any]]] = field(default_factory=list)


def run_study(
    study: Study,
    root: str | os.PathLike[str] = "results",
    *,
    jobs: int = 1,
    fresh: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "",
) -> Results:
    """Run a study, or what is left of it, and open its results; see :func:`execute`."""
    done = execute(study, root, jobs=jobs, fresh=fresh, progress=progress, command=command)
    return Results.open(done.folder) if done.results is None else done.results


def execute(
    study: Study,
    root: str | os.PathLike[str] = "results",
    *,
    jobs: int = 1,
    fresh: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "",
) -> Finished:
    """Run what is not there yet of a study, in ``<root>/<run id>``.

    The files that are derived from the parts are the same whatever the number of jobs and interruptions.

    Args:
        study: what to run.
        root: folder of run folders.
        jobs: processes.
        fresh: delete what an earlier run of the same study left.
        progress: called as chunks end.
        command: what the manifest says was typed.

    Raises:
        RunFolderError: the folder is in use, holds another run, or cannot be written.
        ScenarioError, DataError: a world cannot be built.
        KeyboardInterrupt: interrupted; every chunk that had ended is kept.
    """
    folder = Path(root) / study.run_id
    started = _now()
    worlds = {name: world_of(loaded) for name, loaded in study.options.items()}
    notes = tuple(dict.fromkeys(note for world in worlds.values() for note in world.notes))
    with files.locked(folder):
        finish.prepare(folder, study, fresh)
        finish.write_zones(folder, {name: world.zones for name, world in worlds.items()})
        written = partial(
            finish.write_manifest,
            folder,
            study,
            command=command,
            started=started,
            notes=notes,
            bases={name: bases_of(world) for name, world in worlds.items()},
            git=finish.git_state(next(iter(study.options.values())).folder),
        )
        written(finished="", failures=_failures(folder, study), warm_up={})
        ran = _run(folder, study, worlds, jobs, progress)
        failures = _failures(folder, study)
        data = {name: store.read_option(folder, name, one.scenario) for name, one in study.options.items()}
        finished = any(len(one.totals) for one in data.values())
        if finished:
            finish.write_metrics(folder, data)
        warm_up = {name: one.warm_up for name, one in data.items()}
        written(finished=_now(), failures=failures, warm_up=warm_up)
        results = Results(folder, store.read_manifest(folder), data) if finished else None
    return Finished(folder, failures, notes, ran, results)


def _run(
    folder: Path,
    study: Study,
    worlds: dict[str, World],
    jobs: int,
    progress: Callable[[Progress], None] | None,
) -> int:
    done = {name: _usable(folder, name, study.replications) for name in study.options}
    spans = {name: chunks(study.replications, have) for name, have in done.items()}
    if not any(spans.values()):
        return 0
    watch = _Watch(study, sum(len(have) for have in done.values()), progress)
    if progress is not None and done[watch.option]:
        watch.seen(_armed_rows(folder, watch.option))
    with tempfile.TemporaryDirectory(prefix="armsim-") as scratch:
        tasks = []
        for number, (name, world) in enumerate(worlds.items()):
            pickled = Path(scratch) / f"world-{number}.pickle"
            pickled.write_bytes(pickle.dumps(world, protocol=pickle.HIGHEST_PROTOCOL))
            record = Record(study.record or Record.METRICS)
            tasks += [_Task(folder, name, pickled, span, study.seed, record) for span in spans[name]]
        # Options take turns, so that an interrupted run has pairs to compare.
        tasks.sort(key=lambda task: task.span.start)
        for report in _reports(tasks, jobs):
            with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(report.line, ensure_ascii=False) + "\n")
            watch.take(report)
    return watch.ran


def _usable(folder: Path, option: str, replications: int) -> set[int]:
    """Replications that exist; damaged parts and failed replications are cleared to be run again."""
    good, damaged = store.verified_parts(folder, option)
    for path in damaged:
        shutil.rmtree(path)
    return {index for part in good for index in part.replications if index < replications}


def _failures(folder: Path, study: Study) -> tuple[store.Failure, ...]:
    """Failures of replications that no part holds."""
    found: list[store.Failure] = []
    for name in study.options:
        parts, _ = store.verified_parts(folder, name)
        ran = {index for part in parts for index in part.replications}
        latest = {one.replication: one for part in parts for one in part.failures}
        found += [one for index, one in sorted(latest.items()) if index not in ran]
    return tuple(found)


def _reports(tasks: list[_Task], jobs: int) -> Iterator[_Report]:
    """Reports of the tasks as they end."""
    if jobs <= 1 or len(tasks) <= 1:
        yield from map(_run_chunk, tasks)
        return
    try:
        with workers(min(jobs, len(tasks)), "armsim.study.runner", "armsim.engine.simulation") as pool:
            left = iter(tasks)
            with deaf_to_interrupts():  # processes are started here, and are born deaf
                running = {pool.submit(_run_chunk, task) for task in islice(left, jobs)}
            while running:  # no more is handed out than is being run: an interrupt waits for nothing else
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                running |= {pool.submit(_run_chunk, task) for task in islice(left, len(ended))}
                for future in ended:
                    yield future.result()
    except BrokenProcessPool:
        raise RunFolderError(
            "a worker process was killed, perhaps for want of memory; the same command goes on, with fewer -j"
        ) from None


def _run_chunk(task: _Task) -> _Report:
    """Run the replications of a chunk and write its part."""
    from armsim.engine.simulation import simulate  # noqa: PLC0415 (workers only)

    world, begin = _world(task.world), time.perf_counter()
    calm = without_attack(world)
    measures: list[Measures] = []
    failures: list[store.Failure] = []
    logs: list[tuple[int, Any]] = []
    traces: list[str] = []
    for index in task.span:
        try:
            log = simulate(world, task.seed, index, task.record)
            # Beside the attack that a study is given, the same replication without it.
            without = None if calm is None else simulate(calm, task.seed, index, Record.METRICS)
            measures.append(measure(log, world, without))
            if task.record is not Record.METRICS:
                logs.append((index, _kept(log.tables, task.record)))
        except Exception as error:  # whatever failed, the other replications are kept
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            failures.append(store.Failure(task.option, index, task.seed, reason))
            traces.append(traceback.format_exc())
    store.write_part(task.folder, task.option, task.span, measures, failures, logs)
    line = {
        "option": task.option,
        "first": task.span.start,
        "last": task.span.stop - 1,
        "ended": _now(),
        "seconds": round(time.perf_counter() - begin, 3),
        "process": os.getpid(),
        "rows": sum(len(one.responses["fate"]) for one in measures),
        "failed": [one.replication for one in failures],
        "traces": traces,
    }
    return _Report(task.option, task.span, tuple(failures), line, [_armed(one) for one in measures])


@lru_cache(maxsize=2)
def _world(path: Path) -> World:
    """The world in a file that this run wrote; kept between the chunks of a process."""
    world: World = pickle.loads(path.read_bytes())
    return world


def _kept(tables: dict[str, dict[str, NDArray[Any]]], record: Record) -> dict[str, dict[str, NDArray[Any]]]:
    if record is Record.FULL:
        return tables
    return {name: tables[name] for name in ("incidents", "deployments")}


def _armed(one: Measures) -> tuple[int, NDArray[Any], NDArray[Any]]:
    """Seconds and fate of the first armed response to firearms incidents of a replication."""
    rows = one.responses
    keep = (rows["milestone"] == _FIRST_ARMED) & (rows["grade"] == Grade.FIREARMS)
    return one.replication, rows["seconds"][keep], rows["fate"][keep]


def _armed_rows(folder: Path, option: str) -> list[tuple[int, NDArray[Any], NDArray[Any]]]:
    table = store.read_responses(folder, option)
    table = table[(table["milestone"] == _FIRST_ARMED) & (table["grade"] == Grade.FIREARMS)]
    return [
        (int(str(index)), part["seconds"].to_numpy(), part["fate"].to_numpy())
        for index, part in table.groupby("replication", sort=True)
    ]


class _Watch:
    """Counts what has ended and tells the caller."""

    def __init__(self, study: Study, done: int, tell: Callable[[Progress], None] | None) -> None:
        self.option = next(iter(study.options))
        self.ran = 0
        self._before = done
        self._total = study.replications * len(study.options)
        self._tell = tell
        self._began = time.monotonic()
        self._armed: list[tuple[int, NDArray[Any], NDArray[Any]]] = []
        self._confidence = study.options[self.option].scenario.study.confidence

    def seen(self, rows: list[tuple[int, NDArray[Any], NDArray[Any]]]) -> None:
        """Add rows of the first armed response."""
        self._armed += rows

    def take(self, report: _Report) -> None:
        """A chunk has ended."""
        self.ran += len(report.span)
        if report.option == self.option:
            self.seen(report.armed)
        if self._tell is None:
            return
        minutes = (time.monotonic() - self._began) / 60
        rate = self.ran / minutes if minutes > 0 else float("nan")
        done = self._before + self.ran
        self._tell(Progress(done, self._total, rate, (self._total - done) / rate, self._half_width()))

    def _half_width(self) -> float:
        rows = [row for row in self._armed if len(row[1])]
        if not rows:
            return float("nan")
        owner = np.repeat(np.arange(len(rows)), [len(row[1]) for row in rows])
        seconds, fate = (np.concatenate([row[column] for row in rows]) for column in (1, 2))
        curve = ResponseCurve.from_rows(owner, np.maximum(seconds, 0), fate, len(rows))
        return curve.quantile_interval(0.9, self._confidence).half_width / 60


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
