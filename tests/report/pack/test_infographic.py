"""The page of the year: figures of the metrics, the scaling said, inside the page."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from armsim.analysis.intervals import Estimate
from armsim.report.charts import context_of
from armsim.report.files import drawn
from armsim.report.pack.infographic import draw
from armsim.report.pack.year import Item, _incidents, items, scaled


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


def printed(figure):
    return " ".join(text.get_text() for text in figure.texts).replace("\n", " ")


def test_one_replication_is_said_to_have_no_intervals(page, material, monkeypatch):
    assert "95% intervals" in printed(page.figure)
    alone = replace(context_of(material.view.results, "now"), replications=1)
    monkeypatch.setattr("armsim.report.pack.infographic.context_of", lambda *_: alone)
    found = printed(draw(material, "now").figure)
    assert "One replication has no intervals" in found
    assert "95% intervals" not in found


def test_a_response_that_cannot_be_told_is_said_to_be_missing(page, material, monkeypatch):
    assert "Too few" not in printed(page.figure)
    kept = [one for one in items(material.view, "now") if not one.name.startswith("Armed unit")]
    monkeypatch.setattr("armsim.report.pack.infographic.items", lambda *_: kept)
    assert "Too few incidents in the window to tell armed response." in printed(draw(material, "now").figure)


def test_a_figure_of_people_stands_under_whose_it_is(material, monkeypatch):
    """A team's name may hold a comma, and one column may lack what the other has."""

    def figure(words, of, value):
        return Item("people", f"{words}, {of}", "hours", Estimate(value, value, value, 0, 0), of)

    found = [figure("Week", "all teams", 1), figure("Week", "a, b team", 2), figure("Absent", "a, b team", 3)]
    monkeypatch.setattr("armsim.report.pack.infographic.items", lambda *_: found)
    across = {text.get_text(): text.get_position()[0] for text in draw(material, "now").figure.texts}
    assert across["a, b team"] == across["2.0\u00a0h"] == across["3.0\u00a0h"]
    assert across["all teams"] == across["1.0\u00a0h"] != across["a, b team"]


def test_a_grade_of_the_scenario_that_never_came_is_there_with_nothing(material, monkeypatch):
    data = material.view.option("now")
    columns = [str(name) for name in data.totals if str(name).startswith("incidents:grade=FIREARMS")]
    quiet = replace(data, totals=data.totals.assign(**dict.fromkeys(columns, 0.0)))
    told = {one.name: one.words for one in _incidents(material.view, "now", quiet)}
    assert told["Firearms"] == "0"
    assert not told.keys() & {"Grade 2", "Grade 3", "Planned"}
    nothing = [Item("incidents", "Firearms", "incidents a year", Estimate(0, 0, 0, 0, 0))]
    monkeypatch.setattr("armsim.report.pack.infographic.items", lambda *_: nothing)
    assert draw(material, "now").figure.axes[0].get_xlim() == (0, 1)
