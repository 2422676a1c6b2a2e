"""Metrics of people: hours, rest, overtime, absence, and CED cover.

Officers are those of teams that work a pattern, in post; nothing here ranks a person.
"""

from __future__ import annotations

from collections.abc import Iterator

from armsim.analysis.intervals import Estimate, ratio_of_sums
from armsim.analysis.metrics import MINUTES_PER_YEAR, Row, metric
from armsim.analysis.option import Labels, OptionData
from armsim.analysis.overtime import OVERTIME
from armsim.config.schema.duty import PatternTeam
from armsim.domain import MINUTES_PER_DAY, MINUTES_PER_HOUR, MINUTES_PER_WEEK, AreaClass, Employment

_MONTH_WEEKS = MINUTES_PER_YEAR / 12 / MINUTES_PER_WEEK
_HOURS = 1 / MINUTES_PER_HOUR
_IN_POST = "officers in post"
_OFFICER_MONTHS = "officer-months in post"


def _teams(data: OptionData) -> dict[str, list[str]]:
    """Label of a team: the teams it covers, those that have officers; the empty label covers all."""
    named = [
        name
        for name, team in sorted(data.scenario.teams.items())
        if isinstance(team, PatternTeam) and f"people_weeks:team={name}" in data.totals
    ]
    return {"": named, **{name: [name] for name in named}} if named else {}


def _ratio(data: OptionData, upper: str, lower: str, ends: list[str], per: float) -> Estimate:
    return data.ratio(
        [f"people_{upper}:{end}" for end in ends], [f"people_{lower}:{end}" for end in ends], per
    )


def _by_team(data: OptionData, upper: str, lower: str, per: float = 1.0) -> Iterator[Row]:
    """A ratio of sums of all teams and by team, and of each team by force where there are several."""
    for label, names in _teams(data).items():
        estimate = _ratio(data, upper, lower, [f"team={name}" for name in names], per)
        if estimate.count:
            yield Row({"team": label}, estimate)
        for force in data.parts:
            own = _ratio(data, upper, lower, [f"team={name}:force={force}" for name in names], per)
            if own.count:
                yield Row({"team": label, "force": force}, own)


def _by_team_and_level(data: OptionData, upper: str, lower: str, per: float = 1.0) -> Iterator[Row]:
    """A ratio of sums by team, force and, where the level changes, level."""
    yield from _by_team(data, upper, lower, per)
    if len(data.levels) < 2:
        return
    for label, names in _teams(data).items():
        for level in data.levels:
            ends = [f"team={team}:level={level.name}" for team in names]
            estimate = _ratio(data, upper, lower, ends, per)
            if estimate.count:
                yield Row({"team": label, "level": level.name}, estimate)


def _monthly(data: OptionData, name: str, per: float = _MONTH_WEEKS) -> Iterator[Row]:
    """A sum an officer-month."""
    yield from _by_team_and_level(data, name, "weeks", per)


@metric("average_week", "hours", "lower", "Average week over the reference period, at the end", _IN_POST)
def _average_week(data: OptionData) -> Iterator[Row]:
    yield from _by_team(data, "last", "officers", _HOURS)


@metric(
    "officers_over_48h",
    "share",
    "lower",
    "Officers whose average week passed the limit on some day",
    _IN_POST,
)
def _officers_over(data: OptionData) -> Iterator[Row]:
    yield from _by_team(data, "over_limit", "officers")


@metric(
    "hours_worked", "hours a week", "neither", "Hours of duty, training and court", "officer-weeks in post"
)
def _hours_worked(data: OptionData) -> Iterator[Row]:
    yield from _monthly(data, "work_minutes", _HOURS)


@metric("daily_rest_breaches", "a month", "lower", "Duties after less than the daily rest", _OFFICER_MONTHS)
def _daily_rest(data: OptionData) -> Iterator[Row]:
    yield from _monthly(data, "daily_rest")


@metric(
    "weekly_rest_breaches", "a month", "lower", "Weeks without weekly nor fortnightly rest", _OFFICER_MONTHS
)
def _weekly_rest(data: OptionData) -> Iterator[Row]:
    yield from _by_team(data, "weekly_rest", "weeks", _MONTH_WEEKS)


@metric("notice_breaches", "a month", "lower", "Duties changed at less notice than due", _OFFICER_MONTHS)
def _notice(data: OptionData) -> Iterator[Row]:
    yield from _monthly(data, "notice")


