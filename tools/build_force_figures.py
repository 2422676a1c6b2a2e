"""Rebuild ``armsim/data/forces.csv``: published figures of 43 forces that starter scenarios are scaled from.

    python tools/build_force_figures.py --workforce FILE
    python tools/build_force_figures.py --workforce FILE --crime-sim-toolkit B.whl --output /tmp/forces.csv

* Recorded crime 2017/18 by offence group: Home Office open data (Open Government Licence v3.0) as carried by
  ``crime-sim-toolkit`` 1.5.0, the wheel that ``build_geography.py`` pins by SHA-256 and downloads.
* Officers (full-time equivalents) and special constables (headcount), 30 September 2018: Home Office, Police
  workforce, England and Wales, 30 September 2019, tables 1 and 12 (same licence). ``--workforce`` is a CSV of
  them with columns ``police_force``, ``officers_fte_2018_09`` and ``specials_2018_09``.
* Firearms operations and armed officers of single forces, as far as published: ``PUBLISHED`` below.

Every check of the result must pass before the file is written; a failure ends with exit code 1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from build_geography import BuildError, obtain

from armsim.model.geography import force_names, lsoa_table

CRIME = "crime_sim_toolkit/src/prc-pfa-201718_new.csv"
OUTPUT = Path(__file__).resolve().parents[1] / "armsim" / "data" / "forces.csv"
OFFICIAL_FORCE = {"Devon and Cornwall": "Devon & Cornwall"}

#: Column, column of the source, value there.
OFFENCES = (
    ("violence", "Offence_Group", "Violence against the person"),
    ("violence_with_injury", "Offence_Subgroup", "Violence with injury"),
    ("sexual_offences", "Offence_Group", "Sexual offences"),
    ("public_order", "Offence_Group", "Public order offences"),
    ("damage_and_arson", "Offence_Group", "Criminal damage and arson"),
    ("robbery", "Offence_Group", "Robbery"),
    ("weapons", "Offence_Group", "Possession of weapons offences"),
)


class Published(NamedTuple):
    """What is published of one force.

    Attributes:
        operations: authorised firearms operations in a year to March; ``None`` when not found.
        year: that year, such as ``2017/18``.
        basis: ``published``, or ``assumed`` where the figure is of another kind.
        officers: armed officers; ``None`` when not found.
        officers_year: year of that count.
        source: where both stand.
    """

    operations: int | None
    year: str
    basis: str
    officers: int | None
    officers_year: str
    source: str


_STAR = "Express & Star, 1 August 2018 (expressandstar.com), from Home Office statistics"
PUBLISHED = {
    "Devon & Cornwall": Published(264, "2021/22", "published", None, "", "Crediton Courier, 28 July 2022"),
    "Greater Manchester": Published(472, "2017/18", "published", 215, "2019", "Leigh Observer, August 2019"),
    "Lancashire": Published(214, "2019/20", "published", None, "", "Chorley Guardian, 27 July 2021"),
    "Leicestershire": Published(285, "2017/18", "published", 55, "2018", "Harborough Mail, 2018"),
    "London, City of": Published(
        60, "2017/18", "assumed", None, "",
        "about the 64 operations with an armed response vehicle in 2011/12: written ministerial statement, "
        "11 July 2013, table 3",
    ),
    "Staffordshire": Published(330, "2017/18", "published", 82, "2018", _STAR),
    "West Mercia": Published(None, "", "", 106, "2019", "Shropshire Star, 3 August 2019"),
    "West Midlands": Published(2421, "2017/18", "published", 241, "2018", _STAR),
}  # fmt: skip


def read_crime(wheel: zipfile.ZipFile) -> pd.DataFrame:
    """Recorded crime of each force, all and by the groups of ``OFFENCES``."""
    with wheel.open(CRIME) as file:
        raw = pd.read_csv(file)
    raw["force"] = raw["Force_Name"].replace(OFFICIAL_FORCE)
    counts = {"recorded_crime": raw.groupby("force")["Number_of_Offences"].sum()}
    for name, column, value in OFFENCES:
        counts[name] = raw[raw[column] == value].groupby("force")["Number_of_Offences"].sum()
    return pd.DataFrame(counts)


def read_workforce(path: Path) -> pd.DataFrame:
    """Officers and special constables of each force.

    Raises:
        BuildError: the file cannot be read or lacks a column.
    """
    try:
        raw = pd.read_csv(path).set_index("police_force")
        return pd.DataFrame(
            {
                "officers_fte": raw["officers_fte_2018_09"].round(2),
                "specials": raw["specials_2018_09"].astype(int),
            }
        )
    except (OSError, KeyError, ValueError) as error:
        raise BuildError(f"{path}: {error}") from error


def assemble(crime: pd.DataFrame, workforce: pd.DataFrame) -> pd.DataFrame:
    """The table that ships, one row per force in order of its official name."""
    forces = sorted(official for _, official in force_names())
    region = lsoa_table().groupby("force")["region"].first()
    table = pd.DataFrame({"region": region}, index=pd.Index(forces, name="force"))
    table = table.join(workforce).join(crime)
    counts = [*workforce.columns[1:], *crime.columns]
    table[counts] = table[counts].astype("Int64")
    said = pd.DataFrame.from_dict(PUBLISHED, orient="index", columns=list(Published._fields))
    columns = {"year": "operations_year", "basis": "operations_basis", "source": "published_in"}
    said = said.rename(
        columns={**columns, "officers": "armed_officers", "officers_year": "armed_officers_year"}
    )
    table = table.join(said)
    whole = ["operations", "armed_officers"]
    table[whole] = table[whole].astype("Int64")
    return table.reset_index()


def check(table: pd.DataFrame) -> list[tuple[str, object, object]]:
    """What the table must satisfy, as (what, found, expected)."""
    numbers = ["officers_fte", "specials", "recorded_crime", *(name for name, *_ in OFFENCES)]
    leicestershire = table.set_index("force").loc["Leicestershire"]
    return [
        ("forces", len(table), 43),
        ("blank figures", int(table[numbers].isna().sum().sum()), 0),
        ("recorded crime", int(table["recorded_crime"].sum()), 4_821_452),
        ("officers", round(float(table["officers_fte"].sum())), 122_406),
        ("special constables", int(table["specials"].sum()), 11_029),
        ("forces of the published table", int(table["published_in"].notna().sum()), len(PUBLISHED)),
        ("Leicestershire, violence with injury", int(leicestershire["violence_with_injury"]), 7_451),
        ("Leicestershire, robbery", int(leicestershire["robbery"]), 891),
        ("Leicestershire, weapons", int(leicestershire["weapons"]), 755),
    ]


def main() -> int:
    """Run the tool; 0 when the file is written, 1 when a check failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--workforce", type=Path, required=True, help="CSV of officers and special constables"
    )
    parser.add_argument(
        "--crime-sim-toolkit", type=Path, help="wheel of crime-sim-toolkit 1.5.0; downloaded if not given"
    )
    parser.add_argument("--output", type=Path, default=OUTPUT, help="file to write (default: %(default)s)")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            crime = read_crime(obtain("crime-sim-toolkit", options.crime_sim_toolkit, Path(folder)))
        table = assemble(crime, read_workforce(options.workforce))
        checks = check(table)
        for what, found, expected in checks:
            print(f"{'ok ' if found == expected else 'BAD'} {what}: {found} (expected {expected})")
        if any(found != expected for _, found, expected in checks):
            raise BuildError("the result fails a check; nothing was written")
        table.to_csv(options.output, index=False, lineterminator="\n")
    except BuildError as error:
        print(f"build_force_figures: {error}", file=sys.stderr)
        return 1
    print(f"wrote {options.output}: {options.output.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
