"""Hours, rest and absence of officers: sums of a replication by team, and a daily series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.availability import level_may_change, spells
from armsim.analysis.book import DUTY, OF_THE_ROSTER, PAID, Book, Floats, Ints, of_kinds
from armsim.analysis.ledger import Ledger, ledger, lost_by_day
from armsim.config.schema.duty import PatternTeam
from armsim.domain import (
    MINUTES_PER_DAY,
    MINUTES_PER_HOUR,
    MINUTES_PER_WEEK,
    DutyKind,
    ThreatLevel,
)
from armsim.model.history import rostered_before
from armsim.model.patterns import RESTING, cycle_codes, holds_for
from armsim.model.world import World

if TYPE_CHECKING:
    from armsim.analysis.measure import Log

_LEVELS = len(ThreatLevel)
#: Causes of absence that have no name of their own in a scenario.
CAUSES = {
    DutyKind.ABSENT_SICK: "sickness",
    DutyKind.ABSENT_NOT_DEPLOYABLE: "not_deployable",
    DutyKind.REST_GIVEN_BACK: "rest_given_back",
    DutyKind.ON_COURSE: "on_course",
}


@dataclass(frozen=True, eq=False)
class _Before:
    """What officers were rostered for before the log; volunteers for nothing.

    Attributes:
        minutes: up to the start of each day and of the next one, shape (officers, days + 1).
        row_of_days: days in a row up to the last of them, shape (officers,).
    """

    minutes: Floats
    row_of_days: Ints


_BEFORE: WeakKeyDictionary[World, _Before] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class _Groups:
    """Teams of forces as cells, and names for them.

    Attributes:
        of_officer: cell of each officer: index of the team x forces + code of the force.
        teams: names of the teams, in order of index.
        forces: names of the forces, in order of code.
    """

    of_officer: Ints
    teams: tuple[str, ...]
    forces: tuple[str, ...]

    def named(self, name: str, cells: Ints, values: Floats) -> Iterator[tuple[str, float]]:
        """Sums of values by team and, where there are several, by force; without those that are 0."""
        size = (len(self.teams), len(self.forces))
        grid = np.bincount(cells, weights=values, minlength=size[0] * size[1]).reshape(size)
        for team, whole in zip(self.teams, grid.sum(axis=1).tolist(), strict=True):
            if whole:
                yield f"{name}:team={team}", whole
        if len(self.forces) > 1:
            for team, force in zip(*np.nonzero(grid), strict=True):
                yield f"{name}:team={self.teams[team]}:force={self.forces[force]}", float(grid[team, force])

    def by_level(self, name: str, cells: Ints, level: Ints, values: Floats) -> Iterator[tuple[str, float]]:
        """Sums of values by team and level, all forces together; without those that are 0."""
        cell = cells // len(self.forces) * _LEVELS + level
        grid = np.bincount(cell, weights=values, minlength=len(self.teams) * _LEVELS).reshape(-1, _LEVELS)
        for team, at in zip(*np.nonzero(grid), strict=True):
            yield f"{name}:team={self.teams[team]}:level={ThreatLevel(at).name}", float(grid[team, at])


def people_totals(log: Log, world: World) -> dict[str, float]:
    """Sums over officers by team, ``:team=T`` and, with several forces, ``:team=T:force=F``.

    Returns:
        Each with ``people_`` before it. By officer: ``officers`` (in post at some time), ``weeks`` (of
        officers in post), ``over_limit`` (highest average week above the limit), ``last`` (average week at
        the end, minutes), ``weekly_rest``, ``consecutive_days``, ``longest_run``, ``balance``, ``lost`` as in
        :class:`~armsim.analysis.ledger.Ledger`. By duty that starts in the window, the ``rows`` of the
        ledger; where the level may change these, and ``weeks``, also ``:team=T:level=L``. Minutes of the
        roster ``rostered_minutes`` and ``absent_minutes:team=T:cause=C``. ``apstra_gap`` is explained at its
        metric.
    """
    if not log.tables.get("officer_duty"):
        return {}
    book = book_of(log, world)
    found = ledger(book)
    groups = _groups(log, world)
    totals = dict(_of_officers(book, found, groups))
    totals |= _of_duties(book, found, groups, log, world)
    totals |= _absences(book, groups, log, world)
    totals |= _apstra(totals, log, world)
    return {f"people_{name}": value for name, value in totals.items()}


def book_of(log: Log, world: World) -> Book:
    """The duties of a log as the ledger wants them."""
    table, officers, duty = (log.tables[name] for name in ("officer_duty", "officers", "duty"))
    officer, kind = table["officer"].astype(np.int64), table["kind"].astype(np.int64)
    team, cause = officers["team"].astype(np.int64)[officer], table["cause"].astype(np.int64)
    crew = table["duty"].astype(np.int64)
    has_break = np.array([world.scenario.units[name].breaks is not None for name in world.kinds], dtype=bool)
    kind_of = np.array([unit.kind for unit in log.units], dtype=np.int64)
    breaks = np.append(has_break[kind_of[duty["unit"].astype(np.int64)]], False)
    lost = np.append(duty["breaks_lost"] > 0, False)
    working, before = _working(world), _before(log, world)
    return Book(
        officers=len(officers["officer"]),
        officer=officer,
        kind=kind,
        start=table["start"],
        planned_end=table["planned_end"],
        end=table["end"],
        notice=table["notice"],
        owed=table["owed"] > 0,
        works=of_kinds(kind, DUTY) | ((kind == DutyKind.ABSENT_PLANNED) & working[team, cause]),
        kept_on=_kept_on(log, world, team),
        has_break=breaks[crew],
        break_lost=lost[crew],
        history=before.minutes,
        row_of_days=before.row_of_days,
        opening_debt=officers["rest_days_owed"],
        first_day=first_day(world),
        opening=world.scenario.start,
        window=world.scenario.window,
        rules=world.scenario.people,
    )


def first_day(world: World) -> int:
    """First day all of whose duties a log holds, 0 being the first of the window."""
    return int(np.floor(-world.scenario.warm_up / MINUTES_PER_DAY))


def daily(log: Log, world: World, teams: Sequence[str]) -> dict[str, Floats]:
    """What a posture does to some teams, day by day.

    Args:
        log: the log of one replication.
        world: the world it ran in.
        teams: names of teams that work a pattern; their officers of all forces.

    Returns:
        Arrays of shape (days of the window,). Of the officers of the teams who are in post, at the end of
        each day: ``rest_days_lost`` (mean an officer: opening debt and cancelled, less given back), ``hours``
        (mean average week over the reference period, hours), ``share_over_hours`` (share of officers whose
        average is above the limit); NaN where there are none. ``planned`` and ``crewed``: crews of armed
        response vehicles, of all teams, planned for the shifts that start on the day, and formed.
    """
    book = book_of(log, world)
    found = ledger(book)
    named = [index for index, name in enumerate(sorted(world.scenario.teams)) if name in teams]
    mine = np.isin(log.tables["officers"]["team"], named) & (found.officers["weeks"] > 0)
    average, days = found.average[mine], found.average.shape[1]
    count = mine.sum() or np.nan
    return {
        "rest_days_lost": lost_by_day(book)[mine].sum(axis=0) / count,
        "hours": average.sum(axis=0) / count / MINUTES_PER_HOUR,
        "share_over_hours": over_limit(average, book).sum(axis=0) / count,
        **_crews_by_day(log, world, days),
    }


def over_limit(average: Floats, book: Book) -> NDArray[np.bool_]:
    """Whether an average week is above the limit; a rounding error is not."""
    return np.asarray(average > book.rules.hours.weekly_limit + 1e-6, dtype=bool)


def _crews_by_day(log: Log, world: World, days: int) -> dict[str, Floats]:
    short = log.tables["shortfalls"]
    arv = np.array([world.scenario.units[name].arv for name in world.kinds], dtype=bool)
    day = np.floor(short["shift_start"] / MINUTES_PER_DAY).astype(np.int64)
    kept = arv[short["kind"].astype(np.int64)] & (day >= 0) & (day < days)
    return {
        name: np.bincount(day[kept], weights=short[name][kept], minlength=days).astype(np.float64)
        for name in ("planned", "crewed")
    }


def _working(world: World) -> NDArray[np.bool_]:
    """Whether planned absence of a cause is work; shape (teams, causes + 1), the last for no cause."""
    named = _planned(world)
    works = np.zeros((len(named), 1 + max([0, *(len(causes) for causes in named)])), dtype=bool)
    for index, (name, causes) in enumerate(zip(sorted(world.scenario.teams), named, strict=True)):
        team = world.scenario.teams[name]
        if isinstance(team, PatternTeam):
            works[index, : len(causes)] = [cause in team.working_absences for cause in causes]
    return works


def _planned(world: World) -> list[list[str]]:
    """Planned absences of each team in the order of the log's causes."""
    teams = (world.scenario.teams[name] for name in sorted(world.scenario.teams))
    return [sorted(team.planned_absence) if isinstance(team, PatternTeam) else [] for team in teams]


