import pytest

from armsim.model.osm.speeds import CLASS_KPH, MILE_KM, limit_kph, tagged_kph


@pytest.mark.parametrize(
    ("text", "kph"),
    [
        ("30 mph", 30 * MILE_KM), ("30mph", 30 * MILE_KM), ("50", 50), ("50 km/h", 50), ("50kph", 50),
        ("GB:nsl_single", 60 * MILE_KM), ("GB:nsl_dual", 70 * MILE_KM), ("GB:motorway", 70 * MILE_KM),
        ("GB:20", 20 * MILE_KM), ("GB:20 mph", 20 * MILE_KM), ("GB:zone20", 20 * MILE_KM), ("DE:30", 30),
        ("DE:zone:30", 30), ("walk", 6), ("none", 130), ("DE:urban", 50), ("GB:urban", 30 * MILE_KM),
        ("30 mph;40 mph", 30 * MILE_KM), ("10 knots", 18.52), (" 60 MPH ", 60 * MILE_KM), ("7.5", 7.5),
    ],
)  # fmt: skip
def test_what_a_limit_says(text, kph):
    assert limit_kph(text) == pytest.approx(kph)


@pytest.mark.parametrize("text", ["national", "GB:national", "nsl"])
def test_the_national_limit_is_higher_on_dual_carriageways(text):
    assert limit_kph(text) == pytest.approx(60 * MILE_KM)
    assert limit_kph(text, dual=True) == pytest.approx(70 * MILE_KM)


@pytest.mark.parametrize(
    "text", ["signals", "variable", "fast", "", "0", "999", "-30", "30 mph;signals", "3O mph"]
)
def test_what_says_nothing_of_use(text):
    assert limit_kph(text) is None


def test_the_kind_of_limit_stands_in_for_the_limit():
    assert tagged_kph({"maxspeed:type": "GB:nsl_single"}, "", False) == (pytest.approx(60 * MILE_KM), "")
    assert tagged_kph({"maxspeed": "signals", "source:maxspeed": "GB:motorway"}, "", False)[
        0
    ] == pytest.approx(70 * MILE_KM)
    assert tagged_kph({"maxspeed": "signals"}, "", False) == (None, "signals")
    assert tagged_kph({}, "", False) == (None, "")


def test_a_limit_of_one_direction_goes_before_the_plain_one():
    tags = {"maxspeed": "50", "maxspeed:backward": "30"}
    assert tagged_kph(tags, ":forward", False) == (50, "")
    assert tagged_kph(tags, ":backward", False) == (30, "")


def test_better_roads_are_faster_in_the_table():
    order = [
        "motorway",
        "trunk",
        "primary",
        "secondary",
        "tertiary",
        "unclassified",
        "residential",
        "service",
    ]
    speeds = [CLASS_KPH[name] for name in order]
    assert speeds == sorted(speeds, reverse=True)
    assert all(CLASS_KPH[f"{name}_link"] < CLASS_KPH[name] for name in order[:5])
