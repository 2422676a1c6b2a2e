"""A scenario at a glance, for notebooks: when, where, which levels, which units, what happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from armsim.config.markup import heading, paragraph, table

if TYPE_CHECKING:
    from armsim.config.loader import Loaded
    from armsim.config.schema import Scenario
    from armsim.config.schema.demand import IncidentType

_DAY = 1440.0


def scenario_html(scenario: Scenario) -> str:
    """Title, question, main settings, unit kinds and incident types."""
    units = [
        (name.replace("_", " "), kind.team, kind.crew, kind.vehicles, kind.bases, ", ".join(kind.serves))
        for name, kind in scenario.units.items()
    ]
    types = [
        (name.replace("_", " "), kind.grade, _annual(kind)) for name, kind in scenario.demand.types.items()
    ]
    return "".join(
        (
            heading(scenario.title),
            paragraph(scenario.description),
            table("", ("Setting", "Value"), _settings(scenario)),
            table("Units", ("Kind", "Team", "Crew", "Vehicles", "Bases", "Sent to"), units),
            table("Incidents", ("Type", "Grade", "A year"), types),
        )
    )


def loaded_html(loaded: Loaded) -> str:
    """The scenario, what was changed in it, and what is remarked on it."""
    composed = loaded.composed
    rows = [("File", composed.file), ("Overrides", ", ".join(composed.applied) or "none")]
    rows += [("Changed", text) for text in composed.sets]
    rows += [("Remark", f"{note.path}: {note.message}") for note in loaded.notes]
    return scenario_html(loaded.scenario) + table("As loaded", ("", ""), rows)


def _settings(scenario: Scenario) -> Iterator[tuple[str, object]]:
    opens = datetime.combine(scenario.start, time())
    yield "Window", f"{_days(scenario.window)} from {opens.day} {opens:%B %Y}"
    yield "Area", _area(scenario)
    yield "Threat level", ", then ".join(_levels(scenario, opens))
    yield "Replications, seed", f"{scenario.study.replications}, {scenario.study.seed}"


def _levels(scenario: Scenario, opens: datetime) -> Iterator[str]:
    for change in scenario.threat.timeline:
        at = opens + timedelta(minutes=change.at)
        yield change.level if change.at == 0 else f"{change.level} from {at.day} {at:%B %H:%M}"


def _annual(kind: IncidentType) -> str:
    if kind.annual_per_100k is not None:
        return f"{kind.annual_per_100k:,g} per 100,000 residents"
    if isinstance(kind.annual, dict):
        return f"{sum(kind.annual.values()):,.0f} in {len(kind.annual)} forces"
    if kind.annual_by_zone is not None:
        return f"{sum(kind.annual_by_zone.values()):,.0f} by zone"
    return "" if kind.annual is None else f"{kind.annual:,.0f}"


def _area(scenario: Scenario) -> str:
    region = scenario.region
    if region.generated is not None:
        return f"{region.generated.name} (made up)"
    if region.zones is not None:
        return f"zones of {region.zones.file}"
    names = (region.force,) if isinstance(region.force, str) else region.force or ()
    return ", ".join(name.replace("_", " ").title() for name in names)


def _days(minutes: float) -> str:
    days = minutes / _DAY
    return f"{days:g} day{'' if days == 1 else 's'}"
