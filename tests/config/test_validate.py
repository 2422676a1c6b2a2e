"""From composed settings to a model: every problem, in the house grammar, where it was written."""

# Tables of inputs and messages read better unbroken.
# ruff: noqa: E501

import json
from datetime import date
from typing import Annotated, Literal

import jsonschema
import pytest
from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from armsim.config.base import Model, field_title, model_title
from armsim.config.compose import compose
from armsim.config.quantities import ClockTime, Duration, Share
from armsim.config.validate import json_schema, locate, names_in, problem, validate
from armsim.errors import ScenarioError


class Nearest(Model):
    """Sends the nearest."""

    kind: Literal["nearest"] = "nearest"
    keep: int = 0


class Zonal(Model):
    """Sends the zone's own."""

    kind: Literal["zonal"]
    nearest: int = 0
    wait: Duration


class Unit(Model):
    """A kind of unit."""

    count: Annotated[int, Field(ge=0, le=60_000)]
    crew: Annotated[int, Field(gt=0, lt=9)] = 2
    speed: float = 1.0
    marked: bool = True
    start: ClockTime = 0
    officers: int | dict[int, Share] = 1
    carries: dict[Literal["officers", "ced"], int] = Field(default={})
    days: tuple[Literal["mon", "tue"], ...] = ()
    base: str | tuple[str, ...] | None = None
    limit: Annotated[int, Field(ge=1)] | Literal["all"] = "all"

    @model_validator(mode="after")
    def _crew(self):
        if self.crew == 8:
            raise ValueError("a crew of 8 does not fit a car")
        if self.crew == 7:
            raise PydanticCustomError("crew", "a crew of {n} is unlucky", {"n": 7})
        return self


Dispatch = Annotated[Nearest | Zonal, Field(discriminator="kind")]


