"""Officers for each ARV round the clock: out of the roster, by hand, and for 95% of shifts."""

import numpy as np
import pytest

from armsim.analysis.availability import WORK
from armsim.analysis.metrics import summarise

from .bill import TEAMS, UNITS, option

NAMES = ["officers_per_arv", "officers_per_arv_by_hand", "officers_for_95_shifts"]
FIVE_TEAMS = {
    "teams": 5, "cycle": ("E", "E", "L", "L", "N", "N", "-", "-", "-", "-"), "days_between_teams": 2,
    "shifts": {"E": "07:00-17:00", "L": "15:00-01:00", "N": "21:00-07:00"},
}  # fmt: skip
#: A presence of 0.82, the fraction lost to leave, and nothing else.
ARV = TEAMS["arv"] | {"pattern": "five", "planned_absence": {"leave": 0.18}, "vacancies": 0}
WEEK = 7 * 1440.0


def rows(**changes):
    totals = {
        "people_weeks:team=arv": np.array([120.0, 120.0, 120.0]),
        f"arv_work_minutes:level=SEVERE:work={WORK[0]}": np.array([9.0, 10.0, 11.0]) * WEEK,
    }
    settings = {"teams": TEAMS | {"arv": ARV}, "patterns": {"five": FIVE_TEAMS, "day": FIVE_TEAMS}} | changes
    table = summarise(option(totals=totals, **settings), NAMES)
    return table.set_index(["metric", "team", "cause"])


def test_officers_in_post_over_crewed_vehicles():
    found = rows().loc[("officers_per_arv", "arv", "")]
    assert found["value"] == pytest.approx(360 / 30)
    assert found["low"] < 12 < found["high"]


def test_by_hand_and_for_nearly_every_shift():
    """Crew of two, five teams, 10 h of 24: 2 x 24 / (6 shifts of 10 h in 10 days x 0.82)."""
    found = rows()
    assert found.loc[("officers_per_arv_by_hand", "arv", ""), "value"] == pytest.approx(2 * 24 / 6 / 0.82)
    assert found.loc[("officers_for_95_shifts", "arv", "levelled"), "value"] == 15
    assert found.loc[("officers_for_95_shifts", "arv", "tossed"), "value"] == 18


def test_nothing_is_said_out_of_the_roster_where_cars_share_the_officers():
    shared = UNITS | {"car": UNITS["car"] | {"team": "arv"}}
    assert "officers_per_arv" not in rows(units=shared).index.get_level_values("metric")
