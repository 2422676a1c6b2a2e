"""How many replications: until limits are close enough, and how many more would tell options apart.

**The sequential rule.** The half-width of a figure's limits is looked at after 30 replications, and then
each time a quarter more have run, up to a cap. The run ends at the first look at which every figure named is
within its bound in every option, the half-width being taken up by 1 + 1/n (after Chow and Robbins 1965, whose
rule adds 1/n to the variance so that a small variance by luck does not end a run early). Looks are few and at
fixed counts, so the same study always ends at the same count, however it is interrupted or spread over
processes. Stopping on the half-width costs some coverage (``docs/statistics.md``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from armsim.analysis.figure import Figure, parse_bound
from armsim.analysis.metrics import metrics, summarise
from armsim.analysis.option import OptionData
from armsim.study.compare import Comparison
from armsim.study.plan import CHUNK, Study
from armsim.study.runner import Finished

MINIMUM, CAP, GROWTH = 30, 2000, 1.25
#: Beyond so many times the replications at hand, more of them are no advice.
_HOPELESS = 50


@dataclass(frozen=True)
class Precision:
    """A bound on the half-width of a figure.

    Attributes:
        figure: which figure.
        half_width: the bound, in the metric's unit.
    """

    figure: Figure
    half_width: float


@dataclass(frozen=True)
class Reached:
    """How close a figure is.

    Attributes:
        option: name of the option.
        text: the figure as typed.
        half_width: of its limits; NaN where they cannot be told.
        bound: what was asked for.
        replications: behind it.
    """

    option: str
    text: str
    half_width: float
    bound: float
    replications: int

    @property
    def met(self) -> bool:
        """Whether it is within its bound, by the rule of the module."""
        return self.half_width * (1 + 1 / max(self.replications, 1)) <= self.bound


def parse_precision(text: str) -> Precision:
    """A bound as typed: ``response_p90:arv=0.5 min``, ``within_target = 1 pp``.

    Raises:
        ValueError: not of that form, no such metric or group, or a bound of 0.
    """
    figure, bound = parse_bound(text, metrics())
    if bound <= 0:
        raise ValueError(f"{text!r}: the bound must be above 0")
    return Precision(figure, bound)


def looks(minimum: int = MINIMUM, cap: int = CAP) -> list[int]:
    """Counts of replications at which the half-width is looked at: each a quarter more, in whole chunks.

    Raises:
        ValueError: the minimum is below 2 or above the cap.
    """
    if not 2 <= minimum <= cap:
        raise ValueError(f"the minimum must lie between 2 and the cap {cap}, got {minimum}")
    counts = [minimum]
    while counts[-1] < cap:
        more = math.ceil(counts[-1] * GROWTH / CHUNK) * CHUNK
        counts.append(min(more, cap))
    return counts


def widths(data: OptionData, wanted: Sequence[Precision]) -> list[Reached]:
    """Half-widths of the figures named, of one option; the widest where a name means several.

    Raises:
        ValueError: the option has no figure of a name.
    """
    found = []
    for one in wanted:
        table = summarise(data, [one.figure.metric])
        every = [_named(row) for row in table.to_dict("records")]
        rows = [row for row in every if one.figure.means(row["metric"], row)]
        if not rows:
            raise ValueError(f"{data.name} has no figure such as {one.figure.text}")
        halves = [(row["high"] - row["low"]) / 2 for row in rows]
        widest = math.nan if any(math.isnan(half) for half in halves) else max(halves)
        found.append(Reached(data.name, one.figure.text, widest, one.half_width, len(data.totals)))
    return found


def run_to_precision(
    study: Study,
    wanted: Sequence[Precision],
    run: Callable[[Study], Finished],
    minimum: int = MINIMUM,
    cap: int = CAP,
) -> tuple[Finished, list[Reached]]:
    """Run a study until every figure named is close enough, or the cap.

    Args:
        study: what to run; its number of replications is not read.
        wanted: figures and bounds.
        run: runs what is not there yet of a study, such as ``runner.execute`` with its arguments.
        minimum: replications before the first look.
        cap: replications at most.

    Returns:
        How the run ended, and how close each figure is in each option.
    """
    finished, close = None, list[Reached]()
    for count in looks(minimum, cap):
        finished = run(replace(study, replications=count))
        if finished.results is None or finished.failures:
            break
        close = [one for data in finished.results.data.values() for one in widths(data, wanted)]
        if all(one.met for one in close):
            break
    if finished is None:
        raise ValueError("nothing was looked at")
    return finished, close


def separation(found: Comparison) -> tuple[str, ...]:
    """Whether limits tell the options from the baseline, and about how many more replications would.

    The number is for a difference as large as the one seen, at the limits used, by the paired standard error:
    n times the square of half-width over difference, less n. It is advice, not a promise.
    """
    rows = found.table[found.table["primary"] & found.table["shown"]]
    said = []
    for option, own in rows.groupby("option", sort=False):
        begin = f"{option} against {own['baseline'].iloc[0]}: {_told(own)}"
        rest = own[(own["low"] <= 0) & (own["high"] >= 0) & (own["difference"] != 0)]
        undecided = [_named(row) for row in rest.to_dict("records")]
        more = [(_more(row), str(row["label"])) for row in undecided if not _inside(row)]
        if more:
            count, label = min(more)
            begin += f"; {label}: {_advice(count, int(own['replications'].iloc[0]))}"
        said.append(begin + ".")
    return tuple(said)


def _told(own: pd.DataFrame) -> str:
    """What the limits of one option tell, in words; differences inside a stated margin tell nothing apart."""
    exact = (own["error"] == 0) & (own["difference"] != 0)
    apart = (own["low"] > 0) | (own["high"] < 0) | exact
    reach = own[["low", "high"]].abs().max(axis=1).fillna(own["difference"].abs())
    inside = reach < own["margin"]
    names = dict.fromkeys(own.loc[apart & ~inside, "label"])
    if names:
        return f"told apart by {', '.join(names)}"
    same = own["verdict"] == "unchanged"
    if bool(same.all()):
        return "no primary figure changes"
    if bool((same | inside).all()):
        return "no primary figure differs by what matters"
    return "not told apart by any primary figure"


def _named(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in row.items()}


def _more(row: dict[str, float]) -> float:
    half = (row["high"] - row["low"]) / 2
    return math.ceil(row["replications"] * ((half / abs(row["difference"])) ** 2 - 1))


def _inside(row: dict[str, float]) -> bool:
    """Whether the limits lie inside the stated margin: nothing more needs to be known."""
    return -row["margin"] < row["low"] and row["high"] < row["margin"]


def _advice(more: float, have: int) -> str:
    if more > _HOPELESS * have:
        return f"not even {_HOPELESS * have:,} more replications would, were the difference as now"
    step = CHUNK * 10 ** max(0, int(math.log10(max(more, 1))) - 1)
    return f"about {math.ceil(more / step) * step:,} more replications would, were the difference as now"
