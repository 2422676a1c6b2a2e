"""Metrics of what comes on top of other work: second incidents, attacks, and recovery from one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from armsim.analysis.curve import CENSORED, REACHED, ResponseCurve, enough
from armsim.analysis.intervals import ratio_of_sums
from armsim.analysis.metrics import Row, metric, quantile_row
from armsim.analysis.option import Labels, OptionData
from armsim.domain import Milestone

_SECOND = "firearms incidents with another in the same force within study.second_incident_within before them"
_SITES = "sites of attacks"
_GIVEN = "replications, each given the attack"
_BOTH = ("with", "without")


def _second_quantiles(data: OptionData, p: float) -> Iterator[Row]:
    for labels, filters in _wholes(data):
        curve = data.curve(Milestone.FIRST_ARMED, grade="FIREARMS", second=True, **filters)
        if curve.count:
            yield quantile_row({"milestone": "first_armed", **labels}, curve, p, data)


@metric("second_incident_p50", "minutes", "lower", "Second incident, median response", _SECOND)
def _second_incident_p50(data: OptionData) -> Iterator[Row]:
    yield from _second_quantiles(data, 0.5)


@metric("second_incident_p90", "minutes", "lower", "Second incident, 90th percentile response", _SECOND)
def _second_incident_p90(data: OptionData) -> Iterator[Row]:
    yield from _second_quantiles(data, 0.9)


@metric("second_incident_within_target", "share", "higher", "Second incident within target", _SECOND)
def _second_incident_within_target(data: OptionData) -> Iterator[Row]:
    for name, target in data.scenario.targets.items():
        if target.milestone != "first_armed" or "FIREARMS" not in target.grades:
            continue
        for labels, filters in _wholes(data):
            curve = data.target_curve(target, None, filters.pop("level"), second=True, **filters)
            limit = 60 * max(target.urban, target.rural)
            if curve.count:
                estimate = curve.share_interval(limit, data.scenario.study.confidence)
                head = {"target": name, "milestone": target.milestone}
                yield Row({**head, **labels}, estimate, enough(curve.count))


@metric("second_incidents", "share", "neither", "Second incidents", "firearms incidents")
def _second_incidents(data: OptionData) -> Iterator[Row]:
    for labels, filters in _wholes(data):
        every, second = (
            data.counts(Milestone.FULL_ATTENDANCE, grade="FIREARMS", second=only, **filters)
            for only in (None, True)
        )
        if every.any():
            estimate = ratio_of_sums(second, every, data.scenario.study.confidence)
            yield Row(labels, estimate, enough(int(every.sum())))


def _site_quantiles(data: OptionData, p: float) -> Iterator[Row]:
    for milestone in (Milestone.FIRST_ARMED, Milestone.FULL_ATTENDANCE):
        for label, sites in _sites(data):
            curve = data.curve(milestone, sites=sites)
            if curve.count:
                yield quantile_row({"milestone": str(milestone), "site": label}, curve, p, data)


@metric("attack_response_p50", "minutes", "lower", "At sites of an attack, median response", _SITES)
def _attack_response_p50(data: OptionData) -> Iterator[Row]:
    yield from _site_quantiles(data, 0.5)


@metric("attack_response_p90", "minutes", "lower", "At sites of an attack, 90th percentile response", _SITES)
def _attack_response_p90(data: OptionData) -> Iterator[Row]:
    yield from _site_quantiles(data, 0.9)


@metric(
    "authorisation_after_attack",
    "minutes",
    "lower",
    "Wait for authority after an attack, mean",
    "firearms incidents received within study.aftermath of it and no part of it, until authorised or closed",
)
def _authorisation_after_attack(data: OptionData) -> Iterator[Row]:
    for name in _BOTH:
        estimate = data.ratio(f"aftermath_minutes:attack={name}", f"aftermath_count:attack={name}")
        if estimate.count:
            yield Row({"attack": name}, estimate, enough(int(estimate.count)))


def _recovery(data: OptionData, p: float) -> Iterator[Row]:
    curve = recovery_curve(data)
    if curve.count:
        yield quantile_row({}, curve, p, data)


@metric("recovery_p50", "minutes", "lower", "Recovery from the attack, median", _GIVEN)
def _recovery_p50(data: OptionData) -> Iterator[Row]:
    yield from _recovery(data, 0.5)


@metric("recovery_p90", "minutes", "lower", "Recovery from the attack, 90th percentile", _GIVEN)
def _recovery_p90(data: OptionData) -> Iterator[Row]:
    yield from _recovery(data, 0.9)


@metric("not_recovered", "share", "lower", "Not recovered from the attack by the end", _GIVEN)
def _not_recovered(data: OptionData) -> Iterator[Row]:
    if "recovered" in data.totals:
        missed = 1.0 - data.total("recovered")
        estimate = ratio_of_sums(missed, np.ones(len(missed)), data.scenario.study.confidence)
        yield Row({}, estimate, enough(len(missed)))


def recovery_curve(data: OptionData) -> ResponseCurve:
    """From the attack to recovery, a row a replication; one that has not recovered is censored at the end."""
    if "recovered" not in data.totals:
        nothing = np.zeros(0, dtype=np.int64)
        return ResponseCurve.from_rows(nothing, nothing, nothing, data.replications)
    seconds = np.ceil(60 * data.total("recovery_minutes") - 1e-6).astype(np.int64)
    fate = np.where(data.total("recovered") > 0, REACHED, CENSORED)
    return ResponseCurve.from_rows(data.totals.index.to_numpy(), seconds, fate, data.replications)


def _wholes(data: OptionData) -> Iterator[tuple[Labels, dict[str, Any]]]:
    """All together, each level, and each force: labels, and what to filter by."""
    wholes = [(level, "") for level in data.level_labels] + [("", force) for force in data.parts]
    for level, force in wholes:
        yield {"level": level, "force": force}, {"level": level or None, "force": force or None}


def _sites(data: OptionData) -> Iterator[tuple[str, Sequence[int]]]:
    """Label and numbers of all sites together, and of each; sites are counted from 1 in labels."""
    seen = [site for site in np.unique(data.responses["site"].to_numpy()).tolist() if site >= 0]
    if seen:
        yield "", seen
    yield from ((str(site + 1), [site]) for site in seen)
