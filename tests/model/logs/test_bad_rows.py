"""Bad logs: every fault has its row and its reason, and none takes a good row with it."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from armsim.errors import ScenarioError
from armsim.model.logs import RefusedLogError, tables

from .small_logs import HEADER, INCIDENT, UNIT, row

TOLERANT = INCIDENT + "limits: {bad_rows: 60%}\n"
GOOD = [row(number) for number in range(6)]
NO_TIMES = {"sent_1": "", "there_1": "", "free_1": ""}


@pytest.mark.parametrize(
    ("cells", "column", "value", "reason"),
    [
        ({"number": ""}, "number", "", "the incident has no number"),
        ({"called": ""}, "called", "", "no time of receipt"),
        ({"called": "1 Feb"}, "called", "1 Feb", "not a date and time"),
        ({"called": "2017-02-01"}, "called", "2017-02-01", "not a date and time"),
        ({"called": "2017-02-30 10:00"}, "called", "2017-02-30 10:00", "not a date and time"),
        ({"called": "1917-02-01 10:00"}, "called", "1917-02-01 10:00", "not a time from 1990"),
        (
            {"called": "2017-03-26 01:30:00", **NO_TIMES},
            "called",
            "2017-03-26 01:30:00",
            "never was in Europe",
        ),
        (
            {"called": "2017-10-29 01:30:00", **NO_TIMES},
            "called",
            "2017-10-29 01:30:00",
            "came twice in Europe",
        ),
        ({"called": "2017-02-01T09:00:00Z", **NO_TIMES}, "called", "2017-02-01 09:00:00", "time zones mixed"),
        (
            {"there_1": "2017-02-01 09:01:00"},
            "there_1",
            "0.50 min before",
            "arrived before it was dispatched",
        ),
        ({"sent_1": "2017-02-01 08:59:00"}, "sent_1", "1.00 min before", "dispatched before it was received"),
        ({"free_1": "2017-02-03 09:45:00"}, "free_1", "2918.00 min after", "available more than 1440 min"),
        ({"second": "B", "second_s": -5}, "second_s", "-5", "less than 0"),
        ({"second": "B", "second_s": "5m"}, "second_s", "5m", "not a number"),
        ({"sent": "two"}, "sent", "two", "not a number"),
        ({"sent": "2.5"}, "sent", "2.5", "not a whole number"),
        ({"sent": "9" * 30}, "sent", "9" * 30, "more than 10,000 units"),
        ({"called": "2017-02-01T09+01", **NO_TIMES}, "called", "2017-02-01T09+01", "not a date and time"),
        ({"north": ""}, "east", "", "one coordinate without the other"),
        ({"east": 180000, "north": 530090}, "east", "180000, 530090", "outside the region"),
        ({"east": 5300900}, "east", "5.3009e+06", "easting outside 0 to 700000"),
        ({"number": "N2"}, "number", "N2 (row 4)", "the same incident again, otherwise"),
    ],
)
def test_a_bad_row_is_kept_aside_with_its_number_and_reason(read, cells, column, value, reason) -> None:
    log = read([*GOOD, row(9, **cells)], TOLERANT)
    assert len(log.incidents) == len(GOOD)
    (bad,) = log.rejected.to_dict("records")
    assert (bad["row"], bad["column"], bad["value"]) == (8, column, value)
    assert reason in bad["reason"]


def test_a_row_that_comes_twice_word_for_word_is_told_from_one_that_contradicts(read) -> None:
    log = read([*GOOD, row(3), row(4, sent=2)], TOLERANT)
    assert log.rejected["reason"].tolist() == [
        "this row comes twice, word for word",
        "the same incident again, otherwise",
    ]
    assert log.incidents["units_sent"].tolist() == [1.0] * len(GOOD)


def test_the_hour_that_comes_twice_can_be_said_to_be_the_first_or_the_second(read) -> None:
    rows = [
        row(0, called="2017-10-29 00:30:00", **NO_TIMES),
        row(1, called="2017-10-29 01:30:00", **NO_TIMES),
    ]
    for which, gap in (("earlier", 60.0), ("later", 120.0)):
        log = read(rows, INCIDENT + f"stamps: {{ambiguous: {which}}}\n")
        assert log.incidents["minute"].diff().iloc[1] == gap


def test_times_in_other_formats_are_read_by_the_formats_stated(read) -> None:
    stamps = {"called": "23/02/2017 17:04", **NO_TIMES}
    with pytest.raises(RefusedLogError, match=r"log.csv:2:1  called  1 row: not a date and time"):
        read([row(0, **stamps)])
    log = read(
        [row(0, **stamps), row(1)], INCIDENT + 'stamps: {formats: ["%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M"]}\n'
    )
    assert log.incidents["received"].astype(str).tolist() == ["2017-02-01 01:00:00", "2017-02-23 17:04:00"]


def test_a_format_without_an_offset_reads_none_where_the_text_looks_like_one(read) -> None:
    """The 1704 of 20170702-1704 is a time of day: in July it would be read an hour late as one of UTC."""
    log = read(
        [row(0, called="20170702-1704", **NO_TIMES)], INCIDENT + 'stamps: {formats: ["%Y%m%d-%H%M"]}\n'
    )
    assert log.incidents["received"].astype(str).tolist() == ["2017-07-02 17:04:00"]


def test_a_format_with_an_offset_reads_it(read) -> None:
    stamps = INCIDENT + 'stamps: {formats: ["%d/%m/%Y %H:%M %z"]}\n'
    log = read([row(0, called="02/07/2017 17:04 +0200", **NO_TIMES)], stamps)
    assert log.incidents["received"].astype(str).tolist() == ["2017-07-02 16:04:00"]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("%d/%m/%Q", "'Q' is a bad directive"),
        ("%d/%d/%Y", "cannot be used: redefinition"),
        ("%d/%m/%Y %H:%M %Z", "names of zones (%Z) cannot be read"),
    ],
)
def test_a_format_that_cannot_be_used_is_refused_where_it_is_written(read, written, reason) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(GOOD, INCIDENT + f'stamps: {{formats: ["{written}"]}}\n')
    (problem,) = caught.value.problems
    assert reason in str(problem)
    assert str(problem).startswith("log.yaml:10:1  stamps")


def test_rows_outside_the_days_that_the_log_is_said_to_cover(read) -> None:
    log = read([*GOOD, row(30)], TOLERANT + "span: {from: 2017-02-01, until: 2017-02-02}\n")
    assert log.rejected["reason"].tolist() == ["received outside 2017-02-01 to before 2017-02-02"]


def test_coordinates_outside_a_stated_extent(read) -> None:
    log = read(GOOD, TOLERANT + "extent: [530000, 170000, 530035, 190000]\n")
    assert log.incidents["incident"].tolist() == ["N0", "N1", "N2", "N3"]
    assert set(log.rejected["reason"]) == {"the place lies outside the region"}


def test_a_unit_with_impossible_times_leaves_its_incident(read) -> None:
    text = (
        "number,called,what,unit,kind,sent,mobile,there,hospital,free\n"
        "7,2017-02-01 10:00:00,fall,A,car,2017-02-01 10:02:00,2017-02-01 10:01:00,,,2017-02-01 10:40:00\n"
        "8,2017-02-01 10:00:00,fall,A,car,2017-02-01 10:02:00,,,,2017-02-01 10:40:00\n"
        "8,2017-02-01 10:05:00,fall,B,car,2017-02-01 10:06:00,,,,2017-02-01 10:40:00\n"
    )
    log = read(text, UNIT + "limits: {bad_rows: 90%}\n")
    assert log.incidents["incident"].tolist() == ["7", "8"]
    assert log.units["incident"].tolist() == ["8"]
    assert log.rejected["reason"].tolist() == [
        "mobile before it was dispatched",
        "received at another time than its incident's first row says",
    ]


@pytest.mark.parametrize("mapping", [UNIT, UNIT.replace("  - unit: unit\n    kind", "  - kind")])
def test_units_without_a_name_that_are_sent_in_one_second_are_two(read, mapping) -> None:
    text = (
        "number,called,what,unit,kind,sent,mobile,there,hospital,free\n"
        "7,2017-02-01 10:00:00,fall,,car,2017-02-01 10:02:00,,2017-02-01 10:07:00,,2017-02-01 10:40:00\n"
        "7,2017-02-01 10:00:00,fall,,car,2017-02-01 10:02:00,,2017-02-01 10:09:00,,2017-02-01 10:40:00\n"
    )
    log = read(text, mapping)
    assert log.rejected.empty
    assert log.units["attendance"].tolist() == [5.0, 7.0]
    assert log.incidents["units_sent"].tolist() == [2.0]


def test_a_row_with_two_faults_is_counted_once(read) -> None:
    mapping = UNIT.replace("type: what}", "type: what, x_km: kind, y_km: hospital}").replace(
        "[hospital, free]", "free"
    )
    text = "number,called,what,unit,kind,sent,mobile,there,hospital,free\n" + "".join(
        f"{k},2017-02-01 10:00:00,fall,A,500.{k},2017-02-01 10:02:00,,,200,\n" for k in range(20)
    )
    twice = "30,2017-02-01 10:00:00,fall,A,9000,2017-02-01 10:02:00,2017-02-01 10:01:00,,200,\n"
    log = read(text + twice, mapping.replace("    kind: kind\n", "") + "limits: {bad_rows: 10%}\n")
    assert log.rejected["reason"].tolist() == ["mobile before it was dispatched"]
    assert len(log.incidents) == 20


def test_a_log_with_too_many_bad_rows_is_refused_with_the_commonest_reasons(read) -> None:
    rows = [*GOOD, *(row(10 + k, sent="x") for k in range(3)), row(20, number="")]
    with pytest.raises(RefusedLogError) as caught:
        read(rows)
    first, *rest = map(str, caught.value.problems)
    assert first == (
        "log.csv  4 of 10 rows are bad (40.0%); limits: bad_rows allows 5.0%; the commonest reasons follow"
    )
    assert rest == [
        'log.csv:8:1  sent  3 rows: not a number; the first has "x"',
        'log.csv:11:1  number  1 row: the incident has no number; the first has ""',
    ]
    assert caught.value.rejected["row"].tolist() == [8, 9, 10, 11]


def test_ragged_rows_and_quoted_lines_keep_the_count_of_rows(read, monkeypatch) -> None:
    for block in (tables.BLOCK_BYTES, 400):  # as one piece, and row after row
        monkeypatch.setattr(tables, "BLOCK_BYTES", block)
        rows = [
            row(0, what='"fire\nand smoke"'),
            "N9,2017-02-02 10:00:00\n",
            row(1),
            "a,b,c\n",
            row(2, sent="x"),
        ]
        log = read(rows, INCIDENT + "limits: {bad_rows: 80%}\n")
        assert log.incidents["row"].tolist() == [2, 4]
        assert log.rejected["row"].tolist() == [3, 5, 6]
        assert log.rejected["reason"].iloc[0] == "this row has 2 cells, the header 13"
        assert log.rows == 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (HEADER.encode(), "the file has a header and no rows"),
        (HEADER.strip().encode(), "the file has a header and no rows"),
        (b"PK\x03\x04rest", "this is not CSV but a spreadsheet or zip archive"),
        (b"\x7fELF\x00\x00\x00\n1,2", "this is not CSV: it holds bytes that no text has"),
        ((HEADER + row(0)).encode("utf-16"), "this is not CSV but UTF-16 text"),
        ((HEADER + row(0, what="caf\xe9")).encode("cp1252"), "log.csv:2:1  this row is not utf-8 text"),
        (
            (HEADER + row(0)).replace("called", "recalled", 1).encode(),
            "no column 'called'; did you mean recalled?",
        ),
        ((HEADER + row(0)).replace("called", '" Called "', 1).encode(), "the header has ' Called '"),
        (
            (HEADER + row(0)).replace("called", "xyz", 1).encode(),
            "the header has 13 columns: 'number', 'xyz'",
        ),
        ((HEADER + row(0)).replace("sent,", "called,", 1).encode(), "2 columns are headed 'called'"),
        ((HEADER + '"' + row(0) * 40).encode(), "a quotation mark is not closed"),
    ],
)
def test_what_is_no_log_is_refused_in_one_line(read, content, message) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(content)
    assert any(message in str(problem) for problem in caught.value.problems)


def test_another_encoding_is_read_when_it_is_stated(read) -> None:
    text = (HEADER + row(0, what="caf\xe9")).encode("cp1252")
    assert read(text, INCIDENT + "csv: {encoding: cp1252}\n").incidents["type"].tolist() == ["caf\xe9"]


@pytest.mark.parametrize("name", ["base64", "rot13", "utf-99"])
def test_an_encoding_that_is_none_of_text_is_refused(read, name) -> None:
    with pytest.raises(ScenarioError, match=f'"{name}" is no encoding of text'):
        read(GOOD, INCIDENT + f"csv: {{encoding: {name}}}\n")


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("what", [["fire"]], "what  the column holds list"),
        ("second_s", pa.array([5_000], pa.duration("ms")), "second_s  the column holds duration"),
        ("what", [b"\xff"], "cannot be read as Parquet: Invalid UTF8"),
        ("called", pa.array([2**62], pa.timestamp("us")), "not a time from 1990 to 2099"),
    ],
)
def test_columns_of_parquet_that_are_no_cells_are_refused(read, tmp_path, column, values, message) -> None:
    cells = dict(zip(HEADER.strip().split(","), row(0).strip().split(","), strict=True))
    table = pa.table({name: [value] for name, value in cells.items()} | {column: values})
    pq.write_table(table, tmp_path / "log.parquet")
    with pytest.raises(ScenarioError) as caught:
        read([row(0)], INCIDENT.replace("log.csv", "log.parquet"))
    assert any(message in str(problem) for problem in caught.value.problems)


def test_text_that_parquet_keeps_as_bytes_is_text(read, tmp_path) -> None:
    cells = dict(zip(HEADER.strip().split(","), row(0).strip().split(","), strict=True))
    table = pa.table({name: [value.encode()] for name, value in cells.items()})
    pq.write_table(table, tmp_path / "log.parquet")
    log = read([row(0)], INCIDENT.replace("log.csv", "log.parquet"))
    assert log.incidents["type"].tolist() == ["fire"]


def test_a_damaged_archive_is_refused(read, tmp_path) -> None:
    (tmp_path / "log.csv.gz").write_bytes(b"\x1f\x8b\x08\x00broken")
    with pytest.raises(ScenarioError, match=r"cannot be read|damaged"):
        read([row(0)], INCIDENT.replace("log.csv", "log.csv.gz"))
    (tmp_path / "log.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(ScenarioError, match="cannot be read as Parquet"):
        read([row(0)], INCIDENT.replace("log.csv", "log.parquet"))
