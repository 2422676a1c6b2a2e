"""``armsim list``: names that scenarios and commands may use."""

from __future__ import annotations

import click

from armsim.cli.output import data


@click.command("list")
@click.argument("what", type=click.Choice(["metric", "dispatch", "forces"]))
def verb(what: str) -> None:
    """List metrics, dispatch policies or forces, one a line."""
    for line in {"metric": _metrics, "dispatch": _dispatch, "forces": _forces}[what]():
        data(line)


def _metrics() -> list[str]:
    from armsim.analysis.metrics import metrics

    return [
        f"{one.name}\t{one.unit}\t{one.better}\t{one.label}; of {one.population}"
        for one in metrics().values()
    ]


def _dispatch() -> list[str]:
    from armsim import registry

    return list(registry.names("armsim.dispatch"))


def _forces() -> list[str]:
    from armsim.model.geography import force_names

    return [f"{slug}\t{name}" for slug, name in force_names()]
