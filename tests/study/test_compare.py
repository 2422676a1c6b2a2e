"""Options of small runs, compared: pairs by index, limits, verdicts, refusals."""

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import armsim
from armsim.analysis.differences import Key, Resampled, differences, influences, resampled, verdict
from armsim.analysis.figure import parse_figure
from armsim.analysis.intervals import Estimate, t_quantile
from armsim.analysis.metrics import metrics
from armsim.analysis.resampled import draw_weights, redrawn
from armsim.cli import compare as compare_verb
from armsim.cli import main
from armsim.cli.table_options import option_tables
from armsim.errors import RunFolderError
from armsim.study.compare import compare
from armsim.study.pairing import pairing_worth
from armsim.study.precision import looks, parse_precision, run_to_precision, separation, widths
from armsim.study.results import Results
from armsim.study.runner import execute
from armsim.study.sides import pairs_of, sides_of

TINY = (Path(__file__).parents[1] / "tiny.yaml").read_text(encoding="utf-8")
OVERRIDES = """
overrides:
  faster: {description: Faster, set: {travel.cruising_speed: 80 km/h}}
  fewer: {description: Fewer, set: {teams.arv.establishment: 5}}
  longer: {description: Longer, set: {window: 2 days}}
  elsewhere: {description: Another place, set: {region.generated.zones: 12}}
  same: {description: A target more, set: {targets.armed.description: as before}}
"""
STUDY = "study: {primary: ['response_p50:arv', within_target, no_arv_free, crews_formed], "
N = 20


def study(file, names, replications=N, **more):
    base = armsim.load_scenario(file)
    options = {name: base.with_override(*with_) if with_ else base for name, with_ in names.items()}
    return armsim.Study(options, replications, **more)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare")
    (folder / "tiny.yaml").write_text(TINY.replace("study: {", STUDY) + OVERRIDES)
    return folder


@pytest.fixture(scope="module")
def results(place):
    names = {"now": (), "faster": ("faster",), "fewer": ("fewer",), "same": ("same",)}
    return armsim.run_study(study(place / "tiny.yaml", names), place / "results")


@pytest.fixture(scope="module")
def found(results):
    return results.compare()


def rows(found, option, metric):
    return found.table[(found.table["option"] == option) & (found.table["metric"] == metric)].iloc[0]


def test_a_ratio_is_compared_as_its_delete_one_differences_say(results, found):
    """The resampled standard error against the jackknife's of the difference of two ratios of sums."""
    now, fewer = (results.option(name) for name in ("now", "fewer"))
    parts = [
        (one.total("arv_free_zero_minutes:level=SEVERE"), one.total("minutes:level=SEVERE"))
        for one in (now, fewer)
    ]
    first, second = (upper.sum() / lower.sum() for upper, lower in parts)
    left_out = [(u.sum() - u) / (w.sum() - w) for u, w in parts]
    gone = left_out[1] - left_out[0]
    error = math.sqrt((N - 1) * gone.var())
    row = rows(found, "fewer", "no_arv_free")
    assert row["difference"] == pytest.approx(second - first, rel=1e-12)
    assert row["error"] == pytest.approx(error, rel=0.08)
    single = results.compare(metrics=["no_arv_free", "arvs_free"])
    assert rows(single, "fewer", "no_arv_free")["low"] == row["low"]
    alone = rows(single, "fewer", "arvs_free")
    assert alone["limits"] == "single"
    half = t_quantile(0.95, N - 1) * alone["error"]
    assert alone["high"] - alone["difference"] == pytest.approx(half, rel=1e-9)


def test_limits_that_hold_at_once_are_wider_than_single_ones(found):
    row = rows(found, "fewer", "no_arv_free")
    assert row["limits"] == found.method == "max-t"
    reach = (row["high"] - row["low"]) / 2 / row["error"]
    assert t_quantile(0.95, N - 1) < reach < t_quantile(1 - 0.05 / 8, N - 1)


def test_verdicts(found):
    assert rows(found, "fewer", "no_arv_free")["verdict"].startswith("worse by ")
    assert rows(found, "faster", "crews_formed")["verdict"] == "unchanged"
    assert set(found.table.loc[found.table["option"] == "same", "verdict"]) == {"unchanged"}


def test_a_figure_that_an_option_cannot_reach_is_the_same_to_the_last_bit(results):
    """Faster cars form no crews and draw no other incidents."""
    now, faster = (results.option(name) for name in ("now", "faster"))
    crews = [name for name in now.totals if name.startswith("crews_")]
    assert crews
    assert (now.totals[crews].to_numpy() == faster.totals[crews].to_numpy()).all()
    for column in ("replication", "type", "zone", "level", "hour"):
        assert (now.responses[column].to_numpy() == faster.responses[column].to_numpy()).all()


