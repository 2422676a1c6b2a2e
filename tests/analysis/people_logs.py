"""Logs of officers and duties in the small world, for tests of what is read off them."""

from dataclasses import dataclass, field

import numpy as np

from armsim.domain import (
    DUTY_COLUMNS,
    OFFICER_COLUMNS,
    OFFICER_DUTY_COLUMNS,
    SHORTFALL_COLUMNS,
    THREAT_COLUMNS,
    DutyKind,
    Employment,
    ThreatLevel,
)
from armsim.testing.small_world import small_world

NAN = float("nan")
_DUTY = tuple(dict.fromkeys((*DUTY_COLUMNS, "breaks_lost")))
PATTERN = {
    "teams": 1,
    "cycle": ("D", "-"),
    "days_between_teams": 1,
    "shifts": {"D": "08:00-16:00"},
}
ARV_TEAM = {
    "kind": "pattern",
    "establishment": {"ash": 2},
    "pattern": "plain",
    "planned_absence": {"leave": 0.1, "training": 0.1},
}
RESPONSE = {"kind": "pattern", "establishment": {"ash": 2, "birch": 1}, "pattern": "plain"}
SPECIALS = {
    "kind": "volunteers",
    "headcount": {"ash": 1},
    "hours_a_month": 10,
    "duty": "4 h",
    "starts": "18:00-19:00",
    "day_weights": {"sat": 1},
    "in_patrols": 0,
}


def people_world(**changes):
    """The small world with teams ``arv`` (two officers), ``response`` (two, one) and ``specials`` (one)."""
    base = {
        "teams": {"arv": ARV_TEAM, "response": RESPONSE, "specials": SPECIALS},
        "patterns": {"plain": PATTERN},
    }
    return small_world(**{**base, **changes})


#: Team, force, employment, authorisations, rest days owed of the officers of that world.
OFFICERS = [
    (0, 0, Employment.REGULAR, 3, 1.0),
    (0, 0, Employment.REGULAR, 3, 0.0),
    (1, 0, Employment.REGULAR, 1, 0.0),
    (1, 0, Employment.STUDENT, 1, 0.0),
    (1, 1, Employment.REGULAR, 0, 0.0),
    (2, 0, Employment.SPECIAL, 1, 0.0),
]


def table(columns, rows):
    """A table of a log."""
    values = np.array(rows, dtype=float).reshape(-1, len(columns))
    return {name: values[:, at] for at, name in enumerate(columns)}


def officer_row(
    officer, start, hours, kind=DutyKind.ROSTERED, over=0.0, notice=NAN, cause=-1, duty=-1, owed=0
):
    """A row of ``officer_duty``; *start* in hours from the opening."""
    planned = 60.0 * (start + hours)
    return (officer, kind, 60.0 * start, planned, planned + over, notice, cause, duty, owed)


def duty_row(unit, start, hours, officers=2, ced=0, breaks_lost=0):
    """A row of ``duty``; *start* in hours from the opening."""
    values = {
        "unit": unit, "start": 60.0 * start, "planned_end": 60.0 * (start + hours),
        "end": 60.0 * (start + hours), "officers": officers, "ced": ced, "breaks_lost": breaks_lost,
    }  # fmt: skip
    return tuple(values.get(name, 0) for name in _DUTY)


@dataclass(frozen=True)
class PeopleLog:
    """A log with the tables that figures of people are read off."""

    units: tuple
    tables: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Base of a unit."""

    zone: int


@dataclass(frozen=True)
class LogUnit:
    """A unit of a log."""

    number: int
    kind: int
    base: Place
    force: int = 0


def people_log(
    duties, crews=(), units=(), shortfalls=(), levels=((ThreatLevel.SEVERE, 0.0, 2880.0),), officers=OFFICERS
):
    """A log of duties in order of officer and start."""
    rows = [(number, *officer) for number, officer in enumerate(officers)]
    tables = {
        "officers": table(OFFICER_COLUMNS, rows),
        "officer_duty": table(OFFICER_DUTY_COLUMNS, sorted(duties, key=lambda row: (row[0], row[2]))),
        "duty": table(_DUTY, crews),
        "shortfalls": table(SHORTFALL_COLUMNS, shortfalls),
        "threat": table(THREAT_COLUMNS, levels),
    }
    return PeopleLog(tuple(units), tables)
