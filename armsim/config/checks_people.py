"""Checks of people: who may carry and hold what, uplifts, neighbourhood standards, what is priced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from armsim.config.checks_names import known_name
from armsim.config.paths import Path
from armsim.config.schema import Scenario
from armsim.config.schema.duty import PatternTeam, Team, UnitKind, VolunteerTeam
from armsim.config.schema.people import CedPolicy, EmploymentName, Uplift

Finding = tuple[Path, str, str]

_PEOPLE: dict[EmploymentName, str] = {
    "REGULAR": "regular officers",
    "STUDENT": "student officers",
    "SPECIAL": "special constables",
    "PCSO": "PCSOs",
}


def ceds_are_allowed(scenario: Scenario) -> Iterator[Finding]:
    """Nobody is given a CED before policy lets them carry one, unless the file says that it is meant."""
    end = scenario.start + timedelta(minutes=scenario.window)
    for name, team in scenario.teams.items():
        for employment, place in _given_a_ced(("teams", name, "ced_share"), team):
            since = _not_before(scenario.people.ced, employment, end)
            who = _PEOPLE[employment]
            if employment == "PCSO":
                yield place, "PCSOs do not carry CEDs; write 0, or leave it out", "error"
            elif since is not None:
                text = (
                    f"{who} may carry a CED from {since} and the window ends before; "
                    f"write people.ced.allowed_early: [{employment}] to ask what if"
                )
                yield place, text, "error"


def ceds_go_to_somebody(scenario: Scenario) -> Iterator[Finding]:
    """A share for an employment that the team has not, and devices for a team without carriers."""
    for name, team in scenario.teams.items():
        if isinstance(team, PatternTeam) and isinstance(team.ced_share, Mapping):
            for employment, share in team.ced_share.items():
                if share and not _has(team, employment):
                    text = f"the team has no {_PEOPLE[employment]}; write teams.{name}.employment"
                    yield ("teams", name, "ced_share", employment), text, "note"
        if team.ced_devices is not None and not _carries(team):
            yield ("teams", name, "ced_devices"), "not used, as ced_share gives nobody a CED", "note"


def crews_can_hold_what_they_need(scenario: Scenario) -> Iterator[Finding]:
    """Authorisations that a crew needs fit into it, and somebody of its team holds them."""
    for name, unit in scenario.units.items():
        for authorisation, count in unit.crew_needs.items():
            place: Path = ("units", name, "crew_needs", authorisation)
            if count > unit.crew:
                yield place, f"more than its crew of {unit.crew}", "error"
            yield from _held(place, unit, authorisation, scenario)


def _held(place: Path, unit: UnitKind, authorisation: str, scenario: Scenario) -> Iterator[Finding]:
    if unit.team is None:
        yield place, "not used, as standing units have no officers of a team", "note"
        return
    team = scenario.teams.get(unit.team)
    held = team.authorisations if isinstance(team, PatternTeam) else {}
    if team is not None and not any(share for key, share in held.items() if key == authorisation):
        text = f"nobody in team {unit.team} holds {authorisation}, so no crew is ever formed; "
        what = "write" if isinstance(team, PatternTeam) else "only teams with a pattern have"
        yield place, f"{text}{what} teams.{unit.team}.authorisations", "error"


def employment_leaves_no_less_than_nobody(scenario: Scenario) -> Iterator[Finding]:
    """Shares of employment are not more than the whole."""
    for name, team in scenario.teams.items():
        total = sum(team.employment.values()) if isinstance(team, PatternTeam) else 0.0
        if total > 1 + 1e-9:
            yield ("teams", name, "employment"), f"must sum to 1 at most, got {total:g}", "error"


def absences_are_the_teams(scenario: Scenario) -> Iterator[Finding]:
    """Absences that count as work, and that refreshers belong to, are planned absences of somebody."""
    for name, team in scenario.teams.items():
        if isinstance(team, PatternTeam) and "working_absences" in team.model_fields_set:
            for index, absence in enumerate(team.working_absences):
                place: Path = ("teams", name, "working_absences", index)
                where = f"teams.{name}.planned_absence"
                yield from known_name(place, absence, team.planned_absence, "planned absence", where)
    ced = scenario.people.ced
    carriers = [team for team in scenario.teams.values() if isinstance(team, PatternTeam) and _carries(team)]
    if "refresher_with" in ced.model_fields_set and ced.refresher_every is not None and carriers:
        absences = {absence for team in carriers for absence in team.planned_absence}
        where = "planned_absence of any team that carries CEDs"
        place = ("people", "ced", "refresher_with")
        yield from known_name(place, ced.refresher_with, absences, "planned absence", where)


def students_become_independent(scenario: Scenario) -> Iterator[Finding]:
    """Student officers count alone before the end of probation."""
    students = scenario.people.students
    if students.independent_after > students.probation:
        text = "after the end of probation, so no student officer would ever be in a crew"
        yield ("people", "students", "independent_after"), text, "error"


def uses_of_a_ced_sum(scenario: Scenario) -> Iterator[Finding]:
    """Shares of CED uses by kind make 1."""
    total = sum(scenario.people.ced.use_kinds.values())
    if abs(total - 1) > 1e-6:
        yield ("people", "ced", "use_kinds"), f"shares must sum to 1, got {total:g}", "error"


def uplifts_can_happen(scenario: Scenario) -> Iterator[Finding]:
    """Teams, courses and sums of uplifts."""
    for name, uplift in scenario.uplifts.items():
        at: Path = ("uplifts", name)
        yield from _works_a_pattern((*at, "team"), uplift.team, scenario)
        for index, course in enumerate(uplift.courses):
            place = (*at, "courses", index)
            yield from known_name(place, course, scenario.prices.courses, "course", "prices.courses")
        for donor in uplift.taken_from:
            yield from _works_a_pattern((*at, "taken_from", donor), donor, scenario)
        if uplift.team in uplift.taken_from:
            yield (*at, "taken_from", uplift.team), "is the team that gains; name another", "error"
        total = sum(uplift.taken_from.values())
        if total > 1 + 1e-9:
            yield (*at, "taken_from"), f"shares must sum to 1 at most, got {total:g}", "error"
        yield from _force_of(at, uplift, scenario)
        yield from _arrives(at, uplift, scenario)


def _works_a_pattern(place: Path, name: str, scenario: Scenario) -> Iterator[Finding]:
    yield from known_name(place, name, scenario.teams, "team", "teams")
    if isinstance(scenario.teams.get(name), VolunteerTeam):
        yield place, f"{name} works no pattern; name a team that does", "error"


def _force_of(at: Path, uplift: Uplift, scenario: Scenario) -> Iterator[Finding]:
    """Several forces: which of them. Their names are only looked at where the file lists them."""
    listed = scenario.region.force
    forces = {*(listed if isinstance(listed, tuple) else ()), *scenario.forces}
    if uplift.force is None:
        if len(forces) > 1:
            yield at, f"missing force; write one of {', '.join(sorted(forces))}", "error"
    elif forces:
        yield from known_name((*at, "force"), uplift.force, forces, "force", "region.force")


def _arrives(at: Path, uplift: Uplift, scenario: Scenario) -> Iterator[Finding]:
    courses = [scenario.prices.courses[name] for name in uplift.courses if name in scenario.prices.courses]
    after = uplift.first_class_after + sum(course.length for course in courses)
    late = after - scenario.window - (scenario.start - uplift.decided).days * 1440
    if late >= 0:
        text = f"its first class is on duty {late / 1440:.0f} days after the window: only training is seen"
        yield (*at, "decided"), text, "note"


def level_duty_fits(scenario: Scenario) -> Iterator[Finding]:
    """Patterns and volunteers of a level's duty."""
    volunteers = any(isinstance(team, VolunteerTeam) for team in scenario.teams.values())
    for level, setting in scenario.threat.levels.items():
        at: Path = ("threat", "levels", level, "duty")
        duty = setting.duty
        if duty.pattern is not None:
            place = (*at, "pattern")
            yield from known_name(place, duty.pattern, scenario.patterns, "pattern", "patterns")
        if duty.pattern is not None and duty.shift_length is not None:
            text = "the pattern of this level says how long shifts are; write one of the two"
            yield (*at, "shift_length"), text, "error"
        if duty.volunteers is not None and not volunteers:
            yield (*at, "volunteers"), "no team is of volunteers, so nobody can be called in", "error"
        for index, name in enumerate(duty.teams):
            if isinstance(scenario.teams.get(name), VolunteerTeam):
                text = f"{name} works no pattern; volunteers are called in by duty.volunteers"
                yield (*at, "teams", index), text, "error"


