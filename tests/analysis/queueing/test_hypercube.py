import numpy as np
import pytest

from armsim.analysis.queueing.erlang import erlang_b
from armsim.analysis.queueing.hypercube import MOST_UNITS, System, solve

from .cases import case, system, travel

EXACT = [
    "A1-mm3-fifo-hunt", "A2-erlang-b-hunt", "B1-larson-odoni-3-infinite", "B3-larson-odoni-2-rectangle",
    "B4-nearest-4x6-fifo", "B5-nearest-5x8-loss", "B7-nearest-10x20-loss", "B8-last-scene-6x9-fifo",
    "D1-priority-2class-4x5",
]  # fmt: skip


@pytest.mark.parametrize("name", EXACT)
def test_published_cases(name: str) -> None:
    found = case(name)
    expected = found["expected"]
    solution = solve(system(found))
    last_scene = found["model"]["policy"]["queued_travel_origin"] == "last_scene"
    between = found["model"]["zone_travel_time"] if last_scene else None
    assert solution.utilisation == pytest.approx(expected["unit_utilisation"], abs=1e-6)
    assert solution.dispatches == pytest.approx(np.array(expected["dispatch_fraction"]), abs=1e-6)
    assert solution.mean_travel(travel(found), between) == pytest.approx(expected["mean_travel"], abs=1e-6)
    assert solution.waits == pytest.approx(expected.get("p_wait", expected.get("p_loss")), abs=1e-6)
    assert solution.mean_wait == pytest.approx(expected.get("mean_wait", 0.0), abs=1e-6)
    for limit, share in expected.get("p_response_le", {}).items():
        assert solution.within(float(limit), travel(found), between) == pytest.approx(share, abs=1e-6)


def dense(one: System) -> np.ndarray:
    """Chances of the states of a loss system, from its whole generator."""
    count = 1 << one.units
    moves = np.zeros((count, count))
    for state in range(count):
        for rate, order in zip(one.rates, one.preference, strict=True):
            free = [unit for unit in order if unit >= 0 and not state >> unit & 1]
            if free:
                moves[state, state | 1 << free[0]] += rate
        for unit in range(one.units):
            if state >> unit & 1:
                moves[state, state ^ 1 << unit] += 1 / one.service[unit]
    moves -= np.diag(moves.sum(axis=1))
    moves[:, 0] = 1.0
    return np.linalg.solve(moves.T, np.eye(count)[0])


def test_capability_classes_and_services_of_their_own() -> None:
    # Zone lists end in -1: firearms work may use units 2 and 3 only.
    lists = np.array([[0, 1, 2, 3], [1, 0, 3, 2], [2, 3, -1, -1], [3, 2, -1, -1]])
    one = System(np.array([0.03, 0.02, 0.01, 0.015]), lists, np.array([40.0, 50.0, 70.0, 60.0]), False)
    solution, chance = solve(one), dense(one)
    assert solution.states == pytest.approx(chance, abs=1e-12)
    all_armed_busy = sum(chance[state] for state in range(16) if state & 12 == 12)
    firearms = solution.at_once[:, 2:].sum() * 0.075
    assert firearms == pytest.approx(0.025 * (1 - all_armed_busy), abs=1e-12)
    assert solution.waits == pytest.approx(1 - solution.at_once.sum())


def test_fourteen_units_carry_what_erlang_says() -> None:
    lists = np.array([np.roll(np.arange(MOST_UNITS), -zone) for zone in range(7)])
    solution = solve(System(np.full(7, 0.03), lists, np.full(MOST_UNITS, 45.0), False))
    load = 7 * 0.03 * 45
    assert solution.waits == pytest.approx(float(erlang_b(MOST_UNITS, load)), rel=1e-9)
    assert solution.utilisation.sum() == pytest.approx(load * (1 - solution.waits))


def made(**changes: object) -> System:
    settings = {
        "rates": np.array([0.01]), "preference": np.array([[0, 1]]), "service": np.array([50.0, 50.0]),
        "queues": True,
    }  # fmt: skip
    return System(**{**settings, **changes})


def test_refused() -> None:
    with pytest.raises(ValueError, match="none of the 2"):
        made(preference=np.array([[0, 2]]))
    with pytest.raises(ValueError, match="not all 0"):
        made(rates=np.zeros(1))
    with pytest.raises(ValueError, match="a list of units each"):
        made(rates=np.ones(2))
    with pytest.raises(ValueError, match="too many for a capacity"):
        solve(made(rates=np.array([0.04])))
    with pytest.raises(ValueError, match="every unit"):
        solve(made(preference=np.array([[0, -1]])))
    with pytest.raises(ValueError, match="too many for the exact model"):
        solve(made(preference=np.arange(15)[None, :], service=np.full(15, 50.0)))
