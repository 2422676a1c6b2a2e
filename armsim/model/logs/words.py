"""What a log cannot tell and what follows from that, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from armsim.config.schema.logs import LogConfig

_COLUMN = {"type": "type", "area": "area", "x_km": "place", "easting": "place", "lon": "place"}


def remarks(
    config: LogConfig,
    incidents: pd.DataFrame,
    units: pd.DataFrame,
    clocks: frozenset[str],
    left_out: int,
    differing: Mapping[str, int],
) -> Iterator[str]:
    """One sentence for each thing that whoever reads the log's figures should know."""
    if left_out:
        yield f"rows left out by where: {left_out:,}"
    yield from _clocks(units, clocks)
    unknown = int((incidents["x_km"].isna()).sum())
    at_area = int(incidents["at_area"].sum())
    if unknown == len(incidents):
        yield "the log has no places: where incidents come from cannot be fitted"
    elif unknown:
        yield f"incidents without a place: {unknown:,} of {len(incidents):,}"
    if at_area:
        yield f"incidents placed at the middle of their area: {at_area:,}"
    if config.incident.type is None:
        yield "the log has no types: all incidents are taken as one"
    if incidents["units_sent"].isna().all():
        yield "the log does not say how many units were sent: what incidents need must be assumed"
    for name, count in differing.items():
        yield f"incidents whose rows differ in {_COLUMN[name]}: {count:,}; the first that has one counts"


def _clocks(units: pd.DataFrame, clocks: frozenset[str]) -> Iterator[str]:
    if units.empty:
        yield "the log has no unit responses: response times, turnout, travel and work must be assumed"
        return
    if "to_dispatch" not in clocks:
        yield (
            "the log has no dispatch stamp beside the time of receipt: attendance counts from dispatch, "
            "and call handling cannot be fitted"
        )
    if "attendance" in clocks and not {"turnout", "travel"} & clocks:
        yield (
            "the log does not say when units were mobile: turnout and travel come as one time, attendance, "
            "and can only be told apart by how it grows with distance"
        )
    elif "attendance" not in clocks:
        yield "the log does not say how long after dispatch units arrived: response cannot be compared"
    if "scene" not in clocks:
        yield "the log does not say when units were clear of the scene: time on scene must be assumed"
    if "busy" not in clocks:
        yield "the log does not say when units were available again: how long they are taken must be assumed"
