"""Metric of what armed response is made of."""

from __future__ import annotations

from collections.abc import Iterator

from armsim.analysis.curve import enough
from armsim.analysis.metrics import Row, metric
from armsim.analysis.option import OptionData
from armsim.analysis.response_parts import PARTS
from armsim.domain import Grade, Milestone


@metric(
    "response_part", "minutes", "lower", "Part of armed response, mean",
    "firearms incidents that an armed unit came to",
)  # fmt: skip
def _response_part(data: OptionData) -> Iterator[Row]:
    """All parts together and each, at all levels and each."""
    for level, names in data.level_labels.items():
        lower = [f"response_parts:level={name}" for name in names]
        for parts in (tuple(PARTS), *((part,) for part in PARTS)):
            upper = [f"response_part_minutes:level={name}:part={part}" for name in names for part in parts]
            estimate = data.ratio(upper, lower)
            if estimate.count:
                kind = parts[0] if len(parts) == 1 else ""
                labels = {
                    "milestone": str(Milestone.FIRST_ARMED), "grade": Grade.FIREARMS.name, "level": level,
                    "kind": kind,
                }  # fmt: skip
                yield Row(labels, estimate, enough(int(estimate.count)))
