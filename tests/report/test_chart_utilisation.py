"""What ARVs do by hour: shares, limits, titles."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from armsim.analysis.availability import WORK
from armsim.report import chart_utilisation

FREE = WORK.index("free")


def work(busy, replications=12, noise=0.05, seed=1):
    """Minutes by replication, hour and kind of work, of which *busy* (an hour each) are not free."""
    rng = np.random.default_rng(seed)
    table = np.zeros((replications, 24, len(WORK)))
    taken = np.asarray(busy)[None, :] * (1 + noise * rng.standard_normal((replications, 24)))
    table[:, :, FREE] = 600 - taken
    table[:, :, WORK.index("firearms")] = 0.1 * taken
    table[:, :, WORK.index("posts")] = 0.4 * taken
    table[:, :, WORK.index("routine")] = 0.3 * taken
    table[:, :, WORK.index("breaks")] = 0.2 * taken
    return table


def busy(peak=450):
    hours = np.full(24, 200.0)
    hours[19], hours[4] = peak, 100
    return hours


def test_shares_are_of_the_time_on_duty_and_add_up(made):
    table = work(busy())
    chart = chart_utilisation.draw({made.SEVERE: table}, made.CONTEXT)
    row = chart.data[chart.data["hour"] == 19].iloc[0]
    assert row["busy"] == pytest.approx(1 - table[:, 19, FREE].sum() / table[:, 19].sum())
    assert row["posts"] == pytest.approx(0.4 * row["busy"])
    assert row["routine_work_breaks"] == pytest.approx(0.5 * row["busy"])
    assert row["firearms_and_planned_operations"] == pytest.approx(0.1 * row["busy"])
    assert row["busy_low"] < row["busy"] < row["busy_high"]
    assert row["busy"] + row["free"] == pytest.approx(1)


def test_busiest_and_least_busy_hour_are_named_only_when_clear(made):
    chart = chart_utilisation.draw({made.SEVERE: work(busy())}, made.CONTEXT)
    assert chart.title == "At SEVERE, ARVs are busiest at 19:00 (75%), least at 04:00 (17%)"
    level = chart_utilisation.draw({made.SEVERE: work(np.full(24, 200.0))}, made.CONTEXT)
    assert level.title == "No clear difference in how busy ARVs are between hours at SEVERE"


def test_the_longest_and_the_highest_level_are_drawn(made):
    tables = {made.SEVERE: work(busy()), made.CRITICAL: work(busy(), seed=3) / 4}
    chart = chart_utilisation.draw(tables, made.CONTEXT)
    assert list(dict.fromkeys(chart.data["level"])) == ["SEVERE", "CRITICAL"]
    assert len(chart.figure.axes) == 2


def test_nothing_on_duty_gives_no_chart_and_an_hour_of_nothing_is_blank(made):
    assert chart_utilisation.draw({made.SEVERE: np.zeros((3, 24, len(WORK)))}, made.CONTEXT) is None
    table = work(busy())
    table[:, 3] = 0
    chart = chart_utilisation.draw({made.SEVERE: table}, made.CONTEXT)
    assert chart.data.loc[chart.data["hour"] == 3, "busy"].isna().all()


def test_names_beside_what_arvs_do_stay_on_the_chart(made):
    sums = np.ones((4, 24, len(WORK)))
    chart = chart_utilisation.draw({made.CRITICAL: sums}, made.CONTEXT)
    canvas = FigureCanvasAgg(chart.figure)
    canvas.draw()
    words = chart.figure.axes[0].texts
    assert len(words) == 4
    assert all(text.get_window_extent(canvas.get_renderer()).x1 <= chart.figure.bbox.x1 for text in words)
