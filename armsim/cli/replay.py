"""``armsim replay``: one replication of a run again, told as a timeline or played on a map."""

from __future__ import annotations

import json
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from armsim.cli.output import CONDITION, FAILED, data, say
from armsim.errors import ReplicationError

if TYPE_CHECKING:
    from armsim.study.replay import Replayed
    from armsim.study.story import Event, Story
    from armsim.study.story_days import Day

_EPILOG = """\b
Examples:
  armsim replay results/severe-4f1c9a2e severe 17
  armsim replay results/severe-4f1c9a2e severe 17 --incident 2093
  armsim replay results/severe-4f1c9a2e severe 17 --format json > replication-17.json
  armsim replay results/severe-4f1c9a2e severe 17 --page day.html --from "day 7 20:00" --hours 12

\b
Exit codes: 0 done; 1 told, but it is not what the run measured; 2 bad command or run folder;
3 the replication fails again.
"""


@click.command("replay", epilog=_EPILOG)
@click.argument("run")
@click.argument("option")
@click.argument("replication", type=click.IntRange(min=0))
@click.option("--incident", type=int, help="Tell this incident; without it, each day of the window.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--page",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write a page that plays a stretch of it on a map (needs the extra interactive).",
)
@click.option(
    "--from",
    "begin",
    metavar="TIME",
    help="Where the page begins: 'day 7 20:00' (days count from 0) or a date and time. "
    "Without it, day 0, or an hour before --incident.",
)
@click.option(
    "--hours",
    type=click.FloatRange(min=0, min_open=True),
    default=24.0,
    show_default=True,
    help="Hours on the page.",
)
@click.pass_context
def verb(
    ctx: click.Context,
    run: str,
    option: str,
    replication: int,
    incident: int | None,
    form: str,
    page: Path | None,
    begin: str | None,
    hours: float,
) -> None:
    """Simulate one replication of a run folder again and tell what happened in it."""
    if page is None:
        for name, flag in (("begin", "--from"), ("hours", "--hours")):
            if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
                raise click.UsageError(f"{flag} is for --page, which says where the page goes.")
    from armsim.study.replay import replay
    from armsim.study.story import Story
    from armsim.study.story_days import days

    try:
        replayed = replay(run, option, replication, trails=page is not None)
    except ReplicationError as error:
        say("".join(traceback.format_exception(error.__cause__)) if error.__cause__ else "")
        say(str(error))
        ctx.exit(FAILED)
    story = Story(replayed)
    if page is not None:
        say(replayed.remark)
        _write_page(replayed, story, page, begin, hours, incident)
        ctx.exit(CONDITION if replayed.same is False else 0)
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


def _write_page(
    replayed: Replayed, story: Story, page: Path, begin: str | None, hours: float, incident: int | None
) -> None:
    """Write the page of a stretch, whole or not at all, and say where it is."""
    from armsim.report.day import LARGE, day_page
    from armsim.study.files import write_bytes
    from armsim.study.story_window import stretch

    try:
        part = stretch(story, begin, hours, incident)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--from") from None
    except KeyError as error:
        raise click.BadParameter(str(error.args[0]), param_hint="--incident") from None
    content = day_page(replayed, part)
    write_bytes(page, content)
    data(str(page))
    span = f"{story.clock(part.begin)} to {story.clock(part.end)}"
    say(f"{span}, {len(content) / 1e6:.1f} MB: open it in a browser.")
    if len(content) > LARGE:
        say("That is large for a browser or for mail; fewer --hours make it smaller.")


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
