"""Duties of a run as the ledger wants them, and what their kinds are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema.people import PeopleConfig
from armsim.domain import DutyKind

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Kinds of duty that is paid.
PAID = (
    DutyKind.ROSTERED, DutyKind.REST_DAY_CANCELLED, DutyKind.REST_DAY_WORKED, DutyKind.RECALLED,
)  # fmt: skip
#: Kinds that are duty; the others are absence.
DUTY = (*PAID, DutyKind.VOLUNTARY, DutyKind.CALLED_IN)
#: Absence that the regulations leave out of the average week: it stands there at the rostered length.
NEUTRAL = (
    DutyKind.ABSENT_PLANNED, DutyKind.ABSENT_SICK, DutyKind.ABSENT_NOT_DEPLOYABLE, DutyKind.ON_COURSE,
)  # fmt: skip
#: Kinds of which an officer has exactly one for each rostered duty.
OF_THE_ROSTER = (DutyKind.ROSTERED, *NEUTRAL, DutyKind.REST_GIVEN_BACK)


@dataclass(frozen=True, eq=False)
class Book:
    """Duties of a run as the ledger wants them; rows in order of officer, then start.

    Attributes:
        officers: how many officers there are.
        officer: number of the officer, shape (rows,), as all that follows.
        kind: ``DutyKind``.
        start: minutes from the opening of the window.
        planned_end: as the roster, or the order to stay on, says.
        end: what came of it.
        notice: minutes from the order to the start; NaN where the roster says so.
        owed: a cancelled rest day that is owed and not paid.
        works: hours of work: duty, and absence such as training and court.
        kept_on: minutes of ``planned_end`` that were ordered on the day.
        has_break: in a crew that is due a break.
        break_lost: in a crew that lost it.
        history: rostered minutes before ``first_day``, from some day at least a reference period before up
            to the start of each day since, shape (officers, days + 1). Duties that have rows are not in it.
        row_of_days: rostered days in a row up to the eve of ``first_day``, shape (officers,).
        opening_debt: rest days owed when the window opens, shape (officers,).
        first_day: first day whose duties are all here, 0 being the first of the window.
        opening: date of day 0.
        window: length of the window, minutes.
        rules: the rules.
    """

    officers: int
    officer: Ints
    kind: Ints
    start: Floats
    planned_end: Floats
    end: Floats
    notice: Floats
    owed: Bools
    works: Bools
    kept_on: Floats
    has_break: Bools
    break_lost: Bools
    history: Floats
    row_of_days: Ints
    opening_debt: Floats
    first_day: int
    opening: date
    window: float
    rules: PeopleConfig


def of_kinds(kind: Ints, kinds: tuple[DutyKind, ...]) -> Bools:
    """Whether each code is of one of the kinds; many times as fast as ``np.isin`` on so few."""
    return np.asarray(_among(kinds)[kind])


@cache
def _among(kinds: tuple[DutyKind, ...]) -> Bools:
    """Whether each kind is one of some."""
    return np.array([kind in kinds for kind in DutyKind], dtype=bool)


def first_of_group(*keys: Ints) -> Bools:
    """Whether each row is the first of those with its keys; equal keys stand together."""
    first = np.ones(len(keys[0]), dtype=bool)
    first[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return first
