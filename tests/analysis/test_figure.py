import pytest

from armsim.analysis.figure import margin_of, parse_bound, parse_figure
from armsim.analysis.metrics import metrics

KNOWN = {
    name: metrics()[name]
    for name in ("response_p90", "within_target", "no_arv_free", "average_week", "overtime_hours",
                 "cost_a_year")
}  # fmt: skip


def test_short_forms_stand_for_their_groups():
    figure = parse_figure("response_p90:arv:CRITICAL", KNOWN)
    assert figure.labels == {"milestone": "first_armed", "grade": "FIREARMS", "level": "CRITICAL"}
    assert figure == parse_figure("response_p90:arv:CRITICAL", KNOWN)


def test_what_is_left_out_means_the_whole_of_what_is_totalled_and_any_other():
    figure = parse_figure("response_p90:grade=G1", KNOWN)
    assert figure.means("response_p90", {"grade": "G1", "milestone": "first_officer"})
    assert not figure.means("response_p90", {"grade": "G1", "level": "CRITICAL"})
    assert not figure.means("response_p90", {"grade": "G2"})
    assert not figure.means("response_p50", {"grade": "G1"})


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("response_p90:arv=0.5 min", 0.5),
        ("response_p90:arv <= 0.5", 0.5),
        ("response_p90:grade=G1=2 h", 120),
        ("within_target=1 pp", 0.01),
        ("no_arv_free = 3%", 0.03),
        ("no_arv_free=1e-05", 0.00001),
        ("average_week=1 h", 1),
        ("overtime_hours=30 min", 0.5),
        ("cost_a_year=20000", 20_000),
    ],
)
def test_bounds_in_the_unit_of_the_metric(text, bound):
    assert parse_bound(text, KNOWN)[1] == pytest.approx(bound)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("response_p9", "did you mean response_p90"),
        ("response_p90:arm", "did you mean arv"),
        ("response_p90:lvel=CRITICAL", "did you mean level"),
    ],
)
def test_what_is_not_known_is_refused_with_a_suggestion(text, message):
    with pytest.raises(ValueError, match=message):
        parse_figure(text, KNOWN)


def test_no_bound_is_refused():
    with pytest.raises(ValueError, match="gives no bound"):
        parse_bound("response_p90:arv", KNOWN)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("within_target=1 min", "within_target is in share and not in min; write % or pp"),
        ("response_p90=5%", "response_p90 is in minutes and not in %; write min or minutes or h"),
        ("cost_a_year=3 h", "cost_a_year is in pounds a year and not in h; write the number alone"),
        ("within_target=5", "never above 1, got 5; write %"),
        ("within_target=1", "write 1 pp"),
        ("no_arv_free=100%", "write 1 pp"),
    ],
)
def test_a_bound_in_another_unit_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        parse_bound(text, KNOWN)


def test_of_two_margins_for_the_same_rows_the_later_holds():
    """One typed after a comparison, against the larger one that the scenario states."""
    stated = [parse_bound(text, KNOWN) for text in ("response_p90=0.5 min", "response_p90=0.1 min")]
    assert margin_of("response_p90", {"milestone": "first_armed"}, stated) == 0.1


def test_the_margin_named_most_closely_holds():
    margins = [parse_bound(text, KNOWN) for text in ("response_p90=1", "response_p90:arv=0.5")]
    assert margin_of("response_p90", {"milestone": "first_armed", "grade": "FIREARMS"}, margins) == 0.5
    assert margin_of("response_p90", {"grade": "G1", "level": "CRITICAL"}, margins) == 1
    assert margin_of("no_arv_free", {}, margins) is None
