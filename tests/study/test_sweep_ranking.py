"""The order of options at other settings, on figures whose limits are known."""

from types import SimpleNamespace

import numpy as np
import pytest

from armsim.analysis.differences import Key, Resampled
from armsim.analysis.figure import parse_bound, parse_figure
from armsim.analysis.metrics import metrics
from armsim.study.sweep import Seen
from armsim.study.sweep_design import Factor, Setting
from armsim.study.sweep_ranking import rankings
from armsim.study.sweep_words import sentence

RNG = np.random.default_rng(1)
NOISE = [np.concatenate([[0.0], RNG.normal(0, 0.1, 1000)]) for _ in range(3)]


def figure(value, own, shown=True):
    """A figure with a standard error of 0.1 of its own."""
    return Resampled(value + NOISE[own], 40, shown)


def lever(path, runs=("a", "b", "c")):
    return Factor(path, "1", "2", "1.5", "assumption", runs)


SPEED, CALLS = lever("speed"), lever("calls")
SLOW, FAST = (Setting(((SPEED, end),)) for end in ("low", "high"))
FEW, MANY = (Setting(((CALLS, end),)) for end in ("low", "high"))


def ranking(base, settings, metric="response_p50", margins=()):
    """The ranking of figures a to c by *metric*, as the file stands and at each setting."""
    key = Key(metric, ())
    runs = {name: {key: figure(value, own)} for own, (name, value) in enumerate(base.items())}
    changed = {
        setting: {name: {key: figure(value, list(base).index(name))} for name, value in values.items()}
        for setting, values in settings.items()
    }
    sweep = SimpleNamespace(
        confidence=0.95, conditions={"": list(base)}, figures=(parse_figure(metric, metrics()),),
        margins=tuple(parse_bound(one, metrics()) for one in margins),
    )  # fmt: skip
    (found,) = rankings(Seen(SimpleNamespace(sweep=sweep), runs, changed))
    return found


def states(found):
    return {(one.setting.name, one.first, one.second): one.state for one in found.ranks}


def test_an_order_that_every_setting_keeps_survives():
    found = ranking({"b": 12.0, "a": 10.0}, {SLOW: {"a": 11.0, "b": 13.0}, FAST: {"a": 9.0}})
    assert found.order == ("a", "b")
    assert found.survives is True
    assert sentence(found) == (
        "Ranking by Median response: it survives: the one order kept at all 2 settings of one assumption at "
        "a time that were run."
    )


def test_the_assumption_that_turns_an_order_is_named_and_survival_denied():
    found = ranking(
        {"a": 10.0, "b": 12.0}, {SLOW: {"a": 10.1}, FAST: {"b": 12.1}, MANY: {"a": 14.0, "b": 12.0}}
    )
    assert found.survives is False
    assert found.overturning == ("calls",)
    assert states(found) == {
        ("speed = 1", "a", "b"): "kept",
        ("speed = 2", "a", "b"): "kept",
        ("calls = 2", "a", "b"): "overturned",
    }
    assert sentence(found).startswith(
        "Ranking by Median response: it does not survive: calls = 2 puts b before a by 2.0 min ("
    )


def test_limits_that_hold_zero_settle_nothing_and_survival_is_not_claimed():
    found = ranking({"a": 10.0, "b": 12.0}, {SLOW: {"a": 11.9}, FAST: {"a": 9.0}})
    assert found.survives is None
    assert found.overturning == ()
    assert sentence(found) == (
        "Ranking by Median response: no setting overturns it, but these replications do not show that it "
        "survives: speed = 1 does not settle a before b."
    )


def test_without_an_order_there_is_none_to_overturn():
    found = ranking({"a": 10.0, "b": 10.05}, {MANY: {"a": 14.0}})
    assert found.survives is None
    assert states(found) == {("calls = 2", "a", "b"): "no order at the base"}
    assert "no two options are in order, so there is none to overturn" in sentence(found)


def test_limits_hold_for_all_pairs_and_settings_at_once():
    """0.3 apart is 2.1 standard errors: an order alone, none among many."""
    assert ranking({"a": 10.0, "b": 10.3}, {}).ordered == 1
    many = {Setting(((lever(f"x{index}"), "low"),)): {"a": 10.0 + index} for index in range(3)}
    assert ranking({"a": 10.0, "b": 10.3, "c": 10.0}, many).ordered == 0


def test_a_difference_within_the_margin_is_no_order():
    found = ranking({"a": 10.0, "b": 11.0}, {MANY: {"a": 13.0}}, margins=["response_p50=2 min"])
    assert states(found) == {("calls = 2", "a", "b"): "no order at the base"}
    found = ranking({"a": 10.0, "b": 13.0}, {MANY: {"a": 14.0}}, margins=["response_p50=2 min"])
    assert states(found) == {("calls = 2", "a", "b"): "not settled"}


def test_where_more_is_better_the_most_comes_first():
    found = ranking({"a": 10.0, "b": 12.0}, {MANY: {"a": 14.0}}, "arvs_free")
    assert (found.order, found.overturning) == (("b", "a"), ("calls",))


def test_pairs_that_have_no_order_are_counted():
    found = ranking({"a": 10.0, "b": 12.0, "c": 12.01}, {SLOW: {"a": 9.0}})
    assert found.ordered == 2
    assert sentence(found).endswith(" 1 of 3 pairs of options have no order as the file stands.")


def test_of_joint_settings_the_ends_that_mark_them_are_named():
    joint = [
        Setting(((SPEED, speed), (CALLS, calls)), number)
        for number, (speed, calls) in enumerate(
            [("low", "low"), ("high", "low"), ("high", "high"), ("low", "high")], start=1
        )
    ]
    values = {one: {"a": 14.0 if one.ends[1][1] == "high" else 9.0} for one in joint}
    found = ranking({"a": 10.0, "b": 12.0}, values)
    assert found.overturning == ("calls",)
    assert "overturned at 2 of 4 joint settings, those with calls = 2; none" in sentence(found)
    mixed = {one: {"a": 14.0 if one.number in (1, 3) else 9.0} for one in joint}
    assert "which no assumption marks alone" in sentence(ranking({"a": 10.0, "b": 12.0}, mixed))


def test_a_figure_without_a_better_direction_ranks_nothing():
    with pytest.raises(ValueError, match="not enough values"):
        ranking({"a": 10.0, "b": 12.0}, {}, "arv_time")
