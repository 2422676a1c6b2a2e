"""Which charts of differences a pack has."""

import math

import pandas as pd
import pytest

from armsim.analysis.resampled import chosen
from armsim.report.gather import looks
from armsim.report.pack.material import _differences
from armsim.report.record import SYNTHETIC
from armsim.study.compare import Comparison


def compared(options, conditions):
    rows = [
        {
            "condition": condition, "option": f"o{index} @ {condition}", "baseline": "now",
            "metric": "no_arv_free", "label": "No ARV free", "about": "", "unit": "share",
            "better": "lower", "difference": 0.02, "low": 0.01 if condition == "SEVERE held" else -0.01,
            "high": 0.03, "margin": math.nan, "replications": 30, "verdict": "",
        }
        for condition in conditions
        for index in range(options)
    ]  # fmt: skip
    return Comparison(pd.DataFrame(rows), "now", {}, 0.95, "max-t", ("run-1",), "0.1.0", "Review")


def test_rows_too_many_to_be_read_are_parted_by_condition():
    found = list(_differences(compared(8, ["SEVERE held", "CRITICAL held"]), "no_arv_free", "", SYNTHETIC))
    assert [(one.chart.name, one.condition, len(one.chart.data)) for one in found] == [
        ("difference_no_arv_free_severe_held", "SEVERE held", 8),
        ("difference_no_arv_free_critical_held", "CRITICAL held", 8),
    ]
    assert [one.chart.title for one in found] == [
        "Time with no ARV free: of 8 options 8 clearly worse",
        "No clear difference in time with no ARV free between the options",
    ]
    assert "under CRITICAL held" in found[1].chart.caption
    assert f"30 replications; {SYNTHETIC}." in found[1].chart.caption


@pytest.mark.parametrize(("options", "conditions"), [(7, ["a", "b"]), (15, ["a"])])
def test_few_rows_or_one_condition_are_one_chart(options, conditions):
    (placed,) = _differences(compared(options, conditions), "no_arv_free", "", SYNTHETIC)
    assert (placed.chart.name, placed.condition) == ("difference_no_arv_free", "")


def test_a_percentile_of_too_few_incidents_is_not_told_as_replications_add_up(results):
    option = results.option("now")
    armed = option.where("first_armed", "FIREARMS")
    seen = looks(option)
    counts = [chosen(armed, list(range(one.replications))).curve("first_armed").count for one in seen]
    assert [math.isfinite(one.ninetieth.value) for one in seen] == [count >= 100 for count in counts]
    assert counts[0] < 100 <= counts[-1]
