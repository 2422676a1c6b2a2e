"""The page of a day: what it plays is what the log says, and nothing in a name comes alive."""

import json
import re
import sys
from datetime import datetime

import numpy as np
import pytest

from armsim.config.loader import load_scenario
from armsim.domain import UnitStatus
from armsim.errors import ArmsimError
from armsim.report.day import day_page, page
from armsim.report.day.film import STATUSES, arv_counts, film
from armsim.study.plan import Study
from armsim.study.replay import replay
from armsim.study.runner import execute
from armsim.study.story import Story
from armsim.study.story_window import Stretch

HOSTILE = "</script><script>window.caught = 1</script>"


@pytest.fixture(scope="module")
def replayed(tmp_path_factory, day_text):
    file = tmp_path_factory.mktemp("day") / "tiny.yaml"
    file.write_text(day_text.replace("title: Tiny", f'title: "Tiny {HOSTILE}"'))
    study = Study({f"now {HOSTILE}": load_scenario(file)}, replications=1)
    folder = execute(study, tmp_path_factory.mktemp("runs")).folder
    return replay(folder, f"now {HOSTILE}", 0, trails=True)


@pytest.fixture(scope="module")
def story(replayed):
    return Story(replayed)


def test_a_replay_with_trails_is_what_the_run_measured(replayed):
    assert replayed.same is True


def test_every_status_has_a_look():
    assert set(STATUSES) == set(UnitStatus)


def test_film_has_the_incidents_and_statuses_of_the_stretch(story):
    part = Stretch(300.0, 540.0)
    shown = film(story, part)
    rows = story.incidents.values()
    open_then = {
        int(row["incident"])
        for row in rows
        if row["received_at"] < 540 and not row["closed_at"] <= 300
    }  # fmt: skip
    assert {one["n"] for one in shown["incidents"]} == open_then
    assert len(open_then) > 3
    status = story.tables["unit_status"]
    for unit in shown["units"]:
        number = next(one.number for one in story.log.units if one.name.endswith(unit["name"]))
        mine = (status["unit"] == number) & (status["start"] < 540) & (status["end"] > 300)
        assert [row[1] for row in unit["does"]] == status["status"][mine].tolist()
        starts = [row[0] for row in unit["legs"]]
        assert starts == sorted(starts)
    opens = datetime.fromtimestamp(shown["opens"] / 1000).astimezone(tz=None)
    assert opens.timestamp() == datetime.fromisoformat("2018-03-05T00:00:00+00:00").timestamp()
    assert shown["levels"] == [[300.0, "SEVERE"]]
    rings = [polygon[0] for zone in shown["zones"]["features"] for polygon in zone["geometry"]["coordinates"]]
    assert len(rings) == len(story.world.zones)
    assert all(ring[0] == ring[-1] for ring in rings)
    east, north = shown["size"]
    assert all(0 < x < east and 0 < y < north for ring in rings for x, y in ring)


def test_counts_of_free_vehicles_sum_to_what_the_run_measured(story, replayed):
    rows = np.array(arv_counts(story, Stretch(0.0, 1440.0)), dtype=float)
    assert rows[0, 0] == 0
    assert rows[-1, 0] == 1440
    minutes = float((np.diff(rows[:, 0]) * rows[:-1, 1]).sum())
    from armsim.analysis.availability import availability

    measured = availability(replayed.log, replayed.world)["arv_free_minutes:level=SEVERE"]
    assert minutes == pytest.approx(measured, abs=0.01 * len(rows))
    assert (rows[:, 1] <= rows[:, 2]).all()


def test_a_booked_operation_shows_from_its_first_unit(tmp_path, day_text):
    booked = "    op: {grade: PLANNED, annual: 1460, attendance: {arv: 1}, on_scene: {exactly: 60 min}, "
    booked += "booked: {keep_free: 0}}\n"
    file = tmp_path / "tiny.yaml"
    text = day_text.replace("    call:", f"{booked}    call:")
    file.write_text(text.replace("serves: [FIREARMS, G1]", "serves: [FIREARMS, PLANNED, G1]"))
    run = execute(Study({"now": load_scenario(file)}, replications=1), tmp_path / "runs").folder
    story = Story(replay(run, "now", 0, trails=True))
    sent = story.tables["deployments"]
    ops = [one for one in film(story, Stretch(0.0, 1440.0))["incidents"] if one["grade"] == "planned"]
    assert ops
    for one in ops:
        first = sent["assigned_at"][sent["incident"] == one["n"]].min()
        assert one["from"] == pytest.approx(first, abs=0.006)
    rows = [row for row in page._table(story, Stretch(0.0, 1440.0)) if row["grade"] == "planned"]
    assert {row["first"] for row in rows} == {"–"}


def test_film_needs_trails(replayed, story, monkeypatch):
    tables = {name: table for name, table in story.tables.items() if name != "trails"}
    monkeypatch.setattr(story, "tables", tables)
    with pytest.raises(ValueError, match="no trails"):
        film(story, Stretch(0.0, 60.0))


def test_page_is_the_same_twice_and_holds_names_as_text_only(replayed, story):
    part = Stretch(0.0, 720.0)
    content = day_page(replayed, part)
    assert content == day_page(replayed, part)
    text = content.decode()
    assert HOSTILE not in text
    assert "&lt;/script&gt;&lt;script&gt;window.caught" in text
    assert len(content) < 2_000_000
    data = re.search(r'<script type="application/json" id="film">(.*?)</script>', text, re.S)
    assert json.loads(data[1])["end"] == 720
    listed = re.findall(r'<th scope="row">(\d+)</th>', text)
    assert sorted(map(int, listed)) == sorted(one["n"] for one in film(story, part)["incidents"])


def test_without_the_extra_it_says_what_to_install(replayed, monkeypatch):
    page._library.cache_clear()
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(ArmsimError, match=r"pip install 'armsim\[interactive\]'"):
        day_page(replayed, Stretch(0.0, 60.0))
    page._library.cache_clear()
