"""Worlds of loaded scenarios; what is wrong with one is said where it was written."""

from __future__ import annotations

from typing import Any

from armsim.config.compose import in_file_order
from armsim.config.loader import Loaded
from armsim.config.validate import problem
from armsim.errors import Problem, ScenarioError
from armsim.model.world import World, build_world


def world_of(loaded: Loaded) -> World:
    """The world of a scenario.

    Raises:
        ScenarioError: the scenario does not fit its geography; with file, line and column.
        DataError: a data file is wrong.
    """
    try:
        return build_world(loaded.scenario, loaded.folder)
    except ScenarioError as error:
        found = [_located(one, loaded) for one in error.problems]
        raise ScenarioError(in_file_order(found, loaded.composed.files)) from error


def _located(one: Problem, loaded: Loaded) -> Problem:
    if one.file is not None:
        return one
    try:
        return problem(loaded.composed, one.path, one.message, one.severity)
    except ValueError:
        return one


def bases_of(world: World) -> list[dict[str, Any]]:
    """Bases as the manifest lists them: name, group, where, and whether response vehicles start there."""
    houses = {kind.bases for kind in world.scenario.units.values() if kind.arv}
    return [
        {
            "name": base.name,
            "group": base.group,
            "x_km": base.place[0],
            "y_km": base.place[1],
            "arv": group in houses,
        }
        for group, bases in world.bases.items()
        for base in bases
    ]
