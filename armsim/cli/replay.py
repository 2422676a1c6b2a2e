"""``armsim replay``: one replication of a run again, told as a timeline."""

from __future__ import annotations

import json
import traceback
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from armsim.cli.output import CONDITION, FAILED, data, say
from armsim.errors import ReplicationError

if TYPE_CHECKING:
    from armsim.study.replay import Replayed
    from armsim.study.story import Event
    from armsim.study.story_days import Day

_EPILOG = """\b
Examples:
  armsim replay results/severe-4f1c9a2e severe 17
  armsim replay results/severe-4f1c9a2e severe 17 --incident 2093
  armsim replay results/severe-4f1c9a2e severe 17 --format json > replication-17.json

\b
Exit codes: 0 done; 1 told, but it is not what the run measured; 2 bad command or run folder;
3 the replication fails again.
"""


@click.command("replay", epilog=_EPILOG)
@click.argument("run", type=click.Path(exists=True, file_okay=False))
@click.argument("option")
@click.argument("replication", type=click.IntRange(min=0))
@click.option("--incident", type=int, help="Tell this incident; without it, each day of the window.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def verb(
    ctx: click.Context, run: str, option: str, replication: int, incident: int | None, form: str
) -> None:
    """Simulate one replication of a run folder again and tell what happened in it."""
    from armsim.study.replay import replay
    from armsim.study.story import Story
    from armsim.study.story_days import days

    try:
        replayed = replay(run, option, replication)
    except ReplicationError as error:
        say("".join(traceback.format_exception(error.__cause__)) if error.__cause__ else "")
        say(str(error))
        ctx.exit(FAILED)
    story = Story(replayed)
    try:
        told: list[Any] = days(story) if incident is None else story.events(incident)
    except KeyError as error:
        raise click.BadParameter(str(error.args[0]), param_hint="--incident") from None
    say(replayed.remark)
    if form == "json":
        data(json.dumps(_as_data(replayed, incident, told), indent=2, ensure_ascii=False))
    else:
        title = f"{option}, replication {replication}, seed {replayed.seed}"
        lines = _days(title, told) if incident is None else _events(f"{title}, incident {incident}", told)
        data("\n".join(lines))
    ctx.exit(CONDITION if replayed.same is False else 0)


def _as_data(replayed: Replayed, incident: int | None, told: list[Any]) -> dict[str, Any]:
    head = {
        "option": replayed.option,
        "replication": replayed.replication,
        "seed": replayed.seed,
        "digest": replayed.digest,
        "stored": replayed.stored or None,
        "same": replayed.same,
    }
    if incident is None:
        return head | {"days": [asdict(day) for day in told]}
    return head | {"incident": incident, "events": [asdict(event) for event in told]}


def _days(title: str, told: list[Day]) -> list[str]:
    lines = [title]
    for day in told:
        lines += ["", f"{day.date} (day {day.number})", *(f"  {sentence}" for sentence in day.sentences)]
        lines += [f"  Worth a look: incident {look.incident}, {look.at}: {look.why}." for look in day.looks]
    return lines


def _events(title: str, told: list[Event]) -> list[str]:
    return [title, "", *(f"{event.at}  {event.text}" for event in told)]
