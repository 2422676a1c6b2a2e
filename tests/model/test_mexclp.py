import itertools

import numpy as np
import pytest

from armsim.model import mexclp as module
from armsim.model.mexclp import Located, expected_cover, mexclp


def enumerated(covers, weight, units, busy, most):
    sites = range(covers.shape[1])
    choices = (
        one
        for one in itertools.combinations_with_replacement(sites, units)
        if max(one.count(site) for site in one) <= most
    )
    return max(expected_cover(covers, weight, one, busy) for one in choices)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("units", "busy", "most"), [(2, 0.0, 1), (3, 0.4, 3), (4, 0.7, 4), (3, 0.7, 1)])
def test_small_instances_meet_the_enumerated_optimum(seed, units, busy, most):
    rng = np.random.default_rng(seed)
    covers = rng.random((15, 7)) < 0.3
    weight = rng.integers(0, 5, size=15) + 1.0
    found = mexclp(covers, weight, units, busy, most=most)
    assert found.proven
    assert found.gap == 0.0
    assert found.cover == pytest.approx(enumerated(covers, weight, units, busy, most), rel=1e-12)
    assert found.cover == pytest.approx(expected_cover(covers, weight, found.sites, busy), rel=1e-12)
    assert len(found.sites) == units
    assert max(found.sites.count(site) for site in found.sites) <= most


def test_expected_cover_by_hand():
    covers = [[True, False], [True, True], [False, False]]
    # 2 of 10 reached by one unit, 5 of 10 by both, 3 of 10 by none
    assert expected_cover(covers, [2, 5, 3], [0, 1], 0.4) == pytest.approx(0.2 * 0.6 + 0.5 * (1 - 0.16))
    # two units at one site
    assert expected_cover(covers, [2, 5, 3], [0, 0], 0.4) == pytest.approx(0.7 * (1 - 0.16))


def test_busy_units_stand_together_and_idle_ones_apart():
    covers = np.array([[True, False], [False, True]])
    assert mexclp(covers, [3, 1], 2, 0.0).sites == (0, 1)
    assert mexclp(covers, [3, 1], 2, 0.9).sites == (0, 0)


def test_out_of_reach_everywhere():
    assert mexclp(np.zeros((2, 3), dtype=bool), [1, 1], 1, 0.2) == Located((0,), 0.0, 0.0, True)


def test_without_an_answer_of_the_program_the_gap_is_honest(monkeypatch):
    class Nothing:
        x = None

    rng = np.random.default_rng(3)
    covers, weight = rng.random((15, 7)) < 0.3, np.ones(15)
    best = enumerated(covers, weight, 3, 0.4, 3)
    monkeypatch.setattr(module, "_program", lambda *_: Nothing())
    found = mexclp(covers, weight, 3, 0.4)
    assert not found.proven
    assert found.cover - 1e-12 <= best <= found.cover + found.gap


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"units": 0}, "0 units do not fit 2 sites"),
        ({"units": 3, "most": 1}, "3 units do not fit 2 sites with up to 1 at each"),
        ({"weight": [1.0]}, "does not fit"),
        ({"weight": [1.0, -1.0]}, "0 or more"),
        ({"busy": 1.0}, "below 1, got 1.0"),
    ],
)
def test_wrong_arguments(change, message):
    good = {"covers": np.ones((2, 2), dtype=bool), "weight": [1.0, 1.0], "units": 1, "busy": 0.5}
    with pytest.raises(ValueError, match=message):
        mexclp(**{**good, **change})


def test_published_location_cases(location_cases):
    cases, bases, minutes, rates = location_cases
    checked = 0
    for case in cases:
        if case["model"] == "p-median":
            continue
        covering = case["model"] == "MCLP"
        q, most = (0.0, 1) if covering else (case["q"], None)
        found = mexclp(minutes <= case["T"], rates, case["p"], q, most=most)
        assert [bases[site] for site in found.sites] == case["sites" if covering else "units_at"]
        assert found.cover == pytest.approx(case["coverage" if covering else "expected_coverage"], rel=1e-9)
        assert found.proven
        checked += 1
    assert checked == 6
