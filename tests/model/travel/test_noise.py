import numpy as np
import pytest

from armsim.model.travel import NoiseSpread, SpeedProfile


@pytest.mark.parametrize("spread", [0.0, 0.15, 0.3, 0.45, 1.0])
def test_mean_of_the_factor_is_one(spread):
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)  # quadrature for the standard normal
    mean = sum(
        w * NoiseSpread(spread, 0.0, spread).factor(5.0, z) for z, w in zip(nodes, weights, strict=True)
    ) / np.sqrt(2 * np.pi)
    assert mean == pytest.approx(1.0, abs=1e-9)


def test_standard_deviation_of_the_log_is_the_spread():
    assert np.log(
        NoiseSpread(0.3, 0.0, 0.3).factor(5.0, 1.0) / NoiseSpread(0.3, 0.0, 0.3).factor(5.0, 0.0)
    ) == pytest.approx(0.3)


def test_spread_falls_to_its_floor():
    noise = NoiseSpread(at_zero=0.30, per_km=0.005, floor=0.20)
    assert [noise.spread(km) for km in (0.0, 10.0, 20.0, 50.0)] == pytest.approx([0.30, 0.25, 0.20, 0.20])


@pytest.mark.parametrize(
    "wrong", [(0.1, 0.0, 0.2), (0.3, -0.1, 0.2), (0.3, 0.0, -0.1), (float("nan"), 0.0, 0.0)]
)
def test_impossible_spreads_are_refused(wrong):
    with pytest.raises(ValueError, match=r"floor|per_km"):
        NoiseSpread(*wrong)


def test_profile_turns_speed_into_time_by_hour_of_week():
    speeds = [1.0] * 168
    speeds[0], speeds[25], speeds[167] = 0.8, 1.25, 0.5
    profile = SpeedProfile.from_speeds(speeds)
    assert profile.time_factor(0.0) == profile.time_factor(59.9) == 1.25
    assert profile.time_factor(60.0) == 1.0
    assert profile.time_factor(25 * 60 + 1) == 0.8
    assert profile.time_factor(-1.0) == profile.time_factor(2 * 10_080 - 1.0) == 2.0


def test_impossible_profiles_are_refused():
    with pytest.raises(ValueError, match="168 hours, got 24"):
        SpeedProfile.from_speeds([1.0] * 24)
    with pytest.raises(ValueError, match="hour 3 "):
        SpeedProfile.from_speeds([1.0, 1.0, 1.0, 0.0] + [1.0] * 164)
