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


def choice_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--option`` and ``--condition``: some of those that the file compares."""
    function = click.option(
        "--condition",
        "under",
        multiple=True,
        metavar="NAME",
        help="Only under this condition of the file; repeatable.",
    )(function)
    return click.option(
        "--option",
        "chosen",
        multiple=True,
        metavar="NAME",
        help="Only this option of the file; repeatable. Without it, all of them.",
    )(function)