def standards_are_kept_by_neighbourhood_teams(scenario: Scenario) -> Iterator[Finding]:
    """Teams that keep standards of engagement exist and are neighbourhood teams."""
    for index, standard in enumerate(scenario.neighbourhood.standards):
        place: Path = ("neighbourhood", "standards", index, "team")
        yield from known_name(place, standard.team, scenario.teams, "team", "teams")
        team = scenario.teams.get(standard.team)
        if team is not None and not (isinstance(team, PatternTeam) and team.role == "NPT"):
            text = f"{standard.team} is no neighbourhood team; write teams.{standard.team}.role: NPT"
            yield place, text, "error"


def prices_are_of_something(scenario: Scenario) -> Iterator[Finding]:
    """Vehicles, teams and courses that prices name."""
    prices = scenario.prices
    for kind in prices.vehicles:
        yield from known_name(("prices", "vehicles", kind), kind, scenario.units, "unit kind", "units")
    for team in prices.allowance:
        yield from known_name(("prices", "allowance", team), team, scenario.teams, "team", "teams")
    if any(_carries(team) for team in scenario.teams.values()):
        for key, course in (("course", prices.ced.course), ("refresher", prices.ced.refresher)):
            place = ("prices", "ced", key)
            yield from known_name(place, course, prices.courses, "course", "prices.courses")


