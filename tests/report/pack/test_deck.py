"""The deck: titles, text sizes, nothing past an edge, words for all that is not text, the same bytes."""

import io
import re
import shutil
import subprocess
import zipfile

import pytest

pptx = pytest.importorskip("pptx", reason="the extra pack is not installed")

from armsim.report.pack.deck import deck_bytes  # noqa: E402
from armsim.report.pack.slides import Deck  # noqa: E402
from armsim.report.page.parts import Cell, Table  # noqa: E402

SMALL_PT = 12.0


@pytest.fixture(scope="module")
def content(pack):
    return (pack / "deck.pptx").read_bytes()


@pytest.fixture(scope="module")
def deck(content):
    return pptx.Presentation(io.BytesIO(content))


def shapes(deck):
    return [(slide, shape) for slide in deck.slides for shape in slide.shapes]


def test_every_slide_has_a_title_and_notes_and_charts_are_titled_by_their_finding(deck, material):
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert all(titles)
    for placed in material.charts:
        if placed.chart.name in (
            "difference_no_arv_free",
            "arv_availability",
            "response_parts",
            "armed_percentiles",
        ):
            assert placed.chart.title in titles
            slide = deck.slides[titles.index(placed.chart.title)]
            assert placed.chart.context.source in slide.notes_slide.notes_text_frame.text


def test_the_first_slide_asks_and_answers(deck, material):
    words = [shape.text_frame.text for shape in deck.slides[0].shapes if shape.has_text_frame]
    assert '=HYPERLINK("http://x") <b>question</b>' in words
    answer = next(block.paragraphs[0] for block in material.section("answer").blocks if block.kind == "words")
    assert answer in words


def test_nothing_reaches_past_an_edge(deck):
    for _, shape in shapes(deck):
        assert shape.left >= 0
        assert shape.top >= 0
        assert shape.left + shape.width <= deck.slide_width
        assert shape.top + shape.height <= deck.slide_height


def test_all_that_is_not_text_is_described(deck):
    kinds = set()
    for _, shape in shapes(deck):
        if shape.has_text_frame:
            continue
        kinds.add("chart" if shape.has_chart else "table" if shape.has_table else "picture")
        assert len(shape._element._nvXxPr.cNvPr.get("descr")) > 20
    assert kinds == {"chart", "table", "picture"}


def test_body_text_is_eighteen_points_or_more_and_tables_fourteen(deck):
    for slide, shape in shapes(deck):
        if shape.has_table:
            cells = [cell for row in shape.table.rows for cell in row.cells]
            sizes = [
                run.font.size.pt for cell in cells for one in cell.text_frame.paragraphs for run in one.runs
            ]
            assert min(sizes) >= 14
        elif shape.has_text_frame:
            for run in (run for one in shape.text_frame.paragraphs for run in one.runs):
                size = run.font.size.pt
                at_the_foot = shape.top > 0.8 * deck.slide_height
                assert size >= 18 or (size <= 14 and at_the_foot), (
                    slide.shapes.title.text_frame.text,
                    run.text,
                )


def test_charts_are_native_with_four_series_at_most_and_limits_as_error_bars(deck, material):
    charts = {
        slide.shapes.title.text_frame.text: shape.chart for slide, shape in shapes(deck) if shape.has_chart
    }
    assert len(charts) >= 6
    assert all(len(list(chart.plots[0].series)) <= 4 for chart in charts.values())
    chart = next(one.chart for one in material.charts if one.chart.name == "difference_no_arv_free")
    drawn = charts[chart.title]
    row = chart.data.iloc[0]
    assert list(drawn.plots[0].series[0].values) == [pytest.approx(100 * row["difference"])]
    xml = drawn.part.blob.decode()
    plus = float(re.search(r"<c:plus>.*?<c:v>([^<]+)</c:v>", xml)[1])
    assert plus == pytest.approx(100 * (row["high"] - row["difference"]))


def test_workbooks_behind_charts_hold_no_formula(content):
    books = [name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if name.endswith(".xlsx")]
    assert books
    seen = ""
    for name in books:
        book = zipfile.ZipFile(io.BytesIO(zipfile.ZipFile(io.BytesIO(content)).read(name)))
        seen += "".join(book.read(part).decode() for part in book.namelist() if part.endswith(".xml"))
    assert "<f>" not in seen
    assert "'=cmd+1 &amp; more" in seen


def test_the_same_material_gives_the_same_bytes_and_no_date(content, material):
    assert deck_bytes(material) == content
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert archive.read("docProps/core.xml").count(b"2000-01-01T00:00:00Z") == 2


def test_a_long_table_goes_on_and_says_where_the_rest_is():
    deck = Deck("t", "s")
    rows = tuple((Cell(f"row {index}"), Cell("word " * 30, "small"), Cell("3")) for index in range(40))
    deck.table(Table("Long", ("A", "B", "C"), rows), "Long", most_slides=2)
    slides = list(pptx.Presentation(io.BytesIO(deck.content())).slides)
    assert [slide.shapes.title.text_frame.text for slide in slides] == ["Long", "Long (continued)"]
    tables = [next(shape.table for shape in slide.shapes if shape.has_table) for slide in slides]
    shown = sum(len(table.rows) - 1 for table in tables)
    last = [shape.text_frame.text for shape in slides[-1].shapes if shape.has_text_frame]
    assert f"{40 - shown} more rows are in tables/tables.html." in last


def test_a_wide_table_keeps_whole_words():
    head = tuple(f"neighbourhoods {index}" for index in range(15))
    deck = Deck("t", "s")
    deck.table(Table("Wide", head, (tuple(Cell("1") for _ in head),)), "Wide")
    slide = pptx.Presentation(io.BytesIO(deck.content())).slides[0]
    table = next(shape.table for shape in slide.shapes if shape.has_table)
    kept = len(table.columns)
    assert 3 <= kept < 15
    words = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    assert f"{15 - kept} more columns are in tables/tables.html." in words


def test_a_minus_does_not_stay_behind_at_the_end_of_a_line():
    deck = Deck("t", "s")
    deck.words("-1+2", ["no clear difference (-63 to -£2k), 4-day"])
    slide = pptx.Presentation(io.BytesIO(deck.content())).slides[0]
    assert slide.shapes.title.text_frame.text == "-1+2"
    words = [shape.text_frame.text for shape in slide.shapes]
    assert "no clear difference (\u221263 to \u2212£2k), 4-day" in words


def test_points_that_do_not_fit_go_on_and_one_too_long_is_cut():
    deck = Deck("t", "s")
    deck.words("Many", [f"point {index} " + "word " * 20 for index in range(12)] + ["endless " * 900])
    slides = list(pptx.Presentation(io.BytesIO(deck.content())).slides)
    assert len(slides) >= 3
    assert slides[-1].shapes[-2].text_frame.text.endswith("…") or any(
        shape.has_text_frame and shape.text_frame.text.endswith("…") for shape in slides[-1].shapes
    )


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_prints_every_slide(pack, deck, tmp_path):
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path),
         f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", str(pack / "deck.pptx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    printed = (tmp_path / "deck.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == len(deck.slides)
