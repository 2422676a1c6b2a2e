"""``armsim show``: a scenario as it is resolved, who set what, and how two differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from armsim.cli.options import scenario_options
from armsim.cli.output import data, say

if TYPE_CHECKING:
    from armsim.config.compose import Composed


_EPILOG = """\b
Examples:
  armsim show scenarios/critical.yaml --origins
  armsim show scenarios/critical.yaml --diff scenarios/severe.yaml
  armsim show scenarios/review.yaml --list
  armsim show scenarios/severe.yaml --with one_more_arv_crew > mine.yaml
"""


@click.command("show", epilog=_EPILOG)
@click.argument("file")
@scenario_options
@click.option("--origins", is_flag=True, help="Say after each value which line set it.")
@click.option("--diff", "other", metavar="OTHER", help="Only what differs from another scenario file.")
@click.option("--list", "listing", is_flag=True, help="The options, conditions and overrides of the file.")
def verb(
    file: str,
    overrides: tuple[str, ...],
    sets: tuple[str, ...],
    last_wins: bool,
    origins: bool,
    other: str | None,
    listing: bool,
) -> None:
    """Print a scenario with all that it extends and every change applied, as YAML."""
    from armsim.config.compose import diff, to_yaml
    from armsim.config.loader import read_scenario

    composed, _ = read_scenario(file, overrides, sets, last_wins)
    if listing:
        _list(composed)
    elif other is not None:
        found = diff(composed.data, read_scenario(other)[0].data)
        for one in found:
            data(f"{one.path}: {_shown(one.left)} -> {_shown(one.right)}")
        say(f"{len(found)} {'setting differs' if len(found) == 1 else 'settings differ'}")
    else:
        data(to_yaml(composed.data, composed.origins if origins else None))


def _list(composed: Composed) -> None:
    """Options, conditions, then overrides with what each is for, one a line."""
    found = composed.choices
    for word, listed in (("option", found.options), ("condition", found.conditions)):
        for name, one in listed.items():
            data(f"{word} {name}: {', '.join(one.overrides) or 'as the file says'}")
    for name, description in composed.overrides.items():
        data(f"{name}: {description}")
    if not composed.overrides:
        say(f"{composed.file} defines no overrides")


def _shown(value: object) -> str:
    from armsim.config.compose import ABSENT
    from armsim.config.paths import show

    return "absent" if value is ABSENT else show(value)
