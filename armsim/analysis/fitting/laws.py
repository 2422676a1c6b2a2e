"""The law of a duration: which family fits, how well, and the table of quantiles where none does.

Families are compared by AIC. The one with the least (within 2 of it, the one with least parameters) is
judged by its largest distance from the observed distribution (Kolmogorov and Smirnov), whose p-value comes
from samples of the fitted law, each fitted anew, read off the same clock and cut off as the log's were
(parametric bootstrap; the usual tables do not hold for a law fitted to the same data). A large sample
refuses every family; so a family is also kept when its distance is below 2 points and its median and 90th
percentile are within 5% of those observed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from armsim.analysis.fitting.blocks import Floats
from armsim.analysis.fitting.families import EXPONENTIAL, FAMILIES, LOGNORMAL, Family, Parameters
from armsim.analysis.fitting.survival import Durations
from armsim.analysis.intervals import Estimate
from armsim.config.schema.laws import TimeLaw

#: Fewer durations than this give no law; fewer than the second no table of their own quantiles.
LEAST, ENOUGH = 30, 60
#: What makes a family good enough to be used.
P_VALUE, DISTANCE, QUANTILE = 0.05, 0.02, 0.05
#: Shares at which a table of quantiles stands.
SHARES = (
    0.0, 0.005, 0.01, 0.025, *(k / 20 for k in range(1, 20)), 0.975, 0.99, 0.995, 0.999, 1.0,
)  # fmt: skip
#: Samples of the fitted law behind a p-value. Fewer do when so many of them lie farther, or none of the first
#: so many does (Besag and Clifford 1991).
SAMPLES, _FARTHER, _NONE = 99, 10, 39
#: Families are fitted to at most so many durations.
MOST = 20_000
_CHECKED = (0.5, 0.9)


@dataclass(frozen=True, eq=False)
class LawFit:
    """A fitted law.

    Attributes:
        durations: what it was fitted to.
        aic: AIC of each family above the least.
        family: name of the family with the least AIC.
        parameters: its parameters.
        distance: its largest distance from the observed distribution, from 0 to 1.
        p_value: share of samples of it that lie farther from their own fit.
        misses: relative error of its median and its 90th percentile.
        used: ``lognormal``, ``exponential``, ``gamma`` and ``Weibull`` (as tables of their quantiles) or
            ``quantiles``, those observed.
        law: the law as it is written.
        observed: mean, median and 90th percentile of the durations, with limits.
    """

    durations: Durations
    aic: dict[str, float]
    family: str
    parameters: Parameters
    distance: float
    p_value: float
    misses: tuple[float, float]
    used: str
    law: TimeLaw
    observed: tuple[Estimate, ...]

    @property
    def verdict(self) -> str:
        """How well it fits, in words."""
        said = f"{self.family} has the least AIC; KS distance {self.distance:.3f} (p {self.p_value:.2f}), "
        said += f"P50 {self.misses[0]:+.0%}, P90 {self.misses[1]:+.0%}"
        if self.used == "quantiles":
            return f"no family fits: {said}; the observed quantiles are used"
        return f"{said}; {self.used} is used"


def fit_law(
    durations: Durations, weights: Floats, rng: np.random.Generator, level: float = 0.95
) -> LawFit | None:
    """Fit a law to durations; ``None`` with fewer than ``LEAST`` known ones.

    Args:
        durations: the durations.
        weights: days redrawn, shape (draws, days).
        rng: stream for the samples of the fitted law.
        level: confidence level.
    """
    if durations.ended.sum() < LEAST:
        return None
    observed = durations.estimates(_CHECKED, weights, level)
    if np.ptp(durations.minutes) == 0:
        return _constant(durations, observed)
    known, cut = _thinned(durations.positive)
    fits = {family: family.fit_cut(known, cut) for family in FAMILIES}
    scores = {
        family: 2 * family.parameters - 2 * family.log_likelihood(known, cut, p) for family, p in fits.items()
    }
    best = _simplest(scores)
    p = fits[best]
    sample = Durations.alone(known, cut)
    distance = _distance(sample, best, p, durations.grain)
    misses = tuple(
        float(best.quantile(np.array([share]), p)[0] / one.value - 1) if one.value > 0 else float("inf")
        for share, one in zip(_CHECKED, observed[1:], strict=True)
    )
    p_value = _p_value(sample, best, p, durations.grain, distance, rng)
    near = distance < DISTANCE and max(map(abs, misses)) < QUANTILE
    good = p_value >= P_VALUE or near or len(known) < ENOUGH
    used = best.name if good else "quantiles"
    law = _as_written(best, p) if good else table_of(durations)
    least = min(scores.values())
    aic = {family.name: score - least for family, score in scores.items()}
    return LawFit(
        durations, aic, best.name, p, distance, p_value, (misses[0], misses[1]), used, law, observed
    )


def _simplest(scores: dict[Family, float]) -> Family:
    """Of the families whose AIC is within 2 of the least, those with least parameters first, then by AIC."""
    near = [family for family, score in scores.items() if score <= min(scores.values()) + 2]
    return min(near, key=lambda family: (family.parameters, scores[family]))


def table_of(durations: Durations) -> TimeLaw:
    """The law of the observed quantiles; each stretch between two of them is evenly spread."""
    minutes = durations.quantiles(SHARES)
    minutes[0] = max(0.0, minutes[0] - durations.grain / 2)
    return _table(minutes)


def _table(minutes: Floats) -> TimeLaw:
    rounded = [round(float(one) * 60, 1) for one in minutes]
    return TimeLaw.model_validate(
        {"quantiles": tuple((share, f"{at:.10g} s") for share, at in zip(SHARES, rounded, strict=True))}
    )


def _seconds(minutes: float) -> str:
    """Minutes as text in seconds, four figures."""
    return f"{float(f'{minutes * 60:.4g}'):.10g} s"


def _constant(durations: Durations, observed: tuple[Estimate, ...]) -> LawFit:
    value = float(durations.minutes[0])
    law = TimeLaw(exactly=f"{value * 60:.10g} s")  # type: ignore[arg-type]
    return LawFit(durations, {}, "constant", (value,), 0.0, 1.0, (0.0, 0.0), "constant", law, observed)


def _as_written(family: Family, p: Parameters) -> TimeLaw:
    """A law of a family as the scenario format has it."""
    if family is LOGNORMAL:
        median, ninth = family.quantile(np.array(_CHECKED), p).tolist()
        return TimeLaw.model_validate({"median": _seconds(median), "p90": _seconds(ninth)})
    if family is EXPONENTIAL:
        return TimeLaw.model_validate({"exponential": _seconds(p[0])})
    ends = np.array([1e-4, *SHARES[1:-1], 1 - 1e-4])
    minutes = family.quantile(ends, p)
    minutes[0] = 0.0
    return _table(minutes)


def _thinned(durations: Durations) -> tuple[Floats, Floats]:
    """Durations known and cut off; of very many, every so manieth in order of length."""
    step = -(-len(durations.minutes) // MOST)
    middle = step // 2
    return durations.known[middle::step], durations.cut[middle::step]


def _distance(sample: Durations, family: Family, p: Parameters, grain: float) -> float:
    """Largest distance between the observed distribution and a law, at the steps of the clock."""
    reached = np.concatenate([[0.0], sample.reached()])
    values, last = np.unique(sample.minutes[::-1], return_index=True)
    after = len(sample.minutes) - last
    before = np.concatenate([[0], after[:-1]])
    above = family.share(values + grain / 2, p)
    below = family.share(np.maximum(values - grain / 2, 0.0), p) if grain else above
    seen = sample.ended[np.searchsorted(sample.minutes, values)]
    gaps = np.maximum(np.abs(reached[after] - above), np.abs(reached[before] - below))
    return float(gaps[seen].max())


def _p_value(
    sample: Durations, family: Family, p: Parameters, grain: float, distance: float, rng: np.random.Generator
) -> float:
    count, farther = len(sample.minutes), 0
    turned = Durations.alone(sample.cut, sample.known)
    for done in range(SAMPLES):
        if farther == _FARTHER:
            return farther / done
        if done == _NONE and farther == 0:
            return 1 / (_NONE + 1)
        drawn = family.quantile(rng.random(count), p)
        ends = _ends(turned, rng.random(count)) if len(sample.cut) else np.full(count, np.inf)
        if grain:
            drawn = np.maximum(np.round(drawn / grain) * grain, grain / 2)
        known, cut = drawn[drawn <= ends], ends[drawn > ends]
        if len(known) < 2 or np.ptp(known) == 0:
            continue
        again = Durations.alone(known, cut)
        farther += _distance(again, family, family.fit_cut(known, cut, p), grain) >= distance
    return (farther + 1) / (SAMPLES + 1)


def _ends(cut: Durations, shares: Floats) -> Floats:
    """When durations are cut off: drawn from the cuts as durations of their own; some never are."""
    reached = cut.reached()
    at = np.searchsorted(reached, shares)
    return np.where(at < len(reached), cut.minutes[np.minimum(at, len(reached) - 1)], np.inf)


def scaled(law: TimeLaw, factor: float) -> TimeLaw:
    """A law whose every duration is multiplied by *factor*."""
    if law.quantiles is not None:
        return TimeLaw(quantiles=tuple((share, f"{at * factor:.6g} min") for share, at in law.quantiles))  # type: ignore[misc]
    given = {name: value for name, value in law.model_dump(exclude_none=True).items() if name != "cv"}
    changed: dict[str, object] = {name: f"{value * factor:.6g} min" for name, value in given.items()}
    return TimeLaw.model_validate(changed | ({"cv": law.cv} if law.cv is not None else {}))


def at_share(law: TimeLaw, share: float) -> float:
    """The duration, in minutes, that a *share* of the durations by a law lies below."""
    if law.quantiles is not None:
        known, minutes = np.array(law.quantiles).T
        return float(np.interp(share, known, minutes))
    if law.exponential is not None:
        return float(EXPONENTIAL.quantile(np.array(share), (law.exponential,)))
    if law.exactly is not None:
        return law.exactly
    return float(LOGNORMAL.quantile(np.array(share), (law.log_sd, float(np.exp(law.log_mean)))))
