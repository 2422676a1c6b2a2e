"""Settings as YAML for people: a comment above each number, and a value on one line where it fits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from textwrap import wrap

from armsim.config.paths import parse_path
from armsim.config.scalars import plain_value
from armsim.model.starter.setting import Setting, Value

_WIDTH, _COMMENT_WIDTH = 170, 120
_SAFE = re.compile(r"[A-Za-z0-9_(][A-Za-z0-9_ ./()+%;=-]*")
_INDENT = "  "

#: Settings by key; a setting is a leaf, whatever its value.
_Tree = dict[str, "_Tree | Setting"]


def blocks(settings: Iterable[Setting]) -> str:
    """*settings* nested by their paths, in order, each under a comment that says how it was made.

    Paths must not lie below one another. Top-level blocks are parted by an empty line.
    """
    tree: _Tree = {}
    for setting in settings:
        *above, last = _parts(setting.path)
        here = tree
        for part in above:
            below = here.setdefault(part, {})
            assert isinstance(below, dict), setting.path
            here = below
        assert last not in here, setting.path
        here[last] = setting
    return "\n".join("".join(f"{line}\n" for line in _lines({key: tree[key]}, "")) for key in tree)


def mapping(data: Mapping[str, Value], indent: str = "", *, width: int | None = _WIDTH) -> str:
    """*data* as a block, each entry on one line where it fits *width*; ``None`` is as long as need be."""
    return "".join(f"{line}\n" for line in _block(dict(data), indent, width))


def comment(text: str, indent: str = "") -> list[str]:
    """*text* as comment lines."""
    head = f"{indent}# "
    return wrap(text, _COMMENT_WIDTH, initial_indent=head, subsequent_indent=head, break_on_hyphens=False)


def one_line(value: Value) -> str:
    """*value* on one line, as our reader reads it back."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {one_line(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(one_line(item) for item in value) + "]"
    return _text(value)


def _parts(path: str) -> list[str]:
    return [str(part) for part in parse_path(path) or ()]


def _lines(tree: _Tree, indent: str) -> list[str]:
    lines: list[str] = []
    for key, node in tree.items():
        if isinstance(node, Setting):
            if node.why:
                lines += comment(node.why, indent)
            lines += _block({key: node.value}, indent, _WIDTH)
        else:
            lines += [f"{indent}{key}:", *_lines(node, indent + _INDENT)]
    return lines


def _block(data: dict[str, Value], indent: str, width: int | None) -> list[str]:
    lines: list[str] = []
    for key, value in data.items():
        head = f"{indent}{_text(key)}:"
        short = f"{head} {one_line(value)}"
        if width is None or len(short) <= width or not isinstance(value, dict | list):
            lines.append(short)
        elif isinstance(value, dict):
            lines += [head, *_block(value, indent + _INDENT, width)]
        else:
            lines += [head, *(f"{indent}{_INDENT}- {one_line(item)}" for item in value)]
    return lines


def _text(value: Value) -> str:
    if not isinstance(value, str):
        return json.dumps(value, allow_nan=False)
    plain = _SAFE.fullmatch(value) and value == value.strip() and isinstance(plain_value(value), str)
    return value if plain else json.dumps(value, ensure_ascii=False)
