import gzip
import io
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from armsim.errors import ScenarioError
from armsim.model.logs import INTERVALS, read_log

from .small_logs import HEADER, INCIDENT, UNIT, row

SEVERAL = (
    "number,called,what,unit,kind,sent,mobile,there,hospital,free\n"
    "7,2017-02-01 10:00:00,fall,A,car,2017-02-01 10:02:00,2017-02-01 10:03:00,2017-02-01 10:09:00,,"
    "2017-02-01 10:40:00\n"
    "8,2017-02-01 09:30:00,fire,C,van,2017-02-01 09:31:00,,,,2017-02-01 09:50:00\n"
    "7,2017-02-01 10:00:00,fall,B,van,2017-02-01 10:02:30,2017-02-01 10:04:00,2017-02-01 10:06:00,"
    "2017-02-01 10:20:00,2017-02-01 11:00:00\n"
)


def test_an_incident_row_becomes_an_incident_and_its_units(read) -> None:
    log = read([row(1, second="B2", second_s=300), row(0)])
    assert log.incidents["incident"].tolist() == ["N0", "N1"]  # by time received
    assert log.incidents["row"].tolist() == [3, 2]
    assert log.incidents["minute"].tolist() == [0.0, 60.0]
    assert log.incidents[["x_km", "y_km"]].to_numpy().tolist() == [[530.0, 180.0], [530.01, 180.0]]
    assert log.units["unit"].tolist() == ["A1", "B2", "A1"]  # the second unit arrived first at N1
    assert log.units["ordinal"].tolist() == [1, 1, 2]
    first = log.units.iloc[0]
    assert [first[name] for name in ("to_dispatch", "attendance", "busy")] == [1.5, 5.5, 43.5]
    assert np.isnan([first["turnout"], first["travel"], first["scene"]]).all()
    assert log.units["attendance"].tolist() == [5.5, 5.0, 5.5]
    assert log.clocks == {"to_dispatch", "attendance", "busy"}
    assert any("turnout and travel come as one time" in note for note in log.notes)


def test_a_unit_row_is_a_response_and_the_first_filled_column_counts(read) -> None:
    log = read(SEVERAL, UNIT)
    assert log.incidents["incident"].tolist() == ["8", "7"]
    assert log.incidents["units_sent"].tolist() == [1.0, 2.0]
    assert log.units["unit"].tolist() == ["C", "B", "A"]
    assert log.units["scene"].tolist()[1:] == [14.0, 31.0]  # to the hospital; free straight away
    assert log.units["busy"].tolist() == [19.0, 57.5, 38.0]
    assert log.units["travel"].tolist()[1:] == [2.0, 6.0]
    assert np.isnan(log.units["travel"].iloc[0])
    assert log.clocks == set(INTERVALS)


def test_columns_go_by_name_whatever_their_order(read, tmp_path) -> None:
    plain = read([row(0), row(1)])
    table = pd.read_csv(tmp_path / "log.csv", dtype=str, keep_default_na=False)
    other = read(table[sorted(table.columns)].to_csv(index=False))
    pd.testing.assert_frame_equal(plain.incidents, other.incidents)
    pd.testing.assert_frame_equal(plain.units, other.units)


def test_compressed_parquet_semicolons_and_a_byte_order_mark_read_alike(read, tmp_path) -> None:
    plain = read([row(0), row(1)])
    text = (tmp_path / "log.csv").read_text()
    marked = read(b"\xef\xbb\xbf" + text.replace(",", ";").encode())
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(text.encode()))
    table = pd.read_csv(io.StringIO(text), parse_dates=["called", "sent_1", "there_1", "free_1"])
    table.to_parquet(tmp_path / "log.parquet")
    for log in (marked, *(_renamed(tmp_path, name) for name in ("log.csv.gz", "log.parquet"))):
        pd.testing.assert_frame_equal(plain.incidents, log.incidents)
        pd.testing.assert_frame_equal(plain.units, log.units)


def _renamed(folder, name):
    (folder / "other.yaml").write_text(INCIDENT.replace("files: log.csv", f"files: {name}"))
    return read_log("other.yaml")


