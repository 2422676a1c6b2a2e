"""Made-up results with the shape that scenario_numbers (c) leads one to expect."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from armsim.analysis.curve import ResponseCurve
from armsim.domain import ThreatLevel
from armsim.report import (
    chart_availability,
    chart_availability_day,
    chart_distribution,
    chart_hours,
    chart_map,
    chart_percentiles,
)
from armsim.report.record import ChartContext, TargetLine

CONTEXT = ChartContext("Leicestershire at CRITICAL", "critical-4f1c9a2e", 40, "0.1.0")
SEVERE, CRITICAL = ThreatLevel.SEVERE, ThreatLevel.CRITICAL
SPELLS = [(SEVERE, 0.0, 9960.0), (CRITICAL, 9960.0, 15720.0), (SEVERE, 15720.0, 40320.0)]


def curve(median, sigma, count, lost=0.01, seed=1, replications=40):
    rng = np.random.default_rng(seed)
    replication = rng.integers(0, replications, count)
    shift = rng.normal(0, 0.03, replications)[replication]
    seconds = np.ceil(60 * median * np.exp(sigma * rng.standard_normal(count) + shift)).astype(int)
    fate = (rng.random(count) < lost).astype(int)
    return ResponseCurve.from_rows(replication, np.where(fate == 1, 0, seconds), fate, replications)


def availability(replications=40, days=28, seed=3, effect=1.0):
    rng = np.random.default_rng(seed)
    hour = np.arange(days * 24)
    day_hour = hour % 24
    free = 2.6 + 1.0 * np.isin(day_hour, [14, 15, 16, 22, 23, 0, 1]) - 0.5 * (np.abs(day_hour - 19) < 3)
    none = 0.035 + 0.05 * (np.abs(day_hour - 19) < 2) + 0.03 * (np.abs(day_hour - 11) < 3)
    posts = np.zeros(len(hour))
    first, relief, end = 166, 166 + 36, 166 + 96
    open_by_day = 2.0 * (day_hour >= 8) + 0.6 * (day_hour >= 5)
    posts[first:end] = open_by_day[first:end] * 0.8
    posts[first:relief] += 1.3
    free[first : first + 18] -= effect * 1.2
    free[relief:end] += effect * 1.0
    none[first:relief] += effect * 0.08
    none[relief:end] += effect * 0.045
    table = np.zeros((replications, len(hour), 4))
    table[:, :, 0] = 60
    table[:, :, 1] = 60 * np.maximum(free + rng.normal(0, 0.7, (replications, len(hour))), 0)
    table[:, :, 2] = (
        60 * (rng.random((replications, len(hour))) < none) * rng.uniform(0.5, 1, (replications, 1))
    )
    table[:, :, 3] = 60 * posts * rng.uniform(0.9, 1.0, (replications, len(hour)))
    return table


def zones(count=160, seed=5):
    rng = np.random.default_rng(seed)
    core = rng.normal(0, 5, (count // 2, 2))
    rest = rng.uniform(-32, 32, (count - count // 2, 2))
    at = np.vstack([core, rest])
    area = np.concatenate([np.full(count // 2, 1.5), np.full(count - count // 2, 28.0)])
    return pd.DataFrame({
        "zone": [f"E{index:04d}" for index in range(count)],
        "name": [f"Zone {index}" for index in range(count)],
        "x_km": at[:, 0], "y_km": at[:, 1], "area_km2": area,
        "population": rng.integers(1200, 2200, count),
    })  # fmt: skip


BASES = pd.DataFrame({"name": ["ARV 1 (City)", "ARV 2 (North)"], "x_km": [0.0, -12.0], "y_km": [-2.0, 15.0]})


def potential(table, extra=0.0):
    away = np.hypot(table["x_km"], table["y_km"] + 2).to_numpy()
    other = np.hypot(table["x_km"] + 12, table["y_km"] - 15).to_numpy()
    return 4.5 + 0.85 * np.minimum(away, other + 3) + extra


def hour_curves(critical=True):
    cells = {}
    for hour in range(24):
        slow = 10 + 2.5 * np.exp(-(((hour - 19) / 3) ** 2))
        cells[SEVERE, hour] = curve(slow, 0.4, 2500, seed=hour)
        cells[CRITICAL, hour] = curve(slow + 0.4, 0.42, 30 if hour in (3, 4, 5) else 500, seed=100 + hour)
    return cells


def milestone_curves():
    return {
        "First officer, grade 1": curve(9.4, 0.42, 20000, seed=1),
        "First CED officer": curve(10.6, 0.55, 8000, 0.02, seed=2),
        "First armed unit, firearms": curve(12.4, 0.52, 700, 0.02, seed=4),
    }


def six(context=CONTEXT, table=None, bases=BASES, label="First armed unit, firearms"):
    """Every chart of the standard set, from made-up inputs."""
    table = zones() if table is None else table
    curves = {"First officer, grade 1": curve(9.4, 0.42, 5000, seed=1), label: curve(12.4, 0.52, 700, seed=4)}
    targets = [TargetLine("Target, urban: 15", 15), TargetLine("rural: 20", 20)]
    whole = availability()
    critical = np.arange(whole.shape[1]) // 24 % 7 == 0
    folded = {
        SEVERE: np.stack([whole[:, ~critical][:, hour::24].sum(axis=1) for hour in range(24)], axis=1),
        CRITICAL: np.stack([whole[:, critical][:, hour::24].sum(axis=1) for hour in range(24)], axis=1),
    }
    by_level = {SEVERE: curve(12.4, 0.52, 1800, seed=6), CRITICAL: curve(12.6, 0.6, 400, seed=7)}
    minutes = {SEVERE: potential(table), CRITICAL: potential(table, 2.2)}
    return [
        chart_distribution.draw(
            curves, targets, context, (label, "firearms incidents get an armed unit"), "all"
        ),
        chart_hours.draw(hour_curves(), context, "grade 1 response", "First officer at grade 1"),
        chart_availability.draw(whole, SPELLS, context),
        chart_availability_day.draw(folded, context),
        chart_percentiles.draw(by_level, context, "armed response", "firearms incidents"),
        chart_map.draw(table, minutes, bases, context),
    ]


@pytest.fixture(scope="session")
def made():
    return SimpleNamespace(**{name: value for name, value in globals().items() if not name.startswith("_")})


@pytest.fixture(scope="session")
def charts(made):
    return {chart.name: chart for chart in six()}