def test_only_settings_that_differ_are_listed(found):
    assert found.settings["faster"] == [("travel.cruising_speed", '"63 km/h"', '"80 km/h"')]
    assert found.settings["same"] == [("targets.armed.description", "absent", '"as before"')]


def test_margins_make_no_difference_that_matters(results):
    found = results.compare(margins=["no_arv_free=60 pp"])
    assert rows(found, "fewer", "no_arv_free")["verdict"].startswith("no difference that matters (")
    assert any("stated after the run" in one for one in found.sentences)


def test_another_baseline_turns_the_signs(results, found):
    back = results.compare(baseline="fewer")
    assert (
        rows(back, "now", "no_arv_free")["difference"] == -rows(found, "fewer", "no_arv_free")["difference"]
    )


def test_any_metric_may_be_asked_for(results, monkeypatch):
    """Also those that have to be resampled table by table, and the worst tenth, of the baseline's zones."""
    from armsim.analysis import differences as module

    monkeypatch.setattr(module, "SLOW_RESAMPLES", 3)
    wanted = [name for name in metrics() if name not in {"recovery_p50", "recovery_p90"}]
    two = replace(results, data={name: results.data[name] for name in ("now", "faster")})
    found = two.compare(metrics=wanted)
    assert {"authorisation_delay", "response_p90", "potential_worst_decile"} & set(found.table["metric"])
    worst = rows(found, "faster", "potential_worst_decile")
    assert worst["difference"] < 0 < worst["error"]
    assert worst["baseline_value"] == pytest.approx(
        results.summary().set_index(["option", "metric"]).loc[("now", "potential_worst_decile"), "value"]
    )


def test_all_at_once_is_what_each_resample_gives_as_tables_of_its_own(results):
    data, names = results.option("fewer"), ("response_p50:arv", "within_target", "no_arv_free")
    known = metrics()
    wanted = [parse_figure(text, known) for text in names]
    weights = draw_weights(1, N, resamples=5)
    many = resampled(data, weights, wanted)
    for index in range(6):
        alone = resampled(redrawn(data, weights[index]), np.ones((1, N)), wanted)
        assert {key: one.values[0] for key, one in alone.items()} == pytest.approx(
            {key: one.values[index] for key, one in many.items()}, rel=1e-3
        )


def test_a_metric_that_asks_an_array_for_a_number_takes_the_slow_road(results, monkeypatch):
    from armsim.analysis import differences as module
    from armsim.analysis.metrics import Metric, Row

    def rows_of(data):
        one = data.ratio("arv_free_zero_minutes:level=SEVERE", "minutes:level=SEVERE")
        yield Row({}, Estimate(float(one.value), math.nan, math.nan, one.replications, one.count))

    odd = Metric("odd", "share", "lower", "Odd", "minutes", rows_of)
    monkeypatch.setattr(module, "metrics", lambda: metrics() | {"odd": odd})
    data, weights = results.option("fewer"), draw_weights(1, N)
    figures = [parse_figure(name, [*metrics(), "odd"]) for name in ("odd", "no_arv_free")]
    slow, fast = resampled(data, weights, figures).values()
    assert slow.values[:201] == pytest.approx(fast.values[:201], rel=1e-9)
    assert np.isnan(slow.values[201:]).all()
    same = differences({"k": fast}, {"k": slow}, 0.95)[0]
    assert same.single.value == 0


def test_influences_add_up_to_the_variance(results):
    data, figure = results.option("fewer"), parse_figure("no_arv_free", metrics())
    (added,) = influences(data, [figure]).values()
    half = data.ratio("arv_free_zero_minutes:level=SEVERE", "minutes:level=SEVERE").half_width
    assert added.mean() == pytest.approx(0, abs=1e-12)
    assert t_quantile(0.95, N - 1) * added.std(ddof=1) / math.sqrt(N) == pytest.approx(half, rel=1e-9)


def test_unequal_replications_pair_by_index(place, results):
    file = place / "tiny.yaml"
    now = armsim.run_study(study(file, {"now": ()}), place / "a")
    fewer = armsim.run_study(study(file, {"fewer": ("fewer",)}, 16), place / "a")
    found = compare([now, fewer])
    assert found.table["replications"].unique().tolist() == [16]
    assert any("the 16 replications that both have" in one for one in found.sentences)
    short = armsim.run_study(study(file, {"now": (), "fewer": ("fewer",)}, 16), place / "b").compare()
    # The same resamples of the 16: those that one of the two lacks are not drawn from.
    for column in ("difference", "error", "low", "high"):
        ours, theirs = (rows(one, "fewer", "no_arv_free")[column] for one in (found, short))
        assert ours == theirs


