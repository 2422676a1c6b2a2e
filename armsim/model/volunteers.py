"""Patrols of volunteers (special constables): so many a day by the calendar, at drawn starting times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from armsim.config.schema.duty import UnitKind, VolunteerTeam
from armsim.domain import MINUTES_PER_DAY
from armsim.errors import Problem, ScenarioError
from armsim.model.absence import marked
from armsim.model.crews import Slots
from armsim.model.forces import ForceTeam
from armsim.model.patterns import Floats, Ints
from armsim.model.units import patrols_by_day


@dataclass(frozen=True)
class Patrols:
    """Patrols in order of day and slot; arrays by patrol.

    Attributes:
        slot: slot of the kind.
        start: minute at which it starts.
        end: minute at which it ends.
        officers: officers in it.
        trained: officers in it who hold a CED.
    """

    slot: Ints
    start: Floats
    end: Floats
    officers: Ints
    trained: Ints


def patrols(
    team: VolunteerTeam,
    mine: ForceTeam,
    kind: UnitKind,
    slots: Slots,
    opening: date,
    horizon: tuple[float, float],
    rng: np.random.Generator,
) -> Patrols:
    """Patrols that touch the horizon.

    The number on a day carries its rounding forward from day to day, by the calendar; only starting times
    are drawn, slot after slot, so that a patrol more moves no other.

    Args:
        team: the volunteers.
        mine: those of one force.
        kind: the kind of unit that they form.
        slots: its slots.
        opening: date of day 0.
        horizon: begin and end, minutes.
        rng: the stream of starting times.

    Raises:
        ScenarioError: a duty could still be on when the next day's starts.
    """
    if team.duty + team.starts.length > MINUTES_PER_DAY:
        message = (
            "starts and duty together last more than 24 h, so that duties of successive days would overlap"
        )
        raise ScenarioError([Problem(message, f"teams.{mine.name}.duty")])
    begin, end = horizon
    days = np.arange(int(begin // MINUTES_PER_DAY) - 2, int(end // MINUTES_PER_DAY) + 1)
    before, after = _carried(patrols_by_day(team, mine.posts, kind), opening.toordinal() - 1 + days)
    minutes = rng.random((len(slots.size), len(days))) * team.starts.length
    on = np.arange(len(slots.size)) < (after - before)[:, None]
    day, slot = np.nonzero(on)
    start = days[day] * MINUTES_PER_DAY + team.starts.start + minutes[slot, day]
    live = (start < end) & (start + team.duty > begin)
    day, slot, start = day[live], slot[live], start[live]
    officers = slots.size[slot]
    trained = _trained(team, mine.posts, officers, kind.crew + 1, before[day] + slot)
    return Patrols(slot, start, start + team.duty, officers, trained)


def _carried(means: list[float], ordinals: Ints) -> tuple[Ints, Ints]:
    """Patrols so far before and after each day, counted from the first Monday of the calendar."""
    so_far = np.concatenate(([0.0], np.cumsum(means)))
    week, weekday = np.divmod(ordinals, 7)
    before = np.floor(week * so_far[-1] + so_far[weekday] + 0.5)
    after = np.floor(week * so_far[-1] + so_far[weekday + 1] + 0.5)
    return before.astype(np.int64), after.astype(np.int64)


def _trained(team: VolunteerTeam, headcount: int, officers: Ints, most: int, turn: Ints) -> Ints:
    """CED carriers in each patrol, when the volunteers take their turns in order."""
    seat = np.arange(most)
    holds = marked((turn[:, None] * most + seat) % max(headcount, 1), team.ced_share)
    return np.asarray((holds & (seat < officers[:, None])).sum(axis=1))
