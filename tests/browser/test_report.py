"""The report in a browser, network cut: calm, usable from the keyboard, readable, printable, and unharmed."""

import re
from itertools import pairwise

import pytest

from armsim.report.page.page import write_page

from ..report.page import small  # noqa: TID252 (one small run for the tests of two folders)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    home = tmp_path_factory.mktemp("report")
    return write_page(small.opened(home), home / "report.html").path


@pytest.fixture
def ready(visit, report):
    """Opens the report and waits for its charts."""

    def open_report(**more):
        seen = visit(report, **more)
        if more.get("java_script_enabled", True):
            seen.page.wait_for_function("document.querySelectorAll('figure.explored').length === 3")
        return seen

    return open_report


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_calm_and_no_wider_than_its_window(ready, width):
    seen = ready(width=width)
    assert seen.calm()
    assert seen.overflow() == 0
    assert seen.page.evaluate("window.harmed") is None


def test_unfolding_everything_still_fits_a_phone(ready):
    seen = ready(width=390)
    seen.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert seen.overflow() == 0


def test_the_first_tab_leads_to_the_answer(ready):
    page = ready().page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    box = page.locator(".skip").bounding_box()
    assert box["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_tables_beside_charts_unfold_from_the_keyboard(ready):
    page = ready().page
    summary = page.locator("figure summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("figure details").first.get_attribute("open") is not None
    assert page.locator("figure details table").first.is_visible()


def test_what_cannot_be_scrolled_is_no_stop_of_the_tab_key(ready):
    stops = "[...document.querySelectorAll('.scroll, .still')].filter(one => one.tabIndex === 0)"
    fits = f"{stops}.filter(one => one.scrollWidth <= one.clientWidth).length"
    assert ready(width=1280).page.evaluate(fits) == 0
    assert ready(width=390).page.evaluate(f"{stops}.length") > 0


def test_the_tab_key_reaches_every_control(ready):
    page = ready(width=390).page
    reached = set()
    for _ in range(200):
        page.keyboard.press("Tab")
        tag = page.evaluate("document.activeElement.tagName + (document.activeElement.className || '')")
        reached.add(tag)
        if page.evaluate("document.activeElement === document.body"):
            break
    assert {"Askip", "A", "SUMMARY", "SELECT", "DIVscroll"} <= reached


def test_another_run_is_chosen_from_the_keyboard_and_drawn(ready):
    page = ready().page
    chart = page.locator("figure.explored:has(.live[data-chart=map])")
    before = chart.locator("svg.marks").inner_html()
    chart.locator("select").focus()
    page.keyboard.press("End")
    page.wait_for_function(
        "before => document.querySelector('.live[data-chart=map] svg.marks').innerHTML !== before", arg=before
    )
    assert "CRITICAL" in chart.locator("select option:checked").inner_text()


def test_a_zone_is_read_by_pointing_at_it(ready):
    page = ready().page
    zone = page.locator(".live[data-chart=map] svg.marks .mark-shape path").nth(3)
    zone.scroll_into_view_if_needed()
    zone.hover(force=True)
    page.wait_for_selector("#vg-tooltip-element.visible")
    words = page.locator("#vg-tooltip-element").inner_text()
    assert "Expected minutes" in words
    assert small.SCRIPT in words
    assert page.evaluate("window.harmed") is None


def test_every_chart_has_a_name(ready):
    page = ready().page
    for drawing in page.locator("svg").all():
        named = drawing.get_attribute("aria-labelledby") or drawing.get_attribute("aria-label")
        hidden = drawing.evaluate(
            "one => one.closest('[aria-hidden=true]') !== null || one.closest('svg svg') !== null"
        )
        assert named or hidden, drawing.evaluate("one => one.outerHTML.slice(0, 200)")
    for select in page.locator("select").all():
        assert select.evaluate("one => one.labels.length") == 1


def test_without_script_the_drawn_charts_are_seen(ready):
    page = ready(java_script_enabled=False).page
    assert page.locator(".still").first.is_visible()
    assert page.locator(".live").first.is_hidden()


def test_it_prints_with_drawn_charts_and_unfolded_registers(ready):
    page = ready().page
    page.emulate_media(media="print")
    figure = page.locator("figure:has(.live[data-chart=map])")
    assert figure.locator(".still").is_visible()
    assert figure.locator(".live").is_hidden()
    assert page.locator("nav").is_hidden()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#sources details table").first.is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("#sources details[open]").count() == 0
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_headings_are_in_order(ready):
    levels = ready().page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map(one => +one.tagName[1])"
    )
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def luminance(colour):
    parts = [int(one) / 255 for one in re.findall(r"\d+", colour)[:3]]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_stands_out_from_what_is_behind_it(ready):
    """4.5 to 1 at least, as WCAG 2.2 asks of text, for every colour of text against what it stands on."""
    pairs = ready().page.evaluate(
        """() => {
          const behind = one => { for (; one; one = one.parentElement) {
            const colour = getComputedStyle(one).backgroundColor;
            if (colour !== 'rgba(0, 0, 0, 0)') return colour; } return 'rgb(255, 255, 255)'; };
          const found = new Set();
          for (const one of document.querySelectorAll('body *:not(svg *):not(script)'))
            if ([...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
              found.add(getComputedStyle(one).color + '|' + behind(one));
          return [...found]; }"""
    )
    assert len(pairs) >= 5
    for pair in pairs:
        text, ground = (luminance(one) for one in pair.split("|"))
        assert (max(text, ground) + 0.05) / (min(text, ground) + 0.05) >= 4.5, pair
