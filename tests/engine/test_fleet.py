"""Looking changes nothing; every minute of a unit is in one status; positions lie between ends."""

import math

import numpy as np
import pytest

from armsim.domain import DEPLOYMENT_COLUMNS, Record, UnitStatus
from armsim.engine.clock import ARRIVAL, SURVEY, Alarm
from armsim.engine.unit import AVAILABLE_AT_BASE, ON_PATROL, RETURNING

PATROL = {"area": "force", "slot": "45 min"}


@pytest.fixture
def busy(tell, car, arv):
    """Patrols, diversions and queues for a day."""
    rules = ({"to": "FIREARMS", "off": ("G1", "G2"), "when": ("MOBILISING", "EN_ROUTE", "ON_SCENE")},)
    story = tell(
        types={"guns": {"grade": "FIREARMS"}, "high": {"grade": "G1"}, "low": {"grade": "G2"}},
        units={
            "car": car | {"standing": {"West": 2, "East": 2}, "patrol": PATROL},
            "arv": arv
            | {"patrol": PATROL, "breaks": {"length": "40 min", "earliest": "3 h", "latest": "8 h"}},
        },
        dispatch={"diversion": rules},
    )
    rng = np.random.default_rng(3)
    for at in np.sort(rng.uniform(0, 1440, 90)).tolist():
        kind = str(rng.choice(["guns", "high", "low"], p=[0.1, 0.3, 0.6]))
        needs = (0, 0, 0, 1) if kind == "guns" else (int(rng.integers(1, 3)), 0, 0, 0)
        story.incident(kind, at, float(rng.uniform(0, 20)), needs=needs, work=float(rng.exponential(50)))
    return story


def test_looking_changes_nothing(busy, play) -> None:
    def looks(running) -> None:
        rng = np.random.default_rng(8)
        for number, at in enumerate(rng.uniform(0, 2880, 3000).tolist()):
            unit = running.fleet.units[int(rng.integers(len(running.fleet.units)))]
            rank = (ARRIVAL if number % 2 else SURVEY) + unit.number - 2**20
            Alarm(
                running.clock,
                at,
                rank,
                lambda alarm: running.fleet.look(alarm.subject, running.clock.now),
                unit,
            )

    plain, watched = play(busy), play(busy, prepare=looks)
    assert len(plain.tables["deployments"]["unit"]) > 90
    for name, table in plain.tables.items():
        for column, values in table.items():
            np.testing.assert_array_equal(values, watched.tables[name][column], err_msg=f"{name}.{column}")


def test_every_minute_of_every_unit_is_in_one_status(busy, play) -> None:
    table = play(busy).tables["unit_status"]
    horizon = table["end"].max()
    for unit in range(5):
        mine = table["unit"] == unit
        starts, ends = table["start"][mine], table["end"][mine]
        assert starts[0] == 0.0
        assert ends[-1] == horizon >= 2880.0
        assert np.array_equal(starts[1:], ends[:-1])
        assert (ends > starts).all()


def test_the_recording_level_changes_no_incident(busy, play) -> None:
    full, metrics = play(busy), play(busy, Record.METRICS)
    for column, values in full.tables["incidents"].items():
        np.testing.assert_array_equal(values, metrics.tables["incidents"][column], err_msg=column)
    assert list(metrics.tables["deployments"]) == list(DEPLOYMENT_COLUMNS)
    assert len(metrics.tables["deployments"]["unit"]) == 0
    armed = full.tables["unit_status"]["unit"] == 0  # kinds in order of name
    for column, values in full.tables["unit_status"].items():
        np.testing.assert_array_equal(values[armed], metrics.tables["unit_status"][column], err_msg=column)


def test_a_unit_that_drives_is_between_the_ends_of_its_leg(busy, play) -> None:
    seen = []

    def watch(running) -> None:
        def look(alarm) -> None:
            now = running.clock.now
            for unit in running.fleet.units:
                running.fleet.look(unit, now)
                leg = unit.leg
                if leg.departs < now < leg.arrives:
                    x, y, _ = running.fleet.travel.position(leg, now)
                    done = math.dist((x, y), leg.origin[:2])
                    left = math.dist((x, y), leg.destination[:2])
                    whole = math.dist(leg.origin[:2], leg.destination[:2])
                    assert done + left == pytest.approx(whole, abs=1e-9)
                    assert done == pytest.approx(
                        whole * (now - leg.departs) / (leg.arrives - leg.departs), abs=1e-9
                    )
                    seen.append(unit.status)

        for at in range(7, 1440, 9):
            Alarm(running.clock, float(at), SURVEY, look, None)

    play(busy, prepare=watch)
    assert {ON_PATROL, UnitStatus.EN_ROUTE} <= set(seen)


def test_a_patrol_goes_to_a_new_point_each_slot_and_goes_off_at_its_base(tell, play, car) -> None:
    kinds = {
        "car": {key: value for key, value in car.items() if key != "standing"}
        | {"team": "t", "patrol": PATROL}
    }
    pattern = {"teams": 1, "shifts": {"D": "06:00-14:00"}, "cycle": ("D",), "days_between_teams": 1}
    story = tell(
        units=kinds,
        patterns={"p": pattern},
        teams={"t": {"kind": "pattern", "establishment": 1, "pattern": "p"}},
        bases={"all": {"sites": {"West": {"zone": "A"}}}},
    )
    log = play(story)
    table, duty = log.tables["unit_status"], log.tables["duty"]
    first = [int(status) for status in table["status"][:4]]
    assert first[:2] == [UnitStatus.OFF_DUTY, UnitStatus.ON_PATROL]
    assert table["start"][1] == 360.0
    home = first[2] == RETURNING
    assert (table["end"][1], duty["planned_end"][0]) == (840.0, 840.0)
    assert duty["end"][0] == (table["end"][2] if home else 840.0)
    assert first[3 if home else 2] == UnitStatus.OFF_DUTY


def test_a_unit_on_duty_through_a_change_of_level_stays_available(tell, play, car) -> None:
    """Two duty periods that abut: the unit is away from its base when the second begins."""
    units = {"car": car | {"levels": ("SEVERE", "CRITICAL")}}
    story = tell(
        units=units,
        threat={"timeline": ({"level": "SEVERE"}, {"at": "100 min", "level": "CRITICAL"})},
    )
    story.incident("job", 85.0, 20.0, lost_at=98.0).incident("job", 120.0, 0.0)
    log = play(story)
    table = log.tables["deployments"]
    second = table["incident"] == 1
    assert table["assigned_at"][second].tolist() == [120.0]
    assert table["status_before"][second].tolist() == [AVAILABLE_AT_BASE]
