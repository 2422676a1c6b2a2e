"""Whether the order of the options survives other assumptions, and which assumption would overturn it.

Two options are in order where the limits of their paired difference leave out zero, and a stated margin. An
order is overturned where the limits at a setting lie wholly on the other side, and not settled where they
hold zero. Limits hold at once for all pairs of options and all settings of one figure under one condition.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, NamedTuple

from armsim.analysis.differences import Difference, Key, at_once, differences
from armsim.analysis.figure import margin_of
from armsim.analysis.intervals import Estimate
from armsim.analysis.metrics import metrics
from armsim.config.options import parts_of
from armsim.study.sweep import Figures, Seen
from armsim.study.sweep_design import End, Factor, Setting

State = Literal["kept", "overturned", "not settled", "no order at the base"]


class Rank(NamedTuple):
    """Two options at one setting.

    Attributes:
        setting: the setting; ``None`` is the file as it stands.
        first: the option that is better as the file stands.
        second: the other.
        difference: second less first, with limits for all pairs and settings at once.
        state: what becomes of their order.
        certainty: size of the difference in standard errors.
    """

    setting: Setting | None
    first: str
    second: str
    difference: Estimate
    state: State
    certainty: float


@dataclass(frozen=True)
class Ranking:
    """The options by one figure under one condition.

    Attributes:
        key: the figure.
        condition: the condition; empty without one.
        order: options, the best figure first, as the file stands; those without a figure last.
        base: each pair as the file stands; ``kept`` where it has an order.
        ranks: each pair at each setting that changes one of the two.
        settings: how many settings were run.
        method: how limits were set.
    """

    key: Key
    condition: str
    order: tuple[str, ...]
    base: tuple[Rank, ...]
    ranks: tuple[Rank, ...]
    settings: int
    method: str

    def of(self, state: State) -> list[Rank]:
        """Pairs in a state at a setting, the most certain first."""
        return sorted((one for one in self.ranks if one.state == state), key=lambda one: -one.certainty)

    @property
    def ordered(self) -> int:
        """Pairs that have an order as the file stands."""
        return sum(one.state == "kept" for one in self.base)

    @property
    def overturning(self) -> tuple[str, ...]:
        """Paths that overturn an order, the most certain first; of joint settings, those that mark them."""
        if any(one.setting and one.setting.number for one in self.ranks):
            return tuple(factor.path for factor, _ in self.marks)
        alone = [one.setting for one in self.of("overturned") if one.setting]
        return tuple(dict.fromkeys(setting.ends[0][0].path for setting in alone))

    @property
    def marks(self) -> tuple[tuple[Factor, End], ...]:
        """Ends that every joint setting that overturns an order has, and none that keeps all orders."""
        lost = {one.setting for one in (*self.of("overturned"), *self.of("not settled")) if one.setting}
        bad = [set(one.setting.ends) for one in self.of("overturned") if one.setting]
        good = {one.setting for one in self.ranks if one.setting} - lost
        held = {end for setting in good for end in setting.ends}
        shared = set.intersection(*bad) - held if bad else set()
        return tuple(sorted(shared, key=lambda one: one[0].path))

    @property
    def survives(self) -> bool | None:
        """Whether every order is kept at every setting; ``None`` where these replications do not say."""
        if self.of("overturned"):
            return False
        return None if not self.ordered or self.of("not settled") else True


def rankings(seen: Seen) -> list[Ranking]:
    """The rankings by every figure that has a better direction, under every condition with two options."""
    known, sweep = metrics(), seen.played.sweep
    return [
        _ranking(seen, key, condition, names)
        for key in seen.keys
        if known[key.metric].better != "neither"
        for condition, names in sweep.conditions.items()
        if sum(key in seen.base[name] for name in names) > 1
    ]


def _ranking(seen: Seen, key: Key, condition: str, names: Sequence[str]) -> Ranking:
    sweep, metric = seen.played.sweep, metrics()[key.metric]
    good = -1 if metric.better == "higher" else 1

    def place(name: str) -> float:
        figure = seen.base[name][key]
        value = good * float(figure.values[0])
        return math.inf if math.isnan(value) or not figure.shown else value

    order = sorted((name for name in names if key in seen.base[name]), key=place)
    pairs = list(combinations(order, 2))
    asked: list[tuple[Setting | None, str, str]] = [(None, *pair) for pair in pairs]
    asked += [
        (setting, *pair)
        for setting, changed in seen.settings.items()
        for pair in pairs
        if any(name in changed for name in pair)
    ]
    found = [_difference(seen, key, *one) for one in asked]
    there = [(one, each) for one, each in zip(asked, found, strict=True) if each is not None]
    limits, method = at_once([each for _, each in there], sweep.confidence)
    margin = margin_of(key.metric, dict(key.labels), sweep.margins)
    signs = [good * _sign(each, limit, margin) for (_, each), limit in zip(there, limits, strict=True)]
    base = {one[1:]: sign for (one, _), sign in zip(there, signs, strict=True) if one[0] is None}
    ranks = [
        Rank(
            one[0],
            _option(one[1]),
            _option(one[2]),
            limit,
            _state(base.get(one[1:], 0), sign),
            _certainty(each),
        )
        for (one, each), limit, sign in zip(there, limits, signs, strict=True)
    ]
    first = tuple(one for one in ranks if one.setting is None)
    rest = tuple(one for one in ranks if one.setting is not None)
    return Ranking(key, condition, tuple(map(_option, order)), first, rest, len(seen.settings), method)


def _difference(seen: Seen, key: Key, setting: Setting | None, first: str, second: str) -> Difference | None:
    changed: Figures = {} if setting is None else seen.settings[setting]
    sides = [(changed.get(name) or seen.base[name]).get(key) for name in (first, second)]
    if sides[0] is None or sides[1] is None:
        return None
    return differences({key: sides[0]}, {key: sides[1]}, seen.played.sweep.confidence)[0]


def _sign(one: Difference, limits: Estimate, margin: float | None) -> int:
    """Of a difference that is certain and matters; else 0."""
    if one.same or not one.shown or math.isnan(limits.value):
        return 0
    low, high = (limits.value, limits.value) if one.error == 0 else (limits.low, limits.high)
    if margin is not None and -margin < low and high < margin:
        return 0
    return int(low > 0) - int(high < 0)


def _state(base: int, here: int) -> State:
    if base == 0:
        return "no order at the base"
    return "kept" if here == base else "overturned" if here == -base else "not settled"


def _certainty(one: Difference) -> float:
    if one.error == 0:
        return math.inf if one.single.value else 0.0
    return abs(one.single.value) / one.error if one.error > 0 else 0.0


def _option(name: str) -> str:
    return parts_of(name)[0]
