"""Metrics of the neighbourhood, read off totals written by hand."""

import numpy as np
import pytest

from armsim.analysis.metrics import summarise

from .bill import TEAMS, UNITS, WINDOW, option

HALF = WINDOW / 2
NPT = {
    "kind": "pattern", "role": "NPT", "establishment": {"ash": 10}, "pattern": "day",
    "planned_absence": {"leave": 0.1, "court": 0.1},
}  # fmt: skip
TOTALS = {
    "minutes:level=SEVERE": np.full(2, HALF),
    "minutes:level=CRITICAL": np.full(2, HALF),
    "npt_scheduled_minutes:team=npt:level=SEVERE": [900.0, 1100.0],
    "npt_scheduled_minutes:team=npt:level=CRITICAL": [1000.0, 1000.0],
    "npt_scheduled_minutes:team=village:level=SEVERE": [500.0, 500.0],
    "npt_scheduled_minutes:team=village:level=CRITICAL": [500.0, 500.0],
    "npt_abstracted_minutes:team=npt:type=court:level=SEVERE": [100.0, 100.0],
    "npt_abstracted_minutes:team=npt:type=posts:level=CRITICAL": [600.0, 800.0],
    "npt_abstracted_minutes:team=village:type=posts:level=CRITICAL": [100.0, 300.0],
    "standard_months:standard=surgeries": [8.0, 8.0],
    "standard_met_months:standard=surgeries": [8.0, 6.0],
    "standard_months:standard=schools": [8.0, 8.0],
    "standard_met_months:standard=schools": [2.0, 0.0],
    "visible_armed_minutes:area=urban": [600.0, 1200.0],
    "visible_unarmed_minutes:area=rural": [60.0, 60.0],
}
STANDARDS = tuple({"name": name, "team": "npt", "hours_a_month": 1} for name in ("surgeries", "schools"))


@pytest.fixture(scope="module")
def figures():
    units = {
        **UNITS,
        **{name: {"team": name, "bases": "all", "serves": ("POST",)} for name in ("npt", "village")},
    }
    data = option(
        totals=TOTALS, replications=2, units=units, teams={**TEAMS, "npt": NPT, "village": NPT},
        neighbourhood={"month": "28 days", "standards": STANDARDS},
    )  # fmt: skip
    names = ["abstracted_share", "abstracted_hours", "standards_met", "visible_armed", "visible_unarmed"]
    groups = ("metric", "team", "cause", "level", "target", "area")
    return {
        tuple(row[one] for one in groups): row["value"] for row in summarise(data, names).to_dict("records")
    }


def test_abstracted_share_of_all_and_by_team_type_and_level(figures):
    assert figures["abstracted_share", "", "", "", "", ""] == pytest.approx(2000 / 6000)
    assert figures["abstracted_share", "npt", "", "", "", ""] == pytest.approx(1600 / 4000)
    assert figures["abstracted_share", "npt", "court", "SEVERE", "", ""] == pytest.approx(200 / 2000)
    assert figures["abstracted_share", "village", "posts", "CRITICAL", "", ""] == pytest.approx(400 / 1000)
    assert figures["abstracted_share", "village", "posts", "SEVERE", "", ""] == 0
    assert ("abstracted_share", "arv", "", "", "", "") not in figures


def test_abstracted_hours_a_month(figures):
    months = 2 * WINDOW / (28 * 1440)
    assert figures["abstracted_hours", "", "", "", "", ""] == pytest.approx(2000 / 60 / months)
    assert figures["abstracted_hours", "npt", "posts", "CRITICAL", "", ""] == pytest.approx(
        1400 / 60 / (months / 2)
    )


def test_standards_of_all_and_each(figures):
    assert figures["standards_met", "", "", "", "", ""] == 16 / 32
    assert figures["standards_met", "", "", "", "surgeries", ""] == 14 / 16
    assert figures["standards_met", "", "", "", "schools", ""] == 2 / 16


def test_hours_in_sight_a_week_by_area(figures):
    weeks = 2 * WINDOW / (7 * 1440)
    assert figures["visible_armed", "", "", "", "", ""] == pytest.approx(30 / weeks)
    assert figures["visible_armed", "", "", "", "", "urban"] == pytest.approx(30 / weeks)
    assert figures["visible_armed", "", "", "", "", "rural"] == 0
    assert figures["visible_unarmed", "", "", "", "", "rural"] == pytest.approx(2 / weeks)


def test_no_neighbourhood_team_no_rows():
    names = ["abstracted_share", "abstracted_hours", "standards_met", "visible_unarmed"]
    assert not len(summarise(option(), names))
