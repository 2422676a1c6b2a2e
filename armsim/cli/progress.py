"""Progress of a run: one line that rewrites itself on a terminal, a line every 10% elsewhere."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from armsim.study.runner import Progress


class ProgressLine:
    """Prints progress to stderr."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._live = sys.stderr.isatty()
        self._tenth = -1

    def __call__(self, progress: Progress) -> None:
        """Show how far the run is."""
        if self._quiet:
            return
        if self._live:
            click.echo("\r\x1b[2K" + line(progress), err=True, nl=False)
            return
        tenth = 10 * progress.done // progress.total
        if tenth > self._tenth:
            self._tenth = tenth
            click.echo(line(progress), err=True)

    def close(self) -> None:
        """Leave the line."""
        if self._live and not self._quiet:
            click.echo("", err=True)


def line(progress: Progress) -> str:
    """Replications done, rate, time left, and how well the 90th percentile is known so far."""
    parts = [f"{progress.done} of {progress.total} replications"]
    if math.isfinite(progress.per_minute):
        parts.append(f"{progress.per_minute:.3g} a minute")
    if math.isfinite(progress.remaining) and progress.done < progress.total:
        parts.append(f"{_clock(progress.remaining)} left")
    if math.isfinite(progress.half_width):
        parts.append(f"P90 first armed known to ±{60 * progress.half_width:.0f} s")
    return ", ".join(parts)


def _clock(minutes: float) -> str:
    if minutes < 1:
        return f"{60 * minutes:.0f} s"
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
