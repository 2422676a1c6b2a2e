"""The forces of a region: their names, and numbers that a scenario writes by force.

A force may be spelt in a scenario as freely as in ``region.force`` (see :func:`~armsim.model.geography.
resolve_force`). Everywhere in the program a force is its code: the index of its name in the sorted names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.config.paths import Path, show
from armsim.config.schema import Scenario
from armsim.config.schema.duty import PatternTeam, Team
from armsim.config.schema.forces import ForceConfig, members
from armsim.model.geography import force_slug
from armsim.registry import suggestion

Ints = NDArray[np.int64]
Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class ForceTeam:
    """A team of one force: it draws, parades and crews on its own.

    Attributes:
        name: name of the team in the scenario.
        force: name of the force.
        code: its code.
        posts: posts on the books, or special constables.
    """

    name: str
    force: str
    code: int
    posts: int


def names_of(scenario: Scenario, zones: pd.DataFrame) -> tuple[str, ...]:
    """Names of the forces, sorted: those of the zones as the zone frame spells them, and the overlays."""
    own = sorted(set(zones["force"]))
    known = {force_slug(name) for name in own}
    overlays = [name for name, one in scenario.forces.items() if one.overlay]
    return tuple(sorted({*own, *(name for name in overlays if force_slug(name) not in known)}))


def zone_forces(zones: pd.DataFrame, forces: tuple[str, ...]) -> Ints:
    """Code of the force of each zone, shape (zones,)."""
    return np.asarray(pd.Index(forces).get_indexer(pd.Index(zones["force"])), dtype=np.int64)


def force_code(written: str, forces: tuple[str, ...]) -> int:
    """Code of the force that *written* names.

    Raises:
        KeyError: no force of the region is called so; the message suggests the closest.
    """
    if written in forces:
        return forces.index(written)
    slugs = [force_slug(name) for name in forces]
    if force_slug(written) in slugs:
        return slugs.index(force_slug(written))
    raise KeyError(f"unknown force {show(written)}{suggestion(force_slug(written), slugs)}")


def by_force(
    counts: Number | Mapping[str, Number] | None, forces: tuple[str, ...], homes: Collection[int]
) -> tuple[Number | None, ...]:
    """A number written plainly or by force, as one for each force.

    Args:
        counts: number, or force: number; forces left out have 0; ``None`` is none for every force.
        forces: names of the forces.
        homes: codes of the forces that it can be meant for; a plain number is that of the only one.

    Raises:
        KeyError: an unknown force.
        ValueError: a plain number and several forces that it can be meant for.
    """
    if counts is None:
        return (None,) * len(forces)
    if isinstance(counts, Mapping):
        named = {force_code(name, forces): number for name, number in counts.items()}
    elif len(homes) > 1:
        example = _example(forces, homes)
        raise ValueError(f"must be written by force where there are several, such as {example}")
    else:
        named = dict.fromkeys(homes, counts)
    return tuple(named.get(code, 0) for code in range(len(forces)))


def _example(forces: tuple[str, ...], homes: Collection[int]) -> str:
    """``{derbyshire: ..., leicestershire: ...}``."""
    named = [force_slug(forces[code]) for code in sorted(homes)]
    shown = ", ".join(f"{name}: ..." for name in named[:3])
    return f"{{{shown}{', ...' if len(named) > 3 else ''}}}"


def settings_of(scenario: Scenario, forces: tuple[str, ...]) -> tuple[ForceConfig, ...]:
    """What the scenario says of each force, in order of code; nothing for a force that it leaves out."""
    written = {force_code(name, forces): one for name, one in scenario.forces.items()}
    return tuple(written.get(code, ForceConfig()) for code in range(len(forces)))


def blocs_of(scenario: Scenario, forces: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Every bloc and the codes of its forces: each force is in exactly one.

    Forces that no bloc names are blocs of their own, under their own names; where the default is ``pooled``
    they are one bloc called ``pooled`` (more than one of them) instead.
    """
    blocs = {
        name: tuple(sorted(force_code(one, forces) for one in members(bloc)))
        for name, bloc in sorted(scenario.aid.blocs.items())
    }
    named = {code for codes in blocs.values() for code in codes}
    rest = [code for code in range(len(forces)) if code not in named]
    if scenario.aid.default == "pooled" and len(rest) > 1:
        return blocs | {"pooled": tuple(rest)}
    return blocs | {forces[code]: (code,) for code in rest}


