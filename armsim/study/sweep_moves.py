"""What each assumption moves: a figure at both ends of its range, and paired differences from the file's.

Limits hold at once for all ends of all assumptions, for each figure of each run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from armsim.analysis.differences import Difference, Key, Resampled, at_once, differences, verdict
from armsim.analysis.figure import margin_of
from armsim.analysis.intervals import Estimate, FloatArray
from armsim.analysis.metrics import Metric, metrics
from armsim.config.options import parts_of
from armsim.study.compare import about
from armsim.study.sweep import NOISE, Seen
from armsim.study.sweep_design import ENDS, Factor, Setting
from armsim.study.sweep_morris import effects

_NOT_RUN = (math.nan, math.nan, math.nan, math.nan, "could not be run")
_TOO_FEW = (math.nan, math.nan, math.nan, math.nan, "too few incidents")
#: Differences below this part of the figures are rounding.
_ROUNDING = 1e-10
_HEAD = ("condition", "option", "metric", "label", "about", "unit", "better")
_OF_END = ("value", "difference", "low", "high", "verdict")
#: Columns of :func:`moves`.
MOVES = (
    *_HEAD, "path", "low_end", "base", "high_end", "base_value",
    *(f"{end}_{name}" for end in ENDS for name in _OF_END), "swing", "clear", "source", "note",
)  # fmt: skip
#: Columns of :func:`elementary`.
ELEMENTARY = (
    *_HEAD, "of", "path", "low_end", "high_end", "mu", "mu_star", "low", "high", "sigma", "effects", "source",
    "note",
)  # fmt: skip


def moves(seen: Seen) -> pd.DataFrame:
    """A row for each run, figure and assumption that the run rests on, columns ``MOVES``.

    ``low_difference`` is the figure at the low end less that of the file, with limits; ``swing`` the larger
    size of the two differences; ``clear`` whether the limits of one leave out zero. The widest swing of a run
    and figure comes first.
    """
    rows = [
        row
        for name in seen.base
        for key in seen.keys
        if key in seen.base[name]
        for row in _moves(seen, name, key)
    ]
    return _widest_first(pd.DataFrame.from_records(rows, columns=list(MOVES)), "swing")


def elementary(seen: Seen) -> pd.DataFrame:
    """Elementary effects of Morris, columns ``ELEMENTARY``.

    Of each figure of each run, and of its difference from the first option; the largest mu* of each first.

    Raises:
        ValueError: the sweep moved assumptions one at a time.
    """
    rows = [row for name in seen.base for key in seen.keys for row in _elementary(seen, name, key)]
    return _widest_first(pd.DataFrame.from_records(rows, columns=list(ELEMENTARY)), "mu_star")


def _widest_first(table: pd.DataFrame, size: str) -> pd.DataFrame:
    """Rows by run and figure in their order, the largest *size* of each first, those without one last."""
    groups = [name for name in ("condition", "option", "metric", "about", "of") if name in table]
    place = table.groupby(groups, sort=False).ngroup()
    order = table.assign(_place=place, _size=-table[size].fillna(-1.0))
    ordered = order.sort_values(["_place", "_size"], kind="stable")
    return ordered.drop(columns=["_place", "_size"]).reset_index(drop=True)


def _moves(seen: Seen, name: str, key: Key) -> Iterator[dict[str, Any]]:
    found: dict[Setting, Difference] = {}
    for setting, changed in seen.settings.items():
        if key in changed.get(name, {}):
            pair = {key: seen.base[name][key]}, {key: changed[name][key]}
            found[setting] = differences(*pair, seen.played.sweep.confidence)[0]
    estimates, _ = at_once(list(found.values()), seen.played.sweep.confidence)
    limits = dict(zip(found, estimates, strict=True))
    value = _shown(seen.base[name][key])
    for factor in seen.played.sweep.factors:
        if name not in factor.runs:
            continue
        ends = {end: Setting(((factor, end),)) for end in ENDS}
        row: dict[str, Any] = {
            **_head(name, key), "path": factor.path, "low_end": factor.low, "base": factor.base,
            "high_end": factor.high, "base_value": value, "source": factor.source, "note": NOISE,
        }  # fmt: skip
        for end, setting in ends.items():
            row |= _end(seen, key, end, setting, (found.get(setting), limits.get(setting)), value)
        sizes = [abs(row[f"{end}_difference"]) for end in ENDS]
        row["swing"] = max((size for size in sizes if not math.isnan(size)), default=math.nan)
        row["clear"] = any(_is_clear(found.get(one), limits.get(one)) for one in ends.values())
        yield row


def _end(
    seen: Seen,
    key: Key,
    end: str,
    setting: Setting,
    found: tuple[Difference | None, Estimate | None],
    value: float,
) -> dict[str, Any]:
    """Columns of one end: where it is the file's own value, the file's own figure."""
    one, limit = found
    if one is None or limit is None:
        ran = setting in seen.settings
        cells = (value, 0.0, math.nan, math.nan, "the file's own value") if ran else _NOT_RUN
    else:
        metric, sweep = metrics()[key.metric], seen.played.sweep
        margin = margin_of(key.metric, dict(key.labels), sweep.margins)
        said = verdict(limit, metric.better, metric.unit, margin, one.same, exact=one.error == 0)
        cells = (one.option, limit.value, limit.low, limit.high, said) if one.shown else _TOO_FEW
    return {f"{end}_{name}": cell for name, cell in zip(_OF_END, cells, strict=True)}


def _shown(one: Resampled) -> float:
    """The figure; NaN where there are too few incidents, infinite where it is not reached."""
    return float(one.values[0]) if one.shown else math.nan


def _is_clear(one: Difference | None, limit: Estimate | None) -> bool:
    if one is None or limit is None or one.same or not one.shown:
        return False
    return bool(limit.low > 0 or limit.high < 0 or (one.error == 0 and limit.value))


def _elementary(seen: Seen, name: str, key: Key) -> Iterator[dict[str, Any]]:
    sweep = seen.played.sweep
    if sweep.walk is None:
        raise ValueError("the sweep moved assumptions one at a time; Morris needs trajectories")
    first = sweep.conditions[parts_of(name)[1]][0]
    if key not in seen.base[name]:
        return
    whose = (
        {"the figure": None} if name == first else {"the figure": None, f"less {parts_of(first)[0]}": first}
    )
    for of, other in whose.items():
        if other is not None and key not in seen.base[other]:
            continue
        sides = [name] if other is None else [name, other]
        values = {}
        for index, setting in enumerate(sweep.settings):
            if setting in seen.settings:
                told = [(seen.settings[setting].get(one) or seen.base[one])[key] for one in sides]
                if all(one.shown for one in told):
                    values[index] = _less(told)
        size = seen.base[name][key].replications
        for factor, one in effects(sweep.walk, values, size, sweep.confidence).items():
            if _concerns(factor, name, other):
                yield {
                    **_head(name, key), "of": of, "path": factor.path, "low_end": factor.low,
                    "high_end": factor.high, "mu": one.mu, "mu_star": one.mu_star.value,
                    "low": one.mu_star.low, "high": one.mu_star.high, "sigma": one.sigma,
                    "effects": one.number, "source": factor.source, "note": NOISE,
                }  # fmt: skip


def _less(told: Sequence[Resampled]) -> FloatArray:
    """The first figure, or it less the second; what is rounding is 0."""
    mine = told[0].values
    if len(told) == 1:
        return mine
    with np.errstate(invalid="ignore"):
        apart = mine - told[1].values
    return np.where(np.abs(apart) <= _ROUNDING * np.abs(mine), 0.0, apart)


def _concerns(factor: Factor, name: str, other: str | None) -> bool:
    return name in factor.runs or other in factor.runs


def _head(name: str, key: Key) -> dict[str, Any]:
    option, condition = parts_of(name)
    metric: Metric = metrics()[key.metric]
    return {
        "condition": condition, "option": option, "metric": metric.name, "label": metric.label,
        "about": about(dict(key.labels)), "unit": metric.unit, "better": metric.better,
    }  # fmt: skip
