"""What options change: titles that say no more than the intervals, money in pounds, a file a figure."""

import math

import pandas as pd
import pytest

from armsim.report.chart_differences import draw
from armsim.study.compare import Comparison

NAN = math.nan


def row(option, low, high, metric="no_arv_free", about="", **more):
    """A row of a comparison; the condition stands after the @."""
    units = {"no_arv_free": "share", "within_target": "share", "cost_a_year": "pounds a year"}
    return {
        "condition": option.partition(" @ ")[2], "option": option, "baseline": "now", "metric": metric,
        "label": metric.replace("_", " ").capitalize(), "about": about, "unit": units[metric],
        "better": "higher" if metric == "within_target" else "lower", "difference": (low + high) / 2,
        "low": low, "high": high, "margin": NAN, "replications": 30, "verdict": f"{low} to {high} pp",
    } | more  # fmt: skip


def compared(*rows):
    return Comparison(pd.DataFrame(rows), "now", {}, 0.95, "max-t", ("run-1",), "0.1.0", "Review")


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([row("a", -0.01, 0.02)], "No clear difference in time with no ARV free with a"),
        (
            [row("a", -0.01, 0.02), row("b", -0.03, 0.0)],
            "No clear difference in time with no ARV free between the options",
        ),
        ([row("a", -0.03, -0.01)], "a: time with no ARV free better by 2.0 percentage points"),
        (
            [row("a", 0.01, 0.03), row("b", -0.03, 0.01)],
            "a: time with no ARV free worse by 2.0 percentage points; no clear difference with the others",
        ),
        (
            [row("a", -0.03, -0.01), row("b", -0.03, -0.02), row("c", 0.01, 0.03), row("d", NAN, NAN)],
            "Time with no ARV free: of 4 options 1 clearly worse and 2 clearly better",
        ),
        (
            [row("a @ S", -0.03, -0.01), row("a @ C", -0.03, -0.02)],
            "Time with no ARV free: under 2 conditions 2 clearly better",
        ),
        (
            [row("a @ S", -0.03, -0.01), row("b @ S", -0.03, -0.02), row("b @ C", 0.01, 0.02)],
            "Time with no ARV free: of 2 options 1 clearly worse and 2 clearly better, "
            "each under some condition",
        ),
        (
            [row("a", 0.01, 0.03, "within_target", "grade 1")],
            "a: share within target (grade 1) better by 2.0 percentage points",
        ),
        ([row("a", 250e3, 300e3, "cost_a_year")], "a: cost a year higher by £275k"),
        (
            [row("a", 250e3, 300e3, "cost_a_year"), row("b", -50e3, -30e3, "cost_a_year")],
            "Cost a year: of 2 options 1 clearly dearer and 1 clearly cheaper",
        ),
        (
            [row("a @ S", -0.01, 0.02), row("a @ C", -0.03, 0.01)],
            "No clear difference in time with no ARV free with a",
        ),
        (
            [row("a", 0, 0, "cost_a_year"), row("b", 0, 0, "cost_a_year")],
            "No difference in cost a year between the options",
        ),
        ([row("a", -0.03, -0.01, margin=0.05)], "No clear difference in time with no ARV free with a"),
    ],
)
def test_titles_say_what_the_intervals_allow(rows, title):
    assert draw(compared(*rows), rows[0]["metric"]).title == title


def test_a_cost_that_is_exact_is_told_without_limits():
    chart = draw(compared(row("a", 0, 0, "cost_a_year"), row("b", 2e5, 2e5, "cost_a_year")), "cost_a_year")
    assert words(chart) == ["no more and no less", "£200k more"]


def test_options_that_are_not_drawn_are_counted():
    chart = draw(compared(row("a", 0.0, 0.1), row("b", NAN, NAN)), "no_arv_free")
    assert "not drawn, as unchanged, too few or too many: 1 of 2" in chart.caption
    many = draw(compared(*(row(f"o{index}", 0.1, 0.2) for index in range(41))), "no_arv_free")
    assert many.title.endswith("of 41 options 41 clearly worse")
    assert len(many.data) == 40


def words(chart):
    return [text.get_text() for axes in chart.figure.axes for text in axes.texts]


def test_rows_are_called_by_option_and_by_condition_only_where_there_are_several():
    one = draw(compared(row("a @ S", 0.0, 0.1), row("b @ S", 0.0, 0.1)), "no_arv_free")
    assert [label.get_text() for label in one.figure.axes[0].get_yticklabels()] == ["a", "b"]
    assert "No arv free under S: difference from now" in one.caption
    two = draw(compared(row("a @ S", 0.0, 0.1), row("a @ C", 0.0, 0.1)), "no_arv_free")
    assert [label.get_text() for label in two.figure.axes[0].get_yticklabels()] == ["a, S", "a, C"]


def test_money_is_in_pounds_and_the_axis_in_thousands():
    chart = draw(compared(row("a", 250e3, 300e3, "cost_a_year")), "cost_a_year")
    assert "£275k more (£250k–£300k)" in words(chart)
    assert chart.figure.axes[0].get_xlabel() == "Difference, £ thousand a year"
    assert list(chart.data["difference"]) == [275e3]


def test_figures_of_one_metric_have_a_file_each():
    found = compared(*(row("a", 0.0, 0.1, "within_target", about) for about in ("grade 1", "first armed")))
    names = [draw(found, "within_target", about).name for about in ("grade 1", "first armed")]
    assert names == ["difference_within_target_grade_1", "difference_within_target_first_armed"]
    assert draw(compared(row("a", 0.0, 0.1)), "no_arv_free").name == "difference_no_arv_free"


def test_nothing_with_limits_gives_no_chart_and_an_unknown_figure_is_refused():
    assert draw(compared(row("a", NAN, NAN)), "no_arv_free") is None
    with pytest.raises(KeyError, match="no figure 'other'"):
        draw(compared(row("a", 0.0, 0.1)), "other")
    with pytest.raises(KeyError, match="about 'grade 9'; there are 'grade 1', 'grade 2'"):
        two = (row("a", 0.0, 0.1, "within_target", about) for about in ("grade 1", "grade 2"))
        draw(compared(*two), "within_target", "grade 9")
