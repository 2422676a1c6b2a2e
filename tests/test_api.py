"""What a notebook uses: objects that show themselves, tables in and out, charts in one call, registering."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import armsim
from armsim import registry
from armsim.errors import ArmsimError, ReplicationError, ScenarioError
from armsim.model.policies import NearestWithReserve, NoOptions

HOSTILE = "<script>alert('x')</script>"
TINY = Path(__file__).with_name("tiny.yaml").read_text(encoding="utf-8")
TEXT = f"""{TINY}
overrides:
  fewer: {{description: Two vehicles, set: {{units.arv.vehicles: 2}}}}
"""
CHANGES = {
    "title: Tiny": f'title: "Tiny {HOSTILE}"',
    "units:\n  arv: {team: arv,": "units:\n  arv: {team: arv, vehicles: 4,",
    "grade: G1, annual: 7300": "grade: G1, annual_per_100k: 7300",
    "replications: 7": "replications: 3",
}


class Farthest(NearestWithReserve):
    """The unit that is farthest away."""

    Options = NoOptions

    def costs(self, incident, candidates):
        return [-minutes for minutes in candidates.minutes]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    file = tmp_path_factory.mktemp("api") / "tiny.yaml"
    text = TEXT
    for old, new in CHANGES.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    file.write_text(text)
    return armsim.load_scenario(file)


@pytest.fixture(scope="module")
def results(base, tmp_path_factory):
    study = armsim.Study({"now": base, f"fewer {HOSTILE}": base.with_override("fewer")})
    return armsim.run_study(study, tmp_path_factory.mktemp("runs"))


@pytest.fixture
def farthest():
    armsim.register("dispatch", "farthest", Farthest)
    yield "farthest"
    registry._here.clear()
    registry.names.cache_clear()
    registry.load.cache_clear()


def words(html):
    """Text of the cells of each row."""
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def test_public_names_are_there():
    for name in armsim.__all__:
        assert getattr(armsim, name) is not None
    with pytest.raises(AttributeError):
        armsim.no_such_name  # noqa: B018


def test_a_scenario_shows_its_settings_units_and_incidents(base):
    shown = base.with_override("fewer")._repr_html_()
    rows = words(shown)
    assert ["Window", "1 day from 5 March 2018"] in rows
    assert ["Area", "Testshire (made up)"] in rows
    assert ["Threat level", "SEVERE"] in rows
    assert ["arv", "arv", "2", "2", "all", "FIREARMS, G1"] in rows
    assert ["call", "G1", "7,300 per 100,000 residents"] in rows
    assert ["Overrides", "fewer"] in rows
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert base.scenario._repr_html_() in base._repr_html_()


def test_levels_of_a_scenario_are_told_with_their_days():
    shown = words(armsim.load_scenario(armsim.example("critical")).scenario._repr_html_())
    assert [
        "Threat level",
        "SEVERE, then CRITICAL from 12 March 22:00, then SEVERE from 16 March 22:00",
    ] in shown
    assert ["Area", "Leicestershire"] in shown


def test_a_study_shows_what_each_option_changes(base):
    study = armsim.Study({"now": base, "two": base.with_settings({"units.arv.vehicles": 2})}, replications=5)
    shown = words(study._repr_html_())
    assert [row[0::2] for row in shown[1:]] == [["now", "–"], ["two", "units.arv.vehicles=2"]]
    assert "5 replications" in study._repr_html_()


def test_results_show_main_figures_by_option_and_no_markup_of_a_name(results):
    shown = results._repr_html_()
    assert "<script" not in shown
    rows = words(shown)
    assert rows[0] == ["figure", "now", "fewer &lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;"]
    free = next(row for row in rows if row[0] == "ARVs free, on average")
    summary = results.summary()
    told = summary[(summary["metric"] == "arvs_free") & (summary["level"] == "") & (summary["hour"] == "")]
    told = told[told["force"] == ""]
    assert [cell.split(" ")[0] for cell in free[1:]] == [f"{value:.1f}" for value in told["value"]]
    assert "3 replications" in shown


def test_many_options_are_the_rows(base, tmp_path):
    table = pd.DataFrame({"units.arv.vehicles": [1, 2, 3, 4, 5]}, index=list("abcde"))
    study = armsim.Study(armsim.options_from(base, table), replications=1)
    rows = words(armsim.run_study(study, tmp_path)._repr_html_())
    assert [row[0] for row in rows] == ["option", *"abcde"]


def test_a_comparison_shows_its_verdicts_and_charts_in_one_call(results):
    comparison = results.compare(baseline="now", metrics=["arvs_free"])
    shown = comparison._repr_html_()
    assert "<script" not in shown
    assert len(words(shown)) == 2
    chart = comparison.chart("arvs_free")
    picture = chart._repr_html_()
    assert picture.startswith('<figure><img src="data:image/png;base64,iVBOR')
    assert "<script" not in picture
    assert results.chart("arv_by_hour").title
    with pytest.raises(KeyError, match="no chart 'x'; there are "):
        results.chart("x")


def test_options_come_from_a_table(base):
    table = pd.DataFrame(
        {"units.arv.vehicles": [np.nan, 2], "units.arv.crew": pd.array([3, None], dtype="Int64"),
         "title": ["One", None]},
        index=["one", "two"],
    )  # fmt: skip
    options = armsim.options_from(base, table)
    one, two = (options[name].scenario for name in ("one", "two"))
    assert (one.units["arv"].vehicles, one.units["arv"].crew, one.title) == (4, 3, "One")
    assert (two.units["arv"].vehicles, two.units["arv"].crew) == (2, 2)
    with pytest.raises(ScenarioError, match=r"units\.arv\.vehicle"):
        armsim.options_from(base, pd.DataFrame({"units.arv.vehicle": [1]}, index=["x"]))
    with pytest.raises(ValueError, match="names of their own"):
        armsim.options_from(base, pd.DataFrame({"title": ["a", "b"]}, index=["x", "x"]))


def test_settings_are_added_to_those_that_are_there(base):
    twice = base.with_settings({"units.arv.vehicles": 2}).with_settings({"units.arv.crew": 3})
    assert twice.composed.sets == ("units.arv.vehicles=2", "units.arv.crew=3")
    assert (twice.scenario.units["arv"].vehicles, twice.scenario.units["arv"].crew) == (2, 3)


def test_a_new_scenario_is_an_example_or_a_starter(tmp_path):
    made = armsim.new_scenario(tmp_path / "a", example="critical")
    assert armsim.load_scenario(made).scenario.title == "Four days at CRITICAL, Leicestershire force area"
    with pytest.raises(ArmsimError, match="is there already"):
        armsim.new_scenario(tmp_path / "a", example="critical")
    for both in ({}, {"example": "severe", "force": "Kent"}):
        with pytest.raises(ValueError, match="name an example or a force"):
            armsim.new_scenario(tmp_path / "b", **both)


def test_a_policy_of_this_process_is_used_afresh_and_here_only(base, tmp_path, farthest):
    roving = base.with_settings({"units.arv.patrol": {"slot": "60 min"}})
    options = {"nearest": roving, "farthest": roving.with_settings({"dispatch.policy": {"kind": farthest}})}
    study = armsim.Study(options, replications=2)
    assert study.in_this_process == ("farthest",)
    with pytest.raises(ValueError, match=r"farthest: registered in this process only.*jobs=1"):
        armsim.run_study(study, tmp_path, jobs=2)
    assert list(tmp_path.iterdir()) == []
    found = armsim.run_study(study, tmp_path)
    curves = [found.curve("first_officer", option=name) for name in options]
    assert curves[0].quantile(0.5) < curves[1].quantile(0.5)

    class Nearest(NearestWithReserve):
        """As the first option."""

    armsim.register("dispatch", farthest, Nearest)
    again = armsim.run_study(study, tmp_path)
    assert again.folder == found.folder
    curves = [again.curve("first_officer", option=name) for name in options]
    assert curves[0].quantile(0.5) == curves[1].quantile(0.5)


def test_names_that_are_installed_or_empty_are_not_registered(farthest):
    for name in ("nearest", " "):
        with pytest.raises(ValueError, match="choose a name that is not installed"):
            armsim.register("dispatch", name, Farthest)
    assert "farthest" in registry.names("armsim.dispatch")
    assert "farthest" not in registry.names("armsim.cover")


def test_replications_that_fail_are_told(base, tmp_path, monkeypatch):
    from armsim.engine import simulation

    real = simulation.simulate

    def faulty(world, seed, index, *more):
        if index != 1:
            raise ZeroDivisionError("planted")
        return real(world, seed, index, *more)

    monkeypatch.setattr(simulation, "simulate", faulty)
    with pytest.warns(
        UserWarning, match="1 replications failed, the others are kept; replication 0 .*planted"
    ):
        found = armsim.run_study(armsim.Study({"now": base}, replications=2), tmp_path / "a")
    assert found.replications == 1
    with pytest.raises(ReplicationError, match=r"replication 0 of option 'now'.*planted"):
        armsim.run_study(armsim.Study({"now": base}, replications=1), tmp_path / "b")
    assert Path(found.folder).is_dir()


def test_sustain_shows_its_answer(tmp_path):
    held = armsim.sustain(
        armsim.example("critical"), tmp_path, days=2, replications=2, sets=["warm_up=0 min"]
    )
    shown = held._repr_html_()
    assert shown.startswith(f"<h4>{held.sentence.replace(chr(39), '&#x27;')}</h4>")
    assert len(words(shown)) == 1 + len(held.limits)
    assert held.chart().data["day"].max() == 2
    fewer = armsim.sustain(
        armsim.example("critical"),
        tmp_path,
        days=2,
        replications=2,
        sets=["warm_up=0 min"],
        without=["hours"],
    )
    assert fewer.results.folder == held.results.folder
    assert "hours" not in [one.name for one in fewer.limits]
