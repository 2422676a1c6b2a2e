"""Who parades on each shift of a pattern team: every rostered duty, worked or not, and duties on top."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from armsim.config.schema.scenario import Scenario
from armsim.domain import DutyKind
from armsim.model.absence import Away, Bools
from armsim.model.forces import ForceTeam
from armsim.model.officers import Officers, officers
from armsim.model.on_top import Posts
from armsim.model.patterns import Floats, Ints, pattern_team
from armsim.model.planned import Planned, planned
from armsim.model.rest_days import duties_on_top, given_back, owed
from armsim.model.rostered import Plan, Rostered
from armsim.model.threat import Timeline
from armsim.streams import Streams

#: By ``DutyKind``: whether a row is no duty, as the officer was rostered and did not work.
ABSENT = np.isin(
    np.arange(len(DutyKind)),
    [
        DutyKind.ABSENT_PLANNED,
        DutyKind.ABSENT_SICK,
        DutyKind.ABSENT_NOT_DEPLOYABLE,
        DutyKind.REST_GIVEN_BACK,
        DutyKind.ON_COURSE,
    ],
)


@dataclass(frozen=True)
class Shifts:
    """Shifts that somebody is rostered or called to, in order of start, then key; arrays by shift.

    Attributes:
        key: letter of a shift of the team's own pattern, ``pattern:letter`` of one that a level sets,
            ``recall`` of officers called from home.
        start: minute at which it starts.
        end: minute at which it is planned to end: the latest of its officers on duty, kept on or not; with
            nobody on duty, as the pattern and level say.
        level: level at its start.
        rostered: officers if nobody were absent, with those called in.
    """

    key: tuple[str, ...]
    start: Floats
    end: Floats
    level: Ints
    rostered: Ints

    def __len__(self) -> int:
        """How many there are."""
        return len(self.key)


@dataclass(frozen=True)
class Parades:
    """Every rostered duty of every officer, and duties on top; rows in order of shift, then officer.

    Attributes:
        officers: the officers of the team.
        shifts: the shifts.
        shift: index of the shift.
        officer: id of the officer, from 0.
        kind: ``DutyKind``.
        start: minute at which it starts.
        planned_end: minute at which this officer's duty is planned to end.
        notice: minutes from the decision to the start; NaN where the roster says so.
        cause: of ABSENT_PLANNED the index in the sorted planned absences; else -1.
        owed: a cancelled rest day that is owed, not paid.
    """

    officers: Officers
    shifts: Shifts
    shift: Ints
    officer: Ints
    kind: Ints
    start: Floats
    planned_end: Floats
    notice: Floats
    cause: Ints
    owed: Bools

    @property
    def present(self) -> Bools:
        """Rows that are duty."""
        return ~ABSENT[self.kind]


def parades(
    scenario: Scenario, mine: ForceTeam, streams: Streams, timeline: Timeline, begin: float, end: float
) -> Parades:
    """Rows of a pattern team of one force whose shifts may touch [begin, end), two days to spare at each end.

    Args:
        scenario: the scenario.
        mine: the team.
        streams: the replication's streams; sickness, non-deployability and attrition are drawn.
        timeline: the threat timeline.
        begin: start of the run, minutes (negative with a warm-up).
        end: end of the run, minutes.

    Raises:
        ScenarioError: a level sets shifts longer than a day, or an uplift takes more officers than there are.
        TypeError: the team works no pattern.
    """
    team = pattern_team(scenario, mine.name)
    people = officers(scenario, mine, timeline, begin, end)
    plan = Plan(scenario, mine.name, timeline, begin, end)
    posts = Posts(people.moves, Away(team, mine, len(people), streams, begin, end), len(people))
    absence = planned(scenario, mine.name, timeline, begin, end)
    own = plan.rostered(len(people))
    own = own.take(posts.filled(own.officer, own.start))
    on_top = duties_on_top(plan, own, posts, absence, len(people))
    owes = owed(scenario, on_top)
    kind, cause = _kinds(own, posts, absence)
    kind[given_back(plan, own, kind, people.rest_days_owed, on_top, owes)] = DutyKind.REST_GIVEN_BACK
    own_end = np.where(ABSENT[kind], own.end, plan.kept(own.start, own.end))
    table = _Rows(
        officer=np.concatenate((own.officer, on_top.officer)),
        key=np.concatenate((own.key, on_top.key)),
        start=np.concatenate((own.start, on_top.start)),
        end=np.concatenate((own_end, plan.kept(on_top.start, on_top.end))),
        level=np.concatenate((own.level, on_top.level)),
        kind=np.concatenate((kind, on_top.kind)),
        notice=np.concatenate((np.where(own.changed, plan.notice(own.start), np.nan), on_top.notice)),
        cause=np.concatenate((cause, np.full(len(on_top.officer), -1))),
        owed=np.concatenate((np.zeros(len(kind), dtype=bool), owes)),
    )
    return _assembled(people, plan, table)


@dataclass(frozen=True)
class _Rows:
    """Rows of :class:`Parades` in any order, with the key of the shift and the level at its start."""

    officer: Ints
    key: Ints
    start: Floats
    end: Floats
    level: Ints
    kind: Ints
    notice: Floats
    cause: Ints
    owed: Bools


def _kinds(own: Rostered, posts: Posts, absence: Planned) -> tuple[Ints, Ints]:
    """Kind and cause of every rostered duty, before rest days are given back."""
    away = posts.away
    leave = absence.absent(own.index, own.phase, own.start)
    kind = np.full(len(leave), int(DutyKind.ROSTERED))
    kind[leave] = DutyKind.ABSENT_PLANNED
    kind[away.sick(own.officer, own.start)] = DutyKind.ABSENT_SICK
    kind[away.not_deployable(own.officer, own.start)] = DutyKind.ABSENT_NOT_DEPLOYABLE
    kind[posts.on_course(own.officer, own.start)] = DutyKind.ON_COURSE
    cause = np.full(len(leave), -1)
    rows = np.flatnonzero(kind == DutyKind.ABSENT_PLANNED)
    cause[rows] = absence.cause(own.index[rows], own.phase[rows], own.parade[rows], own.start[rows])
    return kind, cause


def _capped(rows: _Rows) -> Floats:
    """Ends of duties, those of officers kept on cut at their next duty."""
    order = np.lexsort((rows.start, rows.officer))
    officer, start = rows.officer[order], rows.start[order]
    following = np.full(len(order), np.inf)
    following[:-1] = np.where(officer[1:] == officer[:-1], start[1:], np.inf)
    ends = np.empty(len(order))
    ends[order] = np.minimum(rows.end[order], following)
    return ends


def _assembled(people: Officers, plan: Plan, rows: _Rows) -> Parades:
    """Rows in order of shift and officer, with the table of shifts."""
    ends = _capped(rows) if plan.kept_on else rows.end
    order = np.lexsort((rows.officer, rows.key, rows.start))
    start, key, end = rows.start[order], rows.key[order], ends[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (start[1:] != start[:-1]) | (key[1:] != key[:-1])
    shift = np.cumsum(new) - 1
    first = np.flatnonzero(new)
    kind = rows.kind[order]
    present = ~ABSENT[kind]
    shifts = Shifts(
        key=tuple(plan.keys[code] for code in key[first].tolist()),
        start=start[first],
        end=_latest(end, present, first),
        level=rows.level[order][first],
        rostered=np.bincount(shift, minlength=len(first)),
    )
    return Parades(
        people, shifts, shift, rows.officer[order], kind, start, end,
        rows.notice[order], rows.cause[order], rows.owed[order],
    )  # fmt: skip


def _latest(end: Floats, present: Bools, first: Ints) -> Floats:
    """Latest end of the officers on duty in each shift; of all where nobody is."""
    if not len(first):
        return np.empty(0)
    on_duty = np.maximum.reduceat(np.where(present, end, -np.inf), first)
    return np.where(np.isfinite(on_duty), on_duty, np.maximum.reduceat(end, first))
