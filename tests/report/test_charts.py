"""What the charts hold: figures, words, and when there is none."""

import math

import numpy as np
import pandas as pd
import pytest

from armsim.domain import ThreatLevel
from armsim.report import (
    chart_availability,
    chart_availability_day,
    chart_distribution,
    chart_forces,
    chart_hours,
    chart_map,
    chart_percentiles,
)
from armsim.report.charts import headline
from armsim.report.read import mean_band, ratio_difference, time_share


def words(chart):
    texts = [text.get_text() for text in chart.figure.texts]
    return texts + [text.get_text() for axes in chart.figure.axes for text in axes.texts]


def test_every_chart_prints_finding_source_and_what_intervals_mean(charts):
    assert len(charts) == 6
    for chart in charts.values():
        printed = " ".join(words(chart)).replace("\n", " ")
        assert chart.title in printed
        assert "armsim 0.1.0, run critical-4f1c9a2e, 40 replications" in printed
        assert "illustrative bases and fleet. Intervals show simulation noise only." in printed
        assert chart.title in chart.alt
        assert "simulation noise only" in chart.caption


def test_titles_are_about_ten_words(charts):
    assert all(len(chart.title.split()) <= 13 for chart in charts.values())


def test_distribution_data_is_the_curve(made, charts):
    curve = made.curve(9.4, 0.42, 5000, seed=1)
    data = charts["response_times"].data
    row = data[(data["series"] == "First officer, grade 1") & (data["minutes"] == 15)].iloc[0]
    expected = curve.share_interval(900)
    assert (row["share"], row["low"], row["high"]) == (
        curve.share(900), pytest.approx(expected.low), pytest.approx(expected.high)
    )  # fmt: skip
    assert data["minutes"].max() >= 24


def test_distribution_takes_four_curves_and_leaves_out_thin_ones(made):
    thin = {"thin": made.curve(9, 0.4, 40)}
    assert chart_distribution.draw(thin, [], made.CONTEXT, ("thin", "x"), "all") is None
    with pytest.raises(ValueError, match="at most 4 curves"):
        chart_distribution.draw({str(n): thin["thin"] for n in range(5)}, [], made.CONTEXT, ("0", "x"), "all")


def test_the_title_speaks_of_the_first_curve_with_incidents_enough(made):
    few, many = made.curve(12, 0.5, 20), made.curve(9, 0.5, 400)
    curves = {
        "First officer, grade 1": many,
        "First CED officer, grade 1": many,
        "First armed, firearms": few,
    }
    chart = chart_distribution.draw(curves, [], made.CONTEXT, headline(curves), "all")
    assert chart.title.startswith("Half of grade 1 incidents get an officer within")
    curves["First armed, firearms"] = many
    assert headline(curves) == ("First armed, firearms", "firearms incidents get an armed unit")


def test_hours_with_too_few_incidents_are_blank(charts):
    data = charts["response_by_hour"].data.set_index(["level", "hour"])
    assert data.loc[("CRITICAL", 4), "incidents"] == 30
    assert math.isnan(data.loc[("CRITICAL", 4), "p90_minutes"])
    assert data.loc[("SEVERE", 4), "p90_minutes"] == pytest.approx(17.2, abs=1)


def test_hours_without_a_difference_say_so(made):
    cells = {(made.SEVERE, hour): made.curve(10, 0.4, 400, seed=hour) for hour in range(24)}
    chart = chart_hours.draw(cells, made.CONTEXT, "grade 1 response", "First officer")
    assert chart.title == "No clear difference in grade 1 response between hours at SEVERE"


def test_a_limit_that_is_not_reached_runs_to_the_edge(made):
    cells = {(made.SEVERE, 3): made.curve(10, 0.4, 150, 0.085), (made.SEVERE, 4): made.curve(10, 0.4, 400)}
    chart = chart_hours.draw(cells, made.CONTEXT, "grade 1 response", "First officer")
    assert math.isinf(chart.data["high_minutes"].max())
    axes = chart.figure.axes[0]
    (bars,) = axes.collections
    tops = [float(line[:, 1].max()) for line in bars.get_segments() if len(line)]
    assert len(tops) == 2
    assert max(tops) == pytest.approx(axes.get_ylim()[1])


def test_hours_of_nothing_give_no_chart(made):
    assert chart_hours.draw({}, made.CONTEXT, "x", "y") is None


def test_availability_data_is_the_mean_over_replications(made, charts):
    table = made.availability()
    data = charts["arv_availability"].data.set_index("hour")
    assert data.index[0] == 24 * 4
    assert data.index[-1] + 1 == 24 * 13
    assert data.loc[170, "free"] == pytest.approx((table[:, 170, 1] / 60).mean())
    assert data.loc[170, "none_free_share"] == pytest.approx(table[:, 168:171, 2].sum() / (40 * 180))
    assert (data.loc[165, "level"], data.loc[166, "level"]) == ("SEVERE", "CRITICAL")


