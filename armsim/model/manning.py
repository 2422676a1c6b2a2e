"""How many officers keep one unit crewed round the clock: by levelled and by tossed absence."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Literal

import numpy as np
from scipy.stats import binom

from armsim.config.schema.duty import Pattern, PatternTeam
from armsim.config.schema.scenario import Scenario
from armsim.domain import MINUTES_PER_HOUR
from armsim.model.absence import presence as presence_of
from armsim.model.crews import larger_share
from armsim.model.patterns import Floats, Ints, cycle_codes, team_sizes

Rule = Literal["levelled", "tossed"]


def officers_needed(
    pattern: Pattern, crew: int, presence: float, share_of_shifts: float = 0.95, rule: Rule = "levelled"
) -> int:
    """Least number of officers in post that crews one unit on a share of the shifts of a pattern.

    Officer i is in squad i mod the number of squads. With levelled absence a squad of n has floor or ceiling
    of n times the presence on parade, in the proportion that makes the mean exact; with tossed absence each
    officer parades or not by a coin of its own, which is binomial.

    Args:
        pattern: the pattern.
        crew: officers in the crew.
        presence: share of rostered duties that an officer parades for, above 0 and at most 1.
        share_of_shifts: share of shifts that must have a crew.
        rule: how absence falls.

    Returns:
        Officers in post, before vacancies.

    Raises:
        ValueError: presence or the share lies outside its range, or the pattern has no shifts.
    """
    if not 0 < presence <= 1 or not 0 <= share_of_shifts <= 1:
        raise ValueError(f"presence {presence} and share {share_of_shifts} must be shares, presence not 0")
    squads = _squads(pattern)
    chance = _levelled if rule == "levelled" else _tossed
    return next(
        officers
        for officers in count(crew)
        if _crewed(squads, team_sizes(officers, pattern.teams), crew, presence, chance)
        >= share_of_shifts - 1e-9
    )


def officers_per_round_the_clock_unit(scenario: Scenario, kind: str) -> float:
    """Officers in post that keep one unit of the kind crewed all hours of the year, by hand calculation.

    Crew x 24 h / (rostered hours of an officer a day x share present), with the pattern's own hours, and
    presence = (1 - sickness) (1 - non-deployable) (1 - planned absence). Whole crews, vehicles and other
    kinds of the team are left aside, so that a simulation needs somewhat more.

    Raises:
        ValueError: the crews of the kind do not work a pattern.
    """
    config = scenario.units[kind]
    team = scenario.teams.get(config.team or "")
    if not isinstance(team, PatternTeam):
        raise ValueError(f"{kind} is not crewed by a team that works a pattern")
    pattern = scenario.patterns[team.pattern]
    letters = [letter for letter in pattern.cycle if letter in pattern.shifts]
    lengths = [float(pattern.shifts[letter].length) for letter in letters]
    crew = [config.crew + larger_share(config, letter) for letter in letters]
    present = presence_of(team)
    if not letters or not present:
        return float("inf")
    # Crews by shift length: the hours that an officer gives, each worth one part of its shift's crew.
    unit_hours = sum(length / size for length, size in zip(lengths, crew, strict=True)) / MINUTES_PER_HOUR
    return 24.0 * len(pattern.cycle) / (unit_hours * present)


def _squads(pattern: Pattern) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Squads on each shift of a cycle; (shifts, squads).

    Raises:
        ValueError: the cycle has no shifts.
    """
    cycle = cycle_codes(pattern)
    lag = np.arange(pattern.teams) * pattern.days_between_teams
    works = cycle[(np.arange(len(cycle))[:, None] - lag) % len(cycle)]
    rows = [works == code for code in range(len(pattern.shifts))]
    table = np.concatenate(rows)
    if not table.any():
        raise ValueError("the cycle has rest days only")
    return np.asarray(table[table.any(axis=1)])


def _crewed(
    squads: np.ndarray[tuple[int, int], np.dtype[np.bool_]],
    sizes: Ints,
    crew: int,
    presence: float,
    chance: Callable[[int, float], Floats],
) -> float:
    """Share of shifts on which a crew or more is on parade."""
    of_size = {int(size): chance(int(size), presence) for size in set(sizes.tolist())}
    known: dict[tuple[int, ...], float] = {}
    total = 0.0
    for row in squads:
        there = tuple(sorted(sizes[row].tolist()))
        if there not in known:
            law = np.ones(1)
            for size in there:
                law = np.convolve(law, of_size[size])
            known[there] = float(law[crew:].sum())
        total += known[there]
    return total / len(squads)


def _levelled(size: int, presence: float) -> Floats:
    """Probability of each number on parade, from 0 to *size*: the two whole numbers about the mean."""
    law = np.zeros(size + 1)
    whole, part = divmod(size * presence + 1e-12, 1.0)
    law[int(whole)] = 1.0 - part
    if int(whole) < size:
        law[int(whole) + 1] = part
    return law


def _tossed(size: int, presence: float) -> Floats:
    """Binomial probability of each number on parade."""
    return np.asarray(binom.pmf(np.arange(size + 1), size, presence))
