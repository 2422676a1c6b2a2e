"""Who is sent: never more than is needed, and the same unit whatever the order of the lists."""

from types import SimpleNamespace

import pytest

from armsim.domain import Outcome
from armsim.engine.control_room import _needed


def sent(log, number=0):
    table = log.tables["deployments"]
    return table["unit"][table["incident"] == number].astype(int).tolist()


def pick(unit: int, brings: tuple[int, int, int, int]) -> SimpleNamespace:
    return SimpleNamespace(
        unit=SimpleNamespace(number=unit, brings=brings), incident=SimpleNamespace(sent=2), ordinal=-1
    )


def needed(needs: tuple[int, int, int, int], *picks: SimpleNamespace) -> list[int]:
    short = [need - sum(p.unit.brings[line] for p in picks) for line, need in enumerate(needs)]
    kept = _needed(list(picks), short)
    assert [p.ordinal for p in kept] == list(range(2, 2 + len(kept)))
    return [p.unit.number for p in kept]


def test_a_unit_that_the_others_make_needless_stays() -> None:
    # A single officer first, then a pair that alone is enough.
    assert needed((2, 0, 0, 0), pick(0, (1, 0, 0, 0)), pick(1, (2, 0, 0, 0))) == [1]
    # The last of two needless ones goes first.
    assert needed((1, 1, 0, 0), pick(0, (1, 0, 0, 0)), pick(1, (1, 1, 0, 0)), pick(2, (1, 0, 0, 0))) == [1]
    # Everybody brings something that is short.
    assert needed((2, 1, 0, 0), pick(0, (1, 0, 0, 0)), pick(1, (1, 1, 0, 0))) == [0, 1]
    # Not enough in all: what came stays.
    assert needed((5, 0, 0, 0), pick(0, (1, 0, 0, 0)), pick(1, (2, 0, 0, 0))) == [0, 1]


def test_the_nearest_is_sent_and_no_more_than_is_needed(tell, play, car) -> None:
    story = tell(units={"car": car | {"standing": {"East": 2, "West": 2}}})
    story.incident("job", 0.0, 2.0).incident("job", 60.0, 18.0, needs=(2, 0, 0, 0)).incident(
        "job", 200.0, 9.0
    )
    log = play(story)
    assert sent(log, 0) == [2]  # bases in order of name: East 0 and 1, West 2 and 3
    assert sent(log, 1) == [0, 1]
    assert len(sent(log, 2)) == 1


def test_a_pair_makes_a_nearer_single_officer_needless(tell, play, car) -> None:
    units = {"single": car, "double": car | {"crew": 2, "standing": {"East": 1}}}
    log = play(tell(units=units).incident("job", 0.0, 5.0, needs=(2, 0, 0, 0)))
    assert sent(log) == [0]
    assert log.tables["deployments"]["ordinal"].tolist() == [0.0]


def test_ties_go_to_the_longest_free_and_then_to_the_lowest_number(tell, play, car) -> None:
    story = tell(units={"car": car | {"standing": {"West": 3}}})
    for number in range(4):
        story.incident("job", 10.0 * number, 0.0, work=1.0)
    assert [sent(play(story), number) for number in range(4)] == [[0], [1], [2], [0]]


def test_the_reserve_is_kept_from_lower_grades_until_a_unit_is_back(tell, play, car) -> None:
    story = tell(
        types={"high": {"grade": "G1"}, "low": {"grade": "G2"}},
        units={"car": car | {"standing": {"West": 2}}},
        dispatch={"policy": {"kind": "nearest_with_reserve"}, "reserve": {"car": {"G2": 1}}},
    )
    story.incident("low", 0.0, 0.0).incident("low", 5.0, 0.0).incident("high", 10.0, 0.0, work=300.0)
    story.incident("low", 6.0, 0.0)
    log = play(story)
    table = log.tables["deployments"]
    at = {int(number): table["assigned_at"][table["incident"] == number].tolist() for number in range(4)}
    assert at[0] == [0.0]
    assert at[3] == [10.0]  # grade 1 takes the last one
    assert (at[1], at[2]) == ([312.0], [344.0])  # only then are two free again, and one after the other


def test_a_unit_near_the_end_of_its_shift_is_spared_from_grade_2_but_not_from_grade_1(
    tell, play, car
) -> None:
    pattern = {"teams": 1, "shifts": {"D": "00:00-08:00"}, "cycle": ("D",), "days_between_teams": 1}
    story = tell(
        types={"high": {"grade": "G1"}, "low": {"grade": "G2"}},
        units={"car": {key: value for key, value in car.items() if key != "standing"} | {"team": "t"}},
        patterns={"p": pattern},
        teams={"t": {"kind": "pattern", "establishment": 1, "pattern": "p"}},
        bases={"all": {"sites": {"West": {"zone": "A"}}}},
        dispatch={"shift_margin": "30 min"},
    )
    story.incident("low", 455.0, 0.0, work=1.0, lost_at=500.0).incident("high", 460.0, 0.0, work=1.0)
    log = play(story)
    assert (sent(log, 0), sent(log, 1)) == ([], [0])
    assert log.tables["incidents"]["outcome"].tolist() == [Outcome.LOST, Outcome.ATTENDED]


@pytest.mark.parametrize(("km", "unit", "minutes"), [(20.0, 0, 22.0), (15.0, 0, 17.0), (10.0, 0, 12.0)])
def test_the_handicap_counts_when_units_are_ranked_and_not_when_they_drive(
    tell, play, car, km, unit, minutes
) -> None:
    units = {"car": car, "far": car | {"standing": {"East": 1}, "handicap": {"G1": "30 min"}}}
    story = tell(units=units).incident("job", 0.0, km).incident("job", 1.0, km)
    log = play(story)
    assert (sent(log), sent(log, 1)) == ([unit], [1 - unit])
    expected = log.tables["deployments"]["expected_minutes"]
    assert expected == pytest.approx([minutes, 2 + 20.0 - km], abs=0.01)
