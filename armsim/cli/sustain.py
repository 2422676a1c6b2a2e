"""``armsim sustain``: for how many days a threat level can be held before a limit breaks."""

from __future__ import annotations

import json
import math
import os
import shlex
from typing import TYPE_CHECKING, get_args

import click

from armsim.cli.execution import show_failures
from armsim.cli.options import scenario_options
from armsim.cli.output import FAILED, INTERRUPTED, data, data_console, say
from armsim.config.schema.duty import LevelName

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from armsim.study.plan import Study
    from armsim.study.posture import Posture
    from armsim.study.results import Results
    from armsim.study.runner import Finished
    from armsim.study.sustain import Limit, Sustained

_EPILOG = """\b
Examples:
  armsim sustain scenarios/critical.yaml
  armsim sustain scenarios/critical.yaml --without rest_days --days 120
  armsim sustain scenarios/critical.yaml --set sustain.hours=52 --format json

\b
Limits are rest_days, hours, share_over_hours and crewing: the block sustain of the scenario sets them.
Other limits, and --without, make no new run.
"""
_REPLICATIONS = 20
_DAYS_A_ROW = 7
#: By unit: how a figure is written.
_FORMS = {"days": "{:.2f}", "hours": "{:.1f}", "share": "{:.1%}"}


@click.command("sustain", epilog=_EPILOG)
@click.argument("file")
@click.option(
    "--level", type=click.Choice(get_args(LevelName)), help="Level that is held; else sustain.level."
)
@click.option("--days", type=click.IntRange(1, 365), help="Days that are looked at; else sustain.days.")
@click.option(
    "-n", "--replications", type=click.IntRange(1, 100_000), default=_REPLICATIONS, show_default=True,
    help="Replications; more continue a run.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**63), help="Seed of every random stream; else study.seed.")
@scenario_options
@click.option("-o", "--output", default="results", show_default=True, help="Folder of run folders.")
@click.option("-j", "--jobs", type=click.IntRange(1, 1024), help="Processes; without it, one for each core.")
@click.option(
    "--without",
    multiple=True,
    metavar="LIMIT",
    help="Switch this limit off, to see which is next; repeatable.",
)
@click.option("--no-charts", is_flag=True, help="Draw nothing.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def verb(
    ctx: click.Context,
    file: str,
    level: str | None,
    days: int | None,
    replications: int,
    seed: int | None,
    overrides: tuple[str, ...],
    sets: tuple[str, ...],
    last_wins: bool,
    output: str,
    jobs: int | None,
    without: tuple[str, ...],
    no_charts: bool,
    quiet: bool,
    form: str,
) -> None:
    """Hold a threat level and say for how many days officers and crews bear it.

    The level that the scenario opens at holds for a day, then the level; no attack comes. The same command
    again continues.
    """
    from armsim.study.posture import posture
    from armsim.study.sustain import limits_left, sustained

    found = posture(file, overrides, sets, last_wins, level=level, days=days)
    try:
        limits_left(found.asked, without)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--without") from None
    study = _study(found, replications, seed)
    finished = _execute(ctx, study, output, jobs or _cores(), quiet, _command(ctx, file, study))
    show_failures(finished.folder, finished.failures)
    if finished.results is not None:
        answer = sustained(finished.results, found.asked, without)
        _write(finished.results, answer, no_charts)
        _show(answer, form)
        say(f"Results are in {finished.folder}. A larger -n narrows the intervals.")
    ctx.exit(FAILED if finished.failures else 0)


def _study(found: Posture, replications: int, seed: int | None) -> Study:
    from armsim.domain import Record
    from armsim.study.plan import Study, option_name

    for note in found.plain.notes:
        say(f"{note.where}  {note.path}  note: {note.message}")
    name = f"{option_name(found.plain)} held"
    return Study({name: found.loaded}, replications, -1 if seed is None else seed, Record.METRICS)


def _execute(ctx: click.Context, study: Study, output: str, jobs: int, quiet: bool, command: str) -> Finished:
    from armsim.cli.progress import ProgressLine
    from armsim.study.runner import execute

    progress = ProgressLine(quiet)
    try:
        finished = execute(study, output, jobs=jobs, progress=progress, command=command)
    except KeyboardInterrupt:
        progress.close()
        say("Interrupted; every chunk that had ended is kept. Go on with:")
        say(f"  {command}")
        ctx.exit(INTERRUPTED)
    progress.close()
    return finished


def _command(ctx: click.Context, file: str, study: Study) -> str:
    """The command that goes on with this run."""
    said = ["armsim", "sustain", file]
    names = {"overrides": "--with", "sets": "--set", "without": "--without"}
    for key, name in names.items():
        for one in ctx.params[key]:
            said += [name, one]
    for key, name in {"level": "--level", "days": "--days", "jobs": "-j"}.items():
        if ctx.params[key] is not None:
            said += [name, str(ctx.params[key])]
    said += ["--last-wins"] if ctx.params["last_wins"] else []
    said += ["-o", ctx.params["output"], "-n", str(study.replications), "--seed", str(study.seed)]
    return shlex.join(said)


def _write(results: Results, answer: Sustained, no_charts: bool) -> None:
    """``sustain.json`` and the chart, in the run folder."""
    from armsim.study.files import write_json

    write_json(results.folder / "sustain.json", answer.to_dict())
    if no_charts:
        return
    from armsim.report.chart_sustain import draw
    from armsim.report.charts import context_of
    from armsim.report.files import save

    figures = results.folder / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    save(draw(answer, context_of(results, results.options[0])), figures)


def _show(answer: Sustained, form: str) -> None:
    if form == "json":
        data(json.dumps(answer.to_dict(), indent=2, ensure_ascii=False))
        return
    screen = data_console()
    data(answer.sentence)
    screen.print(_limits(answer), markup=False)
    _print_curve(answer, screen)
    for line in _remarks(answer):
        data(line)


def _limits(answer: Sustained) -> Table:
    """A row a limit: for how many days it is kept."""
    from rich.table import Table

    from armsim.study.sustain import span

    table = Table(title=f"{answer.level}, judged by {', '.join(answer.teams)}", title_justify="left")
    for head in ("Limit", "Figure", "Least or most", "Kept for, days", "Interval"):
        table.add_column(head, justify="left" if head in {"Limit", "Figure"} else "right", overflow="fold")
    for one in answer.limits:
        bound = f"{'least' if one.least else 'most'} {_number(one, one.limit)}"
        kept, interval = "not judged", ""
        if one.days is not None:
            all_kept = math.isinf(one.days.value)
            kept = f"all {answer.looked_at}" if all_kept else f"{one.days.value:.0f}"
            interval = span(one.days)
        table.add_row(one.name, one.figure, bound, kept, interval)
    return table


def _print_curve(answer: Sustained, screen: Console) -> None:
    """A row a week: each figure with its interval."""
    from rich.table import Table

    table = Table(title="By day of the level", title_justify="left")
    table.add_column("Day", justify="right")
    for one in answer.judged:
        table.add_column(f"{one.figure}, h" if one.unit == "hours" else one.figure, justify="right")
    last = answer.looked_at
    table.add_row("before", *[_number(one, one.before) for one in answer.judged])
    for day in sorted({1, *range(_DAYS_A_ROW, last + 1, _DAYS_A_ROW), last}):
        table.add_row(str(day), *[_cell(one, day - 1) for one in answer.judged])
    screen.print(table, markup=False)


def _cell(one: Limit, index: int) -> str:
    value, low, high = (float(part[index]) for part in (one.curve.value, one.curve.low, one.curve.high))
    limits = "" if math.isnan(low) else f" ({_number(one, low)} to {_number(one, high)})"
    return f"{_number(one, value)}{limits}"


def _number(one: Limit, value: float) -> str:
    return "none" if math.isnan(value) else _FORMS[one.unit].format(value)


def _remarks(answer: Sustained) -> list[str]:
    said = [
        f"{answer.replications} replications; intervals hold at {answer.confidence:.0%} for each day alone "
        "and show simulation noise only."
    ]
    if len(answer.teams) > 1:
        said.append(
            f"Figures are pooled over the teams; --set sustain.teams=[{answer.teams[0]}] judges one alone."
        )
    if any(one.days is None for one in answer.limits):
        said.append("No crews of armed response vehicles are planned: crewing is not judged.")
    said += [
        f"{one.figure}: beyond the limit already on the day before {answer.level}."
        for one in answer.limits
        if one.passed_before
    ]
    if math.isnan(answer.days.low):
        said.append("All replications are alike, or there is one: no interval can be told.")
    return said


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