@pytest.mark.parametrize(
    ("override", "seed", "reason"),
    [("longer", 3, "another window"), ("elsewhere", 3, "another geography"), ("fewer", 4, "another seed")],
)
def test_what_cannot_be_compared_is_refused(place, results, override, seed, reason):
    other = armsim.run_study(study(place / "tiny.yaml", {"other": (override,)}, 2, seed=seed), place / "c")
    with pytest.raises(RunFolderError, match=reason):
        compare([results, other])
    if reason == "another seed":
        found = compare([results, other], independent=True)
        assert any("independent runs" in one for one in found.sentences)


def test_conditions_are_compared_inside(place):
    names = {"now @ calm": (), "fewer @ calm": ("fewer",), "now @ fast": ("faster",),
             "fewer @ fast": ("fewer", "faster")}  # fmt: skip
    found = armsim.run_study(study(place / "tiny.yaml", names, 4), place / "d").compare(baseline="now")
    pairs = set(zip(found.table["option"], found.table["baseline"], strict=True))
    assert pairs == {("fewer @ calm", "now @ calm"), ("fewer @ fast", "now @ fast")}
    assert found.settings["fewer @ fast"] == [("teams.arv.establishment", "6", "5")]


def test_unknown_names_and_nothing_to_compare(place, results):
    with pytest.raises(ValueError, match="no option is called 'fewest'; did you mean fewer"):
        results.compare(baseline="fewest")
    alone = armsim.run_study(study(place / "tiny.yaml", {"now": ()}), place / "a")
    with pytest.raises(ValueError, match="nothing to compare with 'now'"):
        alone.compare()


def test_command_line_prints_the_same_numbers_in_every_form(place, results, found, monkeypatch, capsys):
    monkeypatch.chdir(place)
    said = CliRunner().invoke(main, ["compare", "--format", "json"])
    assert said.exit_code == 0, said.output
    told = json.loads(said.stdout)
    assert [row["difference"] for row in told["rows"]] == pytest.approx(found.table["difference"].tolist())
    assert told["sentences"] == list(found.sentences)
    for form, words in (("table", "Verdict"), ("md", "| Option |"), ("csv", "baseline_value")):
        compare_verb._show(found, form)
        shown = capsys.readouterr().out
        assert words in shown
        assert form == "csv" or rows(found, "fewer", "no_arv_free")["verdict"][:12] in shown
    wrong = CliRunner().invoke(main, ["compare", str(results.folder), "--metric", "no_arv_fre"])
    assert wrong.exit_code == 2
    assert "did you mean no_arv_free?" in wrong.stderr


def test_a_notebook_shows_a_table_and_a_chart(found):
    html = found._repr_html_()
    assert html.count("<tr") == 1 + len(found.table)
    chart = found.chart("no_arv_free")
    assert len(chart.data) == 1 + (found.table["option"] == "faster").any()
    assert "clearly worse" in chart.title
    assert found.chart("crews_formed") is None or len(found.chart("crews_formed").data)
    with pytest.raises(KeyError, match="no figure 'nothing'"):
        found.chart("nothing")


def test_what_no_figure_can_tell_is_not_said_to_be_unchanged(found):
    same = found.table.assign(low=np.nan, high=np.nan, verdict="unchanged", shown=True)
    assert "No figure changes." in replace(found, table=same).sentences
    few = same.assign(verdict="too few incidents", shown=False)
    assert "No figure has incidents enough to be compared." in replace(found, table=few).sentences
    assert "No figure changes." not in replace(found, table=few).sentences


def test_what_pairing_is_worth(place, results):
    file = place / "tiny.yaml"
    alone = study(file, {"now": (), "faster": ("faster",)}, independent=True)
    apart = armsim.run_study(alone, place / "e")
    assert "20 replications on incidents of its own;" in str(option_tables(apart)[-1].caption)
    assert "20 replications on the same incidents;" in str(option_tables(results)[-1].caption)
    # A baseline on incidents of its own makes no pairs either, whoever it is compared with.
    mixed = pairs_of(sides_of([results, apart]), f"faster ({apart.run_id})", False)
    assert not any(pair.paired for pair in mixed)
    worth = pairing_worth([results], apart, figures=["no_arv_free"])
    (one,) = [one for (option, _), one in worth.items() if option == "faster"]
    assert 1 < one.low < one.value < one.high


