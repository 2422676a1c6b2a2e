"""Zones from the user's own CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from armsim.model.zones_table import ZoneTable, frame_of

#: Limits beyond which a file is surely not a table of zones: England and Wales have 34,753 LSOAs.
MOST_BYTES = 64 * 1024 * 1024
MOST_ZONES = 100_000


def read_zones(path: Path, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Read zones from a CSV file with a header line (UTF-8; comma, semicolon or tab).

    Required columns are ``zone`` (unique), ``population`` (whole number), ``area_km2`` and a pair of
    coordinates, the first found of ``x_km, y_km``; ``easting, northing`` (metres); ``lon, lat`` (degrees).

    Degrees are projected on a local grid about the middle (lon0, lat0) of the zones' extent by
    x = R cos(lat0) (lon - lon0), y = R (lat - lat0), R = 6371.0088 km, angles in radians (equirectangular:
    distances inside any force of England and Wales come out within 1.6%). The middle moves with the forces in
    the file; for forces that are the same to the last digit in files of their own, give kilometres or metres.

    Optional columns and what stands in for them:
    ``name`` (the zone's id), ``force`` (the file's name without its ending), ``district`` (the force),
    ``rural`` (yes or no; by density, see :func:`armsim.model.geography.is_rural`), ``people_3km`` (residents
    of the force's zones whose centre is within 3 km: a force is then the same with neighbours in the file and
    without). Other columns are ignored.

    Args:
        path: the file.
        columns: for names above that the file spells otherwise, its headers, such as ``{"zone": "LSOA"}``.

    Returns:
        A zone frame (see :mod:`armsim.model.geography`); ``lon`` and ``lat`` are NaN if not in the file.

    Raises:
        ScenarioError: something is wrong with the file or *columns*; it carries every problem found.
    """
    table = ZoneTable(str(path))
    rows = _rows(table, path)
    table.stop()
    return frame_of(table, rows, columns or {})


def _rows(table: ZoneTable, path: Path) -> list[list[str]]:
    """Header and rows of the file as text; the line of each row goes into ``table.numbers``."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            table.refuse(f"the file has {size:,} bytes; a table of zones has at most {MOST_BYTES:,}")
            return []
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        table.refuse("this line is not UTF-8 text; save the file as CSV UTF-8", number=line)
        return []
    except OSError as error:
        table.refuse(f"the file cannot be read: {error.strerror or error}")
        return []
    return _split(table, text)


def _split(table: ZoneTable, text: str) -> list[list[str]]:
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), strict=True)
    rows: list[list[str]] = []
    start = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append([cell.strip() for cell in row])
                table.numbers.append(start)
            start = reader.line_num + 1
            if len(rows) > MOST_ZONES + 1:
                table.refuse(f"the file has more than {MOST_ZONES:,} zones", number=start)
                return []
    except csv.Error as error:
        table.refuse(f"this line cannot be read as CSV: {error}", number=reader.line_num)
        return []
    if len(rows) < 2:
        table.refuse("the file has no zones" if rows else "the file is empty")
    table.numbers = table.numbers[1:]
    return rows
