"""The table of incidents that a replication meets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.model.travel import Place

Floats = NDArray[np.float64]

#: Units of an incident that have luck of their own on the way; later ones share in turn.
ORDINALS = 4
#: Columns that may be left out: what they then hold in every row.
_NONE: dict[str, NDArray[Any]] = {
    "attack": np.array([-1], dtype=np.int32),
    "attack_site": np.array([-1], dtype=np.int16),
    "containment": np.zeros((1, 4), dtype=np.int16),
    "escalates_at": np.array([np.nan]),
    "child": np.array([-1]),
    "parent": np.array([-1]),
    "on_scene_by_ordinal": np.empty((1, 0), dtype=np.float32),
    "force": np.array([0], dtype=np.int16),
}


@dataclass(frozen=True, eq=False)
class IncidentTable:
    """Incidents as columns, one row each, sorted by (graded_at, type, force, order of arrival).

    Times are minutes since the window opened. Attributes of shape (n,) unless said otherwise.

    Attributes:
        number: 0 to n - 1.
        type: code of the type: its index in ``World.types``.
        grade: code of :class:`~armsim.domain.Grade`.
        priority: order inside the grade, 0 first.
        zone: index of the zone.
        x: km east.
        y: km north.
        level: code of the threat level at ``received_at``.
        received_at: when the call came.
        graded_at: when a unit may be sent.
        authorisation: service minutes at the command desk; NaN needs none.
        command: minutes that the desk stays taken afterwards; 0 none.
        needs: shape (n, 4), in the order of :class:`~armsim.domain.Capability`.
        on_scene: minutes of work.
        stand_down_at: when it is stood down; NaN never.
        lost_at: when its patience ends; NaN never.
        follow_on: minutes of work elsewhere; 0 none.
        crew_off: the first armed crew is off for the rest of its tour.
        turnout_z: standard normals, shape (n, ORDINALS).
        trip_z: standard normals, shape (n, ORDINALS).
        places: where the incidents are, as the travel model wants it.
        attack: index of the attack in :class:`~armsim.model.attacks.Attacks` that it belongs to; -1 none.
        attack_site: number of the attack's site, from 0; -1 for calls near the sites and all others.
        containment: what is wanted in a second wave, shape (n, 4), as *needs*.
        escalates_at: when it turns into another incident, if it is still open; NaN never.
        child: row of *children* that it turns into; -1 none.
        parent: number of the incident that turns into this one; -1 none.
        on_scene_by_ordinal: minutes of work of each unit by ordinal where they are released singly, the
            first that of *on_scene*; NaN for other types; shape (n, ORDINALS), or (n, 0) if no type is so.
        force: code of the force of the zone.
        key: a number that stays with the incident whatever else happens in the region, from the name of its
            streams (type and force, say) and its place in them. Left out, it is the number.
        children: what incidents turn into, numbered after them, by parent; ``None`` if no type escalates.

    What belongs to attacks and escalation may be left out and then stands at "none", and the force at 0.
    """

    number: NDArray[np.int64]
    type: NDArray[np.int16]
    grade: NDArray[np.int8]
    priority: NDArray[np.int8]
    zone: NDArray[np.int32]
    x: Floats
    y: Floats
    level: NDArray[np.int8]
    received_at: Floats
    graded_at: Floats
    authorisation: Floats
    command: Floats
    needs: NDArray[np.int16]
    on_scene: Floats
    stand_down_at: Floats
    lost_at: Floats
    follow_on: Floats
    crew_off: NDArray[np.bool_]
    turnout_z: NDArray[np.float32]
    trip_z: NDArray[np.float32]
    places: list[Place]
    attack: NDArray[np.int32] = field(default_factory=_NONE["attack"][:0].copy)
    attack_site: NDArray[np.int16] = field(default_factory=_NONE["attack_site"][:0].copy)
    containment: NDArray[np.int16] = field(default_factory=_NONE["containment"][:0].copy)
    escalates_at: Floats = field(default_factory=_NONE["escalates_at"][:0].copy)
    child: NDArray[np.int64] = field(default_factory=_NONE["child"][:0].copy)
    parent: NDArray[np.int64] = field(default_factory=_NONE["parent"][:0].copy)
    on_scene_by_ordinal: NDArray[np.float32] = field(default_factory=_NONE["on_scene_by_ordinal"][:0].copy)
    force: NDArray[np.int16] = field(default_factory=_NONE["force"][:0].copy)
    key: NDArray[np.int64] = field(default_factory=_NONE["child"][:0].copy)
    children: IncidentTable | None = None

    def __post_init__(self) -> None:
        if len(self.key) < len(self):
            object.__setattr__(self, "key", self.number)
        for name, none in _NONE.items():
            if len(getattr(self, name)) < len(self):  # left out
                object.__setattr__(self, name, np.broadcast_to(none, (len(self), *none.shape[1:])))

    def __len__(self) -> int:
        return len(self.number)

    def counts(self) -> dict[int, int]:
        """Code of each type that occurs: its number of incidents."""
        codes, numbers = np.unique(self.type, return_counts=True)
        return dict(zip(codes.tolist(), numbers.tolist(), strict=True))
