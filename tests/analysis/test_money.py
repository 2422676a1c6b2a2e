"""The bill of an option, line by line by hand."""

import numpy as np
import pytest

from armsim.analysis.intervals import mean_interval
from armsim.analysis.metrics import summarise
from armsim.analysis.money import COST_COLUMNS, cost, cost_items, cost_table, overtime_hours

from .bill import PRICES, TEAMS, option

#: Minutes of pay at plain time in the window, which is a hundredth of a year: 60 minutes are 100 h a year.
OVERTIME = {
    "people_pay_casual:team=arv": [60.0, 120.0, 0.0],
    "people_pay_rest_day:team=arv": [0.0, 60.0, 0.0],
    "people_pay_casual:team=arv:force=ash": [60.0, 120.0, 0.0],
    "people_pay_rest_day:team=arv:force=birch": [0.0, 60.0, 0.0],
    "people_pay_casual:team=arv:level=SEVERE": [60.0, 120.0, 0.0],
}
AID = {
    "recharge_lent_hours:force=ash": [1.0, 2.0, 3.0],
    "recharge_borrowed_hours:force=birch": [1.0, 2.0, 3.0],
}
FIXED = {
    ("a year", "officers", "arv", "ash"): 18 * 50_000,
    ("a year", "officers", "arv", "birch"): 9 * 50_000,
    ("a year", "officers", "response", "ash"): 80 * 50_000 + 20 * 36_000,
    ("a year", "special constables", "specials", "ash"): 40 * 1_500,
    ("a year", "allowances", "arv", "ash"): 18 * 3_000,
    ("a year", "allowances", "arv", "birch"): 9 * 3_000,
    ("a year", "vehicles", "arv", "ash"): 4 * (60_000 / 4 + 15_000),
    ("a year", "vehicles", "arv", "birch"): 2 * (60_000 / 4 + 15_000),
    ("a year", "vehicles", "response", "ash"): 0,  # 25 cars without a price
    ("a year", "CED", "arv", "ash"): 18 * (800 / 5 + 60 + 10),
    ("a year", "CED", "arv", "birch"): 9 * (800 / 5 + 60 + 10),
    ("a year", "CED", "response", "ash"): 30 * 800 / 5 + 40 * (60 + 10),
    ("a year", "other", "", ""): 7_000,
    ("once", "CED", "arv", "ash"): 18 * (800 + 33),
    ("once", "CED", "arv", "birch"): 9 * (800 + 33),
    ("once", "CED", "response", "ash"): 30 * 800 + 40 * 33,
    ("once", "other", "", ""): 9_000,
}
#: Pounds a year in each replication.
SIMULATED = {
    ("a year", "overtime", "arv", "ash"): 30 * np.array([100.0, 200.0, 0.0]),
    ("a year", "overtime", "arv", "birch"): 30 * np.array([0.0, 100.0, 0.0]),
    ("a year", "aid", "", "ash"): -6_000 * np.array([1.0, 2.0, 3.0]),
    ("a year", "aid", "", "birch"): 6_000 * np.array([1.0, 2.0, 3.0]),
}


@pytest.fixture(scope="module")
def data():
    return option(totals={**OVERTIME, **AID})


def test_every_line_by_hand(data):
    lines = {}
    for item in cost_items(data):
        key = item.when, item.item, item.team, item.force
        lines[key] = lines.get(key, 0.0) + item.pounds
    expected = {key: np.full(3, value) for key, value in FIXED.items()} | SIMULATED
    assert sorted(lines) == sorted(expected)
    for key, pounds in lines.items():
        assert pounds == pytest.approx(expected[key]), key


def test_totals_are_the_sums_of_their_lines_and_have_limits(data):
    table = cost_table(data)
    assert tuple(table.columns) == COST_COLUMNS
    lines, totals = table[table["item"] != "total"], table[table["item"] == "total"].set_index("when")
    for when in ("a year", "once"):
        assert totals.loc[when, "pounds"] == pytest.approx(lines.loc[lines["when"] == when, "pounds"].sum())
    yearly = sum(value for key, value in FIXED.items() if key[0] == "a year") + sum(SIMULATED.values())
    wanted = mean_interval(yearly, 0.95)
    assert totals.loc["a year", ["low", "high"]].tolist() == pytest.approx([wanted.low, wanted.high])
    assert wanted.low < wanted.value < wanted.high
    assert totals.loc["once", "low"] == totals.loc["once", "high"] == totals.loc["once", "pounds"]
    exact = lines[lines["low"] == lines["high"]]
    assert exact["pounds"].to_numpy() == pytest.approx((exact["quantity"] * exact["unit_price"]).to_numpy())