def test_availability_title_follows_the_effect(made, charts):
    assert charts["arv_availability"].title.startswith("Time with no ARV free rises from 4% to 9%")
    flat = chart_availability.draw(made.availability(effect=0.0), made.SPELLS, made.CONTEXT)
    assert flat.title == "No clear difference between SEVERE and CRITICAL in time without a free ARV"


def test_without_arvs_or_with_one_level_there_is_no_time_chart(made):
    table = made.availability(4, 2)
    one = [(made.SEVERE, 0.0, 2880.0)]
    assert chart_availability.draw(table, one, made.CONTEXT) is None
    two = [(made.SEVERE, 0.0, 1440.0), (made.CRITICAL, 1440.0, 2880.0)]
    assert chart_availability.draw(table * [1, 0, 1, 0], two, made.CONTEXT) is None
    assert chart_availability.draw(np.zeros((4, 0, 4)), two, made.CONTEXT) is None
    assert chart_availability_day.draw({made.SEVERE: np.zeros((4, 24, 4))}, made.CONTEXT) is None


def test_a_level_that_never_came_is_left_out_of_the_day_chart(made):
    table = made.availability(8, 1)
    sums = {made.SEVERE: table, made.CRITICAL: np.zeros_like(table)}
    chart = chart_availability_day.draw(sums, made.CONTEXT)
    assert set(chart.data["level"]) == {"SEVERE"}
    assert chart.title.endswith("of the time at SEVERE")


def test_with_an_attack_given_the_day_chart_holds_no_level_against_another(made):
    table = made.availability(8, 2)
    sums = {made.SEVERE: 3 * table[:, :24], made.CRITICAL: table[:, 24:] * [1, 1, 0.2, 1]}
    told = chart_availability_day.draw(sums, made.CONTEXT)
    assert "at CRITICAL" in told.title
    given = chart_availability_day.draw(sums, made.CONTEXT, attack_given=True)
    assert given.title.startswith("No ARV is free for")
    assert given.title.endswith("of the time at SEVERE")


def test_a_share_of_time_has_limits_between_nothing_and_all(made):
    table = made.availability(3, 1) * [1, 1, 0, 1]
    table[0, 5, 2] = table[0, 5, 0]
    found = time_share(table[:, :, [2, 0]].sum(axis=1), 0.95)
    assert found.low == 0.0 < found.value < found.high < 1.0


def test_of_levels_as_long_the_highest_are_drawn_by_hour(made):
    chart = chart_availability_day.draw(
        {level: made.availability(4, 1) for level in ThreatLevel}, made.CONTEXT
    )
    assert set(chart.data["level"]) == {"CRITICAL", "SEVERE", "SUBSTANTIAL", "MODERATE"}


def test_percentiles_hold_estimates_and_leave_out_thin_levels(made):
    curves = {made.SEVERE: made.curve(12, 0.5, 800), made.CRITICAL: made.curve(12, 0.5, 90)}
    chart = chart_percentiles.draw(curves, made.CONTEXT, "armed response", "firearms incidents")
    assert set(chart.data["level"]) == {"SEVERE"}
    ninetieth = curves[made.SEVERE].quantile_interval(0.9)
    row = chart.data[chart.data["percentile"] == 0.9].iloc[0]
    assert (row["minutes"], row["low_minutes"]) == (ninetieth.value / 60, ninetieth.low / 60)
    thin = {made.CRITICAL: curves[made.CRITICAL]}
    assert chart_percentiles.draw(thin, made.CONTEXT, "armed response", "x") is None


def test_percentile_that_is_not_reached_says_so(made):
    curves = {made.SEVERE: made.curve(12, 0.5, 800, lost=0.3)}
    chart = chart_percentiles.draw(curves, made.CONTEXT, "armed response", "firearms incidents")
    assert chart.title == "90th percentile of armed response is not reached at SEVERE"
    assert "Nine in ten within: not reached" in words(chart)
    assert "90%: not reached" in chart.alt


def test_map_weighs_by_residents(made):
    table = pd.DataFrame({
        "zone": ["a", "b", "c"], "name": ["A", "B", "C"], "x_km": [0.0, 4.0, 0.0], "y_km": [0.0, 0.0, 4.0],
        "area_km2": [10.0, 10.0, 10.0], "population": [100, 200, 700],
    })  # fmt: skip
    minutes = {made.SEVERE: np.array([5.0, 15.0, 25.0])}
    chart = chart_map.draw(table, minutes, made.BASES.iloc[:0], made.CONTEXT)
    assert chart.title == "30% of residents can expect an ARV within 15 minutes at SEVERE"
    assert chart.figure.axes[0].get_title() == "SEVERE\naverage resident: 21.0 minutes"
    assert list(chart.data["minutes_severe"]) == [5.0, 15.0, 25.0]
    mixed = table.assign(rural=[False, False, True])
    chart = chart_map.draw(mixed, minutes, made.BASES.iloc[:0], made.CONTEXT, (10.0, 25.0))
    assert chart.title == "80% of residents can expect an ARV within 10 minutes (rural: 25) at SEVERE"
    assert "80% of residents within 10 minutes (rural: 25)." in chart.alt


