"""What every cover policy must keep to, tried on drawn fleets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.config.base import Model
from armsim.config.extension import read_options
from armsim.model.cover import CoverPolicy, bases_for
from armsim.model.world import World
from armsim.testing.drawn import try_drawn
from armsim.testing.small_world import small_world

#: Own base, others held at each, base of each free unit, its minutes to each base, a new order of the units.
_Case = tuple[int, list[int], list[int], NDArray[np.float64], list[int]]


def check_cover(
    policy: type[CoverPolicy],
    options: Mapping[str, Any] | None = None,
    *,
    world: World | None = None,
    examples: int = 100,
) -> None:
    """Try a cover policy on drawn fleets of every unit kind and force that has a base.

    It names a base that there is, for a unit that comes free and for each at a review; gives the same again,
    also when made anew; changes nothing; without reviews moves nobody; and at a review sends units to the
    same bases in whatever order they stand.

    Args:
        policy: the class.
        options: its options as written in a scenario beside ``kind``.
        world: where to try it; else the small world, whose names the options may then use.
        examples: how many fleets are drawn for each unit kind and force.

    Raises:
        AssertionError: a promise is broken; the message says which, and hypothesis shows the case.
    """
    world = world or small_world()
    _must((policy.__doc__ or "").strip(), "the class has no docstring, which armsim list cover would show")
    model = getattr(policy, "Options", None)
    _must(isinstance(model, type) and issubclass(model, Model), "Options is no armsim.config.base.Model")
    read = read_options(policy.Options, options or {})
    for kind in world.kinds:
        group = world.bases[world.scenario.units[kind].bases]
        for force in sorted({base.force for base in group}):
            bases = len(bases_for(world, kind, force))
            _check(partial(policy, read, world, kind, force), bases, examples)


def _check(make: Callable[[], CoverPolicy], bases: int, examples: int) -> None:
    first, other = make(), make()
    every = first.review_every
    _must(isinstance(every, (int, float)) and 0 <= every < np.inf, "review_every is no number of minutes")

    def test(case: _Case) -> None:
        _check_going(first, other, case, bases)
        _check_review(first, other, case, bases)

    try_drawn(partial(_cases, bases), test, examples)


def _check_going(first: CoverPolicy, other: CoverPolicy, case: _Case, bases: int) -> None:
    own, held, *_ = case
    given = list(held)
    found = first.goes_to(own, given)
    _must(given == held, "goes_to changed what it was given")
    _must(isinstance(found, int) and 0 <= found < bases, "goes_to names no base of the force")
    _must(first.goes_to(own, given) == found, "asked again, it answers something else")
    _must(other.goes_to(own, given) == found, "made anew, it answers something else")


def _check_review(first: CoverPolicy, other: CoverPolicy, case: _Case, bases: int) -> None:
    *_, at, minutes, order = case
    given, table = list(at), minutes.copy()
    found = first.review(given, table)
    _must(given == at and (table == minutes).all(), "review changed what it was given")
    _must(len(found) == len(at), "review does not name one base for each unit")
    _must(
        all(isinstance(base, int) and 0 <= base < bases for base in found),
        "review names a base that is not there",
    )
    _must(first.review_every > 0 or found == at, "it has no reviews, and moves units at one")
    _must(other.review(given, table) == found, "made anew, it moves others")
    mixed = first.review([at[unit] for unit in order], minutes[order])
    _must(Counter(mixed) == Counter(found), "the bases held after a review hang on the order of the units")


def _must(kept: object, broken: str) -> None:
    if not kept:
        raise AssertionError(broken)


def _cases(bases: int, st: Any) -> Any:
    base = st.integers(0, bases - 1)
    held = st.lists(st.integers(0, 4), min_size=bases, max_size=bases)
    at = st.lists(base, max_size=6)
    return st.builds(partial(_case, bases), base, held, at, st.integers(0, 2**32 - 1))


def _case(bases: int, own: int, held: list[int], at: list[int], seed: int) -> _Case:
    """Minutes all differ, so that a tie cannot be settled by the order of the units."""
    chance = np.random.default_rng(seed)
    minutes = chance.permutation(len(at) * bases).astype(np.float64).reshape(len(at), bases)
    return own, held, at, minutes, chance.permutation(len(at)).tolist()
