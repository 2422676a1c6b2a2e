"""``armsim validate``: a scenario held against a command-and-control log."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from armsim.cli.execution import show_failures
from armsim.cli.options import scenario_options
from armsim.cli.output import CONDITION, FAILED, INTERRUPTED, data, data_console, say

if TYPE_CHECKING:
    from armsim.analysis.agreement.findings import Finding
    from armsim.study.runner import Finished
    from armsim.study.validate.held import Validation
    from armsim.study.validate.run import Plan

_EPILOG = """\b
Examples:
  armsim validate mine.yaml --log mine.log.yaml --from 2017-03-01 --until 2017-04-01
  armsim validate mine.yaml --log mine.log.yaml --margin first_arrival_median=5% --within 6
  armsim validate mine.yaml --log mine.log.yaml --set demand.types.fire.on_scene.median="28 min"

\b
Writes validation.html, validation.json, validation.csv and, where the log names bases,
dispatch_matrix.csv. Exit codes: 0 done; 1 a measure declared primary differs by more than its
margin; others as those of run.
"""
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("validate", epilog=_EPILOG)
@click.argument("file")
@click.option("--log", "mapping", required=True, metavar="MAPPING", help="Mapping file of the log.")
@click.option("--from", "first", type=_DAY, metavar="DAY", help="First day; else the log's first.")
@click.option("--until", type=_DAY, metavar="DAY", help="The day after the last; else the log's end.")
@click.option(
    "-n", "--replications", type=click.IntRange(1, 1000), default=10, show_default=True,
    help="How often the logged period is simulated.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**63), help="Seed of every random stream; else study.seed.")
@click.option(
    "--margin", "margins", multiple=True, metavar="MEASURE=VALUE",
    help="A difference that does not matter, such as first_arrival_median=8%; repeatable.",
)  # fmt: skip
@click.option(
    "--primary", multiple=True, metavar="MEASURE", help="A measure that must not differ; repeatable."
)
@click.option(
    "--within", type=click.FloatRange(min=0, min_open=True), multiple=True, metavar="MINUTES",
    help="Compare shares within this time; repeatable. Else those of the scenario.",
)  # fmt: skip
@scenario_options
@click.option(
    "-o", "--output", default="validation", show_default=True, help="Folder of page, figures and run."
)
@click.option("-j", "--jobs", type=click.IntRange(1, 1024), help="Processes; without it, one for each core.")
@click.option("--no-page", is_flag=True, help="Figures only: no page and no charts.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
@click.pass_context
def verb(ctx: click.Context, /, **given: Any) -> None:
    """Hold a scenario against a log: simulate the logged period and compare, with a verdict a measure.

    The log's incidents are met when and where they happened; all else is the scenario's. Whether a measure
    agrees is decided against a margin stated before the run.
    """
    made = _plan(given)
    finished = _run(ctx, made, given)
    if finished.results is None:
        show_failures(finished.folder, finished.failures)
        ctx.exit(FAILED)
    found = _hold(made, finished, given)
    if given["form"] == "json":
        from armsim.study.validate.files import json_text

        data(json_text(found))
    elif given["form"] == "csv":
        from armsim.study.sheets import csv_bytes
        from armsim.study.validate.files import table_of

        data(csv_bytes(table_of(found), digits=6).decode())
    else:
        _table(found)
    if finished.failures:
        show_failures(finished.folder, finished.failures)
        ctx.exit(FAILED)
    ctx.exit(CONDITION if found.failing else 0)


def _plan(given: dict[str, Any]) -> Plan:
    from armsim.config.loader import load_scenario
    from armsim.study.validate.question import Asked
    from armsim.study.validate.run import plan

    def load(more: tuple[str, ...]) -> Any:
        return load_scenario(given["file"], given["overrides"], (*given["sets"], *more), given["last_wins"])

    asked = Asked(
        load, Path(given["file"]).parent, Path(given["mapping"]), _day(given["first"]), _day(given["until"]),
        given["margins"], given["primary"], given["within"],
    )  # fmt: skip
    try:
        return plan(asked, given["replications"], -1 if given["seed"] is None else given["seed"])
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _day(moment: datetime | None) -> Any:
    return None if moment is None else moment.date()


def _run(ctx: click.Context, made: Plan, given: dict[str, Any]) -> Finished:
    from armsim.cli.find import _cores
    from armsim.cli.progress import ProgressLine
    from armsim.study.runner import execute

    root, jobs = Path(given["output"]) / "runs", given["jobs"] or _cores()
    progress = ProgressLine(given["quiet"])
    command = shlex.join(["armsim", "validate", given["file"], "--log", given["mapping"]])
    try:
        finished = execute(made.study, root, jobs=jobs, progress=progress, command=command)
    except KeyboardInterrupt:
        progress.close()
        say("Interrupted; every chunk that had ended is kept, and the same command goes on.")
        ctx.exit(INTERRUPTED)
    progress.close()
    return finished


def _hold(made: Plan, finished: Finished, given: dict[str, Any]) -> Validation:
    from armsim.study.validate import files
    from armsim.study.validate.run import hold

    assert finished.results is not None
    found = hold(made, finished.results)
    folder = Path(given["output"])
    written = files.write(found, folder)
    if not given["no_page"]:
        from armsim.report.validation_page import write_page

        write_page(found, folder / files.PAGE)
        written = [folder / files.PAGE, *written]
    say(f"Written: {', '.join(str(path) for path in written)}")
    return found


def _table(found: Validation) -> None:
    from rich.table import Table

    screen = data_console()
    table = Table(title=f"{found.title} against {found.log}", title_justify="left")
    for head in ("Measure", "Log", "Simulation", "Difference, 90% limits", "Verdict"):
        table.add_column(head, justify="left" if head in {"Measure", "Verdict"} else "right", overflow="fold")
    for one in found.agreement.overall:
        mark = "*" if one.measure in found.primary else ""
        table.add_row(f"{one.label}{mark}", *_cells(one))
    screen.print(table, markup=False)
    for count in found.agreement.counts:
        data(
            f"{count.label} by {count.group}: {count.agrees} agree, {count.not_shown} not shown, "
            f"{count.differs} differ"
        )
    for line in (found.headline, *found.cannot, *found.remarks):
        data(line)
    data("* primary")


def _cells(one: Finding) -> tuple[str, str, str, str]:
    from armsim.report.validation_page import difference, figure, limits

    return (
        figure(one.log, one.unit), figure(one.simulated, one.unit),
        f"{difference(one, one.difference)} ({limits(one)})", one.judgement,
    )  # fmt: skip
