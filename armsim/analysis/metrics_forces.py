"""Metrics of what forces do for each other; hours are counted by the force that pays."""

from __future__ import annotations

from collections.abc import Iterator

from armsim.analysis.metrics import Row, metric
from armsim.analysis.option import OptionData
from armsim.domain import MINUTES_PER_HOUR, MINUTES_PER_WEEK

_HOURS_A_WEEK = MINUTES_PER_WEEK / MINUTES_PER_HOUR


def _a_week(data: OptionData, name: str, labels: dict[str, str]) -> Row:
    """Hours a week of a sum of minutes."""
    sums = f"{name}:" + ":".join(f"{group}={value}" for group, value in labels.items())
    elapsed = [f"minutes:level={level.name}" for level in data.levels]
    return Row(labels, data.ratio(sums, elapsed, per=_HOURS_A_WEEK))


def _aid(data: OptionData, name: str) -> Iterator[Row]:
    """By force and kind of unit; none where nothing is lent at all."""
    names = [str(total).split(":") for total in data.totals if str(total).startswith("aid_")]
    kinds = sorted({kind.removeprefix("kind=") for _, _, kind in names})
    blocs = {force.removeprefix("force=") for head, force, _ in names if head == name}
    for force in sorted({*data.parts, *blocs}) if kinds else ():
        for kind in kinds:
            yield _a_week(data, name, {"force": force, "kind": kind})


@metric("aid_lent", "hours a week", "neither", "Aid lent", "hours of units lent, by force that pays")
def _aid_lent(data: OptionData) -> Iterator[Row]:
    yield from _aid(data, "aid_lent_minutes")


@metric(
    "aid_borrowed", "hours a week", "neither", "Aid borrowed", "hours of units lent, by force that borrows"
)
def _aid_borrowed(data: OptionData) -> Iterator[Row]:
    yield from _aid(data, "aid_borrowed_minutes")


@metric(
    "no_arv_free_lending", "share", "lower", "No ARV free while lending", "minutes in which it lends an ARV"
)
def _no_arv_free_lending(data: OptionData) -> Iterator[Row]:
    for force in data.parts:
        estimate = data.ratio(f"lending_zero_minutes:force={force}", f"lending_minutes:force={force}")
        if estimate.count:
            yield Row({"force": force}, estimate)


def _elsewhere(data: OptionData, name: str) -> Iterator[Row]:
    if data.total([f"arv_away_minutes:force={force}" for force in data.parts]).any():
        for force in data.parts:
            yield _a_week(data, name, {"force": force})


@metric(
    "arv_away", "hours a week", "neither", "ARVs at work for other forces' areas", "hours, by force that pays"
)
def _arv_away(data: OptionData) -> Iterator[Row]:
    yield from _elsewhere(data, "arv_away_minutes")


@metric(
    "arv_helped", "hours a week", "neither", "ARVs of other forces at work", "hours, by force of the place"
)
def _arv_helped(data: OptionData) -> Iterator[Row]:
    yield from _elsewhere(data, "arv_helped_minutes")
