"""What is asked of ``armsim validate``: a scenario, a log, a window, and what the result is held to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from armsim.analysis.agreement.margins import DEFAULTS, Margin, known, margins
from armsim.config.loader import Loaded
from armsim.config.schema.scenario import Scenario
from armsim.config.validate import problem
from armsim.errors import DataError, Problem, ScenarioError
from armsim.model.logs.record import Log
from armsim.registry import suggestion

#: Days of a window at most; a scenario's window has no more.
_MOST_DAYS = 366


Load = Callable[[tuple[str, ...]], Loaded]


@dataclass(frozen=True)
class Asked:
    """What is asked.

    Attributes:
        load: loads the scenario with more settings on top, as ``--set`` has them.
        folder: folder of the scenario file.
        mapping: mapping file of the log.
        first: first day; ``None`` for the log's.
        until: the day after the last; ``None`` for the log's end.
        margins: margins of the command line, such as ``first_arrival_median=8%``.
        primary: measures that must not differ; none for the scenario's.
        within: minutes whose shares are compared; none for the scenario's.
    """

    load: Load
    folder: Path
    mapping: Path
    first: date | None = None
    until: date | None = None
    margins: tuple[str, ...] = ()
    primary: tuple[str, ...] = ()
    within: tuple[float, ...] = ()


@dataclass(frozen=True)
class HeldTo:
    """What the comparison is judged by, all of it said before the run.

    Attributes:
        margins: by measure.
        stated: where a margin that is not the usual one was stated: ``scenario`` or ``command line``.
        primary: measures that must not differ.
        within: times whose shares are compared, minutes.
    """

    margins: dict[str, Margin]
    stated: dict[str, str]
    primary: tuple[str, ...]
    within: tuple[float, ...]


def held_to(
    loaded: Loaded, given: Sequence[str] = (), primary: Sequence[str] = (), within: Sequence[float] = ()
) -> HeldTo:
    """What a comparison is judged by: the usual margins, the scenario's, those of the command line.

    Args:
        loaded: the scenario.
        given: margins such as ``first_arrival_median=8%``.
        primary: measures that must not differ, in place of the scenario's.
        within: minutes, in place of the scenario's.

    Raises:
        ScenarioError: what the scenario says under ``validation`` is no measure, or a margin of another kind.
        ValueError: the same of the command line.
    """
    written = loaded.scenario.validation
    problems = list(_unknown(loaded))
    if problems:
        raise ScenarioError(problems)
    typed = dict(_typed(given))
    for name in primary:
        _must_be_known(name)
    texts = dict(written.margins) | typed
    stated = dict.fromkeys(written.margins, "scenario") | dict.fromkeys(typed, "command line")
    limits = tuple(within) or written.within or _of_targets(loaded.scenario)
    return HeldTo(margins(texts), stated, tuple(primary) or written.primary, tuple(sorted(set(limits))))


def _unknown(loaded: Loaded) -> Iterator[Problem]:
    """What is wrong with the scenario's own margins and primary measures, where it is written."""
    written = loaded.scenario.validation
    for name, text in written.margins.items():
        path = ("validation", "margins", name)
        if not known(name):
            yield problem(loaded.composed, path, f"no measure{suggestion(name, DEFAULTS)}", at_key=True)
            continue
        try:
            Margin.parse(text, name)
        except ValueError as error:
            yield problem(loaded.composed, path, str(error))
    for index, name in enumerate(written.primary):
        if not known(name):
            text = f'"{name}" is no measure{suggestion(name, DEFAULTS)}'
            yield problem(loaded.composed, ("validation", "primary", index), text)


def _typed(given: Sequence[str]) -> Iterator[tuple[str, str]]:
    for text in given:
        name, equals, margin = text.partition("=")
        if not equals:
            raise ValueError(
                f"write a margin as MEASURE=VALUE, such as first_arrival_median=8%, got {text!r}"
            )
        _must_be_known(name.strip())
        Margin.parse(margin, name.strip())
        yield name.strip(), margin.strip()


def _must_be_known(name: str) -> None:
    if not known(name):
        hint = suggestion(name, DEFAULTS) or f"; there are {', '.join(DEFAULTS)}"
        raise ValueError(f"no measure is called {name!r}{hint}")


def _of_targets(scenario: Scenario) -> tuple[float, ...]:
    """Times of the scenario's targets for a first arrival."""
    limits = {one for target in scenario.targets.values() for one in (target.urban, target.rural)}
    return tuple(sorted(limits))[:4]


@dataclass(frozen=True)
class Window:
    """Days that are simulated again.

    Attributes:
        first: the first.
        until: the day after the last.
    """

    first: date
    until: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.until - self.first).days

    @classmethod
    def of(cls, log: Log, first: date | None, until: date | None) -> Window:
        """The window asked for, or the whole log.

        Raises:
            DataError: it is empty, too long, or reaches beyond the log.
        """
        begins, ends = log.covers
        window = cls(first or begins, until or ends)
        if not window.first < window.until:
            raise DataError(
                f"the window from {window.first} until {window.until} holds no day; --until is the day after "
                "the last"
            )
        if window.days > _MOST_DAYS:
            raise DataError(
                f"the window from {window.first} until {window.until} has {window.days} days; at most "
                f"{_MOST_DAYS}: say --from and --until"
            )
        if window.first < begins or window.until > ends:
            raise DataError(
                f"the window from {window.first} until {window.until} reaches beyond the log {log.name!r}, "
                f"which runs from {begins} until {ends}"
            )
        return window
