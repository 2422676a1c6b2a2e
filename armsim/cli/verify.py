"""``armsim verify``: systems with known exact results, run by the ordinary engine and judged."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from armsim.cli.output import CONDITION, INTERRUPTED, data, say

if TYPE_CHECKING:
    from armsim.study.verify.cases import Case
    from armsim.study.verify.judge import Judged

_EPILOG = """\b
Examples:
  armsim verify --quick
  armsim verify my_cases.json -j 2 --format json > verdicts.json

\b
A quantity passes when its exact value lies within the 99% interval and that interval is narrow enough.
Exit codes: 0 the acceptance rule holds; 1 it does not; 2 a file is wrong.
"""
_COLUMNS = ("case", "metric", "exact", "simulated", "99% interval", "z", "verdict")
_WIDTHS = (30, 46, 12, 12, 26, 7, 8)


@click.command("verify", epilog=_EPILOG)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--quick", is_flag=True, help="A look: fewer calls, and intervals may be three times as wide.")
@click.option("-j", "--jobs", type=click.IntRange(1, 1024), help="Processes; without it, one for each core.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63), default=1, show_default=True, help="Seed of every stream."
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def verb(
    ctx: click.Context, files: tuple[str, ...], quick: bool, jobs: int | None, seed: int, form: str
) -> None:
    """Compare the engine with exact results: of the packaged cases, or of files of cases."""
    from armsim.study.verify import runner
    from armsim.study.verify.observe import StillOpenError
    from armsim.study.verify.reading import read_cases

    cases = read_cases(files)
    effort = runner.QUICK if quick else runner.FULL
    table = form == "table"
    if table:
        data(_row(_COLUMNS))
    try:
        judged = runner.verify(cases, effort, seed, jobs or _cores(), _tell if table else None)
    except KeyboardInterrupt:
        say("Interrupted; nothing is kept.")
        ctx.exit(INTERRUPTED)
    except StillOpenError as error:
        say(f"{error} NOT accepted")
        ctx.exit(CONDITION)
    if not table:
        data(json.dumps([_record(one) for one in judged], indent=1, ensure_ascii=False))
    ctx.exit(0 if _sum_up(cases, judged) else CONDITION)


def _tell(_: Case, judged: list[Judged]) -> None:
    for one in judged:
        low, high = one.simulated - one.half_width, one.simulated + one.half_width
        interval = f"{_number(low)} to {_number(high)}"
        cells = (one.case, one.cell.label, _number(one.cell.exact), _number(one.simulated), interval)
        data(_row((*cells, f"{one.z:.2f}", one.verdict)))


def _row(cells: tuple[str, ...]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip()


def _number(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else "none"


def _record(one: Judged) -> dict[str, object]:
    """A verdict as plain data; what is not a number is null."""
    numbers = {
        "exact": one.cell.exact,
        "simulated": one.simulated,
        "low": one.simulated - one.half_width,
        "high": one.simulated + one.half_width,
        "half_width_allowed": one.bound,
        "z": one.z,
    }
    known = {name: value if math.isfinite(value) else None for name, value in numbers.items()}
    return {"case": one.case, "metric": one.cell.label, **known, "verdict": one.verdict}


def _sum_up(cases: list[Case], judged: list[Judged]) -> bool:
    """Say how it went; returns whether the acceptance rule holds."""
    from armsim.study.verify.judge import accepted, allowed_outside, outside, results

    counted = results(judged)
    for line in _left_out(cases):
        say(line)
    for one in judged:
        if one.judged and one.verdict in ("wide", "wrong"):
            width = (
                f"half-width {_number(one.half_width)}, allowed {_number(one.bound)}, |z| {abs(one.z):.1f}"
            )
            say(f"{one.case}  {one.cell.label}  {one.verdict}: {width}")
    beyond, holds = outside(counted), accepted(judged)
    share = 1 - len(beyond) / len(counted) if counted else 1.0
    say(
        f"{len(cases)} cases, {len(counted)} metrics; {share:.1%} inside their 99% interval "
        f"({len(beyond)} outside, at most {allowed_outside(len(counted))} allowed): "
        f"{'accepted' if holds else 'NOT accepted'}"
    )
    return holds


def _left_out(cases: list[Case]) -> Iterator[str]:
    from armsim.study.verify.quantities import NOT_SIMULATED

    for case in cases:
        for name in case.expected:
            if name in NOT_SIMULATED:
                yield f"{case.id}  {name}  not simulated: {NOT_SIMULATED[name]}"


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
