"""Cover moves in the engine: who goes where, when, and that looking changes nothing."""

import numpy as np
import pytest

from armsim.domain import UnitStatus
from armsim.engine.clock import ARRIVAL, SURVEY, Alarm

BASES = {"all": {"sites": {"West": {"zone": "A"}, "Mid": {"zone": "B"}, "East": {"zone": "C"}}}}
TABLE = {"kind": "compliance_table", "order": ["Mid", "East"]}
DMEXCLP = {"kind": "dmexclp", "within": "5 min", "busy": 0.5}


def rows(log, unit):
    """Status and minutes of a unit: (status, start, end), rounded."""
    table = log.tables["unit_status"]
    mine = table["unit"] == unit
    columns = (table[name][mine] for name in ("status", "start", "end"))
    return [(UnitStatus(int(s)).name, round(a, 2), round(b, 2)) for s, a, b in zip(*columns, strict=True)]


def test_units_go_on_duty_to_what_the_table_asks_for_and_come_back_to_it(tell, play, car):
    units = {"car": car | {"standing": {"West": 2}, "cover": TABLE}}
    story = tell(units=units, bases=BASES).incident("job", 100.0, 10.0, work=30.0)
    log = play(story)
    first, second = rows(log, 0), rows(log, 1)
    # Number 0 goes to Mid, 10 minutes off, number 1 to East, 20 minutes off.
    assert first[:3] == [
        ("REPOSITIONING", 0.0, 10.0),
        ("AVAILABLE_AT_BASE", 10.0, 100.0),
        ("MOBILISING", 100.0, 102.0),
    ]
    assert second[:2] == [("REPOSITIONING", 0.0, 20.0), ("AVAILABLE_AT_BASE", 20.0, second[1][2])]
    # After the job at Mid it is there already.
    assert first[-1][0] == "AVAILABLE_AT_BASE"
    assert "RETURNING" not in {status for status, *_ in first + second}


def test_a_unit_on_its_way_to_a_base_is_sent_from_where_it_is(tell, play, car):
    units = {"car": car | {"cover": {"kind": "compliance_table", "order": ["East"]}}}
    log = play(tell(units=units, bases=BASES).incident("job", 12.0, 15.0))
    table = log.tables["deployments"]
    # At minute 12 it is at kilometre 12, at the wheel: a minute to turn out and three to drive.
    assert table["expected_minutes"] == pytest.approx([4.0], abs=0.01)
    assert table["arrived_at"] == pytest.approx([16.0], abs=0.01)
    assert table["status_before"].tolist() == [UnitStatus.REPOSITIONING]


def test_the_freed_unit_fills_the_gap_that_another_left(tell, play, car):
    units = {"car": car | {"standing": {"West": 2}, "cover": TABLE}}
    story = tell(units=units, bases=BASES)
    story.incident("job", 100.0, 10.0, work=500.0).incident("job", 150.0, 20.0, work=30.0)
    log = play(story)
    # The unit of Mid is at work till 600; that of East, freed at 182, finds Mid not held and goes there.
    assert ("REPOSITIONING", 182.0, 192.0) in rows(log, 1)
    # Freed at 602 the other finds Mid held, and goes to East.
    assert ("REPOSITIONING", 602.0, 612.0) in rows(log, 0)


def test_a_review_moves_a_free_unit_to_the_gap(tell, play, car):
    units = {"car": car | {"standing": {"West": 2}, "cover": TABLE | {"review": "50 min"}}}
    story = tell(units=units, bases=BASES).incident("job", 101.0, 10.0, work=500.0)
    log = play(story)
    # Mid's unit is taken at 101; at the review of minute 150 East's goes to Mid.
    assert ("REPOSITIONING", 150.0, 160.0) in rows(log, 1)
    assert ("REPOSITIONING", 603.0, 613.0) in rows(log, 0)


