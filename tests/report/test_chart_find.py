import math
from types import SimpleNamespace

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from armsim.analysis.figure import Figure
from armsim.analysis.intervals import Estimate
from armsim.report.chart_find import context, draw
from armsim.report.files import save
from armsim.report.record import SYNTHETIC, ChartContext
from armsim.study.aim import Aim
from armsim.study.found import Found, Point
from armsim.study.levers import parse_levers

AIM = Aim("no_arv_free <= 2%", Figure("no_arv_free", "no_arv_free", {}), "<=", 0.02)
CONTEXT = ChartContext("Testshire", "tiny-12345678", 20, "0.1.0")


def point(place, value, pounds=math.nan, met=False, dominated=False):
    figure = Estimate(value, value - 0.004, value + 0.004, 20, 20)
    return Point(f"option {place}", place, figure, met, Estimate(pounds, pounds, pounds, 20, 20), dominated)


def found(levers, points, answer=None):
    return Found(
        "Testshire",
        AIM,
        parse_levers(levers),
        tuple(points),
        answer,
        False,
        None,
        "max-t",
        len(points),
        0.95,
        20,
    )


def test_one_lever_names_the_least_value_and_costs(tmp_path):
    points = [point((0,), 0.06, 1e6), point((1,), 0.03, 2e6), point((2,), 0.012, 3e6, met=True)]
    chart = draw(found(["units.arv.vehicles=5..7"], points, points[2]), CONTEXT)
    assert chart.title == "ARV vehicles: 7 is the least that meets no ARV free at most 2.0% (1.2%)"
    assert "5: 6.0% (5.6% to 6.4%); 6: 3.0% (2.6% to 3.4%)" in chart.alt
    labels = [one.get_text() for one in chart.figure.axes[0].get_xticklabels()]
    assert labels == ["5\n£1.00m", "6\n£2.00m", "7\n£3.00m"]
    assert chart.data["target_share"].tolist() == [0.02] * 3
    assert chart.data["cost_a_year_pounds"].tolist() == [1e6, 2e6, 3e6]
    assert {path.suffix for path in save(chart, tmp_path)} == {".png", ".svg", ".csv"}


def test_out_of_reach_says_the_best():
    points = [point((0,), 0.06), point((1,), 0.03)]
    chart = draw(found(["units.arv.vehicles=5,6"], points), CONTEXT)
    assert chart.title == "ARV vehicles: no value meets no ARV free at most 2.0%; the best, 6, has 3.0%"
    low, high = chart.figure.axes[0].get_ylim()
    assert low < 2.0 < high  # the target is on the chart


def test_two_levers_stand_against_cost():
    points = [
        point((0, 0), 0.06, 1e6),
        point((0, 1), 0.065, 1.5e6, dominated=True),
        point((1, 0), 0.03, 2e6),
        point((1, 1), 0.01, 4e6, met=True),
    ]
    result = found(["units.arv.vehicles=5,6", "desk.capacity=1,2"], points, points[3])
    chart = draw(result, CONTEXT)
    assert chart.title.startswith("ARV vehicles and desk capacity: 6 and 2 is the cheapest that meets")
    steps = [line for line in chart.figure.axes[0].get_lines() if line.get_drawstyle() == "steps-post"]
    assert [line.get_xdata().tolist() for line in steps] == [[1.0, 2.0, 4.0]]
    assert steps[0].get_ydata().tolist() == pytest.approx([6.0, 3.0, 1.0])
    without = found(result_levers := ["a=1,2", "b=1,2"], [point((0, 0), 0.06)])
    assert draw(without, CONTEXT) is None, result_levers


def test_nothing_to_draw():
    assert draw(found(["a=1,2"], [point((0,), math.nan)]), CONTEXT) is None


def test_the_name_of_the_answer_stands_inside_the_axes():
    points = [point((0,), 0.5), point((1,), 0.005, met=True)]
    chart = draw(found(["units.arv.vehicles=5,6"], points, points[1]), CONTEXT)
    canvas = FigureCanvasAgg(chart.figure)
    canvas.draw()
    axes = chart.figure.axes[0]
    name = next(text for text in axes.texts if text.get_text() == "6")
    assert name.get_window_extent(canvas.get_renderer()).y0 >= axes.bbox.y0


def test_the_foot_says_what_is_made_up_about_the_area(monkeypatch):
    one = ChartContext("a @ b", "tiny-12345678", 3, "0.1.0", SYNTHETIC)
    monkeypatch.setattr("armsim.report.chart_find.context_of", lambda *_: one)
    told = context(SimpleNamespace(options=["a"]), found(["units.arv.vehicles=5,6"], [point((0,), 0.06)]))
    assert told == ChartContext("Testshire", "tiny-12345678", 20, "0.1.0", SYNTHETIC)
