import pytest

from armsim.analysis.figure import margin_of, parse_bound, parse_figure

KNOWN = ("response_p90", "within_target", "no_arv_free")


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


def test_the_margin_named_most_closely_holds():
    margins = [parse_bound(text, KNOWN) for text in ("response_p90=1", "response_p90:arv=0.5")]
    assert margin_of("response_p90", {"milestone": "first_armed", "grade": "FIREARMS"}, margins) == 0.5
    assert margin_of("response_p90", {"grade": "G1", "level": "CRITICAL"}, margins) == 1
    assert margin_of("no_arv_free", {}, margins) is None
