"""A unit on duty or off, and a kind's rules as the engine reads them."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from armsim.domain import UnitStatus
from armsim.model.travel.leg import Leg, Place

if TYPE_CHECKING:
    from armsim.engine.incident import Deployment
    from armsim.engine.pool import Group, Pool

OFF_DUTY = int(UnitStatus.OFF_DUTY)
AVAILABLE_AT_BASE = int(UnitStatus.AVAILABLE_AT_BASE)
ON_PATROL = int(UnitStatus.ON_PATROL)
MOBILISING = int(UnitStatus.MOBILISING)
EN_ROUTE = int(UnitStatus.EN_ROUTE)
HOLDING = int(UnitStatus.HOLDING)
ON_SCENE = int(UnitStatus.ON_SCENE)
FOLLOW_ON = int(UnitStatus.FOLLOW_ON)
RETURNING = int(UnitStatus.RETURNING)
REPOSITIONING = int(UnitStatus.REPOSITIONING)
ON_POST = int(UnitStatus.ON_POST)
REFRESHMENTS = int(UnitStatus.REFRESHMENTS)
UNAVAILABLE = int(UnitStatus.UNAVAILABLE)

NOBODY = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class KindRules:
    """What the engine needs to know of a unit kind.

    Attributes:
        code: index among the unit kinds, by name.
        armed: counts as an armed unit.
        arv: is an armed response vehicle.
        blue_light: its driver may use blue lights.
        serves: per grade, whether it may be sent.
        handicap: per grade, minutes added when ranked.
        patrol_slot: minutes between patrol points; 0 waits at its base.
        home_first: it is not free on its way home.
        break_length: minutes of a refreshment break; 0 has none.
        break_window: start and end of the window, minutes from the start of duty.
    """

    code: int
    armed: bool
    arv: bool
    blue_light: bool
    serves: tuple[bool, ...]
    handicap: tuple[float, ...]
    patrol_slot: float
    home_first: bool
    break_length: float
    break_window: tuple[float, float]


class Unit:
    """One unit through the whole run; a duty period lends it a crew.

    Attributes:
        code: index of its kind.
        brings: counts by capability while on duty.
        offers: bit mask of the capabilities it brings.
        status: what it is doing; only the fleet changes it.
        since: minute the status began.
        free_since: minute at which it last came free.
        until: minute at which the present phase ends by the clock; infinite when an event ends it.
        leg: where it is and where it is going.
        ends: planned end of duty.
        job: the deployment it is on, if any.
        free: may be sent without leaving work.
        force: code of its force.
        base_name: name of its base.
        seat: its number among the units of its kind and force.
        pool: the pool that it works in: its own bloc's, or that of the bloc it is lent to.
        home_pool: its own bloc's pool.
        lent_at: minute at which it was lent.
        lent_to: code of the force of the incident that it was lent for.
        lent_until: a lent unit goes home when it is free after this minute; infinite when it is not lent.
        group: the group of the pool that it is in.
        tours: patrol points of each tour of duty, slot by slot.
        tour: index of the present tour of duty.
        points: patrol points of the present tour.
        slot: index of the present slot of the tour.
        slot_origin: minute at which slot 0 began.
        break_at: minute at which a refreshment break is due; infinite when none is.
        break_closes: minute until which that break may be taken.
    """

    __slots__ = (
        "base", "base_name", "break_at", "break_closes", "brings", "code", "duty", "ends", "force",
        "free", "free_since", "group", "home_pool", "job", "leg", "lent_at", "lent_to", "lent_until",
        "number", "offers", "points", "pool", "recorded", "rules", "seat", "since", "slot",
        "slot_origin", "status", "tour", "tours", "until",
    )  # fmt: skip

    def __init__(
        self,
        number: int,
        rules: KindRules,
        base: Place,
        recorded: bool,
        force: int,
        base_name: str,
        seat: int,
    ) -> None:
        self.number = number
        self.force = force
        self.base_name = base_name
        self.seat = seat
        self.rules = rules
        self.code = rules.code
        self.base = base
        self.recorded = recorded
        self.brings: tuple[int, int, int, int] = NOBODY
        self.offers = 0
        self.status = OFF_DUTY
        self.since = -inf
        self.free_since = -inf
        self.until = inf
        self.leg = Leg.at(base)
        self.ends = -inf
        self.job: Deployment | None = None
        self.free = False
        self.break_at = inf
        self.break_closes = -inf
        self.pool: Pool
        self.home_pool: Pool
        self.lent_at = 0.0
        self.lent_to = force
        self.lent_until = inf
        self.group: Group
        self.tours: list[list[Place]] = []
        self.tour = -1
        self.points: list[Place] = []
        self.slot = 0
        self.slot_origin = 0.0
        self.duty = -1
