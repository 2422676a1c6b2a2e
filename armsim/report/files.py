"""Writing a chart: PNG, SVG and its data, the same bytes for the same chart, and never half a file."""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import Any

import matplotlib as mpl

from armsim.report.record import Chart
from armsim.report.style import RC
from armsim.report.words import printable
from armsim.study.sheets import csv_bytes

#: Level 3 packs the same pixels in half the time of the usual 6, into files a seventh larger.
_COMPRESSION: dict[str, dict[str, Any]] = {"png": {"pil_kwargs": {"compress_level": 3}}}


def save(chart: Chart, folder: Path) -> list[Path]:
    """Write ``<name>.png`` (200 dpi), ``<name>.svg`` and ``<name>.csv`` into a folder, which must exist.

    Each is written beside its place, then renamed, so a reader never meets half a file. No date and no
    random identifier goes in: equal charts give equal bytes.
    """
    contents = {
        "png": _drawn(chart, "png"),
        "svg": _drawn(chart, "svg"),
        "csv": csv_bytes(chart.data),
    }
    return [_write(folder / f"{chart.name}.{ending}", content) for ending, content in contents.items()]


def _drawn(chart: Chart, kind: str) -> bytes:
    words = {
        "Title": printable(chart.title),
        "Description": printable(f"{chart.alt} {chart.context.source}"),
        "Source": f"run {printable(chart.context.run_id)}",
    }
    program = f"armsim {chart.context.version}"
    own = {"Software": None, "Author": program} if kind == "png" else {"Date": None, "Creator": program}
    buffer = io.BytesIO()
    with mpl.rc_context(RC), warnings.catch_warnings():
        # A name in a script the font lacks is drawn as boxes in PNG; the SVG keeps the text.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        chart.figure.savefig(buffer, format=kind, metadata={**words, **own}, **_COMPRESSION.get(kind, {}))
    return buffer.getvalue()


def _write(path: Path, content: bytes) -> Path:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    beside.write_bytes(content)
    beside.replace(path)
    return path
