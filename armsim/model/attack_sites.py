"""Where an attack strikes: sites by weight of zones or from a list of named ones, near each other or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from armsim.config.paths import format_path
from armsim.config.schema.attacks import Attack
from armsim.errors import Problem
from armsim.model.attributes import pick
from armsim.model.travel import Place

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Choices:
    """What the sites of an attack are drawn from.

    Attributes:
        x: km east, shape (m,).
        y: km north, shape (m,).
        weights: 0 or more, shape (m,).
        again: the same choice may be drawn twice, as two points of one zone may.
        within: later sites lie this near to the first, km; infinity for anywhere.
    """

    x: Floats
    y: Floats
    weights: Floats
    again: bool
    within: float

    def firsts(self, number: int) -> NDArray[np.bool_]:
        """Which may come first of *number* sites: enough others are near; shape (m,)."""
        if self.again or self.within == np.inf:
            return np.ones(self.x.size, dtype=np.bool_)
        near = [int(self._near(one).sum()) for one in range(self.x.size)]
        return np.array(near) >= number

    def drawn(self, uniforms: Floats) -> NDArray[np.int32]:
        """Indices of as many sites as there are *uniforms*, in order.

        The first is drawn by weight among those that may come first, each later one by weight among those
        near the first.
        """
        first = int(pick(self.weights * self.firsts(uniforms.size), uniforms[:1])[0])
        sites, left = [first], self.weights * self._near(first)
        for uniform in uniforms[1:]:
            if not self.again:
                left[sites[-1]] = 0.0
            sites.append(int(pick(left, np.array([uniform]))[0]))
        return np.array(sites, dtype=np.int32)

    def _near(self, one: int) -> NDArray[np.bool_]:
        return np.asarray(np.hypot(self.x - self.x[one], self.y - self.y[one]) <= self.within)


def named_choices(attack: Attack, sites: Mapping[str, Place]) -> Choices:
    """The named sites of *attack*, which must exist, as choices that are equal and drawn once each."""
    names = attack.where if isinstance(attack.where, tuple) else ()
    x, y = np.array([sites[name][:2] for name in names], dtype=np.float64).reshape(-1, 2).T
    within = np.inf if attack.within is None else attack.within
    return Choices(x, y, np.ones(x.size), again=False, within=within)


def unfit_attacks(attacks: Mapping[str, Attack], sites: Mapping[str, Place]) -> Iterator[Problem]:
    """Attacks whose named sites lie too far apart for as many as they may strike."""
    for name, attack in attacks.items():
        if not isinstance(attack.where, tuple) or attack.within is None:
            continue
        if not named_choices(attack, sites).firsts(attack.most_sites).any():
            text = f"no {attack.most_sites} of its sites lie within {attack.within:g} km of one of them"
            yield Problem(text, path=format_path(("attacks", name, "within")))
