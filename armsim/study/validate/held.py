"""What ``armsim validate`` found: a log and the simulation of its days, held against each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from armsim.analysis.agreement.agreement import Agreement
from armsim.analysis.agreement.findings import Finding
from armsim.analysis.agreement.margins import Margin, Verdict
from armsim.analysis.agreement.resamples import LEVEL

__all__ = ["Validation"]


@dataclass(frozen=True, eq=False)
class Validation:
    """What was compared and what came of it.

    Attributes:
        title: title of the scenario.
        log: name of the log.
        first: first day of the window.
        until: the day after its last.
        incidents: incidents of the log in the window.
        attended: those of them with an arrival in the log.
        rejected: rows of the log that were kept aside, of the whole file.
        rows: rows of the whole file.
        agreement: the comparison.
        margins: by measure.
        stated: where margins that are not the usual ones were stated, by measure.
        primary: measures that must not differ.
        within: times whose shares are compared, minutes.
        cannot: what the log cannot show, and what follows.
        remarks: what else has to be said.
        run_id: identifier of the run.
        digest: digest of the run.
        replications: replications behind the figures.
        seed: seed of the resamples and of the run.
        version: version of armsim.
        files: SHA-256 of the log's files by name.
    """

    title: str
    log: str
    first: date
    until: date
    incidents: int
    attended: int
    rejected: int
    rows: int
    agreement: Agreement
    margins: dict[str, Margin]
    stated: dict[str, str]
    primary: tuple[str, ...]
    within: tuple[float, ...]
    cannot: tuple[str, ...]
    remarks: tuple[str, ...]
    run_id: str
    digest: str
    replications: int
    seed: int
    version: str
    files: dict[str, str]

    @property
    def days(self) -> int:
        """Days of the window."""
        return (self.until - self.first).days

    @property
    def failing(self) -> list[Finding]:
        """Primary measures that differ."""
        return self.agreement.failing(self.primary)

    @property
    def headline(self) -> str:
        """The answer in a sentence: what is said of the primary measures."""
        mine = [one for one in self.agreement.overall if one.measure in self.primary]
        if not mine:
            return "None of the measures declared primary can be told from this log."
        by = {kind: [one for one in mine if one.verdict is kind] for kind in Verdict}
        if by[Verdict.DIFFERS]:
            worst = "; ".join(f"{one.label.lower()} {one.judgement}" for one in by[Verdict.DIFFERS])
            return f"The simulation does not reproduce this log: {worst}."
        if by[Verdict.NOT_SHOWN]:
            open_ = "; ".join(one.label.lower() for one in by[Verdict.NOT_SHOWN])
            return (
                f"Nothing primary differs by more than its margin, but agreement is not shown for: {open_}."
            )
        return f"The simulation reproduces this log within the margins on all {len(mine)} primary measures."

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        sent = self.agreement.dispatch
        busy = self.agreement.concurrency
        return {
            "armsim": self.version,
            "run": {"run_id": self.run_id, "digest": self.digest, "replications": self.replications,
                    "seed": self.seed},
            "scenario": self.title,
            "log": {"name": self.log, "files": self.files, "rows": self.rows, "rejected": self.rejected},
            "window": {"from": str(self.first), "until": str(self.until), "days": self.days,
                       "incidents": self.incidents, "attended": self.attended},
            "answer": self.headline,
            "primary": list(self.primary),
            "differs": [one.measure for one in self.failing],
            "level": LEVEL,
            "margins": {name: margin.words for name, margin in self.margins.items()},
            "stated": self.stated,
            "within_minutes": list(self.within),
            "cannot_show": list(self.cannot),
            "remarks": list(self.remarks),
            "findings": [one.as_dict() for one in self.agreement.findings],
            "distances": [
                {"measure": one.name, "largest_gap_share": one.distance, "at_minutes": one.widest,
                 "mean_gap_minutes": one.apart}
                for one in self.agreement.kinds
            ],
            "dispatch": None if sent is None else {
                "incidents": sent.incidents, "same_base": sent.same_base, "nearest_base": sent.nearest,
                "from_nearest_base": sent.from_nearest,
                "distance": sent.distance, "distance_by_chance": sent.by_chance,
            },
            "units_busy_by_hour": {
                "log": None if busy.log is None else busy.log.tolist(), "simulated": busy.simulated.tolist(),
            },
        }  # fmt: skip