@metric(
    "consecutive_day_breaches", "a month", "lower", "Runs of more days of duty than allowed", _OFFICER_MONTHS
)
def _consecutive_breaches(data: OptionData) -> Iterator[Row]:
    yield from _by_team(data, "consecutive_days", "weeks", _MONTH_WEEKS)


@metric("consecutive_days", "days", "lower", "Longest run of days of duty of an officer, mean", _IN_POST)
def _consecutive_days(data: OptionData) -> Iterator[Row]:
    yield from _by_team(data, "longest_run", "officers")


def _overtime_of(data: OptionData, head: str) -> Iterator[Row]:
    """Hours an officer-month in all and by kind of overtime, by team."""
    for label, names in _teams(data).items():
        lower = [f"people_weeks:team={name}" for name in names]
        for kinds in (OVERTIME, *((kind,) for kind in OVERTIME)):
            upper = [f"people_{head}_{kind}:team={name}" for kind in kinds for name in names]
            estimate = data.ratio(upper, lower, _MONTH_WEEKS * _HOURS)
            if estimate.count:
                yield Row({"team": label, "kind": kinds[0] if len(kinds) == 1 else ""}, estimate)


@metric("overtime_hours", "hours a month", "lower", "Overtime worked, by rate", _OFFICER_MONTHS)
def _overtime_hours(data: OptionData) -> Iterator[Row]:
    yield from _overtime_of(data, "overtime")


@metric(
    "overtime_paid", "hours a month", "lower", "Overtime paid, as hours at the plain rate", _OFFICER_MONTHS
)
def _overtime_paid(data: OptionData) -> Iterator[Row]:
    yield from _overtime_of(data, "pay")


@metric("rest_days_cancelled", "days a month", "lower", "Rest days cancelled", _OFFICER_MONTHS)
def _rest_cancelled(data: OptionData) -> Iterator[Row]:
    yield from _monthly(data, "cancelled")


@metric("rest_days_worked", "days a month", "lower", "Rest days worked by agreement", _OFFICER_MONTHS)
def _rest_worked(data: OptionData) -> Iterator[Row]:
    yield from _monthly(data, "worked")


@metric("rest_days_given_back", "days a month", "higher", "Rest days given back", _OFFICER_MONTHS)
def _rest_given_back(data: OptionData) -> Iterator[Row]:
    yield from _monthly(data, "given_back")


@metric("rest_days_owed", "days", "lower", "Rest days owed to an officer at the end", _IN_POST)
def _rest_owed(data: OptionData) -> Iterator[Row]:
    yield from _by_team(data, "balance", "officers")


@metric(
    "rest_days_lost", "days", "lower", "Rest days lost to an officer at the end, those paid too", _IN_POST
)
def _rest_lost(data: OptionData) -> Iterator[Row]:
    yield from _by_team(data, "lost", "officers")


@metric("breaks_lost", "share", "lower", "Refreshment breaks lost", "duties in crews that are due a break")
def _breaks_lost(data: OptionData) -> Iterator[Row]:
    yield from _by_team_and_level(data, "breaks_lost", "breaks")


@metric("parade", "share", "higher", "Rostered duties that are worked", "rostered duties of officers in post")
def _parade(data: OptionData) -> Iterator[Row]:
    yield from _by_team_and_level(data, "paraded", "rostered")


@metric("absence", "share", "neither", "Rostered hours not worked, by cause", "rostered hours")
def _absence(data: OptionData) -> Iterator[Row]:
    head = "people_absent_minutes:team="
    found = [
        str(name).removeprefix(head).split(":cause=") for name in data.totals if str(name).startswith(head)
    ]
    for label, names in _teams(data).items():
        lower = [f"people_rostered_minutes:team={name}" for name in names]
        mine = [(team, cause) for team, cause in found if team in names]
        for cause in ("", *sorted({cause for _, cause in mine})):
            upper = [f"{head}{team}:cause={one}" for team, one in mine if cause in ("", one)]
            estimate = data.ratio(upper, lower)
            if estimate.count:
                yield Row({"team": label, "cause": cause}, estimate)


def _employments(data: OptionData) -> dict[str, list[str]]:
    """Label of an employment: those it covers that have CED cover; the empty label covers all."""
    some = [
        one.name
        for one in Employment
        if f"ced_minutes:employment={one.name}:area={AreaClass.URBAN.name.lower()}" in data.totals
    ]
    return {"": some, **{name: [name] for name in some}}


