"""Options compared in pairs by replication: differences with limits, a verdict each, and what can be said."""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from armsim.analysis.control_variates import variance_ratio
from armsim.analysis.differences import (
    Difference,
    Key,
    Resampled,
    at_once,
    differences,
    influences,
    quantity,
    resampled,
    verdict,
)
from armsim.analysis.figure import Figure, margin_of, parse_bound, parse_figure
from armsim.analysis.intervals import Estimate, FloatArray
from armsim.analysis.metrics import GROUPS, metrics
from armsim.analysis.resampled import chosen, draw_weights
from armsim.config import markup
from armsim.config.options import parts_of
from armsim.config.schema.scenario import StudyConfig
from armsim.study.fixed_groups import FIXED, fixed_figures
from armsim.study.plan import declared
from armsim.study.results import Results
from armsim.study.sides import Pair, Side, pairs_of, settings_that_differ, sides_of

#: What is compared where a scenario declares no primary figures.
PRIMARY = ("response_p90:arv", "within_target", "no_arv_free")
COLUMNS = (
    "condition", "option", "baseline", "metric", "label", "about", *GROUPS, "unit", "better",
    "baseline_value", "option_value", "difference", "low", "high", "error", "replications", "limits",
    "primary", "margin", "pairing", "shown", "verdict",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Comparison:
    """Options against a baseline.

    Attributes:
        table: a row for each option and figure, columns ``COLUMNS``. ``pairing`` says how many times the
            variance would be without pairs.
        baseline: name of the baseline, without its condition.
        settings: by option, the settings that differ from its baseline: path, there, here.
        confidence: of the limits.
        method: how limits over all primary figures and options were set: max-t, Bonferroni or single.
        runs: identifiers of the run folders.
        version: of armsim, as the first run says.
        title: of the first option's scenario.
        remarks: what has to be said besides.
    """

    table: pd.DataFrame
    baseline: str
    settings: dict[str, list[tuple[str, str, str]]]
    confidence: float
    method: str
    runs: tuple[str, ...]
    version: str
    title: str
    remarks: tuple[str, ...] = field(default=())

    @property
    def options(self) -> tuple[str, ...]:
        """The options compared with the baseline, in order."""
        return tuple(dict.fromkeys(self.table["option"]))

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """What holds for the table as a whole."""
        rows = self.table[self.table["shown"]]
        told = rows[rows["low"].notna()]
        said = [_family(self)]
        if len(told) and bool(((told["low"] <= 0) & (told["high"] >= 0)).all()):
            said.append("All intervals include zero: these replications tell no option from its baseline.")
        elif not len(rows):
            said.append("No figure has incidents enough to be compared.")
        elif not len(told) and bool((rows["verdict"] == "unchanged").all()):
            said.append("No figure changes.")
        said.append("Intervals show simulation noise only.")
        return (*said, *self.remarks)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values; a figure that cannot be told is ``None``."""
        rows = json.loads(self.table.to_json(orient="records", double_precision=15))
        return {
            "runs": list(self.runs),
            "baseline": self.baseline,
            "confidence": self.confidence,
            "method": self.method,
            "rows": rows,
            "settings": {
                name: [dict(zip(("path", "baseline", "option"), one, strict=True)) for one in found]
                for name, found in self.settings.items()
            },
            "sentences": list(self.sentences),
        }

    def words(self) -> pd.DataFrame:
        """Condition, option, figure, both values and the verdict, as text to be read."""
        rows = [
            {
                "condition": row["condition"],
                "option": row["option"],
                "figure": f"{row['label']}{', ' if row['about'] else ''}{row['about']}",
                "baseline": _value(row, "baseline_value"),
                "value": _value(row, "option_value"),
                "verdict": row["verdict"],
            }
            for row in self.table.to_dict("records")
        ]
        return pd.DataFrame(rows, columns=["condition", "option", "figure", "baseline", "value", "verdict"])

    def _repr_html_(self) -> str:
        shown = self.words()
        shown["option"] = [parts_of(name)[0] for name in shown["option"]]
        columns = ["option", "condition", "figure", "baseline", "value", "verdict"]
        if not shown["condition"].any():
            columns.remove("condition")
        head = markup.heading(f"{self.title}: against {self.baseline}")
        foot = "".join(markup.paragraph(one) for one in self.sentences)
        return head + markup.table("", columns, shown[columns].to_numpy().tolist()) + foot

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.options)} against {self.baseline}>"


def compare(
    results: Results | Sequence[Results],
    baseline: str | None = None,
    chosen_metrics: Sequence[str] = (),
    margins: Sequence[str] = (),
    independent: bool = False,
) -> Comparison:
    """Compare options with a baseline, replication by replication.

    Options called ``name @ condition`` are compared inside their condition. Unequal sets of replications pair
    by index. Limits of the primary figures (``study.primary`` of the baseline's scenario, else ``PRIMARY``)
    hold for all of them and all options at once, those of other figures for each alone.

    Args:
        results: run folders, opened.
        baseline: name of an option, with or without its condition; the first when left out.
        chosen_metrics: figures to be listed; the primary ones when left out.
        margins: differences that do not matter, such as ``response_p90=0.5 min``; on top of
            ``study.margins``.
        independent: compare as runs on independent incidents, without pairs.

    Raises:
        ValueError: no such option, metric or group, or nothing to compare.
        RunFolderError: two options cannot be compared; the message says why.
    """
    opened = [results] if isinstance(results, Results) else list(results)
    sides = sides_of(opened)
    found = pairs_of(sides, baseline, independent)
    study = found[0].baseline.data.scenario.study
    known = metrics()
    primary = [parse_figure(text, known) for text in (study.primary or PRIMARY)]
    listed = [parse_figure(text, known) for text in chosen_metrics] or primary
    stated = [parse_bound(f"{name}={value}", known) for name, value in study.margins.items()]
    stated += [parse_bound(text, known) for text in margins]
    family = _Work(study.confidence, primary, listed).run(found)
    rows = [_row(one, estimate, limits, stated, primary) for one, estimate, limits in family.rows]
    table = pd.DataFrame.from_records(rows, columns=list(COLUMNS))
    if table.empty:
        raise ValueError(f"no option has a figure such as {', '.join(one.text for one in listed)}")
    return Comparison(
        table=table,
        baseline=found[0].baseline.head,
        settings={pair.option.name: settings_that_differ(pair) for pair in found},
        confidence=study.confidence,
        method=family.method,
        runs=tuple(dict.fromkeys(side.run_id for side in sides)),
        version=str(opened[0].manifest["versions"]["armsim"]),
        title=opened[0].title,
        remarks=(
            *(
                f"{one.run_id}: the run has not ended; what there is of it is compared."
                for one in opened
                if not one.manifest.get("finished")
            ),
            *_remarks(found, bool(margins), study, [*_missing(listed, family.rows)]),
        ),
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """A difference and whose it is."""

    pair: Pair
    difference: Difference
    pairing: float


class _Family:
    """Rows with limits, and how those of the primary ones were set."""

    def __init__(self, rows: list[tuple[_Found, Estimate, str]], method: str) -> None:
        self.rows, self.method = rows, method


class _Work:
    """Works out differences of all pairs; an option in several pairs is resampled once."""

    def __init__(self, level: float, primary: Sequence[Figure], listed: Sequence[Figure]) -> None:
        self.level, self.primary, self.listed = level, primary, listed
        self.wanted = list({one.text: one for one in (*primary, *listed)}.values())
        self._drawn: dict[tuple[str, tuple[int, ...], str], dict[Key, Resampled]] = {}
        self._added: dict[tuple[str, tuple[int, ...]], dict[Key, FloatArray]] = {}

    def run(self, pairs: Sequence[Pair]) -> _Family:
        """Differences of all pairs with their limits; only the listed ones."""
        paired = sorted({index for pair in pairs if pair.paired for index in pair.common})
        found = [one for pair in pairs for one in self._of_pair(pair, paired)]
        first = [index for index, one in enumerate(found) if _is(one, self.primary)]
        estimates, method = at_once([found[index].difference for index in first], self.level)
        limits = {index: (estimate, method) for index, estimate in zip(first, estimates, strict=True)}
        rows = [
            (one, *limits.get(index, (one.difference.single, "single")))
            for index, one in enumerate(found)
            if _is(one, self.listed)
        ]
        return _Family(rows, method)

    def _of_pair(self, pair: Pair, universe: Sequence[int]) -> Iterator[_Found]:
        baseline, option = (self._resampled(side, pair, universe) for side in pair.sides)
        added = [self._influences(side, pair.common) for side in pair.sides] if pair.paired else []
        for one in differences(baseline, option, self.level, pair.paired):
            both = [table[one.key] for table in added if one.key in table]
            worth = (
                variance_ratio((both[0], both[1]), (both[0], both[1])).value if len(both) == 2 else math.nan
            )
            yield _Found(pair, one, worth)

    def _resampled(self, side: Side, pair: Pair, universe: Sequence[int]) -> dict[Key, Resampled]:
        ran = pair.common if pair.paired else side.replications
        name = "paired" if pair.paired else f"independent {side.name}"
        key = (side.name, ran, name)
        if key not in self._drawn:
            drawn_from = universe if pair.paired else ran
            drawn = draw_weights(side.seed if pair.paired else 0, len(drawn_from), name)
            weights = drawn[:, np.searchsorted(drawn_from, ran)]
            rest = [one for one in self.wanted if one.metric not in FIXED]
            self._drawn[key] = resampled(chosen(side.data, ran), weights, rest)
            self._drawn[key] |= fixed_figures(side, pair.baseline.data, ran, weights, self.wanted)
        return self._drawn[key]

    def _influences(self, side: Side, ran: tuple[int, ...]) -> dict[Key, FloatArray]:
        if (side.name, ran) not in self._added:
            self._added[side.name, ran] = influences(chosen(side.data, ran), self.wanted)
        return self._added[side.name, ran]


def _is(found: _Found, figures: Sequence[Figure]) -> bool:
    """Whether a difference is of one of the figures."""
    key = found.difference.key
    labels = dict(key.labels)
    if key.metric in FIXED:  # they have no row for all levels together
        return any(one.metric == key.metric and one.labels.items() <= labels.items() for one in figures)
    return any(one.means(key.metric, labels) for one in figures)


def _row(
    found: _Found,
    estimate: Estimate,
    limits: str,
    margins: Sequence[tuple[Figure, float]],
    primary: Sequence[Figure],
) -> dict[str, Any]:
    one, pair = found.difference, found.pair
    metric, labels = metrics()[one.key.metric], dict(one.key.labels)
    margin = margin_of(metric.name, labels, margins)
    shown = one.shown
    return {
        **dict.fromkeys(GROUPS, ""),
        **labels,
        "condition": pair.option.condition,
        "option": pair.option.name,
        "baseline": pair.baseline.name,
        "metric": metric.name,
        "label": metric.label,
        "about": about(labels),
        "unit": metric.unit,
        "better": metric.better,
        "baseline_value": one.baseline,
        "option_value": one.option,
        "difference": estimate.value if shown else math.nan,
        "low": estimate.low if shown else math.nan,
        "high": estimate.high if shown else math.nan,
        "error": one.error,
        "replications": len(pair.common)
        if pair.paired
        else min(len(side.replications) for side in pair.sides),
        "limits": limits,
        "primary": _is(found, primary),
        "margin": math.nan if margin is None else margin,
        "pairing": found.pairing,
        "shown": shown,
        "verdict": _verdict(one, estimate, metric.better, metric.unit, margin),
    }


def _verdict(one: Difference, estimate: Estimate, better: str, unit: str, margin: float | None) -> str:
    if not one.shown:
        return "too few incidents"
    return verdict(estimate, better, unit, margin, one.same, exact=one.error == 0)


def about(labels: Mapping[str, str]) -> str:
    """Labels as words: ``first armed, FIREARMS, CRITICAL``."""
    order = [group for group in GROUPS if labels.get(group)]
    return ", ".join(
        labels[group].replace("_", " ") if group in {"milestone", "target"} else labels[group]
        for group in order
        if not (group == "milestone" and labels.get("target"))
    )


def _value(row: Mapping[Hashable, Any], column: str) -> str:
    value, unit = row[column], row["unit"]
    if not row["shown"]:
        return "too few"
    if not math.isfinite(value):
        return "not reached" if str(row["metric"]).endswith(("_p50", "_p90")) else "none"
    if unit != "share":
        return quantity(value, unit, named=True)
    return f"{100 * value:.2f}%" if 0 < value < 0.1 else f"{100 * value:.1f}%"


def _family(found: Comparison) -> str:
    """What the limits hold for."""
    count = int((found.table["primary"] & found.table["low"].notna()).sum())
    each = f"Limits hold at {found.confidence:.0%}"
    if found.method == "single" or count < 2:
        return f"{each} for each figure alone."
    rest = "" if bool(found.table["primary"].all()) else "; those of other figures for each alone"
    how = {
        "max-t": "max-t over resampled replications",
        "Bonferroni": "Bonferroni, as replications or resamples are few",
    }
    return f"{each} for all primary figures and options at once ({how[found.method]}){rest}."


def _missing(listed: Sequence[Figure], rows: Sequence[tuple[_Found, Estimate, str]]) -> Iterator[str]:
    """Figures asked for that no option has."""
    for one in listed:
        if not any(_is(found, [one]) for found, _, _ in rows):
            yield one.text


def _remarks(pairs: Sequence[Pair], typed: bool, study: StudyConfig, missing: list[str]) -> Iterator[str]:
    if missing:
        yield f"Not measured in these runs: {', '.join(missing)}."
    if not all(pair.paired for pair in pairs):
        yield "Compared as independent runs, without pairs."
    elif len({len(pair.common) for pair in pairs}) == 1:
        count = len(pairs[0].common)
        yield f"{count:,} {'replication' if count == 1 else 'replications'} of each option, in pairs."
    short = [
        pair
        for pair in pairs
        if pair.paired and any(len(s.replications) > len(pair.common) for s in pair.sides)
    ]
    for pair in short:
        yield f"{pair.option.name}: the {len(pair.common)} replications that both have are compared."
    if pairs[0].baseline.declared not in (None, declared(study)):
        yield "Primary figures or margins were changed in the scenario after the first replications had run."
    if typed:
        yield "Margins on the command line were stated after the run; study.margins states them before."
    if not study.primary:
        yield "No primary figures were declared before the run (study.primary); the usual ones are taken."


__all__ = ["COLUMNS", "PRIMARY", "Comparison", "about", "compare"]