def test_the_run_says_how_many_more_replications(found):
    told = {one.split(" against", 1)[0]: one for one in separation(found)}
    assert "told apart by" in told["fewer"]
    assert told["same"] == "same against now: no primary figure changes."
    table = found.table.copy()
    at = (table["option"] == "fewer") & (table["metric"] == "no_arv_free")
    table.loc[at, ["low", "high", "difference"]] = [-0.1, 0.3, 0.1]
    said = separation(replace(found, table=table[at]))
    # (0.2 / 0.1)^2 = 4 times the 20 there are: 60 more, in whole chunks.
    assert said == ("fewer against now: not told apart by any primary figure; No ARV free: about 60 more "
                    "replications would, were the difference as now.",)  # fmt: skip


def test_looks_are_few_and_fixed():
    assert looks(30, 100) == [30, 40, 50, 65, 85, 100]
    with pytest.raises(ValueError, match="minimum must lie"):
        looks(30, 20)


def test_a_run_stops_at_the_first_look_that_is_close_enough(place):
    wanted = [parse_precision("no_arv_free = 3 pp")]
    plan = study(place / "tiny.yaml", {"now": ()})
    ended, close = run_to_precision(plan, wanted, lambda one: execute(one, place / "f"), minimum=5, cap=40)
    done = ended.results.replications
    assert done in looks(5, 40)
    assert close[0].met or done == 40
    earlier = [count for count in looks(5, 40) if count < done]
    if earlier:
        from armsim.analysis.resampled import chosen

        before = chosen(ended.results.option(), range(earlier[-1]))
        assert not widths(before, wanted)[0].met


@pytest.mark.parametrize(
    ("estimate", "better", "margin", "words"),
    [
        ((-3.1, -3.8, -2.4), "lower", None, "better by 3.1 min (2.4 to 3.8)"),
        ((3.1, 2.4, 3.8), "lower", None, "worse by 3.1 min (2.4 to 3.8)"),
        ((3.1, 2.4, 3.8), "higher", None, "better by 3.1 min (2.4 to 3.8)"),
        ((3.1, 2.4, 3.8), "neither", None, "higher by 3.1 min (2.4 to 3.8)"),
        ((0.1, -0.2, 0.4), "lower", None, "no clear difference (-0.20 to 0.40 min)"),
        ((0.1, -0.2, 0.4), "lower", 0.5, "no difference that matters (-0.20 to 0.40 min; margin 0.50 min)"),
        ((math.nan, math.nan, math.nan), "lower", None, "cannot be told"),
        # A margin just hit is not kept to, and an interval that touches zero tells nothing.
        ((0.2, -0.1, 0.5), "lower", 0.5, "no clear difference (-0.10 to 0.50 min)"),
        ((0.2, 0.0, 0.4), "lower", None, "no clear difference (0.0 to 0.40 min)"),
        ((0.0005, -0.0002, 0.0012), "lower", None, "no clear difference (-0.00020 to 0.0012 min)"),
        ((-1e-13, -2e-13, 1e-13), "lower", None, "no clear difference (0.0 to 0.0 min)"),
    ],
)
def test_verdicts_in_words(estimate, better, margin, words):
    assert verdict(Estimate(*estimate, 9, 9), better, "minutes", margin) == words


def test_a_price_that_differs_by_less_than_its_margin_makes_no_difference_that_matters():
    price = Estimate(-300.0, math.nan, math.nan, 9, 9)
    assert verdict(price, "lower", "pounds", 301, exact=True) == (
        "no difference that matters (-300 pounds; margin 301 pounds)"
    )
    assert verdict(price, "lower", "pounds", 300, exact=True) == "better by 300 pounds (in every replication)"


def test_a_figure_that_differs_by_the_same_in_every_resample_but_for_rounding_is_exact():
    key = Key("cost_a_year", ())
    first = Resampled(np.full(1001, 0.3), N, True)
    second = Resampled(np.full(1001, 0.3) + np.where(np.arange(1001) % 2, 0.1, 0.1 + 1e-16), N, True)
    (one,) = differences({key: first}, {key: second}, 0.95)
    assert (one.error, one.same) == (0.0, False)