class Plan(Model):
    """A plan."""

    title: Annotated[str, Field(min_length=1, max_length=20, pattern="^[^!]*$")]
    threat_level: Literal["low", "severe"] = "low"
    version: Literal[1] = 1
    units: dict[str, Unit] = Field(default={})
    dispatch: Dispatch = Nearest()
    more: tuple[Dispatch, ...] = ()
    window: Annotated[Duration, Field(gt=0, le=527_040)] = 1440.0
    """Length of the window."""
    spell: Duration | None = None
    first: Unit | Nearest | None = None
    start: Annotated[date, Field(ge=date(1990, 1, 1))] = date(2018, 1, 1)
    pair: Annotated[tuple[int, ...], Field(min_length=2, max_length=3)] = (1, 2)


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(text, **options):
        (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
        return validate(Plan, compose("s.yaml", names=names_in(Plan), **options))

    return run


def faults(load, text, **options):
    with pytest.raises(ScenarioError) as caught:
        load(text, **options)
    return [str(one) for one in caught.value.problems]


def test_a_good_file(load):
    plan = load(
        "title: a\nunits: {arv: {count: 1, days: [mon], officers: {1: 0.5, 2: 50%}, base: [x]}}\n"
        "dispatch: {kind: zonal, wait: 3 h}\nstart: 2018-03-05\n",
        sets=["units.arv.crew=3"],
    )
    assert plan.units["arv"].officers == {1: 0.5, 2: 0.5}
    assert (plan.units["arv"].days, plan.units["arv"].base, plan.units["arv"].crew) == (("mon",), ("x",), 3)
    assert plan.dispatch == Zonal(kind="zonal", wait="3 h")
    assert plan.start == date(2018, 3, 5)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("title: ''", 's.yaml:1:8  title  must not be empty, got ""'),
        ("title: 5", "s.yaml:1:8  title  must be text, got 5; put it in quotes"),
        ("title: x!", 's.yaml:1:8  title  must be text of the form ^[^!]*$, got "x!"'),
        ("title: " + "x" * 99, 's.yaml:1:8  title  must have at most 20 characters, got 99'),
        ("units: {}", "s.yaml:1:1  title  missing; write text"),
        ("title: a\nthreat_levle: low", "s.yaml:2:1  threat_levle  unknown key; did you mean threat_level?"),
        ("title: a\nthreat_level: sever", 's.yaml:2:15  threat_level  unknown threat_level "sever"; did you mean severe?'),
        ("title: a\nthreat_level: 5", "s.yaml:2:15  threat_level  must be one of: low, severe, got 5"),
        ("title: a\nversion: 2", "s.yaml:2:10  version  must be 1, got 2"),
        ("title: a\nunits:", "s.yaml:2:7  units  is empty; write a mapping"),
        ("title: a\nunits: 5", "s.yaml:2:8  units  must be a mapping of keys, got 5"),
        ("title: a\npair: 5", "s.yaml:2:7  pair  must be a list, got 5"),
        ("title: a\npair: [1]", "s.yaml:2:1  pair  must have 2 or more entries, got 1"),
        ("title: a\npair: [1, 2, 3, 4]", "s.yaml:2:1  pair  must have at most 3 entries, got 4"),
        ("title: a\npair: [1, b]", 's.yaml:2:11  pair.1  must be a whole number, got "b"'),
        ("title: a\nwindow: 500 days", 's.yaml:2:9  window  must be 366 days or less, got "500 days"'),
        ("title: a\nwindow: 0", "s.yaml:2:9  window  must be more than 0, got 0"),
        ("title: a\nstart: 1980-01-01", 's.yaml:2:8  start  must be 1990-01-01 or later, got "1980-01-01"'),
        ("title: a\nstart: 2018-13-01", 's.yaml:2:8  start  must be a date such as 2018-03-05, got "2018-13-01"'),
        ("title: a\ndispatch: {kind: neerest}", 's.yaml:2:18  dispatch.kind  unknown kind "neerest"; did you mean nearest?'),
        ("title: a\ndispatch: {keep: 1}", "s.yaml:2:1  dispatch.kind  missing; write \"nearest\" or \"zonal\""),
        ("title: a\ndispatch: {kind: 5}", "s.yaml:2:18  dispatch.kind  must be \"nearest\" or \"zonal\", got 5"),
        ("title: a\ndispatch: 5", "s.yaml:2:11  dispatch  must be a mapping of keys, got 5"),
        ("title: a\ndispatch:", "s.yaml:2:10  dispatch  is empty; write a mapping with kind: nearest or zonal"),
        ("title: a\ndispatch: {kind: nearest, kep: 2}", "s.yaml:2:27  dispatch.kep  unknown key; did you mean keep?"),
        ("title: a\ndispatch: {kind: nearest, nearest: 2}",
         "s.yaml:2:27  dispatch.nearest  unknown key; expected one of: keep, kind"),
        ("title: a\ndispatch: {kind: zonal, wait: 0, nearest: x}",
         's.yaml:2:43  dispatch.nearest  must be a whole number, got "x"'),
        ("title: a\nmore:\n- {kind: nearest, keep: x}", 's.yaml:3:25  more.0.keep  must be a whole number, got "x"'),
        ("title: a\nspell: 5", 's.yaml:2:8  spell  5 has no unit; write "90 s", "12 min", "1 h 30 min", "4 days" or "2 weeks"'),
        ("title: a\nfirst: {kind: nearest, keep: x}", 's.yaml:2:30  first.keep  must be a whole number, got "x"'),
    ],
)  # fmt: skip
def test_one_fault(load, text, fault):
    assert faults(load, text + "\n") == [fault]


