"""``armsim show``: a scenario as it is resolved, who set what, and how two differ."""

from __future__ import annotations

import click

from armsim.cli.options import scenario_options
from armsim.cli.output import data, say


@click.command("show")
@click.argument("file")
@scenario_options
@click.option("--origins", is_flag=True, help="Say after each value which line set it.")
@click.option("--diff", "other", metavar="OTHER", help="Only what differs from another scenario file.")
@click.option("--list", "listing", is_flag=True, help="The overrides that --with may name.")
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
        for name, description in composed.overrides.items():
            data(f"{name}: {description}")
        if not composed.overrides:
            say(f"{file} defines no overrides")
    elif other is not None:
        found = diff(composed.data, read_scenario(other)[0].data)
        for one in found:
            data(f"{one.path}: {_shown(one.left)} -> {_shown(one.right)}")
        say(f"{len(found)} {'setting differs' if len(found) == 1 else 'settings differ'}")
    else:
        data(to_yaml(composed.data, composed.origins if origins else None))


def _shown(value: object) -> str:
    from armsim.config.compose import ABSENT
    from armsim.config.paths import show

    return "absent" if value is ABSENT else show(value)
