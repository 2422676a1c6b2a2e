"""Published figures of the 43 forces, as shipped in ``armsim/data`` (whose README has the sources)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from armsim.errors import DataError
from armsim.model.geography import force_names, force_slug, lsoa_table

_FORCES = "forces.csv"
_TOTALS = "firearms_totals.csv"


@dataclass(frozen=True, slots=True)
class Counted:
    """A count of firearms operations.

    Attributes:
        number: authorised operations in the year.
        year: year to March, such as ``2017/18``.
        published: false where it stands in for a figure that was not found.
        source: where it stands.
    """

    number: int
    year: str
    published: bool
    source: str


@dataclass(frozen=True, slots=True)
class ForceFigures:
    """What is published of a force.

    Attributes:
        slug: short name, such as ``west-midlands``.
        name: official name.
        region: English region, or Wales.
        people: usual residents, Census 2011.
        area_km2: area.
        rural_share: share of residents in rural LSOAs, by the density rule of the package.
        officers: police officers, full-time equivalents, 30 September 2018.
        specials: special constables, headcount, 30 September 2018.
        recorded_crime: offences recorded in 2017/18, all groups.
        violence_with_injury: recorded in 2017/18.
        robbery: recorded in 2017/18.
        weapons: possession of weapons, recorded in 2017/18.
        disorder: violence, sexual offences, public order, damage and arson, robbery and weapons together:
            what response officers are sent to.
        operations: firearms operations, where published for the force.
        armed_officers: armed officers, where published for the force, else ``None``.
        armed_officers_year: year of that count.
        published_in: where operations and armed officers of the force stand; empty when neither is published.
    """

    slug: str
    name: str
    region: str
    people: int
    area_km2: float
    rural_share: float
    officers: float
    specials: int
    recorded_crime: int
    violence_with_injury: int
    robbery: int
    weapons: int
    disorder: int
    operations: Counted | None
    armed_officers: int | None
    armed_officers_year: str
    published_in: str

    @property
    def people_per_km2(self) -> float:
        """Residents per square kilometre."""
        return self.people / self.area_km2


@cache
def force_figures() -> Mapping[str, ForceFigures]:
    """Figures of every force by short name, sorted by it.

    Raises:
        DataError: a table is missing from the installation or damaged.
    """
    ground = _ground()
    rows = {force_slug(row["force"]): row for row in _rows(_FORCES)}
    names = dict(force_names())
    if rows.keys() != names.keys():
        raise _damaged(_FORCES, f"its forces are not the {len(names)} of the geography")
    try:
        return {slug: _force(slug, names[slug], rows[slug], *ground[names[slug]]) for slug in sorted(names)}
    except (KeyError, ValueError) as error:
        raise _damaged(_FORCES, str(error)) from error


@cache
def operations_totals() -> Mapping[tuple[str, str], Counted]:
    """Firearms operations of regions, and of England and Wales, by area and year.

    Raises:
        DataError: the table is missing from the installation or damaged.
    """
    try:
        return {
            (row["area"], row["year"]): Counted(int(row["operations"]), row["year"], True, row["source"])
            for row in _rows(_TOTALS)
        }
    except (KeyError, ValueError) as error:
        raise _damaged(_TOTALS, str(error)) from error


def _force(
    slug: str, name: str, row: Mapping[str, str], people: int, area: float, rural: float
) -> ForceFigures:
    groups = ("violence", "sexual_offences", "public_order", "damage_and_arson", "robbery", "weapons")
    operations = None
    if row["operations"]:
        published = row["operations_basis"] == "published"
        operations = Counted(int(row["operations"]), row["operations_year"], published, row["published_in"])
    return ForceFigures(
        slug=slug,
        name=name,
        region=row["region"],
        people=people,
        area_km2=area,
        rural_share=rural,
        officers=float(row["officers_fte"]),
        specials=int(row["specials"]),
        recorded_crime=int(row["recorded_crime"]),
        violence_with_injury=int(row["violence_with_injury"]),
        robbery=int(row["robbery"]),
        weapons=int(row["weapons"]),
        disorder=sum(int(row[group]) for group in groups),
        operations=operations,
        armed_officers=int(row["armed_officers"]) if row["armed_officers"] else None,
        armed_officers_year=row["armed_officers_year"],
        published_in=row["published_in"],
    )


def _ground() -> dict[str, tuple[int, float, float]]:
    """Residents, area and rural share of each force by official name."""
    lsoa = lsoa_table()
    lsoa["rural_people"] = lsoa["population"].where(lsoa["rural"], 0)
    sums = lsoa.groupby("force")[["population", "hectares", "rural_people"]].sum()
    return {
        str(name): (int(people), float(hectares) / 100.0, float(rural) / float(people))
        for name, people, hectares, rural in sums.itertuples()
    }


def _rows(name: str) -> Iterator[dict[str, str]]:
    try:
        text = (files("armsim") / "data" / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(name, str(error)) from error
    yield from csv.DictReader(text.splitlines())


def _damaged(name: str, reason: str) -> DataError:
    return DataError(f"armsim/data/{name} cannot be read ({reason}); reinstall armsim")
