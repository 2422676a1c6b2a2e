"""Several forces on a line: ring-fenced, pooled, and aid on request.

Forces A, B, C and D have a zone each at 0, 10, 20 and 30 km, with a base in it; a kilometre takes a minute.
Units are numbered by base, so from west to east.
"""

import pytest

from armsim.domain import Outcome, UnitStatus
from armsim.engine.aftermath import DIVERTED

from .reading import aid, deployments, incident, statuses, units_sent

ZONES = """zone,population,area_km2,x_km,y_km,force
A,100,4,0,0,Ashire
B,100,4,10,0,Beeshire
C,100,4,20,0,Ceeshire
D,100,4,30,0,Deeshire
Z,100,4,-30,0,Ashire
"""
A, B, C, D = range(4)
KINDS = {"job": {"grade": "G1"}, "low": {"grade": "G2"}}
PAIR = (2, 0, 0, 0)
LONG = 300.0


@pytest.fixture
def region(tell, car, tmp_path):
    """A story with so many cars in each force; *mutual* are terms of aid on request."""
    (tmp_path / "forces.csv").write_text(ZONES)

    def told(standing, mutual=None, kind=None, **parts):
        terms = {} if mutual is None else {"aid": {"default": "mutual_aid", "mutual": mutual}}
        units = {"car": car | {"standing": {f"{name} hub": n for name, n in standing.items()}} | (kind or {})}
        hubs = {f"{name} hub": {"zone": name} for name in "ABCD"} | {"far hub": {"zone": "Z"}}
        return tell(
            **{
                "region": {"zones": {"file": "forces.csv"}},
                "bases": {"all": {"sites": hubs}},
                "types": KINDS,
                "units": units,
            }
            | terms
            | parts
        )

    return told


def near(*minutes):
    return pytest.approx(minutes if len(minutes) > 1 else minutes[0], abs=0.02)


# --- ring-fenced ---------------------------------------------------------------------------------------


def test_ring_fenced_nobody_crosses_the_border(region) -> None:
    story = region({"A": 1, "B": 2}).incident("job", 0.0, 0.0).incident("job", 5.0, 1.0)
    log = story.incident("job", 40.0, 6.0).play()
    # km 6 is Beeshire's, and its car goes though Ashire's is nearer; nobody helps Ashire at 5.
    assert [units_sent(log, number) for number in range(3)] == [[(0, 0.0)], [(0, 32.0)], [(1, 40.0)]]
    assert log.tables["incidents"]["force"].tolist() == [A, A, B]
    assert aid(log) == []


# --- pooled --------------------------------------------------------------------------------------------


def test_pooled_is_one_fleet(region) -> None:
    story = region({"A": 1, "B": 1}, aid={"blocs": {"west": ("Ashire", "Beeshire")}})
    log = story.incident("job", 0.0, 6.0).incident("job", 1.0, 6.0).incident("job", 2.0, 20.0).play()
    # Ceeshire has no car and is in no bloc.
    assert [units_sent(log, number) for number in range(3)] == [[(1, 0.0)], [(0, 1.0)], []]
    assert incident(log, 2)["outcome"] == Outcome.OPEN_AT_END
    assert aid(log) == []


@pytest.mark.parametrize("pooled", [True, False])
def test_pooled_is_one_reserve(region, pooled) -> None:
    dispatch = {"policy": {"kind": "nearest_with_reserve"}, "reserve": {"car": {"G2": 1}}}
    story = region(
        {"A": 1, "B": 1}, dispatch=dispatch, aid={"default": "pooled" if pooled else "ring_fenced"}
    )
    log = story.incident("low", 0.0, 0.0, work=LONG).incident("low", 5.0, 10.0).play()
    assert units_sent(log, 0) == ([(0, 0.0)] if pooled else [])
    assert units_sent(log, 1) == ([(1, 302.0)] if pooled else [])


# --- aid on request: who is asked ----------------------------------------------------------------------


def test_lent_when_too_few_own_are_free_and_while_the_lender_keeps_enough(region) -> None:
    story = region({"A": 1, "B": 2}, {"delay": "10 min"})
    story.incident("job", 0.0, 0.0).incident("job", 5.0, 0.0)
    log = story.incident("job", 6.0, 0.0).play()
    (lent,) = deployments(log, 1)
    assert (lent["unit"], lent["assigned_at"], lent["mobile_at"]) == (1, 5.0, 17.0)
    assert lent["expected_minutes"] == near(22.0)
    assert (lent["arrived_at"], lent["released_at"]) == near(27.0, 57.0)
    assert aid(log) == [(B, A, 1, 5.0, lent["released_at"])]
    # Then home; the other of Beeshire is not lent, and Ashire waits for its own.
    assert statuses(log, 1)[-2][0] == UnitStatus.RETURNING
    assert statuses(log, 1)[-2][1:] == near(57.0, 67.0)
    assert units_sent(log, 2) == [(0, 32.0)]


