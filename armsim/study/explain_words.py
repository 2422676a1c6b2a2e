"""What theory found, in words: the first bottleneck, what the theory leaves out, where a run differs."""

from __future__ import annotations

from collections.abc import Iterator

from armsim.config.schema import Scenario
from armsim.domain import ThreatLevel
from armsim.study.explain import Area, Explanation, KindFigures, hour_name

#: Utilisation from which the most loaded kind is called a bottleneck.
_TIGHT = 0.85
#: Share of a grade that waits, from which it is called a bottleneck of response.
_WAITS = 0.10


def bottleneck(found: Explanation) -> str:
    """The first bottleneck in one sentence: what is short first as work grows."""
    bare = [area.name for area in found.areas if area.unserved and not area.kinds]
    if bare:
        return f"First bottleneck: no unit is ever on duty for the work of {', '.join(bare)}."
    loaded = [
        (kind.peak, area, kind)
        for area in found.areas
        for kind in area.kinds
        if kind.offered > 0 and not kind.volunteers
    ]
    if not loaded:
        return "No bottleneck: nothing asks for the units."
    peak, area, kind = max(loaded, key=lambda one: (one[0], one[1].name, one[2].kind))
    where = f" of {area.name}" if len(found.areas) > 1 else ""
    at = hour_name(kind.peak_hour)
    if peak >= 1:
        return (
            f"First bottleneck: {kind.kind}{where}, {at}: the load is {peak:.0%} of the units on duty, "
            f"{kind.overloaded} {_hours(kind.overloaded)} a week are beyond what they can carry and at worst "
            f"{kind.short:.1f} {_more(kind)} needed to carry it."
        )
    if peak >= _TIGHT:
        return (
            f"First bottleneck: {kind.kind}{where}, {at}: {peak:.0%} busy; "
            f"work waits there first as demand grows.{_waiting(area)}"
        )
    return f"No bottleneck yet; the first would be {kind.kind}{where}, {at}, {peak:.0%} busy.{_waiting(area)}"


def _hours(number: int) -> str:
    return "hour" if number == 1 else "hours"


def _more(kind: KindFigures) -> str:
    word = "place" if kind.kind == "command desk" else "unit"
    return f"{word} more is" if kind.short == 1 else f"{word}s more are"


def _waiting(area: Area) -> str:
    """What waits most, where much of it does."""
    waits = [grade for grade in area.grades if grade.waits >= _WAITS]
    if not waits:
        return ""
    worst = max(waits, key=lambda grade: grade.waits)
    return f" {_percent(worst.waits)} of {worst.grade} work waits for a unit."


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def overloads(found: Explanation) -> tuple[str, ...]:
    """A sentence for each grade of an area that nobody serves, or that has no steady state in some hours."""
    nobody = tuple(
        f"{area.name}: there is {grade} work and no unit that may be sent to it."
        for area in found.areas
        for grade in area.unserved
    )
    return nobody + tuple(
        f"{area.name}: {grade.grade} has no steady state in {grade.overloaded} "
        f"{_hours(grade.overloaded)} of the week; its queue grows then and is worked off later, and "
        "mean waits leave these hours out."
        for area in found.areas
        for grade in area.grades
        if grade.overloaded
    )


def limits(scenario: Scenario, level: ThreatLevel, found: Explanation) -> tuple[str, ...]:
    """Where theory does not apply to this scenario, a sentence each; only what the scenario has."""
    return tuple(_limits(scenario, level, found))


def _limits(scenario: Scenario, level: ThreatLevel, found: Explanation) -> Iterator[str]:
    yield (
        "Every hour is taken as a steady state of its own, with work that is still under way carried over; "
        "day-to-day spread, bursts and the random number of crews are left out, all of which add waiting."
    )
    if any(grade.units > 1 for area in found.areas for grade in area.grades):
        yield (
            "Several units an incident: each is counted as work of its own. They are called at once and "
            "leave together in fact, which no formula here covers; full attendance is not foretold."
        )
    if _reserved(scenario, level):
        yield (
            "Reserve: counted as the chance that more units than it are free, and as cutoff priority where "
            "most of a grade's units keep one; a mixed fleet is beyond the formulas."
        )
    if scenario.dispatch.diversion:
        yield (
            "Diversion: work that a unit may leave on the scene does not keep it from the higher grade; what "
            "is left unfinished is not done again in theory, and diversion on the way only is left out."
        )
    if any(kind.team for kind in scenario.units.values()):
        yield (
            "Shift ends, breaks and overruns: units are free up to the end of their shift and end beyond it "
            "what they are at, uncounted; the margin before the end, breaks and handovers are left out."
        )
    yield from _rare(scenario)


def _reserved(scenario: Scenario, level: ThreatLevel) -> bool:
    setting = scenario.threat.levels.get(level.name)  # type: ignore[call-overload]
    return bool(scenario.dispatch.reserve or (setting is not None and setting.reserve))


def _rare(scenario: Scenario) -> Iterator[str]:
    if scenario.attacks:
        yield "Attacks are left out: they are transients, which a steady state knows nothing of."
    if scenario.aid.default == "mutual_aid":
        yield "Mutual aid is left out: every force is taken as on its own."
    if any(kind.cover is not None for kind in scenario.units.values()):
        yield "Cover moves are left out: units that make them are taken as at their base."
    if scenario.travel.trip_noise.at_zero:
        yield "Trip noise: its spread is taken at the mean drive of each hour."
    if len(scenario.threat.timeline) > 1 or scenario.threat.process is not None:
        yield "One threat level is taken to hold throughout; what a change costs is left out."
