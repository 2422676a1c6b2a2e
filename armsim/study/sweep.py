"""A sweep over assumptions: ordinary studies in one folder, and their figures under the same resamples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from armsim.analysis.differences import Key, Resampled, resampled
from armsim.analysis.figure import Figure, parse_bound, parse_figure
from armsim.analysis.intervals import FloatArray
from armsim.analysis.metrics import metrics
from armsim.analysis.option import OptionData
from armsim.analysis.resampled import chosen, draw_weights
from armsim.config.loader import Loaded, load_runs
from armsim.config.options import by_condition
from armsim.domain import Record
from armsim.errors import DataError, RunFolderError, ScenarioError
from armsim.study.compare import PRIMARY
from armsim.study.fixed_groups import FIXED, fixed_figures
from armsim.study.plan import Study
from armsim.study.results import Results
from armsim.study.runner import Finished
from armsim.study.sides import Side, sides_of
from armsim.study.store import Failure
from armsim.study.sweep_design import Factor, Ground, NotSwept, Setting, factors, one_at_a_time
from armsim.study.sweep_morris import Walk, walk

#: What every table of a sweep says.
NOISE = "Intervals show simulation noise, not doubt about assumptions."

Figures = dict[str, dict[Key, Resampled]]
"""By run, its figures under resamples."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """What a sweep runs and looks at.

    Attributes:
        ground: the runs that it starts from.
        study: the runs as the file says.
        factors: the assumptions that are moved.
        not_swept: ranges that are not, and why.
        settings: what is run besides, in order.
        figures: what is looked at.
        margins: differences that do not matter.
        walk: trajectories of Morris; ``None`` where assumptions are moved one at a time.
    """

    ground: Ground
    study: Study
    factors: tuple[Factor, ...]
    not_swept: tuple[NotSwept, ...]
    settings: tuple[Setting, ...]
    figures: tuple[Figure, ...]
    margins: tuple[tuple[Figure, float], ...]
    walk: Walk | None = None

    @property
    def folder(self) -> str:
        """Name of the folder of all its studies: more assumptions, replications or a walk go on there."""
        stem, _, digest = self.study.run_id.rpartition("-")
        return f"{stem}-sweep-{digest}"

    @property
    def confidence(self) -> float:
        """Confidence of every interval."""
        return next(iter(self.ground.runs.values())).scenario.study.confidence

    @property
    def conditions(self) -> dict[str, list[str]]:
        """Runs by condition, in order; no condition is empty."""
        return by_condition(self.ground.runs)


class Point(NamedTuple):
    """A setting that was run.

    Attributes:
        setting: the setting.
        folder: its run folder; ``None`` where it changes no run.
    """

    setting: Setting
    folder: Path | None


@dataclass(frozen=True, eq=False)
class Played:
    """What was run.

    Attributes:
        sweep: what was asked.
        base: run folder of the runs as the file says.
        points: settings that were run.
        lost: settings that could not be run, and why.
        common: indices of the replications that finished everywhere.
        failures: replications that failed.
    """

    sweep: Sweep
    base: Path
    points: tuple[Point, ...]
    lost: tuple[NotSwept, ...]
    common: tuple[int, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, eq=False)
class Seen:
    """Figures of a sweep under the same resamples of the same replications.

    Attributes:
        played: what was run.
        base: figures of the runs as the file says.
        settings: by setting, figures of the runs that it changes.
    """

    played: Played
    base: Figures
    settings: Mapping[Setting, Figures]

    @property
    def keys(self) -> list[Key]:
        """Figures that a run has, in the order asked."""
        wanted = [one.text for one in self.played.sweep.figures]
        found = dict.fromkeys(key for figures in self.base.values() for key in figures)

        def rank(key: Key) -> int:
            means = (one.means(key.metric, dict(key.labels)) for one in self.played.sweep.figures)
            return next((place for place, fits in enumerate(means) if fits), len(wanted))

        return sorted(found, key=rank)


def plan(
    file: str,
    *,
    sets: Sequence[str] = (),
    last_wins: bool = False,
    options: Sequence[str] = (),
    conditions: Sequence[str] = (),
    wanted: Sequence[str] = (),
    skipped: Sequence[str] = (),
    figures: Sequence[str] = (),
    trajectories: int = 0,
    replications: int = 0,
    seed: int = -1,
) -> Sweep:
    """Work out what a sweep runs.

    Args:
        file: the scenario file.
        sets: changes made in every run.
        last_wins: of two overrides that disagree, the later wins.
        options: names of options; none is all.
        conditions: names of conditions; none is all.
        wanted: assumptions, or beginnings of their paths; none is all.
        skipped: assumptions left out.
        figures: such as ``response_p90:arv``; none is ``study.primary``, else the usual ones.
        trajectories: of Morris; 0 moves assumptions one at a time.
        replications: of every run; 0 is what the file says.
        seed: -1 is what the file says.

    Raises:
        ScenarioError: the file is wrong.
        ValueError: no such assumption or figure, or none that can be swept.
        ArmsimError: trajectories without SALib.
    """
    ground = Ground(load_runs(file, sets, last_wins, options, conditions), last_wins)
    study = Study(ground.runs, replications, seed, Record.METRICS)
    told = next(iter(ground.runs.values())).scenario.study
    known = metrics()
    asked = [parse_figure(text, known) for text in figures or told.primary or PRIMARY]
    margins = [parse_bound(f"{name}={value}", known) for name, value in told.margins.items()]
    found, left = factors(ground, wanted, skipped)
    if not found:
        reasons = "; ".join(f"{one.path}: {one.reason}" for one in left) or "no source has a low and a high"
        raise ValueError(f"no assumption can be swept: {reasons}")
    steps = walk(found, trajectories, study.seed) if trajectories else None
    settings = one_at_a_time(found) if steps is None else steps.settings
    return Sweep(
        ground, study, tuple(found), tuple(left), tuple(settings), tuple(asked), tuple(margins), steps
    )


def play(sweep: Sweep, run: Callable[[Study, str], Finished]) -> Played:
    """Run the file's own runs, then every setting; what is there already is not run again.

    Args:
        sweep: what to run.
        run: runs a study in the sweep's folder; told what it is.

    Raises:
        RunFolderError: the folder cannot be used, or no replication finished everywhere.
        ScenarioError, DataError: the file's own runs cannot be made.
    """
    base = run(sweep.study, "as the file says")
    finished, failures = _replications(base), list(base.failures)
    points: list[Point] = []
    lost: list[NotSwept] = []
    for setting in sweep.settings:
        try:
            changed = sweep.ground.changed(setting)
            done = run(_study(sweep, changed), setting.name) if changed else None
        except (ScenarioError, DataError) as error:
            lost.append(NotSwept(setting.name, _reason(error)))
            continue
        if done is not None:
            failures += done.failures
            if done.results is None:
                lost.append(NotSwept(setting.name, "no replication finished"))
                continue
            finished &= _replications(done)
        points.append(Point(setting, None if done is None else done.folder))
    if not finished:
        raise RunFolderError(f"{base.folder.parent}: no replication finished under every setting")
    return Played(sweep, base.folder, tuple(points), tuple(lost), tuple(sorted(finished)), tuple(failures))


def see(played: Played) -> Seen:
    """Read what was run: figures of every run and setting, under the same resamples.

    Raises:
        RunFolderError: a run folder cannot be read.
        ValueError: no run has any of the figures.
    """
    sweep, base = played.sweep, Results.open(played.base)
    weights = draw_weights(sweep.study.seed, len(played.common))
    first = {names[0]: base.data[names[0]] for names in sweep.conditions.values()}
    fixed = {name: first[names[0]] for names in sweep.conditions.values() for name in names}

    def read(results: Results) -> Figures:
        return {side.own: _figures(side, fixed[side.own], played, weights) for side in sides_of([results])}

    ground = read(base)
    if not any(ground.values()):
        raise ValueError(f"no run has a figure such as {', '.join(one.text for one in sweep.figures)}")
    settings = {
        point.setting: {} if point.folder is None else read(Results.open(point.folder))
        for point in played.points
    }
    return Seen(played, ground, settings)


def _figures(side: Side, baseline: OptionData, played: Played, weights: FloatArray) -> dict[Key, Resampled]:
    wanted = played.sweep.figures
    rest = [one for one in wanted if one.metric not in FIXED]
    found = resampled(chosen(side.data, played.common), weights, rest)
    return found | fixed_figures(side, baseline, played.common, weights, wanted)


def _study(sweep: Sweep, changed: Mapping[str, Loaded]) -> Study:
    return Study(changed, sweep.study.replications, sweep.study.seed, sweep.study.record)


def _replications(finished: Finished) -> set[int]:
    """Indices that every run of a study finished."""
    if finished.results is None:
        return set()
    return set.intersection(*(set(map(int, one.totals.index)) for one in finished.results.data.values()))


def _reason(error: ScenarioError | DataError) -> str:
    return error.problems[0].message if isinstance(error, ScenarioError) else str(error).splitlines()[0]
