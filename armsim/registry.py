"""Extension points: a name in a scenario file stands for a class, ours or a third party's.

Built-in classes register through the same entry-point groups as anybody else's (``pyproject.toml`` of the
package), so what our own policies can do, an author outside can do too.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points
from typing import Any


def suggestion(word: str, known: Iterable[str]) -> str:
    """``; did you mean X?`` for the closest known word, or the list of known words when none is close."""
    choices = sorted(known)
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]}?"
    if 0 < len(choices) <= 12:
        return f"; expected one of: {', '.join(choices)}"
    return ""


@cache
def names(group: str) -> tuple[str, ...]:
    """Names registered in an extension group, sorted."""
    return tuple(sorted({point.name for point in entry_points(group=group)}))


@cache
def load(group: str, name: str) -> Any:
    """The object registered as *name* in *group*.

    Raises:
        KeyError: nothing of that name is registered; the message suggests the closest name.
    """
    for point in entry_points(group=group):
        if point.name == name:
            return point.load()
    raise KeyError(f"{name!r} is not registered in {group}{suggestion(name, names(group))}")
