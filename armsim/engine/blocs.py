"""Control rooms of the blocs of forces, and the aid between them."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from armsim.engine.aid import Aid, AidTerms
from armsim.engine.control_room import ControlRoom, DispatchRules
from armsim.engine.fleet import Fleet
from armsim.engine.pool import Pool
from armsim.model.policies import dispatch_policy
from armsim.model.world import World


def bloc_of_force(world: World) -> tuple[int, ...]:
    """Index of the bloc of each force, by code of the force."""
    found = {force: bloc for bloc, forces in enumerate(world.blocs.values()) for force in forces}
    return tuple(found[force] for force in range(len(world.forces)))


def control_rooms(
    world: World, fleet: Fleet, pools: Sequence[Sequence[Pool]], rules: DispatchRules, explains: bool
) -> list[ControlRoom]:
    """One control room a bloc; with aid on request, each may borrow of the others."""
    policy = dispatch_policy(world)
    mutual = world.scenario.aid.default == "mutual_aid"
    rooms = []
    for bloc in range(len(world.blocs)):
        aid = Aid(_terms(world), fleet, pools, bloc, _tiers(world, bloc)) if mutual else None
        rooms.append(ControlRoom(fleet, pools[bloc], policy, rules, explains, aid))
    for room in rooms:
        if room.aid is not None:
            room.aid.queues = [one.queue for one in rooms]
    return rooms


def _terms(world: World) -> AidTerms:
    mutual = world.scenario.aid.mutual
    return AidTerms(
        ask_below=mutual.ask_below,
        ask_beyond=inf if mutual.ask_beyond is None else mutual.ask_beyond,
        lend_above=mutual.lend_above,
        delay=mutual.delay,
        kinds=frozenset(
            code for code, name in enumerate(world.kinds) if not mutual.kinds or name in mutual.kinds
        ),
        period=mutual.period or 0.0,
    )


def _tiers(world: World, bloc: int) -> list[list[int]]:
    """Other blocs in the order in which they are asked: the alliance's, the region's, the rest."""
    blocs = list(world.blocs.values())
    settings = world.force_settings

    def groups(index: int, name: str) -> set[str]:
        found = {getattr(settings[force], name) for force in blocs[index]}
        return found - {None}

    others = [index for index in range(len(blocs)) if index != bloc]
    tiers: list[list[int]] = []
    for name in ("alliance", "region"):
        tiers.append([index for index in others if groups(index, name) & groups(bloc, name)])
        others = [index for index in others if index not in tiers[-1]]
    return [tier for tier in (*tiers, others) if tier]