def sustained_teams_work_a_pattern(scenario: Scenario) -> Iterator[Finding]:
    """Teams that ``armsim sustain`` judges."""
    for index, name in enumerate(scenario.sustain.teams):
        yield from _works_a_pattern(("sustain", "teams", index), name, scenario)


PEOPLE_CHECKS: tuple[Callable[[Scenario], Iterator[Finding]], ...] = (
    ceds_are_allowed,
    ceds_go_to_somebody,
    crews_can_hold_what_they_need,
    employment_leaves_no_less_than_nobody,
    absences_are_the_teams,
    students_become_independent,
    uses_of_a_ced_sum,
    uplifts_can_happen,
    level_duty_fits,
    standards_are_kept_by_neighbourhood_teams,
    prices_are_of_something,
    sustained_teams_work_a_pattern,
)


def _given_a_ced(place: Path, team: Team) -> Iterator[tuple[EmploymentName, Path]]:
    """Employments that the file itself gives CEDs to; a share of all leaves that to policy."""
    if isinstance(team, VolunteerTeam):
        if team.ced_share:
            yield "SPECIAL", place
    elif isinstance(team.ced_share, Mapping):
        for employment, share in team.ced_share.items():
            if share:
                yield employment, (*place, employment)


def _not_before(policy: CedPolicy, employment: EmploymentName, end: date) -> date | None:
    """From when *employment* may carry, where that is not before *end* and not overridden."""
    since = policy.allowed_from.get(employment)
    return since if since is not None and since >= end and employment not in policy.allowed_early else None


def _carries(team: Team) -> bool:
    shares = team.ced_share.values() if isinstance(team.ced_share, Mapping) else (team.ced_share,)
    return any(share > 0 for share in shares)


def _has(team: PatternTeam, employment: EmploymentName) -> bool:
    if employment == "REGULAR":
        return sum(team.employment.values()) < 1
    return any(share for key, share in team.employment.items() if key == employment)
