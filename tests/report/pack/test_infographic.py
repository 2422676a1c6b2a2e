"""The page of the year: figures of the metrics, the scaling said, inside the page."""

import xml.etree.ElementTree as ET

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from armsim.report.files import drawn
from armsim.report.pack.infographic import draw
from armsim.report.pack.year import items, scaled


@pytest.fixture(scope="module")
def page(material):
    return draw(material, "now")


def test_a_year_is_the_window_scaled_and_that_is_said(page, material):
    data = material.view.option("now")
    told = {one.name: one for one in items(material.view, "now")}
    firearms = data.total(
        ["incidents:grade=FIREARMS:level=SEVERE", "incidents:grade=FIREARMS:level=CRITICAL"]
    )
    assert told["Firearms"].value.value == pytest.approx(firearms.mean() * 365.25 / 4)
    assert told["Incidents"].value.value == pytest.approx(
        told["Firearms"].value.value + told["Grade 1"].value.value
    )
    words = scaled(data)
    assert "window of 4 days from 5 March 2018" in words
    assert "×91.3" in words
    assert "SEVERE 75% of it, CRITICAL 25% of it" in words
    printed = " ".join(text.get_text() for text in page.figure.texts).replace("\n", " ")
    assert words in printed


def test_figures_are_those_of_the_metrics_with_their_limits(page, material):
    row = material.view.figure("now", "no_arv_free")
    mine = page.data[page.data["figure"] == "Time with no ARV free"].iloc[0]
    assert (mine["value"], mine["low"], mine["high"]) == (row["value"], row["low"], row["high"])
    cost = material.view.figure("now", "cost_a_year")
    assert page.data[page.data["figure"] == "Cost a year"]["value"].iloc[0] == pytest.approx(cost["value"])
    assert set(page.data["part"]) == {"incidents", "response", "people", "cost"}


@pytest.mark.filterwarnings("ignore:Glyph")
def test_all_text_is_on_the_page(page):
    canvas = FigureCanvasAgg(page.figure)
    canvas.draw()
    whole = page.figure.bbox
    for text in [*page.figure.texts, *(one for axes in page.figure.axes for one in axes.texts)]:
        box = text.get_window_extent(canvas.get_renderer())
        assert box.x0 >= whole.x0, text.get_text()
        assert box.x1 <= whole.x1, text.get_text()
        assert box.y0 >= whole.y0, text.get_text()
        assert box.y1 <= whole.y1, text.get_text()


def test_it_is_a4_the_same_bytes_each_time_and_names_its_run(page, material):
    assert tuple(page.figure.get_size_inches()) == (8.27, 11.69)
    run = material.view.results.run_id
    again = draw(material, "now")
    for kind in ("svg", "pdf"):
        content = drawn(page, kind)
        assert drawn(again, kind) == content
        assert b"CreationDate" not in content
    assert run in drawn(page, "svg").decode()
    root = ET.fromstring(drawn(page, "svg"))
    assert not [node for node in root.iter() if node.tag.lower().endswith("script")]
    assert f"run {run}".encode() in drawn(page, "png", 40)
