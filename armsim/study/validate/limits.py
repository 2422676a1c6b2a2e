"""What a log cannot show, and what follows from that for a comparison with it."""

from __future__ import annotations

from collections.abc import Iterator

from armsim.analysis.agreement.population import Responses
from armsim.model.logs.record import Log


def cannot_show(log: Log, responses: Responses, kinds: int) -> Iterator[str]:
    """Sentences: what is missing in the log, and what the comparison therefore leaves open.

    Args:
        log: the log, cut to the window.
        responses: its responses.
        kinds: number of kinds of unit in the scenario.
    """
    clocks = log.clocks
    if "to_dispatch" not in clocks:
        yield (
            "The log has no dispatch stamp: attendance counts from dispatch (mobilisation), so call handling "
            "and waiting for a free unit are in none of its figures. Simulated attendance counts from "
            "dispatch as well; how long callers wait before that is not checked here. The simulation takes "
            "the time of the call as the time of dispatch where its call handling is 0."
        )
    if "turnout" not in clocks or "travel" not in clocks:
        yield (
            "Turn-out and travel are not recorded apart: only their sum is checked. A turn-out that is too "
            "short and a drive that is too long could hide each other at some distances."
        )
    if "busy" not in clocks:
        yield (
            "The log does not say when units were free again: how many are committed at once, and how often "
            "the nearest is away, cannot be checked. Both rest on the scenario's time at scene, which is an "
            "assumption here: run this again with it shorter and longer."
        )
    elif "scene" not in clocks:
        yield "Time at scene is not recorded apart from the whole commitment: only that is checked."
    if kinds > 1 and not (log.units["kind"] != "").any():
        yield "The log does not say what kind of unit came: the scenario's kinds are not told apart."
    yield from _of_rows(log, responses)


def _of_rows(log: Log, responses: Responses) -> Iterator[str]:
    incidents = len(responses.incidents)
    attended = len(responses.arrival(1))
    if attended < incidents:
        yield (
            f"{incidents - attended:,} of {incidents:,} incidents ({1 - attended / incidents:.1%}) have no "
            "arrival in the log. Units are sent to them in the simulation, but their times are not compared."
        )
    if not (log.units["base"] != "").any():
        yield "The log does not say where units came from: who is sent where is not compared."
    if log.incidents["x_km"].isna().all():
        yield (
            "The log has no positions: incidents are placed at random in their area, so that a difference "
            "may "
            "be that of the place."
        )
    if log.incidents["units_sent"].isna().any():
        share = float(log.incidents["units_sent"].isna().mean())
        yield f"Units sent are not recorded for {share:.1%} of incidents; there the scenario's law is drawn."
