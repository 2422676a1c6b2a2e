"""What becomes of a ranking, in a sentence that names what would overturn it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from armsim.analysis.differences import Key, quantity
from armsim.analysis.metrics import metrics
from armsim.study.compare import about
from armsim.study.sweep_ranking import Rank, Ranking

#: Settings that a sentence names.
_NAMED = 5


def sentence(found: Ranking) -> str:
    """Whether the ranking survives, and which assumptions would overturn it."""
    head = f"Ranking by {figure_words(found.key)}{f', {found.condition}' if found.condition else ''}"
    if not found.ordered:
        return f"{head}: as the file stands no two options are in order, so there is none to overturn."
    return f"{head}: {_body(found)}{_rest(found)}"


def figure_words(key: Key) -> str:
    """A figure in words, such as ``Median response (first armed, FIREARMS)``."""
    part = about(dict(key.labels))
    return f"{metrics()[key.metric].label}{f' ({part})' if part else ''}"


def _body(found: Ranking) -> str:
    overturned, unsettled = found.of("overturned"), found.of("not settled")
    if overturned:
        also = len({one.setting for one in unsettled})
        more = f" At {also} settings an order is not settled." if also else ""
        if any(one.setting and one.setting.number for one in overturned):
            return f"it does not survive: {_jointly(found, overturned)}.{more}"
        return f"it does not survive: {_listed(overturned, lambda one: _turned(found.key, one))}.{more}"
    if unsettled:
        return (
            "no setting overturns it, but these replications do not show that it survives: "
            f"{_listed(unsettled, _loosened)}."
        )
    orders = "the one order" if found.ordered == 1 else f"all {found.ordered} orders of two options"
    joint = any(one.setting and one.setting.number for one in found.ranks)
    how = "joint settings" if joint else "settings of one assumption at a time"
    return f"it survives: {orders} kept at all {found.settings} {how} that were run."


def _jointly(found: Ranking, overturned: Sequence[Rank]) -> str:
    """At how many joint settings, and which assumptions mark them."""
    count = len({one.setting for one in overturned})
    head = f"an order is overturned at {count} of {found.settings} joint settings"
    ends = " and ".join(f"{factor.path} = {factor.at(end)}" for factor, end in found.marks)
    if not ends:
        return f"{head}, which no assumption marks alone"
    return f"{head}, those with {ends}; none that keeps every order has it"


def _rest(found: Ranking) -> str:
    """What is no part of it."""
    none = len(found.base) - found.ordered
    return f" {none} of {len(found.base)} pairs of options have no order as the file stands." if none else ""


def _listed(ranks: Sequence[Rank], words: Callable[[Rank], str]) -> str:
    """The most certain of each setting."""
    by_setting = {one.setting: one for one in reversed(ranks)}
    said = [words(one) for one in sorted(by_setting.values(), key=lambda one: -one.certainty)]
    more = f"; and {len(said) - _NAMED} more settings" if len(said) > _NAMED else ""
    return "; ".join(said[:_NAMED]) + more


def _turned(key: Key, one: Rank) -> str:
    unit = metrics()[key.metric].unit
    near, far = sorted((abs(one.difference.low), abs(one.difference.high)))
    limits = "" if math.isnan(near) else f" ({quantity(near, unit)} to {quantity(far, unit)})"
    by = f"{quantity(abs(one.difference.value), unit, named=True)}{limits}"
    return f"{_at(one)} puts {one.second} before {one.first} by {by}"


def _loosened(one: Rank) -> str:
    return f"{_at(one)} does not settle {one.first} before {one.second}"


def _at(one: Rank) -> str:
    return one.setting.name if one.setting else "the file"
