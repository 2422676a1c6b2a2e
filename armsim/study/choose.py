"""Choosing among the options of a study: a first batch of each, then only of those still in the race.

**Looks** are at fixed counts: the first batch, then each time a tenth more, in whole chunks. A choice depends
on the replications below each count only, so it is the same however a run is interrupted, resumed or spread,
and whatever else its folder holds.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from armsim.analysis.figure import parse_bound
from armsim.analysis.intervals import Estimate
from armsim.analysis.metrics import metrics, summarise
from armsim.analysis.option import OptionData
from armsim.analysis.pooled import first_replications, per_replication, pooled_value
from armsim.analysis.selection import Goal, Race
from armsim.errors import ArmsimError
from armsim.model.world import World
from armsim.study import store
from armsim.study.chosen import FIRST, MOST, Asked, Chosen
from armsim.study.chunk import Outcome, Task
from armsim.study.executors import Executor, processes
from armsim.study.fixed_groups import FIXED
from armsim.study.plan import Study
from armsim.study.runner import Finished, Progress, execute


def parse_asked(
    metric: str, indifference: str, confidence: float = 0.95, first: int = FIRST, most: int = MOST
) -> Asked:
    """What is asked, as typed.

    Args:
        metric: such as ``within_target:target=first_armed``.
        indifference: such as ``0.02``, ``2 pp`` or ``0.5 min``.
        confidence: chance promised.
        first: replications in the first batch.
        most: replications of an option at most.

    Raises:
        ValueError: not of that form, out of range, or a figure that nothing can be chosen by.
    """
    known = metrics()
    figure, zone = parse_bound(f"{metric}={indifference}", known)
    better = known[figure.metric].better
    if better == "neither":
        raise ValueError(
            f"{figure.metric}: neither more nor less of it is better, so nothing can be chosen by it"
        )
    if figure.metric in FIXED:
        raise ValueError(f"{figure.metric} is summed over zones and gives no number for each replication")
    return Asked(
        replace(figure, text=metric.strip()), Goal(zone, better == "higher", confidence), first, most
    )


def run_choice(
    study: Study,
    asked: Asked,
    root: str | os.PathLike[str] = "results",
    *,
    jobs: int = 1,
    progress: Callable[[Progress], None] | None = None,
    tell: Callable[[Race, Sequence[str]], None] | None = None,
    command: str = "",
    executor: Executor | None = None,
) -> tuple[Finished, Chosen | None]:
    """Run a study until one of its options is chosen, in the run folder that ``execute`` would use.

    Args:
        study: options to choose from; its number of replications is not read.
        asked: what is chosen by.
        root: folder of run folders.
        jobs: processes of this machine, where no executor is given.
        progress: called as chunks end; its total counts every option up to the most.
        tell: called after each look with the race and the names of the options.
        command: what the manifest says was typed.
        executor: where chunks are run.

    Returns:
        How the run ended, and the choice; ``None`` when a replication that it needs failed.

    Raises:
        ValueError: fewer than two options, or options on incidents of their own.
        ArmsimError: options over different times, a figure that cannot be told of an option, or as
            ``execute`` raises.
    """
    if len(study.options) < 2:
        raise ValueError("there is nothing to choose from: the study has one option")
    if study.independent:
        raise ValueError("options are chosen in pairs, on the same incidents: leave out independent")
    for setting in ("start", "window", "warm_up"):
        if len({getattr(one.scenario, setting) for one in study.options.values()}) > 1:
            raise ArmsimError(f"options differ in {setting}, so their replications are no pairs to choose by")
    whole = replace(study, replications=asked.most)
    staged = _Staged(Path(root) / study.run_id, whole, asked, executor or processes(jobs), tell)
    finished = execute(whole, root, progress=progress, command=command, executor=staged)
    return finished, None if finished.results is None else choose(finished.results.data, asked)


def choose(data: Mapping[str, OptionData], asked: Asked) -> Chosen | None:
    """The choice that measured options lead to; ``None`` while a replication that it needs is missing.

    Raises:
        ArmsimError: the figure cannot be told of an option.
    """
    names = tuple(data)
    *_, (race, left, _) = _steps(asked, names, data.__getitem__)
    if race is None or left:
        return None
    found = Chosen(asked, names, race, ())
    cells = [
        _estimate(first_replications(data[name], n), asked)
        for name, n in zip(names, found.replications, strict=True)
    ]
    return replace(found, figures=tuple(cells))


def _steps(
    asked: Asked, names: tuple[str, ...], read: Callable[[str], OptionData]
) -> Iterator[tuple[Race | None, tuple[str, ...], int]]:
    """The race after each look, and which options need how many replications before the next.

    None need any after the last. It ends early where a replication is missing that was needed.
    """
    race, left, count = None, names, 0
    for count in asked.looks:
        yield race, left, count
        cut = {
            name: one for name in left if len((one := first_replications(read(name), count)).totals) == count
        }
        if len(cut) < len(left):
            return
        race = _look(race, names, cut, asked)
        left = tuple(names[index] for index in race.left)
        if race.decided:
            break
    yield race, (), count


@dataclass(frozen=True)
class _Staged:
    """An executor that hands on, look by look, only the tasks of options still in the race.

    Whoever calls it writes each part before asking for the next, so a look reads the run folder.
    """

    folder: Path
    study: Study
    asked: Asked
    inner: Executor
    tell: Callable[[Race, Sequence[str]], None] | None

    def __call__(self, worlds: Mapping[str, World], tasks: Sequence[Task]) -> Generator[Outcome, None, None]:
        names = tuple(worlds)
        for race, left, count in _steps(self.asked, names, self._read):
            if race is not None and self.tell is not None:
                self.tell(race, names)
            due = [one for one in tasks if one.option in left and one.span.start < count]
            tasks = [one for one in tasks if one not in due]
            if due:
                yield from self.inner({name: worlds[name] for name in left}, due)

    def _read(self, name: str) -> OptionData:
        return store.read_option(self.folder, name, self.study.options[name].scenario)


def _look(race: Race | None, names: Sequence[str], data: Mapping[str, OptionData], asked: Asked) -> Race:
    values = np.array(
        [pooled_value(data[name], asked.figure) if name in data else math.nan for name in names]
    )
    if race is not None:
        return race.look(values, len(next(iter(data.values())).totals))
    numbers = np.stack([per_replication(data[name], asked.figure) for name in names])
    return Race.begin(asked.goal, values, numbers)


def _estimate(data: OptionData, asked: Asked) -> Estimate:
    """The figure with the option's own limits."""
    table = summarise(data, [asked.figure.metric])
    for row in table.to_dict("records"):
        labels = {str(key): value for key, value in row.items()}
        if asked.figure.means(row["metric"], labels):
            return Estimate(row["value"], row["low"], row["high"], row["replications"], row["n"])
    raise ArmsimError(f"{data.name!r} has no figure such as {asked.figure.text}")
