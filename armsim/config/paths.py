"""Dotted paths into a document, and how values are shown in messages."""

from __future__ import annotations

import json
import re
from typing import Any

Path = tuple[str | int, ...]
"""Keys and list indices (from 0) from the top of a document to a place in it."""

_PART = re.compile(r'"([^"]*)"|([^."]+)')
_SHOWN = 60


def parse_path(text: str) -> Path | None:
    """Split ``a.b.0.c`` into its parts; a part that holds a dot is written in double quotes.

    Parts stay text: whether ``0`` is a key or an index depends on the document.

    Returns:
        The parts, or ``None`` when *text* is no path.
    """
    parts: list[str | int] = []
    at = 0
    while match := _PART.match(text, at):
        part = match[1] if match[1] is not None else match[2].strip()
        if not part:
            return None
        parts.append(part)
        at = match.end()
        if at == len(text):
            return tuple(parts)
        if text[at] != ".":
            return None
        at += 1
    return None


def split_set(text: str) -> tuple[str, str] | None:
    """Split ``a.b=c`` at the first ``=`` outside quotes into path and value; ``None`` without one."""
    match = re.match(r'((?:"[^"]*"|[^="])*)=(.*)', text, re.DOTALL)
    return (match[1].strip(), match[2]) if match else None


def format_path(path: Path) -> str:
    """Dotted form of *path*, the inverse of ``parse_path``: ``a.b.0`` or ``zones."St. Albans"``."""
    return ".".join(_shorten(_part(str(part))) for part in path)


def _part(part: str) -> str:
    return f'"{part}"' if not part or "." in part or "=" in part or part != part.strip() else part


def show(value: Any) -> str:
    """*value* as a reader would write it in YAML, on one line, cut to about 60 characters."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        if not value:
            return "an empty mapping"
        return _shorten("a mapping of " + ", ".join(str(key) for key in list(value)[:8]))
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, str):
        return _quote(value)
    return _shorten(json.dumps(value, default=str))


def _quote(text: str) -> str:
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return json.dumps(shown, ensure_ascii=not shown.isprintable())


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
