"""Zones from a file of the user's own, whatever kind of file it is."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from armsim.config.schema.region import ZonesFile
from armsim.errors import Problem, ScenarioError
from armsim.model.gis import is_shape_file
from armsim.model.zones_file import read_zones
from armsim.model.zones_gis import read_shapes

#: Files that hold parts of a Shapefile.
_BESIDE = (".dbf", ".shx", ".prj", ".cpg")


def own_zones(config: ZonesFile, folder: Path) -> pd.DataFrame:
    """The zones that ``region.zones`` names: a file of shapes by its ending, else CSV.

    Args:
        config: ``region.zones``.
        folder: folder that the file's name starts from.

    Raises:
        ScenarioError: with every problem found.
        ArmsimError: the file is one of shapes and the extra ``geo`` is not installed.
    """
    path = folder / config.file
    if is_shape_file(path):
        # Options and conditions of one scenario read the same zones, and looking for overlaps takes its time.
        stamps = tuple(_stamp(path.with_suffix(end)) for end in (path.suffix, *_BESIDE))
        return _shapes(path, stamps, tuple(config.columns.items()), config.layer, config.crs).copy()
    unfit = [name for name in ("layer", "crs") if getattr(config, name) is not None]
    if unfit:
        raise ScenarioError(
            [
                Problem(f"{name} is for files of shapes, and {config.file} is read as CSV; take it out",
                        path=f"region.zones.{name}")
                for name in unfit
            ]
        )  # fmt: skip
    return read_zones(path, config.columns)


def _stamp(path: Path) -> tuple[int, int]:
    """What changes when a file does; zeros where there is none."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=4)
def _shapes(
    path: Path,
    stamps: tuple[tuple[int, int], ...],  # noqa: ARG001 (a file that changed is another file)
    columns: tuple[tuple[str, str], ...],
    layer: str | None,
    crs: str | None,
) -> pd.DataFrame:
    return read_shapes(path, dict(columns), layer, crs)
