"""The travel law comes back from trips made by a known one, also when turn-out cannot be told from it."""

import numpy as np
import pytest

from armsim.analysis.fitting.blocks import redrawn_days
from armsim.analysis.fitting.travel import TravelFit, Trips, fit_travel, from_near_bases
from armsim.analysis.fitting.trip_noise import hour_factors, shared_noise
from armsim.model.travel import SquareRootLaw

DAYS = 60
LAW = SquareRootLaw(0.5, 1.0, 1.3)


def trips(rng, count, *, sd=(0.35, 0.2), turn_out=None, speed=1.0, rounding=0.0, common=0.0):
    """Trips in pairs to one place: *sd* near and beyond 3 road km."""
    km = rng.gamma(2.0, 0.8, count)
    road = km * 1.3
    spread = np.maximum(sd[1], sd[0] - (sd[0] - sd[1]) / 3 * road)
    both = np.repeat(rng.standard_normal(count // 2), 2)
    z = np.sqrt(common) * both + np.sqrt(1 - common) * rng.standard_normal(count)
    minutes = LAW.of_array(km) / speed * np.exp(spread * z - spread**2 / 2)
    if turn_out is not None:
        mean, log_sd = turn_out
        minutes = minutes + mean * np.exp(log_sd * rng.standard_normal(count) - log_sd**2 / 2)
    if rounding:
        angle = rng.uniform(0, 2 * np.pi, count)
        x, y = (np.round(km * axis(angle) / rounding) * rounding for axis in (np.cos, np.sin))
        km = np.hypot(x, y)
    return Trips(km, minutes, np.repeat(rng.integers(0, DAYS, count // 2), 2), rounding)


def fitted(made, rng, *, with_turn_out=False, draws=100):
    return fit_travel(made, redrawn_days(rng, DAYS, draws), 1.3, with_turn_out)


def test_law_and_spread_come_back():
    rng = np.random.default_rng(1)
    fit = fitted(trips(rng, 6000), rng)
    assert fit.acceleration == pytest.approx(0.5, rel=0.05)
    assert fit.cruising == pytest.approx(1.0, rel=0.06)
    assert fit.at_zero == pytest.approx(0.35, abs=0.03)
    assert fit.floor == pytest.approx(0.2, abs=0.03)
    assert fit.turn_out is None
    assert fit.cruising_known
    for name, truth in (("acceleration", 0.5), ("cruising", 1.0)):
        found = fit.limits[name]
        assert abs(found.value - truth) < 2 * found.half_width < 0.2 * truth


def test_limits_of_acceleration_cover_it():
    rng, covered = np.random.default_rng(2), 0
    for _ in range(12):
        fit = fitted(trips(rng, 300), rng)
        covered += fit.limits["acceleration"].low <= 0.5 <= fit.limits["acceleration"].high
    # 95% meant; of 12 repetitions fewer than 8 would come about once in a hundred thousand.
    assert covered >= 8


def test_turn_out_is_told_from_travel_by_its_form():
    rng = np.random.default_rng(3)
    fit = fitted(trips(rng, 8000, turn_out=(1.3, 0.4)), rng, with_turn_out=True)
    assert fit.turn_out == pytest.approx(1.3, abs=0.15)
    assert fit.acceleration == pytest.approx(0.5, rel=0.1)
    assert fit.limits["turn_out"].low < 1.3 < fit.limits["turn_out"].high
    again = fit.draw(trips(rng, 8000, turn_out=(1.3, 0.4)), rng)
    made = trips(rng, 8000, turn_out=(1.3, 0.4)).minutes
    assert np.quantile(again, [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(made, [0.1, 0.5, 0.9]), rel=0.03)


def test_rounded_positions_do_not_bend_the_law():
    rng = np.random.default_rng(4)
    fit = fitted(trips(rng, 6000, rounding=0.05), rng)
    assert fit.acceleration == pytest.approx(0.5, rel=0.06)
    same_place = Trips(np.zeros(1), np.ones(1), np.zeros(1, dtype=int), 0.05)
    assert same_place.apart[0] == pytest.approx(np.sqrt(0.05**2 / 6))


def test_strays_do_not_bend_the_law():
    rng = np.random.default_rng(5)
    made = trips(rng, 6000)
    short, lost = rng.random(6000) < 0.02, rng.random(6000) < 0.001
    minutes = np.where(short, rng.uniform(0.03, 0.3, 6000), np.where(lost, 240.0, made.minutes))
    made = Trips(made.km, minutes, made.day)
    fit = fitted(made, rng)
    assert fit.acceleration == pytest.approx(0.5, rel=0.06)
    assert 0.004 < fit.strays < 0.025


def test_trips_that_are_all_short_do_not_tell_the_cruising_speed():
    rng = np.random.default_rng(6)
    made = trips(rng, 2000)
    near = made.taken(np.flatnonzero(made.km < 0.8))
    fit = fitted(near, rng)
    assert not fit.cruising_known
    assert fit.acceleration == pytest.approx(0.5, rel=0.1)


def test_too_few_trips_or_one_distance_give_no_law():
    rng = np.random.default_rng(7)
    made = trips(rng, 400)
    assert fitted(made.taken(np.arange(99)), rng) is None
    alike = Trips(np.ones(400), made.minutes, made.day)
    assert fitted(alike, rng) is None
    half = Trips(np.where(np.arange(400) % 2, np.nan, made.km), made.minutes, made.day)
    assert fitted(half, rng, draws=10).trips == 200


def test_an_hour_that_is_slower_is_seen_and_others_are_not():
    rng = np.random.default_rng(8)
    plain, slow = trips(rng, 9000), trips(rng, 600, speed=0.75)
    hours = np.concatenate([rng.choice(np.setdiff1d(np.arange(120), 8 + 24 * np.arange(5)), 9000),
                            8 + 24 * rng.integers(0, 5, 600)])  # fmt: skip
    made = Trips(
        np.concatenate([plain.km, slow.km]), np.concatenate([plain.minutes, slow.minutes]),
        np.concatenate([plain.day, slow.day]),
    )  # fmt: skip
    fit = fitted(made, rng, draws=50)
    found = hour_factors(fit, made, hours, redrawn_days(rng, DAYS, 100))
    clear = [(one.weekend, one.hour) for one in found if one.clear]
    assert (False, 8) in clear
    assert len(clear) <= 2
    rush = next(one for one in found if one.hour == 8 and not one.weekend)
    assert rush.speed.value == pytest.approx(0.75, abs=0.04)
    assert len(found) == 48


@pytest.mark.parametrize("common", [0.0, 0.5, 0.9])
def test_noise_that_two_units_share_comes_back(common):
    rng = np.random.default_rng(9)
    made = trips(rng, 6000, common=common)
    fit = fitted(made, rng, draws=20)
    found = shared_noise(fit, made, np.repeat(np.arange(3000), 2), redrawn_days(rng, DAYS, 100))
    assert found.value == pytest.approx(common, abs=0.1)
    assert found.low - 0.05 <= common <= found.high + 0.05
    assert found.count > 2500


def test_order_of_arrival_does_not_pass_for_likeness():
    """Pairs of independent trips, the quicker listed first: still nothing in common."""
    rng = np.random.default_rng(10)
    made = trips(rng, 6000)
    quick = np.argsort(made.minutes.reshape(-1, 2), axis=1) + 2 * np.arange(3000)[:, None]
    fit = fitted(made, rng, draws=20)
    found = shared_noise(
        fit, made.taken(quick.ravel()), np.repeat(np.arange(3000), 2), redrawn_days(rng, DAYS, 50)
    )
    assert found.value < 0.08


def test_few_pairs_give_no_common_share():
    rng = np.random.default_rng(11)
    made = trips(rng, 400)
    fit = fitted(made, rng, draws=20)
    assert shared_noise(fit, made, np.arange(400), np.ones((5, DAYS))) is None


def test_trips_from_one_of_the_two_nearest_bases():
    base_x, base_y = np.array([0.0, 4.0, 20.0]), np.zeros(3)
    x, y = np.array([1.0, 1.0, 1.0, np.nan]), np.zeros(4)
    km = np.array([1.0, 3.0, 19.0, 1.0])
    assert from_near_bases(x, y, km, base_x, base_y).tolist() == [True, True, False, False]


def test_expected_minutes_have_the_turn_out_in_them():
    nothing = {
        "limits": {},
        "residual_sd": 0.2,
        "strays": 0.0,
        "beyond": 0,
        "straight": 0.0,
        "farthest": 9.0,
        "trips": 9,
    }
    fit = TravelFit(0.5, 1.0, 1.3, 0.3, 0.0, 0.3, 1.5, 0.4, **nothing)
    made = Trips(np.array([0.0, 2.0]), np.ones(2), np.zeros(2, dtype=int))
    assert fit.expected(made) == pytest.approx([1.5, 1.5 + LAW.minutes(2.0)])


def test_times_that_have_nothing_to_do_with_distance_from_the_base_give_no_law():
    """Positions far from every base, times as if near: most are strays."""
    rng = np.random.default_rng(12)
    made = trips(rng, 400)
    away = Trips(made.km + rng.uniform(400, 900, 400), made.minutes, made.day)
    assert fitted(away, rng, draws=10) is None
