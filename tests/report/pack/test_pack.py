"""The pack as a folder: whole or not there, listed, inert."""

import csv
import json
import sys
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

from armsim.cli import main
from armsim.errors import ArmsimError
from armsim.report.pack import write_pack
from armsim.report.pack.pack import refuse_foreign
from armsim.study.files import sha256

FORMULA = ("=", "+", "@", "\t", "\r")


@pytest.fixture
def quick(monkeypatch, material):
    """Nothing is drawn anew, and only the tables are written."""
    monkeypatch.setattr("armsim.report.pack.pack.gathered", lambda _: material)
    for name in ("_deck", "_charts"):
        monkeypatch.setattr(f"armsim.report.pack.pack.{name}", lambda *_: iter(()))
    monkeypatch.setattr("armsim.report.pack.pack.infographic.pages", lambda _: iter(()))


def test_everything_is_listed_and_nothing_else_is_there(pack):
    told = json.loads((pack / "pack.json").read_text(encoding="utf-8"))
    there = {path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file()}
    assert there == {*told["files"], "index.md", "pack.json"}
    assert all(one["sha256"] == sha256(pack / name) for name, one in told["files"].items())
    assert {
        "deck.pptx",
        "infographic.svg",
        "infographic.png",
        "infographic.pdf",
        "tables/tables.html",
    } <= there
    index = (pack / "index.md").read_text(encoding="utf-8")
    assert all(f"(<{name}>)" in index for name in told["files"])
    assert [path.name for path in pack.parent.iterdir()] == ["council"]


def test_each_chart_is_there_three_times_with_its_finding(pack, material):
    told = json.loads((pack / "pack.json").read_text(encoding="utf-8"))["files"]
    assert len(material.charts) >= 12
    for placed in material.charts:
        for ending in ("svg", "png", "csv"):
            name = "/".join(
                part for part in ("charts", placed.folder, f"{placed.chart.name}.{ending}") if part
            )
            assert told[name]["finding"] == placed.chart.title


def test_no_cell_of_any_csv_is_a_formula(pack):
    for path in pack.rglob("*.csv"):
        for row in csv.reader(path.read_text(encoding="utf-8").splitlines()):
            assert not [cell for cell in row if cell.startswith(FORMULA)], path
            for cell in row:
                if cell.startswith("-"):
                    float(cell)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen, self.words = set(), []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]

    def handle_data(self, data):
        self.words.append(data)


def test_names_are_inert_in_html_and_markdown_and_still_read(pack):
    html = (pack / "tables" / "tables.html").read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(html)
    assert not {"script", "b", "img"} & tags.seen
    assert {"table", "caption", "th", "tbody"} <= tags.seen
    assert any("<script>alert(1)</script> =1+1" in words for words in tags.words)
    assert "\u202e" not in html
    markdown = (pack / "tables" / "tables.md").read_text(encoding="utf-8")
    assert "<" not in markdown.replace("\\<", "")
    assert "\\<script\\>" in markdown


def test_tables_hold_what_the_report_says(pack, material):
    html = (pack / "tables" / "tables.html").read_text(encoding="utf-8")
    for section in material.sections:
        assert f"<h2>{section.title}</h2>" in html
    bill = (pack / "tables" / "tables.md").read_text(encoding="utf-8")
    assert "Run identity" in bill
    assert "simulation noise only" in bill


def test_a_foreign_folder_is_refused_and_left_alone(results, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ArmsimError, match="holds files that are not a pack"):
        write_pack(results, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(ArmsimError, match="is a file"):
        refuse_foreign(tmp_path / "mine.txt")
    (tmp_path / "pack.json").write_text("[1]")
    with pytest.raises(ArmsimError, match="not a pack"):
        refuse_foreign(tmp_path)


def test_the_command_refuses_a_foreign_folder_before_it_writes_anything(results, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    page = tmp_path / "page.html"
    told = CliRunner().invoke(main, ["report", str(results.folder), "-o", str(page), "--pack", str(tmp_path)])
    assert told.exit_code == 2
    assert "holds files that are not a pack" in told.output
    assert not page.exists()


def test_an_older_pack_is_replaced_and_an_empty_folder_taken(quick, results, tmp_path):
    folder = tmp_path / "council"
    folder.mkdir()
    first = write_pack(results, folder)
    assert first[0] == folder / "index.md"
    (folder / "tables" / "old.csv").write_text("old")
    before = (folder / "pack.json").read_bytes()
    write_pack(results, folder)
    assert not (folder / "tables" / "old.csv").exists()
    assert (folder / "pack.json").read_bytes() == before


def test_a_pack_that_fails_leaves_the_old_one_and_nothing_half_written(quick, results, tmp_path, monkeypatch):
    folder = tmp_path / "council"
    write_pack(results, folder)
    before = sorted(path.name for path in folder.rglob("*"))

    def broken(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("armsim.report.pack.pack.as_csv", broken)
    with pytest.raises(ArmsimError, match="cannot be written: no space left on device"):
        write_pack(results, folder)
    assert sorted(path.name for path in folder.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["council"]


def test_without_python_pptx_it_says_what_to_install(results, material, tmp_path, monkeypatch):
    monkeypatch.setattr("armsim.report.pack.pack.gathered", lambda _: material)
    for name in [
        name for name in sys.modules if name.startswith("armsim.report.pack.") and "pptx" not in name
    ]:
        if name.rpartition(".")[2] in ("deck", "slides", "native_xml"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(ArmsimError, match=r"pip install 'armsim\[pack\]'"):
        write_pack(results, tmp_path / "council")
    assert not list(tmp_path.iterdir())
