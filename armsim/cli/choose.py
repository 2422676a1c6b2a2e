"""``armsim choose``: the best of a file's options, with a guarantee."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from armsim.cli.execution import show_failures
from armsim.cli.output import CONDITION, FAILED, INTERRUPTED, data, data_console, say

if TYPE_CHECKING:
    from armsim.analysis.selection import Race
    from armsim.config.loader import Loaded
    from armsim.study.chosen import Asked, Chosen
    from armsim.study.plan import Study
    from armsim.study.runner import Finished, Progress

_EPILOG = """\b
Examples:
  armsim choose scenarios/review.yaml --condition 'CRITICAL held' \\
    --metric within_target:target=first_armed --indifference '2 pp'
  armsim choose scenarios/review.yaml --condition 'SEVERE held' \\
    --metric response_p90:arv --indifference '0.5 min' --confidence 0.9 -n 500

\b
Exit codes: 0 chosen; 1 not decided by -n replications; 2 bad command, scenario or figure;
3 a replication failed; 130 interrupted. The same command goes on, and so does a larger -n.
"""
#: By parameter: options of the command that are given once.
_SINGLE = {
    "indifference": "--indifference", "confidence": "--confidence", "first": "--first", "most": "-n",
    "condition": "--condition", "output": "-o", "jobs": "-j",
}  # fmt: skip


@click.command("choose", epilog=_EPILOG)
@click.argument("file")
@click.option(
    "--metric", "figure", required=True, metavar="M",
    help="The figure that options are judged by, such as within_target:target=first_armed.",
)  # fmt: skip
@click.option(
    "--indifference", required=True, metavar="X",
    help="A difference from the best that does not matter: 0.02, '2 pp', '0.5 min'.",
)  # fmt: skip
@click.option("--confidence", type=float, default=0.95, show_default=True, help="Chance that is promised.")
@click.option(
    "--first", type=click.IntRange(10, 100_000), default=20, show_default=True,
    help="Replications of every option before any is dropped.",
)  # fmt: skip
@click.option(
    "-n", "--replications", "most", type=click.IntRange(10, 100_000), default=2000, show_default=True,
    help="Replications of an option at most.",
)  # fmt: skip
@click.option("--option", "chosen", multiple=True, metavar="NAME", help="Only among these; repeatable.")
@click.option("--condition", metavar="NAME", help="Under this condition of the file.")
@click.option("--seed", type=click.IntRange(0, 2**63), help="Seed of every random stream; else study.seed.")
@click.option("--set", "sets", multiple=True, metavar="K=V", help="Change one setting; repeatable.")
@click.option("--last-wins", is_flag=True, help="When two overrides disagree, let the later one win.")
@click.option("-o", "--output", default="results", show_default=True, help="Folder of run folders.")
@click.option("-j", "--jobs", type=click.IntRange(1, 1024), help="Processes; without it, one for each core.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing on the way.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def verb(
    ctx: click.Context,
    file: str,
    figure: str,
    indifference: str,
    confidence: float,
    first: int,
    most: int,
    chosen: tuple[str, ...],
    condition: str | None,
    seed: int | None,
    sets: tuple[str, ...],
    last_wins: bool,
    output: str,
    jobs: int | None,
    quiet: bool,
    form: str,
) -> None:
    """Choose the best option of a file by one figure, and run no longer those that are beaten.

    The choice is the best, or within the indifference zone of it, with the chance promised. All options meet
    the same incidents. The run folder is that of `armsim run` with the same options.
    """
    from armsim.study.choose import parse_asked

    try:
        asked = parse_asked(figure, indifference, confidence, first, most)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    study = _study(_options(file, sets, last_wins, chosen, condition), seed)
    finished, found = _run(ctx, study, asked, output, jobs or _cores(), quiet, _command(ctx, study))
    show_failures(finished.folder, finished.failures)
    if found is None:
        ctx.exit(FAILED)
    _show(found, finished, form)
    ctx.exit(0 if found.race.decided else CONDITION)


def _options(
    file: str, sets: tuple[str, ...], last_wins: bool, chosen: tuple[str, ...], condition: str | None
) -> dict[str, Loaded]:
    """The options to choose from, all under one condition."""
    from armsim.config.loader import load_runs
    from armsim.config.options import by_condition

    found = load_runs(file, sets, last_wins, chosen, () if condition is None else (condition,))
    under = by_condition(found)
    if len(under) > 1:
        raise click.UsageError(f"options are chosen under one condition; add --condition: {', '.join(under)}")
    if len(found) < 2:
        raise click.UsageError(
            f"{file}: there is one option only, {next(iter(found))!r}; nothing to choose from"
        )
    return found


def _study(options: dict[str, Loaded], seed: int | None) -> Study:
    from armsim.study.plan import Study

    for note in dict.fromkeys(note for loaded in options.values() for note in loaded.notes):
        say(f"{note.where}  {note.path}  note: {note.message}")
    return Study(options, seed=-1 if seed is None else seed)


def _run(
    ctx: click.Context, study: Study, asked: Asked, output: str, jobs: int, quiet: bool, command: str
) -> tuple[Finished, Chosen | None]:
    from armsim.study.choose import run_choice

    told = None if quiet else _Told()
    try:
        return run_choice(
            study, asked, output, jobs=jobs, command=command,
            progress=None if told is None else told.progress, tell=None if told is None else told.look,
        )  # fmt: skip
    except KeyboardInterrupt:
        say("Interrupted; every chunk that had ended is kept. Go on with:")
        say(f"  {command}")
        ctx.exit(INTERRUPTED)


class _Told:
    """What is said on the way: looks that dropped an option, and every 50 replications how many there are."""

    def __init__(self) -> None:
        self._left = 0
        self._said = 0

    def progress(self, progress: Progress) -> None:
        """Chunks ended; how many there will be nobody knows yet."""
        if progress.done >= self._said + 50:
            self._said = progress.done
            say(f"{progress.done} replications of all options, {progress.per_minute:.3g} a minute")

    def look(self, race: Race, names: Sequence[str]) -> None:
        """A look."""
        if len(race.left) == self._left:
            return
        self._left = len(race.left)
        left = ", ".join(names[index] for index in race.left)
        more = "" if race.decided else f"; at most {race.longest - race.replications} more of each"
        say(f"After {race.replications} replications {self._left} of {len(names)} are left: {left}{more}")


def _command(ctx: click.Context, study: Study) -> str:
    """The command that goes on with this choice."""
    given = ctx.params
    said = ["armsim", "choose", given["file"], "--metric", given["figure"]]
    for key, name in _SINGLE.items():
        said += [] if given[key] is None else [name, str(given[key])]
    for key, name in {"chosen": "--option", "sets": "--set"}.items():
        for one in given[key]:
            said += [name, one]
    said += ["--last-wins"] if given["last_wins"] else []
    return shlex.join([*said, "--seed", str(study.seed)])


def _show(found: Chosen, finished: Finished, form: str) -> None:
    if form == "json":
        folder = str(finished.folder)
        data(json.dumps(found.to_dict() | {"folder": folder}, indent=2, ensure_ascii=False, allow_nan=False))
        return
    from rich.table import Table

    screen = data_console()
    table = Table(title=f"By {found.asked.figure.text}", title_justify="left")
    for head in ("Option", "Figure", "Limits", "Replications", ""):
        table.add_column(head, justify="left" if head in {"Option", ""} else "right", overflow="fold")
    for row in found.words():
        table.add_row(*row)
    screen.print(table, markup=False)
    for line in found.sentences:
        data(line)
    say(f"Results are in {finished.folder}")


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
