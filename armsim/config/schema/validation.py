"""What a simulation is held to when it is compared with a log, as written in a scenario file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from armsim.config.base import Model
from armsim.config.quantities import Duration

#: A measure of ``armsim validate``, such as ``first_arrival_median``.
MeasureName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
_MARGIN = r"^\d+(\.\d+)? ?(%|pp|s|min)$"


class ValidationConfig(Model):
    """What ``armsim validate`` holds the simulation to: stated here, it is stated before the run."""

    margins: dict[MeasureName, Annotated[str, Field(pattern=_MARGIN)]] = {}
    """Differences that do not matter, by measure: ``8%`` of the log's figure, ``4 pp`` (percentage points),
    ``20 s`` or ``0.5 min``; measures left out keep their usual margin."""
    primary: Annotated[tuple[MeasureName, ...], Field(max_length=32)] = (
        "first_arrival_median",
        "first_arrival_p90",
        "first_arrival_within",
    )
    """Measures that must not differ."""
    within: Annotated[tuple[Duration, ...], Field(max_length=8)] = ()
    """Times within which arrivals are counted; none is those of the scenario's targets, from dispatch."""