def force_faults(
    scenario: Scenario, zones: pd.DataFrame, forces: tuple[str, ...]
) -> Iterator[tuple[Path, str]]:
    """Place and message of each setting that names a force wrongly, ``region.force`` apart."""
    for place, written in _named(scenario):
        try:
            force_code(written, forces)
        except KeyError as error:
            yield place, str(error.args[0])
    yield from _overlay_faults(scenario, zones)
    yield from _bloc_faults(scenario, forces)
    yield from _twice(scenario, forces)


def _overlay_faults(scenario: Scenario, zones: pd.DataFrame) -> Iterator[tuple[Path, str]]:
    """Overlays that have zones, or no base."""
    own = {force_slug(name) for name in zones["force"].unique()}
    based = {force_slug(name) for _, name in _of_bases(scenario)}
    for name, one in scenario.forces.items():
        if one.overlay and force_slug(name) in own:
            yield ("forces", name, "overlay"), f"{name} has zones of its own; an overlay force has none"
        elif one.overlay and force_slug(name) not in based:
            text = f"no base belongs to {name}; write force: {name} at a group of bases or at a base"
            yield ("forces", name), text


def _bloc_faults(scenario: Scenario, forces: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Forces named in two blocs, or twice in one."""
    first: dict[int, str] = {}
    for place, written in _bloc_members(scenario):
        bloc, code = str(place[2]), _code(written, forces)
        if code is None:
            continue
        if code in first:
            where = "named twice" if first[code] == bloc else f"in bloc {first[code]} already"
            yield place, f"{written} is {where}; a force is in one bloc"
        first.setdefault(code, bloc)


def _twice(scenario: Scenario, forces: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Two spellings of one force in one mapping."""
    seen: dict[tuple[Path, int], str] = {}
    for place, written in (*_described(scenario), *_counted(scenario)):
        code = _code(written, forces)
        if code is None:
            continue
        if (place[:-1], code) in seen:
            yield place, f"{written} is the same force as {seen[place[:-1], code]}; write it once"
        seen.setdefault((place[:-1], code), written)


def _code(written: str, forces: tuple[str, ...]) -> int | None:
    try:
        return force_code(written, forces)
    except KeyError:
        return None


def _named(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    """Place and name wherever a force is named."""
    yield from _described(scenario)
    yield from _counted(scenario)
    yield from _bloc_members(scenario)
    yield from _of_bases(scenario)
    for site, spot in scenario.sites.items():
        if spot.force is not None:
            yield ("sites", site, "force"), spot.force


def _described(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    return ((("forces", name), name) for name in scenario.forces)


def _of_bases(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    for group, config in scenario.bases.items():
        if config.force is not None:
            yield ("bases", group, "force"), config.force
        for base, spot in (config.sites or {}).items():
            if spot.force is not None:
                yield ("bases", group, "sites", base, "force"), spot.force


def _counted(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    """Place and name of the forces that numbers are written for."""
    for place, counts in _counts(scenario):
        if isinstance(counts, dict):
            for name in counts:
                yield (*place, name), name


def _counts(scenario: Scenario) -> Iterator[tuple[Path, object]]:
    for name, team in scenario.teams.items():
        yield posts_place(name, team), posts(team)
        yield ("teams", name, "ced_devices"), team.ced_devices
    for name, unit in scenario.units.items():
        yield ("units", name, "vehicles"), unit.vehicles
    for name, group in scenario.bases.items():
        yield ("bases", name, "p_median"), group.p_median
    for name, kind in scenario.demand.types.items():
        yield ("demand", "types", name, "annual"), kind.annual


def posts(team: Team) -> int | dict[str, int]:
    """Posts on the books of a team, or special constables, as written."""
    return team.establishment if isinstance(team, PatternTeam) else team.headcount


def posts_place(name: str, team: Team) -> Path:
    """Where a scenario writes them."""
    return "teams", name, "establishment" if isinstance(team, PatternTeam) else "headcount"


def _bloc_members(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    for name, bloc in scenario.aid.blocs.items():
        below: Path = ("aid", "blocs", name) if isinstance(bloc, tuple) else ("aid", "blocs", name, "forces")
        for index, force in enumerate(members(bloc)):
            yield (*below, index), force
