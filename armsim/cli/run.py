"""``armsim run``: run a scenario, or go on with it where it was left."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from armsim.cli.options import scenario_options
from armsim.cli.output import CONDITION, FAILED, INTERRUPTED, console, data, say

if TYPE_CHECKING:
    from armsim.cli.condition import Condition
    from armsim.study.plan import Study
    from armsim.study.results import Results
    from armsim.study.runner import Finished

_EPILOG = """\b
Examples:
  armsim run scenarios/severe.yaml -n 20
  armsim run scenarios/critical.yaml --with no_backfill -j 2 -o results
  armsim run scenarios/critical.yaml --fail-if 'response_p90:grade=FIREARMS:milestone=first_armed > 20'
"""


@click.command("run", epilog=_EPILOG)
@click.argument("file")
@click.option(
    "-n", "--replications", type=click.IntRange(1, 100_000), help="Replications; more continue a run."
)
@click.option("--seed", type=click.IntRange(0, 2**63), help="Seed of every random stream.")
@scenario_options
@click.option("-o", "--output", default="results", show_default=True, help="Folder of run folders.")
@click.option("-j", "--jobs", type=click.IntRange(1, 1024), help="Processes; without it, one for each core.")
@click.option(
    "--record", type=click.Choice(["metrics", "deployments", "full"]), help="How much of the log is kept."
)
@click.option("--dry-run", is_flag=True, help="Say what would be run; write nothing.")
@click.option("--fresh", is_flag=True, help="Delete what an earlier run of the same study left.")
@click.option("--no-charts", is_flag=True, help="Draw no figures.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no table.")
@click.option(
    "--fail-if", "conditions", multiple=True, metavar="COND", help="End with code 1 when this is true."
)
@click.pass_context
def verb(
    ctx: click.Context,
    file: str,
    replications: int | None,
    seed: int | None,
    overrides: tuple[str, ...],
    sets: tuple[str, ...],
    last_wins: bool,
    output: str,
    jobs: int | None,
    record: str | None,
    dry_run: bool,
    fresh: bool,
    no_charts: bool,
    quiet: bool,
    conditions: tuple[str, ...],
) -> None:
    """Run a scenario; the same command again continues, with a larger -n it goes on."""
    wanted = _conditions(conditions)
    study = _study(file, overrides, sets, last_wins, replications, seed, record)
    if dry_run:
        _announce(study, Path(output))
        return
    again = {"-o": output} | ({"-j": str(jobs)} if jobs else {})
    again |= {"-n": str(study.replications), "--seed": str(study.seed), "--record": str(study.record)}
    command = _command(file, overrides, sets, last_wins, again)
    finished = _execute(ctx, study, output, jobs or _cores(), fresh, quiet, command)
    broken = _present(finished, wanted, quiet, no_charts)
    if finished.failures:
        ctx.exit(FAILED)
    ctx.exit(CONDITION if broken else 0)


def _conditions(texts: tuple[str, ...]) -> list[Condition]:
    if not texts:
        return []
    from armsim.analysis.metrics import metrics
    from armsim.cli.condition import parse

    return [parse(text, metrics()) for text in texts]


def _study(
    file: str,
    overrides: tuple[str, ...],
    sets: tuple[str, ...],
    last_wins: bool,
    replications: int | None,
    seed: int | None,
    record: str | None,
) -> Study:
    from armsim.config.loader import load_scenario
    from armsim.domain import Record
    from armsim.study.plan import Study, option_name

    loaded = load_scenario(file, overrides, sets, last_wins)
    for note in loaded.notes:
        say(f"{note.where}  {note.path}  note: {note.message}")
    return Study(
        {option_name(loaded): loaded},
        replications or 0,
        -1 if seed is None else seed,
        None if record is None else Record(record),
    )


def _announce(study: Study, root: Path) -> None:
    """What would be run."""
    from armsim.study.plan import chunks
    from armsim.study.store import verified_parts

    folder = root / study.run_id
    for name in study.options:
        have = {index for part in verified_parts(folder, name)[0] for index in part.replications}
        left = sum(len(span) for span in chunks(study.replications, have))
        say(
            f"{name}: {left} of {study.replications} replications to run, "
            f"seed {study.seed}, record {study.record}"
        )
    data(str(folder))


def _execute(
    ctx: click.Context, study: Study, output: str, jobs: int, fresh: bool, quiet: bool, command: str
) -> Finished:
    from armsim.cli.progress import ProgressLine
    from armsim.study.runner import execute

    progress = ProgressLine(quiet)
    try:
        finished = execute(study, output, jobs=jobs, fresh=fresh, progress=progress, command=command)
    except KeyboardInterrupt:
        progress.close()
        say("Interrupted; every chunk that had ended is kept. Go on with:")
        say(f"  {command}")
        ctx.exit(INTERRUPTED)
    progress.close()
    return finished


def _present(finished: Finished, wanted: list[Condition], quiet: bool, no_charts: bool) -> bool:
    """Show what came out; returns whether a condition is true."""
    for failure in finished.failures:
        say(
            f"replication {failure.replication} of {failure.option} (seed {failure.seed}) failed: "
            f"{failure.reason}"
        )
    if finished.failures:
        say(
            f"{len(finished.failures)} failed, the others are kept; "
            f"traces are in {finished.folder / 'log.jsonl'}"
        )
    results = finished.results
    if results is None:  # none is left to show, and the failures have been
        return False
    if not quiet:
        from armsim.cli.table import result_tables

        for table in result_tables(results):
            console().print(table)
        for note in finished.notes:
            say(f"note: {note}")
    figures = None if no_charts else _draw(results, finished.folder)
    broken = [line for condition in wanted for line in condition.broken_by(results.summary())]
    for line in broken:
        say(f"--fail-if is true: {line}")
    say(_closing(finished.folder, figures))
    data(str(finished.folder))
    return bool(broken)


def _draw(results: Results, folder: Path) -> int:
    from armsim.report.charts import draw_all

    return len(draw_all(results, folder / "figures"))


def _closing(folder: Path, figures: int | None) -> str:
    where = f"Results are in {folder}"
    if figures:
        return f"{where}; open {folder / 'figures'} next, or run again with a larger -n for narrower limits."
    return f"{where}; metrics.parquet holds every figure by replication. A larger -n narrows the limits."


def _command(
    file: str, overrides: tuple[str, ...], sets: tuple[str, ...], last_wins: bool, rest: dict[str, str]
) -> str:
    """The command that goes on with this run."""
    words = ["armsim", "run", file]
    for name, given in (("--with", overrides), ("--set", sets)):
        for one in given:
            words += [name, one]
    if last_wins:
        words.append("--last-wins")
    for name, value in rest.items():
        words += [name, value]
    return shlex.join(words)


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
