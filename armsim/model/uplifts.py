"""Uplifts: when officers of each class arrive in the team that gains, and when donors leave theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from armsim.config.schema.people import Uplift
from armsim.config.schema.scenario import Scenario
from armsim.domain import MINUTES_PER_DAY
from armsim.errors import Problem, ScenarioError
from armsim.model.forces import ForceTeam
from armsim.model.geography import force_slug
from armsim.model.patterns import Floats, Ints, pattern_team, strength


@dataclass(frozen=True)
class Moves:
    """What uplifts do to a team of one force; minutes.

    Attributes:
        arrives: from when each officer gained is on duty, by id after those in post.
        donor: ids of officers given up, the highest first.
        leaves: when the first course of each of them starts.
        filled: when the post is filled again; infinite for never.
    """

    arrives: Floats
    donor: Ints
    leaves: Floats
    filled: Floats


def moves(scenario: Scenario, mine: ForceTeam) -> Moves:
    """Arrivals to and departures from a pattern team of one force by all uplifts, in order of decision.

    Raises:
        ScenarioError: uplifts take more officers from the team than it has.
    """
    arrives: list[Floats] = []
    leaves: list[Floats] = []
    filled: list[Floats] = []
    for name, uplift in _of_force(scenario, mine):
        starts = class_starts(scenario, uplift)
        if uplift.team == mine.name:
            arrives.append(starts + training(scenario, uplift))
        mask = sources(uplift.officers, uplift.taken_from) == mine.name
        if mask.any():
            back = np.inf if uplift.backfilled_after is None else uplift.backfilled_after
            leaves.append(starts[mask])
            filled.append(starts[mask] + back)
            _check(scenario, mine, name, sum(map(len, leaves)))
    gone = np.concatenate([np.empty(0), *leaves])
    donor = _in_post(scenario, mine) - 1 - np.arange(len(gone))
    return Moves(np.concatenate([np.empty(0), *arrives]), donor, gone, np.concatenate([np.empty(0), *filled]))


def class_starts(scenario: Scenario, uplift: Uplift) -> Floats:
    """Minute at which the first course of each officer of the uplift starts, class by class."""
    decided = (uplift.decided - scenario.start).days * MINUTES_PER_DAY
    number = np.arange(uplift.officers) // uplift.class_size
    return np.asarray(decided + uplift.first_class_after + number * uplift.class_every, dtype=np.float64)


def training(scenario: Scenario, uplift: Uplift) -> float:
    """Length of all courses of the uplift, one after the other, minutes."""
    return sum(scenario.prices.courses[name].length for name in uplift.courses)


def sources(officers: int, taken_from: Mapping[str, float]) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """Team that each officer of an uplift comes from, empty for transferees from outside.

    Numbers by largest remainder, ties to the earlier name; the officers of each source are spread evenly over
    the classes.
    """
    shares = dict(sorted(taken_from.items())) | {"": max(1.0 - sum(taken_from.values()), 0.0)}
    names = np.array(list(shares))
    quota = officers * np.array(list(shares.values())) / sum(shares.values())
    counts = np.floor(quota + 1e-9)
    left = officers - int(counts.sum())
    counts[np.argsort(-(quota - counts), kind="stable")[:left]] += 1
    owner = np.repeat(np.arange(len(names)), counts.astype(np.int64))
    place = np.concatenate([(np.arange(n) + 0.5) / n for n in counts.astype(np.int64) if n])
    return np.asarray(names[owner[np.argsort(place, kind="stable")]])


def _of_force(scenario: Scenario, mine: ForceTeam) -> Iterator[tuple[str, Uplift]]:
    for name, uplift in sorted(scenario.uplifts.items(), key=lambda item: (item[1].decided, item[0])):
        if uplift.force is None or force_slug(uplift.force) == force_slug(mine.force):
            yield name, uplift


def _in_post(scenario: Scenario, mine: ForceTeam) -> int:
    return strength(pattern_team(scenario, mine.name), mine.posts)


def _check(scenario: Scenario, mine: ForceTeam, name: str, taken: int) -> None:
    there = _in_post(scenario, mine)
    if taken > there:
        message = f"takes {taken} officers in all from a team that has {there}; take fewer or from others"
        raise ScenarioError([Problem(message, f"uplifts.{name}.taken_from.{mine.name}")])