@pytest.mark.parametrize(
    ("unit", "fault"),
    [
        ("count: -2", "count  must be 0 or more, got -2"),
        ("count: 70000", "count  must be 60000 or less, got 70000"),
        ("count: two", 'count  must be a whole number, got "two"'),
        ("count: '5'", 'count  must be a whole number, got "5"; write 5 without quotes or underscores'),
        ("count: 3.0", "count  must be a whole number, got 3.0"),
        ("count: true", "count  must be a whole number, got true"),
        ("count: ", "count  is empty; write a whole number from 0 to 60000"),
        ("crew: 3", "count  missing; write a whole number from 0 to 60000"),
        ("count: 1, crew: 0", "crew  must be more than 0, got 0"),
        ("count: 1, crew: 9", "crew  must be less than 9, got 9"),
        ("count: 1, crew: 8", "a crew of 8 does not fit a car"),
        ("count: 1, crew: 7", "a crew of 7 is unlucky"),
        ("count: 1, speed: fast", 'speed  must be a number, got "fast"'),
        ("count: 1, marked: yes", 'marked  must be true or false, got "yes"; write true'),
        ("count: 1, marked: 1", "marked  must be true or false, got 1"),
        ("count: 1, start: '25:00'", 'start  "25:00" is not a time of day; write HH:MM, 00:00 to 24:00'),
        ("count: 1, officers: x", 'officers  must be a whole number or a mapping, got "x"'),
        ("count: 1, officers: {1: 3}", 'officers.1  3 is not a share; write a number from 0 to 1, or "30%"'),
        ("count: 1, officers: {x: 1}", 'officers.x  the key must be a whole number, got "x"'),
        ("count: 1, carries: {officer: 1}", "carries.officer  unknown key; did you mean officers?"),
        ("count: 1, days: [mond]", 'days.0  unknown value "mond"; did you mean mon?'),
        ("count: 1, base: 3", "base  must be text or a list, got 3"),
        ("count: 1, base: [3]", "base.0  must be text, got 3; put it in quotes"),
        ("count: 1, limit: 0", 'limit  must be a whole number, 1 or more, or "all", got 0'),
        (
            "count: 1, a.b: 0",
            '"a.b"  unknown key; nest the keys, or write the dotted path under set: in an override',
        ),
    ],
)
def test_one_fault_in_a_unit(load, unit, fault):
    (found,) = faults(load, f"title: a\nunits:\n  arv: {{{unit}}}\n")
    place = found.split("  ", 1)[1]
    expected = f"units.arv  {fault}" if fault.startswith("a crew") else f"units.arv.{fault}"
    assert place == expected
    assert found.startswith("s.yaml:3:")


def test_all_faults_in_file_order(load, tmp_path):
    (tmp_path / "base.yaml").write_text("title: 5\nunits:\n  arv: {count: -1, start: 25:00}\n")
    found = faults(load, "extends: base.yaml\nwidow: 1\ndispatch: {kind: far}\n", sets=["untis=3"])
    assert found == [
        "s.yaml:2:1  widow  unknown key; did you mean window?",
        's.yaml:3:18  dispatch.kind  unknown kind "far"; expected one of: nearest, zonal',
        "base.yaml:1:8  title  must be text, got 5; put it in quotes",
        "base.yaml:3:16  units.arv.count  must be 0 or more, got -1",
        'base.yaml:3:27  units.arv.start  "25:00" is not a time of day; write HH:MM, 00:00 to 24:00',
        "--set untis=3  untis  unknown key; did you mean units?",
    ]


def test_faults_point_to_the_override_that_set_the_value(load):
    text = "title: a\nunits: {arv: {count: 1}}\noverrides:\n  o:\n    description: d\n    set: {units.arv.crew: x}\n"
    assert faults(load, text, with_=["o"]) == ['s.yaml:6:27  units.arv.crew  must be a whole number, got "x"']


def test_schema_names_what_set_may_reach(load):
    assert load("title: a\n", sets=["dispatch.keep=2", "dispatch.kind=nearest"]).dispatch == Nearest(keep=2)
    assert faults(load, "title: a\n", sets=["units.arv.count=2"]) == [
        '--set units.arv.count=2  units.arv.count  cannot be set: units has no "arv"'
    ]
    assert load("title: a\n", sets=["units.arv={count: 2}"]).units["arv"].count == 2


