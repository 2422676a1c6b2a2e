"""What PowerPoint is given to draw."""

import math
import re
from types import SimpleNamespace

import pandas as pd
import pytest

from armsim.domain import ThreatLevel
from armsim.report.pack.native import Native, Series, native_of
from armsim.report.style import CATEGORICAL, level_look

pptx = pytest.importorskip("pptx", reason="the extra pack is not installed")

from armsim.report.pack.native_xml import add_chart  # noqa: E402

NAN = math.nan


def chart(name, rows):
    return SimpleNamespace(name=name, data=pd.DataFrame(rows))


def difference(option, value, low, high, unit="share"):
    return {
        "condition": option.partition(" @ ")[2], "option": option, "baseline": "now", "unit": unit,
        "difference": value, "low": low, "high": high,
    }  # fmt: skip


def test_differences_are_bars_named_by_option_and_condition_in_the_unit_of_the_axis():
    rows = [difference("a @ S", 0.01, -0.01, 0.03), difference("a @ C", 0.02, 0.01, 0.03)]
    found = native_of(chart("difference_within_target_grade_1", rows))
    assert found.kind == "bars"
    assert found.categories == ("a, S", "a, C")
    assert found.axis == "Difference, percentage points"
    series = found.series[0]
    assert series.values == pytest.approx((1, 2))
    assert series.low == pytest.approx((-1, 1))
    alone = native_of(chart("difference_cost_a_year", [difference("a @ S", 5e3, 4e3, 6e3, "pounds a year")]))
    assert alone.categories == ("a",)
    assert alone.series[0].values == (5.0,)
    assert alone.axis == "Difference, £ thousand a year"


def test_more_options_than_have_room_for_their_names_are_a_picture():
    assert (
        native_of(chart("difference_x", [difference(f"o{index}", 0.1, 0, 0.2) for index in range(15)]))
        is None
    )


def test_maps_bands_and_series_over_the_window_are_pictures():
    for name in ("potential_response_map", "response_times", "arv_availability", "options_response"):
        assert native_of(chart(name, [{"a": 1}])) is None


def test_a_waterfall_floats_and_shows_the_first_level():
    rows = [
        {"level": level, "part": part, "start_minutes": start, "minutes": minutes}
        for level in ("SEVERE", "CRITICAL")
        for part, start, minutes in (
            ("Call handling", 0.0, 2.0),
            ("Travel", 2.0, 6.0),
            ("Call to first armed unit", 0.0, 8.0),
        )
    ]
    found = native_of(chart("response_parts", rows))
    assert found.categories == ("Call handling", "Travel", "Call to first armed unit")
    assert [one.name for one in found.series] == ["", "Minutes"]
    assert found.series[0].values == (0, 2, 0)


def test_what_is_not_reached_is_left_out():
    rows = [
        {"grade": "Firearms", "percentile": p, "minutes": value, "low_minutes": low, "high_minutes": high}
        for p, value, low, high in ((0.5, 12.0, 11.0, math.inf), (0.9, NAN, NAN, NAN))
    ]
    half, ninetieth = native_of(chart("response_by_grade", rows)).series
    assert half[:4] == ("Half within", (12.0,), (11.0,), (None,))
    assert ninetieth.values == (None,)


def test_a_level_and_a_piece_of_work_keep_the_colour_that_they_have_on_every_other_chart():
    rows = [
        {"level": "CRITICAL", "hour": hour, "none_free_share": 0.1, "none_free_share_low": 0.0,
         "none_free_share_high": 0.2}
        for hour in range(2)
    ]  # fmt: skip
    (line,) = native_of(chart("arv_by_hour", rows)).series
    assert line.colour == level_look(ThreatLevel.CRITICAL).colour
    work = {"firearms_and_planned_operations": 0.1, "posts": 0.0, "routine_work_breaks": 0.2, "free": 0.7}
    found = native_of(chart("arv_utilisation", [{"level": "SEVERE", "hour": 0} | work]))
    assert [one.name for one in found.series] == ["Firearms and planned operations", "Routine work, breaks"]
    assert found.series[1].colour == CATEGORICAL[1]
    assert "whisker" not in found.caption


def drawn(made):
    slide = pptx.Presentation().slides.add_slide(pptx.Presentation().slide_layouts[5])
    return add_chart(slide, made, (1, 1, 8, 4)).chart


def test_bars_go_below_zero_and_a_limit_not_reached_runs_to_the_edge():
    series = Series("Difference", (-2.0, 1.0, 3.0), (-4.0, 0.5, None), (-1.0, None, None))
    made = drawn(Native("bars", ("a", "b", "c"), (series,), "minutes"))
    assert (made.value_axis.minimum_scale, made.value_axis.maximum_scale) == (-4, 4)
    plus = re.search(r"<c:plus>(.*?)</c:plus>", made.part.blob.decode(), re.DOTALL)[1]
    assert [float(value) for value in re.findall(r"<c:v>([^<]+)", plus)] == [1, 3, 0]


def test_bars_of_nothing_have_an_axis():
    made = drawn(Native("bars", ("a",), (Series("Difference", (0.0,), (0.0,), (0.0,)),), "£ thousand"))
    assert made.value_axis.minimum_scale < made.value_axis.maximum_scale


def test_bars_without_any_limit_have_no_error_bars():
    made = drawn(Native("bars", ("a",), (Series("x", (2.0,), (None,), (None,)),), "minutes"))
    assert b"errBars" not in made.part.blob