def test_map_leaves_out_a_level_never_read_and_shows_zones_never_read(made):
    table = made.zones(30)
    minutes = {made.SEVERE: made.potential(table), ThreatLevel.CRITICAL: np.full(30, math.nan)}
    minutes[made.SEVERE][3] = math.nan
    chart = chart_map.draw(table, minutes, made.BASES, made.CONTEXT)
    assert len(chart.figure.axes) == 1
    legend = [text.get_text() for text in chart.figure.legends[0].get_texts()]
    assert "not read" in legend
    assert chart_map.draw(table, {made.SEVERE: np.full(30, math.nan)}, made.BASES, made.CONTEXT) is None


def test_classes_are_round_and_name_everything():
    edges = chart_map.class_edges(np.linspace(6, 24, 200))
    assert edges == (10.0, 15.0, 20.0, 25.0) or edges == (5.0, 10.0, 15.0, 20.0)
    assert chart_map.class_names((5.0, 10.0, 15.0, 20.0)) == [
        "under 5", "5 to under 10", "10 to under 15", "15 to under 20", "20 or more"
    ]  # fmt: skip


def test_ratio_difference_is_paired():
    first = np.array([[1.0, 10.0], [2.0, 10.0], [6.0, 10.0], [9.0, 10.0]])
    second = first + np.array([[1.0, 0.0], [1.1, 0.0], [0.9, 0.0], [1.0, 0.0]])
    found = ratio_difference(first, second, 0.95)
    assert found.value == pytest.approx(0.1)
    assert 0.08 < found.low < 0.1 < found.high < 0.12
    assert math.isnan(ratio_difference(first[:1], second[:1], 0.95).low)


def test_mean_band_skips_what_is_missing():
    mean, low, high = mean_band(np.array([[1.0, math.nan], [3.0, 5.0]]), 0.95)
    assert list(mean) == [2.0, 5.0]
    assert (low[0] + high[0]) / 2 == pytest.approx(2.0)
    assert math.isnan(low[1])


def by_force(made, **effects):
    """Availability by hour of the day of some forces, the effect being that of a spell of CRITICAL."""
    whole = {force: made.availability(effect=effect) for force, effect in effects.items()}
    return {
        force: np.stack([part[:, hour::24].sum(axis=1) for hour in range(24)], axis=1)
        for force, part in whole.items()
    }


def test_forces_are_shown_least_covered_first_and_told_apart_only_when_clear(made):
    chart = chart_forces.draw(by_force(made, Calm=0.0, Pressed=6.0), made.CONTEXT)
    assert list(dict.fromkeys(chart.data["force"])) == ["Pressed", "Calm"]
    assert "of the time in Pressed" in chart.title
    assert chart.title.endswith("in Calm")
    sums = by_force(made, Calm=0.0, Pressed=6.0)["Pressed"].sum(axis=(0, 1))
    assert f"Pressed: {sums[2] / sums[0]:.0%}" in chart.alt
    alike = chart_forces.draw(by_force(made, One=1.0, Other=1.0), made.CONTEXT)
    assert alike.title.startswith("No clear difference between forces")


def test_of_many_forces_alike_the_farthest_two_are_not_called_different(made):
    """Of twelve forces with one true share some two always lie apart: each pair's own limits would say so."""
    rng = np.random.default_rng(1)
    shape = (40, 24, 4)
    table = {}
    for index in range(12):
        part = np.full(shape, 60.0)
        part[:, :, 2] = rng.uniform(0, 6, shape[:2])
        table[f"Force {index}"] = part
    none = {force: part[:, :, 2].sum() for force, part in table.items()}
    worst, best = (table[pick(none, key=none.get)].sum(axis=1) for pick in (max, min))
    own = ratio_difference(best[:, [2, 0]], worst[:, [2, 0]], 0.95)
    assert own.low > 0
    assert chart_forces.draw(table, made.CONTEXT).title.startswith("No clear difference between forces")


def test_forces_are_drawn_only_where_there_are_two_with_arvs(made):
    one = by_force(made, One=1.0)
    assert chart_forces.draw(one, made.CONTEXT) is None
    assert chart_forces.draw({**one, "None": np.zeros_like(one["One"])}, made.CONTEXT) is None


def test_a_given_attack_is_marked_and_spoken_of(made):
    table = made.availability()
    chart = chart_availability.draw(table, made.SPELLS, made.CONTEXT, 0, struck=150 * 60.0)
    share = table[:, 150:156, 2].sum() / table[:, 150:156, 0].sum()
    assert "of the 6 hours after the attack" in chart.title
    assert f"{share:.0%}" in chart.title
    assert "Attack " in words(chart)
