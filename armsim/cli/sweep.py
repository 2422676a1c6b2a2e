"""``armsim sweep``: would the answer survive other assumptions?"""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from armsim.cli.execution import show_failures
from armsim.cli.options import choice_options
from armsim.cli.output import FAILED, INTERRUPTED, data, say

if TYPE_CHECKING:
    from armsim.study.plan import Study
    from armsim.study.runner import Finished
    from armsim.study.sweep import Sweep
    from armsim.study.sweep_report import Found

_EPILOG = """\b
Examples:
  armsim sweep scenarios/review.yaml --dry-run
  armsim sweep scenarios/review.yaml --factor travel --option now --option 'more ARVs'
  armsim sweep scenarios/severe.yaml --factor demand --metric response_p90:arv -n 40
  armsim sweep scenarios/severe.yaml --factor travel --design morris --trajectories 6

\b
Assumptions are the entries of sources: with a low and a high. Each run is an ordinary study in one folder:
the same command goes on, and so do more assumptions, a larger -n and the other design.
"""
_TRAJECTORIES = 10


@click.command("sweep", epilog=_EPILOG)
@click.argument("file")
@click.option(
    "--metric", "figures", multiple=True, metavar="M",
    help="A figure such as response_p90:arv; repeatable. Without it, the primary ones.",
)  # fmt: skip
@click.option(
    "--factor", "wanted", multiple=True, metavar="PATH",
    help="Only this assumption, or all below this path; repeatable. Without it, all of them.",
)  # fmt: skip
@click.option(
    "--skip", "skipped", multiple=True, metavar="PATH", help="Leave out this one, or all below; repeatable."
)
@click.option(
    "--design", type=click.Choice(["oat", "morris"]), default="oat", show_default=True,
    help="One assumption at a time, or elementary effects of Morris from joint settings.",
)  # fmt: skip
@click.option("--trajectories", type=click.IntRange(2, 1000), help=f"Of Morris; {_TRAJECTORIES} without it.")
@click.option(
    "-n",
    "--replications",
    type=click.IntRange(1, 100_000),
    help="Replications of every run; else study.replications.",
)
@click.option("--seed", type=click.IntRange(0, 2**63), help="Seed of every random stream; else study.seed.")
@click.option(
    "--set", "sets", multiple=True, metavar="K=V", help="Change one setting of every run; repeatable."
)
@click.option("--last-wins", is_flag=True, help="When two overrides disagree, let the later one win.")
@choice_options
@click.option("-o", "--output", default="results", show_default=True, help="Folder of run folders.")
@click.option("-j", "--jobs", type=click.IntRange(1, 1024), help="Processes; without it, one for each core.")
@click.option("--dry-run", is_flag=True, help="Say what would be run, and which ranges are not swept.")
@click.option("--no-charts", is_flag=True, help="Draw nothing.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@click.option(
    "--format", "form", type=click.Choice(["table", "md", "csv", "json"]), default="table", show_default=True
)
@click.pass_context
def verb(
    ctx: click.Context,
    file: str,
    figures: tuple[str, ...],
    wanted: tuple[str, ...],
    skipped: tuple[str, ...],
    design: str,
    trajectories: int | None,
    replications: int | None,
    seed: int | None,
    sets: tuple[str, ...],
    last_wins: bool,
    chosen: tuple[str, ...],
    under: tuple[str, ...],
    output: str,
    jobs: int | None,
    dry_run: bool,
    no_charts: bool,
    quiet: bool,
    form: str,
) -> None:
    """Sweep the assumptions of a scenario over their plausible ranges.

    Says which assumption moves the figures, whether the ranking of the options survives, and which assumption
    would overturn it. An option that sets a value itself keeps it.
    """
    from armsim.study.sweep import plan, play, see
    from armsim.study.sweep_report import Found

    if trajectories and design == "oat":
        raise click.UsageError("--trajectories are those of --design morris")
    steps = (trajectories or _TRAJECTORIES) if design == "morris" else 0
    try:
        sweep = plan(
            file, sets=sets, last_wins=last_wins, options=chosen, conditions=under, wanted=wanted,
            skipped=skipped, figures=figures, trajectories=steps, replications=replications or 0,
            seed=-1 if seed is None else seed,
        )  # fmt: skip
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    folder = Path(output) / sweep.folder
    if dry_run:
        _announce(sweep, folder)
        return
    runner = _Runner(sweep, folder, jobs or _cores(), quiet, _command())
    try:
        played = play(sweep, runner)
        found = Found(see(played))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except KeyboardInterrupt:
        say("Interrupted; every chunk that had ended is kept. Go on with:")
        say(f"  {_command()}")
        ctx.exit(INTERRUPTED)
    found.write(folder)
    if not no_charts:
        _draw(found, folder)
    _show(found, form)
    say(f"Results are in {folder}. A larger -n narrows the limits.")
    if played.failures:
        show_failures(folder, played.failures)
        ctx.exit(FAILED)


