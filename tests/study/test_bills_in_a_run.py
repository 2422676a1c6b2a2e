"""Money and abstraction of a run of a small town with a neighbourhood team, from the engine to the tables."""

import io

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from armsim.analysis.measure import measure
from armsim.cli.table_people import people_tables
from armsim.config.loader import load_scenario
from armsim.domain import DutyKind, Record, UnitStatus
from armsim.engine.simulation import simulate
from armsim.model.world import build_world
from armsim.study import finish
from armsim.study.plan import Study
from armsim.study.runner import execute

TEAM = """\
  npt:
    kind: pattern
    role: NPT
    establishment: 20
    pattern: npt
    planned_absence: {leave: 0.1, training: 0.1}
    sickness: {share: 0.05, spell: 2 days}
units:
  walk: {team: npt, crew: 2, bases: all, serves: [POST, G1]}
"""
POSTS = """\
threat:
  timeline: [{level: SEVERE}]
  levels:
    SEVERE:
      posts: {market: {site: market, needs: {officers: 2}, hours: "10:00-14:00", kinds: [walk]}}
sites: {market: {busiest: 1}}
neighbourhood: {month: 1 day, standards: [{name: "=surgery", team: npt, hours_a_month: 1}]}
prices:
  vehicles: {arv: {buy: 60000, life: 4, run: 15000}}
"""
NPT_PATTERN = """, npt: {
  teams: 2, shifts: {D: "08:00-18:00", N: "20:00-06:00"}, cycle: [D, N], days_between_teams: 1}}
"""
ARV = "{kind: pattern, establishment: 6, pattern: day}"


@pytest.fixture
def town(tiny):
    text = tiny.read_text().replace("units:\n", TEAM, 1).replace("window: 1 day", "window: 2 days")
    for old, new in (
        ("days_between_teams: 1}}\n", "days_between_teams: 1}" + NPT_PATTERN),
        (f"teams: {{arv: {ARV}}}", f"teams:\n  arv: {ARV}"),
        ("arv: {team: arv,", "arv: {team: arv, vehicles: 3,"),
        ("threat: {timeline: [{level: SEVERE}]}\n", POSTS),
    ):
        assert old in text
        text = text.replace(old, new)
    tiny.write_text(text)
    return tiny


def test_minutes_of_the_log_are_in_the_totals_once(town):
    loaded = load_scenario(town)
    world = build_world(loaded.scenario, loaded.folder)
    log = simulate(world, 3, 0, Record.METRICS)
    totals = measure(log, world).totals

    def summed(head):
        return sum(value for name, value in totals.items() if name.startswith(head))

    officers, duty = log.tables["officers"], log.tables["officer_duty"]
    mine = officers["team"][duty["officer"].astype(int)] == sorted(loaded.scenario.teams).index("npt")
    inside = np.minimum(duty["planned_end"], 2880.0) - np.maximum(duty["start"], 0.0)
    minutes = np.maximum(inside, 0.0) * mine
    kind = duty["kind"]
    leave = (kind == DutyKind.ABSENT_PLANNED) & (duty["cause"] == 0)
    scheduled = ~leave & (kind != DutyKind.ABSENT_SICK)
    assert summed("scheduled_minutes:team=npt:") == pytest.approx(minutes[scheduled].sum())
    assert summed("npt_scheduled_minutes:team=npt:") == pytest.approx(minutes[scheduled].sum())
    training = (kind == DutyKind.ABSENT_PLANNED) & (duty["cause"] == 1)
    assert summed("abstracted_minutes:team=npt:type=training:") == pytest.approx(minutes[training].sum())
    assert minutes[training].sum() > 0
    status = log.tables["unit_status"]
    walks = np.array([world.kinds[unit.kind] == "walk" for unit in log.units])[status["unit"].astype(int)]
    on_post = walks & (status["status"] == UnitStatus.ON_POST)
    posted = (status["end"] - status["start"])[on_post & (status["end"] <= 2880)].sum()
    assert summed("abstracted_minutes:team=npt:type=posts:") >= 2 * posted > 0
    assert summed("abstracted_minutes:") == pytest.approx(summed("npt_abstracted_minutes:"))
    assert totals["standard_months:standard==surgery"] == 2


def test_tables_are_the_same_bytes_after_a_resume_and_go_when_the_run_starts_afresh(town, tmp_path):
    study = Study({"=now": load_scenario(town)}, replications=3)
    one = execute(study, tmp_path / "a").folder
    execute(Study({"=now": load_scenario(town)}, replications=1), tmp_path / "b")
    two = execute(study, tmp_path / "b").folder
    for name in ("cost.csv", "abstraction.csv"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
        table = pd.read_csv(io.BytesIO((one / name).read_bytes()))
        assert table.columns[0] == "option"
        assert set(table["option"]) == {"'=now"}
    bill = pd.read_csv(one / "cost.csv")
    yearly = bill[bill["when"] == "a year"].set_index("item")["pounds"]
    assert yearly.drop("total").sum() == pytest.approx(yearly["total"])
    assert yearly["officers"].sum() == 26 * 50_700
    finish.prepare(one, study, fresh=True)
    assert not (one / "cost.csv").exists()
    assert not (one / "abstraction.csv").exists()


def printed(loaded, folder, replications):
    """Text of the tables at 80 columns, and their lines by what they begin with."""
    results = execute(Study({"now": loaded}, replications=replications), folder).results
    console = Console(width=80, record=True, file=io.StringIO())
    for table in people_tables(results):
        console.print(table)
    text = console.export_text()
    lines = {line.split("│")[1].strip(): line for line in text.splitlines() if line.startswith("│")}
    return text, lines


def test_the_printed_tables_fit_a_terminal(town, tmp_path):
    text, lines = printed(load_scenario(town), tmp_path, 3)
    assert max(map(len, text.splitlines())) <= 80
    assert "1,318,200" in lines["officers"]  # 26 officers
    assert "90,000" in lines["vehicles"]  # three at 60,000 / 4 + 15,000
    assert lines["to posts"].split("│")[3].strip() == ""  # the ARV team has no such figure
    assert "±" in lines["Abstracted, % of scheduled"]
    assert "At prices of 2017" in text
    assert "no price" not in text


def test_what_has_no_price_is_said(town, tmp_path):
    text, lines = printed(load_scenario(town, sets=["prices.vehicles={}"]), tmp_path, 1)
    assert "no price given" in lines["vehicles"]
    assert "some lines have no price" in " ".join(text.split())
    assert "±" not in "".join(lines.values())  # one replication has no limits
