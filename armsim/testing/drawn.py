"""Hypothesis, imported only when a check is run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def try_drawn(draw: Callable[[Any], Any], test: Callable[[Any], None], examples: int) -> None:
    """Call *test* with so many drawn cases, the same every time.

    Args:
        draw: makes the strategy of a case, given the module ``hypothesis.strategies``.
        test: raises ``AssertionError`` for a bad case; hypothesis then looks for a smaller one.
        examples: number of cases.
    """
    from hypothesis import HealthCheck, Phase, given, settings, strategies  # noqa: PLC0415 (for tests only)

    quiet: Any = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )

    def each(case: Any) -> None:
        test(case)

    drawn: Any = given(draw(strategies))
    tried: Any = quiet(drawn(each))
    tried()
