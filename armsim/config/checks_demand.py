"""Checks of demand that comes from a log, and of surges."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as Folder

from armsim.config.checks_names import known_name
from armsim.config.logs import missing_files, read_mapping
from armsim.config.paths import Path, show
from armsim.config.schema import Scenario
from armsim.errors import Problem, ScenarioError

Finding = tuple[Path, str, str]


def traced_types_exist(scenario: Scenario) -> Iterator[Finding]:
    """Incident types that the log's types become."""
    trace, known = scenario.demand.trace, scenario.demand.types
    if trace is None:
        return
    for theirs, ours in trace.types.items():
        yield from known_name(
            ("demand", "trace", "types", theirs), ours, known, "incident type", "demand.types"
        )
        if theirs in trace.leave_out:
            place = ("demand", "trace", "leave_out", trace.leave_out.index(theirs))
            yield place, f"{show(theirs)} is in types too; name it in one of them", "error"


def every_type_has_a_rate(scenario: Scenario) -> Iterator[Finding]:
    """A rate for each type that the log does not give."""
    traced = traced_types(scenario)
    for name, kind in scenario.demand.types.items():
        rates = (kind.annual, kind.annual_per_100k, kind.annual_by_zone)
        if all(rate is None for rate in rates) and name not in traced:
            text = "write exactly one of annual, annual_per_100k, annual_by_zone; got none"
            yield ("demand", "types", name), text, "error"


def traced_types(scenario: Scenario) -> frozenset[str]:
    """Incident types that come from the log and are not drawn; with names left as they are, all may."""
    trace = scenario.demand.trace
    if trace is None or trace.mode == "surge_only":
        return frozenset()
    return frozenset(trace.types.values() or scenario.demand.types)


def bootstrap_only(scenario: Scenario) -> Iterator[Finding]:
    """What days must match only means something where they are drawn."""
    trace = scenario.demand.trace
    if trace is None:
        return
    if trace.mode != "bootstrap" and "match" in trace.model_fields_set:
        yield ("demand", "trace", "match"), "only a bootstrap draws days; this has no effect", "note"
    if trace.mode == "surge_only" and not any(one.day for one in scenario.demand.surge.values()):
        text = "no surge names a day of the log, so the log has no effect"
        yield ("demand", "trace", "mode"), text, "note"


def surges_fit(scenario: Scenario) -> Iterator[Finding]:
    """Surges are about types that exist, lie in the window, and have a log to take days from."""
    for name, surge in scenario.demand.surge.items():
        place = ("demand", "surge", name)
        for index, kind in enumerate(surge.types or ()):
            at = (*place, "types", index)
            yield from known_name(at, kind, scenario.demand.types, "incident type", "demand.types")
        if surge.since >= scenario.window:
            days = scenario.window / 1440
            yield (*place, "from"), f"begins after the window of {days:g} days and is never measured", "note"
        if surge.day is not None and scenario.demand.trace is None:
            text = "there is no log to take a day from; name one in demand.trace (mode: surge_only will do)"
            yield (*place, "day"), text, "error"
        others = [
            other
            for other, one in scenario.demand.surge.items()
            if one.day is not None and surge.day is not None and one.since == surge.since and other < name
        ]
        if others:
            yield (*place, "from"), f"surge {show(others[0])} replays a day on the same date", "error"


def surged_minutes(scenario: Scenario, kind: str) -> float:
    """Minutes of ordinary demand that the surges of a type are worth, at most."""
    return sum(
        (one.scale - 1.0) * (one.until - one.since)
        for one in scenario.demand.surge.values()
        if one.scale is not None and one.until is not None and (one.types is None or kind in one.types)
    )


DEMAND_CHECKS = (traced_types_exist, every_type_has_a_rate, bootstrap_only, surges_fit)


def mapping_problems(scenario: Scenario, folder: Folder) -> list[Problem]:
    """What is wrong with the mapping file of the log, in that file; nothing when there is no such file."""
    trace = scenario.demand.trace
    if trace is None or not (folder / trace.log).is_file():
        return []
    try:
        config, composed = read_mapping(folder / trace.log)
    except ScenarioError as error:
        return list(error.problems)
    return missing_files(config, composed, (folder / trace.log).parent)
