"""Tables as Markdown, HTML and CSV, cell by cell."""

import csv

from armsim.report.pack.tables import as_csv, as_html, as_markdown, tables_of
from armsim.report.page.parts import Cell, Folded, Points, Section, Table, Tile, Tiles, Words

TABLE = Table("Figures | all", ("Run", "P90"), ((Cell("a|b"), Cell("12.4 min", "11.9–12.8")),), "A note.")
SECTION = Section(
    "s",
    "A <title>",
    (
        Words(("One.",)),
        Points(("*two*",)),
        Folded("more", (TABLE,)),
        Tiles("Main", (Tile("x", "1", ""),)),
    ),
)


def test_tables_are_those_behind_a_control_too_and_tiles():
    assert [table.caption for table in tables_of(SECTION)] == ["Figures | all", "Main"]


def test_markdown_shows_signs_as_they_are():
    text = as_markdown([SECTION], "T", "source")
    assert "## A \\<title\\>" in text
    assert "- \\*two\\*" in text
    assert "| a\\|b | 12.4 min (11.9–12.8) |" in text
    assert "| --- | ---: |" in text
    assert "A note." in text


def test_html_has_captions_scopes_and_limits_under_figures():
    text = as_html([SECTION], "T & U", "source")
    assert "<title>T &amp; U</title>" in text
    assert "<caption>Figures | all</caption>" in text
    assert '<th scope="row">a|b</th><td>12.4 min<br><small>11.9–12.8</small></td>' in text


def test_csv_has_a_column_for_limits_and_no_two_columns_alike():
    rows = ((Cell("a"), Cell("=1"), Cell("-2.5")),)
    text = as_csv(Table("T", ("Run", "X", "X"), rows)).decode()
    assert list(csv.reader(text.splitlines())) == [["Run", "X", "X (2)"], ["a", "'=1", "'-2.5"]]
    told = as_csv(TABLE).decode()
    assert next(csv.reader(told.splitlines())) == ["Run", "P90", "P90, limits or note"]
