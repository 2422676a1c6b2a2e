"""Figures by force of a region of two forces, one with three ARVs and one with one."""

import numpy as np
import pytest

from armsim.analysis.metrics import metrics
from armsim.cli.condition import parse
from armsim.cli.table import result_tables
from armsim.config.loader import load_scenario
from armsim.study.plan import Study
from armsim.study.runner import execute

FORCES = """
armsim: 1
title: Two forces
start: "2018-03-05"
window: 4 days
cool_down: 4 h
region: {zones: {file: zones.csv}}
bases: {all: {sites: {north: {zone: n1}, south: {zone: s1}}}}
travel: {kind: crow_fly, acceleration: 0.245 km/min2, cruising_speed: 63 km/h}
demand:
  types:
    armed:
      grade: FIREARMS
      annual: {north: 3650, south: 3650}
      attendance: {arv: 1}
      on_scene: {exactly: 60 min}
units:
  arv: {standing: {north: 3, south: 1}, bases: all, arv: true, armed: true, serves: [FIREARMS]}
dispatch:
  policy: {kind: nearest}
  mobilisation: {on_patrol: {exactly: 1 min}, at_base: {exactly: 2 min}}
threat: {timeline: [{level: SEVERE}]}
targets: {armed: {milestone: first_armed, grades: [FIREARMS], urban: 15 min, rural: 20 min}}
study: {replications: 3, seed: 3}
overrides:
  mutual_aid:
    description: Aid on request
    set: {aid: {default: mutual_aid, mutual: {ask_below: 1, lend_above: 0}}}
  pooled:
    description: One fleet
    set: {aid.default: pooled}
"""
ZONES = """zone,force,x_km,y_km,area_km2,population
n1,north,0,0,20,20000
n2,north,6,0,20,10000
s1,south,0,20,20,20000
s2,south,6,20,20,10000
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forces")
    file = folder / "forces.yaml"
    file.write_text(FORCES)
    (folder / "zones.csv").write_text(ZONES)
    options = {"alone": load_scenario(file)}
    options |= {name: load_scenario(file, [name]) for name in ("mutual_aid", "pooled")}
    ended = execute(Study(options), folder / "results")
    assert ended.failures == ()
    return ended.results


def figure(results, option, metric, **labels):
    rows = results.summary()
    rows = rows[(rows["option"] == option) & (rows["metric"] == metric)]
    for group, value in labels.items():
        rows = rows[rows[group] == value]
    return rows


def test_response_rows_of_the_forces_are_those_of_the_region(results):
    wanted = {"milestone": "first_armed", "grade": "FIREARMS", "level": "", "area": "", "hour": ""}
    for option in results.options:
        rows = figure(results, option, "response_p50", **wanted).set_index("force")["n"]
        assert rows["north"] + rows["south"] == rows[""]


def test_free_arvs_of_the_forces_are_those_of_the_region_where_nothing_is_lent(results):
    for option in ("alone", "pooled"):
        rows = figure(results, option, "arvs_free", level="", hour="").set_index("force")["value"]
        assert rows["north"] + rows["south"] == pytest.approx(rows[""])


def test_the_small_force_gains_by_aid_and_the_large_one_pays(results):
    def none_free(option, force):
        return float(figure(results, option, "no_arv_free", force=force, level="")["value"].iloc[0])

    assert none_free("alone", "south") > 0.2
    assert none_free("pooled", "north") > none_free("alone", "north")
    slow = {
        option: figure(
            results, option, "response_p90", force="south", level="", milestone="first_armed"
        )["value"].iloc[0]
        for option in results.options
    }  # fmt: skip
    assert slow["pooled"] < slow["alone"]
    assert slow["mutual_aid"] < slow["alone"]


def test_aid_lent_is_aid_borrowed_and_ring_fenced_forces_lend_nothing(results):
    lent, borrowed = (
        figure(results, "mutual_aid", name, kind="arv").set_index("force")["value"]
        for name in ("aid_lent", "aid_borrowed")
    )
    assert lent.sum() == pytest.approx(borrowed.sum())
    assert lent["north"] > 1
    assert lent["north"] == pytest.approx(borrowed["south"])
    for metric in ("aid_lent", "aid_borrowed", "arv_away", "arv_helped", "no_arv_free_lending"):
        assert figure(results, "alone", metric).empty, metric


def test_work_away_of_all_is_help_of_all(results):
    for option in ("mutual_aid", "pooled"):
        away, helped = (figure(results, option, name)["value"].sum() for name in ("arv_away", "arv_helped"))
        assert away == pytest.approx(helped)
        assert away > 1


def test_second_incidents_are_the_same_under_every_option(results):
    data = results.data.values()
    seen = [np.flatnonzero(one.rows("first_armed", grade="FIREARMS", second=True)) for one in data]
    assert len(seen[0]) > 10
    for other in seen[1:]:
        np.testing.assert_array_equal(seen[0], other)


def test_second_incident_metrics_are_of_those_incidents(results):
    data = results.option("alone")
    second = data.curve("first_armed", grade="FIREARMS", second=True)
    share = figure(results, "alone", "second_incidents", level="", force="")
    assert share["value"].item() == second.count / data.curve("first_armed", grade="FIREARMS").count
    median = figure(results, "alone", "second_incident_p50", level="", force="")
    assert median["n"].item() == second.count
    by_force = figure(results, "alone", "second_incident_p50", level="").set_index("force")["n"]
    assert by_force["north"] + by_force["south"] == by_force[""]
    within = figure(results, "alone", "second_incident_within_target", level="", force="south")
    south = data.target_curve(data.scenario.targets["armed"], force="south", second=True)
    assert within["n"].item() == south.count
    if within["shown"].item():
        assert within["value"].item() == south.share(20 * 60)


def test_a_condition_may_be_set_on_a_force(results):
    summary = figure(results, "alone", "no_arv_free")

    def broken(text):
        return parse(text, metrics()).broken_by(summary)

    assert len(broken("no_arv_free:force=south > 20%")) == 1
    assert broken("no_arv_free:force=north > 20%") == []
    region = figure(results, "alone", "no_arv_free", force="", level="", hour="")["value"].item()
    assert len(broken(f"no_arv_free >= {100 * region - 0.01:.2f}%")) == 1  # of the region, not of each force


def test_the_table_has_a_row_for_each_force_and_option(results):
    tables = result_tables(results)
    assert [table.title for table in tables] == ["Two forces", "By force"]
    names = list(tables[1].columns[0].cells)
    assert names == [f"{option}: {force}" for option in results.options for force in ("north", "south")]
