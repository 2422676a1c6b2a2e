"""Metrics of who comes first, and of the second wave."""

from __future__ import annotations

from collections.abc import Iterator

from armsim.analysis.curve import enough
from armsim.analysis.metrics import Row, metric, quantile_row
from armsim.analysis.option import OptionData
from armsim.domain import Grade, Milestone

_TWO_WAVES = "incidents of types that ask for a second wave"


@metric(
    "single_crewed", "share", "lower", "First arrivals by one officer alone", "incidents an officer came to"
)
def _single_crewed(data: OptionData) -> Iterator[Row]:
    for grade in ("", *(grade.name for grade in Grade)):
        for level, names in data.level_labels.items():
            grades = [grade] if grade else [one.name for one in Grade]
            cells = [f"grade={one}:level={name}" for one in grades for name in names]
            estimate = data.ratio(
                [f"single_crewed:{cell}" for cell in cells], [f"first_arrivals:{cell}" for cell in cells]
            )
            if estimate.count:
                yield Row({"grade": grade, "level": level}, estimate, enough(int(estimate.count)))


def _contained(data: OptionData, p: float) -> Iterator[Row]:
    """All levels and each, all forces and each; by grade and area see ``response_p50`` and ``_p90``."""
    for force in ("", *data.parts):
        for level in data.level_labels:
            curve = data.curve(Milestone.CONTAINED, level=level or None, force=force or None)
            if curve.count:
                yield quantile_row({"milestone": "contained", "level": level, "force": force}, curve, p, data)


@metric("containment_p50", "minutes", "lower", "Received until both waves are there, median", _TWO_WAVES)
def _containment_p50(data: OptionData) -> Iterator[Row]:
    yield from _contained(data, 0.5)


@metric(
    "containment_p90", "minutes", "lower", "Received until both waves are there, 90th percentile", _TWO_WAVES
)
def _containment_p90(data: OptionData) -> Iterator[Row]:
    yield from _contained(data, 0.9)
