"""The report that people read: a table for each section, what is missing, and how the test agrees."""

from __future__ import annotations

import math
from collections.abc import Iterator

from armsim.study.calibrate.ground import Ground
from armsim.study.calibrate.record import Check, Line, Section
from armsim.study.calibrate.words import interval, plain, with_unit


def page(ground: Ground, sections: tuple[Section, ...], digest: str, version: str) -> str:
    """The page as Markdown."""
    return "\n".join(_lines(ground, sections, digest, version)) + "\n"


def _lines(ground: Ground, sections: tuple[Section, ...], digest: str, version: str) -> Iterator[str]:
    log, settings = ground.log, ground.settings
    yield f"# Calibration on {log.name}"
    yield ""
    yield f"- Fitted to {ground.train.words}: {len(ground.train.incidents):,} incidents."
    if ground.test is None:
        yield "- There is no test period: nothing here has been checked against days it was not fitted to."
    else:
        yield f"- Checked on {ground.test.words}: {len(ground.test.incidents):,} incidents."
    rejected = len(log.rejected)
    yield f"- {log.rows:,} rows were read, {rejected:,} of them kept aside as bad."
    yield (
        f"- Intervals are at {settings.level:.0%} from {settings.draws} samples of whole days "
        f"(seed {settings.seed}). They show what other days of the same kind would have given, and nothing "
        "else."
    )
    yield f"- armsim {version}; log {digest}."
    for text in (*log.notes, *ground.notes):
        yield f"- {_sentence(text)}"
    yield ""
    yield "## Not in this log"
    yield ""
    absent = [f"- {section.title}: {text}" for section in sections for text in section.missing]
    yield from absent or ["- Nothing is missing."]
    yield ""
    yield "What is not fitted is not in the fragment either: a scenario keeps its own value there."
    for section in sections:
        if section.lines or section.checks:
            yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield f"## {section.title}"
    yield ""
    for text in section.notes:
        yield f"- {_sentence(text)}"
    if section.notes:
        yield ""
    yield "| figure | value | interval | n | how, and how well |"
    yield "|---|---:|---|---:|---|"
    yield from map(_row, section.lines)
    if section.checks:
        yield ""
        yield "Foreseen from the training period, and what happened:"
        yield ""
        yield "| figure | foreseen | observed | interval | difference | within chance |"
        yield "|---|---:|---:|---|---:|---|"
        yield from map(_check, section.checks)


def _row(line: Line) -> str:
    value = line.value
    cells = (line.label, with_unit(value.value, line.unit), interval(value, line.unit),
             f"{value.count:,.0f}", line.remark)  # fmt: skip
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _check(check: Check) -> str:
    gap = check.difference
    if not math.isfinite(gap):
        difference = ""
    elif check.unit == "share":
        difference = f"{gap * 100:+.1f} points"
    else:
        difference = f"{gap:+.2f}" if check.unit == "nats" else f"{gap:+.1%}"
    limits = interval(check.observed, check.unit) or interval(check.predicted, check.unit)
    agrees = {True: "yes", False: "no", None: "cannot be told"}[check.agrees]
    foreseen, seen = with_unit(check.predicted.value, check.unit), plain(check.observed.value, check.unit)
    cells = (check.label, foreseen, seen, limits, difference, agrees)
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
