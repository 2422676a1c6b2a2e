"""Rates that change over the day: an expression in t, or steps."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DAY = 1440.0
_GRID = np.linspace(0.0, DAY, 28_801)
_NAMES = {"pi": np.pi, "e": np.e}
_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "sin": np.sin, "cos": np.cos, "exp": np.exp, "sqrt": np.sqrt, "abs": np.abs, "floor": np.floor,
}  # fmt: skip
_OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.Mod: operator.mod,
}  # fmt: skip
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class DayRate:
    """A rate over the day, in calls a time unit; the day is 1440 time units and repeats.

    Attributes:
        text: an expression in t, or empty.
        steps: (from, to, rate) otherwise; 0 where none holds.
    """

    text: str = ""
    steps: tuple[tuple[float, float, float], ...] = ()

    def at(self, times: Floats) -> Floats:
        """The rate at each time."""
        clock = np.mod(times, DAY)
        if self.text:
            return np.broadcast_to(np.asarray(_evaluate(_parse(self.text), clock), dtype=float), clock.shape)
        rates = np.zeros(clock.shape)
        for start, end, rate in self.steps:
            rates[(clock >= start) & (clock < end)] = rate
        return rates

    def highest(self) -> float:
        """An upper bound of the rate: the highest on a fine grid, and a thousandth more for an expression."""
        if not self.text:
            return max((rate for _, _, rate in self.steps), default=0.0)
        return float(self.at(_GRID[:-1]).max()) * 1.001

    def mean(self, start: float = 0.0, end: float = DAY) -> float:
        """Mean rate from *start* to *end* of the day, by the midpoint rule on a fine grid."""
        edges = np.linspace(start, end, 20_001)
        return float(self.at((edges[1:] + edges[:-1]) / 2).mean())


def read_rate(written: str | tuple[Any, ...]) -> DayRate:
    """The rate written as an expression in t, as rates of equal parts of the day, or as (from, to, rate).

    Raises:
        ValueError: it cannot be read, or is negative or not finite somewhere.
    """
    if isinstance(written, str):
        text = written.split(" per ")[0].strip()
        _parse(text)
        rate = DayRate(text)
    elif written and isinstance(written[0], tuple):
        rate = DayRate(steps=tuple(tuple(float(number) for number in row) for row in written))  # type: ignore[misc]
    else:
        edges = np.linspace(0.0, DAY, len(written) + 1).tolist()
        rate = DayRate(steps=tuple(zip(edges, edges[1:], map(float, written), strict=False)))
    values = rate.at(_GRID[:-1])
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise ValueError("the rate must be finite and 0 or more at every time of the day")
    return rate


def _parse(text: str) -> ast.expr:
    if len(text) > _LONGEST:
        raise ValueError(f"an expression has at most {_LONGEST} characters, got {len(text)}")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ValueError(f"{text!r} is no expression in t") from error
    for node in ast.walk(tree):
        _allow(node)
    return tree


def _allow(node: ast.AST) -> None:
    """Refuse everything but arithmetic of numbers, t, pi, e and a few functions.

    Raises:
        ValueError: something else.
    """
    names = {"t", *_NAMES, *_FUNCTIONS}
    fine = (
        isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Call, ast.Load, *_OPERATORS, ast.USub, ast.UAdd))
        or (isinstance(node, ast.Constant) and type(node.value) in (int, float))
        or (isinstance(node, ast.Name) and node.id in names)
    )
    if fine and isinstance(node, ast.Call):
        fine = isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS
        fine = fine and len(node.args) == 1 and not node.keywords
    if not fine:
        shown = getattr(node, "id", type(node).__name__)
        known = ", ".join(sorted(names))
        raise ValueError(f"{shown} cannot be used in a rate; write numbers, + - * / ** %, {known}")


def _evaluate(node: ast.expr, t: Floats) -> Any:
    with np.errstate(all="ignore"):  # what is not finite is refused by its value
        if isinstance(node, ast.Constant):
            return float(node.value)  # type: ignore[arg-type]
        if isinstance(node, ast.Name):
            return t if node.id == "t" else _NAMES[node.id]
        if isinstance(node, ast.Call):
            return _FUNCTIONS[node.func.id](_evaluate(node.args[0], t))  # type: ignore[attr-defined]
        if isinstance(node, ast.UnaryOp):
            value = _evaluate(node.operand, t)
            return -value if isinstance(node.op, ast.USub) else value
        return _operated(node, t)


def _operated(node: Any, t: Floats) -> Any:
    return _OPERATORS[type(node.op)](_evaluate(node.left, t), _evaluate(node.right, t))
