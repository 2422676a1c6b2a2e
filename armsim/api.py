"""What a notebook needs: load a scenario, plan a study, run it, open its results, compare its options."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

from armsim.config.loader import Loaded, load_scenario
from armsim.domain import Record
from armsim.report import chart_differences
from armsim.report.charts import standard_charts
from armsim.report.record import Chart
from armsim.study import compare, results, runner
from armsim.study.plan import Study
from armsim.study.runner import Progress

__all__ = ["Chart", "Comparison", "Loaded", "Record", "Results", "Study", "load_scenario", "run_study"]


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
        table = self.summary()
        return str(table[table["shown"]].to_html(index=False, border=0, max_rows=60))


def run_study(
    study: Study,
    root: str | os.PathLike[str] = "results",
    *,
    jobs: int = 1,
    fresh: bool = False,
    progress: Callable[[Progress], None] | None = None,
    command: str = "",
) -> Results:
    """Run a study, or what is left of it, and open its results; see ``study.runner.execute``."""
    found = runner.run_study(study, root, jobs=jobs, fresh=fresh, progress=progress, command=command)
    return Results(**_values(found))


def _values(one: Any) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}
