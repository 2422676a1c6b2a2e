"""Theory of whole scenarios: closed forms come back out of ordinary files, and words say what is short."""

import math
from pathlib import Path

import numpy as np
import pytest

from armsim.analysis.queueing.crews import crews
from armsim.analysis.queueing.erlang import erlang_c, mean_wait
from armsim.analysis.queueing.load import lagged
from armsim.analysis.queueing.priority import priority_waits
from armsim.analysis.queueing.work import units_for
from armsim.config.loader import load_scenario
from armsim.domain import ThreatLevel
from armsim.errors import RunFolderError
from armsim.model.world import World
from armsim.study.explain import Explanation, explain, hour_name, hour_of
from armsim.study.explain_run import data_of, side_by_side
from armsim.study.explain_words import bottleneck, limits, overloads
from armsim.study.plan import Study
from armsim.study.results import Results
from armsim.study.runner import run_study
from armsim.study.worlds import world_of

THEORY = Path(__file__).parents[1] / "theory"
SCENARIOS = Path(__file__).parents[2] / "scenarios"


def world(name: str, *sets: str) -> World:
    return world_of(load_scenario(THEORY / f"{name}.yaml", sets=sets))


def one(found: Explanation, kind: str) -> object:
    return next(figures for area in found.areas for figures in area.kinds if figures.kind == kind)


def grade(found: Explanation, name: str) -> object:
    return next(figures for area in found.areas for figures in area.grades if figures.grade == name)


def test_an_m_m_4_file_gives_erlang_c() -> None:
    found = explain(world("mm4"))
    cars, calls = one(found, "car"), grade(found, "G2")
    # Trips of a few metres add a thousandth of a minute.
    assert (cars.on_duty, cars.offered) == pytest.approx((4.0, 2.8), abs=2e-3)
    assert cars.utilisation == pytest.approx(0.7, abs=1e-3)
    assert calls.a_day == pytest.approx(49089.6 / 365.25)
    assert calls.wait == pytest.approx(float(mean_wait(4, 2.8 / 30, 30.0)), rel=5e-3)
    assert calls.waits == pytest.approx(float(erlang_c(4, 2.8)), rel=2e-3)
    assert calls.nobody == pytest.approx(float(erlang_c(4, 2.8)), rel=2e-3)
    assert calls.units == 1
    assert calls.overloaded == 0


def test_two_classes_give_cobham() -> None:
    found = explain(world("two_classes"))
    urgent, routine = priority_waits(3, [0.9 / 30, 1.2 / 30], 30.0)
    assert grade(found, "G1").wait == pytest.approx(urgent, rel=5e-3)
    assert grade(found, "G2").wait == pytest.approx(routine, rel=5e-3)


def test_too_much_is_the_bottleneck_and_named() -> None:
    found = explain(world("mm4", "demand.types.call.annual=100000"))
    cars = one(found, "car")
    assert cars.overloaded == 168
    assert cars.short == pytest.approx(100000 / 365.25 / 1440 * 30 - 4, abs=1e-2)
    words = bottleneck(found)
    assert words.startswith(
        "First bottleneck: car, Mon 00:00: the load is 143% of the units on duty, 168 hours"
    )
    assert "1.7 units more are needed" in words
    assert math.isnan(grade(found, "G2").wait)
    assert "G2 has no steady state in 168 hours" in overloads(found)[0]


def test_nothing_short_is_said_so() -> None:
    found = explain(world("mm4"))
    assert bottleneck(found) == (
        "No bottleneck yet; the first would be car, Mon 00:00, 70% busy. 43% of G2 work waits for a unit."
    )
    assert explain(world("mm4", "demand.types.call.annual=0")).areas[0].grades == ()
    nothing = explain(world("mm4", "demand.types.call.annual=0"))
    assert bottleneck(nothing) == "No bottleneck: nothing asks for the units."


def test_units_released_one_by_one_load_double() -> None:
    single = one(explain(world("mm4", "demand.types.call.annual=10000")), "car").offered
    pair = explain(
        world("mm4", "demand.types.call.annual=10000", "demand.types.call.attendance={officers: 2}")
    )
    assert one(pair, "car").offered == pytest.approx(2 * single, rel=1e-6)
    assert grade(pair, "G2").units == pytest.approx(2)
    assert any(
        line.startswith("Several units an incident")
        for line in limits(pair_scenario(), ThreatLevel.LOW, pair)
    )


def pair_scenario() -> object:
    return load_scenario(THEORY / "mm4.yaml").scenario


def test_hours() -> None:
    assert hour_of("22") == tuple(24 * day + 22 for day in range(7))
    assert hour_of(" Fri 22") == (4 * 24 + 22,)
    assert hour_name(4 * 24 + 22) == "Fri 22:00"
    for bad in ("24", "noon", "xyz 3", ""):
        with pytest.raises(ValueError, match="no hour"):
            hour_of(bad)


