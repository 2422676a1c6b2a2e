"""Shows the examples of a verb's help as code: as prose they would lose their quotes and their line ends."""

from __future__ import annotations

from typing import Any

import click
from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Hook in where sphinx-click has made a line block of each paragraph of an epilog."""
    app.setup_extension("sphinx_click")
    app.connect("sphinx-click-process-epilog", _as_code)
    return {"parallel_read_safe": True}


def _as_code(app: Sphinx, context: click.Context, lines: list[str]) -> None:  # noqa: ARG001 (Sphinx's call)
    """Make literal blocks, in place, of the line blocks that ``Examples:`` begins, of others plain text."""
    shown: list[str] = []
    literal = False
    for line in lines:
        text = line.removeprefix("| ")
        if line in {"| Examples:", "| Example:"}:
            shown += [f"{text}:", ""]
            literal = True
        elif not text.strip():
            shown.append("")
            literal = False
        else:
            shown.append(f"    {text.strip()}" if literal else text)
    lines[:] = shown
