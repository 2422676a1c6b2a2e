"""Zones of England and Wales that ship with the package, and the frame in which every source gives its zones.

The **zone frame** (``ZONE_COLUMNS``) is a table with one row per zone, sorted by force then zone id, on a
``RangeIndex``:

===============  =======  ==============================================================================
``zone``         str      identifier, unique
``name``         str      name for people
``district``     str      name of the district (or of whatever the source groups zones by)
``force``        str      police force that answers for the zone
``x_km, y_km``   float    centre, kilometres east and north (British National Grid, or a local grid)
``lon, lat``     float    the same in degrees (WGS 84); NaN when unknown
``area_km2``     float    area
``population``   int      residents
``people_3km``   float    residents within 3 km of the centre: a spatial weight for demand
``rural``        bool     fewer than 5.7 residents a hectare
===============  =======  ==============================================================================

Zones that were read from polygons have one column more, ``outline``: their outline for maps, simplified, in
the same kilometres, as well-known binary.

The shipped table is described, with its sources, in ``armsim/data/README.md``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from armsim.errors import DataError
from armsim.registry import suggestion

#: A zone is rural below this many residents a hectare: 18.5% of residents then are, as published for 2011.
RURAL_BELOW_PER_HECTARE = 5.7
#: Radius of ``people_3km``.
NEIGHBOURHOOD_KM = 3.0

ZONE_COLUMNS = (
    "zone", "name", "district", "force", "x_km", "y_km", "lon", "lat",
    "area_km2", "population", "people_3km", "rural",
)  # fmt: skip

Resolution = Literal["msoa", "lsoa"]

_FILE = "lsoa2011.parquet"
_CITY_OF_LONDON = "London, City of"
#: Spellings in use that the rules of ``force_slug`` do not reach.
_ALIASES = {
    "met": "metropolitan",
    "metropolitan-police": "metropolitan",
    "london": "metropolitan",
    "london-city-of": "city-of-london",
    "heddlu-gogledd-cymru": "north-wales",
    "heddlu-de-cymru": "south-wales",
}
#: Letters that names of one beginning share.
_STEM = 4


def is_rural(population: ArrayLike, area_km2: ArrayLike) -> NDArray[np.bool_]:
    """The package's class of area: rural below 5.7 residents a hectare.

    Args:
        population: residents, shape (n,).
        area_km2: areas, shape (n,), above 0.

    Returns:
        True where rural, shape (n,). This is not the official Rural-Urban Classification.
    """
    per_hectare = np.asarray(population, dtype=np.float64) / (100.0 * np.asarray(area_km2, dtype=np.float64))
    return np.asarray(per_hectare < RURAL_BELOW_PER_HECTARE)


def people_within(x: ArrayLike, y: ArrayLike, people: ArrayLike, radius: float) -> NDArray[np.float64]:
    """Residents of the points within *radius* of each point, its own included.

    Args:
        x: eastings, shape (n,), in any unit.
        y: northings, shape (n,), in the same unit.
        people: residents at each point, shape (n,).
        radius: distance in that unit; a point exactly that far away counts.

    Returns:
        Residents, shape (n,).
    """
    own = np.asarray(people, dtype=np.float64)
    points = np.column_stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)])
    first, second = cKDTree(points).query_pairs(radius, output_type="ndarray").T
    near = np.bincount(first, weights=own[second], minlength=len(own))
    return np.asarray(own + near + np.bincount(second, weights=own[first], minlength=len(own)))


def as_zone_frame(zones: pd.DataFrame) -> pd.DataFrame:
    """*zones* in the form that the rest of the program relies on.

    Args:
        zones: a table with at least ``ZONE_COLUMNS``.

    Returns:
        Those columns, in order, with their types; sorted by force then zone; a fresh ``RangeIndex``.
    """
    frame = zones.loc[:, list(ZONE_COLUMNS)].sort_values(["force", "zone"], kind="stable", ignore_index=True)
    numbers = dict.fromkeys(("x_km", "y_km", "lon", "lat", "area_km2", "people_3km"), "float64")
    return frame.astype({**numbers, "population": "int64", "rural": "bool"})


def lsoa_table() -> pd.DataFrame:
    """The shipped table: 34,753 Lower Layer Super Output Areas (2011), sorted by code.

    Returns:
        A copy that the caller may change, with ``lsoa11, lsoa_name, msoa11, msoa_name, district`` (2011
        code), ``district_name, region, force, easting, northing`` (metres; polygon centroid, not weighted
        by population), ``lon, lat, hectares, population, people_3km, rural``.

    Raises:
        DataError: the file is missing from the installation or damaged.
    """
    return _lsoa().copy()


def known_points() -> tuple[
    NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]
]:
    """Longitude, latitude, and kilometres east and north on the British grid, of every LSOA.

    A projection fitted to them is the same whatever forces a region has.
    """
    table = _lsoa()
    lon, lat, east, north = (
        table[name].to_numpy(dtype=np.float64) for name in ("lon", "lat", "easting", "northing")
    )
    return lon, lat, east / 1000.0, north / 1000.0


def msoa_table() -> pd.DataFrame:
    """Middle Layer Super Output Areas (2011), derived from :func:`lsoa_table`: 7,201 rows, sorted by code.

    Population and hectares are sums; coordinates and ``people_3km`` are means weighted by population; the
    class is that of most residents (a tie is urban).

    Returns:
        A copy that the caller may change, with the columns of :func:`lsoa_table` from ``msoa11`` on.

    Raises:
        DataError: the file is missing from the installation or damaged.
    """
    return _msoa().copy()


@cache
def _lsoa() -> pd.DataFrame:
    try:
        with as_file(files("armsim") / "data" / _FILE) as path:
            table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise DataError(f"armsim/data/{_FILE} cannot be read ({error}); reinstall armsim") from error
    # 32 bits hold the columns, but not a product of two of them.
    wide = {pa.int32(): pa.int64(), pa.decimal128(8, 5): pa.float64()}
    schema = pa.schema([field.with_type(wide.get(field.type, field.type)) for field in table.schema])
    frame: pd.DataFrame = table.cast(schema).to_pandas()
    return frame


@cache
def _msoa() -> pd.DataFrame:
    lsoa = _lsoa()
    means = ["easting", "northing", "lon", "lat", "people_3km"]
    weighted = lsoa[means].mul(lsoa["population"], axis=0)
    weighted["rural_people"] = lsoa["population"].where(lsoa["rural"], 0)
    sums = pd.concat([lsoa[["hectares", "population"]], weighted], axis=1).groupby(lsoa["msoa11"]).sum()
    names = ["msoa_name", "district", "district_name", "region", "force"]
    table = lsoa.groupby("msoa11")[names].first().join(sums)
    table[means] = table[means].div(table["population"], axis=0)
    table["rural"] = table.pop("rural_people") > table["population"] / 2
    order = ["msoa11", *names, *means[:4], "hectares", "population", "people_3km", "rural"]
    return table.reset_index()[order]


def force_slug(name: str) -> str:
    """*name* in lower case, words joined by hyphens, without "police", "constabulary" and the like."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower().replace("&", " and ")).strip("-")
    words = _ALIASES.get(words, words)
    words = re.sub(r"-(police-service|police-force|constabulary|police)$", "", words)
    return _ALIASES.get(words, words)


