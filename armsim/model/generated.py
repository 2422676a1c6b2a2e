"""A made-up region: cities, towns and a rural belt, the same every time from its name and seed.

The region is a square. Settlements get people by a rank-size rule and discs to match. A point's depth is
its distance from a settlement over the radius of that settlement's disc, least over the settlements; the
points of least depth are urban, until they fill the urban area. Each settlement and the rural belt is then
divided into zones of like population by k-means on sample points weighted by density: zones tile the square.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from armsim.model.geography import NEIGHBOURHOOD_KM, RURAL_BELOW_PER_HECTARE, as_zone_frame, is_rural
from armsim.streams import Streams

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

#: Residents a km2 over a whole town, where the area allows: about that of English towns.
_URBAN_DENSITY = 3000.0
_RURAL_LIMIT = 100.0 * RURAL_BELOW_PER_HECTARE
#: Town and country keep this factor from the rural limit on average, as their zones differ in density.
_CLEARANCE = 1.8
#: The first city has this many times the people of the first town; the k-th of a kind has 1/k of the first.
_CITY_TO_TOWN = 5.0
_POINTS_PER_ZONE = 150
_MOST_POINTS = 3_000_000
_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class _Settlements:
    """Names, centres (n, 2) and radii (n,) in km, shares of urban residents (n,), numbers of zones (n,)."""

    names: tuple[str, ...]
    centres: Floats
    radii: Floats
    shares: Floats
    zones: Ints


@dataclass(frozen=True, slots=True)
class _Ground:
    """Sample points (n, 2): part (a settlement, or their number for the belt), residents and km2 of each."""

    points: Floats
    part: Ints
    people: Floats
    area_km2: Floats


def generate_zones(
    *,
    name: str,
    people: int,
    area_km2: float,
    rural_share: float,
    zones: int,
    seed: int,
    cities: int = 1,
    towns: int = 6,
) -> pd.DataFrame:
    """A region with the given people and area, both exact, in *zones* zones of like population.

    Zones are classed by the package's density rule, so the rural share of residents comes out near the
    request only where the mean density allows it: a region of more than 570 residents a km2 cannot be all
    rural, nor a sparser one all urban. It cannot come out finer than one zone either.

    Args:
        name: name of the region, which is its one force; also part of the stream's name.
        people: residents, at least one a zone.
        area_km2: area, above 0.
        rural_share: share of residents in rural zones, 0 to 1.
        zones: number of zones, at least one a settlement and, unless *rural_share* is 0, one more.
        seed: 0 or more; the same arguments give the same region.
        cities: number of cities, 0 or more.
        towns: number of towns, 0 or more; cities and towns are left out when *rural_share* is 1.

    Returns:
        A zone frame (see :mod:`armsim.model.geography`) on a local grid from (0, 0), with ``lon`` and ``lat``
        NaN, ``district`` the zone's or the nearest settlement, and nobody from outside in ``people_3km``.

    Raises:
        ValueError: an argument is out of range.
    """
    if rural_share == 1:
        cities = towns = 0
    _refuse(people, area_km2, rural_share, zones, cities, towns)
    rng = Streams(seed, 0).generator("region", name)
    belt = 0 if rural_share == 0 else min(max(round(zones * rural_share), 1), zones - cities - towns)
    if rural_share == 1:
        belt = zones
    urban_area = _urban_area(people, area_km2, rural_share)
    places = _settle(rng, math.sqrt(area_km2), urban_area, zones - belt, (cities, towns))
    residents = (people * (1 - rural_share), people * rural_share)
    ground = _survey(rng, area_km2, urban_area, places, belt, residents)
    zone = _divide(rng, ground, [*places.zones.tolist(), belt])
    return _frame(name, people, ground, zone, places)


def _refuse(people: int, area_km2: float, rural_share: float, zones: int, cities: int, towns: int) -> None:
    if not (math.isfinite(area_km2) and area_km2 > 0):
        raise ValueError(f"the area must be above 0 km2, got {area_km2}")
    if not 0 <= rural_share <= 1:
        raise ValueError(f"the rural share must be between 0 and 1, got {rural_share}")
    if cities < 0 or towns < 0:
        raise ValueError(f"cities and towns must be 0 or more, got {cities} and {towns}")
    if rural_share < 1 and cities + towns == 0:
        raise ValueError("a region that is not all rural needs a city or a town")
    least = cities + towns + (rural_share > 0)
    if zones < least:
        raise ValueError(f"{zones} zones are too few for {least} settlements and rural belt")
    if people < zones:
        raise ValueError(f"{people} residents are too few for {zones} zones")


def _urban_area(people: int, area_km2: float, rural_share: float) -> float:
    """Area of all settlements together: at town density, within what leaves town and country their class."""
    if rural_share in (0, 1):
        return area_km2 * (1 - rural_share)
    wanted = people * (1 - rural_share) / _URBAN_DENSITY
    spare = area_km2 - people * rural_share * _CLEARANCE / _RURAL_LIMIT
    # Without room to spare the belt is too dense to be rural whatever the towns do.
    return min(wanted, spare) if spare > 0.02 * area_km2 else min(wanted, area_km2 / 2)


def _settle(
    rng: np.random.Generator, side: float, area: float, zones: int, numbers: tuple[int, int]
) -> _Settlements:
    """Place settlements, largest first, clear of each other and of the edge where there is room."""
    cities, towns = numbers
    weights = [_CITY_TO_TOWN / (k + 1) for k in range(cities)] + [1.0 / (k + 1) for k in range(towns)]
    shares = np.array(weights) / (sum(weights) or 1.0)
    names = _numbered("City", cities) + _numbered("Town", towns)
    radii = np.sqrt(area * shares / math.pi)
    centres = np.empty((len(names), 2))
    for k, radius in enumerate(radii):
        spread = 0.1 if k == 0 else 0.5
        tries = side * (0.5 + spread * rng.uniform(-1, 1, size=(300, 2)))
        room = np.minimum(tries, side - tries).min(axis=1) - radius
        for other in range(k):
            apart = np.hypot(*(tries - centres[other]).T)
            room = np.minimum(room, apart - radius - radii[other])
        good = room >= 0.03 * side
        centres[k] = tries[good.argmax() if good.any() else room.argmax()]
    return _Settlements(names, centres, radii, shares, _apportion(shares, zones))


def _numbered(kind: str, count: int) -> tuple[str, ...]:
    return (kind,) if count == 1 else tuple(f"{kind} {k + 1}" for k in range(count))


def _apportion(shares: Floats, seats: int) -> Ints:
    """Seats by share, at least one each (Adams's method)."""
    counts = np.ones(len(shares), dtype=np.intp)
    for _ in range(seats - len(shares) if len(shares) else 0):
        counts[(shares / counts).argmax()] += 1
    return counts


def _survey(
    rng: np.random.Generator,
    area_km2: float,
    urban_area: float,
    places: _Settlements,
    belt: int,
    residents: tuple[float, float],
) -> _Ground:
    """Sample the square, enough points for every zone, and share *residents* (urban, rural) among them."""
    urban_share = urban_area / area_km2
    wanted = _POINTS_PER_ZONE * int(places.zones.sum())
    total = max(math.ceil(wanted / urban_share) if urban_share else 0, _POINTS_PER_ZONE * belt)
    total = min(total, _MOST_POINTS)
    points = rng.uniform(0.0, math.sqrt(area_km2), size=(total, 2))
    depth, owner = _depth(points, places)
    order = np.argsort(depth, kind="stable")
    town = order[: round(total * urban_share)]
    # What is left of a uniform sample is uniform, so its first points in the order drawn will do.
    country = np.sort(order[len(town) :])[: _POINTS_PER_ZONE * belt]
    reach = float(depth[town].max()) if len(town) else 1.0
    within = 1.5 - depth[town] / reach
    settled = np.bincount(owner[town], weights=within, minlength=len(places.names))
    beyond = 0.5 + np.exp(1.0 - np.minimum(depth[country] / reach, 50.0))
    return _Ground(
        points=np.concatenate([points[town], points[country]]),
        part=np.concatenate([owner[town], np.full(len(country), len(places.names))]),
        people=np.concatenate(
            [
                residents[0] * places.shares[owner[town]] * within / settled[owner[town]],
                residents[1] * beyond / (beyond.sum() or 1.0),
            ]
        ),
        area_km2=np.concatenate(
            [
                np.full(len(town), urban_area / max(len(town), 1)),
                np.full(len(country), (area_km2 - urban_area) / max(len(country), 1)),
            ]
        ),
    )


def _depth(points: Floats, places: _Settlements) -> tuple[Floats, Ints]:
    """Least distance from a settlement in units of its radius, and whose it is; infinite without any."""
    depth = np.full(len(points), np.inf)
    owner = np.zeros(len(points), dtype=np.intp)
    for k, (centre, radius) in enumerate(zip(places.centres, places.radii, strict=True)):
        here = np.hypot(*(points - centre).T) / radius
        owner[here < depth] = k
        depth = np.minimum(depth, here)
    return depth, owner


def _divide(rng: np.random.Generator, ground: _Ground, zones: list[int]) -> Ints:
    """Zone of each sample point, numbered from 0 through the parts in order."""
    zone = np.empty(len(ground.points), dtype=np.intp)
    first = 0
    for part, count in enumerate(zones):
        inside = np.flatnonzero(ground.part == part)
        if count:
            zone[inside] = first + _cluster(rng, ground.points[inside], ground.people[inside], count)
        first += count
    return zone


def _cluster(rng: np.random.Generator, points: Floats, weight: Floats, count: int) -> Ints:
    """Weighted k-means: the cluster of each point."""
    centres = points[rng.choice(len(points), size=count, replace=False, p=weight / weight.sum())]
    for _ in range(_ROUNDS):
        away, label = cKDTree(centres).query(points)
        mass = np.bincount(label, weights=weight, minlength=count)
        empty = mass == 0
        sums = [np.bincount(label, weights=weight * axis, minlength=count) for axis in points.T]
        centres = np.column_stack(sums) / np.where(empty, 1.0, mass)[:, None]
        centres[empty] = points[np.argsort(away)[len(points) - empty.sum() :]]
    return np.asarray(cKDTree(centres).query(points)[1], dtype=np.intp)


def _frame(name: str, people: int, ground: _Ground, zone: Ints, places: _Settlements) -> pd.DataFrame:
    residents = np.asarray(np.bincount(zone, weights=ground.people), dtype=np.float64)
    population = _whole(residents, people)
    area = np.bincount(zone, weights=ground.area_km2)
    centres = np.column_stack(
        [np.bincount(zone, weights=ground.people * axis) / residents for axis in ground.points.T]
    )
    near = cKDTree(ground.points).query_ball_point(centres, NEIGHBOURHOOD_KM)
    part = np.zeros(len(residents), dtype=np.intp)
    part[zone] = ground.part
    label = [*places.names, "Rural"]
    number = np.arange(len(part)) - np.searchsorted(part, part) + 1
    width = len(str(len(part)))
    stem = "-".join(name.lower().split())
    return as_zone_frame(
        pd.DataFrame(
            {
                "zone": [f"{stem}-{k + 1:0{width}d}" for k in range(len(part))],
                "name": [f"{label[p]}, zone {n}" for p, n in zip(part, number, strict=True)],
                "district": _districts(centres, part, places) or name,
                "force": name,
                "x_km": centres[:, 0],
                "y_km": centres[:, 1],
                "lon": np.nan,
                "lat": np.nan,
                "area_km2": area,
                "population": population,
                "people_3km": [float(ground.people[points].sum()) for points in near],
                "rural": is_rural(population, area),
            }
        )
    )


def _districts(centres: Floats, part: Ints, places: _Settlements) -> list[str]:
    """Settlement of each zone, for a zone of the belt the nearest; empty without settlements."""
    if not places.names:
        return []
    nearest = cKDTree(places.centres).query(centres)[1]
    return [
        places.names[own if own < len(places.names) else near]
        for own, near in zip(part, nearest, strict=True)
    ]


def _whole(values: Floats, total: int) -> NDArray[np.int64]:
    """*values* as whole numbers that add up to *total* (largest remainders)."""
    scaled = values * (total / values.sum())
    whole: NDArray[np.int64] = np.floor(scaled).astype(np.int64)
    short = total - int(whole.sum())
    whole[np.argsort(whole - scaled, kind="stable")[:short]] += 1
    return whole
