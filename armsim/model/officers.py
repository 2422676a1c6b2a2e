"""Officers of a team as individuals: employment, authorisations, who may carry a CED when, who is tutored.

Marks are spread evenly over the ids by rotation, each kind of mark by a rotation of its own, so that holders
of one are neither the same officers as holders of another nor others by design. An officer added later has
the highest id and changes nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from armsim.config.schema.duty import PatternTeam
from armsim.config.schema.people import EmploymentName
from armsim.config.schema.scenario import Scenario
from armsim.domain import Authorisation, Employment
from armsim.model.absence import Bools, marked
from armsim.model.ced_dates import CedGate, Refreshers, ced_gate, refreshers
from armsim.model.forces import ForceTeam
from armsim.model.patterns import Floats, Ints, pattern_team, strength
from armsim.model.threat import Timeline
from armsim.model.uplifts import Moves, moves

#: Rotations that are independent of each other and of the golden ratio, which absence turns by. Of the roots
#: up to 79 these leave the smallest gaps between squads and the smallest overlap beyond chance.
_EMPLOYMENT_TURN = 22**0.5
_TENURE_TURN = 15**0.5
_TURNS = {
    Authorisation.AFO: 43**0.5,
    Authorisation.ARVO: 76**0.5,
    Authorisation.SFO: 79**0.5,
    Authorisation.CTSFO: 19**0.5,
    Authorisation.RESPONSE_DRIVER: 34**0.5,
    Authorisation.ADVANCED_DRIVER: 47**0.5,
}


@dataclass(frozen=True)
class Officers:
    """Officers of a team of one force by id, from 0; those of uplifts have the highest ids.

    Attributes:
        employment: ``Employment`` codes.
        authorisations: bits 2**``Authorisation``, without the CED.
        rest_days_owed: rest days owed when the window opens.
        trained: trained to carry a CED.
        tenure: of a student officer when the window opens, minutes; NaN of others.
        probation: length of probation, minutes.
        independent_after: tenure from which a student officer counts alone, minutes.
        gate: who may carry a CED when.
        refreshers: when carriers are out of date.
        moves: when officers of uplifts arrive and donors leave.
    """

    employment: Ints
    authorisations: Ints
    rest_days_owed: Floats
    trained: Bools
    tenure: Floats
    probation: float
    independent_after: float
    gate: CedGate
    refreshers: Refreshers
    moves: Moves

    def __len__(self) -> int:
        """How many there ever are."""
        return len(self.employment)

    def ced_holds(self, officer: Ints, minute: Floats) -> Bools:
        """Whether each officer may draw a CED at each minute: trained, allowed and in date; same shape."""
        held = self.trained[officer] & self.gate.allows(self.employment[officer], minute)
        return np.asarray(held & self.refreshers.in_date(officer, minute))

    def tutored(self, officer: Ints, minute: Floats) -> Bools:
        """Whether each is a student officer who is not yet independent at each minute; same shape.

        Tenure runs on and starts again after probation: one who completes it is followed by a recruit.
        """
        if not self.probation:
            return np.zeros(np.shape(officer), dtype=bool)
        with np.errstate(invalid="ignore"):
            served = np.mod(self.tenure[officer] + minute, self.probation)
            return np.asarray(served < self.independent_after)


def officers(scenario: Scenario, mine: ForceTeam, timeline: Timeline, begin: float, end: float) -> Officers:
    """The officers of a pattern team of one force.

    Args:
        scenario: the scenario.
        mine: the team.
        timeline: the threat timeline, whose levels gate CEDs and suspend refreshers.
        begin: start of the run, minutes.
        end: end of the run, minutes.

    Raises:
        ScenarioError: an uplift takes more officers from a team than it has.
        TypeError: the team works no pattern.
    """
    team = pattern_team(scenario, mine.name)
    base = strength(team, mine.posts)
    change = moves(scenario, mine)
    count = base + len(change.arrives)
    teams = scenario.patterns[team.pattern].teams
    employment = np.concatenate(
        (_employment(team, base, teams), np.full(count - base, int(Employment.REGULAR)))
    )
    students = scenario.people.students
    trained = _trained(team.ced_share, employment, teams)
    return Officers(
        employment=employment,
        authorisations=_authorisations(team, count, teams),
        rest_days_owed=np.concatenate((opening_debt(base, team.rest_days_owed), np.zeros(count - base))),
        trained=trained,
        tenure=_tenure(employment, students.probation),
        probation=students.probation,
        independent_after=students.independent_after,
        gate=ced_gate(scenario, mine.name, timeline),
        refreshers=refreshers(scenario, mine.name, trained, timeline, begin, end),
        moves=change,
    )


def ever_in_post(scenario: Scenario, mine: ForceTeam) -> int:
    """How many officers a pattern team of one force ever has, those of uplifts among them."""
    team = pattern_team(scenario, mine.name)
    return strength(team, mine.posts) + len(moves(scenario, mine).arrives)


def opening_debt(count: int, mean: float) -> Floats:
    """Rest days owed to each of *count* officers: whole days, the fraction left on the last one's account."""
    edges = np.floor(np.arange(count + 1) * mean + 1e-9)
    owed: Floats = np.diff(edges)
    if count:
        owed[-1] += max(count * mean - edges[-1], 0.0)
    return owed


def _turned(count: int, teams: int, turn: float) -> Floats:
    """Place on the unit circle: inside a squad by rotation, squads evenly apart, so that both hold alike."""
    squad, number = np.arange(count) % teams, np.arange(count) // teams
    return np.asarray((number * turn + squad / teams + 0.5) % 1.0)


def _employment(team: PatternTeam, count: int, teams: int) -> Ints:
    codes = np.full(count, int(Employment.REGULAR))
    place, upto = _turned(count, teams, _EMPLOYMENT_TURN), 0.0
    for name, share in sorted(team.employment.items()):
        codes[(place >= upto) & (place < upto + share)] = int(Employment[name])
        upto += share
    return codes


def _authorisations(team: PatternTeam, count: int, teams: int) -> Ints:
    bits = np.zeros(count, dtype=np.int64)
    for name, share in team.authorisations.items():
        code = Authorisation[name]
        bits[_turned(count, teams, _TURNS[code]) < share] |= 2 ** int(code)
    return bits


def _rank(employment: Ints, code: int) -> Ints:
    """Place of each officer among those of the employment *code*."""
    return np.asarray(np.cumsum(employment == code) - 1)


def _trained(share: float | dict[EmploymentName, float], employment: Ints, teams: int) -> Bools:
    if not isinstance(share, dict):
        return marked(np.arange(len(employment)) // teams, share)
    trained = np.zeros(len(employment), dtype=bool)
    for name, part in share.items():
        code = int(Employment[name])
        trained |= (employment == code) & marked(_rank(employment, code), part)
    return trained


def _tenure(employment: Ints, probation: float) -> Floats:
    """Tenure of student officers, spread evenly over probation."""
    code = int(Employment.STUDENT)
    spread = (_rank(employment, code) * _TENURE_TURN + 0.5) % 1.0 * probation
    return np.where(employment == code, spread, np.nan)
