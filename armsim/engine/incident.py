"""An incident or post being worked, and a unit's deployment to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from armsim.domain import Capability, UnitStatus
from armsim.model.travel.leg import Place

if TYPE_CHECKING:
    from armsim.engine.clock import Alarm
    from armsim.engine.control_room import ControlRoom
    from armsim.engine.unit import Unit

OFFICERS = 1 << Capability.OFFICERS
CED = 1 << Capability.CED
ARMED = 1 << Capability.ARMED_OFFICERS
ARV = 1 << Capability.ARV
ARMED_LINES = ARMED | ARV

FIRST_OFFICER, FIRST_CED, FIRST_ARMED, FULL = range(4)
#: In the place of a milestone: authority was given.
AUTHORITY = -1

NAN = float("nan")
HOLDING = int(UnitStatus.HOLDING)


@dataclass(frozen=True, slots=True)
class TypeRules:
    """What the engine needs to know of an incident type, or of a kind of post.

    Attributes:
        kinds: unit kinds that may be sent, their handicap in minutes and their multiplier of travel minutes
            (blue lights), in order of kind.
        work_from: milestone that starts the work.
        work_at_latest: minutes after the first arrival at which it starts anyway.
        later_units_stay: share of the remaining work that later units stay for; 1 with no early release.
        wait_for_authority: armed units do not move before authority is given.
        relieved: units are relieved on the spot at the end of their shift.
        together: units go only when all that is short can be had.
        partial: what cannot be had at the first choice is never sent.
        singly: each unit does a piece of work of its own and leaves.
        factor_by_kind: code of a unit kind: multiplier of the work.
        factor_by_base: name of a base: the same, and goes before the kind's.
        containment_after: milestone that has the second wave asked for, -1 authority; ``None`` has none.
        containment_delay: minutes after that.
        takes_late: a unit near the end of its shift may be sent.
        patience_ends_assigned: the first unit sent ends the patience.
        more_work: minutes of a piece of work beyond those drawn with an incident, by key and ordinal.
        booked: keep_free, retry minutes and attempts of booked work, or ``None``.
        post: it is a post.
    """

    code: int
    grade: int
    kinds: tuple[tuple[int, float, float], ...]
    work_from: int
    work_at_latest: float
    later_units_stay: float
    wait_for_authority: bool
    relieved: bool
    takes_late: bool
    patience_ends_assigned: bool
    booked: tuple[int, float, int] | None
    post: bool
    together: bool = False
    partial: bool = False
    singly: bool = False
    factor_by_kind: Mapping[int, float] = field(default_factory=dict)
    factor_by_base: Mapping[str, float] = field(default_factory=dict)
    more_work: Callable[[int, int], float] | None = None
    containment_after: int | None = None
    containment_delay: float = 0.0

    def work_factor(self, unit: Unit) -> float:
        """Multiplier of work done by *unit*."""
        return self.factor_by_base.get(unit.base_name, self.factor_by_kind.get(unit.code, 1.0))


class Drawn(NamedTuple):
    """What was drawn of an incident before dispatch: a row of the incident table."""

    number: int
    type: int
    priority: int
    zone: int
    place: Place
    level: int
    received_at: float
    graded_at: float
    needs: tuple[int, int, int, int]
    work: float
    authorisation: float = NAN
    command: float = 0.0
    stand_down_at: float = NAN
    lost_at: float = NAN
    follow_on: float = 0.0
    crew_off: bool = False
    turnout_z: Sequence[float] = ()
    trip_z: Sequence[float] = ()
    force: int = 0
    key: int = 0
    attack: int = -1
    attack_site: int = -1
    escalates_at: float = NAN
    child: int = -1
    parent: int = -1
    works: Sequence[float] = ()
    containment: tuple[int, ...] = ()


class Incident:
    """An incident and its clocks.

    Attributes:
        drawn: what was drawn of it before dispatch.
        room: the control room of the bloc where it lies.
        work_over: pieces of work that units left undone, where each does its own.
        order: grade, priority, received_at, number: the order in which it is served.
        short: needs less what has been sent and not withdrawn, by capability; may be negative.
        there: what is on the scene, by capability.
        wanted: bit mask of capabilities still short that may be sent now.
        reached: minutes of the four milestones, or ``None``.
        first_crew: officers of the unit that reached the first; 0 before that.
        work_left: minutes of work left, running or paused.
        work_ends: minute at which running work ends, else ``None``.
    """

    # What starts unset is a class attribute: few attributes are set when one is made, and an instance stays
    # below the thirty up to which Python keeps instances small.
    work_ends: float | None = None
    work_alarm: Alarm | None = None
    sent = 0
    requeued = 0
    queued = False
    authority_asked = False
    authorised_at: float | None = None
    stood_down = False
    lost_alarm: Alarm | None = None
    off_crew: Unit | None = None
    was_graded = True
    second_wave = False
    contained_at: float | None = None
    first_crew = 0
    factored = False
    first_arrival_at: float | None = None
    closed_at: float | None = None
    outcome = -1
    postponed = 0
    attempts = 0
    alone_since: float | None = None
    alone_minutes = 0.0
    post_index = -1
    work_over: Sequence[float] = ()
    filled_since: float | None = None
    filled_minutes = 0.0

    def __init__(self, rules: TypeRules, drawn: Drawn, room: ControlRoom) -> None:
        self.rules = rules
        self.drawn = drawn
        self.room = room
        self.number = number = drawn.number
        self.place = drawn.place
        self.needs = needs = drawn.needs
        self.lost_at = drawn.lost_at
        self.order = (rules.grade, drawn.priority, drawn.received_at, number)
        self.short = list(needs)
        self.there = [0, 0, 0, 0]
        self.wanted = mask_of(needs)
        self.reached: list[float | None] = [None, None, None, None]
        self.work_left = drawn.work
        self.deployments: list[Deployment] = []

    def __lt__(self, other: Incident) -> bool:
        return self.order < other.order

    def count_filled(self, now: float) -> None:
        """Keep the minutes during which a post has what it needs."""
        filled = all(here >= need for here, need in zip(self.there, self.needs, strict=True))
        if filled and self.filled_since is None:
            self.filled_since = now
        elif not filled and self.filled_since is not None:
            self.filled_minutes += now - self.filled_since
            self.filled_since = None

    @property
    def waits_for_authority(self) -> bool:
        """Authority was asked for and is not given yet."""
        return self.authority_asked and self.authorised_at is None

    def refresh_wanted(self) -> None:
        """Work out again what is still to be sent."""
        wanted = lines_short(self.short)
        if self.rules.wait_for_authority and self.waits_for_authority:
            wanted &= ~ARMED_LINES
        self.wanted = wanted


class Deployment:
    """One unit sent to one incident, and its clocks.

    Attributes:
        delay: minutes before the turn-out of a unit that another force lends.
        taken_over: the job was taken over from another unit, and is not taken over again.
        rank: place of its unit among the candidates by expected minutes, 1 the nearest; NaN unless explained.
        rule: index into the policy's ``RULES`` of what decided for it; NaN unless explained.
        work_until: minute at which its own piece of work ends, where each unit does its own.
    """

    # As with incidents, what starts unset is a class attribute.
    arrived_at: float | None = None
    alarm: Alarm | None = None
    leave_alarm: Alarm | None = None
    limit_alarm: Alarm | None = None
    relieving = False
    delay = 0.0
    taken_over = False
    rank: float = float("nan")
    rule: float = float("nan")
    work_until: float | None = None

    def __init__(
        self, incident: Incident, unit: Unit, ordinal: int, assigned_at: float, expected: float,
        runner_up: float, alternatives: int, reason: int,
    ) -> None:  # fmt: skip
        self.incident = incident
        self.unit = unit
        self.ordinal = ordinal
        self.assigned_at = assigned_at
        self.mobile_at = assigned_at
        self.expected = expected
        self.runner_up = runner_up
        self.alternatives = alternatives
        self.status_before = unit.status
        self.reason = reason


def first_there(deployments: Sequence[Deployment]) -> Deployment | None:
    """The deployment that came first to work on the scene."""
    working = [one for one in deployments if one.arrived_at is not None and one.unit.status != HOLDING]
    return min(working, key=lambda one: (one.arrived_at, one.unit.number), default=None)


def lines_short(short: Sequence[int]) -> int:
    """Bit mask of the capabilities of which more than nothing is short; written out for speed."""
    officers, ced, armed, arv = short
    wanted = OFFICERS if officers > 0 else 0
    if ced > 0:
        wanted |= CED
    if armed > 0:
        wanted |= ARMED
    if arv > 0:
        wanted |= ARV
    return wanted


def add(counts: list[int], brings: tuple[int, int, int, int]) -> None:
    """Add what a unit brings to *counts*, in place; written out for speed."""
    officers, ced, armed, arv = brings
    counts[0] += officers
    counts[1] += ced
    counts[2] += armed
    counts[3] += arv


def subtract(counts: list[int], brings: tuple[int, int, int, int]) -> None:
    """Take what a unit brings off *counts*, in place; written out for speed."""
    officers, ced, armed, arv = brings
    counts[0] -= officers
    counts[1] -= ced
    counts[2] -= armed
    counts[3] -= arv


@cache
def mask_of(counts: tuple[int, int, int, int]) -> int:
    """Bit mask of the capabilities with a count above 0."""
    return sum(1 << line for line, count in enumerate(counts) if count > 0)
