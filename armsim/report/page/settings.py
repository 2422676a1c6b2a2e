"""The settings of a run as its folder keeps them, with the comments that say who set each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from armsim.config.compose import ABSENT, Composed, compose
from armsim.config.paths import Path as Place

#: Stands before the comment that says who set a value.
_MARK = "  # "


@dataclass(frozen=True)
class Settings:
    """The settings of an option as its run folder keeps them, with the comments that say who set each."""

    file: Path

    @cached_property
    def composed(self) -> Composed:
        """The settings, resolved."""
        return compose(self.file)

    @cached_property
    def _lines(self) -> list[str]:
        return self.file.read_text(encoding="utf-8").splitlines()

    def value(self, path: Place) -> Any:
        """The setting at a path; ``ABSENT`` where there is none."""
        return self._walk(path)[1]

    def _walk(self, path: Place) -> tuple[Place, Any]:
        """The path with numbers where a list is entered, and what is there."""
        found: Any = self.composed.data
        typed: list[str | int] = []
        for part in path:
            try:
                typed.append(int(part) if isinstance(found, list) else part)
                found = found[typed[-1]]
            except (KeyError, IndexError, TypeError, ValueError):
                return path, ABSENT
        return tuple(typed), found

    def origin(self, path: Place) -> str:
        """Which line of which file set the value at a path, such as ``override more review.yaml:52``."""
        found = self.composed.origins.get(self._walk(path)[0])
        if found is None or found.line is None:
            return ""
        return (
            self._lines[found.line - 1].rpartition(_MARK)[2] if _MARK in self._lines[found.line - 1] else ""
        )
