"""Settings as a tree in which every node knows which line set it; the merge law and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any

from armsim.config.paths import Path, format_path, show
from armsim.config.source import Document
from armsim.errors import Problem
from armsim.registry import suggestion

Names = Callable[[Path], frozenset[str] | None]
"""Keys that the schema knows in the mapping at a path; ``None`` where any key may stand."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was set.

    Attributes:
        file: the file as named, or ``--set a.b=c``.
        line: line of the value; of its key when the value is a list or a mapping. ``None`` for ``--set``.
        column: column that goes with ``line``.
        layer: what set it: ``severe.yaml``, ``override quick``, ``--set``.
        key_line: line of the key in front of the value, if any.
        key_column: column that goes with ``key_line``.
    """

    file: str | None
    line: int | None
    column: int | None
    layer: str
    key_line: int | None = None
    key_column: int | None = None

    def __str__(self) -> str:
        if self.line is None:
            return self.file or self.layer
        return f"{FilePath(self.file or '').name}:{self.line}"

    def problem(self, path: Path, message: str, *, at_key: bool = False, severity: str = "error") -> Problem:
        """A problem here; ``at_key`` when the key is at fault and not the value."""
        line, column = self.line, self.column
        if at_key and self.key_line is not None:
            line, column = self.key_line, self.key_column
        return Problem(message, format_path(path), self.file, line, column, severity)


@dataclass(slots=True)
class Node:
    """A setting: a scalar, a mapping of nodes or a list of nodes."""

    value: Any
    origin: Origin


def from_document(document: Document) -> Node:
    """The tree of a file."""
    layer = FilePath(document.file).name

    def build(data: Any, path: Path) -> Node:
        key = document.keys.get(path)
        at = key if key and isinstance(data, (dict, list)) else document.positions[path]
        origin = Origin(document.file, *at, layer, *(key or (None, None)))
        if isinstance(data, dict):
            return Node({name: build(value, (*path, name)) for name, value in data.items()}, origin)
        if isinstance(data, list):
            return Node([build(value, (*path, index)) for index, value in enumerate(data)], origin)
        return Node(data, origin)

    return build(document.data, ())


def from_data(data: Any, origin: Origin) -> Node:
    """A tree of plain data that one place set."""
    if isinstance(data, dict):
        return Node({key: from_data(value, origin) for key, value in data.items()}, origin)
    if isinstance(data, list):
        return Node([from_data(value, origin) for value in data], origin)
    return Node(data, origin)


def relabel(node: Node, layer: str) -> Node:
    """A copy of *node* as set by *layer*; lines stay."""
    origin = replace(node.origin, layer=layer)
    if isinstance(node.value, dict):
        return Node({key: relabel(value, layer) for key, value in node.value.items()}, origin)
    if isinstance(node.value, list):
        return Node([relabel(value, layer) for value in node.value], origin)
    return Node(node.value, origin)


def plain(node: Node) -> Any:
    """Plain data of *node*."""
    if isinstance(node.value, dict):
        return {key: plain(value) for key, value in node.value.items()}
    if isinstance(node.value, list):
        return [plain(value) for value in node.value]
    return node.value


def origins(node: Node) -> dict[Path, Origin]:
    """Origin of every node, by path."""
    found: dict[Path, Origin] = {}

    def walk(here: Node, path: Path) -> None:
        found[path] = here.origin
        for key, child in children(here):
            walk(child, (*path, key))

    walk(node, ())
    return found


def children(node: Node) -> list[tuple[str | int, Node]]:
    """Key or index, and node, of each entry of a mapping or list; nothing for a scalar."""
    if isinstance(node.value, dict):
        return list(node.value.items())
    if isinstance(node.value, list):
        return list(enumerate(node.value))
    return []


def merge(below: Node, above: Node) -> Node:
    """The merge law: mappings merge key by key; everything else replaces. Neither argument is changed."""
    if not (isinstance(below.value, dict) and isinstance(above.value, dict)):
        return above
    merged = dict(below.value)
    for key, child in above.value.items():
        merged[key] = merge(merged[key], child) if key in merged else child
    return Node(merged, above.origin)


def step(node: Node, part: str | int) -> tuple[str | int, Node] | None:
    """The entry *part* of *node* with its key or index; ``None`` when there is none."""
    if isinstance(node.value, dict):
        key = str(part)
        return (key, node.value[key]) if key in node.value else None
    if isinstance(node.value, list):
        text = str(part)
        index = int(text) if text.isdecimal() and len(text) < 10 else -1
        return (index, node.value[index]) if 0 <= index < len(node.value) else None
    return None


def find(root: Node, path: Path) -> tuple[Node, str | int]:
    """Parent and key of the node at *path*.

    Raises:
        LookupError: there is none; the message says which part is missing and suggests another.
    """
    node, parent, key = root, root, path[0]
    for depth, part in enumerate(path):
        found = step(node, part)
        if found is None:
            raise LookupError(_absent(node, path, depth, frozenset()))
        parent, (key, node) = node, found
    return parent, key


def assign(root: Node, path: Path, new: Node, names: Names | None, *, may_add: bool) -> None:
    """Put *new* at *path*, replacing what is there.

    Mappings on the way that are left to their defaults are made when the schema knows them.

    Args:
        root: the tree to change.
        path: where.
        new: what.
        names: keys the schema knows; without it only what is in the tree is known.
        may_add: the last part may be a new key that the schema does not name.

    Raises:
        LookupError: there is no such place; the message says which part is missing and suggests another.
    """
    node = root
    walked: Path = ()
    for depth, part in enumerate(path):
        last = depth == len(path) - 1
        found = step(node, part)
        if found is None:
            known = (names(walked) if names else None) or frozenset()
            fits = isinstance(node.value, dict) or (node.value is None and bool(known))
            if not (fits and (part in known or (last and may_add))):
                raise LookupError(_absent(node, path, depth, known))
            if node.value is None:
                node.value, node.origin = {}, new.origin
            found = str(part), Node({}, new.origin)
            node.value[found[0]] = found[1]
        key, child = found
        if last:
            node.value[key] = new
        walked, node = (*walked, key), child


def _absent(node: Node, path: Path, depth: int, known: frozenset[str]) -> str:
    part = str(path[depth])
    owner = format_path(path[:depth]) or "the scenario"
    if isinstance(node.value, list):
        count = len(node.value)
        return f"{owner} is a list of {count}, counted from 0; it has no item {show(part)}"
    if not isinstance(node.value, dict):
        return f"{owner} is {show(node.value)}, which has no settings below it"
    return f"{owner} has no {show(part)}{suggestion(part, known | node.value.keys())}"
