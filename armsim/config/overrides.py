"""Named overrides: what a well-formed one is, applying it, and when two of them contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from armsim.config.export import same
from armsim.config.paths import Path, parse_path, show
from armsim.config.tree import Names, Node, Origin, assign, children, find, merge, plain, relabel
from armsim.errors import Problem
from armsim.registry import suggestion

_KEYS = ("description", "set", "remove", "merge")
_REMOVED = object()


@dataclass(slots=True)
class Override:
    """A named change of settings.

    Attributes:
        name: its name.
        description: what it is for.
        set: path and new value, in the author's order; the value replaces what is there.
        remove: paths deleted before anything is set, with the line that says so.
        merge: mapping merged over the settings by the merge law, after ``remove`` and before ``set``.
    """

    name: str
    description: str = ""
    set: list[tuple[Path, Node]] = field(default_factory=list)
    remove: list[tuple[Path, Node]] = field(default_factory=list)
    merge: Node | None = None


def definitions(node: Node | None, problems: list[Problem]) -> dict[str, Override]:
    """The overrides defined under ``overrides:``; faults are added to *problems*."""
    if node is None or node.value is None:
        return {}
    if not isinstance(node.value, dict):
        message = f"must be a mapping of override names, got {show(plain(node))}"
        problems.append(node.origin.problem(("overrides",), message))
        return {}
    return {name: _definition(name, child, problems) for name, child in node.value.items()}


def _definition(name: str, node: Node, problems: list[Problem]) -> Override:
    at: Path = ("overrides", name)
    override = Override(name)
    if not isinstance(node.value, dict):
        problems.append(
            node.origin.problem(at, f"must be a mapping with a description, got {show(plain(node))}")
        )
        return override
    for key, child in node.value.items():
        if key not in _KEYS:
            message = f"unknown key{suggestion(key, _KEYS)}"
            problems.append(child.origin.problem((*at, key), message, at_key=True))
    override.description = _description(node, at, problems)
    override.set = _sets(node.value.get("set"), (*at, "set"), name, problems)
    override.remove = _removes(node.value.get("remove"), (*at, "remove"), problems)
    merged = node.value.get("merge")
    if merged is not None and not isinstance(merged.value, dict):
        message = f"must be a mapping of settings, got {show(plain(merged))}"
        problems.append(merged.origin.problem((*at, "merge"), message))
    elif merged is not None:
        override.merge = relabel(merged, f"override {name}")
    return override


def _description(node: Node, at: Path, problems: list[Problem]) -> str:
    found = node.value.get("description")
    if found is None:
        message = "missing; write a sentence saying what the override is for"
        problems.append(node.origin.problem((*at, "description"), message))
    elif not isinstance(found.value, str) or not found.value.strip():
        message = f"must be a sentence, got {show(plain(found))}"
        problems.append(found.origin.problem((*at, "description"), message))
    else:
        return str(found.value).strip()
    return ""


def _sets(node: Node | None, at: Path, name: str, problems: list[Problem]) -> list[tuple[Path, Node]]:
    if node is None:
        return []
    if not isinstance(node.value, dict):
        message = f"must be a mapping of dotted paths to values, got {show(plain(node))}"
        problems.append(node.origin.problem(at, message))
        return []
    found = []
    for text, child in node.value.items():
        path = parse_path(text)
        if path is None:
            message = f"{show(text)} is not a dotted path such as units.arv.count"
            problems.append(child.origin.problem(at, message, at_key=True))
        else:
            found.append((path, relabel(child, f"override {name}")))
    return found


def _removes(node: Node | None, at: Path, problems: list[Problem]) -> list[tuple[Path, Node]]:
    if node is None:
        return []
    if not isinstance(node.value, list):
        message = f"must be a list of dotted paths, got {show(plain(node))}"
        problems.append(node.origin.problem(at, message))
        return []
    found = []
    for index, child in enumerate(node.value):
        path = parse_path(child.value) if isinstance(child.value, str) else None
        if path is None:
            message = f"{show(plain(child))} is not a dotted path such as bases.north"
            problems.append(child.origin.problem((*at, index), message))
        else:
            found.append((path, child))
    return found


def apply(
    root: Node, override: Override, names: Names | None, gone: set[Path], problems: list[Problem]
) -> Node:
    """*root* with *override* applied: ``remove``, then ``merge``, then ``set``.

    Args:
        root: the settings; changed in place.
        override: what to apply.
        names: keys the schema knows, see ``tree.assign``.
        gone: paths that overrides before this one removed; this one's are added.
        problems: faults are added here.
    """
    _delete(root, override, gone, problems)
    if override.merge is not None:
        root = merge(root, override.merge)
    for path, node in override.set:
        try:
            assign(root, path, node, names, may_add=False)
        except LookupError as error:
            message = f"cannot be set by override {override.name}: {error.args[0]}"
            problems.append(node.origin.problem(path, message, at_key=True))
    return root


def _delete(root: Node, override: Override, gone: set[Path], problems: list[Problem]) -> None:
    targets = []
    for path, node in override.remove:
        try:
            targets.append(find(root, path))
        except LookupError as error:
            if not any(path[:end] in gone for end in range(1, len(path) + 1)):
                message = f"cannot be removed by override {override.name}: {error.args[0]}"
                problems.append(node.origin.problem(path, message))
        gone.add(path)
    # Items are marked before any is taken out, so that indices mean what they meant to the author.
    for parent, key in targets:
        if isinstance(parent.value, dict):
            parent.value.pop(key, None)
        elif isinstance(key, int):
            parent.value[key] = _REMOVED
    for parent, _ in targets:
        if isinstance(parent.value, list):
            parent.value = [item for item in parent.value if item is not _REMOVED]


def contradictions(overrides: Sequence[Override]) -> list[Problem]:
    """A problem for each path that two of the overrides set to different values."""
    problems = []
    claims = [_claims(override) for override in overrides]
    for later, mine in enumerate(claims):
        for earlier, theirs in enumerate(claims[:later]):
            for path, (value, origin), (other, other_origin) in _clashes(theirs, mine):
                message = (
                    f"overrides {overrides[earlier].name} ({other_origin}) and {overrides[later].name} "
                    f"({origin}) disagree: {_say(other)} or {_say(value)}; use one of them, or --last-wins"
                )
                problems.append(origin.problem(path, message))
    return problems


_Claims = dict[Path, tuple[Any, Origin]]


def _claims(override: Override) -> _Claims:
    claims: _Claims = {path: (_REMOVED, node.origin) for path, node in override.remove}
    if override.merge is not None:
        claims.update(_leaves(override.merge, ()))
    claims.update({path: (plain(node), node.origin) for path, node in override.set})
    return claims


def _leaves(node: Node, path: Path) -> _Claims:
    if not isinstance(node.value, dict):
        return {path: (plain(node), node.origin)}
    found: _Claims = {}
    for key, child in children(node):
        found.update(_leaves(child, (*path, str(key))))
    return found


def _clashes(earlier: _Claims, later: _Claims) -> list[tuple[Path, tuple[Any, Origin], tuple[Any, Origin]]]:
    """Paths on which two overrides disagree: one names the same path, or a mapping that holds it."""
    found = []
    for path, mine in later.items():
        above = _nearest(earlier, path)
        if above is not None and not _agree(earlier[above][0], path[len(above) :], mine[0]):
            found.append((path, mine, earlier[above]))
    for path, theirs in earlier.items():
        above = _nearest(later, path)
        if above is not None and above != path and not _agree(later[above][0], path[len(above) :], theirs[0]):
            found.append((above, later[above], theirs))
    return found


def _nearest(claims: _Claims, path: Path) -> Path | None:
    return next((path[:end] for end in range(len(path), 0, -1) if path[:end] in claims), None)


def _agree(whole: Any, rest: Path, part: Any) -> bool:
    """Whether setting a place to *whole* leaves *part* at *rest* below it."""
    for key in rest:
        if isinstance(whole, dict):
            whole = whole.get(str(key), _REMOVED)
        elif isinstance(whole, list) and str(key).isdecimal() and int(key) < len(whole):
            whole = whole[int(key)]
        else:
            whole = _REMOVED
    if whole is _REMOVED or part is _REMOVED:
        return whole is part
    return same(whole, part)


def _say(value: Any) -> str:
    return "removed" if value is _REMOVED else show(value)
