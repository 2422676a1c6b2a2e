"""The page as a whole: well-formed, complete, harmless, the same every time, from the run folder alone."""

import json
import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest

from armsim.errors import RunFolderError
from armsim.report.page import interactive, pictures
from armsim.report.page.page import rendered, unfinished, write_page
from armsim.report.page.parts import Section, Words
from armsim.report.page.view import view_of
from armsim.study.results import Results

from . import small

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Reader(HTMLParser):
    """Elements of a page, their attributes and text; knows what is still open."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.text = [], [], {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, len(self.elements) - 1))

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open[-1][0] == tag, (tag, self.open[-3:])
        self.open.pop()

    def handle_data(self, data):
        for _, index in self.open:
            self.text[index] = self.text.get(index, "") + data

    def all(self, tag):
        return [(index, attributes) for index, (name, attributes) in enumerate(self.elements) if name == tag]

    def said(self, tag):
        return [self.text.get(index, "").strip() for index, _ in self.all(tag)]


@pytest.fixture(scope="module")
def read(page):
    return Reader(page)


def test_every_element_is_closed_and_every_identifier_is_used_once(read):
    assert read.open == []
    names = [attributes["id"] for _, attributes in read.elements if attributes.get("id")]
    assert len(names) == len(set(names))


def test_one_first_heading_and_no_level_is_left_out(read):
    levels = [int(tag[1]) for tag, _ in read.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_links_lead_to_sections_that_are_there(read):
    names = {attributes.get("id") for _, attributes in read.elements}
    links = [attributes["href"] for _, attributes in read.all("a")]
    assert links[0] == "#main"
    assert all(link.startswith("#") and link[1:] in names for link in links)
    assert [link[1:] for link in links[1:]] == [attributes["id"] for _, attributes in read.all("section")]


def test_sections_are_those_that_the_run_has_figures_for(read):
    sections = [attributes["id"] for _, attributes in read.all("section")]
    assert sections[:3] == ["question", "answer", "options"]
    wanted = {"responses", "hours", "areas", "availability", "second", "people", "money", "changes"}
    assert wanted <= set(sections)
    assert "attack" not in sections
    assert sections[-3:] == ["sources", "method", "run"]


def test_tables_have_captions_and_headings_with_scope(read):
    assert len(read.all("table")) == len(read.all("caption")) >= 12
    assert all(attributes.get("scope") in ("col", "row") for _, attributes in read.all("th"))


def test_every_drawing_has_a_name_an_alternative_and_a_table(read):
    names = {attributes.get("id"): index for index, (_, attributes) in enumerate(read.elements)}
    drawings = [attributes for _, attributes in read.all("svg") if attributes.get("role") == "img"]
    assert len(drawings) == len(read.all("figure")) >= 8
    for drawing in drawings:
        assert read.text[names[drawing["aria-labelledby"]]].strip()
        assert len(read.text[names[drawing["aria-describedby"]]]) > 40
    assert read.said("summary").count("Figures as a table") == len(drawings)


def test_all_and_none_are_percentages_beside_other_shares():
    table = pictures.table_of(pd.DataFrame({"share_of_time": [1.0, 0.5, 0.0], "hour": [1.0, 2.0, 3.0]}), "t")
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["100.0%", "1"],
        ["50.0%", "2"],
        ["0.0%", "3"],
    ]


def test_nothing_is_asked_for_from_outside(read, page):
    for tag, attributes in read.elements:
        for name in ("src", "href", "xlink:href", "data", "action"):
            value = attributes.get(name) or "#"
            assert value.startswith(("#", "data:")), (tag, name, value)
    assert "@import" not in page
    policy = next(one["content"] for _, one in read.all("meta") if "http-equiv" in one)
    assert policy.startswith("default-src 'none'")


def test_harmful_texts_come_out_as_text(read, page):
    scripts = read.all("script")
    assert len(scripts) == 3
    assert read.said("h1") == [small.TITLE]
    assert small.DESCRIPTION in read.text[read.all("section")[0][0]]
    assert not read.all("img")
    assert not read.all("b")
    assert small.SCRIPT not in page
    specs = json.loads(read.text[scripts[0][0]])
    zones = json.dumps(specs["map"])
    assert "window.harmed" in zones


def test_signs_that_turn_the_reading_direction_are_left_out():
    text = rendered(
        title="a\u202eb\x07c", line="d\u2066e", run_id="r", version="0", notes=["\u200ff"],
        sections=[Section("s", "g\u202d", (Words(("h\nk", "l\u00a0m")),))],
    )  # fmt: skip
    assert "<h1>abc</h1>" in text
    assert not set(text) & set("\u202e\u202d\u2066\u200f\x07")
    assert "h\nk" in text
    assert "l\u00a0m" in text


def test_specifications_ask_for_nothing_and_are_drawn_by_our_names(read):
    specs = json.loads(read.text[read.all("script")[0][0]])
    assert sorted(specs) == ["curves", "hours", "map"]
    assert '"url"' not in json.dumps(specs)
    assert not re.search(r'"(view|param)_\d', json.dumps(specs))


def test_a_page_stays_far_below_five_megabytes(page):
    assert len(page.encode()) < 2_500_000


def test_the_same_run_gives_the_same_page_wherever_its_folder_is(page, results, tmp_path):
    """And needs nothing else: the scenario is gone, and figures drawn before are not looked at."""
    shutil.copytree(results.folder, tmp_path / "elsewhere")
    written = write_page(Results.open(tmp_path / "elsewhere"), tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page
    assert written.notes == ()
    assert not written.static
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith("page.html")] == ["page.html"]


def test_without_the_extra_the_drawn_charts_stay(results, tmp_path, monkeypatch):
    monkeypatch.setattr(interactive, "available", lambda: False)
    monkeypatch.setattr(interactive, "charts", lambda _: pytest.fail("asked for the extra"))
    written = write_page(results, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    read = Reader(text)
    assert written.static
    assert len(read.all("script")) == 1
    assert "data-chart" not in text
    assert "unsafe-eval" not in text
    assert len(read.all("figure")) >= 8


def test_a_run_that_is_not_whole_says_so(results, tmp_path):
    folder = tmp_path / "part"
    shutil.copytree(results.folder, folder)
    shutil.rmtree(folder / "parts" / "option=more ARVs %40 SEVERE held")
    view = view_of(Results.open(folder))
    assert view.results.options == (
        "now @ SEVERE held",
        "now @ two days CRITICAL",
        "more ARVs @ two days CRITICAL",
    )
    assert view.comparison.options == ("more ARVs @ two days CRITICAL",)
    words = "This run is not whole: of 4 replications of each option, more ARVs @ SEVERE held has none."
    assert unfinished(view) == (words,)


def test_a_folder_without_settings_is_refused(results, tmp_path):
    folder = tmp_path / "bare"
    shutil.copytree(results.folder, folder)
    shutil.rmtree(folder / "options")
    with pytest.raises(RunFolderError, match="missing"):
        Results.open(folder)


def test_a_page_that_cannot_be_written_leaves_nothing(results, tmp_path, monkeypatch):
    monkeypatch.setattr("armsim.report.page.page.page_of", lambda *_, **__: "a page")
    (tmp_path / "file").write_text("")
    with pytest.raises(RunFolderError, match="cannot be written"):
        write_page(results, tmp_path / "file" / "page.html", static=True)
