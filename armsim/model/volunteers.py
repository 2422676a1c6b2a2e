"""Duties of volunteers (special constables): so many a day by the calendar, and those that a level asks for.

Every duty has a name: volunteers take their turns in order of id, and nobody has two duties on one day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from armsim.config.schema.duty import UnitKind, VolunteerTeam
from armsim.config.schema.people import CallIn
from armsim.domain import MINUTES_PER_DAY
from armsim.errors import Problem, ScenarioError
from armsim.model.absence import Bools, phase_of
from armsim.model.crews import Slots
from armsim.model.forces import ForceTeam
from armsim.model.patterns import Floats, Ints
from armsim.model.threat import Timeline
from armsim.model.units import duties_by_day, patrols_by_day

#: A seat in which nobody sits.
EMPTY = -1


@dataclass(frozen=True)
class Patrols:
    """Patrols in order of day and slot; arrays by patrol.

    Attributes:
        slot: slot of the kind.
        start: minute at which it starts.
        end: minute at which it ends.
        members: ids of the volunteers in it, ``EMPTY`` where nobody sits; (patrols, seats).
    """

    slot: Ints
    start: Floats
    end: Floats
    members: Ints

    @property
    def officers(self) -> Ints:
        """Volunteers in each patrol."""
        return np.asarray((self.members != EMPTY).sum(axis=1))


class Rota:
    """Volunteers of one force and the days on which each has a duty already.

    Args:
        team: the volunteers.
        mine: those of one force.
        opening: date of day 0.
        begin: start of the run, minutes.
        end: its end.

    Raises:
        ScenarioError: a duty could still be on when the next day's starts.
    """

    def __init__(self, team: VolunteerTeam, mine: ForceTeam, opening: date, begin: float, end: float) -> None:
        if team.duty + team.starts.length > MINUTES_PER_DAY:
            message = (
                "starts and duty together last more than 24 h, "
                "so that duties of successive days would overlap"
            )
            raise ScenarioError([Problem(message, f"teams.{mine.name}.duty")])
        self.team = team
        self.headcount = mine.posts
        self.horizon = (begin, end)
        self.days = np.arange(int(begin // MINUTES_PER_DAY) - 2, int(end // MINUTES_PER_DAY) + 1)
        self._ordinals = opening.toordinal() - 1 + self.days
        self._taken = np.zeros((len(self.days), self.headcount), dtype=bool)

    def patrols(self, kind: UnitKind, slots: Slots, rng: np.random.Generator) -> Patrols:
        """Patrols of a kind that touch the run, some of them maybe in slots that it does not have.

        The number on a day carries its rounding forward from day to day, by the calendar; only starting times
        are drawn, slot after slot, so that a patrol more moves no other.
        """
        before, after = _carried(patrols_by_day(self.team, self.headcount, kind), self._ordinals)
        # More than the kind has slots for: they accompany regular officers.
        beyond = max(int((after - before).max()) - len(slots.size), 0)
        size = np.concatenate((slots.size, np.full(beyond, kind.crew)))
        minutes = rng.random((len(size), len(self.days))) * self.team.starts.length
        day, slot = np.nonzero(np.arange(len(size)) < (after - before)[:, None])
        most = kind.crew + 1
        turn = ((before[day] + slot)[:, None] * most + np.arange(most)) % self.headcount
        members = np.where(np.arange(most) < size[slot][:, None], turn, EMPTY)
        members = self._named(day, members)
        start = self.days[day] * MINUTES_PER_DAY + self.team.starts.start + minutes[slot, day]
        live = self._live(start)
        return Patrols(slot[live], start[live], start[live] + self.team.duty, members[live])

    def accompanying(self, kinds: int) -> tuple[Ints, Floats]:
        """Ids and starts of duties that accompany regular officers, *kinds* of patrol being formed.

        Call it after the patrols: of those without a duty that day the next in turn come. Starts are spread
        evenly over the hours of start.
        """
        share = max(1.0 - kinds * self.team.in_patrols, 0.0)
        before, after = _carried(duties_by_day(self.team, self.headcount, share), self._ordinals)
        members: list[Ints] = []
        starts: list[Floats] = []
        for at, day in enumerate(self.days.tolist()):
            turn = (before[at] + np.arange(self.headcount)) % self.headcount
            chosen = turn[~self._taken[at, turn]][: after[at] - before[at]]
            self._taken[at, chosen] = True
            minutes = phase_of(before[at] + np.arange(len(chosen))) * self.team.starts.length
            members.append(chosen)
            starts.append(day * MINUTES_PER_DAY + self.team.starts.start + minutes)
        officer, start = np.concatenate(members), np.concatenate(starts)
        live = self._live(start)
        return officer[live], start[live]

    def called_in(
        self, asks: dict[int, CallIn], timeline: Timeline, crew: int, rng: np.random.Generator
    ) -> tuple[Patrols, Patrols]:
        """Patrols of those whom a level asks and who come, and single duties of those left over.

        The level is that at the first hour of start. Every volunteer has a draw of their own for every day,
        so that one more moves nobody; who has a duty that day is not asked again.

        Args:
            asks: how each level asks, by its code.
            timeline: the threat timeline.
            crew: volunteers in a patrol.
            rng: the stream of who comes.
        """
        luck = rng.random((self.headcount, len(self.days))).T
        opens = self.days * MINUTES_PER_DAY + self.team.starts.start
        levels = np.asarray(timeline.levels_at(opens), dtype=np.int64)
        share = np.array([asks[level].asked * asks[level].response if level in asks else 0.0
                          for level in levels.tolist()])  # fmt: skip
        comes = (luck < share[:, None]) & ~self._taken
        self._taken |= comes
        day, officer = np.nonzero(comes)
        place = np.arange(len(day)) - np.searchsorted(day, day)
        crews = np.bincount(day, minlength=len(self.days)) // crew
        start = opens[day] + phase_of(place // crew) * self.team.starts.length
        in_crew, live = place // crew < crews[day], self._live(start)
        return (
            self._grouped(place, start, officer, in_crew & live, crew),
            self._grouped(place, start, officer, ~in_crew & live, 1),
        )

    def _grouped(self, place: Ints, start: Floats, officer: Ints, rows: Bools, crew: int) -> Patrols:
        """Patrols of *crew* successive volunteers."""
        members = officer[rows].reshape(-1, crew)
        starts = start[rows][::crew]
        return Patrols(place[rows][::crew] // crew, starts, starts + self.team.duty, members)

    def _live(self, start: Floats) -> Bools:
        begin, end = self.horizon
        return np.asarray((start < end) & (start + self.team.duty > begin))

    def _named(self, day: Ints, members: Ints) -> Ints:
        """*members* as they come on duty: who has one on that day already lets the next without one go."""
        at = np.broadcast_to(day[:, None], members.shape)
        cells = np.where(members == EMPTY, -1 - np.arange(members.size).reshape(members.shape),
                         at * self.headcount + members)  # fmt: skip
        _, first = np.unique(cells, return_index=True)
        doubled = np.ones(members.size, dtype=bool)
        doubled[first] = False
        doubled = doubled.reshape(members.shape) | ((members != EMPTY) & self._taken[at, members])
        fixed = (members != EMPTY) & ~doubled
        self._taken[at[fixed], members[fixed]] = True
        for row, seat in np.argwhere(doubled).tolist():
            free = np.flatnonzero(~self._taken[day[row]])
            later = free[free > members[row, seat]]
            found = int([*later, *free, EMPTY][0])
            members[row, seat] = found
            if found != EMPTY:
                self._taken[day[row], found] = True
        return members


def _carried(means: list[float], ordinals: Ints) -> tuple[Ints, Ints]:
    """Duties so far before and after each day, counted from the first Monday of the calendar."""
    so_far = np.concatenate(([0.0], np.cumsum(means)))
    week, weekday = np.divmod(ordinals, 7)
    before = np.floor(week * so_far[-1] + so_far[weekday] + 0.5)
    after = np.floor(week * so_far[-1] + so_far[weekday + 1] + 0.5)
    return before.astype(np.int64), after.astype(np.int64)
