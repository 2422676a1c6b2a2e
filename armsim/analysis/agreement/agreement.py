"""A log and its simulation compared in everything that the log knows."""

from __future__ import annotations

from dataclasses import dataclass

from armsim.analysis.agreement.concurrency import Concurrency, concurrency
from armsim.analysis.agreement.dispatch import Dispatch, dispatch
from armsim.analysis.agreement.findings import Count, Finding, Judge, counted
from armsim.analysis.agreement.margins import Margin, Verdict
from armsim.analysis.agreement.measures import Kind, by_base, by_group, by_kind, kinds, overall
from armsim.analysis.agreement.population import Responses
from armsim.analysis.agreement.resamples import Resamples

__all__ = ["Agreement", "compare"]


@dataclass(frozen=True, eq=False)
class Agreement:
    """What was found.

    Attributes:
        findings: all of them: over all incidents first, then by group.
        kinds: the distributions behind them.
        dispatch: who is sent where; ``None`` where the log does not say.
        concurrency: units committed at once.
    """

    findings: tuple[Finding, ...]
    kinds: tuple[Kind, ...]
    dispatch: Dispatch | None
    concurrency: Concurrency

    @property
    def overall(self) -> tuple[Finding, ...]:
        """Findings over all incidents."""
        return tuple(one for one in self.findings if not one.group)

    @property
    def counts(self) -> list[Count]:
        """Verdicts by group and measure."""
        return counted(self.findings)

    def of(self, group: str, measure: str) -> list[Finding]:
        """Findings of a measure by the cells of a group."""
        return [one for one in self.findings if one.group == group and one.measure == measure]

    def failing(self, primary: tuple[str, ...]) -> list[Finding]:
        """Findings over all incidents, of measures declared primary, that differ."""
        return [one for one in self.overall if one.measure in primary and one.verdict is Verdict.DIFFERS]


def compare(
    log: Responses,
    simulated: Responses,
    margins: dict[str, Margin],
    within: tuple[float, ...],
    seed: int,
) -> Agreement:
    """Compare a simulation with the log whose incidents it met.

    Args:
        log: responses of the log.
        simulated: responses of all replications, to the same incidents.
        margins: by measure, as ``margins.margins`` gives them.
        within: limits in minutes whose shares are compared.
        seed: of the resamples.
    """
    resamples = Resamples.draw(seed, log.incidents.days, simulated.replications)
    judge = Judge(resamples, margins, within)
    known = kinds(log, simulated)
    sent, busy = dispatch(judge, log, simulated), concurrency(judge, log, simulated)
    found = [*overall(judge, known, log, simulated)]
    found += [one for one in (*(sent.findings if sent else ()), *busy.findings) if not one.group]
    for group in (by_group, by_kind, by_base):
        found += group(judge, log, simulated)
    found += [one for one in (*(sent.findings if sent else ()), *busy.findings) if one.group]
    return Agreement(tuple(found), tuple(known), sent, busy)
