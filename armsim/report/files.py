"""Writing a chart: PNG, SVG and its data, the same bytes for the same chart, and never half a file."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.figure import Figure

from armsim.report.record import Chart
from armsim.report.style import FINDING, RC, SOURCE
from armsim.report.words import printable
from armsim.study.sheets import csv_bytes

Kind = Literal["png", "svg", "pdf"]
SLIDE_DPI, SCREEN_DPI, PRINT_DPI = 150, 200, 300
#: Level 3 packs the same pixels in half the time of the usual 6, into files a seventh larger.
_COMPRESSION: dict[str, dict[str, Any]] = {"png": {"pil_kwargs": {"compress_level": 3}}}


def save(chart: Chart, folder: Path, dpi: int = SCREEN_DPI) -> list[Path]:
    """Write ``<name>.png``, ``<name>.svg`` and ``<name>.csv`` into a folder, which must exist.

    Each is written beside its place, then renamed, so a reader never meets half a file. No date and no
    random identifier goes in: equal charts give equal bytes.

    Args:
        chart: the chart.
        folder: where the files go.
        dpi: dots an inch of the PNG.
    """
    contents = {
        "png": drawn(chart, "png", dpi),
        "svg": drawn(chart, "svg"),
        "csv": csv_bytes(chart.data),
    }
    return [_write(folder / f"{chart.name}.{ending}", content) for ending, content in contents.items()]


def drawn(chart: Chart, kind: Kind, dpi: int = SCREEN_DPI, bare: bool = False) -> bytes:
    """A chart as the bytes of a picture, with its title, its text for those who cannot see it and its run.

    Args:
        chart: the chart.
        kind: the kind of file.
        dpi: dots an inch of pixels.
        bare: without the finding and the source, cut to what is left: both stand beside it.
    """
    title, run = printable(chart.title), f"run {printable(chart.context.run_id)}"
    told, program = printable(f"{chart.alt} {chart.context.source}"), f"armsim {chart.context.version}"
    words: dict[Kind, dict[str, str | None]] = {
        "png": {"Title": title, "Description": told, "Source": run, "Author": program, "Software": None},
        "svg": {"Title": title, "Description": told, "Source": run, "Creator": program, "Date": None},
        "pdf": {"Title": title, "Subject": told, "Keywords": run, "Author": program, "CreationDate": None},
    }
    buffer = io.BytesIO()
    with mpl.rc_context(RC), warnings.catch_warnings():
        # A name in a script the font lacks is drawn as boxes in PNG; the SVG keeps the text.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        how: dict[str, Any] = _COMPRESSION.get(kind, {}) | ({"bbox_inches": "tight"} if bare else {})
        with _without(chart.figure, (FINDING, SOURCE) if bare else ()):
            chart.figure.savefig(buffer, format=kind, dpi=dpi, metadata=words[kind], **how)
    return buffer.getvalue()


@contextmanager
def _without(figure: Figure, labels: Sequence[str]) -> Iterator[None]:
    """Some texts of a figure hidden for a while."""
    hidden = [text for text in figure.texts if text.get_label() in labels]
    for text in hidden:
        text.set_visible(False)
    try:
        yield
    finally:
        for text in hidden:
            text.set_visible(True)


def _write(path: Path, content: bytes) -> Path:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    beside.write_bytes(content)
    beside.replace(path)
    return path
