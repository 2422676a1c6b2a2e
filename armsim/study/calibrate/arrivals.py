"""How many, when: annual rate, hour of the week, season, and days busier than others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from armsim.analysis.fitting.arrivals import (
    DAYS_PER_YEAR,
    Spread,
    annual_rate,
    count_limits,
    fit_season,
    fit_spread,
)
from armsim.analysis.fitting.blocks import Floats, Ints, limits, ratio
from armsim.analysis.fitting.profile import ProfileFit, Shape, by_hour, fit_profile
from armsim.analysis.intervals import Estimate
from armsim.config.schema.region import EVERY_DAY
from armsim.study.calibrate.ground import Ground, Part
from armsim.study.calibrate.record import Check, Fitted, Line, Section, Value
from armsim.study.calibrate.words import end, figures, plain, told

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: A spread needs so many days.
_SPREAD_DAYS = 14


@dataclass(frozen=True, eq=False)
class Arrivals:
    """What was fitted of the arrivals: profile by type, hourly counts by type, spread."""

    profiles: dict[str, ProfileFit]
    counts: dict[str, Floats]
    spread: Spread | None

    def ordinary(self, days: int) -> np.ndarray:
        """Which of *days* are not extreme, shape (days,)."""
        kept = np.ones(days, dtype=np.bool_)
        for day, _, _ in self.spread.extreme if self.spread is not None else ():
            kept[day] = False
        return kept


def fit_arrivals(ground: Ground) -> tuple[Fitted, Arrivals]:
    """Fit the arrivals of every type."""
    train, level = ground.train, ground.settings.level
    lines: list[Line] = []
    values: list[Value] = []
    missing: list[str] = []
    made = Arrivals({}, {}, _spread(ground))
    kept = made.ordinary(train.days)
    weekday, weights = train.weekday[kept], train.weights[:, kept]
    for name in ground.types:
        rows = train.of_type(name)
        rate = annual_rate(train.per_day(rows)[kept], weights, level)
        lines.append(Line(f"{name}: incidents", rate, "a year", f"count over {kept.sum()} days"))
        values += _rate_values(name, rate)
        counts = by_hour(rows["day"].to_numpy(), rows["hour"].to_numpy(), train.days)[kept]
        profile = fit_profile(counts, weekday, weights)
        if profile is None:
            missing.append(f"profile of {name}: {len(rows)} incidents say nothing about hours")
            continue
        made.profiles[name], made.counts[name] = profile, counts
        lines += _profile_lines(name, profile, float(counts.sum()), level)
        values += _profile_values(name, profile)
    notes = [
        *_season(ground, lines, values, missing),
        *_spread_told(ground, made.spread, lines, values, missing),
    ]
    if len(np.unique(train.weekday)) < 7 or train.days < 14:
        missing.append("days of the week: fewer than two of each day; the profile tells hours only")
    section = Section(
        "arrivals", "Arrivals", tuple(lines), tuple(_checks(ground, made)), tuple(missing), tuple(notes)
    )
    return (section, values), made


def _rate_values(name: str, rate: Estimate) -> Iterator[Value]:
    path = ("demand", "types", name)
    said = f"{told(rate, 'a year')}; count over the days of the log, days redrawn"
    yield Value((*path, "annual"), figures(rate.value, 5), said, end(rate.low), end(rate.high))
    yield Value((*path, "annual_per_100k"), None)
    yield Value((*path, "annual_by_zone"), None)


def _profile_lines(name: str, profile: ProfileFit, count: float, level: float) -> Iterator[Line]:
    """The busiest and the quietest hour of the week."""
    days = len(profile.draws)
    for what, at in (("busiest", int(profile.rates.argmax())), ("quietest", int(profile.rates.argmin()))):
        low, high = limits(profile.draws[:, at], level)
        value = Estimate(float(profile.rates[at]), low, high, days, count)
        hour = f"{at % 24:02d}:00" + (f" {EVERY_DAY[at // 24]}" if profile.shape.days else "")
        remark = f"{hour}, times the mean hour" + (f"; {profile.shape.words}" if what == "busiest" else "")
        yield Line(f"{name}: {what} hour", value, "", remark)


def _profile_values(name: str, profile: ProfileFit) -> Iterator[Value]:
    called = f"calibrated {name}"
    said = f"Poisson regression on hours of the week: {profile.shape.words}"
    yield Value(("demand", "profiles", called), written_profile(profile.rates, profile.shape), said)
    yield Value(("demand", "types", name, "profile"), called)


def written_profile(rates: Floats, shape: Shape) -> dict[str, object]:
    """A profile as the scenario format has it: hours of a Monday, factors of days and of hours of days."""
    # The week from where a Monday begins, and back again: hours before the turn belong to the day before.
    week = np.roll(rates, -shape.turn).reshape(7, 24)
    base, adjustments = week[0], []
    grouped = {day for group in shape.groups for day in group}
    for day in range(1, 7):
        if shape.days and day not in grouped:
            adjustments += _whole_day(day, shape.turn, float((week[day] / base).mean()))
    for group in shape.groups:
        first = week[group[0]]
        for day in group[1:]:
            adjustments += _whole_day(day, shape.turn, float((week[day] / first).mean()))
        for step in range(24):
            adjustments.append(_hour(group, shape.turn + step, float(first[step] / base[step])))
    hours = np.roll(base / base.mean(), shape.turn)
    return {"hours": [figures(float(one)) for one in hours], "adjustments": adjustments}


def _whole_day(day: int, turn: int, factor: float) -> list[dict[str, object]]:
    """A factor on a day of the week that turns at an hour."""
    value = figures(factor)
    if turn == 0:
        return [{"days": [EVERY_DAY[day]], "hours": "24 h", "factor": value}]
    return [
        {"days": [EVERY_DAY[day]], "hours": f"{turn:02d}:00-24:00", "factor": value},
        {"days": [EVERY_DAY[(day + 1) % 7]], "hours": f"00:00-{turn:02d}:00", "factor": value},
    ]


def _hour(days: tuple[int, ...], hour: int, factor: float) -> dict[str, object]:
    """A factor on an hour of some days, counted from their midnight: 24 and more are of the days after."""
    names = [EVERY_DAY[(day + hour // 24) % 7] for day in days]
    hour %= 24
    return {"days": names, "hours": f"{hour:02d}:00-{hour + 1:02d}:00", "factor": figures(factor)}


def _season(ground: Ground, lines: list[Line], values: list[Value], missing: list[str]) -> Iterator[str]:
    train, level = ground.train, ground.settings.level
    season = fit_season(train.per_day(train.incidents), train.month, train.weights)
    if season is None:
        missing.append(
            f"season: the training period covers {len(np.unique(train.month))} of 12 months; months are "
            "left at 1"
        )
        return
    total = float(len(train.incidents))
    for month, name in enumerate(_MONTHS):
        low, high = season.interval(month, level)
        value = Estimate(float(season.factors[month]), low, high, train.days, total)
        lines.append(Line(f"month: {name}", value, "", "times the mean of the year"))
        said = f"{told(value, '')}; rate of the month over the year's, all types, days redrawn"
        values.append(Value(("demand", "season", name), figures(value.value), said, end(low), end(high)))
    if train.days < 2 * 365:
        yield "one year cannot tell a season from a trend: the months are that year's"


def _groups(part: Part) -> Ints:
    """What days are compared within: days of the week; over a year and more, in each month."""
    if part.days >= 365:
        return part.weekday + 7 * part.month
    return part.weekday if part.days >= _SPREAD_DAYS else np.zeros(part.days, dtype=np.int64)


def _spread(ground: Ground) -> Spread | None:
    train = ground.train
    if train.days < _SPREAD_DAYS:
        return None
    counts = np.array([train.per_day(train.of_type(name)) for name in ground.types])
    return fit_spread(counts, _groups(train), train.weights, ground.settings.level)


def _spread_told(
    ground: Ground, spread: Spread | None, lines: list[Line], values: list[Value], missing: list[str]
) -> Iterator[str]:
    if spread is None:
        missing.append(
            f"day-to-day spread: fewer than {_SPREAD_DAYS} days, or too few of each day of the week"
        )
        return
    method = "method of moments beyond Poisson, days of the week taken out"
    lines.append(Line("day to day: coefficient of variation", spread.cv, "", method))
    for name, own in zip(ground.types, spread.by_type, strict=True):
        if len(ground.types) > 1:
            lines.append(Line(f"day to day: {name} alone", own, ""))
    path = ("demand", "day_to_day")
    cv, top = spread.cv, 1.0
    said = f"{told(cv, '')}; {method}"
    values.append(
        Value((*path, "cv"), figures(min(cv.value, top)), said, end(min(cv.low, top)), end(min(cv.high, top)))
    )
    if math.isfinite(spread.shared.value):
        lines.append(
            Line("day to day: share common to all types", spread.shared, "share", "covariance of types")
        )
        said = f"{told(spread.shared, 'share')}; covariance of types over variance"
        values.append(
            Value((*path, "shared"), figures(spread.shared.value), said,
                  end(spread.shared.low), end(spread.shared.high))
        )  # fmt: skip
    else:
        missing.append("share of the spread common to all types: needs two types and a spread above 0")
    for day, count, expected in spread.extreme:
        yield (
            f"surge candidate: {ground.train.dates[day]:%A %d %B %Y} had {count:.0f} incidents where "
            f"{expected:.0f} "
            f"were to be expected ({count / expected:.1f} times); it is left out of rates, profiles and "
            "the day-to-day "
            f"spread (with it the coefficient of variation is {plain(spread.with_extreme)}); give such a "
            "day as a surge"
        )


def _checks(ground: Ground, made: Arrivals) -> Iterator[Check]:
    """Counts, and the share of incidents from 08:00 to 20:00, of the test period."""
    train, test, level = ground.train, ground.test, ground.settings.level
    if test is None:
        return
    cv = made.spread.cv.value if made.spread is not None else 0.0
    kept = made.ordinary(train.days)
    for name in ground.types:
        rows, seen = train.of_type(name), test.of_type(name)
        rate = annual_rate(train.per_day(rows)[kept], train.weights[:, kept], level)
        week = made.profiles[name].rates.reshape(7, 24).mean(axis=1) if name in made.profiles else np.ones(7)
        share = float(week[test.weekday].sum()) / DAYS_PER_YEAR
        mean = rate.value * share
        low, high = count_limits(mean, test.days, cv, rate.low * share, rate.high * share, level)
        predicted = Estimate(mean, low, high, train.days, rate.count)
        count = float(len(seen))
        yield Check(f"{name}: incidents in the test period", predicted,
                    Estimate(count, math.nan, math.nan, test.days, count), "incidents")  # fmt: skip
        if name in made.profiles and count > 0:
            yield _day_share(name, made.profiles[name], test, level)


def _day_share(name: str, profile: ProfileFit, test: Part, level: float) -> Check:
    days = test.weekday

    def share(rates: Floats) -> float:
        week = rates.reshape(7, 24)[days]
        return float(week[:, 8:20].sum() / week.sum())

    draws = [share(one) for one in profile.draws if np.isfinite(one).all()]
    low, high = limits(draws, level)
    predicted = Estimate(share(profile.rates), low, high, len(draws), 0.0)
    rows = test.of_type(name)
    by_day = test.per_day(rows[(rows["hour"] >= 8) & (rows["hour"] < 20)])
    return Check(f"{name}: share between 08:00 and 20:00", predicted,
                 ratio(by_day, test.per_day(rows), test.weights, level), "share")  # fmt: skip
