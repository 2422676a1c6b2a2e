"""Words of the trade: levels, grades, statuses, outcomes, capabilities and what a log table holds.

No behaviour. Enumerations are for people and files; the engine binds their integer codes to module
constants, because reading an enumeration member costs twenty times as much as reading a constant.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum

MINUTES_PER_HOUR = 60.0
MINUTES_PER_DAY = 1440.0
MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY
HOURS_PER_WEEK = 168


class ThreatLevel(IntEnum):
    """Terrorism threat levels, lowest first."""

    LOW = 0
    MODERATE = 1
    SUBSTANTIAL = 2
    SEVERE = 3
    CRITICAL = 4


class Grade(IntEnum):
    """Order in which work is served: a lower code goes first.

    FIREARMS is a grade of its own above grade 1, because an armed incident takes units from grade 1 work.
    PLANNED and POST are work without a caller: booked operations, and posts that a threat level asks for.
    """

    FIREARMS = 0
    G1 = 1
    PLANNED = 2
    G2 = 3
    POST = 4
    G3 = 5


class UnitStatus(IntEnum):
    """What a unit is doing; every minute of a unit is in exactly one of these."""

    OFF_DUTY = 0
    AVAILABLE_AT_BASE = 1
    ON_PATROL = 2
    MOBILISING = 3
    EN_ROUTE = 4
    HOLDING = 5
    ON_SCENE = 6
    FOLLOW_ON = 7
    RETURNING = 8
    REPOSITIONING = 9
    ON_POST = 10
    REFRESHMENTS = 11
    UNAVAILABLE = 12


class Outcome(IntEnum):
    """How an incident ended; every incident has exactly one."""

    ATTENDED = 0
    STOOD_DOWN = 1
    LOST = 2
    ESCALATED = 3
    OPEN_AT_END = 4


class FirearmsOutcome(IntEnum):
    """How an incident that wanted or was sent an armed unit counts in the firearms figures."""

    NOT_FIREARMS = 0
    AUTHORISED_OPERATION = 1
    STOOD_DOWN = 2
    UNMET = 3
    ROUTINE_ATTENDANCE = 4


class AssignmentReason(IntEnum):
    """How a unit came to be sent: column ``reason`` of the deployments; an escalation keeps it."""

    FREE = 0
    DIVERTED = 1
    TAKE_OVER = 2


class DeploymentEnd(IntEnum):
    """How a unit's part in an incident ended: column ``end`` of the deployments."""

    WORK_DONE = 0
    DIVERTED = 1
    TURNED_BACK = 2
    RELIEVED = 3
    SHIFT_LIMIT = 4
    OPEN = 5
    """Still under way when the run ended."""
    ESCALATED = 6
    """The incident turned into another, for which the unit goes on."""
    TAKEN_OVER = 7
    """A nearer unit took the job while this one was on its way."""


class Capability(IntEnum):
    """What a unit brings to an incident, in counts taken from its crew."""

    OFFICERS = 0
    CED = 1
    ARMED_OFFICERS = 2
    ARV = 3


class Employment(IntEnum):
    """What an officer is employed as; team and authorisations are apart from it."""

    REGULAR = 0
    STUDENT = 1
    SPECIAL = 2
    PCSO = 3


class Authorisation(IntEnum):
    """What an officer is trained and authorised for; column ``authorisations`` has bit 2**code of each."""

    CED = 0
    AFO = 1
    ARVO = 2
    SFO = 3
    CTSFO = 4
    RESPONSE_DRIVER = 5
    ADVANCED_DRIVER = 6


