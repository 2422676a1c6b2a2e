"""Armed response taken apart: what is drawn, and what the title dares to say."""

import numpy as np
import pytest

from armsim.analysis.response_parts import PARTS
from armsim.report import chart_waterfall

MINUTES = (2.5, 0.0, 0.5, 1.5, 6.0, 0.0)


def sums(count=20, minutes=MINUTES, replications=10, noise=0.02, seed=1):
    rng = np.random.default_rng(seed)
    counts = rng.integers(count - 5, count + 5, replications).astype(float)
    parts = (
        counts[:, None] * np.array(minutes) * (1 + noise * rng.standard_normal((replications, len(PARTS))))
    )
    return np.column_stack([counts, parts])


def words(chart):
    return [text.get_text() for axes in chart.figure.axes for text in axes.texts]


def test_parts_begin_where_the_last_ended_and_add_up_to_the_whole(made):
    part = sums()
    chart = chart_waterfall.draw({"SEVERE": part}, made.CONTEXT)
    data = chart.data.set_index("part")
    assert data.loc["Travel", "minutes"] == pytest.approx(part[:, 5].sum() / part[:, 0].sum())
    assert data.loc["Mobilisation", "start_minutes"] == pytest.approx(
        data.loc["Waiting for a unit", "start_minutes"] + data.loc["Waiting for a unit", "minutes"]
    )
    whole = data.loc["Call to first armed unit", "minutes"]
    assert whole == pytest.approx(part[:, 1:].sum() / part[:, 0].sum())
    assert whole == pytest.approx(data.drop("Call to first armed unit")["minutes"].sum())
    assert chart.title == "Travel is 57% of the average armed response of 10.5 minutes"


def test_authority_and_holding_have_a_bar_only_where_they_take_time(made):
    chart = chart_waterfall.draw({"SEVERE": sums()}, made.CONTEXT)
    names = [label.get_text() for label in chart.figure.axes[0].get_yticklabels()]
    assert names == [
        "Call handling",
        "Waiting for a unit",
        "Mobilisation",
        "Travel",
        "Call to first armed unit",
    ]
    held = chart_waterfall.draw({"SEVERE": sums(minutes=(2, 1, 0, 1, 6, 2))}, made.CONTEXT)
    assert len(held.figure.axes[0].get_yticklabels()) == len(PARTS) + 1


def test_two_parts_that_cannot_be_told_apart_are_not_ranked(made):
    level = sums(minutes=(5.0, 0, 0, 1.0, 5.05, 0), noise=0.2)
    chart = chart_waterfall.draw({"SEVERE": level}, made.CONTEXT)
    assert chart.title.startswith("No one part clearly takes the most of")


def test_levels_with_incidents_enough_have_a_panel_each_else_all_together(made):
    both = chart_waterfall.draw({"SEVERE": sums(), "CRITICAL": sums(seed=2)}, made.CONTEXT)
    assert [axes.get_title(loc="left").split(" (")[0] for axes in both.figure.axes] == ["SEVERE", "CRITICAL"]
    assert both.title.endswith("at SEVERE")
    few = {"SEVERE": sums(6, replications=8), "CRITICAL": sums(6, replications=8, seed=3)}
    together = chart_waterfall.draw(few, made.CONTEXT)
    assert set(together.data["level"]) == {"all levels together"}
    assert chart_waterfall.draw({"SEVERE": sums(6, replications=4)}, made.CONTEXT) is None
    assert chart_waterfall.draw({}, made.CONTEXT) is None


def test_alt_text_tells_every_figure(made):
    chart = chart_waterfall.draw({"SEVERE": sums()}, made.CONTEXT)
    for part, minutes in zip(PARTS.values(), MINUTES, strict=True):
        assert minutes == 0 or f"{part.lower()} {minutes:.1f} (" in chart.alt
    assert len(words(chart)) == 5