def _kept_on(log: Log, world: World, team: Ints) -> Floats:
    """Minutes that each duty was lengthened by because it was under way when a level rose that keeps on."""
    table, threat = log.tables["officer_duty"], log.tables["threat"]
    paid, end = of_kinds(table["kind"].astype(np.int64), PAID), table["planned_end"]
    teams = sorted(world.scenario.teams)
    # The latest rise first: each takes off the end what it put on.
    for at in (np.flatnonzero(np.diff(threat["level"]) > 0) + 1)[::-1].tolist():
        name = ThreatLevel(int(threat["level"][at])).name
        level = world.scenario.threat.levels.get(name)  # type: ignore[call-overload]
        if level is not None and level.duty.keep_on:
            held = np.array([holds_for(level, one) for one in teams], dtype=bool)
            moment, longer = threat["start"][at], level.duty.keep_on
            caught = paid & held[team] & (table["start"] < moment) & (end - longer > moment)
            end = end - longer * caught
    return np.asarray(table["planned_end"] - end)


def _before(log: Log, world: World) -> _Before:
    """The roster before the log; made once a world."""
    if world not in _BEFORE:
        officers, teams = log.tables["officers"], sorted(world.scenario.teams)
        days = 7 * world.scenario.people.hours.reference_weeks
        minutes = np.zeros((len(officers["officer"]), days + 1))
        row = np.zeros(len(officers["officer"]), dtype=np.int64)
        for mine in world.force_teams:
            if isinstance(world.scenario.teams[mine.name], PatternTeam):
                own = (officers["team"] == teams.index(mine.name)) & (officers["force"] == mine.code)
                minutes[own, 1:] = np.cumsum(rostered_before(world, mine, days), axis=-1)
                row[own] = _row_of_days(world, mine.name, int(own.sum()))
        _BEFORE[world] = _Before(minutes, row)
    return _BEFORE[world]


