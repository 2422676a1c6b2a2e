"""A case as an ordinary scenario; calls, controls and figures of a replication."""

import json

import numpy as np
import pytest

from armsim.domain import Record
from armsim.engine.simulation import simulate
from armsim.streams import Streams
from armsim.study.verify.arrivals import draw, hawkes, rate_factor
from armsim.study.verify.assembly import systems
from armsim.study.verify.cases import Case
from armsim.study.verify.controls import controls
from armsim.study.verify.figures import ratio
from armsim.study.verify.observe import observe
from armsim.study.verify.quantities import cells
from armsim.study.verify.reading import read_cases
from armsim.study.verify.runner import Effort, verify
from armsim.study.verify.translate import Setup, build, plan, scenario

PACKAGED = {case.id.split("-")[0]: case for case in read_cases([])}


def setup_of(name: str, calls: int = 2_000) -> Setup:
    return plan(systems(PACKAGED[name])[0][0], calls)


def calls_of(setup: Setup, seed: int):
    world = build(setup, rate_factor(setup))
    return draw(setup, world, Streams(seed, 0))


def test_every_packaged_case_is_a_valid_scenario():
    for name, case in PACKAGED.items():
        for system in systems(case)[0]:
            made = scenario(plan(system, 1_000))
            assert made.window <= 366 * 1440, name
            assert made.warm_up <= 60 * 1440, name


def test_travel_that_takes_no_time_still_ranks_and_ends_at_home_at_once():
    world = build(setup_of("S08"))
    places = world.travel.zone_places()
    zones, bases = places[:4], places[4:]
    out = [[world.travel.minutes(base, zone) for zone in zones] for base in bases]
    assert np.allclose(
        np.array(out) / 1e-6, [[4.0, 9.5, 15.2, 21.3], [12.6, 3.8, 7.7, 16.4], [22.5, 14.1, 9.3, 5.2]]
    )
    assert world.travel.minutes(zones[0], bases[0]) == 0.0
    assert world.travel.minutes(zones[2], zones[2]) == 0.0


def test_settings_that_a_policy_asks_for():
    def types(name):
        made = scenario(setup_of(name))
        return made, list(made.demand.types.values())

    made, kinds = types("S06")
    assert [(one.grade, one.priority) for one in kinds] == [("G2", n) for n in range(6)]
    made, kinds = types("S07")
    assert [one.grade for one in kinds] == ["G1", "G2", "G3"]
    assert [(rule.to, rule.off) for rule in made.dispatch.diversion] == [
        ("G1", ("G2", "G3")),
        ("G2", ("G3",)),
    ]
    made, kinds = types("S13")
    assert made.dispatch.reserve == {"unit": {"G2": 1}}
    made, kinds = types("S16")
    assert {(one.send, one.release) for one in kinds} == {("together", "in_common")}
    assert [one.attendance for one in kinds] == [{"officers": 1}, {"officers": 2}, {"officers": 3}]
    assert [one.on_scene.exponential for one in kinds] == [30.0, 40.0, 45.0]
    _, kinds = types("S18")
    assert {(one.send, one.release) for one in kinds} == {("partial", "singly")}
    _, kinds = types("S09")
    assert kinds[0].on_scene_factor == {
        "b0000": 1.0,
        "b0001": pytest.approx(52 / 35),
        "b0002": pytest.approx(44 / 35),
    }


@pytest.mark.parametrize("name", ["S01", "S04", "S09", "S10", "S15", "S16", "S18", "S20", "S22"])
def test_controls_have_the_expectation_that_they_are_measured_from(name):
    setup = setup_of(name, 1_500)
    world = build(setup, rate_factor(setup))
    drawn = np.array([list(controls(setup, draw(setup, world, Streams(7, n))).values()) for n in range(60)])
    error = drawn.std(axis=0, ddof=1) / np.sqrt(60)
    assert drawn.shape[1] >= 2
    assert (np.abs(drawn.mean(axis=0)) <= 3.7 * error + 1e-12).all()


