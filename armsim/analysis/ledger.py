"""The ledger of hours and rest: what each officer worked, what rest was lost and what is paid for it.

Nothing here knows of teams or logs: a book of duties goes in, figures by officer and by duty come
out. A duty belongs to the day, and to the threat level, that it starts in; only the minutes of an average are
parted at midnight. Rules are those of the Working Time Regulations 1998 and the Police Regulations 2003 as
far as ``people.hours`` sets them out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from armsim.analysis.book import (
    DUTY,
    NEUTRAL,
    OF_THE_ROSTER,
    Book,
    Bools,
    Floats,
    Ints,
    first_of_group,
    of_kinds,
)
from armsim.analysis.overtime import OVERTIME, overtime
from armsim.domain import MINUTES_PER_DAY, MINUTES_PER_WEEK, DutyKind

__all__ = ["OVERTIME", "Book", "Ledger", "ledger", "lost_by_day"]

#: Duty at other hours than the roster had said, for which notice is due.
_ORDERED = (DutyKind.ROSTERED, DutyKind.REST_DAY_CANCELLED, DutyKind.RECALLED)
#: Stretches in which an officer who has no duty at all, worked or not, counts as not in post.
_IN_POST_DAYS = 28
#: Rounding of sums of minutes, below any rest that somebody misses.
_SLACK = 1e-6


@dataclass(frozen=True, eq=False)
class Ledger:
    """What came of the duties.

    Attributes:
        rows: by duty, shape (rows,); 0 where it does not start in the window. ``daily_rest``, ``notice``:
            1 for a breach at this duty; ``overtime_<kind>``, ``paid_<kind>`` and ``pay_<kind>`` for each of
            ``OVERTIME``: minutes worked, minutes paid and minutes paid times their rate; ``cancelled``,
            ``owed``, ``paid``, ``worked``, ``given_back``: rest days; ``rostered`` and ``paraded``: duties of
            the roster, and those of them worked; ``on_duty``: duties of any kind worked; ``breaks``,
            ``breaks_lost``. Of the part inside the window: ``duty_minutes`` and ``work_minutes``, with
            training and court.
        officers: by officer, shape (officers,): sums of ``rows``; ``weekly_rest``: weeks without rest;
            ``consecutive_days``: runs of duty longer than allowed; ``longest_run`` of days; ``highest`` and
            ``last`` average week, minutes; ``balance`` of rest days owed; ``lost`` rest days: opening debt
            and cancelled, less given back; ``weeks`` in post.
        average: average week over the reference period at the end of each day of the window, minutes, shape
            (officers, days).
    """

    rows: dict[str, Floats]
    officers: dict[str, Floats]
    average: Floats


def ledger(book: Book) -> Ledger:
    """Work out the ledger of all officers."""
    worked = np.flatnonzero(book.works)
    before = _ends_before(book.officer[worked], book.end[worked])
    rows = _by_duty(book, worked, before)
    inside = (book.start >= 0) & (book.start < book.window)
    rows = {name: values * inside for name, values in rows.items()} | _minutes(book)
    officers = _sums(book, rows)
    average, run = average_week(book), days_in_a_row(book)
    officers["weekly_rest"] = weeks_without_rest(book, worked, before)
    officers["longest_run"] = run.max(axis=1, initial=0.0)
    officers["consecutive_days"] = (run == book.rules.hours.consecutive_days + 1).sum(axis=1, dtype=float)
    officers["highest"] = average.max(axis=1, initial=0.0)
    officers["last"] = average[:, -1]
    officers["balance"] = book.opening_debt + officers["owed"] - officers["given_back"]
    officers["lost"] = book.opening_debt + officers["cancelled"] - officers["given_back"]
    officers["weeks"] = _weeks_in_post(book)
    return Ledger(rows, officers, average)


def lost_by_day(book: Book) -> Floats:
    """Rest days lost at the end of each day of the window: opening debt and cancelled, less given back.

    Shape (officers, days of the window).
    """
    change = np.where(book.kind == DutyKind.REST_DAY_CANCELLED, 1.0, 0.0)
    change -= book.kind == DutyKind.REST_GIVEN_BACK
    day, kept = _days_of(book, 0)
    sums = np.zeros((book.officers, _days(book)))
    np.add.at(sums, (book.officer[kept], day[kept]), change[kept])
    return np.asarray(book.opening_debt[:, None] + np.cumsum(sums, axis=1))


def average_week(book: Book) -> Floats:
    """Average week over the reference period that ends with each day of the window, minutes.

    An absence that the regulations leave out counts as rostered, so that a fortnight of leave buys no long
    weeks; a rest day given back counts as rest. Shape (officers, days of the window).
    """
    weeks, days = book.rules.hours.reference_weeks, _days(book)
    ends = np.where(
        book.works, book.end, np.where(of_kinds(book.kind, NEUTRAL), book.planned_end, book.start)
    )
    own = np.cumsum(_by_the_clock(book, ends, book.first_day - 1), axis=1)
    # What is on the eve of the first day has rows, and its sum is up to the start of that day.
    own += book.history[:, -1:]
    so_far = np.concatenate((book.history[:, :-1], own), axis=1)
    return np.asarray((so_far[:, -days:] - so_far[:, -days - 7 * weeks : -7 * weeks]) / weeks)


def days_in_a_row(book: Book) -> Floats:
    """Days of work in a row up to and with each day of the window, those of the roster before it too."""
    day, kept = _days_of(book, book.first_day)
    kept &= book.works
    worked = np.zeros((book.officers, _days(book) - book.first_day), dtype=bool)
    worked[book.officer[kept], day[kept]] = True
    number = np.arange(1, worked.shape[1] + 1)
    rested = np.maximum.accumulate(np.where(worked, -book.row_of_days[:, None], number), axis=1)
    return np.asarray((number - rested)[:, -_days(book) :], dtype=np.float64)


def weeks_without_rest(book: Book, worked: Ints, before: Floats) -> Floats:
    """Weeks without the unbroken rest of a week in them, nor that of a fortnight in their fortnight.

    Weeks are the whole weeks from the opening of the window, fortnights two of them; the last of an odd
    number makes its fortnight with the week before, and a week alone has none.

    Args:
        book: the duties.
        worked: rows that are work.
        before: latest end of the officer's work before each of them.

    Returns:
        Weeks of each officer, shape (officers,).
    """
    rules, weeks = book.rules.hours, int(book.window // MINUTES_PER_WEEK)
    if not weeks:
        return np.zeros(book.officers)
    gaps = _gaps(book, worked, before)
    short = _longest(gaps, MINUTES_PER_WEEK, weeks, book.officers) < rules.weekly_rest - _SLACK
    if weeks > 1 and short.any():
        pairs = _longest(gaps, 2 * MINUTES_PER_WEEK, weeks // 2, book.officers)
        rest = np.repeat(pairs, 2, axis=1)
        if weeks % 2:
            who, opens, closes = gaps
            shift = (weeks - 2) * MINUTES_PER_WEEK
            odd = _longest((who, opens - shift, closes - shift), 2 * MINUTES_PER_WEEK, 1, book.officers)
            rest = np.concatenate((rest, odd), axis=1)
        short &= rest < rules.fortnightly_rest - _SLACK
    return np.asarray(short.sum(axis=1), dtype=np.float64)


def _by_duty(book: Book, worked: Ints, before: Floats) -> dict[str, Floats]:
    """Breaches, overtime, rest days and breaks by duty, wherever it starts."""
    rows = {"daily_rest": _short_rest(book, worked, before), "notice": _short_notice(book)}
    rows |= overtime(book)
    cancelled = book.kind == DutyKind.REST_DAY_CANCELLED
    flags = {
        "cancelled": cancelled,
        "owed": cancelled & book.owed,
        "paid": cancelled & ~book.owed,
        "worked": book.kind == DutyKind.REST_DAY_WORKED,
        "given_back": book.kind == DutyKind.REST_GIVEN_BACK,
        "rostered": of_kinds(book.kind, OF_THE_ROSTER),
        "paraded": book.kind == DutyKind.ROSTERED,
        "on_duty": of_kinds(book.kind, DUTY),
        "breaks": book.has_break,
        "breaks_lost": book.break_lost,
    }
    return rows | {name: flag.astype(np.float64) for name, flag in flags.items()}


def _minutes(book: Book) -> dict[str, Floats]:
    """Minutes inside the window of duty, and of all work."""
    inside = np.minimum(book.end, book.window) - np.maximum(book.start, 0.0)
    inside = np.maximum(inside, 0.0)
    return {"duty_minutes": inside * of_kinds(book.kind, DUTY), "work_minutes": inside * book.works}


def _short_rest(book: Book, worked: Ints, before: Floats) -> Floats:
    """1 where less than the daily rest came before the duty; work that follows on at once is none at all."""
    short = np.zeros(len(book.start))
    short[worked] = book.start[worked] - before < book.rules.hours.daily_rest - _SLACK
    return short


def _short_notice(book: Book) -> Floats:
    ordered = of_kinds(book.kind, _ORDERED)
    return np.asarray(ordered & (book.notice < book.rules.shift_notice), dtype=np.float64)


def _ends_before(officer: Ints, end: Floats) -> Floats:
    """Latest end of the officer's earlier rows; minus infinity for the first.

    By doubling: after each step the latest end of twice as many rows is known.
    """
    before = np.full(len(end), -np.inf)
    same = officer[1:] == officer[:-1]
    before[1:][same] = end[:-1][same]
    step = 1
    while step < len(end) and (same := officer[step:] == officer[:-step]).any():
        before[step:] = np.where(same, np.maximum(before[step:], before[:-step]), before[step:])
        step *= 2
    return before


def _gaps(book: Book, worked: Ints, before: Floats) -> tuple[Ints, Floats, Floats]:
    """Officer, start and end of every stretch free of work: before each duty, and after the last of each."""
    latest = np.full(book.officers, -np.inf)
    np.maximum.at(latest, book.officer[worked], book.end[worked])
    who = np.concatenate((book.officer[worked], np.arange(book.officers)))
    closes = np.concatenate((book.start[worked], np.full(book.officers, np.inf)))
    return who, np.concatenate((before, latest)), closes


def _longest(gaps: tuple[Ints, Floats, Floats], length: float, blocks: int, officers: int) -> Floats:
    """Longest free stretch inside each block of *length* from minute 0; shape (officers, blocks)."""
    who, opens, closes = gaps
    opens, closes = np.maximum(opens, 0.0), np.minimum(closes, blocks * length)
    free = closes > opens
    who, opens, closes = who[free], opens[free], closes[free]
    first = (opens // length).astype(np.int64)
    count = np.ceil(closes / length).astype(np.int64) - first
    gap = np.repeat(np.arange(len(who)), count)
    block = first[gap] + np.arange(len(gap)) - np.repeat(np.cumsum(count) - count, count)
    inside = np.minimum(closes[gap], (block + 1) * length) - np.maximum(opens[gap], block * length)
    longest = np.zeros(officers * blocks)
    np.maximum.at(longest, who[gap] * blocks + block, inside)
    return longest.reshape(officers, blocks)


def _days(book: Book) -> int:
    """Days of the window, a part of one counting whole."""
    return int(np.ceil(book.window / MINUTES_PER_DAY))


def _days_of(book: Book, first: int) -> tuple[Ints, Bools]:
    """Day of each duty from day *first*, and whether it is from that day to the last of the window."""
    day = (book.start // MINUTES_PER_DAY).astype(np.int64) - first
    return day, (day >= 0) & (day < _days(book) - first)


def _by_the_clock(book: Book, ends: Floats, first: int) -> Floats:
    """Minutes from the start of each duty to *ends* by officer and day, from day *first* on."""
    days = _days(book) - first
    sums: Floats = np.zeros(book.officers * days)
    officer, start = book.officer, book.start
    while len(start):
        day = (start // MINUTES_PER_DAY).astype(np.int64)
        midnight = (day + 1) * MINUTES_PER_DAY
        kept = (day >= first) & (day < first + days)
        cell = officer[kept] * days + day[kept] - first
        minutes = np.minimum(ends, midnight) - start
        sums += np.bincount(cell, weights=minutes[kept], minlength=len(sums))
        on = ends > midnight
        officer, start, ends = officer[on], np.asarray(midnight[on], dtype=np.float64), ends[on]
    return sums.reshape(book.officers, days)


def _sums(book: Book, rows: dict[str, Floats]) -> dict[str, Floats]:
    """Sums of each column by officer."""
    sums = {name: np.zeros(book.officers) for name in rows}
    some = [name for name, values in rows.items() if values.any()]
    if some:
        first = np.flatnonzero(first_of_group(book.officer))
        found = np.add.reduceat(np.array([rows[name] for name in some]), first, axis=1)
        for name, values in zip(some, found, strict=True):
            sums[name][book.officer[first]] = values
    return sums


def _weeks_in_post(book: Book) -> Floats:
    """Weeks of the four-week stretches of the window in which the officer has any duty, worked or not."""
    blocks = max(1, _days(book) // _IN_POST_DAYS)
    ends = np.append(np.arange(1, blocks) * _IN_POST_DAYS * MINUTES_PER_DAY, book.window)
    block = np.searchsorted(ends, book.start, side="right")
    kept = (book.start >= 0) & (block < blocks)
    there = np.zeros((book.officers, blocks))
    there[book.officer[kept], block[kept]] = 1.0
    return np.asarray(there @ np.diff(ends, prepend=0.0) / MINUTES_PER_WEEK)
