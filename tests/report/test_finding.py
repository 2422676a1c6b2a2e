"""Titles claim what the limits allow and nothing more."""

import math

import pytest

from armsim.analysis.intervals import Estimate
from armsim.domain import ThreatLevel
from armsim.report import finding

NAN = math.nan
SEVERE, CRITICAL = ThreatLevel.SEVERE, ThreatLevel.CRITICAL


def est(value, low=NAN, high=NAN):
    return Estimate(value, low, high, 40, 400)


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (est(0.05, 0.03, 0.07), "Time with no ARV free rises from 4% to 9% at CRITICAL"),
        (
            est(0.05, -0.01, 0.11),
            "No clear difference between SEVERE and CRITICAL in time without a free ARV",
        ),
        (est(0.05, 0.0, 0.10), "No clear difference between SEVERE and CRITICAL in time without a free ARV"),
        (est(0.05), "No clear difference between SEVERE and CRITICAL in time without a free ARV"),
    ],
)
def test_availability_speaks_of_a_rise_only_when_the_paired_limits_leave_out_zero(difference, expected):
    assert finding.availability((SEVERE, est(0.04)), (CRITICAL, est(0.09)), difference) == expected


def test_availability_falls_and_shows_as_many_decimals_as_tell_the_two_apart():
    title = finding.availability((SEVERE, est(0.0391)), (CRITICAL, est(0.0372)), est(-0.002, -0.003, -0.001))
    assert title == "Time with no ARV free falls from 3.9% to 3.7% at CRITICAL"


def test_percentiles_differ_only_when_their_limits_do_not_overlap():
    median = est(12.4, 12.0, 12.8)
    low = ("SEVERE", median, est(23.6, 22.9, 24.3))
    same = finding.percentiles("armed response", low, ("CRITICAL", median, est(26.0, 24.1, 29.0)))
    assert same == "No clear difference in armed response between SEVERE and CRITICAL"
    slower = finding.percentiles("armed response", low, ("CRITICAL", median, est(29.8, 27.0, 33.0)))
    assert slower == "Slowest tenth of armed response is slower at CRITICAL: 30 minutes, against 24"
    quicker = finding.percentiles("armed response", low, ("CRITICAL", est(11, 10.6, 11.4), low[2]))
    assert quicker == "Median armed response is faster at CRITICAL: 11.0 minutes, against 12.4"


def test_percentiles_with_unknown_limits_claim_no_difference():
    low, high = ("SEVERE", est(5.0), est(10.0)), ("CRITICAL", est(9.0), est(30.0))
    assert finding.percentiles("armed response", low, high).startswith("No clear difference")


def test_hours_are_named_only_when_apart():
    worst, best = (19, est(21.0, 20.0, 22.0)), (2, est(17.0, 16.0, 18.0))
    assert finding.hours("grade 1 response", SEVERE, worst, best) == (
        "At SEVERE, grade 1 response is slower at 19:00 than at 02:00"
    )
    assert finding.hours("grade 1 response", SEVERE, (19, est(18.5, 17.5, 19.5)), best) == (
        "No clear difference in grade 1 response between hours at SEVERE"
    )


def test_median_is_rounded_to_what_the_limits_bear():
    subject = "firearms incidents get an armed unit"
    assert finding.distribution(subject, est(12.44, 12.1, 12.8)).endswith("within 12.4 minutes")
    assert finding.distribution(subject, est(12.44, 11.7, 13.2)).endswith("within 12 minutes")
    assert finding.distribution(subject, est(12.44, 9.0, 16.0)).endswith("within about 12 minutes")
    assert finding.distribution(subject, est(12.44)).endswith("within about 12 minutes")
    assert finding.distribution(subject, est(NAN)) == f"Median not reached for how soon {subject}"


def test_map_describes_one_level():
    assert finding.coverage((15, 15), SEVERE, 0.674) == (
        "67% of residents can expect an ARV within 15 minutes at SEVERE"
    )
    assert finding.coverage((10, 20), SEVERE, 0.674) == (
        "67% of residents can expect an ARV within 10 minutes (rural: 20) at SEVERE"
    )


def test_span_says_when_limits_are_missing_or_not_reached():
    assert finding.span(est(12, 11.9, 12.8)) == "11.9–12.8"
    assert finding.span(est(12, 11.9, math.inf)) == "11.9–not reached"
    assert finding.span(est(12)) == "interval cannot be told"
