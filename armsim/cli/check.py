"""``armsim check``: everything that is wrong with a scenario, and nothing run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from armsim.cli.options import scenario_options
from armsim.cli.output import CONDITION, say
from armsim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from armsim.config.options import Choices


_EPILOG = """\b
Examples:
  armsim check scenarios/severe.yaml
  armsim check scenarios/severe.yaml scenarios/critical.yaml --strict
  armsim check scenarios/severe.yaml --set units.arv.vehicles=9

\b
Every option under every condition is checked. Exit codes: 0 no problem; 1 notes, with --strict;
2 problems, each with file, line and column.
"""


@click.command("check", epilog=_EPILOG)
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
    """Check one file, with all that it compares unless --with is given; returns how many notes there are."""
    from armsim.config.loader import every_run, load_runs, load_scenario
    from armsim.study.worlds import world_of

    if overrides:
        loaded = {"": load_scenario(file, overrides, sets, last_wins)}
    else:
        loaded = load_runs(file, sets, last_wins)
    first = next(iter(loaded.values())).composed
    if not first.choices:
        loaded = dict(zip([""], loaded.values(), strict=True))
    worlds = every_run(loaded, lambda name: world_of(loaded[name]), first.files)
    notes = list(dict.fromkeys(note for one in loaded.values() for note in one.notes))
    for note in notes:
        say(f"{note.where}  {note.path}  note: {note.message}")
    for remark in dict.fromkeys(remark for world in worlds.values() for remark in world.notes):
        say(f"{file}  note: {remark}")
    world = next(iter(worlds.values()))
    people = int(world.zones["population"].sum())
    size = f"{len(world.zones):,} zones, {people:,} residents, {len(world.types)} incident types"
    say(f"{file}: no problems; {size}{'' if overrides else _compared(first.choices)}")
    return len(notes)


def _compared(found: Choices) -> str:
    """What the file compares, in words; empty where it compares nothing."""
    parts = [
        f"{len(listed)} {word if len(listed) == 1 else f'{word}s'} ({', '.join(listed)})"
        for word, listed in (("option", found.options), ("condition", found.conditions))
        if listed
    ]
    return f"; {' under '.join(parts)}" if parts else ""
