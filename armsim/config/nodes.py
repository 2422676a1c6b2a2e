"""From parser events to nodes: one pass, no recursion, limits checked as it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import yaml

from armsim.config.paths import Path, format_path, show
from armsim.config.scalars import resolve

MAX_DEPTH = 64
MAX_NODES = 200_000
MAX_PROBLEMS = 50
TOO_MANY = f"more than {MAX_NODES:,} values in the file, aliases counted in full"

_COLLECTION_TAGS = {None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_MERGE = "merge keys (<<) are not read; use extends, or write the keys out"


class Refused(Exception):  # noqa: N818 (never leaves the package)
    """Reading stops here: what follows cannot be trusted or would be too much."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line, self.column = line, column


@dataclass(slots=True)
class RawNode:
    """A value in the file, with aliases still shared.

    Attributes:
        value: a scalar, a list of nodes, or key -> (key line, key column, node).
        line: where it starts, from 1.
        column: where it starts, from 1.
        word: the characters of an unquoted scalar.
        size: values in it, itself included and aliases counted in full.
        height: levels of nesting below it.
        complete: its end has been read.
        scalar: it is neither a list nor a mapping.
    """

    value: Any
    line: int
    column: int
    word: str | None = None
    size: int = 1
    height: int = 0
    complete: bool = True
    scalar: bool = True


@dataclass(slots=True)
class _Level:
    node: RawNode
    key: RawNode | None = None
    key_name: str | None = None


class Builder:
    """Takes parser events one at a time; ``root`` is the document once all are taken.

    Args:
        report: called with (message, line, column, dotted path) for a fault after which reading can go on.
    """

    def __init__(self, report: Callable[[str, int, int, str], None]) -> None:
        self.root: RawNode | None = None
        self._report = report
        self._reported = 0
        self._levels: list[_Level] = []
        self._anchors: dict[str, RawNode] = {}
        self._count = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        """Take the next event.

        Raises:
            Refused: a limit is passed, or the file says something that cannot be read on.
        """
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._add(self._scalar(event), event.anchor)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._open(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._close()
        elif kind is yaml.AliasEvent:
            self._add(self._alias(event), None)
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                raise Refused("a second document (---) begins here; write one to a file", *_at(event))

    def _fault(self, message: str, line: int, column: int) -> None:
        self._reported += 1
        if self._reported > MAX_PROBLEMS:
            raise Refused("and more; correct the problems above first", line, column)
        self._report(message, line, column, format_path(self._path()))

    def _path(self) -> Path:
        """Where the next value goes."""
        parts = [
            len(level.node.value) if isinstance(level.node.value, list) else level.key_name
            for level in self._levels
        ]
        return tuple(part for part in parts if part is not None)

    def _scalar(self, event: Any) -> RawNode:
        mark, text = event.start_mark, event.value
        plain = event.implicit[0] and not event.style
        try:
            value = resolve(text, plain, event.tag)
        except ValueError as error:
            self._fault(str(error), *_at(event))
            value = None
        return RawNode(value, mark.line + 1, mark.column + 1, text if plain else None)

    def _alias(self, event: Any) -> RawNode:
        line, column = _at(event)
        target = self._anchors.get(event.anchor)
        if target is None:
            raise Refused(f"alias *{event.anchor} refers to no anchor above it", line, column)
        if not target.complete:
            raise Refused(f"alias *{event.anchor} refers to what it is part of", line, column)
        return replace(target, line=line, column=column)

    def _open(self, event: Any) -> None:
        line, column = _at(event)
        if event.tag not in _COLLECTION_TAGS:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._fault(f"tag {show(tag)} is not read; remove it", line, column)
        empty: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        node = RawNode(empty, line, column, height=1, complete=False, scalar=False)
        self._check(node)
        if event.anchor:
            self._anchors[event.anchor] = node
        self._levels.append(_Level(node))

    def _close(self) -> None:
        level = self._levels.pop()
        level.node.complete = True
        self._attach(level.node)

    def _check(self, node: RawNode) -> None:
        """Count *node* against the limits, before it is stored."""
        self._count += node.size
        if len(self._levels) + node.height > MAX_DEPTH:
            raise Refused(f"nested deeper than {MAX_DEPTH} levels", node.line, node.column)
        if self._count > MAX_NODES:
            raise Refused(TOO_MANY, node.line, node.column)

    def _add(self, node: RawNode, anchor: str | None) -> None:
        self._check(node)
        if anchor:
            self._anchors[anchor] = node
        self._attach(node)

    def _attach(self, node: RawNode) -> None:
        """Put a complete *node* where it belongs: the document, a list, or a mapping as key or value."""
        if not self._levels:
            self.root = node
            return
        level = self._levels[-1]
        parent = level.node
        parent.size += node.size
        if node.height >= parent.height:
            parent.height = node.height + 1
        if isinstance(parent.value, list):
            parent.value.append(node)
        elif level.key is None:
            level.key, level.key_name = node, self._key(node, parent)
        else:
            if level.key_name is not None:
                parent.value[level.key_name] = (level.key.line, level.key.column, node)
            level.key = level.key_name = None

    def _key(self, node: RawNode, parent: RawNode) -> str | None:
        """Text of a key; ``None``, with the fault reported, when it cannot be one."""
        line, column = node.line, node.column
        name = _key_text(node)
        if node.word == "<<":
            self._fault(_MERGE, line, column)
        elif name is None:
            what = show(node.value) if node.scalar else "a list or mapping"
            remedy = f"; put it in quotes: {show(node.word)}" if node.word else ""
            self._fault(f"a key must be text, got {what}{remedy}", line, column)
        elif name in parent.value:
            first_line, first_column, _ = parent.value[name]
            message = f"key {show(name)} is written twice; the first is at {first_line}:{first_column}"
            self._fault(message, line, column)
        else:
            return name
        return None


def _key_text(node: RawNode) -> str | None:
    """Text of *node* as a key. A plain whole number, as in ``{1: 0.6, 2: 0.4}``, is its digits."""
    if isinstance(node.value, str):
        return node.value
    if node.word and not isinstance(node.value, bool) and str(node.value) == node.word:
        return node.word if isinstance(node.value, int) else None
    return None


def _at(event: Any) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1
