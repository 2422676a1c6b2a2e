"""A run folder, opened: the same calls for one option or twelve, from the saved files alone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from armsim.analysis.curve import ResponseCurve
from armsim.analysis.metrics import summarise
from armsim.analysis.option import OptionData
from armsim.analysis.run_in import WarmUp
from armsim.config.schema.scenario import Target
from armsim.domain import ThreatLevel
from armsim.errors import RunFolderError
from armsim.model.threat import Timeline, timeline
from armsim.study import store


@dataclass(frozen=True, eq=False)
class Results:
    """What a study found. Build it with :meth:`open`.

    Attributes:
        folder: the run folder.
        manifest: what ``manifest.json`` says.
        data: measured tables by option, in the order of the study.
    """

    folder: Path
    manifest: dict[str, Any]
    data: dict[str, OptionData]

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Results:
        """Read a run folder; parts that do not verify are left out, as if never run.

        Raises:
            RunFolderError: not a run folder, or nothing in it has finished.
        """
        path = Path(folder)
        manifest = store.read_manifest(path)
        data = {name: store.read_option(path, name) for name in manifest["options"]}
        if not any(len(one.totals) for one in data.values()):
            raise RunFolderError(f"{path}: no replication has finished; run the study first")
        return cls(path, manifest, data)

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options, in the order of the study."""
        return tuple(self.data)

    def option(self, name: str | None = None) -> OptionData:
        """Measured tables of an option; of the first when no name is given.

        Raises:
            KeyError: no option of that name.
        """
        return self.data[self.options[0] if name is None else name]

    @property
    def run_id(self) -> str:
        """Name of the run folder: scenario and digest."""
        return str(self.manifest["run_id"])

    @property
    def title(self) -> str:
        """Title of the first option's scenario."""
        return self.option().scenario.title

    @property
    def replications(self) -> int:
        """Replications that finished, in the option that has the fewest."""
        return min(len(one.totals) for one in self.data.values())

    @property
    def zones(self) -> pd.DataFrame:
        """The zone frame of the first option."""
        return self.option().zones

    @property
    def warm_up(self) -> dict[str, WarmUp]:
        """By option, whether its warm-up looks too short."""
        return {name: one.warm_up for name, one in self.data.items()}

    @property
    def levels(self) -> tuple[ThreatLevel, ...]:
        """Threat levels that any option's window saw, lowest first."""
        seen = {level for one in self.data.values() for level in one.levels}
        return tuple(sorted(seen))

    @cached_property
    def timeline(self) -> Timeline:
        """The threat timeline of the first option."""
        return timeline(self.option().scenario)

    @property
    def targets(self) -> dict[str, Target]:
        """Response targets of the first option."""
        return self.option().scenario.targets

    def curve(self, milestone: str, *, option: str | None = None, **filters: Any) -> ResponseCurve:
        """Response curve of an option (the first by default); filters as in ``OptionData.rows``."""
        return self.option(option).curve(milestone, **filters)

    def summary(self) -> pd.DataFrame:
        """Every registered metric of every option, with limits: see ``analysis.metrics.summarise``."""
        return self._summary.copy()

    @cached_property
    def _summary(self) -> pd.DataFrame:
        frames = [summarise(one).assign(option=name) for name, one in self.data.items()]
        table = pd.concat(frames, ignore_index=True)
        return table[["option", *[column for column in table.columns if column != "option"]]]

    def __repr__(self) -> str:
        names = ", ".join(self.options)
        return f"<Results {self.run_id}: {self.replications} replications of {names}>"
