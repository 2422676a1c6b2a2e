"""A log against simulations of its days, made so that the answer is known."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armsim.analysis.agreement.agreement import compare
from armsim.analysis.agreement.concurrency import spread
from armsim.analysis.agreement.findings import Judge
from armsim.analysis.agreement.margins import DEFAULTS, Margin, Verdict, known, margins
from armsim.analysis.agreement.measures import kinds
from armsim.analysis.agreement.population import Responses
from armsim.analysis.agreement.resamples import Resamples
from armsim.analysis.agreement.tally import Tally, distances

from . import made

DAYS, A_DAY, REPLICATIONS = 30, 24, 4


def pair(scale=1.0, spread_=0.3, never=0.0, wrong=0.0, seed=0, busy=(30.0, 30.0)):
    """A log with lognormal attendances, and a simulation whose attendances are *scale* times as long."""
    rng = np.random.default_rng(seed)
    of = made.incidents(DAYS, A_DAY)
    day = rng.normal(0, 0.2, DAYS)[of.day]  # days that are slow for the log and for the simulation
    home = np.tile(of.nearest, (REPLICATIONS, 1))
    log = made.responses(of, 6 * np.exp(day + 0.3 * rng.standard_normal((1, len(of)))), home[:1], busy[0])
    z = rng.standard_normal((REPLICATIONS, len(of)))
    minutes = scale * 6 * np.exp(day + spread_ * z)
    minutes[rng.random(minutes.shape) < never] = np.nan
    sent = np.where(rng.random(home.shape) < wrong, 1 - home, home)
    return log, made.responses(of, minutes, sent, busy[1])


def found(log, simulated, within=(8.0,), **given_margins):
    return compare(log, simulated, margins(given_margins), within, seed=3)


def of(agreement, measure):
    return next(one for one in agreement.overall if one.measure == measure)


def test_a_simulation_of_the_same_law_agrees():
    agreement = found(*pair())
    assert {one.measure for one in agreement.overall} == {
        "attended", "first_arrival_median", "first_arrival_p90", "first_arrival_within", "busy_median",
        "busy_p90", "same_base", "dispatch_distance", "bases_within", "units_busy",
    }  # fmt: skip
    assert {one.verdict for one in agreement.overall} == {Verdict.AGREES}
    assert agreement.failing(("first_arrival_median",)) == []


@pytest.mark.parametrize(
    ("fault", "measure"),
    [
        ({"scale": 1.3}, "first_arrival_median"),
        ({"spread_": 0.8}, "first_arrival_p90"),
        ({"never": 0.2}, "attended"),
        ({"wrong": 0.3}, "same_base"),
        ({"wrong": 0.3}, "dispatch_distance"),
        ({"busy": (30.0, 50.0)}, "units_busy"),
    ],
)
def test_each_planted_fault_is_seen(fault, measure):
    agreement = found(*pair(**fault))
    assert of(agreement, measure).verdict is Verdict.DIFFERS
    assert [one.measure for one in agreement.failing((measure,))] == [measure]


def test_a_difference_near_the_margin_is_neither_shown_nor_refused():
    assert of(found(*pair(scale=1.08)), "first_arrival_median").verdict is Verdict.NOT_SHOWN


def test_a_wider_margin_that_was_stated_is_used():
    one = of(found(*pair(scale=1.3), first_arrival_median="50%"), "first_arrival_median")
    assert (one.verdict, one.judgement) == (Verdict.AGREES, "agrees within 50%")
    assert one.low < 0.3 < one.high
    assert one.difference == pytest.approx(one.simulated / one.log - 1)


def test_a_day_that_is_slow_for_both_is_no_difference_between_them():
    """Without pairing by day the limits would be those of the day effect, three times as wide."""
    one = of(found(*pair()), "first_arrival_median")
    assert one.high - one.low < 0.07


def test_units_that_never_come_are_infinitely_late():
    one = of(found(*pair(never=0.6)), "first_arrival_p90")
    assert math.isinf(one.simulated)
    assert one.verdict is Verdict.DIFFERS


def test_groups_are_those_with_durations_enough():
    agreement = found(*pair())
    assert {one.cell for one in agreement.of("hour", "first_arrival_median")} == {
        f"{h:02d}" for h in range(24)
    }
    assert {one.cell for one in agreement.of("area", "first_arrival_p90")} == {"north", "south"}
    assert {one.cell for one in agreement.of("type", "first_arrival_within")} == {"fire", "other"}
    assert {one.cell for one in agreement.of("base", "base_count")} == {"North", "South"}
    count = next(
        one for one in agreement.counts if (one.group, one.measure) == ("hour", "first_arrival_median")
    )
    assert count.agrees + count.not_shown + count.differs == 24


def test_the_dispatch_matrix_names_what_differs_most():
    log, simulated = pair(wrong=0.25)
    sent = found(log, simulated).dispatch
    assert (sent.nearest, sent.from_nearest) == (1.0, sent.same_base)
    assert sent.same_base == pytest.approx(0.75, abs=0.03)
    assert sent.distance == pytest.approx(1 - sent.same_base)
    worst = sent.matrix.iloc[0]
    assert abs(worst["gap"]) == pytest.approx(0.25, abs=0.04)
    assert sent.matrix.groupby("area")[["log", "simulated"]].sum().to_numpy() == pytest.approx(1.0)


def test_a_distance_by_chance_alone_is_no_difference():
    """Both draw the base at random: the matrices differ by chance, and by no more than chance."""
    rng = np.random.default_rng(1)
    of_ = made.incidents(DAYS, A_DAY)
    sides = [
        made.responses(of_, np.full((n, len(of_)), 5.0), rng.integers(0, 2, (n, len(of_)))) for n in (1, 5)
    ]
    sent = found(*sides).dispatch
    assert sent.distance > 0.01
    assert abs(sent.distance - sent.by_chance) < 0.02
    one = next(one for one in sent.findings if one.measure == "dispatch_distance")
    assert one.low <= 0.01


def test_too_few_days_show_nothing():
    rng = np.random.default_rng(0)
    of_ = made.incidents(4, 24)
    sides = [made.responses(of_, rng.random((n, len(of_))), np.tile(of_.nearest, (n, 1))) for n in (1, 2)]
    assert {one.verdict for one in found(*sides).overall} == {Verdict.NOT_SHOWN}


def test_without_recorded_commitment_concurrency_is_not_compared():
    log, simulated = pair(busy=(np.nan, 30.0))
    agreement = found(log, simulated)
    assert agreement.concurrency.log is None
    assert agreement.concurrency.findings == ()
    assert agreement.concurrency.simulated == pytest.approx(np.full(24, 0.5))  # one half-hour job an hour


def test_ordinals_of_a_kind_count_its_units_alone():
    of_ = made.incidents(2, 3)
    table = made.responses(of_, np.full((1, 6), 5.0), np.zeros((1, 6), dtype=int)).table
    later = table.assign(ordinal=2, attendance=7.0, kind="van")
    lost = table.assign(ordinal=0, attendance=np.nan, kind="van")
    both = Responses(of_, pd.concat([table.assign(kind="car"), lost, later], ignore_index=True))
    van = both.of_kind("van")
    assert sorted(van.table["ordinal"]) == [0] * 6 + [1] * 6
    assert van.at(1, np.arange(6), "attendance")[0].tolist() == [7.0] * 6
    assert both.of_kind("car").at(1, np.arange(6), "attendance")[0].tolist() == [5.0] * 6


def test_the_same_seed_gives_the_same_limits():
    first, second = (found(*pair()) for _ in range(2))
    assert [one.as_dict() for one in first.overall] == [one.as_dict() for one in second.overall]


def test_quantiles_by_hand():
    tally = Tally.of(np.array([1.0, 2.0, 3.0, 4.0, np.nan]), np.array([0, 0, 1, 1, 1]), 2)
    weights = np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    assert tally.quantiles(weights, (0.5, 0.9)).tolist()[:3] == [[3.0, math.inf], [1.0, 2.0], [4.0, math.inf]]
    assert np.isnan(tally.quantiles(weights, (0.5,))[3, 0])
    assert tally.within(weights, 2.0).tolist()[:3] == [0.4, 1.0, 0.0]


@given(st.lists(st.floats(0, 600), min_size=1, max_size=60), st.floats(0.01, 0.99))
def test_the_quantile_is_that_of_the_sorted_list(minutes, share):
    tally = Tally.of(np.array(minutes), np.zeros(len(minutes), dtype=np.int64), 1)
    value = tally.quantiles(np.ones((1, 1)), (share,))[0, 0]
    ordered = np.sort(np.rint(np.array(minutes) * 60)) / 60
    assert value == pytest.approx(ordered[math.ceil(share * len(minutes) - 1e-9) - 1])


def test_thousands_of_different_durations_are_counted_in_coarser_steps():
    minutes = np.random.default_rng(2).random(40_000) * 600
    tally = Tally.of(minutes, np.zeros(len(minutes), dtype=np.int64), 1)
    assert len(tally.seconds) <= 2000
    assert tally.size == len(minutes)
    assert tally.quantiles(np.ones((1, 1)), (0.5,))[0, 0] == pytest.approx(np.median(minutes), rel=0.01)


def test_distances_by_hand():
    one, other = (Tally.of(np.array(v), np.zeros(2, dtype=np.int64), 1) for v in ([1.0, 2.0], [2.0, 4.0]))
    gap, at, apart = distances(one, other)
    assert (gap, at) == (0.5, 1.0)
    assert apart == pytest.approx(1.5)  # quantiles 1 and 2 min apart


def test_time_committed_is_shared_out_over_hours_days_and_owners():
    hours = spread(np.array([30.0, 1400.0]), np.array([90.0, 100.0]), np.array([0, 1]), 2, 2)
    assert hours.shape == (4, 24)
    assert hours[0, :3] * 2 == pytest.approx([0.5, 1.0, 0.0])
    assert hours[2, 23] * 2 == pytest.approx(40 / 60)
    assert hours[3, 0] * 2 == pytest.approx(1.0)
    assert hours.sum() * 2 * 60 == pytest.approx(190)


def test_resamples_keep_days_and_replications_whole():
    drawn = Resamples.draw(1, 7, 3, 50)
    assert drawn.of_log.shape == (51, 7)
    assert drawn.of_simulation.shape == (51, 21)
    assert drawn.of_simulation.sum(axis=1) == pytest.approx(7)
    by_day = drawn.of_simulation.reshape(51, 3, 7).sum(axis=1)
    assert by_day == pytest.approx(drawn.of_log)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.05, 0.05, "agrees"), (-0.08, 0.08, "agrees"), (-0.02, 0.09, "not shown"),
        (0.07, 0.2, "not shown"), (0.081, 0.2, "differs"), (-0.3, -0.09, "differs"),
        (math.nan, 0.1, "not shown"), (-1, 1, "not shown"),
    ],
)  # fmt: skip
def test_the_verdict_by_limits(low, high, verdict):
    assert Margin.parse("8%", "first_arrival_median").judge(low, high) == verdict


def test_a_one_sided_margin_asks_only_for_not_worse():
    margin = Margin.parse("4 pp", "same_base")
    assert [margin.judge(*one) for one in ((-0.03, 0.5), (-0.05, 0.5), (-0.2, -0.05))] == [
        "agrees", "not shown", "differs",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "measure"),
    [("8", "first_arrival_median"), ("4 pp", "first_arrival_median"), ("-8%", "first_arrival_p90"),
     ("8%", "first_arrival_within"), ("20 s", "same_base"), ("0.5 min", "base_count")],
)  # fmt: skip
def test_margins_of_another_kind_are_refused(text, measure):
    with pytest.raises(ValueError, match=measure):
        Margin.parse(text, measure)


def test_margins_as_written():
    assert Margin.parse("20 s", "first_arrival_median").size == pytest.approx(1 / 3)
    assert [Margin.parse(text, name).words for name, text in DEFAULTS.items()][:3] == ["8%", "8%", "4 points"]
    assert known("second_arrival_p90")
    assert known("third_response_within")
    assert not known("sixth_arrival_p90")
    assert not known("second_turnout_p90")


def once(rng, scale, seed):
    """Limits of the median's difference of a simulation that is *scale* times as slow as the log's law."""
    days, a_day, replications = 31, 48, 4
    of_ = made.incidents(days, a_day)
    common = rng.normal(0, 0.15, days)[of_.day] + rng.normal(0, 0.3, len(of_))  # hard days, hard places
    only_log = rng.normal(0, 0.08, days)[of_.day]
    noise = 0.3 * rng.standard_normal((replications + 1, len(of_)))
    minutes = 5 * np.exp(common + noise)
    minutes[:1] *= np.exp(only_log)
    minutes[1:] *= scale
    nowhere = np.full(minutes.shape, -1)
    log, simulated = (
        made.responses(of_, minutes[part], nowhere[part]) for part in (slice(1), slice(1, None))
    )
    judge = Judge(Resamples.draw(seed, days, replications, 200), margins({}), ())
    kind = kinds(log, simulated)[0]
    return judge.durations(kind.name, kind.label, kind.log, kind.simulated)[0]


@pytest.mark.parametrize(("scale", "most_agree"), [(1.0, 1.0), (1.08, 0.15)])
def test_limits_hold_and_agreement_is_rarely_shown_at_the_margin(scale, most_agree):
    rng = np.random.default_rng(11)
    found = [once(rng, scale, seed) for seed in range(80)]
    held = np.mean([one.low <= scale - 1 <= one.high for one in found])
    assert 0.8 <= held <= 0.99  # 90%, give or take three standard errors
    agree = np.mean([one.verdict is Verdict.AGREES for one in found])
    assert agree <= most_agree
    assert agree > 0.9 or scale > 1.0
