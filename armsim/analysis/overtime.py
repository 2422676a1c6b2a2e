"""Overtime of each duty: minutes worked, minutes paid, and at what rate."""

from __future__ import annotations

import numpy as np

from armsim.analysis.book import PAID, Book, Bools, Floats, first_of_group, of_kinds
from armsim.domain import MINUTES_PER_DAY, MINUTES_PER_WEEK, DutyKind

#: Kinds of overtime; every paid minute is of exactly one.
OVERTIME = ("casual", "rest_day", "agreement", "recalled", "public_holiday")


def overtime(book: Book) -> dict[str, Floats]:
    """Minutes of overtime worked, paid and paid times rate, by kind.

    On a public holiday every minute of duty is one at its rate. A rest day that is paid, or worked by
    agreement, is paid from start to end and for the least time at least; a recall, from start to end. Of
    casual overtime, on the first occasions of a week, the first minutes go unpaid.
    """
    rules, kind = book.rules.hours, book.kind
    length = book.end - book.start
    employed = of_kinds(kind, PAID)
    holiday = employed & _on_holiday(book)
    rest_day = (kind == DutyKind.REST_DAY_CANCELLED) & ~book.owed & ~holiday
    agreement = (kind == DutyKind.REST_DAY_WORKED) & ~holiday
    recalled = (kind == DutyKind.RECALLED) & ~holiday
    casual = employed & ~holiday & ~rest_day & ~agreement & ~recalled
    over = casual * np.maximum(book.end - book.planned_end + book.kept_on, 0.0)
    least = np.maximum(length, rules.least_rest_day)
    parts = {
        "casual": (over, _casual_paid(book, over), rules.overtime_rate),
        "rest_day": (rest_day * length, rest_day * least, rules.rest_day_rate),
        "agreement": (agreement * length, agreement * least, rules.rest_day_rate),
        "recalled": (recalled * length, recalled * length, rules.overtime_rate),
        "public_holiday": (holiday * length, holiday * length, rules.public_holiday_rate),
    }
    rows: dict[str, Floats] = {}
    for name, (worked, paid, rate) in parts.items():
        rows |= {f"overtime_{name}": worked, f"paid_{name}": paid, f"pay_{name}": paid * rate}
    return rows


def _casual_paid(book: Book, over: Floats) -> Floats:
    """Casual overtime less what goes unpaid on the first occasions of each week from the opening."""
    rules = book.rules.hours
    paid = over.copy()
    late = np.flatnonzero(over > 0)
    week = (book.start[late] // MINUTES_PER_WEEK).astype(np.int64)
    first = first_of_group(book.officer[late], week)
    occasion = np.arange(len(late)) - np.maximum.accumulate(np.where(first, np.arange(len(late)), 0))
    unpaid = late[occasion < rules.unpaid_occasions]
    paid[unpaid] = np.maximum(over[unpaid] - rules.unpaid, 0.0)
    return paid


def _on_holiday(book: Book) -> Bools:
    opening, holidays = book.opening.toordinal(), book.rules.hours.public_holidays
    if not holidays:
        return np.zeros(len(book.start), dtype=bool)
    return np.isin(book.start // MINUTES_PER_DAY, [day.toordinal() - opening for day in holidays])
