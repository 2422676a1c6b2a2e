"""Chart: expected minutes of the first obtainable ARV in every zone, a map for each of two threat levels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.path import Path

from armsim.analysis.intervals import FloatArray
from armsim.domain import ThreatLevel
from armsim.report import finding
from armsim.report.outlines import Polygon, ground, has_outlines, wound
from armsim.report.record import Chart, ChartContext
from armsim.report.style import CATEGORICAL, INK, QUIET, SEQUENTIAL, WIDTH_IN, canvas, styled
from armsim.report.words import printable

#: Share of the width that the maps have.
_MAPS = 0.76
_WIDTHS = (1, 2, 2.5, 5, 10, 15, 20, 30, 60, 120)
_MANY_ZONES = 2_000
_SCALES_KM = (1, 2, 5, 10, 20, 50, 100)


@styled
def draw(
    zones: pd.DataFrame,
    minutes: Mapping[ThreatLevel, FloatArray],
    bases: pd.DataFrame,
    context: ChartContext,
    within: tuple[float, float] = (15.0, 15.0),
) -> Chart | None:
    """Draw the map of potential response.

    Potential response comes without limits, so the title describes one level and compares nothing.

    Args:
        zones: the zone frame: ``zone``, ``name``, ``x_km``, ``y_km``, ``area_km2``, ``population``.
        minutes: level: expected minutes, shape (Z,); NaN where never read, infinite where out of reach. Of
            more than two levels the first and the highest are drawn.
        bases: ``name``, ``x_km``, ``y_km``.
        context: the run.
        within: target in minutes, urban and rural, for the title; where they differ ``zones`` has ``rural``.

    Returns:
        The chart; ``None`` when nothing was read at any level.
    """
    known = {level: minutes[level] for level in minutes if not np.isnan(minutes[level]).all()}
    if not known or zones.empty:
        return None
    levels = [next(iter(known))]
    levels += [level for level in [max(known)] if level != levels[0]]
    edges = class_edges(np.concatenate([known[level] for level in levels]))
    share = _within(zones, known[levels[0]], within)
    title = finding.coverage(within, levels[0], share)
    subtitle = (
        "Expected minutes to the first ARV that could be sent, mean over time at that level; no intervals"
    )
    polygons = ground(zones)
    figure, box = canvas(title, subtitle, context, _height(polygons, len(levels)))
    _panels(figure, box, polygons, zones, known, levels, bases, edges)
    unread = any(np.isnan(known[level]).any() for level in levels)
    _key(figure, box["top"], edges, unread, has_outlines(zones))
    data = _table(zones, known, levels)
    alt = _alt(title, zones, known, levels, within)
    return Chart("potential_response_map", title, figure, alt, data, f"{subtitle}. {context.source}", context)


def class_edges(minutes: FloatArray) -> tuple[float, ...]:
    """Four round inner edges that part the minutes into five classes of equal width.

    The width is the smallest round one by which the edges span the 10th to the 80th percentile.
    """
    finite = minutes[np.isfinite(minutes)]
    low, high = np.percentile(finite, (10, 80)) if len(finite) else (0.0, 1.0)
    width = next((step for step in _WIDTHS if 3 * step >= high - low), _WIDTHS[-1])
    first = max(width * round(((low + high) / 2 - 1.5 * width) / width), width)
    return tuple(float(first + index * width) for index in range(4))


def _within(zones: pd.DataFrame, minutes: FloatArray, limits: tuple[float, float]) -> float:
    """Share of residents whose expected minutes are within their limit; zones never read are left out."""
    urban, rural = limits
    limit = urban if urban == rural else np.where(zones["rural"].to_numpy(dtype=bool), rural, urban)
    people = zones["population"].to_numpy(dtype=np.float64)
    read = ~np.isnan(minutes)
    return float(people[read & (minutes <= limit)].sum() / max(people[read].sum(), 1.0))


def _height(polygons: Sequence[Sequence[Polygon]], panels: int) -> float:
    """Height of the figure in inches, so that two maps fill its width; one alone would stand too high."""
    corners = _corners(polygons)
    wide, high = np.ptp(corners, axis=0) + 1e-9
    panel = _MAPS * WIDTH_IN / panels * high / wide
    return 2.1 + float(np.clip(panel, 3.6, 4.6 if panels == 1 else 6.5))


def _panels(
    figure: Figure,
    box: Mapping[str, float],
    polygons: Sequence[Sequence[Polygon]],
    zones: pd.DataFrame,
    minutes: Mapping[ThreatLevel, FloatArray],
    levels: Sequence[ThreatLevel],
    bases: pd.DataFrame,
    edges: Sequence[float],
) -> None:
    heading = 0.45 / figure.get_figheight()
    place = {"top": box["top"] - heading, "bottom": box["bottom"] - heading}
    grid = figure.add_gridspec(1, len(levels), left=0.02, right=0.02 + _MAPS, wspace=0.04, **place)
    people = zones["population"].to_numpy(dtype=np.float64)
    for index, level in enumerate(levels):
        axes = figure.add_subplot(grid[index])
        _paint(axes, polygons, minutes[level], edges)
        _bases(axes, bases)
        read = np.isfinite(minutes[level])
        mean = np.average(minutes[level][read], weights=people[read]) if people[read].sum() else math.nan
        axes.set_title(f"{level.name}\naverage resident: {mean:.1f} minutes", size=11, weight="bold")
        _scale(axes)


def _bases(axes: Axes, bases: pd.DataFrame) -> None:
    if bases.empty:
        return
    axes.plot(bases["x_km"], bases["y_km"], "^", color=CATEGORICAL[3], markersize=9, markeredgecolor=INK,
              markeredgewidth=1.3, linestyle="none", label="ARV base\n(illustrative)")  # fmt: skip


def _paint(
    axes: Axes, polygons: Sequence[Sequence[Polygon]], minutes: FloatArray, edges: Sequence[float]
) -> None:
    drawn = [index for index, parts in enumerate(polygons) if parts]
    colours = [_colour(float(minutes[index]), edges) for index in drawn]
    # A line of its own colour closes the hairline gaps between neighbours.
    paths = [_path(polygons[index]) for index in drawn]
    shapes = PathCollection(paths, facecolors=colours, edgecolors=colours, linewidths=0.4)
    shapes.set_rasterized(len(drawn) > _MANY_ZONES)
    axes.add_collection(shapes)
    corners = _corners(polygons)
    low, high = corners.min(axis=0), corners.max(axis=0)
    margin = 0.03 * float((high - low).max())
    axes.set(xlim=(low[0] - margin, high[0] + margin), ylim=(low[1] - 2 * margin, high[1] + margin))
    axes.set_aspect("equal")
    axes.set_axis_off()


def _path(parts: Sequence[Polygon]) -> Path:
    """One path of all rings of a zone; holes run the other way round, so that they stay empty."""
    rings = [Path(np.vstack([ring, ring[:1]]), closed=True) for part in parts for ring in wound(part)]
    return Path.make_compound_path(*rings)


def _corners(polygons: Sequence[Sequence[Polygon]]) -> FloatArray:
    """Corners of all outer rings, shape (corners, 2)."""
    return np.concatenate([part[0] for parts in polygons for part in parts])


def _colour(minutes: float, edges: Sequence[float]) -> str:
    if math.isnan(minutes):
        return "#FFFFFF"
    return SEQUENTIAL[int(np.searchsorted(edges, minutes, side="right"))]


def _scale(axes: Axes) -> None:
    """A bar of round length, bottom left."""
    left, right = axes.get_xlim()
    low, high = axes.get_ylim()
    length = max([size for size in _SCALES_KM if size <= (right - left) / 4], default=_SCALES_KM[0])
    start, foot = left + 0.03 * (right - left), low + 0.02 * (high - low)
    axes.plot([start, start + length], [foot, foot], color=INK, linewidth=2, solid_capstyle="butt")
    axes.text(start, foot + 0.012 * (high - low), f"{length} km", size=9.5)


def _key(figure: Figure, top: float, edges: Sequence[float], unread: bool, outlines: bool) -> None:
    """Classes, base marker and a word on the boundaries, right of the maps."""
    handles: list[Artist] = [
        Patch(facecolor=colour, edgecolor=QUIET, linewidth=0.8, label=name)
        for colour, name in zip(SEQUENTIAL, class_names(edges), strict=True)
    ]
    if unread:
        handles.append(Patch(facecolor="white", edgecolor=QUIET, linewidth=0.8, label="not read"))
    handles += figure.axes[0].get_legend_handles_labels()[0]
    across = 0.03 + _MAPS
    key = figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(across, top), frameon=False,
        title="Expected minutes", fontsize=10.5, title_fontsize=10.5, labelspacing=0.55,
    )  # fmt: skip
    key.set_alignment("left")
    words = "Cells are drawn from\nzone centres; they are\nnot boundaries."
    if outlines:
        words = "Outlines of zones\nare simplified."
    below = top - 2.35 / figure.get_figheight()
    figure.text(across + 0.012, below, words, size=9.5, color=QUIET, va="top", linespacing=1.3)


def class_names(edges: Sequence[float]) -> list[str]:
    """The classes in words, such as ``under 5``, ``5 to under 10``, ``20 or more``."""
    inner = [f"{low:g} to under {high:g}" for low, high in pairwise(edges)]
    return [f"under {edges[0]:g}", *inner, f"{edges[-1]:g} or more"]


def _table(
    zones: pd.DataFrame, minutes: Mapping[ThreatLevel, FloatArray], levels: Sequence[ThreatLevel]
) -> pd.DataFrame:
    table = zones[["zone", "name", "x_km", "y_km", "population"]].reset_index(drop=True)
    return table.assign(**{f"minutes_{level.name.lower()}": minutes[level] for level in levels})


def _alt(
    title: str,
    zones: pd.DataFrame,
    minutes: Mapping[ThreatLevel, FloatArray],
    levels: Sequence[ThreatLevel],
    within: tuple[float, float],
) -> str:
    words = []
    for level in levels:
        values = minutes[level][np.isfinite(minutes[level])]
        reach = f"zones range from {values.min():.1f} to {values.max():.1f} minutes; " if len(values) else ""
        share = _within(zones, minutes[level], within)
        words.append(f"{level.name}: {reach}{share:.0%} of residents within {finding.limit_words(within)}.")
    return printable(f"Map of {len(zones)} zones shaded by expected minutes. {title}. " + " ".join(words))
