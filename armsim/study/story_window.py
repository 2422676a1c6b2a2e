"""A stretch of a replication: from when until when, read from what somebody typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time

from armsim.domain import MINUTES_PER_DAY, MINUTES_PER_HOUR
from armsim.study.story import Story

_DAY = re.compile(r"day\s+(\d+)(?:\s+(\d{1,2}):([0-5]\d))?", re.I)
_WRITE = "write 'day 7 20:00' (days count from 0) or a date and time such as 2018-03-12 20:00"
#: Minutes shown of what was before an incident that is asked for.
_BEFORE = 60.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Minutes from the opening of the window."""

    begin: float
    end: float


def stretch(story: Story, begin: str | None, hours: float, incident: int | None = None) -> Stretch:
    """The stretch of a replication that is asked for, cut at the end of its log.

    Args:
        story: the replication.
        begin: day or date and time; left out, the first day, or an hour before *incident*.
        hours: how long, above 0.
        incident: number of an incident.

    Raises:
        ValueError: *begin* is no time, or none of the window; the message says what there is.
        KeyError: there is no such incident.
    """
    if begin is not None:
        start = _minute(story, begin)
    elif incident is not None:
        start = max(story.row(incident)["received_at"] - _BEFORE, 0.0)
    else:
        start = 0.0
    ends = float(story.tables["threat"]["end"].max())
    if not 0 <= start < min(story.world.scenario.window, ends):
        last = story.clock(story.world.scenario.window)
        raise ValueError(f"{begin} is not in the window, which is {story.clock(0)} to {last}; {_WRITE}")
    return Stretch(start, min(start + hours * MINUTES_PER_HOUR, ends))


def _minute(story: Story, text: str) -> float:
    """Minutes from the opening of the window to a typed time."""
    found = _DAY.fullmatch(text.strip())
    if found:
        day, hour, minute = (int(part or 0) for part in found.groups())
        if hour > 23:
            raise ValueError(f"{text!r} is no time: hours go to 23; {_WRITE}")
        return day * MINUTES_PER_DAY + hour * MINUTES_PER_HOUR + minute
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no time; {_WRITE}") from None
    if at.tzinfo is not None:
        raise ValueError(f"{text!r} names a time zone; clocks here are local; {_WRITE}")
    opens = datetime.combine(story.world.scenario.start, time())
    return (at - opens).total_seconds() / 60
