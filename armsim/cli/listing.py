"""``armsim list``: names that scenarios and commands may use."""

from __future__ import annotations

import click

from armsim.cli.output import data


@click.command("list")
@click.argument("what", type=click.Choice(["metric", "dispatch", "cover", "forces"]))
def verb(what: str) -> None:
    """List metrics, dispatch policies, cover moves or forces, one a line."""
    for line in {"metric": _metrics, "dispatch": _dispatch, "cover": _cover, "forces": _forces}[what]():
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


def _forces() -> list[str]:
    from armsim.model.geography import force_names

    return [f"{slug}\t{name}" for slug, name in force_names()]
