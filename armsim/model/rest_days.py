"""Rest days: cancelled by a level, worked by agreement, owed or paid, and given back afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from armsim.config.schema.scenario import Scenario
from armsim.domain import MINUTES_PER_DAY, DutyKind, ThreatLevel
from armsim.model.absence import GOLDEN, Bools, levelled, marked, phase_of
from armsim.model.on_top import NOTHING_ON_TOP, Diary, OnTop, Posts
from armsim.model.patterns import Floats, Ints, holds_for, pattern_team
from armsim.model.planned import Planned
from armsim.model.recall import call, recalls
from armsim.model.rostered import OpenShifts, Plan, Rostered

#: Offsets of the phase of a day, so that the two do not ask the same officers.
_OFFSETS = {DutyKind.REST_DAY_CANCELLED: 0.5, DutyKind.REST_DAY_WORKED: 0.75}


def cancelled_shares(scenario: Scenario, name: str) -> Floats:
    """Share of officers on a rest day who are called in, in order of level."""
    shares = np.zeros(len(ThreatLevel))
    for level, config in scenario.threat.levels.items():
        if holds_for(config, name):
            shares[ThreatLevel[level]] = config.duty.rest_days_cancelled
    return shares


def duties_on_top(plan: Plan, own: Rostered, posts: Posts, absence: Planned, count: int) -> OnTop:
    """Recalls and rest days worked, in order of day; a recall comes before that day's rest days.

    Args:
        plan: the patterns of the team.
        own: rostered duties of officers in post.
        posts: who is in post when.
        absence: planned absence, which thins those called as it thins parades.
        count: number of officers.
    """
    agreed = pattern_team(plan.scenario, plan.name).rest_days_worked
    cancelled = cancelled_shares(plan.scenario, plan.name)
    shares = np.where(cancelled > 0, cancelled, agreed)
    called = [(int(moment // MINUTES_PER_DAY), moment, recall) for moment, recall in recalls(plan)]
    if not called and not shares.any():
        return NOTHING_ON_TOP
    diary = Diary(plan, own, posts, absence, count)
    shifts = plan.open_shifts()
    shifts = shifts.take(shares[shifts.level] > 0)
    for day in sorted({*shifts.day.tolist(), *(day for day, _, _ in called)}):
        for _, moment, recall in (one for one in called if one[0] == day):
            call(diary, moment, recall)
        rows = np.arange(*np.searchsorted(shifts.day, (day, day + 1)))
        for kind in _OFFSETS:
            mine = rows[(cancelled[shifts.level[rows]] > 0) == (kind == DutyKind.REST_DAY_CANCELLED)]
            if len(mine):
                _deal(diary, shifts, day, mine, shares[shifts.level[mine]], kind)
    return diary.on_top()


def _deal(diary: Diary, shifts: OpenShifts, day: int, rows: Ints, shares: Floats, kind: DutyKind) -> None:
    """Call in the share of officers on a rest day and deal them to the shifts *rows* of the day.

    The share is thinned by planned absence, as parades are, and taken by rotation over those on a rest day.
    Whoever has no rest before or after any of the shifts is replaced by another officer on a rest day, one
    called least so far; whoever is sick is not.
    """
    plan, posts = diary.plan, diary.posts
    column = day - plan.first_day
    resting = np.flatnonzero(~diary.works[:, column])
    resting = resting[posts.there(resting, _noon(day, resting))]
    best = int(shares.argmax())
    share = float(shares[best]) * (1.0 - float(diary.planned.share(shifts.start[rows[best]])))
    picked = levelled(np.arange(len(resting)), share, phase_of(day, _OFFSETS[kind]))
    fit = posts.fit(resting, _noon(day, resting))
    chosen, spare = resting[picked & fit], resting[~picked & fit]
    spare = spare[np.argsort(diary.calls[spare], kind="stable")]
    dealt: dict[int, list[int]] = {}
    places = _places(diary, shifts, column, np.concatenate((chosen, spare)), rows)
    for officer, row in islice(places, len(chosen)):
        dealt.setdefault(row, []).append(officer)
    for row, officers in dealt.items():
        start, end = float(shifts.start[row]), float(shifts.end[row])
        notice = float(plan.notice(shifts.start[row])) if kind == DutyKind.REST_DAY_CANCELLED else np.nan
        ends = np.full(len(officers), end)
        diary.give(officers, int(shifts.key[row]), start, ends, int(shifts.level[row]), kind, notice)


def _noon(day: int, officers: Ints) -> Floats:
    return np.full(len(officers), (day + 0.5) * MINUTES_PER_DAY)


def _places(
    diary: Diary, shifts: OpenShifts, column: int, asked: Ints, rows: Ints
) -> Iterator[tuple[int, int]]:
    """Officers asked in order, and shifts: each to the possible one with fewest so far, the earliest first.

    Possible is a shift that leaves a daily rest after the last duty and before the next rostered one.
    """
    rest = diary.plan.rest
    begins, ends = shifts.start[rows].tolist(), shifts.end[rows].tolist()
    order = sorted(range(len(rows)), key=lambda at: (begins[at], at))
    dealt = dict.fromkeys(order, 0)
    last = np.maximum(diary.last_end[asked, column], diary.busy_until[asked])
    earliest = (last + rest).tolist()
    latest = (diary.next_start[asked, column] - rest).tolist()
    for officer, after, before in zip(asked.tolist(), earliest, latest, strict=True):
        possible = [at for at in order if begins[at] >= after and ends[at] <= before]
        if possible:
            place = min(possible, key=dealt.__getitem__)
            dealt[place] += 1
            yield officer, int(rows[place])


def owed(scenario: Scenario, on_top: OnTop) -> Bools:
    """Which cancelled rest days are owed: those with notice, and those of officers who take a day for pay."""
    rule = scenario.people.rest_days
    with np.errstate(invalid="ignore"):
        in_time = on_top.notice >= rule.notice
    takes_day = marked(on_top.officer, rule.owed_at_short_notice)
    return np.asarray((on_top.kind == DutyKind.REST_DAY_CANCELLED) & (in_time | takes_day))


def given_back(plan: Plan, own: Rostered, kind: Ints, opening: Floats, on_top: OnTop, owes: Bools) -> Bools:
    """Which rostered duties are given off to officers who are owed rest days.

    Duties of an officer come in runs that take ``given_back_every`` on average. The first duty of a run on
    which nothing else keeps the officer away is given off, if a whole day is owed by then and no level
    cancels rest days. The runs of a squad's officers begin at duties spread evenly, so that no parade is
    thinned more than another, and a run under way when the account opens with the window, or when a level
    ends, gives nothing.

    Args:
        plan: the patterns of the team.
        own: rostered duties, in order of officer and start.
        kind: their ``DutyKind`` before any is given off.
        opening: rest days owed to each officer when the window opens.
        on_top: duties on top.
        owes: which of them are owed.
    """
    every = plan.scenario.people.rest_days.given_back_every
    given = np.zeros(len(kind), dtype=bool)
    earned = owes & (on_top.start >= 0)
    credit = opening + np.bincount(on_top.officer[earned], minlength=len(opening))
    if not every or credit.max(initial=0.0) < 1.0:
        return given
    barred = (cancelled_shares(plan.scenario, plan.name)[own.level] > 0) | (own.start < 0)
    head, begins = _runs(plan, own, every)
    free = np.flatnonzero((kind == DutyKind.ROSTERED) & (begins & ~barred)[head])
    rows = free[np.diff(head[free], prepend=-1) > 0]
    rows = rows[~barred[rows] & (credit[own.officer[rows]] >= 1.0)]
    given[rows[_in_credit(own.officer[rows], own.start[rows], opening, on_top, earned)]] = True
    return given


def _runs(plan: Plan, own: Rostered, every: float) -> tuple[Ints, Bools]:
    """First row of the run that each rostered duty belongs to, and whether a run begins with that row.

    None does with an officer's first row in a spell of a pattern whose run began before it.
    """
    patterns = [plan.scenario.patterns[spell.name] for spell in plan.spells]
    worked = np.array([sum(day in one.shifts for day in one.cycle) for one in patterns])
    length = np.array([len(one.cycle) for one in patterns])
    share = np.minimum(MINUTES_PER_DAY / every * length / worked.clip(1), 1.0)
    share, phase = share[own.spell], (own.index * GOLDEN + own.squad * 2**0.5) % 1.0
    begins = np.floor(own.parade * share + phase) > np.floor((own.parade - 1) * share + phase)
    breaks = np.diff(own.officer, prepend=-1) + np.diff(own.spell, prepend=-1) != 0
    return np.maximum.accumulate(np.where(begins | breaks, np.arange(len(begins)), 0)), begins


def _in_credit(officer: Ints, start: Floats, opening: Floats, on_top: OnTop, earned: Bools) -> Bools:
    """Which duties offered (in order of officer and start) their officers have a whole day owed for."""
    step = 1.0 + max(start.max(initial=0.0), on_top.start.max(initial=0.0))
    since = np.sort(on_top.officer[earned] * step + on_top.start[earned])
    at = officer * step
    credit = np.searchsorted(since, at + start) - np.searchsorted(since, at) + opening[officer]
    begins = np.flatnonzero(np.diff(officer, prepend=-1))
    sizes = np.diff(begins, append=len(officer))
    taken, used = np.zeros(len(officer), dtype=bool), np.zeros(len(begins))
    for turn in range(int(sizes.max(initial=0))):
        live = sizes > turn
        rows = begins[live] + turn
        allowed = credit[rows] - used[live] >= 1.0 - 1e-9
        taken[rows] = allowed
        used[live] += allowed
    return taken
