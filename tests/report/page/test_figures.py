"""Figures in words, by hand."""

import math

import pytest

from armsim.analysis.intervals import Estimate
from armsim.report.page import figures
from armsim.report.page.parts import Cell

NAN, INF = math.nan, math.inf


def compared(verdict, difference=-1.5, low=-2.5, high=-0.5, unit="minutes", **more):
    row = dict.fromkeys(("level", "hour", "force", "area", "target", "milestone", "grade", "about"), "")
    row |= {"metric": "response_p90", "label": "90th percentile response", "unit": unit, "verdict": verdict}
    row |= {"difference": difference, "low": low, "high": high, "option_value": 10.0, "shown": True}
    return row | more


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (12.44, "minutes", "12.4 min"),
        (0.0391, "share", "3.9%"),
        (0.041, "days", "0.04 days"),
        (1234.5, "hours a week", "1,234 h"),
        (3.26, "ARVs", "3.3"),
        (INF, "minutes", "not reached"),
        (NAN, "share", "cannot be told"),
        (35_471_234.0, "pounds a year", "£35.47m"),
        (-12_345.0, "pounds", "-£12k"),
        (640.4, "pounds", "£640"),
        (999_600.0, "pounds", "£1.00m"),
        (999_400.0, "pounds", "£999k"),
    ],
)
def test_amounts(value, unit, words):
    assert figures.amount(value, unit).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("low", "high", "unit", "words"),
    [
        (7.2, 17.43, "minutes", "7.2–17.4"),
        (0.0, 0.15, "days", "0.00–0.15"),
        (0.019, 0.0249, "share", "1.9–2.5%"),
        (-0.4, 1.25, "minutes", "-0.4 to 1.2"),
        (17.6, INF, "minutes", "17.6 to not reached"),
        (NAN, 3.0, "minutes", ""),
        (231_900.0, 322_100.0, "pounds a year", "£232k–£322k"),
        # A limit beside zero is not written as zero.
        (0.004, 0.34, "minutes", "0.004–0.340"),
        (-1.2, -0.03, "minutes", "-1.20 to -0.03"),
        (0.0004, 0.02, "share", "0.04–2.00%"),
    ],
)
def test_limits(low, high, unit, words):
    assert figures.limits(low, high, unit) == words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((277_000, 232_000, 322_000), "£277k more (£232k–£322k)"),
        ((-50_000, -60_000, -40_000), "£50k less (£40k–£60k)"),
        ((500, -1_000, 2_000), "no clear difference (-£1,000 to £2,000)"),
        ((12_000, NAN, NAN), "£12k more"),
        ((0, NAN, NAN), "no more and no less"),
    ],
)
def test_more_pounds(change, words):
    assert figures.more_pounds(Estimate(*change, 4, 4)) == words


def test_a_clear_difference_tells_its_size_whichever_way_it_goes():
    row = compared("better by 1.5 min (0.500 to 2.5)")
    assert figures.state(row) == "better"
    assert figures.size(row).replace("\u00a0", " ") == "1.5 min (0.5–2.5)"
    assert figures.verdict(row).replace("\u00a0", " ") == "better by 1.5 min (0.5–2.5)"
    assert figures.change_cell(row).tone == "better"
    assert figures.change_cell(row).small.startswith("▲ better")


def test_shares_differ_by_points():
    row = compared("worse by 3.0 pp (2.2 to 3.8)", -0.03, -0.038, -0.022, "share", option_value=0.869)
    assert figures.size(row) == "3.0 percentage points (2.2–3.8)"
    assert figures.change_cell(row) == Cell("86.9%", "▼ worse by 3.0 points (2.2–3.8)", "worse")


def test_what_cannot_be_told_apart_gets_no_mark():
    row = compared("no clear difference (-1.0 to 0.400 min)", -0.3, -1.0, 0.4)
    assert figures.change_cell(row).tone == ""
    assert figures.verdict(row) == "no clear difference (-1.0 to 0.4)"
    assert figures.change_cell(compared("too few incidents")).text == "too few"
    assert figures.change_cell(None).text == "–"
    assert figures.verdict(compared("unchanged")) == "unchanged"
    assert figures.state(compared("cannot be told")) == "unknown"


def test_every_verdict_that_a_comparison_gives_is_known():
    """The words are those of ``analysis.differences.verdict``; a new one must be told here too."""
    from armsim.analysis.differences import verdict

    def said(value, low, high, better="lower", margin=None, **more):
        return verdict(Estimate(value, low, high, 9, 9), better, "minutes", margin, **more)

    states = {
        figures.state({"verdict": words})
        for words in (
            said(-1, -2, -0.5), said(1, 0.5, 2), said(1, 0.5, 2, "neither"), said(-1, -2, -0.5, "neither"),
            said(0.1, -1, 1), said(0.1, -0.2, 0.2, margin=0.5), said(0, NAN, NAN, same=True),
            said(1, NAN, NAN, exact=True),
        )
    }  # fmt: skip
    assert states == {"better", "worse", "differs", "none", "margin", "same"}
    assert figures.state({"verdict": said(1, NAN, NAN)}) == "unknown"


def test_measures_are_named_in_plain_words():
    armed = compared("", milestone="first_armed", grade="FIREARMS", about="first armed, FIREARMS")
    assert figures.measure(armed) == "Nine in ten of firearms incidents get an armed unit within"
    assert figures.noun(armed) == "the time within which nine in ten of firearms incidents get an armed unit"
    assert figures.moves(armed).startswith("shorten the time within which")
    target = compared("", 0.01, unit="share", metric="within_target", target="grade_1", level="CRITICAL")
    assert figures.measure(target) == "Within target “grade 1”, CRITICAL"
    assert figures.moves(target) == "raise the share within target “grade 1”, CRITICAL"
    free = compared("", metric="no_arv_free", label="No ARV free")
    assert figures.moves(free) == "lower the time with no ARV free"
    other = compared("", metric="ced_cover", label="CED carriers in crews", about="REGULAR")
    assert figures.noun(other) == "CED carriers in crews, REGULAR"


def test_lists():
    assert figures.listed(["a"]) == "a"
    assert figures.listed(["a", "b", "c"]) == "a, b and c"
    assert figures.listed([]) == ""
