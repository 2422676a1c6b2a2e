"""``armsim new``: a folder with a scenario to start from."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from armsim.cli.output import data, say
from armsim.domain import ThreatLevel

_EPILOG = """\b
Examples:
  armsim new my-force
  armsim new met --force metropolitan
  armsim new kent --force kent --level CRITICAL
  armsim new review --from review

The folder must not be there yet: nothing is ever overwritten. A starter (--force) is illustrative: bases
are placed by p-median; fleet, people and demand are scaled from published figures by rules, and each
number says how.
"""


class _WithExamples(click.Command):
    """Says in its help which examples there are; they are looked up only then."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The epilog, then the examples."""
        from armsim.config.shipped import examples

        super().format_epilog(ctx, formatter)
        with formatter.section("What --from takes"):
            formatter.write_dl(list(examples().items()))


@click.command("new", cls=_WithExamples, epilog=_EPILOG)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--from", "example", metavar="EXAMPLE", help="A shipped scenario, with what it extends.")
@click.option("--force", metavar="NAME", help="A starter for a force area; armsim list forces has all 43.")
@click.option(
    "--level",
    type=click.Choice([level.name for level in ThreatLevel], case_sensitive=False),
    help="Level that a starter is held at; SEVERE unless given. An override brings four days at CRITICAL.",
)
def verb(folder: Path, example: str | None, force: str | None, level: str | None) -> None:
    """Make the folder DIR with a scenario to start from.

    Without options it is severe.yaml, a steady state at SEVERE: the example that writes every setting out.
    """
    from armsim.study.begin import for_force, from_example

    if force is not None and example is not None:
        raise click.UsageError("--from copies an example and --force writes a starter; give one of them")
    if force is None and level is not None:
        raise click.UsageError("--level goes with --force; an example has its own levels and overrides")
    made = (
        from_example(folder, example or "severe")
        if force is None
        else for_force(folder, force, level or "SEVERE")
    )
    file = shlex.quote(str(made))
    say(f"Made {folder}. What to type next:")
    say(f"  armsim check {file}")
    say(f"  armsim explain {file}")
    say(f"  armsim run {file} -n 20")
    if force is not None:
        say(f"  armsim run {file} -n 20 --with critical_spell")
    data(str(made))
