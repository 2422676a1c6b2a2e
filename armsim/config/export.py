"""Settings for people and machines: YAML with origins, differences, digest."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from armsim.config.paths import Path, format_path
from armsim.config.scalars import plain_value
from armsim.config.tree import Origin

_WIDE = 88
_SAFE = re.compile(r"[A-Za-z0-9_(£][A-Za-z0-9_ ./()+%£'–;=-]*")


class _Absent:
    """The value of a setting that is not there."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()


class Difference(NamedTuple):
    """A setting that two scenarios differ in; ``ABSENT`` where one has none."""

    path: str
    left: Any
    right: Any


def same(left: Any, right: Any) -> bool:
    """Equal as settings: 6 and 6.0 are, 1 and true are not; the order of a mapping does not matter."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def diff(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[Difference]:
    """Settings that differ, in the order of *left*, then what only *right* has.

    Mappings are compared key by key, lists of one length item by item, other lists whole.
    """
    return list(_differences(left, right, ()))


def _differences(left: Any, right: Any, path: Path) -> list[Difference]:
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        keys: list[Any] = [*left, *(key for key in right if key not in left)]
        pairs = [(key, left.get(key, ABSENT), right.get(key, ABSENT)) for key in keys]
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = [(index, *pair) for index, pair in enumerate(zip(left, right, strict=True))]
    elif same(left, right):
        return []
    else:
        return [Difference(format_path(path), left, right)]
    return [one for key, a, b in pairs for one in _differences(a, b, (*path, key))]


def digest(data: Any) -> str:
    """SHA-256 of *data* as canonical JSON: neither the order of mappings nor 6 against 6.0 changes it."""
    text = json.dumps(_canonical(data), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def to_yaml(data: Mapping[str, Any], origins: Mapping[Path, Origin] | None = None) -> str:
    """*data* as YAML in the author's order, such that reading it gives *data* again.

    Args:
        data: plain settings.
        origins: origin of each path; with it each value is followed by ``# severe.yaml:12``.
    """
    if not data:
        return "{}\n"
    return "".join(f"{line}\n" for line in _mapping(data, (), "", origins or {}))


def _mapping(data: Mapping[str, Any], path: Path, indent: str, origins: Mapping[Path, Origin]) -> list[str]:
    lines: list[str] = []
    for key, value in data.items():
        lines += _entry(f"{indent}{_text(str(key))}:", value, (*path, key), indent + "  ", origins)
    return lines


def _entry(head: str, value: Any, path: Path, indent: str, origins: Mapping[Path, Origin]) -> list[str]:
    """Lines of an entry whose first line begins with *head*: on that line when it fits, else below it."""
    short = _on_one_line(value, path, origins)
    if short is not None:
        return [f"{head} {short}{_comment(path, origins)}"]
    if isinstance(value, Mapping):
        return [head, *_mapping(value, path, indent, origins)]
    lines = [head]
    for index, item in enumerate(value):
        lines += _entry(f"{indent}-", item, (*path, index), indent + "  ", origins)
    return lines


def _on_one_line(value: Any, path: Path, origins: Mapping[Path, Origin]) -> str | None:
    if isinstance(value, Mapping):
        return None if value else "{}"
    if not isinstance(value, (list, tuple)):
        return _text(value)
    if any(isinstance(item, (Mapping, list, tuple)) for item in value):
        return None
    places = [path, *((*path, index) for index in range(len(value)))]
    if len({(origin.file, origin.layer) for place in places if (origin := origins.get(place))}) > 1:
        return None
    line = f"[{', '.join(_text(item) for item in value)}]"
    return line if len(line) <= _WIDE else None


def _comment(path: Path, origins: Mapping[Path, Origin]) -> str:
    origin = origins.get(path)
    if origin is None:
        return ""
    by = f"{origin.layer} " if origin.layer.startswith("override ") else ""
    return "  # " + re.sub(r"[^ -~\xa0-\ud7ff]", " ", f"{by}{origin}")


def _text(value: Any) -> str:
    """A scalar as our reader reads it back."""
    if not isinstance(value, str):
        return json.dumps(value, allow_nan=False)
    if _SAFE.fullmatch(value) and value == value.strip() and isinstance(plain_value(value), str):
        return value
    shown = json.dumps(value, ensure_ascii=False)
    return re.sub(r"[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]", _escape, shown)


def _escape(match: re.Match[str]) -> str:
    return f"\\U{ord(match[0]):08x}"
