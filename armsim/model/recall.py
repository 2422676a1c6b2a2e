"""Officers called from home when the threat level rises."""

from __future__ import annotations

import numpy as np

from armsim.config.schema.people import Recall
from armsim.domain import MINUTES_PER_DAY, DutyKind, ThreatLevel
from armsim.model.absence import Bools, levelled, phase_of
from armsim.model.on_top import Diary
from armsim.model.patterns import Ints, holds_for
from armsim.model.rostered import RECALL, Plan, rises

#: Nobody is called for less, minutes.
LEAST = 120.0
#: Of the phase of a day, so that recalls take other officers than cancelled rest days do.
_OFFSET = 0.25


def recalls(plan: Plan) -> list[tuple[float, Recall]]:
    """Moments in the run at which a level that recalls officers of the team takes hold from a lower one."""
    levels = {
        ThreatLevel[name]: config.duty.recall
        for name, config in plan.scenario.threat.levels.items()
        if config.duty.recall is not None and holds_for(config, plan.name)
    }
    inside = [(moment, level) for moment, level in rises(plan.timeline) if plan.begin <= moment < plan.end]
    return [(moment, call) for moment, level in inside if (call := levels.get(level)) is not None]


def call(diary: Diary, moment: float, recall: Recall) -> None:
    """Call the levelled share of officers who are off duty and not absent at *moment*.

    The share is thinned by planned absence. A duty ends a daily rest before the officer's next rostered one;
    who could not give :data:`LEAST` is not called. Rest after the last duty is not asked for: the notice is
    broken, and recorded.
    """
    plan, own, posts = diary.plan, diary.own, diary.posts
    everybody = np.arange(diary.count)
    now = np.full(diary.count, moment)
    on_duty = np.zeros(diary.count, dtype=bool)
    on_duty[own.officer[(own.start <= moment) & (moment < diary.own_end)]] = True
    on_duty |= diary.busy_until > moment
    off = everybody[~on_duty & posts.there(everybody, now) & posts.fit(everybody, now)]
    thinned = recall.share * (1.0 - float(diary.planned.share(np.array(moment))))
    chosen = off[_taken(off, plan.squads_at(moment), thinned, int(moment // MINUTES_PER_DAY))]
    following = np.full(diary.count, np.inf)
    later = own.start >= moment
    np.minimum.at(following, own.officer[later], own.start[later])
    start = moment + recall.after
    end = np.minimum(start + recall.length, following[chosen] - plan.rest)
    long_enough = (end - start >= min(LEAST, recall.length)) & (end > start)
    if long_enough.any():
        level = int(plan.timeline.level_at(start))
        code = plan.keys.index(RECALL)
        diary.give(chosen[long_enough], code, start, end[long_enough], level, DutyKind.RECALLED, recall.after)


def _taken(off: Ints, squads: int, share: float, turn: int) -> Bools:
    """Which of those off duty are called: the share of each squad."""
    squad = off % squads
    rank = np.zeros(len(off), dtype=np.int64)
    for one in range(squads):
        rank[squad == one] = np.arange((squad == one).sum())
    return levelled(rank, share, phase_of(turn, _OFFSET + squad / squads))
