"""Searches on small worlds: exact numbers of servers, resuming, values that are never enough."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from armsim.analysis.intervals import t_quantile
from armsim.config.loader import load_scenario
from armsim.errors import ScenarioError
from armsim.study.find import Question, find
from armsim.study.levers import parse_levers
from armsim.study.runner import execute

THEORY = Path(__file__).parent.parent / "theory"
DEPOT = "units.car.standing.Depot"
TEN = "targets.ten={milestone: first_officer, grades: [G2], urban: 10 min, rural: 10 min}"


def erlang_b(servers, offered):
    loss = 1.0
    for k in range(1, servers + 1):
        loss = offered * loss / (k + offered * loss)
    return loss


def within_ten(servers, offered, work=30.0):
    """Share of calls that an M/M/c with first come first served answers in ten minutes."""
    if servers <= offered:
        return 0.0
    loss = erlang_b(servers, offered)
    wait = loss / (1 - offered / servers * (1 - loss))
    return 1 - wait * np.exp(-10 * (servers - offered) / work)


class Ran:
    """Runs studies in a folder, and knows what was run."""

    def __init__(self, folder):
        self.folder, self.ran, self.folders = folder, [], set()

    def __call__(self, study):
        done = execute(study, self.folder)
        assert not done.failures
        self.ran.append(done.ran)
        self.folders.add(done.folder)
        return done.results


def asked(file, levers, target, sets=(), **more):
    def load(extra):
        return load_scenario(file, (), (*sets, *extra))

    return Question(load, parse_levers(levers), target, **more)


def test_least_number_of_a_loss_system(tmp_path):
    # 1.5 erlangs of a calm law, on which loss does not depend
    calm = ("window=2 days", "demand.types.call.on_scene={mean: 30 min, cv: 0.3}")
    calm += ("demand.types.call.annual=26298",)
    ran = Ran(tmp_path)
    least = next(c for c in range(1, 9) if erlang_b(c, 1.5) <= 0.1)
    found = find(
        asked(THEORY / "loss.yaml", [f"{DEPOT}=1..8"], "share_lost:G2 <= 10%", calm, replications=12), ran
    )
    assert found.answer.name == f"{DEPOT}={least}"
    assert (found.shape, found.bisected, found.method, found.family) == ("better", True, "Bonferroni", 8)
    assert [found.value(one) for one in found.neighbours] == [str(least - 1), str(least + 1)]
    assert [one.met for one in found.points] == [int(found.value(one)) >= least for one in found.points]
    told = [one for one in found.points if one.figure.value > 0]  # nobody lost anywhere: no limits
    assert len(told) >= 4
    for one in told:
        assert one.figure.low <= erlang_b(int(found.value(one)), 1.5) <= one.figure.high
    # 1 3 5 6 8 of the coarse grid, then 4; 2 need not be run
    assert [found.value(one) for one in found.points] == ["1", "3", "4", "5", "6", "8"]
    assert (sum(ran.ran), len(ran.folders)) == (12 * 6, 1)


def test_least_number_of_a_delay_system_and_another_target_runs_only_what_is_new(tmp_path):
    least = next(c for c in range(1, 9) if within_ten(c, 0.9) >= 0.88)
    assert least == 3
    sets = (TEN, "window=3 days", "demand.types.call.annual=15778.8")
    make = partial(asked, THEORY / "mm4.yaml", sets=sets, replications=8)
    ran = Ran(tmp_path)
    found = find(make([f"{DEPOT}=1..6"], "within_target:ten >= 88%"), ran)
    assert found.answer.name == f"{DEPOT}=3"
    assert [found.value(one) for one in found.neighbours] == ["2", "4"]
    assert found.sentence.startswith(
        f"3 is the least value of {DEPOT} (1 to 6) that meets Within target (ten) at least 88.0%: "
    )
    before = sum(ran.ran)
    other = find(make([f"{DEPOT}=1..4"], "within_target:ten >= 0.6"), ran)
    assert other.answer.name == f"{DEPOT}=2"
    assert (other.bisected, sum(ran.ran)) == (False, before)
    # limits hold for every value that could have been run, six and four, by Bonferroni
    wide, narrow = (one.points[1].figure.half_width for one in (found, other))
    assert wide / narrow == pytest.approx(t_quantile(1 - 0.05 / 6, 7) / t_quantile(1 - 0.05 / 4, 7))
    assert len(ran.folders) == 1


def test_a_target_out_of_reach_names_the_best(tmp_path):
    question = asked(
        THEORY / "loss.yaml", [f"{DEPOT}=1..3"], "share_lost:G2<=1%", ("window=1 day",), replications=4
    )
    found = find(question, Ran(tmp_path))
    assert found.answer is None
    assert found.value(found.best) == "3"
    low, high = found.best.figure.low, found.best.figure.high
    assert low <= erlang_b(3, 4.0) <= high
    assert found.sentence == (
        f"No value of {DEPOT} from 1 to 3 meets Lost before anybody came (G2) at most 1.0%: the best "
        f"is 3 with {100 * found.best.figure.value:.1f}% ({100 * low:.1f}% to {100 * high:.1f}%)."
    )
    assert found.to_dict()["found"] is False
    assert found.to_dict()["answer"] is None


def test_a_figure_that_gets_worse_stops_at_the_first_value(tmp_path):
    question = asked(
        THEORY / "loss.yaml",
        ["demand.types.call.annual=10000..80000/10000"],
        "share_lost:G2 <= 20%",
        ("window=1 day",),
        replications=4,
    )
    found = find(question, Ran(tmp_path))
    assert found.shape == "worse"
    assert found.answer.place == (0,)
    assert "gets worse as the lever rises" in " ".join(found.remarks)


def test_a_figure_that_turns_is_looked_for_in_every_value(tmp_path):
    # more cars with more calls: better where cars rise, worse where calls do
    steps_of = "1:20000,3:20000,5:20000,5:40000,5:60000,5:80000,5:90000"
    question = asked(
        THEORY / "loss.yaml",
        [f"{DEPOT}+demand.types.call.annual={steps_of}"],
        "share_lost:G2 <= 10%",
        ("window=1 day",),
        replications=4,
    )
    found = find(question, Ran(tmp_path))
    assert (found.shape, found.bisected, len(found.points)) == ("mixed", False, 7)
    assert found.value(found.answer) in {"3:20000", "5:20000"}
    assert any(one.startswith("Larger values that do not meet it: ") for one in found.remarks)


TINY_PRICES = "prices={vehicles: {arv: {buy: 70000, life: 4, run: 17500}}}"


def test_two_levers_give_the_frontier_and_the_cheapest(tmp_path, tiny):
    levers = ["units.arv.vehicles=1..3", "teams.arv.establishment=2,6"]
    question = asked(tiny, levers, "crews_formed:kind=arv >= 0.1", (TINY_PRICES,), replications=3)
    ran = Ran(tmp_path)
    found = find(question, ran)
    assert (len(found.points), sum(ran.ran), found.family) == (6, 18, 6)
    costs = {one.place: one.cost.value for one in found.points}
    car = 70000 / 4 + 17500
    assert costs[1, 0] - costs[0, 0] == pytest.approx(car)
    assert all(costs[place] > costs[place[0], 0] for place in costs if place[1])
    met = [one for one in found.points if one.met]
    assert found.answer.cost.value == min(one.cost.value for one in met)
    frontier = found.frontier
    assert [one.cost.value for one in frontier] == sorted(one.cost.value for one in frontier)
    values = [one.figure.value for one in frontier]
    assert values == sorted(values)
    assert len(frontier) < 6


def test_what_cannot_be_asked(tmp_path, tiny):
    ran = Ran(tmp_path)
    vehicles = ["units.arv.vehicles=1..3"]
    with pytest.raises(ValueError, match="two replications or more"):
        find(asked(tiny, vehicles, "no_arv_free<=0.5", replications=1), ran)
    with pytest.raises(ValueError, match="is no target"):
        find(asked(tiny, vehicles, "no_arv_free", replications=2), ran)
    with pytest.raises(ValueError, match=r"unknown metric 'no_arv_fre'"):
        find(asked(tiny, vehicles, "no_arv_fre<=1", replications=2), ran)
    with pytest.raises(ValueError, match="means several figures, name one"):
        find(asked(tiny, vehicles, "response_p90<=20", replications=2), ran)
    with pytest.raises(ValueError, match="has no such figure"):
        find(asked(tiny, vehicles, "no_arv_free<=0.5", level="CRITICAL", replications=2), ran)
    with pytest.raises(ScenarioError, match=r"units\.arv\.vehicle"):
        find(asked(tiny, ["units.arv.vehicle=1..3"], "no_arv_free<=0.5", replications=2), ran)
