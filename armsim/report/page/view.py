"""A run as the sections of its report read it: options that have figures, conditions, their comparison."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from armsim.analysis.figure import Figure, parse_figure
from armsim.analysis.intervals import Estimate, FloatArray, mean_interval, t_quantile
from armsim.analysis.metrics import GROUPS, metrics, quantile_row, summarise
from armsim.analysis.money import When, cost
from armsim.analysis.option import OptionData
from armsim.config.options import by_condition, parts_of
from armsim.errors import ArmsimError
from armsim.report.page.settings import Settings
from armsim.study.compare import PRIMARY, Comparison, compare
from armsim.study.files import file_name
from armsim.study.results import Results

Figures = Mapping[str, Any]

#: Figures that a report gives of every option; the quantiles of responses are worked out one by one.
METRICS = (
    "within_target", "no_arv_free", "no_arv_obtainable", "arvs_free", "arvs_on_posts", "posts_filled",
    "second_incidents", "second_incident_p50", "second_incident_p90", "second_incident_within_target",
    "attack_response_p50", "attack_response_p90", "authorisation_after_attack", "recovery_p50",
    "recovery_p90", "not_recovered", "authorisation_delay_p90", "authorised_operations",
    "stood_down_mobilisations",
    "arv_away", "arv_helped", "parade", "officers_per_arv", "average_week", "officers_over_48h",
    "overtime_hours", "rest_days_lost", "rest_days_cancelled", "breaks_lost", "absence", "abstracted_share",
    "standards_met", "ced_cover", "visible_armed", "visible_unarmed", "cost_a_year", "cost_one_off",
    "overtime_cost_a_year", "cost_per_arv_hour", "share_lost", "potential_mean",
)  # fmt: skip
#: Figures that options are compared by besides the primary ones.
_BESIDES = (
    "response_p50:arv", "response_p90:arv", "response_p50:first_officer:G1", "response_p90:first_officer:G1",
    "response_p50:first_ced:G1", "response_p90:first_ced:G1", "average_week", "rest_days_lost",
    "abstracted_share", "standards_met", "ced_cover",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class View:
    """A run, ready to be told.

    Attributes:
        results: the run, without options of which nothing has finished.
        comparison: its options against the first of each condition; ``None`` without any to compare.
        why_not: why options that are there could not be compared; empty without a reason.
    """

    results: Results
    comparison: Comparison | None
    why_not: str = ""

    @property
    def manifest(self) -> dict[str, Any]:
        """What the manifest of the run says."""
        return self.results.manifest

    @cached_property
    def conditions(self) -> dict[str, list[str]]:
        """Names of runs by condition; the first of each is what the others are held against."""
        return by_condition(self.results.options)

    @property
    def firsts(self) -> list[str]:
        """The first run of each condition."""
        return [names[0] for names in self.conditions.values()]

    @property
    def heads(self) -> list[str]:
        """Names of the options without their conditions, in order."""
        return list(dict.fromkeys(parts_of(name)[0] for name in self.results.options))

    @property
    def many(self) -> bool:
        """Whether there is more than one run of an option."""
        return len(self.results.options) > 1

    @property
    def paired(self) -> bool:
        """Whether all options met the same incidents; not so after ``armsim run --independent``."""
        return not self.manifest.get("independent", False)

    @property
    def confidence(self) -> float:
        """Confidence level of the limits."""
        return self.results.option().scenario.study.confidence

    def option(self, name: str) -> OptionData:
        """Measured tables of an option."""
        return self.results.option(name)

    @cached_property
    def _figures(self) -> dict[str, dict[tuple[str, ...], Figures]]:
        """By option, rows of its summary by metric and groups."""
        known = [name for name in METRICS if name in metrics()]
        found: dict[str, dict[tuple[str, ...], Figures]] = {}
        for name, one in self.results.data.items():
            rows = summarise(one, known).to_dict("records")
            found[name] = {
                (row["metric"], *(row[group] for group in GROUPS)): {
                    str(key): value for key, value in row.items()
                }
                for row in rows
            }
        return found

    def figure(self, option: str, metric: str, **labels: str) -> Figures | None:
        """A figure of an option; a group that is not named is all of it. ``None`` when there is none."""
        return self._figures[option].get((metric, *(labels.get(group, "") for group in GROUPS)))

    def values(self, option: str, metric: str, group: str) -> list[str]:
        """Values of a group that an option has a figure of a metric for, sorted."""
        found = {str(row[group]) for row in self._figures[option].values() if row["metric"] == metric}
        return sorted(found - {""})

    def cost_change(self, option: str, when: When = "a year") -> Estimate | None:
        """Pounds that a run costs more than the first of its condition; ``None`` for that one itself.

        Paired by replication where the options met the same incidents. Limits are NaN where nothing differs
        between replications.
        """
        first = self.conditions[parts_of(option)[1]][0]
        mine, base = self.option(option), self.option(first)
        common = np.intersect1d(mine.totals.index.to_numpy(), base.totals.index.to_numpy())
        if option == first or not len(common) or not mine.scenario.teams:
            return None
        if not self.paired:
            return _apart(cost(mine, when), cost(base, when), self.confidence)
        paid = [cost(one, when)[np.searchsorted(one.totals.index.to_numpy(), common)] for one in (mine, base)]
        return mean_interval(paid[0] - paid[1], self.confidence)

    def quantile(
        self,
        option: str,
        p: float,
        milestone: str,
        grade: str,
        area: str = "",
        force: str = "",
    ) -> Figures | None:
        """A quantile of a response in minutes, as :meth:`figure` gives it; ``None`` without incidents."""
        data = self.option(option)
        curve = data.curve(milestone, grade=grade, area=area or None, force=force or None)
        if not curve.count:
            return None
        row = quantile_row({}, curve, p, data)
        value, low, high = row.estimate.value, row.estimate.low, row.estimate.high
        value = math.inf if math.isnan(value) else value
        return {
            "value": value,
            "low": low,
            "high": high,
            "unit": "minutes",
            "n": curve.count,
            "shown": row.shown,
        }

    @cached_property
    def primary(self) -> list[Figures]:
        """Rows of the comparison for the primary figures."""
        return [one for one in self._compared if one["primary"]]

    @cached_property
    def _compared(self) -> list[Figures]:
        if self.comparison is None:
            return []
        return [_record(self.comparison.table, index) for index in range(len(self.comparison.table))]

    def compared(self, option: str, metric: str, **labels: str) -> Figures | None:
        """The row of the comparison for a figure of an option; ``None`` when there is none."""
        return self._differences.get((option, metric, *(labels.get(group, "") for group in GROUPS)))

    @cached_property
    def _differences(self) -> dict[tuple[str, ...], Figures]:
        return {
            (one["option"], one["metric"], *(one[group] for group in GROUPS)): one for one in self._compared
        }

    @cached_property
    def settings(self) -> dict[str, Settings]:
        """Settings by option, from the run folder."""
        folder = self.results.folder / "options"
        return {name: Settings(folder / f"{file_name(name)}.yaml") for name in self.results.options}

    def has_arvs(self, option: str) -> bool:
        """Whether an option has any ARVs."""
        return any(kind.arv for kind in self.option(option).scenario.units.values())

    def armed_team(self, option: str) -> str:
        """The first team of role ARV that works a pattern; empty without one."""
        teams = self.option(option).scenario.teams.items()
        return next((name for name, team in teams if team.kind == "pattern" and team.role == "ARV"), "")


def view_of(results: Results) -> View:
    """A run with its options compared, as far as they can be."""
    alive = {name: one for name, one in results.data.items() if len(one.totals)}
    kept = Results(results.folder, results.manifest, alive)
    try:
        return View(kept, compare(kept, None, _wanted(kept)))
    except (ValueError, ArmsimError) as error:
        some = any(len(names) > 1 for names in by_condition(kept.options).values())
        return View(kept, None, str(error) if some else "")


def _primary(results: Results) -> list[Figure]:
    known = metrics()
    declared = results.option().scenario.study.primary or PRIMARY
    return [parse_figure(text, known) for text in declared]


def _wanted(results: Results) -> list[str]:
    """Figures to compare: the primary ones, then what a report says besides."""
    first = results.option()
    team = next((n for n, t in first.scenario.teams.items() if t.kind == "pattern" and t.role == "ARV"), "")
    besides = [
        f"{one}:team={team}" if team and one in ("average_week", "rest_days_lost") else one
        for one in _BESIDES
    ]
    known = metrics()
    there = [one for one in besides if _measured(results, parse_figure(one, known))]
    return list(dict.fromkeys([one.text for one in _primary(results)] + there))


def _measured(results: Results, figure: Figure) -> bool:
    """Whether an option and the first of its condition have a figure: a reader did not ask for it by name."""
    return any(
        _has(results.option(first), figure) and any(_has(results.option(one), figure) for one in rest)
        for first, *rest in by_condition(results.options).values()
    )


def _has(data: OptionData, figure: Figure) -> bool:
    labels = figure.labels
    if "milestone" in labels:
        return bool(data.curve(labels["milestone"], grade=labels["grade"]).count)
    rows = summarise(data, [figure.metric]).to_dict("records")
    return any(figure.means(figure.metric, {group: row[group] for group in GROUPS}) for row in rows)


def _apart(mine: FloatArray, base: FloatArray, level: float) -> Estimate:
    """Difference of two means without pairs; degrees of freedom as ``study.compare`` has them."""
    value, degrees = float(mine.mean() - base.mean()), len(mine) + len(base) - 2
    variance = sum(float(one.var(ddof=1)) / len(one) if len(one) > 1 else math.nan for one in (mine, base))
    half = t_quantile(level, degrees) * math.sqrt(variance) if variance > 0 else math.nan
    return Estimate(value, value - half, value + half, min(len(mine), len(base)), degrees + 1)


def _record(table: pd.DataFrame, index: int) -> Figures:
    return {str(name): value for name, value in table.iloc[index].items()}
