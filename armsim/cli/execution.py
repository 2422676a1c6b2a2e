"""Where ``armsim run`` runs: shards and clusters as options, and what is said of them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from armsim.cli.output import say

if TYPE_CHECKING:
    from armsim.study.runner import Finished
    from armsim.study.shards import Shard
    from armsim.study.store import Failure

_SHOWN = 10


def _shard(ctx: click.Context, param: click.Parameter, value: str | None) -> Shard | None:  # noqa: ARG001
    from armsim.study.shards import Shard

    try:
        return None if value is None else Shard.parse(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def execution_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--shard``, ``--scheduler`` and ``--independent``."""
    function = click.option(
        "--independent", is_flag=True, help="Run each option on incidents of its own: what pairing gains."
    )(function)
    function = click.option(
        "--scheduler", metavar="URL", help="Run on the Dask cluster of this scheduler, as tcp://host:8786."
    )(function)
    return click.option(
        "--shard",
        metavar="I/N",
        callback=_shard,
        help="Run part I of N, for array jobs on a shared folder; the last to end derives the results.",
    )(function)


def refuse_together(shard: Shard | None, scheduler: str | None, jobs: int | None, fresh: bool) -> None:
    """Refuse what cannot be asked for at once.

    Raises:
        click.UsageError: it is.
    """
    if shard is not None and scheduler is not None:
        raise click.UsageError("--shard and --scheduler are two ways of sharing the work; choose one")
    if shard is not None and fresh:
        raise click.UsageError("--fresh with --shard would delete what other shards have done")
    if scheduler is not None and jobs is not None:
        raise click.UsageError(
            "-j is of this machine; with --scheduler the cluster says how many run at once"
        )


def words(shard: Shard | None, scheduler: str | None, independent: bool) -> dict[str, str]:
    """What of these the command that goes on with the run must say; an option without value is ``""``."""
    said = {"--shard": str(shard)} if shard is not None else {}
    said |= {"--scheduler": scheduler} if scheduler is not None else {}
    return said | ({"--independent": ""} if independent else {})


def show_failures(folder: Path, failures: Sequence[Failure]) -> None:
    """Each replication that failed, with the command that runs it again alone."""
    for failure in failures[:_SHOWN]:
        say(
            f"replication {failure.replication} of {failure.option} (seed {failure.seed}) failed: "
            f"{failure.reason}\n  again, alone: {replay_command(folder, failure.option, failure.replication)}"
        )
    if len(failures) > _SHOWN:
        say(f"and {len(failures) - _SHOWN} more")
    if failures:
        say(f"{len(failures)} failed, the others are kept; traces are in {folder / 'log*.jsonl'}")


def replay_command(folder: Path, option: str, replication: int) -> str:
    """The command that runs a replication of a run folder again."""
    return shlex.join(["armsim", "replay", str(folder), option, str(replication)])


def show_left(finished: Finished, shard: Shard | None) -> None:
    """What a shard says at its end when the results are not derived yet."""
    left = f"{finished.left} replications of other shards are left" if finished.left else "others still run"
    say(
        f"Shard {shard}: {finished.ran} replications run, {left}. The last shard to end derives the results, "
        "and so does `armsim run` without --shard at any later time."
    )
