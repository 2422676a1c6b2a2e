from dataclasses import replace

import numpy as np
import pytest

from armsim.domain import ThreatLevel
from armsim.model.forces import ForceTeam
from armsim.model.history import rostered_before
from armsim.model.parades import parades
from armsim.model.threat import Timeline
from armsim.streams import Streams

DAY, HOUR = 1440.0, 60.0
MINE = ForceTeam("arv", "Shire", 0, 50)


def by_hand(world, days, begin):
    """Minutes by officer and day of duties that end by *begin*."""
    opens = (np.floor(begin / DAY) - days) * DAY
    found = parades(
        world.scenario, MINE, Streams(1, 0), Timeline((0.0,), (ThreatLevel.LOW,)), opens - 2 * DAY, begin
    )
    table = np.zeros((50, days))
    for officer, start, end in zip(found.officer, found.start, found.planned_end, strict=True):
        for day in range(days):
            midnight = opens + day * DAY
            part = min(end, midnight + DAY) - max(start, midnight)
            if part > 0 and end <= begin:
                table[officer, day] += part
    return table


def test_minutes_by_calendar_day_of_the_roster_alone(make_world):
    absent = {"planned_absence": {"leave": 0.3}, "sickness": {"share": 0.2, "spell": "9 days"}}
    team = {"kind": "pattern", "establishment": 50, "pattern": "five"}
    world = make_world(teams={"arv": team | absent}, warm_up="2 days")
    plain = make_world(teams={"arv": team}, warm_up="2 days")
    found = rostered_before(world, MINE, 119)
    assert found.shape == (50, 119)
    assert (found == by_hand(plain, 119, -2 * DAY)).all()
    # Seventeen weeks of 42 hours, but for duties of the first and last days that reach over the edges.
    assert found.sum() / 50 / HOUR == pytest.approx(17 * 42, abs=4)


def test_a_night_across_the_edge_is_left_to_the_log(make_world):
    world = make_world(teams={"arv": {"kind": "pattern", "establishment": 50, "pattern": "five"}})
    found = rostered_before(world, MINE, 3)
    # Days -3 to -1. Squad 3 has E, L, L, the last into the window; squad 2 has L, N, N after another L.
    assert found[3].tolist() == [600.0, 540.0, 60.0]
    assert found[2].tolist() == [60.0 + 540.0, 60.0 + 180.0, 420.0]
    assert found[4].tolist() == [0.0, 600.0, 600.0]
    assert (found == by_hand(world, 3, 0.0)).all()


def test_officers_of_uplifts_have_the_days_of_their_squad(make_world):
    team = {"kind": "pattern", "establishment": 50, "pattern": "five"}
    uplift = {"team": "arv", "officers": 7, "decided": "2018-03-05", "courses": ["afo"]}
    world = make_world(teams={"arv": team}, uplifts={"more": uplift})
    found = rostered_before(world, MINE, 20)
    assert found.shape == (57, 20)
    assert (found[50:] == found[:7]).all()


def test_volunteers_have_no_roster(make_world):
    specials = {"kind": "volunteers", "headcount": 3, "hours_a_month": 16, "duty": "8 h"}
    specials |= {"starts": "18:00-19:00", "day_weights": {"sat": 1}, "in_patrols": 1}
    world = make_world(teams={"arv": specials})
    with pytest.raises(TypeError, match="works no pattern"):
        rostered_before(world, replace(MINE, posts=3), 7)
