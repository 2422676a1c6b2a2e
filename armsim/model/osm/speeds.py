"""Speeds of roads: what a ``maxspeed`` tag says, and what stands in where there is none.

A speed here is a limit, or what drivers keep to where the limit says nothing: no mean speed of trips. How
much of it is driven is the scenario's ``travel.pace``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

MILE_KM = 1.609344
_KNOT_KM = 1.852

#: Kilometres an hour of each class of road without a readable limit. Motorways and trunk roads: the national
#: limit (70 and 60 mph). The others are assumptions: what bends, parked cars and villages leave of it.
CLASS_KPH: Mapping[str, float] = {
    "motorway": 113, "motorway_link": 80,
    "trunk": 96, "trunk_link": 64,
    "primary": 72, "primary_link": 56,
    "secondary": 64, "secondary_link": 48,
    "tertiary": 56, "tertiary_link": 40,
    "unclassified": 48, "residential": 40, "road": 40,
    "living_street": 16, "service": 16,
}  # fmt: skip
#: Ways that are no roads, but are driven where ``emergency`` says so, and how fast.
EMERGENCY_KPH: Mapping[str, float] = {"pedestrian": 16, "track": 16, "busway": 32}

#: Words that mean a limit. The national limit is 70 mph on dual carriageways, which are one-way in the map.
_WORDS: Mapping[str, float] = {
    "walk": 6.0,
    "none": 130.0,
    "gb:motorway": 70 * MILE_KM,
    "gb:nsl_dual": 70 * MILE_KM,
    "gb:nsl_single": 60 * MILE_KM,
    "gb:nsl_restricted": 30 * MILE_KM,
    "gb:urban": 30 * MILE_KM,
    "urban": 50.0,
}
_NATIONAL = frozenset({"national", "nsl", "gb:national", "gb:nsl", "gb:rural"})
_SINGLE, _DUAL = 60 * MILE_KM, 70 * MILE_KM
#: Tags that name the kind of limit where ``maxspeed`` itself gives none.
_KIND_OF_LIMIT = ("maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(mph|mi/h|km/h|kmh|kph|knots|kn)?")
_UNITS = {"mph": MILE_KM, "mi/h": MILE_KM, "knots": _KNOT_KM, "kn": _KNOT_KM}
_LEAST_KPH, _MOST_KPH = 3.0, 160.0


def limit_kph(text: str, dual: bool = False) -> float | None:
    """Kilometres an hour that a ``maxspeed`` tag says; of several values the least.

    Args:
        text: such as ``30 mph``, ``50``, ``national``, ``GB:nsl_single``, ``GB:20mph``, ``walk``, ``none``,
            ``30 mph;40 mph``.
        dual: the road is one carriageway of two, for ``national``.

    Returns:
        ``None`` where it says nothing of use, such as ``signals``, or no plausible speed.
    """
    read = [_one(part.strip().lower(), dual) for part in re.split(r"[;|]", text) if part.strip()]
    known = [speed for speed in read if speed is not None]
    return min(known) if known and len(known) == len(read) else None


def _one(text: str, dual: bool) -> float | None:
    if text in _NATIONAL:
        return _DUAL if dual else _SINGLE
    country, _, rest = text.rpartition(":")
    known = _WORDS.get(text, _WORDS.get(rest))
    if known is not None:
        return known
    found = _NUMBER.fullmatch(re.sub(r"^zone\s*", "", rest))
    if found is None:
        return None
    # A bare number is in km/h, but for a British zone such as GB:20.
    unit = _UNITS.get(found[2] or "", MILE_KM if not found[2] and country.startswith("gb") else 1.0)
    speed = float(found[1]) * unit
    return speed if _LEAST_KPH <= speed <= _MOST_KPH else None


def tagged_kph(tags: Mapping[str, str], suffix: str, dual: bool) -> tuple[float | None, str]:
    """The limit that the tags of a way give, and the text that could not be read, empty if none.

    Args:
        tags: of the way.
        suffix: ``:forward``, ``:backward`` or nothing; the plain tag stands in for one that is not there.
        dual: see :func:`limit_kph`.
    """
    text = tags.get(f"maxspeed{suffix}") or tags.get("maxspeed", "")
    speed = limit_kph(text, dual) if text else None
    if speed is None:
        kinds = (limit_kph(tags[key], dual) for key in _KIND_OF_LIMIT if key in tags)
        speed = next((kind for kind in kinds if kind is not None), None)
    return speed, text if text and speed is None else ""
