"""``armsim list``: names that scenarios and commands may use."""

from __future__ import annotations

import json

import click

from armsim.cli.output import data, say

_FORCES = {
    "force": "force", "people": "people", "km2": "km2", "officers": "officers", "specials": "specials",
    "operations": "operations", "operations_from": "from", "operations_year": "year", "arvs": "ARVs a shift",
}  # fmt: skip
_FORCES_NOTE = """\
People: Census 2011. Officers (full-time) and special constables: 30 September 2018. Operations: authorised
firearms operations in 2017/18; from: P published for the force, P* in the year shown and scaled, A assumed,
R or R* its share of a region's total, N of the nation's. ARVs a shift: by the rules of starter scenarios, not
a published figure.
A starter: armsim new DIR --force NAME"""


_EPILOG = """\b
Examples:
  armsim list metric
  armsim list forces
  armsim list forces --format csv > forces.csv
"""


@click.command("list", epilog=_EPILOG)
@click.argument("what", type=click.Choice(["metric", "dispatch", "cover", "forces"]))
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), help="Of forces: how they are printed."
)
def verb(what: str, form: str | None) -> None:
    """List metrics, dispatch policies, cover moves or forces, one a line."""
    if what == "forces":
        _forces(form or "table")
        return
    if form is not None:
        raise click.UsageError("--format goes with forces")
    for line in {"metric": _metrics, "dispatch": _dispatch, "cover": _cover}[what]():
        data(line)


def _metrics() -> list[str]:
    from armsim.analysis.metrics import metrics

    return [
        f"{one.name}\t{one.unit}\t{one.better}\t{one.label}; of {one.population}"
        for one in metrics().values()
    ]


def _dispatch() -> list[str]:
    return _registered("armsim.dispatch")


def _cover() -> list[str]:
    return _registered("armsim.cover")


def _registered(group: str) -> list[str]:
    """Names of a group of extensions, and the first line of what each says of itself."""
    from inspect import getdoc

    from armsim import registry

    words = {
        name: (getdoc(registry.load(group, name)) or "").partition("\n")[0] for name in registry.names(group)
    }
    return [f"{name}\t{text}" for name, text in words.items()]


def _forces(form: str) -> None:
    """Forces with what is published of them; the table leaves out what csv and json add."""
    from armsim.model.starter import force_table

    table = force_table()
    if form == "csv":
        data(table.to_csv(index=False, lineterminator="\n"))
    elif form == "json":
        data(json.dumps(table.to_dict("records"), indent=2, ensure_ascii=False))
    else:
        shown = table[list(_FORCES)].rename(columns=_FORCES)
        numbers = shown.select_dtypes("number").columns
        shown[numbers] = shown[numbers].map(lambda number: f"{number:,}")
        cells = [shown.columns.tolist(), *shown.to_numpy().tolist()]
        widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
        for name, *rest in cells:
            others = (text.rjust(width) for text, width in zip(rest, widths[1:], strict=True))
            data(f"{name.ljust(widths[0])}  {'  '.join(others)}")
        say(_FORCES_NOTE)
