"""Which ways of a map a police car may drive, in which direction and how fast: one verdict a way.

There are no turn restrictions and no delays at junctions: the roads are *turn-free*.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from armsim.model.osm.speeds import CLASS_KPH, EMERGENCY_KPH, tagged_kph

#: Why a way is left out, in the order in which it is asked; words for the report.
NO_ROAD = "no road (paths, cycleways, footways, steps, under construction)"
TRACK = "track"
AREA = "area, such as a square"
PRIVATE = "private, or closed to motor vehicles"
DRIVEWAY = "driveway, parking aisle or drive-through"
SERVICE = "service road (left out as asked)"
NO_SPEED = "speed of 0 asked for its class"

_CLOSED = frozenset({"no", "private", "agricultural", "forestry", "military", "use_sidepath", "restricted"})
#: From the most particular: the first that is there decides.
_ACCESS = ("motorcar", "motor_vehicle", "vehicle", "access")
_ONEWAY = ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway")
_OPEN_TO_EMERGENCY = frozenset({"yes", "designated", "official"})
_MINOR_SERVICE = frozenset({"driveway", "parking_aisle", "drive-through", "parking", "drive_through"})
_FORWARD = frozenset({"yes", "true", "1"})
_BACKWARD = frozenset({"-1", "reverse"})
_BOTH = frozenset({"no", "false", "0", "alternating", "reversible"})
_ROUND = frozenset({"roundabout", "circular"})
_IMPLIED = frozenset({"motorway", "motorway_link"})

#: Things on a node that no car passes, unless tags say that it may.
_CLOSING = frozenset({
    "block", "bollard", "bus_trap", "chain", "cycle_barrier", "debris", "ditch", "fence",
    "full-height_turnstile", "guard_rail", "hedge", "horse_stile", "jersey_barrier", "kissing_gate", "log",
    "motorcycle_barrier", "planter", "rope", "stile", "sump_buster", "turnstile", "wall", "wicket_gate",
})  # fmt: skip
#: A barrier on one of these is taken for a slip of the map: it belongs to a path that joins there.
MAIN_ROADS = frozenset(
    f"{kind}{link}"
    for kind in ("motorway", "trunk", "primary", "secondary", "tertiary")
    for link in ("", "_link")
)


class Verdict(NamedTuple):
    """What becomes of a way.

    Attributes:
        dropped: why it is left out; empty when it is kept.
        oneway: 1 along the way, -1 against it, 0 both.
        forward_kph: speed along it.
        backward_kph: speed against it.
        tagged: whether the speed is a limit that the map states.
        unread: text of a limit that could not be read.
    """

    dropped: str
    oneway: int = 0
    forward_kph: float = 0.0
    backward_kph: float = 0.0
    tagged: bool = False
    unread: str = ""


def judge(
    tags: Mapping[str, str], class_kph: Mapping[str, float] = CLASS_KPH, service: bool = True
) -> Verdict:
    """The verdict on a way that has a ``highway`` tag.

    Args:
        tags: of the way.
        class_kph: speed of each class of road without a limit; 0 leaves the class out.
        service: whether service roads are kept: alleys and ways to buildings; never driveways.
    """
    dropped = _dropped(tags, service)
    if dropped:
        return Verdict(dropped)
    kind = tags["highway"]
    usual = class_kph.get(kind, EMERGENCY_KPH.get(kind, 0.0))
    if usual <= 0:
        return Verdict(NO_SPEED)
    oneway = direction(tags)
    dual = oneway != 0 and tags.get("junction") not in _ROUND
    forward, unread = tagged_kph(tags, ":forward", dual)
    backward, also_unread = tagged_kph(tags, ":backward", dual)
    tagged = forward is not None or backward is not None
    return Verdict("", oneway, forward or usual, backward or usual, tagged, unread or also_unread)


def _dropped(tags: Mapping[str, str], service: bool) -> str:
    kind = tags["highway"]
    for_emergency = tags.get("emergency") in _OPEN_TO_EMERGENCY
    if kind not in CLASS_KPH and not (for_emergency and kind in EMERGENCY_KPH):
        return TRACK if kind == "track" else NO_ROAD
    if tags.get("area") == "yes":
        return AREA
    if for_emergency:
        return ""
    if closed(tags):
        return PRIVATE
    if kind == "service" and tags.get("service") in _MINOR_SERVICE:
        return DRIVEWAY
    return SERVICE if kind == "service" and not service else ""


def closed(tags: Mapping[str, str]) -> bool:
    """Whether cars may not pass; the most particular of the access tags decides."""
    said = next((tags[key] for key in _ACCESS if key in tags), "")
    return any(part.strip() in _CLOSED for part in said.split(";"))


def direction(tags: Mapping[str, str]) -> int:
    """1: only along the way; -1: only against it; 0: both."""
    said = next((tags[key].strip().lower() for key in _ONEWAY if key in tags), "")
    if said in _FORWARD:
        return 1
    if said in _BACKWARD:
        return -1
    if said in _BOTH:
        return 0
    return int(tags.get("junction") in _ROUND or tags.get("highway") in _IMPLIED)


def bars(tags: Mapping[str, str]) -> bool:
    """Whether what stands on a node keeps cars from passing it: a bollard, or a gate that is private."""
    if tags.get("emergency") in _OPEN_TO_EMERGENCY:
        return False
    if any(key in tags for key in _ACCESS):
        return closed(tags)
    return tags.get("barrier") in _CLOSING
