import numpy as np
import pytest

from armsim.analysis.queueing.approximate import TRAVEL_ERROR, UTILISATION_ERROR, approximate, correction
from armsim.analysis.queueing.erlang import erlang_b, erlang_c
from armsim.analysis.queueing.hypercube import System, solve

from .cases import case, system, travel

SPREAD = ["B1-larson-odoni-3-infinite", "B3-larson-odoni-2-rectangle", "B4-nearest-4x6-fifo",
          "B5-nearest-5x8-loss", "B7-nearest-10x20-loss", "D1-priority-2class-4x5"]  # fmt: skip


@pytest.mark.parametrize("name", SPREAD)
def test_within_the_published_error_of_the_exact_solution(name: str) -> None:
    found = case(name)
    solution = approximate(system(found))
    expected = found["expected"]
    assert np.abs(solution.utilisation - expected["unit_utilisation"]).max() <= UTILISATION_ERROR
    assert solution.mean_travel(travel(found)) == pytest.approx(expected["mean_travel"], rel=TRAVEL_ERROR)


@pytest.mark.parametrize("name", ["B4-nearest-4x6-fifo", "B5-nearest-5x8-loss", "B7-nearest-10x20-loss"])
def test_what_others_found_with_the_same_approximation(name: str) -> None:
    found = case(name)
    published = found["approximation"]
    solution = approximate(system(found))
    assert solution.utilisation == pytest.approx(published["unit_utilisation"], abs=1e-8)
    if "mean_travel" in published:
        assert solution.mean_travel(travel(found)) == pytest.approx(published["mean_travel"], abs=1e-6)


def test_the_book_of_larson_and_odoni() -> None:
    found = case("B1-larson-odoni-3-infinite")["expected"]
    assert approximate(system(case("B1-larson-odoni-3-infinite"))).utilisation == pytest.approx(
        found["larson_1975_approx_utilisation"], abs=1e-9
    )
    assert correction(3, 0.5, True) == pytest.approx(found["larson_Q_3_half"], abs=1e-9)


def test_a_capability_class_is_close_to_the_exact_answer() -> None:
    lists = np.array([[0, 1, 2, 3], [1, 0, 3, 2], [2, 3, -1, -1], [3, 2, -1, -1]])
    one = System(np.array([0.03, 0.02, 0.01, 0.015]), lists, np.array([40.0, 50.0, 70.0, 60.0]), False)
    exact, close = solve(one), approximate(one)
    assert np.abs(close.utilisation - exact.utilisation).max() < 2 * UTILISATION_ERROR
    # What a class loses is farther out than utilisation: here 5% of what is served.
    assert close.at_once.sum() == pytest.approx(exact.at_once.sum(), rel=0.06)


def test_lists_cut_short_change_little() -> None:
    whole = np.array([np.roll(np.arange(30), -3 * zone) for zone in range(10)])
    rates, service = np.full(10, 0.03), np.full(30, 60.0)
    full = approximate(System(rates, whole, service, True))
    short = approximate(System(rates, whole[:, :12], service, True), 30)
    assert short.utilisation == pytest.approx(full.utilisation, abs=2e-3)
    assert short.dispatches.sum() == pytest.approx(1)
    assert short.utilisation.sum() == pytest.approx(18)


@pytest.mark.parametrize("units", [3, 10, 60])
def test_units_asked_in_random_order_find_one_free_as_often_as_erlang_says(units: int) -> None:
    load, number = 0.7, np.arange(units)
    asked = (correction(units, load, True) * load**number * (1 - load)).sum()
    assert asked == pytest.approx(1 - float(erlang_c(units, load * units)))
    served = 1 - float(erlang_b(units, load * units))
    busy = load * served
    asked = (correction(units, load, False) * busy**number * (1 - busy)).sum()
    assert asked == pytest.approx(served)


def test_the_first_factors_of_a_large_fleet_are_close_to_one() -> None:
    factors = correction(800, 0.7, True, 16)
    assert factors.shape == (16,)
    assert factors == pytest.approx(np.ones(16), abs=0.1)


def test_too_much_is_refused() -> None:
    with pytest.raises(ValueError, match="too many for a capacity"):
        approximate(System(np.array([1.0]), np.array([[0]]), np.array([2.0]), True))
