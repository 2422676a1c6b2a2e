"""From replications to verdicts: estimates with control variates, 99% intervals, z, and the acceptance rule.

The rule: at least 20 replications; the 99% half-width of each quantity within its bound, as a wide interval
proves nothing; |z| at most 4; at least 97% of all quantities inside their interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from scipy.stats import t as student

from armsim.study.verify.quantities import Cell, Sharpness

Floats = NDArray[np.float64]

REPLICATIONS = 20
CONFIDENCE = 0.99
LARGEST_Z = 4.0
INSIDE = 0.97
FEWEST = 50
#: Replications for each control used: more controls than that cost more than they give.
_PER_CONTROL = 4
#: Part of the exact value that recorded travel and the digits of the case may make up.
_DIGITS = 1e-5
#: A share may be this wide, or 1% of it where that is more.
_SHARE_WIDTH = 0.002
_WIDTHS = {Sharpness.RATE: 0.01, Sharpness.MEAN: 0.02, Sharpness.SINGLE: 0.05, Sharpness.SHARE: 0.01}


@dataclass(frozen=True, slots=True)
class Judged:
    """A quantity, compared.

    Attributes:
        case: id of the case.
        cell: the quantity.
        simulated: the estimate.
        half_width: of its 99% interval.
        bound: the largest half-width that the rule allows.
        z: distance from the exact value in standard errors, as a normal score: a t value of the same chance.
        verdict: ``ok``, ``outside`` the interval, ``wrong`` (|z| above 4), ``wide``, or ``too few`` (an
            expected count under 50: not judged).
    """

    case: str
    cell: Cell
    simulated: float
    half_width: float
    bound: float
    z: float
    verdict: str

    @property
    def judged(self) -> bool:
        """Counts in the rule."""
        return self.verdict != "too few"


@dataclass(frozen=True, slots=True)
class Replication:
    """What one replication gives.

    Attributes:
        numerators: by cell.
        denominators: by cell.
        controls: controls less their expectation, by name.
        calls: counted calls.
        own: further controls of each cell, shape (cells, controls).
    """

    numerators: Floats
    denominators: Floats
    controls: dict[str, float]
    calls: int
    own: Floats


def bound(cell: Cell, slack: float = 1.0) -> float:
    """The largest half-width allowed; *slack* widens it for a quick look."""
    if cell.sharpness is Sharpness.DRAWS:
        return math.inf
    width = _WIDTHS[cell.sharpness] * abs(cell.exact)
    if cell.sharpness is Sharpness.SHARE:
        width = max(width, _SHARE_WIDTH)
    return slack * width


def judge(
    case: str, wanted: Sequence[Cell], replications: Sequence[Replication], slack: float = 1.0
) -> list[Judged]:
    """Compare the quantities of a system."""
    numerators = np.array([one.numerators for one in replications])
    denominators = np.array([one.denominators for one in replications])
    drawn = np.array([list(one.controls.values()) for one in replications])
    own = np.array([one.own for one in replications])
    judged = [
        _judged(
            case, cell, numerators[:, at], denominators[:, at], useful(np.hstack([own[:, at], drawn])), slack
        )
        for at, cell in enumerate(wanted)
    ]
    return judged + _draws(case, wanted[0].alternative, tuple(replications[0].controls), drawn)


def _draws(case: str, alternative: str, names: Sequence[str], drawn: Floats) -> list[Judged]:
    """The controls, compared with their expectation 0: a fault in drawing would else be corrected away."""
    found = []
    for name, values in zip(names, drawn.T, strict=True):
        where = f"[{alternative}]" if alternative else ""
        cell = Cell("draws", 0.0, Sharpness.DRAWS, f"draws: {name}{where}", alternative, {})
        found.append(_judged(case, cell, values, np.ones(len(values)), np.empty((len(values), 0)), 1.0))
    return found


def _judged(
    case: str, cell: Cell, numerators: Floats, denominators: Floats, controls: Floats, slack: float
) -> Judged:
    value, error, freedom = estimate(numerators, denominators, controls)
    half = float(student.ppf((1 + CONFIDENCE) / 2, freedom)) * error
    z = normal_score((value - cell.exact) / max(error, _DIGITS * max(abs(cell.exact), _DIGITS)), freedom)
    allowed = bound(cell, slack)
    few = cell.sharpness is Sharpness.SHARE and 0 < cell.exact * denominators.sum() < FEWEST
    if not np.isfinite(value) or half > allowed > 0:
        verdict = "wide"
    elif abs(z) > LARGEST_Z:
        verdict = "wrong"
    else:
        inside = abs(value - cell.exact) <= max(half, _DIGITS * abs(cell.exact))
        verdict = "ok" if inside or abs(value - cell.exact) < _DIGITS**2 else "outside"
    return Judged(case, cell, value, half, allowed, z, "too few" if few else verdict)


def estimate(numerators: Floats, denominators: Floats, controls: Floats) -> tuple[float, float, int]:
    """Ratio of sums, corrected by regression on the controls; its standard error and degrees of freedom.

    Numerator and denominator are each regressed on the controls, whose expectation is 0, and the ratio is
    that of the intercepts (Lavenberg and Welch 1981). Its error is that of the intercept of the influence
    values (numerator - ratio x denominator) / denominator.
    """
    count = len(numerators)
    design = np.column_stack([np.ones(count), controls])
    freedom = count - design.shape[1]
    both = np.column_stack([numerators, denominators])
    top, bottom = np.linalg.lstsq(design, both, rcond=None)[0][0].tolist()
    if bottom <= 0:
        return float("nan"), float("inf"), freedom
    value = top / bottom
    influence = (numerators - value * denominators) / bottom
    left = influence - design @ np.linalg.lstsq(design, influence, rcond=None)[0]
    variance = float(left @ left) / freedom
    inverse = np.linalg.pinv(design.T @ design)
    return value, float(np.sqrt(variance * inverse[0, 0])), freedom


def normal_score(value: float, freedom: int) -> float:
    """The standard normal value that is as unlikely as a t value with so many degrees of freedom."""
    score = float(norm.isf(max(student.sf(abs(value), freedom), 1e-300)))
    return float(np.copysign(score, value))


def useful(controls: Floats) -> Floats:
    """Controls that tell something the ones before them do not, scaled; as many as replications allow."""
    count = len(controls)
    kept: list[Floats] = []
    basis: list[Floats] = []
    for column in controls.T:
        if len(kept) >= count // _PER_CONTROL:
            break
        spread = float(column.std())
        if not spread > 0:
            continue
        left = (column - column.mean()) / spread
        for one in basis:
            left = left - (left @ one) * one
        length = float(np.sqrt(left @ left))
        if length > 1e-3 * np.sqrt(count):
            kept.append(column / spread)
            basis.append(left / length)
    return np.array(kept).T if kept else np.empty((count, 0))


def accepted(judged: Sequence[Judged]) -> bool:
    """The acceptance rule over all quantities of a run.

    What was drawn must not be wrong, and is else not counted: its parts say much the same, so that several
    are outside together, and quantities that a case does not ask for would thin out those that it does.
    """
    failed = [one for one in judged if one.judged and one.verdict in ("wide", "wrong")]
    counted = results(judged)
    return not failed and len(outside(counted)) <= allowed_outside(len(counted))


def results(judged: Sequence[Judged]) -> list[Judged]:
    """Quantities that the cases ask for and that are judged."""
    return [one for one in judged if one.judged and one.cell.sharpness is not Sharpness.DRAWS]


def outside(judged: Sequence[Judged]) -> list[Judged]:
    """Quantities whose exact value is not in the interval."""
    return [one for one in judged if one.verdict in ("outside", "wrong")]


def allowed_outside(count: int) -> int:
    """How many may be outside: 3%, and one where there are too few for 3% to be one."""
    return max(1, int((1.0 - INSIDE) * count + 1e-9))
