"""Files of cases, read and checked as a whole: every problem at once, each where it was written."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from importlib.resources import files

from pydantic import ValidationError

from armsim.config.compose import Composed
from armsim.config.source import Document, read, read_text
from armsim.config.tree import from_document, origins
from armsim.config.validate import problem, validate
from armsim.errors import Problem, ScenarioError
from armsim.study.verify.assembly import systems
from armsim.study.verify.cases import Case, CaseFile

#: Name by which the packaged cases go in messages.
PACKAGED = "cases.json"


def read_cases(names: Sequence[str | os.PathLike[str]]) -> list[Case]:
    """Cases of files, in order; without files, the packaged ones.

    Raises:
        ScenarioError: every problem of every file.
    """
    found: list[Case] = []
    problems: list[Problem] = []
    for name in names or (None,):
        try:
            found += _cases(_packaged() if name is None else read(name))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return found


def _packaged() -> Document:
    text = files("armsim.study.verify").joinpath(PACKAGED).read_text(encoding="utf-8")
    return read_text(text, PACKAGED)


def _cases(document: Document) -> list[Case]:
    composed = Composed(
        file=document.file,
        data=document.data,
        origins=origins(from_document(document)),
        files=((document.file, document.sha256),),
        extends=(),
        overrides={},
        applied=(),
        sets=(),
    )
    problems: list[Problem] = []
    try:
        cases = dict(enumerate(validate(CaseFile, composed).cases))
    except ScenarioError as error:
        problems += error.problems
        cases = _sound(document.data.get("cases"))
    for number, case in cases.items():
        for fault in systems(case)[1]:
            place = ("cases", number, *fault.path)
            problems.append(problem(composed, place, fault.message, at_key=fault.at_key))
        if any(other.id == case.id for at, other in cases.items() if at < number):
            problems.append(problem(composed, ("cases", number, "id"), f"{case.id!r} is there twice"))
    if problems:
        named = [_named(one, document.data) for one in problems]
        raise ScenarioError(sorted(named, key=lambda one: (one.line or 0, one.column or 0)))
    return list(cases.values())


def _sound(listed: object) -> dict[int, Case]:
    """Cases of a faulty file that have the right form, by position: they are checked all the same."""
    found: dict[int, Case] = {}
    for number, raw in enumerate(listed if isinstance(listed, list) else ()):
        with suppress(ValidationError):
            found[number] = Case.model_validate_json(json.dumps(raw))
    return found


def _named(one: Problem, data: object) -> Problem:
    """The problem with the id of its case in place of its number."""
    head, _, rest = one.path.partition(".")
    number, _, below = rest.partition(".")
    cases = data.get("cases") if isinstance(data, dict) else None
    if head != "cases" or not number.isdecimal() or not isinstance(cases, list) or int(number) >= len(cases):
        return one
    case = cases[int(number)]
    name = case.get("id") if isinstance(case, dict) else None
    path = ".".join(part for part in (str(name) if isinstance(name, str) else rest, below) if part)
    return Problem(one.message, path, one.file, one.line, one.column, one.severity)
