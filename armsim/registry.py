"""Extension points: a name in a scenario file stands for a class, ours or a third party's.

Built-in classes register through the same entry-point groups as anybody else's (``pyproject.toml`` of the
package), so what our own policies can do, an author outside can do too. Something may also be registered for
one process, to try it in a notebook before it is packaged.
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


#: What is registered for this process only, by group and name.
_here: dict[tuple[str, str], Any] = {}


def register(group: str, name: str, thing: Any) -> None:
    """Register something for this process only; again under the same name, it takes the place of the first.

    Raises:
        ValueError: the name is that of something installed, or is empty.
    """
    if not name.strip() or name in _installed(group):
        raise ValueError(f"{name!r} cannot be registered in {group}: choose a name that is not installed")
    _here[group, name] = thing
    names.cache_clear()
    load.cache_clear()


def in_this_process(group: str, name: str) -> bool:
    """Whether a name is registered for this process only, so that no other process knows it."""
    return (group, name) in _here


@cache
def names(group: str) -> tuple[str, ...]:
    """Names registered in an extension group, sorted."""
    return tuple(sorted(_installed(group) | {name for where, name in _here if where == group}))


@cache
def load(group: str, name: str) -> Any:
    """The object registered as *name* in *group*.

    Raises:
        KeyError: nothing of that name is registered; the message suggests the closest name.
    """
    if (group, name) in _here:
        return _here[group, name]
    for point in entry_points(group=group):
        if point.name == name:
            return point.load()
    raise KeyError(f"{name!r} is not registered in {group}{suggestion(name, names(group))}")


def _installed(group: str) -> set[str]:
    return {point.name for point in entry_points(group=group)}
