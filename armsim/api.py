"""What a notebook needs: load a scenario, plan a study, run it, open its results, compare its options.

What it hands out shows itself in a notebook: scenarios, studies, results, comparisons and charts.
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from armsim import registry
from armsim.config.loader import Loaded, load_runs, load_scenario
from armsim.config.markup import heading, paragraph, table
from armsim.config.shipped import example
from armsim.domain import Record
from armsim.errors import ReplicationError
from armsim.report import chart_differences, chart_sustain
from armsim.report.charts import context_of, standard_charts
from armsim.report.record import Chart
from armsim.study import begin, compare, results, runner
from armsim.study import sustain as sustain_study
from armsim.study.main_figures import main_figures
from armsim.study.plan import Study, option_name
from armsim.study.posture import posture
from armsim.study.runner import Progress

#: With more options than this they are the rows of a table and not its columns.
_WIDE = 4

__all__ = [
    "Chart",
    "Comparison",
    "Loaded",
    "Record",
    "Results",
    "Study",
    "Sustained",
    "example",
    "load_runs",
    "load_scenario",
    "new_scenario",
    "options_from",
    "register",
    "run_study",
    "sustain",
]


class Comparison(compare.Comparison):
    """Options against a baseline; see ``study.compare.Comparison``. In a notebook it shows its table."""

    def chart(self, metric: str, about: str | None = None) -> Chart | None:
        """The differences of one figure as a chart; see ``report.chart_differences.draw``."""
        return chart_differences.draw(self, metric, about)


class Results(results.Results):
    """A run folder, opened; see ``study.results.Results``. Its tables are pandas frames."""

    def compare(
        self,
        baseline: str | None = None,
        metrics: Sequence[str] = (),
        margins: Sequence[str] = (),
        *others: results.Results,
        independent: bool = False,
    ) -> Comparison:
        """Options compared with *baseline*, those of other run folders too; see ``study.compare.compare``."""
        found = compare.compare([self, *others], baseline, metrics, margins, independent)
        return Comparison(**_values(found))

    def chart(self, name: str, option: str | None = None) -> Chart:
        """One of the standard charts of an option, by the name of its file, such as ``armed_percentiles``.

        Raises:
            KeyError: no chart of that name could be drawn; the message lists those that can.
        """
        drawn = {one.name: one for one in standard_charts(self, option)}
        if name not in drawn:
            raise KeyError(f"no chart {name!r}; there are {', '.join(drawn)}")
        return drawn[name]

    def _repr_html_(self) -> str:
        found = main_figures(self)
        if len(self.options) > _WIDE:
            found = found.T.rename_axis("option")
        confidence = self.option().scenario.study.confidence
        count = f"{self.replications} replication{'s' * (self.replications != 1)}"
        told = (
            f"{count}; limits hold at {confidence:.0%} and show simulation noise only. "
            "summary() has every figure, compare() says what differs."
        )
        rows = found.reset_index().to_numpy().tolist()
        head = [str(found.index.name), *map(str, found.columns)]
        return heading(f"{self.title}: run {self.run_id}") + table("", head, rows) + paragraph(told)


def run_study(
    study: Study,
    root: str | os.PathLike[str] = "results",
    *,
    jobs: int = 1,
    fresh: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "",
) -> Results:
    """Run a study, or what is left of it, and open its results; see ``study.runner.execute``.

    Replications that fail are left out of the results, with a warning.

    Raises:
        ReplicationError: every replication failed; this is the first.
    """
    done = runner.execute(study, root, jobs=jobs, fresh=fresh, progress=progress, command=command)
    if done.failures:
        one = done.failures[0]
        first = ReplicationError(one.option, one.replication, one.seed, one.reason)
        if done.results is None:
            raise first
        warnings.warn(f"{len(done.failures)} replications failed, the others are kept; {first}", stacklevel=2)
    return Results(**_values(done.results))


@dataclass(frozen=True, eq=False)
class Sustained(sustain_study.Sustained):
    """For how many days a level can be held; see ``study.sustain.Sustained``. It shows its answer and limits.

    Attributes:
        results: the run behind it.
    """

    results: Results

    def chart(self) -> Chart:
        """The figures by day of the level, with their limits."""
        return chart_sustain.draw(self, context_of(self.results, self.results.options[0]))

    def _repr_html_(self) -> str:
        rows = [(one.figure, one.breaks, _kept(one, self.looked_at)) for one in self.limits]
        count = f"{self.replications} replication{'s' * (self.replications != 1)}"
        told = f"{count} of {self.looked_at} days; simulation noise only."
        head = ("Figure", "Breaks when", "Kept for, days")
        return heading(self.sentence) + table("", head, rows) + paragraph(told)


def sustain(
    path: str | os.PathLike[str],
    root: str | os.PathLike[str] = "results",
    *,
    level: str | None = None,
    days: int | None = None,
    replications: int = 20,
    overrides: Sequence[str] = (),
    sets: Sequence[str] = (),
    without: Collection[str] = (),
    jobs: int = 1,
) -> Sustained:
    """Hold a level and say for how many days officers and crews bear it; as ``armsim sustain``.

    Args:
        path: the scenario file.
        root: folder of run folders.
        level: the level; left out, ``sustain.level`` of the scenario.
        days: days that are looked at; left out, ``sustain.days``.
        replications: more continue a run.
        overrides: names of overrides of the scenario.
        sets: changes such as ``units.arv.vehicles=6``.
        without: names of limits that are switched off.
        jobs: processes.
    """
    found = posture(path, overrides, sets, level=level, days=days)
    sustain_study.limits_left(found.asked, without)
    study = Study({f"{option_name(found.plain)} held": found.loaded}, replications, record=Record.METRICS)
    results = run_study(study, root, jobs=jobs)
    return Sustained(**_values(sustain_study.sustained(results, found.asked, without)), results=results)


def _kept(limit: sustain_study.Limit, looked_at: int) -> str:
    if limit.days is None:
        return "not judged"
    kept = f"all {looked_at}" if math.isinf(limit.days.value) else f"{limit.days.value:.0f}"
    interval = sustain_study.span(limit.days)
    return f"{kept} ({interval})" if interval else kept


def new_scenario(
    folder: str | os.PathLike[str],
    *,
    example: str | None = None,
    force: str | None = None,
    level: str = "SEVERE",
) -> Path:
    """Make a folder with a scenario to start from, as ``armsim new``: a shipped one, or a force's starter.

    Args:
        folder: a folder that is not there yet.
        example: name of a shipped scenario.
        force: name of a force area of England and Wales.
        level: level that a starter is held at.

    Returns:
        The scenario file.

    Raises:
        ArmsimError: no such example or force, or the folder is there.
        ValueError: both or neither are named.
    """
    if (example is None) == (force is None):
        raise ValueError("name an example or a force")
    if force is not None:
        return begin.for_force(Path(folder), force, level)
    return begin.from_example(Path(folder), str(example))


def register(group: Literal["dispatch", "cover"], name: str, thing: type[Any]) -> None:
    """Register a dispatch policy or a cover move for this session, to be named in a scenario by ``kind``.

    Such a study runs with ``jobs=1`` and always afresh. What is to last is installed: ``docs/dispatch.md``.

    Raises:
        ValueError: the name is that of something installed, or is empty.
    """
    registry.register(f"armsim.{group}", name, thing)


def options_from(base: Loaded, settings: pd.DataFrame) -> dict[str, Loaded]:
    """Options from a table: a row for each, named by the index; a column for each setting, by its path.

    Args:
        base: the scenario that is changed.
        settings: values; an empty cell (NaN, None) leaves the setting as it is.

    Raises:
        ScenarioError: a setting or value is wrong.
        ValueError: a name stands twice.
    """
    if not settings.index.is_unique:
        raise ValueError(f"options need names of their own, got {settings.index.tolist()}")
    return {str(name): base.with_settings(_filled(row)) for name, row in settings.iterrows()}


def _filled(row: pd.Series[Any]) -> dict[str, Any]:
    """Settings of a row that are given, as plain values."""
    cells: dict[Hashable, Any] = row[row.notna()].to_dict()
    return {str(path): _plain(value) for path, value in cells.items()}


def _plain(value: Any) -> Any:
    """A value without numpy's type; pandas makes 7.0 of a 7 in a column with empty cells."""
    value = value.item() if hasattr(value, "item") else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _values(one: Any) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}
