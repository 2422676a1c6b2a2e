"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def scenario_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--with``, ``--set`` and ``--last-wins``."""
    function = click.option(
        "--last-wins", is_flag=True, help="When two overrides disagree, let the later one win."
    )(function)
    function = click.option(
        "--set",
        "sets",
        multiple=True,
        metavar="K=V",
        help="Change one setting, such as study.seed=2; repeatable.",
    )(function)
    return click.option(
        "--with",
        "overrides",
        multiple=True,
        metavar="NAME",
        help="Apply a named override of the file; repeatable.",
    )(function)