def test_the_worst_served_tenth_may_be_a_primary_figure(place, results):
    """It has no row for all levels together."""
    scenario = results.option("now").scenario
    told = scenario.model_copy(
        update={
            "study": scenario.study.model_copy(update={"primary": ("potential_worst_decile", "arvs_free")})
        }
    )
    data = {name: replace(one, scenario=told) for name, one in results.data.items() if name != "same"}
    found = replace(results, data=data).compare()
    assert found.table["primary"].all()
    assert "worst-served tenth" in separation(found)[0]


def test_a_figure_that_was_not_measured_is_said(results, found):
    asked = results.compare(metrics=["no_arv_free", "response_p50:arv:LOW"])
    assert "Not measured in these runs: response_p50:arv:LOW." in asked.sentences
    assert not any("Not measured" in one for one in found.sentences)
    assert "20 replications of each option, in pairs." in found.sentences


def test_options_of_few_incidents_are_not_told_figures(results):
    few = results.compare(metrics=["response_p90:arv"])
    table = few.table.assign(shown=False)
    assert replace(few, table=table).words()["baseline"].tolist() == ["too few"] * len(table)


def test_options_that_differ_by_less_than_the_margin_are_not_told_apart(found, results):
    wide = results.compare(margins=["no_arv_free=90 pp", "within_target=90 pp", "response_p50=999 min"])
    wide = replace(wide, table=wide.table[wide.table["metric"] != "crews_formed"])
    (said,) = [one for one in separation(wide) if one.startswith("fewer")]
    assert said == "fewer against now: no primary figure differs by what matters."


def test_a_run_that_has_not_ended_is_said(results):
    """Its manifest is written at the start, so that it is the newest of a folder."""
    begun = replace(results, manifest=results.manifest | {"finished": ""})
    begun = replace(begun, data={name: begun.data[name] for name in ("now", "faster")})
    said = f"{results.run_id}: the run has not ended; what there is of it is compared."
    assert said in begun.compare(metrics=["no_arv_free"]).sentences


def test_one_replication_tells_nothing_and_ends_well(place):
    alone = armsim.run_study(study(place / "tiny.yaml", {"now": (), "fewer": ("fewer",)}, 1), place / "g")
    found = alone.compare()
    assert set(found.table["verdict"]) <= {"cannot be told", "unchanged", "too few incidents"}
    assert found.table["pairing"].isna().all()
    assert "1 replication of each option, in pairs." in found.sentences
    # The folder named twice is compared once; a copy of it is told by its path.
    assert compare([alone, Results.open(alone.folder)]).options == found.options
    copy = shutil.copytree(alone.folder, place / "h" / alone.run_id)
    assert compare([alone, Results.open(copy)]).options == (
        f"fewer ({alone.folder})", f"now ({copy})", f"fewer ({copy})"
    )  # fmt: skip


def test_margins_changed_after_the_run_are_said(place, tmp_path):
    file = tmp_path / "tiny.yaml"
    file.write_text((place / "tiny.yaml").read_text())
    plan = {"now": (), "fewer": ("fewer",)}
    changed = "changed in the scenario after the first replications had run"
    first = armsim.run_study(study(file, plan, 2), tmp_path / "r")
    assert not any(changed in one for one in first.compare().sentences)
    file.write_text(file.read_text().replace("study: {", "study: {margins: {no_arv_free: 9 pp}, "))
    again = armsim.run_study(study(file, plan, 3), tmp_path / "r")
    assert again.folder == first.folder
    assert any(changed in one for one in again.compare().sentences)


def test_primary_figures_and_margins_that_cannot_be_are_refused_before_the_run(place, tmp_path):
    file = tmp_path / "tiny.yaml"
    text = (place / "tiny.yaml").read_text().replace("no_arv_free,", "no_arv_fre,")
    file.write_text(text.replace("study: {", "study: {margins: {'response_p90:arv': 5 pp, no_arv_free: 1}, "))
    done = CliRunner().invoke(main, ["run", str(file), "-o", str(tmp_path / "r")])
    assert done.exit_code == 2
    assert "study.primary.2  unknown metric 'no_arv_fre'; did you mean no_arv_free?" in done.stderr
    assert "study.margins.response_p90:arv  response_p90 is in minutes and not in pp" in done.stderr
    assert "study.margins.no_arv_free" in done.stderr
    assert "3 problems in 1 file" in done.stderr
    assert not (tmp_path / "r").exists()


def test_a_damaged_folder_is_not_compared(place, results, tmp_path):
    shutil.copytree(results.folder, tmp_path / "x")
    (tmp_path / "x" / "manifest.json").unlink()
    assert CliRunner().invoke(main, ["compare", str(tmp_path / "x")]).exit_code == 2
