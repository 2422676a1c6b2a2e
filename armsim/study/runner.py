"""Running a study: chunks of replications, each written as it ends, so that a run resumes."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from armsim.domain import Record
from armsim.model.world import World
from armsim.study import files, finish, shards, store
from armsim.study.chunk import Task, now
from armsim.study.executors import Executor, processes
from armsim.study.plan import Study, chunks
from armsim.study.results import Results
from armsim.study.shards import Shard
from armsim.study.watch import Progress, Watch
from armsim.study.worlds import bases_of, world_of

__all__ = ["Finished", "Progress", "execute", "left_to_run", "run_study"]


@dataclass(frozen=True)
class Finished:
    """How a run ended.

    Attributes:
        folder: the run folder.
        failures: replications that failed; the others are kept.
        notes: what the world builders have to say.
        ran: replications run now; the rest were there already.
        results: the run folder, read; ``None`` while no replication has finished, and of a shard that was not
            the last.
        left: replications that other shards have still to run; 0 of a whole run.
    """

    folder: Path
    failures: tuple[store.Failure, ...]
    notes: tuple[str, ...]
    ran: int
    results: Results | None
    left: int = 0


def run_study(
    study: Study,
    root: str | os.PathLike[str] = "results",
    *,
    jobs: int = 1,
    fresh: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "",
    executor: Executor | None = None,
) -> Results:
    """Run a study, or what is left of it, and open its results; see :func:`execute`."""
    done = execute(study, root, jobs=jobs, fresh=fresh, progress=progress, command=command, executor=executor)
    return Results.open(done.folder) if done.results is None else done.results


def execute(
    study: Study,
    root: str | os.PathLike[str] = "results",
    *,
    jobs: int = 1,
    fresh: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "",
    executor: Executor | None = None,
    shard: Shard | None = None,
) -> Finished:
    """Run what is not there yet of a study, in ``<root>/<run id>``.

    Parts and the files that are derived from them are the same whatever executor, jobs, shards and
    interruptions.

    Args:
        study: what to run.
        root: folder of run folders.
        jobs: processes of this machine, where no executor is given.
        fresh: delete what an earlier run of the same study left; always done where a policy is registered
            for this process only.
        progress: called as chunks end.
        command: what the manifest says was typed.
        executor: where chunks are run.
        shard: run this shard alone; whichever shard ends last derives the results of all.

    Raises:
        ValueError: a shard cannot begin afresh: it would delete what the others have done; or the study
            needs a policy of this process alone and is to run in others.
        RunFolderError: the folder is in use, holds another run, or cannot be written.
        ScenarioError, DataError: a world cannot be built.
        ArmsimError: the executor cannot go on; every chunk that had ended is kept.
        KeyboardInterrupt: interrupted; every chunk that had ended is kept.
    """
    if shard is not None and fresh:
        raise ValueError("a shard cannot begin afresh: it would delete what the others have done")
    if study.in_this_process:
        if jobs > 1 or executor is not None or shard is not None:
            raise ValueError(
                f"{', '.join(study.in_this_process)}: registered in this process only, and other processes "
                "do not know it; run with jobs=1, or install it as docs/dispatch.md says"
            )
        fresh = True  # nobody can tell whether the class is still what it was
    folder, started = Path(root) / study.run_id, now()
    worlds = {name: world_of(loaded) for name, loaded in study.options.items()}
    notes = tuple(dict.fromkeys(note for world in worlds.values() for note in world.notes))
    with _held(folder, shard) as lock:
        finish.prepare(folder, study, fresh, alone=shard is None and lock.works)
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
        if shard is None or not (folder / store.MANIFEST).exists():
            written(finished="", failures=_failures(folder, study, shard), warm_up={})
        ran = _run(folder, study, worlds, executor or processes(jobs), shard, progress)
        failures = _failures(folder, study, shard)
        if shard is not None:
            left = _left_of_all(folder, study) if lock.take() else None
            if left != 0:
                return Finished(folder, failures, notes, ran, None, left or 0)
        return _derive(folder, study, notes, ran, written)


def left_to_run(folder: Path, study: Study, shard: Shard | None = None) -> dict[str, int]:
    """By option, how many replications of a study, or of a shard of it, have still to be run."""
    return {
        name: sum(map(len, _spans(_ran(folder, name), study.replications, shard))) for name in study.options
    }


@contextmanager
def _held(folder: Path, shard: Shard | None) -> Iterator[files.Lock]:
    with files.locked(folder) if shard is None else shards.held(folder, shard) as lock:
        yield lock


def _derive(
    folder: Path, study: Study, notes: tuple[str, ...], ran: int, written: Callable[..., object]
) -> Finished:
    """Everything that is derived from the parts."""
    failures = _failures(folder, study, None)
    data = {name: store.read_option(folder, name, one.scenario) for name, one in study.options.items()}
    finished = any(len(one.totals) for one in data.values())
    if finished:
        finish.write_metrics(folder, data)
    warm_up = {name: one.warm_up for name, one in data.items()}
    written(finished=now(), failures=failures, warm_up=warm_up)
    results = Results(folder, store.read_manifest(folder), data) if finished else None
    return Finished(folder, failures, notes, ran, results)


def _run(
    folder: Path,
    study: Study,
    worlds: Mapping[str, World],
    executor: Executor,
    shard: Shard | None,
    progress: Callable[[Progress], None] | None,
) -> int:
    tasks = []
    for name in study.options:
        spans = _spans(_usable(folder, name, shard), study.replications, shard)
        record = Record(study.record or Record.METRICS)
        tasks += [Task(name, span, study.seed_of(name), record) for span in spans]
    if not tasks:
        return 0
    # Options take turns, so that an interrupted run has pairs to compare.
    tasks.sort(key=lambda task: task.span.start)
    share = sum(shard is None or shard.takes(index) for index in range(study.replications))
    total = share * len(study.options)
    watch = Watch(folder, study, total - sum(len(task.span) for task in tasks), total, progress)
    with closing(executor(worlds, tasks)) as outcomes:
        for outcome in outcomes:
            store.write_part(folder, outcome.part)
            log = folder / (shard.log if shard else "log.jsonl")
            files.append_line(log, json.dumps(outcome.line, ensure_ascii=False))
            watch.take(outcome)
    return watch.ran


def _spans(ran: set[int], replications: int, shard: Shard | None) -> list[range]:
    spans = chunks(replications, ran)
    return [span for span in spans if shard is None or shard.takes(span.start)]


def _usable(folder: Path, option: str, shard: Shard | None) -> set[int]:
    """Replications that exist; damaged parts of ours are cleared to be run again."""
    good, damaged = store.verified_parts(folder, option, None if shard is None else shard.takes)
    for path in damaged:
        shutil.rmtree(path, ignore_errors=True)
    return {index for part in good for index in part.replications}


def _ran(folder: Path, option: str) -> set[int]:
    return {index for part in store.verified_parts(folder, option)[0] for index in part.replications}


def _left_of_all(folder: Path, study: Study) -> int:
    """Replications that nobody has tried yet."""
    left = 0
    for name in study.options:
        parts, _ = store.verified_parts(folder, name)
        tried = {index for part in parts for index in part.replications}
        tried |= {one.replication for part in parts for one in part.failures}
        left += sum(index not in tried for index in range(study.replications))
    return left


def _failures(folder: Path, study: Study, shard: Shard | None) -> tuple[store.Failure, ...]:
    """Failures of replications that no part holds."""
    found: list[store.Failure] = []
    for name in study.options:
        parts, _ = store.verified_parts(folder, name, None if shard is None else shard.takes)
        ran = {index for part in parts for index in part.replications}
        latest = {one.replication: one for part in parts for one in part.failures}
        found += [one for index, one in sorted(latest.items()) if index not in ran]
    return tuple(found)
