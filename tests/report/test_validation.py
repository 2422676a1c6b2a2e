"""Page and charts of a validation, from responses made by hand."""

from datetime import date

import numpy as np
import pytest

from armsim.analysis.agreement.agreement import compare
from armsim.analysis.agreement.margins import PRIMARY, margins
from armsim.report.chart_validation import charts
from armsim.report.validation_page import page_of, sections
from armsim.study.validate.held import Validation

from ..analysis.agreement import made  # noqa: TID252 (one maker of responses for the tests of two folders)


def validation(scale=1.0, busy=30.0, base_known=True, never=0.0, cannot=("No stamp <b> here",)):
    rng = np.random.default_rng(4)
    of = made.incidents(20, 48)
    sides = []
    for replications, factor in ((1, 1.0), (3, scale)):
        minutes = factor * 6 * np.exp(0.3 * rng.standard_normal((replications, len(of))))
        if factor != 1.0:
            minutes[rng.random(minutes.shape) < never] = np.nan
        base = np.tile(of.nearest if base_known else np.full(len(of), -1), (replications, 1))
        sides.append(made.responses(of, minutes, base, busy))
    agreement = compare(*sides, margins({}), (8.0,), 1)
    return Validation(
        "A force & its log", "Calls", date(2018, 3, 5), date(2018, 3, 25), len(of), len(of), 0, len(of),
        agreement, margins({}), {"first_arrival_p90": "scenario"}, PRIMARY, (8.0,), cannot, (), "run-1",
        "d" * 64, 3, 1, "0.0", {"log.csv": "a" * 64},
    )  # fmt: skip


def test_charts_say_what_the_findings_say():
    found = validation()
    drawn = {one.name: one for one in charts(found)}
    assert list(drawn) == ["curves_arrival", "curves_busy", "hours", "bases", "units_busy"]
    median = next(one for one in found.agreement.overall if one.measure == "first_arrival_median")
    assert (
        f"median {median.simulated:.2f} simulated, {median.log:.2f} logged" in drawn["curves_arrival"].title
    )
    assert drawn["curves_arrival"].title.endswith("agrees within 8%")
    curve = drawn["curves_arrival"].data
    last = curve.groupby("side")["share"].last()
    assert (last > 0.95).all()
    assert drawn["bases"].title.startswith("2 of 2 bases")
    hours = drawn["hours"].data
    counts = [int((hours["verdict"] == one).sum()) for one in ("agrees", "not shown", "differs")]
    assert f"agrees in {counts[0]} of 24 hours, not shown in {counts[1]}, differs in {counts[2]}" in (
        drawn["hours"].title
    )
    assert drawn["units_busy"].title.startswith("Units committed at once, mean: ")
    for one in drawn.values():
        assert "90%" in one.caption
        assert "simulation noise only" not in one.caption


def test_a_log_without_commitments_and_bases_has_no_charts_of_them():
    found = validation(busy=np.nan, base_known=False)
    names = [one.name for one in charts(found)]
    assert names == ["curves_arrival", "hours", "units_busy"]
    assert "dispatch" not in [one.name for one in sections(found, [])]


def test_the_page_marks_what_is_in_it_and_lets_nothing_through():
    found = validation()
    text = page_of(found, charts(found))
    assert "A force &amp; its log" in text
    assert "No stamp &lt;b&gt; here" in text
    assert "reproduces this log within the margins on all 3 primary measures" in text
    assert text.count("✓ agrees within") >= 3
    assert "first_arrival_p90 8% (scenario)" in text


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"scale": 1.5}, "does not reproduce this log"),
        ({"scale": 1.0001, "never": 0.3}, "never reached"),
    ],
)
def test_the_page_says_what_differs(fault, words):
    text = page_of(validation(**fault), [])
    assert words in text
    assert "✗" in text


def test_nothing_to_say_is_no_section():
    assert "cannot" not in [one.name for one in sections(validation(cannot=()), [])]
