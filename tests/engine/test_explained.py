"""Each assignment records why that unit: rank, runner-up, alternatives and the rule that decided."""

import math

import numpy as np
import pytest

from armsim.domain import Record
from armsim.model.policies import HomeFirst, NearestWithReserve, PreferenceList


def sent(log):
    table = log.tables["deployments"]
    names = ("unit", "rank", "rule", "alternatives", "expected_minutes", "runner_up_minutes")
    return [tuple(float(table[name][row]) for name in names) for row in range(len(table["unit"]))]


def test_the_nearest_is_first_of_its_rank_and_the_next_is_its_runner_up(tell, play, car):
    log = play(tell(units={"car": car | {"standing": {"West": 1, "East": 1}}}).incident("job", 0.0, 2.0))
    assert sent(log) == [pytest.approx((1, 1, 0, 1, 4.0, 20.0), abs=0.01)]  # East is 0, West 1


def test_without_another_there_is_no_runner_up(tell, play, car):
    (row,) = sent(play(tell().incident("job", 0.0, 2.0)))
    assert row[1:4] == (1.0, 0.0, 0.0)
    assert math.isnan(row[5])


def test_what_the_reserve_holds_back_is_no_alternative(tell, play, car):
    """West's kind keeps its only unit back: East's goes, as second nearest and without an alternative."""
    story = tell(
        types={"low": {"grade": "G2"}},
        units={"car": car, "van": car | {"standing": {"East": 1}}},
        dispatch={"policy": {"kind": "nearest_with_reserve"}, "reserve": {"car": {"G2": 1}}},
    )
    (row,) = sent(play(story.incident("low", 0.0, 2.0)))
    assert row[:5] == pytest.approx((1, 2, 1, 0, 20.0), abs=0.01)
    assert math.isnan(row[5])
    assert NearestWithReserve.RULES[int(row[2])] == "nearest_but_reserve"


def test_the_own_beat_goes_first_though_another_is_nearer(tell, play, car):
    story = tell(
        units={"car": car | {"standing": {"West": 1, "East": 1}}},
        dispatch={"policy": {"kind": "home_first"}},
    )
    # East's beat is C; while its unit is at work there, West's goes.
    story.incident("job", 0.0, 20.0, work=100.0).incident("job", 10.0, 18.0, work=300.0)
    found = sent(play(story))
    assert [HomeFirst.RULES[int(row[2])] for row in found] == ["own_beat", "own_force"]
    assert [row[0] for row in found] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("options", "row", "rule"),
    [
        ({}, (0, 2, 1, 13.0, 11.0), "own_beat"),
        ({"lead": "3 min"}, (0, 2, 1, 13.0, 11.0), "own_beat"),
        ({"lead": "1 min"}, (1, 1, 1, 11.0, 13.0), "nearer_by_lead"),
    ],
)
def test_a_lead_lets_the_nearer_one_go(tell, play, car, options, row, rule):
    """Zone B, as far from East as from West, is East's; at kilometre 9 West's unit is 2 minutes nearer."""
    story = tell(
        units={"car": car | {"standing": {"West": 1, "East": 1}}},
        dispatch={"policy": {"kind": "home_first", **options}},
    )
    (found,) = sent(play(story.incident("job", 0.0, 9.0)))
    assert (*found[:2], *found[3:]) == pytest.approx(row, abs=0.01)
    assert HomeFirst.RULES[int(found[2])] == rule


def test_the_list_beats_distance(tell, play, car):
    lists = {"A": ["East", "West"], "B": ["West"], "C": ["East"]}
    story = tell(
        units={"car": car | {"standing": {"West": 1, "East": 1}}},
        dispatch={"policy": {"kind": "preference_list", "order": lists}},
    )
    story.incident("job", 0.0, 0.0, work=200.0).incident("job", 5.0, 20.0, lost_at=50.0)
    found = sent(play(story))
    assert found == [pytest.approx((0, 2, 0, 1, 22.0, 2.0), abs=0.01)]  # nobody is sent from West to C
    assert PreferenceList.RULES[0] == "list"


@pytest.mark.parametrize(
    "policy",
    [
        {"kind": "nearest"},
        {"kind": "home_first", "lead": "2 min"},
        {"kind": "preference_list", "order": {"A": ["West"]}, "otherwise": "nearest"},
        {"kind": "cover_aware", "in_time": "15 min", "cover": {"within": "8 min", "busy": 0.3}},
    ],
)
def test_explaining_changes_no_choice(tell, play, car, policy):
    story = tell(units={"car": car | {"standing": {"West": 3, "East": 3}}}, dispatch={"policy": policy})
    rng = np.random.default_rng(1)
    for at in np.sort(rng.uniform(0, 1000, 60)).tolist():
        story.incident("job", at, float(rng.uniform(0, 20)), needs=(int(rng.integers(1, 3)), 0, 0, 0))
    full, metrics = play(story), play(story, Record.METRICS)
    for column, values in full.tables["incidents"].items():
        np.testing.assert_array_equal(values, metrics.tables["incidents"][column], err_msg=column)
    table = full.tables["deployments"]
    assert np.isfinite(table["rule"]).all()
    assert (table["rank"] >= 1).all()
    assert (table["rank"] <= table["alternatives"] + 1).all()
