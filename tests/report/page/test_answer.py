"""What the top of a page says: from planted comparisons, and against the run that it is about."""

from dataclasses import replace

import numpy as np
import pytest

from armsim.analysis.intervals import Estimate
from armsim.analysis.option import OptionData
from armsim.report.page import answer, figures, people, question, register, scale, sections, tables
from armsim.report.page.parts import Cell, Table
from armsim.report.page.view import View

NAN = float("nan")


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


def of_runs(view, names):
    """The view of some of its runs only."""
    return replace(
        view, results=replace(view.results, data={name: view.results.data[name] for name in names})
    )


def test_what_every_run_has_is_said_once_and_not_that_an_option_is_the_scenario_as_it_is(view):
    later = of_runs(view, ["now @ two days CRITICAL", "more ARVs @ two days CRITICAL"])
    _, words, folded = question.question(later).blocks
    assert words.paragraphs == ("Every option has: CRITICAL from day 2.",)
    assert [[cell.text for cell in row] for row in folded.blocks[0].rows] == [
        ["now", "Nothing more"],
        ["more ARVs", "=2+2 <b>Two</b> more vehicles"],
    ]


def test_what_the_command_line_puts_on_top_of_one_option_is_said(view):
    name = "more ARVs @ two days CRITICAL"
    manifest = {**view.manifest, "sets": {name: ["window=3 days"]}}
    alone = of_runs(view, [name])
    alone = replace(alone, results=replace(alone.results, manifest=manifest))
    assert question.question(alone).blocks[1].paragraphs == (
        "This run has: =2+2 <b>Two</b> more vehicles; CRITICAL from day 2; "
        "window=3 days (set on the command line).",
    )


def test_options_on_incidents_of_their_own_are_not_said_to_be_paired(view):
    apart = replace(
        view, results=replace(view.results, manifest={**view.results.manifest, "independent": True})
    )
    assert "Every option meets the same incidents" in register.method(view).blocks[0].paragraphs[0]
    said = register.method(apart).blocks[0].paragraphs[0]
    assert "same incidents, so" not in said
    assert "Every option meets incidents of its own" in said
    assert list(people._points(apart)) == []


def test_cost_without_pairs_has_the_noise_of_both(view, monkeypatch):
    """Variances of 2/3 and 10/3 over four replications make an error of one, on six degrees of freedom."""
    names = ("more ARVs @ SEVERE held", "now @ SEVERE held")
    paid = {
        id(view.option(names[0])): np.array([11.0, 12.0, 12.0, 13.0]),
        id(view.option(names[1])): np.array([3.0, 4.0, 6.0, 7.0]),
    }
    monkeypatch.setattr("armsim.report.page.view.cost", lambda data, when: paid[id(data)])
    apart = replace(
        view, results=replace(view.results, manifest={**view.results.manifest, "independent": True})
    )
    found = apart.cost_change(names[0])
    assert (found.value, found.high - found.value) == (7.0, pytest.approx(2.446912))
    pairs = view.cost_change(names[0])  # differences 8, 8, 6, 6
    assert (pairs.value, pairs.high - pairs.value) == (7.0, pytest.approx(3.182446 * (4 / 3 / 4) ** 0.5))


def test_no_change_and_too_few_together_are_no_lack_of_a_clear_difference(view):
    names = [name for name in view.results.options if name.startswith("more")]
    few, same = ("too few incidents", 0.0, 0.0, 0.0), ("unchanged", 0.0, 0.0, 0.0)
    found = planted(
        view,
        {(name, metric): few for name in names for metric in ("response_p90", "within_target")}
        | {(name, "no_arv_free"): same for name in names},
    )
    assert head(found) == (
        "No main measure changes: all is exactly as with “now”; too few incidents for the time within which "
        "nine in ten of firearms incidents get an armed unit and the share within target “first armed”."
    )


def test_a_cost_that_is_the_same_under_all_conditions_is_one_figure(view, monkeypatch):
    fixed = Estimate(301_500, NAN, NAN, 4, 4)
    monkeypatch.setattr(View, "cost_change", lambda self, name, when="a year": fixed)
    glance = next(one for one in answer.answer(view).blocks if isinstance(one, Table))
    assert glance.rows[0][3].text == "£302k more"


def test_levels_are_not_held_against_each_other_where_an_attack_parts_them(view, monkeypatch):
    alone = replace(of_runs(view, ["now @ two days CRITICAL"]), comparison=None)
    assert "between" in head(alone) or "against" in head(alone)
    monkeypatch.setattr(answer, "at_the_attack", lambda view, name: "Half of the sites.")
    assert head(alone) == "Half of the sites."
    items = answer.answer(alone).blocks[1].items
    assert [one.split(":")[0] for one in items[:-1]] == ["At SEVERE", "At CRITICAL"]


def test_a_day_worth_watching_is_named_with_its_command(view):
    rows = {row[0].text: row[1].text for row in register.identity(view).blocks[0].rows}
    free = view.option("now @ SEVERE held").totals["arv_free_zero_minutes:level=SEVERE"]
    hardest = free.idxmax()
    assert rows["A day of it on a map"] == (
        f"armsim replay {view.results.run_id} 'now @ SEVERE held' {hardest} --page day.html, typed in the "
        f"folder that holds the run (replication {hardest} has most time with no ARV free)"
    )


def test_what_options_are_compared_by_is_told_where_its_figures_stand(view):
    """Not only the main measures: half of grade 1 incidents, and hours of officers."""
    name = "more ARVs @ SEVERE held"
    shown = next(sections._quantiles(view))
    row = next(row for row in shown.rows if row[0].text == name)
    for column, metric in ((1, "response_p50"), (2, "response_p90")):
        assert shown.head[column].startswith("First officer, grade 1")
        change = view.compared(name, metric, milestone="first_officer", grade="G1")
        assert row[column] == figures.change_cell(change)
    assert tables.CHANGES in shown.note
    week = next(people._armed(view))
    row = next(row for row in week.rows if row[0].text == name)
    assert row[1] == figures.change_cell(view.compared(name, "average_week", team="arv"))


def test_figures_that_nobody_asked_for_by_name_are_not_said_to_be_missing(view):
    """The small run has no CEDs and no neighbourhoods, which a report would compare options by as well."""
    name = "more ARVs @ SEVERE held"
    assert view.compared(name, "response_p50", milestone="first_ced", grade="G1") is None
    assert view.compared(name, "abstracted_share") is None
    assert not any("Not measured" in one for one in view.comparison.sentences)
    assert view.compared(name, "average_week", team="arv") is not None


def test_with_several_forces_it_is_said_whose_arvs_are_meant(view, monkeypatch):
    name = "now @ SEVERE held"
    assert "no ARV is free" in scale.level_sentence(view, name)
    monkeypatch.setattr(OptionData, "parts", property(lambda self: ("East", "West")))
    assert "no ARV of any of the 2 forces is free" in scale.level_sentence(view, name)
    assert "Time with no ARV of any of the 2 forces free" in [
        one.label for one in scale.tiles(view, name).tiles
    ]
