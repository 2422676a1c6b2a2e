"""The tornado chart: widest on top, ends labelled by value, no more claimed than the limits allow."""

import math

import pandas as pd
import pytest

from armsim.report.chart_tornado import draw
from armsim.report.record import ChartContext
from armsim.study.sweep import NOISE

CONTEXT = ChartContext("Leicestershire", "severe-4f1c9a2e", 40, "0.1.0")


def row(path, low, high, clear=True, unit="minutes", noise=0.1, base=12.0):
    swing = max(abs(low), abs(high))
    return {
        "condition": "", "option": "now", "metric": "response_p90", "label": "Slow response",
        "about": "first armed",
        "unit": unit, "better": "lower", "path": path, "low_end": f"{path} low", "base": "b",
        "high_end": f"{path} high", "base_value": base, "low_value": base + low, "low_difference": low,
        "low_low": low - noise, "low_high": low + noise, "low_verdict": "", "high_value": base + high,
        "high_difference": high, "high_low": high - noise, "high_high": high + noise, "high_verdict": "",
        "swing": swing, "clear": clear, "source": "assumption", "note": NOISE,
    }  # fmt: skip


def table(*rows):
    return pd.DataFrame(rows)


def bars(chart):
    return [
        (patch.get_x() + min(patch.get_width(), 0), patch.get_width())
        for patch in chart.figure.axes[0].patches
    ]


def test_bars_reach_from_the_file_to_both_ends_in_the_order_given():
    chart = draw(table(row("speed", -1.0, 2.0), row("calls", -0.5, 0.4)), CONTEXT)
    assert [width for _, width in bars(chart)] == pytest.approx([-1.0, 2.0, -0.5, 0.4])
    assert bars(chart)[1][0] == pytest.approx(12.0)
    assert [label.get_text() for label in chart.figure.axes[0].get_yticklabels()] == ["speed", "calls"]
    words = {text.get_text() for text in chart.figure.axes[0].texts}
    assert words == {"as the file says: 12", "speed low", "speed high", "calls low", "calls high"}
    assert chart.title == "Slow response: 2 of 2 assumptions clearly move it; widest swing: speed"
    assert NOISE in chart.caption
    assert "speed: 11 minutes at speed low and 14 minutes at speed high" in chart.alt
    assert list(chart.data["path"]) == ["speed", "calls"]


def test_the_title_names_the_widest_of_those_whose_limits_leave_out_zero():
    chart = draw(table(row("speed", -1.0, 2.0, clear=False), row("calls", -0.5, 0.4)), CONTEXT)
    assert chart.title == "Slow response: 1 of 2 assumptions clearly moves it: calls"
    chart = draw(table(row("speed", -1.0, 2.0, clear=False)), CONTEXT)
    assert chart.title == "Slow response: no assumption of 1 clearly moves it"


def test_shares_are_in_percent_and_both_ends_on_one_side_stand_below_each_other():
    chart = draw(table(row("speed", 0.01, 0.02, unit="share", noise=0.001, base=0.1)), CONTEXT)
    assert [width for _, width in bars(chart)] == pytest.approx([1.0, 2.0])
    low, high = (patch.get_y() for patch in chart.figure.axes[0].patches)
    assert low < high


def test_at_most_fifteen_are_drawn_and_the_rest_counted():
    rows = [row(f"x{index:02d}", -1.0 + index / 20, 1.0 - index / 20) for index in range(17)]
    chart = draw(table(*rows), CONTEXT)
    assert len(chart.figure.axes[0].get_yticks()) == 15
    assert "2 assumptions with less or no effect are not drawn" in chart.caption
    assert len(chart.data) == 17


def test_a_long_path_keeps_its_end():
    path = "demand.types.firearms_spontaneous.stand_down.after.median"
    (label,) = draw(table(row(path, -1.0, 1.0)), CONTEXT).figure.axes[0].get_yticklabels()
    assert label.get_text() == "…firearms_spontaneous.stand_down.after.median"


def test_without_a_figure_or_a_swing_there_is_no_chart():
    assert draw(table(row("speed", 0.0, 0.0)), CONTEXT) is None
    assert draw(table(row("speed", math.nan, math.nan)), CONTEXT) is None
    assert draw(table(row("speed", -1.0, 1.0, base=math.inf)), CONTEXT) is None
