"""A free unit that is nearer by enough takes the job of one that is still on its way."""

import pytest

from armsim.engine.aftermath import TAKEN_OVER, WORK_DONE
from armsim.engine.take_over import TAKE_OVER

from .reading import deployments, incident, statuses, units_sent

EAST, WEST = 0, 1  # cars by number: bases in order of name, at km 20 and km 0


@pytest.fixture
def cars(tell, car):
    def told(dispatch=None, **parts):
        units = {"car": car | {"standing": {"East": 1, "West": 1}}}
        return tell(**{"units": units, "dispatch": {"take_over": {}} | (dispatch or {})} | parts)

    return told


def busy_west(story, km=2.0, work=10.0):
    """The western car is at work until ``2 + km + work``."""
    return story.incident("job", 0.0, km, work=work)


def test_the_nearer_unit_takes_the_job_when_it_comes_free(cars) -> None:
    log = busy_west(cars()).incident("job", 5.0, 4.0).play()
    given, taken = deployments(log, 1)
    # At 14 the eastern car is 9 minutes away, the western one 2 km and a minute of turn-out.
    assert (given["unit"], given["assigned_at"], given["end"]) == (EAST, 5.0, TAKEN_OVER)
    assert given["released_at"] == pytest.approx(14.0, abs=0.01)
    assert (taken["unit"], taken["reason"], taken["end"]) == (WEST, TAKE_OVER, WORK_DONE)
    assert (taken["assigned_at"], taken["arrived_at"]) == pytest.approx((14.0, 17.0), abs=0.01)
    told = incident(log, 1)
    assert told["closed_at"] == pytest.approx(47.0, abs=0.01)
    assert (told["sent"], told["requeued"], told["unattended_minutes"]) == (2, 0, 0.0)
    assert given["arrived_at"] != given["arrived_at"]  # NaN: it never came


def test_without_the_rule_nothing_is_taken_over(cars) -> None:
    log = busy_west(cars({"take_over": None})).incident("job", 5.0, 4.0).play()
    assert units_sent(log, 1) == [(EAST, 5.0)]


@pytest.mark.parametrize(("km", "saving", "taken"), [(5.3, 3, True), (5.7, 3, False), (5.7, 2, True)])
def test_only_for_the_least_saving(cars, km, saving, taken) -> None:
    story = cars({"take_over": {"saving": f"{saving} min"}})
    log = busy_west(story).incident("job", 5.0, km).play()
    assert len(units_sent(log, 1)) == 1 + taken


def test_a_job_changes_hands_once(tell, car) -> None:
    units = {"car": car | {"standing": {"East": 1, "West": 2}}}
    story = tell(units=units, dispatch={"take_over": {}})
    story.incident("job", 0.0, 2.0, work=10.0).incident("job", 0.0, 9.0, work=4.0)
    log = story.incident("job", 12.0, 8.0).play()
    # From 15 the other western car stands a km away, and would save 4 minutes more.
    assert [unit for unit, _ in units_sent(log, 2)] == [EAST, 1]
    assert incident(log, 2)["first_officer_at"] == pytest.approx(21.0, abs=0.02)


def test_a_unit_that_brings_less_takes_nothing(tell, car) -> None:
    units = {
        "car": car | {"standing": {"West": 1}},
        "pair": car | {"crew": 2, "standing": {"East": 1}},
    }
    story = tell(units=units, dispatch={"take_over": {}})
    log = busy_west(story).incident("job", 5.0, 4.0, needs=(2, 0, 0, 0)).play()
    assert [unit for unit, _ in units_sent(log, 1)] == [1]


def test_the_queue_comes_first(cars) -> None:
    log = busy_west(cars()).incident("job", 5.0, 4.0).incident("job", 6.0, 4.0).play()
    assert [unit for unit, _ in units_sent(log, 1)] == [EAST]
    assert units_sent(log, 2) == [(WEST, pytest.approx(14.0, abs=0.01))]


