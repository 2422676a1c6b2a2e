"""Elementary effects of Morris (1991): assumptions moved one after the other from random joint settings.

Both ends of each range are the levels, as a file writes laws and times of day that nothing lies between. So
an effect is what a figure changes by as an assumption goes from low to high, the others wherever they are.
The mean of its size is mu* (Campolongo, Cariboni and Saltelli 2007); the spread sigma shows what hangs on the
others. Trajectories come from SALib.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.intervals import Estimate, FloatArray, t_quantile
from armsim.analysis.simultaneous import standard_error
from armsim.errors import ArmsimError
from armsim.study.sweep_design import ENDS, Factor, Setting

_LEVELS = 2

Ends = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Walk:
    """Trajectories through joint settings.

    Attributes:
        factors: the assumptions.
        ends: shape (trajectories, assumptions + 1, assumptions), 0 for low and 1 for high.
        settings: each joint setting once.
    """

    factors: tuple[Factor, ...]
    ends: Ends
    settings: tuple[Setting, ...]

    def numbers(self) -> Ends:
        """Shape (trajectories, assumptions + 1): which of the settings each step stands at."""
        rows = {_row(one): index for index, one in enumerate(self.settings)}
        flat = self.ends.reshape(-1, len(self.factors))
        found = [rows[tuple(row)] for row in flat.tolist()]
        return np.array(found, dtype=np.intp).reshape(self.ends.shape[:2])


class Effect(NamedTuple):
    """Elementary effects of one assumption on one figure.

    Attributes:
        mu: their mean.
        mu_star: the mean of their sizes, with limits for simulation noise.
        sigma: their standard deviation; NaN below two.
        number: how many there are.
    """

    mu: float
    mu_star: Estimate
    sigma: float
    number: int


def walk(found: Sequence[Factor], trajectories: int, seed: int) -> Walk:
    """Draw trajectories.

    Args:
        found: the assumptions; two or more.
        trajectories: how many.
        seed: of the draw.

    Raises:
        ArmsimError: SALib is not installed.
        ValueError: fewer than two assumptions.
    """
    if len(found) < 2:
        raise ValueError(f"Morris needs two assumptions or more, there is {len(found)}; use --design oat")
    try:
        sample = import_module("SALib.sample.morris").sample
    except ModuleNotFoundError as error:
        raise ArmsimError(
            f"--design morris needs SALib, which is not installed here (no module {error.name}): "
            "pip install 'armsim[sensitivity]'"
        ) from None
    drawn = sample(problem(found), trajectories, num_levels=_LEVELS, seed=seed % 2**32)
    ends = np.rint(np.asarray(drawn)).astype(np.intp).reshape(trajectories, -1, len(found))
    rows = dict.fromkeys(tuple(row) for row in ends.reshape(-1, len(found)).tolist())
    settings = [
        Setting(tuple((one, ENDS[end]) for one, end in zip(found, row, strict=True)), number)
        for number, row in enumerate(rows, start=1)
    ]
    return Walk(tuple(found), ends, tuple(settings))


def problem(found: Sequence[Factor]) -> dict[str, object]:
    """The assumptions as SALib wants them: from 0, the low end, to 1, the high end."""
    names = [f"{index} {one.path}" for index, one in enumerate(found)]
    return {"num_vars": len(found), "names": names, "bounds": [[0.0, 1.0]] * len(found)}


def effects(steps: Walk, values: Mapping[int, FloatArray], size: int, level: float) -> dict[Factor, Effect]:
    """Elementary effects of every assumption on one figure.

    Args:
        steps: the trajectories.
        values: by index of the setting, the figure and then under each resample, shape (B + 1,); an effect
            between settings of which one is missing is left out.
        size: replications behind the figure.
        level: confidence of the limits.
    """
    numbers = steps.numbers()
    moved = np.diff(steps.ends, axis=1)
    by_factor: dict[int, list[FloatArray]] = {index: [] for index in range(len(steps.factors))}
    for trajectory, step in np.ndindex(*moved.shape[:2]):
        before, after = numbers[trajectory, step : step + 2].tolist()
        index = int(np.flatnonzero(moved[trajectory, step])[0])
        if before in values and after in values:
            up = moved[trajectory, step, index]
            with np.errstate(invalid="ignore"):
                by_factor[index].append((values[after] - values[before]) * up)
    return {one: _effect(by_factor[index], size, level) for index, one in enumerate(steps.factors)}


def _effect(found: Sequence[FloatArray], size: int, level: float) -> Effect:
    told = [one for one in found if math.isfinite(one[0])]
    if not told:
        return Effect(math.nan, Estimate(math.nan, math.nan, math.nan, size, 0), math.nan, 0)
    table = np.stack(told)
    with np.errstate(invalid="ignore"):
        sizes = np.abs(table).mean(axis=0)
    error = standard_error(sizes[1:], size)
    half = t_quantile(level, size - 1) * error if error > 0 else math.nan
    value = float(sizes[0])
    spread = float(table[:, 0].std(ddof=1)) if len(told) > 1 else math.nan
    low = math.nan if math.isnan(half) else max(value - half, 0.0)
    limits = Estimate(value, low, value + half, size, size)
    return Effect(float(table[:, 0].mean()), limits, spread, len(told))


def _row(setting: Setting) -> tuple[int, ...]:
    return tuple(ENDS.index(end) for _, end in setting.ends)
