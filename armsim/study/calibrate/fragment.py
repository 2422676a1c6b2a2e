"""The fragment: fitted values as plain settings, and as YAML with comments and a register of sources."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from armsim.config.export import to_yaml
from armsim.config.paths import parse_path
from armsim.study.calibrate.record import Value

_WIDE = 100


def settings(values: Sequence[Value], source: str) -> dict[str, Any]:
    """The values and their sources as plain data, to be laid over a scenario.

    Args:
        values: what is set.
        source: where all of it comes from.
    """
    tree: dict[str, Any] = {}
    for one in values:
        _put(tree, one.path, one.value)
    if values:
        told = [one for one in values if one.comment or isinstance(one.value, int | float)]
        named = ((_path(one.path), one) for one in told if one.value is not None)
        tree["sources"] = {path: _source(one, source) for path, one in named if path is not None}
    return tree


def _put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        tree = tree.setdefault(part, {})
    tree[path[-1]] = value


def _path(path: tuple[str, ...]) -> str | None:
    """The dotted form, whatever its length; ``None`` for a name that has none, as with a quote in it."""
    parts = [f'"{part}"' if set(part) & set(".=") or part != part.strip() else part for part in path]
    text = ".".join(parts)
    return text if parse_path(text) == path else None


def _source(one: Value, source: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"source": f"{source}: {one.comment}" if one.comment else source}
    if one.low is not None and one.high is not None:
        entry |= {"low": one.low, "high": one.high}
    return entry


def as_yaml(values: Sequence[Value], source: str, head: Sequence[str]) -> str:
    """The fragment as a file.

    Args:
        values: what is set.
        source: where all of it comes from.
        head: lines of the comment at the top.
    """
    lines = [f"# {line}".rstrip() for line in head]
    comments = {one.path: one.comment for one in values if one.comment}
    tree = settings(values, source)
    register = tree.pop("sources", {})
    lines += ["", *_mapping(tree, (), comments)]
    lines += ["", "sources:"]
    lines += [f"  {_key(path)}: {_flow(entry)}" for path, entry in register.items()]
    return "\n".join(lines) + "\n"


def _mapping(
    tree: dict[str, Any], path: tuple[str, ...], comments: dict[tuple[str, ...], str]
) -> Iterator[str]:
    indent = "  " * len(path)
    for key, value in tree.items():
        here = (*path, str(key))
        if here in comments:
            for line in textwrap.wrap(comments[here], _WIDE - len(indent) - 2):
                yield f"{indent}# {line}"
        if (isinstance(value, dict) and any(isinstance(one, dict) for one in value.values())) or _above(
            here, comments
        ):
            yield f"{indent}{_key(key)}:"
            yield from _mapping(value, here, comments)
        else:
            yield from _entry(f"{indent}{_key(key)}: ", value, indent)


def _above(path: tuple[str, ...], comments: dict[tuple[str, ...], str]) -> bool:
    """Whether a comment stands below *path*."""
    return any(len(one) > len(path) and one[: len(path)] == path for one in comments)


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    """A value on one line; a long mapping or list between brackets, with as many items on a line as fit."""
    flat = head + _flow(value)
    if len(flat) <= _WIDE or not isinstance(value, dict | list):
        yield flat
        return
    if isinstance(value, dict):
        opened, closed = "{}"
        items = [f"{_key(key)}: {_flow(one)}" for key, one in value.items()]
    else:
        opened, closed = "[]"
        items = [_flow(one) for one in value]
    yield head + opened
    line = f"{indent}  "
    for item in items:
        if len(line) + len(item) >= _WIDE and line.strip():
            yield line.rstrip()
            line = f"{indent}  "
        line += f"{item}, "
    yield line.rstrip()
    yield f"{indent}{closed}"


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _key(key: Any) -> str:
    """A key as our reader reads it back."""
    return to_yaml({str(key): 0}).rsplit(":", 1)[0]
