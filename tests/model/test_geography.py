import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from armsim.model import geography
from armsim.model.geography import (
    ZONE_COLUMNS,
    as_zone_frame,
    force_names,
    force_zones,
    is_rural,
    lsoa_table,
    msoa_table,
    people_within,
    resolve_force,
)


@pytest.fixture(scope="module")
def lsoa():
    return lsoa_table()


@pytest.fixture(scope="module")
def reference():
    folder = os.environ.get("ARMSIM_DATA")
    if not folder:
        pytest.skip("ARMSIM_DATA is not set: the reference geography is not at hand")
    table = pd.read_csv(Path(folder) / "uk_geography_lsoa" / "lsoa2011_england_wales.csv.gz")
    return table.sort_values("lsoa11_code", ignore_index=True)


def test_the_country_is_complete(lsoa):
    assert len(lsoa) == lsoa["lsoa11"].nunique() == 34_753
    assert lsoa["msoa11"].nunique() == len(msoa_table()) == 7_201
    assert lsoa["district"].nunique() == lsoa["district_name"].nunique() == 348
    assert lsoa["force"].nunique() == len(force_names()) == 43
    assert lsoa["population"].sum() == msoa_table()["population"].sum() == 56_075_912
    assert lsoa["lsoa11"].is_monotonic_increasing
    assert not lsoa.isna().any(axis=None)


def test_areas_nest(lsoa):
    assert lsoa.groupby("district")["force"].nunique().max() == 1
    assert lsoa.groupby("msoa11")["force"].nunique().max() == 1
    assert lsoa.groupby("msoa11")["district"].nunique().max() == 1


@pytest.mark.parametrize(("resolution", "zones"), [("lsoa", 611), ("msoa", 125)])
def test_leicestershire(resolution, zones):
    frame = force_zones(["leicestershire"], resolution)
    assert tuple(frame.columns) == ZONE_COLUMNS
    assert len(frame) == zones
    assert frame["population"].sum() == 1_017_697
    assert round(frame["area_km2"].sum()) == 2_538
    assert set(frame["force"]) == {"Leicestershire"}
    assert frame.attrs["notes"] == []


def test_rural_shares(lsoa):
    def share(table):
        return table.loc[table["rural"], "population"].sum() / table["population"].sum()

    assert lsoa["rural"].sum() == 6_347
    assert share(lsoa) == pytest.approx(0.1853, abs=5e-5)
    assert share(lsoa[lsoa["region"] == "London"]) == pytest.approx(0.008, abs=5e-4)
    assert share(lsoa[lsoa["force"] == "Leicestershire"]) == pytest.approx(0.224, abs=5e-4)
    assert share(lsoa[lsoa["force"] == "Dyfed-Powys"]) == pytest.approx(0.69, abs=5e-3)
    assert share(msoa_table()) == pytest.approx(0.169, abs=5e-4)
    assert msoa_table()["rural"].sum() == 1_282
    assert (lsoa["rural"] == (lsoa["population"] / lsoa["hectares"] < 5.7)).all()


def test_people_3km_counts_across_force_borders(lsoa):
    for row in (0, 15_000, 34_752):
        away = np.hypot(lsoa["easting"] - lsoa["easting"][row], lsoa["northing"] - lsoa["northing"][row])
        assert lsoa["people_3km"][row] == lsoa.loc[away <= 3000, "population"].sum()


def test_msoa_coordinates_are_weighted_by_residents(lsoa):
    msoa = msoa_table().set_index("msoa11")
    crowded = lsoa.loc[(lsoa["easting"] * lsoa["population"]).idxmax()]
    assert crowded["easting"] * crowded["population"] > 2**31
    for code in (crowded["msoa11"], "E02005349"):
        part = lsoa[lsoa["msoa11"] == code]
        for column in ("easting", "northing", "lon", "lat", "people_3km"):
            expected = np.average(part[column].to_numpy(float), weights=part["population"])
            assert msoa.loc[code, column] == pytest.approx(expected, rel=1e-12)
        assert msoa.loc[code, "hectares"] == part["hectares"].sum()
    bounds = lsoa.groupby("msoa11")[["easting", "northing"]].agg(["min", "max"])
    assert (msoa["easting"] >= bounds["easting"]["min"] - 1e-6).all()
    assert (msoa["northing"] <= bounds["northing"]["max"] + 1e-6).all()


def test_the_tables_are_copies():
    for table in (lsoa_table, msoa_table):
        mine = table()
        mine.loc[0, "population"] = -1
        assert table()["population"].min() > 0


def test_reading_is_fast():
    geography._lsoa()
    geography._lsoa.cache_clear()
    start = time.perf_counter()
    geography._lsoa()
    assert time.perf_counter() - start < 0.5  # 0.02 to 0.05 s when the machine is idle


