"""Where: weights of the zones, by a kernel on the log or by a law of residents, whichever foresees better."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from armsim.analysis.fitting.blocks import Ints, ratio, tally
from armsim.analysis.fitting.spatial import (
    SpatialFit,
    ZoneTable,
    by_residents_alone,
    fit_spatial,
    log_likelihood,
    nearest_zones,
)
from armsim.analysis.intervals import Estimate
from armsim.study.calibrate.ground import Ground, Part
from armsim.study.calibrate.record import Check, Fitted, Line, Section, Value
from armsim.study.calibrate.words import end, figures, told

#: A type with fewer incidents in zones than this takes the weights of all types together.
_OWN = 200
_ALL = "all types"


@dataclass(frozen=True, eq=False)
class Places:
    """Spatial fits by type, those of ``all types`` among them, and the zones."""

    fits: dict[str, SpatialFit]
    zones: ZoneTable


def fit_places(ground: Ground, zones: pd.DataFrame | None) -> tuple[Fitted, Places | None]:
    """Fit the weights of the zones."""
    title = "Where incidents happen"
    located = ground.train.incidents["x_km"].notna() & ground.train.incidents["y_km"].notna()
    if zones is None or not located.any():
        why = "no zones were given (--region)" if zones is None else "the log has no positions"
        return (Section("places", title, missing=(f"weights of zones: {why}",)), []), None
    table = ZoneTable(
        *(
            zones[name].to_numpy(dtype=np.float64)
            for name in ("x_km", "y_km", "area_km2", "population", "people_3km")
        )
    )
    made = Places({}, table)
    lines: list[Line] = []
    values: list[Value] = []
    checks: list[Check] = []
    missing: list[str] = []
    notes = [*_outside(ground, table)]
    for name in (_ALL, *ground.types):
        fit = _fit(ground.train, name, table, ground.settings.level)
        if fit is None or (name != _ALL and fit.counts.sum() < _OWN):
            missing.append(f"weights of {name} alone: fewer than {_OWN} incidents in zones")
            continue
        made.fits[name] = fit
        lines += _lines(name, fit)
    for name in ground.types:
        used = made.fits.get(name) or made.fits.get(_ALL)
        if used is not None:
            checks += _compared(ground, name, used, table)
            values += _values(name, used, zones, name in made.fits)
    notes.append(
        "the way of spreading that days left out of the training period are likelier under is written; its "
        "gain is "
        "the log-likelihood of an incident above that by residents alone (0 is no better)"
    )
    return (Section("places", title, tuple(lines), tuple(checks), tuple(missing), tuple(notes)), values), made


def _rows(part: Part, name: str) -> pd.DataFrame:
    return part.incidents if name == _ALL else part.of_type(name)


def _in_zones(part: Part, name: str, table: ZoneTable) -> tuple[Ints, Ints]:
    """Zone and day of the incidents that lie in a zone."""
    rows = _rows(part, name)
    zone = nearest_zones(rows["x_km"].to_numpy(), rows["y_km"].to_numpy(), table)
    return zone[zone >= 0], rows["day"].to_numpy()[zone >= 0]


def _fit(part: Part, name: str, table: ZoneTable, level: float) -> SpatialFit | None:
    zone, day = _in_zones(part, name, table)
    return fit_spatial(zone, day, table, part.weights, level)


def _outside(ground: Ground, table: ZoneTable) -> Iterator[str]:
    rows = ground.train.incidents
    unknown = int((rows["x_km"].isna() | rows["y_km"].isna()).sum())
    zone, _ = _in_zones(ground.train, _ALL, table)
    away = len(rows) - unknown - len(zone)
    if unknown:
        yield f"{unknown:,} of {len(rows):,} incidents have no position; they say nothing about places"
    if away:
        yield f"{away:,} of {len(rows):,} incidents lie outside the zones and are left out here"


def _lines(name: str, fit: SpatialFit) -> Iterator[Line]:
    count = float(fit.counts.sum())
    width = Estimate(fit.bandwidth, math.nan, math.nan, fit.beta.replications, count)
    how = f"by likelihood of days left out; carried by {fit.carrier}"
    yield Line(f"{name}: kernel bandwidth", width, "km", how)
    yield Line(f"{name}: beta of residents within 3 km", fit.beta, "", "Poisson regression on zones")


def _gain(part: Part, name: str, shares: np.ndarray, table: ZoneTable, level: float) -> Estimate:
    """Log-likelihood of an incident of a period above that by residents alone."""
    zone, day = _in_zones(part, name, table)
    gained = log_likelihood(shares, zone) - log_likelihood(by_residents_alone(table), zone)
    above = tally(day, part.days, gained)
    below = tally(day, part.days)
    return ratio(above, below, part.weights, level)


def _compared(ground: Ground, name: str, fit: SpatialFit, table: ZoneTable) -> list[Check]:
    """What kernel and law of residents promise by days left out, beside what the test period gives."""
    if ground.test is None:
        return []
    checks, nothing = [], (math.nan, math.nan, fit.beta.replications, fit.beta.count)
    ways = (("kernel", fit.kernel), ("law of residents", fit.by_residents))
    for (way, shares), promised in zip(ways, fit.left_out, strict=True):
        seen = _gain(ground.test, name, shares, table, ground.settings.level)
        checks.append(Check(f"{name}: gain of the {way}", Estimate(promised, *nothing), seen, "nats"))
    return checks


def _values(name: str, fit: SpatialFit, zones: pd.DataFrame, own: bool) -> Iterator[Value]:
    path = ("demand", "types", name, "weight")
    whose = "" if own else "; fitted to all types together"
    beta = fit.beta
    if fit.left_out[1] >= fit.left_out[0]:
        said = f"beta {told(beta, '')}; Poisson regression on zones{whose}"
        yield Value((*path, "column"), "population")
        yield Value((*path, "beta"), figures(beta.value), said, end(beta.low), end(beta.high))
        yield Value((*path, "by_zone"), None)
        return
    scaled = fit.kernel / fit.kernel.mean()
    weights = {zone: figures(float(one), 3) for zone, one in zip(zones["zone"], scaled, strict=True)}
    said = (
        f"kernel density of {fit.counts.sum():,.0f} incidents, bandwidth {fit.bandwidth:g} km, "
        f"carried by {fit.carrier}{whose}; mean zone 1"
    )
    yield Value((*path, "by_zone"), weights, said)
    yield Value((*path, "column"), "population")
    yield Value((*path, "beta"), 0)
