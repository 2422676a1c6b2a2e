import pytest

from armsim.study.levers import Lever, option_name, parse_lever, parse_levers, places, sets_of


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("units.arv.vehicles=2..5", ["2", "3", "4", "5"]),
        ("units.arv.vehicles=2..7/2", ["2", "4", "6"]),
        ("a.share=0.2..0.5/0.1", ["0.2", "0.3", "0.4", "0.5"]),
        ("a.time=30 min, 45 min,1 h", ["30 min", "45 min", "1 h"]),
        ("a=2..4,8", ["2", "3", "4", "8"]),
        ("a=-1..1", ["-1", "0", "1"]),
    ],
)
def test_one_setting(text, steps):
    lever = parse_lever(text)
    assert lever == Lever((text.split("=")[0],), tuple((one,) for one in steps))


def test_settings_that_move_together():
    lever = parse_lever("teams.arv.establishment+units.arv.vehicles=52:7,60:8")
    assert lever.steps == (("52", "7"), ("60", "8"))
    assert lever.sets(1) == ("teams.arv.establishment=60", "units.arv.vehicles=8")
    assert lever.name == "teams.arv.establishment+units.arv.vehicles"
    assert (lever.number(1), lever.numeric, lever.span) == (60.0, True, "52:7 to 60:8")


def test_words_stand_at_their_place():
    lever = parse_lever("dispatch.policy.kind=nearest,home_first")
    assert (lever.number(1), lever.numeric) == (1.0, False)


def test_two_levers_make_a_grid():
    levers = parse_levers(["a=1..2", "b=5,7,9"])
    assert list(places(levers)) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert sets_of(levers, (1, 2)) == ("a=2", "b=9")
    assert option_name(levers, (0, 1)) == "a=1, b=7"


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["units.arv.vehicles"], "is no lever"),
        (["=2..3"], "is no lever"),
        (["a=3"], "two values or more"),
        (["a=3,3"], "each once"),
        (["a=5..2"], "a range rises"),
        (["a=1..3/0"], "a range rises"),
        (["a+b=1:2,3"], "must give 2 values joined by :"),
        (["a+b=1..3,2..4"], "must give 2 values joined by :"),
        (["a+a=1:2,3:4"], "names a setting twice"),
        (["a=1..2", "a+b=1:2,3:4"], "both levers turn a"),
        (["a=1..2", "b=1..2", "c=1..2"], "one lever or two, got 3"),
        ([], "one lever or two, got 0"),
        (["a=1..5000"], "has 5000 values; at most 1000"),
        (["a=1..100", "b=1..11"], "1100 values together"),
    ],
)
def test_what_is_no_lever(texts, message):
    with pytest.raises(ValueError, match=message):
        parse_levers(texts)