def test_a_hawkes_process_has_the_mean_and_variance_of_its_formula():
    times = hawkes(np.random.default_rng(1), 0.03, 0.35, 0.08, 0.0, 2_000_000.0)
    counts = np.histogram(times, np.arange(0, 2_000_001, 60))[0]
    assert counts.mean() == pytest.approx(0.03 / 0.65 * 60, rel=0.02)
    assert counts.var() == pytest.approx(5.39477, rel=0.04)
    assert (np.diff(times) > 0).all()


def test_thinned_calls_follow_the_day():
    setup = setup_of("S20", 20_000)
    times = calls_of(setup, 3).received_at / setup.scale
    clock = np.mod(times[(times >= 0) & (times < setup.window)], 1440)
    days = setup.window / 1440
    for start, end, rate in ((0, 480, 0.02), (480, 1080, 0.06), (1080, 1440, 0.1)):
        expected = rate * (end - start) * days
        assert abs(((clock >= start) & (clock < end)).sum() - expected) < 4 * np.sqrt(expected)


def test_runs_start_from_empty():
    setup = setup_of("S22", 1_200)
    table = calls_of(setup, 4)
    size = setup.system.calls
    assert len(table) == setup.runs * size == 100 * 12
    starts = table.received_at[size::size]
    work = table.on_scene.reshape(-1, size).sum(axis=1)
    assert (starts > table.received_at[size - 1 : -1 : size] + work[:-1]).all()
    assert (np.diff(table.received_at) > 0).all()
    assert np.array_equal(table.graded_at, table.received_at)


def test_one_draw_serves_all_units_where_they_are_sent_one_by_one():
    model = json.loads(PACKAGED["S17"].model.model_dump_json(exclude_defaults=True))
    model["service"]["common_to_all_units_of_a_call"] = True
    case = Case.model_validate_json(
        json.dumps({"id": "T", "model": model, "expected": {"mean_wait_last": 1.0}})
    )
    table = calls_of(plan(systems(case)[0][0], 500), 1)
    work = table.on_scene_by_ordinal
    assert work.shape[1] > 1
    assert np.array_equal(work, np.repeat(table.on_scene[:, None], work.shape[1], axis=1).astype(np.float32))


def test_figures_are_those_of_the_log():
    setup = setup_of("S08", 400)
    log = simulate(build(setup), 5, 0, Record.DEPLOYMENTS, incidents=calls_of(setup, 5))
    seen = observe(setup, log)
    wanted = {one.label: ratio(one, seen, setup) for one in cells(PACKAGED["S08"])[0]}
    trips = log.tables["deployments"]
    rows = log.tables["incidents"]
    inside = {
        int(number): received
        for number, received in zip(rows["incident"], rows["received_at"], strict=True)
        if 0 <= received < setup.window * setup.scale
    }
    waits, away, busy = [], [], 0.0
    travel = setup.system.travel
    zone_of = dict(zip(rows["incident"].astype(int), rows["zone"].astype(int), strict=True))
    for incident, unit, assigned, released in zip(
        *(trips[name] for name in ("incident", "unit", "assigned_at", "released_at")), strict=True
    ):
        if unit == 0:
            until = min(released, setup.window * setup.scale)
            busy += max(0.0, until - max(assigned, 0.0))
        if int(incident) in inside:
            waits.append((assigned - inside[int(incident)]) / setup.scale)
            away.append(travel[int(unit)][zone_of[int(incident)]])
    assert wanted["mean_wait"] == (pytest.approx(sum(waits)), len(waits))
    assert wanted["p_wait"] == (sum(wait > 1e-7 for wait in waits), len(inside))
    assert wanted["mean_travel"][0] == pytest.approx(sum(away))
    assert wanted["unit_utilisation[U1]"][0] == pytest.approx(busy / setup.scale)


def test_results_do_not_hang_on_the_number_of_processes():
    effort = Effort(replications=20, calls=200, most=4_000, slack=50.0)
    one, two = (verify([PACKAGED["S02"], PACKAGED["S01"]], effort, 9, jobs) for jobs in (1, 2))
    assert one == two
    assert len([verdict for verdict in one if verdict.cell.quantity != "draws"]) == 12
    assert verify([PACKAGED["S02"]], effort, 10) != one[:4]