@pytest.mark.parametrize(("ask_below", "unit"), [(1, 0), (2, 1)])
def test_asked_below_so_many(region, ask_below, unit) -> None:
    """With one free of its own at 30 km, Ashire asks only if it wants two."""
    story = region({"far": 1, "B": 2}, {"ask_below": ask_below})
    log = story.incident("job", 0.0, 0.0).play()
    assert units_sent(log, 0) == [(unit, 0.0)]


@pytest.mark.parametrize(("beyond", "unit"), [("40 min", 0), ("20 min", 1)])
def test_asked_when_none_can_arrive_in_time(region, beyond, unit) -> None:
    story = region({"far": 1, "B": 2}, {"ask_beyond": beyond, "delay": "5 min"})
    assert units_sent(story.incident("job", 0.0, 0.0).play(), 0) == [(unit, 0.0)]


def test_the_alliance_is_asked_first_then_the_region_then_the_rest(region) -> None:
    forces = {
        "Ashire": {"alliance": "sea", "region": "mid"},
        "Ceeshire": {"alliance": "sea"},
        "Deeshire": {"region": "mid"},
    }
    story = region(dict.fromkeys("ABCD", 1), {"lend_above": 0}, forces=forces)
    for at in range(5):
        story.incident("job", float(at), 0.0, work=LONG)
    log = story.play()
    assert [units_sent(log, number) for number in range(4)] == [
        [(A, 0.0)], [(C, 1.0)], [(D, 2.0)], [(B, 3.0)],
    ]  # fmt: skip
    assert units_sent(log, 4) == [(A, 302.0)]


def test_a_tier_that_has_no_unit_that_helps_is_passed_over(region, car) -> None:
    """Of the ally's cars none may be sent so near the end of its shift; Beeshire has a team that may."""
    forces = {"Ashire": {"alliance": "sea"}, "Ceeshire": {"alliance": "sea"}}
    kind = {key: value for key, value in car.items() if key != "standing"} | {"team": "crews"}
    shifts = {"D": "00:00-08:00", "E": "06:00-20:00"}
    pattern = {"teams": 2, "shifts": shifts, "cycle": ("D", "E"), "days_between_teams": 1}
    establishment = {"beeshire": 2, "ceeshire": 1}
    parts = {
        "units": {"car": kind},
        "bases": {"all": {"sites": {f"{name} hub": {"zone": name} for name in "BC"}}},
        "patterns": {"two": pattern},
        "teams": {"crews": {"kind": "pattern", "establishment": establishment, "pattern": "two"}},
        "dispatch": {"shift_margin": "30 min"},
    }
    story = region({}, {"lend_above": 0}, forces=forces, **parts)
    log = story.incident("low", 430.0, 0.0, work=1.0).incident("low", 470.0, 0.0).play()
    sent = [one for number in range(2) for one in units_sent(log, number)]
    assert [(log.units[unit].force, at) for unit, at in sent] == [(C, 430.0), (B, 470.0)]


def test_the_lender_gives_who_has_been_free_longest(region) -> None:
    story = region({"B": 2}, {}).incident("job", 0.0, 10.0, work=5.0).incident("job", 20.0, 0.0)
    log = story.play()
    assert [units_sent(log, number) for number in range(2)] == [[(0, 0.0)], [(1, 20.0)]]


def test_only_kinds_of_the_agreement_are_lent(region, car, arv) -> None:
    standing = {"B hub": 2}
    units = {"arv": arv | {"standing": standing}, "car": car | {"standing": standing}}
    story = region({}, {"kinds": ("arv",)}, units=units)
    # The second ARV stays, and the cars are not lent.
    log = story.incident("job", 0.0, 0.0, work=LONG).incident("job", 1.0, 0.0, lost_at=60.0).play()
    assert units_sent(log, 0) == [(0, 0.0)]
    assert incident(log, 1)["outcome"] == Outcome.LOST


@pytest.mark.parametrize("send", ["as_available", "together"])
def test_a_pick_that_leaves_too_few_asks_for_the_rest_at_once(region, send) -> None:
    kinds = {"job": {"grade": "G1", "send": send}}
    story = region({"A": 1, "B": 2}, {}, types=kinds).incident("job", 0.0, 0.0, needs=PAIR)
    assert units_sent(story.play(), 0) == [(0, 0.0), (1, 0.0)]


