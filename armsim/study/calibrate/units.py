"""How many units an incident gets, and how many never arrive."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.optimize import brentq

from armsim.analysis.fitting.blocks import Floats, Ints, tally
from armsim.analysis.fitting.laws import LEAST
from armsim.analysis.fitting.units import UnitsFit, fit_units, share_never
from armsim.study.calibrate.ground import Ground, Part
from armsim.study.calibrate.record import Check, Fitted, Line, Section, Value
from armsim.study.calibrate.words import told

#: Attendances list every number up to this, and up to the largest that occurs.
_LISTED = 10


def fit_numbers(ground: Ground) -> tuple[Fitted, dict[str, UnitsFit]]:
    """Fit the units of an incident, type by type."""
    title, level = "Units per incident", ground.settings.level
    lines: list[Line] = []
    values: list[Value] = []
    checks: list[Check] = []
    missing: list[str] = []
    made: dict[str, UnitsFit] = {}
    for name in ground.types:
        units, day = _sent(ground.train, name)
        fit = fit_units(units, day, ground.train.weights, level)
        if fit is None or len(day) < LEAST:
            missing.append(f"units of {name}: the log has none" if fit is None else
                           f"units of {name}: fewer than {LEAST} incidents")  # fmt: skip
            continue
        made[name] = fit
        lines += _lines(name, fit)
        values.append(_value(ground, name, fit))
        if ground.test is not None:
            seen = fit_units(*_sent(ground.test, name), ground.test.weights, level)
            if seen is not None:
                checks.append(Check(f"{name}: units an incident", fit.mean, seen.mean, "units"))
            if seen is not None and fit.none.value + seen.none.value > 0:
                checks.append(Check(f"{name}: incidents without a unit", fit.none, seen.none, "share"))
    lines += _never(ground, missing)
    notes = []
    if made:
        notes.append(
            f"a unit counts as {ground.settings.per_unit} of {ground.settings.units_as}; incidents without "
            "a unit "
            "are left out of the attendance"
        )
    return (Section("units", title, tuple(lines), tuple(checks), tuple(missing), tuple(notes)), values), made


def _sent(part: Part, name: str) -> tuple[Floats, Ints]:
    """Units of each incident: as recorded, else as many as are told of; NaN where neither is."""
    rows = part.of_type(name)
    counted = tally(part.units["at"].to_numpy(), len(part.incidents))[rows.index.to_numpy()]
    recorded = rows["units_sent"].to_numpy(dtype=np.float64)
    never_recorded = part.incidents["units_sent"].isna().all()
    unknown = np.where((counted > 0) | never_recorded, counted, np.nan)
    return np.where(np.isfinite(recorded), recorded, unknown), rows["day"].to_numpy()


def _lines(name: str, fit: UnitsFit) -> Iterator[Line]:
    yield Line(f"{name}: units an incident", fit.mean, "units", "of incidents with a unit")
    for size, share in fit.limits.items():
        if share.value >= 0.01:
            yield Line(f"{name}: share with {size}", share, "share")
    yield Line(f"{name}: incidents without a unit", fit.none, "share")


def _never(ground: Ground, missing: list[str]) -> Iterator[Line]:
    """Share of unit responses of which no arrival is recorded."""
    units = ground.train.units
    if not (units["attendance"].notna().any() or units["travel"].notna().any()):
        missing.append("units that never arrived: the log has no stamp of arrival")
        return
    arrived = (units["attendance"].notna() | units["travel"].notna()).to_numpy()
    gone = share_never(arrived, units["day"].to_numpy(), ground.train.weights, ground.settings.level)
    yield Line("unit responses without an arrival", gone, "share", "cancelled on the way, or not stamped")


def _value(ground: Ground, name: str, fit: UnitsFit) -> Value:
    settings = ground.settings
    path = ("demand", "types", name, "attendance", settings.units_as)
    said = f"mean {told(fit.mean, 'units')}; share of incidents by number of units, x {settings.per_unit}"
    low, high = (_flow(_tilted(fit.shares, end), settings.per_unit) for end in (fit.mean.low, fit.mean.high))
    return Value(path, _counts(fit.shares, settings.per_unit), said, low, high)


def _counts(shares: dict[int, float], per_unit: int) -> dict[int, float]:
    """Shares by number of the capability, to four decimals, summing to 1.

    Numbers that do not occur stand there as 0: laid over a scenario, they take its own shares out.
    """
    rounded = {size * per_unit: round(share, 4) for size, share in shares.items()}
    fullest = max(rounded, key=lambda size: rounded[size])
    rounded[fullest] = round(1.0 - sum(share for size, share in rounded.items() if size != fullest), 4)
    return {size: rounded.get(size, 0) for size in range(max(_LISTED, *rounded) + 1)}


def _tilted(shares: dict[int, float], mean: float) -> dict[int, float] | None:
    """The distribution nearest to *shares* with another mean (exponential tilting); ``None`` for none."""
    sizes = np.array(list(shares), dtype=np.float64)
    base = np.array(list(shares.values()))
    if len(sizes) < 2 or not math.isfinite(mean) or not sizes.min() < mean < sizes.max():
        return None

    def moved(tilt: float) -> Floats:
        weight = base * np.exp(tilt * (sizes - sizes.mean()))
        return np.asarray(weight / weight.sum())

    wide = 50.0 / np.ptp(sizes)
    found = brentq(lambda tilt: float(moved(tilt) @ sizes) - mean, -wide, wide)
    return dict(zip(shares, moved(found).tolist(), strict=True))


def _flow(shares: dict[int, float] | None, per_unit: int) -> str | None:
    """Counts on one line, as ``--set`` reads them."""
    if shares is None:
        return None
    return "{" + ", ".join(f"{size}: {share}" for size, share in _counts(shares, per_unit).items()) + "}"
