"""Each unit does a piece of work of its own and leaves when it is done."""

import pytest

from armsim.engine.aftermath import DIVERTED, RELIEVED, WORK_DONE

from .reading import deployments, incident

PAIR = (2, 0, 0, 0)
SINGLY = {"grade": "G2", "release": "singly"}


def test_each_leaves_after_its_own_work_and_the_last_closes(tell, car) -> None:
    story = tell(types={"job": SINGLY}, units={"car": car | {"standing": {"West": 2}}})
    log = story.incident("job", 0.0, 0.0, needs=PAIR, works=[10.0, 40.0, 1.0, 1.0]).play()
    first, second = deployments(log, 0)
    assert (first["released_at"], first["end"]) == (12.0, WORK_DONE)
    assert (second["released_at"], second["end"]) == (42.0, WORK_DONE)
    assert (incident(log, 0)["closed_at"], incident(log, 0)["unattended_minutes"]) == (42.0, 0.0)


def test_a_unit_on_its_way_keeps_it_open(tell, car) -> None:
    units = {"car": car | {"standing": {"East": 1, "West": 1}}}
    story = tell(types={"job": SINGLY}, units=units)
    log = story.incident("job", 0.0, 0.0, needs=PAIR, works=[5.0, 30.0, 1.0, 1.0]).play()
    near, far = deployments(log, 0)
    assert (near["arrived_at"], near["released_at"]) == (2.0, 7.0)
    assert (far["arrived_at"], far["released_at"]) == pytest.approx((22.0, 52.0), abs=0.01)
    told = incident(log, 0)
    assert told["closed_at"] == far["released_at"]
    assert told["unattended_minutes"] == far["arrived_at"] - 7.0


def test_a_factor_by_base_goes_before_that_of_the_kind(tell, car) -> None:
    units = {"car": car | {"standing": {"East": 1, "West": 1}}, "van": car | {"standing": {"West": 1}}}
    kind = SINGLY | {"on_scene_factor": {"car": 2.0, "East": 0.5}}
    story = tell(types={"job": kind}, units=units)
    log = story.incident("job", 0.0, 10.0, needs=(3, 0, 0, 0), works=[10.0, 20.0, 30.0, 40.0]).play()
    stayed = {int(one["unit"]): one["released_at"] - one["arrived_at"] for one in deployments(log, 0)}
    assert stayed == pytest.approx({0: 10 * 0.5, 1: 20 * 2.0, 2: 30 * 1.0})  # car East, car West, van


def test_later_units_than_were_drawn_draw_of_their_own(tell, car) -> None:
    kind = SINGLY | {"on_scene": {"exactly": "17 min"}}
    story = tell(types={"job": kind}, units={"car": car | {"standing": {"West": 6}}})
    log = story.incident("job", 0.0, 0.0, needs=(6, 0, 0, 0), works=[1.0, 2.0, 3.0, 4.0]).play()
    assert [one["released_at"] for one in deployments(log, 0)] == [3.0, 4.0, 5.0, 6.0, 19.0, 19.0]


def test_a_piece_left_undone_is_finished_by_the_next_unit(tell, car) -> None:
    rule = {"to": "G1", "off": ("G2",), "when": ("ON_SCENE",)}
    kinds = {"job": {"grade": "G1"}, "low": SINGLY}
    units = {"car": car | {"standing": {"West": 3}}}
    story = tell(types=kinds, units=units, dispatch={"diversion": (rule,)})
    story.incident("job", 0.0, 0.0, work=23.0)
    story.incident("low", 1.0, 0.0, needs=PAIR, works=[60.0, 30.0, 5.0, 5.0])
    log = story.incident("job", 22.0, 0.0, work=100.0).play()
    first, second, third = deployments(log, 1)
    # 19 of 60 minutes are done at 22; car 0, free from its job at 25, does the other 41 from 27.
    assert (first["unit"], first["released_at"], first["end"]) == (1, 22.0, DIVERTED)
    assert (second["unit"], second["released_at"]) == (2, 33.0)
    assert (third["unit"], third["assigned_at"], third["released_at"]) == (0, 25.0, 68.0)
    assert (incident(log, 1)["closed_at"], incident(log, 1)["requeued"]) == (68.0, 1)


def test_a_relief_takes_over_the_piece_of_the_unit_it_relieves(tell, car) -> None:
    kind = {key: value for key, value in car.items() if key != "standing"} | {"team": "crews"}
    shifts = {"D": "00:00-08:00", "E": "06:00-20:00"}
    pattern = {"teams": 2, "shifts": shifts, "cycle": ("D", "E"), "days_between_teams": 1}
    story = tell(
        types={"job": SINGLY | {"relieved": True}},
        units={"car": kind},
        bases={"all": {"sites": {"West": {"zone": "A"}}}},
        patterns={"two": pattern},
        teams={"crews": {"kind": "pattern", "establishment": 2, "pattern": "two"}},
    )
    log = story.incident("job", 300.0, 0.0, works=[400.0, 7.0, 7.0, 7.0]).play()
    first, second = deployments(log, 0)
    assert (first["released_at"], first["end"]) == (482.0, RELIEVED)
    assert second["released_at"] == incident(log, 0)["closed_at"] == 302.0 + 400.0


def test_who_leaves_last_is_replaced_when_it_is_taken_off(tell, car) -> None:
    """Those who came later for what it brought have left: nothing is short, yet the work is not done."""
    rule = {"to": "G1", "off": ("G2",), "when": ("ON_SCENE",)}
    kinds = {"job": {"grade": "G1"}, "low": SINGLY}
    units = {
        "pair": car | {"crew": 2, "standing": {"West": 1}},
        "taser": car | {"standing": {"West": 1}, "standing_ced": 1},
    }
    story = tell(types=kinds, units=units, dispatch={"diversion": (rule,)})
    # The pair goes at once; the CED is with the taser car, which is busy until 12 and stays 5 minutes.
    story.incident("job", 0.0, 0.0, needs=(0, 1, 0, 0), work=10.0)
    story.incident("low", 1.0, 0.0, needs=(1, 1, 0, 0), works=[60.0, 5.0, 5.0, 5.0])
    log = story.incident("job", 30.0, 0.0, needs=PAIR, work=10.0).play()
    assert [(int(one["unit"]), one["end"]) for one in deployments(log, 1)] == [
        (0, DIVERTED), (1, WORK_DONE), (1, WORK_DONE),
    ]  # fmt: skip
    assert incident(log, 1)["closed_at"] == 30.0 + 2.0 + 33.0
