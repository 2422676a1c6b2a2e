"""What all cases share: how a case is written, Erlang's formulas, units and zones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Case = dict[str, Any]


def case(name: str, title: str, source: str, model: dict[str, Any], expected: dict[str, Any]) -> Case:
    """A case as the file has it."""
    return {"id": name, "title": title, "source": source, "model": model, "expected": expected}


def erlang_b(units: int, offered: float) -> float:
    """Erlang's loss."""
    loss = 1.0
    for k in range(1, units + 1):
        loss = offered * loss / (k + offered * loss)
    return loss


def erlang_c(units: int, offered: float) -> float:
    """Erlang's chance of waiting."""
    loss = erlang_b(units, offered)
    return loss / (1 - offered / units * (1 - loss))


def one_base(units: int, travel: float = 0.0) -> dict[str, Any]:
    """Units at one base, hunted in order."""
    names = [f"U{n}" for n in range(1, units + 1)]
    return {
        "units": [{"id": name, "base": "B1"} for name in names],
        "travel_time": {name: [round(travel + 1e-4 * n, 4)] for n, name in enumerate(names)},
        "preference": {"Z1": names},
    }


def spread(
    travel: Sequence[Sequence[float]], rates: Sequence[float]
) -> tuple[dict[str, Any], list[list[int]]]:
    """Units at bases of their own, and zones; nearest first."""
    units = [f"U{n}" for n in range(1, len(travel) + 1)]
    order = [sorted(range(len(travel)), key=lambda u, z=z: travel[u][z]) for z in range(len(rates))]
    model = {
        "zones": [{"id": f"Z{z}", "rate": rate} for z, rate in enumerate(rates, start=1)],
        "units": [{"id": unit, "base": f"B{n}"} for n, unit in enumerate(units, start=1)],
        "travel_time": dict(zip(units, map(list, travel), strict=True)),
        "preference": {f"Z{z}": [units[u] for u in best] for z, best in enumerate(order, start=1)},
    }
    return model, order


def shares(trips: np.ndarray) -> list[list[float]]:
    """Shares of all trips."""
    return (trips / trips.sum()).tolist()


def mean_travel(trips: np.ndarray, travel: Sequence[Sequence[float]]) -> float:
    """Mean travel of all trips."""
    return float((trips * np.array(travel)).sum() / trips.sum())


def exponential(mean: float) -> dict[str, Any]:
    """Exponential service."""
    return {"distribution": "exponential", "mean": mean}


def classes(zone_rates: Sequence[Sequence[float]]) -> list[dict[str, Any]]:
    """Classes by priority, from rates by class and zone."""
    return [
        {"id": f"C{n}", "priority": n, "zone_rates": list(row)} for n, row in enumerate(zone_rates, start=1)
    ]


def texts(table: dict[int, float]) -> dict[str, float]:
    """Numbers of units as a file writes them."""
    return {str(key): value for key, value in table.items()}
