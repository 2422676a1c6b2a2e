"""What PowerPoint is given to draw."""

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from armsim.report.pack.native import native_of

NAN = math.nan


def chart(name, rows):
    return SimpleNamespace(name=name, data=pd.DataFrame(rows))


def difference(option, value, low, high, unit="share"):
    return {
        "condition": option.partition(" @ ")[2], "option": option, "baseline": "now", "unit": unit,
        "difference": value, "low": low, "high": high,
    }  # fmt: skip


def test_differences_are_dots_named_by_option_and_condition_in_the_unit_of_the_axis():
    rows = [difference("a @ S", 0.01, -0.01, 0.03), difference("a @ C", 0.02, 0.01, 0.03)]
    found = native_of(chart("difference_within_target_grade_1", rows))
    assert found.kind == "dots"
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
        native_of(chart("difference_x", [difference(f"o{index}", 0.1, 0, 0.2) for index in range(11)]))
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
        {"level": "SEVERE", "hour": hour, "p90_minutes": value, "low_minutes": low, "high_minutes": high}
        for hour, value, low, high in ((0, 12.0, 11.0, math.inf), (1, NAN, NAN, NAN))
    ]
    found = native_of(chart("response_by_hour", rows))
    assert found.categories == ("00", "01")
    assert found.series[0] == ("SEVERE", (12.0, None), (11.0, None), (None, None))
