"""Duties on top of the roster, gathered as they are given out, and who is free for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from armsim.domain import MINUTES_PER_DAY, DutyKind
from armsim.model.absence import Away, Bools
from armsim.model.patterns import Floats, Ints
from armsim.model.planned import Planned
from armsim.model.rostered import Plan, Rostered
from armsim.model.uplifts import Moves


@dataclass(frozen=True)
class OnTop:
    """Duties on top of the roster; arrays by duty, in the order in which they were given out.

    Attributes:
        officer: id of the officer.
        key: index of the shift's key in the sorted keys.
        start: minute at which it starts, as its shift does.
        end: planned end of the duty.
        level: level at its start.
        kind: ``DutyKind``.
        notice: minutes from the decision to the start; NaN where agreed beforehand.
    """

    officer: Ints
    key: Ints
    start: Floats
    end: Floats
    level: Ints
    kind: Ints
    notice: Floats


_WHOLE, _REAL = np.empty(0, dtype=np.int64), np.empty(0)
NOTHING_ON_TOP = OnTop(_WHOLE, _WHOLE, _REAL, _REAL, _WHOLE, _WHOLE, _REAL)


class Posts:
    """Who is in post, and who of them is on no course: of officers at minutes, same shape."""

    def __init__(self, moves: Moves, away: Away, count: int) -> None:
        self.away = away
        base = count - len(moves.arrives)
        self._arrives = np.concatenate((np.full(base, -np.inf), moves.arrives))
        self._leaves, self._filled = np.full(count, np.inf), np.full(count, np.inf)
        self._leaves[moves.donor], self._filled[moves.donor] = moves.leaves, moves.filled

    def filled(self, officer: Ints, minute: Floats) -> Bools:
        """Whether the post is filled: its officer has arrived, and it is not vacant by attrition."""
        return np.asarray((self._arrives[officer] <= minute) & ~self.away.vacant(officer, minute))

    def on_course(self, officer: Ints, minute: Floats) -> Bools:
        """Whether an uplift has taken the officer and the post is not filled again."""
        return np.asarray((self._leaves[officer] <= minute) & (minute < self._filled[officer]))

    def there(self, officer: Ints, minute: Floats) -> Bools:
        """Whether the officer belongs to the team then: post filled and on no course."""
        return np.asarray(self.filled(officer, minute) & ~self.on_course(officer, minute))

    def fit(self, officer: Ints, minute: Floats) -> Bools:
        """Whether the officer is neither sick nor undeployable."""
        away = self.away.sick(officer, minute) | self.away.not_deployable(officer, minute)
        return ~away


class Diary:
    """Rostered duties of officers by day, and duties on top as they are given out.

    Args:
        plan: the patterns of the team.
        own: rostered duties of officers in post.
        posts: who is in post when.
        planned: planned absence, which thins those called as it thins parades.
        count: number of officers.
    """

    def __init__(self, plan: Plan, own: Rostered, posts: Posts, planned: Planned, count: int) -> None:
        self.plan, self.own, self.posts, self.planned, self.count = plan, own, posts, planned, count
        self.own_end = plan.kept(own.start, own.end)
        self.busy_until = np.full(count, -np.inf)
        self.calls = np.zeros(count, dtype=np.int64)
        self._given: list[tuple[Ints, Ints, Floats, Floats, Ints, Ints, Floats]] = []
        shape = (count, plan.days)
        day = (own.start // MINUTES_PER_DAY).astype(np.int64) - plan.first_day
        self.works = np.zeros(shape, dtype=bool)
        self.works[own.officer, day] = True
        ends, starts = np.full(shape, -np.inf), np.full(shape, np.inf)
        np.maximum.at(ends, (own.officer, day), self.own_end)
        np.minimum.at(starts, (own.officer, day), own.start)
        self.last_end = np.maximum.accumulate(ends, axis=1)
        self.next_start = np.minimum.accumulate(starts[:, ::-1], axis=1)[:, ::-1]

    def give(
        self, officer: Sequence[int] | Ints, key: int, start: float, end: Floats, level: int, kind: DutyKind,
        notice: float,
    ) -> None:  # fmt: skip
        """Write down a duty of each officer in one shift; they are free again after it and a daily rest."""
        who = np.asarray(officer, dtype=np.int64)
        n = len(who)
        self.busy_until[who] = end
        self.calls[who] += 1
        self._given.append((
            who, np.full(n, key), np.full(n, start), end, np.full(n, level), np.full(n, int(kind)),
            np.full(n, notice),
        ))  # fmt: skip

    def on_top(self) -> OnTop:
        """All duties given out."""
        if not self._given:
            return NOTHING_ON_TOP
        return OnTop(*(np.concatenate(part) for part in zip(*self._given, strict=True)))