def test_the_unit_set_free_serves_the_queue_from_where_it_is(tell, car) -> None:
    kinds = {"job": {"grade": "G1"}, "late": {"grade": "G3"}}
    units = {
        "car": car | {"standing": {"West": 1}, "serves": ("G1",)},
        "van": car | {"standing": {"East": 1}, "serves": ("G1", "G3")},
    }
    story = tell(types=kinds, units=units, dispatch={"take_over": {}})
    log = busy_west(story).incident("job", 5.0, 4.0).incident("late", 6.0, 15.0).play()
    # At 14 the van, 7 minutes under way, is at km 13.
    (late,) = deployments(log, 2)
    assert (late["unit"], late["assigned_at"]) == (1, pytest.approx(14.0, abs=0.01))
    assert late["arrived_at"] == pytest.approx(14.0 + 1.0 + 2.0, abs=0.05)


def test_one_take_over_makes_way_for_another(tell, car) -> None:
    """The car set free is nearer to a job whose turn came before."""
    kinds = {"job": {"grade": "G1"}, "low": {"grade": "G2"}}
    units = {"car": car | {"standing": {"East": 2, "West": 1}}}
    story = tell(types=kinds, units=units, dispatch={"take_over": {}})
    busy_west(story, km=1.0, work=12.0)
    log = story.incident("low", 1.0, 2.0).incident("job", 12.0, 10.0).play()
    # At 15 the car for the low job is at km 8 and the one for the other at km 19. The western car, at km 1,
    # is too far from km 10 but takes the low job, and the first car then takes the other.
    assert units_sent(log, 1) == [(0, 1.0), (2, pytest.approx(15.0, abs=0.01))]
    assert units_sent(log, 2) == [(1, 12.0), (0, pytest.approx(15.0, abs=0.01))]


def test_freed_by_the_end_of_paperwork(cars) -> None:
    story = cars(demand={"paperwork": "5 min"})
    log = busy_west(story, work=2.0).incident("job", 5.0, 4.0).play()
    assert [unit for unit, _ in units_sent(log, 1)] == [EAST, WEST]
    assert deployments(log, 1)[1]["assigned_at"] == pytest.approx(11.0, abs=0.01)


def test_a_unit_that_an_escalation_brought_may_be_of_a_kind_that_is_not_sent(tell, car) -> None:
    kinds = {"job": {"grade": "G1"}, "big": {"grade": "G1", "not_by": ("car",)}}
    units = {"car": car | {"standing": {"West": 1}}, "van": car | {"standing": {"West": 1}}}
    story = tell(types=kinds | {"near": kinds["big"]}, units=units, dispatch={"take_over": {}})
    story.incident("near", 0.0, 2.0, work=10.0)
    log = story.incident("job", 1.0, 20.0, becomes={"kind": "big", "at": 5.0, "km": 20.0}).play()
    (on,) = deployments(log, 2)
    assert (on["unit"], on["arrived_at"]) == (0, pytest.approx(23.0, abs=0.01))


def test_not_for_posts(cars) -> None:
    post = {"site": "hall", "needs": {"officers": 1}, "hours": "00:05-10:00", "kinds": ("car",)}
    story = cars(
        sites={"hall": {"zone": "A"}},
        threat={"timeline": ({"level": "LOW"},), "levels": {"LOW": {"posts": {"guard": post}}}},
    )
    log = busy_west(story).play()
    assert units_sent(log, -2) == [(EAST, 5.0)]
    assert deployments(log, -2)[0]["arrived_at"] == pytest.approx(27.0, abs=0.01)


def test_the_unit_set_free_goes_home(cars) -> None:
    log = busy_west(cars()).incident("job", 5.0, 4.0).play()
    home = [(start, end) for status, start, end in statuses(log, EAST) if status == 8]
    assert home == [pytest.approx((14.0, 21.0), abs=0.05)]