def test_files_follow_each_other_and_rows_are_counted_in_each(read, tmp_path) -> None:
    (tmp_path / "more.csv").write_text(HEADER + row(5) + row(6, number=""))
    log = read([row(0)], INCIDENT.replace("log.csv", "[log.csv, more.csv]") + "limits: {bad_rows: 40%}\n")
    assert log.incidents["row"].tolist() == [2, 2]
    assert log.rejected[["file", "row"]].to_numpy().tolist() == [["more.csv", 3]]
    assert set(log.files) == {"log.yaml", "log.csv", "more.csv"}


def test_names_are_mapped_and_rows_chosen(read) -> None:
    mapping = INCIDENT + (
        "values: {type: {names: {fire: g1, smoke: g1}, other: g2}}\nwhere: {first_base: [Acton, Barnes]}\n"
    )
    rows = [row(0), row(1, what="smoke"), row(2, what="flood"), row(3, first_base="Crewe"), row(4, what="")]
    log = read(rows, mapping)
    assert log.incidents["type"].tolist() == ["g1", "g1", "g2", ""]
    assert log.rejected.empty
    assert "rows left out by where: 1" in log.notes


def test_extra_columns_are_numbers_when_all_are(read) -> None:
    mapping = INCIDENT.replace("units_sent: sent}", "extra: {crews: sent, base: first_base}}")
    log = read([row(0, sent=2), row(1, sent="", first_base="007")], mapping)
    assert log.incidents["crews"].tolist()[0] == 2.0
    assert log.incidents["crews"].isna().tolist() == [False, True]
    assert log.incidents["base"].tolist() == ["Acton", "007"]
    assert log.incidents["units_sent"].isna().all()


def test_bases_and_areas_come_from_tables(read, tmp_path) -> None:
    (tmp_path / "bases.csv").write_text("base,e,n,pumps\nBarnes,522000,176000,\nActon,519000,180000,2\n")
    (tmp_path / "wards.csv").write_text("ward,x,y\nA1,530.5,180.5\n")
    mapping = INCIDENT.replace("units_sent: sent}", "area: first}") + (
        "bases: {file: bases.csv, name: base, easting: e, northing: n, units: pumps}\n"
        "areas: {file: wards.csv, name: ward, x_km: x, y_km: y}\n"
    )
    log = read([row(0, east="", north=""), row(1)], mapping)
    assert log.bases["base"].tolist() == ["Acton", "Barnes"]
    assert log.bases["units"].tolist()[0] == 2.0
    assert log.incidents["x_km"].tolist() == [530.5, 530.01]
    assert log.incidents["at_area"].tolist() == [True, False]


def test_degrees_in_england_land_on_the_national_grid_and_others_on_their_own(read) -> None:
    mapping = INCIDENT.replace("easting: east, northing: north", "lon: east, lat: north")
    log = read([row(0, east=-0.11642, north=51.53123)], mapping)  # the reference log has 530750, 183050
    assert log.grid == "british"
    assert log.incidents["x_km"].iloc[0] == pytest.approx(530.75, abs=0.03)
    assert log.incidents["y_km"].iloc[0] == pytest.approx(183.05, abs=0.03)
    far = read([row(0, east=-122.42, north=37.78), row(1, east=-122.42, north=37.79)], mapping)
    assert far.grid == "local"
    assert np.diff(far.incidents["y_km"])[0] == pytest.approx(1.112, abs=0.001)


def test_minutes_are_real_minutes_over_a_change_of_clocks(read) -> None:
    stamps = ["2017-03-25 23:00:00", "2017-03-26 00:30:00", "2017-03-26 03:30:00"]
    rows = [row(k, called=stamp, sent_1="", there_1="", free_1="") for k, stamp in enumerate(stamps)]
    log = read(rows)
    assert log.incidents["minute"].tolist() == [1380.0, 1470.0, 1590.0]
    assert log.incidents["received"].dt.hour.tolist() == [23, 0, 3]


