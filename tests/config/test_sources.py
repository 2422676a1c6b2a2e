"""Every number of every shipped scenario, and of starters, has a source; every assumption a range to run."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from armsim.config.loader import load_runs, load_scenario
from armsim.config.paths import parse_path
from armsim.config.schema import Scenario
from armsim.study.begin import for_force

FOLDER = Path(__file__).parents[2] / "scenarios"
SHIPPED = sorted(FOLDER.glob("*.yaml"))
#: Starters with every setting that one can have: crews of three at London speed, and two armed vehicles.
STARTERS = ("city-of-london", "cumbria")
#: What is asked and how long it is run: no figure about the world.
STRUCTURE = {"armsim", "study", "start", "window", "warm_up", "cool_down", "sources", "title", "description"}
WORDS = {"description", "name"}


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(node, dict | list):
        pairs = node.items() if isinstance(node, dict) else enumerate(node)
        for key, child in pairs:
            yield from leaves(child, (*path, str(key)))
    else:
        yield path, node


def is_amount(value: Any) -> bool:
    """A number, or text that begins with one: a duration, a speed, hours of the day."""
    if isinstance(value, str):
        return re.match(r"\d", value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def amounts(data: dict[str, Any]) -> list[tuple[str, ...]]:
    settings = {key: value for key, value in data.items() if key not in STRUCTURE}
    return [path for path, value in leaves(settings) if is_amount(value) and path[-1] not in WORDS]


def uncovered(data: dict[str, Any]) -> list[str]:
    given = {tuple(str(part) for part in parse_path(path) or ()) for path in data.get("sources", {})}
    return [
        ".".join(path)
        for path in amounts(data)
        if not any(path[:end] in given for end in range(1, len(path) + 1))
    ]


@pytest.fixture(scope="module", params=[*SHIPPED, *STARTERS], ids=lambda one: getattr(one, "stem", one))
def loaded(request, tmp_path_factory):
    if request.param in STARTERS:
        return load_scenario(for_force(tmp_path_factory.mktemp("starter") / "new", request.param))
    return load_scenario(request.param)


def test_nine_scenarios_ship():
    assert [path.stem for path in SHIPPED] == [
        "critical", "east_midlands_pooling", "marauding_attack", "metropolis", "review", "review_pooling",
        "rural_county", "second_incident", "severe",
    ]  # fmt: skip


def test_every_number_has_a_source(loaded):
    assert len(amounts(loaded.composed.data)) > 200
    assert uncovered(loaded.composed.data) == []


def test_a_number_without_a_source_is_seen(loaded):
    data = copy.deepcopy(loaded.composed.data)
    del data["sources"]["units.arv.vehicles"]
    data["units"]["response_car"]["handicap"] = {"G2": "3 min"}
    seen = {re.sub(r"(vehicles)\..*", r"\1", path) for path in uncovered(data)}  # by force, or a number
    assert seen == {"units.arv.vehicles", "units.response_car.handicap.G2"}


def test_every_source_is_of_something_written(loaded):
    for path in loaded.composed.data["sources"]:
        here = loaded.composed.data
        for part in parse_path(path) or ():
            here = here[int(str(part))] if isinstance(here, list) else here[str(part)]
        assert here is not None, path


def test_every_assumption_has_a_range(loaded):
    without = [
        path
        for path, one in loaded.scenario.sources.items()
        if "assum" in one.source.lower() and (one.low is None or one.high is None)
    ]
    assert without == []


@pytest.mark.parametrize(("name", "runs"), [("review", 27), ("review_pooling", 5)])
def test_so_has_every_number_of_an_option_and_a_condition(name, runs):
    found = load_runs(FOLDER / f"{name}.yaml")
    assert len(found) == runs
    for run, one in found.items():
        assert uncovered(one.composed.data) == [], run
        assert [note.message for note in one.notes] == [], run


def test_shipped_values_lie_in_their_ranges(loaded):
    assert [note.message for note in loaded.notes if "plausible range" in note.message] == []


def test_both_ends_of_every_single_range_make_a_scenario(loaded):
    """A sweep sets one value at a time to either end of its range."""
    tried = 0
    for path, one in loaded.composed.data["sources"].items():
        for end in ("low", "high"):
            data = copy.deepcopy(loaded.composed.data)
            *above, last = [str(part) for part in parse_path(path) or ()]
            here = data
            for part in above:
                here = here[int(part)] if isinstance(here, list) else here[part]
            if end not in one or isinstance(here, list) or isinstance(here[last], dict | list):
                continue
            here[last] = one[end]
            Scenario.model_validate_json(json.dumps(data))
            tried += 1
    assert tried > 150
