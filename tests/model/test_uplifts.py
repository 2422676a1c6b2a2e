import numpy as np
import pytest

from armsim.domain import DutyKind, ThreatLevel
from armsim.errors import ScenarioError
from armsim.model.forces import ForceTeam
from armsim.model.parades import parades
from armsim.model.threat import Timeline
from armsim.model.uplifts import moves, sources
from armsim.streams import Streams

DAY = 1440.0
STEADY = Timeline((0.0,), (ThreatLevel.SEVERE,))
TEAMS = {
    "arv": {"kind": "pattern", "establishment": 20, "pattern": "five"},
    "npt": {"kind": "pattern", "establishment": 10, "pattern": "five"},
    "response": {"kind": "pattern", "establishment": 30, "pattern": "five"},
}
#: Decided on the day the window opens: classes of two start on days 7 and 21, courses of ten days in all.
UPLIFT = {
    "team": "arv", "officers": 4, "decided": "2018-03-05", "first_class_after": "7 days", "class_size": 2,
    "class_every": "14 days", "courses": ["long", "short"], "taken_from": {"response": 0.5, "npt": 0.25},
    "backfilled_after": "20 days",
}  # fmt: skip
PRICES = {"courses": {"long": {"length": "8 days", "cost": 1}, "short": {"length": "2 days", "cost": 1}}}


@pytest.fixture
def world_of(make_world):
    def make(**changes):
        return make_world(teams=TEAMS, uplifts={"more": UPLIFT | changes}, prices=PRICES, window="84 days")

    return make


def team(world, name):
    return ForceTeam(name, "Shire", 0, world.scenario.teams[name].establishment)


def rows(world, name):
    return parades(world.scenario, team(world, name), Streams(1, 0), STEADY, 0.0, 84 * DAY)


def test_officers_come_from_teams_by_largest_remainder_spread_over_the_classes():
    assert sources(4, {"response": 0.5, "npt": 0.25}).tolist() == ["response", "npt", "", "response"]
    assert sorted(sources(10, {"a": 0.33, "b": 0.33, "c": 0.34})) == ["a"] * 3 + ["b"] * 3 + ["c"] * 4
    assert sorted(sources(2, {"a": 0.25, "b": 0.25})) == ["", "a"]
    assert sources(3, {}).tolist() == ["", "", ""]


def test_classes_courses_and_donors(world_of):
    world = world_of()
    gain = moves(world.scenario, team(world, "arv"))
    assert gain.arrives.tolist() == [17 * DAY, 17 * DAY, 31 * DAY, 31 * DAY]
    assert gain.donor.size == 0
    gone = moves(world.scenario, team(world, "response"))
    assert gone.donor.tolist() == [29, 28] and gone.arrives.size == 0
    assert gone.leaves.tolist() == [7 * DAY, 21 * DAY] and gone.filled.tolist() == [27 * DAY, 41 * DAY]
    assert moves(world.scenario, team(world, "npt")).donor.tolist() == [9]


def test_officers_gained_parade_with_their_squads_after_the_last_course(world_of):
    found = rows(world_of(), "arv")
    assert len(found.officers) == 24
    for officer, arrives in zip(range(20, 24), (17, 17, 31, 31), strict=True):
        mine, mate = found.start[found.officer == officer], found.start[found.officer == officer - 20]
        assert mine.tolist() == [start for start in mate if start >= arrives * DAY]
    kept = found.officer < 20
    plain = rows(world_of(team="npt", taken_from={}), "arv")
    assert (found.start[kept] == plain.start).all()


def test_donors_are_on_course_until_their_posts_are_filled(world_of):
    found = rows(world_of(), "response")
    course = found.kind == DutyKind.ON_COURSE
    for officer, leaves in ((29, 7), (28, 21)):
        mine = found.officer == officer
        away = (found.start >= leaves * DAY) & (found.start < (leaves + 20) * DAY)
        assert (course[mine] == away[mine]).all() and course[mine].sum() == 12
    assert not course[found.officer < 28].any()
    assert not found.present[course].any()
    lost = rows(world_of(backfilled_after=None), "response")
    assert (lost.kind[(lost.officer == 29) & (lost.start >= 7 * DAY)] == DutyKind.ON_COURSE).all()


def test_an_uplift_of_another_force_changes_nobody(world_of):
    assert moves(world_of(force="Loamshire").scenario, team(world_of(), "arv")).arrives.size == 0
    assert moves(world_of(force="shire").scenario, team(world_of(), "arv")).arrives.size == 4


def test_uplifts_that_take_more_than_there_are_are_refused(world_of):
    world = world_of(officers=50, taken_from={"npt": 0.5})
    with pytest.raises(ScenarioError, match="takes 25 officers in all from a team that has 10"):
        rows(world, "npt")


def test_two_uplifts_take_in_order_of_decision(make_world):
    later = UPLIFT | {"decided": "2018-03-08", "officers": 2, "taken_from": {"response": 1}}
    world = make_world(teams=TEAMS, uplifts={"a": later, "b": UPLIFT}, prices=PRICES)
    gone = moves(world.scenario, team(world, "response"))
    assert gone.donor.tolist() == [29, 28, 27, 26]
    assert gone.leaves.tolist() == [7 * DAY, 21 * DAY, 10 * DAY, 10 * DAY]
    assert np.isfinite(gone.filled).all()
