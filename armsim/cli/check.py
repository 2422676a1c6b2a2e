"""``armsim check``: everything that is wrong with a scenario, and nothing run."""

from __future__ import annotations

import click

from armsim.cli.options import scenario_options
from armsim.cli.output import CONDITION, say
from armsim.errors import Problem, ScenarioError


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@scenario_options
@click.option("--strict", is_flag=True, help="End with code 1 when there are plausibility notes.")
@click.pass_context
def verb(
    ctx: click.Context,
    files: tuple[str, ...],
    overrides: tuple[str, ...],
    sets: tuple[str, ...],
    last_wins: bool,
    strict: bool,
) -> None:
    """Check scenario files, the geography they name included, and print every problem."""
    problems: list[Problem] = []
    notes = 0
    for file in files:
        try:
            notes += _check(file, overrides, sets, last_wins)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    ctx.exit(CONDITION if strict and notes else 0)


def _check(file: str, overrides: tuple[str, ...], sets: tuple[str, ...], last_wins: bool) -> int:
    """Check one file; returns how many plausibility notes there are."""
    from armsim.config.loader import load_scenario
    from armsim.study.worlds import world_of

    loaded = load_scenario(file, overrides, sets, last_wins)
    world = world_of(loaded)
    for note in loaded.notes:
        say(f"{note.where}  {note.path}  note: {note.message}")
    for remark in world.notes:
        say(f"{file}  note: {remark}")
    people = int(world.zones["population"].sum())
    size = f"{len(world.zones):,} zones, {people:,} residents, {len(world.types)} incident types"
    say(f"{file}: no problems; {size}")
    return len(loaded.notes)
