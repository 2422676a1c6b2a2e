"""What it is worth to run options on the same incidents: variance of a difference without pairs over with."""

from __future__ import annotations

import math
from collections.abc import Sequence

from armsim.analysis.control_variates import variance_ratio
from armsim.analysis.differences import Key, influences
from armsim.analysis.figure import parse_figure
from armsim.analysis.intervals import Estimate
from armsim.analysis.metrics import metrics
from armsim.analysis.resampled import chosen
from armsim.study.compare import PRIMARY, about
from armsim.study.results import Results
from armsim.study.sides import pairs_of, sides_of

Worth = dict[tuple[str, Key], Estimate]


def pairing_worth(
    paired: Sequence[Results],
    independent: Results | Sequence[Results],
    baseline: str | None = None,
    figures: Sequence[str] = (),
) -> Worth:
    """Variance ratios by option and figure, with intervals.

    Args:
        paired: run folders whose options share their incidents.
        independent: run folders of the same options on independent seeds (``armsim run --independent``).
        baseline: name of the baseline; the first when left out.
        figures: which figures; the primary ones when left out.

    Raises:
        ValueError: the two have no option and figure in common.
    """
    other = [independent] if isinstance(independent, Results) else list(independent)
    with_pairs = pairs_of(sides_of(list(paired)), baseline, False)
    without = {pair.option.name: pair for pair in pairs_of(sides_of(other), baseline, True)}
    study, known = with_pairs[0].baseline.data.scenario.study, metrics()
    wanted = [parse_figure(text, known) for text in figures or study.primary or PRIMARY]
    found: Worth = {}
    for pair in with_pairs:
        if pair.option.name not in without:
            continue
        together = [influences(chosen(side.data, pair.common), wanted) for side in pair.sides]
        apart = [influences(side.data, wanted) for side in without[pair.option.name].sides]
        for key in together[1]:
            meant = any(one.means(key.metric, dict(key.labels)) for one in wanted)
            if meant and all(key in table for table in (*together, *apart)):
                found[pair.option.name, key] = variance_ratio(
                    (together[0][key], together[1][key]), (apart[0][key], apart[1][key]), study.confidence
                )
    if not found:
        raise ValueError("the independent run has no option and figure in common with the paired one")
    return found


def worth_words(found: Worth) -> list[str]:
    """A line each: ``one more ARV: No ARV free: variance without pairs is 3.1 times (2.2 to 4.4)``."""
    known = metrics()
    lines = []
    for (option, key), one in found.items():
        part = about(dict(key.labels))
        figure = f"{known[key.metric].label}{', ' if part else ''}{part}"
        limits = f" ({one.low:,.1f} to {one.high:,.1f})" if one.low == one.low else ""
        worth = f"variance without pairs is {one.value:,.1f} times{limits}"
        if not math.isfinite(one.value):
            worth = "pairs do not differ" if one.value > 0 else "too few replications to tell"
        lines.append(f"{option}: {figure}: {worth}")
    return lines
