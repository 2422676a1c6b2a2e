"""What every chart takes and gives: the run it speaks for, the finished figure, its data and words."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

#: What is made up about an area on the map, and about one that is generated.
ILLUSTRATIVE = "illustrative bases and fleet"
SYNTHETIC = f"synthetic region, {ILLUSTRATIVE}"


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
    note: str = ILLUSTRATIVE
    confidence: float = 0.95

    @property
    def source(self) -> str:
        """The source line: program, run, replications, what is made up, what the intervals show."""
        return (
            f"Source: armsim {self.version}, run {self.run_id}, {self.replications:,} "
            f"replication{'' if self.replications == 1 else 's'}; "
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

    def _repr_html_(self) -> str:
        """For a notebook: the picture with its text for those who cannot see it, and its caption."""
        from armsim.report.files import drawn  # noqa: PLC0415 (it writes charts, and so needs this module)

        picture = base64.b64encode(drawn(self, "png")).decode()
        return (
            f'<figure><img src="data:image/png;base64,{picture}" alt="{escape(self.alt)}" '
            f'style="max-width:100%"><figcaption>{escape(self.caption)}</figcaption></figure>'
        )


class TargetLine(NamedTuple):
    """A response target to be marked on a time axis."""

    label: str
    minutes: float