@cache
def force_names() -> tuple[tuple[str, str], ...]:
    """The 43 territorial forces of England and Wales.

    Returns:
        Pairs of a short name for scenario files, such as ``avon-and-somerset``, ``city-of-london``,
        ``metropolitan``, and the official name, such as ``London, City of``; sorted by short name.
    """
    return tuple(sorted((force_slug(name), name) for name in _lsoa()["force"].unique()))


def resolve_force(name: str) -> str:
    """The official name of a force spelt in any reasonable way.

    Case, hyphens, "&", and a closing "Police" or "Constabulary" do not matter.

    Raises:
        KeyError: no such force; the message suggests short names.
    """
    known = dict(force_names())
    official = known.get(force_slug(name))
    if official is None:
        near = _near_forces(force_slug(name))
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise KeyError(f"{name!r} is not a police force of England and Wales{hint}")
    return official


def _near_forces(wrong: str) -> list[str]:
    """Short names that may be meant: the one that is nearly it, else those with a word or initials of it."""
    known = [slug for slug, _ in force_names()]
    nearly = difflib.get_close_matches(wrong, known, n=1, cutoff=0.85)
    if nearly or not wrong:
        return nearly
    words = {_ALIASES.get(word, word) for word in wrong.split("-")} - {"and", "of", "the"}
    letters = wrong.removesuffix("p")  # GMP, WMP
    shared = [
        slug
        for slug in known
        if words & set(slug.split("-"))
        or letters == "".join(word[0] for word in slug.split("-"))
        or (len(wrong) > _STEM and slug.startswith(wrong[:_STEM]))
    ]
    return shared or difflib.get_close_matches(wrong, known, n=1)


def force_zones(forces: Sequence[str], resolution: Resolution = "msoa") -> pd.DataFrame:
    """Zones of one or more forces, as a zone frame.

    ``district`` holds the district's name. The City of London is six LSOAs but a single MSOA: at ``msoa`` it
    stays one zone, so that it can be one small force of a region, and a note says so.

    Args:
        forces: names of forces, as :func:`resolve_force` accepts them; naming one twice changes nothing.
        resolution: ``msoa`` (about 8,000 residents a zone) or ``lsoa`` (about 1,600).

    Returns:
        The zone frame; ``frame.attrs["notes"]`` is a list of remarks for the user, empty as a rule.

    Raises:
        KeyError: a force is unknown.
        ValueError: no force is named, or the resolution is unknown.
        DataError: the shipped table is missing or damaged.
    """
    if not forces:
        raise ValueError("at least one force must be named")
    if resolution not in ("msoa", "lsoa"):
        raise ValueError(f"resolution {resolution!r} is unknown{suggestion(resolution, ('msoa', 'lsoa'))}")
    wanted = {resolve_force(force) for force in forces}
    table = _msoa() if resolution == "msoa" else _lsoa()
    frame = as_zone_frame(_with_zone_columns(table[table["force"].isin(wanted)], resolution))
    frame.attrs["notes"] = _notes(wanted, resolution)
    return frame


def _with_zone_columns(table: pd.DataFrame, resolution: Resolution) -> pd.DataFrame:
    renamed = {f"{resolution}11": "zone", f"{resolution}_name": "name", "district_name": "district"}
    return (
        table.drop(columns="district")
        .rename(columns=renamed)
        .assign(
            x_km=table["easting"] / 1000.0,
            y_km=table["northing"] / 1000.0,
            area_km2=table["hectares"] / 100.0,
        )
    )


def _notes(forces: set[str], resolution: Resolution) -> list[str]:
    if resolution == "msoa" and _CITY_OF_LONDON in forces:
        return ["the City of London is a single zone at msoa resolution; use lsoa for its six zones"]
    return []