def test_one_choice_takes_no_more_than_the_lender_spares(region) -> None:
    story = region({"B": 3}, {"lend_above": 1}).incident("job", 0.0, 0.0, needs=(3, 0, 0, 0), work=50.0)
    log = story.incident("job", 5.0, 10.0, work=10.0).play()
    assert [one[1] for one in units_sent(log, 0)][:2] == [0.0, 0.0]
    assert units_sent(log, 1) == [(2, 5.0)]


def test_nobody_is_borrowed_to_take_a_job_over(region) -> None:
    """At 13 a car comes free in Ashire and the job 28 minutes off is looked at; Beeshire's is 8 from it."""
    terms = {"lend_above": 0, "ask_below": 2}
    story = region({"far": 2, "B": 1}, terms, dispatch={"take_over": {}})
    story.incident("job", 0.0, -29.0, work=10.0).incident("job", 0.0, 10.0, work=1.0)
    log = story.incident("job", 1.0, 4.0).play()
    assert [unit for unit, _ in units_sent(log, 2)] == [1]
    assert aid(log) == []


# --- aid on request: how long --------------------------------------------------------------------------


def test_lent_for_a_period_it_stays_and_then_goes_home(region) -> None:
    story = region({"A": 1, "B": 1}, {"lend_above": 0, "delay": "5 min", "period": "2 h"})
    story.incident("job", 0.0, 0.0, work=LONG).incident("job", 5.0, 0.0, work=10.0)
    story.incident("job", 60.0, 3.0, work=10.0).incident("job", 100.0, 10.0, work=10.0)
    log = story.play()
    assert [units_sent(log, number) for number in range(4)] == [
        [(0, 0.0)], [(1, 5.0)], [(1, 60.0)], [(1, 125.0)],
    ]  # fmt: skip
    first, again = deployments(log, 1)[0], deployments(log, 2)[0]
    assert (first["mobile_at"], again["mobile_at"]) == (12.0, 61.0)  # the delay is once
    assert again["arrived_at"] == near(64.0)
    # It waits where it is, at km 3; its own force has it back at 125, which had waited for it since 100.
    assert aid(log) == [(B, A, 1, 5.0, 125.0)]
    assert deployments(log, 3)[0]["arrived_at"] == near(125.0 + 1.0 + 7.0)


@pytest.mark.parametrize(("kind", "first"), [("job", 3), ("low", 2)])
def test_who_comes_home_serves_its_own_first_unless_others_need_it_more(region, kind, first) -> None:
    """When the job is done at 47, one of grade 1 waits in Ashire since 20, and one in Beeshire since 25."""
    story = region({"A": 1, "B": 1}, {"lend_above": 0})
    story.incident("job", 0.0, 0.0, work=LONG).incident("job", 5.0, 0.0)
    log = story.incident("job", 20.0, 0.0).incident(kind, 25.0, 10.0).play()
    assert log.tables["incidents"]["force"].tolist() == [A, A, A, B]
    assert units_sent(log, first) == [(1, near(47.0))]
    # A minute of turn-out and 30 of work, and for Beeshire's ten kilometres back.
    assert units_sent(log, 5 - first) == [(1, near(88.0 if first == 3 else 78.0))]


def test_what_is_borrowed_is_not_lent_on(region) -> None:
    story = region({"A": 1, "B": 1, "C": 1}, {"lend_above": 0, "period": "4 h"})
    story.incident("job", 0.0, 0.0, work=LONG).incident("job", 1.0, 20.0, work=LONG)
    story.incident("job", 5.0, 0.0, work=10.0).incident("job", 60.0, 20.0)
    log = story.play()
    assert units_sent(log, 2) == [(1, 5.0)]
    assert units_sent(log, 3) == [(1, 245.0)]
    assert [row[:4] for row in aid(log)] == [(B, A, 1, 5.0), (B, C, 1, 245.0)]


@pytest.mark.parametrize("kind", ["job", "low"])
def test_called_back_before_it_arrives_for_grade_1_of_its_own(region, kind) -> None:
    story = region({"A": 1, "B": 1}, {"lend_above": 0})
    story.incident("job", 0.0, 0.0, work=LONG).incident("job", 5.0, 0.0)
    log = story.incident(kind, 10.0, 10.0).play()
    (own,) = deployments(log, 2)
    if kind == "low":
        assert own["assigned_at"] == near(47.0)  # when the job is done
        assert aid(log) == [(B, A, 1, 5.0, own["assigned_at"])]
        return
    first, again = deployments(log, 1)
    assert (first["unit"], first["released_at"], first["end"]) == (1, 10.0, DIVERTED)
    # Three kilometres out; a minute to turn round.
    assert (own["assigned_at"], own["arrived_at"]) == near(10.0, 14.0)
    assert incident(log, 1)["requeued"] == 1
    assert again["assigned_at"] == near(44.0)
    assert [row[:4] for row in aid(log)] == [(B, A, 1, 5.0), (B, A, 1, again["assigned_at"])]
    assert aid(log)[0][4] == 10.0


