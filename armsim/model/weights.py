"""Spatial weights: how demand, patrol and bases spread over the zones of an area."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.config.schema.region import Weight
from armsim.errors import Problem, ScenarioError
from armsim.registry import suggestion

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def raw_weights(zones: pd.DataFrame, area: Ints, weight: Weight, path: str) -> Floats:
    """Column x (residents within 3 km, at least 1) ** beta for zones of an area, or what is given by zone.

    Computed on the area alone, so that no figure of a force hangs on its neighbours.

    Args:
        zones: the zone frame.
        area: indices of zones.
        weight: the weight.
        path: setting that it stands at, for messages.

    Returns:
        Weights, 0 or more, finite; shape of *area*.

    Raises:
        ScenarioError: the column is no column of numbers, a weight is negative or not finite, or a zone that
            is given one is not there.
    """
    if weight.by_zone is not None:
        return _by_zone(zones["zone"], area, weight.by_zone, path)
    if weight.column not in zones or zones[weight.column].dtype.kind not in "ifb":
        numbers = [name for name in zones.columns if zones[name].dtype.kind in "ifb"]
        message = (
            f"{weight.column!r} is no column of numbers of the zones{suggestion(weight.column, numbers)}"
        )
        raise ScenarioError([Problem(message, path=f"{path}.column")])
    near = np.maximum(zones["people_3km"].to_numpy(dtype=np.float64)[area], 1.0)
    values: Floats = zones[weight.column].to_numpy(dtype=np.float64)[area] * near**weight.beta
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise ScenarioError([_unusable(weight, path)])
    return values


def _by_zone(names: pd.Series[str], area: Ints, given: Mapping[str, float], path: str) -> Floats:
    known = frozenset(names)
    strange = [
        Problem(f"{zone!r} is no zone of the region{suggestion(zone, known)}", path=f"{path}.by_zone")
        for zone in sorted(given.keys() - known)
    ]
    if strange:
        raise ScenarioError(strange)
    return np.array([given.get(zone, 0.0) for zone in names.iloc[area]], dtype=np.float64)


def weights_in(zones: pd.DataFrame, area: Ints, weight: Weight, path: str) -> Floats:
    """Shares of the zones of an area, sum 1; shape of *area*.

    Raises:
        ScenarioError: as :func:`raw_weights`, or all weights of the area are 0.
    """
    values = raw_weights(zones, area, weight, path)
    total = values.sum()
    if not (np.isfinite(total) and total > 0):
        raise ScenarioError([_unusable(weight, path)])
    return np.asarray(values / total)


def _unusable(weight: Weight, path: str) -> Problem:
    return Problem(f"weights by {weight.column!r} must be 0 or more and not all 0", path=path)
