"""Names in one part of a scenario that must be defined in another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from armsim.config.paths import Path, parse_path, show
from armsim.config.schema import Scenario
from armsim.config.schema.duty import PatternTeam, UnitKind
from armsim.domain import Grade
from armsim.registry import suggestion

Finding = tuple[Path, str, str]


def profiles_exist(scenario: Scenario) -> Iterator[Finding]:
    """Profiles that incident types name."""
    for name, kind in scenario.demand.types.items():
        if kind.profile is not None:
            place = ("demand", "types", name, "profile")
            yield from known_name(place, kind.profile, scenario.demand.profiles, "profile", "demand.profiles")


def unit_sources_exist(scenario: Scenario) -> Iterator[Finding]:
    """Base groups and teams that unit kinds name, and patterns that teams name."""
    for name, unit in scenario.units.items():
        yield from known_name(("units", name, "bases"), unit.bases, scenario.bases, "group of bases", "bases")
        if unit.team is not None:
            yield from known_name(("units", name, "team"), unit.team, scenario.teams, "team", "teams")
    for name, team in scenario.teams.items():
        if isinstance(team, PatternTeam):
            place = ("teams", name, "pattern")
            yield from known_name(place, team.pattern, scenario.patterns, "pattern", "patterns")


def everything_is_used(scenario: Scenario) -> Iterator[Finding]:
    """Groups of bases, teams, patterns and profiles that nothing names: perhaps misspelt."""
    units, teams = scenario.units.values(), scenario.teams.values()
    patterns = {team.pattern for team in teams if isinstance(team, PatternTeam)}
    patterns |= {setting.duty.pattern or "" for setting in scenario.threat.levels.values()}
    profiles = {kind.profile for kind in scenario.demand.types.values()}
    used: tuple[tuple[str, Path, Iterable[str], Collection[str | None]], ...] = (
        ("unit kind", ("bases",), scenario.bases, {unit.bases for unit in units}),
        ("unit kind", ("teams",), scenario.teams, {unit.team for unit in units}),
        ("team", ("patterns",), scenario.patterns, patterns),
        ("incident type", ("demand", "profiles"), scenario.demand.profiles, profiles),
    )
    for user, place, defined, named in used:
        for name in defined:
            if name not in named:
                yield (*place, name), f"no {user} uses it; is a name misspelt?", "note"


def standing_bases_exist(scenario: Scenario) -> Iterator[Finding]:
    """Bases of standing units; bases that are placed by p_median get their names when they are placed."""
    for name, unit in scenario.units.items():
        group = scenario.bases.get(unit.bases)
        if unit.standing is None or group is None or group.sites is None:
            continue
        for base in unit.standing:
            place = ("units", name, "standing", base)
            yield from known_name(place, base, group.sites, "base", f"bases.{unit.bases}.sites")


def shift_letters_exist(scenario: Scenario) -> Iterator[Finding]:
    """Shift letters of double crewing."""
    for name, unit in scenario.units.items():
        shifts = _shifts(scenario, unit)
        for letter in unit.double_crewed if isinstance(unit.double_crewed, dict) and shifts else ():
            place = ("units", name, "double_crewed", letter)
            yield from known_name(place, letter, shifts, "shift", "the pattern of its team")


def unit_kinds_exist(scenario: Scenario) -> Iterator[Finding]:
    """Unit kinds that demand, dispatch and levels name."""
    for place, kind in _kinds_named(scenario):
        yield from known_name(place, kind, scenario.units, "unit kind", "units")


def types_exist(scenario: Scenario) -> Iterator[Finding]:
    """Incident types that levels name."""
    for level, setting in scenario.threat.levels.items():
        for key, named in (("demand", setting.demand), ("attendance", setting.attendance)):
            for name in named:
                place = ("threat", "levels", level, key, name)
                yield from known_name(place, name, scenario.demand.types, "incident type", "demand.types")


def level_names_exist(scenario: Scenario) -> Iterator[Finding]:
    """Sites of posts, and teams and absences of a level's duty."""
    absences = {
        name
        for team in scenario.teams.values()
        if isinstance(team, PatternTeam)
        for name in team.planned_absence
    }
    for level, setting in scenario.threat.levels.items():
        at: Path = ("threat", "levels", level)
        for name, post in setting.posts.items():
            yield from known_name((*at, "posts", name, "site"), post.site, scenario.sites, "site", "sites")
        for index, team in enumerate(setting.duty.teams):
            yield from known_name((*at, "duty", "teams", index), team, scenario.teams, "team", "teams")
        for index, absence in enumerate(setting.duty.suspend):
            place = (*at, "duty", "suspend", index)
            yield from known_name(place, absence, absences, "planned absence", "any team's planned_absence")


def grades_exist(scenario: Scenario) -> Iterator[Finding]:
    """Grades of blue-light driving."""
    for name in scenario.travel.blue_light_time_factor:
        place = ("travel", "blue_light_time_factor", name)
        yield from known_name(place, name, Grade.__members__, "grade", "the list of grades")


def source_paths_exist(scenario: Scenario) -> Iterator[Finding]:
    """Settings that sources are given for."""
    for path in scenario.sources:
        fault = _fault_of(scenario, path)
        if fault:
            yield ("sources", path), fault, "error"


NAME_CHECKS: tuple[Callable[[Scenario], Iterator[Finding]], ...] = (
    profiles_exist,
    unit_sources_exist,
    everything_is_used,
    standing_bases_exist,
    shift_letters_exist,
    unit_kinds_exist,
    types_exist,
    level_names_exist,
    grades_exist,
    source_paths_exist,
)


def known_name(place: Path, name: str, known: Collection[str], what: str, where: str) -> Iterator[Finding]:
    """A problem at *place* when *name* is not among the *known* ones, of *what*, defined *where*."""
    if name not in known:
        hint = suggestion(name, known) if known else f"; {where} defines none"
        yield place, f"unknown {what} {show(name)}{hint}", "error"


def _shifts(scenario: Scenario, unit: UnitKind) -> Collection[str]:
    team = scenario.teams.get(unit.team or "")
    pattern = scenario.patterns.get(team.pattern) if isinstance(team, PatternTeam) else None
    return pattern.shifts if pattern is not None else ()


def _kinds_named(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    for name, kind in scenario.demand.types.items():
        yield from _each(("demand", "types", name, "not_by"), kind.not_by)
    for index, rule in enumerate(scenario.dispatch.diversion):
        yield from _each(("dispatch", "diversion", index, "kinds"), rule.kinds)
    for name in scenario.dispatch.reserve:
        yield ("dispatch", "reserve", name), name
    for level, setting in scenario.threat.levels.items():
        for name in setting.reserve:
            yield ("threat", "levels", level, "reserve", name), name
        for post_name, post in setting.posts.items():
            yield from _each(("threat", "levels", level, "posts", post_name, "kinds"), post.kinds)


def _each(place: Path, names: Iterable[str]) -> Iterator[tuple[Path, str]]:
    return (((*place, index), name) for index, name in enumerate(names))


def _fault_of(scenario: Scenario, path: str) -> str | None:
    """What is wrong with a dotted path into *scenario*, defaults included."""
    here: Any = scenario
    for part in parse_path(path) or ("",):
        names = _below(here)
        if str(part) not in names:
            hint = suggestion(str(part), names)
            return f"{show(path)} is no setting of this scenario: no {show(str(part))}{hint}"
        here = names[str(part)]
    return None


def _below(value: Any) -> dict[str, Any]:
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {str(key): item for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return {str(index): item for index, item in enumerate(value)}
    return {}
