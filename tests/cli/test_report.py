"""``armsim report`` on the command line."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from armsim.cli import main
from armsim.report.page import interactive

TOWN = """\
armsim: 1
title: Town
start: "2018-03-05"
window: 1 day
cool_down: 4 h
region: {generated: {name: Town, people: 100000, area: 400, rural_share: 0.3, zones: 6, cities: 1, towns: 1}}
bases: {all: {p_median: 1}}
travel: {kind: crow_fly, acceleration: 0.245 km/min2, cruising_speed: 63 km/h}
demand:
  types:
    call: {grade: G1, annual: 7300, attendance: {officers: 1}, on_scene: {exactly: 30 min}}
patterns: {day: {teams: 1, shifts: {D: "24 h"}, cycle: [D], days_between_teams: 1}}
teams: {cars: {kind: pattern, establishment: 6, pattern: day}}
units: {car: {team: cars, bases: all, vehicles: 3, serves: [G1]}}
dispatch: {policy: {kind: nearest}, mobilisation: {on_patrol: {exactly: 1 min}, at_base: {exactly: 2 min}}}
threat: {timeline: [{level: SEVERE}]}
study: {replications: 3, seed: 3}
"""


def call(*words):
    return CliRunner().invoke(main, words)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    root = tmp_path_factory.mktemp("town")
    (root / "town.yaml").write_text(TOWN)
    result = call("run", str(root / "town.yaml"), "-o", str(root / "results"), "-j", "1", "--no-charts", "-q")
    assert result.exit_code == 0, result.output
    return Path(result.stdout.strip())


def test_the_page_goes_into_the_run_folder_and_its_name_to_stdout(ran, monkeypatch):
    monkeypatch.chdir(ran.parents[1])
    result = call("report", "--static")
    assert result.exit_code == 0, result.output
    page = Path(result.stdout.strip())
    assert page.resolve() == (ran / "report.html").resolve()
    text = page.read_text(encoding="utf-8")
    assert "<h1>Town</h1>" in text
    # A town without ARVs, prices or options: what there is nothing to say of is left out.
    assert "Half of grade 1 incidents get an officer within" in text
    assert "ARV is free" not in text
    assert 'id="availability"' not in text
    assert 'id="options"' not in text


def test_another_file_can_be_named(ran, tmp_path):
    result = call("report", str(ran), "-o", str(tmp_path / "here.html"), "--static")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "here.html").is_file()
    assert "MB" in result.stderr
    assert "interactive" not in result.stderr


def test_without_the_extra_one_line_says_so(ran, tmp_path, monkeypatch):
    monkeypatch.setattr(interactive, "available", lambda: False)
    result = call("report", str(ran), "-o", str(tmp_path / "here.html"))
    assert result.exit_code == 0, result.output
    assert result.stderr.count("pip install 'armsim[interactive]'") == 1


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    result = call("report", str(tmp_path))
    assert result.exit_code == 2
    assert "not a run folder" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_run_of_which_nothing_has_finished_is_refused(ran, tmp_path):
    folder = tmp_path / "begun"
    shutil.copytree(ran, folder)
    shutil.rmtree(folder / "parts")
    result = call("report", str(folder))
    assert result.exit_code == 2
    assert "no replication has finished" in result.stderr


def test_no_run_at_all(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = call("report")
    assert result.exit_code == 2
    assert "holds no run" in result.stderr


def test_damaged_settings_are_refused(ran, tmp_path):
    folder = tmp_path / "damaged"
    shutil.copytree(ran, folder)
    (folder / "options" / "town.yaml").write_text("title: [")
    result = call("report", str(folder), "-o", str(tmp_path / "page.html"))
    assert result.exit_code == 2
    assert not (tmp_path / "page.html").exists()
