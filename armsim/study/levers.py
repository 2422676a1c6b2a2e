"""Levers: settings that are turned, and the values that they are turned to.

``units.arv.vehicles=2..10`` is 2, 3, ... 10, ``=2..10/2`` every second, ``=5,7,9`` those alone. Paths joined
by + move together: ``teams.arv.establishment+units.arv.vehicles=52:7,60:8`` has two steps of two settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

#: Values of all levers together, more of which would be a slip of the pen.
MOST = 1000
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)(?:/(\d+(?:\.\d+)?))?")


@dataclass(frozen=True)
class Lever:
    """Settings that are turned together.

    Attributes:
        paths: what is set.
        steps: values of the paths at each step, in the order in which they were written: from least.
    """

    paths: tuple[str, ...]
    steps: tuple[tuple[str, ...], ...]

    @property
    def name(self) -> str:
        """The paths, joined by +."""
        return "+".join(self.paths)

    def sets(self, step: int) -> tuple[str, ...]:
        """The settings at a step, such as ``units.arv.vehicles=7``."""
        return tuple(f"{path}={value}" for path, value in zip(self.paths, self.steps[step], strict=True))

    def number(self, step: int) -> float:
        """Where a step stands on an axis: its first value, or its place when that is no number."""
        try:
            return float(self.steps[step][0])
        except ValueError:
            return float(step)

    @property
    def numeric(self) -> bool:
        """Whether every step has a number."""
        return all(re.fullmatch(r"-?\d+(\.\d+)?", step[0]) for step in self.steps)

    @property
    def span(self) -> str:
        """First and last step in words, such as ``2 to 10``."""
        return f"{':'.join(self.steps[0])} to {':'.join(self.steps[-1])}"


def parse_lever(text: str) -> Lever:
    """A lever as typed.

    Raises:
        ValueError: not of one of the forms above, or it has fewer than two different values.
    """
    head, sign, tail = text.partition("=")
    paths = tuple(part.strip() for part in head.split("+"))
    if not sign or not all(paths):
        raise ValueError(f"{text!r} is no lever; write one such as 'units.arv.vehicles=2..10'")
    if len(set(paths)) < len(paths):
        raise ValueError(f"{text!r} names a setting twice")
    steps = tuple(step for part in tail.split(",") for step in _steps(part.strip(), len(paths), text))
    if len(steps) < 2 or len(set(steps)) < len(steps):
        raise ValueError(f"{text!r} needs two values or more, each once")
    return Lever(paths, steps)


def parse_levers(texts: Sequence[str]) -> tuple[Lever, ...]:
    """One lever or two, as typed.

    Raises:
        ValueError: one cannot be read, there are others than one or two, both turn one setting, or there are
            too many values.
    """
    levers = tuple(parse_lever(text) for text in texts)
    if not 1 <= len(levers) <= 2:
        raise ValueError(f"turn one lever or two, got {len(levers)}; join settings that move together by +")
    paths = [path for lever in levers for path in lever.paths]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    if twice:
        raise ValueError(f"both levers turn {twice[0]}")
    count = len(list(places(levers)))
    if count > MOST:
        raise ValueError(f"the levers have {count} values together; at most {MOST} may be asked for")
    return levers


def places(levers: Sequence[Lever]) -> Iterator[tuple[int, ...]]:
    """Steps of each lever, for every combination, the last lever turning first."""
    return product(*(range(len(lever.steps)) for lever in levers))


def sets_of(levers: Sequence[Lever], place: Sequence[int]) -> tuple[str, ...]:
    """All settings at a combination of steps."""
    pairs = zip(levers, place, strict=True)
    return tuple(one for lever, step in pairs for one in lever.sets(step))


def option_name(levers: Sequence[Lever], place: Sequence[int]) -> str:
    """What the option at a combination of steps is called: its settings."""
    return ", ".join(sets_of(levers, place))


def _steps(part: str, paths: int, text: str) -> Iterator[tuple[str, ...]]:
    found = _RANGE.fullmatch(part)
    if found is not None and paths == 1:
        yield from ((value,) for value in _range(found, text))
        return
    values = (part,) if paths == 1 else tuple(one.strip() for one in part.split(":"))
    if len(values) != paths or not all(values):
        raise ValueError(f"{text!r}: {part!r} must give {paths} value{'s joined by :' * (paths > 1)}")
    yield values


def _range(found: re.Match[str], text: str) -> Iterator[str]:
    first, last, step = Decimal(found[1]), Decimal(found[2]), Decimal(found[3] or 1)
    if last <= first or step == 0:
        raise ValueError(f"{text!r}: a range rises, such as 2..10 or 0.2..0.8/0.1")
    count = int((last - first) / step)
    if count > MOST:
        raise ValueError(f"{text!r} has {count + 1} values; at most {MOST} may be asked for")
    yield from (str(first + index * step) for index in range(count + 1))