class DutyKind(IntEnum):
    """How an officer came to be on duty, or why a rostered duty was not worked.

    Of a rostered duty exactly one row is kept: worked (ROSTERED) or absent (ABSENT_..., REST_GIVEN_BACK,
    ON_COURSE). The other kinds of duty come on top of the roster.
    """

    ROSTERED = 0
    REST_DAY_CANCELLED = 1
    """Called in on a rest day by the threat level."""
    REST_DAY_WORKED = 2
    """A rest day worked by agreement."""
    RECALLED = 3
    """From home, when the level took hold."""
    VOLUNTARY = 4
    """Hours that a special constable gives."""
    CALLED_IN = 5
    """A special constable asked for more by the level."""
    ABSENT_PLANNED = 6
    """Leave, training, court: ``cause`` is the index in the team's planned absences, sorted by name."""
    ABSENT_SICK = 7
    ABSENT_NOT_DEPLOYABLE = 8
    REST_GIVEN_BACK = 9
    ON_COURSE = 10
    """On the courses of an uplift, or moved to another team by one and not yet replaced."""


class Milestone(StrEnum):
    """Points in an incident's life whose time since ``received_at`` is a response time."""

    FIRST_OFFICER = "first_officer"
    FIRST_CED = "first_ced"
    FIRST_ARMED = "first_armed"
    FULL_ATTENDANCE = "full_attendance"
    CONTAINED = "contained"
    """Both waves are there, of an incident that asks for a second."""


class AreaClass(IntEnum):
    """Urban or rural, by the density of the zone."""

    URBAN = 0
    RURAL = 1


class Record(StrEnum):
    """How much of the log a replication keeps."""

    METRICS = "metrics"
    DEPLOYMENTS = "deployments"
    FULL = "full"


#: Columns of each log table, in order. Times are minutes from the opening of the observation window;
#: an unset time is NaN. Codes are the integer values of the enumerations above.
INCIDENT_COLUMNS = (
    "incident", "type", "grade", "zone", "level", "x", "y",
    "received_at", "graded_at", "authorised_at",
    "first_officer_at", "first_ced_at", "first_armed_at", "full_at", "closed_at",
    "outcome", "firearms_outcome", "sent", "requeued", "postponed", "unattended_minutes",
    "force", "attack", "attack_site", "parent", "contained_at", "first_crew",
)  # fmt: skip
DEPLOYMENT_COLUMNS = (
    "incident", "unit", "ordinal", "assigned_at", "mobile_at", "arrived_at", "released_at",
    "expected_minutes", "status_before", "alternatives", "runner_up_minutes", "reason", "end",
    "rank", "rule",
)  # fmt: skip
STATUS_COLUMNS = ("unit", "status", "start", "end", "incident")
DUTY_COLUMNS = (
    "unit", "start", "planned_end", "end", "officers", "ced", "armed_officers", "arv", "breaks_lost",
)  # fmt: skip
#: A row per rostered duty of an officer, worked or not, and per duty on top. ``planned_end`` is what the
#: roster says, ``end`` what came of it (as ``planned_end`` where absent or uncrewed). ``notice``: minutes
#: from the decision to the start, NaN where the roster says so. ``duty``: row of the duty table, -1 where
#: the officer has no crew. ``owed``: 1 for a cancelled rest day that is owed and not paid, else 0.
OFFICER_DUTY_COLUMNS = ("officer", "kind", "start", "planned_end", "end", "notice", "cause", "duty", "owed")
#: Officers by number: team and force by index (sorted names), employment, authorisations as bits.
OFFICER_COLUMNS = ("officer", "team", "force", "employment", "authorisations", "rest_days_owed")
SHORTFALL_COLUMNS = ("kind", "shift_start", "planned", "crewed", "uncrewed_officers", "force")
AID_COLUMNS = ("lender", "borrower", "unit", "start", "end")
POST_COLUMNS = ("post", "day", "wanted_minutes", "filled_minutes")
#: Tasks of the desks; incident -1 is a task of an attack. One given up before it started has no start.
COMMAND_COLUMNS = ("incident", "asked_at", "started_at", "ended_at", "task", "desk")
THREAT_COLUMNS = ("level", "start", "end")
#: Straight pieces of the ways of units, kept when a replication is asked for its trails: each holds from
#: ``start`` until the unit's next row; at its first place until ``departs``, at its second from ``arrives``.
TRAIL_COLUMNS = ("unit", "start", "from_x", "from_y", "to_x", "to_y", "departs", "arrives")
SURVEY_COLUMNS = ("minute", "unit", "status", "obtainable", "place_a", "place_b", "place_c")
