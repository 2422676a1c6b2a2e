"""What can be wrong with the shapes of zones: broken outlines, ground of two zones, ground of none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.model.gis import library

#: Two zones may share this much of the smaller one: outlines that were simplified one by one do.
SLIVER_SHARE = 0.01
#: Mending an outline may change its area by this much.
_MENDED_SHARE = 0.01
#: Gaps smaller than this are slivers between outlines.
GAP_KM2 = 0.01
_KM2 = 1e6
_NAMED = 5


def mend(
    shapes: NDArray[Any], labels: Sequence[str]
) -> tuple[NDArray[Any], list[tuple[int, str]], list[str]]:
    """Shapes with valid outlines.

    Args:
        shapes: polygons in metres, shape (Z,).
        labels: what to call each.

    Returns:
        The shapes; index and fault of each that cannot be mended without changing its area; notes.
    """
    shapely = library("shapely")
    broken = np.flatnonzero(~shapely.is_valid(shapes))
    mended = shapes.copy()
    faults, done = [], []
    for index in broken.tolist():
        shape = shapely.make_valid(shapes[index])
        parts = [part for part in shapely.get_parts(shape, return_index=False) if part.area > 0]
        mended[index] = shapely.union_all(parts)
        before, after = shapes[index].area, mended[index].area
        if not after:
            faults.append((index, f"{labels[index]} has no area: its outline is a line; mend it in a GIS"))
        elif abs(after - before) > _MENDED_SHARE * max(before, after):
            reason = shapely.is_valid_reason(shapes[index]).partition("[")[0].lower()
            faults.append((index, f"the outline of {labels[index]} is broken ({reason}); mend it in a GIS"))
        else:
            done.append(labels[index])
    notes = [f"broken outlines were mended, areas as before: {_some(done)}"] if done else []
    return mended, faults, notes


def overlaps(shapes: NDArray[Any], labels: Sequence[str]) -> list[str]:
    """Each pair of zones that share more than a sliver of ground, largest first, in words."""
    shapely = library("shapely")
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    area = shapely.area(shapes)
    share = shared / np.minimum(area[one], area[other])
    found = []
    for pair in np.argsort(-shared, kind="stable").tolist():
        if share[pair] <= SLIVER_SHARE:
            continue
        names = f"{labels[one[pair]]} and {labels[other[pair]]}"
        found.append(f"{names} share {shared[pair] / _KM2:.3g} km2 ({share[pair]:.0%} of the smaller)")
    return found


def gaps(shapes: NDArray[Any], east_north: str) -> list[str]:
    """A remark on ground inside the outline that is in no zone; none when there is none.

    Args:
        shapes: polygons in metres, shape (Z,).
        east_north: what the coordinates are, for the place of the largest.
    """
    shapely = library("shapely")
    rings = [ring for part in shapely.get_parts(shapely.union_all(shapes)) for ring in part.interiors]
    holes = shapely.polygons(rings) if rings else np.array([])
    area = shapely.area(holes) / _KM2
    large = area >= GAP_KM2
    if not large.any():
        return []
    spot = shapely.point_on_surface(holes[area.argmax()])
    count = int(large.sum())
    named = f"{count} {'gap' if count == 1 else 'gaps'} inside the outline (ground of no zone)"
    where = f"{east_north} {spot.x / 1000:.1f}, {spot.y / 1000:.1f} km"
    size = f"{area[large].sum():.3g} km2 in all; the largest, {area.max():.3g} km2, at {where}"
    return [f"{named}: {size}"]


def centres(shapes: NDArray[Any]) -> NDArray[np.float64]:
    """A point of each shape: its centroid, or where that lies outside a point inside; shape (Z, 2)."""
    shapely = library("shapely")
    points = shapely.centroid(shapes)
    outside = ~shapely.intersects(shapes, points)
    points[outside] = shapely.point_on_surface(shapes[outside])
    return np.asarray(shapely.get_coordinates(points), dtype=np.float64)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
