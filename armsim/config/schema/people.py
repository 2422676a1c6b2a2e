"""Officers as individuals, as written in a scenario file: employment, authorisations, hours, uplifts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from armsim.config.base import Model
from armsim.config.quantities import Duration, Share
from armsim.config.schema.dates import DateOf

EmploymentName = Literal["REGULAR", "STUDENT", "SPECIAL", "PCSO"]
RoleName = Literal["RESPONSE", "NPT", "ARV", "SPECIALIST", "CONTROL"]
AuthorisationName = Literal["AFO", "ARVO", "SFO", "CTSFO", "RESPONSE_DRIVER", "ADVANCED_DRIVER"]
Rate = Annotated[float, Field(ge=0, le=20)]

_WEEK = 7 * 1440.0
#: Home Secretary's approvals: student officers 28 February 2019, special constables 17 May 2022.
_CED_FROM: dict[EmploymentName, date] = {"STUDENT": date(2019, 2, 28), "SPECIAL": date(2022, 5, 17)}


class Students(Model):
    """Student officers: how long they are, and from when they count alone."""

    probation: Duration = 104 * _WEEK
    """From joining to the end of probation; then another takes the place."""
    independent_after: Duration = 30 * _WEEK
    """Until then they accompany a tutor: on duty, but in no crew's count."""


class CedPolicy(Model):
    """Who may carry a CED, and for how long training lasts."""

    allowed_from: dict[EmploymentName, DateOf] = _CED_FROM
    """Employment: first date on which it may carry; one that is not named may at any time."""
    allowed_early: tuple[EmploymentName, ...] = ()
    """Employments that carry before their date all the same: the explicit override of a question such as
    what if specials had been allowed."""
    refresher_every: Duration | None = 52 * _WEEK
    """Each carrier's refresher falls due this often; none never lapses."""
    refresher_with: str = "training"
    """Planned absence that refreshers belong to: due while it is suspended, it lapses until made up."""
    catch_up: Duration = 4 * _WEEK
    """A refresher that fell into a suspension is made up within this time after it, evenly spread."""
    use_kinds: dict[str, Share] = {
        "drawn": 0.281, "aimed": 0.029, "red_dot": 0.570, "arced": 0.029, "drive_stun": 0.0,
        "angled_drive_stun": 0.008, "fired": 0.083,
    }  # fmt: skip
    """Highest use of a CED: share of uses. 242 uses in Leicestershire in 2017/18 (Home Office)."""


class HoursRules(Model):
    """Limits of the Working Time Regulations and Police Regulations, and what overtime is paid at."""

    weekly_limit: Duration = 48 * 60.0
    """Average working week over the reference period."""
    reference_weeks: Annotated[int, Field(ge=1, le=52)] = 17
    """Reference period, weeks; the ledger opens with as many of roster."""
    daily_rest: Duration = 11 * 60.0
    """Rest between duties."""
    weekly_rest: Duration = 24 * 60.0
    """Unbroken rest in every 7 days, or ``fortnightly_rest`` in 14."""
    fortnightly_rest: Duration = 48 * 60.0
    """Unbroken rest in every 14 days that serves instead."""
    consecutive_days: Annotated[int, Field(ge=1, le=100)] = 7
    """Most days of duty in a row."""
    overtime_rate: Rate = 1.333
    """Pay of an hour past the end of duty."""
    rest_day_rate: Rate = 1.5
    """Pay of an hour on a rest day cancelled at short notice, or worked by agreement."""
    public_holiday_rate: Rate = 2.0
    """Pay of an hour of duty on a public holiday."""
    public_holidays: tuple[DateOf, ...] = ()
    """Public holidays."""
    unpaid: Duration = 30.0
    """Casual overtime that goes unpaid on each of the first ``unpaid_occasions`` of a week."""
    unpaid_occasions: Annotated[int, Field(ge=0, le=7)] = 4
    """How many a week."""
    least_rest_day: Duration = 4 * 60.0
    """A rest day worked is paid for at least this long."""


class RestDays(Model):
    """Rest days that a threat level takes, and how they come back."""

    notice: Duration = 15 * 1440.0
    """Cancelled with this much notice a rest day is owed; with less it is paid."""
    owed_at_short_notice: Share = 0.0
    """Share of officers who take the day owed instead of the pay when notice is short."""
    given_back_every: Duration | None = 14 * 1440.0
    """An officer who is owed gets one back this often, outside levels that cancel; none never."""


class PeopleConfig(Model):
    """Rules that hold for officers of every team."""

    students: Students = Students()
    """Student officers."""
    ced: CedPolicy = CedPolicy()
    """Who may carry a CED."""
    hours: HoursRules = HoursRules()
    """Hours, rest and overtime."""
    rest_days: RestDays = RestDays()
    """Rest days cancelled, owed and given back."""
    make_up: Rate = 0.5
    """Suspended planned absence is made up afterwards at this multiple of its usual share, on top of it."""
    shift_notice: Duration = 30 * 1440.0
    """Notice that a change of shift asks for; one with less is recorded as a breach, not prevented."""


class Attrition(Model):
    """Officers who leave, and how long their post stays empty."""

    a_year: Share
    """Share of officers in post who leave in a year."""
    replaced_after: Duration
    """Until a successor is recruited and trained."""


class Recall(Model):
    """Officers called from home when the level takes hold, before the next parade."""

    share: Share
    """Share of officers off duty then who come."""
    after: Duration
    """From the change of level to their start of duty."""
    length: Duration
    """Length of the duty; it ends sooner where the officer's next shift asks for daily rest."""


class CallIn(Model):
    """Volunteers asked for duties beyond those they give anyway."""

    asked: Share = 1.0
    """Share of volunteers asked each day."""
    response: Share
    """Share of those asked who come."""


class Uplift(Model):
    """More officers for a team: decided, trained class by class, taken from other teams, replaced late."""

    team: str
    """Team that gains."""
    force: str | None = None
    """Force, where there are several."""
    officers: Annotated[int, Field(ge=1, le=20_000)]
    """How many."""
    decided: DateOf
    """Date of the decision."""
    first_class_after: Duration = 8 * _WEEK
    """From the decision to the first course: selection."""
    class_size: Annotated[int, Field(ge=1, le=500)] = 8
    """Officers on one course."""
    class_every: Duration = 13 * _WEEK
    """From the start of one class to the start of the next."""
    courses: Annotated[tuple[str, ...], Field(min_length=1)]
    """Courses one after the other, names of ``prices.courses``; on duty in the new team after the last."""
    taken_from: dict[str, Share] = {}
    """Team: share of the officers who come from it; the rest are transferees from outside."""
    backfilled_after: Duration | None = None
    """The donor's post is filled this long after its officer left; none never (structural loss)."""
