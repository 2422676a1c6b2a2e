"""How long trips take: the travel law, its spread, its hours, and turn-out where it is part of the time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from armsim.analysis.fitting.blocks import Floats, Ints, quantile_estimates, ratio, tally
from armsim.analysis.fitting.travel import LEAST, TravelFit, Trips, fit_travel, from_near_bases
from armsim.analysis.fitting.trip_noise import HourFactor, hour_factors, shared_noise
from armsim.analysis.intervals import Estimate
from armsim.config.schema.laws import TimeLaw
from armsim.model.logs.record import Log
from armsim.study.calibrate.ground import Ground, Part
from armsim.study.calibrate.record import Check, Fitted, Line, Section, Value
from armsim.study.calibrate.times import law_values
from armsim.study.calibrate.words import end, figures, told

#: Grids that positions may be rounded to, in km.
_GRIDS = (1.0, 0.5, 0.1, 0.05)
_WITHIN = 6.0
#: Least share of trips that incidents with the time of every unit must make up, to be fitted alone.
_WHOLE = 0.2
_GRADES = ("FIREARMS", "G1", "PLANNED", "G2", "G3")


@dataclass(frozen=True, eq=False)
class Travel:
    """What was fitted of travel: the law, hours, and the trips behind it."""

    fit: TravelFit
    trips: Trips
    hours: tuple[HourFactor, ...]
    common: Estimate | None


def fit_trips(ground: Ground) -> tuple[Fitted, Travel | None]:
    """Fit the travel law."""
    title, log = "Travel", ground.log
    clock = next((name for name in ("travel", "attendance") if ground.train.units[name].notna().any()), None)
    why = _cannot(ground, clock)
    if why is not None or clock is None:
        return (Section("travel", title, missing=(f"travel law: {why}",)), []), None
    table = _table(ground.train, log, clock)
    whole, notes = _whole(table, ground.train)
    near, more = _near(whole, log)
    trips = _trips(whole[near], log)
    weights, settings = ground.train.weights, ground.settings
    with_turn_out = clock == "attendance"
    fit = fit_travel(trips, weights, settings.circuity, with_turn_out, settings.level)
    if fit is None:
        why = "too few, of one distance, or mostly no trips from there"
        said = f"travel law: {len(trips.km)} trips with a distance are {why}"
        return (Section("travel", title, missing=(said,)), []), None
    hours = tuple(hour_factors(fit, trips, whole["hour_of_week"].to_numpy()[near], weights, settings.level))
    every = _trips(whole, log)
    common = shared_noise(fit, every, whole["at"].to_numpy(), weights, settings.level)
    made = Travel(fit, trips, hours, common)
    notes += more
    notes += _notes(trips, with_turn_out, hours)
    checks = tuple(_checks(ground, fit, clock))
    section = Section(
        "travel",
        title,
        (*_lines(made), *_by_type(ground, fit, whole)),
        checks,
        tuple(_missing(made)),
        tuple(notes),
    )
    return (section, list(_values(made))), made


def _cannot(ground: Ground, clock: str | None) -> str | None:
    """Why there is no travel law."""
    if clock is None:
        return "the log tells neither travel nor dispatch to arrival"
    if ground.log.bases.empty:
        return "the log has no table of bases, so nobody knows where units set out from"
    if not ground.train.incidents["x_km"].notna().any():
        return "the log has no positions"
    return None


def _table(part: Part, log: Log, clock: str) -> pd.DataFrame:
    """Unit responses with distance, minutes and hour of departure; those that have all of them."""
    bases = log.bases.drop_duplicates("base").set_index("base")
    units, incidents = part.units, part.incidents
    at = units["at"].to_numpy()
    start = bases.reindex(units["base"])[["x_km", "y_km"]].to_numpy()
    scene = incidents[["x_km", "y_km"]].to_numpy()[at]
    received = incidents["received"].to_numpy()[at]
    waited = np.nan_to_num(units["to_dispatch"].to_numpy()) + np.nan_to_num(units["turnout"].to_numpy())
    leaves = pd.DatetimeIndex(received + (waited * 60e9).astype("timedelta64[ns]"))
    table = pd.DataFrame(
        {
            "at": at, "day": units["day"].to_numpy(), "ordinal": units["ordinal"].to_numpy(),
            "x_km": scene[:, 0], "y_km": scene[:, 1], "km": np.hypot(*(scene - start).T),
            "minutes": units[clock].to_numpy(), "hour_of_week": leaves.day_of_week * 24 + leaves.hour,
            "type": incidents["type"].to_numpy()[at],
        }
    )  # fmt: skip
    placed = ~incidents["at_area"].to_numpy()[at] if "at_area" in incidents else True
    good = placed & np.isfinite(table["km"]) & np.isfinite(table["minutes"]) & (table["minutes"] > 0)
    kept: pd.DataFrame = table[good].reset_index(drop=True)
    return kept


def _whole(table: pd.DataFrame, part: Part) -> tuple[pd.DataFrame, list[str]]:
    """Trips to incidents of which every unit sent has its trip here, and what is to be said of it."""
    told = tally(part.units["at"].to_numpy(), len(part.incidents))
    recorded = part.incidents["units_sent"].to_numpy(dtype=np.float64)
    sent = np.where(np.isfinite(recorded), recorded, told)
    at = table["at"].to_numpy()
    whole = tally(at, len(sent))[at] >= sent[at]
    if whole.sum() < max(LEAST, len(whole) * _WHOLE):
        return table, [
            "few incidents have the time of every unit sent; all trips are fitted, so that the law is too "
            "quick "
            "where the log keeps only the first to arrive"
        ]
    return table[whole].reset_index(drop=True), [
        f"fitted to incidents of which every unit sent has its time, {whole.mean():.0%} of trips: the "
        "first two "
        "of four were quick because they were the first"
    ]


def _near(table: pd.DataFrame, log: Log) -> tuple[np.ndarray, list[str]]:
    """Trips from one of the two bases nearest to the scene, and what is to be said of it."""
    bases = log.bases[["x_km", "y_km"]].dropna().drop_duplicates()
    if len(bases) < 3 or table.empty:
        return np.ones(len(table), dtype=np.bool_), []
    x, y, km = (table[name].to_numpy() for name in ("x_km", "y_km", "km"))
    near = from_near_bases(x, y, km, bases["x_km"].to_numpy(), bases["y_km"].to_numpy())
    share = 1 - near.mean()
    return near, [
        f"fitted to units from one of the two bases nearest to the scene; the other {share:.0%} were often "
        "out "
        "already and near, so that their base is not where they set out from"
    ]


def _trips(table: pd.DataFrame, log: Log) -> Trips:
    positions = log.incidents[["x_km", "y_km"]].dropna().to_numpy()
    return Trips(
        table["km"].to_numpy(), table["minutes"].to_numpy(), table["day"].to_numpy(), _rounding(positions)
    )


def _rounding(positions: Floats) -> float:
    """Side of the grid that positions were rounded to, km; 0 when there is none."""
    for grid in _GRIDS:
        steps = positions / grid
        if np.abs(steps - np.round(steps)).max() < 1e-4:
            return grid
    return 0.0


def _lines(made: Travel) -> Iterator[Line]:
    fit, limits = made.fit, made.fit.limits
    yield Line("acceleration", limits["acceleration"], "km/min2", f"with circuity {fit.circuity:g}")
    speed = _times(limits["cruising"], 60.0)
    yield Line(
        "cruising speed",
        speed,
        "km/h",
        f"{fit.beyond:,} trips beyond {fit.law.joint:.2f} km, where it begins",
    )
    if fit.turn_out is not None:
        yield Line("mean turn-out", limits["turn_out"], "min", "what does not grow with distance")
        yield Line("spread of turn-out", limits["turn_out_sd"], "", "standard deviation of its log")
    yield Line("spread of a trip at 0 km", limits["at_zero"], "", "standard deviation of its log")
    yield Line("its fall by road km", limits["per_km"], "")
    yield Line("its least", limits["floor"], "")
    if made.common is not None:
        yield Line(
            "share of it common to an incident's units", made.common, "share", "incidents with two units"
        )
    nothing = (math.nan, math.nan, limits["at_zero"].replications, float(fit.trips))
    yield Line(
        "residual spread", Estimate(fit.residual_sd, *nothing), "", "standard deviation of log minutes"
    )
    yield Line("strays", Estimate(fit.strays, *nothing), "share", "trips more likely to be no ordinary ones")
    for hour in made.hours:
        if hour.clear:
            days = "weekend" if hour.weekend else "Mon-Fri"
            yield Line(f"speed {days} {hour.hour:02d}:00", hour.speed, "", "times that of all hours")


def _times(one: Estimate, factor: float) -> Estimate:
    return Estimate(one.value * factor, one.low * factor, one.high * factor, one.replications, one.count)


def _by_type(ground: Ground, fit: TravelFit, table: pd.DataFrame) -> Iterator[Line]:
    """Minutes of each type over those expected: is one law enough?"""
    trips = _trips(table, ground.log)
    expected = fit.expected(trips)
    days = ground.train.days
    for name in ground.types:
        mine = (table["type"] == name).to_numpy()
        if len(ground.types) < 2 or mine.sum() < 30:
            continue
        above = tally(trips.day[mine], days, trips.minutes[mine])
        below = tally(trips.day[mine], days, expected[mine])
        value = ratio(above, below, ground.train.weights, ground.settings.level)
        value = replace(value, count=float(mine.sum()))
        yield Line(f"{name}: minutes over those of the law", value, "", "the law is one for all types")


def _missing(made: Travel) -> Iterator[str]:
    fit = made.fit
    if not fit.cruising_known:
        yield (
            f"cruising speed: {fit.beyond} trips are beyond the {fit.law.joint:.1f} km where it would "
            "begin; up to "
            f"{fit.farthest:.1f} km trips follow the square root, and the value says nothing beyond"
        )
    if made.common is None:
        yield "share of trip noise common to an incident's units: too few incidents with two units"


def _notes(trips: Trips, with_turn_out: bool, hours: tuple[HourFactor, ...]) -> Iterator[str]:
    if with_turn_out:
        yield (
            "the log has dispatch to arrival only: turn-out and travel are told apart by their form alone, "
            "turn-out "
            "being what does not grow with distance; it is written for units on patrol and at base alike"
        )
    if trips.rounding:
        yield f"positions are rounded to {trips.rounding * 1000:.0f} m; distances allow for it"
    yield (
        "the law is that of the log's own driving, blue lights or not, so blue_light_time_factor is "
        "written as 1 "
        "for every grade"
    )
    if not any(hour.clear for hour in hours):
        yield "no hour is clearly faster or slower than others; speed_by_hour is left empty"


def _values(made: Travel) -> Iterator[Value]:
    fit, limits = made.fit, made.fit.limits
    path = ("travel",)
    yield Value(
        (*path, "circuity"), figures(fit.circuity), "stated, not fitted: acceleration and speed go with it"
    )
    for name, key, unit, factor in (
        ("acceleration", "acceleration", "km/min2", 1.0), ("cruising_speed", "cruising", "km/h", 60.0),
    ):  # fmt: skip
        one = _times(limits[key], factor)
        said = f"{told(one, unit)}; maximum likelihood, days redrawn"  # type: ignore[arg-type]
        low, high = end(one.low), end(one.high)
        known = low is not None and high is not None and low < high
        yield Value((*path, name), f"{figures(one.value)} {unit}", said,
                    f"{low} {unit}" if known else None, f"{high} {unit}" if known else None)  # fmt: skip
    yield Value((*path, "trip_noise", "law"), "lognormal")
    for name in ("at_zero", "per_km", "floor"):
        one = limits[name]
        yield Value(
            (*path, "trip_noise", name), figures(one.value), told(one, ""), end(one.low), end(one.high)
        )
    if made.common is not None:
        one = made.common
        said = f"{told(one, 'share')}; incidents with two units, products of their residuals"
        yield Value((*path, "trip_noise", "shared"), figures(one.value), said, end(one.low), end(one.high))
    yield Value(
        (*path, "blue_light_time_factor"), dict.fromkeys(_GRADES, 1), "the law is of the log's own driving"
    )
    yield Value((*path, "speed_by_hour"), _rules(made.hours), "hours whose speed chance would hardly make")
    if fit.turn_out is not None and fit.turn_out_sd is not None:
        yield from _turn_out(fit)


def _rules(hours: tuple[HourFactor, ...]) -> list[dict[str, object]]:
    weekdays, weekend = ["mon", "tue", "wed", "thu", "fri"], ["sat", "sun"]
    return [
        {
            "days": weekend if hour.weekend else weekdays,
            "hours": f"{hour.hour:02d}:00-{hour.hour + 1:02d}:00",
            "factor": figures(float(np.clip(hour.speed.value, 0.1, 3)), 3),
        }
        for hour in hours
        if hour.clear
    ]


def _turn_out(fit: TravelFit) -> Iterator[Value]:
    """The turn-out that was fitted with the law, as a lognormal law of that mean."""
    mean, sd = fit.limits["turn_out"], fit.turn_out_sd or 0.0
    law = TimeLaw.model_validate(
        {"mean": f"{figures(mean.value * 60)} s", "cv": figures(math.sqrt(math.expm1(sd**2)))}
    )
    for place in ("on_patrol", "at_base"):
        yield from law_values(("dispatch", "mobilisation", place), law, mean, "fitted with the travel law")


def _checks(ground: Ground, fit: TravelFit, clock: str) -> Iterator[Check]:
    """Quantiles and share within six minutes of the test period, at its own distances, from all bases."""
    test, level = ground.test, ground.settings.level
    if test is None:
        return
    table, _ = _whole(_table(test, ground.log, clock), test)
    if len(table) < 30:
        return
    trips = _trips(table, ground.log)
    rng = ground.stream("travel", "foreseen")
    drawn = np.sort(np.concatenate([fit.draw(trips, rng) for _ in range(20)]))
    seen = quantile_estimates(trips.minutes, trips.day, test.weights, (0.5, 0.9), level)
    what = "dispatch to arrival" if clock == "attendance" else "travel"
    for share, one in zip((0.5, 0.9), seen, strict=True):
        predicted = Estimate(float(np.quantile(drawn, share)), math.nan, math.nan, fit.trips, fit.trips)
        yield Check(f"{what}: P{share * 100:.0f}", predicted, one, "min")
    within = _within(trips.minutes, trips.day, test)
    predicted = Estimate(float((drawn <= _WITHIN).mean()), math.nan, math.nan, fit.trips, fit.trips)
    yield Check(f"{what}: share within {_WITHIN:.0f} min", predicted, within, "share")


def _within(minutes: Floats, day: Ints, test: Part) -> Estimate:
    inside = tally(day, test.days, (minutes <= _WITHIN).astype(np.float64))
    every = tally(day, test.days)
    return ratio(inside, every, test.weights)
