"""Trails: where each unit was, in the log when it is asked for; asking changes nothing else."""

import numpy as np
import pytest

from armsim.domain import Record, UnitStatus
from armsim.engine.simulation import Simulation
from armsim.engine.trails import Trails
from armsim.model.travel.leg import Leg
from armsim.streams import Streams

PATROL = {"area": "force", "slot": "45 min"}


@pytest.fixture
def day(tell, car):
    story = tell(
        types={"high": {"grade": "G1"}, "low": {"grade": "G2"}},
        units={"car": car | {"standing": {"West": 2, "East": 2}, "patrol": PATROL}},
        dispatch={"diversion": ({"to": "G1", "off": ("G2",), "when": ("MOBILISING", "EN_ROUTE")},)},
    )
    rng = np.random.default_rng(5)
    for at in np.sort(rng.uniform(0, 1440, 60)).tolist():
        kind = str(rng.choice(["high", "low"]))
        story.incident(
            kind, at, float(rng.uniform(0, 20)), needs=(1, 0, 0, 0), work=float(rng.exponential(40))
        )
    return story


def run(story, trails):
    return Simulation(story.world, Streams(1, 0), Record.FULL, story.table(), trails).run().tables


def place(trails, unit, minute):
    row = np.flatnonzero((trails["unit"] == unit) & (trails["start"] <= minute))[-1]
    departs, arrives = trails["departs"][row], trails["arrives"][row]
    share = 1.0 if minute >= arrives else 0.0
    if departs < minute < arrives:
        share = (minute - departs) / (arrives - departs)
    start = np.array([trails["from_x"][row], trails["from_y"][row]])
    return start + share * (np.array([trails["to_x"][row], trails["to_y"][row]]) - start)


def test_trails_add_a_table_and_change_no_other(day) -> None:
    plain, with_trails = run(day, False), run(day, True)
    assert set(with_trails) - set(plain) == {"trails"}
    for name, table in plain.items():
        for column, values in table.items():
            np.testing.assert_array_equal(values, with_trails[name][column], err_msg=f"{name}.{column}")


def test_a_unit_is_at_its_incident_while_the_log_says_on_scene(day) -> None:
    tables = run(day, True)
    status, incidents = tables["unit_status"], tables["incidents"]
    where = dict(zip(incidents["incident"], zip(incidents["x"], incidents["y"], strict=True), strict=True))
    rows = np.flatnonzero(status["status"] == UnitStatus.ON_SCENE)
    assert len(rows) > 30
    for row in rows:
        for minute in (status["start"][row], status["end"][row] - 1e-6):
            found = place(tables["trails"], status["unit"][row], minute)
            np.testing.assert_allclose(found, where[status["incident"][row]], atol=1e-9)


def test_a_way_that_bends_is_cut_into_minutes_and_ends_where_the_unit_is_diverted() -> None:
    """Ten minutes: five east, then five north; another leg begins after 7.5."""

    def position(leg, now):
        gone = 10 * leg.share(now)
        return (min(gone, 5.0), max(gone - 5.0, 0.0), None) if leg is bent else leg.origin

    bent = Leg((0.0, 0.0, None), (5.0, 5.0, None), 2.0, 12.0)
    kept = Trails(position)
    kept.leg(4, 0.0, bent)
    kept.leg(4, 9.5, Leg.at((5.0, 2.5, None)))
    table = kept.table(20.0)
    assert table["start"].tolist() == [0, *range(2, 10), 9.5]
    assert set(table["unit"]) == {4}
    for minute, where in (
        (1.0, (0, 0)),
        (4.25, (2.25, 0)),
        (8.5, (5, 1.5)),
        (9.5, (5, 2.5)),
        (19.0, (5, 2.5)),
    ):
        np.testing.assert_allclose(place(table, 4, minute), where, atol=1e-9)


def test_no_unit_jumps(day) -> None:
    trails = run(day, True)["trails"]
    following = np.flatnonzero(trails["unit"][1:] == trails["unit"][:-1]) + 1
    assert len(following) > 200
    for row in following:
        before = place(trails, trails["unit"][row], trails["start"][row] - 1e-9)
        after = place(trails, trails["unit"][row], trails["start"][row])
        np.testing.assert_allclose(before, after, atol=1e-6)
