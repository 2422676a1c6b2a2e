"""``armsim region``: zones and roads of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from armsim.cli.output import Verbs, data, say

if TYPE_CHECKING:
    import pandas as pd

    from armsim.model.osm import MapArea

_BUILD_EPILOG = """\b
Examples:
  armsim region build --osm leicestershire.osm.pbf -o roads
  armsim region build --osm england.osm.pbf --force leicestershire -o roads
  armsim region build --osm england.osm.pbf --boundary force.geojson --buffer 8 -o roads
  armsim region build --osm town.osm --bbox=-0.82,52.52,-0.43,52.76 --speed residential=32 -o roads

\b
Exit codes: 0 done; 2 bad command or file, and nothing was written.
"""
_ZONES_EPILOG = """\b
Examples:
  armsim region zones wards.gpkg --column zone=ward_code --column population=people
  armsim region zones wards.zip --column zone=code --crs EPSG:27700 -o zones.csv

\b
Exit codes: 0 done; 2 bad command or file, and nothing was written.
"""
#: Kilometres round a boundary or force: trips that stay inside may go over roads outside.
_MARGIN_KM = 5.0


@click.group("region", cls=Verbs)
def verb() -> None:
    """Build the roads of a region of your own, and look at its zones."""


@verb.command("build", epilog=_BUILD_EPILOG)
@click.option(
    "--osm", "map_file", required=True, type=click.Path(path_type=Path), metavar="FILE",
    help="OpenStreetMap extract: .osm.pbf, .osm, .osm.gz, .osm.bz2 or .o5m.",
)  # fmt: skip
@click.option(
    "--boundary", type=click.Path(path_type=Path), metavar="FILE",
    help="Keep roads inside the polygons of a GeoJSON, GeoPackage or Shapefile.",
)  # fmt: skip
@click.option("--force", metavar="NAME", help="Keep roads inside a police force area of England and Wales.")
@click.option("--bbox", metavar="W,S,E,N", help="Keep roads inside a box, in degrees.")
@click.option(
    "--buffer", type=click.FloatRange(0, 200), metavar="KM",
    help="Keep roads this far round it; 5 km round a boundary or force, else none.",
)  # fmt: skip
@click.option(
    "--speed", "speeds", multiple=True, metavar="CLASS=KPH",
    help="Speed of a class of road where the map has no limit; 0 leaves the class out.",
)  # fmt: skip
@click.option("--no-service", is_flag=True, help="Leave service roads out.")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), metavar="DIR", help="New folder."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def build(
    map_file: Path,
    boundary: Path | None,
    force: str | None,
    bbox: str | None,
    buffer: float | None,
    speeds: tuple[str, ...],
    no_service: bool,
    output: Path,
    form: str,
) -> None:
    """Make roads for "travel: {kind: road_network}" out of an OpenStreetMap extract.

    Writes nodes.csv.gz, edges.csv.gz, roads.md and roads.json (what was left out and why), and travel.yaml,
    the piece of scenario that travels on them.
    """
    import json

    from armsim.model.osm import refuse_full, roads_of, text, write_roads

    class_kph = _speeds(speeds)
    refuse_full(output)
    area = _area(boundary, force, bbox, buffer)
    roads = roads_of(map_file, area, class_kph, service=not no_service)
    write_roads(roads, output)
    data(json.dumps(roads.facts, indent=2, ensure_ascii=False) if form == "json" else text(roads.facts))
    say(f"Wrote {output}. Travel on these roads with what {output / 'travel.yaml'} says.")


def _area(boundary: Path | None, force: str | None, bbox: str | None, buffer: float | None) -> MapArea | None:
    from armsim.model.osm import box_area, file_area, force_area

    given = [
        name for name, value in (("--boundary", boundary), ("--force", force), ("--bbox", bbox)) if value
    ]
    if len(given) > 1:
        raise click.UsageError(f"write one of {', '.join(given)}")
    if not given and buffer is not None:
        raise click.UsageError("--buffer goes round --boundary, --force or --bbox; write one of them")
    margin = buffer if buffer is not None else 0.0 if bbox else _MARGIN_KM
    if boundary is not None:
        return file_area(boundary, margin)
    if bbox is not None:
        return box_area(_box(bbox), margin)
    if force is None:
        return None
    try:
        return force_area(force, margin)
    except KeyError as error:
        raise click.BadParameter(str(error.args[0]), param_hint="--force") from None


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not four numbers; write west,south,east,north in degrees", param_hint="--bbox"
        ) from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise click.BadParameter(
            f"{text!r}: west must be less than east and south less than north, in degrees",
            param_hint="--bbox",
        )
    return west, south, east, north


def _speeds(given: tuple[str, ...]) -> Mapping[str, float]:
    """The table of speeds with the user's changes."""
    from armsim.model.osm import CLASS_KPH
    from armsim.registry import suggestion

    table = dict(CLASS_KPH)
    for one in given:
        name, _, number = one.partition("=")
        if name not in table:
            raise click.BadParameter(
                f"{name!r} is no class of road{suggestion(name, table)}; there are {', '.join(table)}",
                param_hint="--speed",
            )
        try:
            table[name] = float(number)
        except ValueError:
            table[name] = -1.0
        if not 0 <= table[name] <= 200:
            raise click.BadParameter(f"{one!r}: write a speed in km/h, 0 to 200", param_hint="--speed")
    return table


@verb.command("zones", epilog=_ZONES_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--column", "columns", multiple=True, metavar="OURS=THEIRS", help="What the file calls a column of ours."
)
@click.option("--layer", help="Layer of a file of shapes that has several.")
@click.option("--crs", help="Coordinate system of shapes that say none, such as EPSG:27700.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="CSV", help="Write them as CSV.")
def zones(
    file: Path, columns: tuple[str, ...], layer: str | None, crs: str | None, output: Path | None
) -> None:
    """Look at zones of your own: a CSV, GeoPackage, GeoJSON or Shapefile; every problem, or what they are.

    A CSV that is written holds all that a scenario needs but the outlines, and is read without the extra geo.
    """
    from armsim.config.schema.region import ZonesFile
    from armsim.model.zones_own import own_zones

    pairs = dict(one.partition("=")[::2] for one in columns)
    unclear = [one for one in columns if "=" not in one]
    if unclear:
        raise click.BadParameter(f"{unclear[0]!r}: write our name = their name", param_hint="--column")
    if len(pairs) < len(columns):
        raise click.BadParameter("a column of ours is named twice", param_hint="--column")
    if output is not None and output.exists():
        raise click.BadParameter(f"{output} is there; nothing was written", param_hint="-o")
    frame = own_zones(ZonesFile(file=file.name, columns=pairs, layer=layer, crs=crs), file.parent)
    for note in frame.attrs.get("notes", ()):
        say(f"note: {note}")
    for force, own in frame.groupby("force", sort=True):
        data(
            f"{force}: {_zones(len(own))}, {own['population'].sum():,} residents, "
            f"{own['area_km2'].sum():,.1f} km2; rural: {_zones(int(own['rural'].sum()))}"
        )
    if output is not None:
        _write_csv(frame.drop(columns="outline", errors="ignore"), output)
        say(f"Wrote {output}. Read it with region: {{zones: {{file: {output.name}}}}}.")


def _zones(count: int) -> str:
    return f"{count:,} {'zone' if count == 1 else 'zones'}"


def _write_csv(frame: pd.DataFrame, output: Path) -> None:
    from armsim.study.files import write_bytes

    write_bytes(output, frame.to_csv(index=False, lineterminator="\n").encode())
