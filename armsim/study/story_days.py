"""What happened in a replication, day by day: levels, attacks, counts, long waits, incidents worth a look."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from armsim.domain import MINUTES_PER_DAY, Grade, Outcome, ThreatLevel
from armsim.study.story import Story

_LOOKS = 5
Row = dict[str, float]


@dataclass(frozen=True)
class Look:
    """An incident worth a look.

    Attributes:
        incident: its number.
        at: when it was received.
        why: what is special about it.
    """

    incident: int
    at: str
    why: str


@dataclass(frozen=True)
class Day:
    """A day of the window.

    Attributes:
        number: from 0.
        date: such as ``Mon 05 Mar``.
        sentences: what happened.
        looks: its incidents worth a look.
    """

    number: int
    date: str
    sentences: tuple[str, ...]
    looks: tuple[Look, ...]


def days(story: Story) -> list[Day]:
    """The days of the window of a replication."""
    window = story.world.scenario.window
    counted = [row for row in story.incidents.values() if 0 <= row["received_at"] < window]
    by_day: dict[int, list[Row]] = {}
    for row in counted:
        by_day.setdefault(int(row["received_at"] // MINUTES_PER_DAY), []).append(row)
    told = []
    for number in range(math.ceil(window / MINUTES_PER_DAY)):
        rows = sorted(by_day.get(number, []), key=lambda row: row["received_at"])
        sentences = (
            *_levels(story, number),
            *_attacks(story, rows),
            _counts(story, rows),
            *_waits(rows),
        )
        date = story.clock(number * MINUTES_PER_DAY)[:10]
        told.append(Day(number, date, sentences, tuple(_looks(story, rows))))
    return told


def _levels(story: Story, day: int) -> Iterator[str]:
    begin, end = day * MINUTES_PER_DAY, (day + 1) * MINUTES_PER_DAY
    threat = story.tables["threat"]
    for level, start in zip(threat["level"].tolist(), threat["start"].tolist(), strict=True):
        name = ThreatLevel(int(level)).name
        if begin <= start < end and start > 0:
            yield f"The threat level changes to {name} at {story.clock(start)[-8:-3]}."
        elif day == 0 and start <= 0 < threat["end"][threat["start"] == start].max():
            yield f"The threat level is {name}."


def _attacks(story: Story, rows: Sequence[Row]) -> Iterator[str]:
    calls = Counter(int(row["attack"]) for row in rows if row["attack"] >= 0)
    for attack, count in sorted(calls.items()):
        first = next(row for row in rows if row["attack"] == attack)
        yield (
            f"Attack {attack}: {count} calls, the first at {story.clock(first['received_at'])[-8:-3]} "
            f"in {story.zone(first)} (incident {int(first['incident'])})."
        )


def _counts(story: Story, rows: Sequence[Row]) -> str:
    grades = Counter(Grade(int(row["grade"])) for row in rows)
    graded = ", ".join(
        f"{grades[grade]} {story.grade({'grade': float(grade)})}" for grade in Grade if grades[grade]
    )
    ended = Counter(Outcome(int(row["outcome"])) for row in rows)
    lost = f"; {ended[Outcome.LOST]} lost" if ended[Outcome.LOST] else ""
    again = sum(row["requeued"] > 0 for row in rows)
    left = f"; {again} left by a unit that was diverted" if again else ""
    return f"{len(rows)} incidents received{': ' if graded else ''}{graded}{lost}{left}."


def _waits(rows: Sequence[Row]) -> Iterator[str]:
    for grade, column, words in (
        (Grade.FIREARMS, "first_armed_at", "First armed officers at firearms incidents"),
        (Grade.G1, "first_officer_at", "First officer at grade 1 incidents"),
    ):
        waits = [_wait(row, column) for row in rows if row["grade"] == grade]
        came = [wait for wait in waits if not math.isnan(wait)]
        if came:
            yield f"{words}: median {statistics.median(came):.1f} min, longest {max(came):.1f} min."


def _looks(story: Story, rows: Sequence[Row]) -> Iterator[Look]:
    """Longest waits by grade, lost firearms and grade 1 incidents, and those left most often."""
    chosen: dict[int, str] = {}
    for grade, column, who in (
        (Grade.FIREARMS, "first_armed_at", "armed officers"),
        (Grade.G1, "first_officer_at", "an officer"),
        (Grade.G2, "first_officer_at", "an officer"),
    ):
        ours = [row for row in rows if row["grade"] == grade]
        for row in ours:
            if row["outcome"] == Outcome.LOST and grade != Grade.G2:
                chosen[int(row["incident"])] = f"{story.grade(row)}, lost: nobody came in time"
        came = [row for row in ours if not math.isnan(row[column])]
        if came:
            worst = max(came, key=lambda row: (_wait(row, column), -row["incident"]))
            text = f"{story.grade(worst)}, {_wait(worst, column):.1f} min to {who}, the longest of the day"
            chosen.setdefault(int(worst["incident"]), text)
    left = max(rows, key=lambda row: (row["requeued"], -row["incident"]), default=None)
    if left is not None and left["requeued"] > 0:
        times = "once" if left["requeued"] == 1 else f"{int(left['requeued'])} times"
        chosen.setdefault(int(left["incident"]), f"{story.grade(left)}, left {times} for other work")
    for incident in list(chosen)[:_LOOKS]:
        yield Look(incident, story.clock(story.incidents[incident]["received_at"]), chosen[incident])


def _wait(row: Row, column: str) -> float:
    return row[column] - row["received_at"]
