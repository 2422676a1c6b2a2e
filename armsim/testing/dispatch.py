"""What every dispatch policy must keep to, tried on drawn incidents and candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from math import inf, isnan
from random import Random
from typing import Any

from armsim.config.base import Model
from armsim.config.extension import read_options
from armsim.domain import Grade
from armsim.model.policies import Candidates, DispatchPolicy, Run
from armsim.model.travel.leg import Leg
from armsim.model.world import World
from armsim.testing.drawn import try_drawn
from armsim.testing.small_world import IncidentView, UnitView, small_world, state_of

#: An incident, candidates and the same candidates in another order.
_Case = tuple[IncidentView, Candidates, Candidates]


def check_dispatch_policy(
    policy: type[DispatchPolicy],
    options: Mapping[str, Any] | None = None,
    *,
    world: World | None = None,
    examples: int = 100,
) -> None:
    """Try a dispatch policy on drawn incidents; each promise is tried on the same draws every time.

    The policy gives one price a candidate, a finite number or infinity; gives the same again when asked
    again, also when made anew; picks the same unit in whatever order the candidates stand; changes nothing;
    names a rule for each unit that it would send; keeps the reserve back if it says that it does; and all
    this also when several units are picked one after another.

    Args:
        policy: the class.
        options: its options as written in a scenario beside ``kind``.
        world: where to try it; else the small world, whose names the options may then use.
        examples: how many incidents are drawn.

    Raises:
        AssertionError: a promise is broken; the message says which, and hypothesis shows the case.
    """
    world = world or small_world()
    _check_class(policy)
    read = read_options(policy.Options, options or {})
    try_drawn(partial(_cases, world), lambda case: _check_case(policy, read, world, *case), examples)


def _check_class(policy: type[DispatchPolicy]) -> None:
    _must((policy.__doc__ or "").strip(), "the class has no docstring, which armsim list dispatch would show")
    options = getattr(policy, "Options", None)
    _must(isinstance(options, type) and issubclass(options, Model), "Options is no armsim.config.base.Model")
    rules = getattr(policy, "RULES", ())
    named = all(isinstance(name, str) and name for name in rules)
    _must(rules and isinstance(rules, tuple) and named, "RULES is no tuple of names")
    _must(len(set(rules)) == len(rules), "RULES names a rule twice")
    _must(isinstance(getattr(policy, "keeps_reserve", None), bool), "keeps_reserve is neither True nor False")


def _check_case(
    policy: type[DispatchPolicy],
    options: Any,
    world: World,
    incident: IncidentView,
    candidates: Candidates,
    shuffled: Candidates,
) -> None:
    first, other, again = (policy(options, world) for _ in range(3))
    while candidates.units:
        pick = _asked(first, incident, candidates)
        _must(_asked(first, incident, candidates) == pick, "asked again, it answers something else")
        _must(_asked(again, incident, candidates) == pick, "made anew, it answers something else")
        best = _asked(other, incident, shuffled)
        same = _number(candidates, pick) == _number(shuffled, best)
        _must(same, "the unit picked hangs on the order of the candidates")
        index = pick[1]
        if index is None:
            return
        number = candidates.units[index].number
        candidates.remove(index)
        shuffled.remove([unit.number for unit in shuffled.units].index(number))


def _asked(
    policy: DispatchPolicy, incident: IncidentView, candidates: Candidates
) -> tuple[list[float], int | None, list[int]]:
    """Prices, index of the pick and rules of all that could be picked: one answer, and its promises."""
    before = state_of(incident, candidates)
    prices = policy.costs(incident, candidates)
    _must(state_of(incident, candidates) == before, "costs changed the incident or the candidates")
    _must(isinstance(prices, list), "costs is no list")
    _must(len(prices) == len(candidates.units), "there is not one price for each candidate")
    prices = list(prices)
    for price in prices:
        _must(
            isinstance(price, (int, float)) and not isnan(price), "a price is no number; infinity holds back"
        )
        _must(price > -inf, "a price is minus infinity")
    if policy.keeps_reserve:
        for price, spare in zip(prices, candidates.spare, strict=True):
            _must(spare > 0 or price == inf, "it says that it keeps the reserve, and sends from it")
    sendable = [index for index, price in enumerate(prices) if price < inf]
    rules = [policy.rule(incident, candidates, index) for index in sendable]
    _must(state_of(incident, candidates) == before, "rule changed the incident or the candidates")
    known = range(len(policy.RULES))
    _must(all(isinstance(rule, int) and rule in known for rule in rules), "a rule is no index into RULES")
    units = candidates.units
    pick = min(sendable, key=lambda at: (prices[at], units[at].since, units[at].number), default=None)
    return prices, pick, rules


def _number(candidates: Candidates, answer: tuple[list[float], int | None, list[int]]) -> int | None:
    return None if answer[1] is None else candidates.units[answer[1]].number


def _must(kept: object, broken: str) -> None:
    if not kept:
        raise AssertionError(broken)


def _cases(world: World, st: Any) -> Any:
    # Sizes shrink; the rest comes from a seed, as drawing each value of each unit takes seconds.
    sizes = st.tuples(*[st.integers(0, 5)] * (2 * len(world.kinds)))
    return st.builds(lambda sizes, seed: _case(world, sizes, Random(seed)), sizes, st.integers(0, 2**32 - 1))


def _case(world: World, sizes: Sequence[int], chance: Random) -> _Case:
    """An incident and candidates: of each kind so many free, and so many to be diverted."""
    zone, kind = chance.randrange(len(world.zones)), chance.randrange(len(world.types))
    grade = Grade[world.scenario.demand.types[world.types[kind]].grade]
    incident = IncidentView.of(world, zone, kind, int(grade))
    numbers = chance.sample(range(sum(sizes)), sum(sizes))
    groups: list[tuple[Run, list[tuple[UnitView, float]]]] = []
    for index, size in enumerate(sizes):
        code, free = index // 2, index % 2 == 0
        rows = [_unit(world, incident, numbers.pop(), code, free, chance) for _ in range(size)]
        spare = size - chance.randrange(4) if free else inf
        groups.append((Run(code, size, chance.choice([0.0, 0.0, 5.0]), spare), rows))
    mixed = [(run, chance.sample(rows, len(rows))) for run, rows in chance.sample(groups, len(groups))]
    return incident, _candidates(groups), _candidates(mixed)


def _unit(
    world: World, incident: IncidentView, number: int, code: int, free: bool, chance: Random
) -> tuple[UnitView, float]:
    """A unit standing at its base or somewhere on the way to a zone, and its expected minutes."""
    base = chance.choice(world.bases[world.scenario.units[world.kinds[code]].bases])
    leg = Leg.at(base.place)
    if chance.random() < 0.5:
        end = chance.choice(world.travel.zone_places())
        leg = world.travel.leg(base.place, end, chance.choice([-20.0, -5.0, -1.0]), 12.0)
    minutes = world.travel.minutes(world.travel.position(leg, 0.0), incident.place) + 1.0
    since = chance.choice([-90.0, -60.0, -30.0])
    return UnitView(number, code, base.force, base.name, free, leg, (2, 1, 0, 0), since), minutes


def _candidates(groups: list[tuple[Run, list[tuple[UnitView, float]]]]) -> Candidates:
    found = Candidates(0.0)
    for run, rows in groups:
        found.runs.append(Run(run.kind, run.count, run.handicap, run.spare))
        found.units += [unit for unit, _ in rows]
        found.minutes += [minutes for _, minutes in rows]
    return found
