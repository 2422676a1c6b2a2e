"""The replay of a day in a browser without network: time, keys, positions, hostile names, phone."""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from armsim.config.loader import load_scenario
from armsim.domain import UnitStatus
from armsim.report.day import day_page
from armsim.study.plan import Study
from armsim.study.replay import replay
from armsim.study.runner import execute
from armsim.study.story_window import Stretch

TINY = (Path(__file__).parents[1] / "tiny.yaml").read_text(encoding="utf-8")
HOSTILE = "<img src=x onerror='window.caught=1'></script><script>window.caught=1</script>"
CLOCK = "document.getElementById('clock').textContent"


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    text = TINY.replace("serves: [FIREARMS, G1]}", "serves: [FIREARMS, G1], patrol: {slot: 60 min}}")
    file = tmp_path_factory.mktemp("day") / "tiny.yaml"
    file.write_text(text.replace("title: Tiny", f'title: "Tiny {HOSTILE}"'))
    folder = execute(
        Study({"now": load_scenario(file)}, replications=1), tmp_path_factory.mktemp("runs")
    ).folder
    return replay(folder, "now", 0, trails=True)


@pytest.fixture(scope="module")
def file(replayed, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "day.html"
    path.write_bytes(day_page(replayed, Stretch(0.0, 1440.0)))
    return path


@pytest.fixture
def opened(visit, file):
    def open_page(**context):
        seen = visit(file, **context)
        seen.page.wait_for_function("window.armsim")
        return seen

    return open_page


def now(page):
    return page.evaluate("armsim.now()")


def test_it_starts_paused_plays_and_stops(opened):
    seen = opened()
    page = seen.page
    assert page.evaluate(CLOCK) == "Mon 05 Mar 00:00"
    page.wait_for_timeout(150)
    assert now(page) == 0
    page.select_option("#speed", "15")
    page.click("#play")
    page.wait_for_function("armsim.now() > 3")
    page.click("#play")
    stopped = now(page)
    page.wait_for_timeout(200)
    assert now(page) == stopped > 3
    assert page.inner_text("#play") == "Play"
    assert "Stopped at Mon 05 Mar" in page.inner_text("#said")
    assert page.evaluate(CLOCK) == page.evaluate("armsim.clock(armsim.now())")
    assert page.evaluate("window.caught") is None
    assert seen.calm()


def test_keys_play_and_step(opened):
    page = opened().page
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert now(page) == 2
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert now(page) == 16
    page.keyboard.press("Space")
    page.wait_for_function("armsim.now() > 16.2")
    page.keyboard.press("Space")
    stopped = now(page)
    page.wait_for_timeout(150)
    assert now(page) == stopped
    page.focus("#play")
    page.keyboard.press("Space")
    assert page.inner_text("#play") == "Pause"
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#play") == "Play"


def test_it_stops_at_its_end_and_begins_again(opened):
    page = opened().page
    page.evaluate("armsim.show(1439)")
    page.select_option("#speed", "60")
    page.click("#play")
    page.wait_for_function("document.getElementById('said').textContent === 'The end of the replay.'")
    assert now(page) == 1440
    page.click("#play")
    page.wait_for_function("armsim.now() < 700 && armsim.now() > 0")


def test_a_unit_is_at_its_incident_when_the_log_says_so(opened, replayed):
    page = opened().page
    status, names = replayed.log.tables["unit_status"], [unit.name for unit in replayed.log.units]
    at_scene = (status["status"] == UnitStatus.ON_SCENE) & (status["start"] >= 0) & (status["end"] < 1440)
    rows = np.flatnonzero(at_scene)[:20]
    assert len(rows) == 20
    for row in rows:
        middle = (status["start"][row] + status["end"][row]) / 2
        shown = page.evaluate(f"armsim.moment({middle})")
        unit = next(one for one in shown["units"] if names[int(status["unit"][row])].endswith(one["name"]))
        incident = next(one for one in shown["open"] if one["n"] == status["incident"][row])
        assert (unit["x"], unit["y"]) == (incident["x"], incident["y"])
        assert incident["there"]
        assert unit["words"].startswith("at the scene of ")


def test_lists_chart_and_table_follow_the_clock(opened):
    page = opened().page
    page.click("#next")
    shown = page.evaluate("armsim.moment(armsim.now())")
    assert shown["open"][-1]["grade"] == "firearms"
    assert page.inner_text("#count") == str(len(shown["open"]))
    assert page.inner_text("#free") == f"{shown['free']} of {shown['duty']}"
    assert page.inner_text("#level") == "SEVERE"
    assert page.locator("#units li").count() == len(shown["units"])
    first = page.locator(".go").nth(3)
    first.click()
    assert now(page) == float(first.get_attribute("data-minute"))
    page.locator("#chart canvas").click(position={"x": 200, "y": 60})
    assert 300 < now(page) < 1100
    boxes = page.locator(".kind")
    assert boxes.count() == 1
    drawn = "document.querySelector('#map canvas').toDataURL()"
    before = page.evaluate(drawn)
    boxes.first.uncheck()
    assert page.evaluate(drawn) != before


def test_who_asks_for_less_motion_sees_steps(opened):
    page = opened(reduced_motion="reduce").page
    page.select_option("#speed", "60")
    page.click("#play")
    page.wait_for_timeout(500)
    assert now(page) == 0
    page.wait_for_function("armsim.now() >= 60")
    assert now(page) % 60 == pytest.approx(0, abs=1e-6)


def test_it_fits_a_phone_and_paper(opened):
    seen = opened(width=390, height=844)
    assert seen.overflow() == 0
    assert len(seen.page.pdf()) > 10_000
    names = seen.page.evaluate(
        "[...document.querySelectorAll('[role=img], [role=region], [role=group]')]"
        ".filter((one) => !one.ariaLabel && !one.getAttribute('aria-labelledby')).length"
    )
    assert names == 0
    levels = seen.page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map((one) => one.tagName)")
    assert levels == ["H1", *["H2"] * (len(levels) - 1)]
    assert seen.calm()


#: Notes the place and width of every long name that is written on a canvas.
NOTING = """<script>
window.names = [];
const write = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...more) {
  if (String(text).startsWith("A force")) {
    const at = this.getTransform().transformPoint({ x, y });
    names.push([text, at.x, at.y, this.measureText(text).width]);
  }
  return write.call(this, text, x, y, ...more);
};
</script>"""


def test_long_names_of_neighbouring_arvs_do_not_cover_each_other(visit, file, tmp_path):
    text = file.read_text(encoding="utf-8")
    begin = text.index(">", text.index('id="film"')) + 1
    end = text.index("</script>", begin)
    film = json.loads(text[begin:end])
    arv = next(one for one in film["units"] if film["kinds"][one["kind"]]["arv"])
    on_duty = next(index for index, one in enumerate(film["statuses"]) if one[0] == 0)
    across, up = film["size"]
    film["units"] = [
        arv
        | {
            "name": f"A force with a long name, arv {index}",
            "does": [[0, on_duty, -1]],
            "legs": [[0, *[across * (0.1 + 0.15 * index), up / 2] * 2, 0, 0]],
        }
        for index in range(5)
    ]
    other = tmp_path / "names.html"
    written = json.dumps(film).replace("<", "\\u003c")
    changed = text[:begin] + written + text[end:]
    other.write_text(changed.replace("</head>", f"{NOTING}</head>", 1), "utf-8")
    page = visit(other).page
    page.wait_for_function("window.armsim")
    page.wait_for_function("names.length >= 5")
    seen = {name: place for name, *place in page.evaluate("names")}
    assert len(seen) == 5
    for (x, y, width), (other_x, other_y, other_width) in combinations(seen.values(), 2):
        assert x + width < other_x or other_x + other_width < x or abs(y - other_y) > 10
