"""``armsim run``: run a scenario, or go on with it where it was left."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from armsim.cli.closeness import (
    most,
    parse_precisions,
    precision_option,
    run_closely,
    say_cost_per_point,
    say_separation,
)
from armsim.cli.execution import execution_options, refuse_together, show_failures, show_left, words
from armsim.cli.options import choice_options, scenario_options
from armsim.cli.output import CONDITION, FAILED, INTERRUPTED, console, data, say

if TYPE_CHECKING:
    from rich.table import Table

    from armsim.cli.condition import Condition
    from armsim.config.loader import Loaded
    from armsim.study.executors import Executor
    from armsim.study.plan import Study
    from armsim.study.results import Results
    from armsim.study.runner import Finished
    from armsim.study.shards import Shard

_EPILOG = """\b
Examples:
  armsim run scenarios/severe.yaml -n 20
  armsim run scenarios/critical.yaml --with no_backfill -j 2 -o results
  armsim run scenarios/review.yaml --option now --option 'more ARVs' --condition 'CRITICAL held'
  armsim run scenarios/critical.yaml --fail-if 'response_p90:grade=FIREARMS:milestone=first_armed > 20'

\b
Exit codes: 0 done; 1 done, and a --fail-if condition is true; 2 bad command or scenario, nothing was run;
3 a replication failed, the others are kept; 130 interrupted, and the same command goes on.
"""


@click.command("run", epilog=_EPILOG)
@click.argument("file")
@click.option(
    "-n",
    "--replications",
    type=click.IntRange(1, 100_000),
    help="Replications; else study.replications of the file; more continue a run.",
)
@click.option("--seed", type=click.IntRange(0, 2**63), help="Seed of every random stream; else study.seed.")
@scenario_options
@choice_options
@execution_options
@precision_option
@click.option("-o", "--output", default="results", show_default=True, help="Folder of run folders.")
@click.option("-j", "--jobs", type=click.IntRange(1, 1024), help="Processes; without it, one for each core.")
@click.option(
    "--record",
    type=click.Choice(["metrics", "deployments", "full"]),
    help="How much of the log is kept; else study.record.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be run; write nothing.")
@click.option("--fresh", is_flag=True, help="Delete what an earlier run of the same study left.")
@click.option(
    "--charts",
    type=click.Choice(["first", "all", "none"]),
    default="first",
    show_default=True,
    help="Draw the first option under each condition, every option, or nothing.",
)
@click.option("--no-charts", is_flag=True, help="As --charts none.")
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
    chosen: tuple[str, ...],
    under: tuple[str, ...],
    shard: Shard | None,
    scheduler: str | None,
    independent: bool,
    precisions: tuple[str, ...],
    output: str,
    jobs: int | None,
    record: str | None,
    dry_run: bool,
    fresh: bool,
    charts: str,
    no_charts: bool,
    quiet: bool,
    conditions: tuple[str, ...],
) -> None:
    """Run a scenario: every option that it compares, or the one that --with makes.

    The same command again continues, with a larger -n it goes on.
    """
    refuse_together(shard, scheduler, jobs, fresh)
    wanted = _conditions(conditions)
    close = parse_precisions(precisions, shard)
    options = _options(file, overrides, sets, last_wins, chosen, under)
    study = _study(options, most(close, replications), seed, record, independent)
    if dry_run:
        _announce(study, Path(output), shard)
        return
    again = {"-o": output} | ({"-j": str(jobs)} if jobs else {}) | words(shard, scheduler, independent)
    again |= {"-n": str(study.replications), "--seed": str(study.seed), "--record": str(study.record)}
    named = [("--with", overrides), ("--set", sets), ("--option", chosen), ("--condition", under)]
    named.append(("--precision", precisions))
    command = _command(file, named, last_wins, again)
    place = {"jobs": jobs or _cores(), "shard": shard, "executor": _executor(scheduler)}
    finished = run_closely(
        study,
        close,
        fresh,
        lambda one, anew: _execute(ctx, one, output, place, anew, quiet, command),
    )
    if finished.results is None and shard is not None:
        show_left(finished, shard)
        data(str(finished.folder))
    broken = _present(finished, wanted, quiet, "none" if no_charts else charts)
    if finished.failures:
        ctx.exit(FAILED)
    ctx.exit(CONDITION if broken else 0)


def _conditions(texts: tuple[str, ...]) -> list[Condition]:
    if not texts:
        return []
    from armsim.analysis.metrics import metrics
    from armsim.cli.condition import parse

    return [parse(text, metrics()) for text in texts]


def _options(
    file: str,
    overrides: tuple[str, ...],
    sets: tuple[str, ...],
    last_wins: bool,
    chosen: tuple[str, ...],
    under: tuple[str, ...],
) -> dict[str, Loaded]:
    """Scenarios to run, by name of the option."""
    from armsim.config.loader import load_runs, load_scenario
    from armsim.study.plan import option_name

    if not overrides:
        return load_runs(file, sets, last_wins, chosen, under)
    if chosen or under:
        raise click.UsageError("--with makes an option of its own; leave out --option and --condition")
    loaded = load_scenario(file, overrides, sets, last_wins)
    return {option_name(loaded): loaded}


def _study(
    options: dict[str, Loaded],
    replications: int | None,
    seed: int | None,
    record: str | None,
    independent: bool,
) -> Study:
    from armsim.domain import Record
    from armsim.study.plan import Study

    for note in dict.fromkeys(note for loaded in options.values() for note in loaded.notes):
        say(f"{note.where}  {note.path}  note: {note.message}")
    return Study(
        options,
        replications or 0,
        -1 if seed is None else seed,
        None if record is None else Record(record),
        independent,
    )


def _announce(study: Study, root: Path, shard: Shard | None) -> None:
    """What would be run."""
    from armsim.study.runner import left_to_run

    folder = root / study.run_id
    for name, left in left_to_run(folder, study, shard).items():
        say(
            f"{name}: {left} of {study.replications} replications to run, "
            f"seed {study.seed_of(name)}, record {study.record}"
        )
    data(str(folder))


def _executor(scheduler: str | None) -> Executor | None:
    from armsim.study.executors import cluster

    return None if scheduler is None else cluster(scheduler, say)


def _execute(
    ctx: click.Context,
    study: Study,
    output: str,
    place: dict[str, Any],
    fresh: bool,
    quiet: bool,
    command: str,
) -> Finished:
    from armsim.cli.progress import ProgressLine
    from armsim.study.runner import execute

    progress = ProgressLine(quiet)
    try:
        finished = execute(study, output, **place, fresh=fresh, progress=progress, command=command)
    except KeyboardInterrupt:
        progress.close()
        say("Interrupted; every chunk that had ended is kept. Go on with:")
        say(f"  {command}")
        ctx.exit(INTERRUPTED)
    progress.close()
    return finished


def _present(finished: Finished, wanted: list[Condition], quiet: bool, charts: str) -> bool:
    """Show what came out; returns whether a condition is true."""
    show_failures(finished.folder, finished.failures)
    results = finished.results
    if results is None:  # none is left to show, and the failures have been
        return False
    if not quiet:
        for table in _tables(results):
            console().print(table)
        say_separation(results)
        say_cost_per_point(results)
        for note in finished.notes:
            say(f"note: {note}")
    figures = _draw(results, finished.folder, charts)
    broken = [line for condition in wanted for line in condition.broken_by(results.summary())]
    for line in broken:
        say(f"--fail-if is true: {line}")
    say(_closing(finished.folder, figures))
    data(str(finished.folder))
    return bool(broken)


def _tables(results: Results) -> list[Table]:
    """The main figures of one option, or a row for each of several."""
    if len(results.options) > 1:
        from armsim.cli.table_options import option_tables

        return option_tables(results, console().width)
    from armsim.cli.table import result_tables

    return result_tables(results)


def _draw(results: Results, folder: Path, charts: str) -> int:
    """Draw the charts asked for; returns how many files there are."""
    from armsim.config.options import by_condition
    from armsim.report.charts import draw_all
    from armsim.study.files import file_name

    first = [names[0] for names in by_condition(results.options).values()]
    drawn = {"none": [], "first": first, "all": list(results.options)}[charts]
    figures = folder / "figures"
    many = len(first) > 1 or charts == "all"
    return sum(len(draw_all(results, figures / file_name(one) if many else figures, one)) for one in drawn)


def _closing(folder: Path, figures: int | None) -> str:
    where = f"Results are in {folder}"
    if figures:
        return f"{where}; open {folder / 'figures'} next, or run again with a larger -n for narrower limits."
    return f"{where}; metrics.parquet has what each replication adds to them. A larger -n narrows the limits."


def _command(
    file: str, named: list[tuple[str, tuple[str, ...]]], last_wins: bool, rest: dict[str, str]
) -> str:
    """The command that goes on with this run."""
    said = ["armsim", "run", file]
    for name, given in named:
        for one in given:
            said += [name, one]
    if last_wins:
        said.append("--last-wins")
    for name, value in rest.items():
        said += [name, value] if value else [name]
    return shlex.join(said)


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
