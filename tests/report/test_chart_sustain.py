"""The chart of a posture: its title says no more than the answer, each panel its limit."""

import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from armsim.analysis.posture import Curve, days_kept, days_of_all
from armsim.report.chart_sustain import draw
from armsim.report.files import save
from armsim.study.sustain import Limit, Sustained

DAY = np.arange(1, 43)


def limit(name, unit, bound, value, half, least=False):
    found = Curve(value, value - half, value + half)
    return Limit(name, name, f"{name} breaks", unit, bound, least, float(value[0]), found,
                 None if np.isnan(value).all() else days_kept(found, bound, least))  # fmt: skip


def posture(rest=3.4, hours=48.0, half=0.1, crewed=None, more=()):
    limits = (
        limit("rest_days", "days", rest, 0.2 * DAY, half * np.ones(42)),
        limit("hours", "hours", hours, 42 + 0.21 * DAY, half * np.ones(42)),
        limit(
            "crewing", "share", 0.6, np.full(42, 0.8) if crewed is None else crewed, np.full(42, 0.02), True
        ),
        *more,
    )
    days = days_of_all(one.days for one in limits if one.days is not None)
    return Sustained("CRITICAL", 42, ("arv",), limits, days, 20, 0.95)


def words(chart):
    return [text.get_text() for axes in chart.figure.axes for text in (*axes.texts, axes.title)] + [
        axes.get_title(loc="left") for axes in chart.figure.axes
    ]


@pytest.mark.parametrize(
    ("found", "title"),
    [
        (posture(), "CRITICAL can be held 17 days (16–17): then rest days lost pass 3.4"),
        (posture(half=math.nan), "CRITICAL can be held 17 days (17–17): then rest days lost pass 3.4"),
        (posture(5.7), "CRITICAL can be held 28 days (28–29): then several limits break"),
        (posture(5.5, half=0.3),
         "CRITICAL can be held 27 days (26–29): which limit breaks first is not clear"),
        (posture(9, 60), "CRITICAL can be held all 42 days: no limit breaks"),
        (posture(0.1, half=0.01), "CRITICAL cannot be held for a day (0–0): rest days lost pass 0.1"),
    ],
)  # fmt: skip
def test_title(made, found, title):
    chart = draw(found, made.CONTEXT)
    assert chart.title == title
    assert title in chart.alt
    assert len(title.split()) <= 17


def test_panels_are_the_limits_that_are_judged(made):
    found = posture(crewed=np.full(42, np.nan))
    chart = draw(found, made.CONTEXT)
    printed = words(chart)
    assert "Rest days lost an officer: kept 17 days (16–17)" in printed
    assert "Average week, hours: kept 28 days (28–29)" in printed
    assert {"most 3.4", "most 48 h"} <= set(printed)
    assert len(chart.figure.axes) == 2
    assert chart.data["rest_days"].tolist() == (0.2 * DAY).tolist()
    assert set(chart.data["rest_days_limit"]) == {3.4}
    assert chart.data["crewing"].isna().all()


def test_the_first_day_beyond_the_limit_is_marked_where_there_is_one(made):
    axes = draw(posture(), made.CONTEXT).figure.axes
    marks = [
        [line.get_xdata().tolist() for line in panel.lines if line.get_marker() == "s"] for panel in axes
    ]
    assert marks == [[[18]], [[29]], []]


def test_files(made, tmp_path):
    paths = save(draw(posture(), made.CONTEXT), tmp_path)
    assert [path.name for path in paths] == ["sustain.png", "sustain.svg", "sustain.csv"]
    ET.fromstring(paths[1].read_text())
    assert paths[2].read_text().startswith("day,rest_days,rest_days_low,rest_days_high,hours,")
