"""What people read goes to stderr, data to stdout; and the exit codes.

0 done. 1 done, but a ``--fail-if`` or ``--strict`` condition is true. 2 bad command, scenario, data or run
folder. 3 a replication failed, the others are kept. 130 interrupted, resumable.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from armsim.errors import ArmsimError, Problem, ScenarioError
from armsim.registry import suggestion

if TYPE_CHECKING:
    from rich.console import Console

CONDITION, BAD, FAILED, INTERRUPTED = 1, 2, 3, 130


def console() -> Console:
    """Where tables for people go: stderr; colour only on a terminal without NO_COLOR."""
    from rich.console import Console

    made = Console(stderr=True, highlight=False)
    if not made.is_terminal:
        made.width = 120
    return made


def data_console(width: int = 140) -> Console:
    """Where tables of data go: stdout; *width* characters where it is no terminal."""
    from rich.console import Console

    made = Console(highlight=False)
    if not made.is_terminal:
        made.width = width
    return made


def escape_what_cannot_be_written() -> None:
    """Have stdout write a letter that its encoding lacks as an escape, as stderr does, instead of failing."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """A line for people."""
    click.echo(text, err=True)


def data(text: str) -> None:
    """Data, as it is."""
    click.echo(text, nl=not text.endswith("\n"))


def show_problems(problems: Sequence[Problem]) -> None:
    """One problem a line, then how many there are."""
    for problem in problems:
        say(str(problem))
    count, files = len(problems), len({problem.file for problem in problems})
    say(
        f"{count} {'problem' if count == 1 else 'problems'} in {files} {'file' if files == 1 else 'files'}. "
        "Nothing was run."
    )


class Verbs(click.Group):
    """A group whose verbs never show a traceback for what the user can put right."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb of the first word; click cannot suggest one, as verbs are imported when asked for."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            ctx.fail(f"No such command '{name}'{suggestion(name, self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; what is wrong with the input is shown and ends with code 2."""
        try:
            return super().invoke(ctx)
        except ScenarioError as error:
            show_problems(error.problems)
        except ArmsimError as error:
            say(str(error))
        return ctx.exit(BAD)
