"""Layers: extends, overrides, --set, the merge law, origins, differences, digest, YAML out."""

# Tables of inputs and messages read better unbroken.
# ruff: noqa: E501

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armsim.config.compose import ABSENT, compose, diff, digest, to_yaml
from armsim.config.paths import format_path, parse_path, show, split_set
from armsim.config.source import read_text
from armsim.errors import ScenarioError

BASE = """\
title: base
fleet:
  arv: {count: 4, crew: 2, bases: {north: 2, central: 2}}
bases: {north: 1, central: 2}
hours: [1, 2, 3]
overrides:
  quick:
    description: More cars
    set: {fleet.arv.count: 6}
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(**texts):
        for name, text in texts.items():
            path = tmp_path / (name.replace("__", "/") + ".yaml")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return write


def faults(*args, **options):
    with pytest.raises(ScenarioError) as caught:
        compose(*args, **options)
    return [str(problem) for problem in caught.value.problems]


def overrides(*entries):
    return BASE + "".join(f"  {entry}\n" for entry in entries)


def test_extends_merges_mappings_and_replaces_the_rest(files):
    files(base__metro=BASE, a="extends: base/metro.yaml\nfleet: {arv: {count: 5}}\nhours: [9]\nbases: 3\n")
    composed = compose("a.yaml")
    assert composed.data == {
        "title": "base",
        "fleet": {"arv": {"count": 5, "crew": 2, "bases": {"north": 2, "central": 2}}},
        "bases": 3,
        "hours": [9],
    }
    assert composed.extends == ("base/metro.yaml",)
    assert composed.overrides == {"quick": "More cars"}
    assert [name for name, _ in composed.files] == ["a.yaml", "base/metro.yaml"]
    assert all(len(sha) == 64 for _, sha in composed.files)


def test_order_of_layers(files):
    files(
        one="x: 1\ny: 1\nz: 1\nv: 1\nw: 1\n",
        two="y: 2\nz: 2\nv: 2\nw: 2\n",
        a="extends: [one.yaml, two.yaml]\nz: 3\nv: 3\nw: 3\noverrides:\n  o: {description: d, set: {v: 4, w: 4}}\n",
    )
    assert compose("a.yaml", ["o"], ["w=5"]).data == {"x": 1, "y": 2, "z": 3, "v": 4, "w": 5}


def test_origins_say_which_line_of_which_layer(files):
    files(base__metro=BASE, a="extends: base/metro.yaml\nfleet:\n  arv: {crew: 3}\n")
    origins = compose("a.yaml", ["quick"], ["hours.1=7"]).origins
    crew = origins[("fleet", "arv", "crew")]
    assert (crew.file, crew.line, crew.column, crew.layer) == ("a.yaml", 3, 15, "a.yaml")
    count = origins[("fleet", "arv", "count")]
    assert (count.file, count.line, count.layer) == ("base/metro.yaml", 9, "override quick")
    hour = origins[("hours", 1)]
    assert (hour.file, hour.line, hour.layer) == ("--set hours.1=7", None, "--set")
    fleet = origins[("fleet",)]
    assert (fleet.file, fleet.line, fleet.column) == ("a.yaml", 2, 1)
    assert origins[("bases", "north")].layer == "metro.yaml"


def test_every_place_has_an_origin(files):
    files(a=BASE)
    composed = compose("a.yaml", ["quick"], ["new={a: [1, {b: 2}]}"])

    def places(data, path=()):
        yield path
        pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
        for key, value in pairs:
            yield from places(value, (*path, key))

    assert set(composed.origins) == set(places(composed.data))


def test_override_sets_removes_and_merges(files):
    entry = "north: {description: d, remove: [bases.north, hours.0, hours.1], set: {fleet.arv.bases: {central: 9}},"
    files(a=overrides(entry + " merge: {fleet: {van: {count: 1}}, bases: {south: 3}}}"))
    composed = compose("a.yaml", ["north"])
    assert composed.data["bases"] == {"central": 2, "south": 3}
    assert composed.data["hours"] == [3]
    assert composed.data["fleet"]["arv"]["bases"] == {"central": 9}  # set replaces, it does not merge
    assert composed.data["fleet"]["van"] == {"count": 1}
    assert composed.applied == ("north",)


def test_inherited_override_can_be_changed(files):
    files(b=BASE, a="extends: b.yaml\noverrides:\n  quick: {set: {fleet.arv.count: 7}}\n")
    composed = compose("a.yaml", ["quick"])
    assert composed.data["fleet"]["arv"]["count"] == 7
    assert composed.overrides == {"quick": "More cars"}


def test_overrides_of_the_base_are_only_applied_when_asked(files):
    files(a=BASE)
    assert compose("a.yaml").data["fleet"]["arv"]["count"] == 4
    assert compose("a.yaml", ["quick", "quick"]).applied == ("quick",)


def test_faults_of_overrides(files):
    text = (
        "title: t\noverrides:\n  a: {set: {title: 1}, descr: x}\n  b: {description: '', remove: title}\n"
        "  c: 5\n  d: {description: 7, set: [1], merge: 3}\n  e: {description: e, set: {a..b: 1}, remove: [5]}\n"
    )
    files(a=text)
    assert faults("a.yaml") == [
        "a.yaml:3:3  overrides.a.description  missing; write a sentence saying what the override is for",
        "a.yaml:3:24  overrides.a.descr  unknown key; did you mean description?",
        'a.yaml:4:20  overrides.b.description  must be a sentence, got ""',
        'a.yaml:4:32  overrides.b.remove  must be a list of dotted paths, got "title"',
        "a.yaml:5:6  overrides.c  must be a mapping with a description, got 5",
        "a.yaml:6:20  overrides.d.description  must be a sentence, got 7",
        "a.yaml:6:23  overrides.d.set  must be a mapping of dotted paths to values, got a list of 1",
        "a.yaml:6:40  overrides.d.merge  must be a mapping of settings, got 3",
        'a.yaml:7:29  overrides.e.set  "a..b" is not a dotted path such as units.arv.count',
        "a.yaml:7:48  overrides.e.remove.0  5 is not a dotted path such as bases.north",
    ]
    files(a="title: t\noverrides: [x]\n")
    assert faults("a.yaml") == ["a.yaml:2:1  overrides  must be a mapping of override names, got a list of 1"]


def test_paths_that_do_not_exist(files):
    entry = "bad: {description: d, set: {fleet.avr.count: 1, fleet.arv.cont: 1, title.x: 1}, remove: [bases.nort]}"
    files(a=overrides(entry))
    found = faults(
        "a.yaml", ["bad", "quik"], ["fleet.avr.count=2", "hours.7=1", "x", "a=", ".=1", "extends=b.yaml"]
    )
    place = "cannot be set by override bad: "
    assert found == [
        f'a.yaml:10:31  fleet.avr.count  {place}fleet has no "avr"; did you mean arv?',
        f'a.yaml:10:51  fleet.arv.cont  {place}fleet.arv has no "cont"; did you mean count?',
        f'a.yaml:10:70  title.x  {place}title is "base", which has no settings below it',
        'a.yaml:10:92  bases.nort  cannot be removed by override bad: bases has no "nort"; did you mean north?',
        "--with quik  no override has this name; did you mean quick?",
        '--set fleet.avr.count=2  fleet.avr.count  cannot be set: fleet has no "avr"; did you mean arv?',
        '--set hours.7=1  hours.7  cannot be set: hours is a list of 3, counted from 0; it has no item "7"',
        "--set x  write a dotted path, =, and a value, such as study.seed=2",
        '--set a=  no value after "="; write null to empty a setting',
        "--set .=1  write a dotted path, =, and a value, such as study.seed=2",
        "--set extends=b.yaml  extends  extends is read from files only; use --with to apply an override",
    ]


def test_a_setting_left_to_its_default_can_be_set_when_the_schema_names_it(files):
    def names(path):
        known = {(): {"title", "study"}, ("study",): {"seed"}}
        return frozenset(known[path]) if path in known else None

    files(a="title: t\noverrides:\n  o: {description: d, set: {study.seed: 3}}\n")
    assert compose("a.yaml", ["o"], names=names).data["study"] == {"seed": 3}
    assert compose("a.yaml", sets=["study.seed=4"], names=names).data["study"] == {"seed": 4}
    assert faults("a.yaml", sets=["study.seed=4"]) == [
        '--set study.seed=4  study.seed  cannot be set: the scenario has no "study"; expected one of: title'
    ]
    assert faults("a.yaml", sets=["stduy.seed=4"], names=names) == [
        '--set stduy.seed=4  stduy.seed  cannot be set: the scenario has no "stduy"; did you mean study?'
    ]
    files(a="title: t\nstudy:\n")
    assert compose("a.yaml", sets=["study.seed=4"], names=names).data["study"] == {"seed": 4}


def test_set_may_add_a_last_key_and_leaves_judgement_to_validation(files):
    files(a=BASE)
    assert compose("a.yaml", sets=["bases.south=4", "new=12:30"]).data["new"] == "12:30"


def test_set_value_is_yaml_and_replaces(files):
    files(a=BASE)
    composed = compose(
        "a.yaml", sets=["fleet.arv={count: 1}", "hours=[no, 1e3]", 'bases."St. Ives"=1', "title=a=b"]
    )
    assert composed.data["fleet"]["arv"] == {"count": 1}
    assert composed.data["hours"] == ["no", 1000.0]
    assert composed.data["bases"]["St. Ives"] == 1
    assert composed.data["title"] == "a=b"
    assert composed.sets[0] == "fleet.arv={count: 1}"


def test_later_set_wins(files):
    files(a=BASE)
    assert compose("a.yaml", sets=["title=a", "title=b"]).data["title"] == "b"


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("set: {title: a}", "set: {title: b}", True),
        ("set: {title: a}", "set: {title: a}", False),
        ("set: {title: 1}", "set: {title: true}", True),
        ("set: {hours.0: 1}", "set: {hours.1: 1}", False),
        ("set: {fleet.arv: {count: 1}}", "set: {fleet.arv.count: 1}", False),
        ("set: {fleet.arv: {count: 1, crew: 2}}", "set: {fleet.arv.count: 2}", True),
        ("set: {fleet.arv.count: 2}", "set: {fleet.arv: {count: 1}}", True),
        ("remove: [bases.north]", "remove: [bases.north]", False),
        ("remove: [bases]", "remove: [bases.north]", False),
        ("remove: [bases.north]", "merge: {bases: {north: 3}}", True),
        ("merge: {bases: {north: 3}}", "merge: {bases: {north: 3, south: 1}}", False),
        ("merge: {bases: {north: 3}}", "set: {bases.north: 4}", True),
        ("set: {hours: [1, 2]}", "merge: {hours: [1, 2]}", False),
        ("remove: [hours.0], set: {bases.north: 5}", "set: {bases.north: 5}", False),
    ],
)
def test_overrides_that_disagree(files, first, second, clash):
    files(a=overrides(f"one: {{description: d, {first}}}", f"two: {{description: d, {second}}}"))
    if clash:
        (fault,) = faults("a.yaml", ["one", "two"])
        assert "overrides one (a.yaml:10) and two (a.yaml:11) disagree" in fault
        assert fault.startswith("a.yaml:11:")
        assert compose("a.yaml", ["one", "two"], last_wins=True).applied == ("one", "two")
    else:
        compose("a.yaml", ["one", "two"])


def test_last_wins_follows_the_order_given(files):
    files(a=overrides("one: {description: d, set: {title: a}}", "two: {description: d, set: {title: b}}"))
    assert compose("a.yaml", ["one", "two"], last_wins=True).data["title"] == "b"
    assert compose("a.yaml", ["two", "one"], last_wins=True).data["title"] == "a"


def test_extends_that_cannot_be_followed(files):
    files(a="extends: [b.yaml, none.yaml, 5]\n", b="extends: a.yaml\nx: 1\nx: 2\n")
    assert faults("a.yaml") == [
        "a.yaml:1:19  extends  none.yaml: no such file",
        "a.yaml:1:30  extends  must be a file name or a list of them, got 5",
        'b.yaml:3:1  key "x" is written twice; the first is at 2:1',
    ]
    files(b="extends: c.yaml\n", c="extends: [./a.yaml]\n", a="extends: b.yaml\n")
    assert faults("a.yaml") == ["c.yaml:1:11  extends  extends itself: a.yaml -> b.yaml -> c.yaml -> a.yaml"]
    files(a='extends: "x\\0y"\n')
    assert "cannot be read" in faults("a.yaml")[0]
    assert faults("none.yaml") == ["none.yaml  no such file"]


def test_extends_itself(files):
    files(a="extends: a.yaml\n")
    assert faults("a.yaml") == ["a.yaml:1:10  extends  extends itself: a.yaml -> a.yaml"]


def test_extends_too_deep_and_too_wide(files):
    files(**{f"f{i}": f"extends: f{i + 1}.yaml\n" for i in range(20)}, f20="x: 1\n")
    assert faults("f0.yaml") == ["f15.yaml:1:10  extends  more than 16 levels of extends"]
    assert compose("f5.yaml").data == {"x": 1}
    files(a=f"extends: [{', '.join(['f20.yaml'] * 17)}]\n")
    assert "at most 16" in faults("a.yaml")[0]


def test_a_file_reached_twice_is_read_once(files):
    files(
        a="extends: [b.yaml, c.yaml]\n", b="extends: d.yaml\nx: 2\n", c="extends: d.yaml\n", d="x: 1\ny: 1\n"
    )
    composed = compose("a.yaml")
    assert [name for name, _ in composed.files] == ["a.yaml", "b.yaml", "d.yaml", "c.yaml"]
    assert composed.data == {"x": 1, "y": 1}  # c comes after b and brings d's x again


def test_diff():
    left = {"a": 1, "b": {"c": [1, 2], "d": True}, "e": [1], "g": 6}
    right = {"a": 1.0, "b": {"c": [1, 3], "d": 1}, "e": [1, 2], "f": None, "g": 6}
    assert diff(left, right) == [
        ("b.c.1", 2, 3), ("b.d", True, 1), ("e", [1], [1, 2]), ("f", ABSENT, None),
    ]  # fmt: skip
    assert diff(left, left) == []


def test_digest():
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1.0, 2], "a": 1})
    assert digest({"b": [2, 1]}) != digest({"b": [1, 2]})
    assert digest({"a": True}) != digest({"a": 1})
    assert digest({"a": "1"}) != digest({"a": 1})
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_to_yaml_with_origins(files):
    files(b=BASE, a="extends: b.yaml\ntitle: 'no: 1'\n")
    composed = compose("a.yaml", ["quick"], ["hours.0=9"])
    assert to_yaml(composed.data, composed.origins).splitlines() == [
        'title: "no: 1"  # a.yaml:2',
        "fleet:",
        "  arv:",
        "    count: 6  # override quick b.yaml:9",
        "    crew: 2  # b.yaml:3",
        "    bases:",
        "      north: 2  # b.yaml:3",
        "      central: 2  # b.yaml:3",
        "bases:",
        "  north: 1  # b.yaml:4",
        "  central: 2  # b.yaml:4",
        "hours:",
        "  - 9  # --set hours.0=9",
        "  - 2  # b.yaml:5",
        "  - 3  # b.yaml:5",
    ]


_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(["12:30", "1e3", "no", "null", "~", " a", "a: b", "a #b", "- x", "=", "<<", "0x1F", "£5", "é"]),
)  # fmt: skip
_KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_DATA = st.recursive(
    _SCALARS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(_KEYS, below, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(_KEYS, _DATA, min_size=1, max_size=4))
def test_yaml_out_is_read_back_the_same(data):
    again = read_text(to_yaml(data), "f").data
    assert again == data
    assert digest(again) == digest(data)
    assert list(again) == list(data)


@given(
    st.lists(
        st.text(st.characters(exclude_characters='"', exclude_categories=["Cs"]), min_size=1), min_size=1
    )
)
def test_paths_are_read_back(parts):
    path = tuple(part for part in parts if len(part) < 50)
    assert not path or parse_path(format_path(path)) == path


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", '"', 'a"b', '"a"b', "a. .b"])
def test_no_path(text):
    assert parse_path(text) is None


def test_split_set():
    assert split_set('a."b=c".d= x=y') == ('a."b=c".d', " x=y")
    assert split_set("a.b") is None


def test_show_is_short():
    assert show("x" * 500) == '"' + "x" * 59 + '…"'
    assert len(show({"k" * 100: 1})) == 60
    assert show("a\nb") == '"a\\nb"'
    assert (show(None), show({}), show([]), show([1, 2]), show(True)) == (
        "nothing", "an empty mapping", "an empty list", "a list of 2", "true",
    )  # fmt: skip
