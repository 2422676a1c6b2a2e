import itertools

import numpy as np
import pytest

from armsim.model import placement
from armsim.model.geography import force_zones
from armsim.model.placement import Placement, p_median, p_median_of, placed


def enumerate_optimum(distance, weight, p):
    share = weight / weight.sum()
    return min(
        (float(share @ distance[:, list(sites)].min(axis=1)), sites)
        for sites in itertools.combinations(range(distance.shape[1]), p)
    )


def mean_of(distance, weight, sites):
    return float(weight @ distance[:, list(sites)].min(axis=1) / weight.sum())


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("p", [1, 2, 4, 9])
def test_tiny_instances_meet_the_enumerated_optimum(seed, p):
    rng = np.random.default_rng(seed)
    distance = rng.uniform(0, 50, size=(14, 9))
    weight = rng.integers(0, 5, size=14) + (np.arange(14) == 0)
    best, sites = enumerate_optimum(distance, weight, p)
    found = p_median_of(distance, weight, p)
    assert found.mean_km == pytest.approx(best, rel=1e-12)
    assert found.sites == sites
    assert found.proven
    assert found.gap == 0.0


def test_the_proof_mends_a_heuristic_that_is_stuck(monkeypatch):
    rng = np.random.default_rng(5)
    distance = rng.uniform(0, 50, size=(40, 20))
    weight = np.ones(40)
    best, sites = enumerate_optimum(distance, weight, 4)
    monkeypatch.setattr(placement, "_interchange", lambda cost, start: np.sort(start))
    stuck = p_median_of(distance, weight, 4, prove_seconds=0)
    assert stuck.mean_km > best
    assert not stuck.proven
    assert stuck.mean_km * (1 - stuck.gap) <= best
    mended = p_median_of(distance, weight, 4)
    assert mended.sites == sites
    assert mended.proven


def test_too_many_variables_leave_an_honest_gap(monkeypatch):
    rng = np.random.default_rng(5)
    distance = rng.uniform(0, 50, size=(40, 20))
    best, _ = enumerate_optimum(distance, np.ones(40), 4)
    monkeypatch.setattr(placement, "MOST_VARIABLES", 0)
    found = p_median_of(distance, np.ones(40), 4)
    assert not found.proven
    assert 0 < found.gap < 0.2
    assert found.mean_km * (1 - found.gap) <= best <= found.mean_km


def test_a_proof_without_time_leaves_an_honest_gap():
    rng = np.random.default_rng(5)
    distance = rng.uniform(0, 50, size=(40, 20))
    best, _ = enumerate_optimum(distance, np.ones(40), 4)
    found = p_median_of(distance, np.ones(40), 4, prove_seconds=1e-9)
    assert found.mean_km * (1 - found.gap) <= best * (1 + 1e-6)
    assert found.mean_km == pytest.approx(mean_of(distance, np.ones(40), found.sites))


def test_leicestershire_meets_the_published_means():
    zones = force_zones(["leicestershire"])
    expected = {3: 7.75, 4: 6.47, 5: 5.80, 6: 5.17, 7: 4.67, 8: 4.25}
    for p, mean in expected.items():
        found = p_median(zones["x_km"], zones["y_km"], zones["population"], p)
        assert round(found.mean_km, 2) == mean
        assert found.proven
        assert len(set(found.sites)) == p
        assert found.sites == tuple(sorted(found.sites))
        again = p_median(zones["x_km"], zones["y_km"], zones["population"], p)
        assert again == found


def test_zones_without_weight_may_be_sites_but_ask_for_nothing():
    found = p_median([0, 1, 100], [0, 0, 0], [1, 1, 0], 1)
    assert found == Placement((0,), 0.5, 0.0, True)
    hub = p_median([-1, 0, 1], [0, 0, 0], [1, 0, 1], 1)
    assert hub.mean_km == 1.0


def test_as_many_sites_as_zones_and_zones_on_top_of_each_other():
    assert p_median([0, 1, 2], [0, 0, 0], [1, 1, 1], 3) == Placement((0, 1, 2), 0.0, 0.0, True)
    assert p_median([5, 5, 5], [1, 1, 1], [1, 2, 3], 2).mean_km == 0.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"p": 0}, "between 1 and 3, got 0"),
        ({"p": 4}, "between 1 and 3, got 4"),
        ({"weight": [1, 1]}, "do not fit"),
        ({"weight": [1, -1, 1]}, "0 or more"),
        ({"weight": [0, 0, 0]}, "not all 0"),
        ({"x_km": [0, np.nan, 1]}, "must be finite"),
    ],
)
def test_wrong_arguments(change, message):
    good = {"x_km": [0, 1, 2], "y_km": [0, 0, 0], "weight": [1, 1, 1], "p": 1}
    with pytest.raises(ValueError, match=message):
        p_median(**{**good, **change})


def test_negative_distances_are_refused():
    with pytest.raises(ValueError, match="finite and 0 or more"):
        p_median_of([[-1.0, 2.0]], [1.0], 1)


def test_placed_remembers(tmp_path, monkeypatch):
    monkeypatch.setenv("ARMSIM_CACHE", str(tmp_path))
    zones = ([0, 1, 9, 10], [0, 0, 0, 1], [1, 2, 1, 3])
    fresh = placed(*zones, 2)
    assert fresh == p_median(*zones, 2)
    monkeypatch.setattr(placement, "p_median", lambda *_, **__: pytest.fail("worked out twice"))
    assert placed(*zones, 2) == fresh
    with pytest.raises(pytest.fail.Exception, match="worked out twice"):
        placed(*zones, 3)


def test_published_location_cases(location_cases):
    cases, bases, minutes, rates = location_cases
    medians = [case for case in cases if case["model"] == "p-median"]
    assert len(medians) == 3
    for case in medians:
        found = p_median_of(minutes, rates, case["p"])
        assert [bases[site] for site in found.sites] == case["sites"]
        assert found.mean_km == pytest.approx(case["mean_travel"], rel=1e-9)
        assert found.proven
