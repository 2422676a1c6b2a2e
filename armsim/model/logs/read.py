"""From a mapping file to a log."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from armsim.config.logs import missing_files, read_mapping
from armsim.errors import Problem, ScenarioError
from armsim.model.logs.clocks import known_intervals
from armsim.model.logs.columns import Columns
from armsim.model.logs.frames import disagreements, incident_frame, numbered, unit_frame
from armsim.model.logs.judge import Judge, refuse
from armsim.model.logs.placed import Gridding, place_incidents, read_places
from armsim.model.logs.record import INTERVALS, Log
from armsim.model.logs.tables import pieces
from armsim.model.logs.words import remarks
from armsim.model.travel import Projection


def read_log(
    path: str | os.PathLike[str],
    folder: str | os.PathLike[str] | None = None,
    project: Projection | None = None,
) -> Log:
    """Read a log through its mapping file.

    The files pass a piece at a time; what stays in memory are the mapped columns.

    Args:
        path: the mapping file.
        folder: where the files that it names are; the mapping's own folder if left out.
        project: degrees to the kilometres of some zones; without it degrees in England and Wales are brought
            onto the National Grid and others onto a grid about their middle.

    Raises:
        ScenarioError: the mapping or a file is wrong, or too many rows are bad.
    """
    config, composed = read_mapping(path)
    home = Path(folder) if folder is not None else Path(composed.file).parent
    missing = missing_files(config, composed, home)
    if missing:
        raise ScenarioError(missing)
    columns = Columns(config)
    for number, name in enumerate(config.file_names):
        for piece in pieces(home / name, columns.wanted(), config.csv):
            columns.take(number, name, piece)
    gathered = _good(columns)
    codes, order = numbered(gathered)
    gridding = Gridding(project)
    incidents = incident_frame(config, gathered, codes, order)
    differing = disagreements(config, gathered, codes)
    for name in ("type", "area", *(config.incident.pair or ())):  # room for the units
        gathered.pop(name, None)
    units = unit_frame(config, gathered, codes, order)
    del gathered
    areas = read_places(config.areas, home, config.csv, gridding)
    incidents = place_incidents(incidents, config, gridding, areas)
    bases = read_places(config.bases, home, config.csv, gridding)
    clocks = frozenset[str]().union(*map(known_intervals, config.units))
    clocks = frozenset(name for name in INTERVALS if name in clocks)
    digests = {name: file_digest(home / name) for name in config.all_files}
    notes = remarks(config, incidents, units, clocks, columns.left_out, differing)
    return Log(
        name=config.name,
        time_zone=config.time_zone,
        incidents=incidents,
        units=units,
        bases=bases,
        rejected=columns.rejects.frame(),
        notes=tuple(notes),
        clocks=clocks,
        rows=columns.read,
        grid=gridding.grid,
        files=dict(composed.files) | digests,
        span=config.span.days if config.span else None,
    )


def _good(columns: Columns) -> dict[str, Any]:
    """The good rows.

    Raises:
        ScenarioError: too many are bad, or there are none.
    """
    gathered = columns.whole()
    if "row" not in gathered or not len(gathered["row"]):
        refuse(columns.config, columns.rejects, columns.read)
        text = "no row is left" if columns.left_out else "there are no rows"
        text = f"{text}; {columns.left_out:,} were left out by where"
        raise ScenarioError([Problem(text, path="where", file=columns.config.file_names[0])])
    good, gathered["usable"] = Judge(columns, gathered, columns.config.file_names).judged()
    if good.all():
        return gathered
    return dict(_filtered(gathered, good))


def _filtered(gathered: dict[str, Any], good: NDArray[np.bool_]) -> Iterator[tuple[str, Any]]:
    mask = pa.array(good)
    for name in list(gathered):
        values = gathered.pop(name)
        yield name, values.filter(mask) if isinstance(values, pa.Array) else values[good]


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
