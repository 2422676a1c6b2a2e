"""Composed settings to a model, with every problem at once, each where it was written."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from armsim.config.base import Model
from armsim.config.compose import Composed, Origin, in_file_order
from armsim.config.editor import json_schema
from armsim.config.messages import message
from armsim.config.outline import Outline, outline
from armsim.config.paths import Path, parse_path
from armsim.config.tree import Names
from armsim.errors import Problem, ScenarioError

__all__ = ["json_schema", "locate", "names_in", "problem", "validate"]

MAX_PROBLEMS = 200

#: What pydantic calls a number that is too small or too large.
_OUT_OF_BOUNDS = frozenset({"greater_than", "greater_than_equal", "less_than", "less_than_equal"})

AnyModel = TypeVar("AnyModel", bound=Model)


@dataclass(frozen=True, slots=True)
class _Fault:
    """A pydantic error with its place in the document.

    Attributes:
        error: the entry of ``ValidationError.errors()``.
        path: where, without pydantic's labels.
        branches: for each choice between types on the way, where it stands and which branch this is about.
        at_key: the key is wrong and not the value.
    """

    error: Mapping[str, Any]
    path: Path
    branches: tuple[tuple[Path, str], ...]
    at_key: bool


def validate(model: type[AnyModel], composed: Composed) -> AnyModel:
    """*composed* as a *model*.

    Raises:
        ScenarioError: every problem found, in file order; more than 200 are counted, not shown.
    """
    try:
        return model.model_validate_json(json.dumps(composed.data))
    except ValidationError as error:
        errors = [one for one in error.errors() if not _is_echo(one)]
        faults = [_fault(one, composed.data, outline(model)) for one in errors]
    shown = _settled(faults)
    problems = [_problem(fault, composed, outline(model)) for fault in shown[:MAX_PROBLEMS]]
    problems = in_file_order(list(dict.fromkeys(problems)), composed.files)
    if len(shown) > MAX_PROBLEMS:
        problems.append(Problem(f"and {len(shown) - MAX_PROBLEMS} more problems", file=composed.file))
    raise ScenarioError(problems)


def names_in(model: type[Model]) -> Names:
    """For ``compose``: the keys that *model* knows in the mapping at a path; ``None`` where any may stand."""
    return outline(model).names


def locate(composed: Composed, path: Path | str) -> Origin:
    """Where the value at *path* was set; of the nearest place above it that is written, when it is not.

    Args:
        composed: the settings.
        path: parts, or dotted text.

    Raises:
        ValueError: *path* is text but no dotted path.
    """
    parts = _parts(path)
    place = composed.origins[()]
    walked: Path = ()
    for part in parts:
        below = next((step for step in _spellings(walked, part) if step in composed.origins), None)
        if below is None:
            break
        walked, place = below, composed.origins[below]
    return place


def problem(
    composed: Composed, path: Path | str, text: str, severity: str = "error", at_key: bool = False
) -> Problem:
    """A problem with the value at *path*, for checks across settings.

    Args:
        composed: the settings.
        path: parts, or dotted text.
        text: what is wrong, the value, what would be right.
        severity: ``error`` or ``note``.
        at_key: the key is at fault and not the value.
    """
    return locate(composed, path).problem(_parts(path), text, severity=severity, at_key=at_key)


def _parts(path: Path | str) -> Path:
    if not isinstance(path, str):
        return path
    parts = parse_path(path) if path else ()
    if parts is None:
        raise ValueError(f"{path!r} is not a dotted path")
    return parts


def _spellings(above: Path, part: str | int) -> list[Path]:
    """*part* below *above*, as a key and as an index: text from outside does not tell which it is."""
    text = str(part)
    return [(*above, text), (*above, int(text))] if text.isdecimal() else [(*above, part)]


def _problem(fault: _Fault, composed: Composed, plan: Outline) -> Problem:
    text = message(fault.error, fault.path, plan, composed.data)
    return locate(composed, fault.path).problem(fault.path, text, at_key=fault.at_key)


def _fault(error: Mapping[str, Any], data: Any, plan: Outline) -> _Fault:
    """Tell keys of the document from what pydantic puts into a location: union tags, class names."""
    here: Any = data
    path: Path = ()
    branches: list[tuple[Path, str]] = []
    kind = error["type"]
    tag_done = False
    for index, part in enumerate(error["loc"]):
        last = index == len(error["loc"]) - 1
        if part == "[key]":
            return _Fault({**error, "type": f"key_{kind}"}, path, tuple(branches), True)
        tag = plan.tag(path, data) if isinstance(here, dict) and not tag_done else None
        if tag is not None and here.get(tag) == part:
            tag_done = True
            continue
        if isinstance(here, dict) and str(part) in here:
            path, here, tag_done = (*path, str(part)), here[str(part)], False
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            path, here, tag_done = (*path, part), here[part], False
        elif last and kind == "missing":
            path = (*path, part)
        else:
            branches.append((path, str(part)))
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        tag = error["ctx"]["discriminator"].strip("'")
        path = (*path, tag)
        error = {**error, "input": here.get(tag)}  # as written: pydantic gives it as text
    return _Fault(error, path, tuple(branches), kind == "extra_forbidden")


def _is_echo(error: Mapping[str, Any]) -> bool:
    """A list called too short only because pydantic did not count its faulty entries."""
    return error["type"] == "too_short" and bool(len(error["input"]) >= error["ctx"]["min_length"])


def _settled(faults: list[_Fault]) -> list[_Fault]:
    """Where a value may have several types, keep what is wrong with the one that it comes nearest to."""
    choices: defaultdict[Path, defaultdict[str, list[_Fault]]] = defaultdict(lambda: defaultdict(list))
    settled = []
    for fault in faults:
        if fault.branches:
            place, label = fault.branches[0]
            choices[place][label].append(fault)
        else:
            settled.append(fault)
    for place, by_label in choices.items():
        settled += _nearest(place, list(by_label.values()))
    return settled


def _nearest(place: Path, branches: list[list[_Fault]]) -> list[_Fault]:
    def distance(faults: list[_Fault]) -> tuple[bool, int]:
        return any(fault.path == place for fault in faults), len(faults)

    numbers = [faults for faults in branches if faults[0].error["type"] != "dict_type"]
    if len(numbers) == 1 and all(fault.error["type"] in _OUT_OF_BOUNDS for fault in numbers[0]):
        return numbers[0]  # a number that may also be written by name: its amount is wrong, not its kind
    best = min(branches, key=distance)
    if len(branches) > 1 and distance(best)[0]:  # it is none of them: name all that it may be
        whole = {**best[0].error, "type": "no_branch", "ctx": {}}
        return [_Fault(whole, place, (), False)]
    return best
