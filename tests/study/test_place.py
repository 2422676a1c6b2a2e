"""Bases proposed and judged, on a made-up county whose bases stand where nobody lives."""

import json

import numpy as np
import pytest

from armsim.config.loader import load_scenario
from armsim.model.mexclp import expected_cover
from armsim.study.place import Wish, place
from armsim.study.runner import execute
from armsim.study.worlds import world_of

TARGET = "within_target:armed >= 0.5"


def wish(file, sets=(), **changed):
    def load(more):
        return load_scenario(file, (), (*sets, *more))

    return Wish(**{"load": load, "group": "all", "number": 2, "target": TARGET, "replications": 4, **changed})


@pytest.fixture
def remote(tiny):
    """The only base stands in the zone that is farthest from all others."""
    world = world_of(load_scenario(tiny))
    x, y = (world.zones[name].to_numpy() for name in ("x_km", "y_km"))
    far = int(np.hypot(x - x.mean(), y - y.mean()).argmax())
    text = tiny.read_text()
    assert "bases: {all: {p_median: 1}}" in text
    zone = world.zones["zone"].iloc[far]
    tiny.write_text(text.replace("{p_median: 1}", f"{{sites: {{Far: {{zone: {zone}}}}}}}"))
    return tiny


def test_proposed_bases_are_judged_on_other_demand(tmp_path, remote):
    studies = []

    def run(study):
        studies.append(study)
        return execute(study, tmp_path).results

    found = place(wish(remote, replications=8), run)
    tuned, judged = studies
    assert tuned.seed != judged.seed == 3
    assert found.tuned_on[1] == tuned.seed
    assert list(judged.options) == ["today", "proposed"]
    assert found.gap == 0.0
    assert found.proposed.cover > found.today.cover
    assert found.proposed.figure.value > found.today.figure.value
    assert found.verdict.startswith("better by ")
    assert found.today.bases == ("Far",)
    path, _, value = found.setting.partition("=")
    sites = json.loads(value)["sites"]
    assert (path, len(sites), len(found.proposed.bases)) == ("bases.all", 2, 2)
    assert json.dumps(found.to_dict())
    assert not found.patrols


def test_expected_cover_is_that_of_the_tuning_run(tmp_path, remote):
    kept = {}

    def run(study):
        results = execute(study, tmp_path).results
        kept.setdefault("tuning", results)
        return results

    found = place(wish(remote, within=6.0, busy=0.4), run)
    world, data = world_of(load_scenario(remote)), kept["tuning"].option()
    rows = data.rows("first_armed", grade=("FIREARMS",))
    weight = np.bincount(data.responses["zone"].to_numpy()[rows], minlength=len(world.zones))
    minutes = world.travel.minutes_to_zones(world.travel.zone_places()).T
    names = world.zones["name"].tolist()
    at = [names.index(name) for name in found.proposed.bases]
    assert found.busy == 0.4
    assert found.tuned_on[0] == weight.sum()
    assert found.proposed.cover == pytest.approx(expected_cover(minutes <= 6.0, weight, at, 0.4))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"group": "arv"}, "no group of bases is called 'arv'; there are all"),
        ({"target": "no_arv_free <= 0.2"}, "bases are placed for one within_target"),
        ({"number": 11}, "11 units do not fit 10 sites"),
    ],
)
def test_what_cannot_be_placed(tmp_path, tiny, changed, message):
    with pytest.raises(ValueError, match=message):
        place(wish(tiny, **changed), lambda study: execute(study, tmp_path).results)


def test_how_busy_others_than_arvs_are_must_be_said(tmp_path, tiny):
    tiny.write_text(tiny.read_text().replace("arv: true, ", ""))
    target = "within_target:first >= 0.5"
    sets = ("targets.first={milestone: first_officer, grades: [G1], urban: 15 min, rural: 20 min}",)
    sets += ('demand.types.armed.attendance={"officers": 1}', "targets.armed.milestone=first_officer")
    with pytest.raises(ValueError, match="measured for ARVs only; say it with --busy"):
        place(wish(tiny, sets, target=target), lambda study: execute(study, tmp_path).results)


def test_time_gone_before_wheels_roll_is_taken_off_the_target(tmp_path, remote):
    """Calls of exactly 8 min and 2 min to leave a base: of 15 and 20 min, 5 and 10 are left to drive."""
    kept = {}

    def run(study):
        results = execute(study, tmp_path).results
        kept.setdefault("tuning", results)
        return results

    sets = ("demand.types.armed.call_handling={exactly: 8 min}",)
    found = place(wish(remote, sets, busy=0.4), run)
    world, data = world_of(load_scenario(remote)), kept["tuning"].option()
    zones = data.responses["zone"].to_numpy()[data.rows("first_armed", grade=("FIREARMS",))]
    weight = np.bincount(zones, minlength=len(world.zones))
    limit = np.where(world.zones["rural"], 10.0, 5.0)
    minutes = world.travel.minutes_to_zones(world.travel.zone_places()).T
    names = world.zones["name"].tolist()
    at = [names.index(name) for name in found.proposed.bases]
    expected = expected_cover(minutes <= limit[:, None], weight, at, 0.4)
    assert found.proposed.cover == pytest.approx(expected)
    assert expected != pytest.approx(expected_cover(minutes <= limit[:, None] + 8, weight, at, 0.4))