def test_not_called_back_once_it_has_arrived(region) -> None:
    story = region({"A": 1, "B": 1}, {"lend_above": 0})
    story.incident("job", 0.0, 0.0, work=LONG).incident("job", 5.0, 0.0)
    log = story.incident("job", 20.0, 10.0).play()
    assert units_sent(log, 2) == [(1, near(47.0))]


# --- aid on request: shifts and breaks -----------------------------------------------------------------


def on_shift(car, **other):
    """Beeshire's car on duty from midnight to 08:00, and how the region has it."""
    kind = {key: value for key, value in car.items() if key != "standing"} | {"team": "crews"} | other
    pattern = {"teams": 1, "shifts": {"D": "00:00-08:00"}, "cycle": ("D",), "days_between_teams": 1}
    return {
        "units": {"car": kind},
        "bases": {"all": {"sites": {"B hub": {"zone": "B"}}}},
        "patterns": {"one": pattern},
        "teams": {"crews": {"kind": "pattern", "establishment": {"beeshire": 1}, "pattern": "one"}},
    }


@pytest.mark.parametrize("period", [None, "6 h"])
def test_the_shift_ends_while_lent(region, car, period) -> None:
    terms = {"lend_above": 0} | ({"period": period} if period else {})
    log = region({}, terms, **on_shift(car)).incident("job", 460.0, 0.0).play()
    (lent,) = deployments(log, 0)
    assert lent["released_at"] == near(502.0)
    assert aid(log) == [(B, A, 0, 460.0, lent["released_at"])]
    assert log.tables["duty"]["end"][0] == near(512.0)


def test_the_shift_ends_while_lent_and_idle(region, car) -> None:
    story = region({}, {"lend_above": 0, "period": "6 h"}, **on_shift(car))
    log = story.incident("job", 400.0, 0.0, work=10.0).play()
    assert aid(log) == [(B, A, 0, 400.0, 480.0)]
    assert log.tables["duty"]["end"][0] == near(490.0)


def test_a_break_is_taken_where_it_is_lent(region) -> None:
    breaks = {"breaks": {"length": "40 min", "earliest": "60 min", "latest": "180 min"}}
    story = region({"A": 0, "B": 1}, {"lend_above": 0, "period": "4 h"}, breaks)
    log = story.incident("job", 5.0, 0.0, work=10.0).incident("job", 70.0, 0.0).play()
    assert (UnitStatus.REFRESHMENTS, 60.0, 100.0) in statuses(log, 0)
    (later,) = deployments(log, 1)
    assert (later["assigned_at"], later["arrived_at"]) == (100.0, 101.0)
    assert aid(log) == [(B, A, 0, 5.0, 245.0)]


def test_lent_and_borrowed_minutes_are_those_in_which_units_work_elsewhere(region) -> None:
    story = region({"A": 1, "B": 2, "C": 2}, {"ask_below": 2, "lend_above": 1, "delay": "3 min"})
    for at in range(0, 900, 9):
        story.incident("job", float(at), float(at * 7 % 25), work=float(10 + at % 40))
    log = story.play()
    loans, status = aid(log), log.tables["unit_status"]
    assert len({(lender, borrower) for lender, borrower, *_ in loans}) >= 3
    force = {
        int(n): int(f)
        for n, f in zip(*(log.tables["incidents"][k] for k in ("incident", "force")), strict=True)
    }
    owner = {unit.number: unit.force for unit in log.units}
    away: dict[tuple[int, int], float] = {}
    rows = zip(*(status[name].tolist() for name in ("unit", "start", "end", "incident")), strict=True)
    for unit, start, end, number in rows:
        if number >= 0 and force[int(number)] != owner[int(unit)]:
            pair = owner[int(unit)], force[int(number)]
            away[pair] = away.get(pair, 0.0) + end - start
    lent: dict[tuple[int, int], float] = {}
    for lender, borrower, unit, start, end in loans:
        assert lender == owner[unit] != borrower
        lent[lender, borrower] = lent.get((lender, borrower), 0.0) + end - start
    assert lent == pytest.approx(away)