def test_what_is_not_priced_says_so_and_costs_nothing(data):
    cars = cost_table(data).query("basis.str.startswith('car owned')")
    assert cars["basis"].tolist() == ["car owned (no price given)"]
    assert cars[["quantity", "pounds"]].to_numpy().tolist() == [[25.0, 0.0]]


def test_aid_moves_money_between_forces_and_makes_none(data):
    aid = sum(item.pounds for item in cost_items(data) if item.item == "aid")
    assert aid.tolist() == [0.0, 0.0, 0.0]


def test_each_force_pays_its_own_and_a_shared_lease_is_in_the_total_only(data):
    shared = cost(data) - cost(data, force="ash") - cost(data, force="birch")
    assert shared == pytest.approx(7_000)


def test_overtime_hours_of_one_force_without_forces_in_the_names():
    only = option(
        totals={"people_pay_casual:team=arv": [60.0, 0.0, 30.0]},
        region={"generated": {"name": "Ash", "people": 9000, "area": 100, "zones": 20, "rural_share": 0.2}},
        bases={"all": {"p_median": 1}},
        teams={"arv": {**TEAMS["arv"], "establishment": 20}},
        units={"arv": {"team": "arv", "bases": "all", "serves": ("G1",)}},
    )
    assert only.parts == ()
    assert overtime_hours(only, "arv", only.forces[0]) == pytest.approx([100.0, 0.0, 50.0])
    lines = [item for item in cost_items(only) if item.item in ("overtime", "other")]
    assert {item.force for item in lines} == {only.forces[0]}


def test_courses_of_an_uplift_are_paid_once():
    uplift = {
        "team": "arv", "force": "birch", "officers": 8, "decided": "2018-01-01", "courses": ("arv", "ced"),
    }  # fmt: skip
    lines = [item for item in cost_items(option(uplifts={"more": uplift})) if item.item == "training"]
    assert [(item.basis, item.force, item.pounds.tolist()) for item in lines] == [
        ("more: course arv", "birch", [96_000.0] * 3),
        ("more: course ced", "birch", [264.0] * 3),
    ]


def test_more_carriers_cost_their_devices_and_courses_as_a_difference():
    teams = {
        **TEAMS,
        "response": {**TEAMS["response"], "ced_share": {"REGULAR": 0.75}, "ced_devices": {"ash": 50}},
    }
    more = cost(option(teams=teams), "once") - cost(option(), "once")
    assert more == pytest.approx(20 * 800 + 20 * 33)


def test_refreshers_twice_a_year_cost_twice_as_much_and_none_nothing():
    def refreshers(every):
        people = {"ced": {"refresher_every": every}}
        lines = cost_items(option(people=people))
        return sum(item.pounds[0] for item in lines if item.basis == "refreshers")

    assert refreshers("525960 min") == pytest.approx(67 * 10)
    assert refreshers("262980 min") == pytest.approx(67 * 20)
    assert refreshers(None) == 0


def test_metrics_of_money(data):
    table = summarise(data, ["cost_a_year", "cost_one_off", "overtime_cost_a_year"])
    rows = {(row["metric"], row["force"], row["team"]): row["value"] for row in table.to_dict("records")}
    assert rows["cost_a_year", "", ""] == pytest.approx(cost(data).mean())
    assert rows["cost_a_year", "birch", ""] == pytest.approx(cost(data, force="birch").mean())
    assert rows["cost_one_off", "", ""] == pytest.approx(cost(data, "once")[0])
    assert rows["overtime_cost_a_year", "", ""] == pytest.approx(30 * 400 / 3)
    assert rows["overtime_cost_a_year", "", "arv"] == pytest.approx(30 * 400 / 3)
    assert ("overtime_cost_a_year", "", "response") not in rows


def test_an_hour_of_a_crewed_arv_bears_all_of_its_team():
    # 87.66 h in the window are 8,766 a year: one ARV round the clock.
    hours = {"arv_work_minutes:level=SEVERE:work=free": [4000.0] * 3}
    hours["arv_work_minutes:level=SEVERE:work=firearms"] = [1259.6] * 3
    data = option(totals=hours, prices={**PRICES, "ced": {"device": 0, "consumables": 0}, "allowance": {}})
    row = summarise(data, ["cost_per_arv_hour"]).iloc[0]
    assert row["value"] == pytest.approx((27 * 50_000 + 6 * 30_000 + 27 * 10) / 8766)


def test_without_teams_there_is_no_bill():
    units = {"car": {"standing": {"East": 1}, "bases": "all", "serves": ("G1",)}}
    data = option(teams={}, units=units, prices={"posts_a_year": {}, "one_off": {}})
    assert not len(cost_table(data))
    assert not len(summarise(data, ["cost_a_year", "cost_per_arv_hour", "overtime_cost_a_year"]))
