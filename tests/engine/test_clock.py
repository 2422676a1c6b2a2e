from itertools import permutations

import pytest

from armsim.engine.clock import ARRIVAL, DESK, NEW_INCIDENT, ROSTER, TURNING_POINT, WORK_ENDS, Alarm, Clock


def test_an_alarm_rings_at_exactly_its_minute() -> None:
    clock, rung = Clock(initial_time=-0.3), []
    minutes = [0.1, 0.1 + 0.2, 1 / 3, 1e6 + 0.1]
    for at in reversed(minutes):
        Alarm(clock, at, ROSTER, lambda _: rung.append(clock.now), None)
    clock.run()
    assert rung == minutes


def test_one_minute_has_one_order_whoever_was_scheduled_first() -> None:
    ranked = [ARRIVAL + 3, ARRIVAL + 4, WORK_ENDS + 1, TURNING_POINT, ROSTER + 9, DESK, NEW_INCIDENT]
    for order in permutations(ranked):
        clock, rung = Clock(), []
        for rank in order:
            Alarm(clock, 7.0, rank, lambda alarm, rung=rung: rung.append(alarm.subject), rank)
        clock.run()
        assert rung == ranked


def test_a_cancelled_alarm_passes_in_silence_even_at_its_own_minute() -> None:
    clock, rung = Clock(), []
    late = Alarm(clock, 5.0, ROSTER, rung.append, "late")
    Alarm(clock, 5.0, ARRIVAL, lambda _: late.cancel(), None)
    Alarm(clock, 6.0, ROSTER, lambda alarm: rung.append(alarm.subject), "last")
    clock.run()
    assert rung == ["last"]
    late.cancel()  # after its minute: nothing to cancel, nothing wrong


def test_a_feed_keeps_one_alarm_pending_and_takes_its_place_in_the_minute() -> None:
    clock, rung = Clock(), []
    clock.feed(ROSTER, [(float(at), number, rung.append, (at, number)) for at in (1, 2) for number in (0, 1)])
    Alarm(clock, 2.0, DESK, lambda _: rung.append("desk"), None)
    Alarm(clock, 2.0, ARRIVAL, lambda _: rung.append("arrival"), None)
    clock.run(until=1.5)
    assert rung == [(1, 0), (1, 1)]
    clock.run()
    assert rung[2:] == ["arrival", (2, 0), (2, 1), "desk"]


def test_nothing_at_the_horizon_itself_happens() -> None:
    clock, rung = Clock(), []
    Alarm(clock, 5.0, ARRIVAL, rung.append, None)
    clock.run(until=5.0)
    assert rung == []
    with pytest.raises(ValueError):
        clock.run(until=4.0)
