"""A command-and-control log made from known laws, for calibration."""

import numpy as np
import pandas as pd

from armsim.model.logs.record import INTERVALS, Log
from armsim.model.travel import SquareRootLaw

LAW = SquareRootLaw(0.5, 1.0, 1.3)
FIRST = np.datetime64("2018-03-05")  # a Monday
HOURS = 1 + 0.6 * np.cos(2 * np.pi * (np.arange(24) - 16) / 24)
BASES = pd.DataFrame({"base": ["north", "south", "west"], "x_km": [0.0, 2.0, -6.0], "y_km": [3.0, -3.0, 0.0],
                      "units": [2.0, 2.0, 1.0]})  # fmt: skip
TYPES = {"fire": 12.0, "rescue": 6.0}
TWO_UNITS = 0.4


def made_log(days=84, seed=1, *, turn_out=True, x_km=(-8.0, 8.0), y_km=(-8.0, 8.0), types=None):
    """Incidents evenly over a rectangle; each meets one unit or two of the two bases nearest to it.

    Turn-out has median 1 min and log sd 0.5, trips are lognormal with log sd 0.25, scene is gamma of mean
    20 min, call handling 2 min with log sd 0.4; one unit in twelve is called off on its way.
    """
    rng = np.random.default_rng(seed)
    incidents, units = [], []
    for name, mean in (types or TYPES).items():
        for day in range(days):
            hours = rng.choice(24, size=rng.poisson(mean), p=HOURS / HOURS.sum())
            for minute in hours * 60 + rng.uniform(0, 60, len(hours)):
                incidents.append((day * 1440 + minute, name, rng.uniform(*x_km), rng.uniform(*y_km)))
    incidents.sort()
    rows = []
    for number, (minute, name, x, y) in enumerate(incidents):
        away = np.hypot(BASES["x_km"] - x, BASES["y_km"] - y).to_numpy()
        sent = 1 + (rng.random() < TWO_UNITS)
        rows.append((f"i{number:05d}", number + 2, name, minute, x, y, float(sent)))
        units += _responses(rng, number, away, sent, turn_out)
    frame = pd.DataFrame(rows, columns=["incident", "row", "type", "minute", "x_km", "y_km", "units_sent"])
    frame["received"] = pd.DatetimeIndex(FIRST + (frame["minute"] * 60).round().astype("timedelta64[s]"))
    frame["area"], frame["at_area"] = "", False
    table = pd.DataFrame(units, columns=["incident", "row", "base", *INTERVALS])
    table["unit"], table["kind"] = "", "pump"
    table = table.sort_values(["incident", "attendance"], kind="stable").reset_index(drop=True)
    table["ordinal"] = (table.groupby("incident").cumcount() + 1).astype("int16")
    nothing = pd.DataFrame({name: [] for name in ("row", "column", "value", "reason")})
    clocks = frozenset(name for name in INTERVALS if table[name].notna().any())
    span = (FIRST.item(), (FIRST + days).item())
    return Log("made-up log", "Europe/London", frame, table, BASES, nothing, (), clocks, len(frame),
               "kilometres", {"made.csv": "0" * 64}, span)  # fmt: skip


def _responses(rng, number, away, sent, turn_out):
    call = round(2 * np.exp(0.4 * rng.standard_normal()) * 60) / 60
    for base in np.argsort(away)[:sent]:
        out = round(np.exp(0.5 * rng.standard_normal()) * 60) / 60
        travel = LAW.minutes(away[base]) * np.exp(0.25 * rng.standard_normal() - 0.25**2 / 2)
        scene = rng.gamma(2.0, 10.0)
        name = (f"i{number:05d}", number + 2, BASES["base"][base], call)
        if rng.random() < 1 / 12:
            lasted = out + travel * rng.random()
            yield (*name, out if turn_out else np.nan, np.nan, np.nan, np.nan, lasted)
        elif turn_out:
            yield (*name, out, travel, out + travel, scene, out + travel + scene)
        else:
            yield (*name, np.nan, np.nan, out + travel, np.nan, np.nan)


def made_zones(side=8):
    """Zones of a square of 16 km, residents everywhere alike."""
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(side) * 2 - 7.0, np.arange(side) * 2 - 7.0))
    names = [f"z{number:02d}" for number in range(side * side)]
    return pd.DataFrame(
        {"zone": names, "x_km": x, "y_km": y, "area_km2": 4.0, "population": 1000, "people_3km": 5000.0}
    )
