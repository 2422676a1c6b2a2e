"""What the top of a page says: from planted comparisons, and against the run that it is about."""

from dataclasses import replace

import pytest

from armsim.report.page import answer, question, register, sections
from armsim.report.page.parts import Cell, Table


def planted(view, changes):
    """The view, every primary figure without a clear difference but for those given.

    Args:
        view: a run of two options under two conditions.
        changes: (option, metric): verdict, difference, low, high.
    """
    table = view.comparison.table.copy()
    table = table[table["primary"]]
    table[["shown", "error", "margin"]] = [True, 0.1, float("nan")]
    table["verdict"], table["difference"], table["low"], table["high"] = (
        "no clear difference",
        0.001,
        -0.5,
        0.5,
    )
    for (option, metric), values in changes.items():
        rows = (table["option"] == option) & (table["metric"] == metric)
        assert rows.any()
        for column, value in zip(("verdict", "difference", "low", "high"), values, strict=True):
            table.loc[rows, column] = value
    return replace(view, comparison=replace(view.comparison, table=table))


def head(view):
    return answer.answer(view).blocks[0].paragraphs[0]


BETTER = ("better by 1.2 pp (0.500 to 1.9)", -0.012, -0.019, -0.005)


def test_no_difference_is_said_to_be_none(view):
    assert head(planted(view, {})) == (
        "No clear difference: none of the main measures tells the other option from “now”."
    )


def test_a_gain_leads_with_its_interval_and_condition(view):
    found = planted(view, {("more ARVs @ two days CRITICAL", "no_arv_free"): BETTER})
    assert head(found) == (
        "“more ARVs” clearly lowers the time with no ARV free, by 1.2 percentage points (0.5–1.9) "
        "under two days CRITICAL."
    )
    glance = next(one for one in answer.answer(found).blocks if isinstance(one, Table))
    assert glance.rows[0][0].text == "more ARVs"
    assert glance.rows[0][1] == Cell(
        "▲ No ARV free: by 1.2 points (0.5–1.9), under two days CRITICAL", "", "better"
    )
    assert glance.rows[0][2] == Cell("none", "", "quiet")


def test_the_surest_of_two_is_the_one_farthest_from_zero(view):
    wide = ("better by 2.0 pp (0.100 to 3.9)", -0.02, -0.039, -0.001)
    found = planted(
        view,
        {
            ("more ARVs @ two days CRITICAL", "no_arv_free"): BETTER,
            ("more ARVs @ SEVERE held", "no_arv_free"): wide,
        },
    )
    assert head(found).endswith("by 1.2 percentage points (0.5–1.9) under two days CRITICAL.")
    glance = next(one for one in answer.answer(found).blocks if isinstance(one, Table))
    assert glance.rows[0][1].text == "▲ No ARV free: by 1.2 to 2.0 points, under every condition"


def test_a_gain_does_not_hide_a_loss(view):
    worse = ("worse by 3.0 pp (2.2 to 3.8)", -0.03, -0.038, -0.022)
    found = planted(
        view,
        {
            ("more ARVs @ two days CRITICAL", "no_arv_free"): BETTER,
            ("more ARVs @ SEVERE held", "within_target"): worse,
        },
    )
    points = answer.answer(found).blocks[1].items
    assert points[0] == (
        "“more ARVs” clearly lowers the share within target “first armed”, by 3.0 percentage points "
        "(2.2–3.8) under SEVERE held."
    )


def test_only_losses(view):
    worse = ("worse by 3.0 pp (2.2 to 3.8)", -0.03, -0.038, -0.022)
    found = planted(view, {("more ARVs @ SEVERE held", "within_target"): worse})
    assert head(found).startswith(
        "No option is clearly better than “now” on a main measure: “more ARVs” clearly"
    )


def test_few_replications_are_a_first_look(view):
    assert "Only 4 replications of each: a first look" in answer.answer(view).blocks[1].items[-1]


def test_one_option_is_told_by_its_levels(view):
    name = "now @ two days CRITICAL"
    alone = replace(
        view, comparison=None, results=replace(view.results, data={name: view.results.data[name]})
    )
    blocks = answer.answer(alone).blocks
    free = {
        level: alone.figure(name, "no_arv_free", level=level)["value"] for level in ("SEVERE", "CRITICAL")
    }
    for share in free.values():
        assert f"{100 * share:.1f}%" in blocks[0].paragraphs[0]
    assert "SEVERE" in blocks[0].paragraphs[0]
    assert [one.split(":")[0] for one in blocks[1].items[:2]] == ["At SEVERE", "At CRITICAL"]
    labels = [tile.label for tile in blocks[2].tiles]
    assert labels[0] == "Half of firearms incidents get an armed unit within"
    half = alone.quantile(name, 0.5, "first_armed", "FIREARMS")
    assert blocks[2].tiles[0].value.startswith(f"{half['value']:.1f}")


def test_options_and_conditions_are_told_in_the_words_of_the_scenario(view):
    tables = question.question(view).blocks[1].blocks
    assert [[cell.text for cell in row] for row in tables[0].rows] == [
        ["now", "Nothing: as the scenario says"],
        ["more ARVs", "=2+2 <b>Two</b> more vehicles"],
    ]
    assert tables[1].rows[1][1].text == "CRITICAL from day 2"


def test_settings_that_an_option_changes_are_told_with_the_line_that_set_them(view):
    tables = register.changes(view).blocks
    assert [one.caption for one in tables] == [
        "“more ARVs” against “now”",
        "“two days CRITICAL” against “SEVERE held”",
    ]
    rows = {row[0].text: [cell.text for cell in row[1:]] for row in tables[0].rows}
    assert rows["units.arv.vehicles"][:2] == ["2", "4"]
    assert rows["teams.arv.establishment"][:2] == ["6", "12"]
    assert rows["units.arv.vehicles"][2].startswith("override more small.yaml:")


def test_assumptions_stand_apart_from_published_sources_with_their_ranges(view):
    _, assumed, published = register.sources(view).blocks
    assert [[cell.text for cell in row] for row in assumed.rows] == [
        ["units.arv.vehicles", "2", "assumption: <script>window.harmed = 1</script>", "1", "4"]
    ]
    assert [[cell.text for cell in row] for row in published.rows] == [
        ["demand.types.call.annual", "14600", "published count"]
    ]


def test_tables_of_options_have_the_figures_of_the_comparison(view):
    table = sections._compared(view, "SEVERE held")
    found = view.compared("more ARVs @ SEVERE held", "no_arv_free")
    column = table.head.index("No ARV free")
    assert table.rows[1][column].text == f"{100 * found['option_value']:.1f}%"
    assert table.rows[0][column].text == f"{100 * found['baseline_value']:.1f}%"


def test_cost_is_compared_pair_by_pair(view):
    """Two more vehicles and six more officers, at the price list, the overtime of the pairs left in."""
    change = view.cost_change("more ARVs @ SEVERE held")
    assert change.value == pytest.approx(6 * 50_000, rel=0.35)
    assert view.cost_change("now @ SEVERE held") is None
