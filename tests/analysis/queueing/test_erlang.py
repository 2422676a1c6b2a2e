import numpy as np
import pytest

from armsim.analysis.queueing import erlang


def test_published_tables() -> None:
    # erlang.com's manual, and the usual 1% tables.
    assert erlang.erlang_b(15, 8.108) == pytest.approx(0.0099996, abs=1e-7)
    assert erlang.erlang_b([5, 10, 20], [1.36, 4.46, 12.03]) == pytest.approx(
        [0.00998, 0.00999, 0.0100], abs=1e-4
    )


def test_by_hand() -> None:
    # a = 1, c = 2: B = (1/2) / (1 + 1 + 1/2) = 1/5; C = B / (1 - 1/2 (1 - B)) = 1/3.
    assert erlang.erlang_b(2, 1.0) == pytest.approx(0.2)
    assert erlang.erlang_c(2, 1.0) == pytest.approx(1 / 3)
    assert erlang.mean_wait(2, 0.1, 10.0) == pytest.approx(10 / 3)


def test_between_whole_numbers_it_is_the_integral() -> None:
    # 1 / B = a * int e**(-a t) (1 + t)**c dt (Jagerman 1974).
    t = np.linspace(0, 40, 400_001)
    for units, load in ((0.5, 1.2), (3.7, 2.5)):
        integral = np.trapezoid(load * np.exp(-load * t) * (1 + t) ** units, t)
        assert erlang.erlang_b(units, load) == pytest.approx(1 / integral, rel=1e-6)


def test_large_fleets_and_overload() -> None:
    assert erlang.erlang_b(1000.5, 900.0) == pytest.approx(
        (erlang.erlang_b(1000, 900.0) + erlang.erlang_b(1001, 900.0)) / 2, rel=1e-2
    )
    assert erlang.erlang_c(3, 3.0) == 1
    assert erlang.mean_wait(3, 0.4, 10.0) == np.inf


def test_one_unit_of_any_service_is_pollaczek_khinchine() -> None:
    # rate 0.05, service exactly 10: W = rate E[S**2] / 2 / (1 - rho) = 0.05 * 100 / 2 / 0.5.
    assert erlang.mean_wait(1, 0.05, 10.0, 0.0) == pytest.approx(5.0)


@pytest.mark.parametrize("bad", [(-1, 1.0), (1, -1.0), (1, np.nan)])
def test_refused(bad: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        erlang.erlang_b(*bad)