def test_one_hour_is_of_that_hour(tiny: Path) -> None:
    hourly = "{hours: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}"
    sets = (f"demand.profiles.noon={hourly}", "demand.types.call.profile=noon")
    made = world_of(load_scenario(tiny, sets=sets))
    assert grade(explain(made, hour="12"), "G1").a_day == pytest.approx(24 * 7300 / 365.25)
    assert grade(explain(made, hour="sun 12"), "G1").a_day == pytest.approx(24 * 7300 / 365.25)
    assert grade(explain(made), "G1").a_day == pytest.approx(7300 / 365.25)


def test_hours_without_work_and_work_without_units(tiny: Path) -> None:
    hourly = "{hours: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}"
    sets = [f"demand.profiles.noon={hourly}", "demand.types.call.profile=noon"]
    quiet = grade(explain(world_of(load_scenario(tiny, sets=sets)), hour="3"), "G1")
    assert quiet.a_day == 0
    assert quiet.response > 0
    found = explain(world_of(load_scenario(tiny, sets=["teams.arv.establishment=1"])))
    assert found.areas[0].unserved == ("FIREARMS", "G1")
    assert overloads(found)[1] == "Testshire: there is G1 work and no unit that may be sent to it."
    assert bottleneck(found) == "First bottleneck: no unit is ever on duty for the work of Testshire."


def test_nobody_on_duty_is_no_response(tiny: Path) -> None:
    sets = ['patterns.day.shifts={D: "08:00-16:00"}']
    made = world_of(load_scenario(tiny, sets=sets))
    night = grade(explain(made, hour="3"), "FIREARMS")
    assert night.nobody == 1
    assert math.isnan(night.response)
    assert night.cover == {"armed": 0.0}
    whole = grade(explain(made), "FIREARMS")
    assert whole.nobody > 2 / 3
    assert 0 < whole.cover["armed"] < 1 / 3


def test_crews_are_those_of_the_roster(tiny: Path) -> None:
    made = world_of(load_scenario(tiny))
    found = crews(made, ThreatLevel.SEVERE)
    # Six officers of one team, all there every day, in crews of two: three vehicles all week.
    assert sum(cell.on_duty.mean() for cell in found.cells) == pytest.approx(3.0)
    assert found.sizes[0] == pytest.approx([0, 0, 1])
    assert found.carriers[0] == 1.0


def test_load_lags_and_is_kept() -> None:
    burst = np.zeros(168)
    burst[10] = 5.0
    late = lagged(burst, 60.0)
    assert late.sum() == pytest.approx(5.0)
    # In the hour itself 1 - (1 - e**-1) = e**-1 of it is done, on average, by exponential work of an hour.
    assert late[10] == pytest.approx(5 * np.exp(-1))
    assert late[11] == pytest.approx(5 * (1 - np.exp(-1)) ** 2)
    assert lagged(np.full(168, 2.0), 200.0) == pytest.approx(np.full(168, 2.0))
    # At the end of a shift half of the units go, with their work.
    crews_left = np.where(np.arange(168) < 11, 4.0, 2.0)
    assert lagged(burst, 60.0, crews_left)[11] == pytest.approx(late[11] / 2)
    assert lagged(burst, 0.0) is burst


def test_units_for_officers() -> None:
    sizes = np.array([0.0, 0.6, 0.4])
    assert units_for(1, sizes) == 1
    assert units_for(2, sizes) == pytest.approx(1.6)
    assert units_for(3, sizes) == pytest.approx(1 + 0.6 * 1.6 + 0.4)
    assert units_for(0, sizes) == 0


def test_limits_name_what_the_scenario_has() -> None:
    loaded = load_scenario(SCENARIOS / "severe.yaml")
    found = explain(world("mm4"))
    lines = limits(loaded.scenario, ThreatLevel.SEVERE, found)
    assert [line.split(":")[0] for line in lines[1:]] == [
        "Reserve", "Diversion", "Shift ends, breaks and overruns", "Trip noise",
    ]  # fmt: skip
    assert len(limits(pair_scenario(), ThreatLevel.LOW, found)) == 1


def test_a_run_stands_beside_theory(tiny: Path, tmp_path: Path) -> None:
    loaded = load_scenario(tiny)
    found = explain(world_of(loaded))
    results = Results.open(run_study(Study({"now": loaded}, 7), tmp_path / "results").folder)
    data = data_of(results, loaded.scenario, ThreatLevel.SEVERE)
    pairs = {pair.figure: pair for pair in side_by_side(found, data)}
    assert set(pairs) == {
        "No ARV free", "ARVs at work", "Within armed", "FIREARMS: mean response", "G1: mean response",
    }  # fmt: skip
    for pair in pairs.values():
        half = 0.0 if math.isnan(pair.low) else (pair.high - pair.low) / 2
        assert pair.differs == (abs(pair.theory - pair.simulation) > pair.error + half)
    busy = pairs["ARVs at work"]
    assert busy.simulation == pytest.approx(busy.theory, abs=0.15)
    other = load_scenario(tiny, sets=["units.arv.crew=3"])
    with pytest.raises(RunFolderError, match="no run of this scenario"):
        data_of(results, other.scenario, ThreatLevel.SEVERE)
    with pytest.raises(RunFolderError, match="CRITICAL never held"):
        data_of(results, loaded.scenario, ThreatLevel.CRITICAL)
