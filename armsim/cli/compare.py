"""``armsim compare``: options against a baseline, replication by replication."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from armsim.cli.output import data, data_console, say

if TYPE_CHECKING:
    import pandas as pd

    from armsim.study.compare import Comparison
    from armsim.study.results import Results

_EPILOG = """\b
Examples:
  armsim compare
  armsim compare results/review-1a2b3c4d --baseline now --format md
  armsim compare --metric response_p90:arv --margin 'response_p90=0.5 min'
"""
_HEADS = {
    "option": "Option",
    "figure": "Figure",
    "baseline": "Baseline",
    "value": "Option's",
    "verdict": "Verdict",
}


@click.command("compare", epilog=_EPILOG)
@click.argument("runs", nargs=-1, metavar="[RUN]...")
@click.option(
    "--baseline", metavar="NAME", help="The option the others are compared with; the first without it."
)
@click.option(
    "--metric", "figures", multiple=True, metavar="M",
    help="A figure such as response_p90:arv:level=CRITICAL; repeatable. Without it, the primary ones.",
)  # fmt: skip
@click.option(
    "--margin", "margins", multiple=True, metavar="M=X",
    help="A difference that does not matter, such as 'response_p90=0.5 min'; repeatable.",
)  # fmt: skip
@click.option("--independent", is_flag=True, help="Compare as runs on independent incidents, without pairs.")
@click.option(
    "--against", metavar="RUN", help="A run of the same options with --independent: what pairing is worth."
)
@click.option(
    "--format", "form", type=click.Choice(["table", "md", "csv", "json"]), default="table", show_default=True
)
def verb(
    runs: tuple[str, ...],
    baseline: str | None,
    figures: tuple[str, ...],
    margins: tuple[str, ...],
    independent: bool,
    against: str | None,
    form: str,
) -> None:
    """Compare options: paired differences with intervals and a verdict each.

    RUN is a run folder; without one, the newest in results. Options of several folders are compared when they
    share geography, horizon and seed.
    """
    from armsim.study.compare import compare
    from armsim.study.results import Results

    folders = [Path(run) for run in runs] or [newest(Path("results"))]
    results = [Results.open(folder) for folder in folders]
    try:
        found = compare(results, baseline, figures, margins, independent)
        worth = None if against is None else _worth(results, Results.open(against), baseline, figures)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _show(found, form)
    if worth is not None:
        for line in worth:
            say(line)


def newest(root: Path) -> Path:
    """The run folder whose manifest was written last."""
    manifests = sorted(root.glob("*/manifest.json"), key=lambda path: path.stat().st_mtime_ns)
    if not manifests:
        raise click.UsageError(f"{root} holds no run; name a run folder")
    return manifests[-1].parent


def _worth(
    results: list[Results], other: Results, baseline: str | None, figures: tuple[str, ...]
) -> list[str]:
    from armsim.study.pairing import pairing_worth, worth_words

    return worth_words(pairing_worth(results, other, baseline, figures))


def _show(found: Comparison, form: str) -> None:
    if form == "json":
        data(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
    elif form == "csv":
        data(found.table.to_csv(index=False, lineterminator="\n"))
    elif form == "md":
        data(_markdown(found))
    else:
        _table(found)


def _blocks(found: Comparison) -> list[tuple[str, pd.DataFrame]]:
    """Title and rows for each condition."""
    words = found.words()
    blocks = []
    for condition, rows in words.groupby("condition", sort=False):
        under = f", {condition!s}" if condition else ""
        blocks.append((f"{found.title}: against {found.baseline}{under}", rows[list(_HEADS)]))
    return blocks


def _markdown(found: Comparison) -> str:
    lines: list[str] = []
    for title, rows in _blocks(found):
        lines += [f"## {title}", "", f"| {' | '.join(_HEADS.values())} |", f"|{'---|' * len(_HEADS)}"]
        lines += [f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |" for row in rows.to_numpy()]
        lines.append("")
    lines += [f"- {one}" for one in found.sentences]
    lines += ["", "Settings that differ:", ""]
    lines += [f"- {line}" for line in _settings(found)]
    return "\n".join(lines) + "\n"


def _table(found: Comparison) -> None:
    from rich.table import Table

    screen = data_console()
    for title, rows in _blocks(found):
        table = Table(title=title, title_justify="left")
        for head in _HEADS.values():
            table.add_column(
                head, justify="right" if head in {"Baseline", "Option's"} else "left", overflow="fold"
            )
        before = ""
        for row in rows.to_numpy().tolist():
            if before and row[0] != before:
                table.add_section()
            table.add_row("" if row[0] == before else row[0], *row[1:])
            before = row[0]
        screen.print(table, markup=False)
    for line in (*found.sentences, "Settings that differ:", *(f"  {line}" for line in _settings(found))):
        data(line)


def _settings(found: Comparison) -> list[str]:
    lines = []
    for option, settings in found.settings.items():
        what = "; ".join(f"{path}: {there} -> {here}" for path, there, here in settings)
        lines.append(f"{option}: {what or 'none'}")
    return lines