@metric(
    "ced_cover", "carriers", "higher", "CED carriers in crews on duty, on average", "minutes of the window"
)
def _ced_cover(data: OptionData) -> Iterator[Row]:
    """In all, by hour and on weekend evenings, for all employments and each."""
    parts: list[Labels] = [{}, *({"hour": str(hour)} for hour in range(24)), {"kind": "weekend_evening"}]
    for label, names in _employments(data).items():
        for part in parts:
            end = _end(part)
            upper = [f"ced_minutes:employment={name}{e}" for name in names for e in (_halves(end))]
            estimate = data.ratio(upper, f"ced_elapsed_minutes{end}")
            if estimate.count:
                yield Row({"employment": label, **part}, estimate)


@metric(
    "ced_cover_hours", "hours a day", "higher", "CED cover: hours of carriers in crews", "days of the window"
)
def _ced_cover_hours(data: OptionData) -> Iterator[Row]:
    """By employment, zone class of the base, force that pays, and hour of the day."""
    for label, names in _employments(data).items():
        for part in _places(data):
            upper = [f"ced_minutes:employment={name}{e}" for name in names for e in _halves(_end(part))]
            estimate = data.ratio(upper, "ced_elapsed_minutes", MINUTES_PER_DAY * _HOURS)
            if estimate.count:
                yield Row({"employment": label, **part}, estimate)


def _places(data: OptionData) -> list[Labels]:
    areas: list[Labels] = [{}, {"area": "urban"}, {"area": "rural"}]
    return areas + [{"force": force} for force in data.parts]


def _end(part: Labels) -> str:
    """End of the name of a total that is about a part."""
    return "".join(f":{group}={value}" for group, value in part.items())


def _halves(end: str) -> tuple[str, ...]:
    """Ends of the totals that make up a part; the whole is that of both zone classes."""
    return (end,) if end else (":area=urban", ":area=rural")


@metric("hours_without_ced", "share", "lower", "Time with no CED carrier on duty", "minutes of the window")
def _hours_without_ced(data: OptionData) -> Iterator[Row]:
    hours: list[Labels] = [{"hour": str(hour)} for hour in range(24)]
    for part in [*_places(data), *hours, {"kind": "weekend_evening"}]:
        end = _end(part)
        lower = f"ced_elapsed_minutes{end}" if {"hour", "kind"} & part.keys() else "ced_elapsed_minutes"
        estimate = data.ratio(f"no_ced_minutes{end}", lower)
        if estimate.count:
            yield Row(part, estimate)


@metric(
    "ced_uses", "a year", "neither", "Expected CED uses, by highest use", "incidents that a carrier came to"
)
def _ced_uses(data: OptionData) -> Iterator[Row]:
    """None where no incident type says how likely a use is."""
    if not any(kind.ced_use for kind in data.scenario.demand.types.values()):
        return
    shares = {"": 1.0, **data.scenario.people.ced.use_kinds}
    for level, names in data.level_labels.items():
        upper, lower = ([f"{what}:level={name}" for name in names] for what in ("ced_uses", "minutes"))
        for kind, share in shares.items():
            yield Row({"level": level, "kind": kind}, data.ratio(upper, lower, MINUTES_PER_YEAR * share))


@metric(
    "apstra_gap", "officers", "lower", "Officers that planned ARVs require, less those deployable",
    "teams that crew ARVs",
)  # fmt: skip
def _apstra_gap(data: OptionData) -> Iterator[Row]:
    """Required: whose rostered duties fill every planned crew at its minimum; deployable: whose were worked.

    Both are duties over the duties that the roster has for an officer, so that absence of any kind widens the
    gap and rest days worked narrow it. Crews are planned as far as officers on the roster and vehicles owned
    allow; an establishment larger than the vehicles need makes the gap negative.
    """
    for name in _teams(data)[""] if _teams(data) else ():
        for end in (f"team={name}", *(f"team={name}:force={force}" for force in data.parts)):
            if not data.total(f"people_apstra_gap:{end}").any():
                continue
            labels = dict(part.split("=", 1) for part in end.split(":"))
            yield Row(labels, data.ratio(f"people_apstra_gap:{end}", f"people_rostered:{end}"))


@metric("arvs_uncrewed", "crews a day", "lower", "ARVs planned and not crewed", "shifts of the window")
def _arvs_uncrewed(data: OptionData) -> Iterator[Row]:
    days = data.total([f"minutes:level={level.name}" for level in data.levels]) / MINUTES_PER_DAY
    for name, kind in sorted(data.scenario.units.items()):
        planned, crewed = (data.total(f"crews_{what}:kind={name}") for what in ("planned", "crewed"))
        if kind.arv and planned.any():
            yield Row({"kind": name}, ratio_of_sums(planned - crewed, days, data.scenario.study.confidence))
