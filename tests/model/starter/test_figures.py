"""The shipped tables: complete, as published, and refused when damaged."""

import os
from pathlib import Path

import pandas as pd
import pytest

from armsim.errors import DataError
from armsim.model.geography import force_slug, lsoa_table
from armsim.model.starter import figures
from armsim.model.starter.figures import force_figures, operations_totals


def test_regions_are_those_of_the_geography():
    lsoa = lsoa_table()
    assert lsoa.groupby("force")["region"].nunique().max() == 1
    region = lsoa.groupby("force")["region"].first()
    assert {one.name: one.region for one in force_figures().values()} == region.to_dict()


def test_people_area_and_crime_add_up():
    everyone = force_figures().values()
    assert sum(one.people for one in everyone) == 56_075_912
    assert sum(one.area_km2 for one in everyone) == pytest.approx(151_015, abs=1)
    assert sum(one.recorded_crime for one in everyone) == 4_821_452
    assert all(
        one.violence_with_injury + one.robbery + one.weapons < one.disorder < one.recorded_crime
        for one in everyone
    )


def test_every_published_figure_says_where_it_stands():
    for one in force_figures().values():
        given = one.operations is not None or one.armed_officers is not None
        assert bool(one.published_in) == given, one.name
    assert all(total.source for total in operations_totals().values())


def test_workforce_is_that_of_the_reference():
    folder = os.environ.get("ARMSIM_DATA")
    if not folder:
        pytest.skip("ARMSIM_DATA is not set: the workforce statistics are not at hand")
    summary = pd.read_csv(Path(folder) / "uk_police_stats" / "force_summary.csv")
    assert len(summary) == 43
    for row in summary.to_dict("records"):
        ours = force_figures()[force_slug(row["police_force"])]
        assert ours.officers == pytest.approx(row["officers_fte_2018_09"], abs=0.005)
        assert ours.specials == row["specials_2018_09"]
        assert ours.people == row["persons_2011"]
        assert ours.area_km2 == pytest.approx(row["area_km2"], abs=0.06)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        (b"force,region\n", "not the 43"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_damaged_table_is_refused(content, says, monkeypatch, tmp_path):
    (tmp_path / "data").mkdir()
    if content is not None:
        (tmp_path / "data" / "forces.csv").write_bytes(content)
    monkeypatch.setattr(figures, "files", lambda package: tmp_path)
    with pytest.raises(DataError, match=f"forces.csv.*{says}.*reinstall"):
        force_figures.__wrapped__()


def test_a_figure_that_is_no_number_is_refused(monkeypatch, tmp_path):
    whole = (Path(figures.__file__).parents[2] / "data" / "forces.csv").read_text()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "forces.csv").write_text(whole.replace(",1765.38,262,", ",1765.38,many,"))
    monkeypatch.setattr(figures, "files", lambda package: tmp_path)
    with pytest.raises(DataError, match="many"):
        force_figures.__wrapped__()
