"""``armsim log``: what a command-and-control log holds, before anything is made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from armsim.cli.output import Verbs, data, say

if TYPE_CHECKING:
    import pandas as pd

_EPILOG = """\b
Examples:
  armsim log check calls.log.yaml
  armsim log check calls.log.yaml --rejects bad_rows.csv
  armsim log check calls.log.yaml --format json > calls.json

\b
Exit codes: 0 the log can be used; 2 it cannot, or the mapping file is wrong.
"""
_TYPES = 12


@click.group("log", cls=Verbs)
def verb() -> None:
    """Read command-and-control logs: to look at here, for calibrate, validate and as demand."""


@verb.command("check", epilog=_EPILOG)
@click.argument("mapping", type=click.Path(path_type=Path))
@click.option(
    "--folder", type=click.Path(path_type=Path), metavar="DIR",
    help="Where the files are that the mapping names; without it, beside the mapping.",
)  # fmt: skip
@click.option(
    "--rejects", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write every bad row to a CSV file: its number, column, value and what is wrong.",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(mapping: Path, folder: Path | None, rejects: Path | None, form: str) -> None:
    """Read a log through its mapping file and say what is in it, what is not, and which rows are bad."""
    from armsim.model.logs import RefusedLogError, read_log
    from armsim.model.logs.summary import summary

    try:
        log = read_log(mapping, folder)
    except RefusedLogError as error:
        if rejects is not None:
            _write(rejects, error.rejected)
        raise
    found = summary(log)
    if form == "json":
        data(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for line in _lines(found):
            data(line)
    if rejects is not None:
        _write(rejects, log.rejected)
    elif len(log.rejected):
        say("To see every bad row: --rejects FILE")


@verb.command("schema")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
def schema(output: Path | None) -> None:
    """Print the JSON Schema of mapping files, for editors."""
    from armsim.config.logs import mapping_schema
    from armsim.study.files import write_bytes

    text = json.dumps(mapping_schema(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        data(text)
        return
    write_bytes(output, text.encode())
    say(f"Wrote {output}. Begin a mapping file with: # yaml-language-server: $schema={output.name}")


def _write(path: Path, rejected: pd.DataFrame) -> None:
    from armsim.study.files import write_bytes
    from armsim.study.sheets import csv_bytes

    write_bytes(path, csv_bytes(rejected))
    say(f"Wrote {len(rejected):,} bad {'row' if len(rejected) == 1 else 'rows'} to {path}")


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['name']} ({found['time_zone']})"
    incidents, units = found["incidents"], found["unit_responses"]
    yield f"  {found['rows']:,} rows: {incidents:,} incidents, {units:,} unit responses"
    busiest = found["busiest_day"]
    yield (
        f"  {found['first_day']} to {found['last_day']}, {found['days']:,} days; "
        f"median {busiest['median_day']:g} incidents a day, most {busiest['incidents']:,} on {busiest['day']}"
    )
    gaps = [first if first == last else f"{first} to {last}" for first, last in found["gaps"]]
    yield f"  days without an incident: {', '.join(gaps) or 'none'}"
    yield from _counts("types", found["types"])
    if set(found["kinds"]) - {""}:
        yield from _counts("kinds of unit", found["kinds"])
    sent = found["units_sent"]
    yield f"  units sent to an incident: {'not in the log' if sent is None else f'{sent:.2f} on average'}"
    yield from _clocks(found)
    yield from _bad(found)
    for note in found["notes"]:
        yield f"  note: {note}"


def _counts(what: str, counts: dict[str, int]) -> Iterator[str]:
    shown = [f"{name or 'none'} {count:,}" for name, count in list(counts.items())[:_TYPES]]
    more = f" and {len(counts) - _TYPES} more" if len(counts) > _TYPES else ""
    yield f"  {what}: {', '.join(shown)}{more}"


def _clocks(found: dict[str, Any]) -> Iterator[str]:
    from armsim.model.logs.summary import INTERVAL_WORDS

    yield "  minutes                          known   median      p90"
    for name, words in INTERVAL_WORDS.items():
        spread = found["intervals"].get(name)
        if spread is None or not spread["count"]:
            yield f"    {words:30}not in the log"
        else:
            yield f"    {words:30}{spread['count']:7,}{spread['median']:9.2f}{spread['p90']:9.2f}"


def _bad(found: dict[str, Any]) -> Iterator[str]:
    if not found["rejected"]:
        yield "  bad rows: none"
        return
    total = sum(one["rows"] for one in found["rejected"])
    yield f"  bad rows kept aside: {total:,} ({total / found['rows']:.2%})"
    for one in found["rejected"]:
        column = f"{one['column']}: " if one["column"] else ""
        first = f"row {one['first_row']}, {one['value']!r}"
        yield f"    {one['rows']:,} x {column}{one['reason']} (first: {first})"
