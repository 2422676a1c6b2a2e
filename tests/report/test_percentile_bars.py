"""Bars of half and nine in ten: by grade, and of a second incident."""

import math

from matplotlib.backends.backend_agg import FigureCanvasAgg

from armsim.report import chart_grades, chart_percentiles


def test_a_second_incident_is_told_apart_only_when_limits_part(made):
    others, slow = made.curve(12, 0.4, 3000), made.curve(20, 0.4, 800, seed=2)
    chart = chart_percentiles.draw_second(slow, others, 60, made.CONTEXT)
    assert chart.title.startswith("Slowest tenth of armed response is slower to a second incident: 3")
    assert "in the 60 minutes before" in chart.caption
    assert list(dict.fromkeys(chart.data["incident"])) == ["Any other", "Second incident"]
    same = chart_percentiles.draw_second(made.curve(12, 0.4, 600, seed=3), others, 60, made.CONTEXT)
    assert same.title == "No clear difference in armed response to a second incident"


def test_a_second_incident_needs_enough_of_both(made):
    assert (
        chart_percentiles.draw_second(made.curve(12, 0.4, 60), made.curve(12, 0.4, 900), 60, made.CONTEXT)
        is None
    )


def test_grades_speak_of_the_first_and_leave_out_thin_ones(made):
    curves = {
        ("Grade 1", "first officer"): made.curve(9, 0.4, 5000),
        ("Grade 2", "first officer"): made.curve(20, 0.5, 5000, seed=2),
        ("Grade 3", "first officer"): made.curve(20, 0.5, 40, seed=2),
        ("Firearms", "first armed unit"): made.curve(12, 0.5, 900, seed=3),
    }
    chart = chart_grades.draw(curves, made.CONTEXT)
    ninetieth = curves["Grade 1", "first officer"].quantile_interval(0.9).value / 60
    assert chart.title == f"Nine in ten grade 1 incidents: first officer within {ninetieth:.1f} minutes"
    assert list(dict.fromkeys(chart.data["grade"])) == [
        "Grade 1\nfirst officer", "Grade 2\nfirst officer", "Firearms\nfirst armed unit"
    ]  # fmt: skip
    never = {("Grade 1", "first officer"): made.curve(9, 0.4, 5000, lost=0.3)}
    assert (
        chart_grades.draw(never, made.CONTEXT).title
        == "Nine in ten grade 1 incidents: first officer is not reached"
    )
    assert chart_grades.draw({}, made.CONTEXT) is None


def test_words_of_a_limit_that_is_not_reached_stay_on_the_chart(made):
    ends = made.curve(12, 0.5, 400, lost=0.09)
    assert math.isinf(ends.quantile_interval(0.9).high)
    chart = chart_grades.draw({("Grade 1", "first officer"): ends}, made.CONTEXT)
    canvas = FigureCanvasAgg(chart.figure)
    canvas.draw()
    words = chart.figure.axes[0].texts
    assert words[1].get_text().endswith("–not reached)")
    assert all(text.get_window_extent(canvas.get_renderer()).x1 <= chart.figure.bbox.x1 for text in words)
