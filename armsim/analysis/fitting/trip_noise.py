"""What trips to one incident have in common, and hours whose trips are quicker or slower than others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from armsim.analysis.fitting.blocks import Floats, Ints, ratio, tally
from armsim.analysis.fitting.travel import TravelFit, Trips
from armsim.analysis.intervals import Estimate

#: Incidents with two units that the share of common noise needs.
_PAIRS = 50


def shared_noise(
    fit: TravelFit, trips: Trips, incident: Ints, weights: Floats, level: float = 0.95
) -> Estimate | None:
    """Share of the variance of trip noise common to the units sent to one incident; ``None`` below 50 pairs.

    Products of the log residuals of the two units of an incident, over what they would be if the noise of
    their trips were the same. Residuals are about their mean by distance (eight bands), and a trip's noise
    is in the time from dispatch by the trip's part of it. Which of the two arrived first does not matter to
    a product, so that ordering does not pass for likeness: **both** must be among the trips, whichever came
    first.

    Args:
        fit: the law.
        trips: trips; only incidents with exactly two of them are looked at.
        incident: number of the incident of each.
        weights: days redrawn.
        level: confidence level.
    """
    expected = fit.law.of_array(trips.apart)
    total = expected + (fit.turn_out or 0.0)
    spread = np.maximum(fit.floor, fit.at_zero - fit.per_km * trips.apart * fit.circuity)
    residual = np.log(trips.minutes / total)
    ordinary = np.abs(residual) < 4 * fit.residual_sd
    band = np.searchsorted(np.quantile(trips.km, np.arange(1, 8) / 8), trips.km)
    own = np.bincount(band[ordinary], minlength=8)
    residual -= (np.bincount(band[ordinary], weights=residual[ordinary], minlength=8) / np.maximum(own, 1))[
        band
    ]
    names, times = np.unique(incident, return_counts=True)
    pairs = np.isin(incident, names[times == 2])
    order = np.flatnonzero(pairs)[np.argsort(incident[pairs], kind="stable")]
    one, two = order[0::2], order[1::2]
    both = ordinary[one] & ordinary[two]
    one, two = one[both], two[both]
    if len(one) < _PAIRS:
        return None
    days = weights.shape[1]
    part = expected / total * spread
    above = tally(trips.day[one], days, residual[one] * residual[two])
    below = tally(trips.day[one], days, part[one] * part[two])
    found = ratio(above, below, weights, level)
    value, low, high = (float(np.clip(each, 0.0, 1.0)) for each in (found.value, found.low, found.high))
    return Estimate(value, low, high, found.replications, float(len(one)))


@dataclass(frozen=True)
class HourFactor:
    """Speed in an hour against all hours (1.1: a tenth faster), and whether it is clear of chance."""

    weekend: bool
    hour: int
    speed: Estimate
    clear: bool


def hour_factors(
    fit: TravelFit, trips: Trips, hour_of_week: Ints, weights: Floats, level: float = 0.95
) -> list[HourFactor]:
    """Speed by hour of the day, Monday to Friday and at weekends.

    In each of the 48 classes minutes of travel are summed and divided by those that the law expects; the
    speed is the inverse, over that of all trips. It is clear when its interval at a level of 1 - 0.05/48
    leaves out 1.

    Args:
        fit: the law.
        trips: the trips.
        hour_of_week: hour of the week, Monday 00:00 first, in which each departs.
        weights: days redrawn.
        level: confidence level of the intervals that are told.
    """
    days = weights.shape[1]
    expected = fit.law.of_array(trips.apart)
    spent = trips.minutes - (fit.turn_out or 0.0)
    ordinary = np.abs(np.log(trips.minutes / (expected + (fit.turn_out or 0.0)))) < 4 * fit.residual_sd
    pace = float(spent[ordinary].sum() / expected[ordinary].sum())
    found = []
    for weekend in (False, True):
        for hour in range(24):
            mine = ordinary & (hour_of_week % 24 == hour) & ((hour_of_week // 24 >= 5) == weekend)
            above = tally(trips.day[mine], days, expected[mine])
            below = tally(trips.day[mine], days, np.maximum(spent[mine], 0.0) / pace)
            speed = replace(ratio(above, below, weights, level), count=float(mine.sum()))
            # Few draws do not reach so far into the tails: the normal law with their standard deviation does.
            half = (speed.high - speed.low) / 2 / float(ndtri((1 + level) / 2)) * float(ndtri(1 - 0.025 / 48))
            clear = speed.replications >= 10 and abs(speed.value - 1) > half
            found.append(HourFactor(weekend, hour, speed, bool(clear)))
    return found
