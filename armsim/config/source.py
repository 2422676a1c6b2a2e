"""YAML text to plain data, with the line and column of every key and value.

A scenario file is data: no code runs, nothing is fetched, and a file made to exhaust memory or time is
refused early. PyYAML's C parser supplies events; everything that YAML 1.1 gets wrong is decided here.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, NamedTuple

import yaml

from armsim.config.nodes import MAX_NODES, MAX_PROBLEMS, TOO_MANY, Builder, RawNode, Refused
from armsim.config.paths import Path, show
from armsim.config.syntax import friendly
from armsim.errors import Problem, ScenarioError

MAX_BYTES = 2_000_000

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
# libyaml compares every %TAG with all before it, so a file of directives would take hours.
_DIRECTIVE = re.compile(r"^%(?!YAML 1\.[12][ \t]*\r?$)", re.MULTILINE)


class Position(NamedTuple):
    """A place in a file; line and column count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read.

    Attributes:
        file: the file as the user named it.
        data: plain mappings, lists, text, numbers, true, false and ``None``.
        positions: path of each value: where the value starts.
        keys: path of each entry of a mapping: where its key starts.
        sha256: digest of the bytes of the file.
    """

    file: str
    data: dict[str, Any]
    positions: dict[Path, Position]
    keys: dict[Path, Position]
    sha256: str


def read(path: str | os.PathLike[str]) -> Document:
    """Read a YAML file.

    Raises:
        ScenarioError: missing, unreadable, not YAML, beyond a limit; every problem found, with position.
    """
    file = os.fspath(path)
    return read_text(_decode(_read_bytes(file), file), file)


def read_text(text: str, file: str) -> Document:
    """Read YAML *text*; *file* is what messages call it.

    Raises:
        ScenarioError: as for ``read``.
    """
    root = _parse(text, file)
    if root is None or (root.scalar and root.value is None):
        raise ScenarioError(
            [Problem("the file is empty; write at least a title", file=file, line=1, column=1)]
        )
    if not isinstance(root.value, dict):
        what = "a list" if isinstance(root.value, list) else show(root.value)
        message = f"must hold a mapping of keys at the top, got {what}"
        raise ScenarioError([Problem(message, file=file, line=root.line, column=root.column)])
    positions: dict[Path, Position] = {}
    keys: dict[Path, Position] = {}
    data = _expand(root, (), positions, keys)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(file, data, positions, keys, digest)


def parse_value(text: str, name: str) -> Any:
    """Value of a ``--set`` written as YAML: ``6``, ``12 min``, ``{count: 6}``, ``[a, b]``.

    Args:
        text: what stands after the ``=``.
        name: what messages call it, such as ``--set a.b=c``.

    Raises:
        ScenarioError: not YAML, or nothing there.
    """
    root = _parse(text, name, lines=False)
    if root is None:
        raise ScenarioError([Problem('no value after "="; write null to empty a setting', file=name)])
    return _expand(root, (), {}, {})


def beside(path: str) -> str:
    """``; did you mean X?`` for the name in the same folder that is closest to one that is not there."""
    missing = FilePath(path)
    with suppress(OSError, ValueError):  # a folder that cannot be read, a name that is none
        there = sorted(one for one in missing.parent.iterdir() if missing.suffix in {"", one.suffix})
        names = {one.stem: one.name for one in there}  # by stem, or all YAML files would be alike
        for close in difflib.get_close_matches(missing.stem, names, 1):
            return f"; did you mean {missing.with_name(names[close])}?"
    return ""


def _read_bytes(file: str) -> bytes:
    try:
        # A pipe would block for ever before it could be refused, so look before opening.
        mode = os.stat(file).st_mode  # noqa: PTH116 (FilePath would normalise the name the user gave)
        if stat.S_ISDIR(mode):
            raise ScenarioError([Problem("is a folder; name a file", file=file)])
        if not stat.S_ISREG(mode):
            raise ScenarioError([Problem("is not an ordinary file; save it as one first", file=file)])
        with FilePath(file).open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ScenarioError([Problem(f"no such file{beside(file)}", file=file)]) from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise ScenarioError([Problem(f"cannot be read: {reason}", file=file)]) from None
    if len(content) > MAX_BYTES:
        raise ScenarioError(
            [Problem(f"is larger than {MAX_BYTES / 1e6:g} MB, the most that is read", file=file)]
        )
    return content


def _decode(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        place = _place(before, len(before))
        message = f"is not UTF-8 text (byte {content[error.start]:#04x}); save the file as UTF-8"
        raise ScenarioError([Problem(message, file=file, line=place.line, column=place.column)]) from None


def _place(text: str, index: int) -> Position:
    return Position(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def _parse(text: str, file: str, lines: bool = True) -> RawNode | None:
    """Build the nodes of *text*; ``lines`` says whether positions mean anything to the reader."""
    text = text.removeprefix("\ufeff")
    problems: list[Problem] = []

    def add(message: str, line: int, column: int, path: str = "") -> None:
        at = (line, column) if lines else (None, None)
        problems.append(Problem(message, path, file, *at))

    root = None
    fault = _forbidden(text) or _overfull(text)
    if fault:
        add(*fault)
    else:
        builder = Builder(add)
        try:
            for event in _events(text):
                builder.take(event)
            root = builder.root
        except Refused as refusal:
            add(str(refusal), refusal.line, refusal.column)
        except yaml.YAMLError as error:
            add(*friendly(error, text))
        except ValueError as error:  # the pure parser's chr() of an impossible escape
            add(f"is not YAML: {error}", 1, 1)
    if problems:
        raise ScenarioError(sorted(problems, key=lambda one: (one.line or 0, one.column or 0))[:MAX_PROBLEMS])
    return root


def _forbidden(text: str) -> tuple[str, int, int] | None:
    if match := _UNPRINTABLE.search(text):
        place = _place(text, match.start())
        return f"holds the unprintable character U+{ord(match[0]):04X}; remove it", place.line, place.column
    if match := _DIRECTIVE.search(text):
        place = _place(text, match.start())
        return "directives (lines that begin with %) are not read; remove the line", place.line, place.column
    return None


def _overfull(text: str) -> tuple[str, int, int] | None:
    """Refuse a long text of tiny values before any is built: counting events takes a third of the time."""
    if len(text) < 2 * MAX_NODES:  # a value takes a character and another parts it from the next
        return None
    values = 0
    try:
        for event in _events(text):
            values += isinstance(event, yaml.NodeEvent)
            if values > MAX_NODES:
                return TOO_MANY, event.start_mark.line + 1, event.start_mark.column + 1
    except (yaml.YAMLError, ValueError):
        pass  # reported with the rest when the nodes are built
    return None


def _events(text: str) -> Iterator[Any]:
    events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
    return events


def _expand(node: RawNode, path: Path, positions: dict[Path, Position], keys: dict[Path, Position]) -> Any:
    """Plain data of *node*; aliases become copies. Depth is bounded by the builder."""
    positions[path] = Position(node.line, node.column)
    value = node.value
    if isinstance(value, dict):
        data = {}
        for key, (key_line, key_column, child) in value.items():
            below = (*path, key)
            keys[below] = Position(key_line, key_column)
            data[key] = _expand(child, below, positions, keys)
        return data
    if isinstance(value, list):
        return [_expand(child, (*path, index), positions, keys) for index, child in enumerate(value)]
    return value