def _row_of_days(world: World, name: str, count: int) -> Ints:
    """Rostered days in a row up to the eve of the log, of officers 0 to *count* - 1 of a pattern team."""
    team = world.scenario.teams[name]
    pattern = world.scenario.patterns[team.pattern]  # type: ignore[union-attr]
    cycle, squads = cycle_codes(pattern), np.arange(pattern.teams)
    # Back from the eve; a cycle without a rest day has been worked since ever, which counts as one cycle.
    back = first_day(world) - 1 - np.arange(len(cycle)) - squads[:, None] * pattern.days_between_teams
    row = np.cumprod(cycle[back % len(cycle)] != RESTING, axis=1).sum(axis=1)
    return np.asarray(row[np.arange(count) % pattern.teams], dtype=np.int64)


def _groups(log: Log, world: World) -> _Groups:
    officers = log.tables["officers"]
    cells = officers["team"].astype(np.int64) * len(world.forces) + officers["force"].astype(np.int64)
    return _Groups(cells, tuple(sorted(world.scenario.teams)), world.forces)


def _of_officers(book: Book, found: Ledger, groups: _Groups) -> Iterator[tuple[str, float]]:
    in_post = found.officers["weeks"] > 0
    sums = {"officers": in_post.astype(np.float64), "weeks": found.officers["weeks"]}
    sums["over_limit"] = over_limit(found.officers["highest"], book).astype(np.float64)
    for name in ("last", "weekly_rest", "consecutive_days", "longest_run", "balance", "lost"):
        sums[name] = found.officers[name] * in_post
    for name, values in sums.items():
        yield from groups.named(name, groups.of_officer, values)


