"""Options and conditions of a scenario file: read, inherited, refused, crossed, and no part of a digest."""

# Tables of inputs and messages read better unbroken.
# ruff: noqa: E501

from pathlib import Path

import pytest

from armsim.config.compose import compose
from armsim.config.loader import every_run, load_runs, load_scenario
from armsim.config.options import parts_of, run_name, runs
from armsim.errors import Problem, ScenarioError

SEVERE = Path(__file__).parents[2] / "scenarios" / "severe.yaml"
OVERRIDES = """\
title: base
cars: 4
size: 1
overrides:
  more: {description: More cars, set: {cars: 6}}
  fewer: {description: Fewer cars, set: {cars: 2}}
  large: {description: Larger, set: {size: 2}}
  larger: {description: Larger still, set: {size: 3}}
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def put(text, name="a.yaml"):
        Path(name).write_text(text, encoding="utf-8")
        return name

    return put


def lists(found):
    return {name: one.overrides for name, one in found.items()}


def faults(file, **options):
    with pytest.raises(ScenarioError) as caught:
        compose(file, **options)
    return [str(problem) for problem in caught.value.problems]


def test_lists_are_read_in_order_and_are_no_settings(write):
    composed = compose(
        write(OVERRIDES + "options: {now: [], b: [more, large], a: [fewer]}\nconditions: {}\n")
    )
    assert list(lists(composed.choices.options).items()) == [
        ("now", ()), ("b", ("more", "large")), ("a", ("fewer",)),
    ]  # fmt: skip
    assert composed.choices.conditions == {}
    assert composed.data == {"title": "base", "cars": 4, "size": 1}
    assert bool(composed.choices)
    assert not compose(write(OVERRIDES)).choices


def test_they_are_inherited_name_by_name_and_an_empty_entry_takes_one_out(write):
    write(OVERRIDES + "options: {now: [], more: [more], big: [large]}\nconditions: {x: []}\n", "base.yaml")
    file = write("extends: base.yaml\noptions: {more: [fewer], big: , huge: [larger]}\n")
    found = compose(file).choices
    assert lists(found.options) == {"now": (), "more": ("fewer",), "huge": ("larger",)}
    assert lists(found.conditions) == {"x": ()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("options: [more]", "a.yaml:9:1  options  must be a mapping of names to lists of overrides, got a list of 1"),
        ("options: {x: more}", 'a.yaml:9:14  options.x  must be a list of overrides ([] changes nothing), got "more"'),
        ("options: {x: [mroe]}", 'a.yaml:9:15  options.x.0  no override is called "mroe"; did you mean more?'),
        ("options: {x: [3]}", "a.yaml:9:15  options.x.0  must be the name of an override, got 3"),
        ("options: {x: [[more]]}", "a.yaml:9:15  options.x.0  must be the name of an override, got a list or mapping"),
        ("options: {x: [more, more]}", 'a.yaml:9:21  options.x.1  "more" is listed twice'),
        ("conditions: {a/b: [more]}", 'a.yaml:9:14  conditions.a/b  a name cannot hold "/", as folders are named by it'),
        ("options: {a @ b: [more]}", 'a.yaml:9:11  options.a @ b  a name cannot hold "@", as folders are named by it'),
        ('options: {"a\\tb": [more]}', 'a.yaml:9:11  options.a\tb  a name cannot hold "\\t", as folders are named by it'),
        ('options: {" a": [more]}', 'a.yaml:9:11  options." a"  a name cannot begin or end with a space, nor end with a full stop'),
        ('options: {"a.": [more]}', 'a.yaml:9:11  options."a."  a name cannot begin or end with a space, nor end with a full stop'),
        (f"options: {{{'x' * 61}: [more]}}", f"a.yaml:9:11  options.{'x' * 59}…  a name has 1 to 60 characters"),
        ("options: {a: [more], A: [large]}", 'a.yaml:9:22  options.A  differs from "a" only in capitals; some systems cannot tell them apart'),
        ("options: {a: [more, large], b: [large, more]}", 'a.yaml:9:29  options.b  has the same overrides as "a"; the two would be one run under two names'),
        (
            "options: {a: [more, fewer]}",
            "a.yaml:9:11  options.a  contradicts itself, at cars: overrides more (a.yaml:5) and fewer (a.yaml:6) "
            "disagree: 6 or 2; use one of them, or --last-wins",
        ),
        (
            "options: {a: [more]}\nconditions: {b: [fewer]}",
            'a.yaml:9:11  options.a  contradicts itself, under condition "b", at cars: overrides fewer (a.yaml:6) '
            "and more (a.yaml:5) disagree: 2 or 6; use one of them, or --last-wins",
        ),
    ],
)  # fmt: skip
def test_each_fault_is_reported_once_where_it_stands(write, text, expected):
    assert faults(write(f"{OVERRIDES}{text}\n")) == [expected]


def test_all_faults_come_at_once_in_file_order(write):
    text = "conditions: {x: [none]}\noptions:\n  a: [more, fewer]\n  b/c: [large, huge]\n  d: 4\n"
    found = faults(write(OVERRIDES + text))
    assert [fault.split("  ")[:2] for fault in found] == [
        ["a.yaml:9:18", "conditions.x.0"],
        ["a.yaml:11:3", "options.a"],
        ["a.yaml:12:3", "options.b/c"],
        ["a.yaml:12:16", "options.b/c.1"],
        ["a.yaml:13:6", "options.d"],
    ]


def test_two_that_disagree_are_let_pass_with_last_wins(write):
    file = write(OVERRIDES + "options: {a: [more, fewer]}\n")
    found = compose(file, last_wins=True).choices
    assert compose(file, runs(found, "a")["a"], last_wins=True).data["cars"] == 2


def test_set_refuses_them(write):
    file = write(OVERRIDES)
    expected = "options is read from files only; use --option to choose some"
    assert faults(file, sets=("options.x=[more]",)) == [f"--set options.x=[more]  options.x  {expected}"]


def test_every_option_runs_under_every_condition_the_condition_first(write):
    text = "options: {now: [], b: [large, more]}\nconditions: {calm: [], busy: [larger, more]}\n"
    found = compose(write(OVERRIDES + text), last_wins=True).choices
    assert list(runs(found, "a").items()) == [
        ("now @ calm", ()),
        ("b @ calm", ("large", "more")),
        ("now @ busy", ("larger", "more")),
        ("b @ busy", ("larger", "more", "large")),
    ]
    assert list(runs(found, "a", ["b"], ["busy"])) == ["b @ busy"]
    assert list(runs(found, "a", (), ["calm"])) == ["now @ calm", "b @ calm"]


def test_one_without_the_other(write):
    options = compose(write(OVERRIDES + "options: {now: [], b: [more]}\n")).choices
    assert runs(options, "a") == {"now": (), "b": ("more",)}
    conditions = compose(write(OVERRIDES + "conditions: {busy: [more]}\n")).choices
    assert runs(conditions, "a") == {"a @ busy": ("more",)}
    assert runs(compose(write(OVERRIDES)).choices, "a") == {"a": ()}


def test_names_come_apart_as_they_were_put_together():
    assert parts_of(run_name("more ARVs", "CRITICAL held")) == ("more ARVs", "CRITICAL held")
    assert parts_of(run_name("more ARVs")) == ("more ARVs", "")


def severe_with(tmp_path, text):
    file = tmp_path / "study.yaml"
    file.write_text(f"extends: {SEVERE}\n{text}")
    return file


def test_the_lists_are_no_part_of_a_digest(tmp_path):
    plain = load_scenario(SEVERE).digest
    file = severe_with(tmp_path, "options: {now: [], more: [one_more_arv_crew]}\nconditions: {x: []}\n")
    found = load_runs(file)
    assert list(found) == ["now @ x", "more @ x"]
    assert found["now @ x"].digest == load_scenario(file).digest == plain
    assert found["more @ x"].digest == load_scenario(SEVERE, ["one_more_arv_crew"]).digest != plain


def test_a_file_that_compares_nothing_is_one_run():
    assert {name: one.digest for name, one in load_runs(SEVERE).items()} == {
        "severe": load_scenario(SEVERE).digest
    }


def test_every_problem_is_told_once_with_the_runs_that_have_it(tmp_path):
    """A fault of the file is all runs'; that of an override names the first and counts the others."""
    file = severe_with(
        tmp_path,
        "shape: round\n"
        "overrides:\n"
        "  crew: {description: No crew, set: {units.arv.crew: 0}}\n"
        "  twice: {description: No crew either, set: {units.response_car.crew: -1}}\n"
        "options: {now: [], a: [crew], b: [crew, twice]}\n",
    )
    with pytest.raises(ScenarioError) as caught:
        load_runs(file)
    found = [(one.line, one.path, one.message.rpartition(" (in ")[2]) for one in caught.value.problems]
    assert [one[:2] for one in found] == [(2, "shape"), (4, "units.arv.crew"), (5, "units.response_car.crew")]
    assert [one[2] for one in found[1:]] == ['"a" and 1 more)', '"b")']
    assert "(in" not in caught.value.problems[0].message


def test_what_is_not_in_the_file_is_said_of_the_command_line(tmp_path):
    file = severe_with(tmp_path, "options: {now: [], more: [one_more_arv_crew]}\n")
    with pytest.raises(ScenarioError) as caught:
        load_runs(file, options=["mroe", "now"], conditions=["x"])
    assert [str(one) for one in caught.value.problems] == [
        "--option mroe  no option has this name; did you mean more?",
        "--condition x  no condition has this name; the scenario defines no conditions",
    ]


def test_runs_are_made_with_their_names_and_keep_their_order():
    assert every_run(["b", "a"], str.upper, ()) == {"b": "B", "a": "A"}

    def refuse(name):
        raise ScenarioError([Problem("bad", file="f", line=len(name))])

    with pytest.raises(ScenarioError) as caught:
        every_run(["x", "yy", "z"], refuse, [("f", "")])
    assert [str(one) for one in caught.value.problems] == [
        'f:1:1  bad (in "x" and 1 more)',
        'f:2:1  bad (in "yy")',
    ]
