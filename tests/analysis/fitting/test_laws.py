"""Laws of durations: the right family is found, what was cut off counts, and what fits badly is not used."""

import numpy as np
import pytest

from armsim.analysis.fitting.blocks import redrawn_days
from armsim.analysis.fitting.families import EXPONENTIAL, FAMILIES, GAMMA, LOGNORMAL, WEIBULL
from armsim.analysis.fitting.laws import at_share, fit_law, scaled, table_of
from armsim.analysis.fitting.survival import Durations
from armsim.config.schema.laws import TimeLaw

PARAMETERS = {LOGNORMAL: (0.6, 5.0), GAMMA: (2.2, 3.0), WEIBULL: (1.6, 5.0), EXPONENTIAL: (4.0,)}


def sampled(family, rng, count):
    return family.quantile(rng.random(count), PARAMETERS[family])


def of_days(minutes, rng, days=40):
    return Durations.of(minutes, rng.integers(0, days, len(minutes)))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.name)
def test_families_are_laws(family):
    p = PARAMETERS[family]
    shares = np.array([0.01, 0.3, 0.5, 0.9, 0.999])
    at = family.quantile(shares, p)
    assert family.share(at, p) == pytest.approx(shares)
    assert np.exp(family.log_beyond(at, p)) == pytest.approx(1 - shares)
    fine = np.linspace(1e-4, 200, 400_001)
    density = np.exp(family.log_density(fine, p))
    assert np.trapezoid(density, fine) == pytest.approx(1, abs=2e-3)
    assert np.trapezoid(density * fine, fine) == pytest.approx(family.mean(p), rel=2e-3)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.name)
def test_a_family_is_recognised_and_its_parameters_come_back(family):
    rng = np.random.default_rng(12)
    fit = fit_law(of_days(sampled(family, rng, 4000), rng), redrawn_days(rng, 40, 20), rng)
    assert fit.used == fit.family == family.name
    assert fit.parameters == pytest.approx(PARAMETERS[family], rel=0.06)
    assert fit.p_value > 0.05
    for share in (0.1, 0.5, 0.9, 0.99):
        truth = float(family.quantile(np.array(share), PARAMETERS[family]))
        assert at_share(fit.law, share) == pytest.approx(truth, rel=0.06)


def test_p_values_are_even_when_the_law_is_right():
    """Fitting to the same data is allowed for: the usual tables would almost never refuse."""
    rng = np.random.default_rng(6)
    found = []
    for _ in range(60):
        minutes = np.round(sampled(LOGNORMAL, rng, 80) * 60) / 60
        found.append(fit_law(of_days(minutes, rng), np.ones((2, 40)), rng).p_value)
    assert 0.35 < np.mean(found) < 0.65
    assert 1 <= np.sum(np.array(found) < 0.2) <= 24


def test_two_kinds_of_durations_in_one_fit_no_family_and_become_a_table():
    rng = np.random.default_rng(7)
    minutes = np.where(rng.random(3000) < 0.4, rng.normal(1, 0.1, 3000), rng.normal(5, 0.4, 3000))
    fit = fit_law(of_days(minutes, rng), redrawn_days(rng, 40, 20), rng)
    assert fit.used == "quantiles"
    assert fit.p_value < 0.05
    for share in (0.1, 0.5, 0.9, 0.99):
        assert at_share(fit.law, share) == pytest.approx(np.quantile(minutes, share), rel=0.03)
    assert fit.law.expected == pytest.approx(minutes.mean(), rel=0.02)


def test_a_large_sample_of_almost_the_family_keeps_it():
    """Refused by the p-value, but within 2 points and 5%: near enough to be used."""
    rng = np.random.default_rng(8)
    minutes = np.where(rng.random(20_000) < 0.025, 1.2, sampled(LOGNORMAL, rng, 20_000))
    fit = fit_law(of_days(minutes, rng), np.ones((2, 40)), rng)
    assert fit.p_value < 0.05
    assert fit.distance < 0.02
    assert fit.used == "lognormal"


