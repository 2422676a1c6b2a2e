"""Metrics: each has a name, a unit, a direction and a population, and gives rows with limits.

Built-in metrics register here; a third party's come through the entry-point group ``armsim.metric``, whose
objects are functions decorated with :func:`metric`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from armsim import registry
from armsim.analysis.availability import WORK
from armsim.analysis.curve import ResponseCurve, enough
from armsim.analysis.desk import authority_curve
from armsim.analysis.intervals import Estimate
from armsim.analysis.option import Labels, OptionData
from armsim.domain import Grade, ThreatLevel

MINUTES_PER_YEAR = 365.25 * 1440
#: Columns of a summary that say which part of the population a row is about; empty text is all of it.
GROUPS = (
    "milestone", "grade", "target", "area", "level", "hour", "kind", "work", "force", "site", "attack",
    "team", "employment", "cause",
)  # fmt: skip
#: Where our other metrics are.
_MORE = (
    "armsim.analysis.metrics_attacks",
    "armsim.analysis.metrics_attendance",
    "armsim.analysis.metrics_forces",
    "armsim.analysis.metrics_manning",
    "armsim.analysis.metrics_money",
    "armsim.analysis.metrics_neighbourhood",
    "armsim.analysis.metrics_people",
    "armsim.analysis.metrics_response_parts",
)
COLUMNS = (
    "metric", "label", "unit", "better", "population", *GROUPS,
    "value", "low", "high", "n", "replications", "shown",
)  # fmt: skip

Better = Literal["lower", "higher", "neither"]


class Row(NamedTuple):
    """A figure: what it is about, its estimate, and whether there were incidents enough to show it."""

    labels: Labels
    estimate: Estimate
    shown: bool = True


@dataclass(frozen=True)
class Metric:
    """A registered metric.

    Attributes:
        name: what ``--fail-if`` and tables call it.
        unit: of its value.
        better: which direction is.
        label: in words.
        population: what it is a figure of.
        rows: the function that works it out for one option.
    """

    name: str
    unit: str
    better: Better
    label: str
    population: str
    rows: Callable[[OptionData], Iterator[Row]]


_BUILT_IN: dict[str, Metric] = {}


def metric(
    name: str, unit: str, better: Better, label: str, population: str
) -> Callable[[Callable[[OptionData], Iterator[Row]]], Metric]:
    """Register a function that yields the rows of one option as a metric; see :class:`Metric`.

    Raises:
        ValueError: the name is taken.
    """

    def register(rows: Callable[[OptionData], Iterator[Row]]) -> Metric:
        made = Metric(name, unit, better, label, population, rows)
        if rows.__module__ in (__name__, *_MORE):
            if name in _BUILT_IN:
                raise ValueError(f"a metric called {name!r} is registered already")
            _BUILT_IN[name] = made
        return made

    return register


def metrics() -> dict[str, Metric]:
    """All metrics by name: ours in their order, then those of other packages."""
    for module in _MORE:
        import_module(module)
    found = dict(_BUILT_IN)
    for name in registry.names("armsim.metric"):
        if name not in found:
            found[name] = registry.load("armsim.metric", name)
    return found


def summarise(data: OptionData, names: Sequence[str] | None = None) -> pd.DataFrame:
    """Metrics of one option as a table of ``COLUMNS``, one figure a row.

    A cell with fewer than 50 incidents, or 10 beyond its quantile, is blank: value and limits are NaN and
    ``shown`` is false. Limits show simulation noise only; infinite is "not reached".

    Args:
        data: the option.
        names: metrics wanted; all when left out.

    Raises:
        KeyError: no metric of that name.
    """
    known = metrics()
    records: list[dict[str, Any]] = []
    for one in known.values() if names is None else [known[name] for name in names]:
        head = {key: getattr(one, key) for key in ("label", "unit", "better", "population")}
        for row in one.rows(data):
            records.append({"metric": one.name, **head, **_record(row, one.unit)})
    return pd.DataFrame.from_records(records, columns=list(COLUMNS))


def _record(row: Row, unit: str) -> dict[str, Any]:
    """A row as it stands in the table; limits are cut at what the figure can be."""
    estimate, blank = row.estimate, math.nan
    most = 1.0 if unit == "share" else math.inf
    return {
        **dict.fromkeys(GROUPS, ""),
        **row.labels,
        "value": estimate.value if row.shown else blank,
        "low": max(estimate.low, 0.0) if row.shown and estimate.low == estimate.low else blank,
        "high": min(estimate.high, most) if row.shown and estimate.high == estimate.high else blank,
        "n": estimate.count,
        "replications": estimate.replications,
        "shown": row.shown,
    }


def _quantiles(data: OptionData, p: float) -> Iterator[Row]:
    for labels, curve in data.cells:
        yield quantile_row(labels, curve, p, data)


def quantile_row(labels: Labels, curve: ResponseCurve, p: float, data: OptionData) -> Row:
    """A quantile of a curve in minutes."""
    seconds = curve.quantile_interval(p, data.scenario.study.confidence)
    minutes = Estimate(
        seconds.value / 60, seconds.low / 60, seconds.high / 60, seconds.replications, seconds.count
    )
    return Row(labels, minutes, enough(curve.count, p))


@metric("response_p50", "minutes", "lower", "Median response", "incidents that ask for the milestone")
def _response_p50(data: OptionData) -> Iterator[Row]:
    yield from _quantiles(data, 0.5)


@metric(
    "response_p90", "minutes", "lower", "90th percentile response", "incidents that ask for the milestone"
)
def _response_p90(data: OptionData) -> Iterator[Row]:
    yield from _quantiles(data, 0.9)


@metric("within_target", "share", "higher", "Within target", "incidents that the target holds for")
def _within_target(data: OptionData) -> Iterator[Row]:
    for name, target in data.scenario.targets.items():
        for level in ["", *(level.name for level in data.levels)]:
            for area in ("", "urban", "rural"):
                curve = data.target_curve(target, area or None, level or None)
                limit = max(target.urban, target.rural) if not area else getattr(target, area)
                estimate = curve.share_interval(60 * limit, data.scenario.study.confidence)
                labels = {"target": name, "milestone": target.milestone, "level": level, "area": area}
                yield Row(labels, estimate, enough(curve.count))
            for force in data.parts:
                curve = data.target_curve(target, None, level or None, force=force)
                estimate = curve.share_interval(
                    60 * max(target.urban, target.rural), data.scenario.study.confidence
                )
                labels = {"target": name, "milestone": target.milestone, "level": level, "force": force}
                yield Row(labels, estimate, enough(curve.count))


def _outcome_shares(data: OptionData, outcome: str) -> Iterator[Row]:
    for grade in Grade:
        for level, names in data.level_labels.items():
            cells = [f"grade={grade.name}:level={name}" for name in names]
            estimate = data.ratio(
                [f"{outcome}:{cell}" for cell in cells], [f"incidents:{cell}" for cell in cells]
            )
            if estimate.count:
                yield Row({"grade": grade.name, "level": level}, estimate, enough(int(estimate.count)))


@metric("share_lost", "share", "lower", "Lost before anybody came", "counted incidents")
def _share_lost(data: OptionData) -> Iterator[Row]:
    yield from _outcome_shares(data, "lost")


@metric("share_stood_down", "share", "neither", "Stood down before anybody came", "counted incidents")
def _share_stood_down(data: OptionData) -> Iterator[Row]:
    yield from _outcome_shares(data, "stood_down")


@metric("share_requeued", "share", "lower", "Abandoned for other work at least once", "counted incidents")
def _share_requeued(data: OptionData) -> Iterator[Row]:
    yield from _outcome_shares(data, "requeued")


def _over_time(data: OptionData, upper: str, lower: str) -> Iterator[Row]:
    for level, names in data.level_labels.items():
        cells = [f"level={name}" for name in names]
        yield Row(
            {"level": level}, data.ratio([f"{upper}:{c}" for c in cells], [f"{lower}:{c}" for c in cells])
        )
        for hour in range(24):
            hourly = [f"{cell}:hour={hour}" for cell in cells]
            estimate = data.ratio([f"{upper}:{c}" for c in hourly], [f"{lower}:{c}" for c in hourly])
            yield Row({"level": level, "hour": str(hour)}, estimate)
        for force in data.parts:
            own = [f"force={force}:{cell}" for cell in cells]
            estimate = data.ratio([f"{upper}:{c}" for c in own], [f"{lower}:{c}" for c in own])
            if estimate.count:
                yield Row({"level": level, "force": force}, estimate)


@metric("no_arv_free", "share", "lower", "No ARV free", "minutes of the window")
def _no_arv_free(data: OptionData) -> Iterator[Row]:
    yield from _over_time(data, "arv_free_zero_minutes", "minutes")


@metric("no_arv_obtainable", "share", "lower", "No ARV obtainable for a firearms incident", "surveys")
def _no_arv_obtainable(data: OptionData) -> Iterator[Row]:
    yield from _over_time(data, "arv_obtainable_zero_surveys", "surveys")


@metric("arvs_free", "ARVs", "higher", "ARVs free, on average", "minutes of the window")
def _arvs_free(data: OptionData) -> Iterator[Row]:
    yield from _over_time(data, "arv_free_minutes", "minutes")


@metric("arvs_on_posts", "ARVs", "neither", "ARVs on posts, on average", "minutes of the window")
def _arvs_on_posts(data: OptionData) -> Iterator[Row]:
    yield from _over_time(data, "arv_post_minutes", "minutes")


@metric("arv_time", "share", "neither", "Time of ARVs by kind of work", "minutes of ARVs on duty")
def _arv_time(data: OptionData) -> Iterator[Row]:
    for level, names in data.level_labels.items():
        whole = [f"arv_work_minutes:level={name}:work={work}" for name in names for work in WORK]
        for work in WORK:
            part = [f"arv_work_minutes:level={name}:work={work}" for name in names]
            yield Row({"level": level, "work": work}, data.ratio(part, whole))


@metric("crews_formed", "share", "higher", "Crews formed of those planned", "crews planned")
def _crews_formed(data: OptionData) -> Iterator[Row]:
    for kind in sorted(data.scenario.units):
        estimate = data.ratio(f"crews_crewed:kind={kind}", f"crews_planned:kind={kind}")
        if estimate.count:
            yield Row({"kind": kind}, estimate)


@metric("posts_filled", "share", "higher", "Posts filled", "minutes that posts are wanted")
def _posts_filled(data: OptionData) -> Iterator[Row]:
    estimate = data.ratio("post_filled_minutes", "post_wanted_minutes")
    if estimate.count:
        yield Row({}, estimate)


def _a_year(data: OptionData, name: str) -> Iterator[Row]:
    for level, names in data.level_labels.items():
        upper, lower = ([f"{what}:level={one}" for one in names] for what in (name, "minutes"))
        yield Row({"level": level}, data.ratio(upper, lower, per=MINUTES_PER_YEAR))


@metric("authorised_operations", "a year", "neither", "Authorised operations", "counted incidents")
def _authorised_operations(data: OptionData) -> Iterator[Row]:
    yield from _a_year(data, "authorised_operations")


@metric("stood_down_mobilisations", "a year", "neither", "Stood-down mobilisations", "counted incidents")
def _stood_down_mobilisations(data: OptionData) -> Iterator[Row]:
    yield from _a_year(data, "stood_down_mobilisations")


@metric("unmet_mobilisations", "a year", "lower", "Armed units wanted that never came", "counted incidents")
def _unmet_mobilisations(data: OptionData) -> Iterator[Row]:
    yield from _a_year(data, "unmet_mobilisations")


def _means(data: OptionData, upper: str, lower: str) -> Iterator[Row]:
    for level, names in data.level_labels.items():
        estimate = data.ratio(
            [f"{upper}:level={one}" for one in names], [f"{lower}:level={one}" for one in names]
        )
        if estimate.count:
            yield Row({"level": level}, estimate, enough(int(estimate.count)))


@metric("authorisation_delay", "minutes", "lower", "Graded to authorised, mean", "incidents authorised")
def _authorisation_delay(data: OptionData) -> Iterator[Row]:
    yield from _means(data, "authorisation_minutes", "authorisations")


def _authority_quantiles(data: OptionData, p: float) -> Iterator[Row]:
    for level in ["", *(level.name for level in data.levels)]:
        curve = authority_curve(data, level or None)
        if curve.count:
            yield quantile_row({"level": level}, curve, p, data)


_NEEDS_AUTHORITY = "incidents of types that need authority, booked work left out"


@metric("authorisation_delay_p50", "minutes", "lower", "Graded to authorised, median", _NEEDS_AUTHORITY)
def _authorisation_delay_p50(data: OptionData) -> Iterator[Row]:
    yield from _authority_quantiles(data, 0.5)


@metric(
    "authorisation_delay_p90", "minutes", "lower", "Graded to authorised, 90th percentile", _NEEDS_AUTHORITY
)
def _authorisation_delay_p90(data: OptionData) -> Iterator[Row]:
    yield from _authority_quantiles(data, 0.9)


@metric(
    "authorisations_waited",
    "share",
    "lower",
    "Authorisations that waited for the desk",
    "authorisations asked",
)
def _authorisations_waited(data: OptionData) -> Iterator[Row]:
    yield from _means(data, "desk_authorisations_waited", "desk_authorisations")


@metric(
    "desk_wait",
    "minutes",
    "lower",
    "Wait for the command desk, mean",
    "authorisations and tasks of attacks asked",
)
def _desk_wait(data: OptionData) -> Iterator[Row]:
    yield from _means(data, "desk_wait_minutes", "desk_tasks")


@metric("desk_utilisation", "share", "neither", "Places of the command desk taken", "minutes of places")
def _desk_utilisation(data: OptionData) -> Iterator[Row]:
    yield from _means(data, "desk_busy_minutes", "desk_place_minutes")


@metric(
    "exposure", "minutes", "lower", "First officer to first armed unit, mean", "firearms incidents with both"
)
def _exposure(data: OptionData) -> Iterator[Row]:
    yield from _means(data, "exposure_minutes", "exposures")


@metric("potential_mean", "minutes", "lower", "Potential response of an ARV, mean", "residents, all surveys")
def _potential_mean(data: OptionData) -> Iterator[Row]:
    for level in data.levels:
        yield Row({"level": level.name}, _residents_mean(data, level, 0.0))


@metric(
    "potential_worst_decile", "minutes", "lower", "Potential response of an ARV, worst-served tenth",
    "the tenth of residents farthest from one",
)  # fmt: skip
def _potential_worst_decile(data: OptionData) -> Iterator[Row]:
    for level in data.levels:
        yield Row({"level": level.name}, _residents_mean(data, level, 0.9))


def _residents_mean(data: OptionData, level: ThreatLevel, beyond: float) -> Estimate:
    """Mean over the residents past the share *beyond*, zones in order of their minutes; without limits."""
    minutes, people = data.potential[:, level], data.zones["population"].to_numpy(dtype=np.float64)
    order = np.argsort(minutes)
    share = np.cumsum(people[order]) / people.sum()
    weight = np.clip(share - beyond, 0, people[order] / people.sum())
    value = float(np.average(minutes[order], weights=weight))
    return Estimate(value, math.nan, math.nan, len(data.totals), float(people.sum()))
