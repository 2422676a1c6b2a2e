import numpy as np
import pandas as pd
import pytest

from armsim.model.generated import generate_zones
from armsim.model.geography import ZONE_COLUMNS

COUNTY = {"name": "Rural county", "people": 600_000, "area_km2": 6000.0, "rural_share": 0.45, "zones": 90}
METROPOLIS = {"name": "Metropolis", "people": 2_700_000, "area_km2": 900.0, "rural_share": 0.02, "zones": 120}


def rural_share(frame):
    return frame.loc[frame["rural"], "population"].sum() / frame["population"].sum()


@pytest.mark.parametrize("wanted", [COUNTY, METROPOLIS])
@pytest.mark.parametrize("seed", [0, 7])
def test_totals_are_exact_and_the_rural_share_is_met(wanted, seed):
    frame = generate_zones(**wanted, seed=seed)
    assert tuple(frame.columns) == ZONE_COLUMNS
    assert len(frame) == frame["zone"].nunique() == wanted["zones"]
    assert frame["population"].sum() == wanted["people"]
    assert frame["area_km2"].sum() == pytest.approx(wanted["area_km2"], rel=1e-12)
    assert rural_share(frame) == pytest.approx(wanted["rural_share"], abs=0.01)
    density = frame["population"] / frame["area_km2"]
    assert (frame["rural"] == (density < 570)).all()
    assert frame["zone"].is_monotonic_increasing
    assert isinstance(frame.index, pd.RangeIndex)
    assert frame[["lon", "lat"]].isna().all(axis=None)


def test_zones_lie_in_the_square_and_are_of_like_population():
    frame = generate_zones(**COUNTY, seed=3)
    side = 6000**0.5
    assert frame[["x_km", "y_km"]].min(axis=None) > 0
    assert frame[["x_km", "y_km"]].max(axis=None) < side
    assert frame["population"].max() < 6 * frame["population"].median()
    assert frame["population"].min() > frame["population"].median() / 6


def test_the_city_is_the_biggest_and_near_the_middle():
    frame = generate_zones(**COUNTY, seed=3)
    urban = frame[~frame["rural"]]
    people = urban.groupby("district")["population"].sum()
    assert set(people.index) == {"City", *(f"Town {k}" for k in range(1, 7))}
    assert people.idxmax() == "City"
    # Ranks 5 (city), 1, 1/2 ... 1/6: shares of the urban residents.
    assert people["City"] / people.sum() == pytest.approx(5 / 7.45, abs=0.005)
    assert people["Town 1"] / people["Town 2"] == pytest.approx(2.0, rel=0.01)
    city = urban[urban["district"] == "City"]
    assert np.abs(city[["x_km", "y_km"]].mean() - 6000**0.5 / 2).max() < 0.11 * 6000**0.5


def test_people_3km_is_about_the_density_of_a_large_zone():
    frame = generate_zones(name="Plain", people=100_000, area_km2=1000.0, rural_share=1.0, zones=20, seed=1)
    inside = frame[frame["x_km"].between(3, 28) & frame["y_km"].between(3, 28)]
    # 100 people a km2 over a disc of radius 3 km, from sample points.
    assert inside["people_3km"].mean() == pytest.approx(100 * np.pi * 9, rel=0.05)
    assert frame["rural"].all()
    assert set(frame["district"]) == {"Plain"}


def test_the_same_arguments_give_the_same_region_and_another_seed_another():
    first = generate_zones(**COUNTY, seed=1)
    pd.testing.assert_frame_equal(first, generate_zones(**COUNTY, seed=1))
    assert not first["x_km"].equals(generate_zones(**COUNTY, seed=2)["x_km"])
    assert not first["x_km"].equals(generate_zones(**{**COUNTY, "name": "Other"}, seed=1)["x_km"])


def test_all_urban_fills_the_square():
    frame = generate_zones(
        name="Town", people=1_000_000, area_km2=300.0, rural_share=0.0, zones=40, seed=0, cities=2, towns=1
    )
    assert not frame["rural"].any()
    assert frame["area_km2"].sum() == pytest.approx(300.0)
    assert set(frame["district"]) == {"City 1", "City 2", "Town"}


def test_an_impossible_rural_share_still_gives_the_people_and_the_area():
    frame = generate_zones(name="Dense", people=50_000, area_km2=10.0, rural_share=0.5, zones=20, seed=1)
    assert frame["population"].sum() == 50_000
    assert frame["area_km2"].sum() == pytest.approx(10.0)
    assert rural_share(frame) == 0.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"area_km2": 0.0}, "area must be above 0"),
        ({"area_km2": float("nan")}, "area must be above 0"),
        ({"rural_share": 1.5}, "between 0 and 1"),
        ({"towns": -1}, "0 or more"),
        ({"cities": 0, "towns": 0}, "needs a city or a town"),
        ({"zones": 7}, "7 zones are too few for 8"),
        ({"people": 50}, "50 residents are too few for 90 zones"),
    ],
)
def test_wrong_arguments(change, message):
    with pytest.raises(ValueError, match=message):
        generate_zones(**{**COUNTY, **change}, seed=0)
