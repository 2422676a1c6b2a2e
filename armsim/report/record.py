"""What every chart takes and gives: the run it speaks for, the finished figure, its data and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class ChartContext:
    """The run behind a chart.

    Attributes:
        title: title of the scenario.
        run_id: identifier of the run, printed in every footer and kept in every file.
        replications: number of replications behind the figures.
        version: version of armsim that made the run.
        note: what is made up about the area; ends the source line.
        confidence: confidence level of the intervals.
    """

    title: str
    run_id: str
    replications: int
    version: str
    note: str = "illustrative bases and fleet"
    confidence: float = 0.95

    @property
    def source(self) -> str:
        """The source line: program, run, replications, what is made up, what the intervals show."""
        return (
            f"Source: armsim {self.version}, run {self.run_id}, {self.replications:,} replications; "
            f"{self.note}. Intervals show simulation noise only."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A finished chart.

    Attributes:
        name: name of its files, without ending.
        title: the finding, as printed on it.
        figure: the drawing.
        alt: text for those who cannot see it: kind of chart, what it shows, the figures that matter.
        data: every figure drawn, one row each, with units in the column names.
        caption: measure, unit, population and source.
        context: the run it speaks for.
    """

    name: str
    title: str
    figure: Figure
    alt: str
    data: pd.DataFrame
    caption: str
    context: ChartContext


class TargetLine(NamedTuple):
    """A response target to be marked on a time axis."""

    label: str
    minutes: float