class _Runner:
    """Runs the studies of a sweep in its folder, and says how far it is."""

    def __init__(self, sweep: Sweep, folder: Path, jobs: int, quiet: bool, command: str) -> None:
        self._folder, self._jobs, self._quiet, self._command = folder, jobs, quiet, command
        self._done, self._total = 0, len(sweep.settings) + 1

    def __call__(self, study: Study, what: str) -> Finished:
        from armsim.study.runner import execute

        finished = execute(study, self._folder, jobs=self._jobs, command=self._command)
        self._done += 1
        if not self._quiet:
            runs, place = len(study.options) * study.replications, f"{self._done} of at most {self._total}"
            say(f"{place}: {what}: {finished.ran} of {runs} replications run now")
        return finished


def _announce(sweep: Sweep, folder: Path) -> None:
    """What would be run."""
    for one in sweep.factors:
        runs = "" if len(one.runs) == len(sweep.ground.runs) else f", in {len(one.runs)} of the runs"
        say(f"{one.path}: {one.low} to {one.high}, the file says {one.base}{runs}")
    for left in sweep.not_swept:
        say(f"not swept: {left.path}: {left.reason}")
    count = sum(
        sum(any(name in factor.runs for factor, _ in setting.ends) for name in sweep.ground.runs)
        for setting in sweep.settings
    )
    count += len(sweep.ground.runs)
    say(
        f"{len(sweep.factors)} assumptions, {len(sweep.settings)} settings besides the file: at most {count} "
        f"runs of {sweep.study.replications} replications"
    )
    data(str(folder))


def _draw(found: Found, folder: Path) -> None:
    """Tornado charts of the first option under each condition."""
    if found.design != "oat":
        return
    from armsim.config.options import run_name
    from armsim.report.chart_tornado import draw
    from armsim.report.charts import context_of
    from armsim.report.files import save
    from armsim.study.files import file_name
    from armsim.study.results import Results
    from armsim.study.sweep_report import GROUPS

    results = Results.open(found.seen.played.base)
    figures = folder / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    for names in found.seen.played.sweep.conditions.values():
        context = context_of(results, names[0])
        for (condition, option, metric, about), rows in found.table.groupby(GROUPS, sort=False):
            if names[0] == run_name(str(option), str(condition)):
                words = [str(one) for one in (metric, about, condition) if one]
                name = file_name("_".join(["tornado", *words]).replace(", ", "_").replace(" ", "_"))
                chart = draw(rows, context, name)
                if chart is not None:
                    save(chart, figures)


def _show(found: Found, form: str) -> None:
    if form == "json":
        data(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
    elif form == "csv":
        data(found.table.to_csv(index=False, lineterminator="\n"))
    else:
        from armsim.cli.table_sweep import markdown, print_tables

        for line in found.sentences:
            data(f"- {line}" if form == "md" else line)
        if form == "md":
            data(markdown(found))
        else:
            print_tables(found)


def _command() -> str:
    """The command that goes on with this sweep: the one that was typed."""
    return shlex.join(["armsim", *sys.argv[1:]])


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
