"""Files on disk: same bytes, metadata, inert names, nothing half written."""

import dataclasses
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from armsim.report.files import save

HOSTILE = '警察 👮 <script>alert(1)</script> & "q" $\\frac{1}{2}$ ]]> \x07'


@pytest.fixture(scope="module")
def written(charts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("charts")
    return {path.name: path.read_bytes() for chart in charts.values() for path in save(chart, folder)}, folder


def test_each_chart_has_png_svg_and_csv_and_no_part_is_left(charts, written):
    files, folder = written
    assert set(files) == {f"{name}.{end}" for name in charts for end in ("png", "svg", "csv")}
    assert sorted(path.name for path in folder.iterdir()) == sorted(files)


def test_same_charts_drawn_again_give_the_same_bytes(made, written, tmp_path):
    again = {path.name: path.read_bytes() for chart in made.six() for path in save(chart, tmp_path)}
    assert again == written[0]


def test_files_carry_title_alt_and_run_but_no_date(charts, written):
    for name, chart in charts.items():
        svg, png = written[0][f"{name}.svg"].decode(), written[0][f"{name}.png"]
        assert chart.context.run_id in svg
        assert chart.title in svg
        assert "<dc:date>" not in svg
        assert chart.context.run_id.encode() in png
        assert b"Software" not in png


def test_svg_text_is_text(charts, written):
    root = ET.fromstring(written[0]["arv_availability.svg"])
    words = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert charts["arv_availability"].title in words
    assert "CRITICAL" in words


def test_png_is_two_hundred_dots_an_inch(written):
    png = written[0]["response_times.png"]
    assert int.from_bytes(png[16:20], "big") == 2000


def test_hostile_names_are_inert_and_signs_the_font_lacks_are_no_error(made, tmp_path):
    context = dataclasses.replace(made.CONTEXT, title=HOSTILE, run_id=HOSTILE)
    table = made.zones(40)
    table["name"] = [f"=cmd|{index}" for index in range(40)]
    for chart in made.six(context, table, made.BASES.assign(name=HOSTILE), label=HOSTILE):
        _, svg, csv = save(chart, tmp_path)
        root = ET.parse(svg).getroot()
        assert not [node for node in root.iter() if node.tag.lower().endswith("script")]
        cells = pd.read_csv(csv, dtype=str, keep_default_na=False)
        assert not cells.map(lambda cell: cell.startswith(("=", "+", "@"))).to_numpy().any()
        assert "警察" in svg.read_text(encoding="utf-8")
    names = pd.read_csv(tmp_path / "potential_response_map.csv")["name"]
    assert names[0] == "'=cmd|0"
