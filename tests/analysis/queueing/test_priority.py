import numpy as np
import pytest

from armsim.analysis.queueing.erlang import erlang_c, mean_wait
from armsim.analysis.queueing.priority import priority_waits, reserve_wait

from .cases import case


def rates(found: dict) -> list[float]:
    return [sum(one["zone_rates"]) for one in found["model"]["incident_classes"]]


def test_cobham_on_the_published_case() -> None:
    found = case("D1-priority-2class-4x5")
    waits = priority_waits(4, rates(found), found["model"]["service"]["mean"])
    assert waits == pytest.approx(found["expected"]["mean_wait_by_class"], abs=1e-6)


def test_one_class_is_erlang_and_its_mean_does_not_hang_on_the_order() -> None:
    assert priority_waits(5, [0.05], 60.0)[0] == pytest.approx(mean_wait(5, 0.05, 60.0))
    first, second = priority_waits(5, [0.02, 0.03], 60.0)
    assert 0.4 * first + 0.6 * second == pytest.approx(float(mean_wait(5, 0.05, 60.0)))


def test_a_class_too_many_waits_for_ever_and_those_above_do_not() -> None:
    waits = priority_waits([2, 2, 0], [[0.05] * 3, [0.2] * 3], [10.0] * 3)
    # With class 2 always there, class 1 finds both units busy: W = (S / c) / (1 - s_1).
    assert waits[:, 0] == pytest.approx([5 / 0.75, np.inf])
    assert np.isinf(waits[:, 2]).all()


def chain(
    units: int, above: float, own: float, service: float, reserve: int, most: int
) -> tuple[float, float]:
    """The cutoff queue as a Markov chain cut off at a queue of *most*."""
    low = units - reserve
    states = [(n, q) for n in range(units + 1) for q in range(most + 1) if q == 0 or n >= low]
    place = {state: index for index, state in enumerate(states)}
    moves = np.zeros((len(states), len(states)))
    for n, q in states:
        to = [((n + 1, q), above if n < units else 0.0)]
        to.append(((n + 1, q) if n < low else (n, q + 1), own))
        to.append(((n, q - 1) if n == low and q else (n - 1, q), n / service))
        for state, rate in to:
            if state in place:
                moves[place[n, q], place[state]] += rate
    moves -= np.diag(moves.sum(axis=1))
    moves[:, 0] = 1.0
    right = np.zeros(len(states))
    right[0] = 1.0
    chance = np.linalg.solve(moves.T, right)
    queue = sum(q * chance[place[n, q]] for n, q in states)
    return queue / own, sum(chance[place[n, q]] for n, q in states if n >= low)


def test_reserve_is_the_chain() -> None:
    assert reserve_wait(6, 0.02, 0.03, 50.0, 2) == pytest.approx(chain(6, 0.02, 0.03, 50.0, 2, 150), rel=1e-6)


def test_no_reserve_and_nobody_above_is_erlang() -> None:
    wait, share = reserve_wait(5, 0.0, 0.05, 60.0, 0)
    assert wait == pytest.approx(float(mean_wait(5, 0.05, 60.0)))
    assert share == pytest.approx(float(erlang_c(5, 3.0)))


def test_reserve_without_steady_state_or_units() -> None:
    assert reserve_wait(4, 0.0, 0.05, 60.0, 1) == (np.inf, 1.0)
    with pytest.raises(ValueError, match="leaves none"):
        reserve_wait(2, 0.0, 0.01, 10.0, 2)
