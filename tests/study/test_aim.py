import math

import numpy as np
import pytest

from armsim.analysis.differences import Resampled
from armsim.analysis.intervals import Estimate, t_quantile
from armsim.config.loader import load_scenario
from armsim.study.aim import estimate, even, of_family, parse_aim, together


@pytest.fixture
def scenario(tiny):
    return load_scenario(tiny).scenario


@pytest.mark.parametrize(
    ("text", "labels", "sign", "bound"),
    [
        ("within_target:target=armed>=0.9", {"target": "armed"}, ">=", 0.9),
        ("within_target:armed >= 90%", {"target": "armed"}, ">=", 0.9),
        ("response_p90:arv<20 min", {"milestone": "first_armed", "grade": "FIREARMS"}, "<", 20.0),
        ("response_p90:arv:level=SEVERE <= 1.5 h",
         {"milestone": "first_armed", "grade": "FIREARMS", "level": "SEVERE"}, "<=", 90.0),
        ("no_arv_free > 0.2", {}, ">", 0.2),
        ("average_week <= 48 h", {}, "<=", 48.0),
    ],
)  # fmt: skip
def test_targets_as_typed(scenario, text, labels, sign, bound):
    aim = parse_aim(text, scenario)
    assert (dict(aim.figure.labels), aim.sign) == (labels, sign)
    assert aim.bound == pytest.approx(bound)


def test_a_level_is_added_where_none_is_named(scenario):
    assert parse_aim("no_arv_free<=1%", scenario, "CRITICAL").figure.labels == {"level": "CRITICAL"}
    assert parse_aim("no_arv_free:LOW<=1%", scenario, "CRITICAL").figure.labels == {"level": "LOW"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no_arv_free", "is no target"),
        ("no_arv_free = 0.3", "is no target"),
        ("no_arv_free <= soon", "is no target"),
        ("no_arv_fre <= 1", "did you mean no_arv_free"),
        ("within_target:armd >= 1", "unknown short form 'armd'"),
        ("potential_mean <= 10", "name another"),
        ("response_p90:arv <= 20%", "in minutes and not in %"),
        ("within_target:armed >= 90", "write %"),
    ],
)
def test_what_is_no_target(scenario, text, message):
    with pytest.raises(ValueError, match=message):
        parse_aim(text, scenario)


def test_the_limit_on_the_side_of_the_bound_decides(scenario):
    least, most = parse_aim("no_arv_free>=0.9", scenario), parse_aim("no_arv_free<=0.9", scenario)
    above, across = Estimate(0.95, 0.9, 1.0, 9, 9), Estimate(0.95, 0.89, 1.0, 9, 9)
    assert (least.met_by(above), least.met_by(across)) == (True, False)
    assert (most.met_by(Estimate(0.8, 0.7, 0.9, 9, 9)), most.met_by(Estimate(0.8, 0.7, 0.91, 9, 9))) == (
        True,
        False,
    )
    assert not least.met_by(Estimate(0.95, math.nan, math.nan, 9, 9))
    assert parse_aim("no_arv_free>0.9", scenario).met_by(above) is False
    assert parse_aim("no_arv_free<0.9", scenario).met(0.9) is False


def test_words(scenario):
    aim = parse_aim("within_target:armed>=0.9", scenario)
    assert aim.words == "Within target (armed) at least 90.0%"
    assert aim.with_limits(Estimate(0.5, 0.004, 0.6, 9, 9)) == "50.0% (0.40% to 60.0%)"
    assert aim.with_limits(Estimate(0.5, math.nan, math.nan, 9, 9)) == "50.0% (no limits)"
    minutes = parse_aim("response_p90:arv<=20", scenario)
    assert minutes.with_limits(Estimate(12.34, 11, 14, 9, 9)) == "12.3 min (11.0 min to 14.0 min)"
    assert minutes.shown(math.inf) == "not reached"


def drawn(seed, mean, size=30, sd=0.01):
    rng = np.random.default_rng(seed)
    return Resampled(np.concatenate([[mean], rng.normal(mean, sd, 1000)]), size, True)


def test_limits_of_a_family_are_bonferronis():
    one = drawn(1, 0.5)
    (found,) = of_family([one], 0.95, "share", 10)
    half = t_quantile(0.995, 29) * one.values[1:].std(ddof=1) * math.sqrt(30 / 29)
    assert (found.low, found.high) == pytest.approx((0.5 - half, 0.5 + half), rel=1e-12)
    assert of_family([drawn(1, 0.99)], 0.95, "share", 10)[0].high == 1.0


def test_limits_of_all_values_lie_between_single_and_bonferronis():
    family = [drawn(seed, 0.5) for seed in range(5)]
    limits, method = together(family, 0.95, "share")
    assert method == "max-t"
    for one, found in zip(family, limits, strict=True):
        single = estimate(one, t_quantile(0.95, 29), "share").half_width
        bonferroni = estimate(one, t_quantile(0.99, 29), "share").half_width
        assert single < found.half_width <= bonferroni
    few, method = together([drawn(seed, 0.5, size=8) for seed in range(5)], 0.95, "share")
    assert method == "Bonferroni"
    assert few[0] == of_family([drawn(0, 0.5, size=8)], 0.95, "share", 5)[0]


def test_even_figures_and_those_not_reached():
    same = Resampled(np.full(1001, 1.0), 30, True)
    assert even(same)
    assert estimate(same, 3.0, "share") == Estimate(1.0, 1.0, 1.0, 30, 30)
    never = Resampled(np.full(1001, math.inf), 30, True)
    found = estimate(never, 3.0, "minutes")
    assert found.value == math.inf
    assert math.isnan(found.low)
    blank = Resampled(np.full(1001, math.nan), 30, False)
    limits, _ = together([same, never, blank, drawn(3, 0.5), drawn(4, 0.6)], 0.95, "minutes")
    assert [one.value for one in limits][3:] == [0.5, 0.6]
    assert limits[0].low == 1.0
    assert math.isnan(limits[2].value)
    partly = drawn(5, 12.0)
    partly.values[7] = math.inf
    assert together([partly, drawn(3, 12.0)], 0.95, "minutes")[1] == "Bonferroni"