def test_no_pydantic_wording_reaches_the_reader(load):
    text = "title: [1]\nunits: {a: {count: [], crew: {}, days: {}, officers: [], limit: []}}\nfirst: []\nspell: []\n"
    for fault in faults(load, text):
        assert "Input should" not in fault
        assert "pydantic" not in fault
        assert "Unit" not in fault
        assert "http" not in fault


def test_many_faults_are_counted(load):
    units = "".join(f"  u{i}: {{count: x}}\n" for i in range(1000))
    found = faults(load, "title: a\nunits:\n" + units)
    assert len(found) == 201
    assert found[-1] == "s.yaml  and 800 more problems"


def test_long_messages_are_cut(load):
    (fault,) = faults(load, "title: a\nthreat_level: " + "x" * 5000 + "\n")
    assert len(fault) < 200


def test_locate_and_problem(load, tmp_path):
    load("title: a\nunits:\n  arv:\n    count: 1\npair: [1, 2]\n")
    composed = compose("s.yaml")
    assert str(problem(composed, "units.arv.count", "m")) == "s.yaml:4:12  units.arv.count  m"
    assert problem(composed, ("units", "arv", "crew"), "m", "note").line == 3
    assert problem(composed, ("units", "arv", "crew"), "m", "note").severity == "note"
    assert problem(composed, "pair.1", "m").column == 11
    assert problem(composed, "", "m").where == "s.yaml:1:1"
    assert locate(composed, "nothing.here").line == 1
    with pytest.raises(ValueError, match="not a dotted path"):
        locate(composed, "a..b")


def test_names_in():
    names = names_in(Plan)
    assert {"title", "units"} <= names(())
    assert names(("units",)) is None
    assert names(("units", "arv", "carries")) == {"officers", "ced"}
    assert names(("dispatch",)) == {"kind", "keep", "nearest", "wait"}
    assert names(("title",)) == frozenset()


def test_model_is_frozen_and_strict():
    unit = Unit(count=1)
    with pytest.raises(ValidationError):
        unit.count = 2
    for wrong in (
        {"count": "1"},
        {"count": True},
        {"count": 1.0},
        {"count": 1, "speed": float("inf")},
        {"coutn": 1},
    ):
        with pytest.raises(ValidationError):
            Unit(**wrong)
    assert Unit(count=1, speed=3).speed == 3.0


@pytest.mark.parametrize(
    ("name", "title"),
    [("speed_kmh", "Speed"), ("first_ced", "First CED"), ("x_km", "X"), ("warm_up", "Warm up")],
)
def test_field_title(name, title):
    assert field_title(name) == title


def test_model_title():
    class DayToDay(Model):
        pass

    class ThreatConfig(Model):
        pass

    assert (model_title(DayToDay), model_title(ThreatConfig)) == ("Day to day", "Threat")


def test_json_schema_is_for_editors():
    schema = json_schema(Plan)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == "urn:armsim:schema:plan"
    window = schema["properties"]["window"]
    assert window["title"] == "Window"
    assert window["description"].startswith('Length of the window. Write "90 s"')
    assert "default" not in window
    validator = jsonschema.Draft202012Validator(schema)
    good = {
        "extends": ["a.yaml"], "units": {"arv": {"crew": 3}}, "dispatch": {"keep": 1}, "window": "3 days",
        "overrides": {"o": {"description": "d", "set": {"title": "x"}}},
    }  # fmt: skip
    validator.validate(good)
    for wrong in (
        {"titel": "a"},
        {"window": 12},
        {"window": "soon"},
        {"overrides": {"o": {"sett": {}}}},
        {"extends": 5},
    ):
        assert not validator.is_valid(good | wrong), wrong
    # An override inherited from another file may be changed without saying again what it is for.
    validator.validate(good | {"overrides": {"o": {"set": {"title": "y"}}}})
    whole = json_schema(Plan, partial=False)
    assert whole["required"] == ["title"]
    assert not jsonschema.Draft202012Validator(whole).is_valid({"title": "a", "overrides": {"o": {}}})
    json.dumps(whole)
