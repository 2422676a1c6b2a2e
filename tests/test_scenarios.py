"""Every shipped scenario, and each of its overrides, is valid; every scenario builds its world and runs."""

from pathlib import Path

import numpy as np
import pytest

from armsim.config.loader import load_scenario
from armsim.domain import Record
from armsim.engine.simulation import simulate
from armsim.study.worlds import world_of

FOLDER = Path(__file__).parents[1] / "scenarios"
SHIPPED = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
#: Residents and zones that each scenario says it is about.
PEOPLE = {
    "critical": 1_017_697, "severe": 1_017_697, "second_incident": 1_017_697, "rural_county": 600_000,
    "metropolis": 2_700_000, "marauding_attack": 2_700_000, "east_midlands_pooling": 4_533_222,
    "review": 1_017_697, "review_pooling": 4_533_222,
}  # fmt: skip
ZONES = {
    "critical": 125, "severe": 125, "second_incident": 125, "rural_county": 77,
    "metropolis": 347, "marauding_attack": 347, "east_midlands_pooling": 573,
    "review": 125, "review_pooling": 573,
}  # fmt: skip
SHORT = ("window=2 days", "warm_up=6 h", "cool_down=12 h")
#: Nothing but the proof of a placement takes seconds: fewer bases run the same code.
QUICK = dict.fromkeys(
    ("metropolis", "marauding_attack"), ("bases.response.p_median=2", "bases.arv.p_median=1")
)
#: Overrides that say what the file says, so that a study may name all its options.
SAME = {("east_midlands_pooling", "ring_fenced"), ("review_pooling", "ring_fenced")}
#: Sites, calls of firearms, grade 1 and grade 2 that the given attack brings.
OF_ATTACK = {"marauding_attack": 3 + 10 + 60 + 8}


def annual(kind):
    return sum(kind.annual.values()) if isinstance(kind.annual, dict) else kind.annual


@pytest.mark.parametrize("name", SHIPPED)
def test_runs_two_days(name):
    loaded = load_scenario(SHIPPED[name], sets=(*SHORT, *QUICK.get(name, ())))
    world = world_of(loaded)
    assert (len(world.zones), int(world.zones["population"].sum())) == (ZONES[name], PEOPLE[name])
    log = simulate(world, loaded.scenario.study.seed, 0, Record.FULL)
    incidents = log.tables["incidents"]
    counted = (incidents["received_at"] >= 0) & (incidents["received_at"] < loaded.scenario.window)
    expected = sum(
        annual(one) * (1 + (one.stand_down.per_operation if one.stand_down else 0)) * 2 / 365.25
        for one in loaded.scenario.demand.types.values()
    )
    assert counted.sum() == pytest.approx(expected + OF_ATTACK.get(name, 0), rel=0.35)
    reached = np.isfinite(incidents["first_officer_at"][counted])
    assert reached.mean() > 0.9
    assert {unit.kind for unit in log.units} == set(range(len(world.kinds)))


@pytest.mark.parametrize("name", SHIPPED)
def test_overrides_are_valid_and_change_something(name):
    plain = load_scenario(SHIPPED[name])
    assert plain.composed.overrides
    for override in plain.composed.overrides:
        changed = plain.with_override(override)
        assert (changed.digest != plain.digest) == ((name, override) not in SAME), override
        assert not [note for note in changed.notes if "plausible range" in note.message], override


@pytest.mark.parametrize("name", ["rural_county", "metropolis"])
def test_generated_regions_have_their_rural_share(name):
    loaded = load_scenario(SHIPPED[name], sets=QUICK.get(name, ()))
    zones = world_of(loaded).zones
    share = zones["population"][zones["rural"]].sum() / zones["population"].sum()
    assert share == pytest.approx(loaded.scenario.region.generated.rural_share, abs=0.02)


def test_posts_of_the_critical_spell_are_wanted_as_the_file_says():
    """Guards from +1 h to +36 h, when backfill comes; hub 80 h, centre 64 h, event 48 h of four days.

    Beside the armed ones four unarmed patrols, of 48 h.
    """
    loaded = load_scenario(SHIPPED["critical"])
    posts = simulate(world_of(loaded), 1, 0, Record.METRICS).tables["posts"]
    assert posts["wanted_minutes"].sum() == pytest.approx(60 * (2 * 35 + 80 + 64 + 48 + 4 * 48))
    assert set(posts["day"][posts["wanted_minutes"] > 0]) == {7, 8, 9, 10, 11}


@pytest.mark.parametrize(("name", "pairs"), [("critical", 5), ("rural_county", 3), ("metropolis", 13)])
def test_armed_pairs_wanted_at_critical(name, pairs):
    posts = load_scenario(SHIPPED[name]).scenario.threat.levels["CRITICAL"].posts.values()
    assert sum(post.count for post in posts if post.needs == {"armed_officers": 2}) == pairs


def test_every_override_of_the_five_forces_fits_them():
    """Numbers by force are only checked against the zones."""
    plain = load_scenario(SHIPPED["east_midlands_pooling"])
    for override in plain.composed.overrides:
        world = world_of(plain.with_override(override))
        assert len(world.forces) == 5, override


@pytest.mark.parametrize(
    ("override", "blocs"), [("ring_fenced", 5), ("mutual_aid", 5), ("pooled", 1), ("four_pooled", 2)]
)
def test_forces_are_pooled_as_the_override_says(override, blocs):
    loaded = load_scenario(SHIPPED["east_midlands_pooling"], [override])
    assert len(world_of(loaded).blocs) == blocs


def test_the_attack_strikes_three_sites_within_reach_and_raises_the_level_a_day_later():
    loaded = load_scenario(SHIPPED["marauding_attack"], sets=QUICK["marauding_attack"])
    log = simulate(world_of(loaded), 1, 0, Record.METRICS).tables
    incidents = log["incidents"]
    sites = incidents["attack_site"] >= 0
    assert sorted(incidents["attack_site"][sites]) == [0, 1, 2]
    assert incidents["received_at"][sites].min() == 44 * 60
    x, y = incidents["x"][sites], incidents["y"][sites]
    assert np.hypot(x - x[0], y - y[0]).max() < 10
    assert log["threat"]["start"][1] == (44 + 22) * 60