@pytest.mark.parametrize(
    ("spelt", "official"),
    [
        ("leicestershire", "Leicestershire"),
        ("Leicestershire Police", "Leicestershire"),
        ("avon-and-somerset", "Avon and Somerset"),
        ("Avon & Somerset Constabulary", "Avon and Somerset"),
        ("devon and cornwall", "Devon & Cornwall"),
        ("city-of-london", "London, City of"),
        ("City of London Police", "London, City of"),
        ("London, City of", "London, City of"),
        ("metropolitan", "Metropolitan Police"),
        ("metropolitan-police", "Metropolitan Police"),
        ("Metropolitan Police Service", "Metropolitan Police"),
        ("Dyfed Powys", "Dyfed-Powys"),
    ],
)
def test_spellings_of_forces(spelt, official):
    assert resolve_force(spelt) == official


def test_every_force_resolves_by_both_names():
    for slug, official in force_names():
        assert resolve_force(slug) == resolve_force(official) == official


def test_an_unknown_force_gets_a_suggestion():
    with pytest.raises(KeyError, match=r"'leicstershire' is not a police force.*did you mean leicestershire"):
        resolve_force("leicstershire")


@pytest.mark.parametrize(
    ("spelt", "near"),
    [
        ("yorkshire", "north-yorkshire or south-yorkshire or west-yorkshire?"),
        ("the met", "metropolitan?"), ("GMP", "greater-manchester?"), ("avon", "avon-and-somerset?"),
        ("Leics", "leicestershire?"), ("Kent County Constabulary", "kent?"), ("west mersia", "west-mercia?"),
    ],
)  # fmt: skip
def test_names_in_common_use_lead_to_short_names(spelt, near):
    with pytest.raises(KeyError) as caught:
        resolve_force(spelt)
    assert caught.value.args[0].endswith(f"; did you mean {near}")


def test_what_is_like_no_force_gets_no_suggestion():
    for name in ("Police Scotland", "British Transport Police", "", "&"):
        with pytest.raises(KeyError) as caught:
            resolve_force(name)
        assert caught.value.args[0].endswith("of England and Wales")


def test_forces_are_sorted_and_named_once():
    frame = force_zones(["warwickshire", "west-mercia", "Warwickshire Police"])
    assert list(frame["force"].unique()) == ["Warwickshire", "West Mercia"]
    assert frame["zone"].is_unique
    assert frame.equals(frame.sort_values(["force", "zone"], ignore_index=True))
    assert isinstance(frame.index, pd.RangeIndex)


def test_the_city_of_london_is_one_zone_and_says_so():
    frame = force_zones(["city-of-london"])
    assert len(frame) == 1
    assert "single zone" in frame.attrs["notes"][0]
    fine = force_zones(["city-of-london"], "lsoa")
    assert len(fine) == 6
    assert fine.attrs["notes"] == []


def test_wrong_arguments():
    with pytest.raises(ValueError, match="at least one force"):
        force_zones([])
    with pytest.raises(ValueError, match="'mosa' is unknown; did you mean msoa"):
        force_zones(["kent"], "mosa")


def test_is_rural_at_the_limit():
    assert is_rural([569, 570], [1.0, 1.0]).tolist() == [True, False]


def test_people_within_counts_a_point_exactly_that_far():
    assert people_within([0, 3, 7], [0, 0, 0], [1, 10, 100], 3.0).tolist() == [11, 11, 100]
    assert people_within([0.0], [0.0], [5], 3.0).tolist() == [5]


def test_zone_frame_types():
    raw = pd.DataFrame({name: ["b", "a"] if name in ZONE_COLUMNS[:3] else [1, 0] for name in ZONE_COLUMNS})
    frame = as_zone_frame(raw.assign(force="f"))
    assert frame["zone"].tolist() == ["a", "b"]
    assert frame["population"].dtype == "int64"
    assert frame["rural"].tolist() == [False, True]
    assert frame["rural"].dtype == "bool"


def test_reference_lsoas(lsoa, reference):
    pairs = {
        "lsoa11": "lsoa11_code", "lsoa_name": "lsoa11_name", "msoa11": "msoa_code", "force": "police_force",
        "district_name": "lad_name", "population": "persons_2011", "hectares": "hectares",
        "easting": "easting", "northing": "northing",
    }  # fmt: skip
    differing = {ours: int((lsoa[ours] != reference[theirs]).sum()) for ours, theirs in pairs.items()}
    assert differing == dict.fromkeys(pairs, 0)
    for degrees in ("lon", "lat"):
        assert (lsoa[degrees] - reference[degrees]).abs().max() < 6e-6


def test_reference_forces(lsoa):
    folder = os.environ.get("ARMSIM_DATA")
    if not folder:
        pytest.skip("ARMSIM_DATA is not set: the force summary is not at hand")
    summary = pd.read_csv(Path(folder) / "uk_police_stats" / "force_summary.csv").set_index("police_force")
    ours = lsoa.groupby("force").agg(n_lsoa=("lsoa11", "size"), persons_2011=("population", "sum"))
    assert len(ours) == 43
    assert ours.sort_index().equals(summary[["n_lsoa", "persons_2011"]].sort_index().loc[ours.index])