def _of_duties(
    book: Book, found: Ledger, groups: _Groups, log: Log, world: World
) -> Iterator[tuple[str, float]]:
    """Sums of duties by team, force and, where it may change, level; then weeks in post by level too."""
    some = {name: sums for name, sums in found.officers.items() if name in found.rows and sums.any()}
    for name, sums in some.items():
        yield from groups.named(name, groups.of_officer, sums)
    if not level_may_change(world.scenario):
        return
    held = spells(log, world)
    cells, level = groups.of_officer[book.officer], _levels_at(book.start, held)
    for name in some:
        yield from groups.by_level(name, cells, level, found.rows[name])
    for code in sorted({code for code, _, _ in held}):
        share = sum(end - start for one, start, end in held if one == code) / book.window
        weeks = found.officers["weeks"] * share
        yield from groups.by_level("weeks", groups.of_officer, np.full(book.officers, code), weeks)


def _levels_at(minutes: Floats, held: list[tuple[int, float, float]]) -> Ints:
    """Level at each minute, of the spells of the window."""
    starts, levels = [start for _, start, _ in held], np.array([level for level, _, _ in held])
    index = np.searchsorted(starts, np.maximum(minutes, 0.0), side="right") - 1
    return np.asarray(levels[index], dtype=np.int64)


def _absences(book: Book, groups: _Groups, log: Log, world: World) -> Iterator[tuple[str, float]]:
    """Minutes of the roster inside the window, and those not worked by cause."""
    inside = np.minimum(book.planned_end, book.window) - np.maximum(book.start, 0.0)
    minutes = np.maximum(inside, 0.0) * of_kinds(book.kind, OF_THE_ROSTER)
    yield from groups.named("rostered_minutes", groups.of_officer[book.officer], minutes)
    absent = np.flatnonzero(~of_kinds(book.kind, DUTY))
    team = groups.of_officer[book.officer[absent]] // len(groups.forces)
    cause = log.tables["officer_duty"]["cause"].astype(np.int64)[absent] + 1
    named = _planned(world)
    shape = (len(named), len(DutyKind), 1 + max(map(len, named), default=0))
    cell = np.ravel_multi_index((team, book.kind[absent], cause), shape)
    sums = np.bincount(cell, weights=minutes[absent], minlength=int(np.prod(shape))).reshape(shape)
    for at, kind, one in zip(*np.nonzero(sums), strict=True):
        word = CAUSES[DutyKind(kind)] if DutyKind(kind) in CAUSES else named[at][one - 1]
        yield f"absent_minutes:team={groups.teams[at]}:cause={word}", float(sums[at, kind, one])


def _apstra(totals: dict[str, float], log: Log, world: World) -> Iterator[tuple[str, float]]:
    """Officers in post times the duties that planned ARV crews ask for less those worked."""
    short = log.tables["shortfalls"]
    starts = (short["shift_start"] >= 0) & (short["shift_start"] < world.scenario.window)
    weeks = world.scenario.window / MINUTES_PER_WEEK
    for name, kinds in _arv_kinds(world).items():
        asked = np.zeros(len(world.forces))
        for kind in kinds:
            rows = starts & (short["kind"] == world.kinds.index(kind))
            crews = np.bincount(
                short["force"][rows].astype(np.int64), short["planned"][rows], len(world.forces)
            )
            asked += crews * world.scenario.units[kind].crew
        ends = {f"team={name}": asked.sum()}
        if len(world.forces) > 1:
            ends |= {
                f"team={name}:force={force}": asked[code]
                for code, force in enumerate(world.forces)
                if asked[code]
            }
        for end, duties in ends.items():
            officers = totals.get(f"weeks:{end}", 0.0) / weeks
            yield f"apstra_gap:{end}", float(officers * (duties - totals.get(f"on_duty:{end}", 0.0)))


def _arv_kinds(world: World) -> dict[str, list[str]]:
    """Kinds of armed response vehicle by the team that crews them."""
    found: dict[str, list[str]] = {}
    for name, kind in world.scenario.units.items():
        if kind.arv and isinstance(world.scenario.teams.get(kind.team or ""), PatternTeam):
            found.setdefault(str(kind.team), []).append(name)
    return found