def test_what_was_cut_off_counts():
    rng = np.random.default_rng(9)
    minutes, ends = sampled(LOGNORMAL, rng, 4000), rng.exponential(9.0, 4000)
    seen = minutes <= ends
    day = rng.integers(0, 40, 4000)
    part = Durations.of(minutes[seen], day[seen], ends[~seen], day[~seen])
    fit = fit_law(part, redrawn_days(rng, 40, 60), rng)
    assert fit.used == "lognormal"
    assert fit.parameters == pytest.approx((0.6, 5.0), rel=0.06)
    _, median, ninth = fit.observed
    assert median.low < 5.0 < median.high
    assert ninth.low < 5.0 * np.exp(0.6 * 1.2816) < ninth.high
    # Those that ended alone are the short ones.
    assert np.median(minutes[seen]) < 0.85 * 5.0


def test_kaplan_and_meier_by_hand():
    # Ends at 1, 2, 4; cut off at 2 and 3: 1 - 4/5, then 3/4 of it (of four at risk one ends), then all.
    part = Durations.of(
        np.array([4.0, 1.0, 2.0]), np.zeros(3, dtype=int), np.array([2.0, 3.0]), np.zeros(2, dtype=int)
    )
    assert part.minutes.tolist() == [1.0, 2.0, 2.0, 3.0, 4.0]
    assert part.ended.tolist() == [True, True, False, False, True]
    assert part.reached() == pytest.approx([0.2, 0.4, 0.4, 0.4, 1.0])
    assert part.quantiles([0.2, 0.3, 0.9]).tolist() == [1.0, 2.0, 4.0]
    assert part.mean() == pytest.approx(1 + 0.8 * 1 + 0.6 * 2)


def test_days_drawn_twice_count_twice():
    part = Durations.of(np.array([1.0, 3.0]), np.array([0, 1]))
    assert part.mean(np.array([3.0, 1.0])) == pytest.approx(1.5)
    assert part.quantiles([0.7], np.array([3.0, 1.0])).tolist() == [1.0]


def test_what_is_no_duration_is_left_out_and_told():
    minutes = np.array([np.nan, -0.5, 0.0, 1 / 60, 2.0])
    part = Durations.of(minutes, np.zeros(5, dtype=int))
    assert (part.negative, part.zero, len(part.minutes)) == (1, 1, 3)
    assert part.grain == pytest.approx(1 / 60)
    assert part.positive.minutes[0] == pytest.approx(1 / 120)
    assert Durations.of(np.array([3.0, 7.0]), np.zeros(2, dtype=int)).grain == 1.0
    assert Durations.of(np.array([0.123456]), np.zeros(1, dtype=int)).grain == 0.0


def test_few_durations_give_no_law_and_equal_ones_no_spread():
    rng = np.random.default_rng(10)
    weights = redrawn_days(rng, 40, 10)
    assert fit_law(of_days(np.full(29, 2.0), rng), weights, rng) is None
    fit = fit_law(of_days(np.full(40, 2.5), rng), weights, rng)
    assert fit.law == TimeLaw.model_validate({"exactly": "150 s"})


def test_a_table_begins_half_a_step_of_the_clock_below_the_least():
    part = Durations.of(np.arange(1, 101) / 60, np.zeros(100, dtype=int))
    assert table_of(part).quantiles[0][1] == pytest.approx(0.5 / 60)
    assert table_of(part).quantiles[-1] == (1.0, pytest.approx(100 / 60))


@pytest.mark.parametrize(
    "law",
    [
        {"median": "3 min", "p90": "9 min"},
        {"mean": "3 min", "cv": 0.7},
        {"exponential": "2 min"},
        {"exactly": "2 min"},
        {"quantiles": ((0, "0 s"), (0.5, "60 s"), (1, "5 min"))},
    ],
    ids="+".join,
)
def test_scaling_a_law_scales_every_duration(law):
    law = TimeLaw.model_validate(law)
    more = scaled(law, 1.3)
    assert more.expected == pytest.approx(1.3 * law.expected, rel=1e-4)
    for share in (0.2, 0.5, 0.95):
        assert at_share(more, share) == pytest.approx(1.3 * at_share(law, share), rel=1e-4)
    assert more.log_sd == pytest.approx(law.log_sd, rel=1e-4)


def test_the_same_stream_gives_the_same_fit():
    minutes = sampled(GAMMA, np.random.default_rng(1), 300)
    part = Durations.of(minutes, np.arange(300) % 40)
    one, two = (fit_law(part, np.ones((2, 40)), np.random.default_rng(2)) for _ in range(2))
    assert one.p_value == two.p_value
    assert one.law == two.law
