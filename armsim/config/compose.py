"""A scenario from its layers: ``extends``, named overrides, ``--set``; each value remembers who set it.

Order, the later winning: ``extends`` from left to right < the file itself < ``--with`` in the order given <
``--set``. What no layer sets takes the default of the schema.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from armsim.config.export import ABSENT, Difference, diff, digest, to_yaml
from armsim.config.options import Choices, choices
from armsim.config.overrides import Override, apply, contradictions, definitions
from armsim.config.paths import Path, parse_path, show, split_set
from armsim.config.source import parse_value, read
from armsim.config.tree import Names, Node, Origin, assign, from_data, from_document, merge, origins, plain
from armsim.errors import Problem, ScenarioError
from armsim.registry import suggestion

__all__ = [
    "ABSENT",
    "Composed",
    "Difference",
    "Origin",
    "compose",
    "diff",
    "digest",
    "in_file_order",
    "to_yaml",
]

MAX_LEVELS = 16
MAX_FILES = 32
_MAX_PARTS = 32
#: Keys that are no settings: what to use instead of ``--set``.
_FROM_FILES: dict[str | int, str] = {
    "extends": "--with to apply an override",
    "overrides": "--with to apply an override",
    "options": "--option to choose some",
    "conditions": "--condition to choose some",
}


@dataclass(frozen=True, slots=True)
class Composed:
    """Settings of a scenario, resolved but not yet validated.

    Attributes:
        file: the scenario file as the user named it.
        data: plain settings; ``extends``, ``overrides``, ``options`` and ``conditions`` are taken out.
        origins: where each path was set.
        files: name and SHA-256 of every file read; the scenario itself first.
        extends: what the scenario file itself names under ``extends``.
        overrides: every override that may be asked for, inherited ones included: name and description.
        applied: names of the overrides applied, in order.
        sets: the ``--set`` texts, in order.
        choices: the options and conditions that the file compares, inherited ones included.
    """

    file: str
    data: dict[str, Any]
    origins: dict[Path, Origin]
    files: tuple[tuple[str, str], ...]
    extends: tuple[str, ...]
    overrides: dict[str, str]
    applied: tuple[str, ...]
    sets: tuple[str, ...]
    choices: Choices = field(default_factory=Choices)


def compose(
    path: str | os.PathLike[str],
    with_: Sequence[str] = (),
    sets: Sequence[str] = (),
    last_wins: bool = False,
    *,
    names: Names | None = None,
) -> Composed:
    """Resolve a scenario file.

    Args:
        path: the file.
        with_: names of overrides to apply, in order.
        sets: changes such as ``units.arv.count=6``; the value is read as YAML and replaces what is there.
        last_wins: when two overrides set one path to different values, let the later win.
        names: keys that the schema knows at a path (``validate.names_in``), so that a setting left to its
            default can be set; without it the mapping that holds it must be written in a file.

    Raises:
        ScenarioError: every problem found in the files, the overrides and the changes.
    """
    file = os.fspath(path)
    chain = _Chain()
    root = chain.load(file, ())
    problems = chain.problems
    if root is None or not isinstance(root.value, dict):
        raise ScenarioError(problems)
    root = Node(dict(root.value), root.origin)
    defined = definitions(root.value.pop("overrides", None), problems)
    listed = (root.value.pop("options", None), root.value.pop("conditions", None))
    compared = choices(*listed, defined, last_wins, problems)
    chosen = [defined[name] for name in _wanted(with_, defined, problems)]
    if not last_wins:
        problems += contradictions(chosen)
    root = _apply(root, chosen, names, problems)
    for text in sets:
        _set(root, text, names, problems)
    if problems:
        raise ScenarioError(in_file_order(problems, chain.files))
    return Composed(
        file=file,
        data=plain(root),
        origins=origins(root),
        files=tuple(chain.files),
        extends=chain.extends,
        overrides={name: one.description for name, one in defined.items()},
        applied=tuple(one.name for one in chosen),
        sets=tuple(sets),
        choices=compared,
    )


def in_file_order(problems: Sequence[Problem], files: Sequence[tuple[str, str]]) -> list[Problem]:
    """*problems* by file, in the order of *files*, then by line and column; ``--set`` last."""
    rank = {name: position for position, (name, _) in enumerate(files)}
    return sorted(
        problems, key=lambda one: (rank.get(one.file or "", len(rank)), one.line or 0, one.column or 0)
    )


def _wanted(with_: Sequence[str], defined: dict[str, Override], problems: list[Problem]) -> list[str]:
    for name in with_:
        if name not in defined:
            hint = suggestion(name, defined) if defined else "; the scenario defines none"
            problems.append(Problem(f"no override has this name{hint}", file=f"--with {name}"))
    return [name for name in dict.fromkeys(with_) if name in defined]


def _apply(root: Node, chosen: Sequence[Override], names: Names | None, problems: list[Problem]) -> Node:
    gone: set[Path] = set()
    for override in chosen:
        root = apply(root, override, names, gone, problems)
    return root


def _set(root: Node, text: str, names: Names | None, problems: list[Problem]) -> None:
    label = f"--set {text}"
    origin = Origin(label, None, None, "--set")
    halves = split_set(text)
    path = parse_path(halves[0]) if halves else None
    if halves is None or path is None or len(path) > _MAX_PARTS:
        problems.append(Problem("write a dotted path, =, and a value, such as study.seed=2", file=label))
        return
    if path[0] in _FROM_FILES:
        problems.append(
            origin.problem(path, f"{path[0]} is read from files only; use {_FROM_FILES[path[0]]}")
        )
        return
    try:
        assign(root, path, from_data(parse_value(halves[1], label), origin), names, may_add=True)
    except ScenarioError as error:
        problems += error.problems
    except LookupError as error:
        problems.append(origin.problem(path, f"cannot be set: {error.args[0]}"))


def _identity(file: str) -> str:
    """What tells whether two names mean one file."""
    try:
        return os.path.realpath(file)
    except (OSError, ValueError):  # no name that the system takes; reading it says so
        return file


@dataclass(slots=True)
class _Chain:
    """Reads a file and all that it extends; a file that is reached twice is read once."""

    problems: list[Problem] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)
    extends: tuple[str, ...] = ()
    _done: dict[str, Node | None] = field(default_factory=dict)

    def load(self, file: str, trail: tuple[str, ...]) -> Node | None:
        """The tree of *file* over what it extends; ``None``, with the problems noted, when it cannot be read.

        Args:
            file: the file as named.
            trail: the files that led here.
        """
        identity = _identity(file)
        if identity not in self._done:
            self._done[identity] = self._load(file, trail)
        return self._done[identity]

    def _load(self, file: str, trail: tuple[str, ...]) -> Node | None:
        try:
            document = read(file)
        except ScenarioError as error:
            self.problems += error.problems
            return None
        self.files.append((file, document.sha256))
        own = from_document(document)
        listed = self._bases(own.value.pop("extends", None))
        if not trail:
            self.extends = tuple(node.value for node in listed)
        below: Node | None = None
        for node in listed:
            base = self._base(node, file, (*trail, file))
            if base is not None:
                below = base if below is None else merge(below, base)
        return own if below is None else merge(below, own)

    def _bases(self, node: Node | None) -> list[Node]:
        """The entries under ``extends``."""
        if node is None or node.value is None:
            return []
        entries = node.value if isinstance(node.value, list) else [node]
        if len(entries) > MAX_LEVELS:
            message = f"names {len(entries)} files; at most {MAX_LEVELS} may be extended at once"
            self.problems.append(node.origin.problem(("extends",), message))
            return []
        good = []
        for entry in entries:
            if isinstance(entry.value, str) and entry.value.strip():
                good.append(entry)
            else:
                message = f"must be a file name or a list of them, got {show(plain(entry))}"
                self.problems.append(entry.origin.problem(("extends",), message))
        return good

    def _base(self, node: Node, file: str, trail: tuple[str, ...]) -> Node | None:
        target = os.path.normpath(os.path.join(os.path.dirname(file), node.value))  # noqa: PTH118, PTH120
        fault = self._refusal(target, trail)
        if fault:
            self.problems.append(node.origin.problem(("extends",), fault))
            return None
        before = len(self.problems)
        base = self.load(target, trail)
        for index in range(before, len(self.problems)):
            problem = self.problems[index]
            if problem.file == target and problem.line is None:  # about the file as a whole: say who wants it
                self.problems[index] = node.origin.problem(("extends",), f"{target}: {problem.message}")
        return base

    def _refusal(self, target: str, trail: tuple[str, ...]) -> str | None:
        identities = [_identity(name) for name in trail]
        identity = _identity(target)
        if identity in identities:
            loop = [*trail[identities.index(identity) :], target]
            return f"extends itself: {' -> '.join(loop)}"
        if len(trail) >= MAX_LEVELS:
            return f"more than {MAX_LEVELS} levels of extends"
        if len(self.files) >= MAX_FILES and identity not in self._done:
            return f"more than {MAX_FILES} files in one scenario"
        return None
