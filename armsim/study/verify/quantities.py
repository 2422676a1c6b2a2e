"""The quantities that a case may expect: their names, how they are split, and how sharp they must be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from armsim.registry import suggestion
from armsim.study.verify.cases import Case, Fault


class Axis(StrEnum):
    """What a list or mapping of a quantity runs over."""

    LIMIT = "limit"
    UNIT = "unit"
    ZONE = "zone"
    CLASS = "class"
    REQUIRED = "units required"
    BLOCK = "block"


class Sharpness(StrEnum):
    """How narrow the 99% interval must be."""

    RATE = "rate"
    """Utilisation, P(wait), P(loss) of all calls, mean travel: 1% of the exact value."""
    MEAN = "mean"
    """Mean waits and other mean times: 2% of the exact value."""
    SHARE = "share"
    """Other shares: 1% of the exact value, or 0.002 where that is more."""
    SINGLE = "single"
    """The delay of one call, and variances: 5% of the exact value."""
    DRAWS = "draws"
    """What was drawn, less its expectation: of any width."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity.

    Attributes:
        axes: what its value runs over, outermost first, before it is split.
        sharpness: how narrow its interval must be.
        splits: whether it may be split by class, units required or block.
    """

    axes: tuple[Axis, ...] = ()
    sharpness: Sharpness = Sharpness.SHARE
    splits: bool = True


def _plain(sharpness: Sharpness, *names: str) -> dict[str, Quantity]:
    return {name: Quantity((), sharpness) for name in names}


def _within(*names: str) -> dict[str, Quantity]:
    return {name: Quantity((Axis.LIMIT,), Sharpness.SHARE) for name in names}


QUANTITIES: dict[str, Quantity] = {
    **_plain(Sharpness.RATE, "p_wait", "p_wait_first", "p_wait_last", "p_loss", "mean_travel"),
    **_plain(
        Sharpness.RATE, "mean_first_unit_travel", "mean_last_unit_travel", "mean_travel_of_queued_calls"
    ),
    **_plain(Sharpness.MEAN, "mean_wait", "mean_wait_first", "mean_wait_last", "mean_wait_all_calls"),
    **_plain(Sharpness.MEAN, "mean_response", "mean_first_response", "mean_last_response", "mean_sojourn"),
    **_plain(Sharpness.SHARE, "p_abandon", "p_short", "p_not_started_at_once"),
    **_within("p_response_le", "p_first_response_le", "p_last_response_le"),
    **_within("p_wait_le", "p_wait_first_le", "p_wait_last_le", "wait_quantile", "response_quantile"),
    "unit_utilisation": Quantity((Axis.UNIT,), Sharpness.RATE, splits=False),
    "mean_unit_utilisation": Quantity((), Sharpness.RATE, splits=False),
    "mean_busy_units": Quantity((), Sharpness.RATE, splits=False),
    "time_average_all_busy": Quantity((), Sharpness.SHARE, splits=False),
    "workload_imbalance": Quantity((), Sharpness.SHARE, splits=False),
    "interresponse_area_fraction": Quantity((), Sharpness.SHARE, splits=False),
    "dispatch_fraction": Quantity((Axis.UNIT, Axis.ZONE), Sharpness.SHARE, splits=False),
    "delay_of_call": Quantity((Axis.LIMIT,), Sharpness.SINGLE, splits=False),
    "mean_rate": Quantity((), Sharpness.RATE, splits=False),
    "mean_count": Quantity((), Sharpness.RATE, splits=False),
    "variance_of_count": Quantity((), Sharpness.SINGLE, splits=False),
    "dispersion_of_count": Quantity((), Sharpness.SINGLE, splits=False),
}
#: Quantities that are averages over time.
OF_TIME = frozenset(
    {"unit_utilisation", "mean_unit_utilisation", "mean_busy_units", "time_average_all_busy"}
    | {"workload_imbalance", "mean_rate", "mean_count", "variance_of_count", "dispersion_of_count"}
)
#: Other names of counts in windows.
_COUNTS = ("count", "counts", "count_in_window", "count_per_window", "counts_in_window")
_ALIASES = {
    **dict.fromkeys(("arrival_rate", "rate"), "mean_rate"),
    **{f"mean_{name}": "mean_count" for name in _COUNTS},
    **{f"{name}_mean": "mean_count" for name in _COUNTS},
    **{
        f"{short}_{name}": "variance_of_count"
        for name in _COUNTS
        for short in ("var", "variance", "variance_of")
    },
    **{f"{name}_{short}": "variance_of_count" for name in _COUNTS for short in ("var", "variance")},
    **dict.fromkeys(
        ("dispersion", "index_of_dispersion", "dispersion_index", "variance_to_mean", "count_dispersion"),
        "dispersion_of_count",
    ),
}
#: Formulas and context that cases quote and no simulation of the case can give, with the reason.
NOT_SIMULATED = {
    "larson_Q_3_half": "a correction factor of an approximation",
    "larson_1975_approx_utilisation": "an approximation",
    "optimal_boundary_w": "an optimum over other systems",
    "mean_travel_at_optimal_w": "another system",
    "unit_utilisation_at_optimal_w": "another system",
    "steady_state_delay": "the long run of a system that is run to a given call",
}
_FIRST_N = re.compile(r"mean_delay_first_(\d+)$")
_SPLITS = {"_by_class": Axis.CLASS, "_by_units_required": Axis.REQUIRED, "_by_block": Axis.BLOCK}


@dataclass(frozen=True, slots=True)
class Cell:
    """One number to be compared.

    Attributes:
        quantity: name of the quantity, without its split.
        exact: what it should be.
        sharpness: how narrow its interval must be.
        label: how it is shown, such as ``mean_wait_by_class[C1]``.
        alternative: name of the alternative, or empty.
        at: what its indices are: axis to position; limits as they are, units required as their number.
    """

    quantity: str
    exact: float
    sharpness: Sharpness
    label: str
    alternative: str
    at: dict[Axis, float]


def cells(case: Case) -> tuple[list[Cell], list[Fault]]:
    """Numbers that a case expects and that a simulation can give, and what is wrong with the others."""
    found: list[Cell] = []
    faults: list[Fault] = []
    for name, value in case.expected.items():
        if name in NOT_SIMULATED:
            continue
        plan = _plan(name, case)
        if isinstance(plan, str):
            faults.append(Fault(("expected", name), plan, at_key=True))
            continue
        for one in _walk(plan, value, ("expected", name), "", {}, plan.axes):
            (found if isinstance(one, Cell) else faults).append(one)  # type: ignore[arg-type]
    return found, faults


def delayed_calls(name: str) -> int | None:
    """N of ``mean_delay_first_N``."""
    match = _FIRST_N.match(name)
    return int(match[1]) if match else None


@dataclass(frozen=True, slots=True)
class _Plan:
    case: Case
    name: str
    base: str
    axes: tuple[Axis, ...]
    sharpness: Sharpness
    alternatives: frozenset[str]


def _plan(name: str, case: Case) -> _Plan | str:
    """What a quantity runs over, or why it is refused."""
    base, split = name, None
    for suffix, axis in _SPLITS.items():
        if name.endswith(suffix):
            base, split = name.removesuffix(suffix), axis
    base = _ALIASES.get(base, base)
    alternatives = frozenset(case.model.alternatives or ())
    if delayed_calls(base) is not None and split is None:
        return _Plan(case, name, base, (), Sharpness.MEAN, alternatives)
    quantity = QUANTITIES.get(base)
    if quantity is None or (split is not None and not quantity.splits):
        known = [*QUANTITIES, *(one + suffix for one in QUANTITIES for suffix in _SPLITS)]
        return f"unknown quantity {name}{suggestion(name, known)}"
    axes = quantity.axes + (() if split is None else (split,))
    # a part of the day or a class may lose hardly any calls, and 1% of next to nothing takes for ever
    rare = base == "p_loss" and split is not None
    return _Plan(case, name, base, axes, Sharpness.SHARE if rare else quantity.sharpness, alternatives)


def _walk(
    plan: _Plan,
    value: Any,
    path: tuple[str | int, ...],
    alternative: str,
    at: dict[Axis, float],
    axes: tuple[Axis, ...],
) -> Iterator[Cell | Fault]:
    """Cells below a value; a mapping by alternative may stand at any depth."""
    if isinstance(value, dict) and plan.alternatives and not alternative and set(value) <= plan.alternatives:
        for name, below in value.items():
            yield from _walk(plan, below, (*path, name), name, at, axes)
    elif isinstance(value, (dict, list, tuple)):
        if not axes:
            yield Fault(path, "must be a number here, got more")
            return
        entries = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
        size = _size(plan.case, axes[0])
        if not isinstance(value, dict) and size is not None and len(entries) > size:
            yield Fault(path, f"has {len(entries)} entries; number of {axes[0]}s of the case: {size}")
            return
        for key, below in entries:
            index = _index(plan.case, axes[0], key)
            if index is None:
                yield Fault((*path, key), f"{key!r} is no {axes[0]} of the case", at_key=True)
            else:
                yield from _walk(plan, below, (*path, key), alternative, at | {axes[0]: index}, axes[1:])
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        yield Fault(path, "must be a number")
    elif axes:
        yield Fault(path, f"must be split by {axes[0]}, got one number")
    elif plan.alternatives and not alternative:
        yield Fault(path, f"must be split by alternative: {', '.join(sorted(plan.alternatives))}")
    else:
        yield _cell(plan, float(value), alternative, at)


def _cell(plan: _Plan, exact: float, alternative: str, at: dict[Axis, float]) -> Cell:
    parts = [_shown(plan.case, axis, index) for axis, index in at.items()]
    if alternative:
        parts.append(alternative)
    label = plan.name + (f"[{', '.join(parts)}]" if parts else "")
    quantity = plan.base
    if quantity.endswith("_quantile"):  # F at the exact quantile is compared with the exact share
        share, exact = exact, at[Axis.LIMIT]
        at = {**at, Axis.LIMIT: share}
        quantity = {"wait_quantile": "p_wait_le", "response_quantile": "p_response_le"}[quantity]
        label = f"{label}: F({share:g})"
    return Cell(quantity, exact, plan.sharpness, label, alternative, dict(at))


def _size(case: Case, axis: Axis) -> int | None:
    model = case.model
    sizes = {
        Axis.UNIT: len(model.units or ()),
        Axis.ZONE: len(model.zones),
        Axis.CLASS: len(model.incident_classes or ("one",)),
        Axis.BLOCK: len(model.blocks or ()),
    }
    return sizes.get(axis)


def _names(case: Case, axis: Axis) -> list[str]:
    model = case.model
    if axis is Axis.UNIT:
        return [one.id for one in model.units or ()]
    if axis is Axis.ZONE:
        return [one.id for one in model.zones]
    if axis is Axis.CLASS:
        return [one.id for one in model.incident_classes or ()]
    return []


def _index(case: Case, axis: Axis, key: str | int) -> float | None:
    """Position of a key on an axis; the number itself for limits and units required."""
    names = _names(case, axis)
    if isinstance(key, str) and key in names:
        return float(names.index(key))
    try:
        number = float(key)
    except ValueError:
        return None
    if axis is Axis.LIMIT:
        return number
    if axis is Axis.REQUIRED:
        return number if number >= 1 and number == int(number) else None
    size = _size(case, axis)
    return number if isinstance(key, int) and size is not None and 0 <= key < size else None


def _shown(case: Case, axis: Axis, index: float) -> str:
    names = _names(case, axis)
    if names:
        return names[int(index)]
    if axis is Axis.BLOCK and case.model.blocks:
        opens, closes = case.model.blocks[int(index)]
        return f"{opens:g}-{closes:g}"
    return f"{index:g}"
