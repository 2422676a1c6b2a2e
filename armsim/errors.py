"""Every exception armsim raises on purpose, and the record of what is wrong with an input.

ArmsimError
├── ScenarioError      a scenario file, or what it refers to, is wrong: carries every problem found
├── DataError          a data file (zones, matrix, roads, packaged geography) is wrong or damaged
├── RunFolderError     a run folder cannot be written, reopened or resumed
└── ReplicationError   a replication failed: carries option, index and seed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input, with where it is and what would be right.

    Attributes:
        message: what is wrong, the value, what would be right; one sentence, no full stop.
        path: dotted path inside the document, such as ``units.arv.crew``; empty for the whole document.
        file: the file as the user named it; ``None`` for the command line or a value made in Python.
        line: line in the file, from 1; ``None`` when unknown.
        column: column in the line, from 1; ``None`` when unknown.
        severity: ``error`` stops the run; ``note`` is a plausibility remark.
    """

    message: str
    path: str = ""
    file: str | None = None
    line: int | None = None
    column: int | None = None
    severity: str = "error"

    @property
    def where(self) -> str:
        """``file:line:column`` as far as known, such as ``critical.yaml:7:12``."""
        parts = [self.file or "<command line>"]
        if self.line is not None:
            parts.append(str(self.line))
            parts.append(str(self.column if self.column is not None else 1))
        return ":".join(parts)

    def __str__(self) -> str:
        return "  ".join(part for part in (self.where, self.path, self.message) if part)


class ArmsimError(Exception):
    """Root of all errors that armsim raises on purpose."""


class ScenarioError(ArmsimError):
    """A scenario is wrong; ``problems`` holds every fault found, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DataError(ArmsimError):
    """A data file is missing, damaged or inconsistent; the message names the file and the remedy."""


class RunFolderError(ArmsimError):
    """A run folder cannot be written, reopened or resumed; the message says why and what to do."""


class ReplicationError(ArmsimError):
    """A replication failed; the others are kept."""

    def __init__(self, option: str, index: int, seed: int, reason: str) -> None:
        self.option, self.index, self.seed, self.reason = option, index, seed, reason
        super().__init__(f"replication {index} of option {option!r} (seed {seed}) failed: {reason}")

    def __reduce__(self) -> tuple[type[ReplicationError], tuple[str, int, int, str]]:
        return type(self), (self.option, self.index, self.seed, self.reason)
