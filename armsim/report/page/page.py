"""The page as a whole: its sections in order, the template filled, the file written."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from armsim.report.page import interactive
from armsim.report.page.answer import answer
from armsim.report.page.parts import Section
from armsim.report.page.people import money, people
from armsim.report.page.places import areas
from armsim.report.page.question import question
from armsim.report.page.register import changes, days, identity, method, sources
from armsim.report.page.sections import (
    Drawn,
    attack,
    availability,
    hours,
    options_compared,
    others,
    responses,
    second,
)
from armsim.report.page.view import View, view_of
from armsim.study import files
from armsim.study.results import Results

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Written:
    """A page that was written.

    Attributes:
        path: where.
        size: bytes.
        static: whether it holds drawn charts only.
        notes: what has to be said besides.
    """

    path: Path
    size: int
    static: bool
    notes: tuple[str, ...]


def write_page(results: Results, path: Path, static: bool = False) -> Written:
    """Write the report of a run as one HTML file, whole or not at all; the same run gives the same bytes.

    Args:
        results: the run.
        path: the file.
        static: drawn charts only, though the extra ``interactive`` is there.

    Raises:
        RunFolderError: the file cannot be written, or the settings in the run folder are missing.
        ScenarioError: the settings in the run folder are damaged.
    """
    view = view_of(results)
    plain = static or not interactive.available()
    content = page_of(view, static=plain).encode("utf-8")
    files.write_bytes(path, content)
    return Written(path, len(content), plain, unfinished(view))


def page_of(view: View, *, static: bool) -> str:
    """The text of the page."""
    specs = {} if static else interactive.charts(view)
    return rendered(
        title=view.results.title,
        line=_line(view),
        run_id=view.results.run_id,
        version=str(view.manifest["versions"]["armsim"]),
        notes=unfinished(view),
        sections=sections_of(view, specs),
        specs=specs,
    )


def rendered(
    *,
    title: str,
    line: str,
    run_id: str,
    version: str,
    notes: Sequence[str],
    sections: Sequence[Section],
    specs: Mapping[str, Any] | None = None,
) -> str:
    """The template filled; other pages of armsim are made with it too.

    Args:
        title: heading.
        line: what stands under it.
        run_id: identifier of the run.
        version: of armsim.
        notes: what must be said before anything else.
        sections: in order.
        specs: charts to be explored, by name.
    """
    world = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_plain,
    )
    return world.get_template("page.html").render(
        title=title,
        line=line,
        run_id=run_id,
        version=version,
        notes=notes,
        sections=sections,
        style=Markup((_TEMPLATES / "page.css").read_text(encoding="utf-8")),
        behaviour=Markup((_TEMPLATES / "page.js").read_text(encoding="utf-8")),
        library=Markup(interactive.script()) if specs else "",
        specs=Markup(_harmless(specs)) if specs else "",
    )


def sections_of(view: View, specs: Mapping[str, Any]) -> list[Section]:
    """The sections of a report in order, those without figures left out.

    Args:
        view: the run.
        specs: charts to be explored, by name; a picture whose chart is not there stays as it is drawn.
    """
    drawn = Drawn(view, frozenset(specs))
    made = [
        question(view), answer(view), options_compared(view), responses(view, drawn), hours(drawn),
        areas(view, drawn), availability(view, drawn), attack(view), second(view, drawn), people(view),
        money(view), changes(view), sources(view), method(view, drawn.take(["replications_enough"])),
        identity(view),
    ]  # fmt: skip
    made.insert(-4, others(drawn))
    return [one for one in made if one.blocks]


def unfinished(view: View) -> tuple[str, ...]:
    """What is missing of the run, in sentences; nothing when it is whole."""
    asked = int(view.manifest.get("replications", 0))
    short = [
        f"{name} has {len(one.totals):,}"
        for name, one in view.results.data.items()
        if len(one.totals) < asked
    ]
    absent = [name for name in view.manifest.get("options", ()) if name not in view.results.data]
    said = []
    if short or absent:
        whole = [*short, *(f"{name} has none" for name in absent)]
        said.append(f"This run is not whole: of {asked:,} replications of each option, {'; '.join(whole)}.")
    failed = len(view.manifest.get("failures", ()))
    if failed:
        said.append(f"{failed:,} replication{' has' if failed == 1 else 's have'} failed; see run identity.")
    return tuple(said)


def _line(view: View) -> str:
    """What was run, in a line under the title."""
    scenario = view.results.option().scenario
    parts = [f"{len(view.heads)} option{'' if len(view.heads) == 1 else 's'}"]
    if len(view.conditions) > 1:
        parts[0] += f" under {len(view.conditions)} conditions"
    parts.append(f"{days(scenario.window)} from {scenario.start.day} {scenario.start:%B %Y}")
    parts.append(f"{view.results.replications:,} replication{'' if view.results.replications == 1 else 's'}")
    return " · ".join(parts)


def _plain(value: object) -> object:
    """Text of a run without signs that turn the reading direction or that no page may hold."""
    if type(value) is not str:
        return value
    return "".join(sign for sign in value if sign == "\n" or unicodedata.category(sign)[0] != "C")


def _harmless(specs: Mapping[str, Any]) -> str:
    """JSON that no browser takes for markup wherever it stands."""
    text = json.dumps(specs, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
