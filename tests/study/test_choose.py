"""Choosing among the options of small runs: who is out is run no longer, a resumed choice is the same."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import armsim
from armsim.analysis.pooled import first_replications, per_replication, pooled_value
from armsim.cli import main
from armsim.errors import ArmsimError
from armsim.study import store
from armsim.study.choose import choose, parse_asked, run_choice
from armsim.study.runner import execute

TINY = (Path(__file__).parents[1] / "tiny.yaml").read_text(encoding="utf-8")
TEXT = (
    TINY
    + """
overrides:
  fast: {description: Fast, set: {travel.cruising_speed: 80 km/h}}
  slow: {description: Slow, set: {travel.cruising_speed: 45 km/h}}
  longer: {description: Longer, set: {window: 2 days}}
  quick: {description: Quick, set: {dispatch.mobilisation.at_base: {exactly: 1 min}}}
options: {now: [], slow: [slow], fast: [fast]}
"""
)
CONDITIONS = "conditions: {plain: [], quick: [quick]}\n"
FIGURE = "within_target:target=armed"
ASKED = parse_asked(FIGURE, "2.5 pp", first=10, most=60)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("choose")
    (folder / "tiny.yaml").write_text(TEXT)
    (folder / "two.yaml").write_text(TEXT + CONDITIONS)
    return folder


def study(place):
    base = armsim.load_scenario(place / "tiny.yaml")
    return armsim.Study({"now": base, "slow": base.with_override("slow"), "fast": base.with_override("fast")})


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def ran(place, told):
    return run_choice(study(place), ASKED, place / "a", tell=lambda race, _: told.append(race))


def test_options_out_of_the_race_are_run_no_longer(ran, told):
    finished, found = ran
    assert found.race.decided
    assert found.race.exits
    out = found.race.exits[0]
    assert out.replications < found.race.replications
    parts = {name: store.verified_parts(finished.folder, name)[0] for name in found.names}
    counts = tuple(sum(len(part.replications) for part in parts[name]) for name in found.names)
    assert counts == found.replications == (20, 10, 20)
    assert finished.ran == sum(counts) < 3 * max(counts)
    assert told[-1].left == found.race.left
    assert [race.replications for race in told] == ASKED.looks[: len(told)]
    assert not any(race.decided for race in told[:-1])


def test_a_choice_is_what_the_measures_lead_to(ran):
    """By hand: shares within the limits of town and country, over the replications of each look."""
    finished, found = ran
    again = choose(finished.results.data, ASKED)
    assert again.to_dict() == found.to_dict()

    def curve(option, count):
        data = first_replications(finished.results.option(found.names[option]), count)
        return data.target_curve(data.scenario.targets["armed"])

    for out in found.race.exits:
        behind, by = (curve(index, out.replications).share(1200) for index in (out.option, out.by))
        assert behind < by
        figure = found.figures[out.option]
        assert figure.value == behind
        assert figure.low == curve(out.option, out.replications).share_interval(1200).low
    assert found.figures[found.race.best].value == curve(found.race.best, found.race.replications).share(1200)


def test_a_choice_goes_on_and_comes_out_the_same(ran, place):
    """Interrupted, on top of a run that went beyond what some option needs."""
    _, found = ran
    execute(replace(study(place), replications=12), place / "b")

    def stop(progress):
        if progress.done > 3 * 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_choice(study(place), ASKED, place / "b", progress=stop)
    resumed, same = run_choice(study(place), ASKED, place / "b")
    assert resumed.ran == 2 * (20 - 12) - 3
    assert same.to_dict() == found.to_dict()
    kept, other = (one.results.option(found.best) for one in (ran[0], resumed))
    assert other.totals.equals(kept.totals)
    replay, final = run_choice(study(place), ASKED, place / "b")
    assert (replay.ran, final.to_dict()) == (0, found.to_dict())


def test_numbers_of_a_share_are_the_residuals_of_the_ratio(ran):
    """Y - r X over the mean of X, but for what leaving one out does to the denominator."""
    data = first_replications(ran[0].results.option("now"), 10)
    figure = parse_asked("no_arv_free", "1 pp").figure
    upper = data.total("arv_free_zero_minutes:level=SEVERE")
    lower = data.total("minutes:level=SEVERE")
    ratio = upper.sum() / lower.sum()
    assert pooled_value(data, figure) == ratio
    wanted = (upper - ratio * lower) / lower.mean() * 9 / (10 - lower / lower.mean())
    assert np.ptp(wanted) > 0
    assert per_replication(data, figure) == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_a_replication_that_failed_leaves_the_choice_open(place, monkeypatch):
    from armsim.engine import simulation

    real = simulation.simulate

    def faulty(world, seed, index, record, *more):
        if index == 7:
            raise ZeroDivisionError("planted")
        return real(world, seed, index, record, *more)

    monkeypatch.setattr(simulation, "simulate", faulty)
    finished, found = run_choice(study(place), ASKED, place / "c")
    assert found is None
    assert finished.ran == 30
    assert {one.replication for one in finished.failures} == {7}


@pytest.mark.parametrize(
    ("metric", "zone", "words"),
    [
        ("arvs_on_posts", "1", "neither more nor less"),
        ("potential_mean", "1 min", "summed over zones"),
        ("within_targets", "1 pp", "did you mean within_target?"),
        ("within_target", "two points", "gives no bound"),
        ("within_target", "0", "must be above 0"),
    ],
)
def test_what_nothing_can_be_chosen_by_is_refused(metric, zone, words):
    with pytest.raises(ValueError, match=words.replace("?", r"\?")):
        parse_asked(metric, zone)


def test_options_that_are_no_pairs_are_refused(place):
    base = armsim.load_scenario(place / "tiny.yaml")
    options = {"now": base, "longer": base.with_override("longer")}
    with pytest.raises(ArmsimError, match="differ in window"):
        run_choice(armsim.Study(options), ASKED, place / "d")
    with pytest.raises(ValueError, match="leave out independent"):
        run_choice(replace(study(place), independent=True), ASKED, place / "d")
    with pytest.raises(ValueError, match="nothing to choose from"):
        run_choice(armsim.Study({"now": base}), ASKED, place / "d")
    assert not (place / "d").exists()


def test_a_first_batch_is_neither_small_nor_beyond_the_most():
    for first, most in ((9, 100), (30, 20)):
        with pytest.raises(ValueError, match="first batch must lie"):
            parse_asked("no_arv_free", "1 pp", first=first, most=most)
    looks = parse_asked("no_arv_free", "1 pp", first=12, most=99).looks
    assert looks == [12, 15, 20, 25, 30, 35, 40, 45, 50, 55, 65, 75, 85, 95, 99]


def test_figures_that_cannot_be_told_are_refused(ran):
    data = first_replications(ran[0].results.option("now"), 10)
    with pytest.raises(ArmsimError, match=r"is 4 figures; name one: grade=G1:milestone=first_officer, "):
        pooled_value(data, parse_asked("response_p50", "1 min").figure)
    with pytest.raises(ArmsimError, match="there is no such figure"):
        pooled_value(data, parse_asked("within_target:target=none", "1 pp").figure)
    with pytest.raises(ArmsimError, match="too few incidents"):
        pooled_value(first_replications(data, 2), parse_asked("response_p90:arv", "1 min").figure)


def call(place, monkeypatch, *words, file="tiny.yaml"):
    monkeypatch.chdir(place)
    given = [
        "--metric",
        FIGURE,
        "--indifference",
        "2.5 pp",
        "--first",
        "10",
        "-j",
        "1",
        "-o",
        "a",
        "-n",
        "60",
    ]
    return CliRunner().invoke(main, ["choose", file, *given, *words])


def test_the_command_says_the_choice(ran, place, monkeypatch):
    """In the folder of the same study, where all that it takes is there."""
    finished, found = ran
    before = sorted(finished.folder.rglob("part-*"))
    done = call(place, monkeypatch)
    assert done.exit_code == 0, done.stderr
    assert found.best == "fast"
    assert "fast is the best, or within 2.5 pp of the best, with 95% confidence." in done.stdout
    assert "dropped by the screen, behind fast" in done.stdout
    assert "After 20 replications 1 of 3 are left: fast" in done.stderr
    assert sorted(finished.folder.rglob("part-*")) == before
    again = call(place, monkeypatch, "-q", "--format", "json")
    told = json.loads(again.stdout)
    assert told.pop("folder").endswith(finished.folder.name)
    assert told == found.to_dict()
    assert [(row["stage"], row["dropped_by"]) for row in told["rows"]] == [
        ("race", "fast"),
        ("screen", "fast"),
        (None, None),
    ]
    assert "After" not in again.stderr


def test_a_choice_that_is_not_decided_ends_with_one(ran, place, monkeypatch):
    done = call(place, monkeypatch, "-n", "10", "-q")
    assert done.exit_code == 1
    more = choose(ran[0].results.data, replace(ASKED, most=10)).race.longest - 10
    assert f"Not decided after 10 replications: fast is ahead of now. At most {more} more of" in done.stdout


def test_a_bad_command_ends_with_two(place, monkeypatch):
    assert "add --condition: plain, quick" in call(place, monkeypatch, file="two.yaml").stderr
    one = call(place, monkeypatch, "--option", "now")
    assert (one.exit_code, "there is one option only" in one.stderr) == (2, True)
    typo = call(place, monkeypatch, "--metric", "response_p5:arv")
    assert (typo.exit_code, "did you mean response_p50?" in typo.stderr) == (2, True)
    few = call(place, monkeypatch, "--metric", "response_p90:arv:level=CRITICAL", "--indifference", "1 min")
    assert (few.exit_code, "there is no such figure" in few.stderr) == (2, True)