def test_offsets_are_read_and_brought_to_the_wall_clock(read) -> None:
    rows = [row(0, called="2017-07-01T10:00:00Z", sent_1="", there_1="", free_1="")]
    log = read(rows)
    assert log.incidents["received"].tolist() == [pd.Timestamp("2017-07-01 11:00:00")]


def test_a_date_and_a_time_in_two_columns_are_one_time(read) -> None:
    mapping = INCIDENT.replace("received: called", "received: {date: called, time: what}").replace(
        "type: what, ", ""
    )
    rows = [row(k, called="01-Feb-17", what=f"0{k}:00:30") for k in range(3)]
    rows += [
        row(3, called="01-Feb-17", what=""),
        row(4, called="", what=""),
        row(5, called="", what="10:00:00"),
    ]
    more = 'stamps: {formats: ["%d-%b-%y %H:%M:%S", "%Y-%m-%d %H:%M:%S"]}\nlimits: {bad_rows: 60%}\n'
    log = read(rows, mapping + more)
    assert log.incidents["minute"].tolist() == [0.5, 60.5, 120.5]
    assert log.rejected["value"].tolist() == ["01-Feb-17", "", "10:00:00"]
    assert log.rejected["reason"].iloc[1] == "no time of receipt"


def test_between_counts_from_its_own_first_day(read) -> None:
    log = read([row(0), row(23), row(24), row(50)])
    cut = log.between(date(2017, 2, 2), date(2017, 2, 3))
    assert cut.incidents["incident"].tolist() == ["N24"]
    assert cut.incidents["minute"].tolist() == [0.0]
    assert cut.units["incident"].tolist() == ["N24"]
    assert (log.days, cut.days) == (3, 1)
    with pytest.raises(ValueError, match="no incident from 2018-01-01"):
        log.between(date(2018, 1, 1), date(2018, 1, 2))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(8)), bad=st.sets(st.integers(0, 7), max_size=3))
def test_every_row_is_read_or_kept_aside_and_order_does_not_matter(read, order, bad) -> None:
    rows = {number: row(number, sent="many") if number in bad else row(number) for number in range(8)}
    log = read([rows[number] for number in order], INCIDENT + "limits: {bad_rows: 50%}\n")
    assert len(log.incidents) + len(log.rejected) == log.rows == 8
    assert set(log.incidents["incident"]) == {f"N{number}" for number in range(8) if number not in bad}
    assert log.incidents["received"].is_monotonic_increasing
    assert set(log.rejected["row"]) == {order.index(number) + 2 for number in bad}
    for name in INTERVALS:
        assert not (log.units[name] < 0).any()


def test_a_mapping_is_refused_where_it_is_wrong(read) -> None:
    mapping = INCIDENT.replace("Europe/London", "Europe/Londn") + "unit: 1\n"
    with pytest.raises(ScenarioError) as caught:
        read([row(0)], mapping)
    texts = [str(problem) for problem in caught.value.problems]
    assert texts[0].startswith("log.yaml:5:12  time_zone")
    assert "did you mean Europe/London?" in texts[0]
    assert texts[1] == "log.yaml:10:1  unit  unknown key; did you mean units?"


def test_files_that_are_not_there_are_named_where_the_mapping_names_them(read) -> None:
    with pytest.raises(ScenarioError) as caught:
        read([row(0)], INCIDENT.replace("log.csv", "calls.csv"))
    assert str(caught.value).startswith("log.yaml:3:1  files  no such file 'calls.csv'") or str(
        caught.value
    ).startswith("log.yaml:3:8  files  no such file 'calls.csv'")


def test_units_side_by_side_are_put_in_order_when_one_has_a_time_and_another_only_a_length(read) -> None:
    """The first unit of either row is there after 7 minutes, the second 400 s or 60 s after it was sent."""
    log = read([row(0, second="B", second_s=400), row(1, second="B", second_s=60)])
    assert log.units["unit"].tolist() == ["A1", "B", "B", "A1"]
    assert log.units["ordinal"].tolist() == [1, 2, 1, 2]
    assert log.units["attendance"].round(3).tolist() == [5.5, 6.667, 1.0, 5.5]