def test_dmexclp_spreads_units_over_the_zones(tell, play, car):
    units = {"car": car | {"standing": {"West": 3}, "cover": DMEXCLP}}
    log = play(tell(units=units, bases=BASES).incident("job", 100.0, 0.0))
    # On duty one after another: the first stays, as all gain the same; the next finds West held.
    assert [rows(log, unit)[0] for unit in range(3)] == [
        ("AVAILABLE_AT_BASE", 0.0, 100.0),
        ("REPOSITIONING", 0.0, 20.0),
        ("REPOSITIONING", 0.0, 10.0),
    ]


def test_duty_ends_at_the_own_base(tell, play, car):
    pattern = {"teams": 1, "shifts": {"D": "00:00-08:00"}, "cycle": ("D", "-"), "days_between_teams": 1}
    crewed = {key: value for key, value in car.items() if key != "standing"}
    story = tell(
        units={"car": crewed | {"team": "t", "cover": {"kind": "compliance_table", "order": ["Yard"]}}},
        patterns={"p": pattern},
        teams={"t": {"kind": "pattern", "establishment": 1, "pattern": "p"}},
        bases={"all": {"sites": {"West": {"zone": "A"}, "Yard": {"zone": "C"}}}},
    )
    statuses = rows(play(story), 0)
    assert statuses[:4] == [
        ("REPOSITIONING", 0.0, 20.0),
        ("AVAILABLE_AT_BASE", 20.0, 480.0),
        ("RETURNING", 480.0, 500.0),
        ("OFF_DUTY", 500.0, statuses[3][2]),
    ]


@pytest.mark.parametrize("cover", [TABLE | {"review": "35 min"}, DMEXCLP])
def test_looking_changes_nothing_where_units_move(tell, play, car, cover):
    breaks = {"length": "40 min", "earliest": "3 h", "latest": "8 h"}
    story = tell(
        units={"car": car | {"standing": {"West": 2, "East": 2, "Mid": 1}, "cover": cover, "breaks": breaks}},
        bases=BASES,
        demand={"paperwork": "7 min"},
    )
    rng = np.random.default_rng(3)
    for at in np.sort(rng.uniform(0, 1440, 90)).tolist():
        follow_on = float(rng.choice([0.0, 25.0]))
        work = float(rng.exponential(15))
        story.incident("job", at, float(rng.uniform(0, 20)), work=work, follow_on=follow_on)

    def looks(running) -> None:
        chance = np.random.default_rng(8)
        for number, at in enumerate(chance.uniform(0, 2880, 3000).tolist()):
            unit = running.fleet.units[int(chance.integers(len(running.fleet.units)))]
            rank = (ARRIVAL if number % 2 else SURVEY) + unit.number - 2**20
            Alarm(running.clock, at, rank, lambda a: running.fleet.look(a.subject, running.clock.now), unit)

    plain, watched = play(story), play(story, prepare=looks)
    moved = plain.tables["unit_status"]["status"] == UnitStatus.REPOSITIONING
    assert moved.sum() > 20
    for name, table in plain.tables.items():
        for column, values in table.items():
            np.testing.assert_array_equal(values, watched.tables[name][column], err_msg=f"{name}.{column}")


def test_patrol_may_be_written_as_cover(tell, play, car):
    patrol = {"area": "force", "slot": "45 min"}

    def told(**how):
        story = tell(units={"car": car | how})
        return play(story.incident("job", 100.0, 10.0).incident("job", 300.0, 3.0)).tables["unit_status"]

    written, covered = told(patrol=patrol), told(cover={"kind": "patrol", **patrol})
    assert (written["status"] == UnitStatus.ON_PATROL).any()
    for column, values in written.items():
        np.testing.assert_array_equal(values, covered[column])


def test_return_to_base_is_what_happens_without_a_word(tell, play, car):
    def told(**how):
        return play(tell(units={"car": car | how}).incident("job", 100.0, 10.0)).tables["unit_status"]

    plain, written = told(), told(cover={"kind": "return_to_base"})
    for column, values in plain.items():
        np.testing.assert_array_equal(values, written[column])
