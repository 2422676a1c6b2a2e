"""A log calibrated: every section fitted, and what is written of it."""

from __future__ import annotations

import hashlib
import importlib.metadata
import math
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from armsim.analysis.fitting.travel import TravelFit
from armsim.analysis.fitting.units import UnitsFit
from armsim.model.logs.record import Log
from armsim.study.calibrate.arrivals import Arrivals, fit_arrivals
from armsim.study.calibrate.fragment import as_yaml, settings
from armsim.study.calibrate.ground import Ground, Part, prepare
from armsim.study.calibrate.page import page
from armsim.study.calibrate.places import Places, fit_places
from armsim.study.calibrate.record import Section, Settings, Span, Value
from armsim.study.calibrate.times import Times, fit_times
from armsim.study.calibrate.travel import Travel, fit_trips
from armsim.study.calibrate.units import fit_numbers
from armsim.study.files import write_bytes, write_json

FRAGMENT, RECORD, PAGE = "calibrated.yaml", "calibration.json", "calibration.md"


@dataclass(frozen=True, eq=False)
class Calibration:
    """What a log says of a simulator's inputs.

    Attributes:
        ground: the log, its periods, and how it was fitted.
        sections: the report.
        values: what the fragment sets.
        arrivals: fits of rates, profiles and spread.
        places: spatial fits; ``None`` without zones or positions.
        trips: the travel law with its trips; ``None`` where there is none.
        times: laws of durations.
        units: units of an incident by type.
    """

    ground: Ground
    sections: tuple[Section, ...]
    values: tuple[Value, ...]
    arrivals: Arrivals
    places: Places | None
    trips: Travel | None
    times: Times
    units: dict[str, UnitsFit]

    @property
    def travel(self) -> TravelFit | None:
        """The travel law."""
        return None if self.trips is None else self.trips.fit

    @property
    def digest(self) -> str:
        """SHA-256 over the digests of the mapping and of every file of the log."""
        told = "\n".join(f"{name} {digest}" for name, digest in sorted(self.ground.log.files.items()))
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def source(self) -> str:
        """Where its values come from, as the register of sources has it."""
        first, until = self.ground.train.span
        log = self.ground.log.name
        return f"calibrated from {log} ({self.digest[:12]}), {first} to {until - timedelta(days=1)}"

    @property
    def fragment(self) -> dict[str, Any]:
        """The values as settings of a scenario, their sources among them."""
        return settings(self.values, self.source)

    def to_dict(self) -> dict[str, Any]:
        """Every figure, as plain data; what cannot be told is null."""
        ground = self.ground
        told: dict[str, Any] = _finite({
            "log": {"name": ground.log.name, "digest": self.digest, "files": ground.log.files,
                    "rows": ground.log.rows, "rejected": len(ground.log.rejected)},
            "train": _period(ground.train),
            "test": None if ground.test is None else _period(ground.test),
            "settings": asdict(ground.settings),
            "version": _version(),
            "notes": [*ground.log.notes, *ground.notes],
            "sections": [_section(one) for one in self.sections],
            "fragment": self.fragment,
        })  # fmt: skip
        return told

    def write(self, folder: Path) -> list[Path]:
        """Write the fragment, every figure, and the page; whole files or none.

        Raises:
            RunFolderError: a file cannot be written.
        """
        ground = self.ground
        head = (
            f"Fitted values of {ground.log.name}, {ground.train.words}; written by armsim calibrate "
            f"{_version()}.",
            "A fragment, no scenario: extends: [yours.yaml, calibrated.yaml] lays it over yours.",
            f"Log {self.digest}, seed {ground.settings.seed}. What the log cannot give is not here: see "
            f"{PAGE}.",
        )
        write_bytes(folder / FRAGMENT, as_yaml(self.values, self.source, head).encode())
        write_json(folder / RECORD, self.to_dict())
        write_bytes(folder / PAGE, page(ground, self.sections, self.digest[:12], _version()).encode())
        return [folder / name for name in (FRAGMENT, RECORD, PAGE)]


def calibrate(
    log: Log,
    zones: pd.DataFrame | None = None,
    *,
    train: Span | None = None,
    test: Span | None = None,
    settings: Settings | None = None,
) -> Calibration:
    """Fit a simulator's inputs to a log.

    Args:
        log: the log, as :func:`armsim.model.logs.read_log` reads it.
        zones: zone frame of the region, in the log's grid; without it places are not fitted.
        train: first day to fit to, and the day before which it ends; without it all but the last quarter.
        test: the same of the days that are foreseen; without it what follows in the log.
        settings: how.

    Raises:
        DataError: a period is empty, or both overlap.
    """
    ground = prepare(log, train, test, settings or Settings())
    (arrivals, first), rates = fit_arrivals(ground)
    (where, second), places = fit_places(ground, zones)
    (travel, third), trips = fit_trips(ground)
    (times, fourth), laws = fit_times(ground)
    (numbers, fifth), units = fit_numbers(ground)
    values = _unique([*first, *second, *third, *fourth, *fifth])
    sections = (arrivals, where, travel, times, numbers)
    return Calibration(ground, sections, values, rates, places, trips, laws, units)


def _unique(values: list[Value]) -> tuple[Value, ...]:
    """Values in order of where they stand first; of two at one place the later, which was measured alone."""
    return tuple({one.path: one for one in values}.values())


def _version() -> str:
    return importlib.metadata.version("armsim")


def _period(part: Part) -> dict[str, Any]:
    first, until = part.span
    return {"from": str(first), "until": str(until), "days": part.days, "incidents": len(part.incidents),
            "units": len(part.units)}  # fmt: skip


def _section(section: Section) -> dict[str, Any]:
    plain = asdict(section)
    for check, one in zip(plain["checks"], section.checks, strict=True):
        check |= {"difference": one.difference, "agrees": one.agrees}
    return plain


def _finite(data: Any) -> Any:
    """Plain data with null for numbers that are not finite."""
    if isinstance(data, dict):
        return {str(key): _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(one) for one in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
