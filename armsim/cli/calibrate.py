"""``armsim calibrate``: a simulator's inputs fitted to a command-and-control log."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from armsim.cli.output import data, say
from armsim.config.schema.demand import CapabilityName

if TYPE_CHECKING:
    from armsim.study.calibrate import Calibration, Settings, Span
    from armsim.study.calibrate.laid import Below

_EPILOG = """\b
Examples:
  armsim calibrate mine.log.yaml --region mine.yaml -o calibration
  armsim calibrate mine.log.yaml --from 2017-01-01 --test-from 2017-03-01 --until 2017-04-01
  armsim calibrate mine.log.yaml --region mine.yaml --units-as arv --no-charts

\b
Writes calibrated.yaml (a fragment: extends: [mine.yaml, calibrated.yaml]), calibration.json,
calibration.md and figures/. Exit codes: 0 done; 2 bad command, log or scenario.
"""
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("calibrate", epilog=_EPILOG)
@click.argument("mapping")
@click.option("--region", metavar="SCENARIO", help="Scenario whose zones the incidents are spread over.")
@click.option("--from", "first", type=_DAY, metavar="DAY", help="First day to fit to; else the log's first.")
@click.option("--until", type=_DAY, metavar="DAY", help="The day after the last of all; else the log's end.")
@click.option(
    "--test-from", type=_DAY, metavar="DAY",
    help="First day that is foreseen and not fitted; else the last quarter. The same day as --until: none.",
)  # fmt: skip
@click.option("-o", "--output", default="calibration", show_default=True, help="Folder of what is written.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63), default=1, show_default=True, help="Seed of every stream."
)
@click.option(
    "--draws", type=click.IntRange(40, 10_000), default=200, show_default=True,
    help="Samples of days behind each interval.",
)  # fmt: skip
@click.option(
    "--circuity", type=click.FloatRange(1, 3), metavar="X",
    help="Road km per straight-line km; else the scenario's, else 1.3.",
)  # fmt: skip
@click.option(
    "--units-as", type=click.Choice(get_args(CapabilityName)), default="officers", show_default=True,
    help="Capability that a unit of the log counts as in attendances.",
)  # fmt: skip
@click.option(
    "--per-unit",
    type=click.IntRange(1, 12),
    default=1,
    show_default=True,
    help="How many of it a unit brings.",
)
@click.option("--no-charts", is_flag=True, help="Draw nothing.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def verb(mapping: str, region: str | None, output: str, no_charts: bool, form: str, **given: Any) -> None:
    """Fit arrivals, places, travel, times and units to a log, and check them on days left out.

    What the log cannot give is listed and left to the scenario.
    """
    from armsim.model.logs import read_log
    from armsim.study.calibrate import calibrate
    from armsim.study.calibrate.laid import read_below

    below = None if region is None else read_below(region)
    log = read_log(mapping, project=None if below is None else below.projection)
    train, test, whole = _spans(log.covers, given)
    try:
        wanted = log if whole is None else log.between(*whole)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    zones = None if below is None else below.zones
    made = calibrate(wanted, zones, train=train, test=test, settings=_settings(below, given))
    folder = Path(output)
    made.write(folder)
    if not no_charts:
        from armsim.report.chart_calibration import draw_calibration

        draw_calibration(made, folder / "figures")
    if form == "json":
        data(json.dumps(made.to_dict(), indent=1, ensure_ascii=False))
    else:
        _table(made)
    _laid(made, below)
    say(f"Written to {folder}: calibrated.yaml, calibration.json, calibration.md.")


def _spans(covers: Span, given: dict[str, Any]) -> tuple[Span | None, Span | None, Span | None]:
    """Days to fit to, to foresee, and to look at at all; ``None`` where the defaults hold."""
    first, until = _day(given["first"]) or covers[0], _day(given["until"]) or covers[1]
    if first >= until:
        raise click.UsageError(f"the days end ({until}) before they begin ({first})")
    narrowed = (given["first"] or given["until"]) is not None
    whole = (first, until) if narrowed else None
    turn = _day(given["test_from"])
    if turn is None:
        return None, None, whole
    if not first < turn <= until:
        raise click.UsageError(f"--test-from {turn} must lie after {first} and not after {until}")
    return (first, turn), (turn, until) if turn < until else None, whole


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _settings(below: Below | None, given: dict[str, Any]) -> Settings:
    from armsim.study.calibrate import Settings

    stated = given["circuity"] or (1.3 if below is None else below.scenario.travel.circuity)
    return Settings(
        seed=given["seed"], draws=given["draws"], circuity=stated, units_as=given["units_as"],
        per_unit=given["per_unit"],
    )  # fmt: skip


def _table(made: Calibration) -> None:
    """Every figure with its interval, and what the test period says."""
    from rich.table import Table

    from armsim.cli.output import console
    from armsim.study.calibrate.words import interval, with_unit

    screen = console()
    for section in made.sections:
        if not section.lines:
            continue
        table = Table(title=section.title, title_justify="left", box=None, pad_edge=False)
        for heading, justify in (
            ("figure", "left"),
            ("value", "right"),
            ("interval", "left"),
            ("n", "right"),
        ):
            table.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]
        for line in section.lines:
            value = line.value
            cells = (line.label, with_unit(value.value, line.unit), interval(value, line.unit))
            table.add_row(*cells, f"{value.count:,.0f}")
        screen.print(table)
        judged = [check.agrees for check in section.checks]
        if judged:
            held, told = judged.count(True), len(judged) - judged.count(None)
            say(f"Test period: {held} of {told} figures foreseen within chance.")
    for section in made.sections:
        for text in section.missing:
            say(f"Not in this log: {text}.")
        for text in section.notes:
            say(f"Note: {text}.")


def _laid(made: Calibration, below: Below | None) -> None:
    """Say what keeps the fragment from being laid over the scenario that gave the region."""
    problems = () if below is None else below.problems(made.fragment, "calibrated.yaml")
    if below is not None and problems:
        say(f"Laid over {below.composed.file} as it is, the fragment would not pass armsim check:")
        for problem in problems:
            say(f"  {problem}")
