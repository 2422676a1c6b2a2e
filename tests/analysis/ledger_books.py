"""Books of duties for tests of the ledger."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from armsim.analysis.book import DUTY, Book
from armsim.config.schema.people import PeopleConfig
from armsim.domain import DutyKind

NAN = float("nan")


@dataclass(frozen=True)
class Row:
    """A duty; times in minutes from the opening of the window."""

    officer: int
    start: float
    planned_end: float
    kind: DutyKind = DutyKind.ROSTERED
    over: float = 0.0
    notice: float = NAN
    owed: bool = False
    works: bool = False
    kept_on: float = 0.0
    has_break: bool = False
    break_lost: bool = False


def hours(officer, start, end, kind=DutyKind.ROSTERED, **more):
    """A duty whose times are hours from the opening."""
    return Row(officer, 60.0 * start, 60.0 * end, kind, **more)


def day(officer, number, **more):
    """A duty from 08:00 to 16:00 of a day."""
    return hours(officer, 24 * number + 8, 24 * number + 16, **more)


def book(
    rows,
    officers=1,
    days=28,
    history=None,
    debt=None,
    row_of_days=None,
    opening=date(2018, 3, 5),
    first_day=0,
    **rules,
):
    """A book of some duties.

    *history* is minutes by day, *rules* are those of ``people.hours`` but for ``shift_notice``.
    """
    notice = {"shift_notice": rules.pop("shift_notice")} if "shift_notice" in rules else {}
    people = PeopleConfig(hours=rules, **notice)
    rows = sorted(rows, key=lambda row: (row.officer, row.start))
    before = (officers, 7 * people.hours.reference_weeks)
    minutes = np.zeros(before) if history is None else np.asarray(history, dtype=float)
    return Book(
        officers=officers,
        officer=np.array([row.officer for row in rows], dtype=np.int64),
        kind=np.array([row.kind for row in rows], dtype=np.int64),
        start=np.array([row.start for row in rows], dtype=float),
        planned_end=np.array([row.planned_end for row in rows], dtype=float),
        end=np.array([row.planned_end + row.over for row in rows], dtype=float),
        notice=np.array([row.notice for row in rows], dtype=float),
        owed=np.array([row.owed for row in rows], dtype=bool),
        works=np.array([row.works or row.kind in DUTY for row in rows], dtype=bool),
        kept_on=np.array([row.kept_on for row in rows], dtype=float),
        has_break=np.array([row.has_break for row in rows], dtype=bool),
        break_lost=np.array([row.break_lost for row in rows], dtype=bool),
        history=np.pad(np.cumsum(minutes, axis=1), ((0, 0), (1, 0))),
        row_of_days=np.zeros(officers, dtype=np.int64) if row_of_days is None else np.array(row_of_days),
        opening_debt=np.zeros(officers) if debt is None else np.asarray(debt, dtype=float),
        first_day=first_day,
        opening=opening,
        window=1440.0 * days,
        rules=people,
    )
