"""Officers whom a scenario pays for, once every uplift has arrived, and the CEDs that they carry.

Long-run figures by hand, not a replication's own: they are what a budget is made of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from armsim.analysis.option import OptionData
from armsim.config.schema import Scenario
from armsim.config.schema.duty import PatternTeam, Team
from armsim.config.schema.people import EmploymentName, Uplift
from armsim.domain import MINUTES_PER_DAY
from armsim.model.allotment import posts_of, team_homes
from armsim.model.bases import Ground
from armsim.model.forces import by_force, force_code
from armsim.model.patterns import strength
from armsim.model.uplifts import sources

_YEAR = 365.25 * MINUTES_PER_DAY


@dataclass(frozen=True, slots=True)
class Staff:
    """Officers of one team, force and employment.

    Attributes:
        team: name of the team.
        force: name of the force that pays.
        employment: what they are employed as.
        officers: how many are in post, on average.
        carriers: how many of them carry a CED.
    """

    team: str
    force: str
    employment: EmploymentName
    officers: float
    carriers: float


def staff(data: OptionData) -> tuple[Staff, ...]:
    """Officers in post, in order of team, force and employment; without those that have nobody.

    Posts less vacancies and less the share of posts that attrition keeps empty, and what uplifts add: as
    many in the team that gains, as many less in a team they come from that is never filled again, as regular
    officers. Carriers are those trained whose employment may carry on the first day of the window (level
    settings apart), and all officers of a team that crews armed units only.
    """
    ground = Ground.of(data.zones, data.forces)
    moved = _moved(data.scenario, ground)
    found = []
    for name, team in sorted(data.scenario.teams.items()):
        for code, posts in enumerate(posts_of(data.scenario, ground, name)):
            for employment, share in _employments(team).items():
                extra = moved.get((name, code), 0.0) if employment == "REGULAR" else 0.0
                officers = max(0.0, _in_post(team, posts or 0) * share + extra)
                carriers = officers * _carrying(data.scenario, name, team, employment)
                if officers > 0:
                    found.append(Staff(name, data.forces[code], employment, officers, carriers))
    return tuple(found)


def devices(data: OptionData) -> dict[tuple[str, str], float]:
    """CEDs of each team and force: its stock, or one a carrier where the scenario sets none."""
    ground = Ground.of(data.zones, data.forces)
    found: dict[tuple[str, str], float] = {}
    for one in staff(data):
        found[one.team, one.force] = found.get((one.team, one.force), 0.0) + one.carriers
    for name, team in data.scenario.teams.items():
        if team.ced_devices is None or _armed_only(data.scenario, name):
            continue
        homes = [code for code, posts in enumerate(posts_of(data.scenario, ground, name)) if posts]
        stock = by_force(team.ced_devices, data.forces, homes)
        for code, number in enumerate(stock):
            if (name, data.forces[code]) in found or number:
                found[name, data.forces[code]] = float(number or 0)
    return {key: number for key, number in sorted(found.items()) if number}


def uplift_forces(scenario: Scenario, ground: Ground, uplift: Uplift) -> tuple[int, ...]:
    """Codes of the forces that an uplift is for: the one it names, or all where the team has bases."""
    if uplift.force is not None:
        return (force_code(uplift.force, ground.forces),)
    return tuple(sorted(team_homes(scenario, ground, uplift.team)))


def _moved(scenario: Scenario, ground: Ground) -> dict[tuple[str, int], float]:
    """Officers that uplifts add to a team of a force, or take from it for good."""
    moved: dict[tuple[str, int], float] = {}
    for uplift in scenario.uplifts.values():
        moves = Counter({uplift.team: uplift.officers})
        if uplift.backfilled_after is None:
            moves.subtract(one for one in sources(uplift.officers, uplift.taken_from).tolist() if one)
        for code in uplift_forces(scenario, ground, uplift):
            for team, officers in moves.items():
                moved[team, code] = moved.get((team, code), 0.0) + officers
    return moved


def _employments(team: Team) -> dict[EmploymentName, float]:
    """Share of a team's officers by employment."""
    if not isinstance(team, PatternTeam):
        return {"SPECIAL": 1.0}
    regular = max(0.0, 1.0 - sum(team.employment.values()))
    return {"REGULAR": regular, **{name: team.employment[name] for name in sorted(team.employment)}}


def _in_post(team: Team, posts: int) -> float:
    """Officers in post of so many posts, on average."""
    if not isinstance(team, PatternTeam):
        return float(posts)
    lost = team.attrition
    left = lost.a_year * lost.replaced_after / _YEAR if lost is not None else 0.0
    return strength(team, posts) / (1.0 + left)


def _carrying(scenario: Scenario, name: str, team: Team, employment: EmploymentName) -> float:
    """Share of a team's officers of an employment who carry a CED."""
    if _armed_only(scenario, name):
        return 1.0
    policy = scenario.people.ced
    allowed = policy.allowed_from.get(employment, date.min) <= scenario.start
    if not (allowed or employment in policy.allowed_early):
        return 0.0
    share = team.ced_share
    return share.get(employment, 0.0) if isinstance(share, dict) else share


def _armed_only(scenario: Scenario, name: str) -> bool:
    """Whether a team crews units, and only armed ones; its officers carry CEDs outside any stock."""
    armed = list(_armed_kinds(scenario, name))
    return bool(armed) and all(armed)


def _armed_kinds(scenario: Scenario, name: str) -> Iterator[bool]:
    return (kind.armed for kind in scenario.units.values() if kind.team == name)
